//! `unknown-tag`: a YAML tag that only some programs understand.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a YAML tag outside the core schema, such as `!Ref` or `!!timestamp`. Setpoint goes on with the value as if
    /// the tag were not there.
    ///
    /// ## Why it matters
    ///
    /// What such a tag does, and whether it is allowed at all, depends on the program that reads the file; some tags of
    /// PyYAML run code.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// password: !vault db/password
    /// ```
    ///
    /// ## How to fix
    ///
    /// Remove the tag if the reader does not need it.
    pub UNKNOWN_TAG = "unknown-tag", Warning, "a YAML tag outside the core schema";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &UNKNOWN_TAG,
        instance,
        Place::Bytes(start, end),
        "the value has a tag that is not part of YAML's core schema",
        Expected::text("no tag, or one of `!!str !!int !!float !!bool !!null !!seq !!map`"),
    )
    .help("remove the tag if the reader does not need it")
}
