//! A call names a family that the bundle does not have.

use crate::declare_check;
use crate::explain::{describe, nearest};
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a check for a family that is not in the bundle, or for no family where the bundle has several.
    ///
    /// ## Why it matters
    /// Checking against the wrong family would give an answer about something else.
    ///
    /// ## Example
    /// ```text
    /// setpoint check --settings biling config.yaml
    /// ```
    ///
    /// ## How to fix
    /// Name one of the families of the project file.
    pub UNKNOWN_SETTINGS = "unknown-settings", Error, "there is no such family of settings";
}

/// The finding; `wanted` is `None` when the call names none.
pub fn draft(wanted: Option<&str>, known: &[&str]) -> Draft {
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let message = match wanted {
        Some(wanted) => format!("there is no family of settings `{}`", describe::printable(wanted)),
        None => "the call names no family of settings".to_owned(),
    };
    let expected = if names.is_empty() { "a bundle with families".to_owned() } else { describe::either(&names) };
    let near = wanted.and_then(|wanted| nearest::word(wanted, known.iter().copied()));
    let mut draft = Draft::new(&UNKNOWN_SETTINGS, Pointer::root(), Place::File, message, Expected::text(expected));
    draft.retry.text = "name the family in the call; the document itself was not looked at".into();
    match near {
        Some(near) => draft.help(format!("did you mean `{near}`?")),
        None => draft,
    }
}
