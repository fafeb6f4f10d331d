//! What the findings that carry a counterexample have in common. Not a check.

use crate::explain::describe;
use crate::finding::{Draft, Place};
use crate::migration::gate::Counterexample;

/// The document by name.
pub fn named(example: &Counterexample) -> String {
    format!("`{}`", describe::printable(&example.file))
}

/// How many documents are concerned.
pub fn counted(count: usize, total: usize) -> String {
    if total == 1 { "the one document at hand".to_owned() } else { format!("{count} of {total} documents") }
}

/// Adds the document before and after the steps.
pub fn shown(draft: Draft, example: &Counterexample) -> Draft {
    let mut draft = draft;
    for (when, text) in [("before", &example.before), ("after the steps", &example.after)] {
        if let Some(text) = text {
            draft = draft.related(format!("{when}: {}", describe::cut(text)), Place::File);
        }
    }
    draft
}
