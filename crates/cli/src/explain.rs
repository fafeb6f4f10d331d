//! `setpoint explain`: what a finding means, why it matters, how to fix it.

use std::fmt::Write as _;

use setpoint_core::check::Check;
use setpoint_core::finding::Severity;

use crate::checks;
use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::terminal;

/// Explains a finding: what it means, why it matters, how to fix it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The code of the finding, for example `type-mismatch`
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List all codes
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let text = match &arguments.code {
        None => list(),
        Some(code) => match checks::find(code) {
            Some(check) => page(check),
            None => return Err(unknown(code)),
        },
    };
    terminal::print(text.as_bytes())?;
    Ok(Outcome::Pass)
}

fn list() -> String {
    let checks = checks::all();
    let width = checks.iter().map(|check| check.code.len()).max().unwrap_or_default();
    checks.iter().fold(String::new(), |mut text, check| {
        let _ = writeln!(text, "{:width$}  {:9}  {}", check.code, severity(check), check.title);
        text
    })
}

fn page(check: &Check) -> String {
    // Doc comments keep the blank after `///`.
    let lines = check.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let page = lines.collect::<Vec<_>>().join("\n");
    format!("# {} ({})\n\n{}\n\n{}\n", check.code, severity(check), check.title, page.trim_end())
}

fn severity(check: &Check) -> &'static str {
    match check.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Debt => "debt",
        Severity::Undecided => "undecided",
    }
}

fn unknown(code: &str) -> CommandError {
    let nearest = checks::all()
        .into_iter()
        .map(|check| (strsim::damerau_levenshtein(code, check.code), check.code))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3);
    let help = match nearest {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None => "`setpoint explain --list` lists all".to_owned(),
    };
    CommandError::usage(format!("there is no finding with the code `{code}`; {help}"))
}
