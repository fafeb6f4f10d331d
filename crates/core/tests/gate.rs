//! Every folder under `tests/gate` is a case: two schemas, a migration, documents, and what the gate says.
//!
//! `readers.json` holds the versions that services read, `rehearsal.json` what is known of a rehearsal. `receipt.json` says
//! only what is special about the receipt; for the rest it is one of a rehearsal of this migration, and it is sealed unless
//! the case has a seal.
//!
//! `SETPOINT_UPDATE=1 cargo test -p setpoint-core --test gate` writes the expectations anew; read the difference before
//! committing it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use setpoint_core::bundle::{Bundle, Family, File};
use setpoint_core::call::{GateAnswer, GateCall, GateDocument, Proof, Rehearsal};
use setpoint_core::finding::RetryWhen;
use setpoint_core::policy::Policy;
use setpoint_core::receipt::{Counts, RECEIPT_FORM, Receipt};

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn gated(case: &Path) -> GateAnswer {
    let file = |name: &str| File { file: name.to_owned(), text: fs::read_to_string(case.join(name)).unwrap() };
    let family = Family {
        schemas: BTreeMap::from([(1, file("v1.json")), (2, file("v2.json"))]),
        migrations: vec![file("migration.yaml")],
        version_at: Some("/schema_version".to_owned()),
        ..Family::default()
    };
    let bundle = Bundle { bundle: 1, settings: BTreeMap::from([("case".to_owned(), family)]), limits: None };
    let policy = Policy::load(serde_json::to_string(&bundle).unwrap().as_bytes()).unwrap();
    let documents = sorted(&case.join("documents"))
        .into_iter()
        .map(|path| GateDocument {
            file: path.file_name().unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(&path).unwrap(),
            ..GateDocument::default()
        })
        .collect();
    let beside = |name: &str| fs::read_to_string(case.join(name)).ok();
    let readers = beside("readers.json").map(|text| serde_json::from_str(&text).unwrap()).unwrap_or_default();
    let call = GateCall { settings: "case".into(), migration: "migration.yaml".into(), readers, ..GateCall::default() };
    let rehearsal = beside("rehearsal.json").map(|text| {
        let rehearsal: Rehearsal = serde_json::from_str(&text).unwrap();
        let made = || Some(receipt(&policy.gate(&call), &serde_json::from_str(&beside("receipt.json")?).unwrap()));
        Rehearsal { receipt: rehearsal.receipt.clone().or_else(made), ..rehearsal }
    });
    policy.gate(&GateCall { documents, rehearsal, ..call })
}

/// A receipt of the migration that was gated, but for what the case says.
fn receipt(answer: &GateAnswer, special: &Value) -> String {
    let receipt = Receipt {
        receipt: RECEIPT_FORM,
        settings: "case".to_owned(),
        migration: "0002-units".to_owned(),
        from: 1,
        to: 2,
        digests: answer.digests.clone().unwrap(),
        rehearsed_at: "2026-11-01T00:00:00Z".to_owned(),
        documents: Counts { total: 3, moved: 3, compared: 3, ..Counts::default() },
        rollback: "setpoint rollback case --to 1".to_owned(),
        ..Receipt::default()
    };
    let mut value = serde_json::to_value(receipt).unwrap();
    overlay(&mut value, special);
    match serde_json::from_value::<Receipt>(value.clone()) {
        Ok(receipt) if receipt.seal.is_empty() => serde_json::to_string_pretty(&receipt.sealed()).unwrap(),
        _ => serde_json::to_string_pretty(&value).unwrap(),
    }
}

fn overlay(value: &mut Value, special: &Value) {
    match (value, special) {
        (Value::Object(members), Value::Object(special)) => {
            for (key, special) in special {
                overlay(members.entry(key.clone()).or_insert(Value::Null), special);
            }
        }
        (value, special) => *value = special.clone(),
    }
}

fn written(answer: &GateAnswer) -> String {
    let mut text = String::new();
    writeln!(text, "{:?}, {} converted, {} skipped", answer.report.verdict, answer.converted, answer.skipped).unwrap();
    writeln!(text, "{} generated, {} written later", answer.generated, answer.written).unwrap();
    for step in &answer.steps {
        write!(text, "{} {}: {:?}, kept for {}", step.step, step.name, step.nature, step.kept).unwrap();
        let proved = match step.proved {
            Proof::None => "",
            Proof::Declared => ", proved to keep nothing of declared members",
            Proof::Valid => ", proved to keep nothing",
        };
        writeln!(text, "{proved}{}", step.keeps.as_ref().map(|keeps| format!(": {keeps}")).unwrap_or_default())
            .unwrap();
    }
    for (at, count) in &answer.losses {
        writeln!(text, "going back loses {at} of {count}").unwrap();
    }
    for finding in &answer.report.findings {
        let at = finding.span.map(|span| format!(":{}:{}", span.line, span.column)).unwrap_or_default();
        writeln!(text, "{:?} [{}] {}{at}", finding.severity, finding.code, answer.report.file).unwrap();
        writeln!(text, "  what:     {}", finding.message).unwrap();
        writeln!(text, "  expected: {}", finding.expected.text).unwrap();
        if let Some(help) = &finding.help {
            writeln!(text, "  help:     {help}").unwrap();
        }
        if finding.retry.when != RetryWhen::AfterEdit {
            writeln!(text, "  retry:    {}", finding.retry.text).unwrap();
        }
        for related in &finding.related {
            writeln!(text, "  {}", related.message).unwrap();
        }
    }
    text
}

#[test]
fn every_case_gets_the_verdict_that_is_written_beside_it() {
    let update = std::env::var_os("SETPOINT_UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in sorted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gate")) {
        let actual = written(&gated(&case));
        let expected = case.join("expected.txt");
        if update {
            fs::write(&expected, &actual).unwrap();
            continue;
        }
        let expected = fs::read_to_string(expected).unwrap_or_default();
        if expected != actual {
            wrong.push(format!("--- {}\nexpected:\n{expected}\nactual:\n{actual}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_counterexample_never_shows_a_secret() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gate/a-secret-is-not-shown");
    let answer = serde_json::to_string(&gated(&case)).unwrap();
    assert!(answer.contains("upgrade-not-total"), "{answer}");
    assert!(!answer.contains("hunter2"), "{answer}");
}

#[test]
fn an_answer_names_what_a_receipt_has_to_be_about() {
    let case = |name: &str| gated(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gate").join(name));
    let digests = case("what-a-rollback-would-lose").digests.unwrap();
    for digest in [&digests.old_schema, &digests.new_schema, &digests.migration, &digests.rules, &digests.bundle] {
        assert!(digest.len() == 71 && digest.starts_with("sha256:"), "{digest}");
    }
    assert_ne!(digests.old_schema, digests.new_schema);
    assert_eq!(case("a-broken-file").digests, None);
    assert_eq!(case("another-family").digests, None);
}
