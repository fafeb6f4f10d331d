//! The project file as we understood it: every name, glob, pointer and version in it makes sense.

use std::collections::BTreeMap;
use std::ops::Range;

use setpoint_core::call::{Accepted, Direction, Reading};
use setpoint_core::pointer::Pointer;
use setpoint_core::source::{Format, Limits};
use toml::Spanned;

use crate::checks::PROJECT_FILE_INVALID;
use crate::fault::Fault;
use crate::globs::Globs;
use crate::raw::{RawCompare, RawFamily, RawLimits, RawProject};

/// The whole project file.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) families: Vec<Family>,
    pub(crate) limits: Option<Limits>,
}

/// A family of settings documents, as the project file describes it.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// The folder of the schemas, relative to the project file.
    pub schemas: String,
    /// The rule file, or the folder of the rule files, relative to the project file.
    pub rules: Option<String>,
    /// The folder of the migrations, relative to the project file.
    pub migrations: Option<String>,
    /// The versions that each running service can read.
    pub readers: BTreeMap<String, Vec<u32>>,
    /// Where the live documents are.
    pub store: Option<Store>,
    /// The version that documents have unless they declare one.
    pub current: Option<u32>,
    /// JSON Pointer to the place where a document declares its version.
    pub version_at: Option<String>,
    /// Whether `format` asserts.
    pub format: Option<bool>,
    /// JSON Pointers whose values never appear in a report.
    pub secrets: Vec<String>,
    /// Whom findings name as owner.
    pub owner: Option<String>,
    /// How changes of the schemas are judged.
    pub compare: Compare,
    pub(crate) globs: Globs,
    pub(crate) places: Places,
}

/// How changes of the schemas of a family are judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compare {
    /// Which documents count.
    pub reading: Option<Reading>,
    /// Who must read what.
    pub direction: Option<Direction>,
    /// Undecided findings that somebody answers for.
    pub accepted: Vec<Accepted>,
}

impl From<RawCompare> for Compare {
    fn from(raw: RawCompare) -> Self {
        let accepted = raw.accept.into_iter();
        let accepted =
            accepted.map(|one| Accepted { fingerprint: one.fingerprint, reason: one.reason, owner: one.owner });
        Self { reading: raw.reading, direction: raw.direction, accepted: accepted.collect() }
    }
}

/// Where the keys of a family stand in the project file, for faults that show only when folders are read.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) schemas: Range<usize>,
    pub(crate) rules: Option<Range<usize>>,
    pub(crate) migrations: Option<Range<usize>>,
    pub(crate) current: Option<Range<usize>>,
    pub(crate) store: Option<Range<usize>>,
    pub(crate) readers: Vec<(String, u32, Range<usize>)>,
    pub(crate) documents: Vec<(String, Range<usize>)>,
}

/// Where the live documents of a family are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// `sqlite:FILE`, `postgres://...` or `files`.
    pub url: String,
    /// The table that holds the documents.
    pub table: Option<String>,
    /// The column that names a document.
    pub key: Option<String>,
    /// The column that holds the document.
    pub document: Option<String>,
    /// The column that holds the version.
    pub version: Option<String>,
    /// The format of documents in a column of text.
    pub format: Option<Format>,
}

impl Family {
    /// The pointer to a key of this family in the project file.
    pub(crate) fn pointer(&self, key: &str) -> Pointer {
        pointer(&self.name, key)
    }
}

fn pointer(family: &str, key: &str) -> Pointer {
    Pointer::root().child("settings").child(family).child(key)
}

/// Understands the text of a project file.
///
/// # Errors
/// All faults of the file that can be seen without looking at other files.
pub(crate) fn parse(text: &str) -> Result<Config, Vec<Fault>> {
    let raw: RawProject = toml::from_str(text).map_err(|error| vec![syntax_fault(&error)])?;
    let mut faults = Vec::new();
    if raw.settings.is_empty() {
        faults.push(
            Fault::new(
                &PROJECT_FILE_INVALID,
                None,
                Pointer::root(),
                "the project file names no family of settings",
                "a table `[settings.NAME]` for each family",
            )
            .help("`setpoint init` in an empty folder writes an example"),
        );
    }
    let limits = limits(&raw.limits, &mut faults);
    let mut families = Vec::new();
    for (name, family) in raw.settings {
        families.extend(valid_family(&name, family, &mut faults));
    }
    faults.extend(shared_tables(&families));
    if faults.is_empty() { Ok(Config { families, limits }) } else { Err(faults) }
}

/// A fault for what the TOML reader refused: broken TOML, an unknown key, a value of the wrong type.
fn syntax_fault(error: &toml::de::Error) -> Fault {
    let message = error.message().replace('\n', ", ");
    let (message, expected) = match message.split_once(", expected ") {
        Some((message, expected)) => (message.to_owned(), expected.to_owned()),
        None => (message, "a project file in TOML with the keys that `setpoint init` shows".to_owned()),
    };
    Fault::new(&PROJECT_FILE_INVALID, error.span(), Pointer::root(), message, expected)
}

fn limits(raw: &RawLimits, faults: &mut Vec<Fault>) -> Option<Limits> {
    let mut limits = Limits::default();
    let mut changed = false;
    for (key, value, limit) in [
        ("bytes", &raw.bytes, &mut limits.bytes),
        ("depth", &raw.depth, &mut limits.depth),
        ("nodes", &raw.nodes, &mut limits.nodes),
        ("digits", &raw.digits, &mut limits.digits),
    ] {
        let Some(value) = value else { continue };
        if *value.get_ref() == 0 {
            faults.push(Fault::new(
                &PROJECT_FILE_INVALID,
                Some(value.span()),
                Pointer::root().child("limits").child(key),
                format!("`/limits/{key}` is 0, so no document could pass"),
                "a number from 1",
            ));
        }
        *limit = usize::try_from(*value.get_ref()).unwrap_or(usize::MAX);
        changed = true;
    }
    changed.then_some(limits)
}

fn valid_family(name: &Spanned<String>, raw: RawFamily, faults: &mut Vec<Fault>) -> Option<Family> {
    let before = faults.len();
    let family = name.get_ref().as_str();
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    if family.is_empty() || !family.chars().all(plain) || family.starts_with(['-', '.']) {
        faults.push(Fault::new(
            &PROJECT_FILE_INVALID,
            Some(name.span()),
            Pointer::root().child("settings").child(family),
            format!("`{family}` cannot be the name of a family"),
            "letters, digits, `-`, `_` and `.`, beginning with a letter, digit or `_`",
        ));
    }
    let schemas = folder(family, "schemas", &raw.schemas, faults);
    let rules = raw.rules.as_ref().and_then(|value| folder(family, "rules", value, faults));
    let migrations = raw.migrations.as_ref().and_then(|value| folder(family, "migrations", value, faults));
    let globs = globs(family, &raw.documents, faults);
    if let Some(version_at) = &raw.version_at {
        check_pointer(pointer(family, "version_at"), version_at, faults);
    }
    for (index, secret) in raw.secrets.iter().enumerate() {
        check_pointer(pointer(family, "secrets").item(index), secret, faults);
    }
    if faults.len() > before {
        return None;
    }
    let mut readers = BTreeMap::new();
    let mut reader_places = Vec::new();
    for (reader, versions) in raw.readers.map(Spanned::into_inner).unwrap_or_default() {
        for version in &versions {
            reader_places.push((reader.clone(), *version.get_ref(), version.span()));
        }
        readers.insert(reader, versions.into_iter().map(Spanned::into_inner).collect());
    }
    let places = Places {
        schemas: raw.schemas.span(),
        rules: raw.rules.as_ref().map(Spanned::span),
        migrations: raw.migrations.as_ref().map(Spanned::span),
        current: raw.current.as_ref().map(Spanned::span),
        // A table may go over many lines; pointing at its first byte is enough.
        store: raw.store.as_ref().map(Spanned::span).map(|span| span.start..span.start + 1),
        readers: reader_places,
        documents: raw.documents.iter().map(|glob| (glob.get_ref().clone(), glob.span())).collect(),
    };
    Some(Family {
        name: family.to_owned(),
        schemas: schemas?,
        rules,
        migrations,
        readers,
        compare: raw.compare.into(),
        store: raw.store.map(Spanned::into_inner).map(|store| Store {
            url: store.url,
            table: store.table,
            key: store.key,
            document: store.document,
            version: store.version,
            format: store.format,
        }),
        current: raw.current.map(Spanned::into_inner),
        version_at: raw.version_at.map(Spanned::into_inner),
        format: raw.format,
        secrets: raw.secrets.into_iter().map(Spanned::into_inner).collect(),
        owner: raw.owner,
        globs: globs?,
        places,
    })
}

/// Families that keep their documents in the same table: each would take the rows of the other for its own.
fn shared_tables(families: &[Family]) -> Vec<Fault> {
    let table =
        |family: &Family| family.store.as_ref().and_then(|store| Some((store.url.clone(), store.table.clone()?)));
    let mut faults = Vec::new();
    for (index, family) in families.iter().enumerate() {
        let Some(own) = table(family) else { continue };
        if let Some(other) = families.iter().take(index).find(|other| table(other).as_ref() == Some(&own)) {
            faults.push(
                Fault::new(
                    &PROJECT_FILE_INVALID,
                    family.places.store.clone(),
                    family.pointer("store"),
                    format!("`{}` and `{}` have the same table `{}`", other.name, family.name, own.1),
                    "a table for each family",
                )
                .help("give each family a table of its own"),
            );
        }
    }
    faults
}

fn folder(family: &str, key: &str, value: &Spanned<String>, faults: &mut Vec<Fault>) -> Option<String> {
    let text = value.get_ref();
    let path = std::path::Path::new(text);
    if text.is_empty() || path.is_absolute() || path.has_root() || text.contains('\\') {
        faults.push(
            Fault::new(
                &PROJECT_FILE_INVALID,
                Some(value.span()),
                pointer(family, key),
                format!("`{text}` cannot be the folder of {key}"),
                "a folder relative to the project file, with `/` between its parts",
            )
            .help("an absolute path would make the bundle differ from machine to machine"),
        );
        return None;
    }
    Some(crate::path::normalize(path).to_string_lossy().replace('\\', "/"))
}

fn globs(family: &str, documents: &[Spanned<String>], faults: &mut Vec<Fault>) -> Option<Globs> {
    let texts: Vec<&str> = documents.iter().map(|glob| glob.get_ref().as_str()).collect();
    let wrong = match Globs::new(&texts) {
        Ok(globs) => return Some(globs),
        Err(wrong) => wrong,
    };
    for (index, reason) in wrong {
        let Some(glob) = documents.get(index) else { continue };
        faults.push(Fault::new(
            &PROJECT_FILE_INVALID,
            Some(glob.span()),
            pointer(family, "documents").item(index),
            format!("the glob `{}` {reason}", glob.get_ref()),
            "a glob relative to the project file, for example `config/*.yaml`",
        ));
    }
    None
}

fn check_pointer(place: Pointer, value: &Spanned<String>, faults: &mut Vec<Fault>) {
    let text = value.get_ref();
    if text.is_empty() || Pointer::parse(text).is_err() {
        faults.push(Fault::new(
            &PROJECT_FILE_INVALID,
            Some(value.span()),
            place,
            format!("`{text}` is not the JSON Pointer of a member"),
            "`/` before each key, for example `/database/password`",
        ));
    }
}
