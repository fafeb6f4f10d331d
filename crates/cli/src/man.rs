//! `setpoint man`: manual pages.

use std::path::PathBuf;

use clap::CommandFactory;

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::terminal;

/// Prints the manual page of `setpoint`, or writes those of all subcommands to a folder
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write `setpoint.1` and a page for every subcommand to this folder
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let command = crate::CommandLine::command();
    if let Some(folder) = &arguments.output {
        clap_mangen::generate_to(command, folder).map_err(|error| CommandError::file("write to", folder, &error))?;
        return Ok(Outcome::Pass);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| CommandError::Outside(format!("cannot write the page: {error}")))?;
    terminal::print(&page)?;
    Ok(Outcome::Pass)
}
