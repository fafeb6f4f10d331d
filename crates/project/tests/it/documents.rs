//! Which files are documents, and of which family.

use setpoint_project::{Governed, Project};

use crate::folder::Folder;

const PROJECT: &str = r#"
[settings.a]
schemas = "schemas/a"
documents = ["config/**/*.yaml", "schemas/**/*.json", "gone/*.json"]
[settings.b]
schemas = "schemas/b"
documents = ["**/b.json"]
"#;

fn folder() -> Folder {
    Folder::with(&[
        ("setpoint.toml", PROJECT),
        ("schemas/a/v1.json", "{}"),
        ("schemas/b/v1.json", "{}"),
        ("config/one.yaml", ""),
        ("config/deep/two.yaml", ""),
        ("config/node_modules/x.yaml", ""),
        ("x/b.json", ""),
        (".git/b.json", ""),
        ("target/b.json", ""),
    ])
}

fn names(folder: &Folder, folders: &[&str]) -> Vec<String> {
    let project = Project::open(&folder.project_file()).unwrap();
    let folders: Vec<String> = folders.iter().map(|folder| (*folder).to_owned()).collect();
    project.documents(&folders).unwrap().files.into_iter().map(|document| document.name).collect()
}

#[test]
fn globs_find_documents_but_not_schemas_nor_the_files_of_others() {
    assert_eq!(names(&folder(), &[]), ["config/deep/two.yaml", "config/one.yaml", "x/b.json"]);
}

#[test]
fn a_search_can_be_limited_to_folders() {
    let folder = folder();
    assert_eq!(names(&folder, &["config/deep"]), ["config/deep/two.yaml"]);
    assert_eq!(names(&folder, &["x", "config/deep"]), ["config/deep/two.yaml", "x/b.json"]);
    assert_eq!(names(&folder, &[""]).len(), 3);
    assert_eq!(names(&folder, &["schemas"]), Vec::<String>::new());
}

#[test]
fn a_glob_that_matches_nothing_is_a_warning_at_its_place() {
    let folder = folder();
    let project = Project::open(&folder.project_file()).unwrap();
    let findings = project.document_findings(&project.documents(&[]).unwrap());
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["the glob `schemas/**/*.json` matches no file", "the glob `gone/*.json` matches no file"]);
    assert_eq!(findings[1].span.unwrap().column, 55);
}

#[test]
fn a_file_that_two_families_govern_is_a_fault_of_the_project() {
    let folder = folder();
    folder.write("config/b.json", "");
    folder.write("setpoint.toml", &PROJECT.replace("gone/*.json", "config/*.json"));
    let project = Project::open(&folder.project_file()).unwrap();
    assert!(matches!(project.governed("config/b.json"), Governed::Twice(families) if families.len() == 2));
    let documents = project.documents(&[]).unwrap();
    let findings = project.document_findings(&documents);
    let twice = findings.iter().find(|finding| finding.code == "governed-twice").unwrap();
    assert_eq!(twice.message, "`config/b.json` is governed by `a` and `b`");
}

#[test]
fn the_files_of_the_project_itself_are_never_documents() {
    let folder = folder();
    let project = Project::open(&folder.project_file()).unwrap();
    assert!(matches!(project.governed("schemas/a/v1.json"), Governed::No));
    assert!(matches!(project.governed("config/new.yaml"), Governed::By(family) if family.name == "a"));
    assert!(matches!(project.governed("config/new.json"), Governed::No));
}
