//! A migration does several unrelated things.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::migration::related::Related;
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a migration whose steps fall into four or more groups that have no top-level member of the documents in
    /// common. Two steps are of one group when both look at or change something in the same member, in either version.
    ///
    /// ## Why it matters
    /// One migration goes up and back as a whole. When one of its four concerns has to be rolled back the other three go with
    /// it, and who reviews or explains it has to hold all four in mind.
    ///
    /// ## Example
    /// ```yaml
    /// steps:
    ///   - rename: { at: /http, from: timeout_s, to: timeout_ms }
    ///   - remove: { at: /legacy_flag }
    ///   - add:    { at: /tracing, value: false }
    ///   - wrap:   { at: /regions }
    /// ```
    ///
    /// ## How to fix
    /// Write a migration for each group, one version after the other; the finding says which steps belong together.
    pub UNRELATED_STEPS = "unrelated-steps", Warning, "a migration does several unrelated things";
}

/// Groups that the help names.
const NAMED: usize = 5;

/// The finding; the groups are in the order of their first steps.
pub fn draft(groups: &[Related]) -> Draft {
    let place = Pointer::root().child("steps");
    let message = format!("the steps do {} things that have nothing in common", groups.len());
    let named: Vec<String> = groups.iter().take(NAMED).map(said).collect();
    let rest = match groups.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => ", and one more".to_owned(),
        more => format!(", and {more} more"),
    };
    let expected = Expected::text("steps that are about the same part of the documents");
    Draft::new(&UNRELATED_STEPS, place.clone(), Place::Key(place), message, expected)
        .help(format!("make migrations of their own of {}{rest}", named.join(", ")))
}

/// `steps 1, 2 and 5 (`http`)`.
fn said(group: &Related) -> String {
    let steps = shortened(group.steps.iter().map(ToString::to_string));
    let members = shortened(group.members.iter().map(|member| format!("`{}`", describe::printable(member))));
    let word = if group.steps.len() == 1 { "step" } else { "steps" };
    format!("{word} {steps} ({members})")
}

/// The first few parts.
fn shortened(parts: impl ExactSizeIterator<Item = String>) -> String {
    const SHOWN: usize = 4;
    let more = parts.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = parts.take(SHOWN).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    describe::all(&shown)
}
