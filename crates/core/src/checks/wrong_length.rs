//! A string is too short or too long (`minLength`, `maxLength`).

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, secrets};
use crate::finding::Draft;
use crate::source::{Node, Value};

declare_check! {
    /// ## What it does
    /// Reports a string with fewer or more characters than the schema allows. Characters are Unicode scalar values. The
    /// two keywords share this code because together they are one range.
    ///
    /// ## Why it matters
    /// Names that are too long are cut by databases and orchestrators; empty ones mean that nothing was configured.
    ///
    /// ## Example
    /// ```yaml
    /// name: ""   # expected a string of at least 1 character
    /// ```
    ///
    /// ## How to fix
    /// Write a string of an allowed length.
    pub WRONG_LENGTH = "wrong-length", Error, "a string is too short or too long";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let mut draft = value::draft(&WRONG_LENGTH, subject, fault);
    // The length of a secret is part of the secret.
    if !secrets::is_secret(subject, &fault.at)
        && let Some(Node { value: Value::String(text), .. }) = subject.document.find(&fault.at)
    {
        let count = text.chars().count();
        let plural = if count == 1 { "" } else { "s" };
        draft.message = format!("{} has {count} character{plural}", describe::place(&fault.at));
    }
    draft
}
