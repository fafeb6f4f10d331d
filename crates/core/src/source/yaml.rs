//! YAML 1.2 with the core schema, from the events of `granit-parser`.
//!
//! Why `granit-parser` 2.2 and not `saphyr-parser` 0.3 (both descend from `yaml-rust2`; measured November 2026, one
//! core, release build):
//!
//! | | granit-parser 2.2.0 | saphyr-parser 0.3.4 |
//! |---|---|---|
//! | events of a 6.1 MB settings file | 10–12 MB/s | 10–14 MB/s |
//! | positions | byte offsets | characters only, so every span would need a second pass |
//! | span of a tagged or anchored value | the value | tag or anchor included |
//! | `key:<tab>value`, which YAML 1.2 allows | accepted | refused |
//! | nesting limit | flow and block, settable | flow only; 100,000 × `- ` nests 100,000 deep |
//! | errors | an enum | text |
//! | WebAssembly, opt-level z, before compression | 121 kB | 86 kB |
//!
//! Speed is a draw; correctness and positions decide.

mod faults;
mod leaf;
mod scalar;

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle, Tag};

use super::checks::limit_exceeded::{self, Limit};
use super::checks::{
    duplicate_key, empty_document, key_not_a_string, multiple_documents, recursive_alias, syntax_error, unknown_tag,
};
use super::path::Path;
use super::tree::without_duplicates;
use super::{Format, Limits, Member, Node, Value};
use crate::finding::{Draft, Place};
use crate::pointer::Pointer;
use scalar::Plain;

/// Surprises beyond this many are left out: the author has seen the pattern by then.
const MOST_SURPRISES: usize = 50;

/// Whether YAML 1.2 and YAML 1.1 readers both take a plain scalar for a string.
pub(crate) fn is_string_for_every_reader(text: &str) -> bool {
    let odd = text == "=" || text == "<<" || text.starts_with(|first: char| first.is_ascii_digit());
    !odd && scalar::resolve(text) == Plain::String && scalar::surprise(text).is_none()
}

pub(super) fn parse(text: &str, limits: &Limits, drafts: &mut Vec<Draft>) -> Option<Node> {
    // One more than the depth, so that the reader below says it and not the library.
    let nesting = limits.nesting() + 1;
    let mut options = granit_parser::options! { flow_nesting_limit: nesting, block_nesting_limit: nesting };
    options.set_emit_comments(false);
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, options),
        text,
        has_aliases: text.contains('*'),
        limits,
        spent: Cost::default(),
        kept: Cost::default(),
        anchors: BTreeMap::new(),
        path: Path::default(),
        before: 0,
        end: 0,
        drafts,
    };
    reader.stream().ok().flatten()
}

/// The draft is written; nothing sensible can follow.
struct Stop;

/// What a tree takes: values, and bytes of keys and strings.
#[derive(Clone, Copy, Default)]
struct Cost {
    values: usize,
    bytes: usize,
}

/// A complete value that aliases may repeat.
struct Anchored {
    node: Node,
    cost: Cost,
    height: usize,
}

/// An event with its byte range.
struct Lexeme<'a> {
    event: Event<'a>,
    start: usize,
    end: usize,
}

struct Reader<'a, 'd> {
    events: Parser<'a, StrInput<'a>>,
    text: &'a str,
    /// Without a star in the text nothing has to be kept for aliases.
    has_aliases: bool,
    limits: &'d Limits,
    /// What the tree has cost so far.
    spent: Cost,
    /// What the copies for aliases have cost so far. INVARIANT: within the same limits as the tree.
    kept: Cost,
    /// `None` while the value is still being read.
    anchors: BTreeMap<usize, Option<Anchored>>,
    path: Path<'a>,
    /// Where the event before the current one ended.
    before: usize,
    /// Where the current event ends.
    end: usize,
    drafts: &'d mut Vec<Draft>,
}

impl<'a> Reader<'a, '_> {
    fn stream(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let lexeme = self.next()?;
            match lexeme.event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if root.is_some() => {
                    self.drafts.push(multiple_documents::draft(lexeme.start, lexeme.end));
                    return Ok(root);
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ => root = Some(self.node(lexeme)?.0),
            }
        }
        // An empty document is null for YAML, but nobody wrote that null.
        let written = root.filter(|node| node.value != Value::Null || node.start < node.end);
        if written.is_none() {
            self.drafts.push(empty_document::draft(Format::Yaml));
        }
        Ok(written)
    }

    /// A value, and how deep arrays and objects nest in it.
    fn node(&mut self, lexeme: Lexeme<'a>) -> Result<(Node, usize), Stop> {
        let before = self.spent;
        let (start, end) = (lexeme.start, lexeme.end);
        self.spend(Cost { values: 1, bytes: 0 }, start, end)?;
        let (node, height, anchor) = match lexeme.event {
            Event::Alias(anchor) => return self.alias(anchor, start, end),
            Event::Scalar(text, style, anchor, tag) => {
                let (start, end) = self.scalar_range(style, start, end);
                let value = self.scalar(&text, style, tag.as_deref(), start, end)?;
                (Node { value, start, end }, 0, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(anchor, tag.as_deref(), "seq", start, end)?;
                let (node, height) = self.sequence(style, start)?;
                (node, height, anchor)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(anchor, tag.as_deref(), "map", start, end)?;
                let (node, height) = self.mapping(style, start)?;
                (node, height, anchor)
            }
            _ => {
                let draft = syntax_error::draft(self.pointer(), start, end, "a value is missing here", "a value");
                return Err(self.stop(draft));
            }
        };
        let cost = Cost { values: self.spent.values - before.values, bytes: self.spent.bytes - before.bytes };
        self.keep(anchor, &node, cost, height)?;
        Ok((node, height))
    }

    fn open(&mut self, anchor: usize, tag: Option<&Tag>, kind: &str, start: usize, end: usize) -> Result<(), Stop> {
        if self.path.depth() >= self.limits.nesting() {
            return Err(self.limit(Limit::Depth, self.limits.nesting(), start, end));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        match tag.map(leaf::core_tag) {
            Some(Some("str" | "int" | "float" | "bool" | "null")) => Err(self.misfit(start, end)),
            Some(Some(name)) if name != kind => Err(self.misfit(start, end)),
            Some(None) => {
                self.surprise(unknown_tag::draft(self.pointer(), start, end));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn sequence(&mut self, style: StructureStyle, start: usize) -> Result<(Node, usize), Stop> {
        let mut items: Vec<Node> = Vec::new();
        let mut height = 0;
        loop {
            let lexeme = self.next()?;
            if lexeme.event == Event::SequenceEnd {
                let last = items.last().map_or(start, |item| item.end);
                let end = if style == StructureStyle::Flow { lexeme.end } else { last };
                return Ok((Node { value: Value::Array(items), start, end }, height + 1));
            }
            self.path.enter_item(items.len());
            let (item, item_height) = self.node(lexeme)?;
            self.path.leave();
            height = height.max(item_height);
            items.push(item);
        }
    }

    fn mapping(&mut self, style: StructureStyle, start: usize) -> Result<(Node, usize), Stop> {
        let mut members: Vec<Member> = Vec::new();
        let mut height = 0;
        let end = loop {
            let lexeme = self.next()?;
            if lexeme.event == Event::MappingEnd {
                let last = members.last().map_or(start, |member| member.node.end);
                break if style == StructureStyle::Flow { lexeme.end } else { last };
            }
            let (key_start, key_end) = (lexeme.start, lexeme.end);
            let key = self.key(lexeme)?;
            self.path.enter_key(key.clone());
            let value = self.next()?;
            let (node, node_height) = self.node(value)?;
            self.path.leave();
            height = height.max(node_height);
            members.push(Member { key: key.into_owned(), key_start, key_end, node });
        };
        let (members, duplicates) = without_duplicates(members);
        for duplicate in duplicates {
            let instance = self.pointer().child(&duplicate.key);
            self.drafts.push(duplicate_key::draft(instance, duplicate.first, duplicate.second));
        }
        Ok((Node { value: Value::Object(members), start, end }, height + 1))
    }

    fn key(&mut self, lexeme: Lexeme<'a>) -> Result<Cow<'a, str>, Stop> {
        let (start, end) = (lexeme.start, lexeme.end);
        let key = match lexeme.event {
            Event::Scalar(text, style, anchor, tag) => {
                // The library writes an empty plain scalar as `~`.
                let text = if start == end { Cow::Borrowed("") } else { text };
                let node = Node { value: Value::String(text.to_string()), start, end };
                self.keep(anchor, &node, Cost { values: 1, bytes: text.len() }, 0)?;
                if style == ScalarStyle::Plain && tag.is_none() {
                    self.plain_key(&text, start, end);
                }
                text
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(Some(Anchored {
                    node: Node { value: Value::String(text) | Value::Number(text), .. }, ..
                })) => Cow::Owned(text.clone()),
                _ => return Err(self.no_key(start, end)),
            },
            _ => return Err(self.no_key(start, end)),
        };
        self.spend(Cost { values: 0, bytes: key.len() }, start, end)?;
        Ok(key)
    }

    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> Result<(Node, usize), Stop> {
        let Some(Some(anchored)) = self.anchors.get(&anchor) else {
            let draft = recursive_alias::draft(self.pointer(), start, end);
            return Err(self.stop(draft));
        };
        let (cost, height) = (anchored.cost, anchored.height);
        if self.path.depth() + height > self.limits.nesting() {
            return Err(self.limit(Limit::Depth, self.limits.nesting(), start, end));
        }
        // The alias itself is paid for already.
        self.spend(Cost { values: cost.values.saturating_sub(1), bytes: cost.bytes }, start, end)?;
        let value = match self.anchors.get(&anchor) {
            Some(Some(anchored)) => anchored.node.value.clone(),
            _ => Value::Null,
        };
        Ok((Node { value, start, end }, height))
    }

    fn keep(&mut self, anchor: usize, node: &Node, cost: Cost, height: usize) -> Result<(), Stop> {
        if anchor == 0 || !self.has_aliases {
            return Ok(());
        }
        self.kept.values += cost.values;
        self.kept.bytes += cost.bytes;
        self.within(self.kept, node.start, node.end)?;
        self.anchors.insert(anchor, Some(Anchored { node: node.clone(), cost, height }));
        Ok(())
    }

    fn spend(&mut self, cost: Cost, start: usize, end: usize) -> Result<(), Stop> {
        self.spent.values += cost.values;
        self.spent.bytes += cost.bytes;
        self.within(self.spent, start, end)
    }

    fn within(&mut self, cost: Cost, start: usize, end: usize) -> Result<(), Stop> {
        if cost.values > self.limits.nodes {
            return Err(self.limit(Limit::Nodes, self.limits.nodes, start, end));
        }
        if cost.bytes > self.limits.bytes {
            return Err(self.limit(Limit::Expanded, self.limits.bytes, start, end));
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Lexeme<'a>, Stop> {
        self.before = self.end;
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let start = offset(&span.start);
                self.end = offset(&span.end).max(start);
                Ok(Lexeme { event, start, end: self.end })
            }
            Some(Err(error)) => {
                let draft = faults::draft(self.text, self.pointer(), &error, self.limits);
                Err(self.stop(draft))
            }
            None => Ok(Lexeme { event: Event::StreamEnd, start: self.text.len(), end: self.text.len() }),
        }
    }

    fn no_key(&mut self, start: usize, end: usize) -> Stop {
        let draft = key_not_a_string::collection(self.pointer(), start, end);
        self.stop(draft)
    }

    fn misfit(&mut self, start: usize, end: usize) -> Stop {
        let draft = syntax_error::draft(
            self.pointer(),
            start,
            end,
            "the value does not fit the tag before it",
            "a value of the type that the tag names",
        );
        self.stop(draft)
    }

    fn limit(&mut self, limit: Limit, most: usize, start: usize, end: usize) -> Stop {
        let draft = limit_exceeded::draft(limit, most, self.pointer(), Place::Bytes(start, end));
        self.stop(draft)
    }

    fn surprise(&mut self, draft: Draft) {
        if self.drafts.len() < MOST_SURPRISES {
            self.drafts.push(draft);
        }
    }

    fn stop(&mut self, draft: Draft) -> Stop {
        self.drafts.push(draft);
        Stop
    }

    fn pointer(&self) -> Pointer {
        self.path.pointer()
    }
}

fn offset(marker: &granit_parser::Marker) -> usize {
    // Bytes are known for text that is in memory, which this always is.
    marker.byte_offset().unwrap_or_else(|| marker.index())
}
