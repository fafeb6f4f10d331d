//! An example of a rule comes out another way.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::rules::cases::Case;
use crate::rules::rule::Rule;

use super::rule_failed;

declare_check! {
    /// ## What it does
    /// Reports an example under `cases` of a rule that does not come out as it says.
    ///
    /// ## Why it matters
    /// Either the rule does not do what its author meant, or the example is wrong. Both are found before a document is.
    ///
    /// ## Example
    /// ```yaml
    /// - id: port-not-privileged
    ///   rule: self.port > 1024
    ///   expected: a port from 1024
    ///   cases:
    ///     - { self: { port: 1024 }, expect: pass }   # the rule says no
    /// ```
    ///
    /// ## How to fix
    /// Correct the rule, or the example.
    pub RULE_CASE_FAILED = "rule-case-failed", Error, "an example of a rule comes out another way";
}

/// The finding for an example.
pub fn draft(case: &Case, rule: &Rule, wrong: &str) -> Draft {
    let at = case.at.child("expect");
    let expected = match (case.passes, &case.message) {
        (true, _) => "the rule to pass".to_owned(),
        (false, None) => "the rule to fail".to_owned(),
        (false, Some(message)) => format!("the rule to fail with the message {}", describe::quoted(message)),
    };
    let message = format!("{}: {}", rule_failed::named(rule), describe::printable(wrong));
    let mut draft = Draft::new(&RULE_CASE_FAILED, case.at.clone(), Place::Value(at), message, Expected::text(expected));
    draft.keyword.clone_from(&rule.keyword);
    draft.owner.clone_from(&rule.owner);
    draft.help("correct the rule or the example")
}
