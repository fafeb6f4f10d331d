//! `byte-order-mark`: an invisible character at the start of a JSON or TOML file.

use crate::declare_check;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a byte order mark (the bytes `EF BB BF`) at the start of a JSON or TOML file. YAML allows it.
    ///
    /// ## Why it matters
    ///
    /// RFC 8259 says that JSON must not start with one. Setpoint reads on, but Python's `json` and `tomllib` and
    /// Node's `JSON.parse` refuse the file, and nothing is to be seen in an editor.
    ///
    /// ## Example
    ///
    /// A file written by Notepad or by `Out-File -Encoding utf8` in Windows PowerShell.
    ///
    /// ## How to fix
    ///
    /// `setpoint check --fix` removes it. In an editor choose "UTF-8" instead of "UTF-8 with BOM".
    pub BYTE_ORDER_MARK = "byte-order-mark", Warning, "the file starts with a byte order mark";
}

pub(crate) fn draft() -> Draft {
    Draft::new(
        &BYTE_ORDER_MARK,
        Pointer::root(),
        Place::Bytes(0, 3),
        "the file starts with a byte order mark",
        Expected::text("UTF-8 without a byte order mark"),
    )
    .help("save the file without it (`setpoint check --fix` does this)")
    .fix(Safety::Safe, vec![Edit { start: 0, end: 3, text: String::new() }])
}
