//! A migration says `TODO` where a person has to say something.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports `owner`, `why`, `expected` or `rollback` of a migration whose text is a placeholder: `TODO`, `TBD`, `?`,
    /// `n/a`, `<owner>` and the like.
    ///
    /// ## Why it matters
    /// At two in the morning somebody reads these lines to decide whether to go on or back. A placeholder tells them that
    /// nobody thought about it.
    ///
    /// ## Example
    /// ```yaml
    /// rollback: TODO
    /// ```
    ///
    /// ## How to fix
    /// Write who answers for the change, what is true afterwards, and how to go back.
    pub PLACEHOLDER_TEXT = "placeholder-text", Error, "a statement is a placeholder";
}

/// The finding for the text at `place`.
pub fn draft(place: &Pointer, text: &str) -> Draft {
    let key = place.last().unwrap_or_default();
    let expected = match key.as_str() {
        "owner" => "the team or person who answers for the migration",
        "why" => "what made the migration necessary",
        "expected" => "what is true of every document afterwards",
        _ => "the command or the note for the way back",
    };
    Draft::new(
        &PLACEHOLDER_TEXT,
        place.clone(),
        Place::Value(place.clone()),
        format!("`{key}` is the placeholder {}", describe::quoted(text)),
        Expected::text(expected),
    )
    .help(format!("write {expected}"))
}
