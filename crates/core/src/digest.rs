//! SHA-256, as the lower-case hexadecimal text that reports, bundles and receipts carry.

use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes`: 64 lower-case hexadecimal digits.
///
/// ```
/// use setpoint_core::digest::sha256_hex;
///
/// assert!(sha256_hex(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // INVARIANT: writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_published_one() {
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
