//! A step that has no way down for new values.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a step without the expression for the way down (`down` of `convert`, `split` and `join`). Values that were there
    /// before the migration come back from what is kept beside the document; values that are written after it cannot.
    ///
    /// ## Why it matters
    /// After the first write at the new version, the rollback stops at such a document.
    ///
    /// ## Example
    /// ```yaml
    /// steps:
    ///   - convert: { at: /password, up: "'sha256:' + value" }
    /// ```
    ///
    /// ## How to fix
    /// Write `down`, or say why there is none: `lossy: passwords cannot be had back from their hashes`.
    pub LOSSY_STEP = "lossy-step", Error, "a step has no way down for values that are written later";
}

/// The finding; `name` is what the author calls the step.
pub fn draft(step: &Pointer, name: &str) -> Draft {
    let place = step.child(name);
    let message = format!("`{name}` has no way down for values that are written after the migration");
    let expected = Expected::text("`down`, or `lossy` with the reason why there is none");
    Draft::new(&LOSSY_STEP, place.clone(), Place::Key(place), message, expected)
        .help("write `down`, or `lossy: REASON` to stand by it")
}
