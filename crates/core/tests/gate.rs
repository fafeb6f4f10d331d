//! Every folder under `tests/gate` is a case: two schemas, a migration, documents, and what the gate says.
//!
//! `SETPOINT_UPDATE=1 cargo test -p setpoint-core --test gate` writes the expectations anew; read the difference before
//! committing it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use setpoint_core::bundle::{Bundle, Family, File};
use setpoint_core::call::{GateAnswer, GateCall, GateDocument};
use setpoint_core::policy::Policy;

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
            format: None,
        })
        .collect();
    let (settings, migration) = ("case".into(), "migration.yaml".into());
    policy.gate(&GateCall { settings, migration, documents, ..GateCall::default() })
}

fn written(answer: &GateAnswer) -> String {
    let mut text = String::new();
    writeln!(text, "{:?}, {} converted, {} skipped", answer.report.verdict, answer.converted, answer.skipped).unwrap();
    writeln!(text, "{} generated, {} written later", answer.generated, answer.written).unwrap();
    for step in &answer.steps {
        writeln!(text, "{} {}: {:?}, kept for {}", step.step, step.name, step.nature, step.kept).unwrap();
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
