//! Migrations that other projects wrote as code, written as steps: each document goes up as theirs does, and comes back exactly.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use setpoint_core::call::{ConvertAnswer, ConvertCall};
use setpoint_core::policy::Policy;
use setpoint_core::source::{Format, Limits, parse};

/// A document before and after.
struct Pair {
    migration: String,
    id: String,
    format: Format,
    before: Value,
    after: Value,
    text: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/migrations")
}

fn pairs() -> Vec<Pair> {
    let text = std::fs::read_to_string(folder().join("pairs.ndjson")).unwrap();
    let read = |line: &str| {
        let mut pair: Value = serde_json::from_str(line).unwrap();
        Pair {
            migration: pair["migration"].as_str().unwrap().to_owned(),
            id: pair["id"].as_str().unwrap().to_owned(),
            format: serde_json::from_value(pair["format"].take()).unwrap(),
            before: pair["before"].take(),
            after: pair["after"].take(),
            text: pair["text"].as_str().map(str::to_owned),
        }
    };
    text.lines().map(read).collect()
}

fn policy(migration: &str) -> Option<Policy> {
    let file = folder().join(format!("{migration}.yaml"));
    let text = std::fs::read_to_string(file).ok()?;
    let schema = |version: u32| json!({ "file": format!("v{version}.json"), "text": "true" });
    let family = json!({
        "schemas": { "1": schema(1), "2": schema(2) },
        "migrations": [{ "file": format!("{migration}.yaml"), "text": text }],
    });
    let bundle = json!({ "bundle": 1, "settings": { "theirs": family } }).to_string();
    let policy = Policy::load(bundle.as_bytes()).unwrap();
    let call = setpoint_core::call::GateCall {
        settings: "theirs".to_owned(),
        migration: format!("{migration}.yaml"),
        ..Default::default()
    };
    for finding in policy.gate(&call).report.findings {
        // There are no schemas that could know the places, or say which documents there are.
        let is_about_schemas = ["unknown-place", "step-blocked", "rollback-not-total"].contains(&&*finding.code);
        assert!(
            finding.severity != setpoint_core::finding::Severity::Error || is_about_schemas,
            "{migration}: {} ({:?})",
            finding.message,
            finding.span
        );
    }
    Some(policy)
}

fn go(policy: &Policy, call: ConvertCall, text: &str) -> ConvertAnswer {
    policy.convert(&call, text.as_bytes())
}

fn value(text: &str, format: Format) -> Value {
    parse(text.as_bytes(), format, &Limits::default()).root.map_or(Value::Null, |root| root.to_json_value())
}

/// What is wrong with a pair, if anything.
fn wrong(policy: &Policy, pair: &Pair) -> Option<String> {
    let plain = pair.before.to_string();
    let mut texts = vec![(plain.as_str(), Format::Json)];
    texts.extend(pair.text.as_deref().map(|text| (text, pair.format)));
    for (text, format) in texts {
        let call = |from: u32, to: u32| ConvertCall {
            file: "document".to_owned(),
            from: Some(from),
            to,
            format: Some(format),
            ..ConvertCall::default()
        };
        let up = go(policy, call(1, 2), text);
        let Some(above) = &up.document else {
            return Some(format!("{format:?} does not go up: {:?}", up.report.findings.first().map(|f| &f.message)));
        };
        if value(above, format) != pair.after {
            return Some(format!("{format:?} goes up to\n  {}\nnot to\n  {}", value(above, format), pair.after));
        }
        for comment in comments(text, format) {
            if !above.contains(comment) {
                return Some(format!("{format:?} loses the comment {comment:?} in\n{above}"));
            }
        }
        let down = go(policy, ConvertCall { complement: up.complement.clone(), ..call(2, 1) }, above);
        if down.document.as_deref() != Some(text) {
            return Some(format!(
                "{format:?} comes back as\n{}\nnot as\n{text}\nby way of\n{above}\nwith {}, {:?}",
                down.document.unwrap_or_default(),
                serde_json::to_string(&up.complement).unwrap(),
                down.report.findings.first().map(|f| &f.message)
            ));
        }
    }
    None
}

/// The comments of a text, by lines that begin with one.
fn comments(text: &str, format: Format) -> Vec<&str> {
    if format == Format::Json || std::env::var_os("SETPOINT_NO_COMMENTS").is_some() {
        return Vec::new();
    }
    text.lines().map(str::trim).filter(|line| line.starts_with('#')).collect()
}

#[test]
fn every_migration_goes_up_as_theirs_does_and_comes_back_exactly() {
    // To look at one: `MIGRATION=inputs_disk cargo test -p setpoint-core --test migrations`.
    let only = std::env::var("MIGRATION").ok();
    let deviations: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(folder().join("deviations.json")).unwrap()).unwrap();
    let (mut tried, mut faults) = (0, Vec::new());
    for pair in pairs() {
        if only.as_ref().is_some_and(|only| !pair.migration.contains(only.as_str())) {
            continue;
        }
        tried += 1;
        let name = format!("{}: {}", pair.migration, pair.id);
        let found = match policy(&pair.migration) {
            None => Some("there is no migration".to_owned()),
            Some(policy) => wrong(&policy, &pair),
        };
        match (found, deviations.get(&name)) {
            (Some(fault), None) => faults.push(format!("{name}: {fault}")),
            (None, Some(_)) => faults.push(format!("{name}: is listed as deviating, but is not")),
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{} of {tried} pairs:\n{}", faults.len(), faults.join("\n\n"));
}
