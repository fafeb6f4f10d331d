//! JSON, with comments or without: the text of what did not change is taken as it is, and the rest is written in the style of
//! the file.
//!
//! A member or an item is a piece of text: the comments above it, its key, its value, and the comment behind it. What is gone
//! leaves its comments to what follows it.

use std::collections::BTreeMap;

use super::origins::Origins;
use crate::source::{Node, Value, json_string};

/// The text of `new`, whose parts stand in `text` where they have places.
pub(super) fn rewrite<'t>(text: &'t str, old: &'t Node, new: &Node) -> Option<String> {
    let mut writer = Writer { text, step: step(text), places: BTreeMap::new(), origins: Origins::none() };
    writer.read(old);
    writer.origins.mark(new);
    let body = writer.value(new, Some(old), 0);
    Some(format!("{}{body}{}", text.get(..old.start)?, text.get(old.end..)?))
}

/// A document where no layout can be kept: in lines when the text has lines.
pub(super) fn fresh(text: &str, new: &Node) -> String {
    let mut document = new.clone();
    document.forget_places();
    let is_compact = !text.trim_end().contains('\n');
    if is_compact {
        return document.to_json_text();
    }
    let writer = Writer { text: "", step: step(text), places: BTreeMap::new(), origins: Origins::none() };
    format!("{}\n", writer.value(&document, None, 0))
}

/// By how much the file indents; a tab when it uses tabs.
fn step(text: &str) -> String {
    let indent = text.lines().skip(1).map(|line| line.get(..line.len() - line.trim_start().len()).unwrap_or_default());
    let first = indent.filter(|indent| !indent.is_empty()).min_by_key(|indent| indent.len());
    first.unwrap_or("  ").to_owned()
}

/// The bytes of a value of the old document.
type Span = (usize, usize);

/// A part of a collection: its key, its value, and which part of the old document it was.
type Part<'n> = (Option<&'n str>, &'n Node, Option<Span>);

/// A member or an item.
#[derive(Clone, Copy)]
struct Piece {
    /// The first byte after what was before it: the bracket or the comma.
    leading: usize,
    /// The first byte of the key or the value.
    start: usize,
    /// The first byte after the value.
    end: usize,
    /// The first byte after the comment behind it on its line.
    behind: usize,
}

struct Writer<'t> {
    text: &'t str,
    step: String,
    /// Pieces and old values by the bytes of the value.
    places: BTreeMap<Span, (Piece, &'t Node)>,
    /// Which of them keys and values are.
    origins: Origins<Span>,
}

impl<'t> Writer<'t> {
    fn read(&mut self, node: &'t Node) {
        let parts: Vec<(usize, &'t Node, bool)> = match &node.value {
            Value::Object(members) => members.iter().map(|member| (member.key_start, &member.node, true)).collect(),
            Value::Array(items) => items.iter().map(|item| (item.start, item, false)).collect(),
            _ => return,
        };
        let mut leading = node.start + 1;
        for (start, value, has_key) in parts {
            let behind = self.behind(value.end);
            let place = (value.start, value.end);
            self.places.insert(place, (Piece { leading, start, end: value.end, behind }, value));
            if has_key {
                self.origins.note_key(start, place);
            }
            self.origins.note_value(value, place);
            self.read(value);
            leading = behind;
        }
    }

    /// The end of a comma and of the comment that stands behind it on the same line.
    fn behind(&self, end: usize) -> usize {
        let rest = self.text.get(end..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let comma = line.trim_start().starts_with(',');
        let after = if comma { line.find(',').map_or(0, |at| at + 1) } else { 0 };
        let comment = line.get(after..).unwrap_or_default();
        if comment.trim_start().starts_with("//") { end + line.trim_end().len() } else { end + after }
    }

    /// A value at a depth; `old` is what stood in its place.
    fn value(&self, node: &Node, old: Option<&Node>, depth: usize) -> String {
        let own = self.origins.of_value(node).and_then(|place| self.places.get(&place)).map(|(_, old)| *old).or(old);
        if let Some(old) = own.filter(|old| old.same(node))
            && let Some(text) = self.text.get(old.start..old.end)
        {
            return self.shifted(text, old.start, depth);
        }
        let same_kind = |old: &&Node| {
            matches!(
                (&old.value, &node.value),
                (Value::Object(_), Value::Object(_)) | (Value::Array(_), Value::Array(_))
            )
        };
        match &node.value {
            Value::Object(members) => {
                let parts = members
                    .iter()
                    .map(|member| (Some(member.key.as_str()), &member.node, self.origins.of_member(member)));
                self.collection(&parts.collect::<Vec<_>>(), ('{', '}'), own.filter(same_kind), depth)
            }
            Value::Array(items) => {
                let parts = items.iter().map(|item| (None, item, self.origins.of_value(item)));
                self.collection(&parts.collect::<Vec<_>>(), ('[', ']'), own.filter(same_kind), depth)
            }
            _ => node.to_json_text(),
        }
    }

    fn collection(&self, parts: &[Part<'_>], (open, close): (char, char), old: Option<&Node>, depth: usize) -> String {
        let text = old.and_then(|old| self.text.get(old.start..old.end));
        let in_lines = match text {
            Some(text) if text.len() > 2 => text.contains('\n'),
            _ => {
                !self.is_compact() && parts.iter().any(|(key, node, _)| key.is_some() || depth == 0 || has_parts(node))
            }
        };
        let (mut orphans, last) = self.orphans(old);
        if parts.is_empty() && last.is_empty() {
            return format!("{open}{close}");
        }
        let spaced = !self.is_compact() || text.is_some_and(|text| text.contains(": ") || text.contains(", "));
        let mut written = String::from(open);
        let pad = text.is_some_and(|text| text.chars().nth(1) == Some(' '));
        for (index, (key, value, origin)) in parts.iter().enumerate() {
            let piece = origin.and_then(|origin| self.places.get(&origin)).map(|(piece, _)| *piece);
            let last_one = index + 1 == parts.len();
            if in_lines {
                let mut comments = origin.and_then(|origin| orphans.remove(&origin)).unwrap_or_default();
                if let Some(piece) = piece {
                    self.comments(piece.leading, piece.start, &mut comments);
                }
                for comment in &comments {
                    self.line(&mut written, depth + 1);
                    written.push_str(comment);
                }
                self.line(&mut written, depth + 1);
            } else if index > 0 && spaced || index == 0 && pad {
                written.push(' ');
            }
            if let Some(key) = key {
                written.push_str(&json_string(key));
                written.push_str(if spaced { ": " } else { ":" });
            }
            let before = piece.and_then(|_| origin.and_then(|origin| self.places.get(&origin))).map(|(_, node)| *node);
            written.push_str(&self.value(value, before, depth + 1));
            let trailing = last_one && text.is_some_and(has_trailing_comma);
            if !last_one || trailing {
                written.push(',');
            }
            if let Some(comment) = piece.and_then(|piece| self.comment_behind(piece)).filter(|_| in_lines) {
                written.push(' ');
                written.push_str(comment);
            }
        }
        if in_lines {
            let mut comments = last;
            if let Some(old) = old {
                let end = self.end_of_parts(old);
                self.comments(end, old.end.saturating_sub(1), &mut comments);
            }
            for comment in comments {
                self.line(&mut written, depth + 1);
                written.push_str(&comment);
            }
            self.line(&mut written, depth);
        } else if pad {
            written.push(' ');
        }
        written.push(close);
        written
    }

    fn is_compact(&self) -> bool {
        !self.text.is_empty() && !self.text.trim_end().contains('\n')
    }

    fn line(&self, written: &mut String, depth: usize) {
        written.push('\n');
        written.push_str(&self.step.repeat(depth));
    }

    /// Where the last part of an old collection ends, with the comment behind it.
    fn end_of_parts(&self, old: &Node) -> usize {
        let last = match &old.value {
            Value::Object(members) => members.last().map(|member| &member.node),
            Value::Array(items) => items.last(),
            _ => None,
        };
        last.and_then(|node| self.places.get(&(node.start, node.end))).map_or(old.start + 1, |(piece, _)| piece.behind)
    }

    /// Comments of parts that are gone, by the part that follows, and those that nothing follows.
    fn orphans(&self, old: Option<&Node>) -> (BTreeMap<Span, Vec<String>>, Vec<String>) {
        let parts: Vec<&Node> = match old.map(|old| &old.value) {
            Some(Value::Object(members)) => members.iter().map(|member| &member.node).collect(),
            Some(Value::Array(items)) => items.iter().collect(),
            _ => Vec::new(),
        };
        let (mut orphans, mut open) = (BTreeMap::new(), Vec::new());
        for node in parts {
            let place = (node.start, node.end);
            let Some((piece, _)) = self.places.get(&place) else { continue };
            if self.origins.is_used(&place) {
                if !open.is_empty() {
                    orphans.insert(place, std::mem::take(&mut open));
                }
                continue;
            }
            self.comments(piece.leading, piece.behind, &mut open);
        }
        (orphans, open)
    }

    /// The comments in a stretch of text, each as it is written.
    fn comments(&self, from: usize, to: usize, into: &mut Vec<String>) {
        let Some(mut rest) = self.text.get(from..to) else { return };
        while let Some(at) = rest.find(['"', '/']) {
            let here = rest.get(at..).unwrap_or_default();
            let length = if here.starts_with('"') {
                string_length(here)
            } else if here.starts_with("//") {
                let length = here.find('\n').unwrap_or(here.len());
                into.push(here.get(..length).unwrap_or_default().trim_end().to_owned());
                length
            } else if here.starts_with("/*") {
                let length = here.find("*/").map_or(here.len(), |end| end + 2);
                into.push(here.get(..length).unwrap_or_default().to_owned());
                length
            } else {
                1
            };
            rest = here.get(length..).unwrap_or_default();
        }
    }

    fn comment_behind(&self, piece: Piece) -> Option<&str> {
        let behind = self.text.get(piece.end..piece.behind)?;
        behind.find("//").and_then(|at| behind.get(at..)).map(str::trim_end)
    }

    /// A value of the file whose lines after the first stand at another depth.
    fn shifted(&self, text: &str, start: usize, depth: usize) -> String {
        if !text.contains('\n') {
            return text.to_owned();
        }
        let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = self.text.get(line..start).unwrap_or_default();
        let was = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
        let is = self.step.repeat(depth);
        if was == is {
            return text.to_owned();
        }
        let mut lines = text.split('\n');
        let mut shifted = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            shifted.push('\n');
            match line.strip_prefix(was) {
                Some(rest) => shifted.push_str(&format!("{is}{rest}")),
                None => shifted.push_str(line),
            }
        }
        shifted
    }
}

fn has_parts(node: &Node) -> bool {
    match &node.value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn has_trailing_comma(text: &str) -> bool {
    let inside = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    inside.trim_end().ends_with(',')
}
