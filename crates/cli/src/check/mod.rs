//! `setpoint check`: documents against the schemas of their families.

mod before;
mod documents;
mod fix;
mod one;
mod targets;

use std::path::PathBuf;

use setpoint_core::report::{DocumentReport, Verdict};

use crate::error::CommandError;
use crate::host;
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::terminal;

use before::Before;
use targets::Targets;

/// Checks documents
///
/// Without PATH, all documents that the project file names. A file that no family governs is passed over in silence;
/// a folder stands for the governed files in it. In `.ndjson` and `.jsonl` files each line is a document.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Files and folders; `-` for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Check against this schema file, without a project
    #[arg(long, value_name = "FILE", conflicts_with_all = ["project", "base", "against", "settings", "at"], requires = "paths")]
    schema: Option<PathBuf>,
    /// Only documents that changed since the branch left this git revision, committed or not; all documents of a family
    /// whose schema changed
    #[arg(long, value_name = "REVISION")]
    base: Option<String>,
    /// What documents were before: as they were when the branch left this git revision. Rules about changes are asked, and
    /// what was wrong already where nothing changed is debt
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,
    /// What the one document was before, as a file
    #[arg(long, value_name = "FILE", conflicts_with = "against", requires = "paths")]
    old: Option<PathBuf>,
    /// With `--against` or `--old`: what was wrong already is wrong still
    #[arg(long)]
    no_ratchet: bool,
    /// The family to check against, whatever the project file says about the named files
    #[arg(long, value_name = "NAME")]
    settings: Option<String>,
    /// The version to check against, instead of the one that a document declares
    #[arg(long, value_name = "VERSION")]
    at: Option<u32>,
    /// Apply safe fixes; comments and layout stay. Files of lines are left as they are
    #[arg(long)]
    fix: bool,
    /// The name of the document on standard input, which tells its format and family
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<PathBuf>,
    /// Threads to use; all cores by default
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Arguments {
    fn reads_standard_input(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    if arguments.fix && arguments.reads_standard_input() {
        return Err(CommandError::usage("`--fix` cannot be used with standard input; name the file instead"));
    }
    if arguments.stdin_filename.is_some() && !arguments.reads_standard_input() {
        return Err(CommandError::usage("`--stdin-filename` needs `-` as a path"));
    }
    let mut output = Output::open(&arguments.output, !arguments.reads_standard_input())?;
    let session = match &arguments.schema {
        Some(schema) => Session::of_schema(schema, arguments.project.checker.as_deref())?,
        None => Session::of_project(&arguments.project, &mut output)?,
    };
    if let Some(settings) = &arguments.settings {
        session.known_family(settings)?;
    }
    let targets = Targets::find(arguments, &session)?;
    output.mention_nothing = arguments.paths.is_empty() || arguments.base.is_some();
    for (path, complaint) in &targets.complaints {
        terminal::complain(&complaint.to_string());
        output.unchecked(&session.documents.of(path.as_ref()), complaint, &session.documents);
    }
    let complaints = targets.complaints.iter().map(|(_, complaint)| complaint.outcome()).max().unwrap_or_default();
    let project_faults = before_documents(&session, &targets, &mut output);
    let threads = host::threads(arguments.threads.map(usize::from));
    let before = Before::open(arguments, &session, &targets.documents)?;
    let documents = documents::check(arguments, &session, &before, &targets.documents, threads, &mut output)?;
    let verdict = output.finish(session.digest())?;
    Ok(verdict.max(complaints).max(project_faults).max(documents))
}

/// Reports what is not about a single document: schemas with findings, globs that match nothing. Says nothing about families that this run has nothing to do with.
fn before_documents(session: &Session, targets: &Targets, output: &mut Output) -> Outcome {
    let mut outcome = Outcome::Pass;
    if !targets.project_findings.is_empty() {
        let mut findings = targets.project_findings.clone();
        findings.sort_by_key(|finding| finding.span);
        let verdict = Verdict::of(&findings);
        if verdict == Verdict::Fail {
            outcome = Outcome::Usage;
        }
        let file = setpoint_project::PROJECT_FILE.to_owned();
        output.other(DocumentReport { file, verdict, findings, ..DocumentReport::default() }, &session.documents);
    }
    for report in &session.policy.load_answer().reports {
        // The one schema that was named concerns whoever named it.
        if session.project.is_none() || targets.is_whole_project || concerns(report, targets) {
            output.other(one_off_anonymous(report.clone(), session), &session.schemas);
        }
    }
    outcome
}

fn concerns(report: &DocumentReport, targets: &Targets) -> bool {
    match &report.settings {
        None => !targets.documents.is_empty(),
        Some(name) => targets.documents.iter().any(|document| document.settings.as_ref() == Some(name)),
    }
}

/// Without a project there are no families and versions to speak of.
fn one_off_anonymous(report: DocumentReport, session: &Session) -> DocumentReport {
    if session.project.is_some() { report } else { DocumentReport { settings: None, version: None, ..report } }
}
