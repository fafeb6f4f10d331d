//! A key is a misspelling of one that the schema declares.

use serde_json::Value;

use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, nearest};
use crate::finding::{Draft, Expected, Literal, Place, Safety};
use crate::fix;

declare_check! {
    /// ## What it does
    /// Reports a key that nothing declares and that is a slip or two away from a declared key which is not there. It
    /// stands for both complaints that a schema can have about it: the unknown key and the missing one. In objects that
    /// allow any key it is reported when renaming the key would make the document valid.
    ///
    /// ## Why it matters
    /// A misspelt key is the most common mistake in settings, and the quietest: the setting keeps its default.
    ///
    /// ## Example
    /// ```yaml
    /// http:
    ///   prot: 8080   # did you mean `port`?
    /// ```
    ///
    /// ## How to fix
    /// Rename the key. `setpoint check --fix` does it when only case or separators differ.
    pub MISSPELT_KEY = "misspelt-key", Error, "a key is misspelt";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault, intended: &str, required: bool) -> Draft {
    let key = fault.at.last().unwrap_or_default();
    let holder = fault.at.parent().unwrap_or_default();
    let message = format!("{} has an unknown key `{}`", describe::place(&holder), describe::printable(&key));
    let kind = if required { "the required key" } else { "the key" };
    let expected = Expected {
        text: format!("{kind} `{}`", describe::printable(intended)),
        value: Literal::from_json(Value::String(intended.to_owned()).to_string()),
    };
    let mut draft = Draft::new(&MISSPELT_KEY, fault.at.clone(), Place::Key(fault.at.clone()), message, expected)
        .help(format!("did you mean `{}`?", describe::printable(intended)));
    draft.missing = Some(intended.to_owned());
    let safety = if nearest::distance(&key, intended) == Some(0) { Safety::Safe } else { Safety::Unsafe };
    if let Some(member) = subject.document.find_member(&fault.at)
        && let Some(edit) = fix::rename_key_edit(subject.format, subject.text, member, intended)
    {
        draft = draft.fix(safety, vec![edit]);
    }
    draft
}
