//! `anyOf` and `oneOf`: which branch did the author mean?
//!
//! First by discriminators: a property that one branch fixes by `const` or `enum` to the value that is there.
//! Then by the fewest edits that would make the document valid under the branch, where a key that only another
//! branch knows counts against this one. Ties go to the branch that knows more of the keys that are there, then to
//! the earlier one.

use std::collections::BTreeSet;

use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::fault::{Branch, Demand, Fault, collect};
use super::{Subject, cost, nearest, reduce};
use crate::pointer::Pointer;
use crate::schema::Keyword;
use crate::schema::view::View;

/// A branch with its faults and what speaks for it.
struct Candidate<'a> {
    index: usize,
    keyword: Keyword,
    view: Option<View<'a>>,
    faults: Vec<Fault>,
    /// Whether a fixed property has the value that is there, and none has another one.
    identified: bool,
    /// The keys of the object that the branch knows.
    known: BTreeSet<&'a str>,
}

impl Candidate<'_> {
    /// What it would take to mend the value under this branch, given what any branch knows.
    fn cost(&self, instance: &Value, known_anywhere: usize) -> usize {
        /// Whoever wrote a key that one branch knows had that branch in mind.
        const FOREIGN_KEY: usize = 2;
        cost::of(&self.faults, instance) + FOREIGN_KEY * known_anywhere.saturating_sub(self.known.len())
    }

    /// Whether the value is of a type that the branch does not take.
    fn is_of_wrong_kind(&self, at: &Pointer, value: &Value) -> bool {
        self.faults.iter().filter(|fault| fault.at == *at).any(|fault| match &fault.demand {
            Demand::Type(_) => true,
            // A structure is no slip for a word.
            Demand::Allowed { values, .. } => {
                (value.is_object() || value.is_array())
                    && !values.iter().any(|allowed| JsonType::from(allowed) == JsonType::from(value))
            }
            _ => false,
        })
    }

    /// Whether nothing of the object or array is as the branch has it: no key is known, no item is right, or the
    /// object is empty and lacks more than one key.
    fn recognises_nothing(&self, at: &Pointer, value: &Value) -> bool {
        let has = |place: &Pointer, wanted: fn(&Demand) -> bool| {
            self.faults.iter().any(|fault| fault.at == *place && wanted(&fault.demand))
        };
        match value {
            Value::Object(members) if members.is_empty() => self.faults.len() > 1,
            Value::Object(members) => {
                members.keys().all(|key| has(&at.child(key), |demand| *demand == Demand::Unknown))
            }
            // One wrong item is likelier than one item in place of something else.
            Value::Array(items) => {
                items.len() > 1 && (0..items.len()).all(|index| has(&at.item(index), Demand::is_about_value))
            }
            _ => false,
        }
    }
}

/// The faults of the branch that was meant, or one fault that speaks of all branches.
pub fn choose(
    subject: &Subject<'_>,
    instance: &Value,
    at: &Pointer,
    keyword: &Keyword,
    context: &[Vec<ValidationError<'static>>],
) -> Vec<Fault> {
    let value = instance.pointer(at.as_str()).unwrap_or(&Value::Null);
    let candidates: Vec<Candidate<'_>> = context
        .iter()
        .enumerate()
        .map(|(index, errors)| {
            let branch = keyword.child(&index.to_string());
            let view = subject.set.view(&branch);
            let faults = reduce(subject, instance, collect(subject, instance, errors));
            let identified = view.as_ref().is_some_and(|view| identified(view, value));
            let known = view.as_ref().map_or_else(BTreeSet::new, |view| known(view, value));
            Candidate { index, keyword: branch, view, faults, identified, known }
        })
        .collect();

    let total = candidates.len();
    let is_root = |fault: &Fault| fault.at == *at && fault.demand.is_about_value();
    let right_kind: Vec<&Candidate<'_>> =
        candidates.iter().filter(|candidate| !candidate.is_of_wrong_kind(at, value)).collect();
    if right_kind.is_empty() {
        return vec![no_kind(at, keyword, &candidates)];
    }
    // A structure of which no branch knows a thing, where something else would do as well.
    if right_kind.len() < total && right_kind.iter().all(|candidate| candidate.recognises_nothing(at, value)) {
        return vec![no_branch(at, keyword, &candidates)];
    }
    // Enumerations that are spread over branches are one enumeration.
    let enumerations: Option<Vec<&Candidate<'_>>> = right_kind
        .iter()
        .map(|candidate| match candidate.faults.as_slice() {
            [fault] if is_root(fault) && matches!(fault.demand, Demand::Allowed { .. }) => Some(*candidate),
            _ => None,
        })
        .collect();
    if let Some(enumerations) = enumerations
        && enumerations.len() > 1
    {
        return vec![merged_enumeration(at, keyword, &enumerations)];
    }
    if let Some(fault) = alternatives(at, keyword, &right_kind) {
        return vec![fault];
    }
    if let Some(fault) = unknown_discriminator(at, value, &right_kind) {
        return vec![fault];
    }
    let known_anywhere = right_kind.iter().flat_map(|candidate| &candidate.known).collect::<BTreeSet<_>>().len();
    let chosen = right_kind.iter().min_by_key(|candidate| {
        (
            !candidate.identified,
            candidate.cost(instance, known_anywhere),
            std::cmp::Reverse(candidate.known.len()),
            candidate.index,
        )
    });
    let Some(chosen) = chosen else { return vec![no_branch(at, keyword, &candidates)] };
    let all_at_root = right_kind.iter().all(|candidate| candidate.faults.iter().all(is_root));
    if all_at_root && right_kind.len() > 1 && !value.is_object() {
        let near: Vec<&Candidate<'_>> = right_kind
            .iter()
            .filter(|candidate| cost::of(&candidate.faults, instance) == cost::of(&chosen.faults, instance))
            .copied()
            .collect();
        if near.len() > 1 {
            return vec![no_branch(at, keyword, &candidates)];
        }
    }
    let branch = Branch {
        at: at.clone(),
        name: chosen.view.as_ref().and_then(|view| name(view, value)),
        number: chosen.index + 1,
        of: total,
    };
    let mut faults = chosen.faults.clone();
    for fault in &mut faults {
        fault.branches.insert(0, branch.clone());
    }
    faults
}

/// The value has a type that no branch knows.
fn no_kind(at: &Pointer, keyword: &Keyword, candidates: &[Candidate<'_>]) -> Fault {
    let mut types = Vec::new();
    for candidate in candidates {
        for fault in candidate.faults.iter().filter(|fault| fault.at == *at) {
            let some: Vec<JsonType> = match &fault.demand {
                Demand::Type(some) => some.clone(),
                Demand::Allowed { values, .. } => values.iter().map(JsonType::from).collect(),
                _ => Vec::new(),
            };
            for kind in some {
                if !types.contains(&kind) {
                    types.push(kind);
                }
            }
        }
    }
    Fault { at: at.clone(), demand: Demand::Type(types), keyword: keyword.clone(), branches: Vec::new() }
}

fn no_branch(at: &Pointer, keyword: &Keyword, candidates: &[Candidate<'_>]) -> Fault {
    let branches = candidates.iter().map(|candidate| candidate.keyword.clone()).collect();
    Fault { at: at.clone(), demand: Demand::NoBranch { branches }, keyword: keyword.clone(), branches: Vec::new() }
}

fn merged_enumeration(at: &Pointer, keyword: &Keyword, candidates: &[&Candidate<'_>]) -> Fault {
    let mut values = Vec::new();
    for fault in candidates.iter().flat_map(|candidate| &candidate.faults) {
        if let Demand::Allowed { values: some, .. } = &fault.demand {
            for value in some {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
        }
    }
    let demand = Demand::Allowed { values, constant: false };
    Fault { at: at.clone(), demand, keyword: keyword.clone(), branches: Vec::new() }
}

/// `anyOf: [{required: [a]}, {required: [b]}]` is one demand: one of the keys.
fn alternatives(at: &Pointer, keyword: &Keyword, candidates: &[&Candidate<'_>]) -> Option<Fault> {
    let keys: Option<Vec<String>> = candidates
        .iter()
        .map(|candidate| match candidate.faults.as_slice() {
            [Fault { at: place, demand: Demand::Missing { key }, .. }] if place == at => Some(key.clone()),
            _ => None,
        })
        .collect();
    let mut keys = keys.filter(|keys| keys.len() > 1)?;
    let tied = candidates.iter().all(|candidate| {
        candidate.identified == candidates.first().is_some_and(|first| first.identified)
            && candidate.known.len() == candidates.first().map_or(0, |first| first.known.len())
    });
    keys.dedup();
    let demand = match keys.as_slice() {
        [key] => Demand::Missing { key: key.clone() },
        _ if tied => Demand::MissingAny { keys },
        _ => return None,
    };
    Some(Fault { at: at.clone(), demand, keyword: keyword.clone(), branches: Vec::new() })
}

/// Every branch fixes the same property, and the value that is there is none of theirs and near none of them:
/// then that property is the fault, and what else the branches say is guesswork.
fn unknown_discriminator(at: &Pointer, value: &Value, candidates: &[&Candidate<'_>]) -> Option<Fault> {
    if candidates.len() < 2 || candidates.iter().any(|candidate| candidate.identified) {
        return None;
    }
    let object = value.as_object()?;
    for (key, actual) in object {
        let place = at.child(key);
        let mut values: Vec<Value> = Vec::new();
        let mut keyword = None;
        let everywhere = candidates.iter().all(|candidate| {
            let fixed = candidate
                .faults
                .iter()
                .find(|fault| fault.at == place && matches!(fault.demand, Demand::Allowed { .. }));
            let Some(Fault { demand: Demand::Allowed { values: some, .. }, keyword: here, .. }) = fixed else {
                return false;
            };
            keyword.get_or_insert_with(|| here.clone());
            values.extend(some.iter().filter(|value| !values.contains(value)).cloned().collect::<Vec<_>>());
            true
        });
        let near = values.iter().any(|allowed| nearest::is_slip(actual, allowed));
        if let (true, false, Some(keyword)) = (everywhere, near, keyword) {
            let demand = Demand::Allowed { values, constant: false };
            return Some(Fault { at: place, demand, keyword, branches: Vec::new() });
        }
    }
    None
}

/// Whether a property of the branch is fixed to the value that is there, and none to another one.
fn identified(view: &View<'_>, value: &Value) -> bool {
    let Some(object) = value.as_object() else { return false };
    let mut matching = false;
    for conjunct in view.conjuncts() {
        for (key, schema) in conjunct.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let Some(actual) = object.get(key).filter(|actual| !actual.is_array() && !actual.is_object()) else {
                continue;
            };
            let fixed = conjunct.enter(schema);
            let Some(values) = fixed_values(&fixed) else { continue };
            if !values.contains(&actual) {
                return false;
            }
            // A property that may be anything of a long list does not tell branches apart by itself, but it
            // does agree with this one.
            matching = true;
        }
    }
    matching
}

/// The values that a schema fixes its instance to.
fn fixed_values<'a>(view: &View<'a>) -> Option<Vec<&'a Value>> {
    if let Some(only) = view.first("const") {
        return Some(vec![only]);
    }
    Some(view.first("enum")?.as_array()?.iter().collect())
}

/// The keys of the object that the schema declares by name.
fn known<'a>(view: &View<'a>, value: &'a Value) -> BTreeSet<&'a str> {
    let declared = view.declared_keys();
    let keys = value.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str));
    keys.filter(|key| declared.contains(key)).collect()
}

/// What to call a branch: its title, what it refers to, or the value that tells it apart.
fn name(view: &View<'_>, value: &Value) -> Option<String> {
    if let Some(title) = view.get("title").and_then(Value::as_str) {
        return Some(title.to_owned());
    }
    if let Some(reference) = view.get("$ref").and_then(Value::as_str)
        && let Some(last) = reference.rsplit(['/', '#']).find(|part| !part.is_empty())
    {
        return Some(last.to_owned());
    }
    let object = value.as_object()?;
    view.conjuncts().iter().find_map(|conjunct| {
        let properties = conjunct.get("properties")?.as_object()?;
        properties.iter().find_map(|(key, schema)| {
            let only = conjunct.enter(schema).first("const")?;
            object.contains_key(key).then(|| format!("{key} {}", super::describe::value_text(only)))
        })
    })
}
