//! What is wrong with a project file, and how that becomes findings in the form of all others.

use std::borrow::Cow;
use std::ops::Range;

use setpoint_core::check::Check;
use setpoint_core::finding::{Expected, Finding, Retry, Span};
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

    fn into_finding(self, text: &str) -> Finding {
        let fingerprint = fingerprint(&[PROJECT_FILE, self.check.code, self.instance.as_str(), &self.message]);
        Finding {
            code: Cow::Borrowed(self.check.code),
            severity: self.check.severity,
            instance: self.instance,
            keyword: String::new(),
            message: self.message,
            expected: Expected::text(self.expected),
            actual: None,
            retry: Retry::after_edit(),
            help: self.help,
            fix: None,
            span: self.bytes.map(|bytes| span(text, bytes)),
            related: Vec::new(),
            owner: None,
            url: String::new(),
            fingerprint,
        }
    }
}

/// The report on the project file: `text` is what the faults point into.
pub(crate) fn report(text: &str, mut faults: Vec<Fault>) -> DocumentReport {
    faults.sort_by_key(|fault| fault.bytes.as_ref().map_or(0, |bytes| bytes.start));
    let findings: Vec<Finding> = faults.into_iter().map(|fault| fault.into_finding(text)).collect();
    DocumentReport {
        file: PROJECT_FILE.to_owned(),
        verdict: Verdict::of(&findings),
        findings,
        ..DocumentReport::default()
    }
}

fn span(text: &str, bytes: Range<usize>) -> Span {
    let start = text.floor_char_boundary(bytes.start);
    let end = text.floor_char_boundary(bytes.end.max(start));
    let (line, column) = line_and_column(text, start);
    let (end_line, end_column) = line_and_column(text, end);
    Span { start, end, line, column, end_line, end_column }
}

/// `offset` has to be a character boundary.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}

/// FNV-1a over the parts: the fingerprint only has to tell faults of one file apart.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
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
