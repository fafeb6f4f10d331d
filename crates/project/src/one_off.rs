//! A bundle for one schema file, without a project.

use std::collections::BTreeMap;
use std::path::Path;

use setpoint_core::bundle::{Bundle, Family, File};

use crate::error::ProjectError;
use crate::path::{file_name, normalize};

/// The one family of a one-off bundle.
const FAMILY: &str = "document";

/// Builds a bundle with one family from one schema file. Files that it refers to by relative path are part of it, so
/// that `$ref` works as in a project.
///
/// # Errors
/// [`ProjectError::Unreadable`] and [`ProjectError::NotText`] when the schema file cannot be used.
pub fn one_off_bundle(schema: &Path) -> Result<Bundle, ProjectError> {
    let folder = schema.parent().unwrap_or(Path::new(""));
    let first = file_name(schema);
    let text = read(schema)?;
    let mut files = BTreeMap::new();
    collect(folder, Path::new(&first), &text, &mut files);
    files.remove(&first);
    let shared = files.into_iter().map(|(file, text)| File { file, text }).collect();
    let family = Family { schemas: BTreeMap::from([(1, File { file: first, text })]), shared, ..Family::default() };
    Ok(Bundle { bundle: 1, settings: BTreeMap::from([(FAMILY.to_owned(), family)]), limits: None })
}

fn read(path: &Path) -> Result<String, ProjectError> {
    let unreadable = |source| ProjectError::Unreadable { file: path.to_path_buf(), source };
    if path.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| ProjectError::NotText { file: path.to_path_buf() })
}

/// Adds `file` and everything it refers to. A reference to a file that is not there is left to the core, which reports
/// it at its place in the schema.
fn collect(folder: &Path, file: &Path, text: &str, files: &mut BTreeMap<String, String>) {
    let name = file.to_string_lossy().replace('\\', "/");
    if files.insert(name, text.to_owned()).is_some() {
        return;
    }
    let beside = file.parent().unwrap_or(Path::new(""));
    for reference in references(text) {
        let target = normalize(&beside.join(reference));
        if files.contains_key(target.to_string_lossy().as_ref()) {
            continue;
        }
        if let Ok(text) = read(&folder.join(&target)) {
            collect(folder, &target, &text, files);
        }
    }
}

/// The relative paths after `$ref` in a JSON or YAML text. Working on the text is enough here: a file too many does no
/// harm, and the core resolves the references itself.
fn references(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for after in text.split("$ref").skip(1) {
        let value = after.trim_start_matches(['"', '\'', ' ', '\t', '\r', '\n', ':']);
        let end = value.find(['"', '\'', '#', ' ', '\t', '\r', '\n', ',', '}']).unwrap_or(value.len());
        match value.get(..end) {
            Some(path) if !path.is_empty() && !path.contains("://") && !path.starts_with('/') => found.push(path),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn references_to_files_are_found_in_json_and_yaml() {
        let json = r##"{"a":{"$ref":"common.json#/x"},"b":{"$ref" : "#/local"},"c":{"$ref":"https://e.org/x.json"}}"##;
        assert_eq!(references(json), ["common.json"]);
        assert_eq!(
            references("a:\n  $ref: sub/part.yaml#/x\nb:\n  \"$ref\": 'other.yaml'\n"),
            ["sub/part.yaml", "other.yaml"]
        );
    }
}
