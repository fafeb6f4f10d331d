//! An array has too few or too many items of a kind (`contains`, `minContains`, `maxContains`).

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, expectation};
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports an array that does not hold the number of items matching the schema under `contains` that `minContains`
    /// and `maxContains` ask for. The three keywords share this code because they are one demand.
    ///
    /// ## Why it matters
    /// Typical demands are `at least one default route` or `exactly one primary`.
    ///
    /// ## Example
    /// ```yaml
    /// routes: [{ path: /a }]   # needs one with default: true
    /// ```
    ///
    /// ## How to fix
    /// Add an item of the described kind, or remove one too many.
    pub CONTAINS_MISMATCH = "contains-mismatch", Error, "an array lacks an item of a kind";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let mut draft = value::draft(&CONTAINS_MISMATCH, subject, fault);
    let Some(view) = subject.set.view(&fault.keyword.schema()) else { return draft };
    let kind = view
        .subschema("contains")
        .and_then(|kind| expectation::of(&kind))
        .unwrap_or_else(|| "what `contains` describes".to_owned());
    let limit = |keyword: &str| view.get(keyword).map(ToString::to_string);
    let count = match (limit("minContains"), limit("maxContains")) {
        (Some(low), Some(high)) if low == high => format!("exactly {low}"),
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (None, Some(high)) => format!("1 to {high}"),
        (Some(low), None) => format!("{low} or more"),
        (None, None) => "1 or more".to_owned(),
    };
    draft.message = format!("{} does not hold the right number of items of a kind", describe::place(&fault.at));
    draft.expected.text = format!("an array in which {count} items are {kind}");
    draft
}
