//! The checks that parsing makes. One file per check; each holds the documentation page and the wording.

pub mod byte_order_mark;
pub mod comment_in_json;
pub mod control_character;
pub mod duplicate_key;
pub mod empty_document;
pub mod invalid_utf8;
pub mod key_not_a_string;
pub mod limit_exceeded;
pub mod multiple_documents;
pub mod recursive_alias;
pub mod syntax_error;
pub mod tab_in_indentation;
pub mod trailing_comma;
pub mod unknown_tag;
pub mod unrepresentable_number;
pub mod yaml_boolean;
pub mod yaml_merge_key;
pub mod yaml_octal;
pub mod yaml_sexagesimal;

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
    &key_not_a_string::KEY_NOT_A_SCALAR,
    &key_not_a_string::KEY_NOT_A_STRING,
    &limit_exceeded::LIMIT_EXCEEDED,
    &multiple_documents::MULTIPLE_DOCUMENTS,
    &recursive_alias::RECURSIVE_ALIAS,
    &syntax_error::SYNTAX_ERROR,
    &tab_in_indentation::TAB_IN_INDENTATION,
    &trailing_comma::TRAILING_COMMA,
    &unknown_tag::UNKNOWN_TAG,
    &unrepresentable_number::UNREPRESENTABLE_NUMBER,
    &yaml_boolean::YAML_BOOLEAN,
    &yaml_merge_key::YAML_MERGE_KEY,
    &yaml_octal::YAML_OCTAL,
    &yaml_sexagesimal::YAML_SEXAGESIMAL,
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
