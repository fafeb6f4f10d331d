//! Comparing bytes, eight at a time.
//!
//! `memcmp` of the toolchain's WebAssembly library compares byte by byte, and every look into a map of settings compares
//! keys: it was the hottest function of the guest. The linker prefers these symbols to the library's weak ones. The
//! browser module includes this file too.
#![allow(unsafe_code, reason = "the C interface of `memcmp` takes raw pointers")]

/// As C has it: below zero, zero or above zero as the first bytes that differ do.
///
/// # Safety
/// Both pointers are readable for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    let mut at = 0;
    while at + 8 <= length {
        // SAFETY: `at + 8` is at most `length`, and the caller vouches for `length` readable bytes.
        let (one, other) =
            unsafe { (left.add(at).cast::<u64>().read_unaligned(), right.add(at).cast::<u64>().read_unaligned()) };
        if one != other {
            // The first byte in memory is the lowest of the number: it has to count most.
            return if one.swap_bytes() < other.swap_bytes() { -1 } else { 1 };
        }
        at += 8;
    }
    while at < length {
        // SAFETY: `at` is below `length`.
        let (one, other) = unsafe { (left.add(at).read(), right.add(at).read()) };
        if one != other {
            return i32::from(one) - i32::from(other);
        }
        at += 1;
    }
    0
}

/// As [`memcmp`], where only equality matters.
///
/// # Safety
/// Both pointers are readable for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: the caller vouches for the same.
    unsafe { memcmp(left, right, length) }
}
