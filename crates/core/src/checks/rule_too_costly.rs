//! A rule takes too much work.

use crate::cel::estimate::Unbounded;
use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;
use crate::rules::rule::{DOCUMENT_LIMIT, ESTIMATE_LIMIT, Origin, RULE_LIMIT, Rule, Scope};
use crate::source::Node;

use super::rule_failed;

declare_check! {
    /// ## What it does
    /// Reports a rule that may take too much work by what the schema allows, when it is loaded; or that did take too much for
    /// a document.
    ///
    /// ## Why it matters
    /// A rule that looks at all pairs of a list without a bound takes a second for a thousand items and a week for a million.
    /// Work is counted, not seconds, so the answer is the same on every machine: one unit for looking at a name, a field or an
    /// item, a tenth for each byte of a text. One evaluation may take 1,000,000 units, all rules for one document 10,000,000,
    /// and by the bounds in the schema a rule may take at most 10,000,000. What the schema does not bound is bounded by a
    /// document of 3 MiB.
    ///
    /// ## Example
    /// ```yaml
    /// rule: self.hosts.all(a, self.hosts.exists_one(b, a == b))   # `hosts` has no `maxItems`
    /// ```
    ///
    /// ## How to fix
    /// Say how much there can be: `maxItems`, `maxProperties`, `maxLength` in the schema at the places that the finding names.
    /// Or ask for less: `uniqueItems` in the schema instead of the rule above.
    pub RULE_TOO_COSTLY = "rule-too-costly", Error, "a rule takes too much work";
}

/// The finding for the expression under `key` that may take `work` units.
pub fn at_load(
    work: u64,
    unbounded: &[Unbounded],
    scope: &Scope,
    origin: &Origin<'_>,
    node: &Node,
    key: &str,
) -> Draft {
    let place = origin.place.child(key);
    let message =
        format!("the expression may take {} units of work, more than {}", amount(work), amount(ESTIMATE_LIMIT));
    let mut bounds: Vec<String> =
        unbounded.iter().map(|part| format!("`{}` for `{}`", part.keyword, part.name)).collect();
    bounds.extend(scope.crowd.unbounded.iter().map(|(name, keyword)| format!("`{keyword}` for {name}")));
    let expected = match bounds.as_slice() {
        [] => "an expression that looks at less".to_owned(),
        bounds => format!("the schema to say how much there can be: {}", bounds.join(", ")),
    };
    let mut draft = Draft::new(
        &RULE_TOO_COSTLY,
        place.clone(),
        Place::Bytes(node.start, node.end),
        message,
        Expected::text(expected),
    );
    draft.keyword = format!("{}#{place}", origin.file);
    draft.help("bound the lists and texts in the schema, or look at less")
}

/// The finding for a rule that took `work` units for the value at `at`.
pub fn at_run(rule: &Rule, at: &Pointer, work: u64) -> Draft {
    let message =
        format!("{} took more than {} units of work ({})", rule_failed::named(rule), amount(RULE_LIMIT), amount(work));
    finish(rule, at, message, format!("at most {} units of work", amount(RULE_LIMIT)))
}

/// The finding for the rule with which all rules together took `work` units for one document.
pub fn of_document(rule: &Rule, at: &Pointer, work: u64) -> Draft {
    let message = format!(
        "the rules took more than {} units of work for this document ({}), the last of them {}",
        amount(DOCUMENT_LIMIT),
        amount(work),
        rule_failed::named(rule)
    );
    finish(rule, at, message, format!("at most {} units of work for one document", amount(DOCUMENT_LIMIT)))
}

fn finish(rule: &Rule, at: &Pointer, message: String, expected: String) -> Draft {
    let draft = Draft::new(&RULE_TOO_COSTLY, at.clone(), Place::Value(at.clone()), message, Expected::text(expected));
    rule_failed::finish(draft.help("make the document smaller, or let the rule look at less"), rule)
}

/// A number with separators.
fn amount(number: u64) -> String {
    if number >= 1_000_000_000_000 {
        return "more than a million million".to_owned();
    }
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
