//! A number is outside its bounds (`minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`).

use serde_json::Value;

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::{Draft, Safety};
use crate::schema::view::View;

declare_check! {
    /// ## What it does
    /// Reports a number below the minimum or above the maximum. The four keywords share this code because together they
    /// are one range, and the finding states the whole of it.
    ///
    /// ## Why it matters
    /// Ports, timeouts and pool sizes outside their range fail late, under load, or are clamped without a word.
    ///
    /// ## Example
    /// ```yaml
    /// port: 70000   # expected an integer from 1 to 65535
    /// ```
    ///
    /// ## How to fix
    /// Use a number inside the range; the finding names the nearest one.
    pub OUT_OF_RANGE = "out-of-range", Error, "a number is out of range";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, instance: &Value, fault: &Fault) -> Draft {
    let draft = value::draft(&OUT_OF_RANGE, subject, fault);
    let Some(view) = subject.set.view(&fault.keyword.schema()) else { return draft };
    let Some(limit) =
        view.get(&fault.keyword.name()).filter(|limit| limit.is_number()).or_else(|| draft_4_limit(&view, fault))
    else {
        return draft;
    };
    let mut nearest = vec![limit.clone()];
    if let Some(whole) = limit.as_i64() {
        nearest.extend([whole.saturating_add(1), whole.saturating_sub(1)].map(Value::from));
    } else if let Some(float) = limit.as_f64() {
        nearest.extend(
            [float.ceil(), float.floor()]
                .map(|float| serde_json::Number::from_f64(float).map_or(Value::Null, Value::Number)),
        );
    }
    match nearest.into_iter().find(|candidate| value::passes(subject, instance, &fault.at, candidate)) {
        Some(nearest) => {
            let help = format!("the nearest value that passes is {nearest}");
            value::with_replacement(draft, subject, fault, &nearest.to_string(), Safety::Unsafe, &help)
        }
        None => draft,
    }
}

/// In draft 4 `exclusiveMaximum: true` modifies `maximum`.
fn draft_4_limit<'a>(view: &View<'a>, fault: &Fault) -> Option<&'a Value> {
    let keyword = if fault.keyword.name().ends_with("aximum") { "maximum" } else { "minimum" };
    view.get(keyword).filter(|limit| limit.is_number())
}
