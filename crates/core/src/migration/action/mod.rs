//! What steps do: one kind a file.

mod copy;
mod entries;
mod filter;
mod footprint;
mod junction;
mod merge;
mod presence;
mod relocate;
mod scalar;
mod test;
mod traverse;
mod when;
mod wrap;

pub use copy::Copy;
pub use entries::Entries;
pub use filter::Filter;
pub use junction::Junction;
pub use merge::Merge;
pub use presence::{Filler, Presence};
pub use relocate::Relocate;
pub use scalar::{Convert, Flip, Otherwise, Scalar, Table};
pub use test::{Condition, Test};
pub use traverse::{Group, Items};
pub use when::{Decision, When};
pub use wrap::{Many, Nest, Wrap};

use super::blocked::Blocked;
use super::complement::Record;
use super::step::{Direction, Run};
use crate::source::Node;

/// What is done when something is at the target already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// The document cannot go on.
    #[default]
    Error,
    /// The value that is moved takes its place.
    Overwrite,
    /// It stays, and the value that is moved goes.
    Keep,
    /// The two are the same value, or else the document cannot go on.
    Same,
}

/// What a step does. Every kind can be run both ways.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `test`: refuses documents, or leaves out the steps after it (see [`When`]).
    Test(Test),
    /// `rename` and `move`.
    Relocate(Relocate),
    /// `copy`.
    Copy(Copy),
    /// `add`.
    Add(Presence),
    /// `remove`.
    Remove(Presence),
    /// `default`, `map` and `convert`.
    Scalar(Scalar),
    /// `wrap`.
    Wrap(Wrap),
    /// `head`.
    Head(Wrap),
    /// `split`.
    Split(Junction),
    /// `join`.
    Join(Junction),
    /// `merge`.
    Merge(Merge),
    /// `entries`.
    Entries(Entries),
    /// `from-entries`.
    FromEntries(Entries),
    /// `filter`.
    Filter(Filter),
    /// `for-each`.
    ForEach(Items),
    /// `group`, and every step whose path has wildcards.
    Group(Group),
    /// `when`.
    When(When),
}

impl Action {
    /// Runs the step on a value; gives what the way back needs, if anything.
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let up = run.direction == Direction::Up;
        match self {
            Self::Test(test) => test.run(scope, run).map(|()| None),
            Self::Relocate(relocate) => relocate.run(scope, run, record),
            Self::Copy(copy) if up => copy.make(scope, record),
            Self::Copy(copy) => copy.drop(scope, record),
            Self::Add(presence) if up => presence.insert(scope, run, record),
            Self::Add(presence) => presence.delete(scope, run, record),
            Self::Remove(presence) if up => presence.delete(scope, run, record),
            Self::Remove(presence) => presence.insert(scope, run, record),
            Self::Scalar(scalar) => scalar.run(scope, run, record),
            Self::Wrap(wrap) => wrap.run(scope, up, record),
            Self::Head(wrap) => wrap.run(scope, !up, record),
            Self::Split(junction) => junction.run(scope, run, up, record),
            Self::Join(junction) => junction.run(scope, run, !up, record),
            Self::Merge(merge) => merge.run(scope, run, record),
            Self::Entries(entries) => entries.run(scope, run, up, record),
            Self::FromEntries(entries) => entries.run(scope, run, !up, record),
            Self::Filter(filter) => filter.run(scope, run, record),
            Self::ForEach(items) => items.run(scope, run, record),
            Self::Group(group) => group.run(scope, run, record),
            Self::When(when) => when.run(scope, run, record),
        }
    }
}
