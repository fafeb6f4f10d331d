//! The steps of a migration. Each can be run both ways.
//!
//! Running is symmetric: a run takes the complement that the run before it left, which went the other way, and leaves one for
//! the run after it. The laws, which the tests ask of every step and of compositions:
//!
//! - up, then down: the document as it was, with the order of its keys and the digits of its numbers;
//! - down, then up: the document with every edit that was made at the new version;
//! - a step that can work out the way back by itself leaves nothing in the complement.

use std::collections::BTreeMap;

use super::action::Action;
use super::blocked::Blocked;
use super::complement::{Each, Record, Records};
use crate::pointer::Pointer;
use crate::source::Node;

/// One reversible operation, and where it stands in the migration file.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What the author calls it: `rename`.
    pub name: String,
    /// The place of the step in the file.
    pub place: Pointer,
    /// What it does.
    pub action: Action,
    /// Why it may lose something for good, in the author's words.
    pub lossy: Option<String>,
}

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the old version to the new one.
    Up,
    /// Back.
    Down,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// Where steps run: the way, and the place of `self` in the document.
#[derive(Clone, Debug)]
pub struct Run<'r> {
    /// Which way.
    pub direction: Direction,
    /// The place of the value that the steps run on.
    pub around: Pointer,
    /// The key or the index of that value.
    pub key: Option<&'r str>,
}

impl Run<'static> {
    /// A run on a whole document.
    #[must_use]
    pub fn on_document(direction: Direction) -> Self {
        Self { direction, around: Pointer::root(), key: None }
    }
}

impl Run<'_> {
    /// The same the other way, to see whether a step can work out the way back.
    #[must_use]
    pub fn back(&self) -> Self {
        Run { direction: self.direction.reversed(), around: self.around.clone(), key: self.key }
    }
}

/// Runs steps on a value, and gives what the way back needs.
///
/// # Errors
/// When a step meets something in its way. The value is then half-way and must be thrown away.
pub fn run(steps: &[Step], scope: &mut Node, run: &Run<'_>, records: &Records) -> Result<Records, Blocked> {
    let mut kept = Records::new();
    let mut one = |index: usize, step: &Step| {
        let left = step.action.run(scope, run, records.get(&index)).map_err(|mut blocked| {
            // The innermost step is the one to blame.
            if blocked.step == Pointer::root() {
                blocked = blocked.within(&run.around);
                blocked.step = step.place.clone();
            }
            blocked
        })?;
        kept.extend(left.map(|record| (index, record)));
        Ok(())
    };
    match run.direction {
        Direction::Up => steps.iter().enumerate().try_for_each(|(index, step)| one(index, step))?,
        Direction::Down => steps.iter().enumerate().rev().try_for_each(|(index, step)| one(index, step))?,
    }
    Ok(kept)
}

/// What is known of steps that ran on several values.
#[must_use]
pub fn each(record: Option<&Record>) -> &Each {
    static NONE: Each = Each { at: BTreeMap::new(), lists: BTreeMap::new() };
    match record {
        Some(Record::Each(each)) => each,
        _ => &NONE,
    }
}
