//! One file per check. Each file declares its check ([`crate::declare_check`]), whose doc comment is the page
//! that `setpoint explain CODE` prints, and writes the findings of that kind.
//!
//! The parsing checks live beside the parsers, in [`crate::source`]; [`all`] lists every check there is.

pub mod contains_mismatch;
pub mod content_mismatch;
pub mod conversion_blocked;
pub mod conversion_invalid;
mod counterexample;
pub mod document_already_invalid;
pub mod duplicate_rule;
pub mod forbidden_key;
pub mod forbidden_value;
pub mod format_mismatch;
pub mod ignored_keyword;
pub mod invalid_rule;
pub mod invalid_schema;
pub mod invalid_step;
pub mod key_name_mismatch;
pub mod lossy_step;
pub mod missing_alternative;
pub mod missing_dependent_key;
pub mod missing_expected;
pub mod missing_key;
pub mod misspelt_key;
pub mod no_alternative;
pub mod no_way;
pub mod not_a_multiple;
pub mod not_in_format;
pub mod not_rehearsed;
pub mod nothing_to_try;
pub mod other_settings;
pub mod out_of_range;
pub mod pattern_mismatch;
pub mod pattern_too_costly;
pub mod placeholder_text;
pub mod reader_left_behind;
pub mod receipt_edited;
pub mod receipt_too_old;
pub mod receipt_void;
pub mod reference_cycle;
mod rehearsing;
pub mod repeated_item;
pub mod rollback_not_total;
pub mod rule_case_failed;
pub mod rule_error;
pub mod rule_failed;
pub mod rule_never_applies;
pub mod rule_too_costly;
pub mod rule_without_failing_case;
pub mod schema_breaking;
pub mod schema_undecided;
pub mod several_alternatives;
pub mod step_blocked;
pub mod too_many_findings;
pub mod two_ways;
pub mod type_mismatch;
pub mod unexpected_item;
pub mod unknown_dialect;
pub mod unknown_key;
pub mod unknown_migration;
pub mod unknown_place;
pub mod unknown_settings;
pub mod unknown_version;
pub mod unreadable_before;
pub mod unrelated_steps;
pub mod unresolved_reference;
pub mod unusable_schema;
pub mod upgrade_not_total;
mod value;
pub mod value_not_allowed;
pub mod version_gap;
pub mod way_back_not_exact;
pub mod wrong_item_count;
pub mod wrong_key_count;
pub mod wrong_length;

use serde_json::Value;

use crate::check::Check;
use crate::explain::Subject;
use crate::explain::fault::{Demand, Fault};
use crate::finding::Draft;

/// The checks of documents and schemas.
static CHECKS: &[&Check] = &[
    &contains_mismatch::CONTAINS_MISMATCH,
    &content_mismatch::CONTENT_MISMATCH,
    &conversion_blocked::CONVERSION_BLOCKED,
    &conversion_invalid::CONVERSION_INVALID,
    &document_already_invalid::DOCUMENT_ALREADY_INVALID,
    &duplicate_rule::DUPLICATE_RULE,
    &forbidden_key::FORBIDDEN_KEY,
    &forbidden_value::FORBIDDEN_VALUE,
    &format_mismatch::FORMAT_MISMATCH,
    &ignored_keyword::IGNORED_KEYWORD,
    &invalid_rule::INVALID_RULE,
    &invalid_schema::INVALID_SCHEMA,
    &invalid_step::INVALID_STEP,
    &key_name_mismatch::KEY_NAME_MISMATCH,
    &lossy_step::LOSSY_STEP,
    &missing_alternative::MISSING_ALTERNATIVE,
    &missing_dependent_key::MISSING_DEPENDENT_KEY,
    &missing_expected::MISSING_EXPECTED,
    &missing_key::MISSING_KEY,
    &misspelt_key::MISSPELT_KEY,
    &no_alternative::NO_ALTERNATIVE,
    &no_way::NO_WAY,
    &not_a_multiple::NOT_A_MULTIPLE,
    &not_in_format::NOT_IN_FORMAT,
    &not_rehearsed::NOT_REHEARSED,
    &nothing_to_try::NOTHING_TO_TRY,
    &other_settings::OTHER_SETTINGS,
    &out_of_range::OUT_OF_RANGE,
    &pattern_mismatch::PATTERN_MISMATCH,
    &pattern_too_costly::PATTERN_TOO_COSTLY,
    &placeholder_text::PLACEHOLDER_TEXT,
    &reader_left_behind::READER_LEFT_BEHIND,
    &receipt_edited::RECEIPT_EDITED,
    &receipt_too_old::RECEIPT_TOO_OLD,
    &receipt_void::RECEIPT_VOID,
    &reference_cycle::REFERENCE_CYCLE,
    &repeated_item::REPEATED_ITEM,
    &rollback_not_total::ROLLBACK_NOT_TOTAL,
    &rule_case_failed::RULE_CASE_FAILED,
    &rule_error::RULE_ERROR,
    &rule_failed::RULE_FAILED,
    &rule_never_applies::RULE_NEVER_APPLIES,
    &rule_too_costly::RULE_TOO_COSTLY,
    &rule_without_failing_case::RULE_WITHOUT_FAILING_CASE,
    &schema_breaking::SCHEMA_BREAKING,
    &schema_undecided::SCHEMA_UNDECIDED,
    &several_alternatives::SEVERAL_ALTERNATIVES,
    &step_blocked::STEP_BLOCKED,
    &too_many_findings::TOO_MANY_FINDINGS,
    &two_ways::TWO_WAYS,
    &type_mismatch::TYPE_MISMATCH,
    &unexpected_item::UNEXPECTED_ITEM,
    &unknown_dialect::UNKNOWN_DIALECT,
    &unknown_key::UNKNOWN_KEY,
    &unknown_migration::UNKNOWN_MIGRATION,
    &unknown_place::UNKNOWN_PLACE,
    &unknown_settings::UNKNOWN_SETTINGS,
    &unknown_version::UNKNOWN_VERSION,
    &unreadable_before::UNREADABLE_BEFORE,
    &unrelated_steps::UNRELATED_STEPS,
    &unresolved_reference::UNRESOLVED_REFERENCE,
    &unusable_schema::UNUSABLE_SCHEMA,
    &upgrade_not_total::UPGRADE_NOT_TOTAL,
    &value_not_allowed::VALUE_NOT_ALLOWED,
    &version_gap::VERSION_GAP,
    &way_back_not_exact::WAY_BACK_NOT_EXACT,
    &wrong_item_count::WRONG_ITEM_COUNT,
    &wrong_key_count::WRONG_KEY_COUNT,
    &wrong_length::WRONG_LENGTH,
];

/// All checks, sorted by code.
#[must_use]
pub fn all() -> Vec<&'static Check> {
    let mut all: Vec<&'static Check> = CHECKS.iter().chain(crate::source::checks::SOURCE_CHECKS).copied().collect();
    all.sort_by_key(|check| check.code);
    all
}

/// The check with this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Check> {
    all().into_iter().find(|check| check.code == code)
}

/// Which check speaks for a keyword of JSON Schema. Keywords that only hold other schemas, name things or
/// annotate have none: what they lead to speaks for itself. Where several keywords share a check, its page says why.
pub static KEYWORDS: &[(&str, &Check)] = &[
    ("additionalItems", &unexpected_item::UNEXPECTED_ITEM),
    ("additionalProperties", &unknown_key::UNKNOWN_KEY),
    ("anyOf", &no_alternative::NO_ALTERNATIVE),
    ("const", &value_not_allowed::VALUE_NOT_ALLOWED),
    ("contains", &contains_mismatch::CONTAINS_MISMATCH),
    ("contentEncoding", &content_mismatch::CONTENT_MISMATCH),
    ("contentMediaType", &content_mismatch::CONTENT_MISMATCH),
    ("dependencies", &missing_dependent_key::MISSING_DEPENDENT_KEY),
    ("dependentRequired", &missing_dependent_key::MISSING_DEPENDENT_KEY),
    ("enum", &value_not_allowed::VALUE_NOT_ALLOWED),
    ("exclusiveMaximum", &out_of_range::OUT_OF_RANGE),
    ("exclusiveMinimum", &out_of_range::OUT_OF_RANGE),
    ("format", &format_mismatch::FORMAT_MISMATCH),
    ("items", &unexpected_item::UNEXPECTED_ITEM),
    ("maxContains", &contains_mismatch::CONTAINS_MISMATCH),
    ("maxItems", &wrong_item_count::WRONG_ITEM_COUNT),
    ("maxLength", &wrong_length::WRONG_LENGTH),
    ("maxProperties", &wrong_key_count::WRONG_KEY_COUNT),
    ("maximum", &out_of_range::OUT_OF_RANGE),
    ("minContains", &contains_mismatch::CONTAINS_MISMATCH),
    ("minItems", &wrong_item_count::WRONG_ITEM_COUNT),
    ("minLength", &wrong_length::WRONG_LENGTH),
    ("minProperties", &wrong_key_count::WRONG_KEY_COUNT),
    ("minimum", &out_of_range::OUT_OF_RANGE),
    ("multipleOf", &not_a_multiple::NOT_A_MULTIPLE),
    ("not", &forbidden_value::FORBIDDEN_VALUE),
    ("oneOf", &several_alternatives::SEVERAL_ALTERNATIVES),
    ("pattern", &pattern_mismatch::PATTERN_MISMATCH),
    ("prefixItems", &unexpected_item::UNEXPECTED_ITEM),
    ("properties", &forbidden_key::FORBIDDEN_KEY),
    ("patternProperties", &forbidden_key::FORBIDDEN_KEY),
    ("propertyNames", &key_name_mismatch::KEY_NAME_MISMATCH),
    ("required", &missing_key::MISSING_KEY),
    ("type", &type_mismatch::TYPE_MISMATCH),
    ("unevaluatedItems", &unexpected_item::UNEXPECTED_ITEM),
    ("unevaluatedProperties", &unknown_key::UNKNOWN_KEY),
    ("uniqueItems", &repeated_item::REPEATED_ITEM),
];

/// Lets the check that a fault belongs to write its finding.
pub(crate) fn draft_of(subject: &Subject<'_>, instance: &Value, fault: &Fault) -> Draft {
    match &fault.demand {
        Demand::Type(types) => type_mismatch::draft(subject, instance, fault, types),
        Demand::Allowed { values, .. } => value_not_allowed::draft(subject, instance, fault, values),
        Demand::Missing { key } => missing_key::draft(subject, instance, fault, key),
        Demand::MissingBecause { key, because } => missing_dependent_key::draft(fault, key, because.as_deref()),
        Demand::MissingAny { keys } => missing_alternative::draft(fault, keys),
        Demand::Unknown => unknown_key::draft(subject, fault),
        Demand::Forbidden => forbidden_key::draft(fault),
        Demand::Misspelt { intended, required } => misspelt_key::draft(subject, fault, intended, *required),
        Demand::Range => out_of_range::draft(subject, instance, fault),
        Demand::Multiple => not_a_multiple::draft(subject, instance, fault),
        Demand::Length => wrong_length::draft(subject, fault),
        Demand::Pattern(_) => pattern_mismatch::draft(subject, fault),
        Demand::Costly(_) => pattern_too_costly::draft(subject, fault),
        Demand::Format(format) => format_mismatch::draft(subject, fault, format),
        Demand::Content(content) => content_mismatch::draft(subject, fault, content),
        Demand::Items => wrong_item_count::draft(subject, fault),
        Demand::Members => wrong_key_count::draft(subject, fault),
        Demand::Repeated { first, second } => repeated_item::draft(subject, fault, *first, *second),
        Demand::Contains => contains_mismatch::draft(subject, fault),
        Demand::ExtraItem => unexpected_item::draft(subject, fault),
        Demand::KeyName { allowed } => key_name_mismatch::draft(subject, fault, allowed.as_deref()),
        Demand::Not | Demand::Never => forbidden_value::draft(subject, fault),
        Demand::NoBranch { branches } => no_alternative::draft(subject, instance, fault, branches),
        Demand::Several { branches } => several_alternatives::draft(subject, fault, branches),
    }
}
