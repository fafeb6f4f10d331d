//! Explaining why a document does not meet its schema: one finding per fault, at the fault.
//!
//! The validator decides whether a document is valid; nothing here changes that. What it reports is turned into
//! faults ([`fault`]), unions are resolved to the branch that was meant ([`union`]), faults with one cause are
//! merged ([`reduce`], [`causes`]), and each is written down by its check ([`crate::checks`]).

pub mod causes;
pub mod cost;
pub mod describe;
pub mod expectation;
pub mod fault;
pub mod nearest;
mod reduce;
pub mod secrets;
mod specimen;
mod spelling;
pub mod union;

use std::cell::Cell;
use std::collections::BTreeSet;

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::checks;
use crate::finding::Draft;
use crate::pointer::Pointer;
use crate::schema::view::View;
use crate::schema::{Keyword, SchemaSet};
use crate::source::{Format, Node};

pub use reduce::reduce;

/// Findings of one document after which looking further helps nobody.
const MAX_FINDINGS: usize = 500;

/// A document and everything that is needed to explain it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The schemas that can be referred to.
    pub set: &'a SchemaSet,
    /// The schema of the document.
    pub root: &'a Keyword,
    /// The same schema, ready to validate.
    pub validator: &'a Validator,
    /// The document with its positions.
    pub document: &'a Node,
    /// The text of the document.
    pub text: &'a str,
    /// The format of the text.
    pub format: Format,
    /// Configured places (with `*`) whose values never appear in a report.
    pub secrets: &'a [String],
    /// What may still be spent on trials.
    pub budget: &'a Budget,
}

/// How many values the trials for one document may visit together. Counting values, not seconds, keeps the
/// answer the same in every host.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(400_000))
    }
}

impl Budget {
    /// A budget of so many values.
    pub fn of(values: usize) -> Self {
        Self(Cell::new(values))
    }

    /// Takes `cost` from the budget; false when that is more than is left.
    pub fn spend(&self, cost: usize) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(cost));
        cost <= left
    }
}

impl<'a> Subject<'a> {
    /// The schemas that may apply to the value at `place`.
    pub fn views_at(&self, place: &Pointer) -> Vec<View<'a>> {
        let mut views: Vec<View<'a>> = self.set.view(self.root).into_iter().collect();
        for token in place.tokens() {
            views = View::step_all(&views, &token);
        }
        views
    }

    /// The keys that any schema declares for the object at `place`.
    pub fn declared_at(&self, place: &Pointer) -> BTreeSet<String> {
        let views = self.views_at(place);
        views.iter().flat_map(View::declared_keys).map(str::to_owned).collect()
    }

    /// A copy of the instance to try a repair on; `None` when the budget is spent.
    pub fn copy_for_trial(&self, instance: &Value) -> Option<Value> {
        // Counting a large document is work too: once the budget is spent, nothing is counted.
        (self.budget.0.get() > 0 && self.budget.spend(size(instance))).then(|| instance.clone())
    }

    /// Whether the validator has nothing to say about the value at `place` of a changed instance.
    pub fn is_clean(&self, changed: &Value, place: &Pointer) -> bool {
        if self.validator.is_valid(changed) {
            return true;
        }
        // What goes on elsewhere in the document does not matter, and there may be a lot of it.
        let concerns = |error: &ValidationError<'_>| {
            Pointer::parse(error.instance_path().as_str()).is_ok_and(|at| at.is_within(place) || place.is_within(&at))
        };
        let errors: Vec<_> = self.validator.iter_errors(changed).filter(concerns).take(MAX_FINDINGS + 1).collect();
        let faults = reduce(self, changed, fault::collect(self, changed, &errors));
        faults.iter().all(|fault| !fault.at.is_within(place))
    }

    /// The faults of a value, merged.
    pub fn faults(&self, instance: &Value) -> Vec<fault::Fault> {
        let errors: Vec<_> = self.validator.iter_errors(instance).take(MAX_FINDINGS + 1).collect();
        reduce(self, instance, fault::collect(self, instance, &errors))
    }
}

/// How many values a value consists of, itself included.
pub fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// Explains why `instance`, the value of the subject's document, is invalid: one draft per fault.
pub fn explain(subject: &Subject<'_>, instance: &Value) -> Vec<Draft> {
    let faults = causes::narrow(subject, instance, subject.faults(instance));
    let many = faults.len() > MAX_FINDINGS;
    let mut drafts: Vec<Draft> = faults
        .iter()
        .take(MAX_FINDINGS)
        .map(|fault| {
            let mut draft = checks::draft_of(subject, instance, fault);
            draft.keyword = subject.set.name(&fault.keyword);
            if let Some(branch) = fault.branches.last().filter(|branch| branch.at != fault.at) {
                let named = branch.name.as_deref().map(|name| format!(" (`{name}`)")).unwrap_or_default();
                let note = format!("read as alternative {} of {}{named}, the nearest", branch.number, branch.of);
                draft.help = Some(match draft.help {
                    Some(help) => format!("{help}; {note}"),
                    None => note,
                });
            }
            draft
        })
        .collect();
    if many {
        drafts.push(checks::too_many_findings::draft(MAX_FINDINGS));
    }
    drafts
}
