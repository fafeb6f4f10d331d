//! A document or migration that the checker gave up on, as a report like any other.

use setpoint_checker::{Category, CheckerError};
use setpoint_core::finding::{Draft, Expected, Place};
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};

use crate::checks::CHECKER_LIMIT;

/// The report on a document that met a limit; the error itself when it is about something else.
pub(crate) fn report(
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
