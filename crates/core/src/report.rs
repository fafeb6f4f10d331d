//! The report: the answer to a call, in the form that leaves the core (`--format json`).

use serde::{Deserialize, Serialize};

use crate::call::{About, CompareAnswer, Digests, Direction, GateAnswer, Reading, StepAnswer};
use crate::finding::{Finding, Severity, Span};
use crate::pointer::Pointer;

/// The version of the core, which is the version of Setpoint.
pub const CORE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The outcome. Ordered from best to worst, so the verdict of several things is their maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    #[default]
    Pass,
    /// Nothing failed, but something could not be decided.
    Undecided,
    /// At least one error.
    Fail,
}

impl Verdict {
    /// The verdict that a list of findings amounts to.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        findings
            .iter()
            .map(|finding| match finding.severity {
                Severity::Warning | Severity::Debt => Self::Pass,
                Severity::Undecided => Self::Undecided,
                Severity::Error => Self::Fail,
            })
            .max()
            .unwrap_or_default()
    }
}

/// What was found in one document, schema or migration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentReport {
    /// The file as the caller named it. A line of an NDJSON file is `FILE:LINE`.
    pub file: String,
    /// The family; absent for one-off use.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settings: Option<String>,
    /// The version it was checked against.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
    /// The outcome for this file.
    pub verdict: Verdict,
    /// What is wrong, in the order of the text.
    pub findings: Vec<Finding>,
    /// Regions of the text that hold secrets. Whoever shows the text beside a finding masks them; a document without
    /// findings, of which nothing is shown, has none. Not part of the published
    /// report: [`Report::new`] leaves it to the renderers and clears nothing else.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub hidden: Vec<Span>,
}

impl DocumentReport {
    /// The report on a file with these findings.
    #[must_use]
    pub fn of(file: &str, settings: Option<&str>, version: Option<u32>, findings: Vec<Finding>) -> Self {
        Self {
            file: file.to_owned(),
            settings: settings.map(str::to_owned),
            version,
            verdict: Verdict::of(&findings),
            findings,
            hidden: Vec::new(),
        }
    }
}

/// Counts over the whole report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Documents that were looked at.
    pub documents: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity undecided.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub undecided: usize,
    /// Old faults that a change did not touch.
    pub debt: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of Setpoint that wrote it.
    pub setpoint: String,
    /// The bundle digest, `sha256:…`.
    pub bundle: String,
    /// The worst verdict of all reports.
    pub verdict: Verdict,
    /// Counts.
    pub summary: Summary,
    /// One entry per document, in the order of the call.
    pub reports: Vec<DocumentReport>,
    /// One entry per pair of schemas that was compared.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub comparisons: Vec<ComparisonReport>,
    /// One entry per migration that was gated.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub migrations: Vec<MigrationReport>,
}

/// What was found out about two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonReport {
    /// The family.
    pub settings: String,
    /// The reading that the verdict is about.
    pub reading: Reading,
    /// The direction that the verdict is about.
    pub direction: Direction,
    /// All readings and directions.
    #[serde(flatten)]
    pub answer: CompareAnswer,
}

/// What gating a migration came to, beside its findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationReport {
    /// The family.
    pub settings: String,
    /// The migration file.
    pub file: String,
    /// What the file says of itself; absent when its form is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub about: Option<About>,
    /// Documents at hand that went up, down again and were compared.
    pub converted: usize,
    /// Documents at hand that are at another version and were left out.
    pub skipped: usize,
    /// The same for documents that were made from the old schema.
    pub generated: usize,
    /// Documents made from the new schema that went down, like ones that are written after the migration.
    pub written: usize,
    /// What such documents lose on the way down.
    pub losses: Vec<Loss>,
    /// The steps, and whether each knows its way back.
    pub steps: Vec<StepAnswer>,
    /// What a receipt of a rehearsal has to name; absent when the migration or one of its schemas is not there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digests: Option<Digests>,
    /// What gating took.
    pub cost: Cost,
}

/// A place that the old version does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// The place.
    pub at: Pointer,
    /// Documents that lose something there.
    pub documents: usize,
}

/// What a call took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Units of fuel: instructions of the guest, about.
    pub fuel: u64,
    /// Time on the clock.
    pub milliseconds: u64,
}

impl MigrationReport {
    /// Of the answer of a gate call; the findings are in its report.
    #[must_use]
    pub fn new(settings: String, answer: &GateAnswer, cost: Cost) -> Self {
        let losses = answer.losses.iter().map(|(at, documents)| Loss { at: at.clone(), documents: *documents });
        Self {
            settings,
            file: answer.report.file.clone(),
            about: answer.about.clone(),
            converted: answer.converted,
            skipped: answer.skipped,
            generated: answer.generated,
            written: answer.written,
            losses: losses.collect(),
            steps: answer.steps.clone(),
            digests: answer.digests.clone(),
            cost,
        }
    }
}

impl Report {
    /// Puts the answers for single documents together.
    #[must_use]
    pub fn new(bundle: String, reports: Vec<DocumentReport>) -> Self {
        let mut summary = Summary { documents: reports.len(), ..Summary::default() };
        for finding in reports.iter().flat_map(|report| &report.findings) {
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Debt => summary.debt += 1,
                Severity::Undecided => summary.undecided += 1,
            }
        }
        let verdict = reports.iter().map(|report| report.verdict).max().unwrap_or_default();
        Self {
            setpoint: CORE_VERSION.to_owned(),
            bundle,
            verdict,
            summary,
            reports,
            comparisons: Vec::new(),
            migrations: Vec::new(),
        }
    }
}
