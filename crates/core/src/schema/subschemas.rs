//! Where a schema holds other schemas.

use serde_json::Value;

/// Keywords whose value is one schema.
const SINGLE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value maps names to schemas (or, for `dependencies`, to lists of names).
const MAP: &[&str] = &["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// The direct subschemas of `schema`, each with the tokens that lead to it.
pub fn of(schema: &Value) -> Vec<(Vec<String>, &Value)> {
    let mut found = Vec::new();
    let Some(object) = schema.as_object() else { return found };
    for (keyword, value) in object {
        found.extend(under(keyword, value));
    }
    found
}

/// The direct subschemas that one keyword holds, each with the tokens that lead to it.
pub fn under<'v>(keyword: &str, value: &'v Value) -> Vec<(Vec<String>, &'v Value)> {
    let mut found = Vec::new();
    let single = SINGLE.contains(&keyword) || (keyword == "items" && !value.is_array());
    if single {
        found.push((vec![keyword.to_owned()], value));
    } else if LIST.contains(&keyword) || keyword == "items" {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            found.push((vec![keyword.to_owned(), index.to_string()], item));
        }
    } else if MAP.contains(&keyword) {
        for (name, item) in value.as_object().into_iter().flatten() {
            found.push((vec![keyword.to_owned(), name.clone()], item));
        }
    }
    found
}
