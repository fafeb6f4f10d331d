//! TOML 1.0, from `toml_edit`'s immutable document, which has the positions (`DocumentMut` drops them).
//!
//! Why `toml_edit` 0.22: it parses TOML 1.0 with a parser of its own. 0.23 calls itself "spec-1.0.0" but shares the
//! `toml_parser` crate, whose current release (1.1.5) accepts TOML 1.1 (measured: line breaks and trailing commas in
//! inline tables, `\e`, times without seconds), as do 0.24 and later. Python's `tomllib` refuses all of these, so a
//! file would pass here and fail in the service.

mod faults;
mod nesting;

use std::ops::Range;

use toml_edit::{ImDocument, Item, Key, TableLike};

use super::bytes::BYTE_ORDER_MARK;
use super::checks::limit_exceeded::{self, Limit};
use super::checks::unrepresentable_number;
use super::path::Path;
use super::{Limits, Member, Node, Value, number};
use crate::finding::{Draft, Place};

pub(super) fn parse(text: &str, limits: &Limits, drafts: &mut Vec<Draft>) -> Option<Node> {
    let base = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let body = text.get(base..)?;
    // The library recurses, without counting the dots of keys in nested inline tables.
    if let Some(at) = nesting::too_deep(body, limits.nesting().saturating_sub(1)) {
        let place = Place::Bytes(at + base, at + base + 1);
        drafts.push(limit_exceeded::draft(Limit::Depth, limits.nesting(), crate::pointer::Pointer::root(), place));
        return None;
    }
    let document = match ImDocument::parse(body) {
        Ok(document) => document,
        Err(error) => {
            drafts.push(faults::draft(body, base, &error, limits));
            return None;
        }
    };
    let mut reader = Reader { text: body, base, limits, nodes: 0, path: Path::default(), drafts };
    let (value, _) = reader.table(document.as_table()).ok()?;
    Some(Node { value, start: base, end: base + body.trim_end().len() })
}

/// The draft is written; nothing sensible can follow.
struct Stop;

struct Reader<'a, 'd> {
    /// The text without its byte order mark.
    text: &'a str,
    base: usize,
    limits: &'d Limits,
    nodes: usize,
    path: Path<'a>,
    drafts: &'d mut Vec<Draft>,
}

impl<'a> Reader<'a, '_> {
    /// The members of a table, and the range from its first key to its last value.
    fn table(&mut self, table: &dyn TableLike) -> Result<(Value, Range<usize>), Stop> {
        let mut members = Vec::new();
        let mut range: Option<Range<usize>> = None;
        for (name, item) in table.iter() {
            let key = table.get_key_value(name).and_then(|(key, _)| Key::span(key)).unwrap_or_default();
            self.path.enter_key(name.to_owned());
            let node = self.item(item, &key)?;
            self.path.leave();
            let (key_start, key_end) = (key.start + self.base, key.end + self.base);
            let around = range.unwrap_or(key_start..key_end);
            range = Some(around.start.min(key_start)..around.end.max(node.end));
            members.push(Member { key: name.to_owned(), key_start, key_end, node });
        }
        Ok((Value::Object(members), range.unwrap_or_default()))
    }

    fn item(&mut self, item: &Item, key: &Range<usize>) -> Result<Node, Stop> {
        match item {
            Item::Value(value) => self.value(value),
            Item::Table(table) => {
                self.count(key)?;
                let (value, around) = self.table(table)?;
                // A table that only dotted keys or deeper headers imply has no place of its own.
                let range = table.span().map_or(around, |span| span.start + self.base..span.end + self.base);
                Ok(Node { value, start: range.start, end: range.end })
            }
            Item::ArrayOfTables(tables) => {
                self.count(key)?;
                let mut items = Vec::new();
                for (index, table) in tables.iter().enumerate() {
                    self.path.enter_item(index);
                    self.count(key)?;
                    let (value, around) = self.table(table)?;
                    let range = table.span().map_or(around, |span| span.start + self.base..span.end + self.base);
                    self.path.leave();
                    items.push(Node { value, start: range.start, end: range.end });
                }
                let start = items.first().map_or(key.start + self.base, |item| item.start);
                let end = items.last().map_or(key.end + self.base, |item| item.end);
                Ok(Node { value: Value::Array(items), start, end })
            }
            Item::None => Ok(Node { value: Value::Null, start: key.start + self.base, end: key.end + self.base }),
        }
    }

    fn value(&mut self, value: &toml_edit::Value) -> Result<Node, Stop> {
        let span = value.span().unwrap_or_default();
        self.count(&span)?;
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let value = match value {
            toml_edit::Value::String(text) => Value::String(text.value().clone()),
            toml_edit::Value::Boolean(value) => Value::Bool(*value.value()),
            toml_edit::Value::Integer(_) | toml_edit::Value::Float(_) => self.number(raw, &span)?,
            // RFC 3339 spelling, which `format: date-time` asks for; TOML also allows a blank and small letters.
            toml_edit::Value::Datetime(_) => Value::String(raw.replace([' ', 't'], "T").replace('z', "Z")),
            toml_edit::Value::InlineTable(table) => self.table(table)?.0,
            toml_edit::Value::Array(array) => {
                let mut items = Vec::new();
                for (index, item) in array.iter().enumerate() {
                    self.path.enter_item(index);
                    items.push(self.value(item)?);
                    self.path.leave();
                }
                Value::Array(items)
            }
        };
        Ok(Node { value, start: span.start + self.base, end: span.end + self.base })
    }

    fn number(&mut self, raw: &str, span: &Range<usize>) -> Result<Value, Stop> {
        let place = Place::Bytes(span.start + self.base, span.end + self.base);
        if raw.len() > self.limits.digits {
            return Err(self.limit(Limit::Digits, self.limits.digits, place));
        }
        match json_number(raw) {
            Some(number) => Ok(Value::Number(number)),
            None => {
                let (start, end) = (span.start + self.base, span.end + self.base);
                self.drafts.push(unrepresentable_number::draft(self.path.pointer(), start, end));
                Err(Stop)
            }
        }
    }

    fn count(&mut self, span: &Range<usize>) -> Result<(), Stop> {
        self.nodes += 1;
        let place = Place::Bytes(span.start + self.base, span.end + self.base);
        if self.nodes > self.limits.nodes {
            return Err(self.limit(Limit::Nodes, self.limits.nodes, place));
        }
        Ok(())
    }

    fn limit(&mut self, limit: Limit, most: usize, place: Place) -> Stop {
        self.drafts.push(limit_exceeded::draft(limit, most, self.path.pointer(), place));
        Stop
    }
}

/// A TOML number in JSON grammar; `None` for infinities and what is not a number.
fn json_number(raw: &str) -> Option<String> {
    let digits = raw.replace('_', "");
    let number = match digits.get(..2) {
        Some("0x") => number::from_radix(digits.get(2..)?, 16),
        Some("0o") => number::from_radix(digits.get(2..)?, 8),
        Some("0b") => number::from_radix(digits.get(2..)?, 2),
        _ => number::decimal(&digits),
    }?;
    number::is_finite(&number).then_some(number)
}
