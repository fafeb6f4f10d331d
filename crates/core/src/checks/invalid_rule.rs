//! A rule that cannot be used.

use crate::cel::problem::Problem;
use crate::declare_check;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;
use crate::rules::rule::{Origin, as_text, within};
use crate::source::Node;

declare_check! {
    /// ## What it does
    /// Reports a rule whose expression cannot be read, names a field that the schema does not know, calls a function that does
    /// not exist or is not supported, or puts together what does not belong together, such as a number and a string.
    ///
    /// ## Why it matters
    /// A rule that is wrong would otherwise be found out by the first document that it should have stopped. It is checked
    /// against the schema when it is loaded, so `self.timout` is a finding here, with the place inside the expression.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   - id: timeout-below-gateway
    ///     rule: self.timout_ms < self.gateway_timeout_ms   # the schema names no field `timout_ms`
    /// ```
    ///
    /// ## How to fix
    /// Correct the expression. A field that the schema does not declare has to be declared there first. A rule that mentions
    /// `oldSelf` needs a place whose former value can be told: below a list only where the schema says
    /// `x-kubernetes-list-type: map`.
    ///
    /// The language is the Common Expression Language (CEL) with the library that Kubernetes' validation rules have, but for
    /// the authorizer, IP addresses, quantities, semantic versions and named formats.
    pub INVALID_RULE = "invalid-rule", Error, "a rule cannot be used";
}

/// The finding for a part of the expression `node` at `place`.
pub fn draft(problem: &Problem, origin: &Origin<'_>, node: &Node, place: &Pointer) -> Draft {
    let expression = as_text(node).unwrap_or_default();
    let (start, end) = within(origin.text, node, expression, problem.at);
    let expected = Expected::text(problem.expected.clone());
    let mut draft =
        Draft::new(&INVALID_RULE, place.clone(), Place::Bytes(start, end), problem.message.clone(), expected);
    draft.keyword = format!("{}#{place}", origin.file);
    if let Some(suggestion) = &problem.suggestion {
        draft = draft.help(format!("did you mean `{suggestion}`?"));
        let written = expression.get(problem.at.start..problem.at.end);
        if written.is_some() && origin.text.get(start..end) == written {
            draft = draft.fix(Safety::Unsafe, vec![Edit { start, end, text: suggestion.clone() }]);
        }
    }
    draft
}

/// The finding for a rule about a change at a place whose former value cannot be told.
pub fn no_old_self(origin: &Origin<'_>) -> Draft {
    let place = origin.place.child("rule");
    let expected = Expected::text(
        "a place whose value before a change can be told: members of objects and maps, and items of lists that are maps",
    );
    let message = "the rule mentions `oldSelf`, but items of this list cannot be told from each other when it changes";
    let mut draft = Draft::new(&INVALID_RULE, place.clone(), Place::Value(place.clone()), message, expected);
    draft.keyword = format!("{}#{place}", origin.file);
    draft.help(
        "say `x-kubernetes-list-type: map` and `x-kubernetes-list-map-keys` in the schema, or put the rule at the list",
    )
}
