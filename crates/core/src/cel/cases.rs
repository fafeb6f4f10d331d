//! The language by example: what the specification and Kubernetes' documentation say that expressions mean.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::{Value as Json, json};

use super::check::compile;
use super::convert::written;
use super::evaluate::{Outcome, Stop, evaluate};
use super::shape::Shapes;
use super::types::Type;
use super::value::{Faulty, List, Map, Place, Value};

/// A value as the table writes it: JSON, and the name of its type.
fn shown(value: &Value<'_>) -> (Json, &'static str) {
    match value {
        Value::Null => (Json::Null, "null"),
        Value::Bool(value) => (json!(value), "bool"),
        Value::Int(value) => (json!(value), "int"),
        Value::Uint(value) => (json!(value), "uint"),
        Value::Double(value) => (if value.is_finite() { json!(value) } else { json!(value.to_string()) }, "double"),
        Value::String(text) => (json!(text.as_str()), "string"),
        Value::Bytes(bytes) => (json!(bytes.to_vec()), "bytes"),
        Value::Timestamp(_) => (json!(written(value)), "timestamp"),
        Value::Duration(_) => (json!(written(value)), "duration"),
        Value::Url(_) => (json!(written(value)), "url"),
        Value::Type(name) => (json!(name), "type"),
        Value::List(list) => (list_shown(list), "list"),
        Value::Map(map) => (map_shown(map), "map"),
        Value::Optional(None) => (Json::Null, "optional"),
        Value::Optional(Some(value)) => (shown(value).0, "optional"),
    }
}

fn list_shown(list: &List<'_>) -> Json {
    list.iter().map(|item| shown(&item).0).collect()
}

fn map_shown(map: &Map<'_>) -> Json {
    let entry = |key: &Value<'_>| (written(key).unwrap(), shown(&map.get(key).unwrap()).0);
    Json::Object(map.keys().iter().map(entry).collect())
}

/// What an expression comes to, in one line.
fn outcome(text: &str, document: &Json) -> String {
    let shapes = Shapes::default();
    let plan = match compile(text, &[("self", Type::Dyn)], &shapes) {
        Ok(plan) => plan,
        Err(problems) => return format!("refused: {}", problems[0].message),
    };
    let faulty = Faulty::default();
    let Outcome { result, .. } = evaluate(&plan, &[Place::any(&shapes).value(document)], &faulty, 1_000_000);
    match result {
        Ok(value) => {
            let (json, kind) = shown(&value);
            format!("{kind} {json}")
        }
        Err(Stop::Fault(_, fault)) => format!("fault: {}", fault.message),
        Err(Stop::Unknown) => "unknown".to_owned(),
        Err(Stop::Costly(_)) => "too costly".to_owned(),
    }
}

/// What the specification says that expressions come to.
#[test]
fn expressions_come_to_what_the_specification_says() {
    let document = json!({
        "i": 7, "d": 2.5, "s": "héllo", "l": [3, 1, 2], "m": { "a": 1, "b": null }, "n": null, "big": i64::MAX,
    });
    let (mut wrong, mut asked_about, mut section) = (Vec::new(), 0, "");
    for line in include_str!("../../../../tests/conformance/cel/language.txt").lines() {
        if let Some(name) = line.strip_prefix("## ") {
            section = name;
        }
        let Some((expression, expected)) = line.rsplit_once(" => ").filter(|_| !line.starts_with('#')) else {
            continue;
        };
        asked_about += 1;
        let found = outcome(expression, &document);
        let kind = found.split(':').next().unwrap_or_default();
        let agrees = if matches!(kind, "fault" | "refused") { kind == expected } else { found == expected };
        if !agrees {
            wrong.push(format!("{section}: {expression}\n    expected {expected}\n    found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked_about > 300, "only {asked_about} expressions");
}

/// What the documentation of Kubernetes says that expressions come to.
#[test]
fn expressions_of_kubernetes_documentation_come_to_what_it_says() {
    let (mut wrong, mut asked_about) = (Vec::new(), 0);
    for line in include_str!("../../../../tests/conformance/cel/kubernetes.ndjson").lines() {
        let example: Json = serde_json::from_str(line).unwrap();
        if example["kind"] != "value" {
            continue;
        }
        let rule = example["rule"].as_str().unwrap();
        let cases = example["cases"].as_array().filter(|cases| !cases.is_empty()).cloned();
        for case in cases.unwrap_or_else(|| vec![example.clone()]) {
            asked_about += 1;
            let found = outcome(rule, &case["self"]);
            let value = found.split_once(' ').map_or("", |(_, value)| value);
            let value: Json = serde_json::from_str(value).unwrap_or_else(|_| json!(found));
            if !same(&value, &case["value"]) {
                wrong.push(format!("{rule}\n    {}: {found}", case["value"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked_about > 80, "only {asked_about} expressions");
}

/// Cases after the specification's own tests, with the kind of each fault.
#[test]
fn cases_after_the_tests_of_the_specification_come_out_as_those_do() {
    let (mut wrong, mut asked_about) = (Vec::new(), 0);
    for line in include_str!("../../../../tests/conformance/cel/spec.ndjson").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let expression = case["expr"].as_str().unwrap();
        let document = case.pointer("/bindings/self").cloned().unwrap_or(Json::Null);
        asked_about += 1;
        let found = outcome(expression, &document);
        let (kind, value) = found.split_once(' ').unwrap_or((&found, ""));
        let fails = matches!(kind, "fault:" | "refused:");
        let agrees = match case.get("value") {
            None => fails,
            Some(expected) if kind == "optional" => {
                let value: Json = serde_json::from_str(value).unwrap();
                let expected = expected.as_array().and_then(|inner| inner.first()).unwrap_or(&Json::Null);
                case["type"] == "optional" && same(&value, expected)
            }
            Some(expected) if kind == "bytes" => {
                let bytes: Vec<u8> = serde_json::from_str(value).unwrap();
                super::value::base64(expected.as_str().unwrap()).is_some_and(|expected| expected == bytes)
            }
            Some(expected) => !fails && case["type"] == kind && same(&serde_json::from_str(value).unwrap(), expected),
        };
        // What deviates says why, and does so still.
        if agrees != case.get("deviates").is_none() {
            wrong.push(format!(
                "{}: {expression} on {document}\n    expected {} {} {}\n    found    {found}",
                case["section"], case["type"], case["value"], case["error"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {asked_about} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked_about > 450, "only {asked_about} cases");
}

/// Equal, numbers as numbers.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        (left, right) => left == right,
    }
}
