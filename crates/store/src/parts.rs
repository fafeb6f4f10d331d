//! Digests of series of parts.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a series of parts, each with its length, so that no two series look the same.
///
/// ```
/// use setpoint_store::Parts;
///
/// let digest = |parts: &[&str]| {
///     let mut digest = Parts::default();
///     parts.iter().for_each(|part| digest.add(part.as_bytes()));
///     digest.finish()
/// };
/// assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
/// ```
#[derive(Debug, Default)]
pub struct Parts(Sha256);

impl Parts {
    /// One more part.
    pub fn add(&mut self, part: &[u8]) {
        self.0.update(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        self.0.update(part);
    }

    /// The digest: 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
