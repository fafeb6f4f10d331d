//! `setpoint rehearse`: a migration and its rollback, executed on a copy.

use std::path::PathBuf;

use setpoint_core::receipt::{Counts, Durations, Receipt};
use setpoint_core::report::Verdict;
use setpoint_store::engine::{self, Apply};
use setpoint_store::{Kind, NewRun};

use crate::error::CommandError;
use crate::live::{self, Live, PaceArguments, StoreArguments, Watcher};
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::{apply, gate, replace, terminal, words};

/// Executes a migration and its rollback on a copy of a store, and writes a receipt when both worked
///
/// Up, check every document, roll back, compare every document byte for byte, up again. The store is only read: the copy is a
/// folder, a file, or a schema of its own in PostgreSQL, and is thrown away.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The migration: its file or its name
    #[arg(value_name = "MIGRATION")]
    migration: PathBuf,
    /// Where the receipt goes; otherwise receipts/FAMILY/MIGRATION.json beside the project file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Leave documents that are wrong already as they are
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

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut output = Output::open(&arguments.output, false)?;
    output.summarize = false;
    let session = Session::of_project(&arguments.project, &mut output)?;
    let migration = gate::one(&arguments.migration, &session)?;
    let live = match Live::open(&session, migration.settings, &arguments.store, Some(arguments.pace), &mut output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(outcome),
    };
    let Some((about, digests)) = apply::judged(&session, &live, &migration, None, &mut output)? else {
        return output.finish(session.digest());
    };
    let run = NewRun {
        kind: Kind::Apply,
        migration: about.migration.clone(),
        from: about.from,
        to: about.to,
        by: live::who(),
        bundle: session.digest().to_owned(),
        rehearsal: "this is the rehearsal".to_owned(),
        owner: about.owner,
        expected: about.expected.clone(),
        total: 0,
    };
    let by = run.by.clone();
    let what = Apply { run, set_aside: arguments.set_aside };
    let mut watcher = Watcher::new(arguments.output.quiet);
    let rehearsed =
        live.runtime.block_on(engine::rehearse(&live.engine, live.store.as_ref(), &what, &mut |progress| {
            watcher.tell(progress);
        }));
    watcher.finish();
    let rehearsed = match rehearsed {
        Ok(rehearsed) => rehearsed,
        Err(error) => return live::engine_failed(error, &session, migration.settings, &mut output),
    };
    let failed = rehearsed.reports.iter().any(|report| report.verdict != Verdict::Pass);
    apply::reports(&mut output, &session, rehearsed.reports)?;
    let verdict = output.finish(session.digest())?;
    if failed {
        terminal::say(&format!("{}: not rehearsed, no receipt is written; the store is as it was", about.migration));
        return Ok(verdict.max(Outcome::Fail));
    }
    if !rehearsed.complete {
        terminal::say(&format!("{}: stopped, no receipt is written; the store is as it was", about.migration));
        return Ok(verdict.max(Outcome::Outside));
    }
    let took = rehearsed.took;
    let receipt = Receipt {
        receipt: 1,
        setpoint: env!("CARGO_PKG_VERSION").to_owned(),
        settings: migration.settings.to_owned(),
        migration: about.migration.clone(),
        file: migration.file.to_owned(),
        from: about.from,
        to: about.to,
        digests,
        store: live.store.place(),
        rehearsed_at: setpoint_store::now(),
        by,
        documents: Counts {
            total: rehearsed.total,
            moved: rehearsed.moved,
            compared: rehearsed.compared,
            set_aside: rehearsed.set_aside,
            other_versions: rehearsed.other_versions,
        },
        milliseconds: Durations {
            copy: took.copy,
            up: took.up,
            check: took.check,
            down: took.down,
            compare: took.compare,
            again: took.again,
        },
        rollback: format!("setpoint rollback {} --to {}", migration.settings, about.from),
        expected: about.expected,
        seal: String::new(),
    }
    .sealed();
    let project = session.project.as_ref().ok_or_else(|| CommandError::usage("a receipt needs a project"))?;
    let path = match &arguments.receipt {
        Some(path) => path.clone(),
        None => setpoint_store::receipt_file(project, migration.settings, migration.file).1,
    };
    let text = serde_json::to_string_pretty(&receipt).unwrap_or_default() + "\n";
    replace::write(&path, text.as_bytes()).map_err(|error| CommandError::file("write", &path, &error))?;
    if !arguments.output.quiet {
        terminal::say(&format!(
            "{}: {} up, down and up again, {} compared byte for byte\n\
             copy {}, up {}, check {}, down {}, compare {}, up again {}\nreceipt: {}",
            about.migration,
            words::documents(rehearsed.moved),
            words::documents(rehearsed.compared),
            words::duration(took.copy),
            words::duration(took.up),
            words::duration(took.check),
            words::duration(took.down),
            words::duration(took.compare),
            words::duration(took.again),
            path.display()
        ));
    }
    Ok(verdict)
}
