//! `setpoint completions`: scripts that complete the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::terminal;

/// Prints a script that completes `setpoint` in a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::CommandLine::command(), "setpoint", &mut script);
    terminal::print(&script)?;
    Ok(Outcome::Pass)
}
