//! `setpoint check` on files and folders.

use crate::folder::Folder;

#[test]
fn a_project_that_is_right_passes() {
    let run = Folder::with(&[("config/a.json", r#"{"port":80}"#), ("config/b.yaml", "port: 81\n")]).run(&["check"]);
    let run = run.expect_code(0);
    assert_eq!(run.stdout, "2 documents checked: no findings\n");
    assert_eq!(run.stderr, "");
}

#[test]
fn a_fault_is_shown_at_its_place_and_fails() {
    let run = Folder::with(&[("config/a.yaml", "port: \"80\"\n")]).run(&["check"]).expect_code(1);
    assert!(run.stdout.starts_with("error[type-mismatch]: "), "{}", run.stdout);
    assert!(run.stdout.contains("--> config/a.yaml:1:7\n"), "{}", run.stdout);
    assert!(run.stdout.contains("1 document checked: 1 error\n"), "{}", run.stdout);
}

#[test]
fn documents_in_all_formats_are_checked() {
    let folder = Folder::with(&[
        ("config/a.json", r#"{"port":"x"}"#),
        ("config/b.jsonc", "{\"port\": \"x\", // why\n}"),
        ("config/c.yaml", "port: x\n"),
        ("config/d.toml", "port = 'x'\n"),
    ]);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["type-mismatch"; 4]);
}

#[test]
fn a_named_file_that_no_family_governs_is_silent() {
    let folder = Folder::with(&[("README.md", "x"), ("other.json", "{")]);
    let run = folder.run(&["check", "README.md", "other.json"]).expect_code(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn a_path_that_does_not_exist_is_an_error_and_the_others_are_still_reported() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":0}"#)]);
    let run = folder.run(&["check", "nowhere.json", "config/a.json"]).expect_code(2);
    assert_eq!(run.stderr, "error: cannot check `nowhere.json`: it does not exist\n");
    assert!(run.stdout.contains("config/a.json:1:9"), "{}", run.stdout);
}

#[test]
fn a_link_to_nothing_is_an_error_and_the_others_are_still_reported() {
    let folder = Folder::with(&[("config/b.json", r#"{"port":0}"#)]);
    std::os::unix::fs::symlink("nowhere", folder.file("config/a.json")).unwrap();
    let run = folder.run(&["check"]).expect_code(2);
    assert_eq!(
        run.stderr,
        "error: cannot read `config/a.json`: it does not exist\n"
            .replace("config", &format!("{}/config", folder.path().display()))
    );
    assert!(run.stdout.contains("config/b.json:1:9"), "{}", run.stdout);
}

#[test]
fn a_folder_stands_for_the_governed_files_in_it() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":0}"#), ("elsewhere/b.json", "{")]);
    for path in ["config", "config/", "."] {
        let run = folder.run(&["check", path, "--format", "json"]).expect_code(1);
        assert_eq!(run.json()["summary"]["documents"], 1, "{path}");
    }
    folder.run(&["check", "elsewhere"]).expect_code(0);
}

#[test]
fn a_file_that_is_named_twice_is_checked_once() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":0}"#)]);
    let run = folder.run(&["check", "config/a.json", "./config/a.json", "config", "--format", "json"]).expect_code(1);
    assert_eq!(run.json()["summary"]["documents"], 1);
}

#[test]
fn names_in_text_are_relative_to_the_working_directory_and_in_json_to_the_project() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":0}"#)]);
    let text = folder.run_in("config", &["check", "a.json"]).expect_code(1);
    assert!(text.stdout.contains("--> a.json:1:9\n"), "{}", text.stdout);
    let schemas = folder.run_in("schemas", &["check"]).expect_code(1);
    assert!(schemas.stdout.contains("--> ../config/a.json:1:9\n"), "{}", schemas.stdout);
    let json = folder.run_in("config", &["check", "--format", "json"]).expect_code(1);
    assert_eq!(json.json()["reports"][0]["file"], "config/a.json");
    assert_eq!(json.stdout, folder.run(&["check", "--format", "json"]).stdout);
}

#[test]
fn one_schema_file_checks_without_a_project() {
    let folder = Folder::empty();
    folder.write("schema.json", r#"{"$ref":"part.json"}"#);
    folder.write("part.json", r#"{"type":"object","required":["a"]}"#);
    folder.write("docs/x.yaml", "b: 1\n");
    folder.write("docs/y.json", "{\"a\":1}");
    folder.write("docs/README.md", "# not a document");
    let run = folder.run(&["check", "--schema", "schema.json", "docs", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["missing-key"]);
    assert_eq!(run.json()["summary"]["documents"], 2);
    assert_eq!(run.json()["reports"][0].get("settings"), None);
    assert_eq!(run.json()["reports"][0]["file"], "docs/x.yaml");
}

#[test]
fn a_schema_file_that_is_missing_or_a_folder_is_named() {
    let folder = Folder::with(&[("x.json", "{}")]);
    let run = folder.run(&["check", "--schema", "nowhere.json", "x.json"]).expect_code(2);
    assert_eq!(run.stderr, "error: cannot read `nowhere.json`: it does not exist\n");
    let run = folder.run(&["check", "--schema", "schemas", "x.json"]).expect_code(2);
    assert_eq!(run.stderr, "error: cannot read `schemas`: it is a folder, expected a file\n");
}

#[test]
fn a_schema_with_findings_is_reported_in_its_own_file() {
    let folder = Folder::with(&[("config/a.json", "{}")]);
    folder.write("schemas/app/v1.json", "{ \"type\": \"objet\" }");
    let run = folder.run(&["check"]).expect_code(1);
    assert!(run.stdout.contains("--> schemas/app/v1.json:1:11"), "{}", run.stdout);
    // Whoever commits only the schema sees it too; a file that has nothing to do with it stays silent.
    folder.run(&["check", "schemas/app/v1.json"]).expect_code(1);
    folder.write("README.md", "");
    assert_eq!(folder.run(&["check", "README.md"]).expect_code(0).stdout, "");
}

#[test]
fn a_family_and_a_version_can_be_named() {
    let folder = Folder::with(&[("schemas/app/v2.json", r#"{"required":["two"]}"#), ("else.json", r#"{"port":1}"#)]);
    folder.run(&["check", "--settings", "app", "--at", "1", "else.json"]).expect_code(0);
    let run = folder.run(&["check", "--settings", "app", "else.json", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["missing-key"]);
    assert_eq!(run.json()["reports"][0]["version"], 2);
    let run = folder.run(&["check", "--settings", "ap"]).expect_code(2);
    assert_eq!(run.stderr, "error: the project has no settings `ap`; it has `app`\n");
}

#[test]
fn a_glob_that_matches_nothing_warns_when_everything_is_checked() {
    let folder = Folder::with(&[("other/a.json", "{}")]);
    let run = folder.run(&["check", "--format", "json"]).expect_code(0);
    assert_eq!(run.codes(), ["glob-matches-nothing"]);
}

#[test]
fn a_thousand_files_are_reported_in_their_order_by_all_cores() {
    let folder = Folder::with(&[]);
    for index in 0..1000 {
        let port = if index % 100 == 7 { 0 } else { index + 1 };
        folder.write(&format!("config/{index:04}.json"), format!("{{\"port\":{port}}}"));
    }
    let run = folder.run(&["check", "--threads", "4", "--format", "json"]).expect_code(1);
    assert_eq!(run.json()["summary"]["documents"], 1000);
    assert_eq!(run.codes().len(), 10);
    let files: Vec<String> =
        run.json()["reports"].as_array().unwrap().iter().map(|one| one["file"].to_string()).collect();
    assert!(files.is_sorted());
    assert_eq!(run.stdout, folder.run(&["check", "--threads", "1", "--format", "json"]).stdout);
}

#[test]
fn a_quiet_run_prints_findings_only() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":1}"#)]);
    assert_eq!(folder.run(&["check", "--quiet"]).expect_code(0).stdout, "");
    folder.write("config/a.json", r#"{"port":0}"#);
    let run = folder.run(&["check", "-q"]).expect_code(1);
    assert!(run.stdout.starts_with("error[out-of-range]") && !run.stdout.contains("checked"), "{}", run.stdout);
}

#[test]
fn a_schema_that_is_named_and_wrong_is_reported_at_its_place() {
    let folder = Folder::empty();
    folder.write("s.json", r#"{"type":"objekt"}"#);
    folder.write("a.json", "{}");
    let run = folder.run(&["check", "--schema", "s.json", "a.json"]).expect_code(1);
    assert!(run.stdout.contains("--> s.json:1:9"), "{}", run.stdout);
}

#[test]
fn a_file_that_is_not_there_is_in_the_report_that_machines_read() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":1}"#)]);
    let run = folder.run(&["check", "config/a.json", "config/gone.json", "--format", "json"]).expect_code(2);
    assert_eq!(run.codes(), ["not-checked"]);
    assert_eq!(run.json()["verdict"], "undecided");
    assert_eq!(run.json()["reports"][0]["file"], "config/gone.json");
}
