//! `invalid-utf8`: the bytes are not text.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports the first byte that is not part of valid UTF-8.
    ///
    /// ## Why it matters
    ///
    /// JSON, YAML and TOML files are UTF-8. Readers that meet other bytes fail, or replace them silently, so that
    /// two services see two different settings.
    ///
    /// ## Example
    ///
    /// A file saved as Latin-1 holds `Zürich` with the single byte `FC` where UTF-8 has `C3 BC`.
    ///
    /// ## How to fix
    ///
    /// Save the file as UTF-8. On a command line: `iconv -f LATIN1 -t UTF-8 old.json > new.json`.
    pub INVALID_UTF8 = "invalid-utf8", Error, "the text is not valid UTF-8";
}

/// `length` counts the bytes that are wrong; `None` when the text ends inside a character.
pub(crate) fn draft(text: &[u8], start: usize, length: Option<usize>) -> Draft {
    let end = length.map_or(text.len(), |length| start + length);
    let utf16 = text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff");
    let (message, help) = if utf16 {
        ("the file is UTF-16".to_owned(), "save the file as UTF-8")
    } else if let (Some(byte), Some(_)) = (text.get(start), length) {
        (format!("the byte {byte:02X} is not valid UTF-8"), "save the file as UTF-8; it may be Latin-1 now")
    } else {
        ("the text ends inside a character".to_owned(), "the file seems cut off; restore its end")
    };
    Draft::new(&INVALID_UTF8, Pointer::root(), Place::Bytes(start, end), message, Expected::text("UTF-8 text"))
        .help(help)
}
