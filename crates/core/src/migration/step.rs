//! The steps of a migration. Each states its own inverse.

use super::complement::{Complement, Record};
use crate::explain::describe;
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// One reversible operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Up: sets `value` at `at` unless something is there. Down: removes it if it was added.
    Add {
        /// The place.
        at: Pointer,
        /// The value.
        value: Node,
    },
    /// Up: removes the value at `at`. Down: puts it back where it was.
    Remove {
        /// The place.
        at: Pointer,
    },
    /// Up: renames the key `from` of the object at `at` to `to`. Down: the other way round.
    Rename {
        /// The object.
        at: Pointer,
        /// The key before.
        from: String,
        /// The key after.
        to: String,
    },
    /// Up: moves the value at `from` to `to`. Down: the other way round.
    Move {
        /// The place before.
        from: Pointer,
        /// The place after.
        to: Pointer,
    },
}

/// Why a step cannot be done on a document. Names places, never values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which step, from 0.
    pub step: usize,
    /// What is in the way.
    pub message: String,
    /// What the step needs.
    pub expected: String,
}

/// Moves a document up. On success gives what the way back needs.
///
/// # Errors
/// When a step meets something in its way. The document is then half-way and must be thrown away.
pub fn up(steps: &[Step], document: &mut Node) -> Result<Complement, Conflict> {
    steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            step.up(document).map_err(|(message, expected)| Conflict { step: index, message, expected })
        })
        .collect()
}

/// Moves a document down again with its complement.
///
/// # Errors
/// When a step meets something in its way.
pub fn down(steps: &[Step], document: &mut Node, complement: &Complement) -> Result<(), Conflict> {
    for (index, (step, record)) in steps.iter().zip(complement).enumerate().rev() {
        step.down(document, record).map_err(|(message, expected)| Conflict { step: index, message, expected })?;
    }
    Ok(())
}

type Blocked = (String, String);

impl Step {
    fn up(&self, document: &mut Node) -> Result<Record, Blocked> {
        match self {
            Self::Add { at, value } => {
                if document.find(at).is_some() {
                    return Ok(Record::Untouched);
                }
                let members = parent(document, at)?;
                members.push(member(&last(at), value.clone()));
                Ok(Record::Added)
            }
            Self::Remove { at } => {
                if document.find(at).is_none() {
                    return Ok(Record::Untouched);
                }
                let members = parent(document, at)?;
                let (position, member) = take(members, &last(at))?;
                Ok(Record::Removed { position, value: member.node })
            }
            Self::Rename { at, from, to } => {
                if document.find(&at.child(from)).is_none() {
                    return Ok(Record::Untouched);
                }
                rename(object(document, at)?, at, from, to)?;
                Ok(Record::Renamed)
            }
            Self::Move { from, to } => {
                if document.find(from).is_none() {
                    return Ok(Record::Untouched);
                }
                if document.find(to).is_some() {
                    return Err(occupied(to));
                }
                let (position, taken) = take(parent(document, from)?, &last(from))?;
                let made = make_parents(document, to)?;
                parent(document, to)?.push(member(&last(to), taken.node));
                Ok(Record::Moved { position, made })
            }
        }
    }

    fn down(&self, document: &mut Node, record: &Record) -> Result<(), Blocked> {
        match (self, record) {
            (_, Record::Untouched) => Ok(()),
            (Self::Add { at, .. }, _) => {
                // Written at the new version since: the value goes all the same, the old version has no place for it.
                if document.find(at).is_some() {
                    take(parent(document, at)?, &last(at))?;
                }
                Ok(())
            }
            (Self::Remove { at }, Record::Removed { position, value }) => {
                if document.find(at).is_some() {
                    return Err(occupied(at));
                }
                let members = parent(document, at)?;
                members.insert((*position).min(members.len()), member(&last(at), value.clone()));
                Ok(())
            }
            (Self::Rename { at, from, to }, _) => {
                if document.find(&at.child(to)).is_none() {
                    return Ok(());
                }
                rename(object(document, at)?, at, to, from)
            }
            (Self::Move { from, to }, Record::Moved { position, made }) => {
                if document.find(to).is_none() {
                    return Ok(());
                }
                let (_, taken) = take(parent(document, to)?, &last(to))?;
                prune(document, to, *made);
                // Only now: a value that was moved into an object of its own name had that name taken by itself.
                if document.find(from).is_some() {
                    return Err(occupied(from));
                }
                let members = parent(document, from)?;
                members.insert((*position).min(members.len()), member(&last(from), taken.node));
                Ok(())
            }
            (Self::Remove { .. } | Self::Move { .. }, _) => Err((
                "the complement does not belong to this step".to_owned(),
                "the complement that going up gave".to_owned(),
            )),
        }
    }
}

fn occupied(at: &Pointer) -> Blocked {
    (format!("{} is there already", describe::place(at)), format!("nothing at {}", describe::place(at)))
}

fn last(at: &Pointer) -> String {
    at.last().unwrap_or_default()
}

fn member(key: &str, node: Node) -> Member {
    Member { key: key.to_owned(), key_start: 0, key_end: 0, node }
}

/// The node at a place, to be changed.
pub fn find_mut<'n>(document: &'n mut Node, at: &Pointer) -> Option<&'n mut Node> {
    let mut node = document;
    for token in at.tokens() {
        node = match &mut node.value {
            Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?)?,
            Value::Object(members) => &mut members.iter_mut().find(|member| member.key == token)?.node,
            _ => return None,
        };
    }
    Some(node)
}

fn object<'n>(document: &'n mut Node, at: &Pointer) -> Result<&'n mut Vec<Member>, Blocked> {
    let expected = || format!("an object at {}", describe::place(at));
    match find_mut(document, at) {
        None => Err((format!("{} is not there", describe::place(at)), expected())),
        Some(Node { value: Value::Object(members), .. }) => Ok(members),
        Some(_) => Err((format!("{} is not an object", describe::place(at)), expected())),
    }
}

fn parent<'n>(document: &'n mut Node, at: &Pointer) -> Result<&'n mut Vec<Member>, Blocked> {
    object(document, &at.parent().unwrap_or_default())
}

fn take(members: &mut Vec<Member>, key: &str) -> Result<(usize, Member), Blocked> {
    match members.iter().position(|member| member.key == key) {
        Some(position) => Ok((position, members.remove(position))),
        None => Err((format!("the key `{}` is not there", describe::printable(key)), "the key".to_owned())),
    }
}

fn rename(members: &mut [Member], at: &Pointer, from: &str, to: &str) -> Result<(), Blocked> {
    if members.iter().any(|member| member.key == to) {
        return Err(occupied(&at.child(to)));
    }
    for member in members.iter_mut().filter(|member| member.key == from) {
        to.clone_into(&mut member.key);
    }
    Ok(())
}

/// Makes the objects that a place needs around it; gives how many.
fn make_parents(document: &mut Node, at: &Pointer) -> Result<usize, Blocked> {
    let Some(parent) = at.parent() else { return Ok(0) };
    if document.find(&parent).is_some() {
        return Ok(0);
    }
    let made = make_parents(document, &parent)?;
    let empty = Node { value: Value::Object(Vec::new()), start: 0, end: 0 };
    self::parent(document, &parent)?.push(member(&last(&parent), empty));
    Ok(made + 1)
}

/// Removes up to `made` objects around a place that are empty now.
fn prune(document: &mut Node, at: &Pointer, made: usize) {
    let mut place = at.parent();
    for _ in 0..made {
        let Some(here) = place else { return };
        let empty =
            matches!(document.find(&here), Some(Node { value: Value::Object(members), .. }) if members.is_empty());
        if !empty {
            return;
        }
        if let Ok(members) = parent(document, &here) {
            members.retain(|member| member.key != last(&here));
        }
        place = here.parent();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;
    use crate::source::{Format, Limits, parse};

    fn node(text: &str) -> Node {
        parse(text.as_bytes(), Format::Json, &Limits::default()).root.expect("a document")
    }

    fn at(text: &str) -> Pointer {
        Pointer::parse(text).expect("a pointer")
    }

    fn there_and_back(steps: &[Step], text: &str) -> (String, String) {
        let mut document = node(text);
        let complement = up(steps, &mut document).expect("up");
        let above = document.to_json_text();
        down(steps, &mut document, &complement).expect("down");
        (above, document.to_json_text())
    }

    #[test]
    fn a_rename_keeps_the_position() {
        let steps = [Step::Rename { at: at(""), from: "b".into(), to: "x".into() }];
        let (above, back) = there_and_back(&steps, r#"{"a":1,"b":2,"c":3}"#);
        assert_eq!(above, r#"{"a":1,"x":2,"c":3}"#);
        assert_eq!(back, r#"{"a":1,"b":2,"c":3}"#);
    }

    #[test]
    fn a_rename_onto_an_existing_key_is_a_conflict() {
        let steps = [Step::Rename { at: at(""), from: "a".into(), to: "b".into() }];
        let conflict = up(&steps, &mut node(r#"{"a":1,"b":2}"#)).expect_err("b is there");
        assert_eq!(conflict.message, "`/b` is there already");
    }

    #[test]
    fn a_removed_value_comes_back_with_its_digits_and_position() {
        let steps = [Step::Remove { at: at("/a") }];
        let text = r#"{"z":null,"a":1.500000000000000000001,"c":3}"#;
        assert_eq!(there_and_back(&steps, text), (r#"{"z":null,"c":3}"#.to_owned(), text.to_owned()));
    }

    #[test]
    fn a_move_makes_the_objects_it_needs_and_removes_them_on_the_way_back() {
        let steps = [Step::Move { from: at("/timeout"), to: at("/http/limits/timeout") }];
        let text = r#"{"timeout":3,"name":"x"}"#;
        let (above, back) = there_and_back(&steps, text);
        assert_eq!(above, r#"{"name":"x","http":{"limits":{"timeout":3}}}"#);
        assert_eq!(back, text);
    }

    #[test]
    fn a_value_can_move_into_an_object_of_its_own_name_and_back() {
        let steps = [Step::Move { from: at("/http"), to: at("/http/port") }];
        assert_eq!(
            there_and_back(&steps, r#"{"http":80}"#),
            (r#"{"http":{"port":80}}"#.to_owned(), r#"{"http":80}"#.to_owned())
        );
    }

    #[test]
    fn adding_what_is_there_already_changes_nothing_and_removes_nothing_on_the_way_back() {
        let steps = [Step::Add { at: at("/tls"), value: node("true") }];
        assert_eq!(there_and_back(&steps, r#"{"tls":false}"#).1, r#"{"tls":false}"#);
        assert_eq!(there_and_back(&steps, "{}"), (r#"{"tls":true}"#.to_owned(), "{}".to_owned()));
    }

    #[test]
    fn null_and_absent_are_two_things() {
        let steps = [Step::Rename { at: at(""), from: "a".into(), to: "b".into() }];
        assert_eq!(there_and_back(&steps, r#"{"a":null}"#).0, r#"{"b":null}"#);
        assert_eq!(there_and_back(&steps, "{}").0, "{}");
    }

    fn document() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(Into::into),
            "[a-c]{0,2}".prop_map(Into::into)
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            proptest::collection::btree_map("[a-d]", inner, 0..4).prop_map(|members| members.into_iter().collect())
        })
    }

    fn pointer() -> impl Strategy<Value = Pointer> {
        proptest::collection::vec("[a-d]", 1..3)
            .prop_map(|tokens| tokens.iter().fold(Pointer::root(), |place, token| place.child(token)))
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (pointer(), document()).prop_map(|(at, value)| Step::Add { at, value: node(&value.to_string()) }),
            pointer().prop_map(|at| Step::Remove { at }),
            (proptest::option::of(pointer()), "[a-d]", "[a-d]").prop_map(|(at, from, to)| Step::Rename {
                at: at.unwrap_or_default(),
                from,
                to
            }),
            (pointer(), pointer()).prop_map(|(from, to)| Step::Move { from, to }),
        ]
    }

    proptest! {
        // A seed file would only hold what the tests above say in words.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn down_after_up_is_the_document_as_it_was(document in document(), steps in proptest::collection::vec(step(), 1..6)) {
            let before = node(&document.to_string());
            let mut moved = before.clone();
            if let Ok(complement) = up(&steps, &mut moved) {
                prop_assert!(down(&steps, &mut moved, &complement).is_ok());
                prop_assert_eq!(moved.to_json_text(), before.to_json_text());
            }
        }
    }
}
