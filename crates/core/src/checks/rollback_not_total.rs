//! A document that was written after the migration cannot go down.

use super::counterexample;
use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::migration::file::Migration;
use crate::migration::gate::Counterexample;
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document that the new version accepts and that the steps, going down, cannot make one of the old version of: a
    /// step is in its way, or what comes out is not valid there. Such documents are made from the new schema, as if they had
    /// been written after the migration.
    ///
    /// ## Why it matters
    /// A rollback is needed when things go wrong, and by then services have written at the new version. A document that cannot
    /// go down keeps the old version from starting.
    ///
    /// ## Example
    /// ```text
    /// error[rollback-not-total]: a document that the schema accepts does not go down to version 1: `/timeout_s` is missing
    /// ```
    ///
    /// ## How to fix
    /// Say what the old version gets: `back` for a value that was removed, `down` for one that was converted, `back` for a
    /// branch. Or tighten the new schema until the old version could read everything that it allows.
    pub ROLLBACK_NOT_TOTAL = "rollback-not-total", Error, "a document written after the migration cannot go down";
}

/// The finding; `count` of `total` documents are concerned.
pub fn draft(migration: &Migration, example: &Counterexample, count: usize, total: usize) -> Draft {
    let place = Pointer::root().child("steps");
    let (from, to) = (migration.from, migration.to);
    let message = format!("a document of version {to} does not go down to version {from}: {}", example.wrong);
    let expected =
        Expected::text(format!("every document valid at version {to} goes down to a valid one of version {from}"));
    let help = format!(
        "{count} of {total} documents made from the schema of version {to}; say what version {from} gets (`back`, `down`), or \
         tighten the schema of version {to}"
    );
    let draft = Draft::new(&ROLLBACK_NOT_TOTAL, place.clone(), Place::Key(place), message, expected).help(help);
    counterexample::shown_down(draft, example)
}
