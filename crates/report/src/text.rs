//! The form for people on a terminal.
//!
//! ```text
//! error[type-mismatch]: `/http/port` is the string "80"
//!   --> config/billing/eu.yaml:3:9
//!    |
//!  3 |   port: "80"
//!    |         ^^^^ expected an integer from 1 to 65535
//!    = help: write 80 without the quotes (`setpoint check --fix` does this)
//!    = retry: after an edit; sending it again unchanged gives the same answer
//!    = schema: schemas/billing/v2.json#/properties/http/properties/port/type
//! ```
//!
//! [`document`] and [`summary`] can be called on their own, so that a long run prints what it finds as it goes and
//! keeps nothing.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use setpoint_core::finding::{Finding, Related, Severity, Span};
use setpoint_core::report::{DocumentReport, Report, Summary};

use crate::excerpt::excerpt;
use crate::location::{Location, Text};
use crate::options::Options;
use crate::sources::Sources;
use crate::wording::{self, FIX_COMMAND, plain};

/// Writes every finding, then the summary.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, sources: &dyn Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for one in &report.reports {
        document(one, sources, options, out)?;
    }
    summary(&report.summary, wording::fixable(report), options, out)
}

/// Writes the findings of one document, each followed by an empty line; nothing when there are none.
///
/// # Errors
/// Only what `out` returns.
pub fn document(
    document: &DocumentReport,
    sources: &dyn Sources,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let wants_text = |finding: &Finding| finding.span.is_some() || finding.related.iter().any(|one| one.span.is_some());
    let text = if document.findings.iter().any(wants_text) { Text::of(&document.file, sources) } else { None };
    let location = Location::new(&document.file, sources);
    for finding in &document.findings {
        let mut page = Page::new(document, finding, text.as_ref(), location, options, out);
        page.write()?;
        writeln!(page.out)?;
    }
    Ok(())
}

/// Writes the closing line, and a second one when `setpoint check --fix` can repair `fixable` findings.
///
/// # Errors
/// Only what `out` returns.
pub fn summary(summary: &Summary, fixable: usize, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let style = match summary {
        Summary { errors: 1.., .. } => paint(options, AnsiColor::Red),
        Summary { undecided: 1.., .. } => paint(options, AnsiColor::Magenta),
        Summary { warnings: 1.., .. } => paint(options, AnsiColor::Yellow),
        _ => Style::new(),
    };
    writeln!(out, "{style}{}{style:#}", wording::summary(summary))?;
    if fixable > 0 && options.fix_hint {
        writeln!(out, "{} can be fixed with {FIX_COMMAND}", wording::count(fixable, "finding"))?;
    }
    Ok(())
}

/// How many of the findings of `document` the second line of [`summary`] counts.
#[must_use]
pub fn fixable(document: &DocumentReport) -> usize {
    document.findings.iter().filter(|finding| wording::is_fixable(finding)).count()
}

fn paint(options: &Options, color: AnsiColor) -> Style {
    if options.color { color.on_default().bold() } else { Style::new() }
}

/// One finding being written.
struct Page<'a, 'o> {
    document: &'a DocumentReport,
    finding: &'a Finding,
    text: Option<&'a Text<'a>>,
    location: Location<'a>,
    options: &'a Options,
    /// Characters of the widest line number.
    gutter: usize,
    severity: Style,
    frame: Style,
    strong: Style,
    out: &'o mut dyn Write,
}

impl<'a, 'o> Page<'a, 'o> {
    fn new(
        document: &'a DocumentReport,
        finding: &'a Finding,
        text: Option<&'a Text<'a>>,
        location: Location<'a>,
        options: &'a Options,
        out: &'o mut dyn Write,
    ) -> Self {
        let spans = finding
            .span
            .into_iter()
            .chain(finding.related.iter().filter(|one| one.file.is_none()).filter_map(|one| one.span));
        let last_line = spans.map(|span| location.span(span).line).max().unwrap_or(1);
        let severity = match finding.severity {
            Severity::Error => AnsiColor::Red,
            Severity::Undecided => AnsiColor::Magenta,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Debt => AnsiColor::Blue,
        };
        Self {
            document,
            finding,
            text,
            location,
            options,
            gutter: last_line.to_string().len(),
            severity: paint(options, severity),
            frame: paint(options, AnsiColor::Blue),
            strong: if options.color { Style::new().bold() } else { Style::new() },
            out,
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let Self { severity, strong, finding, .. } = *self;
        writeln!(
            self.out,
            "{severity}{}[{}]{severity:#}{strong}: {}{strong:#}",
            wording::severity(finding.severity),
            plain(&finding.code),
            plain(&finding.message),
        )?;
        self.place("-->", finding.span)?;
        let expected = plain(&finding.expected.text);
        let label = if expected.is_empty() { String::new() } else { format!("expected {expected}") };
        let drawn = match (self.text, finding.span) {
            (Some(text), Some(span)) => {
                self.excerpt(text, span, '^', severity, &label)?;
                true
            }
            _ => false,
        };
        for related in &finding.related {
            self.related(related)?;
        }
        if !drawn && !expected.is_empty() {
            self.note("expected", &expected)?;
        }
        if let Some(help) = self.help() {
            self.note("help", &help)?;
        }
        self.note("retry", &wording::retry(&finding.retry))?;
        if !finding.keyword.is_empty() {
            // A finding inside of a schema or migration file names a place in that file.
            let own = finding.keyword.split_once('#').is_some_and(|(file, _)| file == self.document.file);
            let origin = match finding.code.starts_with("rule-") {
                _ if own => "at",
                true => "rule",
                false => "schema",
            };
            self.note(origin, &plain(&finding.keyword))?;
        }
        if let Some(owner) = &finding.owner {
            self.note("owner", &plain(owner))?;
        }
        Ok(())
    }

    fn help(&self) -> Option<String> {
        let help = self.finding.help.as_deref().map(plain);
        if !self.options.fix_hint || !wording::is_fixable(self.finding) {
            return help.map(Into::into);
        }
        match help {
            Some(help) if help.contains(FIX_COMMAND) => Some(help.into()),
            Some(help) => Some(format!("{help} ({FIX_COMMAND} does this)")),
            None => Some(format!("{FIX_COMMAND} repairs this")),
        }
    }

    fn place(&mut self, arrow: &str, span: Option<Span>) -> io::Result<()> {
        let Self { frame, gutter, .. } = *self;
        writeln!(self.out, " {:gutter$}{frame}{arrow}{frame:#} {}", "", plain(&self.location.text(span)))
    }

    fn excerpt(&mut self, text: &Text<'_>, span: Span, mark: char, style: Style, label: &str) -> io::Result<()> {
        let Self { frame, gutter, .. } = *self;
        let width = self.options.width.max(40).saturating_sub(gutter + 4);
        let excerpt = excerpt(text, span.start, span.end, &self.document.hidden, width);
        let line = self.location.span(span).line;
        let marks: String = std::iter::repeat_n(mark, excerpt.cells).collect();
        let separator = if label.is_empty() { "" } else { " " };
        writeln!(self.out, " {:gutter$} {frame}|{frame:#}", "")?;
        let blank = if excerpt.line.is_empty() { "" } else { " " };
        writeln!(self.out, " {frame}{line:>gutter$} |{frame:#}{blank}{}", excerpt.line)?;
        writeln!(
            self.out,
            " {:gutter$} {frame}|{frame:#} {:indent$}{style}{marks}{separator}{label}{style:#}",
            "",
            "",
            indent = excerpt.indent
        )
    }

    /// Another place: with its text when it lies in this document, whose secrets we know; otherwise by name only.
    fn related(&mut self, related: &Related) -> io::Result<()> {
        let message = plain(&related.message);
        match (&related.file, related.span, self.text) {
            (None, Some(span), Some(text)) => {
                self.place(":::", Some(span))?;
                self.excerpt(text, span, '-', self.frame, &message)
            }
            // A remark that points at nothing needs no place.
            (None, None, _) => self.note("note", &message),
            (None, span, _) => {
                let place = self.location.text(span);
                self.note("note", &format!("{message} ({})", plain(&place)))
            }
            (Some(file), Some(span), _) => {
                let place = format!("{}:{}:{}", plain(file), span.line.max(1), span.column.max(1));
                self.note("note", &format!("{message} ({place})"))
            }
            (Some(file), None, _) => self.note("note", &format!("{message} ({})", plain(file))),
        }
    }

    fn note(&mut self, name: &str, text: &str) -> io::Result<()> {
        let Self { frame, strong, gutter, .. } = *self;
        writeln!(self.out, " {:gutter$} {frame}={frame:#} {strong}{name}{strong:#}: {text}", "")
    }
}
