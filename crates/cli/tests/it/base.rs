//! `setpoint check --base`.

use crate::folder::Folder;

fn repository() -> Folder {
    let folder = Folder::with(&[("config/old.json", r#"{"port":0}"#), ("config/new.json", r#"{"port":1}"#)]);
    folder.git(&["init", "-q", "-b", "main"]);
    folder.git(&["add", "."]);
    folder.git(&["commit", "-qm", "first"]);
    folder
}

fn documents(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let run = folder.run(&[&["check", "--format", "json", "--base", "main"], arguments].concat());
    let report = run.json();
    report["reports"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_changed_documents_are_checked() {
    let folder = repository();
    assert_eq!(documents(&folder, &[]), Vec::<String>::new());
    folder.run(&["check", "--base", "main"]).expect_code(0);
    folder.write("config/new.json", r#"{"port":2}"#);
    folder.write("config/untracked.json", r#"{"port":3}"#);
    assert_eq!(documents(&folder, &[]), ["config/new.json", "config/untracked.json"]);
    assert_eq!(documents(&folder, &["config/old.json", "config/new.json"]), ["config/new.json"]);
    assert_eq!(documents(&folder, &["config"]), ["config/new.json", "config/untracked.json"]);
}

#[test]
fn a_changed_schema_checks_the_whole_family() {
    let folder = repository();
    folder.write("schemas/app/v1.json", "{}");
    assert_eq!(documents(&folder, &[]), ["config/new.json", "config/old.json"]);
}

#[test]
fn the_repository_of_a_hook_does_not_mislead() {
    let folder = repository();
    folder.write("config/new.json", r#"{"port":0}"#);
    let output = folder
        .command()
        .args(["check", "--base", "main"])
        .env("GIT_DIR", "/nowhere")
        .env("GIT_INDEX_FILE", "/nowhere/index")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn what_is_wrong_with_the_revision_is_said() {
    let folder = repository();
    let run = folder.run(&["check", "--base", "nowhere"]).expect_code(2);
    assert_eq!(run.stderr, "error: git does not know the revision `nowhere`; fetch it first, or correct its name\n");
    let run = Folder::with(&[]).run(&["check", "--base", "main"]).expect_code(2);
    assert!(run.stderr.contains("is not in a git repository"), "{}", run.stderr);
    let output = folder.command().args(["check", "--base", "main"]).env("PATH", "").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot run `git`"), "{output:?}");
}
