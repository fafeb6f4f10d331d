//! Comparing hostile schemas within the limits of the guest. That all hosts give the same answers is the business of the
//! conformance suite.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use setpoint_checker::{Checker, Limits};
use setpoint_core::call::{CompareCall, Edition};

/// A guest that compares two schemas, within the limits that the command line has.
fn compare(old: &Value, new: &Value) -> Result<Value, String> {
    compare_within(Limits::default(), old, new)
}

fn compare_within(limits: Limits, old: &Value, new: &Value) -> Result<Value, String> {
    let family =
        |file: &str, schema: &Value| json!({ "schemas": { "1": { "file": file, "text": schema.to_string() } } });
    let settings = json!({ "new": family("new.json", new), "old": family("old.json", old) });
    let bundle = json!({ "bundle": 1, "settings": settings }).to_string();
    let checker = Checker::embedded(limits).unwrap();
    let policy = checker.policy(bundle.as_bytes()).map_err(|error| error.to_string())?;
    let edition = |settings: &str| Edition { settings: settings.to_owned(), version: None };
    let call = CompareCall {
        old: edition("old"),
        new: edition("new"),
        documents: Vec::new(),
        reading: Default::default(),
        direction: Default::default(),
        accepted: Vec::new(),
    };
    let answer = policy.compare(&call).map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(answer).unwrap())
}

fn relation(old: &Value, new: &Value) -> String {
    compare(old, new).unwrap()["any"]["backward"]["relation"].as_str().unwrap().to_owned()
}

#[test]
fn ten_thousand_definitions_in_a_chain_end_in_an_honest_answer() {
    let chain = |far: u32, near: u32| {
        let definition = |index: u32| {
            let least = if index == 9_999 {
                far
            } else if index == 3 {
                near
            } else {
                index
            };
            let inside = json!({ "a": { "$ref": format!("#/$defs/d{}", (index + 1) % 10_000) }, "b": { "type": "integer", "minimum": least } });
            (format!("d{index}"), json!({ "type": "object", "properties": inside }))
        };
        json!({ "$ref": "#/$defs/d0", "$defs": (0..10_000).map(definition).collect::<serde_json::Map<_, _>>() })
    };
    let old = chain(9_999, 3);
    assert_eq!(relation(&old, &chain(9_999, 4)), "breaking");
    // Too far inside to be looked at: not proved, and no document was built that deep.
    assert_eq!(relation(&old, &chain(10_001, 3)), "undecided");
}

#[test]
fn five_megabytes_of_properties_are_compared_within_the_memory_of_a_guest() {
    let wide = |values: usize| {
        let property = |index: usize| {
            let values = if index == 7_000 { values } else { 20 };
            let listed: Vec<String> = (0..values).map(|value| format!("value-{value}")).collect();
            (format!("p{index}"), json!({ "type": "string", "description": "d".repeat(150), "enum": listed }))
        };
        json!({ "type": "object", "properties": (0..10_000).map(property).collect::<serde_json::Map<_, _>>() })
    };
    let (old, new) = (wide(20), wide(19));
    assert!(old.to_string().len() > 4_000_000);
    let answer = compare(&old, &new).unwrap();
    assert_eq!(answer["any"]["backward"]["relation"], "breaking");
    assert_eq!(answer["any"]["backward"]["evidence"][0]["witness"], json!({ "p7000": "value-19" }));
    assert_eq!(answer["any"]["forward"]["relation"], "compatible");
}

#[test]
fn recursion_through_everything_is_proved() {
    let tree = |integer: Value| {
        let node = json!({ "$ref": "#/$defs/n" });
        let properties: serde_json::Map<_, _> =
            ["a", "b", "c", "d"].map(|name| (name.to_owned(), node.clone())).into_iter().collect();
        json!({ "$ref": "#/$defs/n", "$defs": { "n": { "anyOf": [
            { "type": "object", "properties": properties, "additionalProperties": node },
            { "type": "array", "items": node },
            { "oneOf": [{ "type": "string" }, integer] },
        ] } } })
    };
    let (narrow, wide) = (tree(json!({ "type": "integer", "maximum": 100 })), tree(json!({ "type": "integer" })));
    assert_eq!(relation(&narrow, &wide), "compatible");
    assert_eq!(relation(&wide, &narrow), "breaking");
}

/// Units of fuel for one comparison: both directions, all readings, and the words for what was found. The dearest of the
/// corpus needs between 6.5 and 7 thousand million; all others need less than half of that.
const FUEL: u64 = 8_000_000_000;

#[test]
fn comparing_real_schemas_costs_no_more_than_its_budget() {
    // The host grants a comparison ten times what it grants a document.
    let limits = Limits { fuel_base: FUEL / 10, fuel_per_byte: 0, ..Limits::default() };
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/corpus");
    let mut undecided = 0;
    for folder in std::fs::read_dir(corpus).unwrap() {
        let text = std::fs::read_to_string(folder.unwrap().path().join("schema.json")).unwrap();
        let old: Value = serde_json::from_str(&text).unwrap();
        // Where the root is open, no document tells the two apart and no proof sees it: everything is tried.
        let nothing = json!({ "type": "string", "pattern": "(a)\\1(?<!a)" });
        let mut new = old.clone();
        new["not"] = json!({ "required": ["zz"], "properties": { "zz": nothing } });
        let answer = compare_within(limits, &old, &new).unwrap();
        undecided += u32::from(answer["any"]["full"] == "undecided");
    }
    assert!(undecided > 9, "only {undecided} searches were exhausted");
}
