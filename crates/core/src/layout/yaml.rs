//! YAML: block collections are put together again from the lines of their members and items.
//!
//! A member or an item is a piece of text: the comments above it, its key or dash, its value, and the comment behind it. Pieces
//! that did not change are taken as they are, moved to another indentation where they have to be. What is gone leaves its
//! comments to what follows it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::origins::{Origins, kind};
use crate::fix;
use crate::source::{Member, Node, Value};

/// The text of `new`, whose parts stand in `text` where they have places. `None` when the root is not a block collection.
pub(super) fn rewrite(text: &str, old: &Node, new: &Node) -> Option<String> {
    written(text, old, new, false)
}

/// The same, but for aliases that do not stand for what they have to: in `seen`, which is what comes out with them, or, when nothing
/// does, all of them. What they stood for is written out in their place.
pub(super) fn rewrite_apart(text: &str, old: &Node, new: &Node, seen: Option<&Node>) -> Option<String> {
    let mut apart = new.clone();
    if write_out(text, &mut apart, seen) { written(text, old, &apart, true) } else { None }
}

fn written(text: &str, old: &Node, new: &Node, is_apart: bool) -> Option<String> {
    if is_flow(text, old) || !matches!(old.value, Value::Object(_) | Value::Array(_)) {
        return None;
    }
    let mut writer =
        Writer { text, pieces: Vec::new(), origins: Origins::none(), written: RefCell::default(), is_apart };
    let end = writer.read(old, 0);
    writer.origins.mark(new);
    let column = writer.column(old.start);
    // What stands at the head of the file belongs to no member.
    let head = writer.pieces.iter().map(|piece| piece.leading).min().map_or(0, |start| {
        let first = writer.pieces.iter().filter(|piece| piece.leading == start).map(|piece| piece.start).min();
        head_end(text, start, first.unwrap_or(start))
    });
    for piece in &mut writer.pieces {
        piece.leading = piece.leading.max(head);
    }
    let body = writer.collection(new, Some(old), column)?;
    let tail = text.get(end..).unwrap_or_default();
    let tail = tail.strip_prefix('\n').unwrap_or(tail);
    let last = if tail.is_empty() && !text.ends_with('\n') { "" } else { "\n" };
    Some(format!("{}{body}{last}{tail}", text.get(..head)?))
}

/// A document in the style that most files have, where there is no text to keep.
pub(super) fn fresh(node: &Node) -> String {
    match fresh_block(node, 0) {
        Some(block) => format!("{block}\n"),
        None => format!("{}\n", flow(node)),
    }
}

/// Takes away the places of aliases that do not stand for what they have to; gives whether there was one.
fn write_out(text: &str, node: &mut Node, seen: Option<&Node>) -> bool {
    if seen.is_some_and(|seen| seen.same(node)) {
        return false;
    }
    if is_alias(text, node) {
        node.forget_places();
        return true;
    }
    let mut found = false;
    match &mut node.value {
        Value::Object(members) => {
            let of = |key: &str| match &seen?.value {
                Value::Object(others) => others.iter().find(|other| other.key == key).map(|other| &other.node),
                _ => None,
            };
            for member in members {
                found |= write_out(text, &mut member.node, of(&member.key));
            }
        }
        Value::Array(items) => {
            let of = |index: usize| match &seen?.value {
                Value::Array(others) => others.get(index),
                _ => None,
            };
            for (index, item) in items.iter_mut().enumerate() {
                found |= write_out(text, item, of(index));
            }
        }
        _ => {}
    }
    found
}

/// A member or an item of a block collection.
struct Piece {
    /// The first byte of the comments above.
    leading: usize,
    /// The first byte of the key or the dash.
    start: usize,
    /// The first byte after the key; the dash of an item.
    key_end: usize,
    /// The first byte after the last line, without its end.
    end: usize,
    /// The value.
    node: Node,
}

struct Writer<'t> {
    text: &'t str,
    pieces: Vec<Piece>,
    /// Which pieces keys and values are.
    origins: Origins<usize>,
    /// Pieces whose comments have been written.
    written: RefCell<BTreeSet<usize>>,
    /// Whether what has no place is written out even where the same is written already.
    is_apart: bool,
}

fn is_flow(text: &str, node: &Node) -> bool {
    matches!(text.as_bytes().get(node.start), Some(b'{' | b'['))
}

/// Whether a collection has nothing in it.
fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_block(text: &str, node: &Node) -> bool {
    kind(node) > 0 && !is_empty(node) && node.end > 0 && !is_flow(text, node) && !is_alias(text, node)
}

/// Nothing else begins with a star.
fn is_alias(text: &str, node: &Node) -> bool {
    node.end > 0 && text.as_bytes().get(node.start) == Some(&b'*')
}

/// Whether a value, or a part of it, has no place.
fn is_new(node: &Node) -> bool {
    node.end == 0
        || match &node.value {
            Value::Object(members) => members.iter().any(|member| is_new(&member.node)),
            Value::Array(items) => items.iter().any(is_new),
            _ => false,
        }
}

/// Where the head of the file ends: after the last line that is blank or begins a document.
fn head_end(text: &str, from: usize, to: usize) -> usize {
    let mut end = from;
    let mut at = from;
    for line in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() || line.starts_with("---") || line.starts_with('%') || line.starts_with('\u{feff}') {
            end = at;
        }
    }
    end
}

impl<'t> Writer<'t> {
    fn column(&self, at: usize) -> usize {
        let line = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        self.text.get(line..at).map_or(0, |before| before.trim_start_matches('\u{feff}').chars().count())
    }

    fn line_end(&self, at: usize) -> usize {
        self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |length| at + length)
    }

    /// Notes the pieces of a block collection, whose comments begin at `leading`; gives where its last line ends.
    fn read(&mut self, node: &Node, mut leading: usize) -> usize {
        let parts: Vec<(usize, usize, &Node, bool)> = match &node.value {
            Value::Object(members) => {
                members.iter().map(|member| (member.key_start, member.key_end, &member.node, true)).collect()
            }
            Value::Array(items) => items
                .iter()
                .filter_map(|item| {
                    let dash = self.text.get(..item.start)?.rfind('-')?;
                    Some((dash, dash + 1, item, false))
                })
                .collect(),
            _ => Vec::new(),
        };
        let mut end = leading;
        for (start, key_end, value, has_key) in parts {
            let index = self.pieces.len();
            let content = self.text.get(..value.end.max(key_end)).map_or(key_end, |text| text.trim_end().len());
            end = self.line_end(content.max(key_end));
            self.pieces.push(Piece { leading: leading.min(start), start, key_end, end, node: value.clone() });
            if has_key {
                self.origins.note_key(start, index);
            }
            self.origins.note_value(value, index);
            if is_block(self.text, value) {
                // What stands on the line of the key belongs to the key; an item's first member has nothing above it.
                let same_line = self.text.get(key_end..value.start).is_some_and(|between| !between.contains('\n'));
                let inner = if same_line { value.start } else { (self.line_end(key_end) + 1).min(value.start) };
                end = end.max(self.read(value, inner));
                if let Some(piece) = self.pieces.get_mut(index) {
                    piece.end = end;
                }
            }
            leading = (end + 1).min(self.text.len());
        }
        end
    }

    /// The lines of a block collection at an indentation; the first line is not indented.
    fn collection(&self, node: &Node, old: Option<&Node>, column: usize) -> Option<String> {
        let parts: Vec<(Option<&str>, &Node, Option<usize>)> = match &node.value {
            Value::Object(members) => members
                .iter()
                .map(|member| (Some(member.key.as_str()), &member.node, self.origins.of_member(member)))
                .collect(),
            Value::Array(items) => items.iter().map(|item| (None, item, self.origins.of_value(item))).collect(),
            _ => return None,
        };
        if parts.is_empty() {
            return None;
        }
        let indent = " ".repeat(column);
        // Comments of what is gone, by what follows it among the old siblings.
        let mut orphans: BTreeMap<usize, String> = BTreeMap::new();
        let mut open = String::new();
        for index in old.map(|old| self.children(old)).unwrap_or_default() {
            if self.origins.is_used(&index) {
                if !open.is_empty() {
                    orphans.insert(index, std::mem::take(&mut open));
                }
            } else if let Some(piece) = self.pieces.get(index) {
                self.comments(piece, &mut open);
            }
        }
        let mut lines = String::new();
        for (key, value, origin) in parts {
            if let Some(comments) = origin.and_then(|origin| orphans.get(&origin)) {
                push_comments(&mut lines, comments, &indent);
            }
            if let Some((index, piece)) = origin.and_then(|origin| Some((origin, self.pieces.get(origin)?)))
                && self.written.borrow_mut().insert(index)
            {
                let leading = self.text.get(piece.leading..piece.start).unwrap_or_default();
                push_leading(&mut lines, leading, &indent);
            }
            let body = self.piece(key, value, origin, column)?;
            lines.push_str(&indent);
            lines.push_str(&body);
            lines.push('\n');
        }
        push_comments(&mut lines, &open, &indent);
        // The first line stands where the collection begins.
        let lines = lines.strip_suffix('\n').unwrap_or(&lines);
        Some(lines.to_owned())
    }

    /// The pieces right inside a node of the old document.
    fn children(&self, old: &Node) -> Vec<usize> {
        match &old.value {
            Value::Object(members) => {
                members.iter().filter_map(|member| self.origins.at_key(member.key_start)).collect()
            }
            Value::Array(items) => items.iter().filter_map(|item| self.origins.of_value(item)).collect(),
            _ => Vec::new(),
        }
    }

    /// A member or an item from its key or dash on.
    fn piece(&self, key: Option<&str>, value: &Node, origin: Option<usize>, column: usize) -> Option<String> {
        let piece = origin.and_then(|origin| self.pieces.get(origin));
        // A dash is no key, and a key no dash.
        let is_item = |piece: &Piece| {
            self.text.get(piece.start..piece.key_end) == Some("-") && !self.origins.has_key(piece.start)
        };
        let name = match (key, piece) {
            (None, _) => "-".to_owned(),
            (Some(key), Some(piece)) if !is_item(piece) => {
                let written = self.text.get(piece.start..piece.key_end)?;
                let member =
                    Member { key: String::new(), key_start: piece.start, key_end: piece.key_end, node: value.clone() };
                if reads_as_key(written, key) {
                    written.to_owned()
                } else {
                    fix::rename_key_edit(crate::source::Format::Yaml, self.text, &member, key)?.text
                }
            }
            (Some(key), _) => fresh_key(key),
        };
        let colon = if key.is_some() { ":" } else { "" };
        let Some(piece) = piece else { return Some(self.with_value(&name, colon, value, column)) };
        let same_kind = is_item(piece) == key.is_none();
        let old_column = self.column(piece.start);
        if same_kind && piece.node.same(value) && !(self.is_apart && is_new(value)) {
            let rest = self.text.get(piece.key_end..piece.end)?;
            return Some(format!("{name}{}", shifted(rest, old_column, column)));
        }
        if same_kind && kind(value) > 0 && is_flow(self.text, &piece.node) && !is_empty(&piece.node) {
            // What stood on one line stays there. What was empty could not stand otherwise, and gets the style of the rest.
            let before = self.text.get(piece.key_end..piece.node.start)?;
            let after = self.text.get(piece.node.end..piece.end)?;
            return Some(format!("{name}{before}{}{after}", flow(value)));
        }
        let comment = self.comment_behind(piece).filter(|_| !self.is_shared(piece));
        if is_block(self.text, &piece.node) && kind(&piece.node) == kind(value) && !is_empty(value) {
            let inner_old = self.column(piece.node.start);
            let inner = (inner_old + column).saturating_sub(old_column).max(column);
            let between = self.text.get(piece.key_end..piece.node.start)?;
            let lines = self.collection(value, Some(&piece.node), inner)?;
            return Some(if between.contains('\n') || !same_kind {
                let head = between.lines().next().unwrap_or_default();
                let head = if same_kind { head.trim_end() } else { colon };
                if key.is_none() && !same_kind {
                    format!("{name} {}", lines.trim_start())
                } else {
                    format!("{name}{head}\n{lines}")
                }
            } else {
                format!("{name}{between}{}", lines.trim_start_matches(' '))
            });
        }
        if same_kind
            && let Some(text) = self.text.get(piece.node.start..piece.node.end)
            && !matches!(value.value, Value::Array(_) | Value::Object(_))
            && !matches!(piece.node.value, Value::Array(_) | Value::Object(_))
            && !text.is_empty()
        {
            let edit = fix::scalar_edit(crate::source::Format::Yaml, self.text, &piece.node, &value.to_json_text());
            if let Some(edit) = edit {
                let before = self.text.get(piece.key_end..piece.node.start)?;
                let after = self.text.get(piece.node.end..piece.end)?;
                return Some(format!("{name}{}{}{after}", shifted(before, old_column, column), edit.text));
            }
        }
        let mut written = self.with_value(&name, colon, value, column);
        if let Some(comment) = comment {
            let line = written.find('\n').unwrap_or(written.len());
            written.insert_str(line, &format!(" {comment}"));
        }
        Some(written)
    }

    /// A key or a dash, and a value that may have parts with a place in the text.
    fn with_value(&self, name: &str, colon: &str, value: &Node, column: usize) -> String {
        let verbatim = self
            .origins
            .of_value(value)
            .and_then(|origin| self.pieces.get(origin))
            .filter(|piece| piece.node.same(value));
        if let Some(piece) = verbatim {
            let text = self.text.get(piece.node.start..piece.node.end).unwrap_or_default().trim_end();
            if !is_block(self.text, &piece.node) && !text.is_empty() && !text.starts_with(['|', '>']) {
                return format!("{name}{colon} {}", shifted(text, self.column(piece.start), column));
            }
        }
        let is_dash = colon.is_empty();
        let inner = column + 2;
        match self.collection(value, None, inner) {
            Some(lines) if is_dash => format!("{name} {}", lines.trim_start_matches(' ')),
            Some(lines) => format!("{name}{colon}\n{lines}"),
            None => format!("{name}{colon} {}", flow(value)),
        }
    }

    /// Whether the comment on the line of a dash is that of the member that begins there.
    fn is_shared(&self, piece: &Piece) -> bool {
        is_block(self.text, &piece.node)
            && self.text.get(piece.key_end..piece.node.start).is_some_and(|between| !between.contains('\n'))
    }

    /// The comment on the last line of a value that is not a block, or on the line of the key of one that is.
    fn comment_behind(&self, piece: &Piece) -> Option<&'t str> {
        let from = if is_block(self.text, &piece.node) { piece.key_end } else { piece.node.end.max(piece.key_end) };
        let line = self.text.get(from..self.line_end(from))?;
        let at = line.find('#')?;
        let is_comment = line.get(..at).is_some_and(|before| before.ends_with([' ', '\t']));
        is_comment.then(|| line.get(at..)).flatten().map(str::trim_end)
    }

    /// All comments of a piece, each on a line of its own.
    fn comments(&self, piece: &Piece, into: &mut String) {
        let mut lines = |text: &str| {
            for line in text.lines().map(str::trim).filter(|line| line.starts_with('#')) {
                into.push_str(line);
                into.push('\n');
            }
        };
        lines(self.text.get(piece.leading..piece.start).unwrap_or_default());
        if let Some(comment) = self.comment_behind(piece).filter(|_| !self.is_shared(piece)) {
            lines(comment);
        }
        if is_block(self.text, &piece.node) {
            for index in self.children(&piece.node) {
                if let Some(inner) = self.pieces.get(index).filter(|_| !self.origins.is_used(&index)) {
                    self.comments(inner, into);
                }
            }
        }
    }
}

fn push_comments(lines: &mut String, comments: &str, indent: &str) {
    for comment in comments.lines() {
        lines.push_str(indent);
        lines.push_str(comment);
        lines.push('\n');
    }
}

/// Blank lines and comments above a piece.
fn push_leading(lines: &mut String, leading: &str, indent: &str) {
    let Some((leading, _)) = leading.rsplit_once('\n') else { return };
    for line in leading.split('\n') {
        if line.trim().is_empty() {
            lines.push_str(if line.ends_with('\r') { "\r\n" } else { "\n" });
        } else {
            lines.push_str(indent);
            lines.push_str(line.trim_start_matches(' '));
            lines.push('\n');
        }
    }
}

/// Text whose lines after the first stand at another indentation.
fn shifted(text: &str, from: usize, to: usize) -> String {
    if from == to || !text.contains('\n') {
        return text.to_owned();
    }
    let mut lines = text.split('\n');
    let mut shifted = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        shifted.push('\n');
        let spaces = line.len() - line.trim_start_matches(' ').len();
        if line.trim().is_empty() {
            shifted.push_str(line);
        } else {
            shifted.push_str(&" ".repeat((spaces + to).saturating_sub(from)));
            shifted.push_str(line.get(spaces..).unwrap_or_default());
        }
    }
    shifted
}

fn reads_as_key(written: &str, key: &str) -> bool {
    written == key
        || serde_json::from_str::<String>(written).is_ok_and(|text| text == key)
        || written
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .is_some_and(|text| text.replace("''", "'") == key)
}

fn fresh_key(key: &str) -> String {
    fix::yaml_plain_or_quoted(key)
}

/// A value on one line.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::String(text) => fix::yaml_plain_or_quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let member = |member: &Member| format!("{}: {}", fresh_key(&member.key), flow(&member.node));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        _ => node.to_json_text(),
    }
}

/// The lines of a block collection; `None` for scalars and empty collections.
fn fresh_block(node: &Node, column: usize) -> Option<String> {
    let writer =
        Writer { text: "", pieces: Vec::new(), origins: Origins::none(), written: RefCell::default(), is_apart: false };
    writer.collection(node, None, column)
}
