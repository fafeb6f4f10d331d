//! Batches: rows that are read, and what they are to become.

use std::collections::HashSet;

use setpoint_checker::{CheckerError, in_order, limit_report};
use setpoint_core::call::{CheckCall, ConvertCall};
use setpoint_core::digest::sha256_hex;
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_core::source::Format;

use super::{Engine, EngineError};
use crate::row::{Change, Row};
use crate::store::Store;

/// Rows that a thread converts at a time: few enough that all threads end together.
const SHARE: usize = 32;

/// What one row is to become.
#[derive(Debug)]
pub(super) enum Step {
    /// This.
    Change(Box<Change>, Vec<Pointer>),
    /// It cannot be changed: the report says why.
    Blocked(Box<Row>, Box<DocumentReport>),
}

impl Engine {
    /// Converts rows to a version, on all threads. `names` are what they are called in reports.
    pub(super) async fn convert(
        &self,
        rows: Vec<(Row, String)>,
        to: u32,
        losses: bool,
    ) -> Result<Vec<Step>, EngineError> {
        let converted =
            self.on_threads(shares(rows, SHARE), move |engine, share| engine.convert_share(share, to, losses));
        Ok(converted.await?.into_iter().flatten().collect())
    }

    /// Converts the rows of one thread. Many documents in one call of the checker cost least; those that it has something to say
    /// about get a call of their own.
    fn convert_share(&self, share: Vec<(Row, String)>, to: u32, losses: bool) -> Result<Vec<Step>, CheckerError> {
        let from = share.first().and_then(|(row, _)| row.version);
        let mut lines = Vec::new();
        for (row, _) in share.iter().filter(|(row, _)| goes_with_others(row, from)) {
            lines.extend_from_slice(&row.document);
            lines.push(b'\n');
        }
        let call = ConvertCall {
            file: "row".to_owned(),
            settings: Some(self.settings.clone()),
            from,
            to,
            losses,
            ..ConvertCall::default()
        };
        let converted = if lines.is_empty() { None } else { self.policy.convert_lines(&call, &lines).ok() };
        // One of them may have met a limit.
        let (answer, documents) = converted.unwrap_or_default();
        let documents = String::from_utf8(documents).unwrap_or_default();
        let mut documents = documents.split('\n').enumerate();
        let mut left = answer.left.into_iter().peekable();
        let mut steps = Vec::with_capacity(share.len());
        for (row, name) in share {
            let line = goes_with_others(&row, from).then(|| documents.next()).flatten();
            let Some((line, document)) = line.filter(|(_, document)| !document.is_empty()) else {
                steps.push(self.convert_one(row, name, to, losses)?);
                continue;
            };
            let left = left.next_if(|left| left.line == line).unwrap_or_default();
            let document = document.to_owned();
            let change = Change { row, version: to, document, complement: left.complement };
            steps.push(Step::Change(Box::new(change), left.losses));
        }
        Ok(steps)
    }

    /// Checks rows at their version: the report on each that is wrong, with the row.
    pub(super) async fn check(
        &self,
        rows: Vec<(Row, String)>,
        version: u32,
    ) -> Result<Vec<(Row, DocumentReport)>, EngineError> {
        let each = rows.len().div_ceil(self.pace.threads.max(1));
        let checked =
            self.on_threads(shares(rows, each), move |engine, share| engine.check_share(share, version)).await?;
        Ok(checked.into_iter().flatten().collect())
    }

    /// Checks the rows of one thread. Most documents are right, and many of them in one call of the checker cost least; those that
    /// are not get a report of their own.
    fn check_share(&self, share: Vec<(Row, String)>, version: u32) -> Result<Vec<(Row, DocumentReport)>, CheckerError> {
        let mut lines = Vec::new();
        let mut doubtful: Vec<(Row, String)> = Vec::new();
        let mut together = Vec::new();
        for (row, name) in share {
            if is_line(&row) {
                lines.extend_from_slice(&row.document);
                lines.push(b'\n');
                together.push((row, name));
            } else {
                doubtful.push((row, name));
            }
        }
        let call = CheckCall {
            file: "row".to_owned(),
            settings: Some(self.settings.clone()),
            version: Some(version),
            format: Some(Format::Json),
            ..CheckCall::default()
        };
        match self.policy.check_lines(&call, 0, &lines) {
            Ok(answer) => {
                let wrong: HashSet<usize> = answer.reports.iter().filter_map(|report| line_of(&report.file)).collect();
                let all_known = wrong.len() == answer.reports.len();
                let together = together.into_iter().enumerate();
                let rest = together.filter(|(line, _)| !all_known || wrong.contains(line)).map(|(_, row)| row);
                doubtful.extend(rest);
            }
            // One of them met a limit.
            Err(_) => doubtful.extend(together),
        }
        doubtful.sort_by(|(left, _), (right, _)| left.key.cmp(&right.key));
        let checked = doubtful.into_iter().map(|(row, name)| self.check_one(row, name, version));
        checked.filter_map(Result::transpose).collect()
    }

    async fn on_threads<T: Send + 'static, R: Send + 'static>(
        &self,
        items: Vec<T>,
        work: impl Fn(&Self, T) -> Result<R, CheckerError> + Send + Sync + 'static,
    ) -> Result<Vec<R>, EngineError> {
        let engine = self.clone();
        let worked = tokio::task::spawn_blocking(move || {
            let mut results = Vec::with_capacity(items.len());
            let stack = engine.policy.limits().stack;
            in_order(
                items.into_iter(),
                engine.pace.threads,
                stack,
                |item| work(&engine, item),
                |result| {
                    results.push(result?);
                    Ok::<(), CheckerError>(())
                },
            )
            .map(|()| results)
        });
        let results = worked.await.map_err(|error| EngineError::Worker(error.to_string()))?;
        Ok(results?)
    }

    fn convert_one(&self, row: Row, name: String, to: u32, losses: bool) -> Result<Step, CheckerError> {
        let call = ConvertCall {
            file: name.clone(),
            settings: Some(self.settings.clone()),
            from: row.version,
            to,
            format: Some(row.format),
            complement: row.complement.clone(),
            losses,
            compact: !row.layout,
        };
        let answer = match self.policy.convert(&call, &row.document) {
            Ok(answer) => answer,
            Err(error) => {
                let report = limit_report(name, call.settings, error)?;
                return Ok(Step::Blocked(Box::new(row), Box::new(report)));
            }
        };
        match answer.document {
            Some(document) if answer.report.verdict == Verdict::Pass => {
                let change = Change { row, version: to, document, complement: answer.complement };
                Ok(Step::Change(Box::new(change), answer.losses))
            }
            _ => Ok(Step::Blocked(Box::new(row), Box::new(answer.report))),
        }
    }

    fn check_one(&self, row: Row, name: String, version: u32) -> Result<Option<(Row, DocumentReport)>, CheckerError> {
        let call = CheckCall {
            file: name.clone(),
            settings: Some(self.settings.clone()),
            version: Some(version),
            format: Some(row.format),
            ..CheckCall::default()
        };
        let report = match self.policy.check(&call, &row.document) {
            Ok(report) => report,
            Err(error) => limit_report(name, call.settings, error)?,
        };
        Ok((report.verdict != Verdict::Pass).then_some((row, report)))
    }
}

/// Whether the document of a row is one line of JSON.
fn is_line(row: &Row) -> bool {
    let blank = row.document.iter().all(u8::is_ascii_whitespace);
    row.format == Format::Json && !blank && !row.document.contains(&b'\n')
}

/// Whether a row is converted in one call with others at a version: neither a layout nor what was kept for it has to go with it.
fn goes_with_others(row: &Row, from: Option<u32>) -> bool {
    is_line(row) && !row.layout && row.complement.is_empty() && from.is_some() && row.version == from
}

/// A row with what it is called in reports.
pub(super) fn named(store: &dyn Store, row: Row) -> (Row, String) {
    let name = store.shown(&row.key);
    (row, name)
}

/// Cuts rows into shares of at most so many: handing each row to a thread would cost as much as a small one takes.
fn shares<T>(rows: Vec<T>, most: usize) -> Vec<Vec<T>> {
    let mut shares = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        shares.push(rows.by_ref().take(most.max(1)).collect());
    }
    shares
}

/// The number in `row:NUMBER`.
fn line_of(name: &str) -> Option<usize> {
    name.rsplit_once(':')?.1.parse().ok()
}

/// The digest by which a document that was in the way is known again.
pub(super) fn digest(row: &Row) -> String {
    sha256_hex(&row.document)
}
