//! A pattern takes too many steps on a string to decide whether it matches.

use super::value;
use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe};
use crate::finding::{Draft, Retry, RetryWhen};

declare_check! {
    /// ## What it does
    /// Reports a string on which a `pattern` with look-around or back-references backtracks more often than the limit of
    /// 100,000 allows. Patterns without them run in linear time and never end here.
    ///
    /// ## Why it matters
    /// A pattern that explodes on one string can stop a service that checks its settings at start-up. The answer is
    /// neither yes nor no, so the verdict is undecided.
    ///
    /// ## Example
    /// ```json
    /// { "pattern": "^(?=(a+))\\1*(a*)*b\\2$" }
    /// ```
    ///
    /// ## How to fix
    /// Rewrite the pattern without nested repetition, look-around and back-references, or limit the string with
    /// `maxLength`.
    pub PATTERN_TOO_COSTLY = "pattern-too-costly", Undecided, "a pattern takes too many steps to decide";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let mut draft = value::draft(&PATTERN_TOO_COSTLY, subject, fault);
    draft.message =
        format!("whether {} matches its pattern takes too many steps to find out", describe::place(&fault.at));
    draft.retry = Retry {
        when: RetryWhen::AfterEdit,
        text: "simplify the pattern in the schema; the same text and pattern give the same answer".into(),
    };
    draft.help("rewrite the pattern without nested repetition, look-around and back-references")
}
