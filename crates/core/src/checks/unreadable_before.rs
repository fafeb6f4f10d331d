//! What a document was before cannot be read.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports that the document before the change cannot be read, so rules about changes were not asked and nothing counts as
    /// debt.
    ///
    /// ## Why it matters
    /// A change from something unreadable cannot be judged; what stands in the document now was judged as if it were new.
    ///
    /// ## Example
    /// ```console
    /// $ setpoint check --old broken.yaml config/eu.yaml
    /// ```
    ///
    /// ## How to fix
    /// Name a revision or a file in which the document can be read.
    pub UNREADABLE_BEFORE = "unreadable-before", Warning, "what a document was before cannot be read";
}

/// The finding; `reason` is the first thing that is wrong with it.
pub fn draft(file: &str, reason: &str) -> Draft {
    let message = format!("`{}`, which the document was before, cannot be read: {reason}", describe::printable(file));
    Draft::new(
        &UNREADABLE_BEFORE,
        Pointer::root(),
        Place::File,
        message,
        Expected::text("a document before the change that can be read"),
    )
    .help("rules about changes were not asked; what is wrong now counts as new")
}
