//! The report as it is published: what the core hands over, without what only renderers may see.

use serde::Serialize;
use setpoint_core::finding::Finding;
use setpoint_core::report::{ComparisonReport, DocumentReport, MigrationReport, Report, Summary, Verdict};

/// The head of a report: everything but the reports on single documents.
#[derive(Serialize)]
pub(crate) struct Head<'a> {
    setpoint: &'a str,
    bundle: &'a str,
    verdict: Verdict,
    summary: &'a Summary,
}

impl<'a> Head<'a> {
    pub fn new(bundle: &'a str, verdict: Verdict, summary: &'a Summary) -> Self {
        Self { setpoint: setpoint_core::report::CORE_VERSION, bundle, verdict, summary }
    }
}

/// The report on one document, without the places of its secrets: they would say how long each secret is.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    verdict: Verdict,
    findings: &'a [Finding],
}

impl<'a> From<&'a DocumentReport> for Document<'a> {
    fn from(report: &'a DocumentReport) -> Self {
        Self {
            file: &report.file,
            settings: report.settings.as_deref(),
            version: report.version,
            verdict: report.verdict,
            findings: &report.findings,
        }
    }
}

/// The whole report.
#[derive(Serialize)]
pub(crate) struct Whole<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    reports: Vec<Document<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    comparisons: &'a [ComparisonReport],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    migrations: &'a [MigrationReport],
}

impl<'a> From<&'a Report> for Whole<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            head: Head { setpoint: &report.setpoint, ..Head::new(&report.bundle, report.verdict, &report.summary) },
            reports: report.reports.iter().map(Document::from).collect(),
            comparisons: &report.comparisons,
            migrations: &report.migrations,
        }
    }
}
