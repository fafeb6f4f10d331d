//! Values that a schema would probably accept: what a trial repair writes where the right value is unknown.
//!
//! A specimen is a guess; whether it helps is for the validator to say.

use jsonschema::JsonType;
use serde_json::{Map, Value};

use super::expectation;
use crate::schema::view::View;

/// Longer enumerations are not tried value by value.
const MAX_VALUES: usize = 24;
/// Structures in structures are left empty from here on.
const MAX_DEPTH: usize = 4;

/// Specimens of a schema, the likeliest first.
pub fn of(view: &View<'_>) -> Vec<Value> {
    described(view, 0)
}

fn described(view: &View<'_>, depth: usize) -> Vec<Value> {
    if let Some(values) = expectation::allowed(view) {
        return values.into_iter().take(MAX_VALUES).cloned().collect();
    }
    let mut found: Vec<Value> = view.first("default").into_iter().cloned().collect();
    for kind in expectation::types(view) {
        found.push(of_type(view, kind, depth));
    }
    if found.is_empty() && depth < MAX_DEPTH {
        for conjunct in view.conjuncts() {
            for keyword in ["oneOf", "anyOf"] {
                let branches = conjunct.get(keyword).and_then(Value::as_array);
                for branch in branches.into_iter().flatten() {
                    found.extend(described(&conjunct.enter(branch), depth + 1));
                }
            }
        }
    }
    found.truncate(MAX_VALUES);
    found
}

fn of_type(view: &View<'_>, kind: JsonType, depth: usize) -> Value {
    let whole = |keyword: &str| view.first(keyword).and_then(Value::as_u64);
    match kind {
        JsonType::Null => Value::Null,
        JsonType::Boolean => Value::Bool(true),
        JsonType::Integer | JsonType::Number => {
            view.first("minimum").or_else(|| view.first("maximum")).cloned().unwrap_or_else(|| Value::from(1))
        }
        JsonType::String => {
            let length = whole("minLength").unwrap_or(1).clamp(1, 64);
            Value::String("a".repeat(usize::try_from(length).unwrap_or(1)))
        }
        JsonType::Array => {
            let wanted = usize::try_from(whole("minItems").unwrap_or(0)).unwrap_or(0);
            let item = || {
                let items = view.conjuncts().into_iter().find_map(|conjunct| conjunct.subschema("items"));
                items.and_then(|items| described(&items, depth + 1).into_iter().next()).unwrap_or(Value::Null)
            };
            Value::Array(if wanted == 1 && depth < MAX_DEPTH { vec![item()] } else { Vec::new() })
        }
        JsonType::Object => {
            let mut members = Map::new();
            if depth < MAX_DEPTH {
                for conjunct in view.conjuncts() {
                    let required = conjunct.get("required").and_then(Value::as_array);
                    for key in required.into_iter().flatten().filter_map(Value::as_str) {
                        let value = view.step(key).iter().flat_map(|below| described(below, depth + 1)).next();
                        members.insert(key.to_owned(), value.unwrap_or(Value::Null));
                    }
                }
            }
            Value::Object(members)
        }
    }
}
