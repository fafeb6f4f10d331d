//! `add` and `remove`: the same step, run opposite ways.

use crate::migration::blocked::Blocked;
use crate::migration::complement::{Hidden, Moved, Record};
use crate::migration::expression::{Expression, Subject};
use crate::migration::place::{self, Slot, make_parents, missing_parents, prune, put, take, was_empty};
use crate::migration::step::Run;
use crate::pointer::Pointer;
use crate::source::{Node, Value};

/// Where a value comes from that a document does not have yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Filler {
    /// Always the same.
    Value(Node),
    /// Worked out from the document.
    Compute(Expression),
}

/// A value that one side has and the other has not.
#[derive(Clone, Debug, PartialEq)]
pub struct Presence {
    /// The place.
    pub at: Pointer,
    /// What stands there when nothing is known of it.
    pub filler: Option<Filler>,
    /// Whether objects that are left empty go too.
    pub prune: bool,
}

impl Presence {
    /// Sets the value unless something is there.
    pub(super) fn insert(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        // A key is there or not; an item always finds room before the one that is there.
        let is_item = matches!(self.around(scope), Some(Node { value: Value::Array(_), .. }));
        if scope.find(&self.at).is_some() && !is_item {
            return Ok(Some(Record::Same));
        }
        match record {
            // What was around it may be gone by now.
            Some(Record::Hidden(hidden)) if missing_parents(scope, &self.at) > hidden.pruned.len() => Ok(None),
            Some(Record::Hidden(hidden)) => {
                let made = make_parents(scope, &self.at, &hidden.pruned)?;
                put(scope, &self.at, hidden.slot.clone())?;
                Ok(self.surroundings(scope, made))
            }
            // It was there on both sides, or on neither: whoever took it away since meant it.
            Some(Record::Same | Record::Gone) => Ok(Some(Record::Gone)),
            // Where nothing is around it, the value has nothing to be part of.
            _ if !self.prune && !self.has_room(scope) => Ok(None),
            _ => match self.fill(scope, run)? {
                Some(value) => {
                    let made = make_parents(scope, &self.at, &[])?;
                    put(scope, &self.at, Slot { position: None, value })?;
                    Ok(self.surroundings(scope, made))
                }
                None => Ok(self.filler.as_ref().map(|_| Record::Gone)),
            },
        }
    }

    /// Takes the value away.
    pub(super) fn delete(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        if matches!(record, Some(Record::Same)) && scope.find(&self.at).is_some() {
            return Ok(None);
        }
        let Some(slot) = take(scope, &self.at) else { return Ok(self.filler.as_ref().map(|_| Record::Gone)) };
        let limit = match record {
            _ if !self.prune => 0,
            Some(Record::Moved(moved)) => moved.made,
            _ => usize::MAX,
        };
        let pruned = prune(scope, &self.at, limit);
        // What the way back would set anyway need not be kept.
        let is_known = slot.position.is_none()
            && pruned.iter().all(Option::is_none)
            && self.fill(scope, run).ok().flatten().is_some_and(|value| value.same(&slot.value));
        Ok((!is_known).then_some(Record::Hidden(Hidden { slot, pruned })))
    }

    /// How many objects were made around the value that was put in, where going the other way would take out more.
    fn surroundings(&self, scope: &Node, made: usize) -> Option<Record> {
        let is_needed = self.prune && was_empty(scope, &self.at, made);
        is_needed.then(|| Record::Moved(Moved { made, ..Moved::default() }))
    }

    /// Whether there is something that the value can be put into; what is of another type is not passed over.
    fn has_room(&self, scope: &Node) -> bool {
        match self.around(scope) {
            None => false,
            Some(Node { value: Value::Object(_), .. }) => true,
            Some(Node { value: Value::Array(_), .. }) => self.at.last().is_some_and(|key| place::index(&key).is_some()),
            Some(_) => self.at.parent() != Some(Pointer::root()),
        }
    }

    fn around<'n>(&self, scope: &'n Node) -> Option<&'n Node> {
        scope.find(&self.at.parent()?)
    }

    fn fill(&self, scope: &Node, run: &Run<'_>) -> Result<Option<Node>, Blocked> {
        match &self.filler {
            None => Ok(None),
            Some(Filler::Value(value)) => Ok(Some(value.clone())),
            Some(Filler::Compute(expression)) => {
                expression.value(Subject { scope, value: None, key: run.key }, &self.at)
            }
        }
    }
}
