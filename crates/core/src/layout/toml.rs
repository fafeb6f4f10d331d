//! TOML: `toml_edit` keeps what stands around keys and values, so a changed document is put together again from its parts.

use std::collections::BTreeMap;

use toml_edit::{
    Array, ArrayOfTables, Decor, DocumentMut, ImDocument, InlineTable, Item, Key, RawString, Table, TableLike,
    Value as Toml,
};

use super::origins::Origins;
use crate::pointer::Pointer;
use crate::source::{Member, Node, Value};

/// The text of `new`, whose parts stand in `text` where they have places.
pub(super) fn rewrite(text: &str, old: &Node, new: &Node) -> Option<String> {
    let (Value::Object(before), Value::Object(after)) = (&old.value, &new.value) else { return None };
    let document = ImDocument::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?.into_mut();
    let mut origins = Origins::none();
    read(before, &Pointer::root(), &mut origins);
    origins.mark(new);
    let writer = Writer { source: document.as_table(), old, origins: &origins };
    let table = writer.table(after, Some((document.as_table(), &Pointer::root())))?;
    let mut written = DocumentMut::from(table);
    written.set_trailing(document.trailing().clone());
    let lost = writer.trailing_comments();
    if !lost.is_empty() {
        let trailing = document.trailing().as_str().unwrap_or_default();
        written.set_trailing(format!("{lost}{trailing}"));
    }
    Some(written.to_string())
}

/// A document where there is no text to keep.
pub(super) fn fresh(new: &Node) -> Option<String> {
    let empty = Node { value: Value::Object(Vec::new()), start: 0, end: 0 };
    let mut document = new.clone();
    document.forget_places();
    rewrite("", &empty, &document)
}

/// Notes the members of a table and what is inside them by their pointers. Headers repeat the keys of the tables around them.
fn read(members: &[Member], around: &Pointer, origins: &mut Origins<Pointer>) {
    for member in members {
        let at = around.child(&member.key);
        origins.note_key(member.key_start, at.clone());
        read_value(&member.node, at, origins);
    }
}

fn read_value(node: &Node, at: Pointer, origins: &mut Origins<Pointer>) {
    match &node.value {
        Value::Object(members) => read(members, &at, origins),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| read_value(item, at.item(index), origins));
        }
        _ => {}
    }
    origins.note_value(node, at);
}

struct Writer<'w> {
    source: &'w Table,
    old: &'w Node,
    origins: &'w Origins<Pointer>,
}

impl<'w> Writer<'w> {
    /// The key and the item at a place of the old document.
    fn entry(&self, at: &Pointer) -> Option<(&'w Key, &'w Item)> {
        let mut tokens = at.tokens().peekable();
        let mut table: &dyn TableLike = self.source;
        let mut found = None;
        while let Some(token) = tokens.next() {
            let (key, item) = table.get_key_value(&token)?;
            found = Some((key, item));
            if tokens.peek().is_none() {
                break;
            }
            if let Item::ArrayOfTables(tables) = item {
                table = tables.get(tokens.next()?.parse().ok()?)?;
                continue;
            }
            // Items of arrays have no key of their own.
            table = item.as_table_like()?;
        }
        found
    }

    /// The value at a place of the old document, also inside arrays.
    fn value(&self, at: &Pointer) -> Option<Toml> {
        let around = at.parent()?;
        let last = at.last()?;
        if let Some((_, item)) = self.entry(at) {
            return item.as_value().cloned();
        }
        let outer = match self.entry(&around) {
            Some((_, item)) => item.as_value().cloned(),
            None => self.value(&around),
        }?;
        match outer {
            Toml::Array(array) => array.get(last.parse().ok()?).cloned(),
            Toml::InlineTable(table) => table.get(&last).cloned(),
            _ => None,
        }
    }

    fn table(&self, members: &[Member], source: Option<(&Table, &Pointer)>) -> Option<Table> {
        let mut table = match source {
            Some((source, _)) => {
                let mut table = source.clone();
                table.clear();
                table
            }
            None => {
                let mut table = Table::new();
                let nests = |member: &Member| matches!(member.node.value, Value::Object(_));
                table.set_implicit(!members.is_empty() && members.iter().all(nests));
                table
            }
        };
        let (orphans, last) = source.map(|(source, at)| self.orphans(source, at)).unwrap_or_default();
        let indent = source.and_then(|(source, _)| indent(source)).unwrap_or_default();
        for member in members {
            let origin = self.origins.of_member(member);
            let entry = origin.as_ref().and_then(|at| Some((at, self.entry(at)?)));
            let (mut key, item) = match entry {
                Some((at, (key, item))) => {
                    let mut renamed = if key.get() == member.key { key.clone() } else { Key::new(&member.key) };
                    *renamed.leaf_decor_mut() = key.leaf_decor().clone();
                    *renamed.dotted_decor_mut() = key.dotted_decor().clone();
                    let written = self.item(&member.node, Some((item, at)))?;
                    if written.is_value() && !item.is_value() {
                        // A header has nothing around its key, and comments of its own.
                        renamed.leaf_decor_mut().set_prefix(indent.clone());
                        renamed.leaf_decor_mut().set_suffix(" ");
                    }
                    (renamed, written)
                }
                None => {
                    let mut key = Key::new(&member.key);
                    let item = self.item(&member.node, None)?;
                    if item.is_value() {
                        key.leaf_decor_mut().set_prefix(indent.clone());
                        key.leaf_decor_mut().set_suffix(" ");
                    }
                    (key, item)
                }
            };
            if let Some(comments) = origin.as_ref().and_then(|at| orphans.get(at)) {
                let mut item = item;
                match &mut item {
                    Item::Table(inner) => put_before(inner.decor_mut(), comments),
                    Item::ArrayOfTables(tables) => {
                        if let Some(first) = tables.get_mut(0) {
                            put_before(first.decor_mut(), comments);
                        }
                    }
                    _ => put_before(key.leaf_decor_mut(), comments),
                }
                table.insert_formatted(&key, item);
                continue;
            }
            table.insert_formatted(&key, item);
        }
        if !last.is_empty() && source.is_some_and(|(_, at)| *at != Pointer::root()) {
            put_before(table.decor_mut(), &last);
        }
        Some(table)
    }

    /// The comments of members that are nowhere any more, by the member that follows them in their table, and those that
    /// nothing follows.
    fn orphans(&self, source: &Table, at: &Pointer) -> (BTreeMap<Pointer, String>, String) {
        let mut orphans = BTreeMap::new();
        let mut open = String::new();
        for (name, item) in source.iter() {
            let place = at.child(name);
            if self.origins.is_used(&place) {
                if !open.is_empty() {
                    orphans.insert(place, std::mem::take(&mut open));
                }
                continue;
            }
            if let Some((key, _)) = source.get_key_value(name) {
                comments(key.leaf_decor(), &mut open);
            }
            comments_of(item, &mut open);
        }
        (orphans, open)
    }

    /// Comments of members of the whole document that are nowhere any more and that nothing follows.
    fn trailing_comments(&self) -> String {
        self.orphans(self.source, &Pointer::root()).1
    }

    fn item(&self, node: &Node, source: Option<(&Item, &Pointer)>) -> Option<Item> {
        if let Some((item, at)) = source
            && self.old.find(at).is_some_and(|old| old.same(node))
        {
            return Some(item.clone());
        }
        match (&node.value, source) {
            (Value::Object(members), Some((Item::Table(table), at))) => {
                Some(Item::Table(self.table(members, Some((table, at)))?))
            }
            (Value::Object(members), None) => Some(Item::Table(self.table(members, None)?)),
            (Value::Array(items), _) if self.is_of_tables(items, source) => self.tables(items, source),
            _ => {
                let value = self.inline(node)?;
                Some(Item::Value(match source.and_then(|(item, _)| item.as_value()) {
                    Some(before) => with_decor(value, before.decor()),
                    None => value,
                }))
            }
        }
    }

    fn is_of_tables(&self, items: &[Node], source: Option<(&Item, &Pointer)>) -> bool {
        let all = !items.is_empty() && items.iter().all(|item| matches!(item.value, Value::Object(_)));
        let was = matches!(source, Some((Item::ArrayOfTables(_), _)));
        let has = |item: &Node| self.origins.of_value(item).is_some_and(|at| self.table_at(&at).is_some());
        all && (was || items.iter().any(has))
    }

    /// The table at a place of the old document.
    fn table_at(&self, at: &Pointer) -> Option<&'w Table> {
        match self.entry(at) {
            Some((_, Item::Table(table))) => Some(table),
            Some((_, Item::ArrayOfTables(tables))) => tables.get(at.last()?.parse().ok()?),
            _ => {
                let (_, Item::ArrayOfTables(tables)) = self.entry(&at.parent()?)? else { return None };
                tables.get(at.last()?.parse().ok()?)
            }
        }
    }

    fn tables(&self, items: &[Node], source: Option<(&Item, &Pointer)>) -> Option<Item> {
        let mut tables = ArrayOfTables::new();
        for item in items {
            let Value::Object(members) = &item.value else { return None };
            let origin = self.origins.of_value(item);
            let known = origin.as_ref().and_then(|at| Some((self.table_at(at)?, at)));
            let mut table = self.table(members, known)?;
            table.set_implicit(false);
            tables.push(table);
        }
        // Tables that are gone leave their comments.
        if let Some((Item::ArrayOfTables(before), at)) = source {
            let mut open = String::new();
            for (index, table) in before.iter().enumerate() {
                let place = at.item(index);
                if !items.iter().any(|item| self.origins.of_value(item).as_ref() == Some(&place)) {
                    comments_of(&Item::Table(table.clone()), &mut open);
                }
            }
            if let (false, Some(first)) = (open.is_empty(), tables.get_mut(0)) {
                put_before(first.decor_mut(), &open);
            }
        }
        Some(Item::ArrayOfTables(tables))
    }

    /// A value on one line, or on the lines that it had.
    fn inline(&self, node: &Node) -> Option<Toml> {
        let origin = self.origins.of_value(node);
        let before = origin.as_ref().and_then(|at| self.value(at));
        if let (Some(at), Some(before)) = (&origin, &before)
            && self.old.find(at).is_some_and(|old| old.same(node))
        {
            return Some(before.clone());
        }
        Some(match &node.value {
            Value::Null => return None,
            Value::Bool(truth) => (*truth).into(),
            Value::Number(digits) => digits.parse::<Toml>().ok()?,
            Value::String(text) => text.as_str().into(),
            Value::Array(items) => {
                let mut array = match before {
                    Some(Toml::Array(mut array)) => {
                        array.clear();
                        array
                    }
                    _ => Array::new(),
                };
                for item in items {
                    let value = self.inline(item)?;
                    let was_item = self.origins.of_value(item).and_then(|at| self.old.find(&at.parent()?));
                    let was_item = was_item.is_some_and(|around| matches!(around.value, Value::Array(_)));
                    if was_item { array.push_formatted(value) } else { array.push(value) }
                }
                if array.iter().all(|item| item.decor().prefix().and_then(RawString::as_str) == Some("")) {
                    array.fmt();
                }
                Toml::Array(array)
            }
            Value::Object(members) => {
                let mut table = InlineTable::new();
                for member in members {
                    table.insert(&member.key, self.inline(&member.node)?);
                }
                table.fmt();
                Toml::InlineTable(table)
            }
        })
    }
}

fn with_decor(mut value: Toml, decor: &Decor) -> Toml {
    *value.decor_mut() = decor.clone();
    value
}

/// How the keys of a table are indented.
fn indent(table: &Table) -> Option<String> {
    let key = table.iter().find(|(_, item)| item.is_value()).and_then(|(name, _)| table.key(name))?;
    let prefix = key.leaf_decor().prefix()?.as_str()?;
    Some(prefix.rsplit('\n').next().unwrap_or_default().to_owned())
}

/// The comments of a decor, each on a line of its own.
fn comments(decor: &Decor, into: &mut String) {
    for part in [decor.prefix(), decor.suffix()] {
        let lines = part.and_then(RawString::as_str).unwrap_or_default().lines();
        for line in lines.filter(|line| line.trim_start().starts_with('#')) {
            into.push_str(line.trim());
            into.push('\n');
        }
    }
}

/// All comments inside an item.
fn comments_of(item: &Item, into: &mut String) {
    let inside = |table: &Table, into: &mut String| {
        for (name, item) in table.iter() {
            if let Some(key) = table.key(name) {
                comments(key.leaf_decor(), into);
            }
            comments_of(item, into);
        }
    };
    match item {
        Item::Value(value) => {
            comments(value.decor(), into);
            if let Toml::Array(array) = value {
                array.iter().for_each(|item| comments(item.decor(), into));
                let lines = array.trailing().as_str().unwrap_or_default().lines();
                for line in lines.filter(|line| line.trim_start().starts_with('#')) {
                    into.push_str(line);
                    into.push('\n');
                }
            }
        }
        Item::Table(table) => {
            comments(table.decor(), into);
            inside(table, into);
        }
        Item::ArrayOfTables(tables) => {
            for table in tables {
                comments(table.decor(), into);
                inside(table, into);
            }
        }
        Item::None => {}
    }
}

/// Puts lines of comments before what a decor stands before.
fn put_before(decor: &mut Decor, comments: &str) {
    let prefix = decor.prefix().and_then(RawString::as_str).unwrap_or_default().to_owned();
    // Blank lines at the start stay at the start.
    let blank = prefix.len() - prefix.trim_start_matches(['\n', '\r']).len();
    let (blank, rest) = prefix.split_at(blank);
    decor.set_prefix(format!("{blank}{comments}{rest}"));
}
