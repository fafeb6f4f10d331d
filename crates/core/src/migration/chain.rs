//! The chain of migrations of a family: one document from any version to any other, up or down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::blocked::Blocked;
use super::complement::Records;
use super::file::{self, Contents, Migration};
use super::step::{self, Direction, Run};
use super::version::declare;
use crate::bundle::Family;
use crate::checks;
use crate::finding::Draft;
use crate::schema::load::LoadedFamily;
use crate::source::{Limits, Node};

/// What the way back needs for a document, by the newer version of each migration that it came through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Complement(BTreeMap<u32, Records>);

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
    Blocked(String, Blocked),
    /// There is no way from a version to the next.
    NoWay(Box<Draft>),
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

    /// Takes a document from one version to another, and its complement with it.
    ///
    /// # Errors
    /// When a step cannot be done, or when there is no migration on the way. The document is half-way then and must be thrown
    /// away.
    pub fn convert(
        &self,
        family: &Family,
        document: &mut Node,
        (from, to): (u32, u32),
        complement: &mut Complement,
    ) -> Result<(), Stopped> {
        let mut at = from;
        while at != to {
            let direction = if at < to { Direction::Up } else { Direction::Down };
            let (lower, next) = if at < to { (at, at + 1) } else { (at - 1, at - 1) };
            let (file, migration) =
                self.by_from.get(&lower).ok_or_else(|| Stopped::NoWay(Box::new(checks::no_way::draft(lower, lower + 1))))?;
            let records = complement.0.remove(&(lower + 1)).unwrap_or_default();
            let kept = step::run(&migration.steps, document, &Run::on_document(direction), &records)
                .map_err(|blocked| Stopped::Blocked(file.clone(), blocked))?;
            if !kept.is_empty() {
                complement.0.insert(lower + 1, kept);
            }
            declare(family, document, next);
            at = next;
        }
        Ok(())
    }
}
