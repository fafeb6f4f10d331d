//! Workflow commands, which GitHub Actions turns into annotations on the changed files.
//!
//! GitHub shows at most 10 errors and 10 warnings per step (and 50 annotations per job), and drops the rest without a
//! word; when there are more, a notice says so. The log has them all. Escaping follows the toolkit of GitHub Actions
//! (`packages/core/src/command.ts`): `%` and line breaks everywhere, `:` and `,` in properties as well.

use std::io::{self, Write};

use setpoint_core::finding::{Finding, Severity};
use setpoint_core::report::{DocumentReport, Report, Summary};

use crate::location::Location;
use crate::sources::Sources;
use crate::wording::{self, message, plain};

/// How many errors, and how many warnings, GitHub shows for one step.
const LIMIT: usize = 10;

/// Writes a command for each finding and the summary.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, sources: &dyn Sources, out: &mut dyn Write) -> io::Result<()> {
    for one in &report.reports {
        document(one, sources, out)?;
    }
    summary(&report.summary, out)
}

/// Writes a command for each finding of one document.
///
/// # Errors
/// Only what `out` returns.
pub fn document(document: &DocumentReport, sources: &dyn Sources, out: &mut dyn Write) -> io::Result<()> {
    let location = Location::new(&document.file, sources);
    for finding in &document.findings {
        let command = match finding.severity {
            Severity::Warning => "warning",
            Severity::Debt => "notice",
            // It blocks, so it has to look like something that blocks.
            Severity::Error | Severity::Undecided => "error",
        };
        writeln!(
            out,
            "::{command} file={}{},title={}::{}",
            property(location.repository_path()),
            region(location, finding),
            property(&format!("setpoint: {}", plain(&finding.code))),
            data(&body(finding))
        )?;
    }
    Ok(())
}

/// Writes the summary as a line of the log, and a notice when GitHub will not show everything.
///
/// # Errors
/// Only what `out` returns.
pub fn summary(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let errors = summary.errors.saturating_add(summary.undecided);
    if errors > LIMIT || summary.warnings > LIMIT {
        writeln!(
            out,
            "::notice title=setpoint::GitHub shows {LIMIT} errors and {LIMIT} warnings of a step; \
             all {} findings are in its log",
            errors.saturating_add(summary.warnings)
        )?;
    }
    writeln!(out, "{}", wording::summary(summary))
}

fn region(location: Location<'_>, finding: &Finding) -> String {
    match finding.span.map(|span| location.span(span)) {
        // GitHub takes columns only when both ends are on one line.
        Some(span) if span.line == span.end_line => {
            format!(",line={},col={},endLine={},endColumn={}", span.line, span.column, span.end_line, span.end_column)
        }
        Some(span) => format!(",line={},endLine={}", span.line, span.end_line),
        None => format!(",line={}", location.first_line),
    }
}

fn body(finding: &Finding) -> String {
    let mut body = message(finding);
    if let Some(help) = &finding.help {
        body.push_str("\nhelp: ");
        body.push_str(&plain(help));
    }
    body.push_str("\nretry: ");
    body.push_str(&wording::retry(&finding.retry));
    if let Some(owner) = &finding.owner {
        body.push_str("\nowner: ");
        body.push_str(&plain(owner));
    }
    body
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_escape_more_than_messages() {
        assert_eq!(data("50%: a, b\nc"), "50%25: a, b%0Ac");
        assert_eq!(property("50%: a, b\nc"), "50%25%3A a%2C b%0Ac");
    }
}
