//! SARIF: the rules of the standard that services rely on.

use std::collections::BTreeSet;

use serde_json::Value;
use setpoint_report::{Format, NoSources};

use crate::sample::{options, rendered, report, sample};

fn sarif() -> Value {
    serde_json::from_str(&sample(Format::Sarif)).unwrap()
}

fn results(sarif: &Value) -> &Vec<Value> {
    sarif["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn the_sample_as_sarif() {
    insta::assert_snapshot!("sarif", sample(Format::Sarif));
}

#[test]
fn every_result_refers_to_the_rule_at_its_index() {
    let sarif = sarif();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "each rule stands once");
    for result in results(&sarif) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn a_rule_speaks_with_the_words_of_its_check() {
    let sarif = sarif();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    assert_eq!(rule("type-mismatch")["shortDescription"]["text"], "a value has the wrong type");
    assert!(rule("type-mismatch")["help"]["markdown"].as_str().unwrap().contains("## What it does"));
    assert_eq!(rule("unknown-key")["shortDescription"]["text"], "unknown key", "a code that no check claims");
}

#[test]
fn rules_speak_with_the_words_of_the_core_unless_told_otherwise() {
    let options = setpoint_report::Options::default();
    let sarif: Value = serde_json::from_str(&rendered(Format::Sarif, &report(), &NoSources, &options)).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let known = rules.iter().find(|rule| rule["id"] == "type-mismatch").unwrap();
    let check = setpoint_core::checks::find("type-mismatch").unwrap();
    assert_eq!(known["shortDescription"]["text"], check.title);
    assert!(known["help"]["markdown"].as_str().unwrap().starts_with("## "), "{known}");
}

#[test]
fn every_result_has_what_code_scanning_asks_for() {
    for result in results(&sarif()) {
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["partialFingerprints"]["setpoint/v1"].as_str().unwrap().is_empty());
        let physical = &result["locations"][0]["physicalLocation"];
        let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.is_empty() && !uri.contains([' ', ':', '\\']), "{uri}");
        for member in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(physical["region"][member].as_u64().unwrap() >= 1, "{result}");
        }
    }
}

#[test]
fn columns_count_characters_and_offsets_count_bytes() {
    let sarif = sarif();
    assert_eq!(sarif["runs"][0]["columnKind"], "unicodeCodePoints");
    let region = &results(&sarif)[2]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((region["startColumn"].as_u64(), region["endColumn"].as_u64()), (Some(12), Some(29)));
    assert_eq!((region["byteOffset"].as_u64(), region["byteLength"].as_u64()), (Some(19), Some(19)));
}

#[test]
fn a_line_of_an_ndjson_file_is_a_line_and_has_no_byte_offsets() {
    let sarif = sarif();
    let result = results(&sarif).iter().find(|result| result["ruleId"] == "enum-mismatch").unwrap();
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "events.ndjson");
    assert_eq!(physical["region"]["startLine"], 7);
    assert_eq!(physical["region"]["byteOffset"], Value::Null);
    let deleted = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"];
    assert_eq!(deleted, &physical["region"], "the fix replaces the value that is wrong");
}

#[test]
fn without_the_text_a_fix_counts_bytes_or_is_left_out() {
    let sarif: Value = serde_json::from_str(&rendered(Format::Sarif, &report(), &NoSources, &options())).unwrap();
    let fixes = |code: &str| &results(&sarif).iter().find(|result| result["ruleId"] == code).unwrap()["fixes"];
    let deleted = &fixes("type-mismatch")[0]["artifactChanges"][0]["replacements"][0]["deletedRegion"];
    assert_eq!(deleted, &serde_json::json!({ "byteOffset": 33, "byteLength": 4 }));
    assert_eq!(fixes("enum-mismatch"), &Value::Null);
}
