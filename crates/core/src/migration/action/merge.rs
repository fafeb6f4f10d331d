//! `merge`: several lists or objects become one.

use super::{OnConflict, Relocate, footprint};
use crate::explain::describe;
use crate::migration::blocked::Blocked;
use crate::migration::complement::{Moved, Record, Was};
use crate::migration::place::{Slot, find_mut, made, make_parents, put, slot, take};
use crate::migration::step::{Direction, Run};
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// Lists, single values and objects that are one list or one object on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Where the parts are; those that are not there count for nothing.
    pub from: Vec<Pointer>,
    /// Where they go: behind what is there already.
    pub into: Pointer,
    /// Whether an item that is there already is left out.
    pub unique: bool,
    /// What is done when two objects have the same key.
    pub on_conflict: OnConflict,
}

impl Merge {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let places: Vec<&Pointer> = self.from.iter().chain([&self.into]).collect();
        let was = match record {
            Some(Record::Was(was)) => Some(was),
            _ => None,
        };
        if let [only] = self.from.as_slice()
            && let Some(record) = self.alone(scope, only, run.direction, record)?
        {
            return Ok(record);
        }
        match run.direction {
            Direction::Up => {
                footprint::run(scope, &places, record, |scope| self.combine(scope), |scope| self.part(scope, None))
            }
            Direction::Down => {
                footprint::run(scope, &places, record, |scope| self.part(scope, was), |scope| self.combine(scope))
            }
        }
    }

    /// One list or object that nothing is merged with only moves, and is all that there is to go back. `None` when more is
    /// to be done.
    fn alone(
        &self,
        scope: &mut Node,
        only: &Pointer,
        direction: Direction,
        record: Option<&Record>,
    ) -> Result<Option<Option<Record>>, Blocked> {
        let is_whole = |node: &Node| match &node.value {
            Value::Array(items) => {
                !self.unique
                    || items.iter().enumerate().all(|(at, item)| !items.iter().take(at).any(|one| one.same(item)))
            }
            Value::Object(_) => true,
            _ => false,
        };
        let (from, to) = match (direction, record) {
            (Direction::Up, None | Some(Record::Moved(_))) => (only, &self.into),
            (Direction::Down, Some(Record::Moved(_))) => (&self.into, only),
            _ => return Ok(None),
        };
        if scope.find(to).is_some() || !scope.find(from).is_some_and(is_whole) {
            return Ok(None);
        }
        let relocate = Relocate { from: from.clone(), to: to.clone(), on_conflict: OnConflict::Error, prune: false };
        let moved = relocate.run(scope, &Run::on_document(Direction::Up), record)?;
        // Without a record, going down would leave it where it is.
        Ok(Some(Some(moved.unwrap_or_else(|| Record::Moved(Moved::default())))))
    }

    fn combine(&self, scope: &mut Node) -> Result<(), Blocked> {
        let mut first = None;
        let mut parts = Vec::new();
        for place in &self.from {
            if let Some(part) = slot(scope, place) {
                first.get_or_insert((place, part.position));
                parts.push((place, part.value));
            }
        }
        let Some((place, position)) = first else { return Ok(()) };
        let mut whole = match scope.find(&self.into) {
            Some(there) => there.clone(),
            None if parts.iter().all(|(_, part)| matches!(part.value, Value::Object(_))) => {
                made(Value::Object(Vec::new()))
            }
            None => made(Value::Array(Vec::new())),
        };
        if !matches!(whole.value, Value::Array(_) | Value::Object(_)) {
            whole = made(Value::Array(vec![whole]));
        }
        for (place, part) in &parts {
            match (&mut whole.value, &part.value) {
                (Value::Array(items), Value::Array(more)) => {
                    more.iter().for_each(|item| self.append(items, item));
                }
                (Value::Array(items), _) => self.append(items, part),
                (Value::Object(members), Value::Object(more)) => self.extend(members, more)?,
                _ => {
                    let message = format!("{} is not an object", describe::place(place));
                    return Err(Blocked::new(place, message, "an object, like what it is merged into").about(part));
                }
            }
        }
        for (place, _) in &parts {
            take(scope, place);
        }
        match find_mut(scope, &self.into) {
            Some(there) => *there = whole,
            None => {
                make_parents(scope, &self.into, &[])?;
                let position = position.filter(|_| place.parent() == self.into.parent());
                put(scope, &self.into, Slot { position, value: whole })?;
            }
        }
        Ok(())
    }

    fn append(&self, items: &mut Vec<Node>, item: &Node) {
        if !self.unique || !items.iter().any(|other| other.same(item)) {
            items.push(item.clone());
        }
    }

    fn extend(&self, members: &mut Vec<Member>, more: &[Member]) -> Result<(), Blocked> {
        for member in more {
            match members.iter_mut().find(|other| other.key == member.key) {
                None => members.push(member.clone()),
                Some(other) if other.node.same(&member.node) => {}
                Some(other) => match self.on_conflict {
                    OnConflict::Error | OnConflict::Same => {
                        return Err(Blocked::occupied(&self.into.child(&member.key)).about(&other.node));
                    }
                    OnConflict::Overwrite => other.node = member.node.clone(),
                    OnConflict::Keep => {}
                },
            }
        }
        Ok(())
    }

    /// Gives the parts back what they had of what is still there. What came since goes where merging would put it: into
    /// `into`, or, when the old side had none, into the part that is there alone.
    fn part(&self, scope: &mut Node, was: Option<&Was>) -> Result<(), Blocked> {
        let Some(was) = was else { return Ok(()) };
        let Some(now) = scope.find(&self.into).cloned() else { return Ok(()) };
        let former = |at: &Pointer| was.there.iter().find(|(place, _)| place == at).and_then(|(_, slot)| slot.as_ref());
        let mut rest = now.clone();
        let mut parts: Vec<(&Pointer, Slot)> = Vec::new();
        let into = former(&self.into);
        for place in &self.from {
            let Some(slot) = former(place) else { continue };
            let value = match (&slot.value.value, &mut rest.value) {
                (Value::Array(items), Value::Array(left)) => {
                    Value::Array(items.iter().filter(|item| remove(left, &now, item, into)).cloned().collect())
                }
                (Value::Object(members), Value::Object(left)) => {
                    let mine = |member: &&Member| left.iter().any(|other| other.key == member.key);
                    let kept: Vec<Member> = members.iter().filter(mine).cloned().collect();
                    let is_kept = |key: &str| kept.iter().any(|member| member.key == key);
                    let current = |member: &Member| {
                        left.iter().find(|other| other.key == member.key).cloned().unwrap_or_else(|| member.clone())
                    };
                    let value = Value::Object(kept.iter().map(current).collect());
                    let into_has = |key: &str| into.is_some_and(|into| into.value.member(key).is_some());
                    left.retain(|member| !is_kept(&member.key) || into_has(&member.key));
                    value
                }
                (_, Value::Array(left)) => {
                    if !remove(left, &now, &slot.value, into) {
                        continue;
                    }
                    slot.value.value.clone()
                }
                _ => continue,
            };
            parts.push((place, Slot { position: slot.position, value: made(value) }));
        }
        let is_left = match &rest.value {
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => true,
        };
        if into.is_some() || (is_left && parts.len() != 1) {
            if let Some(node) = find_mut(scope, &self.into) {
                *node = rest;
            }
        } else {
            take(scope, &self.into);
            if let (Some((_, only)), true) = (parts.first_mut(), is_left) {
                only.value = match (&only.value.value, rest.value) {
                    // Everything is in the one part then, in the order it has now.
                    (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => now.clone(),
                    (_, Value::Array(_)) => now.clone(),
                    (_, rest) => made(rest),
                };
            }
        }
        parts.sort_by_key(|(_, slot)| slot.position.unwrap_or(usize::MAX));
        for (place, slot) in parts {
            if scope.find(place).is_none() {
                make_parents(scope, place, &[])?;
                put(scope, place, slot)?;
            }
        }
        Ok(())
    }
}

/// Takes an item out of what is left, unless what it was merged into had it too. Whether it is still there at all.
fn remove(left: &mut Vec<Node>, now: &Node, item: &Node, into: Option<&Slot>) -> bool {
    let has = |node: &Node| match &node.value {
        Value::Array(items) => items.iter().any(|other| other.same(item)),
        _ => node.same(item),
    };
    if !has(now) {
        return false;
    }
    if !into.is_some_and(|into| has(&into.value))
        && let Some(position) = left.iter().position(|other| other.same(item))
    {
        left.remove(position);
    }
    true
}
