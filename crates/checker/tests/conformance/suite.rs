//! The official JSON Schema Test Suite, as families of one schema each.
//!
//! The suite leaves three things to whoever runs it, and this is how they are settled here:
//! - *Dialect*: a schema that names none gets the `$schema` of its draft, as a user would write it. Draft 2020-12 is the
//!   default of Setpoint, so there nothing is added.
//! - *Remote schemas*: the suite expects them at `http://localhost:1234/`. Setpoint fetches nothing; what a schema refers
//!   to lies in the folder of its family. So that address is replaced by the one of the folder, everywhere alike, and
//!   the files under `remotes` are shared files of the family.
//! - *Format*: asserts, as it does in Setpoint, except in the files that test `format` as an annotation.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use setpoint_core::bundle::{Bundle, Family, File};

/// The drafts with the dialect that their schemas get when they name none.
pub const DRAFTS: &[(&str, Option<&str>)] = &[
    ("draft4", Some("http://json-schema.org/draft-04/schema#")),
    ("draft6", Some("http://json-schema.org/draft-06/schema#")),
    ("draft7", Some("http://json-schema.org/draft-07/schema#")),
    ("draft2019-09", Some("https://json-schema.org/draft/2019-09/schema")),
    ("draft2020-12", None),
];

/// Where the suite expects its remote schemas, and where the core puts the files of a family.
const REMOTE: &str = "http://localhost:1234/";
const FOLDER: &str = "setpoint:///";

/// Files in which `format` is expected to be an annotation.
const FORMAT_IS_ANNOTATION: &[&str] = &["format.json"];

/// One schema and its tests.
pub struct Group {
    pub draft: &'static str,
    /// Relative to the folder of the draft, for example `optional/format/date.json`.
    pub file: String,
    pub description: String,
    /// The bundle text.
    pub bundle: String,
    pub tests: Vec<Test>,
}

/// One document and what the suite says about it.
pub struct Test {
    pub description: String,
    /// The document, with the digits and escapes of the suite.
    pub text: String,
    pub valid: bool,
}

#[derive(Deserialize)]
struct GroupText<'a> {
    description: String,
    #[serde(borrow)]
    schema: &'a RawValue,
    #[serde(borrow)]
    tests: Vec<TestText<'a>>,
}

#[derive(Deserialize)]
struct TestText<'a> {
    description: String,
    #[serde(borrow)]
    data: &'a RawValue,
    valid: bool,
}

/// Where the suite lies: in this repository, or where `SETPOINT_SUITE` says.
pub fn folder() -> PathBuf {
    std::env::var_os("SETPOINT_SUITE").map_or_else(|| super::root().join("tests/conformance/suite"), PathBuf::from)
}

/// Reads the whole suite, in the order of drafts and files.
pub fn read(folder: &Path) -> Vec<Group> {
    let remotes = remotes(&folder.join("remotes"));
    let mut groups = Vec::new();
    for (draft, dialect) in DRAFTS {
        let tests = folder.join("tests").join(draft);
        for path in super::files_below(&tests) {
            let file = super::relative(&path, &tests);
            let text = fs::read_to_string(&path).unwrap();
            let read: Vec<GroupText<'_>> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for group in read {
                groups.push(Group {
                    draft,
                    bundle: bundle(draft, *dialect, &file, group.schema.get(), &remotes),
                    file: file.clone(),
                    description: group.description,
                    tests: group
                        .tests
                        .iter()
                        .map(|test| Test {
                            description: test.description.clone(),
                            text: test.data.get().to_owned(),
                            valid: test.valid,
                        })
                        .collect(),
                });
            }
        }
    }
    groups
}

/// The remote schemas by their path.
fn remotes(folder: &Path) -> BTreeMap<String, String> {
    let files = super::files_below(folder).into_iter();
    files.map(|path| (super::relative(&path, folder), fs::read_to_string(&path).unwrap())).collect()
}

fn bundle(draft: &str, dialect: Option<&str>, file: &str, schema: &str, remotes: &BTreeMap<String, String>) -> String {
    // A remote schema lies in the folder of a draft, or in none when it is for all of them.
    let folder = |path: &str| {
        let (folder, _) = path.split_once('/')?;
        DRAFTS.iter().find(|(draft, _)| *draft == folder)
    };
    let needed = |path: &str| match folder(path) {
        // A schema may also lean on one of another draft.
        Some((other, _)) => *other == draft || schema.contains(&format!("{REMOTE}{other}/")),
        None => true,
    };
    let shared = remotes.iter().filter(|(path, _)| schema.contains(REMOTE) && needed(path)).map(|(path, text)| {
        let dialect = folder(path).map_or(dialect, |(_, dialect)| *dialect);
        File { file: path.clone(), text: prepared(text, dialect) }
    });
    let family = Family {
        schemas: BTreeMap::from([(1, File { file: "schema.json".to_owned(), text: prepared(schema, dialect) })]),
        shared: shared.collect(),
        format: FORMAT_IS_ANNOTATION.contains(&file).then_some(false),
        ..Family::default()
    };
    let bundle = Bundle { bundle: 1, settings: BTreeMap::from([("suite".to_owned(), family)]), limits: None };
    serde_json::to_string(&bundle).unwrap()
}

/// A schema text with its dialect, and with remote schemas in the folder of the family.
fn prepared(text: &str, dialect: Option<&str>) -> String {
    let text = text.trim().replace(REMOTE, FOLDER);
    let value: Value = serde_json::from_str(&text).unwrap();
    match (dialect, value.as_object()) {
        (Some(dialect), Some(object)) if !object.contains_key("$schema") => {
            let comma = if object.is_empty() { "" } else { "," };
            let rest = text.strip_prefix('{').unwrap();
            format!("{{ \"$schema\": \"{dialect}\"{comma}{rest}")
        }
        _ => text,
    }
}
