//! Looking for witnesses: documents that one schema accepts and the other refuses.
//!
//! The places where the schemas differ are gone through twice, the outermost first. Values that the other schema refuses at
//! the place itself come first; only when no document with one of them is a witness, the others are tried, too, because
//! what surrounds a place may decide.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use super::{shrink, targets};
use crate::explain::size;
use crate::generator::Generator;
use crate::schema::conjunction::Conjunction;
use crate::schema::evaluate::satisfies_all;
use crate::schema::view::View;

/// Work of the generator, in what it counts: about the subschemas that a value is held against.
const GENERATOR_WORK: u64 = 400_000;
/// The same when it looks everywhere.
const BROAD_WORK: u64 = 80_000;
/// Values in the documents that a validator is asked about.
const VALIDATION_WORK: usize = 30_000;
/// What a document costs that the new schema refuses, in times of what one costs that it accepts.
const REFUSAL_WORK: usize = 4;
/// Both that are left after the first witness, to find other faults: a part of what there was.
const AFTER_FIRST: (u64, usize) = (GENERATOR_WORK / 6, VALIDATION_WORK / 6);
/// Witnesses of different faults that are kept.
const MAX_WITNESSES: usize = 20;
/// Values that a validator looks at while witnesses are made smaller, all together.
const SHRINK_WORK: usize = 20_000;
/// How many accepted documents are combined with each other.
const MAX_COMBINED: usize = 48;

/// One schema with what is needed to judge whole documents.
#[derive(Clone)]
pub struct Side<'a> {
    /// The schema.
    pub root: View<'a>,
    /// Its validator.
    pub validator: &'a Validator,
}

/// Documents that the old schema accepts and the new one refuses; one for each fault, the smallest first.
#[derive(Debug, Default)]
pub struct Witnesses {
    /// Of all documents.
    pub any: Vec<Value>,
    /// Of those that have no member that the old schema does not speak of.
    pub declared: Vec<Value>,
}

/// Looks for witnesses. `at_hand` are documents that may be some. Unless `declared` are wanted, other witnesses are enough.
pub fn witnesses<'a>(old: &Side<'a>, new: &Side<'a>, at_hand: &[Value], declared: bool) -> Witnesses {
    let mut search = Search {
        old,
        new,
        wants_declared: declared,
        any: BTreeMap::new(),
        declared: BTreeMap::new(),
        accepted: Vec::new(),
        work: VALIDATION_WORK,
    };
    for document in at_hand {
        search.try_out(document);
    }
    search.aimed();
    if !search.is_enough() {
        let premise = Conjunction::of([old.root.clone()]);
        let mut generator = Generator::new(BROAD_WORK, true);
        for guess in generator.values(&premise, &Conjunction::of([new.root.clone()]), 0).iter() {
            search.try_out(guess);
        }
    }
    if !search.is_enough() {
        // Two changes at once: members of one document added to another.
        for document in combined(&std::mem::take(&mut search.accepted)) {
            search.try_out(&document);
        }
    }
    search.shrunk()
}

struct Search<'s, 'a> {
    old: &'s Side<'a>,
    new: &'s Side<'a>,
    wants_declared: bool,
    /// By what is wrong with it, the smallest document.
    any: Found,
    /// The same for documents with declared members only.
    declared: Found,
    /// Some that both accept.
    accepted: Vec<Value>,
    /// Values that may still be looked at.
    work: usize,
}

/// What is wrong with a document, as far as it tells faults apart: the keyword and the place.
type Fault = (String, String);

/// By what is wrong with it, the smallest document, and what it weighs.
type Found = BTreeMap<Fault, (shrink::Weight, Value)>;

/// What became of a guess.
#[derive(PartialEq, Eq)]
enum Outcome {
    /// The old schema does not accept it.
    Refused,
    Witness,
    /// Both schemas accept it.
    Accepted,
}

impl<'a> Search<'_, 'a> {
    fn is_over(&self) -> bool {
        self.work == 0 || self.any.len() >= MAX_WITNESSES && self.is_enough()
    }

    /// Whether there is a witness of each kind that is wanted.
    fn is_enough(&self) -> bool {
        !self.any.is_empty() && (!self.wants_declared || !self.declared.is_empty())
    }

    fn try_out(&mut self, document: &Value) -> Outcome {
        if self.is_over() {
            return Outcome::Refused;
        }
        self.work = self.work.saturating_sub(size(document));
        if !self.old.validator.is_valid(document) {
            return Outcome::Refused;
        }
        if self.new.validator.is_valid(document) {
            if self.accepted.len() < MAX_COMBINED {
                self.accepted.push(document.clone());
            }
            return Outcome::Accepted;
        }
        // To say what is wrong takes longer than to say that something is.
        self.work = self.work.saturating_sub(REFUSAL_WORK * size(document));
        let declared = self.wants_declared && is_declared(document, std::slice::from_ref(&self.old.root));
        let weight = shrink::weight(document);
        for fault in faults(self.new.validator, document).take(MAX_WITNESSES) {
            if declared {
                keep(&mut self.declared, fault.clone(), document, weight);
            }
            keep(&mut self.any, fault, document, weight);
        }
        Outcome::Witness
    }

    /// Tries values for the places where the schemas differ.
    fn aimed(&mut self) {
        let targets = targets::find(&self.old.root, &self.new.root);
        let mut generator = Generator::new(GENERATOR_WORK, true);
        let mut later: Vec<(usize, Vec<Value>)> = Vec::new();
        let mut is_limited = false;
        for (index, target) in targets.iter().enumerate() {
            if self.is_enough() && !is_limited {
                is_limited = true;
                generator.limit(AFTER_FIRST.0);
                self.work = self.work.min(AFTER_FIRST.1);
            }
            if self.is_over() {
                return;
            }
            let share = share(targets.len() - index);
            let values = generator.at(&target.premise, &target.aim, share as u64);
            let accepted = |value: &Value| satisfies_all(value, target.aim.parts()) == Some(true);
            let (settled, likely): (Vec<Value>, Vec<Value>) = values.into_iter().partition(accepted);
            let left = self.work.saturating_sub(self.work / share);
            for value in likely {
                if self.work <= left {
                    break;
                }
                self.place(&mut generator, &targets, index, &value, false);
            }
            later.push((index, settled));
        }
        let count = later.len();
        for (position, (index, values)) in later.into_iter().enumerate() {
            let left = self.work.saturating_sub(self.work / share(count - position));
            for value in values {
                if self.is_enough() || self.work <= left {
                    break;
                }
                self.place(&mut generator, &targets, index, &value, true);
            }
        }
    }

    /// Tries a value at its place: with little around it, and with much when that says nothing.
    fn place(
        &mut self,
        generator: &mut Generator<'a>,
        targets: &[targets::Target<'a>],
        index: usize,
        value: &Value,
        always: bool,
    ) {
        for document in targets::documents(generator, targets, index, value) {
            if self.try_out(&document) != Outcome::Refused && !always {
                break;
            }
        }
    }

    /// What was found, without what is not needed.
    fn shrunk(self) -> Witnesses {
        let mut work = SHRINK_WORK;
        let mut all = |found: Found, declared_only: bool| {
            let mut found: Vec<(Fault, (shrink::Weight, Value))> = found.into_iter().collect();
            found.sort_by_key(|(_, (weight, _))| *weight);
            // Telling faults apart takes longer than finding that there is one.
            let alone = found.len() == 1;
            let shrunk = found.into_iter().map(|(kind, (_, document))| {
                shrink::shrink(document, &mut work, &|smaller| {
                    self.old.validator.is_valid(smaller)
                        && !self.new.validator.is_valid(smaller)
                        && (!declared_only || is_declared(smaller, std::slice::from_ref(&self.old.root)))
                        && (alone || faults(self.new.validator, smaller).any(|fault| fault == kind))
                })
            });
            let mut seen = BTreeSet::new();
            let mut shrunk: Vec<Value> = shrunk.filter(|document| seen.insert(document.to_string())).collect();
            shrunk.sort_by_cached_key(shrink::weight);
            shrunk.truncate(MAX_WITNESSES);
            shrunk
        };
        Witnesses { any: all(self.any, false), declared: all(self.declared, true) }
    }
}

/// The part of what is left that one of so many places may take: none takes what the others need, and what one leaves is
/// there for the next.
fn share(places: usize) -> usize {
    places.div_ceil(4) + 1
}

/// Keeps the document if it is the smallest with this fault.
fn keep(found: &mut Found, fault: Fault, document: &Value, weight: shrink::Weight) {
    if found.get(&fault).is_none_or(|(known, _)| *known > weight) {
        found.insert(fault, (weight, document.clone()));
    }
}

fn faults<'v>(validator: &'v Validator, document: &'v Value) -> impl Iterator<Item = Fault> + 'v {
    let errors = validator.iter_errors(document);
    errors.map(|error| (error.schema_path().to_string(), error.instance_path().to_string()))
}

/// Where a document is refused; `None` when it is accepted.
pub fn refused_at(validator: &Validator, document: &Value) -> Option<String> {
    faults(validator, document).next().map(|(_, place)| place)
}

/// Documents with the members of two.
fn combined(accepted: &[Value]) -> Vec<Value> {
    let mut found = Vec::new();
    for (index, one) in accepted.iter().enumerate() {
        for other in accepted.iter().skip(index + 1) {
            if let (Value::Object(one), Value::Object(other)) = (one, other) {
                let mut both = one.clone();
                both.extend(other.iter().map(|(name, value)| (name.clone(), value.clone())));
                found.push(Value::Object(both));
            }
        }
    }
    found
}

/// Whether every member of the document, at every depth, is one that the schemas speak of.
pub fn is_declared(document: &Value, views: &[View<'_>]) -> bool {
    let whole = Conjunction::of(views.iter().cloned());
    match document {
        Value::Object(members) => members
            .iter()
            .all(|(name, member)| whole.declares(name) && is_declared(member, &View::step_all(views, name))),
        Value::Array(items) => {
            items.iter().enumerate().all(|(index, item)| is_declared(item, &View::step_all(views, &index.to_string())))
        }
        _ => true,
    }
}
