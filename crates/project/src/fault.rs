//! What is wrong with a project file, and how that becomes findings in the form of all others.

use std::ops::Range;

use setpoint_core::check::Check;
use setpoint_core::finding::{Draft, Expected, Place};
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};

use crate::find::PROJECT_FILE;

/// One thing that is wrong with the project file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    check: &'static Check,
    bytes: Option<Range<usize>>,
    instance: Pointer,
    message: String,
    expected: String,
    help: Option<String>,
}

impl Fault {
    pub(crate) fn new(
        check: &'static Check,
        bytes: Option<Range<usize>>,
        instance: Pointer,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { check, bytes, instance, message: message.into(), expected: expected.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn into_draft(self) -> Draft {
        let place = self.bytes.map_or(Place::File, |bytes| Place::Bytes(bytes.start, bytes.end));
        let draft = Draft::new(self.check, self.instance, place, self.message, Expected::text(self.expected));
        match self.help {
            Some(help) => draft.help(help),
            None => draft,
        }
    }
}

/// The report on the project file: `text` is what the faults point into.
pub(crate) fn report(text: &str, faults: Vec<Fault>) -> DocumentReport {
    let drafts = faults.into_iter().map(Fault::into_draft).collect();
    let findings = Locator::new(text.as_bytes(), None).finish(drafts, &Context::default());
    DocumentReport {
        file: PROJECT_FILE.to_owned(),
        verdict: Verdict::of(&findings),
        findings,
        ..DocumentReport::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
    use setpoint_core::finding::Span;

    use super::*;
    use crate::checks::PROJECT_FILE_INVALID;

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let report = report(
            "a = 1\nß = \"x\"\n",
            vec![Fault::new(&PROJECT_FILE_INVALID, Some(11..14), Pointer::root(), "wrong", "right")],
        );
        let span = report.findings[0].span;
        assert_eq!(span, Some(Span { start: 11, end: 14, line: 2, column: 5, end_line: 2, end_column: 8 }));
        assert_eq!(report.verdict, Verdict::Fail);
    }
}
