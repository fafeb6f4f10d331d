//! Applying safe fixes, round by round, until nothing safe is left.

use setpoint_checker::{CheckerError, Policy};
use setpoint_core::call::CheckCall;
use setpoint_core::finding::{Edit, Finding, Safety, Severity};
use setpoint_core::report::DocumentReport;

/// A fix may uncover another fault; more rounds than this never help.
const ROUNDS: usize = 10;

/// A text after fixing.
pub(super) struct Fixed {
    /// The report on the text as it is now.
    pub(super) report: DocumentReport,
    /// The new text; `None` when nothing was changed.
    pub(super) text: Option<String>,
    /// Findings that were fixed.
    pub(super) count: usize,
}

/// Applies the safe fixes of `report`, which is about `text`.
pub(super) fn apply(
    policy: &Policy,
    call: &CheckCall,
    text: &str,
    report: DocumentReport,
) -> Result<Fixed, CheckerError> {
    let mut fixed = Fixed { report, text: None, count: 0 };
    for _ in 0..ROUNDS {
        let current = fixed.text.as_deref().unwrap_or(text);
        let (edits, count) = edits(&fixed.report.findings);
        let Some(changed) =
            setpoint_core::fix::apply(current, &edits).filter(|changed| count > 0 && changed != current)
        else {
            break;
        };
        let report = policy.check(call, changed.as_bytes())?;
        // INVARIANT: a round never leaves a document worse than it was.
        if errors(&report) > errors(&fixed.report) {
            break;
        }
        fixed = Fixed { report, text: Some(changed), count: fixed.count + count };
    }
    Ok(fixed)
}

/// The edits of safe fixes that do not touch each other, in the order of the text, and of how many findings they are.
/// The others come in a later round.
fn edits(findings: &[Finding]) -> (Vec<Edit>, usize) {
    let mut chosen: Vec<Edit> = Vec::new();
    let mut count = 0;
    for finding in findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe && !fix.edits.is_empty()) else {
            continue;
        };
        if fix.edits.iter().all(|edit| chosen.iter().all(|other| edit.end < other.start || other.end < edit.start)) {
            chosen.extend(fix.edits.iter().cloned());
            count += 1;
        }
    }
    chosen.sort_by_key(|edit| (edit.start, edit.end));
    (chosen, count)
}

fn errors(report: &DocumentReport) -> usize {
    report.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}
