//! A value is none of those that the schema lists (`enum`, `const`).

use serde_json::Value;

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, expectation, nearest};
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a value that is not in the schema's `enum`, or not the one that `const` fixes. `const` shares this
    /// code because it is an `enum` of one. When each branch of a union fixes one value, they are listed together.
    ///
    /// ## Why it matters
    /// A misspelt mode or level is often taken for a default without a word, and the setting that was meant never
    /// takes effect.
    ///
    /// ## Example
    /// ```yaml
    /// log_level: wrning   # did you mean `warning`?
    /// ```
    ///
    /// ## How to fix
    /// Use one of the listed values. If the new value is right, add it to the schema first.
    pub VALUE_NOT_ALLOWED = "value-not-allowed", Error, "a value is not one of those allowed";
}

/// The finding for a fault of this kind; `values` are those that would have passed.
pub fn draft(subject: &Subject<'_>, instance: &Value, fault: &Fault, values: &[Value]) -> Draft {
    let listed: Vec<&Value> = values.iter().collect();
    let mut draft = value::draft(&VALUE_NOT_ALLOWED, subject, fault);
    draft.expected.text = expectation::values_text(&listed);
    let actual = instance.pointer(fault.at.as_str()).unwrap_or(&Value::Null);
    let Some(near) = nearest::value(actual, values) else { return draft };
    value::with_nearest(draft, subject, fault, actual, near)
}
