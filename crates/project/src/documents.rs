//! The documents of a project: the files that the globs of its families match.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::config::Family;
use crate::error::ProjectError;
use crate::path::file_name;

/// Folders that hold other people's files, build results or what Setpoint keeps; they are not looked into unless a glob or the command
/// line names one.
const SKIPPED: [&str; 4] = [".git", ".setpoint", "node_modules", "target"];

/// A file that a family governs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document {
    /// Relative to the project file, with `/` between folders.
    pub name: String,
    /// Where to read it.
    pub path: PathBuf,
    /// The family that governs it.
    pub settings: String,
}

/// What a search for documents found.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// Governed files, sorted by name.
    pub files: Vec<Document>,
    /// Files that more than one family governs, with the names of the families.
    pub ambiguous: Vec<(String, Vec<String>)>,
    /// For each family with globs that matched nothing: its position and the positions of those globs.
    pub(crate) idle: Vec<(usize, Vec<usize>)>,
}

impl Documents {
    /// Says nothing about globs that matched nothing: the search did not cover the whole project.
    pub fn forget_idle_globs(&mut self) {
        self.idle.clear();
    }
}

/// Finds documents under `root`. With `folders` (relative to the root, empty text for the root itself) only those
/// inside one of them.
pub(crate) fn find(
    root: &Path,
    families: &[Family],
    own: &dyn Fn(&str) -> bool,
    folders: &[String],
) -> Result<Documents, ProjectError> {
    let mut names = BTreeSet::new();
    for start in starts(families, folders) {
        let folder = if start.is_empty() { root.to_path_buf() } else { root.join(&start) };
        if folder.is_dir() {
            walk(&folder, &start, families, own, &mut names)?;
        }
    }
    let mut documents = Documents::default();
    let mut seen: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); families.len()];
    for name in names {
        let mut governing = Vec::new();
        for (family, seen) in families.iter().zip(&mut seen) {
            let matching = family.globs.matching(&name);
            if !matching.is_empty() {
                seen.extend(matching);
                governing.push(family.name.clone());
            }
        }
        match <[String; 1]>::try_from(governing) {
            Ok([settings]) => documents.files.push(Document { path: root.join(&name), name, settings }),
            Err(families) => documents.ambiguous.push((name, families)),
        }
    }
    for (index, (family, seen)) in families.iter().zip(seen).enumerate() {
        let idle: Vec<usize> = (0..family.places.documents.len()).filter(|glob| !seen.contains(glob)).collect();
        if !idle.is_empty() {
            documents.idle.push((index, idle));
        }
    }
    Ok(documents)
}

/// The folders to walk: where a glob can match, inside the folders asked for; none inside another.
fn starts(families: &[Family], folders: &[String]) -> BTreeSet<String> {
    let bases: BTreeSet<&str> = families.iter().flat_map(|family| family.globs.bases()).map(String::as_str).collect();
    let mut starts: BTreeSet<String> = BTreeSet::new();
    if folders.is_empty() {
        starts.extend(bases.iter().map(|base| (*base).to_owned()));
    }
    for folder in folders {
        for base in &bases {
            if within(base, folder) {
                starts.insert((*base).to_owned());
            } else if within(folder, base) {
                starts.insert(folder.clone());
            }
        }
    }
    let all = starts.clone();
    starts.retain(|start| !all.iter().any(|other| other != start && within(start, other)));
    starts
}

/// Whether the folder `inner` is `outer` or lies in it.
fn within(inner: &str, outer: &str) -> bool {
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn walk(
    folder: &Path,
    prefix: &str,
    families: &[Family],
    own: &dyn Fn(&str) -> bool,
    names: &mut BTreeSet<String>,
) -> Result<(), ProjectError> {
    let unreadable = |source| ProjectError::Unreadable { file: folder.to_path_buf(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let file = file_name(&path);
        let name = if prefix.is_empty() { file.clone() } else { format!("{prefix}/{file}") };
        let kind = entry.file_type().map_err(unreadable)?;
        // Links to folders are not followed: they can lead in circles.
        if kind.is_dir() {
            if !SKIPPED.contains(&file.as_str()) {
                walk(&path, &name, families, own, names)?;
            }
        } else if families.iter().any(|family| family.globs.matches(&name))
            && !own(&name)
            && !(kind.is_symlink() && path.is_dir())
        {
            names.insert(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_folder_is_within_another_only_at_a_border() {
        assert!(within("config/a", "config"));
        assert!(within("config", ""));
        assert!(!within("configs", "config"));
        assert!(!within("", "config"));
    }
}
