//! `setpoint check -`.

use crate::folder::{Folder, PROJECT};

#[test]
fn standard_input_belongs_to_the_only_family() {
    let folder = Folder::with(&[]);
    let run = folder.run_with_input(&["check", "-"], br#"{"port":0}"#).expect_code(1);
    assert!(run.stdout.contains("--> -:1:9\n") && run.stdout.contains("{\"port\":0}"), "{}", run.stdout);
    assert!(!run.stdout.contains("--fix"), "{}", run.stdout);
    folder.run_with_input(&["check", "-"], br#"{"port":1}"#).expect_code(0);
}

#[test]
fn the_name_tells_format_and_family() {
    let folder = Folder::with(&[]);
    let arguments = ["check", "-", "--stdin-filename", "config/new.yaml"];
    let run = folder.run_with_input(&arguments, b"port: 0\n").expect_code(1);
    assert!(run.stdout.contains("--> config/new.yaml:1:7\n"), "{}", run.stdout);
    assert!(run.stdout.contains(" 1 | port: 0\n"), "{}", run.stdout);
    let run = folder.run_with_input(&["check", "-", "--stdin-filename", "README.md"], b"# hi").expect_code(0);
    assert_eq!(run.stdout, "");
}

#[test]
fn with_several_families_the_command_line_has_to_say_which() {
    let folder = Folder::with(&[]);
    folder.write("setpoint.toml", format!("{PROJECT}{}", PROJECT.replace(".app]", ".other]").replace("config", "o")));
    let run = folder.run_with_input(&["check", "-"], b"{}").expect_code(2);
    assert!(run.stderr.contains("`--settings NAME`"), "{}", run.stderr);
    folder.run_with_input(&["check", "-", "--settings", "other"], br#"{"port":1}"#).expect_code(0);
}

#[test]
fn a_schema_file_checks_standard_input() {
    let folder = Folder::with(&[]);
    let arguments = ["check", "--schema", "schemas/app/v1.json", "-"];
    folder.run_with_input(&arguments, br#"{"port":1}"#).expect_code(0);
    folder.run_with_input(&arguments, br#"{"port":"1"}"#).expect_code(1);
}

#[test]
fn endless_input_ends_in_a_finding() {
    let folder = Folder::with(&[]);
    folder.write("setpoint.toml", format!("{PROJECT}[limits]\nbytes = 1000\n"));
    let run = folder.run_with_input(&["check", "-", "--format", "json"], &[b'['; 1_000_000]).expect_code(1);
    assert_eq!(run.codes(), ["limit-exceeded"]);
}

#[test]
fn a_name_without_standard_input_is_refused() {
    Folder::with(&[]).run(&["check", "--stdin-filename", "x.json"]).expect_code(2);
}
