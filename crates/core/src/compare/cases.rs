//! The cases of other projects, and changes of real schemas.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::bundle::{Family, File};
use crate::pointer::Pointer;
use crate::schema::Keyword;
use crate::schema::load::{self, LoadedFamily};
use crate::source::Limits;

pub fn family(schema: &Value) -> LoadedFamily {
    let file = File { file: "v1.json".to_owned(), text: schema.to_string() };
    let family = Family { schemas: [(1, file)].into(), ..Family::default() };
    load::load("cases", &family, &Limits::default())
}

pub fn side(family: &LoadedFamily) -> Option<Side<'_>> {
    let version = family.versions.get(&1)?;
    let root = Keyword { base: version.uri.clone(), pointer: Pointer::root() };
    Some(Side { root: family.set.as_ref()?.view(&root)?, validator: version.validator.as_ref()? })
}

fn answer(old: &Value, new: &Value) -> Option<(&'static str, String)> {
    let (old, new) = (family(old), family(new));
    let (old, new) = (side(&old)?, side(&new)?);
    Some(match judge(&old, &new, &[]).any {
        Judgement::Compatible => ("compatible", String::new()),
        Judgement::Breaking(witnesses) => ("breaking", witnesses[0].to_string()),
        Judgement::Undecided(obstacle) => ("undecided", obstacle.keyword),
    })
}

/// What a case says: its name, both schemas, the label, and documents that only the old schema is said to accept.
struct Case {
    name: String,
    old: Value,
    new: Value,
    compatible: bool,
    witnesses: Vec<Value>,
}

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap()
}

fn jsoncompat() -> Vec<Case> {
    let lines = read("jsoncompat.ndjson");
    let cases = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let both = |case: Value| {
        [("old", "new", "deserializer", "old_only"), ("new", "old", "serializer", "new_only")].map(
            |(old, new, label, only)| Case {
                name: format!("jsoncompat {} {old} to {new}", case["id"].as_str().unwrap()),
                old: case[old].clone(),
                new: case[new].clone(),
                compatible: case["expect"][label] == json!(true),
                witnesses: case["examples"][only].as_array().cloned().unwrap_or_default(),
            },
        )
    };
    cases.flat_map(both).collect()
}

fn apicurio() -> Vec<Case> {
    let cases: Value = serde_json::from_str(&read("apicurio.json")).unwrap();
    let both = |case: &Value| {
        let label = case["compatibility"].as_str().unwrap().to_owned();
        [("original", "updated"), ("updated", "original")].map(|(old, new)| Case {
            name: format!("apicurio {} {old} to {new}", case["id"].as_str().unwrap()),
            old: case[old].clone(),
            new: case[new].clone(),
            compatible: label == "both" || label == "backward" && old == "original",
            witnesses: Vec::new(),
        })
    };
    cases["tests"].as_array().unwrap().iter().flat_map(both).collect()
}

/// At least this share is decided.
const DECIDED: f64 = 0.95;

#[test]
fn the_cases_of_other_projects_are_decided_and_no_witness_contradicts_a_proof() {
    let mut refuted = String::new();
    for cases in [jsoncompat(), apicurio()] {
        let (mut decided, mut all) = (0_u32, 0_u32);
        for case in cases {
            // Schemas that refer to themselves without end are no schemas to Setpoint: loading them is a finding.
            let Some((relation, witness)) = answer(&case.old, &case.new) else { continue };
            all += 1;
            decided += u32::from(relation != "undecided");
            assert!(relation != "compatible" || case.witnesses.is_empty(), "{}: {:?}", case.name, case.witnesses);
            if relation != "undecided" && (relation == "compatible") != case.compatible {
                let shown = if relation == "breaking" { witness } else { "proved compatible".to_owned() };
                refuted.push_str(&format!("{}: {shown}\n", case.name));
            }
        }
        assert!(f64::from(decided) >= DECIDED * f64::from(all), "{decided} of {all} are decided");
    }
    let file = folder().join("refuted.txt");
    if std::env::var_os("SETPOINT_UPDATE").is_some() {
        std::fs::write(&file, &refuted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), refuted, "SETPOINT_UPDATE=1 writes it anew");
}

/// All places of subschemas under `properties`, `items`, `$defs` and the like.
fn places(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    found.push(at.clone());
    for (tokens, child) in subschemas::of(value) {
        let place = tokens.iter().fold(at.clone(), |place, token| place.child(token));
        places(child, &place, found);
    }
}

fn changes(schema: &Value) -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    places(schema, &Pointer::root(), &mut all);
    let mut counts = std::collections::BTreeMap::new();
    for place in all {
        let here = schema.pointer(place.as_str()).unwrap();
        let Some(here) = here.as_object() else { continue };
        let mut change = |kind: &'static str, edit: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let count = counts.entry(kind).or_insert(0);
            *count += 1;
            if *count % 3 != 1 || *count > 13 {
                return;
            }
            let mut new = schema.clone();
            edit(new.pointer_mut(place.as_str()).unwrap().as_object_mut().unwrap());
            found.push((kind, new));
        };
        if let Some(properties) = here.get("properties").and_then(Value::as_object) {
            let required: Vec<&str> = here
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for name in properties.keys().take(2) {
                change("property removed", &|object| {
                    object["properties"].as_object_mut().unwrap().remove(name);
                });
                if !required.contains(&name.as_str()) {
                    change("made required", &|object| {
                        let mut list = object.get("required").cloned().unwrap_or_else(|| json!([]));
                        list.as_array_mut().unwrap().push(json!(name));
                        object.insert("required".into(), list);
                    });
                }
            }
            change("property added", &|object| {
                object["properties"].as_object_mut().unwrap().insert("zzz".into(), json!({"type": "string"}));
            });
            if !here.contains_key("additionalProperties") {
                change("closed", &|object| {
                    object.insert("additionalProperties".into(), json!(false));
                });
            }
        }
        if here.get("required").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
            change("made optional", &|object| {
                object["required"].as_array_mut().unwrap().pop();
            });
        }
        if let Some(kind) = here.get("type").and_then(Value::as_str) {
            let other = if kind == "string" { "integer" } else { "string" };
            change("type changed", &|object| {
                object.insert("type".into(), json!(other));
            });
            change("type widened", &|object| {
                object.insert("type".into(), json!([kind, other]));
            });
            if kind == "string" {
                change("maxLength", &|object| {
                    object.insert("maxLength".into(), json!(5));
                });
                change("pattern", &|object| {
                    object.insert("pattern".into(), json!("^[a-z]{2,20}$"));
                });
            }
            if kind == "integer" || kind == "number" {
                change("maximum", &|object| {
                    object.insert("maximum".into(), json!(10));
                });
            }
        }
        if here.get("enum").and_then(Value::as_array).is_some_and(|list| list.len() > 1) {
            change("enum value removed", &|object| {
                object["enum"].as_array_mut().unwrap().pop();
            });
            change("enum value added", &|object| {
                object["enum"].as_array_mut().unwrap().push(json!("zzz"));
            });
        }
        for keyword in ["anyOf", "oneOf"] {
            if here.get(keyword).and_then(Value::as_array).is_some_and(|list| list.len() > 1) {
                change("branch removed", &|object| {
                    object[keyword].as_array_mut().unwrap().pop();
                });
                change("branch added", &|object| {
                    object[keyword].as_array_mut().unwrap().push(json!({"const": "zzz"}));
                });
            }
        }
    }
    found
}

/// Real schemas on which the changes are tried; the larger ones of the corpus take too long for every run.
const REAL: [&str; 10] = [
    "changesets",
    "citation-file-format",
    "cloudbuild",
    "codecov",
    "eslintrc",
    "readthedocs",
    "setuptools",
    "stryker",
    "taskfile",
    "turbo",
];

#[test]
fn changes_of_real_schemas_are_decided() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/corpus");
    let (mut all, mut undecided) = (0_u32, Vec::new());
    for name in REAL {
        let old: Value =
            serde_json::from_str(&std::fs::read_to_string(corpus.join(name).join("schema.json")).unwrap()).unwrap();
        for (kind, new) in changes(&old) {
            // A change may make the schema invalid.
            let Some((relation, keyword)) = answer(&old, &new) else { continue };
            all += 1;
            if relation == "undecided" {
                undecided.push(format!("{name}: {kind}, at `{keyword}`"));
            }
        }
    }
    assert!(all > 300, "only {all} changes");
    assert!(undecided.len() * 20 <= all as usize, "{} of {all} are undecided: {undecided:#?}", undecided.len());
}

fn relation(old: &Value, new: &Value) -> &'static str {
    answer(old, new).unwrap().0
}

#[test]
fn a_format_says_as_much_on_each_side_as_its_family_lets_it() {
    let with = |schema: &Value, format: bool| {
        let file = File { file: "v1.json".to_owned(), text: schema.to_string() };
        let family = Family { schemas: [(1, file)].into(), format: Some(format), ..Family::default() };
        load::load("cases", &family, &Limits::default())
    };
    for (schema, on_to_off, off_to_on) in [
        (json!({ "format": "date" }), "compatible", "breaking"),
        (json!({ "not": { "type": "string", "format": "date" } }), "breaking", "compatible"),
        (json!({ "if": { "format": "date" }, "then": true, "else": { "type": "string" } }), "compatible", "compatible"),
    ] {
        let (on, off) = (with(&schema, true), with(&schema, false));
        let (on, off) = (side(&on).unwrap(), side(&off).unwrap());
        let relation = |old, new| match judge(old, new, &[]).any {
            Judgement::Compatible => "compatible",
            Judgement::Breaking(_) => "breaking",
            Judgement::Undecided(_) => "undecided",
        };
        // Undecided is honest; the opposite would be wrong.
        for (found, expected) in [(relation(&on, &off), on_to_off), (relation(&off, &on), off_to_on)] {
            assert!(found == expected || found == "undecided", "{schema}: {found}, not {expected}");
        }
    }
}

#[test]
fn what_fits_two_branches_only_now_breaks() {
    let schema = |timeout: Value| {
        json!({ "oneOf": [
            { "type": "object", "required": ["run", "timeout"], "properties": { "timeout": timeout } },
            { "type": "object", "required": ["uses"] },
        ] })
    };
    let (narrow, wide) = (schema(json!({ "type": "number" })), schema(json!({ "type": ["number", "string"] })));
    assert_eq!(relation(&narrow, &wide), "breaking");
}

#[test]
fn patterns_that_look_ahead_or_are_written_otherwise_are_compared() {
    let members = |pattern: &str| json!({ "patternProperties": { pattern: {} }, "additionalProperties": false });
    let words = |words: &str| members(&format!("^(?!({words})$)[a-z]+$"));
    assert_eq!(relation(&words("if|or"), &words("if|or|and")), "breaking");
    assert_eq!(relation(&words("if|or|and"), &words("or|if")), "compatible");
    assert_eq!(relation(&members("^x-[\\w\\-]+$"), &members("^x-[\\w\\x2d]+$")), "compatible");
}

#[test]
fn a_copy_of_a_standard_schema_is_read_as_the_validator_reads_it() {
    let uri = "http://json-schema.org/draft-07/schema";
    let with = |copy: Value| json!({ "$schema": uri, "definitions": { "copy": copy }, "properties": { "schema": { "$ref": format!("{uri}#") } } });
    let (strange, plain) = (with(json!({ "$id": uri, "type": "integer" })), with(json!({})));
    for (old, new) in [(&strange, &plain), (&plain, &strange)] {
        assert_eq!(relation(old, new), "compatible");
    }
}

#[test]
fn two_types_are_no_lists_in_another_order() {
    assert_eq!(relation(&json!({ "type": "object" }), &json!({ "type": "null" })), "breaking");
    assert_eq!(relation(&json!({ "type": ["null", "object"] }), &json!({ "type": ["object", "null"] })), "compatible");
}

#[test]
fn the_generator_serves_real_schemas() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/corpus");
    let (mut all, mut without) = (0, Vec::new());
    for folder in std::fs::read_dir(corpus).unwrap() {
        let folder = folder.unwrap().path();
        let schema: Value =
            serde_json::from_str(&std::fs::read_to_string(folder.join("schema.json")).unwrap()).unwrap();
        let family = family(&schema);
        let side = side(&family).unwrap();
        all += 1_usize;
        if crate::generator::documents(&side.root, side.validator, 1, 100_000).is_empty() {
            without.push(folder.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    println!("the generator makes documents of {} of {all} schemas", all - without.len());
    // What decides there is told by six conditions at once.
    assert_eq!((all, without), (40, vec!["github-issue-forms".to_owned()]));
}
