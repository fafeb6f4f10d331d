//! Which documents a command line stands for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use setpoint_core::finding::Finding;
use setpoint_core::source::Format;
use setpoint_project::git::{Changed, changed_since};
use setpoint_project::{Documents, Governed, Project};

use super::Arguments;
use crate::error::CommandError;
use crate::output::is_lines;
use crate::session::Session;

/// Folders that hold other people's files or build results.
const SKIPPED: [&str; 3] = [".git", "node_modules", "target"];

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    File(PathBuf),
    StandardInput,
}

/// A document to check.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// What the core calls it.
    pub(super) name: String,
    pub(super) origin: Origin,
    /// The family; `None` when there is just one schema.
    pub(super) settings: Option<String>,
    /// Whether each line is a document.
    pub(super) lines: bool,
}

/// The documents to check and what was noticed when looking for them.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) documents: Vec<Target>,
    /// Paths that cannot be checked, as they were given, and why.
    pub(super) complaints: Vec<(String, CommandError)>,
    /// Findings in the project file.
    pub(super) project_findings: Vec<Finding>,
    /// Whether the run is about everything, schemas included.
    pub(super) is_whole_project: bool,
    /// Files that were named and are part of the project itself.
    own_files: Vec<String>,
}

impl Targets {
    pub(super) fn find(arguments: &Arguments, session: &Session) -> Result<Self, CommandError> {
        let mut targets = Self::default();
        match &session.project {
            Some(project) => targets.find_in_project(arguments, session, project)?,
            None => targets.find_without_project(arguments, session),
        }
        let mut seen = BTreeSet::new();
        targets.documents.retain(|target| seen.insert(target.name.clone()));
        Ok(targets)
    }

    fn find_in_project(
        &mut self,
        arguments: &Arguments,
        session: &Session,
        project: &Project,
    ) -> Result<(), CommandError> {
        let changed = match &arguments.base {
            Some(base) => Some(changed_since(project.root(), base).map_err(setpoint_project::ProjectError::from)?),
            None => None,
        };
        let wanted = arguments.settings.as_deref();
        if arguments.paths.is_empty() {
            let documents = search(project, changed.as_ref(), &[])?;
            self.is_whole_project = wanted.is_none();
            self.add(project, documents, wanted);
            return Ok(());
        }
        let mut folders = Vec::new();
        for path in &arguments.paths {
            if path.as_os_str() == "-" {
                self.add_standard_input(arguments, session, Some(project))?;
                continue;
            }
            let name = session.documents.of(path);
            match std::fs::metadata(path) {
                Err(error) => self.complain(path, &error),
                Ok(metadata) if metadata.is_dir() => folders.push(name),
                Ok(_) if changed.as_ref().is_some_and(|changed| !touches(project, changed, &name)) => {}
                Ok(_) => self.add_file(project, name, path, wanted),
            }
        }
        if !self.own_files.is_empty() {
            self.is_whole_project = true;
            let changed: Changed = self.own_files.drain(..).collect();
            let documents = project.documents_touched_by(&changed, &[])?;
            self.add(project, documents, wanted);
        }
        if !folders.is_empty() {
            let folders: Vec<String> = folders.into_iter().filter(|name| !name.starts_with("..")).collect();
            let mut documents =
                if folders.is_empty() { Documents::default() } else { search(project, changed.as_ref(), &folders)? };
            documents.forget_idle_globs();
            self.add(project, documents, wanted);
        }
        Ok(())
    }

    fn add(&mut self, project: &Project, documents: Documents, wanted: Option<&str>) {
        self.project_findings.extend(project.document_findings(&documents));
        for document in documents.files {
            if wanted.is_none_or(|wanted| wanted == document.settings) {
                let lines = is_lines(&document.name);
                let origin = Origin::File(document.path);
                self.documents.push(Target { name: document.name, origin, settings: Some(document.settings), lines });
            }
        }
    }

    fn add_file(&mut self, project: &Project, name: String, path: &Path, wanted: Option<&str>) {
        let settings = match (wanted, project.governed(&name)) {
            (Some(wanted), _) => wanted.to_owned(),
            (None, Governed::By(family)) => family.name.clone(),
            (None, Governed::Twice(families)) => {
                let families = families.iter().map(|family| family.name.clone()).collect();
                let mut documents = Documents::default();
                documents.ambiguous.push((name, families));
                self.project_findings.extend(project.document_findings(&documents));
                return;
            }
            (None, Governed::No) => {
                // A hook names the files of a commit. A schema among them concerns every document of its family.
                if project.owns(&name) {
                    self.own_files.push(name);
                }
                return;
            }
        };
        let lines = is_lines(&name);
        self.documents.push(Target { name, origin: Origin::File(path.to_path_buf()), settings: Some(settings), lines });
    }

    fn add_standard_input(
        &mut self,
        arguments: &Arguments,
        session: &Session,
        project: Option<&Project>,
    ) -> Result<(), CommandError> {
        let name = arguments.stdin_filename.as_ref().map(|path| session.documents.of(path));
        let settings = match (project, &arguments.settings, &name) {
            (None, _, _) => None,
            (Some(_), Some(settings), _) => Some(settings.clone()),
            (Some(project), None, Some(name)) => match project.governed(name) {
                Governed::By(family) => Some(family.name.clone()),
                _ => return Ok(()),
            },
            (Some(project), None, None) => match project.families() {
                [only] => Some(only.name.clone()),
                _ => {
                    return Err(CommandError::usage(
                        "the project has several families; say with `--settings NAME` or `--stdin-filename NAME` what standard input is",
                    ));
                }
            },
        };
        let name = name.unwrap_or_else(|| "-".to_owned());
        let lines = is_lines(&name);
        self.documents.push(Target { name, origin: Origin::StandardInput, settings, lines });
        Ok(())
    }

    fn find_without_project(&mut self, arguments: &Arguments, session: &Session) {
        for path in &arguments.paths {
            if path.as_os_str() == "-" {
                // Without a project there is no family to tell, so this cannot fail.
                let _ = self.add_standard_input(arguments, session, None);
                continue;
            }
            match std::fs::metadata(path) {
                Err(error) => self.complain(path, &error),
                Ok(metadata) if metadata.is_dir() => self.add_folder(path, session),
                Ok(_) => self.add_plain(path, session),
            }
        }
    }

    fn complain(&mut self, path: &Path, error: &std::io::Error) {
        self.complaints.push((path.to_string_lossy().into_owned(), CommandError::file("check", path, error)));
    }

    fn add_plain(&mut self, path: &Path, session: &Session) {
        let name = session.documents.of(path);
        let lines = is_lines(&name);
        self.documents.push(Target { name, origin: Origin::File(path.to_path_buf()), settings: None, lines });
    }

    /// All files in a folder whose names say that they are documents.
    fn add_folder(&mut self, folder: &Path, session: &Session) {
        let entries = match std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => return self.complain(folder, &error),
        };
        let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // Links to folders are not followed: they can lead in circles.
            if path.is_dir() {
                if !path.is_symlink() && !SKIPPED.contains(&name.as_ref()) {
                    self.add_folder(&path, session);
                }
            } else if Format::of_file(&name).is_some() || is_lines(&name) {
                self.add_plain(&path, session);
            }
        }
    }
}

fn search(project: &Project, changed: Option<&Changed>, folders: &[String]) -> Result<Documents, CommandError> {
    Ok(match changed {
        Some(changed) => project.documents_touched_by(changed, folders)?,
        None => project.documents(folders)?,
    })
}

/// Whether a change concerns the named document: it changed itself, or what it is checked by did.
fn touches(project: &Project, changed: &Changed, name: &str) -> bool {
    changed.contains(name) || changed.any(|changed| project.owns(changed))
}
