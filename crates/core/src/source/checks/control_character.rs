//! `control-character`: a character that cannot be seen and does not belong into text.

use crate::declare_check;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a control character (below U+0020) other than tab and line end anywhere in a document, and a raw tab
    /// inside a JSON string.
    ///
    /// ## Why it matters
    ///
    /// Parsers refuse such characters, editors do not show them, and a NUL makes C programs see half of a value.
    /// They are usually left over from a damaged file or from pasting out of a terminal.
    ///
    /// ## Example
    ///
    /// A tab inside the quotes of a JSON string, which has to be written `\t`.
    ///
    /// ## How to fix
    ///
    /// Remove the character, or write it as an escape: `\t`, `\u0000`.
    pub CONTROL_CHARACTER = "control-character", Error, "a control character stands in the text";
}

pub(crate) fn draft(instance: Pointer, start: usize, byte: u8) -> Draft {
    let message = format!("the control character U+{byte:04X} stands in the text");
    let expected = Expected::text("text without control characters");
    Draft::new(&CONTROL_CHARACTER, instance, Place::Bytes(start, start + 1), message, expected)
        .help("remove the character, or write it as an escape inside a string")
}

/// Raw tabs in one JSON string, where the escape means the same.
pub(crate) fn tabs(instance: Pointer, tabs: &[usize]) -> Option<Draft> {
    let first = *tabs.first()?;
    let edits = tabs.iter().map(|&start| Edit { start, end: start + 1, text: "\\t".to_owned() }).collect();
    Some(draft(instance, first, b'\t').help("write `\\t`").fix(Safety::Safe, edits))
}
