//! What the findings about one value have in common. Not a check.

use serde_json::Value;

use crate::check::Check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, expectation, nearest, secrets};
use crate::finding::{Draft, Expected, Literal, Place, Safety};
use crate::fix;
use crate::pointer::Pointer;

/// Stands for an expectation that the schema does not put into words.
pub const UNKNOWN: &str = "another value";

/// A finding at a value: what it is, and what its schema accepts.
pub fn draft(check: &'static Check, subject: &Subject<'_>, fault: &Fault) -> Draft {
    let actual = describe::actual(subject, &fault.at);
    let expected = subject
        .set
        .view(&fault.keyword.schema())
        .and_then(|view| expectation::of(&view))
        .unwrap_or_else(|| UNKNOWN.to_owned());
    let message = format!("{} is {actual}", describe::place(&fault.at));
    Draft::new(check, fault.at.clone(), Place::Value(fault.at.clone()), message, Expected::text(expected))
        .actual(actual)
}

/// Adds the nearest value that passes, and an edit that writes it. Nothing is added for a secret: the nearest
/// value would tell it.
pub fn with_replacement(
    mut draft: Draft,
    subject: &Subject<'_>,
    fault: &Fault,
    json: &str,
    safety: Safety,
    help: &str,
) -> Draft {
    if secrets::is_secret(subject, &fault.at) {
        return draft;
    }
    draft.expected.value = Literal::from_json(json.to_owned());
    draft.help = Some(help.to_owned());
    if let Some(node) = subject.document.find(&fault.at)
        && let Some(edit) = fix::scalar_edit(subject.format, subject.text, node, json)
    {
        draft = draft.fix(safety, vec![edit]);
    }
    draft
}

/// Adds the nearest of the values that are listed somewhere.
pub fn with_nearest(draft: Draft, subject: &Subject<'_>, fault: &Fault, actual: &Value, near: &Value) -> Draft {
    // A value that differs in case or separators only, or in its type, is the same word.
    let same_word = match (actual, near) {
        (Value::String(actual), Value::String(near)) => nearest::distance(actual, near) == Some(0),
        (actual, near) => nearest::is_slip(actual, near) && actual.is_string() != near.is_string(),
    };
    let slip = nearest::is_slip(actual, near);
    let safety = if same_word { Safety::Safe } else { Safety::Unsafe };
    let text = describe::value_text(near);
    let help = if slip { format!("did you mean `{text}`?") } else { format!("write `{text}`") };
    with_replacement(draft, subject, fault, &near.to_string(), safety, &help)
}

/// Whether nothing at `at` is wrong any more once `replacement` stands there.
pub fn passes(subject: &Subject<'_>, instance: &Value, at: &Pointer, replacement: &Value) -> bool {
    let Some(mut copy) = subject.copy_for_trial(instance) else { return false };
    let Some(place) = copy.pointer_mut(at.as_str()) else { return false };
    *place = replacement.clone();
    subject.is_clean(&copy, at)
}

/// Whether nothing at the new member is wrong once it is added.
pub fn passes_as_member(subject: &Subject<'_>, instance: &Value, object: &Pointer, key: &str, value: &Value) -> bool {
    let Some(mut copy) = subject.copy_for_trial(instance) else { return false };
    let Some(members) = copy.pointer_mut(object.as_str()).and_then(Value::as_object_mut) else { return false };
    members.insert(key.to_owned(), value.clone());
    subject.is_clean(&copy, &object.child(key))
}
