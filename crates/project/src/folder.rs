//! The folders of a family: `schemas` with `v1.json`, `v2.yaml` and shared parts, `migrations` with one file each.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use setpoint_core::bundle::{self, File};
use setpoint_core::pointer::Pointer;

use crate::checks::PROJECT_FILE_INVALID;
use crate::config::Family;
use crate::error::ProjectError;
use crate::fault::Fault;
use crate::path::file_name;

/// Formats in which schemas and migrations are written.
const EXTENSIONS: [&str; 4] = ["json", "yaml", "yml", "jsonc"];

/// Reads the folders of a family. Faults of the project are added to `faults`.
///
/// # Errors
/// When the system fails to read something that is there.
pub(crate) fn read_family(
    root: &Path,
    family: &Family,
    faults: &mut Vec<Fault>,
) -> Result<bundle::Family, ProjectError> {
    let (schemas, shared) = read_schemas(root, family, faults)?;
    let rules = match (&family.rules, &family.places.rules) {
        (Some(name), Some(place)) => read_rules(root, family, name, place, faults)?,
        _ => Vec::new(),
    };
    let migrations = match (&family.migrations, &family.places.migrations) {
        (Some(folder), Some(place)) => read_migrations(root, family, folder, place, faults)?,
        _ => Vec::new(),
    };
    check_versions(family, &schemas, faults);
    Ok(bundle::Family {
        schemas,
        shared,
        rules,
        migrations,
        current: family.current,
        version_at: family.version_at.clone(),
        format: family.format,
        secrets: family.secrets.clone(),
        owner: family.owner.clone(),
    })
}

fn read_schemas(
    root: &Path,
    family: &Family,
    faults: &mut Vec<Fault>,
) -> Result<(BTreeMap<u32, File>, Vec<File>), ProjectError> {
    let mut schemas: BTreeMap<u32, File> = BTreeMap::new();
    let mut shared = Vec::new();
    let before = faults.len();
    let place = Place { root, key: family.pointer("schemas"), bytes: &family.places.schemas };
    for name in place.files(&family.schemas, "a folder with one schema per version: v1.json, v2.json, ...", faults)? {
        let path = format!("{}/{name}", family.schemas);
        let version = match version_of(&name) {
            FileName::Version(version) => Some(version),
            FileName::Shared => None,
            FileName::Padded(meant) => {
                faults.push(place.fault(
                    format!("`{path}` begins its version with 0"),
                    format!("the name `v{meant}` with the same ending"),
                ));
                continue;
            }
        };
        let Some(text) = place.text(&path, faults)? else { continue };
        let file = File { file: path, text };
        match version {
            None => shared.push(file),
            Some(version) => {
                if let Some(other) = schemas.get(&version) {
                    faults.push(place.fault(
                        format!(
                            "version {version} of `{}` has two schemas: `{}` and `{}`",
                            family.name, other.file, file.file
                        ),
                        "one schema file per version",
                    ));
                }
                schemas.insert(version, file);
            }
        }
    }
    if schemas.is_empty() && faults.len() == before {
        faults.push(place.fault(
            format!("the folder `{}` has no schema", family.schemas),
            "a file `v1.json` or `v1.yaml` with the schema of version 1",
        ));
    }
    Ok((schemas, shared))
}

/// The rule file, or all files of the folder.
fn read_rules(
    root: &Path,
    family: &Family,
    name: &str,
    bytes: &Range<usize>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<File>, ProjectError> {
    let place = Place { root, key: family.pointer("rules"), bytes };
    let names = match std::fs::metadata(root.join(name)) {
        Ok(metadata) if !metadata.is_dir() => vec![name.to_owned()],
        _ => {
            let names = place.files(name, "a file with rules, or a folder with such files", faults)?;
            names.iter().map(|file| format!("{name}/{file}")).collect()
        }
    };
    place.texts(names, faults)
}

fn read_migrations(
    root: &Path,
    family: &Family,
    folder: &str,
    bytes: &Range<usize>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<File>, ProjectError> {
    let place = Place { root, key: family.pointer("migrations"), bytes };
    let names = place.files(folder, "a folder with migrations: 0002-what-changes.yaml, ...", faults)?;
    place.texts(names.iter().map(|name| format!("{folder}/{name}")), faults)
}

/// Versions that the project file names must have a schema.
fn check_versions(family: &Family, schemas: &BTreeMap<u32, File>, faults: &mut Vec<Fault>) {
    if schemas.is_empty() {
        return;
    }
    let known = schemas.keys().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let mut check = |version: u32, bytes: &Range<usize>, pointer: Pointer| {
        if !schemas.contains_key(&version) {
            faults.push(Fault::new(
                &PROJECT_FILE_INVALID,
                Some(bytes.clone()),
                pointer,
                format!("version {version} of `{}` has no schema in `{}`", family.name, family.schemas),
                format!("one of the versions that have a schema: {known}"),
            ));
        }
    };
    if let (Some(current), Some(bytes)) = (family.current, &family.places.current) {
        check(current, bytes, family.pointer("current"));
    }
    for (reader, version, bytes) in &family.places.readers {
        check(*version, bytes, family.pointer("readers").child(reader));
    }
}

/// The key of the project file that names the folder.
struct Place<'a> {
    root: &'a Path,
    key: Pointer,
    bytes: &'a Range<usize>,
}

impl Place<'_> {
    fn fault(&self, message: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault::new(&PROJECT_FILE_INVALID, Some(self.bytes.clone()), self.key.clone(), message, expected)
    }

    /// The names of the JSON and YAML files under `folder`, sorted, relative to it. Hidden files do not count.
    fn files(&self, folder: &str, expected: &str, faults: &mut Vec<Fault>) -> Result<Vec<String>, ProjectError> {
        let path = self.root.join(folder);
        let wrong = match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => None,
            Ok(_) => Some(format!("`{folder}` is a file")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(format!("`{folder}` does not exist")),
            Err(source) => return Err(ProjectError::Unreadable { file: path, source }),
        };
        if let Some(message) = wrong {
            faults.push(self.fault(message, expected));
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        collect(&path, "", &mut names)?;
        names.sort();
        Ok(names)
    }

    /// The files with these names that can be read as text.
    fn texts(
        &self,
        names: impl IntoIterator<Item = String>,
        faults: &mut Vec<Fault>,
    ) -> Result<Vec<File>, ProjectError> {
        let mut files = Vec::new();
        for file in names {
            if let Some(text) = self.text(&file, faults)? {
                files.push(File { file, text });
            }
        }
        Ok(files)
    }

    /// The text of a file; a fault when it is not UTF-8.
    fn text(&self, name: &str, faults: &mut Vec<Fault>) -> Result<Option<String>, ProjectError> {
        let path = self.root.join(name);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // A link that leads nowhere: the folder names the file, so the project is wrong, not the disk.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                faults.push(self.fault(format!("`{name}` is a link to a file that does not exist"), "a file"));
                return Ok(None);
            }
            Err(source) => return Err(ProjectError::Unreadable { file: path, source }),
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                faults.push(self.fault(format!("`{name}` is not UTF-8 at byte {offset}"), "a file saved as UTF-8"));
                Ok(None)
            }
        }
    }
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), ProjectError> {
    let unreadable = |source| ProjectError::Unreadable { file: folder.to_path_buf(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let name = file_name(&path);
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type().map_err(unreadable)?.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), names)?;
        } else if path.extension().and_then(|extension| extension.to_str()).is_some_and(|e| EXTENSIONS.contains(&e)) {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

enum FileName {
    Version(u32),
    /// `v01.json`: one of `v1.json` and `v01.json` would be overlooked, so it is refused.
    Padded(u32),
    Shared,
}

fn version_of(name: &str) -> FileName {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let Some(digits) = stem.strip_prefix('v') else { return FileName::Shared };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return FileName::Shared;
    }
    match digits.parse() {
        Ok(version) if digits.len() > 1 && digits.starts_with('0') => FileName::Padded(version),
        Ok(version) => FileName::Version(version),
        Err(_) => FileName::Shared,
    }
}
