//! Looking for witnesses: documents that one schema accepts and the other refuses.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use super::shrink;
use crate::generator::Generator;
use crate::schema::conjunction::Conjunction;
use crate::schema::view::View;

/// Calls of the generator.
const GENERATOR_WORK: u64 = 20_000;
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
/// `at_hand` are documents that may be witnesses, or close to one. With `declared_only`, a witness has no member that the old
/// schema does not speak of.
pub fn witnesses(old: &Side<'_>, new: &Side<'_>, at_hand: &[Value], declared_only: bool) -> Vec<Value> {
    let mut generator = Generator::new(GENERATOR_WORK, true);
    let premise = Conjunction::of([old.root.clone()]);
    let guesses = generator.values(&premise, &Conjunction::of([new.root.clone()]), 0);
    let allowed = |document: &Value| {
        old.validator.is_valid(document) && (!declared_only || is_declared(document, &[old.root.clone()]))
    };
    let mut found: BTreeMap<(String, String), Value> = BTreeMap::new();
    let mut accepted = Vec::new();
    for document in at_hand.iter().chain(guesses.iter()) {
        if found.len() >= MAX_WITNESSES {
            break;
        }
        if !allowed(document) {
            continue;
        }
        match fault(new.validator, document) {
            Some(fault) => keep(&mut found, fault, document.clone()),
            None if accepted.len() < MAX_COMBINED => accepted.push(document),
            None => {}
        }
    }
    if found.is_empty() {
        // Two changes at once: members of one document added to another.
        for document in combined(&accepted) {
            if allowed(&document)
                && let Some(fault) = fault(new.validator, &document)
            {
                keep(&mut found, fault, document);
                break;
            }
        }
    }
    let shrunk = found.into_iter().map(|(kind, document)| {
        shrink::shrink(document, SHRINK_WORK, &|smaller| {
            allowed(smaller) && fault(new.validator, smaller).as_ref() == Some(&kind)
        })
    });
    let mut seen = BTreeSet::new();
    let mut shrunk: Vec<Value> = shrunk.filter(|document| seen.insert(document.to_string())).collect();
    shrunk.sort_by_key(shrink::weight);
    shrunk
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

/// Documents with the members of two.
fn combined(accepted: &[&Value]) -> Vec<Value> {
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
        Value::Object(members) => members.iter().all(|(name, member)| {
            whole.declares(name) && is_declared(member, &View::step_all(views, name))
        }),
        Value::Array(items) => items.iter().enumerate().all(|(index, item)| is_declared(item, &View::step_all(views, &index.to_string()))),
        _ => true,
    }
}
