//! What is wrong with an expression before anything runs.

/// Bytes `start..end` of the text of an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

/// Why a text is not an expression that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The part of the text that is wrong.
    pub at: Region,
    /// What is wrong there, in one line.
    pub message: String,
    /// What would be right.
    pub expected: String,
    /// What the author may have meant, to stand in place of `at`.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem without a suggestion.
    pub fn new(at: Region, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { at, message: message.into(), expected: expected.into(), suggestion: None }
    }
}
