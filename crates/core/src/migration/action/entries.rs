//! `entries` and `from-entries`: a map on one side, a list on the other.

use super::footprint;
use crate::explain::describe;
use crate::migration::blocked::Blocked;
use crate::migration::complement::{Record, Was};
use crate::migration::place::{find_mut, made, member};
use crate::migration::step::Run;
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// A map, and the list of its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries {
    /// The place.
    pub at: Pointer,
    /// The key of an item that holds the key of the map.
    pub key: String,
    /// The key of an item that holds the value of the map; without it, the value is an object and the item has its members.
    pub value: Option<String>,
}

impl Entries {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        _run: &Run<'_>,
        lists: bool,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let was = match record {
            Some(Record::Was(was)) => Some(was),
            _ => None,
        };
        footprint::run(
            scope,
            &[&self.at],
            record,
            |scope| if lists { self.list(scope, was) } else { self.map(scope, was) },
            |scope| if lists { self.map(scope, None) } else { self.list(scope, None) },
        )
    }

    fn list(&self, scope: &mut Node, was: Option<&Was>) -> Result<(), Blocked> {
        let at = &self.at;
        let Some(node) = find_mut(scope, at) else { return Ok(()) };
        let Value::Object(members) = &node.value else {
            if matches!(node.value, Value::Array(_)) {
                return Ok(());
            }
            let message = format!("{} is not an object", describe::place(at));
            return Err(Blocked::new(at, message, "an object whose keys become items").about(node));
        };
        let former = former(was, at);
        let items: Result<Vec<Node>, Blocked> = members
            .iter()
            .map(|entry| {
                let item = self.item(entry, at)?;
                // An entry that is what it was gets the item back that it was made of.
                let known = former.filter(|former| same_entry(former.here, entry)).and_then(|former| {
                    match &former.there.value {
                        Value::Array(items) => items.iter().find(|item| self.key_of(item) == Some(&entry.key)),
                        _ => None,
                    }
                });
                Ok(known.cloned().unwrap_or(item))
            })
            .collect();
        node.value = Value::Array(items?);
        Ok(())
    }

    fn item(&self, entry: &Member, at: &Pointer) -> Result<Node, Blocked> {
        let name = member(&self.key, made(Value::String(entry.key.clone())));
        let members = match (&self.value, &entry.node.value) {
            (Some(value), _) => vec![name, member(value, entry.node.clone())],
            (None, Value::Object(members)) => {
                if members.iter().any(|member| member.key == self.key) {
                    return Err(Blocked::occupied(&at.child(&entry.key).child(&self.key)));
                }
                std::iter::once(name).chain(members.iter().cloned()).collect()
            }
            (None, _) => {
                let place = at.child(&entry.key);
                let message = format!("{} is not an object", describe::place(&place));
                return Err(
                    Blocked::new(&place, message, "an object, or `value` to name a key for it").about(&entry.node)
                );
            }
        };
        // The item stands where the entry stood.
        let (start, end) = if self.value.is_none() { (entry.node.start, entry.node.end) } else { (0, 0) };
        Ok(Node { value: Value::Object(members), start, end })
    }

    fn map(&self, scope: &mut Node, was: Option<&Was>) -> Result<(), Blocked> {
        let at = &self.at;
        let Some(node) = find_mut(scope, at) else { return Ok(()) };
        let Value::Array(items) = &node.value else {
            if matches!(node.value, Value::Object(_)) {
                return Ok(());
            }
            let message = format!("{} is not a list", describe::place(at));
            return Err(Blocked::new(at, message, "a list whose items become members").about(node));
        };
        let former = former(was, at);
        let mut members: Vec<Member> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let place = at.item(index);
            let Some(key) = self.key_of(item) else {
                let message =
                    format!("{} has no string under `{}`", describe::place(&place), describe::printable(&self.key));
                return Err(Blocked::new(&place, message, "a string that becomes a key").about(item));
            };
            if members.iter().any(|other| other.key == *key) {
                let message = format!("the key `{}` stands twice in {}", describe::printable(key), describe::place(at));
                return Err(Blocked::new(&place, message, "items with different keys"));
            }
            let known = former.filter(|former| matches!(&former.here.value, Value::Array(items) if items.iter().any(|other| other.same(item))));
            let known = known.and_then(|former| former.there.member(key)).map(|member| member.node.clone());
            let value = match (known, &self.value) {
                (Some(known), _) => known,
                (None, Some(value)) => {
                    let Some(found) = item.member(value) else {
                        let message =
                            format!("{} has nothing under `{}`", describe::place(&place), describe::printable(value));
                        return Err(Blocked::new(&place, message, "a value for the key").about(item));
                    };
                    found.node.clone()
                }
                (None, None) => {
                    let Value::Object(all) = &item.value else { continue };
                    let members = all.iter().filter(|member| member.key != self.key).cloned().collect();
                    Node { value: Value::Object(members), start: item.start, end: item.end }
                }
            };
            members.push(member(key, value));
        }
        node.value = Value::Object(members);
        Ok(())
    }

    fn key_of<'n>(&self, item: &'n Node) -> Option<&'n String> {
        match &item.member(&self.key)?.node.value {
            Value::String(key) => Some(key),
            _ => None,
        }
    }
}

/// What a value was on both sides when it was last converted.
#[derive(Clone, Copy)]
struct Former<'w> {
    there: &'w Node,
    here: &'w Node,
}

fn former<'w>(was: Option<&'w Was>, at: &Pointer) -> Option<Former<'w>> {
    let was = was?;
    let there = was.there.iter().find(|(place, _)| place == at)?.1.as_ref()?;
    let here = was.here.iter().find(|(place, _)| place == at)?.1.as_ref()?;
    Some(Former { there: &there.value, here: &here.value })
}

fn same_entry(object: &Node, entry: &Member) -> bool {
    object.member(&entry.key).is_some_and(|former| former.node.same(&entry.node))
}
