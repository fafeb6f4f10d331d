//! Looking for witnesses: documents that one schema accepts and the other refuses.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use super::{shrink, targets};
use crate::explain::size;
use crate::generator::Generator;
use crate::schema::conjunction::Conjunction;
use crate::schema::view::View;

/// Calls of the generator.
const GENERATOR_WORK: u64 = 20_000;
/// Calls of the generator when it looks everywhere.
const BROAD_WORK: u64 = 1_500;
/// Values in the documents that a validator is asked about.
const VALIDATION_WORK: usize = 150_000;
/// Witnesses of different faults that are kept.
const MAX_WITNESSES: usize = 20;
/// How often a validator is asked while one witness is made smaller.
const SHRINK_WORK: usize = 3_000;
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

/// A document that `old` accepts and `new` refuses; one for each fault, the smallest first.
///
/// `at_hand` are documents that may be witnesses. With `declared_only`, a witness has no member that the old schema does not
/// speak of.
pub fn witnesses(old: &Side<'_>, new: &Side<'_>, at_hand: &[Value], declared_only: bool) -> Vec<Value> {
    let mut search =
        Search { old, new, declared_only, found: BTreeMap::new(), accepted: Vec::new(), work: VALIDATION_WORK };
    for document in at_hand {
        search.try_out(document);
    }
    let targets = targets::find(&old.root, &new.root);
    let mut generator = Generator::new(GENERATOR_WORK, true);
    for (index, target) in targets.iter().enumerate() {
        if search.is_over() {
            break;
        }
        for value in generator.at(&target.premise, &target.aim) {
            for document in targets::documents(&mut generator, &targets, index, &value) {
                search.try_out(&document);
            }
        }
    }
    if search.found.is_empty() {
        let premise = Conjunction::of([old.root.clone()]);
        let mut generator = Generator::new(BROAD_WORK, true);
        for guess in generator.values(&premise, &Conjunction::of([new.root.clone()]), 0).iter() {
            search.try_out(guess);
        }
    }
    if search.found.is_empty() {
        // Two changes at once: members of one document added to another.
        for document in combined(&std::mem::take(&mut search.accepted)) {
            search.try_out(&document);
        }
    }
    let found = std::mem::take(&mut search.found);
    let shrunk = found.into_iter().map(|(kind, document)| {
        shrink::shrink(document, SHRINK_WORK, &|smaller| {
            search.allows(smaller) && fault(new.validator, smaller).as_ref() == Some(&kind)
        })
    });
    let mut seen = BTreeSet::new();
    let mut shrunk: Vec<Value> = shrunk.filter(|document| seen.insert(document.to_string())).collect();
    shrunk.sort_by_key(shrink::weight);
    shrunk
}

struct Search<'s, 'a> {
    old: &'s Side<'a>,
    new: &'s Side<'a>,
    declared_only: bool,
    /// By what is wrong with it, the smallest document.
    found: BTreeMap<(String, String), Value>,
    /// Some that both accept.
    accepted: Vec<Value>,
    /// Values that may still be looked at.
    work: usize,
}

impl Search<'_, '_> {
    fn is_over(&self) -> bool {
        self.found.len() >= MAX_WITNESSES || self.work == 0
    }

    fn allows(&self, document: &Value) -> bool {
        self.old.validator.is_valid(document)
            && (!self.declared_only || is_declared(document, std::slice::from_ref(&self.old.root)))
    }

    fn try_out(&mut self, document: &Value) {
        if self.is_over() {
            return;
        }
        self.work = self.work.saturating_sub(size(document));
        if !self.allows(document) {
            return;
        }
        match fault(self.new.validator, document) {
            Some(fault) => keep(&mut self.found, fault, document.clone()),
            None if self.accepted.len() < MAX_COMBINED => self.accepted.push(document.clone()),
            None => {}
        }
    }
}

fn keep(found: &mut BTreeMap<(String, String), Value>, fault: (String, String), document: Value) {
    let smallest = found.entry(fault).or_insert_with(|| document.clone());
    if shrink::weight(&document) < shrink::weight(smallest) {
        *smallest = document;
    }
}

/// What is wrong with a document, as far as it tells faults apart: the keyword and the place.
fn fault(validator: &Validator, document: &Value) -> Option<(String, String)> {
    let error = validator.validate(document).err()?;
    Some((error.schema_path().to_string(), error.instance_path().to_string()))
}

/// Where a document is refused; `None` when it is accepted.
pub fn refused_at(validator: &Validator, document: &Value) -> Option<String> {
    fault(validator, document).map(|(_, place)| place)
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
