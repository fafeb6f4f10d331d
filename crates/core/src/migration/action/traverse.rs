//! `for-each` and `group`: steps inside items and at several places.

use std::collections::BTreeMap;

use crate::migration::blocked::Blocked;
use crate::migration::complement::{Record, Records};
use crate::migration::path::{Path, Token};
use crate::migration::place::find_mut;
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
        let mut visit =
            Visit { steps: &self.steps, run, records: step::each(record), kept: BTreeMap::new(), at: Pointer::root() };
        let mut down;
        let mut up;
        let paths: &mut dyn Iterator<Item = &Path> = match run.direction {
            Direction::Up => {
                up = self.at.iter();
                &mut up
            }
            Direction::Down => {
                down = self.at.iter().rev();
                &mut down
            }
        };
        for path in paths {
            visit.places(scope, path.tokens(), run.key)?;
        }
        let kept = visit.kept;
        Ok((!kept.is_empty()).then_some(Record::Each(kept)))
    }
}

struct Visit<'v> {
    steps: &'v [Step],
    run: &'v Run<'v>,
    records: &'v BTreeMap<String, Records>,
    kept: BTreeMap<String, Records>,
    at: Pointer,
}

impl Visit<'_> {
    fn places(&mut self, node: &mut Node, tokens: &[Token], key: Option<&str>) -> Result<(), Blocked> {
        match tokens.split_first() {
            None => self.here(node, key),
            Some((Token::Key(name), rest)) => {
                let step = Pointer::root().child(name);
                match find_mut(node, &step) {
                    Some(child) => self.inside(child, name, rest),
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
            Value::Array(items) => items
                .iter_mut()
                .enumerate()
                .try_for_each(|(index, item)| self.inside(item, &index.to_string(), rest)),
            Value::Object(members) => {
                members.iter_mut().try_for_each(|member| self.inside(&mut member.node, &member.key, rest))
            }
            _ => Ok(()),
        }
    }

    fn inside(&mut self, node: &mut Node, key: &str, rest: &[Token]) -> Result<(), Blocked> {
        let inner = self.at.child(key);
        // Going down, a step at any depth may make values that it then finds again.
        if depth(&self.run.around) + depth(&inner) > Limits::MAX_DEPTH {
            let message = format!("the value nests deeper than {} levels", Limits::MAX_DEPTH);
            return Err(Blocked::new(&Pointer::root(), message, "a value that nests less deeply"));
        }
        let outer = std::mem::replace(&mut self.at, inner);
        let outcome = self.places(node, rest, Some(key));
        self.at = outer;
        outcome
    }

    fn here(&mut self, node: &mut Node, key: Option<&str>) -> Result<(), Blocked> {
        // Steps work inside objects and lists; other values have nothing for them.
        let around = self.at.tokens().fold(self.run.around.clone(), |at, token| at.child(&token));
        let run = Run { direction: self.run.direction, around, key };
        static NONE: Records = Records::new();
        let records = self.records.get(self.at.as_str()).unwrap_or(&NONE);
        let kept = step::run(self.steps, node, &run, records)?;
        if !kept.is_empty() {
            self.kept.insert(self.at.as_str().to_owned(), kept);
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
        let records = step::each(record);
        let mut kept = BTreeMap::new();
        let around = self.at.tokens().fold(run.around.clone(), |at, token| at.child(&token));
        let mut one = |node: &mut Node, key: &str| -> Result<(), Blocked> {
            static NONE: Records = Records::new();
            let run = Run { direction: run.direction, around: around.child(key), key: Some(key) };
            let named = |node: &Node| match node.member(self.key.as_deref()?).map(|member| &member.node.value) {
                Some(Value::String(text)) => Some(text.clone()),
                Some(Value::Number(digits)) => Some(digits.clone()),
                _ => None,
            };
            let known = named(node).unwrap_or_else(|| key.to_owned());
            let left = step::run(&self.steps, node, &run, records.get(&known).unwrap_or(&NONE))?;
            if !left.is_empty() {
                kept.insert(named(node).unwrap_or_else(|| key.to_owned()), left);
            }
            Ok(())
        };
        match find_mut(scope, &self.at).map(|node| &mut node.value) {
            Some(Value::Array(items)) => {
                items.iter_mut().enumerate().try_for_each(|(index, item)| one(item, &index.to_string()))?;
            }
            Some(Value::Object(members)) => {
                members.iter_mut().try_for_each(|member| one(&mut member.node, &member.key))?;
            }
            _ => {}
        }
        Ok((!kept.is_empty()).then_some(Record::Each(kept)))
    }
}
