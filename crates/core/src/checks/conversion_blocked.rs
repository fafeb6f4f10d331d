//! A document cannot be taken to another version.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::migration::blocked::Blocked;

declare_check! {
    /// ## What it does
    /// Reports a document that a step of a migration cannot be done on: its target is taken, a value is of the wrong type, or an
    /// expression has no value for it.
    ///
    /// ## Why it matters
    /// The document stays as it is. A step that guessed instead would lose one of two values, or write one that nobody meant.
    ///
    /// ## Example
    /// ```text
    /// error[conversion-blocked]: `/http/timeout_ms` is there already (it is the integer 5000)
    /// ```
    ///
    /// ## How to fix
    /// Change the document so that the step finds what it needs, or say in the step what is to be done (`on-conflict`, `else`,
    /// `when`). The gate finds such documents before anything is touched.
    pub CONVERSION_BLOCKED = "conversion-blocked", Error, "a document cannot be taken to another version";
}

/// The finding; `file` is the migration. Values are left out where documents may hold secrets.
pub fn draft(file: &str, blocked: &Blocked, secret: bool) -> Draft {
    let value = blocked.value.as_ref().filter(|_| !secret);
    let value = value.map(|value| format!(" (it is {value})")).unwrap_or_default();
    let message = format!("{}{value}", blocked.message);
    let mut draft = Draft::new(
        &CONVERSION_BLOCKED,
        blocked.at.clone(),
        Place::Value(blocked.at.clone()),
        message,
        Expected::text(blocked.expected.clone()),
    );
    draft.keyword = format!("{file}#{}", blocked.step);
    draft.help(format!(
        "change the document, or say in the step {} of `{}` what is to be done",
        describe::place(&blocked.step),
        describe::printable(file)
    ))
}
