//! The checks that parsing makes. One file per check; each holds the documentation page and the wording.

pub mod byte_order_mark;
pub mod comment_in_json;
pub mod control_character;
pub mod duplicate_key;
pub mod empty_document;
pub mod invalid_utf8;
pub mod limit_exceeded;
pub mod syntax_error;
pub mod trailing_comma;
pub mod unrepresentable_number;

use crate::check::Check;

/// Every check that parsing makes, in alphabetical order of their codes.
pub static SOURCE_CHECKS: &[&Check] = &[
    &byte_order_mark::BYTE_ORDER_MARK,
    &comment_in_json::COMMENT_IN_JSON,
    &control_character::CONTROL_CHARACTER,
    &duplicate_key::DUPLICATE_KEY,
    &empty_document::EMPTY_DOCUMENT,
    &empty_document::EMPTY_TABLE,
    &invalid_utf8::INVALID_UTF8,
    &limit_exceeded::LIMIT_EXCEEDED,
    &syntax_error::SYNTAX_ERROR,
    &trailing_comma::TRAILING_COMMA,
    &unrepresentable_number::UNREPRESENTABLE_NUMBER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_page_with_the_four_parts_and_its_place_in_the_alphabet() {
        for check in SOURCE_CHECKS {
            for part in ["## What it does", "## Why it matters", "## Example", "## How to fix"] {
                assert!(check.page.contains(part), "{} lacks {part}", check.code);
            }
        }
        assert!(SOURCE_CHECKS.is_sorted_by(|before, after| before.code < after.code));
    }
}
