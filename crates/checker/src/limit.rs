//! A document or migration that the checker gave up on, as a report like any other.

use setpoint_core::finding::{Draft, Expected, Place};
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};

use crate::error::{Category, CheckerError};

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a document that is too costly to check: checking it would take more computing, memory, stack or output
    /// than the checker grants, so the checker was stopped.
    ///
    /// ## Why it matters
    /// Checking untrusted documents must not be able to stop a hook, a build or a server. The limits count work and
    /// bytes, not seconds, so a document that meets one meets it everywhere. Whether the document is right is not known;
    /// other documents are checked as if nothing had happened.
    ///
    /// ## Example
    /// A line of 100 MB in an NDJSON file.
    ///
    /// ## How to fix it
    /// Make the document smaller or less deeply nested, or the pattern in the schema simpler.
    pub CHECKER_LIMIT = "checker-limit", Undecided, "checking the document goes beyond a limit of the checker";
}

/// The report on a document that met a limit.
///
/// # Errors
/// The error itself, when it is about something else.
pub fn limit_report(
    file: String,
    settings: Option<String>,
    error: CheckerError,
) -> Result<DocumentReport, CheckerError> {
    if error.category() != Category::Undecided {
        return Err(error);
    }
    let mut draft = Draft::new(
        &CHECKER_LIMIT,
        Pointer::root(),
        Place::File,
        error.to_string(),
        Expected::text("a document that can be checked within the limits"),
    );
    draft.retry = error.retry();
    let context = Context { settings: settings.as_deref(), owner: None };
    let findings = Locator::new(b"", None).finish(vec![draft], &context);
    Ok(DocumentReport { file, settings, verdict: Verdict::Undecided, findings, ..DocumentReport::default() })
}
