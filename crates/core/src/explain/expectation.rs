//! What a schema accepts, in words: `an integer from 1 to 65535`.

use jsonschema::JsonType;
use serde_json::Value;

use super::describe::{either, value_text};
use crate::schema::view::View;

/// Longer lists of values are cut.
const MAX_VALUES: usize = 10;
/// Unions in unions are not spelled out.
const MAX_DEPTH: usize = 3;

/// What the schema accepts; `None` when it says nothing that fits into a few words.
pub fn of(view: &View<'_>) -> Option<String> {
    described(view, 0)
}

/// What any of the schemas accepts.
pub fn any_of<'a>(views: impl IntoIterator<Item = View<'a>>) -> Option<String> {
    joined(views.into_iter(), 0)
}

fn joined<'a>(views: impl Iterator<Item = View<'a>>, depth: usize) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    // A branch that accepts nothing is no alternative.
    for view in views.filter(|view| *view.contents != Value::Bool(false)) {
        let part = described(&view, depth + 1)?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    (!parts.is_empty() && parts.len() <= 6).then(|| either(&parts))
}

fn described(view: &View<'_>, depth: usize) -> Option<String> {
    match view.contents {
        Value::Bool(true) => return Some("any value".to_owned()),
        Value::Bool(false) => return Some("nothing".to_owned()),
        _ => {}
    }
    if let Some(values) = allowed(view) {
        return Some(values_text(&values));
    }
    let types = types(view);
    if types.is_empty() {
        if depth < MAX_DEPTH {
            for keyword in ["oneOf", "anyOf"] {
                if let Some(branches) = view.first(keyword).and_then(Value::as_array) {
                    // The branches were found in some conjunct; its references resolve the same way from here.
                    let owner = view.conjuncts().into_iter().find(|conjunct| conjunct.get(keyword).is_some())?;
                    return joined(branches.iter().map(|branch| owner.enter(branch)), depth);
                }
            }
        }
        let facets = untyped(view);
        return (!facets.is_empty()).then(|| either(&facets));
    }
    Some(either(&types.into_iter().map(|kind| of_type(view, kind)).collect::<Vec<_>>()))
}

/// The values that the schema fixes the instance to.
pub fn allowed<'a>(view: &View<'a>) -> Option<Vec<&'a Value>> {
    if let Some(only) = view.first("const") {
        return Some(vec![only]);
    }
    Some(view.first("enum")?.as_array()?.iter().collect())
}

/// A list of allowed values in words.
pub fn values_text(values: &[&Value]) -> String {
    let shown: Vec<String> = values.iter().take(MAX_VALUES).map(|value| format!("`{}`", value_text(value))).collect();
    if values.len() > MAX_VALUES {
        return format!("one of {}, … ({} in all)", shown.join(", "), values.len());
    }
    match shown.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        _ => format!("one of {}", shown.join(", ")),
    }
}

/// The types that the schema names.
pub fn types(view: &View<'_>) -> Vec<JsonType> {
    let Some(types) = view.first("type") else { return Vec::new() };
    let names = match types {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    names.into_iter().filter_map(|name| name.parse().ok()).collect()
}

/// A type in words.
pub fn type_text(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    }
}

/// A type with the facets that the schema adds to it.
pub fn of_type(view: &View<'_>, kind: JsonType) -> String {
    let base = type_text(kind).to_owned();
    match kind {
        JsonType::Integer | JsonType::Number => numeric(view, base),
        JsonType::String => textual(view, base),
        JsonType::Array => array(view, base),
        _ => base,
    }
}

fn number<'a>(view: &View<'a>, keyword: &str) -> Option<&'a Value> {
    view.first(keyword).filter(|value| value.is_number())
}

fn numeric(view: &View<'_>, base: String) -> String {
    let exclusive = |keyword: &str| view.first(keyword) == Some(&Value::Bool(true));
    let low = number(view, "minimum");
    let high = number(view, "maximum");
    let above = number(view, "exclusiveMinimum").or(low.filter(|_| exclusive("exclusiveMinimum")));
    let below = number(view, "exclusiveMaximum").or(high.filter(|_| exclusive("exclusiveMaximum")));
    let range = match (above, low, below, high) {
        (None, None, None, None) => String::new(),
        (None, Some(low), None, Some(high)) => format!(" from {low} to {high}"),
        (None, Some(low), None, None) => format!(" of at least {low}"),
        (None, None, None, Some(high)) => format!(" of at most {high}"),
        (Some(above), _, None, None) => format!(" above {above}"),
        (None, None, Some(below), _) => format!(" below {below}"),
        (Some(above), _, Some(below), _) => format!(" above {above} and below {below}"),
        (Some(above), _, None, Some(high)) => format!(" above {above} and at most {high}"),
        (None, Some(low), Some(below), _) => format!(" of at least {low} and below {below}"),
    };
    let multiple = number(view, "multipleOf").map(|step| format!(", a multiple of {step}")).unwrap_or_default();
    format!("{base}{range}{multiple}")
}

fn counted(view: &View<'_>, low: &str, high: &str, unit: &str) -> Option<String> {
    let plural = |count: &Value| if count.as_u64() == Some(1) { unit.to_owned() } else { format!("{unit}s") };
    match (number(view, low).filter(|value| value.as_u64() != Some(0)), number(view, high)) {
        (None, None) => None,
        (Some(low), None) => Some(format!("at least {low} {}", plural(low))),
        (None, Some(high)) => Some(format!("at most {high} {}", plural(high))),
        (Some(low), Some(high)) if low == high => Some(format!("exactly {low} {}", plural(low))),
        (Some(low), Some(high)) => Some(format!("{low} to {high} {}", plural(high))),
    }
}

fn textual(view: &View<'_>, base: String) -> String {
    let mut text = match view.first("format").and_then(Value::as_str).and_then(format_text) {
        Some(known) => known.to_owned(),
        None => base,
    };
    if let Some(count) = counted(view, "minLength", "maxLength", "character") {
        text.push_str(&format!(" of {count}"));
    }
    if let Some(pattern) = view.first("pattern").and_then(Value::as_str) {
        text.push_str(&format!(" matching `{pattern}`"));
    }
    text
}

/// A format in words; `None` for those that do not constrain.
pub fn format_text(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "a date such as `2026-11-23`",
        "time" => "a time such as `13:45:00Z`",
        "date-time" => "a date and time such as `2026-11-23T13:45:00Z`",
        "duration" => "a duration such as `PT15M`",
        "email" | "idn-email" => "an email address",
        "hostname" | "idn-hostname" => "a host name",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "uri" => "an absolute URI",
        "uri-reference" => "a URI reference",
        "iri" => "an absolute IRI",
        "iri-reference" => "an IRI reference",
        "uri-template" => "a URI template",
        "uuid" => "a UUID",
        "json-pointer" => "a JSON Pointer",
        "relative-json-pointer" => "a relative JSON Pointer",
        "regex" => "a regular expression (ECMA 262)",
        _ => return None,
    })
}

fn array(view: &View<'_>, base: String) -> String {
    let mut text = base;
    let items = view.conjuncts().into_iter().find_map(|conjunct| conjunct.subschema("items"));
    let kind = items.map(|items| types(&items)).unwrap_or_default();
    if let [kind] = kind.as_slice() {
        let plural = match kind {
            JsonType::Null => "nulls",
            JsonType::Boolean => "booleans",
            JsonType::Integer => "integers",
            JsonType::Number => "numbers",
            JsonType::String => "strings",
            JsonType::Array => "arrays",
            JsonType::Object => "objects",
        };
        text.push_str(&format!(" of {plural}"));
    }
    if let Some(count) = counted(view, "minItems", "maxItems", "item") {
        text.push_str(&format!(" with {count}"));
    }
    if view.first("uniqueItems") == Some(&Value::Bool(true)) {
        text.push_str(", no two alike");
    }
    text
}

/// What a schema without `type` says about each type that it constrains.
fn untyped(view: &View<'_>) -> Vec<String> {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| view.first(keyword).is_some());
    let mut parts = Vec::new();
    if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
        parts.push(of_type(view, JsonType::Number));
    }
    if has(&["minLength", "maxLength", "pattern", "format"]) {
        parts.push(of_type(view, JsonType::String));
    }
    if has(&["minItems", "maxItems", "uniqueItems", "items"]) {
        parts.push(of_type(view, JsonType::Array));
    }
    if let Some(count) = counted(view, "minProperties", "maxProperties", "key") {
        parts.push(format!("an object with {count}"));
    }
    parts
}
