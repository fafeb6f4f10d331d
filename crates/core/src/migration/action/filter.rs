//! `filter`: items that the new side has no use for.

use crate::explain::describe;
use crate::migration::blocked::Blocked;
use crate::migration::complement::{Filtered, Record};
use crate::migration::expression::{Expression, Subject};
use crate::migration::place::{Slot, find_mut, member};
use crate::migration::step::{Direction, Run};
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// Keeps the items of a list, or the members of an object, for which the expression is true of `value` and `key`.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The place.
    pub at: Pointer,
    /// What stays.
    pub keep: Expression,
}

impl Filter {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let nothing = Filtered::default();
        let known = match record {
            Some(Record::Filtered(known)) => known,
            _ => &nothing,
        };
        let left = match run.direction {
            Direction::Up => self.drop(scope, known)?,
            Direction::Down => self.restore(scope, known)?,
        };
        Ok((left != nothing).then_some(Record::Filtered(left)))
    }

    /// Whether each of the values inside stays.
    fn verdicts(&self, scope: &Node) -> Result<Vec<bool>, Blocked> {
        let Some(node) = scope.find(&self.at) else { return Ok(Vec::new()) };
        let verdict = |key: &str, value: &Node| {
            self.keep.truth(Subject { scope, value: Some(value), key: Some(key) }, &self.at.child(key))
        };
        match &node.value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| verdict(&index.to_string(), item)).collect()
            }
            Value::Object(members) => members.iter().map(|member| verdict(&member.key, &member.node)).collect(),
            _ => {
                let message = format!("{} is neither a list nor an object", describe::place(&self.at));
                Err(Blocked::new(&self.at, message, "a list or an object").about(node))
            }
        }
    }

    fn drop(&self, scope: &mut Node, known: &Filtered) -> Result<Filtered, Blocked> {
        let verdicts = self.verdicts(scope)?;
        let mut left = Filtered::default();
        let among = |nodes: &[Node], node: &Node| nodes.iter().any(|other| other.same(node));
        let stays = |node: &Node, verdict: bool| {
            if verdict { !among(&known.banned, node) } else { among(&known.exempt, node) }
        };
        match find_mut(scope, &self.at).map(|node| &mut node.value) {
            Some(Value::Array(items)) => {
                for (index, (item, verdict)) in std::mem::take(items).into_iter().zip(verdicts).enumerate() {
                    if stays(&item, verdict) {
                        items.push(item);
                    } else {
                        left.items.push((index, item));
                    }
                }
            }
            Some(Value::Object(members)) => {
                for (index, (entry, verdict)) in std::mem::take(members).into_iter().zip(verdicts).enumerate() {
                    if stays(&entry.node, verdict) {
                        members.push(entry);
                    } else {
                        left.members.push((entry.key, Slot { position: Some(index), value: entry.node }));
                    }
                }
            }
            _ => {}
        }
        Ok(left)
    }

    fn restore(&self, scope: &mut Node, known: &Filtered) -> Result<Filtered, Blocked> {
        let mut returned: Vec<usize> = Vec::new();
        let mut insert = |position: usize| {
            returned.iter_mut().filter(|other| **other >= position).for_each(|other| *other += 1);
            returned.push(position);
        };
        match find_mut(scope, &self.at).map(|node| &mut node.value) {
            Some(Value::Array(items)) => {
                for (index, item) in &known.items {
                    let position = (*index).min(items.len());
                    items.insert(position, item.clone());
                    insert(position);
                }
            }
            Some(Value::Object(members)) => {
                for (key, slot) in &known.members {
                    if !members.iter().any(|member: &Member| member.key == *key) {
                        let position = slot.position.unwrap_or(members.len()).min(members.len());
                        members.insert(position, member(key, slot.value.clone()));
                        insert(position);
                    }
                }
            }
            _ => {}
        }
        // Going up again has to tell the two apart, also where the filter now thinks otherwise.
        let verdicts = self.verdicts(scope)?;
        let nodes: Vec<&Node> = match scope.find(&self.at).map(|node| &node.value) {
            Some(Value::Array(items)) => items.iter().collect(),
            Some(Value::Object(members)) => members.iter().map(|member| &member.node).collect(),
            _ => Vec::new(),
        };
        let mut left = Filtered::default();
        for (index, (node, verdict)) in nodes.into_iter().zip(verdicts).enumerate() {
            match (returned.contains(&index), verdict) {
                (true, true) => left.banned.push(node.clone()),
                (false, false) => left.exempt.push(node.clone()),
                _ => {}
            }
        }
        Ok(left)
    }
}
