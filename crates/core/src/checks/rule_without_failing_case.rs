//! No example shows what a rule stops.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports, in `setpoint rules test`, a rule of which no example fails.
    ///
    /// ## Why it matters
    /// A rule that never says no looks exactly like one that is never broken.
    ///
    /// ## Example
    /// ```yaml
    /// cases:
    ///   - { self: { port: 8080 }, expect: pass }
    /// ```
    ///
    /// ## How to fix
    /// Add an example that the rule has to stop, with `expect: fail`.
    pub RULE_WITHOUT_FAILING_CASE = "rule-without-failing-case", Warning, "no example shows what a rule stops";
}

/// The finding for the rule at `place`.
pub fn draft(id: &str, place: &Pointer) -> Draft {
    let message = format!("no example shows what the rule `{}` stops", describe::printable(id));
    let expected = Expected::text("a case with `expect: fail`");
    Draft::new(&RULE_WITHOUT_FAILING_CASE, place.clone(), Place::Value(place.child("id")), message, expected)
        .help("add a case that the rule has to stop: `{ self: …, expect: fail }`")
}
