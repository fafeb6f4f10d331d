//! An array has too few or too many items (`minItems`, `maxItems`).

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports an array with fewer or more items than the schema allows. The two keywords share this code because
    /// together they are one range.
    ///
    /// ## Why it matters
    /// An empty list of hosts or a third entry in a pair is read by somebody who counted on another number.
    ///
    /// ## Example
    /// ```yaml
    /// hosts: []   # expected an array of strings with at least 1 item
    /// ```
    ///
    /// ## How to fix
    /// Add or remove items.
    pub WRONG_ITEM_COUNT = "wrong-item-count", Error, "an array has too few or too many items";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    value::draft(&WRONG_ITEM_COUNT, subject, fault)
}
