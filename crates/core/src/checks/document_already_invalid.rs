//! A document at hand is not valid at the version before the migration.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document that is neither valid at the version that the migration starts from nor at the one that it leads
    /// to. It is not used to judge the migration.
    ///
    /// ## Why it matters
    /// What steps make of a broken document proves nothing, and in production it would stop the run half-way.
    ///
    /// ## Example
    /// ```text
    /// error[document-already-invalid]: `config/eu.yaml` is not valid before the migration
    /// ```
    ///
    /// ## How to fix
    /// Fix the document first: `setpoint check` says how.
    pub DOCUMENT_ALREADY_INVALID = "document-already-invalid", Error, "a document is invalid before the migration starts";
}

/// The finding.
pub fn draft(file: &str, wrong: &str) -> Draft {
    Draft::new(
        &DOCUMENT_ALREADY_INVALID,
        Pointer::root(),
        Place::File,
        format!("`{}` is not valid before the migration: {wrong}", describe::printable(file)),
        Expected::text("documents that are valid at the version before or after"),
    )
    .help("fix the document first; `setpoint check` says how")
}
