//! `setpoint gate`: migrations, tried on the documents at hand before they touch anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use setpoint_core::call::{GateAnswer, GateCall, GateDocument, Nature, Proof};
use setpoint_core::report::{Cost, MigrationReport};
use setpoint_store::engine::EngineError;

use crate::apply;
use crate::error::CommandError;
use crate::live::{self, Live, StoreArguments};
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::read;
use crate::session::{ProjectArguments, Session};
use crate::terminal;
use crate::words;

/// Documents of a store that a migration is tried on at most.
const MOST_DOCUMENTS: usize = 2_000;
/// Documents that are read at a time.
const PAGE: usize = 500;

/// Gates migrations: tries them, up and down again, on the documents at hand
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Migration files or their names; all migrations of the project when none is named
    #[arg(value_name = "MIGRATION")]
    migrations: Vec<PathBuf>,
    /// Files and folders with documents to try instead of those of the project
    #[arg(long, value_name = "PATH", num_args = 1..)]
    documents: Vec<PathBuf>,
    /// Try the documents of this store instead, and ask for the receipt of a rehearsal: `files`, `sqlite:FILE` or `postgres://…`
    #[arg(long, value_name = "URL", conflicts_with = "documents")]
    store: Option<String>,
    /// Use a journal that was written for another store
    #[arg(long, requires = "store")]
    adopt_journal: bool,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A migration of the bundle.
pub(crate) struct Migration<'a> {
    pub(crate) settings: &'a str,
    pub(crate) file: &'a str,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut output = Output::open(&arguments.output, false)?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    let migrations = chosen(&arguments.migrations, &session)?;
    for report in &session.policy.load_answer().reports {
        output.other(report.clone(), &session.schemas);
    }
    let mut outcome = Outcome::Pass;
    let mut at_hand: Option<(&str, Vec<GateDocument>)> = None;
    for migration in migrations {
        let documents = match at_hand.take() {
            Some((settings, documents)) if settings == migration.settings => documents,
            _ if arguments.store.is_some() => match of_store(arguments, &session, migration.settings, &mut output)? {
                Ok(documents) => documents,
                Err(outcome) => return Ok(outcome),
            },
            _ => documents(arguments, &session, migration.settings, &mut outcome)?,
        };
        let call = GateCall {
            settings: migration.settings.to_owned(),
            migration: migration.file.to_owned(),
            documents,
            readers: readers(&session, migration.settings),
            rehearsal: asked(arguments, &session, &migration)?,
        };
        match session.policy.gate_with_cost(&call) {
            Ok((answer, cost)) => {
                if arguments.output.format == setpoint_report::Format::Text && !arguments.output.quiet {
                    terminal::say(&tried(&session.documents.shown(migration.file), &answer, cost));
                }
                output.migration(MigrationReport::new(migration.settings.to_owned(), &answer, cost));
                output.document(answer.report, &session.documents)?;
            }
            Err(error) => match setpoint_checker::limit_report(
                migration.file.to_owned(),
                Some(migration.settings.to_owned()),
                error,
            ) {
                Ok(report) => output.document(report, &session.documents)?,
                Err(error) => {
                    let error = CommandError::from(error);
                    outcome = outcome.max(error.outcome());
                    terminal::complain(&error.to_string());
                }
            },
        }
        at_hand = Some((migration.settings, call.documents));
    }
    let verdict = output.finish(session.digest())?;
    Ok(verdict.max(outcome))
}

/// The one migration that the command line names.
pub(crate) fn one<'a>(named: &Path, session: &'a Session) -> Result<Migration<'a>, CommandError> {
    let mut found = chosen(&[named.to_path_buf()], session)?;
    match (found.pop(), found.pop()) {
        (Some(migration), None) => Ok(migration),
        (first, second) => {
            let files: Vec<String> = first.iter().chain(&second).map(|one| format!("`{}`", one.file)).collect();
            let name = named.display();
            Err(CommandError::usage(format!("`{name}` may be {}; name the file", files.join(" or "))))
        }
    }
}

/// The versions that running services read, as the project file has them.
pub(crate) fn readers(session: &Session, settings: &str) -> BTreeMap<String, Vec<u32>> {
    let families = session.project.iter().flat_map(setpoint_project::Project::families);
    families.filter(|family| family.name == settings).flat_map(|family| family.readers.clone()).collect()
}

/// The migrations that the command line names, in the order of families and files.
fn chosen<'a>(named: &[PathBuf], session: &'a Session) -> Result<Vec<Migration<'a>>, CommandError> {
    let all: Vec<Migration<'a>> = session
        .bundle
        .settings
        .iter()
        .flat_map(|(settings, family)| {
            family.migrations.iter().map(|file| Migration { settings: settings.as_str(), file: file.file.as_str() })
        })
        .collect();
    if named.is_empty() {
        return Ok(all);
    }
    let known = all.iter().map(|migration| format!("`{}`", stem(migration.file))).collect::<Vec<_>>().join(", ");
    let mut wanted = vec![false; all.len()];
    for path in named {
        let name = session.documents.of(path);
        let given = path.to_string_lossy();
        let mut found = false;
        for (migration, wanted) in all.iter().zip(&mut wanted) {
            if migration.file == name || stem(migration.file) == given || file_name(migration.file) == given {
                *wanted = true;
                found = true;
            }
        }
        if !found {
            let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {known}") };
            return Err(CommandError::usage(format!("the project has no migration `{given}`; {known}")));
        }
    }
    Ok(all.into_iter().zip(wanted).filter_map(|(migration, wanted)| wanted.then_some(migration)).collect())
}

fn file_name(file: &str) -> &str {
    file.rsplit_once('/').map_or(file, |(_, name)| name)
}

fn stem(file: &str) -> &str {
    file_name(file).rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// The receipt, where documents are live: in a store that is named here, or that the project file names.
fn asked(
    arguments: &Arguments,
    session: &Session,
    migration: &Migration<'_>,
) -> Result<Option<setpoint_core::call::Rehearsal>, CommandError> {
    let families = session.project.iter().flat_map(setpoint_project::Project::families);
    let has_store = families.filter(|family| family.name == migration.settings).any(|family| family.store.is_some());
    let is_asked = has_store || arguments.store.is_some();
    is_asked.then(|| apply::rehearsal(session, migration, None, arguments.store.is_some())).transpose()
}

/// The documents of a store: all when there are few, otherwise some from everywhere.
fn of_store(
    arguments: &Arguments,
    session: &Session,
    settings: &str,
    output: &mut Output,
) -> Result<Result<Vec<GateDocument>, Outcome>, CommandError> {
    let store = StoreArguments { store: arguments.store.clone(), adopt_journal: arguments.adopt_journal };
    let live = match Live::open(session, settings, &store, None, output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let read = live.runtime.block_on(async {
        let total: u64 = live.store.counts().await?.values().sum();
        let every = usize::try_from(total).unwrap_or(usize::MAX).div_ceil(MOST_DOCUMENTS).max(1);
        let mut documents = Vec::new();
        let mut after: Option<String> = None;
        let mut number = 0;
        loop {
            let rows = live.store.page(&[], after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(documents) };
            after = Some(last.key.clone());
            for row in rows {
                number += 1;
                if (number - 1) % every == 0 {
                    documents.push(GateDocument {
                        file: live.store.shown(&row.key),
                        text: String::from_utf8_lossy(&row.document).into_owned(),
                        format: Some(row.format),
                        version: row.version,
                    });
                }
            }
        }
    });
    match read {
        Ok(documents) => Ok(Ok(documents)),
        Err(error) => live::engine_failed(EngineError::Store(error), session, settings, output).map(Err),
    }
}

/// The documents to try. What cannot be read is said, and left out.
fn documents(
    arguments: &Arguments,
    session: &Session,
    settings: &str,
    outcome: &mut Outcome,
) -> Result<Vec<GateDocument>, CommandError> {
    let files: Vec<(String, PathBuf)> = match &session.project {
        Some(project) if arguments.documents.is_empty() => {
            let documents = project.documents(&[])?.files.into_iter();
            documents.filter(|one| one.settings == settings).map(|one| (one.name, one.path)).collect()
        }
        _ => {
            let files = read::files(&arguments.documents)?.into_iter();
            files.map(|path| (session.documents.of(&path), path)).collect()
        }
    };
    // A document of another family says nothing about this one. Where the project governs none, the author has chosen.
    let elsewhere = |name: &str| match session.project.as_ref().map(|project| project.governed(name)) {
        Some(setpoint_project::Governed::By(family)) => family.name != settings,
        _ => false,
    };
    let files: Vec<(String, PathBuf)> = files.into_iter().filter(|(name, _)| !elsewhere(name)).collect();
    let mut documents = Vec::new();
    for (name, path) in files {
        let text = match read::file(&path, session.byte_limit()) {
            Ok(text) => text,
            Err(error) => {
                let error = CommandError::file("read", &path, &error);
                *outcome = (*outcome).max(error.outcome());
                terminal::complain(&error.to_string());
                continue;
            }
        };
        match String::from_utf8(text) {
            Ok(text) => documents.push(GateDocument { file: name, text, ..GateDocument::default() }),
            Err(_) => {
                *outcome = (*outcome).max(Outcome::Fail);
                terminal::complain(&format!(
                    "`{}` is not UTF-8 text, so the migration was not tried on it",
                    path.display()
                ));
            }
        }
    }
    Ok(documents)
}

/// What was tried, for a person: how many documents, what each step keeps, and what a rollback would lose.
fn tried(file: &str, answer: &GateAnswer, cost: Cost) -> String {
    use std::fmt::Write as _;
    let documents = |number: usize| setpoint_report::count(number, "document");
    let skipped = match answer.skipped {
        0 => String::new(),
        skipped => format!(", {} at another version left out", documents(skipped)),
    };
    let made = match answer.generated {
        0 => String::new(),
        made => format!(" and {made} made from the schema"),
    };
    let tried = documents(answer.converted);
    let took = words::duration(cost.milliseconds);
    let mut text = format!("{file}: tried on {tried}{made}, up and down again{skipped}, in {took}");
    for step in &answer.steps {
        let how = match (step.nature, step.proved) {
            (Nature::Exact, Proof::Valid) => "exact, proved for every valid document".to_owned(),
            (Nature::Exact, Proof::Declared) => "exact, proved for documents without undeclared members".to_owned(),
            (Nature::Exact, Proof::None) => "exact, for all that were tried".to_owned(),
            (Nature::Complement, _) => {
                format!("exact, with what it keeps beside a document: {}", step.keeps.as_deref().unwrap_or("a value"))
            }
            (Nature::Lossy, _) => "lossy: what is written later cannot go down".to_owned(),
        };
        let number = step.step.as_str().trim_start_matches("/steps/");
        let _ = write!(text, "\n  {number} {}: {how}", step.name);
    }
    if answer.written > 0 {
        let _ = write!(text, "\n  {} written at the new version: all tried going down", documents(answer.written));
    }
    if !answer.losses.is_empty() {
        let places: Vec<String> = answer.losses.iter().map(|(at, _)| format!("`{at}`")).collect();
        let _ = write!(text, "; the old version has no place for {}", places.join(", "));
    }
    text
}
