//! The tree: finding nodes by pointer, and turning it into JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Limits, Member, Node, Value, number};
use crate::pointer::Pointer;

impl Node {
    /// The node at a pointer; `None` when there is none.
    #[must_use]
    pub fn find(&self, pointer: &Pointer) -> Option<&Self> {
        pointer.tokens().try_fold(self, |node, token| node.child(&token))
    }

    /// The member that a pointer ends at; `None` when there is none or when it ends at an array item.
    #[must_use]
    pub fn find_member(&self, pointer: &Pointer) -> Option<&Member> {
        self.find(&pointer.parent()?)?.member(&pointer.last()?)
    }

    /// The member of an object by key; `None` for anything that is not an object.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Member> {
        match &self.value {
            Value::Object(members) => members.iter().find(|member| member.key == key),
            _ => None,
        }
    }

    /// Whether two nodes hold the same value: the same digits and the same order of keys, wherever they stand.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.value.same(&other.value)
    }

    /// Whether two nodes hold the same value but for the order of keys.
    #[must_use]
    pub fn same_in_any_order(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.same_in_any_order(right))
            }
            (Value::Object(left), Value::Object(right)) => {
                left.len() == right.len()
                    && left.iter().all(|member| {
                        other.member(&member.key).is_some_and(|found| member.node.same_in_any_order(&found.node))
                    })
            }
            (left, right) => left.same(right),
        }
    }

    fn child(&self, token: &str) -> Option<&Self> {
        match &self.value {
            Value::Array(items) => {
                // RFC 6901 section 4: digits without a leading zero.
                let canonical = token == "0" || token.starts_with(|first: char| matches!(first, '1'..='9'));
                if canonical { items.get(token.parse::<usize>().ok()?) } else { None }
            }
            _ => self.member(token).map(|member| &member.node),
        }
    }

    /// The value as `serde_json` holds it: what validators work on. Digits beyond what a double or a 64-bit integer
    /// holds are lost; [`Node::to_json_text`] keeps them.
    #[must_use]
    pub fn to_json_value(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => serde_json::Value::Bool(*value),
            Value::Number(text) => number::value(text),
            Value::String(text) => serde_json::Value::String(text.clone()),
            Value::Array(items) => items.iter().map(Self::to_json_value).collect(),
            Value::Object(members) => {
                members.iter().map(|member| (member.key.clone(), member.node.to_json_value())).collect()
            }
        }
    }

    /// Compact JSON with the author's digits and in the author's order of keys.
    #[must_use]
    pub fn to_json_text(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        text
    }

    fn write_json(&self, text: &mut String) {
        match &self.value {
            Value::Null => text.push_str("null"),
            Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Value::Number(digits) => text.push_str(digits),
            Value::String(value) => push_json_string(text, value),
            Value::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    item.write_json(text);
                }
                text.push(']');
            }
            Value::Object(members) => {
                text.push('{');
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    push_json_string(text, &member.key);
                    text.push(':');
                    member.node.write_json(text);
                }
                text.push('}');
            }
        }
    }
}

impl Value {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Number(left), Self::Number(right)) | (Self::String(left), Self::String(right)) => left == right,
            (Self::Array(left), Self::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.same(right))
            }
            (Self::Object(left), Self::Object(right)) => {
                left.len() == right.len()
                    && left.iter().zip(right).all(|(left, right)| left.key == right.key && left.node.same(&right.node))
            }
            _ => false,
        }
    }
}

/// Nodes travel as JSON, with their digits and the order of their keys; positions in a text do not.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_json_text()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let limits = Limits { bytes: usize::MAX, ..Limits::default() };
        let parsed = super::parse(text.get().as_bytes(), super::Format::Json, &limits);
        match parsed.drafts.first() {
            Some(draft) => Err(serde::de::Error::custom(&draft.message)),
            None => {
                let mut node = parsed.root.ok_or_else(|| serde::de::Error::custom("no value"))?;
                node.forget_places();
                Ok(node)
            }
        }
    }
}

impl Node {
    /// Makes the node and what is inside it one that has no place in a text.
    pub(crate) fn forget_places(&mut self) {
        (self.start, self.end) = (0, 0);
        match &mut self.value {
            Value::Array(items) => items.iter_mut().for_each(Self::forget_places),
            Value::Object(members) => {
                for member in members {
                    (member.key_start, member.key_end) = (0, 0);
                    member.node.forget_places();
                }
            }
            _ => {}
        }
    }
}

/// A string as JSON, quotes included.
pub(crate) fn json_string(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    push_json_string(&mut text, value);
    text
}

/// Writes a string as JSON, quotes included, at the end of a text.
fn push_json_string(text: &mut String, value: &str) {
    if value.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        text.push_str(&serde_json::Value::from(value).to_string());
    } else {
        text.push('"');
        text.push_str(value);
        text.push('"');
    }
}

/// Members with the same key: the later one stays (as `serde_json`, Python and JavaScript read it), each earlier
/// one is returned in the order of the text, together with the index of the one that replaces it.
pub(super) fn without_duplicates(members: Vec<Member>) -> (Vec<Member>, Vec<Duplicate>) {
    // Quadratic is fastest for the objects that people write; the map keeps the others from being slow.
    const FEW: usize = 16;
    let clean = if members.len() <= FEW {
        members.iter().enumerate().all(|(index, member)| !members.iter().skip(index + 1).any(|m| m.key == member.key))
    } else {
        let mut keys: Vec<&str> = members.iter().map(|member| member.key.as_str()).collect();
        keys.sort_unstable();
        keys.is_sorted_by(|before, after| before != after)
    };
    if clean {
        return (members, Vec::new());
    }
    let mut kept: Vec<Member> = Vec::with_capacity(members.len());
    let mut index_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut duplicates = Vec::new();
    for member in members {
        match index_of.get(&member.key).and_then(|&index| kept.get_mut(index)) {
            Some(first) => {
                duplicates.push(Duplicate {
                    key: member.key.clone(),
                    first: (first.key_start, first.key_end),
                    second: (member.key_start, member.key_end),
                });
                *first = member;
            }
            None => {
                index_of.insert(member.key.clone(), kept.len());
                kept.push(member);
            }
        }
    }
    (kept, duplicates)
}

/// A key that stands twice in one object; byte ranges of both.
pub(super) struct Duplicate {
    pub(super) key: String,
    pub(super) first: (usize, usize),
    pub(super) second: (usize, usize),
}
