//! What the TOML library says is wrong, in the words of Setpoint.

use toml_edit::{Key, TomlError};

use super::super::checks::limit_exceeded::{self, Limit};
use super::super::checks::{duplicate_key, syntax_error, unrepresentable_number};
use super::super::{Limits, Node, Value};
use crate::finding::{Draft, Place};
use crate::pointer::Pointer;

/// The nesting at which the library itself gives up.
const LIBRARY_DEPTH: usize = 80;

/// `text` is the text without its byte order mark, which took `base` bytes.
pub(super) fn draft(text: &str, base: usize, error: &TomlError, limits: &Limits) -> Draft {
    let span = error.span().unwrap_or(text.len()..text.len());
    let start = span.start.min(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let end = span.end.min(text.len()).max(start + rest.chars().next().map_or(0, char::len_utf8));
    let place = Place::Bytes(start + base, end + base);
    let message = error.message();
    if message.contains("recursion limit") {
        return limit_exceeded::draft(Limit::Depth, LIBRARY_DEPTH.min(limits.nesting()), Pointer::root(), place);
    }
    if message.contains("duplicate key") {
        return duplicate(text, base, start, end, message);
    }
    if message.contains("number too large") || message.contains("invalid floating-point number") {
        let numeric = |next: char| next.is_ascii_alphanumeric() || "+-._".contains(next);
        let end = start + rest.find(|next| !numeric(next)).unwrap_or(rest.len());
        if end - start > limits.digits {
            let place = Place::Bytes(start + base, end + base);
            return limit_exceeded::draft(Limit::Digits, limits.digits, Pointer::root(), place);
        }
        let has_value =
            super::super::number::decimal(&rest.chars().take_while(|next| numeric(*next)).collect::<String>());
        if has_value.is_some() {
            let mut draft = unrepresentable_number::draft(Pointer::root(), start + base, end + base);
            if message.contains("number too large") {
                draft.message = "the integer does not fit into 64 bits".to_owned();
                draft.expected.text = "an integer from -9223372036854775808 to 9223372036854775807".to_owned();
                draft.help = Some("write it as a string, or as a float with a decimal point".to_owned());
            }
            return draft;
        }
    }
    let (message, expected, help) = words(message, rest);
    let draft = syntax_error::draft(Pointer::root(), start + base, end + base, message, expected);
    if help.is_empty() { draft } else { draft.help(help) }
}

/// Message, expectation, help (empty for none).
fn words(message: &str, rest: &str) -> (String, String, &'static str) {
    let (what, expected) = match message.split_once("\nexpected ") {
        Some((what, expected)) => (what, expected.replace('\n', " ")),
        None => match message.strip_prefix("expected ") {
            Some(expected) => ("something else stands here", expected.replace('\n', " ")),
            None => (message, String::new()),
        },
    };
    let word = rest.starts_with(|first: char| first.is_ascii_alphabetic());
    let at_line_end = rest.is_empty() || rest.starts_with(['\n', '\r', '#']);
    match what {
        "" if at_line_end => ("a value is missing".to_owned(), "a value".to_owned(), ""),
        "" => ("a value is wrong here".to_owned(), "a value".to_owned(), ""),
        "invalid string" if word && rest.starts_with(['T', 'F']) => (
            "a word is not a value of TOML".to_owned(),
            "`true` or `false` in small letters, or a string in quotes".to_owned(),
            "",
        ),
        "invalid string" if word => {
            ("text stands without quotes".to_owned(), "a string in quotes".to_owned(), "put the text in double quotes")
        }
        "invalid basic string" | "invalid literal string" if at_line_end => {
            ("a string is not closed on its line".to_owned(), "the closing quote".to_owned(), "")
        }
        "invalid inline table" => (
            "an inline table is not right here".to_owned(),
            expected,
            "TOML 1.0 allows neither line breaks nor a trailing comma in an inline table",
        ),
        _ => {
            let what = what.replace('\n', ": ");
            let expected = if expected.is_empty() { "TOML 1.0".to_owned() } else { expected };
            (what, expected, "")
        }
    }
}

/// A duplicate key stops the library, which does not say where the first one is. Everything before the line of the
/// second one is a document of its own; the first one stands there.
fn duplicate(text: &str, base: usize, start: usize, end: usize, message: &str) -> Draft {
    let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    // For a header the library names its bracket.
    let brackets = line.len() - line.trim_start_matches('[').len();
    let (start, end) = match line.find(']') {
        Some(close) if brackets > 0 && start == line_start => (line_start + brackets, line_start + close),
        _ => (start, end),
    };
    let found = first_place(text.get(..line_start).unwrap_or_default(), line);
    let second = (start + base, end + base);
    match found {
        Some((instance, first)) => duplicate_key::draft(instance, (first.0 + base, first.1 + base), second),
        None => {
            // Inside an inline table only the key is known, from the library's message.
            let key = message.split('`').nth(1).unwrap_or_default().trim_matches(['"', '\'']);
            let mut draft = duplicate_key::draft(Pointer::root().child(key), second, second);
            draft.related.clear();
            draft
        }
    }
}

/// The pointer of what `line` defines, and the range of the key that defined it in `before`.
fn first_place(before: &str, line: &str) -> Option<(Pointer, (usize, usize))> {
    let limits = Limits { digits: usize::MAX, bytes: usize::MAX, ..Limits::default() };
    let root = super::parse(before, &limits, &mut Vec::new())?;
    let line = line.trim_start();
    let pointer = if line.starts_with('[') {
        below(&root, Pointer::root(), &header(line)?)
    } else {
        let table = before.lines().rev().find(|line| line.trim_start().starts_with('['));
        let table = match table {
            Some(table) => below(&root, Pointer::root(), &header(table.trim_start())?),
            None => Pointer::root(),
        };
        below(&root, table, &Key::parse(line.split_once('=')?.0).ok()?)
    };
    let member = root.find_member(&pointer)?;
    Some((pointer, (member.key_start, member.key_end)))
}

fn header(line: &str) -> Option<Vec<Key>> {
    let inside = line.trim_start_matches('[');
    Key::parse(inside.get(..inside.find(']')?)?).ok()
}

/// Follows keys; of an array of tables the last one is meant.
fn below(root: &Node, from: Pointer, keys: &[Key]) -> Pointer {
    let last_item = |pointer: Pointer| match root.find(&pointer).map(|node| &node.value) {
        Some(Value::Array(items)) if !items.is_empty() => pointer.item(items.len() - 1),
        _ => pointer,
    };
    keys.iter().fold(from, |pointer, key| last_item(pointer).child(key.get()))
}
