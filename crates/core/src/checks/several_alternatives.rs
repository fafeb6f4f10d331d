//! A value fits more than one alternative of a `oneOf`.

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe};
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a value that is valid under more than one branch of a `oneOf`, which demands exactly one.
    ///
    /// ## Why it matters
    /// The reader cannot know which alternative was meant. Often the schema is at fault: `anyOf` was meant, or the
    /// branches lack a property that tells them apart.
    ///
    /// ## Example
    /// ```yaml
    /// source: { path: a, url: b }   # oneOf: [{required: [path]}, {required: [url]}]
    /// ```
    ///
    /// ## How to fix
    /// Remove what belongs to the other alternatives, or make the branches of the schema exclude each other.
    pub SEVERAL_ALTERNATIVES = "several-alternatives", Error, "a value fits more than one alternative";
}

/// The finding for a fault of this kind; `branches` count from 0.
pub fn draft(subject: &Subject<'_>, fault: &Fault, branches: &[usize]) -> Draft {
    let mut draft = value::draft(&SEVERAL_ALTERNATIVES, subject, fault);
    let numbers: Vec<String> = branches.iter().map(|index| (index + 1).to_string()).collect();
    draft.message = format!("{} fits the alternatives {} at once", describe::place(&fault.at), numbers.join(", "));
    draft.expected.text = "a value that fits exactly one alternative".to_owned();
    draft.help(
        "remove what belongs to the other alternatives, or make the alternatives in the schema exclude each other",
    )
}
