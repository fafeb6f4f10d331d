//! A project: its file, understood, and what can be asked about it.

use std::path::{Path, PathBuf};

use setpoint_core::bundle::Bundle;
use setpoint_core::finding::Finding;
use setpoint_core::pointer::Pointer;

use crate::checks::{GLOB_MATCHES_NOTHING, GOVERNED_TWICE};
use crate::config::{self, Config, Family};
use crate::documents::{self, Documents};
use crate::error::ProjectError;
use crate::fault::{self, Fault};
use crate::find::PROJECT_FILE;
use crate::folder;
use crate::git::Changed;
use crate::path::normalize;

/// The version of the bundle's form that this crate writes.
const BUNDLE_FORM: u32 = 1;

/// A project whose file is in order.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    text: String,
    config: Config,
}

/// Which family governs a file.
#[derive(Clone, Debug)]
pub enum Governed<'a> {
    /// None.
    No,
    /// This one.
    By(&'a Family),
    /// More than one, which is a fault of the project file.
    Twice(Vec<&'a Family>),
}

impl Project {
    /// Reads and understands a project file. Schemas and documents are not looked at yet.
    ///
    /// # Errors
    /// [`ProjectError::Unreadable`], [`ProjectError::NotText`] and [`ProjectError::Invalid`].
    pub fn open(file: &Path) -> Result<Self, ProjectError> {
        let unreadable = |source| ProjectError::Unreadable { file: file.to_path_buf(), source };
        let absolute = normalize(&std::path::absolute(file).map_err(unreadable)?);
        let bytes = std::fs::read(&absolute).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| ProjectError::NotText { file: file.to_path_buf() })?;
        let root = absolute.parent().unwrap_or(&absolute).to_path_buf();
        match config::parse(&text) {
            Ok(config) => Ok(Self { root, text, config }),
            Err(faults) => Err(invalid(&text, faults)),
        }
    }

    /// The folder of the project file; absolute.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The text of the project file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The families in the order of their names.
    #[must_use]
    pub fn families(&self) -> &[Family] {
        &self.config.families
    }

    /// The bytes that a document may have before it is refused.
    #[must_use]
    pub fn byte_limit(&self) -> usize {
        self.config.limits.unwrap_or_default().bytes
    }

    /// Reads all schemas, rules and migrations: everything that a verdict depends on.
    ///
    /// # Errors
    /// [`ProjectError::Invalid`] when the project file names something that is not there or makes no sense,
    /// [`ProjectError::Unreadable`] when the system fails.
    pub fn bundle(&self) -> Result<Bundle, ProjectError> {
        let mut faults = Vec::new();
        let mut bundle = Bundle { bundle: BUNDLE_FORM, limits: self.config.limits, ..Bundle::default() };
        for family in &self.config.families {
            let read = folder::read_family(&self.root, family, &mut faults)?;
            bundle.settings.insert(family.name.clone(), read);
        }
        if faults.is_empty() { Ok(bundle) } else { Err(invalid(&self.text, faults)) }
    }

    /// Which family governs the file with this name (relative to the project file, `/` between folders). Schemas,
    /// migrations and the project file itself are never documents, even if a glob matches them.
    #[must_use]
    pub fn governed(&self, name: &str) -> Governed<'_> {
        if self.owns(name) {
            return Governed::No;
        }
        let families: Vec<&Family> = self.config.families.iter().filter(|family| family.globs.matches(name)).collect();
        match families.as_slice() {
            [] => Governed::No,
            [family] => Governed::By(family),
            _ => Governed::Twice(families),
        }
    }

    /// Finds the documents of the project on disk; with `folders` (relative to the project file) only those inside.
    ///
    /// # Errors
    /// [`ProjectError::Unreadable`] when a folder cannot be listed.
    pub fn documents(&self, folders: &[String]) -> Result<Documents, ProjectError> {
        documents::find(&self.root, &self.config.families, &|name| self.owns(name), folders)
    }

    /// Finds the documents that would be documents of the project if it were in this folder.
    ///
    /// # Errors
    /// [`ProjectError::Unreadable`] when a folder cannot be listed.
    pub fn documents_below(&self, root: &Path) -> Result<Documents, ProjectError> {
        documents::find(root, &self.config.families, &|name| self.owns(name), &[])
    }

    /// The documents that have to be checked after a change: those that changed, and all documents of a family whose
    /// schemas or migrations changed, or of every family when the project file did.
    ///
    /// # Errors
    /// [`ProjectError::Unreadable`] when a folder cannot be listed.
    pub fn documents_touched_by(&self, changed: &Changed, folders: &[String]) -> Result<Documents, ProjectError> {
        let mut documents = self.documents(folders)?;
        documents.forget_idle_globs();
        if changed.contains(PROJECT_FILE) {
            return Ok(documents);
        }
        let whole: Vec<&str> = self
            .config
            .families
            .iter()
            .filter(|family| changed.any(|name| own_folder(family, name)))
            .map(|family| family.name.as_str())
            .collect();
        documents.files.retain(|file| whole.contains(&file.settings.as_str()) || changed.contains(&file.name));
        documents.ambiguous.retain(|(name, _)| changed.contains(name));
        Ok(documents)
    }

    /// Findings in the project file that only the documents on disk bring to light: files that two families govern,
    /// globs that match nothing.
    #[must_use]
    pub fn document_findings(&self, documents: &Documents) -> Vec<Finding> {
        let mut faults = Vec::new();
        for (name, families) in &documents.ambiguous {
            faults.push(self.governed_twice(name, families));
        }
        for (family, globs) in &documents.idle {
            let Some(family) = self.config.families.get(*family) else { continue };
            for index in globs {
                let Some((glob, bytes)) = family.places.documents.get(*index) else { continue };
                faults.push(
                    Fault::new(
                        &GLOB_MATCHES_NOTHING,
                        Some(bytes.clone()),
                        family.pointer("documents").item(*index),
                        format!("the glob `{glob}` matches no file"),
                        "a glob that matches the documents of the family, relative to the project file",
                    )
                    .help("`*` stays within one folder, `**` crosses folders"),
                );
            }
        }
        fault::report(&self.text, faults).findings
    }

    /// Says that two families govern a file.
    fn governed_twice(&self, name: &str, families: &[String]) -> Fault {
        let last = self.config.families.iter().rfind(|family| families.contains(&family.name));
        let bytes = last.and_then(|family| family.places.documents.first()).map(|(_, bytes)| bytes.clone());
        let pointer = last.map_or_else(Pointer::root, |family| family.pointer("documents"));
        let names = families.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        Fault::new(&GOVERNED_TWICE, bytes, pointer, format!("`{name}` is governed by {names}"), "one family per file")
            .help("make the globs of the families disjoint")
    }

    /// Whether a file is part of the project itself: its project file, a schema or a migration.
    #[must_use]
    pub fn owns(&self, name: &str) -> bool {
        name == PROJECT_FILE || self.config.families.iter().any(|family| own_folder(family, name))
    }
}

/// Whether a file belongs to the schemas, rules or migrations of a family.
fn own_folder(family: &Family, name: &str) -> bool {
    [Some(&family.schemas), family.migrations.as_ref(), family.rules.as_ref()]
        .into_iter()
        .flatten()
        .any(|folder| name.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
        || family.rules.as_deref() == Some(name)
}

fn invalid(text: &str, faults: Vec<Fault>) -> ProjectError {
    ProjectError::Invalid { report: Box::new(fault::report(text, faults)), text: text.to_owned() }
}

/// The canonical JSON text of a bundle (RFC 8785): the same bundle has the same bytes everywhere.
///
/// # Errors
/// [`ProjectError::Bundle`] when the bundle cannot be written as JSON, which is a fault of Setpoint.
pub fn canonical(bundle: &Bundle) -> Result<Vec<u8>, ProjectError> {
    serde_json_canonicalizer::to_vec(bundle).map_err(|error| ProjectError::Bundle(error.to_string()))
}
