//! A file that could not be checked, as a report like any other.

use setpoint_core::finding::{Draft, Expected, Place, Retry, RetryWhen};
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};

use crate::checks::NOT_CHECKED;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// The report on `file`, which could not be checked because of `error`.
pub(crate) fn report(file: String, error: &CommandError) -> DocumentReport {
    let expected = Expected::text("a file that exists and can be read");
    let mut draft = Draft::new(&NOT_CHECKED, Pointer::root(), Place::File, error.to_string(), expected);
    draft.retry = match error.outcome() {
        Outcome::Usage => Retry { when: RetryWhen::AfterEdit, text: "correct the path; nothing was changed".into() },
        _ => Retry { when: RetryWhen::AfterDelay, text: "nothing was changed; running again is safe".into() },
    };
    let findings = Locator::new(b"", None).finish(vec![draft], &Context::default());
    DocumentReport { file, verdict: Verdict::Undecided, findings, ..DocumentReport::default() }
}
