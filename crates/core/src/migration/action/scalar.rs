//! `default`, `map` and `convert`: the value of one place is another one on the other side.

use super::footprint;
use crate::explain::describe;
use crate::migration::blocked::Blocked;
use crate::migration::complement::Record;
use crate::migration::expression::{Expression, Subject};
use crate::migration::place::{Slot, find_mut, put, take};
use crate::migration::step::{Direction, Run};
use crate::pointer::Pointer;
use crate::source::Node;

/// A function of one value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `default`: what an absent value means.
    Flip(Pointer, Flip),
    /// `map`: a table.
    Table(Pointer, Table),
    /// `convert`: expressions.
    Convert(Pointer, Convert),
}

/// An absent value means another value on the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// What it means before.
    pub old: Node,
    /// What it means after; absent when nothing can be left out any more.
    pub new: Option<Node>,
}

/// A table of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Old and new values. Going back, the first pair with the new value counts.
    pub values: Vec<(Node, Node)>,
    /// What becomes of values that are not in it.
    pub otherwise: Otherwise,
    /// New and old values that count before the table when going back.
    pub back: Vec<(Node, Node)>,
}

/// What becomes of a value that is not in the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Otherwise {
    /// The document cannot go on.
    Error,
    /// It stays.
    Keep,
    /// It becomes this one; going back, it stays.
    Value(Node),
}

/// Expressions over `value` and `self`. An expression that gives `optional.none()` takes the value away.
#[derive(Clone, Debug, PartialEq)]
pub struct Convert {
    /// Going up.
    pub up: Expression,
    /// Going down. Without it a value can only go down when it is still what going up made of it.
    pub down: Option<Expression>,
}

impl Scalar {
    /// The place.
    pub fn at(&self) -> &Pointer {
        match self {
            Self::Flip(at, _) | Self::Table(at, _) | Self::Convert(at, _) => at,
        }
    }

    /// The same function of the value at another place.
    #[must_use]
    pub fn moved(self, at: Pointer) -> Self {
        match self {
            Self::Flip(_, flip) => Self::Flip(at, flip),
            Self::Table(_, table) => Self::Table(at, table),
            Self::Convert(_, convert) => Self::Convert(at, convert),
        }
    }

    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let is_flip = matches!(self, Self::Flip(..));
        if scope.find(self.at()).is_none() && !is_flip && record.is_none() {
            return Ok(None);
        }
        let back = run.back();
        footprint::run(scope, &[self.at()], record, |scope| self.apply(scope, run), |scope| self.apply(scope, &back))
    }

    fn apply(&self, scope: &mut Node, run: &Run<'_>) -> Result<(), Blocked> {
        let at = self.at();
        let value = scope.find(at);
        let result = match (self, value) {
            (Self::Flip(_, flip), value) => flip.apply(value, run.direction),
            (_, None) => return Ok(()),
            (Self::Table(_, table), Some(value)) => Some(table.apply(value, run.direction, at)?),
            (Self::Convert(_, convert), Some(value)) => {
                let subject = Subject { scope, value: Some(value), key: run.key };
                match (run.direction, &convert.down) {
                    (Direction::Up, _) => convert.up.value(subject, at)?,
                    (Direction::Down, Some(down)) => down.value(subject, at)?,
                    (Direction::Down, None) => {
                        let message = format!("{} was written at the new version", describe::place(at));
                        return Err(Blocked::new(at, message, "`down`, which says what it is at the old one"));
                    }
                }
            }
        };
        match (find_mut(scope, at), result) {
            (Some(node), Some(value)) => *node = value,
            (Some(_), None) => {
                take(scope, at);
            }
            (None, Some(value)) => put(scope, at, Slot { position: None, value })?,
            (None, None) => {}
        }
        Ok(())
    }
}

impl Flip {
    fn apply(&self, value: Option<&Node>, direction: Direction) -> Option<Node> {
        let (before, after) = match direction {
            Direction::Up => (Some(&self.old), self.new.as_ref()),
            Direction::Down => (self.new.as_ref(), Some(&self.old)),
        };
        match value {
            None => before.cloned(),
            Some(value) if after.is_some_and(|after| value.same(after)) => None,
            Some(value) => Some(value.clone()),
        }
    }
}

impl Table {
    fn apply(&self, value: &Node, direction: Direction, at: &Pointer) -> Result<Node, Blocked> {
        let found = match direction {
            Direction::Up => self.values.iter().find(|(old, _)| old.same(value)).map(|(_, new)| new),
            Direction::Down => {
                let back = self.back.iter().find(|(new, _)| new.same(value)).map(|(_, old)| old);
                back.or_else(|| self.values.iter().find(|(_, new)| new.same(value)).map(|(old, _)| old))
            }
        };
        match (found, &self.otherwise, direction) {
            (Some(found), ..) => Ok(found.clone()),
            (None, Otherwise::Value(other), Direction::Up) => Ok(other.clone()),
            (None, Otherwise::Keep, _) | (None, Otherwise::Value(_), Direction::Down) => Ok(value.clone()),
            (None, Otherwise::Error, _) => {
                let known: Vec<String> = match direction {
                    Direction::Up => self.values.iter().map(|(old, _)| old.to_json_text()).collect(),
                    Direction::Down => self.values.iter().map(|(_, new)| new.to_json_text()).collect(),
                };
                let message = format!("the value at {} is not in the table", describe::place(at));
                Err(Blocked::new(at, message, format!("{}, or `else`", describe::either(&known))).about(value))
            }
        }
    }
}
