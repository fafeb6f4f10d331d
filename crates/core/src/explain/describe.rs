//! Values in words.

use serde_json::Value;

use super::Subject;
use crate::pointer::Pointer;
use crate::source::{self, Node};

/// Longer strings are cut: a message is one line.
const MAX_CHARACTERS: usize = 60;

/// The name of a place: its pointer, or `the document`.
pub fn place(at: &Pointer) -> String {
    if at.as_str().is_empty() { "the document".to_owned() } else { format!("`{}`", printable(at.as_str())) }
}

/// What stands at a place, for example `the string "80"`. A secret is named by its type only.
pub fn actual(subject: &Subject<'_>, at: &Pointer) -> String {
    let Some(node) = subject.document.find(at) else { return "missing".to_owned() };
    if super::secrets::is_secret(subject, at) { secret(node) } else { node_text(node) }
}

fn secret(node: &Node) -> String {
    let kind = match &node.value {
        source::Value::Null | source::Value::Bool(_) => "a value",
        source::Value::Number(_) => "a number",
        source::Value::String(_) => "a string",
        source::Value::Array(_) => "an array",
        source::Value::Object(_) => "an object",
    };
    format!("{kind} that is kept secret")
}

/// What a node is.
pub fn node_text(node: &Node) -> String {
    match &node.value {
        source::Value::Null => "null".to_owned(),
        source::Value::Bool(value) => value.to_string(),
        source::Value::Number(digits) => {
            let kind = if digits.contains(['.', 'e', 'E']) { "number" } else { "integer" };
            format!("the {kind} {}", shortened(digits))
        }
        source::Value::String(text) => format!("the string {}", quoted(text)),
        source::Value::Array(items) => match items.len() {
            0 => "an empty array".to_owned(),
            1 => "an array of 1 item".to_owned(),
            count => format!("an array of {count} items"),
        },
        source::Value::Object(members) => match members.len() {
            0 => "an empty object".to_owned(),
            1 => "an object with 1 key".to_owned(),
            count => format!("an object with {count} keys"),
        },
    }
}

/// A value of a schema, as it would be written: strings bare unless they could be read as something else.
pub fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain = !text.is_empty()
                && text.trim() == text
                && !text.contains(['`', '"', '\n', '\r', '\t'])
                && serde_json::from_str::<Value>(text).is_err();
            if plain { shortened(text) } else { quoted(text) }
        }
        other => shortened(&other.to_string()),
    }
}

/// A string in double quotes, escaped and cut to one line.
pub fn quoted(text: &str) -> String {
    Value::String(shortened(text)).to_string()
}

fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(MAX_CHARACTERS).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// Control characters escaped, so that a hostile key cannot forge output.
pub fn printable(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in shortened_long(text).chars() {
        if character.is_control() {
            result.extend(character.escape_default());
        } else {
            result.push(character);
        }
    }
    result
}

fn shortened_long(text: &str) -> String {
    const MAX_POINTER: usize = 200;
    if text.chars().count() <= MAX_POINTER {
        return text.to_owned();
    }
    let head: String = text.chars().take(MAX_POINTER / 2).collect();
    let tail: Vec<char> = text.chars().rev().take(MAX_POINTER / 2).collect();
    format!("{head}…{}", tail.into_iter().rev().collect::<String>())
}

/// `a`, `a or b`, `a, b or c`.
pub fn either(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn all(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// A document as part of a message. Longer ones are cut: a report is not a dump.
pub fn cut(text: &str) -> String {
    const MAX_CHARACTERS: usize = 400;
    let mut short: String = text.chars().take(MAX_CHARACTERS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
