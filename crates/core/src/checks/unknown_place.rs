//! A step names a place that the schemas do not know.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Literal, Place};
use crate::migration::path::Path;
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a step that takes from a place which neither the schema before the migration nor an earlier step knows, or
    /// gives to a place which neither the schema after it nor a later step knows.
    ///
    /// ## Why it matters
    /// Such a step does nothing on any valid document, and what it was meant to do stays undone.
    ///
    /// ## Example
    /// ```yaml
    /// steps:
    ///   - rename: { at: /http, from: timeuot_s, to: timeout_ms }
    /// ```
    ///
    /// ## How to fix
    /// Correct the pointer, or declare the place in the schema.
    pub UNKNOWN_PLACE = "unknown-place", Error, "a step names a place that the schema does not know";
}

/// The finding; `place` is where the migration file names `at`.
pub fn draft(place: &Pointer, at: &Path, version: u32, near: Option<&Path>) -> Draft {
    let at = &at.to_pointer();
    let near = near.map(Path::to_pointer);
    let near = near.as_ref();
    let message = format!("version {version} knows no place {}", describe::place(at));
    let expected = Expected {
        text: format!("a place that the schema of version {version} declares"),
        value: near.and_then(|near| Literal::from_json(serde_json::Value::from(near.as_str()).to_string())),
    };
    let help = match near {
        // The key is empty there (RFC 6901); who writes it mostly means something else.
        _ if at.as_str() == "/" => "the whole document is `\"\"`; `/` is its member with the empty key".to_owned(),
        Some(near) => format!("did you mean {}?", describe::place(near)),
        None => format!("correct the pointer, or declare the place in the schema of version {version}"),
    };
    Draft::new(&UNKNOWN_PLACE, place.clone(), Place::Value(place.clone()), message, expected).help(help)
}
