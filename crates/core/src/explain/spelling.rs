//! Misspelt keys, settled by trial: a key is a misspelling of another one when renaming it mends the document.

use serde_json::Value;

use super::causes::{contains, is_subset, renamed};
use super::fault::{Demand, Fault};
use super::{Subject, nearest};
use crate::pointer::Pointer;

/// How many intended words are tried for one key.
const MAX_WORDS: usize = 4;

/// Chooses the intended words so that renaming mends, and finds the misspelt keys that nothing complained of.
pub fn settle(subject: &Subject<'_>, instance: &Value, mut faults: Vec<Fault>) -> Vec<Fault> {
    let mut places: Vec<Pointer> = Vec::new();
    for fault in &mut faults {
        let misspelt = matches!(fault.demand, Demand::Misspelt { .. });
        if misspelt && verify(subject, instance, fault) {
            continue;
        }
        // A word that fits and whose value does not: perhaps the slip is further up.
        let start =
            if misspelt { fault.at.parent().and_then(|object| object.parent()) } else { Some(fault.at.clone()) };
        let mut place = start;
        while let Some(here) = place {
            place = here.parent();
            if !places.contains(&here) {
                places.push(here);
            }
        }
    }
    unnoticed(subject, instance, faults, &places)
}

/// Whether renaming the key of a misspelling leaves nothing wrong with its value. Where another word does that and
/// the one that is nearest by letters does not, the other one was meant.
fn verify(subject: &Subject<'_>, instance: &Value, fault: &mut Fault) -> bool {
    let (Some(object), Some(key)) = (fault.at.parent(), fault.at.last()) else { return true };
    let Demand::Misspelt { intended, required } = &mut fault.demand else { return true };
    let present = instance.pointer(object.as_str()).and_then(Value::as_object);
    let declared = subject.declared_at(&object);
    let absent = declared
        .iter()
        .map(String::as_str)
        .filter(|name| *name != intended && present.is_some_and(|members| !members.contains_key(*name)));
    let others = nearest::words(&key, absent);
    for word in std::iter::once(intended.clone()).chain(others.into_iter().map(str::to_owned)).take(MAX_WORDS) {
        let Some(left) = renamed(subject, instance, &object, &key, &word) else { return true };
        let place = object.child(&word);
        if left.iter().all(|fault| !fault.at.is_within(&place)) {
            *required &= word == *intended;
            *intended = word;
            return true;
        }
    }
    false
}

/// Keys that nothing declares, near a declared one that is not there: if renaming one removes faults and adds none,
/// the misspelling was their cause.
fn unnoticed(subject: &Subject<'_>, instance: &Value, mut faults: Vec<Fault>, places: &[Pointer]) -> Vec<Fault> {
    for place in places {
        let Some(object) = instance.pointer(place.as_str()).and_then(Value::as_object) else { continue };
        let declared = subject.declared_at(place);
        for key in object.keys().filter(|key| !declared.contains(*key)) {
            let absent = declared.iter().map(String::as_str).filter(|name| !object.contains_key(*name));
            for intended in nearest::words(key, absent).into_iter().take(MAX_WORDS) {
                let Some(left) = renamed(subject, instance, place, key, intended) else { return faults };
                if left.len() >= faults.len() || !is_subset(&left, &faults) {
                    continue;
                }
                let Some(cause) = faults.iter().find(|fault| !contains(&left, fault)) else { continue };
                let misspelt = Fault {
                    at: place.child(key),
                    demand: Demand::Misspelt { intended: intended.to_owned(), required: false },
                    keyword: cause.keyword.clone(),
                    branches: Vec::new(),
                };
                faults = left.into_iter().chain([misspelt]).collect();
                if faults.len() == 1 {
                    return faults;
                }
                break;
            }
        }
    }
    faults
}
