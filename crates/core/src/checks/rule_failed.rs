//! A rule says no.

use crate::cel::functions;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;
use crate::rules::rule::Rule;

declare_check! {
    /// ## What it does
    /// Reports a document, or a change of one, that a rule of the family says no to.
    ///
    /// ## Why it matters
    /// The schema accepts the document; the rule knows what the schema cannot say, such as that one value has to be below
    /// another, or that a value must not change in one step.
    ///
    /// ## Example
    /// ```yaml
    /// # rules/http.yaml: self.timeout_ms < self.gateway_timeout_ms
    /// timeout_ms: 30000
    /// gateway_timeout_ms: 10000
    /// ```
    ///
    /// ## How to fix
    /// Change the document so that the rule holds; the finding says what was expected and names the rule and its owner. If the
    /// rule is wrong, its owner changes it. What was wrong already before a change that did not touch it is reported as debt.
    pub RULE_FAILED = "rule-failed", Error, "a rule does not hold";
}

/// What failed: what the author's expression made, or what the author wrote, or the rule.
pub fn message(rule: &Rule, made: Option<&str>) -> String {
    match made.or(rule.message.as_deref()) {
        Some(message) => describe::printable(message),
        None => format!("the rule `{}` does not hold", describe::printable(rule.rule.text.trim())),
    }
}

/// The finding for the value at `at`.
pub fn draft(rule: &Rule, at: &Pointer, made: Option<&str>, unsaid: Option<&str>) -> Draft {
    let instance = rule.field_path.tokens().fold(at.clone(), |place, token| place.child(&token));
    let expected = match &rule.expected {
        Some(expected) => expected.clone(),
        None => format!("`{}` to be true", describe::printable(rule.rule.text.trim())),
    };
    let place = Place::Value(instance.clone());
    let mut draft = Draft::new(&RULE_FAILED, instance, place, message(rule, made), Expected::text(expected));
    let named = rule.id.as_deref().map(|id| format!("rule `{id}`"));
    let unsaid = unsaid.map(|reason| format!("its `messageExpression` said nothing: {}", describe::printable(reason)));
    let notes: Vec<String> = rule.help.iter().cloned().chain(named).chain(unsaid).collect();
    if !notes.is_empty() {
        draft = draft.help(notes.join("; "));
    }
    if rule.is_transition {
        draft.retry.text = "change it in another way; sending the same change again gives the same answer".into();
    }
    finish(draft, rule)
}

/// What all findings of a rule say.
pub fn finish(mut draft: Draft, rule: &Rule) -> Draft {
    draft.keyword.clone_from(&rule.keyword);
    draft.owner.clone_from(&rule.owner);
    draft.reason.clone_from(&rule.reason);
    draft.severity = rule.severity;
    draft
}

/// A name for a rule in a sentence.
pub fn named(rule: &Rule) -> String {
    match &rule.id {
        Some(id) => format!("rule `{id}`"),
        None => format!("rule `{}`", describe::printable(&functions::shortened(rule.rule.text.trim()))),
    }
}
