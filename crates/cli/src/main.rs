//! The command `setpoint`. Each subcommand is a file; this one only dispatches.
//!
//! What does not live here: deciding (the core, inside `setpoint-checker`), the project file (`setpoint-project`), and
//! the forms of reports (`setpoint-report`).

mod apply;
mod bundle;
mod check;
mod checks;
mod completions;
mod convert;
mod diff;
mod error;
mod explain;
mod gate;
mod history;
mod host;
mod init;
mod live;
mod man;
mod migrate;
mod names;
mod outcome;
mod output;
mod panic;
mod pause;
mod read;
mod rehearse;
mod replace;
mod rollback;
mod rules;
mod serve;
mod session;
mod status;
mod terminal;
mod token;
mod unchecked;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::CommandError;
use crate::outcome::Outcome;

/// Checks settings documents and gates the migrations that change their shape.
#[derive(Debug, Parser)]
#[command(
    name = "setpoint",
    version,
    propagate_version = false,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 pass, 1 an error was found, 2 the command line or the project file is wrong, \
                  3 undecided, 4 the outside failed (safe to run again), 70 internal error"
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Check(check::Arguments),
    Gate(gate::Arguments),
    Diff(diff::Arguments),
    Migrate(migrate::Arguments),
    Convert(convert::Arguments),
    Rehearse(rehearse::Arguments),
    Apply(apply::Arguments),
    Rollback(rollback::Arguments),
    Pause(pause::Pause),
    Resume(pause::Resume),
    Status(status::Arguments),
    History(history::Arguments),
    Serve(serve::Arguments),
    Token(token::Arguments),
    Rules(rules::Arguments),
    Explain(explain::Arguments),
    Bundle(bundle::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

fn main() -> ExitCode {
    panic::install_hook();
    // A panic has been reported by the hook when it arrives here.
    let outcome = std::panic::catch_unwind(run).unwrap_or(Outcome::Internal);
    ExitCode::from(outcome.exit_code())
}

fn run() -> Outcome {
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            // Help and version go to standard output and are no error; a closed pipe is nothing to talk about.
            return match error.print() {
                _ if error.use_stderr() => Outcome::Usage,
                Err(failed) if failed.kind() != std::io::ErrorKind::BrokenPipe => Outcome::Outside,
                _ => Outcome::Pass,
            };
        }
    };
    let result = match command_line.command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Gate(arguments) => gate::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Rehearse(arguments) => rehearse::run(&arguments),
        Command::Apply(arguments) => apply::run(&arguments),
        Command::Rollback(arguments) => rollback::run(&arguments),
        Command::Pause(arguments) => pause::pause(&arguments),
        Command::Resume(arguments) => pause::resume(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Bundle(arguments) => bundle::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        if let CommandError::Said { outcome } = error {
            return outcome;
        }
        terminal::complain(&error.to_string());
        error.outcome()
    })
}
