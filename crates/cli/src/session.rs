//! What documents are checked by: a project or one schema file, loaded into the checker.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use setpoint_checker::{Checker, Policy};
use setpoint_core::bundle::{Bundle, Family, File};
use setpoint_core::call::CheckCall;
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_core::source::Format;
use setpoint_project::{PROJECT_FILE, Project, ProjectError, canonical, find_project_file, one_off_bundle};

use crate::error::CommandError;
use crate::host;
use crate::names::Names;
use crate::outcome::Outcome;
use crate::output::Output;

/// The schema of the project file, for findings about it.
const PROJECT_SCHEMA: &str = include_str!("../../../schemas/project.json");

/// Where the project is and who checks; the same for every command that needs a project.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct ProjectArguments {
    /// The project file, or its folder; otherwise the nearest `setpoint.toml` in this folder or above
    #[arg(long, value_name = "PATH")]
    pub(crate) project: Option<PathBuf>,
    /// Check with the core in this file (a WebAssembly component) instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) checker: Option<PathBuf>,
}

impl ProjectArguments {
    pub(crate) fn file(&self) -> Result<PathBuf, ProjectError> {
        match &self.project {
            None => find_project_file(Path::new(".")),
            Some(path) if path.is_dir() => Ok(path.join(PROJECT_FILE)),
            Some(path) => Ok(path.clone()),
        }
    }
}

/// A loaded bundle and where it comes from.
#[derive(Debug)]
pub(crate) struct Session {
    /// `None` when one schema file is used without a project.
    pub(crate) project: Option<Project>,
    pub(crate) bundle: Bundle,
    /// The canonical text of the bundle.
    pub(crate) canonical: Vec<u8>,
    pub(crate) policy: Arc<Policy>,
    /// What documents are called.
    pub(crate) documents: Names,
    /// What schemas are called.
    pub(crate) schemas: Names,
}

impl Session {
    /// Opens the project. What is wrong with the project file goes to `output`.
    pub(crate) fn of_project(arguments: &ProjectArguments, output: &mut Output) -> Result<Self, CommandError> {
        let file = arguments.file()?;
        let opened = Project::open(&file).and_then(|project| {
            let bundle = project.bundle()?;
            Ok((project, bundle))
        });
        let (project, bundle) = match opened {
            Ok(opened) => opened,
            Err(ProjectError::Invalid { report, text }) => {
                return Err(refuse(&file, *report, &text, arguments, output));
            }
            Err(error) => return Err(error.into()),
        };
        let names = Names::below(project.root());
        let canonical = canonical(&bundle)?;
        let policy = Arc::new(host::checker(arguments.checker.as_deref())?.policy(&canonical)?);
        Ok(Self { project: Some(project), bundle, canonical, policy, documents: names.clone(), schemas: names })
    }

    /// Loads one schema file, without a project.
    pub(crate) fn of_schema(schema: &Path, checker: Option<&Path>) -> Result<Self, CommandError> {
        let bundle = one_off_bundle(schema)?;
        let canonical = canonical(&bundle)?;
        let policy = Arc::new(host::checker(checker)?.policy(&canonical)?);
        let absolute = std::path::absolute(schema).map_err(|error| CommandError::file("read", schema, &error))?;
        let folder = absolute.parent().unwrap_or(&absolute);
        let schemas = Names::below(&setpoint_project::normalize(folder));
        Ok(Self { project: None, bundle, canonical, policy, documents: Names::here(), schemas })
    }

    /// The bytes that a document may have.
    pub(crate) fn byte_limit(&self) -> usize {
        self.bundle.limits.unwrap_or_default().bytes
    }

    /// The bundle digest.
    pub(crate) fn digest(&self) -> &str {
        &self.policy.load_answer().bundle
    }

    /// An error unless the project has this family.
    pub(crate) fn known_family(&self, name: &str) -> Result<(), CommandError> {
        if self.bundle.settings.contains_key(name) {
            return Ok(());
        }
        let known = self.bundle.settings.keys().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        Err(CommandError::usage(format!("the project has no settings `{name}`; it has {known}")))
    }
}

/// Reports a project file that cannot be used. Its shape is judged by the core, like that of every document; what the
/// core cannot know (folders that are not there) was found when the project was opened.
fn refuse(
    file: &Path,
    found: DocumentReport,
    text: &str,
    arguments: &ProjectArguments,
    output: &mut Output,
) -> CommandError {
    let root = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    let names = Names::below(&setpoint_project::normalize(root.parent().unwrap_or(&root)));
    let by_core = host::checker(arguments.checker.as_deref()).and_then(|checker| judge_project_file(&checker, text));
    let (digest, report) = match by_core {
        Ok((digest, report)) if report.verdict == Verdict::Fail => (digest, report),
        Ok((digest, _)) => (digest, found),
        Err(_) => (String::new(), found),
    };
    output.other(DocumentReport { settings: None, version: None, ..report }, &names);
    match output.finish(&digest) {
        Ok(_) => CommandError::Said { outcome: Outcome::Usage },
        Err(error) => error,
    }
}

fn judge_project_file(
    checker: &Checker,
    text: &str,
) -> Result<(String, DocumentReport), setpoint_checker::CheckerError> {
    let schema = File { file: "schemas/project.json".to_owned(), text: PROJECT_SCHEMA.to_owned() };
    let family = Family { schemas: [(1, schema)].into(), ..Family::default() };
    let bundle = Bundle { bundle: 1, settings: [("setpoint".to_owned(), family)].into(), limits: None };
    let canonical =
        canonical(&bundle).map_err(|error| setpoint_checker::CheckerError::Bundle { message: error.to_string() })?;
    let policy = checker.policy(&canonical)?;
    let call = CheckCall { file: PROJECT_FILE.to_owned(), format: Some(Format::Toml), ..CheckCall::default() };
    let report = policy.check(&call, text.as_bytes())?;
    Ok((policy.load_answer().bundle.clone(), report))
}
