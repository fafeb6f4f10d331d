//! `for-each` and `group`: steps inside items and at several places.

use crate::migration::blocked::Blocked;
use crate::migration::complement::{Each, NOTHING, Record};
use crate::migration::path::{Path, Token};
use crate::migration::place::find_mut;
use crate::migration::recognise;
use crate::migration::step::{self, Direction, Run, Step};
use crate::pointer::Pointer;
use crate::source::{Limits, Node, Value};

/// Steps for every value at some places. Inner places go up before the ones around them, and down after them, so that a
/// record is found by the pointer that the value has on the old side.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The places.
    pub at: Vec<Path>,
    /// The steps; their places are relative.
    pub steps: Vec<Step>,
}

/// Steps for every item of a list and every value of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    /// The list or the object.
    pub at: Pointer,
    /// The key of an item that tells it from the others on both sides; without it, items are told apart by their index.
    pub key: Option<String>,
    /// The steps; their places are relative.
    pub steps: Vec<Step>,
}

impl Group {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let mut visit = Visit {
            steps: &self.steps,
            run,
            known: step::each(record),
            kept: Each::default(),
            at: Pointer::root(),
            was_at: Some(Pointer::root()),
        };
        let mut paths: Vec<&Path> = self.at.iter().collect();
        if run.direction == Direction::Down {
            paths.reverse();
        }
        for path in paths {
            visit.places(scope, path.tokens(), run.key)?;
        }
        let kept = visit.kept;
        Ok((!kept.at.is_empty()).then_some(Record::Each(kept)))
    }
}

struct Visit<'v> {
    steps: &'v [Step],
    run: &'v Run<'v>,
    known: &'v Each,
    kept: Each,
    at: Pointer,
    /// Where the value was for the run before; `None` when that run did not see it.
    was_at: Option<Pointer>,
}

impl Visit<'_> {
    fn places(&mut self, node: &mut Node, tokens: &[Token], key: Option<&str>) -> Result<(), Blocked> {
        match tokens.split_first() {
            None => self.here(node, key),
            Some((Token::Key(name), rest)) => {
                let step = Pointer::root().child(name);
                match find_mut(node, &step) {
                    Some(child) => self.inside(child, name, Some(name), rest),
                    None => Ok(()),
                }
            }
            Some((Token::Each, rest)) => self.children(node, rest),
            Some((Token::Deep, rest)) => match self.run.direction {
                Direction::Up => {
                    self.children(node, tokens)?;
                    self.places(node, rest, key)
                }
                Direction::Down => {
                    self.places(node, rest, key)?;
                    self.children(node, tokens)
                }
            },
        }
    }

    fn children(&mut self, node: &mut Node, rest: &[Token]) -> Result<(), Blocked> {
        match &mut node.value {
            Value::Array(items) => {
                let were = self.was_at.as_ref().and_then(|at| self.known.lists.get(at.as_str()));
                let were = were.map(|were| recognise::matched(were, &recognise::marks(items)));
                for (index, item) in items.iter_mut().enumerate() {
                    let was = match &were {
                        Some(were) => were.get(index).copied().flatten().map(|index| index.to_string()),
                        None => Some(index.to_string()),
                    };
                    self.inside(item, &index.to_string(), was.as_deref(), rest)?;
                }
                let inside = format!("{}/", self.at);
                if self.kept.at.range(inside.clone()..).next().is_some_and(|(at, _)| at.starts_with(&inside)) {
                    self.kept.lists.insert(self.at.as_str().to_owned(), recognise::marks(items));
                }
                Ok(())
            }
            Value::Object(members) => members
                .iter_mut()
                .try_for_each(|member| self.inside(&mut member.node, &member.key, Some(&member.key), rest)),
            _ => Ok(()),
        }
    }

    fn inside(&mut self, node: &mut Node, key: &str, was: Option<&str>, rest: &[Token]) -> Result<(), Blocked> {
        let inner = self.at.child(key);
        // Going down, a step at any depth may make values that it then finds again.
        if depth(&self.run.around) + depth(&inner) > Limits::MAX_DEPTH {
            let message = format!("the value nests deeper than {} levels", Limits::MAX_DEPTH);
            return Err(Blocked::new(&Pointer::root(), message, "a value that nests less deeply"));
        }
        let inner_was = self.was_at.as_ref().zip(was).map(|(at, key)| at.child(key));
        let outer = std::mem::replace(&mut self.at, inner);
        let outer_was = std::mem::replace(&mut self.was_at, inner_was);
        let outcome = self.places(node, rest, Some(key));
        self.at = outer;
        self.was_at = outer_was;
        outcome
    }

    fn here(&mut self, node: &mut Node, key: Option<&str>) -> Result<(), Blocked> {
        let around = self.run.around.join(&self.at);
        let run = Run { direction: self.run.direction, around, key };
        let records = self.was_at.as_ref().and_then(|at| self.known.at.get(at.as_str())).unwrap_or(&NOTHING);
        let kept = step::run(self.steps, node, &run, records)?;
        if !kept.is_empty() {
            self.kept.at.insert(self.at.as_str().to_owned(), kept);
        }
        Ok(())
    }
}

fn depth(at: &Pointer) -> usize {
    at.as_str().bytes().filter(|byte| *byte == b'/').count()
}

impl Items {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let known = step::each(record);
        let mut kept = Each::default();
        let around = run.around.join(&self.at);
        let mut one = |node: &mut Node, key: &str, was: Option<&str>| -> Result<(), Blocked> {
            let run = Run { direction: run.direction, around: around.child(key), key: Some(key) };
            let records = was.and_then(|was| known.at.get(was)).unwrap_or(&NOTHING);
            let left = step::run(&self.steps, node, &run, records)?;
            if !left.is_empty() {
                kept.at.insert(self.name(node).unwrap_or_else(|| key.to_owned()), left);
            }
            Ok(())
        };
        match find_mut(scope, &self.at).map(|node| &mut node.value) {
            Some(Value::Array(items)) => {
                let were = known.lists.get("").map(|were| recognise::matched(were, &recognise::marks(items)));
                for (index, item) in items.iter_mut().enumerate() {
                    let index = index.to_string();
                    let was = self.name(item).or_else(|| match &were {
                        Some(were) => {
                            were.get(index.parse::<usize>().ok()?).copied().flatten().map(|at| at.to_string())
                        }
                        None => Some(index.clone()),
                    });
                    one(item, &index, was.as_deref())?;
                }
                if self.key.is_none() && !kept.at.is_empty() {
                    kept.lists.insert(String::new(), recognise::marks(items));
                }
            }
            Some(Value::Object(members)) => {
                members.iter_mut().try_for_each(|member| one(&mut member.node, &member.key, Some(&member.key)))?;
            }
            _ => {}
        }
        Ok((!kept.at.is_empty()).then_some(Record::Each(kept)))
    }

    /// What tells an item from the others, where the author says which key does.
    fn name(&self, item: &Node) -> Option<String> {
        match &item.member(self.key.as_deref()?)?.node.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(digits) => Some(digits.clone()),
            _ => None,
        }
    }
}
