//! `rename` and `move`: a value gets another place; a new key of the same object keeps its position.

use super::OnConflict;
use crate::migration::blocked::Blocked;
use crate::migration::complement::{Moved, Record};
use crate::migration::place::{Slot, find_mut, make_parents, missing_parents, prune, put, slot, take, was_empty};
use crate::migration::step::{Direction, Run};
use crate::pointer::Pointer;
use crate::source::{Node, Value};

/// A value that stands at another place on the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct Relocate {
    /// The place before.
    pub from: Pointer,
    /// The place after.
    pub to: Pointer,
    /// What is done when both are there.
    pub on_conflict: OnConflict,
    /// Whether objects that are left empty go too.
    pub prune: bool,
}

impl Relocate {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let (source, target) = match run.direction {
            Direction::Up => (&self.from, &self.to),
            Direction::Down => (&self.to, &self.from),
        };
        if scope.find(source).is_none() {
            // What stands at the target alone was never moved, so the way back leaves it alone.
            return Ok(scope.find(target).map(|_| Record::Same));
        }
        let nothing = Moved::default();
        let is_known = matches!(record, Some(Record::Moved(_)));
        let moved = match record {
            // The side it came from had it at this place too.
            Some(Record::Same) => return Ok(scope.find(target).map(|_| Record::Same)),
            Some(Record::Moved(moved)) => moved,
            _ => &nothing,
        };
        if let Some(dropped) = &moved.dropped {
            // The value at this place won; the other one comes back beside it, unless another was written there.
            if scope.find(target).is_some() {
                return Ok(Some(Record::Same));
            }
            if missing_parents(scope, target) > moved.pruned.len() {
                return Ok(None);
            }
            let made = make_parents(scope, target, &moved.pruned)?;
            // Where the two had to be the same they still are.
            let value = match (self.on_conflict, scope.find(source)) {
                (OnConflict::Same, Some(source)) if !source.same_in_any_order(&dropped.value) => source.clone(),
                _ => dropped.value.clone(),
            };
            put(scope, target, Slot { position: dropped.position, value })?;
            let was_empty = self.prune && was_empty(scope, target, made);
            return Ok(was_empty.then(|| Record::Moved(Moved { made, ..Moved::default() })));
        }
        let is_rename = source.parent() == target.parent();
        if is_rename && moved.displaced.is_none() && rename(scope, source, target) {
            return Ok(None);
        }
        let Some(taken) = take(scope, source) else { return Ok(None) };
        let mut left = Moved { position: taken.position, ..Moved::default() };
        // Going up makes the objects that it needs, so going down takes those away that it leaves empty.
        let prunes = !is_known && (self.prune || run.direction == Direction::Down);
        let limit = if prunes { usize::MAX } else { moved.made };
        left.pruned = prune(scope, source, limit);
        if let Some(displaced) = &moved.displaced {
            put(scope, source, displaced.clone())?;
        }
        if let Some(there) = slot(scope, target) {
            match self.on_conflict {
                OnConflict::Error => {
                    return Err(Blocked::occupied(target).about(&there.value));
                }
                OnConflict::Same if !there.value.same_in_any_order(&taken.value) => {
                    return Err(Blocked::differs(target).about(&there.value));
                }
                OnConflict::Keep | OnConflict::Same => {
                    left.dropped = Some(taken);
                    return Ok(Some(Record::Moved(left)));
                }
                OnConflict::Overwrite => left.displaced = take(scope, target),
            }
        }
        left.made = make_parents(scope, target, &moved.pruned)?;
        let position = match (&left.displaced, is_rename) {
            _ if is_known => moved.position,
            (Some(displaced), false) => displaced.position,
            (None, false) => None,
            // It stays where it was, which is one less when what gave way stood before it.
            (Some(Slot { position: Some(gone), .. }), true) => {
                left.position.map(|position| position - usize::from(*gone < position))
            }
            (_, true) => left.position,
        };
        put(scope, target, Slot { position, value: taken.value })?;
        // Where it goes when it takes the place of another value again is not to be seen from the values.
        // Neither is whether an object was empty before, where the other way takes empty ones out.
        let other_prunes = self.prune || run.direction == Direction::Up;
        let was_empty = other_prunes && was_empty(scope, target, left.made);
        let is_needed = left != nothing || moved.displaced.is_some() || was_empty;
        Ok(is_needed.then_some(Record::Moved(left)))
    }
}

/// Gives a member another key where it stands. False when the target is taken or the value is an item.
fn rename(scope: &mut Node, source: &Pointer, target: &Pointer) -> bool {
    let (Some(around), Some(from), Some(to)) = (source.parent(), source.last(), target.last()) else { return false };
    let Some(Value::Object(members)) = find_mut(scope, &around).map(|node| &mut node.value) else { return false };
    if members.iter().any(|member| member.key == to) {
        return false;
    }
    match members.iter_mut().find(|member| member.key == from) {
        Some(member) => {
            member.key = to;
            true
        }
        None => false,
    }
}
