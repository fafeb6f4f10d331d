//! Where two schemas differ, and how a document gets there.
//!
//! Both schemas are walked at once, from the root and outwards, and only where they are not the same. A place that is reached
//! again by another way is looked at a few times only, so recursive schemas end; the shortest way comes first, so witnesses
//! are short.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::generator::{Generator, UNDECLARED, patterns};
use crate::pointer::Pointer;
use crate::schema::conjunction::{Conjunction, Union};
use crate::schema::language::Languages;
use crate::schema::same::Sameness;
use crate::schema::types::Types;
use crate::schema::view::View;

/// How many places are looked at.
const MAX_TARGETS: usize = 600;
/// How often the same two schemas are looked at.
const MAX_VISITS: usize = 2;
/// How many branches of unions are entered for one value.
const MAX_BRANCHES: usize = 3;
/// How many branches of one union are held against each other.
const MAX_OVERLAPS: usize = 6;

/// One step of the way from a document to a value inside.
#[derive(Clone, Debug)]
enum Step {
    /// The same value, with more known of it.
    Here,
    Member(String),
    Item(usize),
}

/// A place where the schemas differ.
pub struct Target<'a> {
    /// What the old schema demands there.
    pub premise: Conjunction<'a>,
    /// What the new schema demands there.
    pub aim: Conjunction<'a>,
    step: Step,
    parent: Option<usize>,
    branches: usize,
    depth: usize,
}

/// The places where two schemas differ, the outermost first.
pub fn find<'a>(old: &View<'a>, new: &View<'a>) -> Vec<Target<'a>> {
    let root = Target {
        premise: Conjunction::of([old.clone()]),
        aim: Conjunction::of([new.clone()]),
        step: Step::Here,
        parent: None,
        branches: 0,
        depth: 0,
    };
    let mut walk = Walk {
        targets: vec![root],
        visits: BTreeMap::new(),
        sameness: Sameness::default(),
        languages: Languages::default(),
    };
    let mut open = VecDeque::from([0]);
    while let Some(index) = open.pop_front() {
        for next in walk.around(index) {
            if walk.targets.len() < MAX_TARGETS && walk.is_worth_a_look(&next) {
                open.push_back(walk.targets.len());
                walk.targets.push(next);
            }
        }
    }
    walk.targets
}

struct Walk<'a> {
    targets: Vec<Target<'a>>,
    visits: BTreeMap<String, usize>,
    sameness: Sameness,
    languages: Languages,
}

impl<'a> Walk<'a> {
    fn is_worth_a_look(&mut self, target: &Target<'a>) -> bool {
        if target.premise.is_false() || target.premise.types().is_empty() {
            return false;
        }
        let mut work = 20_000;
        if self.sameness.covers(target.premise.parts(), target.aim.parts(), &mut work) {
            return false;
        }
        let key = format!("{:?} {:?}", target.premise.identity(), target.aim.identity());
        let visits = self.visits.entry(key).or_insert(0);
        *visits += 1;
        *visits <= MAX_VISITS
    }

    /// What lies one step further.
    fn around(&mut self, index: usize) -> Vec<Target<'a>> {
        let Some(target) = self.targets.get(index) else { return Vec::new() };
        let (premise, aim) = (target.premise.clone(), target.aim.clone());
        let (branches, depth) = (target.branches, target.depth);
        let mut found = Vec::new();
        let mut go = |premise: Conjunction<'a>, aim: Conjunction<'a>, step: Step| {
            let (branches, depth) = match step {
                Step::Here => (branches + 1, depth),
                _ => (0, depth + 1),
            };
            found.push(Target { premise, aim, step, parent: Some(index), branches, depth });
        };
        if branches < MAX_BRANCHES {
            for (part, keyword, own) in premise.unions() {
                let twins = self.sameness.twins(keyword, &own, &aim.unions());
                if keyword == "if" {
                    go(premise.choosing(&part, keyword, own), aim.and(twins.into_iter().flatten()), Step::Here);
                    go(premise.choosing(&part, keyword, part.subassertion("else")), aim.clone(), Step::Here);
                    continue;
                }
                let mut stayed = Vec::new();
                let mut changed = Vec::new();
                for (branch, twin) in own.iter().zip(&twins) {
                    let settled = twin.as_ref().is_some_and(|twin| {
                        let mut work = 5_000;
                        self.sameness.holds(branch, twin, &mut work)
                    });
                    if !settled {
                        go(premise.choosing(&part, keyword, [branch.clone()]), aim.and(twin.clone()), Step::Here);
                        changed.push((branch, twin));
                    } else if depth == 0 {
                        // A branch that stayed as it was matters only where the choice itself changed.
                        stayed.push((branch, twin));
                    }
                }
                for (branch, twin) in stayed {
                    go(premise.choosing(&part, keyword, [branch.clone()]), aim.and(twin.clone()), Step::Here);
                }
                if keyword == "oneOf" {
                    for (both, before) in overlaps(&own, &twins, &changed, &aim.unions()) {
                        go(premise.choosing(&part, keyword, both), Conjunction::of([before]), Step::Here);
                    }
                }
            }
            for (_, keyword, own) in aim.unions() {
                if keyword == "if" || premise.unions().is_empty() {
                    for branch in own.into_iter().take(8) {
                        go(premise.clone(), aim.and([branch]), Step::Here);
                    }
                }
            }
            for (key, dependents) in premise.parts().iter().chain(aim.parts()).flat_map(View::dependents) {
                if dependents.iter().any(|dependent| dependent.is_object()) {
                    let with = |schema: &Conjunction<'a>| -> Conjunction<'a> {
                        let more: Vec<View<'a>> = schema
                            .parts()
                            .iter()
                            .flat_map(|part| {
                                let own = part.dependents().remove(key).unwrap_or_default();
                                own.into_iter()
                                    .filter(|value| value.is_object())
                                    .map(|value| part.enter(value))
                                    .collect::<Vec<_>>()
                            })
                            .collect();
                        schema.and(more)
                    };
                    go(with(&premise).with_member(key), with(&aim), Step::Here);
                }
            }
        }
        let types = premise.types();
        if types.meets(Types::OBJECT) {
            let mut names: Vec<String> = aim.names().union(&premise.names()).map(|name| (*name).to_owned()).collect();
            names.extend(patterns::names(&mut self.languages, &premise.patterns(), &aim.patterns()));
            names.push(UNDECLARED.to_owned());
            for name in names {
                go(premise.property(&name), aim.property(&name), Step::Member(name));
            }
        }
        if types.meets(Types::ARRAY) {
            let listed = premise.listed_items().max(aim.listed_items()).min(12);
            for position in 0..=listed {
                go(premise.item(position), aim.item(position), Step::Item(position));
            }
        }
        found
    }
}

/// Pairs of branches that a value may fit at once now: one of the old union, and another of the new one that takes more than
/// before. Each with what that other branch was.
fn overlaps<'a>(
    own: &[View<'a>],
    twins: &[Option<View<'a>>],
    changed: &[(&View<'a>, &Option<View<'a>>)],
    unions: &[Union<'a>],
) -> Vec<([View<'a>; 2], View<'a>)> {
    let is =
        |view: &Option<View<'a>>, other: &View<'a>| view.as_ref().is_some_and(|view| view.address() == other.address());
    let mut wider: Vec<(View<'a>, View<'a>)> =
        changed.iter().filter_map(|(was, twin)| Some(((*twin).clone()?, (*was).clone()))).collect();
    let branches = unions.iter().filter(|(_, keyword, _)| *keyword == "oneOf").flat_map(|(_, _, branches)| branches);
    let new = branches.filter(|branch| !twins.iter().any(|twin| is(twin, branch)));
    wider.extend(new.map(|branch| (branch.clone(), View::never())));
    wider.truncate(MAX_OVERLAPS);
    let mut found = Vec::new();
    for (branch, twin) in own.iter().zip(twins).take(MAX_OVERLAPS) {
        for (other, before) in wider.iter().filter(|(other, _)| !is(twin, other)) {
            found.push(([branch.clone(), other.clone()], before.clone()));
        }
    }
    found
}

/// Documents with `value` at the place of a target: as little as possible around it, and as much as the schema declares.
pub fn documents<'a>(generator: &mut Generator<'a>, targets: &[Target<'a>], index: usize, value: &Value) -> Vec<Value> {
    let mut found = vec![value.clone(), value.clone()];
    let mut at = index;
    while let Some(target) = targets.get(at) {
        let Some(parent) = target.parent.and_then(|parent| targets.get(parent)) else { break };
        // What is known of the parent from the branches that were entered for this value belongs to it.
        if !matches!(target.step, Step::Here) {
            let around = generator.around(&parent.premise, &target.step.kind());
            for (full, document) in found.iter_mut().enumerate() {
                let inner = document.take();
                *document = target.step.put(around.get(full).cloned().unwrap_or_default(), inner);
            }
        }
        at = target.parent.unwrap_or(0);
    }
    found.dedup();
    found
}

/// The place of a target in a document, and what both schemas say there, unless it is the same value as its parent's.
pub fn views<'a>(targets: &[Target<'a>], index: usize) -> Option<(Pointer, Vec<View<'a>>, Vec<View<'a>>)> {
    let target = targets.get(index).filter(|target| target.parent.is_none() || !matches!(target.step, Step::Here))?;
    let mut tokens = Vec::new();
    let mut at = Some(target);
    while let Some(one) = at {
        match &one.step {
            Step::Here => {}
            Step::Member(name) => tokens.push(name.clone()),
            Step::Item(position) => tokens.push(position.to_string()),
        }
        at = one.parent.and_then(|parent| targets.get(parent));
    }
    let place = tokens.iter().rev().fold(Pointer::root(), |place, token| place.child(token));
    Some((place, target.premise.parts().to_vec(), target.aim.parts().to_vec()))
}

impl Step {
    fn kind(&self) -> Types {
        if matches!(self, Self::Item(_)) { Types::ARRAY } else { Types::OBJECT }
    }

    /// The value around with `inner` at this step.
    fn put(&self, around: Value, inner: Value) -> Value {
        match (self, around) {
            (Self::Member(name), Value::Object(mut members)) => {
                members.insert(name.clone(), inner);
                Value::Object(members)
            }
            (Self::Member(name), _) => Value::Object([(name.clone(), inner)].into_iter().collect()),
            (Self::Item(position), around) => {
                let mut items = around.as_array().cloned().unwrap_or_default();
                match items.get_mut(*position) {
                    Some(item) => *item = inner,
                    None => {
                        let fill = items.first().cloned().unwrap_or(Value::Null);
                        items.resize(*position, fill);
                        items.push(inner);
                    }
                }
                Value::Array(items)
            }
            (Self::Here, _) => inner,
        }
    }
}
