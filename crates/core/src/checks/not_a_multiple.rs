//! A number is not a multiple of another one (`multipleOf`).

use serde_json::Value;

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::{Draft, Safety};

declare_check! {
    /// ## What it does
    /// Reports a number that is not a whole multiple of the schema's `multipleOf`.
    ///
    /// ## Why it matters
    /// Steps usually stand for a unit (pages, blocks, cents); a value between two steps is rounded somewhere, by
    /// somebody else.
    ///
    /// ## Example
    /// ```yaml
    /// buffer_kb: 100   # a multiple of 64
    /// ```
    ///
    /// ## How to fix
    /// Use a multiple; the finding names the nearest one.
    pub NOT_A_MULTIPLE = "not-a-multiple", Error, "a number is not a multiple of the step";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, instance: &Value, fault: &Fault) -> Draft {
    let draft = value::draft(&NOT_A_MULTIPLE, subject, fault);
    let step = subject.set.view(&fault.keyword).and_then(|view| view.contents.as_i64());
    let actual = instance.pointer(fault.at.as_str()).and_then(Value::as_f64);
    // Only whole steps have a neighbour that can be written without rounding.
    let (Some(step), Some(actual)) = (step.filter(|step| *step > 0), actual.filter(|actual| actual.abs() < 9e15))
    else {
        return draft;
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "below 2^53, checked above")]
    let nearest = (actual / step as f64).round() as i64 * step;
    let found = [nearest, nearest.saturating_add(step), nearest.saturating_sub(step)]
        .into_iter()
        .find(|candidate| value::passes(subject, instance, &fault.at, &Value::from(*candidate)));
    match found {
        Some(nearest) => {
            let help = format!("the nearest multiple of {step} is {nearest}");
            value::with_replacement(draft, subject, fault, &nearest.to_string(), Safety::Unsafe, &help)
        }
        None => draft,
    }
}
