//! `recursive-alias`: a YAML value that contains itself.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a YAML alias inside the value that it stands for.
    ///
    /// ## Why it matters
    ///
    /// The value would be infinitely deep. It cannot become JSON, and programs that walk it never end.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// service: &service
    ///   fallback: *service
    /// ```
    ///
    /// ## How to fix
    ///
    /// Name the other value by a key or an identifier instead of an alias.
    pub RECURSIVE_ALIAS = "recursive-alias", Error, "a YAML value that contains itself";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &RECURSIVE_ALIAS,
        instance,
        Place::Bytes(start, end),
        "the alias stands inside the value that it names",
        Expected::text("an alias of a value that is complete"),
    )
    .help("name the other value by its key instead")
}
