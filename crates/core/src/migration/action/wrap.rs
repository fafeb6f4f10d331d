//! `wrap` and `head`: a value is put into a list or an object of its own, or taken out of one.

use crate::migration::blocked::Blocked;
use crate::migration::complement::{Hidden, Record};
use crate::migration::place::{Slot, find_mut, made, member, put, take};
use crate::pointer::Pointer;
use crate::source::{Node, Value};

/// What a value is put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nest {
    /// A list of one item.
    List,
    /// An object with this key.
    Key(String),
}

/// What becomes of a list of several items when one is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Many {
    /// The first item; the others are kept for the way back.
    #[default]
    First,
    /// The list stays a list.
    Keep,
}

/// A value that is inside something on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrap {
    /// The place.
    pub at: Pointer,
    /// What it is put into.
    pub nest: Nest,
    /// What becomes of several items.
    pub many: Many,
}

impl Wrap {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        puts_in: bool,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        if puts_in { self.put_in(scope, record) } else { self.take_out(scope, record) }
    }

    fn put_in(&self, scope: &mut Node, record: Option<&Record>) -> Result<Option<Record>, Blocked> {
        let Some(node) = find_mut(scope, &self.at) else {
            // An empty list, of which taking out left nothing.
            if let Some(Record::Hidden(hidden)) = record {
                put(scope, &self.at, hidden.slot.clone())?;
            }
            return Ok(None);
        };
        let was_out = matches!(record, Some(Record::Tail(_) | Record::Beside(_)));
        if !was_out && (self.is_wrapped(node) || matches!(record, Some(Record::Same))) {
            return Ok(Some(Record::Same));
        }
        let value = std::mem::replace(node, made(Value::Null));
        node.value = match &self.nest {
            Nest::List => {
                let tail = match record {
                    Some(Record::Tail(tail)) => tail.as_slice(),
                    _ => &[],
                };
                Value::Array(std::iter::once(value).chain(tail.iter().cloned()).collect())
            }
            Nest::Key(key) => {
                let mut members = vec![member(key, value)];
                if let Some(Record::Beside(beside)) = record {
                    for (key, slot) in beside {
                        let position = slot.position.unwrap_or(members.len()).min(members.len());
                        members.insert(position, member(key, slot.value.clone()));
                    }
                }
                Value::Object(members)
            }
        };
        Ok(None)
    }

    fn take_out(&self, scope: &mut Node, record: Option<&Record>) -> Result<Option<Record>, Blocked> {
        let Some(node) = find_mut(scope, &self.at) else { return Ok(None) };
        if matches!(record, Some(Record::Same)) || !self.is_wrapped(node) {
            return Ok((!self.is_wrapped(node)).then_some(Record::Same));
        }
        match (&mut node.value, &self.nest) {
            (Value::Array(items), _) => {
                if items.len() != 1 && self.many == Many::Keep {
                    return Ok(Some(Record::Same));
                }
                if items.is_empty() {
                    let slot = take(scope, &self.at);
                    return Ok(slot.map(|slot| Record::Hidden(Hidden { slot, pruned: Vec::new() })));
                }
                let first = items.remove(0);
                let tail = std::mem::take(items);
                *node = first;
                // A list in a list looks wrapped already once it is out.
                let is_needed = !tail.is_empty() || self.is_wrapped(node);
                Ok(is_needed.then_some(Record::Tail(tail)))
            }
            (Value::Object(members), Nest::Key(key)) => {
                let Some(position) = members.iter().position(|member| member.key == *key) else {
                    return Ok(Some(Record::Same));
                };
                let value = members.remove(position).node;
                let beside = std::mem::take(members);
                *node = value;
                let is_needed = !beside.is_empty() || self.is_wrapped(node);
                let beside = beside.into_iter().enumerate().map(|(index, member)| {
                    // Put back in this order, each lands where it was: before the value, or after it.
                    let position = if index < position { Some(index) } else { None };
                    (member.key, Slot { position, value: member.node })
                });
                Ok(is_needed.then(|| Record::Beside(beside.collect())))
            }
            _ => Ok(Some(Record::Same)),
        }
    }

    /// Whether a value looks like one that is inside already.
    fn is_wrapped(&self, node: &Node) -> bool {
        match (&node.value, &self.nest) {
            (Value::Array(_), Nest::List) => true,
            (Value::Object(members), Nest::Key(key)) => members.iter().any(|member| member.key == *key),
            _ => false,
        }
    }
}
