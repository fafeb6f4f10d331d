//! The complement: what going one way would lose, kept beside the document so that the way back is exact.
//!
//! The term is from symmetric lenses (Hofmann, Pierce and Wagner, "Symmetric Lenses", POPL 2011). There is one complement for
//! both directions: each run of the steps takes the one that the run before it left, and leaves one for the run after it.
//! What a step can work out by itself is not in it, so that the complement of most documents is small or empty.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::place::Slot;
use crate::pointer::Pointer;
use crate::source::Node;

/// What the steps of one list left, by their position; a step that has nothing to keep has no entry.
pub type Records = BTreeMap<usize, Record>;

/// What is known before the first run.
pub static NOTHING: Records = Records::new();

/// What one step keeps for the way back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// What the step would make was there already: the way back leaves it alone.
    Same,
    /// What the step would make was not there either: the way back makes nothing.
    Gone,
    /// A value that has no place on this side, and the positions of the objects around it that went with it.
    Hidden(Hidden),
    /// A value was moved.
    Moved(Moved),
    /// A copy had become different from what it was copied from: the copy, and the value as it was.
    Copied(Slot, Node),
    /// Values that the step cannot make again from what it made of them.
    Was(Was),
    /// Items that follow the first one.
    Tail(Vec<Node>),
    /// Members beside the one that was taken, each with its position.
    Beside(Vec<(String, Slot)>),
    /// Items or members that were dropped, and those that would be but stay.
    Filtered(Filtered),
    /// The branch that was taken.
    Branch(Branch),
    /// What the steps inside left, by the key, the index or the pointer of the value that they ran on.
    Each(Each),
}

/// What steps left that ran on several values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Each {
    /// By the key, the index or the pointer of the value.
    pub at: BTreeMap<String, Records>,
    /// By the pointer of a list, what its items were, so that an item is known again when others went, came or changed places.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub lists: BTreeMap<String, Vec<String>>,
}

/// A branch that was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Whether it was the first one.
    pub then: bool,
    /// Whether the test would have chosen the other one.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub against_test: bool,
    /// What its steps left.
    #[serde(skip_serializing_if = "Records::is_empty", default)]
    pub steps: Records,
}

/// A value that was taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hidden {
    /// The value.
    pub slot: Slot,
    /// Where the objects were that it left empty, the outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pruned: Vec<Option<usize>>,
}

/// Where a value was before it was moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The position of the value; absent for the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<usize>,
    /// How many objects were made for it.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub made: usize,
    /// Where the objects were that it left empty, the outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pruned: Vec<Option<usize>>,
    /// The value at the target that had to give way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub displaced: Option<Slot>,
    /// The value that was to be moved, when the one at the target stayed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Slot>,
}

/// The values of some places before and after a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Was {
    /// Before: what the way back restores as long as the values after are what they were.
    pub there: Vec<(Pointer, Option<Slot>)>,
    /// After.
    pub here: Vec<(Pointer, Option<Slot>)>,
}

/// What a filter did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filtered {
    /// Items that were dropped, by their position.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub items: Vec<(usize, Node)>,
    /// Members that were dropped.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub members: Vec<(String, Slot)>,
    /// Values that the filter would drop, but that were written where it is not applied.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub exempt: Vec<Node>,
    /// Values that were dropped, but that the filter would keep as things are now.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub banned: Vec<Node>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
