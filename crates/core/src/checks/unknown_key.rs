//! An object has a key that nothing declares (`additionalProperties`, `unevaluatedProperties`).

use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe};
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports a key that the schema does not declare, in an object that is closed by `additionalProperties: false` or
    /// `unevaluatedProperties: false`; the two share this code because they mean the same to the author. A key that
    /// resembles a declared one is reported as `misspelt-key`. The finding points at the key.
    ///
    /// ## Why it matters
    /// An undeclared setting has no effect, and whoever wrote it believes that it has.
    ///
    /// ## Example
    /// ```yaml
    /// http:
    ///   colour: red   # no such setting
    /// ```
    ///
    /// ## How to fix
    /// Remove the key, or declare it in the schema first.
    pub UNKNOWN_KEY = "unknown-key", Error, "a key is not declared";
}

/// Longer lists of keys are cut.
const MAX_KEYS: usize = 12;

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let key = describe::printable(&fault.at.last().unwrap_or_default());
    let holder = fault.at.parent().unwrap_or_default();
    let message = format!("{} has an unknown key `{key}`", describe::place(&holder));
    let declared = subject.declared_at(&holder);
    let named: Vec<String> =
        declared.iter().take(MAX_KEYS).map(|name| format!("`{}`", describe::printable(name))).collect();
    let expected = match named.len() {
        0 => "no such key".to_owned(),
        _ if declared.len() > MAX_KEYS => {
            format!("one of the keys {}, … ({} in all)", named.join(", "), declared.len())
        }
        1 => format!("only the key {}", named.join(", ")),
        _ => format!("one of the keys {}", named.join(", ")),
    };
    Draft::new(&UNKNOWN_KEY, fault.at.clone(), Place::Key(fault.at.clone()), message, Expected::text(expected))
        .help(format!("remove `{key}`, or declare it in the schema"))
}
