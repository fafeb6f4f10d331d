//! There is no receipt of a rehearsal.

use super::rehearsing;
use crate::call::Rehearsal;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a migration that nobody has rehearsed: there is no receipt of it. A warning, or an error where the project
    /// requires receipts.
    ///
    /// ## Why it matters
    /// What goes up and down on made documents can still fail on real ones, take hours, or have a rollback that nobody has
    /// ever run. The first time should not be the one that counts.
    ///
    /// ## Example
    /// ```text
    /// warning[not-rehearsed]: the migration has not been rehearsed: there is no `receipts/0002-units.json`
    /// ```
    ///
    /// ## How to fix
    /// Rehearse it on a copy of real documents, and commit the receipt: `setpoint rehearse 0002-units --store STAGING`.
    pub NOT_REHEARSED = "not-rehearsed", Warning, "a migration has not been rehearsed";
}

/// The finding; `name` is what the command line calls the migration.
pub fn draft(rehearsal: &Rehearsal, name: &str) -> Draft {
    let file = describe::printable(&rehearsal.file);
    let message = format!("the migration has not been rehearsed: there is no `{file}`");
    let draft = rehearsing::draft(&NOT_REHEARSED, name, message, "a receipt of a rehearsal");
    rehearsing::unless_required(draft, rehearsal)
}
