//! `comment-in-json`: strict JSON has no comments.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports the first comment (`//` or `/* */`) of a file that is read as strict JSON.
    ///
    /// ## Why it matters
    ///
    /// JSON has no comments: `JSON.parse`, Python's `json` and most services refuse the file.
    ///
    /// ## Example
    ///
    /// ```text
    /// { "retries": 3 } // three is enough
    /// ```
    ///
    /// ## How to fix
    ///
    /// Remove the comments. If whatever reads the file accepts JSON with comments, name it `.jsonc`, and Setpoint
    /// accepts them too; well-known names such as `tsconfig.json` are read that way already.
    pub COMMENT_IN_JSON = "comment-in-json", Error, "a comment in strict JSON";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &COMMENT_IN_JSON,
        instance,
        Place::Bytes(start, end),
        "a comment stands in strict JSON",
        Expected::text("JSON without comments"),
    )
    .help("remove the comment, or name the file `.jsonc` if its reader accepts comments")
}
