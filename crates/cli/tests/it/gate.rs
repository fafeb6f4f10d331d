//! `setpoint gate`.

use crate::folder::Folder;

const PROJECT: &str =
    "[settings.app]\nschemas = \"schemas\"\nmigrations = \"migrations\"\ndocuments = [\"config/*\"]\n";

fn folder(steps: &str) -> Folder {
    let folder = Folder::empty();
    folder.write("setpoint.toml", PROJECT);
    folder.write(
        "schemas/v1.json",
        r#"{"properties":{"old":{"type":"integer"}},"required":["old"],"additionalProperties":false}"#,
    );
    folder.write(
        "schemas/v2.json",
        r#"{"properties":{"new":{"type":"integer"}},"required":["new"],"additionalProperties":false}"#,
    );
    folder.write("config/a.json", r#"{"old":1}"#);
    folder.write(
        "migrations/0002-new-name.yaml",
        format!(
            "migration: 0002-new-name\nsettings: app\nfrom: 1\nto: 2\nowner: team-app\nwhy: the old name was wrong\n\
             expected: every document has new\nrollback: setpoint rollback app --to 1\nsteps:\n{steps}"
        ),
    );
    folder
}

const GOOD: &str = "  - rename: { at: \"\", from: old, to: new }\n";

#[test]
fn a_good_migration_passes() {
    let run = folder(GOOD).run(&["gate"]).expect_code(0);
    assert_eq!(
        run.said(),
        "migrations/0002-new-name.yaml: tried on 1 document and 200 made from the schema, up and down again\n  \
         0 rename: exact, proved for every valid document\n  200 documents written at the new version: all tried going down\n"
    );
    assert_eq!(run.stdout, "1 document checked: no findings\n");
}

#[test]
fn a_migration_that_leaves_documents_invalid_fails_with_one() {
    let run =
        folder("  - rename: { at: \"\", from: old, to: other }\n").run(&["gate", "--format", "json"]).expect_code(1);
    assert!(run.codes().contains(&"upgrade-not-total".to_owned()), "{:?}", run.codes());
    assert_eq!(run.json()["reports"][0]["file"], "migrations/0002-new-name.yaml");
}

#[test]
fn programs_are_told_what_was_tried_and_what_it_took() {
    let folder = folder(GOOD);
    let report = folder.run(&["gate", "--format", "json"]).expect_code(0).json();
    let mut migration = report["migrations"][0].clone();
    let cost = migration["cost"].take();
    assert!(cost["fuel"].as_u64().is_some_and(|fuel| fuel > 100_000), "{cost}");
    assert_eq!(migration["file"], "migrations/0002-new-name.yaml");
    assert_eq!(migration["about"]["owner"], "team-app");
    assert_eq!((&migration["converted"], &migration["generated"]), (&1.into(), &200.into()));
    let steps = serde_json::json!([
        { "step": "/steps/0", "name": "rename", "nature": "exact", "kept": 0, "proved": "valid" },
    ]);
    assert_eq!(migration["steps"], steps);
    let again = folder.run(&["gate", "--format", "json"]).expect_code(0).json();
    let mut same = again["migrations"][0].clone();
    same["cost"].take();
    assert_eq!(same, migration);
}

#[test]
fn migrations_are_named_by_path_file_name_or_name() {
    let folder = folder(GOOD);
    for name in ["migrations/0002-new-name.yaml", "0002-new-name.yaml", "0002-new-name"] {
        folder.run(&["gate", name]).expect_code(0);
    }
    let run = folder.run(&["gate", "0003"]).expect_code(2);
    assert_eq!(run.stderr, "error: the project has no migration `0003`; it has `0002-new-name`\n");
}

#[test]
fn other_documents_can_be_tried() {
    let folder = folder(GOOD);
    folder.write("more/b.json", r#"{"old":2}"#);
    folder.write("more/c.yaml", "old: 3\n");
    let run = folder.run(&["gate", "--documents", "more"]).expect_code(0);
    assert!(run.stderr.contains("tried on 2 documents and 200 made from the schema, up"), "{}", run.stderr);
    folder.run(&["gate", "--documents", "nowhere"]).expect_code(2);
}
