//! The finding: one thing that is wrong, what was expected, and whether a retry makes sense.
//!
//! Checks write a [`Draft`], which names places by pointer. [`crate::location`] turns drafts into
//! [`Finding`]s, the form that leaves the core.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::check::Check;
use crate::pointer::Pointer;

/// How bad a finding is. Only errors make a document fail; an undecided one makes it undecided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, changes no verdict.
    Warning,
    /// Wrong already before a change that did not touch it: changes no verdict.
    Debt,
    /// Could not be decided: blocks unless accepted.
    Undecided,
    /// The document, schema or migration is wrong.
    Error,
}

/// When the same request may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryWhen {
    /// Safe as it is.
    Now,
    /// After the named text was edited.
    AfterEdit,
    /// The base moved: read again, then retry.
    AfterRefresh,
    /// Passing trouble: retry later.
    AfterDelay,
    /// It will not succeed.
    Never,
}

/// Whether a retry makes sense, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Retry {
    /// The machine-readable part.
    pub when: RetryWhen,
    /// The same for a person.
    pub text: Cow<'static, str>,
}

impl Retry {
    /// The retry advice of almost every finding: the file has to be edited first.
    #[must_use]
    pub fn after_edit() -> Self {
        Self {
            when: RetryWhen::AfterEdit,
            text: Cow::Borrowed("edit the file; sending it again unchanged gives the same answer"),
        }
    }
}

/// A JSON value kept as its text, so that large integers and decimals keep their digits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Literal(Box<RawValue>);

impl Literal {
    /// Takes JSON text; `None` when it is not valid JSON.
    #[must_use]
    pub fn from_json(text: String) -> Option<Self> {
        RawValue::from_string(text).ok().map(Self)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Literal {}

/// What would have passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// A noun phrase, for example `an integer from 1 to 65535`.
    pub text: String,
    /// The nearest value that would pass, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<Literal>,
}

impl Expected {
    /// An expectation without a nearest value.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None }
    }
}

/// What was there instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actual {
    /// A noun phrase, for example `the string "80"`.
    pub text: String,
}

/// Whether a fix may be applied without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Keeps the author's meaning; `setpoint check --fix` applies it.
    Safe,
    /// A good guess; a person decides.
    Unsafe,
}

/// Replaces the bytes `start..end` by `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// First byte that is replaced.
    pub start: usize,
    /// First byte that stays.
    pub end: usize,
    /// The new text.
    pub text: String,
}

/// Edits that clear the finding. Edits do not overlap and are sorted by `start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Whether it may be applied without asking.
    pub safety: Safety,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// A region of the text. Offsets count bytes; lines and columns start at 1, columns count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte after the region.
    pub end: usize,
    /// Line of `start`.
    pub line: usize,
    /// Column of `start`.
    pub column: usize,
    /// Line of `end`.
    pub end_line: usize,
    /// Column of `end`.
    pub end_column: usize,
}

/// Another place that helps to understand the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// What is to be seen there, for example `first defined here`.
    pub message: String,
    /// The file; absent when it is the document itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub span: Option<Span>,
}

/// One thing that is wrong: what failed, what was expected, whether it can be retried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check, for example `type-mismatch`; `setpoint explain CODE` prints its page.
    pub code: Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// The value in the document that is wrong.
    pub instance: Pointer,
    /// Where the demand comes from: file, `#`, pointer; empty when no schema, rule or migration is involved.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub keyword: String,
    /// What failed, in one line; user input stands in backticks.
    pub message: String,
    /// What would have passed.
    pub expected: Expected,
    /// What was there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<Actual>,
    /// Whether a retry makes sense.
    pub retry: Retry,
    /// What to do, in one line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
    /// Edits that clear the finding.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<Fix>,
    /// The place in the text; absent when the text could not be parsed that far.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub span: Option<Span>,
    /// Other places worth looking at.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub related: Vec<Related>,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
    /// What kind of fault the author of a rule calls it, for machines: `FieldValueInvalid` and the like.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The documentation page.
    pub url: String,
    /// Stable under unrelated edits: names the same fault across runs.
    pub fingerprint: String,
}

/// The place that a draft talks about; resolved late, by [`crate::location`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The value at a pointer.
    Value(Pointer),
    /// The key of the member at a pointer.
    Key(Pointer),
    /// The bytes `start..end` of the text.
    Bytes(usize, usize),
    /// The file as a whole.
    File,
}

/// A related place before resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRelated {
    /// What is to be seen there.
    pub message: String,
    /// Where in the same text.
    pub place: Place,
}

/// A finding as a check writes it: places are pointers, nothing is resolved yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which check speaks.
    pub check: &'static Check,
    /// The value that is wrong.
    pub instance: Pointer,
    /// Where to point in the text.
    pub place: Place,
    /// Where the demand comes from; empty for none.
    pub keyword: String,
    /// What failed.
    pub message: String,
    /// What would have passed.
    pub expected: Expected,
    /// What was there.
    pub actual: Option<String>,
    /// Whether a retry makes sense.
    pub retry: Retry,
    /// What to do.
    pub help: Option<String>,
    /// Edits that clear the finding.
    pub fix: Option<Fix>,
    /// Other places worth looking at.
    pub related: Vec<DraftRelated>,
    /// How bad it is: what the check says, unless a rule or a change says otherwise.
    pub severity: Severity,
    /// Whom to ask, where it is not the owner of the family.
    pub owner: Option<String>,
    /// What kind of fault the author of a rule calls it.
    pub reason: Option<String>,
    /// The key that an object lacks, for a finding that says so, or that another key is meant to be.
    pub missing: Option<String>,
}

/// Whether drafts say that something is wrong.
#[must_use]
pub fn is_wrong(drafts: &[Draft]) -> bool {
    drafts.iter().any(|draft| draft.severity == Severity::Error)
}

impl Draft {
    /// A draft with the three parts every finding has; the other fields are filled in by the check.
    #[must_use]
    pub fn new(
        check: &'static Check,
        instance: Pointer,
        place: Place,
        message: impl Into<String>,
        expected: Expected,
    ) -> Self {
        Self {
            check,
            instance,
            place,
            keyword: String::new(),
            message: message.into(),
            expected,
            actual: None,
            retry: Retry::after_edit(),
            help: None,
            fix: None,
            related: Vec::new(),
            severity: check.severity,
            owner: None,
            reason: None,
            missing: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what was there.
    #[must_use]
    pub fn actual(mut self, actual: impl Into<String>) -> Self {
        self.actual = Some(actual.into());
        self
    }

    /// Adds a fix.
    #[must_use]
    pub fn fix(mut self, safety: Safety, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { safety, edits });
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, place: Place) -> Self {
        self.related.push(DraftRelated { message: message.into(), place });
        self
    }
}
