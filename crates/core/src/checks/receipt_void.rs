//! A receipt is about something else than what is to be applied.

use super::rehearsing;
use crate::call::Rehearsal;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a receipt of a rehearsal in which something was otherwise: another migration, another text of a schema, of the
    /// rules or of the migration, another core, other options. Also one of a rehearsal that compared no document. A warning,
    /// or an error where the project requires receipts.
    ///
    /// ## Why it matters
    /// A rehearsal shows that this migration works between these schemas under these rules. After an edit it shows nothing.
    ///
    /// ## Example
    /// ```text
    /// error[receipt-void]: since the rehearsal of `receipts/0002-units.json` the new schema and the rules changed
    /// ```
    ///
    /// ## How to fix
    /// Rehearse again: `setpoint rehearse 0002-units --store STAGING`.
    pub RECEIPT_VOID = "receipt-void", Warning, "a receipt is about something else";
}

/// The finding; `name` is what the command line calls the migration, and `why` what makes the receipt void, with the
/// receipt as its subject.
pub fn draft(rehearsal: &Rehearsal, name: &str, why: &str) -> Draft {
    let message = format!("`{}` {why}", describe::printable(&rehearsal.file));
    with(rehearsal, name, message)
}

/// The finding for things that changed since.
pub fn changed(rehearsal: &Rehearsal, name: &str, things: &[String]) -> Draft {
    let file = describe::printable(&rehearsal.file);
    let message = format!("since the rehearsal of `{file}` {} changed", describe::all(things));
    with(rehearsal, name, message)
}

fn with(rehearsal: &Rehearsal, name: &str, message: String) -> Draft {
    let draft = rehearsing::draft(&RECEIPT_VOID, name, message, "a receipt of what is to be applied now");
    rehearsing::unless_required(draft, rehearsal)
}
