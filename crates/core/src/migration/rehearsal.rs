//! Whether a migration has been rehearsed: a receipt is there, was not edited, is about this migration between these schemas,
//! and is recent.

use super::file::Migration;
use crate::bundle::File;
use crate::call::{Digests, Rehearsal};
use crate::cel::time::Timestamp;
use crate::checks::{not_rehearsed, receipt_edited, receipt_too_old, receipt_void};
use crate::explain::describe;
use crate::finding::{Draft, Severity};
use crate::location::{Context, Locator};
use crate::own_file;
use crate::receipt::Receipt;
use crate::source::Limits;

/// Where the schema of receipts stands in the project, and its text.
const SCHEMA: (&str, &str) = ("schemas/receipt.json", include_str!("../../../../schemas/receipt.json"));

const DAY: i64 = 86_400;

/// What a receipt has to be about.
pub struct Wanted<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// What the command line calls it.
    pub name: &'a str,
    /// What the outcome of a rehearsal depends on.
    pub digests: &'a Digests,
    /// Limits for the receipt file.
    pub limits: &'a Limits,
}

/// The most specific thing that is wrong, if anything is.
pub fn judge(rehearsal: &Rehearsal, wanted: &Wanted<'_>) -> Option<Draft> {
    let Some(text) = &rehearsal.receipt else { return Some(not_rehearsed::draft(rehearsal, wanted.name)) };
    let receipt = match read(text, rehearsal, wanted) {
        Ok(receipt) => receipt,
        Err(draft) => return Some(*draft),
    };
    if !receipt.is_sealed() {
        return Some(receipt_edited::draft(rehearsal, wanted.name));
    }
    void(&receipt, rehearsal, wanted).or_else(|| too_old(&receipt, rehearsal, wanted.name))
}

fn read(text: &str, rehearsal: &Rehearsal, wanted: &Wanted<'_>) -> Result<Receipt, Box<Draft>> {
    let schema = own_file::schemas("receipt", &[SCHEMA], wanted.limits);
    let file = File { file: "receipt.json".to_owned(), text: text.to_owned() };
    let (root, drafts) = own_file::read(&file, &schema, wanted.limits);
    let findings = Locator::new(text.as_bytes(), root.as_ref()).finish(drafts, &Context::default());
    let unreadable = |why: &str, place| Box::new(receipt_edited::unreadable(rehearsal, wanted.name, why, place));
    if let Some(finding) = findings.iter().find(|finding| finding.severity == Severity::Error) {
        let why = format!("{}, expected {}", finding.message, finding.expected.text);
        return Err(unreadable(&why, finding.span.map(|span| (span.line, span.column))));
    }
    // What the schema lets through and the type does not: numbers beyond all sense.
    serde_json::from_str(text)
        .map_err(|error| unreadable("a number is too large", Some((error.line(), error.column()))))
}

fn void(receipt: &Receipt, rehearsal: &Rehearsal, wanted: &Wanted<'_>) -> Option<Draft> {
    let migration = wanted.migration;
    let why = |text: String| Some(receipt_void::draft(rehearsal, wanted.name, &text));
    if receipt.settings != migration.settings {
        return why(format!("is the receipt of a migration of `{}`", describe::printable(&receipt.settings)));
    }
    if receipt.migration != migration.name {
        let name = describe::printable(&receipt.migration);
        return why(format!("is the receipt of another migration, `{name}`"));
    }
    if (receipt.from, receipt.to) != (migration.from, migration.to) {
        return why(format!("is the receipt of a migration from version {} to version {}", receipt.from, receipt.to));
    }
    let changed = changed(&receipt.digests, wanted.digests);
    if !changed.is_empty() {
        return Some(receipt_void::changed(rehearsal, wanted.name, &changed));
    }
    if receipt.documents.compared == 0 && receipt.documents.total > 0 {
        return why("is the receipt of a rehearsal in which no document was compared after the way back".to_owned());
    }
    if receipt.rollback.trim().is_empty() {
        return why("is the receipt of a rehearsal without a rollback".to_owned());
    }
    None
}

/// What is not what it was.
fn changed(then: &Digests, now: &Digests) -> Vec<String> {
    let parts = [
        ("the old schema", &then.old_schema, &now.old_schema),
        ("the new schema", &then.new_schema, &now.new_schema),
        ("the migration", &then.migration, &now.migration),
        ("the rules", &then.rules, &now.rules),
    ];
    let mut changed: Vec<String> =
        parts.into_iter().filter(|(_, then, now)| then != now).map(|(name, ..)| name.to_owned()).collect();
    // The parts above are in the bundle, so it changes with each of them.
    if changed.is_empty() && then.bundle != now.bundle {
        changed.push("another part of the bundle".to_owned());
    }
    if then.core != now.core {
        let then = describe::printable(&then.core);
        changed.push(format!("the core (from `{then}` to `{}`)", now.core));
    }
    changed
}

fn too_old(receipt: &Receipt, rehearsal: &Rehearsal, name: &str) -> Option<Draft> {
    let Some(now) = Timestamp::parse(&rehearsal.now) else {
        return Some(receipt_too_old::draft(rehearsal, name, None));
    };
    let Some(then) = Timestamp::parse(&receipt.rehearsed_at) else {
        let at = describe::printable(&receipt.rehearsed_at);
        return Some(receipt_edited::unreadable(rehearsal, name, &format!("`{at}` is no point in time"), None));
    };
    let age = now.seconds - then.seconds;
    // Clocks differ a little; a day is no little.
    if age < -DAY {
        let then = describe::printable(&receipt.rehearsed_at);
        let why = format!("is the receipt of a rehearsal that is still to come, at `{then}`");
        return Some(receipt_void::draft(rehearsal, name, &why));
    }
    (age > i64::from(rehearsal.days) * DAY).then(|| receipt_too_old::draft(rehearsal, name, Some(age / DAY)))
}
