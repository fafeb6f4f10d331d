//! Forms of reports, where they go, and their colours.

use crate::folder::Folder;

fn folder() -> Folder {
    Folder::with(&[("config/a.json", r#"{"port":"80"}"#), ("config/b.json", r#"{"port":80}"#)])
}

#[test]
fn every_form_comes_out_and_fails_alike() {
    let folder = folder();
    for (format, start) in [
        ("text", "error[type-mismatch]"),
        ("json", "{"),
        ("ndjson", "{"),
        ("sarif", "{"),
        ("github", "::error "),
        ("gitlab", "["),
        ("junit", "<?xml"),
        ("rdjson", "{"),
    ] {
        let run = folder.run(&["check", "--format", format]).expect_code(1);
        assert!(run.stdout.starts_with(start), "{format}: {}", run.stdout);
        assert_eq!(run.stderr, "", "{format}");
    }
}

#[test]
fn the_json_report_has_the_documented_parts() {
    let report = folder().run(&["check", "--format", "json"]).expect_code(1).json();
    assert_eq!(report["setpoint"], env!("CARGO_PKG_VERSION"));
    assert!(report["bundle"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(report["verdict"], "fail");
    assert_eq!(report["summary"], serde_json::json!({ "documents": 2, "errors": 1, "warnings": 0, "debt": 0 }));
    assert_eq!(report["reports"].as_array().unwrap().len(), 2);
    assert_eq!(report["reports"][1]["verdict"], "pass");
    assert_eq!(report["reports"][0]["settings"], "app");
    assert_eq!(report["reports"][0]["findings"][0]["span"]["column"], 9);
}

#[test]
fn ndjson_ends_with_the_verdict() {
    let run = folder().run(&["check", "--format", "ndjson"]).expect_code(1);
    let last: serde_json::Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["verdict"], "fail");
    assert_eq!(last["summary"]["documents"], 2);
}

#[test]
fn an_unknown_form_is_answered_with_the_known_ones() {
    let run = folder().run(&["check", "--format", "xml"]).expect_code(2);
    assert!(run.stderr.contains("sarif"), "{}", run.stderr);
}

#[test]
fn a_report_can_go_to_a_file() {
    let folder = folder();
    let run = folder.run(&["check", "--format", "sarif", "--output", "report.sarif"]).expect_code(1);
    assert_eq!(run.stdout, "");
    let report: serde_json::Value = serde_json::from_str(&folder.read("report.sarif")).unwrap();
    assert_eq!(report["version"], "2.1.0");
    let run = folder.run(&["check", "--output", "nowhere/report"]).expect_code(2);
    assert!(run.stderr.contains("`nowhere/report`"), "{}", run.stderr);
}

#[test]
fn colour_follows_the_option_and_the_environment() {
    let folder = folder();
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = folder.command().arg("check").args(arguments).envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_closed_pipe_ends_the_output_without_a_word() {
    use std::process::{Command, Stdio};
    let folder = folder();
    for index in 0..500 {
        folder.write(&format!("config/{index}.json"), r#"{"port":"x"}"#);
    }
    for format in ["text", "json", "ndjson"] {
        let mut child = folder
            .command()
            .args(["check", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let reader = child.stdout.take().unwrap();
        let status = Command::new("head").arg("-c1").stdin(reader).stdout(Stdio::null()).status().unwrap();
        assert!(status.success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{format}");
    }
}
