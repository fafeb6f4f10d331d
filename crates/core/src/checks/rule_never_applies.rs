//! A rule is about a place that the schema does not know.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a rule whose `path` leads to no place that the schema of its version knows, and rules in a schema at a place
    /// that decides about nothing by itself: under `not`, `if`, `contains`, `propertyNames` or `unevaluatedProperties`, or beside
    /// a `$ref` that hides them (drafts 4 to 7).
    ///
    /// ## Why it matters
    /// Such a rule is never asked, and what it should stop passes.
    ///
    /// ## Example
    /// ```yaml
    /// - id: timeout-positive
    ///   path: /htpp            # the schema has `http`
    ///   rule: self.timeout_ms > 0
    /// ```
    ///
    /// ## How to fix
    /// Correct the path, or say under `versions` which versions the rule is about.
    pub RULE_NEVER_APPLIES = "rule-never-applies", Warning, "a path matches nothing";
}

/// The finding for the rule at `place`.
pub fn draft(place: &Pointer, path: &str, version: u32, near: Option<&str>) -> Draft {
    let at = place.child("path");
    let message =
        format!("the path `{}` matches nothing in the schema of version {version}", describe::printable(path));
    let expected = Expected::text("a path to a place that the schema knows; `*` stands for any key or position");
    let help = match near {
        Some(near) => format!("did you mean `{}`?", describe::printable(near)),
        None => "correct the path, or say under `versions` which versions the rule is about".to_owned(),
    };
    Draft::new(&RULE_NEVER_APPLIES, at.clone(), Place::Value(at), message, expected).help(help)
}

/// The finding for the keyword at `place` of a schema, to which no document leads.
pub fn in_schema(place: &Pointer) -> Draft {
    let expected = Expected::text(
        "rules where the schema says what holds for a value: `properties`, `items`, `allOf`, `$ref` and the like",
    );
    let message = "the rules here are never asked";
    Draft::new(&RULE_NEVER_APPLIES, place.clone(), Place::Key(place.clone()), message, expected)
        .help("put them beside the type of the value that they are about")
}
