//! The seed of the hash maps.
//!
//! The hash maps inside the `jsonschema` crate are seeded through `getrandom`. `cargo xtask web` sets
//! `--cfg getrandom_backend="custom"`, and this is that backend: it makes the module independent of the host's
//! `crypto` object and every run alike. Nothing here is a secret that a random number would have to protect; keys
//! that are crafted to collide only slow down the page of whoever types them.
//!
//! INVARIANT: the pattern differs from that of `setpoint-guest`, and the native core has random seeds. If the order
//! of a hash map ever reached a report, the conformance suite would see the hosts disagree.
#![allow(unsafe_code, reason = "getrandom calls its custom backend through a C symbol")]

/// Fills `length` bytes at `destination` with a fixed pattern.
///
/// # Safety
/// `getrandom` passes a buffer that is writable for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    // The fraction of the square root of two in binary: a pattern with no other meaning.
    const PATTERN: [u8; 8] = 0x6a09_e667_f3bc_c908_u64.to_le_bytes();
    for (offset, byte) in PATTERN.iter().cycle().take(length).enumerate() {
        // SAFETY: `offset` is below `length`, and the caller vouches for `length` writable bytes.
        unsafe { destination.add(offset).write(*byte) };
    }
    Ok(())
}
