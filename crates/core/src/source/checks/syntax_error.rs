//! `syntax-error`: the text does not follow the grammar of its format.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports the place where a document stops following the grammar of its format: RFC 8259 for JSON, YAML 1.2,
    /// TOML 1.0.
    ///
    /// ## Why it matters
    ///
    /// No reader can load the document, and nothing else in it has been checked. There may be more to report once
    /// it parses.
    ///
    /// ## Example
    ///
    /// ```text
    /// { "host": "db1" "port": 5432 }
    /// ```
    ///
    /// A comma is missing before `"port"`.
    ///
    /// ## How to fix
    ///
    /// The finding says what was expected. The mistake is there or just before.
    pub SYNTAX_ERROR = "syntax-error", Error, "the text does not follow the grammar of its format";
}

/// Values may be secrets: a message quotes punctuation and words of the language, never a value.
pub(crate) fn draft(
    instance: Pointer,
    start: usize,
    end: usize,
    message: impl Into<String>,
    expected: impl Into<String>,
) -> Draft {
    Draft::new(&SYNTAX_ERROR, instance, Place::Bytes(start, end), message, Expected::text(expected))
}
