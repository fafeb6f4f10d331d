//! `empty-document`: there is nothing in the file.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place, Severity};
use crate::pointer::Pointer;
use crate::source::Format;

declare_check! {
    /// ## What it does
    ///
    /// Reports a file without any value: no bytes, only blanks, or only comments.
    ///
    /// ## Why it matters
    ///
    /// An empty JSON file does not parse at all, and an empty YAML file is `null`, on which code that looks for keys
    /// fails. It is mostly the trace of a write that was cut off.
    ///
    /// ## Example
    ///
    /// A `config.json` of zero bytes.
    ///
    /// ## How to fix
    ///
    /// Restore the contents, or write `{}` when no setting is meant to be set.
    pub EMPTY_DOCUMENT = "empty-document", Error, "a document without any value";
}

declare_check! {
    /// ## What it does
    ///
    /// Reports a TOML file without any key. TOML reads it as an empty table, so this is a warning.
    ///
    /// ## Why it matters
    ///
    /// It is mostly the trace of a write that was cut off.
    ///
    /// ## Example
    ///
    /// A `settings.toml` of zero bytes.
    ///
    /// ## How to fix
    ///
    /// Restore the contents. If no setting is meant to be set, a comment that says so silences the warning.
    pub EMPTY_TABLE = "empty-table", Warning, "a TOML file without any text";
}

pub(crate) fn draft(format: Format) -> Draft {
    let check = if format == Format::Toml { &EMPTY_TABLE } else { &EMPTY_DOCUMENT };
    let (expected, help) = match check.severity {
        Severity::Warning => ("at least one key", "restore the contents, or add a comment that says why it is empty"),
        _ => ("a value", "restore the contents, or write `{}` for no settings"),
    };
    Draft::new(check, Pointer::root(), Place::File, "the document is empty", Expected::text(expected)).help(help)
}
