//! A processor for the server and one for the generator: otherwise a server is never given more than it can do, because it takes the
//! time of whoever asks.

/// The processors of this thread, until this is dropped.
pub struct Apart {
    #[cfg(target_os = "linux")]
    all: rustix::thread::CpuSet,
}

#[cfg(target_os = "linux")]
impl Apart {
    /// From now on this thread, and the processes that it starts, have one processor.
    ///
    /// # Errors
    /// When the system does not say which there are.
    pub fn begin() -> std::io::Result<Self> {
        let apart = Self { all: rustix::thread::sched_getaffinity(None)? };
        apart.take(0)?;
        Ok(apart)
    }

    /// From now on this thread has another one, if there is one.
    ///
    /// # Errors
    /// As for [`Apart::begin`].
    pub fn generate(&self) -> std::io::Result<()> {
        self.take(1)
    }

    fn take(&self, number: usize) -> std::io::Result<()> {
        let mut own = (0..rustix::thread::CpuSet::MAX_CPU).filter(|number| self.all.is_set(*number));
        let mut one = rustix::thread::CpuSet::new();
        if let Some(number) = own.nth(number) {
            one.set(number);
            rustix::thread::sched_setaffinity(None, &one)?;
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
impl Drop for Apart {
    fn drop(&mut self) {
        let _ = rustix::thread::sched_setaffinity(None, &self.all);
    }
}

#[cfg(not(target_os = "linux"))]
impl Apart {
    /// Other systems share processors as they like.
    ///
    /// # Errors
    /// None.
    pub const fn begin() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// See [`Apart::begin`].
    ///
    /// # Errors
    /// None.
    pub const fn generate(&self) -> std::io::Result<()> {
        Ok(())
    }
}
