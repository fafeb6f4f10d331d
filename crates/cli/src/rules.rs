//! `setpoint rules`: what can be asked of rules without documents.

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments};
use crate::session::{ProjectArguments, Session};
use crate::terminal;

/// Rules, without documents
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Test(TestArguments),
}

/// Tries the cases beside the rules
///
/// A rule of which no case fails is a warning: nothing shows what it stops.
#[derive(Debug, clap::Args)]
struct TestArguments {
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let Command::Test(arguments) = &arguments.command;
    let mut output = Output::open(&arguments.output, false)?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    for report in &session.policy.load_answer().reports {
        output.other(report.clone(), &session.schemas);
    }
    let answer = session.policy.try_rules()?;
    if arguments.output.format == setpoint_report::Format::Text && !arguments.output.quiet {
        let covered = answer.rules - answer.without_failing_case.len();
        terminal::say(&match answer.rules {
            0 => "no rule file has a rule that can be tried".to_owned(),
            rules => format!(
                "{} of {} came out as they say; {covered} of {} have a case that fails",
                answer.passed,
                setpoint_report::count(answer.cases, "case"),
                setpoint_report::count(rules, "rule"),
            ),
        });
    }
    for report in answer.reports {
        output.document(report, &session.documents)?;
    }
    output.finish(session.digest())
}
