//! A project file that cannot be used is reported like any other document, with exit code 2.

use crate::folder::{Folder, PROJECT};

#[test]
fn a_misspelt_key_is_one_finding_with_the_intended_key() {
    let folder = Folder::with(&[]);
    folder.write("setpoint.toml", PROJECT.replace("documents", "docments"));
    let run = folder.run(&["check"]).expect_code(2);
    assert!(run.stdout.contains("--> setpoint.toml:3:1\n"), "{}", run.stdout);
    assert!(run.stdout.contains("documents"), "{}", run.stdout);
    let run = folder.run(&["check", "--format", "json"]).expect_code(2);
    assert_eq!(run.codes(), ["misspelt-key"]);
}

#[test]
fn a_wrong_type_and_broken_toml_are_shown_at_their_places() {
    let folder = Folder::with(&[]);
    folder.write("setpoint.toml", PROJECT.replace("\"schemas/app\"", "1"));
    let run = folder.run(&["check", "--format", "json"]).expect_code(2);
    assert_eq!(run.codes(), ["type-mismatch"]);
    folder.write("setpoint.toml", "[settings.app\n");
    let run = folder.run(&["check", "--format", "json"]).expect_code(2);
    assert_eq!(run.json()["reports"][0]["findings"][0]["span"]["line"], 1);
}

#[test]
fn a_schema_folder_that_is_not_there_is_shown_at_its_key() {
    let folder = Folder::with(&[]);
    folder.write("setpoint.toml", PROJECT.replace("schemas/app", "schemas/ap"));
    for command in ["check", "gate", "bundle"] {
        let run = folder.run(&[command]).expect_code(2);
        assert!(run.stdout.contains("error[project-file-invalid]: `schemas/ap` does not exist"), "{run:#?}");
        assert!(run.stdout.contains("--> setpoint.toml:2:11\n"), "{run:#?}");
    }
}

#[test]
fn two_families_that_govern_one_file_are_a_fault_and_the_others_are_reported() {
    let folder = Folder::with(&[("config/a.json", "{}"), ("b/b.json", r#"{"port":0}"#)]);
    let other = "[settings.other]\nschemas = \"schemas/app\"\ndocuments = [\"config/a*\", \"b/*\"]\n";
    folder.write("setpoint.toml", format!("{PROJECT}{other}"));
    for arguments in [&["check"][..], &["check", "config/a.json", "b/b.json"]] {
        let run = folder.run(arguments).expect_code(2);
        assert!(
            run.stdout.contains("error[governed-twice]: `config/a.json` is governed by `app` and `other`"),
            "{run:#?}"
        );
        assert!(run.stdout.contains("b/b.json:1:9"), "{run:#?}");
    }
}

#[test]
fn without_a_project_the_way_to_one_is_shown() {
    let run = Folder::empty().run(&["check"]).expect_code(2);
    assert!(run.stderr.starts_with("error: there is no `setpoint.toml`"), "{}", run.stderr);
    assert!(run.stderr.contains("`setpoint init`"), "{}", run.stderr);
}

#[test]
fn the_project_can_be_named() {
    let folder = Folder::with(&[("config/a.json", r#"{"port":0}"#)]);
    let elsewhere = Folder::empty();
    for project in [folder.path().to_path_buf(), folder.file("setpoint.toml")] {
        elsewhere.run(&["check", "--project", project.to_str().unwrap()]).expect_code(1);
    }
    elsewhere.run(&["check", "--project", "nowhere.toml"]).expect_code(2);
}
