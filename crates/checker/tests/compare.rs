//! Comparing schemas gives the same bytes in the sandbox as natively.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use setpoint_checker::{Checker, Limits};
use setpoint_core::call::{CompareCall, Edition, GateDocument};
use setpoint_core::policy::Policy;

fn pairs() -> Vec<(Value, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/compat");
    let lines = std::fs::read_to_string(format!("{folder}/jsoncompat.ndjson")).unwrap();
    let mut pairs: Vec<(Value, Value)> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|case| (case["old"].clone(), case["new"].clone()))
        .collect();
    let cases: Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}/apicurio.json")).unwrap()).unwrap();
    let cases = cases["tests"].as_array().unwrap();
    pairs.extend(cases.iter().map(|case| (case["original"].clone(), case["updated"].clone())));
    pairs
}

#[test]
fn the_guest_and_the_native_core_give_the_same_answer_about_every_case() {
    let checker = Checker::embedded(Limits::default()).unwrap();
    let family =
        |file: &str, schema: &Value| json!({ "schemas": { "1": { "file": file, "text": schema.to_string() } } });
    let edition = |settings: &str| Edition { settings: settings.to_owned(), version: None };
    let document = |text: &str| GateDocument { file: "a.json".to_owned(), text: text.to_owned(), format: None };
    let call = CompareCall {
        old: edition("old"),
        new: edition("new"),
        documents: [r#"{"a":1}"#, "\"b\"", "3", "{"].map(document).to_vec(),
        reading: Default::default(),
        direction: setpoint_core::call::Direction::Full,
        accepted: Vec::new(),
    };
    let pairs = pairs();
    assert!(pairs.len() > 200);
    for (old, new) in pairs {
        let settings = json!({ "new": family("new.json", &new), "old": family("old.json", &old) });
        let bundle = json!({ "bundle": 1, "settings": settings }).to_string();
        let native = serde_json::to_string(&Policy::load(bundle.as_bytes()).unwrap().compare(&call)).unwrap();
        let guest = checker.policy(bundle.as_bytes()).unwrap().compare_text(&call).unwrap();
        assert_eq!(guest, native, "{old} -> {new}");
    }
}
