//! A value fits none of several alternatives (`anyOf`, `oneOf`).

use serde_json::Value;

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, expectation, nearest};
use crate::finding::Draft;
use crate::schema::Keyword;
use crate::schema::view::View;

declare_check! {
    /// ## What it does
    /// Reports a value that is valid under no branch of an `anyOf` or `oneOf`, when no branch is nearer than the others.
    /// Usually one is: then the findings of that branch are reported instead, and they name it.
    ///
    /// ## Why it matters
    /// The alternatives are listed in words, so that the author can choose one.
    ///
    /// ## Example
    /// ```yaml
    /// retry: soon   # expected an integer or a duration such as `PT15M`
    /// ```
    ///
    /// ## How to fix
    /// Write the value as one of the alternatives.
    pub NO_ALTERNATIVE = "no-alternative", Error, "a value fits none of the alternatives";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, instance: &Value, fault: &Fault, branches: &[Keyword]) -> Draft {
    let mut draft = value::draft(&NO_ALTERNATIVE, subject, fault);
    let views: Vec<View<'_>> = branches.iter().filter_map(|branch| subject.set.view(branch)).collect();
    let listed: Vec<Value> = views.iter().filter_map(expectation::allowed).flatten().cloned().collect();
    draft.expected.text = expectation::any_of(views)
        .unwrap_or_else(|| format!("one of the {} alternatives of `{}`", branches.len(), fault.keyword.name()));
    let actual = instance.pointer(fault.at.as_str()).unwrap_or(&Value::Null);
    match nearest::value(actual, &listed).filter(|near| nearest::is_slip(actual, near)) {
        Some(near) => value::with_nearest(draft, subject, fault, actual, near),
        None => draft,
    }
}
