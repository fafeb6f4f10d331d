//! A rule does not say what it expects.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Literal, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a rule in a rule file without `expected`.
    ///
    /// ## Why it matters
    /// Every finding says what failed and what would pass. What would pass by a rule only its author can say: an expression is
    /// no help to somebody who has to put a service right at night.
    ///
    /// ## Example
    /// ```yaml
    /// - id: timeout-below-gateway
    ///   rule: self.timeout_ms < self.gateway_timeout_ms
    ///   expected: timeout_ms below gateway_timeout_ms
    /// ```
    ///
    /// ## How to fix
    /// Write `expected` as a noun phrase. The finding suggests one that was made from the expression.
    pub MISSING_EXPECTED = "missing-expected", Error, "a rule does not say what it expects";
}

/// The finding for the rule at `place`.
pub fn draft(place: &Pointer, wording: &str) -> Draft {
    let expected = Expected {
        text: "the key `expected` with a noun phrase for what would pass".to_owned(),
        value: Literal::from_json(serde_json::Value::from(wording).to_string()),
    };
    Draft::new(
        &MISSING_EXPECTED,
        place.clone(),
        Place::Value(place.child("rule")),
        "the rule does not say what it expects",
        expected,
    )
    .help(format!("add `expected: {}`, in better words if you have them", describe::printable(wording)))
}
