//! A rehearsal was too long ago.

use super::rehearsing;
use crate::call::Rehearsal;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a receipt that is older than the project allows. A warning, or an error where the project requires receipts.
    ///
    /// ## Why it matters
    /// Documents change while a migration waits. What went well with those of last month may not with those of today.
    ///
    /// ## Example
    /// ```text
    /// warning[receipt-too-old]: the rehearsal of `receipts/0002-units.json` was 40 days ago
    /// ```
    ///
    /// ## How to fix
    /// Rehearse again: `setpoint rehearse 0002-units --store STAGING`.
    pub RECEIPT_TOO_OLD = "receipt-too-old", Warning, "a rehearsal was too long ago";
}

/// The finding; `name` is what the command line calls the migration. `None` for an age that cannot be told.
pub fn draft(rehearsal: &Rehearsal, name: &str, age: Option<i64>) -> Draft {
    let file = describe::printable(&rehearsal.file);
    let message = match age {
        Some(age) => format!("the rehearsal of `{file}` was {} ago", days(age)),
        None => {
            let now = describe::printable(&rehearsal.now);
            format!("how long ago the rehearsal of `{file}` was cannot be told: `{now}` is no point in time")
        }
    };
    let expected = format!("a rehearsal in the last {}", days(rehearsal.days.into()));
    rehearsing::unless_required(rehearsing::draft(&RECEIPT_TOO_OLD, name, message, expected), rehearsal)
}

fn days(count: i64) -> String {
    if count == 1 { "day".to_owned() } else { format!("{count} days") }
}
