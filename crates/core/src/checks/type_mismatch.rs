//! A value has a type that the schema does not allow (`type`).

use jsonschema::JsonType;
use serde_json::Value;

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, expectation};
use crate::finding::{Draft, Safety};
use crate::source::{self, Node};

declare_check! {
    /// ## What it does
    /// Reports a value whose JSON type is none of those that the schema's `type` allows. When the same value also
    /// misses an `enum` or a range, that is not reported again: the type comes first.
    ///
    /// ## Why it matters
    /// A service that expects a number and gets a string fails at start-up, or worse, compares `"80"` with `80` and
    /// quietly takes the wrong branch.
    ///
    /// ## Example
    /// ```yaml
    /// port: "80"   # the schema says: type: integer
    /// ```
    ///
    /// ## How to fix
    /// Write the value in the expected type. Where the text of a string is the expected number or truth value, the
    /// finding carries the value, and `setpoint check --fix` removes the quotes.
    pub TYPE_MISMATCH = "type-mismatch", Error, "a value has the wrong type";
}

/// The finding for a fault of this kind; `types` are the types that would have passed.
pub fn draft(subject: &Subject<'_>, instance: &Value, fault: &Fault, types: &[JsonType]) -> Draft {
    let fallback =
        || describe::either(&types.iter().map(|kind| expectation::type_text(*kind).to_owned()).collect::<Vec<_>>());
    let mut draft = value::draft(&TYPE_MISMATCH, subject, fault);
    if draft.expected.text == value::UNKNOWN {
        draft.expected.text = fallback();
    }
    let Some(node) = subject.document.find(&fault.at) else { return draft };
    for candidate in candidates(node, types) {
        let Ok(replacement) = serde_json::from_str::<Value>(&candidate.json) else { continue };
        if value::passes(subject, instance, &fault.at, &replacement) {
            return value::with_replacement(draft, subject, fault, &candidate.json, candidate.safety, &candidate.help);
        }
    }
    draft
}

/// A value of an allowed type that means the same.
struct Candidate {
    json: String,
    safety: Safety,
    help: String,
}

fn candidates(node: &Node, types: &[JsonType]) -> Vec<Candidate> {
    let takes = |kind: JsonType| types.contains(&kind);
    let mut found = Vec::new();
    let mut add = |json: String, safety: Safety, help: String| found.push(Candidate { json, safety, help });
    match &node.value {
        source::Value::String(text) => {
            let bare = text.trim();
            let number = serde_json::from_str::<Value>(bare).ok().filter(Value::is_number);
            if number.is_some() && (takes(JsonType::Integer) || takes(JsonType::Number)) {
                add(bare.to_owned(), Safety::Safe, format!("write {bare} without the quotes"));
            }
            if takes(JsonType::Boolean) {
                let (truth, safety) = match bare.to_ascii_lowercase().as_str() {
                    "true" => (Some("true"), Safety::Safe),
                    "false" => (Some("false"), Safety::Safe),
                    "yes" | "on" => (Some("true"), Safety::Unsafe),
                    "no" | "off" => (Some("false"), Safety::Unsafe),
                    _ => (None, Safety::Unsafe),
                };
                if let Some(truth) = truth {
                    add(truth.to_owned(), safety, format!("write {truth} without quotes"));
                }
            }
            if takes(JsonType::Null) && bare == "null" {
                add("null".to_owned(), Safety::Unsafe, "write null without the quotes".to_owned());
            }
        }
        source::Value::Number(digits) => {
            if takes(JsonType::String) {
                add(describe_json(digits), Safety::Safe, "put the number in quotes".to_owned());
            }
            if takes(JsonType::Integer)
                && let Ok(float) = digits.parse::<f64>()
                && float.abs() < 9e15
            {
                add(format!("{:.0}", float.round()), Safety::Unsafe, "use a whole number".to_owned());
            }
            if takes(JsonType::Boolean) && (digits == "0" || digits == "1") {
                let truth = if digits == "1" { "true" } else { "false" };
                add(truth.to_owned(), Safety::Unsafe, format!("write {truth}"));
            }
        }
        source::Value::Bool(truth) if takes(JsonType::String) => {
            add(describe_json(&truth.to_string()), Safety::Safe, "put the value in quotes".to_owned());
        }
        source::Value::Array(items) => {
            if let [only] = items.as_slice() {
                add(only.to_json_text(), Safety::Unsafe, "write the one item without the list around it".to_owned());
            }
        }
        _ => {}
    }
    if takes(JsonType::Array) && !matches!(node.value, source::Value::Array(_) | source::Value::Null) {
        add(format!("[{}]", node.to_json_text()), Safety::Unsafe, "make it a list of one item".to_owned());
    }
    found
}

fn describe_json(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
