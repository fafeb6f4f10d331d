//! The catalogue of checks is complete: every code is unique and documented, every keyword has a check.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use setpoint_core::checks::{self, KEYWORDS};
use setpoint_core::policy::explain;

/// Keywords that assert nothing themselves: they hold schemas, name places, or annotate.
const SILENT: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "allOf",
    "contentSchema",
    "default",
    "definitions",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "examples",
    "id",
    "if",
    "readOnly",
    "then",
    "title",
    "writeOnly",
];

#[test]
fn codes_are_unique_and_written_in_kebab_case() {
    let codes: Vec<&str> = checks::all().iter().map(|check| check.code).collect();
    let unique: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(unique.len(), codes.len());
    for code in codes {
        assert!(
            code.split('-')
                .all(|word| !word.is_empty()
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())),
            "{code}"
        );
    }
}

#[test]
fn every_check_has_a_page_with_all_four_parts_and_a_title() {
    for check in checks::all() {
        let page = explain(check.code).unwrap();
        let mut last = 0;
        for part in ["## What it does", "## Why it matters", "## Example", "## How to fix"] {
            let at = page.find(part).unwrap_or_else(|| panic!("{} lacks {part}", check.code));
            assert!(at >= last, "{}: {part} is out of order", check.code);
            last = at;
        }
        assert!(!check.title.ends_with('.') && check.title.chars().next().unwrap().is_lowercase(), "{}", check.title);
    }
}

#[test]
fn every_keyword_of_every_dialect_has_a_check_or_asserts_nothing() {
    let mut keywords = BTreeSet::new();
    for uri in [
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/meta/core",
        "https://json-schema.org/draft/2019-09/meta/applicator",
        "https://json-schema.org/draft/2019-09/meta/validation",
        "https://json-schema.org/draft/2019-09/meta/meta-data",
        "https://json-schema.org/draft/2019-09/meta/format",
        "https://json-schema.org/draft/2019-09/meta/content",
        "https://json-schema.org/draft/2020-12/meta/core",
        "https://json-schema.org/draft/2020-12/meta/applicator",
        "https://json-schema.org/draft/2020-12/meta/unevaluated",
        "https://json-schema.org/draft/2020-12/meta/validation",
        "https://json-schema.org/draft/2020-12/meta/meta-data",
        "https://json-schema.org/draft/2020-12/meta/format-annotation",
        "https://json-schema.org/draft/2020-12/meta/content",
    ] {
        let base = referencing::uri::from_str(uri).unwrap();
        let resolver = referencing::SPECIFICATIONS.resolver(base);
        let (contents, ..) = resolver.lookup(uri).unwrap().into_inner();
        keywords.extend(contents["properties"].as_object().unwrap().keys().cloned());
    }
    assert!(keywords.len() > 50);
    for keyword in &keywords {
        let spoken_for = KEYWORDS.iter().any(|(name, _)| name == keyword);
        assert!(spoken_for != SILENT.contains(&keyword.as_str()), "{keyword}");
    }
}

#[test]
fn a_check_that_serves_several_keywords_says_why() {
    for check in checks::all() {
        let keywords = KEYWORDS.iter().filter(|(_, other)| other.code == check.code).count();
        let page = check.page.to_lowercase();
        let reasoned = page.contains("share")
            || page.contains("items")
            || page.contains("patternproperties")
            || page.contains("dependencies");
        assert!(keywords < 2 || reasoned, "{} serves {keywords} keywords without a reason", check.code);
    }
}
