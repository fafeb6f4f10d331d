//! One cause, one finding: when mending one fault makes others go away, those others were its consequences.
//!
//! Nothing is guessed here: a repair is tried on a copy of the document and the validator is asked again. The
//! number of trials is bounded by the values they visit, so the answer is the same in every host.

use serde_json::Value;

use super::fault::{Demand, Fault};
use super::{Subject, expectation, nearest, specimen, spelling};
use crate::pointer::Pointer;

/// With more faults than this, a document is not one slip away from being valid.
const MAX_FAULTS: usize = 40;
/// Longer enumerations are not tried value by value.
const MAX_VALUES: usize = 24;

/// The faults that are left when the value at `place` is replaced; `None` when the budget is spent.
fn replaced(subject: &Subject<'_>, instance: &Value, place: &Pointer, value: &Value) -> Option<Vec<Fault>> {
    let mut copy = subject.copy_for_trial(instance)?;
    *copy.pointer_mut(place.as_str())? = value.clone();
    Some(subject.faults(&copy))
}

/// The faults that are left when a key is renamed; `None` when the budget is spent.
pub fn renamed(subject: &Subject<'_>, instance: &Value, object: &Pointer, from: &str, to: &str) -> Option<Vec<Fault>> {
    let mut copy = subject.copy_for_trial(instance)?;
    let members = copy.pointer_mut(object.as_str())?.as_object_mut()?;
    let value = members.remove(from)?;
    members.insert(to.to_owned(), value);
    Some(subject.faults(&copy))
}

/// The faults that are left when a member is added; `None` when the budget is spent.
fn added(subject: &Subject<'_>, instance: &Value, object: &Pointer, key: &str, value: &Value) -> Option<Vec<Fault>> {
    let mut copy = subject.copy_for_trial(instance)?;
    copy.pointer_mut(object.as_str())?.as_object_mut()?.insert(key.to_owned(), value.clone());
    Some(subject.faults(&copy))
}

/// Drops faults that are consequences of others.
pub fn narrow(subject: &Subject<'_>, instance: &Value, faults: Vec<Fault>) -> Vec<Fault> {
    if faults.is_empty() || faults.len() > MAX_FAULTS {
        return faults;
    }
    let faults = spelling::settle(subject, instance, faults);
    let faults = wrong_values(subject, instance, faults);
    unnoticed_values(subject, instance, faults)
}

/// A wrong or missing value often decides what else is demanded. The fault whose repair makes the most others go
/// away was their cause.
fn wrong_values(subject: &Subject<'_>, instance: &Value, faults: Vec<Fault>) -> Vec<Fault> {
    if faults.len() < 2 {
        return faults;
    }
    let mut best: Option<(usize, Vec<Fault>)> = None;
    for (index, fault) in faults.iter().enumerate() {
        let left = repaired(subject, instance, &faults, fault);
        let fewest = best.as_ref().map_or(faults.len() - 1, |(_, best)| best.len());
        if let Some(left) = left.filter(|left| left.len() < fewest) {
            best = Some((index, left));
        }
    }
    let Some((index, mut kept)) = best else { return faults };
    if let Some(cause) = faults.get(index) {
        kept.insert(index.min(kept.len()), cause.clone());
    }
    kept
}

/// A key that is declared, but only under a condition or in a branch that another key's value did not meet: if that
/// value is a slip of one that the schema mentions, and mending it removes the complaint, it was the cause.
fn unnoticed_values(subject: &Subject<'_>, instance: &Value, faults: Vec<Fault>) -> Vec<Fault> {
    for fault in faults.iter().filter(|fault| fault.demand == Demand::Unknown) {
        let (Some(object), Some(key)) = (fault.at.parent(), fault.at.last()) else { continue };
        if !subject.declared_at(&object).contains(&key) {
            continue;
        }
        let members = instance.pointer(object.as_str()).and_then(Value::as_object);
        for (name, actual) in members.into_iter().flatten().filter(|(_, value)| value.is_string()) {
            let at = object.child(name);
            let mentioned: Vec<Value> =
                subject.views_at(&at).iter().filter_map(expectation::allowed).flatten().cloned().collect();
            let near =
                nearest::value(actual, &mentioned).filter(|near| *near != actual && nearest::is_slip(actual, near));
            let Some(near) = near else { continue };
            let Some(left) = replaced(subject, instance, &at, near) else { return faults };
            if left.len() < faults.len() && is_subset(&left, &faults) {
                let demand = Demand::Allowed { values: vec![near.clone()], constant: false };
                let cause = Fault { at, demand, keyword: fault.keyword.clone(), branches: Vec::new() };
                return left.into_iter().chain([cause]).collect();
            }
        }
    }
    faults
}

/// The faults that are left after the most helpful repair of `fault`, if that removes it and brings no new ones.
fn repaired(subject: &Subject<'_>, instance: &Value, faults: &[Fault], fault: &Fault) -> Option<Vec<Fault>> {
    let helps = |left: &Vec<Fault>| is_subset(left, faults) && !contains(left, fault);
    let mut best: Option<Vec<Fault>> = None;
    let mut keep = |left: Vec<Fault>| {
        if helps(&left) && best.as_ref().is_none_or(|best| left.len() < best.len()) {
            best = Some(left);
        }
        best.as_ref().is_some_and(Vec::is_empty)
    };
    match &fault.demand {
        Demand::Misspelt { intended, .. } => {
            keep(renamed(subject, instance, &fault.at.parent()?, &fault.at.last()?, intended)?);
        }
        Demand::Allowed { values, .. } if values.len() <= MAX_VALUES => {
            let actual = instance.pointer(fault.at.as_str()).unwrap_or(&Value::Null);
            let near = nearest::value(actual, values);
            let others = values.iter().filter(|value| Some(*value) != near);
            for candidate in near.into_iter().chain(others) {
                let Some(left) = replaced(subject, instance, &fault.at, candidate) else { break };
                if keep(left) {
                    break;
                }
            }
        }
        Demand::Type(_) => {
            let view = subject.set.view(&fault.keyword.schema())?;
            for candidate in specimen::of(&view) {
                let Some(left) = replaced(subject, instance, &fault.at, &candidate) else { break };
                if keep(left) {
                    break;
                }
            }
        }
        Demand::Missing { key } => {
            let holders = subject.views_at(&fault.at);
            let views = holders.iter().flat_map(|holder| holder.step_demanded(key));
            for candidate in views.flat_map(|view| specimen::of(&view)).take(MAX_VALUES) {
                let Some(left) = added(subject, instance, &fault.at, key, &candidate) else { break };
                if keep(left) {
                    break;
                }
            }
        }
        _ => {}
    }
    best
}

/// Whether the list has this fault.
pub fn contains(faults: &[Fault], fault: &Fault) -> bool {
    faults.iter().any(|other| {
        other.at == fault.at
            && match (&other.demand, &fault.demand) {
                (Demand::Missing { key: left }, Demand::Missing { key: right }) => left == right,
                (left, right) => std::mem::discriminant(left) == std::mem::discriminant(right),
            }
    })
}

/// Whether `right` has every fault of `left`.
pub fn is_subset(left: &[Fault], right: &[Fault]) -> bool {
    left.iter().all(|fault| contains(right, fault))
}
