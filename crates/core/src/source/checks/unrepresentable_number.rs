//! `unrepresentable-number`: a number that readers cannot hold.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a number beyond the range of a double (about 1.8e308), and the infinities and not-a-number values
    /// that YAML and TOML can write.
    ///
    /// ## Why it matters
    ///
    /// JSON has no such values. Readers turn them into infinity, into `null` or into an error, each in its own way,
    /// and no JSON Schema can check them.
    ///
    /// ## Example
    ///
    /// ```json
    /// { "limit": 1e400 }
    /// ```
    ///
    /// ## How to fix
    ///
    /// Write the largest value that makes sense, or leave the key out where it means "no limit".
    pub UNREPRESENTABLE_NUMBER = "unrepresentable-number", Error, "a number that readers cannot hold";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &UNREPRESENTABLE_NUMBER,
        instance,
        Place::Bytes(start, end),
        "the number is not finite as a double",
        Expected::text("a number between -1.8e308 and 1.8e308"),
    )
    .help("write the largest value that makes sense, or leave the key out where it means `no limit`")
}
