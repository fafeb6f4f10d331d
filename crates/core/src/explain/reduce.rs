//! One finding per fault: merging what several keywords say about one slip.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fault::{Demand, Fault};
use super::{Subject, nearest};
use crate::pointer::Pointer;

/// Merges faults that have one cause.
pub fn reduce(subject: &Subject<'_>, instance: &Value, faults: Vec<Fault>) -> Vec<Fault> {
    let faults = without_echoes(subject, faults);
    let faults = pair_misspellings(subject, instance, faults);
    one_per_value(faults)
}

/// `unevaluatedProperties` also complains of keys whose own schema failed: those complaints are echoes.
fn without_echoes(subject: &Subject<'_>, faults: Vec<Fault>) -> Vec<Fault> {
    let is_unevaluated =
        |fault: &Fault| matches!(fault.keyword.name().as_str(), "unevaluatedProperties" | "unevaluatedItems");
    if !faults.iter().any(is_unevaluated) || faults.iter().all(is_unevaluated) {
        return faults;
    }
    let others: Vec<Pointer> =
        faults.iter().filter(|fault| !is_unevaluated(fault)).map(|fault| fault.at.clone()).collect();
    faults
        .into_iter()
        .filter(|fault| {
            if !is_unevaluated(fault) {
                return true;
            }
            let Some(parent) = fault.at.parent() else { return false };
            let disturbed = others.iter().any(|other| other.is_within(&parent));
            let declared = subject
                .set
                .view(&fault.keyword.schema())
                .is_some_and(|view| fault.at.last().is_some_and(|key| view.declared_keys().contains(key.as_str())));
            !(disturbed && declared || others.iter().any(|other| other.is_within(&fault.at)))
        })
        .collect()
}

/// An unknown key beside a missing one that it resembles is a misspelt key; so is one that resembles a key
/// which is declared but not there.
fn pair_misspellings(subject: &Subject<'_>, instance: &Value, faults: Vec<Fault>) -> Vec<Fault> {
    let mut result: Vec<Fault> = Vec::new();
    let mut missing: BTreeMap<Pointer, Vec<(String, Fault)>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for fault in faults {
        match &fault.demand {
            Demand::Missing { key } | Demand::MissingBecause { key, .. } => {
                let entry = missing.entry(fault.at.clone()).or_default();
                if !entry.iter().any(|(other, _)| other == key) {
                    entry.push((key.clone(), fault));
                }
            }
            Demand::Unknown | Demand::KeyName { .. } => unknown.push(fault),
            _ => result.push(fault),
        }
    }
    let mut misspelt = BTreeSet::new();
    for fault in unknown {
        let (Some(parent), Some(key)) = (fault.at.parent(), fault.at.last()) else { continue };
        if misspelt.contains(&fault.at) {
            continue;
        }
        let lacking = missing.get_mut(&parent);
        let wanted =
            lacking.as_ref().and_then(|list| nearest::word(&key, list.iter().map(|(wanted, _)| wanted.as_str())));
        if let Some(intended) = wanted.map(str::to_owned) {
            if let Some(list) = lacking {
                list.retain(|(wanted, _)| *wanted != intended);
            }
            misspelt.insert(fault.at.clone());
            result.push(Fault { demand: Demand::Misspelt { intended, required: true }, ..fault });
            continue;
        }
        let present = instance.pointer(parent.as_str()).and_then(Value::as_object);
        let absent = |candidate: &str| present.is_some_and(|present| !present.contains_key(candidate));
        let names: Vec<String> = match &fault.demand {
            Demand::KeyName { allowed } => allowed.clone().unwrap_or_default(),
            _ => subject
                .set
                .view(&fault.keyword.schema())
                .map_or_else(Vec::new, |view| view.declared_keys().into_iter().map(str::to_owned).collect()),
        };
        match nearest::word(&key, names.iter().map(String::as_str).filter(|name| absent(name))) {
            Some(intended) => {
                misspelt.insert(fault.at.clone());
                result.push(Fault {
                    demand: Demand::Misspelt { intended: intended.to_owned(), required: false },
                    ..fault
                });
            }
            None => result.push(fault),
        }
    }
    // In an open object nothing complains of the unknown key: look for it beside what is missing.
    for (parent, list) in missing {
        for (wanted, fault) in list {
            let stray = stray_key(subject, instance, &parent, &wanted, &fault)
                .filter(|key| !misspelt.contains(&parent.child(key)));
            match stray {
                Some(key) => {
                    misspelt.insert(parent.child(&key));
                    result.push(Fault {
                        at: parent.child(&key),
                        demand: Demand::Misspelt { intended: wanted, required: true },
                        ..fault
                    });
                }
                None => result.push(fault),
            }
        }
    }
    // What a schema for unknown keys said about the value of a misspelt key is beside the point.
    result.retain(|fault| {
        matches!(fault.demand, Demand::Misspelt { .. }) || !misspelt.iter().any(|key| fault.at.is_within(key))
    });
    result
}

/// A key of the object that nothing declares and that resembles `wanted`.
fn stray_key(subject: &Subject<'_>, instance: &Value, parent: &Pointer, wanted: &str, fault: &Fault) -> Option<String> {
    let object = instance.pointer(parent.as_str())?.as_object()?;
    if !object.keys().any(|key| nearest::distance(key, wanted).is_some()) {
        return None;
    }
    let mut declared = subject.declared_at(parent);
    if let Some(view) = subject.set.view(&fault.keyword.schema()) {
        declared.extend(view.declared_keys().into_iter().map(str::to_owned));
    }
    let strays = object.keys().map(String::as_str).filter(|key| !declared.contains(*key));
    nearest::word(wanted, strays).map(str::to_owned)
}

/// Several complaints about one value are one fault; the most telling one speaks.
fn one_per_value(faults: Vec<Fault>) -> Vec<Fault> {
    let mut result: Vec<Fault> = Vec::new();
    for fault in faults {
        let twin = result.iter_mut().find(|other| {
            other.at == fault.at
                && ((other.demand.is_about_value() && fault.demand.is_about_value())
                    || same_key_fault(&other.demand, &fault.demand))
        });
        match twin {
            Some(other) => {
                if fault.demand.rank() < other.demand.rank() {
                    *other = fault;
                } else if let (Demand::Type(left), Demand::Type(right)) = (&mut other.demand, &fault.demand) {
                    // Two type demands hold together: only what both allow would pass.
                    if left.iter().any(|kind| right.contains(kind)) {
                        left.retain(|kind| right.contains(kind));
                    }
                }
            }
            None => result.push(fault),
        }
    }
    result
}

/// Whether two faults of one key (unknown, forbidden, misspelt, missing) are the same one.
fn same_key_fault(left: &Demand, right: &Demand) -> bool {
    match (left, right) {
        (Demand::Missing { key: left }, Demand::Missing { key: right })
        | (Demand::Missing { key: left }, Demand::MissingBecause { key: right, .. })
        | (Demand::MissingBecause { key: left, .. }, Demand::Missing { key: right })
        | (Demand::MissingBecause { key: left, .. }, Demand::MissingBecause { key: right, .. }) => left == right,
        (Demand::MissingAny { keys: left }, Demand::MissingAny { keys: right }) => left == right,
        _ => !missing(left) && !missing(right) && !left.is_about_value() && !right.is_about_value(),
    }
}

fn missing(demand: &Demand) -> bool {
    matches!(demand, Demand::Missing { .. } | Demand::MissingBecause { .. } | Demand::MissingAny { .. })
}
