//! A converted document cannot be written in its format.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;
use crate::source::Format;

declare_check! {
    /// ## What it does
    /// Reports a document that a migration made into something that its format has no words for: TOML has no `null`, and no
    /// integers of more than 64 bits.
    ///
    /// ## Why it matters
    /// Written another way it would read as another document.
    ///
    /// ## Example
    /// ```text
    /// error[not-in-format]: what the steps make of the document cannot be written as TOML
    /// ```
    ///
    /// ## How to fix
    /// Let the migration remove the value instead of setting it to `null`.
    pub NOT_IN_FORMAT = "not-in-format", Error, "a converted document cannot be written in its format";
}

/// The finding.
pub fn draft(format: Format) -> Draft {
    let name = match format {
        Format::Json => "JSON",
        Format::Jsonc => "JSON with comments",
        Format::Yaml => "YAML",
        Format::Toml => "TOML",
    };
    let message = format!("what the steps make of the document cannot be written as {name}");
    Draft::new(&NOT_IN_FORMAT, Pointer::root(), Place::File, message, Expected::text(format!("values that {name} has")))
        .help("let the migration remove the value instead of setting it to null")
}
