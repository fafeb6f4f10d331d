//! What the findings that carry a counterexample have in common. Not a check.

use crate::explain::describe;
use crate::finding::{Draft, Place};
use crate::migration::gate::Counterexample;

/// The document by name.
pub fn named(example: &Counterexample) -> String {
    match &example.file {
        Some(file) => format!("`{}`", describe::printable(file)),
        None => "a document that the schema accepts".to_owned(),
    }
}

/// How many documents are concerned.
pub fn counted(example: &Counterexample, count: usize, total: usize) -> String {
    match (&example.file, total) {
        (Some(_), 1) => "the one document at hand".to_owned(),
        (Some(_), _) => format!("{count} of {total} documents"),
        (None, _) => format!("{count} of {total} documents made from the schema"),
    }
}

/// Adds the document before and after the steps.
pub fn shown(draft: Draft, example: &Counterexample) -> Draft {
    related(draft, [("before", &example.before), ("after the steps", &example.after)])
}

/// Adds the document as it was written and as it comes down.
pub fn shown_down(draft: Draft, example: &Counterexample) -> Draft {
    related(draft, [("as it was written", &example.before), ("after going down", &example.after)])
}

fn related(draft: Draft, texts: [(&str, &Option<String>); 2]) -> Draft {
    let mut draft = draft;
    for (when, text) in texts {
        if let Some(text) = text {
            draft = draft.related(format!("{when}: {}", describe::cut(text)), Place::File);
        }
    }
    draft
}
