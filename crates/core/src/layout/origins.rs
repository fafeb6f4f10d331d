//! Where the parts of a changed document stood in the old one.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Member, Node, Value};

/// Parts of the old document, by where their keys and values stand; what a part is, is the format's to say.
pub(super) struct Origins<P> {
    /// By the first byte of the key.
    keys: BTreeMap<usize, P>,
    /// By the bytes and the kind of the value: an object may stand where its only member does.
    nodes: BTreeMap<(usize, usize, u8), P>,
    /// Parts that are still somewhere.
    used: BTreeSet<P>,
}

/// Objects, arrays, and everything else.
pub(super) fn kind(node: &Node) -> u8 {
    match &node.value {
        Value::Object(_) => 2,
        Value::Array(_) => 1,
        _ => 0,
    }
}

impl<P: Clone + Ord> Origins<P> {
    pub(super) const fn none() -> Self {
        Self { keys: BTreeMap::new(), nodes: BTreeMap::new(), used: BTreeSet::new() }
    }

    /// Notes the part whose key begins at a byte; the first one counts.
    pub(super) fn note_key(&mut self, start: usize, part: P) {
        self.keys.entry(start).or_insert(part);
    }

    /// Notes the part whose value this is; the first one counts.
    pub(super) fn note_value(&mut self, node: &Node, part: P) {
        self.nodes.entry((node.start, node.end, kind(node))).or_insert(part);
    }

    /// Notes the parts that the new document still has.
    pub(super) fn mark(&mut self, new: &Node) {
        match &new.value {
            Value::Object(members) => {
                for member in members {
                    self.used.extend(self.of_member(member));
                    self.mark(&member.node);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.used.extend(self.of_value(item));
                    self.mark(item);
                }
            }
            _ => {}
        }
    }

    /// The part that a member of the new document was: where its key was, or else its value.
    pub(super) fn of_member(&self, member: &Member) -> Option<P> {
        let by_key = if member.key_end > 0 { self.keys.get(&member.key_start).cloned() } else { None };
        by_key.or_else(|| self.of_value(&member.node))
    }

    /// The part that a value of the new document was.
    pub(super) fn of_value(&self, node: &Node) -> Option<P> {
        if node.end == 0 { None } else { self.nodes.get(&(node.start, node.end, kind(node))).cloned() }
    }

    /// Whether a part is still somewhere.
    pub(super) fn is_used(&self, part: &P) -> bool {
        self.used.contains(part)
    }

    /// Whether a part has a key of its own.
    pub(super) fn has_key(&self, start: usize) -> bool {
        self.keys.contains_key(&start)
    }

    /// The part whose key begins at a byte.
    pub(super) fn at_key(&self, start: usize) -> Option<P> {
        self.keys.get(&start).cloned()
    }
}
