//! Going up and down again does not give the document as it was.

use super::counterexample;
use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::migration::gate::Counterexample;
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document that differs after going up and down again, or that cannot go down. Key order and digits count.
    ///
    /// ## Why it matters
    /// A rollback that changes settings is a second incident on top of the first one.
    ///
    /// ## Example
    /// ```text
    /// error[way-back-not-exact]: `config/eu.yaml` does not come back from version 2 as it was
    /// ```
    ///
    /// ## How to fix
    /// Split the step, or use one that keeps what it takes away.
    pub WAY_BACK_NOT_EXACT = "way-back-not-exact", Error, "the way back does not give the document as it was";
}

/// The finding; `count` of `total` documents are concerned.
pub fn draft(from: u32, to: u32, example: &Counterexample, count: usize, total: usize) -> Draft {
    let place = Pointer::root().child("steps");
    let message =
        format!("{} does not come back from version {to} as it was: {}", counterexample::named(example), example.wrong);
    let expected =
        Expected::text(format!("going up to version {to} and down to {from} gives every document as it was"));
    let draft = Draft::new(&WAY_BACK_NOT_EXACT, place.clone(), Place::Key(place), message, expected)
        .help(format!("{}; use steps that keep what they take away", counterexample::counted(example, count, total)));
    counterexample::shown(draft, example)
}
