//! A step meets something in its way.

use super::counterexample;
use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::migration::gate::Counterexample;
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a step that cannot be done on a document at hand: its target is taken, or the object it works on is not
    /// there. The smallest such document is shown.
    ///
    /// ## Why it matters
    /// Which of two values wins is not for a tool to guess: projects that guessed do not agree with each other.
    ///
    /// ## Example
    /// ```text
    /// error[step-blocked]: step 1 cannot be done on `config/eu.yaml`: `/http/timeout_ms` is there already
    /// ```
    ///
    /// ## How to fix
    /// Remove or move what is in the way in an earlier step, or correct the documents first.
    pub STEP_BLOCKED = "step-blocked", Error, "a step cannot be done on a document";
}

/// The finding; `step` is the place of the step, `count` of `total` documents are concerned.
pub fn draft(step: &Pointer, example: &Counterexample, count: usize, total: usize) -> Draft {
    let place = step.clone();
    let message = format!("{} cannot go up: {}", counterexample::named(example), example.wrong);
    let expected = Expected::text("steps that can be done on every document");
    let draft = Draft::new(&STEP_BLOCKED, place.clone(), Place::Value(place), message, expected).help(format!(
        "{}; remove or move what is in the way in an earlier step",
        counterexample::counted(example, count, total)
    ));
    counterexample::shown(draft, example)
}
