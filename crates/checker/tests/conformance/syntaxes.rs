//! One value in every syntax that can express it.

use serde_json::Value;

/// The name of the format and the text: YAML in block style, JSON with comments, and TOML where it can express the
/// value (an object without null).
pub fn all(value: &Value) -> Vec<(&'static str, String)> {
    let pretty = serde_json::to_string_pretty(value).unwrap();
    let mut texts = vec![
        ("json", value.to_string()),
        ("jsonc", format!("// settings\n{}\n", pretty.replace("\": ", "\": /* value */ "))),
        ("yaml", yaml(value)),
    ];
    texts.extend(toml(value).map(|text| ("toml", text)));
    texts
}

fn yaml(value: &Value) -> String {
    let mut text = String::from("# settings\n");
    block(value, 0, &mut text);
    text
}

/// Writes a value that starts on a line of its own.
fn block(value: &Value, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                text.push_str(&format!("{margin}{}:", scalar(key)));
                member(value, indent, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for value in items {
                text.push_str(&format!("{margin}-"));
                member(value, indent, text);
            }
        }
        Value::String(string) => text.push_str(&format!("{margin}{}\n", scalar(string))),
        other => text.push_str(&format!("{margin}{other}\n")),
    }
}

/// Writes what follows a key or a dash.
fn member(value: &Value, indent: usize, text: &mut String) {
    let nested = matches!(value, Value::Object(members) if !members.is_empty())
        || matches!(value, Value::Array(items) if !items.is_empty());
    if nested {
        text.push('\n');
        block(value, indent + 2, text);
    } else {
        text.push(' ');
        block(value, 0, text);
    }
}

/// Words stand plain, everything else in double quotes.
fn scalar(text: &str) -> String {
    let word = text.len() > 5 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if word { text.to_owned() } else { Value::from(text).to_string() }
}

fn toml(value: &Value) -> Option<String> {
    let mut text = String::from("# settings\n");
    for (key, value) in value.as_object()? {
        text.push_str(&format!("{} = {}\n", quoted(key)?, inline(value)?));
    }
    Some(text)
}

fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => (number.is_f64() || number.is_i64()).then(|| number.to_string()),
        Value::String(text) => quoted(text),
        Value::Array(items) => Some(format!("[{}]", items.iter().map(inline).collect::<Option<Vec<_>>>()?.join(", "))),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| Some(format!("{} = {}", quoted(key)?, inline(value)?)));
            Some(format!("{{{}}}", members.collect::<Option<Vec<_>>>()?.join(", ")))
        }
    }
}

/// A string of JSON is a basic string of TOML, but for the one control character that JSON does not escape.
fn quoted(text: &str) -> Option<String> {
    (!text.contains('\u{7f}')).then(|| Value::from(text).to_string())
}
