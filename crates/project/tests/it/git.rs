//! What changed, asked of a real git.

use std::path::Path;
use std::process::Command;

use setpoint_project::Project;
use setpoint_project::git::{GitError, changed_since};

use crate::folder::Folder;

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

fn repository() -> Folder {
    let folder = Folder::with(&[
        ("app/setpoint.toml", "[settings.a]\nschemas = \"s\"\ndocuments = [\"c/*.json\"]\n"),
        ("app/s/v1.json", "{}"),
        ("app/c/same.json", "{}"),
        ("app/c/edited.json", "{}"),
        ("app/c/gone.json", "{}"),
        (".gitignore", "ignored.json\n"),
    ]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "first"]);
    git(folder.path(), &["checkout", "-qb", "work"]);
    folder
}

fn touched(folder: &Folder) -> Vec<String> {
    let root = folder.path().join("app");
    let project = Project::open(&root.join("setpoint.toml")).unwrap();
    let changed = changed_since(&root, "main").unwrap();
    project.documents_touched_by(&changed, &[]).unwrap().files.into_iter().map(|document| document.name).collect()
}

#[test]
fn committed_staged_unstaged_and_untracked_documents_count_as_changed() {
    let folder = repository();
    folder.write("app/c/committed.json", "{}");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "second"]);
    folder.write("app/c/staged.json", "{}");
    git(folder.path(), &["add", "."]);
    folder.write("app/c/edited.json", "{ }");
    folder.write("app/c/untracked ö.json", "{}");
    folder.write("app/c/ignored.json", "{}");
    std::fs::remove_file(folder.path().join("app/c/gone.json")).unwrap();
    assert_eq!(touched(&folder), ["c/committed.json", "c/edited.json", "c/staged.json", "c/untracked ö.json"]);
}

#[test]
fn changes_on_the_base_after_the_fork_do_not_count() {
    let folder = repository();
    git(folder.path(), &["checkout", "-q", "main"]);
    folder.write("app/c/same.json", "{ }");
    git(folder.path(), &["commit", "-qam", "on main"]);
    git(folder.path(), &["checkout", "-q", "work"]);
    assert_eq!(touched(&folder), Vec::<String>::new());
}

#[test]
fn a_changed_schema_or_project_file_touches_all_documents() {
    let folder = repository();
    folder.write("app/s/v1.json", "{ }");
    assert_eq!(touched(&folder).len(), 3);
    folder.write("app/s/v1.json", "{}");
    assert_eq!(touched(&folder).len(), 0);
    folder.write("app/setpoint.toml", "[settings.a]\nschemas = \"s\"\ndocuments = [\"c/*.*\"]\n");
    assert_eq!(touched(&folder).len(), 3);
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let folder = repository();
    for base in ["nowhere", "--output=x", ""] {
        let error = changed_since(folder.path(), base).unwrap_err();
        assert!(matches!(&error, GitError::UnknownRevision(name) if name == base), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let folder = repository();
    folder.write("app/c/x.json", "{}");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "second"]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "-q", "--depth", "1", &url, "copy"]);
    let error = changed_since(&clone.path().join("copy"), "HEAD~1").unwrap_err();
    assert!(error.to_string().contains("fetch-depth: 0"), "{error}");
}

#[test]
fn a_folder_outside_every_repository_is_named() {
    let folder = Folder::with(&[("x", "")]);
    assert!(matches!(changed_since(folder.path(), "main"), Err(GitError::NoRepository(_))));
}
