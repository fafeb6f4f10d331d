//! Batches: rows that are read, and what they are to become.

use setpoint_checker::{CheckerError, in_order, limit_report};
use setpoint_core::call::{CheckCall, ConvertCall};
use setpoint_core::digest::sha256_hex;
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};

use super::{Engine, EngineError};
use crate::row::{Change, Row};

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
        self.on_threads(rows, move |engine, (row, name)| engine.convert_one(row, name, to, losses)).await
    }

    /// Checks rows at their version: the report on each that is wrong, with the row.
    pub(super) async fn check(
        &self,
        rows: Vec<(Row, String)>,
        version: u32,
    ) -> Result<Vec<(Row, DocumentReport)>, EngineError> {
        let checked = self.on_threads(rows, move |engine, (row, name)| engine.check_one(row, name, version)).await?;
        Ok(checked.into_iter().flatten().collect())
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

/// The digest by which a document that was in the way is known again.
pub(super) fn digest(row: &Row) -> String {
    sha256_hex(&row.document)
}
