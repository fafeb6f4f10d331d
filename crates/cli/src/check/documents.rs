//! Checking many documents: files on all cores, files of lines piece by piece, standard input.

use std::io::{self, Read};

use setpoint_checker::{CheckerError, LinesError, in_order};
use setpoint_core::report::DocumentReport;

use super::before::Before;
use super::one::{self, Checked};
use super::targets::{Origin, Target};
use super::{Arguments, one_off_anonymous};
use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::output::Output;
use crate::read;
use crate::session::Session;
use crate::terminal;

/// Files that one thread checks in less time than a second thread needs to start.
const FEW_FILES: usize = 16;
/// Unless they are large.
const FEW_BYTES: u64 = 1 << 20;

/// Checks documents in their order. The outcome is about what could not be checked; verdicts are in `output`.
pub(super) fn check(
    arguments: &Arguments,
    session: &Session,
    before: &Before,
    targets: &[Target],
    threads: usize,
    output: &mut Output,
) -> Result<Outcome, CommandError> {
    let mut run = Run { arguments, session, before, output, outcome: Outcome::Pass, fixed: 0, fixed_files: 0 };
    run.output.progress.expect(targets.iter().filter(|target| !target.lines).count());
    for group in targets.chunk_by(|a, b| is_plain(a) && is_plain(b)) {
        match group {
            [target] if target.lines => run.lines(target, threads)?,
            [target] if target.origin == Origin::StandardInput => run.standard_input(target)?,
            files => run.files(files, threads)?,
        }
        if run.output.is_closed() {
            break;
        }
    }
    if run.fixed > 0 && !arguments.output.quiet {
        let said = format!(
            "fixed {} in {}",
            setpoint_report::count(run.fixed, "finding"),
            setpoint_report::count(run.fixed_files, "file")
        );
        run.output.progress.aside(|| terminal::say(&said));
    }
    Ok(run.outcome)
}

fn is_plain(target: &Target) -> bool {
    !target.lines && target.origin != Origin::StandardInput
}

struct Run<'a> {
    arguments: &'a Arguments,
    session: &'a Session,
    before: &'a Before,
    output: &'a mut Output,
    outcome: Outcome,
    fixed: usize,
    fixed_files: usize,
}

/// Ends the work early.
enum Stop {
    Closed,
    Failed(CommandError),
}

impl Run<'_> {
    fn files(&mut self, files: &[Target], threads: usize) -> Result<(), CommandError> {
        let threads = if is_little(files) { 1 } else { threads };
        let (arguments, session, before) = (self.arguments, self.session, self.before);
        let stack = session.policy.limits().stack;
        let result = in_order(
            files.iter(),
            threads,
            stack,
            |target| one::file(arguments, session, before, target),
            |checked| {
                self.output.progress.advance(1);
                self.take(checked)
            },
        );
        ended(result)
    }

    fn take(&mut self, checked: Checked) -> Result<(), Stop> {
        match checked {
            Checked::Report(report, fixed) => {
                self.fixed += fixed;
                self.fixed_files += usize::from(fixed > 0);
                self.deliver(report)
            }
            Checked::Complaint(name, error) => self.complain(&name, &error),
        }
    }

    fn standard_input(&mut self, target: &Target) -> Result<(), CommandError> {
        let text = read::standard_input(self.session.byte_limit()).map_err(|error| cannot_read_input(&error))?;
        let call = one::call(self.arguments, target, self.before.of(target, &text)?);
        let report = one::check(self.session, &call, &text)?;
        let shown = if target.name == "-" { target.name.clone() } else { self.session.documents.shown(&target.name) };
        self.output.texts.keep_standard_input(shown, text);
        let result = self.deliver(one_off_anonymous(report, self.session));
        ended(result)
    }

    fn lines(&mut self, target: &Target, threads: usize) -> Result<(), CommandError> {
        let reader: Box<dyn Read + Send> = match &target.origin {
            Origin::StandardInput => Box::new(io::stdin()),
            Origin::File(path) => match read::open(path) {
                Ok(file) => Box::new(file),
                Err(error) => {
                    let result = self.complain(&target.name, &CommandError::file("read", path, &error));
                    return ended(result);
                }
            },
        };
        let call = one::call(self.arguments, target, None);
        let (session, settings) = (self.session, &target.settings);
        let result = session.policy.check_lines_of(&call, reader, threads, |chunk| {
            let reported = chunk.reports.len();
            self.output.passed(chunk.documents.saturating_sub(reported));
            self.output.progress.advance(chunk.documents);
            for answer in chunk.reports {
                let report = answer.or_else(|error| {
                    let name = line_name(&error).unwrap_or_else(|| target.name.clone());
                    setpoint_checker::limit_report(name, settings.clone(), error)
                });
                match report {
                    Ok(report) => self.deliver(one_off_anonymous(without_fixes(report), session))?,
                    Err(error) => self.complain(&target.name, &error.into())?,
                }
            }
            Ok(())
        });
        match result {
            Ok(_) | Err(LinesError::Deliver(Stop::Closed)) => Ok(()),
            Err(LinesError::Deliver(Stop::Failed(error))) => Err(error),
            Err(LinesError::Read(error)) => {
                let error = match &target.origin {
                    Origin::StandardInput => cannot_read_input(&error),
                    Origin::File(path) => CommandError::file("read", path, &error),
                };
                ended(self.complain(&target.name, &error))
            }
        }
    }

    fn deliver(&mut self, report: DocumentReport) -> Result<(), Stop> {
        self.output.document(report, &self.session.documents).map_err(Stop::Failed)?;
        if self.output.is_closed() { Err(Stop::Closed) } else { Ok(()) }
    }

    /// Says why something could not be checked, and goes on with the others.
    fn complain(&mut self, name: &str, error: &CommandError) -> Result<(), Stop> {
        self.outcome = self.outcome.max(error.outcome());
        self.output.progress.aside(|| terminal::complain(&error.to_string()));
        self.output.unchecked(name, error, &self.session.documents);
        if self.output.is_closed() { Err(Stop::Closed) } else { Ok(()) }
    }
}

fn ended(result: Result<(), Stop>) -> Result<(), CommandError> {
    match result {
        Ok(()) | Err(Stop::Closed) => Ok(()),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn cannot_read_input(error: &io::Error) -> CommandError {
    CommandError::Outside(format!("cannot read standard input: {}", crate::error::reason(error)))
}

/// Files of lines are never written, so nothing may promise that `--fix` would.
fn without_fixes(mut report: DocumentReport) -> DocumentReport {
    report.findings.iter_mut().for_each(|finding| finding.fix = None);
    report
}

/// The name of the line that an error is about.
fn line_name(error: &CheckerError) -> Option<String> {
    match error {
        CheckerError::Line { file, line, .. } => Some(format!("{file}:{line}")),
        CheckerError::Fuel { document, .. }
        | CheckerError::Memory { document, .. }
        | CheckerError::Stack { document, .. }
        | CheckerError::Table { document, .. }
        | CheckerError::Output { document, .. }
        | CheckerError::Input { document, .. } => Some(document.clone()),
        _ => None,
    }
}

/// Whether files are so few and small that one thread is quickest.
fn is_little(files: &[Target]) -> bool {
    let size = |target: &Target| match &target.origin {
        Origin::File(path) => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
        Origin::StandardInput => 0,
    };
    files.len() <= FEW_FILES && files.iter().map(size).sum::<u64>() <= FEW_BYTES
}
