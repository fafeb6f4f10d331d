//! `trailing-comma`: a comma before a closing bracket in strict JSON.

use crate::declare_check;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a comma after the last item of an array or the last member of an object in a JSON file.
    ///
    /// ## Why it matters
    ///
    /// JSON does not allow it, so Python's `json`, `JSON.parse` and every other strict reader refuse the whole file.
    ///
    /// ## Example
    ///
    /// ```text
    /// { "retries": 3, }
    /// ```
    ///
    /// ## How to fix
    ///
    /// Remove the comma; `setpoint check --fix` does this. If the reader accepts JSON with comments, name the file
    /// `.jsonc`.
    pub TRAILING_COMMA = "trailing-comma", Error, "a comma before a closing bracket in JSON";
}

pub(crate) fn draft(instance: Pointer, start: usize) -> Draft {
    Draft::new(
        &TRAILING_COMMA,
        instance,
        Place::Bytes(start, start + 1),
        "a comma stands before the closing bracket",
        Expected::text("no comma after the last entry"),
    )
    .help("remove the comma (`setpoint check --fix` does this)")
    .fix(Safety::Safe, vec![Edit { start, end: start + 1, text: String::new() }])
}
