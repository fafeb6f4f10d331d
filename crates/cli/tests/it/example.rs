//! The example project says what its README promises.

use std::path::{Path, PathBuf};

use crate::folder::Folder;

fn example() -> Folder {
    let folder = Folder::empty();
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/billing");
    copy(&source, folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn its_mistakes_are_found_in_all_formats() {
    let run = example().run(&["check", "--format", "json"]).expect_code(1);
    let report = run.json();
    let found: Vec<(String, Vec<String>)> = report["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let codes = one["findings"].as_array().unwrap().iter();
            (
                one["file"].as_str().unwrap().to_owned(),
                codes.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect(),
            )
        })
        .collect();
    let expected: [(&str, &[&str]); 7] = [
        ("config/billing/asia.toml", &["missing-key", "out-of-range", "wrong-length"]),
        ("config/billing/default.yaml", &[]),
        ("config/billing/eu.yaml", &["type-mismatch", "value-not-allowed", "out-of-range"]),
        ("config/billing/staging.json", &[]),
        ("config/billing/us.json", &["misspelt-key", "pattern-mismatch"]),
        ("config/quota/large.json", &[]),
        ("config/quota/small.json", &[]),
    ];
    let expected: Vec<(String, Vec<String>)> = expected
        .into_iter()
        .map(|(file, codes)| (file.to_owned(), codes.iter().map(|code| (*code).to_owned()).collect()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn its_secret_is_shown_in_no_form() {
    let folder = example();
    for format in ["text", "json", "ndjson", "sarif", "github", "gitlab", "junit", "rdjson"] {
        let run = folder.run(&["check", "--format", format]).expect_code(1);
        assert!(!run.stdout.contains("hunter2"), "{format}: {}", run.stdout);
    }
}

#[test]
fn fixing_keeps_its_comments() {
    let folder = example();
    folder.run(&["check", "--fix"]).expect_code(1);
    assert!(folder.read("config/billing/eu.yaml").contains("  port: 8080   # behind the load balancer\n"));
    assert!(folder.read("config/billing/eu.yaml").starts_with("# Europe"));
}

#[test]
fn one_of_its_migrations_passes_and_the_other_fails() {
    let folder = example();
    folder.run(&["gate", "0002-group-http-settings"]).expect_code(0);
    let run = folder.run(&["gate", "0002-requests-per-minute", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["upgrade-not-total"]);
}
