//! The lock of stores that are files: held by the process, and free when it ends in whatever way.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::journal::now;
use crate::store::{Guard, Held};

/// How often the lock is tried: somebody who only settles what a crash has left has it for an instant.
const TRIES: u32 = 20;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(25);

/// Takes the lock, and writes down who has it.
pub(crate) async fn take(path: &Path, command: &str, place: &str) -> Result<Guard, StoreError> {
    let failed = |error: std::io::Error| StoreError::Failed { place: place.to_owned(), reason: error.to_string() };
    let mut file = open(path).map_err(failed)?;
    let mut tries = TRIES;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if tries > 0 => tries -= 1,
            Err(TryLockError::WouldBlock) => return Err(StoreError::Busy { holder: said(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        tokio::time::sleep(PAUSE).await;
    }
    let holder = format!("`{command}`, process {} since {}", std::process::id(), now());
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(holder.as_bytes())).map_err(failed)?;
    Ok(Guard::new(file))
}

#[async_trait]
impl Held for File {
    /// The lock of a file stays with the process.
    async fn check(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Who has the lock, if somebody does.
pub(crate) fn holder(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(said(&mut file)),
        _ => None,
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn said(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.read_to_string(&mut text);
    if text.is_empty() { "somebody who has just begun".to_owned() } else { text }
}
