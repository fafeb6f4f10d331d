//! A value is one that the schema rules out (`not`, `false`).

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, expectation};
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a value that matches the schema under `not`, or that stands where the schema is `false`. The two share
    /// this code because both forbid what is there without saying what would be right.
    ///
    /// ## Why it matters
    /// Exclusions state what must not be configured together, or what was tried and went wrong.
    ///
    /// ## Example
    /// ```yaml
    /// user: root   # not: { const: root }
    /// ```
    ///
    /// ## How to fix
    /// Change the value so that the excluded description no longer fits.
    pub FORBIDDEN_VALUE = "forbidden-value", Error, "a value is ruled out";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let mut draft = value::draft(&FORBIDDEN_VALUE, subject, fault);
    let excluded = subject
        .set
        .view(&fault.keyword)
        .filter(|_| fault.keyword.name() == "not")
        .and_then(|view| expectation::of(&view));
    draft.expected.text = match excluded {
        Some(text) => format!("anything but {text}"),
        None if fault.keyword.name() == "not" => "a value that the schema under `not` does not describe".to_owned(),
        None => "no value here".to_owned(),
    };
    draft
}
