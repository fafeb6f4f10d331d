//! A string does not match a pattern (`pattern`).

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a string in which the schema's `pattern` is not found. Patterns are ECMA 262 regular expressions and are
    /// not anchored unless they say so.
    ///
    /// ## Why it matters
    /// Patterns guard names that other systems parse: image tags, host names, cron lines.
    ///
    /// ## Example
    /// ```yaml
    /// version: latest   # expected a string matching `^v[0-9]+$`
    /// ```
    ///
    /// ## How to fix
    /// Write a string that matches.
    pub PATTERN_MISMATCH = "pattern-mismatch", Error, "a string does not match the pattern";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    value::draft(&PATTERN_MISMATCH, subject, fault)
}
