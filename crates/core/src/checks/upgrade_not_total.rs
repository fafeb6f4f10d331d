//! A document that was valid is not valid any more after the steps.

use super::counterexample;
use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::migration::gate::Counterexample;
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document that is valid at the version before, and after the steps is not valid at the version after. The
    /// smallest such document is shown: before, after, and what is wrong.
    ///
    /// ## Why it matters
    /// Each such document is a row that the new service cannot read once it was migrated.
    ///
    /// ## Example
    /// ```text
    /// error[upgrade-not-total]: `config/eu.yaml` is not valid at version 2 after the steps
    /// ```
    ///
    /// ## How to fix
    /// Add the step that is missing, or loosen the new schema.
    pub UPGRADE_NOT_TOTAL = "upgrade-not-total", Error, "a valid document does not become a valid one";
}

/// The finding; `count` of `total` documents are concerned.
pub fn draft(from: u32, to: u32, example: &Counterexample, count: usize, total: usize) -> Draft {
    let place = Pointer::root().child("steps");
    let message =
        format!("{} is not valid at version {to} after the steps: {}", counterexample::named(example), example.wrong);
    let expected =
        Expected::text(format!("every document valid at version {from} is valid at version {to} after the steps"));
    let draft = Draft::new(&UPGRADE_NOT_TOTAL, place.clone(), Place::Key(place), message, expected).help(format!(
        "{}; add the step that is missing, or loosen the schema of version {to}",
        counterexample::counted(example, count, total)
    ));
    counterexample::shown(draft, example)
}
