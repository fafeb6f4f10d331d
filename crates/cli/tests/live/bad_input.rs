//! What is wrong with a store is said before anything is touched.

use crate::postgres::Server;
use crate::project::{APPLY, Project, ROLLBACK, edit, fill, refused};

#[test]
fn a_store_of_an_unknown_kind() {
    let project = Project::sqlite();
    edit(&project, "sqlite:live.db", "mysql://app:s3cret@db/app");
    let said = refused(&project, 2, "store-unknown-scheme");
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_file_that_is_not_there_and_one_that_is_no_database() {
    let project = Project::sqlite();
    edit(&project, "sqlite:live.db", "sqlite:life.db");
    refused(&project, 4, "store-unreachable");
    assert!(!project.path().join("life.db").exists(), "it must not be made");
    project.write("life.db", &"this is no database ".repeat(100));
    refused(&project, 4, "store-unreachable");
}

#[test]
fn a_description_that_lacks_a_column() {
    let project = Project::sqlite();
    edit(&project, "version = \"version\"\n", "");
    refused(&project, 2, "store-incomplete");
}

#[test]
fn a_table_or_a_column_that_is_not_there() {
    let server = Server::shared();
    for project in [Project::sqlite(), Project::postgres(&server, "jsonb")] {
        edit(&project, "table = \"settings\"", "table = \"setings\"");
        let said = refused(&project, 2, "store-no-table");
        assert!(said.contains("one of the tables that there are: `settings`"), "{said}");
        edit(&project, "table = \"setings\"", "table = \"settings\"");
        edit(&project, "document = \"doc\"", "document = \"document\"");
        let said = refused(&project, 2, "store-no-column");
        assert!(said.contains("`id`, `doc`, `version`"), "{said}");
    }
}

#[test]
fn a_key_that_may_be_there_twice_and_a_column_of_the_wrong_type() {
    let server = Server::shared();
    let project = Project::postgres(&server, "jsonb");
    project.sql("ALTER TABLE settings DROP CONSTRAINT settings_pkey");
    refused(&project, 2, "store-key-not-unique");
    project.sql("ALTER TABLE settings ADD PRIMARY KEY (id); ");
    project.sql("ALTER TABLE settings ADD COLUMN blob bytea");
    edit(&project, "document = \"doc\"", "document = \"blob\"");
    refused(&project, 2, "store-column-type");
    let project = Project::sqlite();
    project.sql("CREATE TABLE loose (id TEXT, doc TEXT, version INTEGER)");
    edit(&project, "table = \"settings\"", "table = \"loose\"");
    refused(&project, 2, "store-key-not-unique");
}

#[test]
fn a_row_that_is_wrong_already_is_reported_before_anything_is_touched_and_can_be_set_aside() {
    for project in Project::all() {
        fill(&project, 10);
        let is_jsonb = project.run(&["status", "app"]).stdout.contains("postgres") && project.name() == "postgres";
        project.put("d0004.json", r#"{"timeout_s": "soon", "count": 0}"#, 1);
        // A column of type jsonb takes nothing but JSON.
        if !is_jsonb {
            project.put("d0007.json", r#"{"timeout_s": 5,"#, 1);
        }
        let before = project.documents();
        let run = project.run(&APPLY).expect_code(1);
        assert!(run.stdout.contains("d0004.json") && run.stdout.contains("\"soon\""), "{run:#?}");
        assert!(run.stderr.contains("not begun, no document was touched"), "{run:#?}");
        assert_eq!(project.documents(), before, "{}", project.name());
        project.run(&[&APPLY[..], &["--set-aside"]].concat()).expect_code(0);
        let status = project.status();
        let aside = status["set_aside"].as_array().unwrap();
        assert_eq!(aside.len(), if is_jsonb { 1 } else { 2 }, "{status:#}");
        assert!(aside[0]["reason"].as_str().unwrap().contains("soon"), "{status:#}");
        assert_eq!(status["debt"], aside.len());
        // Once it is mended it goes up like any other.
        project.put("d0004.json", r#"{"timeout_s": 6, "count": 0}"#, 1);
        project.run(&APPLY).expect_code(0);
        assert!(project.documents()[4].1.contains("6000"), "{}", project.name());
        project.run(&ROLLBACK).expect_code(0);
    }
}

#[test]
fn rows_without_a_version_and_rows_that_are_behind() {
    let server = Server::shared();
    for project in [Project::sqlite(), Project::postgres(&server, "text")] {
        fill(&project, 4);
        project.put("d0001.json", r#"{"timeout_s": 6, "count": 0}"#, 0);
        refused(&project, 1, "documents-behind");
        if project.name() == "sqlite" {
            project.sql("UPDATE settings SET version = 'one' WHERE id = 'd0001.json'");
        } else {
            project.sql("ALTER TABLE settings ALTER COLUMN version DROP NOT NULL");
            project.sql("UPDATE settings SET version = NULL WHERE id = 'd0001.json'");
        }
        refused(&project, 1, "version-missing");
        assert!(project.documents().iter().all(|(_, text, _)| text.contains("timeout_s")));
    }
}

#[test]
fn a_journal_of_a_newer_version() {
    let server = Server::shared();
    for project in [Project::sqlite(), Project::postgres(&server, "jsonb")] {
        project.run(&["status", "app"]).expect_code(0);
        project.sql("UPDATE setpoint_meta SET value = '3' WHERE name = 'form'");
        refused(&project, 2, "journal-newer");
    }
}

#[test]
fn a_journal_of_the_version_before_is_gone_on_with() {
    let server = Server::shared();
    for project in [Project::sqlite(), Project::postgres(&server, "jsonb")] {
        let before = fill(&project, 2);
        project.run(&APPLY).expect_code(0);
        // As form 1 was.
        for statement in [
            "ALTER TABLE setpoint_journal DROP COLUMN written_by",
            "ALTER TABLE setpoint_journal DROP COLUMN written_at",
            "UPDATE setpoint_meta SET value = '1' WHERE name = 'form'",
        ] {
            project.sql(statement);
        }
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(project.documents(), before, "{}", project.name());
        let history = project.run(&["history", "app"]).expect_code(0).stdout;
        assert!(history.contains("0002-timeout-in-milliseconds"), "{history}");
    }
}

#[test]
fn two_stores_with_one_journal() {
    let server = Server::shared();
    // A database that was restored elsewhere together with its journal.
    let project = Project::postgres(&server, "jsonb");
    fill(&project, 2);
    project.run(&["status", "app"]).expect_code(0);
    project.sql("UPDATE setpoint_meta SET value = 'database app (16384) of cluster 7' WHERE name = 'owner'");
    let said = refused(&project, 2, "journal-elsewhere");
    assert!(said.contains("cluster 7"), "{said}");
    project.run(&[&APPLY[..], &["--adopt-journal"]].concat()).expect_code(0);
    project.run(&ROLLBACK).expect_code(0);
    // A working tree that was copied together with its journal.
    let (project, copy) = (Project::files(), Project::files());
    fill(&project, 2);
    project.run(&["status", "app"]).expect_code(0);
    std::fs::create_dir_all(copy.path().join(".setpoint")).unwrap();
    // All of it: what was committed last may still be in the log beside the database.
    for entry in std::fs::read_dir(project.path().join(".setpoint")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.path().join(".setpoint").join(entry.file_name())).unwrap();
        }
    }
    refused(&copy, 2, "journal-elsewhere");
}

#[test]
fn only_one_command_at_a_time() {
    for project in Project::all() {
        fill(&project, 40);
        let mut first = project.spawn(&[&APPLY[..], &["--batch", "2", "--rate", "20"]].concat());
        let began = std::time::Instant::now();
        while project.status()["holder"].is_null() {
            assert!(began.elapsed() < std::time::Duration::from_secs(60), "{}: it does not begin", project.name());
        }
        let said = refused(&project, 4, "store-busy");
        assert!(said.contains("apply") && said.contains("process"), "{said}");
        first.kill().unwrap();
        first.wait().unwrap();
        // PostgreSQL sees a moment later that the connection has ended.
        let began = std::time::Instant::now();
        while !project.status()["holder"].is_null() {
            assert!(began.elapsed() < std::time::Duration::from_secs(60), "{}: the lock stays", project.name());
        }
        project.run(&ROLLBACK).expect_code(0);
    }
}
