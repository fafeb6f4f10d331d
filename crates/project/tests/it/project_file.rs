//! Project files that cannot be used, and what is said about them.

use setpoint_core::finding::Finding;
use setpoint_project::{Project, ProjectError, find_project_file};

use crate::folder::Folder;

fn findings(project_file: &str, others: &[(&str, &str)]) -> Vec<Finding> {
    let folder = Folder::with(others);
    folder.write("setpoint.toml", project_file);
    match Project::open(&folder.project_file()).and_then(|project| project.bundle()) {
        Err(ProjectError::Invalid { report, .. }) => report.findings,
        other => panic!("expected findings, got {other:?}"),
    }
}

fn one(project_file: &str, others: &[(&str, &str)]) -> Finding {
    let findings = findings(project_file, others);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.into_iter().next().unwrap()
}

const SCHEMA: (&str, &str) = ("s/v1.json", "{}");

#[test]
fn an_unknown_key_is_named_with_its_place() {
    let finding = one("[settings.a]\nschemas = \"s\"\nshemas = \"s\"\n", &[SCHEMA]);
    assert_eq!(finding.code, "project-file-invalid");
    assert!(finding.message.contains("`shemas`"), "{}", finding.message);
    assert_eq!(finding.span.unwrap().line, 3);
}

#[test]
fn broken_toml_is_named_with_its_place() {
    let finding = one("[settings.a]\nschemas = \"s\n", &[SCHEMA]);
    assert_eq!(finding.span.unwrap().line, 2);
    assert!(!finding.message.contains('\n'));
}

#[test]
fn a_project_without_families_is_refused() {
    assert!(one("", &[]).message.contains("no family"));
}

#[test]
fn every_fault_is_reported_at_once() {
    let text = r#"
[settings.a]
schemas = "/etc/schemas"
documents = ["../x.json", "ok.json"]
version_at = "schema_version"
secrets = ["/ok", "nope"]
[settings."b c"]
schemas = "s"
[limits]
depth = 0
"#;
    let lines: Vec<usize> = findings(text, &[SCHEMA]).iter().map(|finding| finding.span.unwrap().line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 10]);
}

#[test]
fn a_schema_folder_that_is_missing_or_a_file_or_empty_is_named() {
    let text = "[settings.a]\nschemas = \"s\"\n";
    assert_eq!(one(text, &[]).message, "`s` does not exist");
    assert_eq!(one(text, &[("s", "{}")]).message, "`s` is a file");
    assert_eq!(one(text, &[("s/README.md", "")]).message, "the folder `s` has no schema");
    assert_eq!(one(text, &[("s/shared.json", "{}")]).message, "the folder `s` has no schema");
}

#[test]
fn two_schemas_of_one_version_and_padded_versions_are_refused() {
    let text = "[settings.a]\nschemas = \"s\"\n";
    let finding = one(text, &[SCHEMA, ("s/v1.yaml", "{}")]);
    assert_eq!(finding.message, "version 1 of `a` has two schemas: `s/v1.json` and `s/v1.yaml`");
    assert_eq!(one(text, &[SCHEMA, ("s/v02.json", "{}")]).expected.text, "the name `v2` with the same ending");
}

#[test]
fn a_schema_that_is_not_text_is_named() {
    let folder = Folder::with(&[("setpoint.toml", "[settings.a]\nschemas = \"s\"\n"), SCHEMA]);
    std::fs::write(folder.path().join("s/v2.json"), b"{\"a\":\xff}").unwrap();
    let error = Project::open(&folder.project_file()).unwrap().bundle().unwrap_err();
    let ProjectError::Invalid { report, .. } = error else { panic!("{error:?}") };
    assert_eq!(report.findings[0].message, "`s/v2.json` is not UTF-8 at byte 5");
}

#[test]
fn versions_without_a_schema_are_refused() {
    let text = "[settings.a]\nschemas = \"s\"\ncurrent = 3\nreaders = { api = [1, 2] }\n";
    let messages: Vec<String> = findings(text, &[SCHEMA]).into_iter().map(|finding| finding.message).collect();
    assert_eq!(messages, ["version 3 of `a` has no schema in `s`", "version 2 of `a` has no schema in `s`"]);
}

#[test]
fn two_families_cannot_share_a_table() {
    let family = |name: &str| {
        format!(
            "[settings.{name}]\nschemas = \"s\"\n[settings.{name}.store]\nurl = \"sqlite:settings.db\"\ntable = \"t\"\n"
        )
    };
    let found = findings(&format!("{}{}", family("a"), family("b")), &[SCHEMA]);
    let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["`a` and `b` have the same table `t`"]);
    assert_eq!(found[0].instance.to_string(), "/settings/b/store");
}

#[test]
fn the_project_file_is_found_from_a_folder_below() {
    let folder = Folder::with(&[("setpoint.toml", ""), ("a/b/c.json", "")]);
    assert_eq!(find_project_file(&folder.path().join("a/b")).unwrap(), folder.project_file());
}

#[test]
fn a_folder_in_the_place_of_the_project_file_is_named() {
    let folder = Folder::with(&[("setpoint.toml/x", "")]);
    let file = find_project_file(folder.path()).unwrap();
    let error = Project::open(&file).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("it is a folder"), "{error}");
}
