//! A migration does not move to the next version.

use crate::declare_check;
use crate::finding::{Draft, Expected, Literal, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a migration whose `to` is not `from` plus one.
    ///
    /// ## Why it matters
    /// Migrations form a chain. One that skips a version, stands still or goes down breaks the way back for everybody
    /// who stands in between.
    ///
    /// ## Example
    /// ```yaml
    /// from: 1
    /// to: 3
    /// ```
    ///
    /// ## How to fix
    /// Move one version at a time; write a second migration for the next one.
    pub VERSION_GAP = "version-gap", Error, "a migration does not move to the next version";
}

/// The finding.
pub fn draft(from: u32, to: u32) -> Draft {
    let place = Pointer::root().child("to");
    let next = from.saturating_add(1);
    let expected = Expected { text: format!("version {next}"), value: Literal::from_json(next.to_string()) };
    Draft::new(
        &VERSION_GAP,
        place.clone(),
        Place::Value(place),
        format!("the migration goes from version {from} to {to}"),
        expected,
    )
    .help("move one version at a time; the way down is part of the same migration")
}
