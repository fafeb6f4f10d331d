//! A string is not of the format that the schema names (`format`).

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a string that is not of the `format` that the schema names, such as `date-time`, `email` or `uri`. In
    /// Setpoint `format` asserts; `format = false` for a family in the project file makes it an annotation. Formats that
    /// no dialect defines are annotations always.
    ///
    /// ## Why it matters
    /// A date that does not parse fails where it is used, far from where it was written.
    ///
    /// ## Example
    /// ```yaml
    /// start: 23.11.2026   # expected a date such as `2026-11-23`
    /// ```
    ///
    /// ## How to fix
    /// Write the value in the named format.
    pub FORMAT_MISMATCH = "format-mismatch", Error, "a string does not have the expected format";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault, format: &str) -> Draft {
    let mut draft = value::draft(&FORMAT_MISMATCH, subject, fault);
    if draft.expected.text == value::UNKNOWN || !draft.expected.text.contains(' ') {
        draft.expected.text = format!("a string of format `{format}`");
    }
    draft
}
