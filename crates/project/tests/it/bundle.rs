//! The bundle: what is in it, and that it is the same everywhere.

use setpoint_project::{Project, canonical, one_off_bundle};

use crate::folder::Folder;

const PROJECT: &str = r#"
[settings.billing]
schemas = "./schemas/billing"
migrations = "migrations"
documents = ["*.json"]
version_at = "/version"
secrets = ["/password"]
owner = "team-payments"
format = false
[limits]
depth = 7
"#;

fn folder() -> Folder {
    Folder::with(&[
        ("setpoint.toml", PROJECT),
        ("schemas/billing/v1.json", r#"{"$ref":"parts/port.yaml"}"#),
        ("schemas/billing/v10.yaml", "type: object\n"),
        ("schemas/billing/v2.json", "{}"),
        ("schemas/billing/parts/port.yaml", "type: integer\n"),
        ("schemas/billing/.hidden.json", "{"),
        ("schemas/billing/README.md", "# no schema"),
        ("migrations/0002-b.yaml", "migration: b\n"),
        ("migrations/0010-c.yaml", "migration: c\n"),
    ])
}

#[test]
fn everything_that_a_verdict_depends_on_is_in_it() {
    let folder = folder();
    let bundle = Project::open(&folder.project_file()).unwrap().bundle().unwrap();
    let family = &bundle.settings["billing"];
    assert_eq!(family.schemas.keys().copied().collect::<Vec<_>>(), [1, 2, 10]);
    assert_eq!(family.schemas[&10].file, "schemas/billing/v10.yaml");
    assert_eq!(family.shared[0].file, "schemas/billing/parts/port.yaml");
    let migrations: Vec<&str> = family.migrations.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(migrations, ["migrations/0002-b.yaml", "migrations/0010-c.yaml"]);
    assert_eq!(family.version_at.as_deref(), Some("/version"));
    assert_eq!((family.format, bundle.limits.unwrap().depth), (Some(false), 7));
}

#[test]
fn the_canonical_text_is_the_same_in_every_folder_and_has_sorted_keys() {
    let bytes = |folder: &Folder| canonical(&Project::open(&folder.project_file()).unwrap().bundle().unwrap()).unwrap();
    let first = bytes(&folder());
    assert_eq!(first, bytes(&folder()));
    let text = String::from_utf8(first).unwrap();
    assert!(text.starts_with(r#"{"bundle":1,"limits":{"bytes":16777216,"depth":7,"#), "{text}");
    assert!(text.contains(r#""schemas":{"1":{"file":"schemas/billing/v1.json","text":"{\"$ref\""#), "{text}");
}

#[test]
fn one_schema_file_makes_a_bundle_with_what_it_refers_to() {
    let folder = Folder::with(&[
        ("a/main.json", r#"{"$ref":"parts/one.json#/x"}"#),
        ("a/parts/one.json", r#"{"x":{"$ref":"../two.json"},"y":{"$ref":"missing.json"}}"#),
        ("a/two.json", r#"{"$ref":"main.json"}"#),
        ("a/unrelated.json", "{}"),
    ]);
    let bundle = one_off_bundle(&folder.path().join("a/main.json")).unwrap();
    let family = bundle.settings.values().next().unwrap();
    assert_eq!(family.schemas[&1].file, "main.json");
    let shared: Vec<&str> = family.shared.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(shared, ["parts/one.json", "two.json"]);
}

#[test]
fn a_schema_file_that_is_missing_is_named() {
    let error = one_off_bundle(std::path::Path::new("nowhere/schema.json")).unwrap_err();
    assert_eq!(error.to_string(), "cannot read `nowhere/schema.json`: it does not exist");
    assert_eq!(error.exit_code(), 2);
}
