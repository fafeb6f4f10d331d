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

/// A string as YAML: plain where every reader takes it for a string, otherwise in double quotes.
pub(crate) fn yaml_plain_or_quoted(value: &str) -> String {
    if is_plain_everywhere(value) { value.to_owned() } else { json_string(value) }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::pointer::Pointer;
    use crate::source::{Limits, parse};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { start, end, text: text.to_owned() }
    }

    #[test]
    fn edits_apply_from_left_to_right_or_not_at_all() {
        assert_eq!(apply("abc", &[edit(0, 1, "x"), edit(2, 2, "y")]).as_deref(), Some("xbyc"));
        assert_eq!(apply("abc", &[edit(1, 2, ""), edit(1, 2, "")]).as_deref(), Some("ac"));
        assert_eq!(apply("abc", &[edit(1, 2, "x"), edit(0, 1, "y")]), None);
        assert_eq!(apply("abc", &[edit(0, 2, "x"), edit(1, 3, "y")]), None);
        assert_eq!(apply("abc", &[edit(2, 9, "x")]), None);
        assert_eq!(apply("ä", &[edit(1, 2, "x")]), None);
    }

    /// Replaces the value at `/a`, reads the result back, and returns it.
    fn replaced(format: Format, text: &str, json: &str) -> Option<String> {
        let root = parse(text.as_bytes(), format, &Limits::default()).root.unwrap();
        let pointer = Pointer::root().child("a");
        let edit = scalar_edit(format, text, root.find(&pointer).unwrap(), json)?;
        let new = apply(text, &[edit]).unwrap();
        let again = parse(new.as_bytes(), format, &Limits::default());
        assert!(again.drafts.is_empty(), "{new} {:?}", again.drafts);
        assert_eq!(again.root.unwrap().find(&pointer).unwrap().to_json_text(), json, "{new}");
        Some(new)
    }

    #[test]
    fn a_scalar_is_written_the_way_its_file_writes_it() {
        let cases = [
            (Format::Json, r#"{"a": "80"}"#, "80", Some(r#"{"a": 80}"#)),
            (Format::Json, r#"{"a": 80}"#, r#""80""#, Some(r#"{"a": "80"}"#)),
            (Format::Json, r#"{"a": [80]}"#, "80", None),
            (Format::Yaml, "a: \"80\" # c\n", "80", Some("a: 80 # c\n")),
            (Format::Yaml, "a: '80'\n", "80", Some("a: 80\n")),
            (Format::Yaml, "a: 80\n", r#""80""#, Some("a: \"80\"\n")),
            (Format::Yaml, "a: inof\n", r#""info""#, Some("a: info\n")),
            (Format::Yaml, "a: 'inof'\n", r#""it's""#, Some("a: 'it''s'\n")),
            (Format::Yaml, "a: \"inof\"\n", r#""info""#, Some("a: \"info\"\n")),
            (Format::Yaml, "a: nope\n", r#""no""#, Some("a: \"no\"\n")),
            (Format::Yaml, "a: nope\n", r#""a: b""#, Some("a: \"a: b\"\n")),
            (Format::Yaml, "a: yes\n", "true", Some("a: true\n")),
            (Format::Yaml, "a: |\n  x\n", r#""y""#, None),
            (Format::Yaml, "a: !!str 80\n", "80", None),
            (Format::Toml, "a = \"80\"\n", "80", Some("a = 80\n")),
            (Format::Toml, "a = 'inof'\n", r#""info""#, Some("a = 'info'\n")),
            (Format::Toml, "a = \"inof\"\n", r#""info""#, Some("a = \"info\"\n")),
            (Format::Toml, "a = 80\n", r#""it's""#, Some("a = \"it's\"\n")),
            (Format::Toml, "a = 80\n", "null", None),
            (Format::Toml, "a = 80\n", "9223372036854775808", None),
        ];
        for (format, text, json, expected) in cases {
            assert_eq!(replaced(format, text, json).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_key_is_written_the_way_its_file_writes_it() {
        let cases = [
            (Format::Json, r#"{"prot": 80}"#, "prot", r#"{"port": 80}"#),
            (Format::Yaml, "prot: 80\n", "prot", "port: 80\n"),
            (Format::Yaml, "'prot': 80\n", "prot", "'port': 80\n"),
            (Format::Yaml, "{\"prot\": 80}\n", "prot", "{\"port\": 80}\n"),
            (Format::Toml, "prot = 80\n", "prot", "port = 80\n"),
            (Format::Toml, "\"prot\" = 80\n", "prot", "\"port\" = 80\n"),
        ];
        for (format, text, key, expected) in cases {
            let root = parse(text.as_bytes(), format, &Limits::default()).root.unwrap();
            let edit = rename_key_edit(format, text, root.member(key).unwrap(), "port").unwrap();
            assert_eq!(apply(text, &[edit]).as_deref(), Some(expected), "{text}");
        }
    }
}
