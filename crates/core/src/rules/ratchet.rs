//! Ratcheting: what was wrong before a change that did not touch it is debt, not an error of the change.
//!
//! The idea is Kubernetes' "validation ratcheting", here for each place: a finding is debt when the same check of the same
//! demand was already there at the same place before, and the value it is about is what it was.

use serde_json::Value as Json;

use crate::checks::missing_key::MISSING_KEY;
use crate::finding::{Draft, Severity};

/// Marks as debt what was there before.
pub fn mark(drafts: &mut [Draft], before: &[Draft], document: &Json, old: &Json) {
    for draft in drafts.iter_mut().filter(|draft| draft.severity == Severity::Error) {
        let (new_value, old_value) = (document.pointer(draft.instance.as_str()), old.pointer(draft.instance.as_str()));
        let is_known = before.iter().any(|other| {
            other.check.code == draft.check.code
                && other.instance == draft.instance
                && other.keyword == draft.keyword
                && other.missing == draft.missing
        });
        // A key that is missing is what it was, whatever became of the object around it.
        let is_untouched = draft.check.code == MISSING_KEY.code || (new_value.is_some() && new_value == old_value);
        if is_known && is_untouched {
            draft.severity = Severity::Debt;
        }
    }
}
