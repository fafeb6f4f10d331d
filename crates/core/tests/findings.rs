//! Every folder under `tests/findings` is a case: a schema, a document, and what Setpoint says about it.
//!
//! `SETPOINT_UPDATE=1 cargo test -p setpoint-core --test findings` writes the expectations anew; read the difference
//! before committing it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use setpoint_core::bundle::{Bundle, Family, File};
use setpoint_core::call::CheckCall;
use setpoint_core::fix;
use setpoint_core::policy::Policy;
use setpoint_core::report::DocumentReport;

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/findings");
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

fn file(case: &Path, stem: &str) -> PathBuf {
    let mut found = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    found
        .find(|path| path.file_stem().is_some_and(|name| name == stem))
        .unwrap_or_else(|| panic!("{} has no {stem}", case.display()))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn policy(case: &Path) -> Policy {
    let schema = file(case, "schema");
    let schema = File { file: name(&schema), text: fs::read_to_string(schema).unwrap() };
    let family = Family { schemas: BTreeMap::from([(1, schema)]), ..Family::default() };
    let bundle = Bundle { bundle: 1, settings: BTreeMap::from([("case".to_owned(), family)]), limits: None };
    Policy::load(serde_json::to_string(&bundle).unwrap().as_bytes()).unwrap()
}

fn written(report: &DocumentReport, text: &mut String) {
    for finding in &report.findings {
        let at = finding.span.map(|span| format!(":{}:{}", span.line, span.column)).unwrap_or_default();
        writeln!(text, "{:?} [{}] {}{at}", finding.severity, finding.code, report.file).unwrap();
        writeln!(text, "  what:     {}", finding.message).unwrap();
        write!(text, "  expected: {}", finding.expected.text).unwrap();
        match &finding.expected.value {
            Some(value) => writeln!(text, " => {}", value.as_str()).unwrap(),
            None => text.push('\n'),
        }
        if let Some(help) = &finding.help {
            writeln!(text, "  help:     {help}").unwrap();
        }
        if !finding.keyword.is_empty() {
            writeln!(text, "  keyword:  {}", finding.keyword).unwrap();
        }
        for related in &finding.related {
            writeln!(text, "  see also: {}", related.message).unwrap();
        }
        if let Some(fix) = &finding.fix {
            writeln!(text, "  fix:      {:?}", fix.safety).unwrap();
        }
    }
}

#[test]
fn every_case_gets_the_findings_that_are_written_beside_it() {
    let update = std::env::var_os("SETPOINT_UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let policy = policy(&case);
        let input = file(&case, "input");
        let call = CheckCall { file: name(&input), ..CheckCall::default() };
        let report = policy.check(&call, &fs::read(&input).unwrap());
        let mut actual = String::new();
        for schema in &policy.load_answer().reports {
            written(schema, &mut actual);
        }
        written(&report, &mut actual);
        let expected = case.join("expected.txt");
        if update {
            fs::write(&expected, &actual).unwrap();
        } else {
            let expected = fs::read_to_string(expected).unwrap_or_default();
            if expected != actual {
                wrong.push(format!("--- {}\nexpected:\n{expected}\nactual:\n{actual}", name(&case)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fix_parses_again_and_clears_its_finding() {
    let mut fixes = 0;
    for case in cases() {
        let policy = policy(&case);
        let input = file(&case, "input");
        let call = CheckCall { file: name(&input), ..CheckCall::default() };
        let Ok(text) = fs::read_to_string(&input) else { continue };
        for finding in policy.check(&call, text.as_bytes()).findings {
            let Some(fix) = &finding.fix else { continue };
            let fixed = fix::apply(&text, &fix.edits).unwrap_or_else(|| panic!("{}: edits do not apply", name(&case)));
            let left = policy.check(&call, fixed.as_bytes()).findings;
            assert!(
                left.iter().all(|other| other.fingerprint != finding.fingerprint && other.code != "syntax-error"),
                "{}: {} is still there in\n{fixed}",
                name(&case),
                finding.code
            );
            fixes += 1;
        }
    }
    assert!(fixes > 10, "only {fixes} fixes were tried");
}
