//! Sentences that several forms share.

use std::borrow::Cow;

use setpoint_core::finding::{Finding, Retry, RetryWhen, Safety, Severity};
use setpoint_core::report::{Report, Summary};

/// The command that applies safe fixes.
pub(crate) const FIX_COMMAND: &str = "`setpoint check --fix`";

/// `1 error`, `2 errors`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The closing line: `3 documents checked: 1 error, 2 warnings`.
pub(crate) fn summary(summary: &Summary) -> String {
    let mut parts = Vec::new();
    if summary.errors > 0 {
        parts.push(count(summary.errors, "error"));
    }
    if summary.undecided > 0 {
        parts.push(format!("{} undecided", summary.undecided));
    }
    if summary.warnings > 0 {
        parts.push(count(summary.warnings, "warning"));
    }
    if summary.debt > 0 {
        parts.push(format!("{} left alone", count(summary.debt, "old fault")));
    }
    if parts.is_empty() {
        parts.push("no findings".to_owned());
    }
    format!("{} checked: {}", count(summary.documents, "document"), parts.join(", "))
}

/// Whether `setpoint check --fix` repairs it.
pub(crate) fn is_fixable(finding: &Finding) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe && !fix.edits.is_empty())
}

/// How many findings `setpoint check --fix` repairs.
pub(crate) fn fixable(report: &Report) -> usize {
    report.reports.iter().flat_map(|document| &document.findings).filter(|finding| is_fixable(finding)).count()
}

/// The word for a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Debt => "debt",
        Severity::Undecided => "undecided",
    }
}

/// What failed and what was expected, in one line, for forms that show only a message. Other forms have no word for
/// undecided, so the message says it.
pub(crate) fn message(finding: &Finding) -> String {
    let undecided = if finding.severity == Severity::Undecided { "undecided: " } else { "" };
    let mut message = format!("{undecided}{}", plain(&finding.message));
    if !finding.expected.text.is_empty() {
        message.push_str("; expected ");
        message.push_str(&plain(&finding.expected.text));
    }
    message
}

/// When a retry makes sense, as an adverb followed by the reason.
pub(crate) fn retry(retry: &Retry) -> String {
    let when = match retry.when {
        RetryWhen::Now => "now",
        RetryWhen::AfterEdit => "after an edit",
        RetryWhen::AfterRefresh => "after reading the base again",
        RetryWhen::AfterDelay => "after a while",
        RetryWhen::Never => "never",
    };
    // "after an edit" says what "edit the file" says.
    let reason = match retry.text.as_ref() {
        "edit the file" if retry.when == RetryWhen::AfterEdit => "",
        text if retry.when == RetryWhen::AfterEdit => text.strip_prefix("edit the file; ").unwrap_or(text),
        text => text,
    };
    if reason.is_empty() { when.to_owned() } else { format!("{when}; {}", plain(reason)) }
}

/// The text with everything escaped that a terminal or a reader's eye would not show as it is: control characters,
/// line breaks, and the invisible characters that reorder or hide text.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_deceptive(character) {
            plain.push_str(&escape(character));
        } else {
            plain.push(character);
        }
    }
    Cow::Owned(plain)
}

/// How a deceptive character is written instead.
pub(crate) fn escape(character: char) -> String {
    match character {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        other => format!("\\u{{{:x}}}", u32::from(other)),
    }
}

/// Whether a character acts on the display instead of appearing on it: controls, line separators, bidirectional
/// controls (CVE-2021-42574), zero-width characters outside emoji and scripts, and what XML forbids.
pub(crate) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
                | '\u{fffe}'
                | '\u{ffff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_retry_line_does_not_say_the_same_thing_twice() {
        assert_eq!(retry(&Retry::after_edit()), "after an edit; sending it again unchanged gives the same answer");
        let moved = Retry { when: RetryWhen::AfterRefresh, text: "the file changed on disk".into() };
        assert_eq!(retry(&moved), "after reading the base again; the file changed on disk");
        let bare = Retry { when: RetryWhen::AfterEdit, text: "edit the file".into() };
        assert_eq!(retry(&bare), "after an edit");
        let other = Retry { when: RetryWhen::AfterEdit, text: "edit the schema".into() };
        assert_eq!(retry(&other), "after an edit; edit the schema");
    }

    #[test]
    fn the_summary_counts_what_there_is() {
        let counts = Summary { documents: 3, errors: 1, warnings: 2, undecided: 1, debt: 1 };
        assert_eq!(summary(&counts), "3 documents checked: 1 error, 1 undecided, 2 warnings, 1 old fault left alone");
        assert_eq!(summary(&Summary::default()), "0 documents checked: no findings");
    }

    #[test]
    fn characters_that_fool_the_eye_are_escaped() {
        assert_eq!(plain("a\u{1b}[2J\u{202e}b\r\n"), "a\\u{1b}[2J\\u{202e}b\\r\\n");
        assert_eq!(plain("né 𐐀 👩‍🔧"), "né 𐐀 👩‍🔧");
    }
}
