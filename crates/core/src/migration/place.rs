//! Places of a tree that is being changed: taking values out with their position, and putting them back there.

use serde::{Deserialize, Serialize};

use super::blocked::Blocked;
use crate::explain::describe;
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// A value, and where it stood among its siblings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// The position from 0; absent for the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<usize>,
    /// The value.
    pub value: Node,
}

/// The node at a place, to be changed.
pub fn find_mut<'n>(scope: &'n mut Node, at: &Pointer) -> Option<&'n mut Node> {
    let mut node = scope;
    for token in at.tokens() {
        node = match &mut node.value {
            Value::Array(items) => items.get_mut(index(&token)?)?,
            Value::Object(members) => &mut members.iter_mut().find(|member| member.key == token)?.node,
            _ => return None,
        };
    }
    Some(node)
}

/// A member without a place in a text.
pub fn member(key: &str, node: Node) -> Member {
    Member { key: key.to_owned(), key_start: 0, key_end: 0, node }
}

/// A node without a place in a text.
pub fn made(value: Value) -> Node {
    Node { value, start: 0, end: 0 }
}

/// The value at a place, and its position.
pub fn slot(scope: &Node, at: &Pointer) -> Option<Slot> {
    let Some((parent, key)) = at.parent().zip(at.last()) else {
        return Some(Slot { position: None, value: scope.clone() });
    };
    let (position, length, value) = match &scope.find(&parent)?.value {
        Value::Object(members) => {
            let position = members.iter().position(|member| member.key == key)?;
            (position, members.len(), &members.get(position)?.node)
        }
        Value::Array(items) => (index(&key)?, items.len(), items.get(index(&key)?)?),
        _ => return None,
    };
    Some(Slot { position: (position + 1 < length).then_some(position), value: value.clone() })
}

/// Takes the value at a place out. Nothing is taken when nothing is there, and the whole scope never is.
pub fn take(scope: &mut Node, at: &Pointer) -> Option<Slot> {
    let key = at.last()?;
    let parent = find_mut(scope, &at.parent()?)?;
    let (position, length, value) = match &mut parent.value {
        Value::Object(members) => {
            let position = members.iter().position(|member| member.key == key)?;
            (position, members.len(), members.remove(position).node)
        }
        Value::Array(items) => {
            let position = index(&key).filter(|position| *position < items.len())?;
            (position, items.len(), items.remove(position))
        }
        _ => return None,
    };
    Some(Slot { position: (position + 1 < length).then_some(position), value })
}

/// Puts a value at a place where nothing is. The object or array around it has to be there.
///
/// # Errors
/// When there is nothing that it could be put into.
pub fn put(scope: &mut Node, at: &Pointer, slot: Slot) -> Result<(), Blocked> {
    let (Some(around), Some(key)) = (at.parent(), at.last()) else {
        *scope = slot.value;
        return Ok(());
    };
    let missing = |what: &str| {
        Blocked::new(
            at,
            format!("{} {what}", describe::place(&around)),
            format!("an object or an array at {}", describe::place(&around)),
        )
    };
    match find_mut(scope, &around).map(|node| &mut node.value) {
        None => Err(missing("is not there")),
        Some(Value::Object(members)) => {
            let position = slot.position.unwrap_or(members.len()).min(members.len());
            members.insert(position, member(&key, slot.value));
            Ok(())
        }
        Some(Value::Array(items)) => match index(&key).filter(|position| *position <= items.len()) {
            Some(position) => {
                items.insert(position, slot.value);
                Ok(())
            }
            None => Err(Blocked::new(
                at,
                format!("{} has no item `{}`", describe::place(&around), describe::printable(&key)),
                format!("an index up to {}", items.len()),
            )),
        },
        Some(_) => Err(missing("is neither an object nor an array")),
    }
}

/// How many of the objects around a place are not there.
pub fn missing_parents(scope: &Node, at: &Pointer) -> usize {
    open_parents(scope, at).len()
}

/// The places around a place where nothing is, the innermost first.
fn open_parents(scope: &Node, at: &Pointer) -> Vec<Pointer> {
    std::iter::successors(at.parent(), Pointer::parent).take_while(|here| scope.find(here).is_none()).collect()
}

/// Makes the objects around a place that are not there; `positions` are where they go, the outermost first. Gives how many.
///
/// # Errors
/// When something else stands where an object has to be.
pub fn make_parents(scope: &mut Node, at: &Pointer, positions: &[Option<usize>]) -> Result<usize, Blocked> {
    let open = open_parents(scope, at);
    for (index, here) in open.iter().rev().enumerate() {
        let position = positions.get(index).copied().flatten();
        put(scope, here, Slot { position, value: made(Value::Object(Vec::new())) })?;
    }
    Ok(open.len())
}

/// Takes out at most `limit` objects around a place that are empty now; gives where they were, the outermost first.
pub fn prune(scope: &mut Node, at: &Pointer, limit: usize) -> Vec<Option<usize>> {
    let mut positions = Vec::new();
    let mut place = at.parent();
    while let Some(here) = place.filter(|here| positions.len() < limit && here.last().is_some()) {
        if !matches!(scope.find(&here), Some(Node { value: Value::Object(members), .. }) if members.is_empty()) {
            break;
        }
        let Some(slot) = take(scope, &here) else { break };
        positions.push(slot.position);
        place = here.parent();
    }
    positions.reverse();
    positions
}

/// Whether the object around a place has nothing else in it.
fn is_alone(scope: &Node, at: &Pointer) -> bool {
    let around = at.parent().and_then(|around| scope.find(&around));
    matches!(around, Some(Node { value: Value::Object(members), .. }) if members.len() == 1)
}

/// Whether an empty object is left when the value at a place goes and the objects that were made around it do: one that was
/// empty before, which is not to be told from one that was made as well. The whole scope stays whether it is empty or not.
pub fn was_empty(scope: &Node, at: &Pointer, made: usize) -> bool {
    let top = std::iter::successors(Some(at.clone()), Pointer::parent).nth(made);
    top.is_some_and(|top| top.parent().is_some_and(|around| around.last().is_some()) && is_alone(scope, &top))
}

/// The index of an item (RFC 6901 section 4: digits without a leading zero).
pub fn index(token: &str) -> Option<usize> {
    if token == "0" || token.starts_with(|first: char| matches!(first, '1'..='9')) { token.parse().ok() } else { None }
}
