//! What the guest may use.

/// What the guest may use for one call. Every limit ends in an error of its own that names the document.
///
/// All of them count work or bytes, none counts seconds, so a document that passes once passes always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel (about one unit per WebAssembly instruction) for any call.
    pub fuel_base: u64,
    /// Fuel for every byte of text that the call brings along.
    pub fuel_per_byte: u64,
    /// Fuel for every line of a file that is checked line by line, on top of that for its bytes. A line that runs
    /// out of it together with others is checked again alone, with the fuel of a document.
    pub fuel_per_line: u64,
    /// Bytes of linear memory of one instance.
    pub memory: usize,
    /// Elements of all tables of one instance.
    pub table: usize,
    /// Bytes of native stack that the guest may use. The calling thread needs 256 KiB more than this; threads
    /// that this crate starts have it.
    pub stack: usize,
    /// Bytes of one answer.
    pub output: usize,
    /// Bytes of one text that is handed to the guest. The core has a limit of its own, which bundles can set
    /// and which gives a finding; this one only keeps the host from copying without bounds.
    pub input: usize,
    /// Bytes of one line of a file that is checked line by line.
    pub line: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel_base: 20_000_000_000,
            fuel_per_byte: 2_000,
            fuel_per_line: 1_000_000,
            memory: 1 << 30,
            table: 100_000,
            stack: crate::engine::STACK,
            output: 64 << 20,
            input: 256 << 20,
            line: 16 << 20,
        }
    }
}

impl Limits {
    /// The fuel of a call that brings `bytes` of text.
    #[must_use]
    pub fn fuel(&self, bytes: usize) -> u64 {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.fuel_base.saturating_add(self.fuel_per_byte.saturating_mul(bytes))
    }

    /// The fuel of a call that brings a text of which every line is a document.
    #[must_use]
    pub fn fuel_for_lines(&self, text: &[u8]) -> u64 {
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        let for_lines = self.fuel_per_line.saturating_mul(u64::try_from(lines).unwrap_or(u64::MAX));
        self.fuel(text.len()).saturating_add(for_lines)
    }
}
