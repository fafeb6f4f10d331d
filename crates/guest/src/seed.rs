//! The seed of the hash maps.
//!
//! The only user of randomness in the core is `ahash`, through `getrandom`: it seeds the hash maps inside the
//! `jsonschema` crate. By default `getrandom` would ask JavaScript, which leaves imports in the component; so
//! `cargo xtask build` sets `--cfg getrandom_backend="custom"`, and this is that backend.
//!
//! A fixed fill is right here. Nothing in the core is a secret that a random number would have to protect; a
//! fixed seed makes every run of the guest alike, fuel included; and whoever crafts keys that collide under the
//! known seed runs out of fuel instead of stopping the host. The order of a hash map never reaches a report in
//! any host: the browser module and the native core have other seeds, and the conformance suite compares their
//! reports byte for byte.
#![allow(unsafe_code, reason = "getrandom calls its custom backend through a C symbol")]

/// Fills `length` bytes at `destination` with a fixed pattern.
///
/// # Safety
/// `getrandom` passes a buffer that is writable for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    // The golden ratio in binary: a pattern with no other meaning.
    const PATTERN: [u8; 8] = 0x9e37_79b9_7f4a_7c15_u64.to_le_bytes();
    for (offset, byte) in PATTERN.iter().cycle().take(length).enumerate() {
        // SAFETY: `offset` is below `length`, and the caller vouches for `length` writable bytes.
        unsafe { destination.add(offset).write(*byte) };
    }
    Ok(())
}
