//! `setpoint apply`: a migration, on the live documents.

use std::path::PathBuf;

use setpoint_core::call::{About, Digests, GateCall, GateDocument, Rehearsal};
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_store::engine::{self, Apply};
use setpoint_store::{Kind, NewRun, State};

use crate::error::CommandError;
use crate::gate;
use crate::live::{self, Live, PaceArguments, StoreArguments, Watcher};
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::{terminal, words};

/// Days after which a rehearsal says little about the documents of today.
pub(crate) const RECEIPT_DAYS: u32 = 30;
/// Documents of the store that the migration is tried on when none can be made from the schema.
const SAMPLE: usize = 200;

/// Takes the live documents to the next version, while services go on reading and writing them
///
/// All documents are checked before any is touched. Then they are changed in batches; each batch is one transaction together with
/// its journal. A document that changes meanwhile is read again. The command can be stopped or killed at any time: run again, it
/// goes on.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The migration: its file or its name
    #[arg(value_name = "MIGRATION")]
    migration: PathBuf,
    /// The receipt of the rehearsal; otherwise receipts/FAMILY/MIGRATION.json beside the project file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Go without a rehearsal; the reason is recorded
    #[arg(long, value_name = "REASON", conflicts_with = "receipt", value_parser = reason)]
    without_rehearsal: Option<String>,
    /// Leave documents that are wrong already as they are, and record them, instead of refusing to begin
    #[arg(long)]
    set_aside: bool,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    pace: PaceArguments,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A reason that somebody can read later.
fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().filter(|character| character.is_alphabetic()).count() < 8 {
        return Err("expected a reason in words, which will stand in the history".to_owned());
    }
    Ok(text.to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut output = Output::open(&arguments.output, false)?;
    output.summarize = false;
    let session = Session::of_project(&arguments.project, &mut output)?;
    let migration = gate::one(&arguments.migration, &session)?;
    let live = match Live::open(&session, migration.settings, &arguments.store, Some(arguments.pace), &mut output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(outcome),
    };
    let rehearsal = match &arguments.without_rehearsal {
        Some(_) => None,
        None => Some(rehearsal(&session, &migration, arguments.receipt.as_deref(), true)?),
    };
    let recorded = recorded(arguments.without_rehearsal.as_deref(), rehearsal.as_ref());
    let Some((about, _)) = judged(&session, &live, &migration, rehearsal, &mut output)? else {
        return output.finish(session.digest());
    };
    let run = NewRun {
        kind: Kind::Apply,
        migration: about.migration.clone(),
        from: about.from,
        to: about.to,
        by: live::who(),
        bundle: session.digest().to_owned(),
        rehearsal: recorded,
        owner: about.owner.clone(),
        expected: about.expected.clone(),
        total: 0,
    };
    let what = Apply { run, set_aside: arguments.set_aside };
    go(&session, &live, &what, output, arguments.output.quiet)
}

/// What stands in the journal about the rehearsal.
fn recorded(without: Option<&str>, rehearsal: Option<&Rehearsal>) -> String {
    let receipt = rehearsal.and_then(|rehearsal| rehearsal.receipt.as_deref());
    let receipt = receipt.and_then(|text| serde_json::from_str::<setpoint_core::receipt::Receipt>(text).ok());
    match (without, receipt) {
        (Some(reason), _) => format!("without rehearsal: {reason}"),
        (None, Some(receipt)) => format!("rehearsed {} on {}", receipt.rehearsed_at, receipt.store),
        (None, None) => String::new(),
    }
}

/// The receipt of a migration, for the gate.
pub(crate) fn rehearsal(
    session: &Session,
    migration: &gate::Migration<'_>,
    file: Option<&std::path::Path>,
    required: bool,
) -> Result<Rehearsal, CommandError> {
    let project = session.project.as_ref().ok_or_else(|| CommandError::usage("a receipt needs a project"))?;
    let (name, path) = match file {
        Some(file) => (session.documents.of(file), file.to_path_buf()),
        None => setpoint_store::receipt_file(project, migration.settings, migration.file),
    };
    let receipt = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => None,
        Err(error) => return Err(CommandError::file("read", &path, &error)),
    };
    Ok(Rehearsal { file: name, receipt, now: setpoint_store::now(), days: RECEIPT_DAYS, required })
}

/// Asks the gate. `None` when it refuses; its findings are in the output then.
pub(crate) fn judged(
    session: &Session,
    live: &Live,
    migration: &gate::Migration<'_>,
    rehearsal: Option<Rehearsal>,
    output: &mut Output,
) -> Result<Option<(About, Digests)>, CommandError> {
    let mut call = GateCall {
        settings: migration.settings.to_owned(),
        migration: migration.file.to_owned(),
        readers: gate::readers(session, migration.settings),
        rehearsal,
        ..GateCall::default()
    };
    let mut answer = session.policy.gate(&call)?;
    if let Some(about) = answer.about.as_ref().filter(|_| answer.report.verdict == Verdict::Undecided) {
        // Nothing could be made from the schema. What is there will do.
        let rows = live.runtime.block_on(live.store.page(&[about.from], None, SAMPLE));
        let rows = rows.map_err(|error| CommandError::Outside(error.to_string()))?;
        let document = |row: setpoint_store::Row| {
            let file = live.store.shown(&row.key);
            Some(GateDocument {
                file,
                text: String::from_utf8(row.document).ok()?,
                format: Some(row.format),
                version: row.version,
            })
        };
        call.documents = rows.into_iter().filter_map(document).collect();
        answer = session.policy.gate(&call)?;
    }
    let passes = answer.report.verdict == Verdict::Pass;
    if !answer.report.findings.is_empty() {
        output.document(answer.report, &session.documents)?;
    }
    if !passes {
        return Ok(None);
    }
    match answer.about.zip(answer.digests) {
        Some(known) => Ok(Some(known)),
        None => Err(CommandError::usage(format!("`{}` cannot be read", migration.file))),
    }
}

/// Applies, reports and says how it ended.
pub(crate) fn go(
    session: &Session,
    live: &Live,
    what: &Apply,
    mut output: Output,
    quiet: bool,
) -> Result<Outcome, CommandError> {
    let settings = live.engine.settings.as_str();
    let mut watcher = Watcher::new(quiet);
    let applied = live.runtime.block_on(engine::apply(&live.engine, live.store.as_ref(), what, &mut |progress| {
        watcher.tell(progress);
    }));
    watcher.finish();
    let applied = match applied {
        Ok(applied) => applied,
        Err(error) => return live::engine_failed(error, session, settings, &mut output),
    };
    reports(&mut output, session, applied.reports)?;
    let verdict = output.finish(session.digest())?;
    let (run, tally) = (&what.run, &applied.tally);
    let back = format!("setpoint rollback {settings} --to {}{}", run.from, live.option);
    let on = format!("setpoint resume {settings}{}", live.option);
    let name = &run.migration;
    let (outcome, said) = match applied.state {
        None if applied.stopped => (Outcome::Outside, format!("{name}: stopped, no document was touched")),
        None => (Outcome::Fail, format!("{name}: not begun, no document was touched")),
        Some(State::Done) if tally.changed == 0 => {
            (Outcome::Pass, format!("{name}: no document is at version {}, nothing to do", run.from))
        }
        Some(State::Done) => (
            Outcome::Pass,
            format!(
                "{name}: {} now at version {} ({})\nback: {back}",
                words::documents(tally.changed),
                run.to,
                words::took(tally)
            ),
        ),
        Some(State::Incomplete) => (
            Outcome::Fail,
            format!(
                "{name}: {} now at version {}, {} in the way and left as they are\ngo on: {on}\nback: {back}",
                words::documents(tally.changed),
                run.to,
                words::documents(tally.blocked)
            ),
        ),
        Some(_) => (
            Outcome::Outside,
            format!(
                "{name}: stopped, {} now at version {}\ngo on: {on}\nback: {back}",
                words::documents(tally.changed),
                run.to
            ),
        ),
    };
    if !quiet {
        terminal::say(&said);
    }
    Ok(verdict.max(outcome))
}

/// Adds reports about documents of a store, whose names are no paths.
pub(crate) fn reports(
    output: &mut Output,
    session: &Session,
    reports: Vec<DocumentReport>,
) -> Result<(), CommandError> {
    for report in reports {
        output.document(report, &session.documents)?;
    }
    Ok(())
}
