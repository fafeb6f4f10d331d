//! What bad input gets: one specific finding with the file's name, and the other files are still reported.

use crate::folder::{Folder, PROJECT};

/// Checks a document with this text beside one with a known fault; gives the code for the first.
#[track_caller]
fn code_for(name: &str, text: impl AsRef<[u8]>) -> String {
    let folder = Folder::with(&[("config/z.json", r#"{"port":0}"#)]);
    folder.write(name, text);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    let report = run.json();
    let reports = report["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 2, "{run:#?}");
    assert_eq!(reports[1]["findings"][0]["code"], "out-of-range", "the other file is still reported");
    assert_eq!(reports[0]["file"], name);
    assert_eq!(reports[0]["findings"].as_array().unwrap().len(), 1, "{:#}", reports[0]);
    reports[0]["findings"][0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn an_empty_file_says_so() {
    assert_eq!(code_for("config/a.json", ""), "empty-document");
}

#[test]
fn broken_utf8_says_so() {
    assert_eq!(code_for("config/a.json", b"{\"port\":\"\xff\"}"), "invalid-utf8");
}

#[test]
fn nul_bytes_say_so() {
    assert_eq!(code_for("config/a.yaml", b"port: \0\n"), "control-character");
}

#[test]
fn a_hundred_megabytes_of_brackets_are_too_large() {
    assert_eq!(code_for("config/a.json", vec![b'['; 100 << 20]), "limit-exceeded");
}

#[test]
fn brackets_within_the_limit_are_too_deep() {
    assert_eq!(code_for("config/a.json", "[".repeat(1 << 20)), "limit-exceeded");
}

#[test]
fn a_billion_laughs_are_too_many() {
    let mut text = "a0: &a0 [ha]\n".to_owned();
    for level in 1..40 {
        text += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
    }
    assert_eq!(code_for("config/a.yaml", text), "limit-exceeded");
}

#[test]
fn a_number_of_fifty_thousand_digits_is_too_long() {
    assert_eq!(code_for("config/a.json", format!("{{\"port\":{}}}", "9".repeat(50_000))), "limit-exceeded");
}

#[test]
fn a_pattern_that_could_explode_does_not() {
    let folder = Folder::with(&[]);
    folder.write("schemas/app/v1.json", r#"{"properties":{"a":{"pattern":"^(a+)+$"}}}"#);
    folder.write("config/a.json", format!("{{\"a\":\"{}!\"}}", "a".repeat(50_000)));
    let run = folder.run(&["check", "--format", "json"]);
    assert!(matches!(run.code, 1 | 3), "{run:#?}");
    assert_eq!(run.codes().len(), 1);
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let folder = Folder::with(&[("config/a.json", "{}")]);
    folder.write("schemas/app/v1.json", r##"{"$ref":"#"}"##);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes()[0], "reference-cycle");
}

#[test]
fn an_unknown_dialect_is_named() {
    let folder = Folder::with(&[("config/a.json", "{}")]);
    folder.write("schemas/app/v1.json", r#"{"$schema":"https://example.org/mine"}"#);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes()[0], "unknown-dialect");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_no_verdict() {
    let folder = Folder::with(&[("config/a.json", "\u{feff}{\r\n\"port\": 80\r\n}\r\n")]);
    folder.run(&["check"]).expect_code(0);
}

#[test]
fn a_folder_in_the_place_of_a_document_is_no_document() {
    let folder = Folder::with(&[("config/a.json/inner.txt", ""), ("config/b.json", r#"{"port":1}"#)]);
    let run = folder.run(&["check", "--format", "json"]).expect_code(0);
    assert_eq!(run.json()["summary"]["documents"], 1);
}

#[test]
fn a_checker_that_is_none_is_named() {
    let folder = Folder::with(&[("config/a.json", "{}"), ("not.wasm", "hello")]);
    let run = folder.run(&["check", "--checker", "not.wasm"]).expect_code(2);
    assert!(run.stderr.contains("`not.wasm` is not a checker"), "{}", run.stderr);
    folder.run(&["check", "--checker", "nowhere.wasm"]);
}

#[test]
fn limits_of_the_project_file_hold() {
    let folder = Folder::with(&[("config/a.json", &format!("{{\"port\":1{}}}", " ".repeat(1000)))]);
    folder.run(&["check"]).expect_code(0);
    folder.write("setpoint.toml", format!("{PROJECT}[limits]\nbytes = 1000\n"));
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["limit-exceeded"]);
}
