//! The chain of migrations of a family: one document from any version to any other, up or down.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::blocked::Blocked;
use super::complement::Records;
use super::file::{self, Contents, Migration};
use super::step::{self, Direction, Run};
use super::version::declare;
use crate::bundle::Family;
use crate::checks;
use crate::finding::Draft;
use crate::layout;
use crate::layout::patch::Hunk;
use crate::schema::load::LoadedFamily;
use crate::source::{self, Format, Limits, Node};

/// What the way back needs for a document, by the newer version of each migration that it came through.
///
/// It travels as one string, to be kept beside the document as it is: most readers of JSON would lose digits of the values in
/// it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Complement(BTreeMap<u32, Kept>);

impl Serialize for Complement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(&self.0).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Complement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let wrong =
            |error| serde::de::Error::custom(format!("the complement is not one that a conversion left: {error}"));
        serde_json::from_str(&text).map(Self).map_err(wrong)
    }
}

/// What the way back through one migration needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// What the steps left.
    #[serde(skip_serializing_if = "Records::is_empty", default)]
    steps: Records,
    /// Lines of the text as it was, where the tree alone does not tell them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    layout: Vec<Hunk>,
}

/// A document on its way.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its tree, with the places in its text.
    pub root: Node,
    /// Its text.
    pub text: String,
    /// The format of the text.
    pub format: Format,
    /// Whether the layout of the text is kept. Otherwise the format is JSON.
    pub layout: bool,
}

impl Complement {
    /// Whether the way back needs nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The migrations of a family.
#[derive(Debug)]
pub struct Chain {
    /// What each file holds, by its name.
    pub files: BTreeMap<String, Contents>,
    /// The migrations that can be run, by the version that they start from.
    by_from: BTreeMap<u32, (String, Migration)>,
}

/// Why a document did not arrive.
#[derive(Debug)]
pub enum Stopped {
    /// A step of this file cannot be done.
    Blocked(String, Box<Blocked>),
    /// There is no way from a version to the next.
    NoWay(Box<Draft>),
    /// What comes out cannot be written in the format of the document.
    Unwritable,
}

impl Chain {
    /// Reads the migrations of a family.
    #[must_use]
    pub fn load(name: &str, family: &Family, schema: &LoadedFamily, limits: &Limits) -> Self {
        let mut files = BTreeMap::new();
        let mut by_from: BTreeMap<u32, (String, Migration)> = BTreeMap::new();
        for file in &family.migrations {
            let mut contents = file::read(file, schema, limits);
            if let Some(migration) = contents.migration.clone().filter(|migration| migration.settings == name) {
                match by_from.get(&migration.from) {
                    Some((other, _)) => {
                        contents.drafts.push(checks::two_ways::draft(other, migration.from));
                        contents.migration = None;
                    }
                    None => {
                        by_from.insert(migration.from, (file.file.clone(), migration));
                    }
                }
            }
            files.insert(file.file.clone(), contents);
        }
        Self { files, by_from }
    }

    /// Takes a document to the next version on its way, up or down, and its complement with it; gives that version.
    ///
    /// # Errors
    /// When a step cannot be done, when there is no migration on the way, or when the format has no words for what comes out.
    /// The document is half-way then and must be thrown away.
    pub fn hop(
        &self,
        family: &Family,
        document: &mut Document,
        (at, to): (u32, u32),
        complement: &mut Complement,
    ) -> Result<u32, Stopped> {
        let (direction, lower, next) =
            if at < to { (Direction::Up, at, at + 1) } else { (Direction::Down, at - 1, at - 1) };
        let (file, migration) = self
            .by_from
            .get(&lower)
            .ok_or_else(|| Stopped::NoWay(Box::new(checks::no_way::draft(lower, lower + 1))))?;
        let known = complement.0.remove(&(lower + 1)).unwrap_or_default();
        // How the text is laid out can only be told from the tree that it was read into.
        let former = document.layout.then(|| document.root.clone());
        let steps = step::run(&migration.steps, &mut document.root, &Run::on_document(direction), &known.steps)
            .map_err(|blocked| Stopped::Blocked(file.clone(), Box::new(blocked)))?;
        declare(family, &mut document.root, next);
        let arrived = next == to;
        let layout = match former {
            Some(former) => lay_out(document, &former, &known.layout, arrived).ok_or(Stopped::Unwritable)?,
            None => {
                if arrived {
                    document.text = document.root.to_json_text();
                }
                Vec::new()
            }
        };
        if !steps.is_empty() || !layout.is_empty() {
            complement.0.insert(lower + 1, Kept { steps, layout });
        }
        Ok(next)
    }
}

/// Writes the tree of a document into its text, with what the text had around the `former` tree, and gives what the way back needs
/// of it. `None` when the format has no words for it.
fn lay_out(document: &mut Document, former: &Node, known: &[Hunk], arrived: bool) -> Option<Vec<Hunk>> {
    let text = layout::restore(document.text.as_bytes(), document.format, former, &document.root, known)?;
    let layout = layout::remember(document.text.as_bytes(), former, &text);
    // Where things stand is needed for the next version on the way only.
    if !arrived {
        document.root = source::reread(&text, document.format)?;
    }
    document.text = text;
    Some(layout)
}
