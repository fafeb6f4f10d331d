//! Fixes: applying edits, and writing a value or a key the way its file writes them.

use crate::finding::Edit;
use crate::source::{Format, Member, Node, Value, json_string, yaml};

/// The text after the edits; `None` when they overlap, are not sorted, or do not fit the text. An edit that stands
/// there twice is applied once.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    let mut before: Option<&Edit> = None;
    for edit in edits {
        if before == Some(edit) {
            continue;
        }
        result.push_str(text.get(done..edit.start)?);
        text.get(edit.start..edit.end)?;
        result.push_str(&edit.text);
        done = edit.end;
        before = Some(edit);
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

/// Replaces a scalar by another one, given as JSON text, in the style of the file: `"80"` becomes `80`, a string
/// keeps its kind of quotes. `None` when the format cannot write the value there.
#[must_use]
pub fn scalar_edit(format: Format, text: &str, node: &Node, json: &str) -> Option<Edit> {
    let old = text.get(node.start..node.end)?;
    if matches!(node.value, Value::Array(_) | Value::Object(_)) {
        return None;
    }
    let new = match serde_json::from_str(json).ok()? {
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => return None,
        serde_json::Value::String(value) => string(format, text, node, &value)?,
        serde_json::Value::Null if format == Format::Toml => return None,
        serde_json::Value::Number(_) if format == Format::Toml && !toml_has(json) => return None,
        _ => json.trim().to_owned(),
    };
    if format == Format::Yaml && (old.starts_with(['|', '>']) || old.is_empty() || is_tagged(text, node.start)) {
        return None;
    }
    Some(Edit { start: node.start, end: node.end, text: new })
}

/// Gives a member another key, in the style of the file. `None` when the key is not to be found in the text.
#[must_use]
pub fn rename_key_edit(format: Format, text: &str, member: &Member, key: &str) -> Option<Edit> {
    let old = text.get(member.key_start..member.key_end)?;
    let new = match format {
        Format::Json | Format::Jsonc => json_string(key),
        Format::Yaml if old.starts_with(['*', '?', '|', '>']) || old.is_empty() => return None,
        Format::Yaml => yaml_string(old, true, key),
        Format::Toml => {
            let bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if bare && !old.starts_with(['"', '\'']) { key.to_owned() } else { toml_string(old, key) }
        }
    };
    Some(Edit { start: member.key_start, end: member.key_end, text: new })
}

fn string(format: Format, text: &str, node: &Node, value: &str) -> Option<String> {
    let old = text.get(node.start..node.end)?;
    Some(match format {
        Format::Json | Format::Jsonc => json_string(value),
        Format::Yaml => yaml_string(old, matches!(node.value, Value::String(_)), value),
        Format::Toml => toml_string(old, value),
    })
}

/// Plain stays plain where that is safe in block and flow collections alike; `'` stays `'`.
fn yaml_string(old: &str, was_string: bool, value: &str) -> String {
    let plain = was_string && !old.starts_with(['"', '\'']);
    if plain && is_plain_everywhere(value) {
        value.to_owned()
    } else if old.starts_with('\'') && !value.contains(char::is_control) {
        format!("'{}'", value.replace('\'', "''"))
    } else {
        json_string(value)
    }
}

/// Whether YAML 1.2 and YAML 1.1 readers both take the plain text as the string it is. Narrower than the grammar.
fn is_plain_everywhere(value: &str) -> bool {
    let start = value.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '/');
    let rest = value.chars().all(|next| next.is_alphanumeric() || "_-./@+ ".contains(next));
    start && rest && !value.ends_with(' ') && yaml::is_string_for_every_reader(value)
}

fn toml_string(old: &str, value: &str) -> String {
    let literal = old.starts_with('\'') && !value.contains(|next: char| next == '\'' || next.is_control());
    if literal { format!("'{value}'") } else { json_string(value).replace('\u{7f}', "\\u007F") }
}

/// TOML integers have 64 bits.
fn toml_has(number: &str) -> bool {
    number.contains(['.', 'e', 'E']) || number.trim().parse::<i64>().is_ok()
}

/// Whether a tag stands before the value: it would force the new text to its type.
fn is_tagged(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let token = before.trim_end_matches([' ', '\t']).rsplit([' ', '\t', '\n', '\r']).next();
    token.is_some_and(|token| token.starts_with('!'))
}
