//! A document has more faults than are worth listing.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Says that a document has more findings than the 500 that are shown.
    ///
    /// ## Why it matters
    /// Usually the document belongs to another schema or version.
    ///
    /// ## Example
    /// ```text
    /// warning[too-many-findings]: the document has more than 500 faults
    /// ```
    ///
    /// ## How to fix
    /// Check that the document is compared with the right schema, fix what is shown, and run again.
    pub TOO_MANY_FINDINGS = "too-many-findings", Warning, "there are more findings than shown";
}

/// The finding.
pub fn draft(shown: usize) -> Draft {
    Draft::new(
        &TOO_MANY_FINDINGS,
        Pointer::root(),
        Place::File,
        format!("the document has more than {shown} faults; the others are not shown"),
        Expected::text("a document for this schema"),
    )
    .help("check that the document is compared with the right schema and version")
}
