//! `setpoint history`: what was done to the live documents, as Markdown to paste into a change log.

use std::fmt::Write as _;

use setpoint_store::engine::EngineError;
use setpoint_store::{Kind, Run};

use crate::error::CommandError;
use crate::live::{self, Live, StoreArguments};
use crate::outcome::Outcome;
use crate::output::Output;
use crate::session::{ProjectArguments, Session};
use crate::{terminal, words};

/// Prints what was applied and rolled back, by whom, when, with expected and measured result, as Markdown
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The family
    #[arg(value_name = "FAMILY")]
    family: String,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    project: ProjectArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut output = Output::beside()?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    session.known_family(&arguments.family)?;
    let live = match Live::open(&session, &arguments.family, &arguments.store, None, &mut output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(outcome),
    };
    match live.runtime.block_on(live.store.runs()) {
        Ok(runs) => {
            terminal::print(markdown(&arguments.family, &live.store.place(), &runs).as_bytes())?;
            Ok(Outcome::Pass)
        }
        Err(error) => live::engine_failed(EngineError::Store(error), &session, &arguments.family, &mut output),
    }
}

fn markdown(settings: &str, place: &str, runs: &[Run]) -> String {
    let mut text = format!("# Changes of `{settings}`\n\nIn {place}.\n");
    if runs.is_empty() {
        text.push_str("\nNothing was applied yet.\n");
    }
    for run in runs.iter().rev() {
        let (about, tally) = (&run.about, &run.tally);
        let what = match about.kind {
            Kind::Apply => format!("`{}` applied", about.migration),
            Kind::Rollback => format!("Rolled back to version {}", about.to),
        };
        let day = run.began.split('T').next().unwrap_or_default();
        let _ = writeln!(text, "\n## {day}: {what}\n");
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(text, "- **{name}**: {}", one_line(value));
            }
        };
        line("Versions", &format!("{} → {}", about.from, about.to));
        line("Owner", &about.owner);
        line("Run by", &about.by);
        line("Began", &run.began);
        line("Ended", &format!("{} ({})", run.seen, run.state.word()));
        line("Expected", &about.expected);
        line("Measured", &measured(run));
        if tally.kept > 0 {
            line(
                "Kept beside",
                &format!("values of {} that version {} has no place for", words::documents(tally.kept), about.to),
            );
        }
        line("Rehearsal", &about.rehearsal);
        line("Bundle", &format!("`{}`", about.bundle));
    }
    text
}

fn measured(run: &Run) -> String {
    let (tally, total) = (&run.tally, words::documents(run.about.total));
    let mut text = format!("{} of {total} changed in {}", tally.changed, words::took(tally));
    if tally.blocked > 0 {
        let _ = write!(text, ", {} in the way", tally.blocked);
    }
    if tally.again > 0 {
        let _ = write!(text, ", {} read again because they changed meanwhile", tally.again);
    }
    text
}

/// Whatever somebody wrote stays within its line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
