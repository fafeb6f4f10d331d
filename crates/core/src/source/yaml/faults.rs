//! What the YAML library says is wrong, in the words of Setpoint.

use granit_parser::{ErrorKind, ScanError};

use super::super::Limits;
use super::super::checks::limit_exceeded::{self, Limit};
use super::super::checks::{syntax_error, tab_in_indentation};
use crate::finding::{Draft, Place};
use crate::pointer::Pointer;

pub(super) fn draft(text: &str, instance: Pointer, error: &ScanError, limits: &Limits) -> Draft {
    let start = super::offset(error.marker()).min(text.len());
    let end = text.get(start..).and_then(|rest| rest.chars().next()).map_or(start, |next| start + next.len_utf8());
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return limit_exceeded::draft(Limit::Depth, limits.nesting(), instance, Place::Bytes(start, end));
    }
    if let Some((start, end)) = tabs_near(text, start) {
        return tab_in_indentation::draft(instance, start, end);
    }
    let (message, expected, help) = words(error.kind());
    let draft = syntax_error::draft(instance, start, end, message, expected);
    if help.is_empty() { draft } else { draft.help(help) }
}

/// Tabs in the indentation of the line of the fault or the next one: whatever the library calls it, they are why.
fn tabs_near(text: &str, at: usize) -> Option<(usize, usize)> {
    let mut line_start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    for line in text.get(line_start..)?.split_inclusive('\n').take(2) {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..indentation)?.find('\t') {
            return Some((line_start + tab, line_start + indentation));
        }
        line_start += line.len();
    }
    None
}

/// Message, expectation, help (empty for none).
fn words(kind: &ErrorKind) -> (String, String, &'static str) {
    const QUOTE: &str = "put quotes around a value that contains `: `, ` #` or starts with punctuation";
    let (message, expected, help) = match kind {
        ErrorKind::UnclosedQuotedScalar => ("a quoted string is not closed", "the closing quote", ""),
        ErrorKind::InvalidTrailingSingleQuotedScalar => (
            "text follows a closing quote",
            "the end of the line, a comma or a comment",
            "write a quote inside single quotes twice",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text follows a closing quote",
            "the end of the line, a comma or a comment",
            "write a quote inside double quotes as `\\\"`",
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "a backslash does not start a known escape",
            "an escape of YAML such as `\\n` or `\\\\`",
            "inside single quotes a backslash stands for itself",
        ),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            ("`:` stands where no key can be", "a value without `: `, or a key on a line of its own", QUOTE)
        }
        ErrorKind::ExpectedBlockMappingKey => (
            "this does not fit the object around it",
            "a key at the indentation of its neighbours",
            "check the indentation of this line and the quotes of the line before",
        ),
        ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::BlockSequenceEntryNotAllowed => {
            ("this does not fit the array around it", "`- ` at the indentation of its neighbours", "")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a key has no `:` after it", "`: ` and a value", "")
        }
        ErrorKind::UnexpectedEofFlowSequence | ErrorKind::ExpectedFlowSequenceSeparator => {
            ("an array in brackets is not closed or lacks a comma", "`,` or `]`", "")
        }
        ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator => {
            ("an object in braces is not closed or lacks a comma", "`,` or `}`", "")
        }
        ErrorKind::UnknownAnchor => {
            ("an alias names no anchor that stands before it", "the name of an earlier `&anchor`", "")
        }
        ErrorKind::UndeclaredTagHandle => {
            ("a tag uses a prefix that is not declared", "a declared prefix, or no tag", "")
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidBlockScalarIndent => {
            ("this line is indented wrongly", "the indentation of its neighbours", "")
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("`{open}` is not closed"), "the closing bracket".to_owned(), "");
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`"), "the bracket that matches".to_owned(), "");
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_ascii_punctuation() => {
            return (format!("`{character}` cannot start a value"), "a value".to_owned(), QUOTE);
        }
        ErrorKind::UnexpectedCharacter { .. } => ("a character stands here that YAML does not allow", "a value", ""),
        // The library's other messages name grammar, never contents.
        other => return (other.to_string(), "YAML 1.2".to_owned(), ""),
    };
    (message.to_owned(), expected.to_owned(), help)
}
