//! An object has too few or too many keys (`minProperties`, `maxProperties`).

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports an object with fewer or more keys than the schema allows. The two keywords share this code because
    /// together they are one range.
    ///
    /// ## Why it matters
    /// Objects with exactly one key are a common way to say `one of`; two keys make the choice ambiguous.
    ///
    /// ## Example
    /// ```yaml
    /// backend: { file: {}, http: {} }   # exactly 1 key
    /// ```
    ///
    /// ## How to fix
    /// Add or remove keys.
    pub WRONG_KEY_COUNT = "wrong-key-count", Error, "an object has too few or too many keys";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let mut draft = value::draft(&WRONG_KEY_COUNT, subject, fault);
    let view = subject.set.view(&fault.keyword.schema());
    let limit = |keyword: &str| view.as_ref().and_then(|view| view.first(keyword)).map(ToString::to_string);
    draft.expected.text = match (limit("minProperties"), limit("maxProperties")) {
        (Some(low), Some(high)) if low == high => format!("an object with exactly {low} keys"),
        (Some(low), Some(high)) => format!("an object with {low} to {high} keys"),
        (Some(low), None) => format!("an object with {low} keys or more"),
        (None, Some(high)) => format!("an object with {high} keys or fewer"),
        (None, None) => draft.expected.text,
    };
    draft
}
