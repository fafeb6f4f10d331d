//! An array holds an item twice (`uniqueItems`).

use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe};
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports an array in which two items are equal although the schema says `uniqueItems: true`. The finding points at
    /// the second one.
    ///
    /// ## Why it matters
    /// In a list that stands for a set, a second entry is a slip, and often the trace of a merge that went wrong.
    ///
    /// ## Example
    /// ```yaml
    /// regions: [eu, us, eu]
    /// ```
    ///
    /// ## How to fix
    /// Remove one of the two.
    pub REPEATED_ITEM = "repeated-item", Error, "an array holds an item twice";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault, first: usize, second: usize) -> Draft {
    let (first, second) = (fault.at.item(first), fault.at.item(second));
    let message = format!("{} repeats {}", describe::place(&second), describe::place(&first));
    let mut draft = Draft::new(
        &REPEATED_ITEM,
        second.clone(),
        Place::Value(second.clone()),
        message,
        Expected::text("an item that is not in the array yet"),
    );
    draft.actual = Some(describe::actual(subject, &second));
    draft.help("remove one of the two").related("first here", Place::Value(first))
}
