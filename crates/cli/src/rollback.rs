//! `setpoint rollback`: the live documents, back at an earlier version.

use setpoint_store::engine::{self, Rollback};
use setpoint_store::{Kind, NewRun, State};

use crate::apply;
use crate::error::CommandError;
use crate::live::{self, Live, PaceArguments, StoreArguments, Watcher};
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::{terminal, words};

/// Takes the live documents back to an earlier version, from any phase and after any crash
///
/// Documents that nobody changed since come back as they were. Documents that were written later go down with what the earlier
/// version has a place for; the rest is kept beside them and in the journal, and named.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The family
    #[arg(value_name = "FAMILY")]
    family: String,
    /// The version that documents go back to
    #[arg(long, value_name = "VERSION")]
    to: u32,
    /// Give documents that cannot go down the text that they had before the migration; what they are now stays in the journal
    #[arg(long)]
    restore: bool,
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
    session.known_family(&arguments.family)?;
    let family = session.bundle.settings.get(&arguments.family);
    if !family.is_some_and(|family| family.schemas.contains_key(&arguments.to)) {
        return Err(CommandError::usage(format!("`{}` has no version {}", arguments.family, arguments.to)));
    }
    let live = match Live::open(&session, &arguments.family, &arguments.store, Some(arguments.pace), &mut output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(outcome),
    };
    let run = NewRun {
        kind: Kind::Rollback,
        migration: String::new(),
        from: arguments.to,
        to: arguments.to,
        by: live::who(),
        bundle: session.digest().to_owned(),
        rehearsal: String::new(),
        owner: String::new(),
        expected: format!("every document at version {} again", arguments.to),
        total: 0,
    };
    let what = Rollback { run, restore: arguments.restore };
    go(&session, &live, &what, output, arguments.output.quiet)
}

/// Rolls back, reports and says how it ended.
pub(crate) fn go(
    session: &Session,
    live: &Live,
    what: &Rollback,
    mut output: Output,
    quiet: bool,
) -> Result<Outcome, CommandError> {
    let settings = live.engine.settings.as_str();
    let mut watcher = Watcher::new(quiet);
    let rolled = live.runtime.block_on(engine::rollback(&live.engine, live.store.as_ref(), what, &mut |progress| {
        watcher.tell(progress);
    }));
    watcher.finish();
    let rolled = match rolled {
        Ok(rolled) => rolled,
        Err(error) => return live::engine_failed(error, session, settings, &mut output),
    };
    apply::reports(&mut output, session, rolled.reports)?;
    let verdict = output.finish(session.digest())?;
    let (to, tally) = (what.run.to, &rolled.tally);
    let mut said = match rolled.state {
        Some(State::Done) if tally.changed == 0 => {
            format!("{settings}: no document is above version {to}, nothing to do")
        }
        Some(State::Done) => {
            format!("{settings}: {} back at version {to} ({})", words::documents(tally.changed), words::took(tally))
        }
        Some(State::Incomplete) => format!(
            "{settings}: {} back at version {to}, {} cannot go down and are left as they are\n\
             to give these what they were before the migration: setpoint rollback {settings} --to {to} --restore{}",
            words::documents(tally.changed),
            words::documents(tally.blocked),
            live.option
        ),
        _ => format!(
            "{settings}: stopped, {} back at version {to}\ngo on: setpoint resume {settings}{}",
            words::documents(tally.changed),
            live.option
        ),
    };
    for (at, documents) in &rolled.losses {
        let named = documents.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let more = if documents.len() > 3 { " and others" } else { "" };
        said += &format!(
            "\nversion {to} has no place for `{at}` of {named}{more}; kept beside the document and in the journal"
        );
    }
    if rolled.more_losses {
        said += "\nand other places, which are kept as well";
    }
    if !quiet {
        terminal::say(&said);
    }
    let outcome = match rolled.state {
        Some(State::Done) => Outcome::Pass,
        Some(State::Incomplete) | None => Outcome::Fail,
        Some(_) => Outcome::Outside,
    };
    Ok(verdict.max(outcome))
}
