//! The Reviewdog Diagnostic Format, as one `DiagnosticResult`.
//!
//! Its columns count bytes of UTF-8 from 1 and its ends are exclusive (`proto/rdf/reviewdog.proto`), so columns are
//! computed from the text. Where the text is not to be had a range names lines only, which the format allows. The
//! reader refuses unknown members, so there are none.

use std::io::{self, Write};

use serde::Serialize;
use setpoint_core::finding::{Finding, Fix, Severity, Span};
use setpoint_core::report::{DocumentReport, Report, Verdict};

use crate::location::{Location, Text};
use crate::sources::Sources;
use crate::wording::{self, message, plain};

/// A suggestion spanning more lines is a rewrite, which a review comment does not show well.
const SUGGESTED_LINES: usize = 10;

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Place<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

/// Writes the report.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, sources: &dyn Sources, out: &mut dyn Write) -> io::Result<()> {
    let mut diagnostics = Vec::new();
    for document in &report.reports {
        let location = Location::new(&document.file, sources);
        let text = if document.findings.is_empty() { None } else { Text::of(&document.file, sources) };
        for finding in &document.findings {
            diagnostics.push(diagnostic(document, finding, location, text.as_ref()));
        }
    }
    let result = DiagnosticResult {
        source: Source { name: "setpoint" },
        severity: match report.verdict {
            Verdict::Fail | Verdict::Undecided => "ERROR",
            Verdict::Pass if report.summary.warnings > 0 => "WARNING",
            Verdict::Pass => "INFO",
        },
        diagnostics,
    };
    serde_json::to_writer_pretty(&mut *out, &result)?;
    writeln!(out)
}

fn diagnostic<'a>(
    document: &DocumentReport,
    finding: &'a Finding,
    location: Location<'a>,
    text: Option<&Text<'_>>,
) -> Diagnostic<'a> {
    let mut message = message(finding);
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(&plain(help));
    }
    message.push_str("\nretry: ");
    message.push_str(&wording::retry(&finding.retry));
    let suggestion = finding.fix.as_ref().zip(text).and_then(|(fix, text)| suggest(document, fix, location, text));
    let whole_line = location.is_line.then_some(Range {
        start: Position { line: location.first_line, column: None },
        end: Position { line: location.first_line, column: None },
    });
    Diagnostic {
        message,
        location: Place {
            path: location.repository_path(),
            range: finding.span.map(|span| range(span, location, text)).or(whole_line),
        },
        severity: match finding.severity {
            Severity::Warning => "WARNING",
            Severity::Debt => "INFO",
            Severity::Error | Severity::Undecided => "ERROR",
        },
        code: Code { value: &finding.code, url: &finding.url },
        suggestions: suggestion.into_iter().collect(),
    }
}

fn range(span: Span, location: Location<'_>, text: Option<&Text<'_>>) -> Range {
    if let Some(text) = text {
        return byte_range(span.start, span.end, location, text);
    }
    let span = location.span(span);
    Range { start: Position { line: span.line, column: None }, end: Position { line: span.end_line, column: None } }
}

fn byte_range(start: usize, end: usize, location: Location<'_>, text: &Text<'_>) -> Range {
    let position = |offset| {
        let position = text.byte_position(offset);
        Position { line: location.line(position.line), column: Some(position.column) }
    };
    Range { start: position(start), end: position(end.max(start)) }
}

/// Several edits become one replacement, because each suggestion is offered on its own. There is none when it would
/// repeat text that holds a secret, or run over many lines.
fn suggest(document: &DocumentReport, fix: &Fix, location: Location<'_>, text: &Text<'_>) -> Option<Suggestion> {
    let (start, end) = (fix.edits.first()?.start, fix.edits.last()?.end);
    let is_long = text.byte_position(end).line.saturating_sub(text.byte_position(start).line) >= SUGGESTED_LINES;
    if start > end || end > text.bytes.len() || is_long {
        return None;
    }
    let mut replaced = Vec::new();
    let mut at = start;
    for edit in &fix.edits {
        if edit.start < at || edit.end < edit.start {
            return None;
        }
        let is_hidden = document.hidden.iter().any(|secret| secret.start < edit.start && secret.end > at);
        if is_hidden {
            return None;
        }
        replaced.extend_from_slice(text.bytes(at..edit.start));
        replaced.extend_from_slice(edit.text.as_bytes());
        at = edit.end;
    }
    Some(Suggestion { range: byte_range(start, end, location, text), text: String::from_utf8(replaced).ok()? })
}
