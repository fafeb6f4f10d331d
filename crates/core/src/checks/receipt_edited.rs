//! A receipt is not what a rehearsal left.

use super::rehearsing;
use crate::call::Rehearsal;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a receipt whose seal does not fit what it says, or that is not readable as a receipt.
    ///
    /// The seal is a SHA-256 over the contents. It tells that a receipt was edited; it is no signature, and does not keep
    /// out somebody who works it out again.
    ///
    /// ## Why it matters
    /// A receipt says what a machine has seen. One that was edited, or damaged by a merge, says something else.
    ///
    /// ## Example
    /// ```text
    /// error[receipt-edited]: the seal of `receipts/0002-units.json` does not fit what the receipt says
    /// ```
    ///
    /// ## How to fix
    /// Restore the file from version control, or rehearse again: `setpoint rehearse 0002-units --store STAGING`.
    pub RECEIPT_EDITED = "receipt-edited", Error, "a receipt is not what a rehearsal left";
}

const EXPECTED: &str = "a receipt as the rehearsal wrote it";

/// The finding for a seal that does not fit; `name` is what the command line calls the migration.
pub fn draft(rehearsal: &Rehearsal, name: &str) -> Draft {
    let file = describe::printable(&rehearsal.file);
    let message = format!("the seal of `{file}` does not fit what the receipt says");
    rehearsing::draft(&RECEIPT_EDITED, name, message, EXPECTED)
}

/// The finding for a text that is no receipt: why, and where in it.
pub fn unreadable(rehearsal: &Rehearsal, name: &str, why: &str, place: Option<(usize, usize)>) -> Draft {
    let file = describe::printable(&rehearsal.file);
    let place = place.map(|(line, column)| format!(" (line {line}, column {column})")).unwrap_or_default();
    let message = format!("`{file}` is not readable as a receipt: {why}{place}");
    rehearsing::draft(&RECEIPT_EDITED, name, message, EXPECTED)
}
