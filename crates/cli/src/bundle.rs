//! `setpoint bundle`: everything that a verdict depends on, as one canonical text.

use std::path::PathBuf;

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::terminal::{self, Color};

/// Writes the canonical bundle of the project, and its digest to standard error
///
/// The bundle holds schemas, migrations and options as canonical JSON (RFC 8785). The same bundle loads in every host
/// and gives the same verdicts; its digest (SHA-256) is in every report.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write the bundle to a file instead of standard output
    #[arg(long, value_name = "FILE", conflicts_with = "digest")]
    output: Option<PathBuf>,
    /// Print only the digest, to standard output
    #[arg(long)]
    digest: bool,
    #[command(flatten)]
    project: ProjectArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let text = OutputArguments { format: setpoint_report::Format::Text, output: None, color: Color::Auto, quiet: true };
    let mut output = Output::open(&text, false)?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    let broken = session.policy.load_answer().reports.iter().map(|report| Outcome::from(report.verdict)).max();
    match (&arguments.output, arguments.digest) {
        (_, true) => terminal::print(format!("{}\n", session.digest()).as_bytes())?,
        (Some(path), _) => {
            std::fs::write(path, &session.canonical).map_err(|error| CommandError::file("write", path, &error))?;
        }
        (None, _) => terminal::print(&session.canonical)?,
    }
    if !arguments.digest {
        terminal::say(session.digest());
    }
    let broken = broken.unwrap_or_default();
    if broken != Outcome::Pass {
        terminal::complain("the bundle has schemas with findings; `setpoint check` shows them");
    }
    Ok(broken)
}
