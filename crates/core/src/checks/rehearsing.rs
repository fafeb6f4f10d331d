//! What the findings about receipts share: whoever gets one has to rehearse.

use crate::call::Rehearsal;
use crate::check::Check;
use crate::finding::{Draft, Expected, Place, Retry, RetryWhen, Severity};
use crate::pointer::Pointer;

/// The finding; `name` is what the command line calls the migration.
pub fn draft(check: &'static Check, name: &str, message: String, expected: impl Into<String>) -> Draft {
    let place = Pointer::root().child("migration");
    let mut draft = Draft::new(check, place.clone(), Place::Value(place), message, Expected::text(expected));
    draft.retry = Retry {
        when: RetryWhen::AfterRefresh,
        text: "rehearse the migration, then gate it again; the file itself need not change".into(),
    };
    draft.help(format!("`setpoint rehearse {name} --store STAGING`"))
}

/// As [`draft`], and a warning unless the project requires receipts.
pub fn unless_required(draft: Draft, rehearsal: &Rehearsal) -> Draft {
    Draft { severity: if rehearsal.required { Severity::Error } else { Severity::Warning }, ..draft }
}
