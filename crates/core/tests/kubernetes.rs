//! The examples of Kubernetes' documentation on validation rules and on the language (`tests/conformance/cel`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use setpoint_core::call::{CheckCall, GateDocument};
use setpoint_core::finding::Severity;
use setpoint_core::policy::Policy;
use setpoint_core::source::Format;

fn examples() -> Vec<Value> {
    let text = include_str!("../../../tests/conformance/cel/kubernetes.ndjson");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The rule of an example, in the schema of the example.
fn policy(example: &Value, rule: &str) -> Policy {
    let mut validation = json!({ "rule": rule });
    for key in ["message", "messageExpression", "reason", "fieldPath", "optionalOldSelf"] {
        if let Some(value) = example.get(key) {
            validation[key] = value.clone();
        }
    }
    let mut schema = example["schema"].clone();
    schema["x-kubernetes-validations"] = json!([validation]);
    let schemas = json!({ "1": { "file": "v1.json", "text": schema.to_string() } });
    let bundle = json!({ "bundle": 1, "settings": { "it": { "schemas": schemas, "format": false } } });
    Policy::load(bundle.to_string().as_bytes()).unwrap()
}

fn loaded(policy: &Policy) -> Vec<String> {
    let findings = policy.load_answer().reports.iter().flat_map(|report| &report.findings);
    findings
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect()
}

/// The codes of what is found in a case.
fn found(policy: &Policy, case: &Value) -> Vec<String> {
    let before = case.get("oldSelf").map(|before| GateDocument {
        file: "old.json".to_owned(),
        text: before.to_string(),
        format: Some(Format::Json),
        version: None,
    });
    let call = CheckCall { file: "it.json".to_owned(), before, no_ratchet: true, ..CheckCall::default() };
    let findings = policy.check(&call, case["self"].to_string().as_bytes()).findings;
    findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
}

#[test]
fn examples_of_the_documentation_mean_what_it_says() {
    let (mut wrong, mut asked_about) = (Vec::new(), 0);
    for example in examples() {
        let (kind, rule) = (example["kind"].as_str().unwrap(), example["rule"].as_str().unwrap());
        if !matches!(kind, "rule" | "runtime_error") || example.get("deviates").is_some() {
            continue;
        }
        asked_about += 1;
        // What has no value is no rule by itself.
        let asked = if kind == "rule" { rule.to_owned() } else { format!("dyn({rule}) == dyn(0)") };
        let policy = policy(&example, &asked);
        let problems = loaded(&policy);
        if !problems.is_empty() {
            wrong.push(format!("{rule}\n    {problems:?}\n    {}", example["schema"]));
            continue;
        }
        for case in example["cases"].as_array().into_iter().flatten() {
            let found = found(&policy, case);
            let fails = found.iter().any(|finding| finding.starts_with("rule-failed"));
            let expected = case["expect"] == json!(false);
            if kind == "rule" && (fails != expected || found.len() > usize::from(expected)) {
                wrong.push(format!("{rule}\n    {case}\n    {found:?}"));
            }
        }
        for case in example["errorCases"].as_array().into_iter().flatten() {
            let found = found(&policy, case);
            if !found.iter().any(|finding| finding.starts_with("rule-error")) {
                wrong.push(format!("error: {rule}\n    {case}\n    {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked_about > 150, "only {asked_about} examples");
}

#[test]
fn what_deviates_from_the_documentation_does_so_still() {
    let mut deviating = 0;
    for example in examples().iter().filter(|example| example.get("deviates").is_some()) {
        let policy = policy(example, example["rule"].as_str().unwrap());
        let refused = !loaded(&policy).is_empty();
        let as_documented = match example["kind"].as_str().unwrap() {
            "compile_error" => refused,
            _ => example["cases"]
                .as_array()
                .unwrap()
                .iter()
                .all(|case| found(&policy, case).is_empty() == (case["expect"] == json!(true))),
        };
        assert!(!as_documented, "{}", example["rule"]);
        deviating += 1;
    }
    assert!(deviating > 5, "only {deviating} deviate");
}

#[test]
fn examples_that_do_not_compile_are_refused() {
    let mut wrong = Vec::new();
    for example in examples() {
        let (kind, rule) = (example["kind"].as_str().unwrap(), example["rule"].as_str().unwrap());
        let is_wrong = matches!(kind, "compile_error" | "unsupported") && example.get("deviates").is_none();
        if is_wrong && loaded(&policy(&example, rule)).is_empty() {
            wrong.push(format!("{kind} {rule}\n    {}", example["schema"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
