//! Two rules have one name.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a rule whose `id` another rule of the family has already.
    ///
    /// ## Why it matters
    /// People and dashboards know a rule by its name. With two of them nobody can tell which one said no.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   - { id: ports-differ, rule: self.a != self.b, expected: two ports }
    ///   - { id: ports-differ, rule: self.b != self.c, expected: two ports }
    /// ```
    ///
    /// ## How to fix
    /// Give each rule a name of its own.
    pub DUPLICATE_RULE = "duplicate-rule", Error, "two rules have one name";
}

/// The finding for the rule at `place`; the first one stands at `first`, in another file if there is one.
pub fn draft(id: &str, place: &Pointer, file: Option<&str>, first: &Pointer) -> Draft {
    let at = place.child("id");
    let message = match file {
        None => format!("there are two rules `{}`", describe::printable(id)),
        Some(file) => format!("there is a rule `{}` in `{}` too", describe::printable(id), describe::printable(file)),
    };
    let draft = Draft::new(
        &DUPLICATE_RULE,
        at.clone(),
        Place::Value(at),
        message,
        Expected::text("a name that no other rule has"),
    );
    let draft = draft.help("give the rule another `id`");
    if file.is_none() { draft.related("the first one", Place::Value(first.child("id"))) } else { draft }
}
