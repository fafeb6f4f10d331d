//! `setpoint pause` and `setpoint resume`: a run, ended after the batch it is working on, and gone on with.

use setpoint_store::engine::{Apply, Rollback};
use setpoint_store::{Kind, Run, State};

use crate::error::CommandError;
use crate::live::{self, Live, PaceArguments, StoreArguments};
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::{apply, rollback, terminal};

/// Ends a running `apply` or `rollback` after the batch it is working on
#[derive(Debug, clap::Args)]
pub(crate) struct Pause {
    /// The family
    #[arg(value_name = "FAMILY")]
    family: String,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    project: ProjectArguments,
}

/// Goes on with an `apply` or `rollback` that was paused, stopped or killed
#[derive(Debug, clap::Args)]
pub(crate) struct Resume {
    /// The family
    #[arg(value_name = "FAMILY")]
    family: String,
    /// Leave documents that are wrong already as they are, and record them
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

pub(crate) fn pause(arguments: &Pause) -> Result<Outcome, CommandError> {
    let mut output = Output::beside()?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    session.known_family(&arguments.family)?;
    let live = match Live::open(&session, &arguments.family, &arguments.store, None, &mut output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(outcome),
    };
    let settings = &arguments.family;
    let paused = live.runtime.block_on(async {
        let Some(run) = live.store.runs().await?.pop().filter(|run| run.state == State::Running) else {
            return Ok(false);
        };
        let state = live.store.advance(run.id, Some(State::Running), State::Paused, &run.tally).await?;
        Ok(state == State::Paused)
    });
    match paused {
        Ok(true) => {
            terminal::say(&format!(
                "{settings}: it ends after this batch\ngo on: setpoint resume {settings}{}",
                live.option
            ));
            Ok(Outcome::Pass)
        }
        Ok(false) => {
            Err(CommandError::usage(format!("nothing is running on `{settings}`; `setpoint status` shows why")))
        }
        Err(error) => {
            live::engine_failed(setpoint_store::engine::EngineError::Store(error), &session, settings, &mut output)
        }
    }
}

pub(crate) fn resume(arguments: &Resume) -> Result<Outcome, CommandError> {
    let mut output = Output::open(&arguments.output, false)?;
    output.summarize = false;
    let session = Session::of_project(&arguments.project, &mut output)?;
    session.known_family(&arguments.family)?;
    let live = match Live::open(&session, &arguments.family, &arguments.store, Some(arguments.pace), &mut output)? {
        Ok(live) => live,
        Err(outcome) => return Ok(outcome),
    };
    let settings = &arguments.family;
    let runs = match live.runtime.block_on(live.store.runs()) {
        Ok(runs) => runs,
        Err(error) => {
            let error = setpoint_store::engine::EngineError::Store(error);
            return live::engine_failed(error, &session, settings, &mut output);
        }
    };
    let open = |run: &Run| !matches!(run.state, State::Done | State::Abandoned);
    let Some(run) = runs.into_iter().next_back().filter(open) else {
        return Err(CommandError::usage(format!(
            "there is nothing to go on with on `{settings}`; `setpoint status` shows why"
        )));
    };
    let quiet = arguments.output.quiet;
    match run.about.kind {
        // What was judged when it began has to be what goes on.
        Kind::Apply if run.about.bundle != session.digest() => Err(CommandError::usage(format!(
            "the project has changed since `apply` of `{}` began; run `setpoint apply` again, or roll back",
            run.about.migration
        ))),
        Kind::Apply => {
            let what = Apply { run: run.about, set_aside: arguments.set_aside };
            apply::go(&session, &live, &what, output, quiet)
        }
        Kind::Rollback => rollback::go(&session, &live, &Rollback { run: run.about, restore: false }, output, quiet),
    }
}
