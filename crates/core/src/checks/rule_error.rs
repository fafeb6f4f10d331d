//! A rule could not be evaluated.

use crate::cel::functions::Fault;
use crate::cel::problem::Region;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;
use crate::rules::rule::Rule;

use super::rule_failed;

declare_check! {
    /// ## What it does
    /// Reports a rule that has no answer for a document: it looks at a field that is not there, divides by zero, looks beyond
    /// the end of a list, goes beyond 64 bits, or the like.
    ///
    /// ## Why it matters
    /// The document is neither right nor wrong by such a rule, and cannot pass. The fault is the rule's: it does not say what
    /// is to be done about such documents.
    ///
    /// ## Example
    /// ```yaml
    /// rule: self.tls.port != self.port    # what if there is no `tls`?
    /// ```
    ///
    /// ## How to fix
    /// Ask first: `!has(self.tls) || self.tls.port != self.port`, `self.?tls.?port.orValue(0)`, `size(self.list) > 0 && …`, or
    /// put the question under `when`.
    pub RULE_ERROR = "rule-error", Error, "a rule could not be evaluated";
}

/// The finding for the value at `at`.
pub fn draft(rule: &Rule, at: &Pointer, key: &str, text: &str, part: Region, fault: &Fault) -> Draft {
    let part =
        text.get(part.start..part.end).map(str::trim).filter(|part| !part.is_empty() && part.len() < text.trim().len());
    let where_in_it = part.map(|part| format!(" at `{}`", describe::printable(part))).unwrap_or_default();
    let message = format!(
        "{} cannot be evaluated{where_in_it}: {}",
        rule_failed::named(rule),
        describe::printable(&fault.message)
    );
    let expected = Expected::text(fault.expected.clone());
    let mut draft = Draft::new(&RULE_ERROR, at.clone(), Place::Value(at.clone()), message, expected);
    draft = draft.help(format!(
        "the fault is in `{key}` of the rule, not in the document: let it say what holds for documents like this one"
    ));
    rule_failed::finish(draft, rule)
}
