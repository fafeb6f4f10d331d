//! A document is wrong at the version that it was taken to.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports a document that the steps of a migration could be done on, but that the schema or the rules of the wanted version
    /// refuse. The first fault stands for all.
    ///
    /// ## Why it matters
    /// Whoever reads that version would get a document that it does not expect. `setpoint apply` and `setpoint rollback` leave
    /// such a document as it is, and `setpoint convert` does not print it.
    ///
    /// ## Example
    /// ```text
    /// error[conversion-invalid]: at version 2 it would be wrong: `/http/timeout_ms` is 0
    /// ```
    ///
    /// ## How to fix
    /// Change the document, or the migration so that what comes out is valid. The gate finds such documents before anything is
    /// touched.
    pub CONVERSION_INVALID = "conversion-invalid", Error, "a document would be wrong at the wanted version";
}

/// The finding; `fault` is what is wrong there.
pub fn draft(version: u32, fault: &Draft) -> Draft {
    let message = format!("at version {version} it would be wrong: {}", fault.message);
    let expected = Expected::text(fault.expected.text.clone());
    let mut draft = Draft::new(&CONVERSION_INVALID, fault.instance.clone(), Place::File, message, expected);
    draft.keyword = fault.keyword.clone();
    draft.help("change the document, or the migration so that what comes out is valid")
}
