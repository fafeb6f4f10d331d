//! The schemas of one family: loaded, resolvable, and able to say where a demand comes from.

pub mod conjunction;
pub mod evaluate;
pub mod format;
pub mod language;
pub mod lint;
pub mod load;
pub mod metaschema;
pub mod pattern;
pub mod quantity;
pub mod references;
pub mod same;
mod spelling;
pub mod subschemas;
pub mod types;
pub mod view;

use std::collections::BTreeMap;

use referencing::Registry;
use serde_json::Value;

use crate::pointer::Pointer;
use crate::source::Node;
use pattern::Patterns;
use view::View;

/// A schema file that could be parsed.
#[derive(Debug)]
pub struct SchemaFile {
    /// The name in the bundle.
    pub name: String,
    /// The tree, for the author's digits.
    pub root: Node,
}

/// Where a demand stands: the URI of the schema resource, and a pointer into that resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyword {
    /// The URI of the resource, without fragment.
    pub base: String,
    /// The pointer to the keyword.
    pub pointer: Pointer,
}

impl Keyword {
    /// The name of the keyword: the last token, or the one before for a list item.
    pub fn name(&self) -> String {
        self.pointer.last().unwrap_or_default()
    }

    /// The schema that holds the keyword.
    pub fn schema(&self) -> Self {
        Self { base: self.base.clone(), pointer: self.pointer.parent().unwrap_or_default() }
    }

    /// The place `token` below this one.
    pub fn child(&self, token: &str) -> Self {
        Self { base: self.base.clone(), pointer: self.pointer.child(token) }
    }
}

/// All schemas that a family can refer to.
#[derive(Debug)]
pub struct SchemaSet {
    registry: Registry<'static>,
    files: Vec<SchemaFile>,
    /// From the URI of a resource (a file, or an embedded schema with `$id`) to its file and place in it.
    resources: BTreeMap<String, (usize, Pointer)>,
    patterns: Patterns,
    /// Whether `format` asserts.
    formats: bool,
}

impl SchemaSet {
    /// The schema at a place.
    pub fn view(&self, keyword: &Keyword) -> Option<View<'_>> {
        let base = referencing::uri::from_str(&keyword.base).ok()?;
        let resolved = self.registry.resolver(base).lookup(&keyword.base).ok()?;
        let mut view = View::new(resolved, &self.patterns, self.formats);
        let mut value = view.contents;
        for token in keyword.pointer.tokens() {
            value = match value {
                Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
                Value::Object(members) => members.get(&token)?,
                _ => return None,
            };
            if value.get("$id").or_else(|| value.get("id")).is_some_and(Value::is_string) {
                view = view.enter(value);
            }
        }
        Some(view.at(value))
    }

    /// Where a subschema stands: its file and the place in it.
    pub fn place_of(&self, view: &View<'_>) -> Option<(&str, Pointer)> {
        self.resources.iter().filter(|(_, (_, prefix))| *prefix == Pointer::root()).find_map(|(uri, (index, _))| {
            let root = self.view(&Keyword { base: uri.clone(), pointer: Pointer::root() })?;
            let mut open = vec![(root.contents, Pointer::root())];
            while let Some((value, at)) = open.pop() {
                if std::ptr::eq(value, view.contents) {
                    return Some((self.files.get(*index)?.name.as_str(), at));
                }
                open.extend(
                    subschemas::of(value).into_iter().map(|(tokens, child)| {
                        (child, tokens.iter().fold(at.clone(), |place, token| place.child(token)))
                    }),
                );
            }
            None
        })
    }

    /// A validator of a subschema alone.
    pub fn validator(&self, view: &View<'_>) -> Option<jsonschema::Validator> {
        let (file, place) = self.place_of(view)?;
        let uri = load::file_uri(file);
        jsonschema::options()
            .with_registry(&self.registry)
            .should_validate_formats(self.formats)
            .build(&serde_json::json!({ "$ref": format!("{uri}#{place}") }))
            .ok()
    }

    /// The tree of a file, for its positions.
    pub fn tree(&self, file: &str) -> Option<&Node> {
        self.files.iter().find(|candidate| candidate.name == file).map(|candidate| &candidate.root)
    }

    /// How findings name a place: file, `#`, pointer. A place outside the family is named by its URI.
    pub fn name(&self, keyword: &Keyword) -> String {
        match self.resources.get(&keyword.base) {
            Some((index, prefix)) => {
                let file = self.files.get(*index).map_or("", |file| file.name.as_str());
                format!("{file}#{prefix}{}", keyword.pointer)
            }
            None => format!("{}#{}", keyword.base, keyword.pointer),
        }
    }

    /// The text of the value at a place, with the author's digits.
    pub fn node(&self, keyword: &Keyword) -> Option<&Node> {
        let (index, prefix) = self.resources.get(&keyword.base)?;
        let pointer = Pointer::parse(&format!("{prefix}{}", keyword.pointer)).ok()?;
        self.files.get(*index)?.root.find(&pointer)
    }
}
