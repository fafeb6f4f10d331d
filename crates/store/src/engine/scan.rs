//! Looking at every document of a store without changing any.

use std::collections::HashMap;
use std::time::Instant;

use setpoint_core::report::DocumentReport;

use super::{Doing, Engine, EngineError, MOST_REPORTS, Progress, Watch, batch};
use crate::journal::Aside;
use crate::parts::Parts;
use crate::row::Row;
use crate::store::Store;

/// What checking found.
pub(super) struct Found {
    /// Documents that are wrong, up to [`super::MOST_BLOCKED`].
    pub(super) aside: Vec<Aside>,
    /// What is wrong with the first of them.
    pub(super) reports: Vec<DocumentReport>,
    /// How many there were to check.
    pub(super) checked: u64,
    /// Whether all were looked at: nobody wanted it to stop, and not too many were wrong.
    pub(super) complete: bool,
}

impl Engine {
    /// Checks all documents at a version, but those that are set aside and still as they were then.
    pub(super) async fn check_all(
        &self,
        store: &dyn Store,
        version: u32,
        aside: &HashMap<String, String>,
        total: u64,
        watch: Watch<'_>,
    ) -> Result<Found, EngineError> {
        let began = Instant::now();
        let mut found = Found { aside: Vec::new(), reports: Vec::new(), checked: 0, complete: false };
        let versions = [version];
        let mut rows = store.page(&versions, None, self.pace.batch).await?;
        loop {
            let Some(last) = rows.last().map(|row| row.key.clone()) else {
                found.complete = true;
                break;
            };
            let named: Vec<(Row, String)> = rows
                .into_iter()
                .filter(|row| aside.get(&row.key).is_none_or(|known| *known != batch::digest(row)))
                .map(|row| batch::named(store, row))
                .collect();
            found.checked += u64::try_from(named.len()).unwrap_or_default();
            // While one page is checked the next one is read.
            let next = store.page(&versions, Some(&last), self.pace.batch);
            let (wrong, next) = tokio::join!(self.check(named, version), next);
            for (row, report) in wrong? {
                let reason = report.findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
                found.aside.push(Aside { digest: batch::digest(&row), key: row.key, reason });
                if found.reports.len() < MOST_REPORTS {
                    found.reports.push(report);
                }
            }
            watch(Progress { doing: Doing::Checking, done: found.checked, total, elapsed: began.elapsed() });
            if found.aside.len() >= super::MOST_BLOCKED || self.stop.is_requested() {
                break;
            }
            rows = next?;
        }
        Ok(found)
    }

    /// One digest of all documents with their keys and versions, in the order of keys; and how many there are.
    pub(super) async fn digest_all(&self, store: &dyn Store) -> Result<(String, u64), EngineError> {
        let mut digest = Parts::default();
        let mut count = 0;
        let mut after: Option<String> = None;
        loop {
            let rows = store.page(&[], after.as_deref(), self.pace.batch).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.key.clone());
            for row in &rows {
                count += 1;
                for part in [row.key.as_bytes(), &row.version.unwrap_or_default().to_be_bytes(), &row.document] {
                    digest.add(part);
                }
            }
        }
        Ok((digest.finish(), count))
    }
}

/// The documents that are set aside, by key.
pub(super) async fn aside(store: &dyn Store) -> Result<HashMap<String, String>, EngineError> {
    Ok(store.aside().await?.into_iter().map(|aside| (aside.key, aside.digest)).collect())
}
