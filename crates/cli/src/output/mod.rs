//! Writing a report while it grows.
//!
//! Text and NDJSON are written as findings come, so memory does not depend on how many documents there are. The other
//! forms begin with counts or need all findings at once; they are written at the end.

mod progress;
mod texts;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use setpoint_core::finding::Severity;
use setpoint_core::report::{ComparisonReport, DocumentReport, MigrationReport, Report, Summary, Verdict};
use setpoint_report::{Format, Options, ndjson, text};

use crate::checks;
use crate::error::CommandError;
use crate::names::Names;
use crate::outcome::Outcome;
use crate::terminal::{self, Color};
use crate::unchecked;

pub(crate) use progress::Progress;
pub(crate) use texts::{Texts, is_lines};

/// How reports are written; the same for every command that writes one.
#[derive(Debug, clap::Args)]
pub(crate) struct OutputArguments {
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value_t = Format::Text, value_parser = format_parser())]
    pub(crate) format: Format,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Whether to use colour
    #[arg(long, value_enum, default_value_t)]
    pub(crate) color: Color,
    /// Print findings only: no summary, no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::TypedValueParser;
    clap::builder::PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse::<Format>())
}

/// A report being written.
pub(crate) struct Output {
    format: Format,
    options: Options,
    quiet: bool,
    /// Whether a run that looked at nothing says so.
    pub(crate) mention_nothing: bool,
    /// Whether the report ends with a line of counts.
    pub(crate) summarize: bool,
    out: Box<dyn Write>,
    destination: Option<PathBuf>,
    /// Nobody reads any more.
    closed: bool,
    summary: Summary,
    verdict: Verdict,
    fixable: usize,
    kept: Vec<DocumentReport>,
    comparisons: Vec<ComparisonReport>,
    migrations: Vec<MigrationReport>,
    pub(crate) texts: Texts,
    pub(crate) progress: Progress,
}

impl Output {
    /// For commands whose result goes to standard output: text for a person on standard error, without a summary.
    pub(crate) fn beside() -> Result<Self, CommandError> {
        let arguments = OutputArguments { format: Format::Text, output: None, color: Color::Never, quiet: false };
        let mut output = Self::open(&arguments, false)?;
        output.out = Box::new(BufWriter::new(io::stderr()));
        output.summarize = false;
        output.mention_nothing = false;
        Ok(output)
    }

    /// Opens the destination. `fix_hint`: whether `setpoint check --fix` can help.
    pub(crate) fn open(arguments: &OutputArguments, fix_hint: bool) -> Result<Self, CommandError> {
        let out: Box<dyn Write> = match &arguments.output {
            None => Box::new(BufWriter::new(io::stdout())),
            Some(path) => {
                Box::new(BufWriter::new(File::create(path).map_err(|error| CommandError::file("write", path, &error))?))
            }
        };
        let color = match arguments.color {
            Color::Auto if arguments.output.is_some() => false,
            color => color.is_on(),
        };
        let options = Options { color, width: terminal::width(), fix_hint, describe: checks::find };
        Ok(Self {
            format: arguments.format,
            options,
            quiet: arguments.quiet,
            mention_nothing: true,
            summarize: true,
            out,
            destination: arguments.output.clone(),
            closed: false,
            summary: Summary::default(),
            verdict: Verdict::Pass,
            fixable: 0,
            kept: Vec::new(),
            comparisons: Vec::new(),
            migrations: Vec::new(),
            texts: Texts::default(),
            progress: Progress::new(!arguments.quiet),
        })
    }

    /// Adds the report on a document.
    pub(crate) fn document(&mut self, report: DocumentReport, names: &Names) -> Result<(), CommandError> {
        self.summary.documents += 1;
        self.add(report, names)
    }

    /// Adds documents that passed and have no report of their own.
    pub(crate) fn passed(&mut self, documents: usize) {
        self.summary.documents += documents;
    }

    /// Adds the report on something that is no document: a schema, the project file. An error of the destination shows
    /// at the end.
    pub(crate) fn other(&mut self, report: DocumentReport, names: &Names) {
        let _ = self.add(report, names);
    }

    /// Adds what was found out about two schemas. Its findings are added as reports.
    pub(crate) fn comparison(&mut self, comparison: ComparisonReport) {
        if self.format == Format::Json {
            self.comparisons.push(comparison);
        }
    }

    /// Adds what gating a migration came to. Its findings are added as a report.
    pub(crate) fn migration(&mut self, migration: MigrationReport) {
        if self.format == Format::Json {
            self.migrations.push(migration);
        }
    }

    /// Adds a file that could not be checked. People have been told; whoever reads the report has to learn it from there.
    pub(crate) fn unchecked(&mut self, name: &str, error: &CommandError, names: &Names) {
        if self.format != Format::Text {
            let _ = self.add(unchecked::report(name.to_owned(), error), names);
        }
    }

    /// Whether nobody reads any more, so that going on would be in vain.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    fn add(&mut self, mut report: DocumentReport, names: &Names) -> Result<(), CommandError> {
        for finding in &report.findings {
            match finding.severity {
                Severity::Error => self.summary.errors += 1,
                Severity::Warning => self.summary.warnings += 1,
                Severity::Debt => self.summary.debt += 1,
                Severity::Undecided => self.summary.undecided += 1,
            }
        }
        self.verdict = self.verdict.max(report.verdict);
        if self.format == Format::Text && report.findings.is_empty() {
            return Ok(());
        }
        if !matches!(self.format, Format::Json | Format::Ndjson) {
            show_names(&mut report, names);
        }
        let result = match self.format {
            Format::Text => {
                self.fixable += text::fixable(&report);
                let Self { progress, texts, options, out, .. } = self;
                progress.aside(|| text::document(&report, texts, options, out))
            }
            Format::Ndjson => {
                let out = &mut self.out;
                self.progress.aside(|| ndjson::document(&report, out))
            }
            _ => {
                self.kept.push(report);
                Ok(())
            }
        };
        self.written(result)
    }

    /// Writes what is left and says how it ended.
    pub(crate) fn finish(&mut self, digest: &str) -> Result<Outcome, CommandError> {
        self.progress.finish();
        let cut_short = self.closed;
        if !self.closed {
            let result = self.write_rest(digest).and_then(|()| self.out.flush());
            self.written(result)?;
        }
        // Where the reader left before the end, passing is not known.
        match Outcome::from(self.verdict) {
            Outcome::Pass if cut_short => Ok(Outcome::Outside),
            outcome => Ok(outcome),
        }
    }

    fn write_rest(&mut self, digest: &str) -> io::Result<()> {
        match self.format {
            Format::Text => {
                let nothing = self.summary == Summary::default();
                if self.quiet || !self.summarize || nothing && !self.mention_nothing {
                    return Ok(());
                }
                text::summary(&self.summary, self.fixable, &self.options, &mut self.out)
            }
            Format::Ndjson => ndjson::closing(digest, self.verdict, &self.summary, &mut self.out),
            format => {
                let mut report = Report::new(digest.to_owned(), std::mem::take(&mut self.kept));
                report.summary = self.summary;
                report.verdict = self.verdict;
                report.comparisons = std::mem::take(&mut self.comparisons);
                report.migrations = std::mem::take(&mut self.migrations);
                setpoint_report::render(format, &report, &self.texts, &self.options, &mut self.out)
            }
        }
    }

    fn written(&mut self, result: io::Result<()>) -> Result<(), CommandError> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                // What is still buffered would fail again when it is dropped.
                self.out = Box::new(io::sink());
                Ok(())
            }
            Err(error) => {
                let destination = self.destination.clone().unwrap_or_else(|| PathBuf::from("standard output"));
                Err(CommandError::file("write", &destination, &error))
            }
        }
    }
}

/// Turns names relative to the project file into names relative to the working directory.
fn show_names(report: &mut DocumentReport, names: &Names) {
    if report.file != texts::STANDARD_INPUT {
        report.file = names.shown(&report.file);
    }
    for file in report.findings.iter_mut().flat_map(|finding| &mut finding.related).filter_map(|one| one.file.as_mut())
    {
        *file = names.shown(file);
    }
}
