//! NDJSON: each line is a document.

use crate::folder::Folder;

#[test]
fn every_failing_line_has_its_own_report() {
    let folder = Folder::with(&[("config/a.ndjson", "{\"port\":1}\n{\"port\":0}\n\n{\"port\":2}\n{\"port\":\"3\"}\n")]);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    let report = run.json();
    assert_eq!(run.codes(), ["out-of-range", "type-mismatch"]);
    assert_eq!(report["summary"]["documents"], 4);
    assert_eq!(report["reports"][0]["file"], "config/a.ndjson:2");
    assert_eq!(report["reports"][1]["file"], "config/a.ndjson:5");
}

#[test]
fn text_shows_the_line_of_the_file() {
    let folder = Folder::with(&[("config/a.jsonl", "{\"port\":1}\n{\"port\":0}\n")]);
    let run = folder.run(&["check"]).expect_code(1);
    assert!(run.stdout.contains("--> config/a.jsonl:2:9\n"), "{}", run.stdout);
    assert!(run.stdout.contains("| {\"port\":0}\n"), "{}", run.stdout);
    assert!(run.stdout.contains("2 documents checked: 1 error"), "{}", run.stdout);
}

#[test]
fn a_long_file_is_checked_in_pieces_on_all_cores() {
    let folder = Folder::with(&[]);
    let text: String =
        (0..60_000).map(|index| format!("{{\"port\":{}}}\n", u32::from(index % 10_000 != 9_999))).collect();
    folder.write("config/a.ndjson", &text);
    let run = folder.run(&["check", "--format", "json", "--threads", "2"]).expect_code(1);
    let files: Vec<String> =
        run.json()["reports"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap().to_owned()).collect();
    assert_eq!(files, (1..=6).map(|part| format!("config/a.ndjson:{part}0000")).collect::<Vec<_>>());
    assert_eq!(run.json()["summary"]["documents"], 60_000);
    let input = folder.run_with_input(&["check", "-", "--stdin-filename", "config/a.ndjson", "-q"], text.as_bytes());
    assert_eq!(input.expect_code(1).stdout.matches("error[out-of-range]").count(), 6);
}

#[test]
fn a_line_that_is_too_long_is_undecided_and_the_others_are_checked() {
    let folder = Folder::with(&[]);
    let long = format!("{{\"port\":1}}\n{{\"port\":{}}}\n{{\"port\":0}}\n", "1".repeat(17 << 20));
    folder.write("config/a.ndjson", long);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["checker-limit", "out-of-range"]);
    assert_eq!(run.json()["reports"][0]["file"], "config/a.ndjson:2");
}

#[test]
fn no_fix_is_promised_for_a_file_of_lines() {
    let folder = Folder::with(&[("config/a.ndjson", "{\"port\":\"1\"}\n")]);
    let run = folder.run(&["check", "config/a.ndjson"]).expect_code(1);
    assert!(!run.stdout.contains("--fix"), "{}", run.stdout);
}
