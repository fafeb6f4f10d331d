//! GitHub, GitLab and rdjson: the forms that become remarks on a change.

use std::collections::BTreeSet;

use serde_json::Value;
use setpoint_core::finding::{Edit, Finding, Fix, Safety};
use setpoint_core::report::Report;
use setpoint_report::{Format, NoSources, Options};

use crate::sample::{EU, US, finding, rendered, report, sample, sources, span_of};

fn json(format: Format, report: &Report) -> Value {
    serde_json::from_str(&rendered(format, report, &sources(), &Options::default())).unwrap()
}

#[test]
fn the_sample_for_github() {
    insta::assert_snapshot!("github", sample(Format::Github));
}

#[test]
fn the_sample_for_gitlab() {
    insta::assert_snapshot!("gitlab", sample(Format::Gitlab));
}

#[test]
fn the_sample_as_rdjson() {
    insta::assert_snapshot!("rdjson", sample(Format::Rdjson));
}

#[test]
fn user_input_cannot_add_a_workflow_command() {
    let mut report = report();
    report.reports.truncate(1);
    report.reports[0].file = "a,b\n::error::x.yaml".to_owned();
    report.reports[0].findings[0].message = "`a\n::stop-commands::x` is 100%".to_owned();
    let text = rendered(Format::Github, &report, &NoSources, &Options::default());
    let commands: Vec<_> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 2, "{text}");
    assert!(commands[0].starts_with("::error file=a%2Cb%0A%3A%3Aerror%3A%3Ax.yaml,line=3,col=9,"), "{text}");
    assert!(commands[0].contains("`a\\n::stop-commands::x` is 100%25; expected"), "{text}");
}

#[test]
fn a_path_is_written_as_the_repository_knows_it() {
    let mut report = report();
    report.reports.truncate(1);
    report.reports[0].file = "./config/a.yaml".to_owned();
    let github = rendered(Format::Github, &report, &NoSources, &Options::default());
    assert!(github.starts_with("::error file=config/a.yaml,"), "{github}");
    assert_eq!(json(Format::Gitlab, &report)[0]["location"]["path"], "config/a.yaml");
    assert_eq!(json(Format::Rdjson, &report)["diagnostics"][0]["location"]["path"], "config/a.yaml");
}

#[test]
fn github_is_told_what_it_will_not_show() {
    let mut report = report();
    assert!(!rendered(Format::Github, &report, &NoSources, &Options::default()).contains("::notice"));
    report.summary.errors = 11;
    let text = rendered(Format::Github, &report, &NoSources, &Options::default());
    assert!(
        text.contains("::notice title=setpoint::GitHub shows 10 errors and 10 warnings of a step; all 13"),
        "{text}"
    );
}

#[test]
fn every_issue_for_gitlab_has_its_own_stable_fingerprint() {
    let mut report = report();
    let mut copy = report.reports[0].clone();
    copy.findings.push(copy.findings[0].clone());
    copy.file = "config/billing/us.yaml".to_owned();
    report.reports.push(copy);
    let mut line = report.reports[2].clone();
    line.file = "events.ndjson:8".to_owned();
    report.reports.push(line);
    let of = |report: &Report| -> Vec<String> {
        let issues = json(Format::Gitlab, report);
        let issues = issues.as_array().unwrap();
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let all = of(&report);
    assert_eq!(all.len(), 10);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    report.reports.remove(0);
    assert_eq!(all[2..], of(&report), "a finding keeps its fingerprint when others go");
}

#[test]
fn rdjson_columns_count_bytes() {
    let diagnostics = json(Format::Rdjson, &report());
    let range = |index: usize| &diagnostics["diagnostics"][index]["location"]["range"];
    assert_eq!(range(2)["start"], serde_json::json!({ "line": 2, "column": 12 }));
    assert_eq!(range(2)["end"], serde_json::json!({ "line": 2, "column": 31 }), "two characters have two bytes");
    let at = EVENT_COLUMN;
    assert_eq!(range(4)["start"], serde_json::json!({ "line": 7, "column": at }));
    let blind = rendered(Format::Rdjson, &report(), &NoSources, &Options::default());
    let blind: Value = serde_json::from_str(&blind).unwrap();
    let range = &blind["diagnostics"][2]["location"]["range"];
    assert_eq!(range, &serde_json::json!({ "start": { "line": 2 }, "end": { "line": 2 } }));
}

/// Column in bytes of the wrong plan in the sample's event.
const EVENT_COLUMN: usize = 29;

/// The suggestions for a fix of the second sample document.
fn suggestions(edits: Vec<Edit>) -> Value {
    let mut report = report();
    let fault = Finding {
        fix: Some(Fix { safety: Safety::Safe, edits }),
        span: Some(span_of(US, "plan")),
        ..finding("fault", "", "it is wrong", "")
    };
    report.reports[1].findings = vec![fault];
    json(Format::Rdjson, &report)["diagnostics"][2]["suggestions"].clone()
}

fn edit(text: &str, needle: &str, new: &str) -> Edit {
    let span = span_of(text, needle);
    Edit { start: span.start, end: span.end, text: new.to_owned() }
}

#[test]
fn several_edits_are_one_suggestion_in_rdjson() {
    let suggestions = suggestions(vec![edit(US, "plan = 1", "plan = 3"), edit(US, "plan = 2\n", "")]);
    let expected = serde_json::json!([
        { "range": { "start": { "line": 3, "column": 1 }, "end": { "line": 5, "column": 1 } }, "text": "plan = 3\n" }
    ]);
    assert_eq!(suggestions, expected);
}

#[test]
fn rdjson_suggests_nothing_that_would_repeat_a_secret_or_make_no_sense() {
    assert_eq!(suggestions(vec![edit(US, "[store]", "[s]"), edit(US, "plan = 1", "plan = 3")]), Value::Null);
    assert_eq!(suggestions(vec![edit(US, "plan = 1", "x"), edit(US, "[store]", "y")]), Value::Null, "out of order");
    assert_eq!(suggestions(vec![Edit { start: 0, end: US.len() + 9, text: String::new() }]), Value::Null);
    assert_eq!(EU.lines().count(), 4, "the sample's fixes are short");
}
