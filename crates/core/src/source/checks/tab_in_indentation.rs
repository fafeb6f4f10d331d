//! `tab-in-indentation`: YAML indents with spaces only.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a tab at the start of a YAML line where it keeps the file from being read.
    ///
    /// ## Why it matters
    ///
    /// YAML forbids tabs in indentation, because nobody can see how wide they are. No reader can load the file.
    ///
    /// ## Example
    ///
    /// ```text
    /// http:
    /// →port: 80
    /// ```
    ///
    /// ## How to fix
    ///
    /// Replace the tab by spaces, as many as the neighbouring lines have.
    pub TAB_IN_INDENTATION = "tab-in-indentation", Error, "a tab indents a YAML line";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &TAB_IN_INDENTATION,
        instance,
        Place::Bytes(start, end),
        "a tab indents this line",
        Expected::text("spaces"),
    )
    .help("replace the tab by spaces, as many as the neighbouring lines have")
}
