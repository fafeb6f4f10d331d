//! Tables and files as users have them: narrow columns, triggers, other schemas, links, owners.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::postgres::Server;
use crate::project::{APPLY, Project, ROLLBACK, Where, edit, fill, refused};

const NAME: &str = "0002-timeout-in-milliseconds";

/// The texts of the documents, by name.
fn texts(project: &Project) -> Vec<(String, String)> {
    project.documents().into_iter().map(|(name, text, _)| (name, text)).collect()
}

/// What was kept for a version is not taken for a document that was written anew at that version, however its text is laid out.
#[test]
fn what_was_kept_for_a_former_document_does_not_come_back() {
    for project in Project::all() {
        project.put("a.json", r#"{"timeout_s":7,"legacy":"X","count":1}"#, 1);
        project.run(&APPLY).expect_code(0);
        if matches!(project.place, Where::Files) {
            // Files have no version of their own: whoever writes one at the old version has rolled back before.
            project.run(&ROLLBACK).expect_code(0);
        }
        project.put("a.json", r#"{"timeout_s":9,"count":1}"#, 1);
        let before = texts(&project);
        project.run(&APPLY).expect_code(0);
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(texts(&project), before, "{}", project.name());
    }
}

/// A column that is too short, a constraint and a trigger: the document is named and left as it is, all others go on.
#[test]
fn a_document_that_the_table_does_not_take_is_named_and_the_others_go_on() {
    let server = Server::shared();
    let narrow = Project::postgres(&server, "varchar(48)");
    let checked = Project::postgres(&server, "jsonb");
    checked.sql("ALTER TABLE settings ADD CHECK (doc->>'name' <> 'odd' OR version = 1)");
    let triggered = Project::postgres(&server, "jsonb");
    triggered.sql(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN IF OLD.doc->>'name' = 'odd' THEN RETURN NULL; END IF; RETURN NEW; END $$",
    );
    triggered.sql("CREATE TRIGGER keep BEFORE UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION keep()");
    let ignored = Project::sqlite();
    ignored
        .sql("CREATE TRIGGER keep BEFORE UPDATE ON settings WHEN OLD.doc LIKE '%odd%' BEGIN SELECT RAISE(IGNORE); END");
    let strict = Project::sqlite();
    strict.sql("DROP TABLE settings");
    strict.sql(
        "CREATE TABLE settings (id TEXT PRIMARY KEY, doc TEXT NOT NULL, version INTEGER NOT NULL, \
         CHECK (version = 1 OR doc NOT LIKE '%odd%'))",
    );
    for (project, which) in
        [(narrow, "narrow"), (checked, "check"), (triggered, "trigger"), (ignored, "ignore"), (strict, "strict")]
    {
        for number in 0..5 {
            let name = if number == 2 { "odd" } else { "n" };
            // At the new version 47 characters, and 49 for the odd one.
            let text = format!(r#"{{"timeout_s": 10{number}, "count": 0, "name": "{name}"}}"#);
            project.put(&format!("d{number}.json"), &text, 1);
        }
        let before = texts(&project);
        let run = project.run(&[&APPLY[..], &["--format", "json"]].concat()).expect_code(1);
        assert_eq!(run.codes(), ["store-refused"], "{which}: {run:#?}");
        assert!(run.stdout.contains("settings/d2.json"), "{which}: {run:#?}");
        assert_eq!(project.status()["versions"], json!({ "1": 1, "2": 4 }), "{which}");
        assert_eq!(texts(&project)[2], before[2], "{which}");
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(texts(&project), before, "{which}");
    }
}

/// The journal is where the table is, whatever the search path of whoever comes next.
#[test]
fn the_journal_is_beside_the_table() {
    let server = Server::shared();
    let project = Project::postgres(&server, "jsonb");
    let path = |path: &str| {
        project.sql(&format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = {path}', current_database()); END $$"
        ));
    };
    project.sql("CREATE SCHEMA app");
    project.sql(
        "CREATE TABLE app.tenants (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, doc jsonb NOT NULL, \
                 version smallint NOT NULL, size int GENERATED ALWAYS AS (length(doc::text)) STORED)",
    );
    project.sql(r#"INSERT INTO app.tenants (doc, version) VALUES ('{"timeout_s": 7, "legacy": "X", "count": 1}', 1)"#);
    edit(&project, "table = \"settings\"", "table = \"app.tenants\"");
    path("app, public");
    let read = |column: &str| {
        let Where::Postgres { url, .. } = &project.place else { unreachable!("it is one") };
        server.sql(url, &format!("SELECT {column} FROM app.tenants"))
    };
    let before = read("doc");
    // A rehearsal that was killed has left its copy.
    project.sql("CREATE SCHEMA setpoint_rehearsal_1_1");
    project.run(&["rehearse", NAME]).expect_code(0);
    project.run(&["apply", NAME]).expect_code(0);
    path("public");
    assert_eq!(project.status()["phase"], "applied");
    project.run(&ROLLBACK).expect_code(0);
    assert_eq!(read("doc"), before);
    let Where::Postgres { url, .. } = &project.place else { unreachable!("it is one") };
    let left = server.sql(url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'setpoint%'");
    assert_eq!(left, "", "copies are thrown away");
    let journals = server.sql(url, "SELECT schemaname FROM pg_tables WHERE tablename = 'setpoint_journal'");
    assert_eq!(journals, "app");
}

/// Whoever loses the lock stops, and what was done stays done.
#[test]
fn a_run_whose_lock_is_lost_stops() {
    let server = Server::shared();
    let project = Project::postgres(&server, "jsonb");
    let before = fill(&project, 40);
    let mut child = project.spawn(&[&APPLY[..], &["--batch", "2", "--rate", "6"]].concat());
    let began = Instant::now();
    let Where::Postgres { url, .. } = &project.place else { unreachable!("it is one") };
    while project.status()["versions"]["2"].as_u64().is_none_or(|moved| moved == 0) {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not begin");
    }
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE application_name LIKE 'setpoint apply, process%' AND datname = current_database()";
    assert_eq!(server.sql(url, cut), "1");
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert!(project.status()["versions"]["1"].as_u64().unwrap() > 0);
    project.run(&ROLLBACK).expect_code(0);
    assert_eq!(project.documents(), before);
}

/// Documents that new services wrote before the migration are neither rehearsed nor in the way of the rehearsal.
#[test]
fn documents_at_the_new_version_are_not_in_the_way_of_a_rehearsal() {
    for project in Project::all().into_iter().filter(|project| !matches!(project.place, Where::Files)) {
        fill(&project, 5);
        project.put("new.json", r#"{"timeout_ms": 7000, "count": 5, "region": "eu"}"#, 2);
        project.run(&["rehearse", NAME]).expect_code(0);
        let text = std::fs::read_to_string(project.path().join(format!("receipts/app/{NAME}.json"))).unwrap();
        let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(receipt["documents"]["compared"], 5, "{}", project.name());
        assert_eq!(receipt["documents"]["other_versions"], 1, "{}", project.name());
        project.run(&["apply", NAME]).expect_code(0);
    }
}

/// A document that was set aside and is at the new version all the same is in the way of a rollback, which says so.
#[test]
fn a_rollback_names_what_was_set_aside() {
    for project in Project::all().into_iter().filter(|project| !matches!(project.place, Where::Files)) {
        fill(&project, 5);
        project.put("d0002.json", r#"{"timeout_s": "soon", "count": 0}"#, 1);
        project.run(&[&APPLY[..], &["--set-aside"]].concat()).expect_code(0);
        project.sql("UPDATE settings SET version = 2 WHERE id = 'd0002.json'");
        let run = project.run(&[&ROLLBACK[..], &["--format", "json"]].concat()).expect_code(1);
        assert!(run.stdout.contains("d0002.json"), "{}: {run:#?}", project.name());
        assert_eq!(project.status()["versions"], json!({ "1": 4, "2": 1 }), "{}", project.name());
        // Mended, it goes down, and is set aside no longer.
        project.put("d0002.json", r#"{"timeout_ms": 3000, "count": 0}"#, 2);
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(project.status()["set_aside"], json!([]), "{}", project.name());
    }
}

/// Documents are written as they are stored, and keys that cannot be compared are refused.
#[test]
fn sqlite_takes_whatever_it_is_given() {
    let project = Project::sqlite();
    project.sql(r#"INSERT INTO settings VALUES ('a', CAST('{"timeout_s": 1, "count": 0}' AS BLOB), 1)"#);
    project.sql(r#"INSERT INTO settings VALUES ('b', '{"timeout_s": 1, "count": 0}', 1)"#);
    project.run(&APPLY).expect_code(0);
    project.sql("CREATE TABLE kinds AS SELECT group_concat(typeof(doc)) AS id, '' AS doc, 0 AS version FROM settings");
    edit(&project, "table = \"settings\"", "table = \"kinds\"");
    refused(&project, 2, "store-key-not-unique");
    edit(&project, "table = \"kinds\"", "table = \"settings\"");
    project.sql("DELETE FROM settings");
    project.sql("INSERT INTO settings SELECT id, '{}', 2 FROM kinds");
    assert_eq!(texts(&project)[0].0, "blob,text");
    project.sql("INSERT INTO settings VALUES (NULL, '{}', 1)");
    refused(&project, 2, "store-key-not-unique");
    project.sql("UPDATE settings SET id = x'00ff' WHERE id IS NULL");
    refused(&project, 2, "store-column-type");
}

/// One file with two names is one document.
#[cfg(unix)]
#[test]
fn a_link_beside_its_target_is_changed_once() {
    let project = Project::files();
    // Valid at both versions, so that a second conversion would not be noticed.
    for (version, most) in [("v1", 100_000), ("v2", 100_000_000)] {
        let timeout = json!({ "type": "integer", "minimum": 0, "maximum": most });
        let schema = json!({ "type": "object", "properties": { "timeout": timeout } });
        project.write(&format!("schemas/app/{version}.json"), &schema.to_string());
    }
    let file = format!("migrations/app/{NAME}.yaml");
    let migration = std::fs::read_to_string(project.path().join(&file)).unwrap();
    let (head, _) = migration.split_once("steps:").unwrap();
    let steps = "steps:\n  - convert: { at: /timeout, up: value * 1000, down: value / 1000 }\n";
    project.write(&file, &format!("{head}{steps}"));
    project.put("eu.json", r#"{"timeout": 5}"#, 1);
    std::os::unix::fs::symlink("eu.json", project.path().join("config/default.json")).unwrap();
    project.run(&APPLY).expect_code(0);
    assert_eq!(std::fs::read_to_string(project.path().join("config/eu.json")).unwrap(), r#"{"timeout": 5000}"#);
    assert_eq!(project.status()["versions"], json!({ "2": 1 }));
    project.run(&ROLLBACK).expect_code(0);
    assert_eq!(std::fs::read_to_string(project.path().join("config/eu.json")).unwrap(), r#"{"timeout": 5}"#);
}

/// Whoever owns a file goes on owning it, and nobody else looks into what is kept.
#[cfg(target_os = "linux")]
#[test]
fn a_file_keeps_its_owner_and_its_attributes() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let project = Project::files();
    fill(&project, 2);
    let file = project.path().join("config/d0001.json");
    // Only root can give files away.
    let is_root = std::os::unix::fs::chown(&file, Some(4711), Some(4711)).is_ok();
    let attributes = rustix::fs::setxattr(&file, "user.team", b"edge", rustix::fs::XattrFlags::empty()).is_ok();
    project.run(&APPLY).expect_code(0);
    let metadata = std::fs::metadata(&file).unwrap();
    if is_root {
        assert_eq!((metadata.uid(), metadata.gid()), (4711, 4711));
    }
    if attributes {
        let mut value = [0_u8; 16];
        let length = rustix::fs::getxattr(&file, "user.team", &mut value[..]).unwrap();
        assert_eq!(&value[..length], b"edge");
    }
    let kept = std::fs::metadata(project.path().join(".setpoint")).unwrap();
    assert_eq!(kept.permissions().mode() & 0o777, 0o700);
    // A name that no project file can spell.
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.json");
    std::fs::write(project.path().join("config").join(name), "{}").unwrap();
    let run = project.run(&[&APPLY[..], &["--format", "json"]].concat()).expect_code(4);
    assert_eq!(run.codes(), ["store-failed"]);
    assert!(run.stdout.contains("not UTF-8"), "{run:#?}");
}
