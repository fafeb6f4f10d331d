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

/// How a keyword holds schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its value is one schema.
    Single,
    /// Its value is a list of schemas.
    List,
    /// Its value maps names to schemas.
    Map,
}

/// How a keyword with this value holds schemas; `None` when it holds none.
pub fn kind(keyword: &str, value: &Value) -> Option<Kind> {
    if SINGLE.contains(&keyword) || keyword == "items" && !value.is_array() {
        Some(Kind::Single)
    } else if LIST.contains(&keyword) || keyword == "items" {
        Some(Kind::List)
    } else {
        MAP.contains(&keyword).then_some(Kind::Map)
    }
}

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
    match kind(keyword, value) {
        Some(Kind::Single) => vec![(vec![keyword.to_owned()], value)],
        Some(Kind::List) => {
            let items = value.as_array().into_iter().flatten().enumerate();
            items.map(|(index, item)| (vec![keyword.to_owned(), index.to_string()], item)).collect()
        }
        Some(Kind::Map) => {
            let items = value.as_object().into_iter().flatten();
            items.map(|(name, item)| (vec![keyword.to_owned(), name.clone()], item)).collect()
        }
        None => Vec::new(),
    }
}
