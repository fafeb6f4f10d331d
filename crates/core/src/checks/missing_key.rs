//! An object lacks a key that it must have (`required`).

use serde_json::Value;

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, expectation};
use crate::finding::{Draft, Expected, Place};
use crate::schema::view::View;

declare_check! {
    /// ## What it does
    /// Reports an object without a key that the schema's `required` lists. A key that is there under a misspelt name
    /// is reported as `misspelt-key` instead. The finding points at the object.
    ///
    /// ## Why it matters
    /// A service that needs the key fails at start-up, or falls back to a default that nobody chose.
    ///
    /// ## Example
    /// ```yaml
    /// http:
    ///   host: example.org   # `port` is required
    /// ```
    ///
    /// ## How to fix
    /// Add the key. Where the schema gives a default or leaves just one value, the finding names it.
    pub MISSING_KEY = "missing-key", Error, "a required key is missing";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, instance: &Value, fault: &Fault, key: &str) -> Draft {
    let holder = describe::place(&fault.at);
    let message = format!("{holder} has no key `{}`", describe::printable(key));
    let holders = subject.views_at(&fault.at);
    let views: Vec<View<'_>> = holders.iter().flat_map(|holder| holder.step_demanded(key)).collect();
    let wanted = expectation::any_of(views.iter().cloned()).map(|text| format!(" with {text}")).unwrap_or_default();
    let mut expected = Expected::text(format!("the key `{}`{wanted}", describe::printable(key)));
    let known = views.iter().find_map(|view| {
        view.first("default").or_else(|| match expectation::allowed(view).as_deref() {
            Some([only]) => Some(*only),
            _ => None,
        })
    });
    if let Some(known) = known
        && value::passes_as_member(subject, instance, &fault.at, key, known)
    {
        expected.value = crate::finding::Literal::from_json(known.to_string());
    }
    let help = match &expected.value {
        Some(known) => format!("add `{}` with the value {}", describe::printable(key), known.as_str()),
        None => format!("add `{}`", describe::printable(key)),
    };
    let draft =
        Draft::new(&MISSING_KEY, fault.at.clone(), Place::Value(fault.at.clone()), message, expected).help(help);
    Draft { missing: Some(key.to_owned()), ..draft }
}
