//! What files are called.
//!
//! The core gets names relative to the project file, with `/`, so that the same project gives the same bytes wherever
//! the command is run. JSON and NDJSON reports keep these names. All other forms are read by people and tools that open
//! the files from the working directory, so they get names relative to that.

use std::path::{Path, PathBuf};

use setpoint_project::{normalize, relative_name};

/// Turns names relative to a folder into names relative to the working directory.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    root: PathBuf,
    working: PathBuf,
}

impl Names {
    /// Names below `root`, which has to be absolute.
    pub(crate) fn below(root: &Path) -> Self {
        let working = std::env::current_dir().unwrap_or_else(|_| root.to_path_buf());
        Self { root: root.to_path_buf(), working: normalize(&working) }
    }

    /// Names that are relative to the working directory already.
    pub(crate) fn here() -> Self {
        let working = std::env::current_dir().unwrap_or_default();
        Self::below(&normalize(&working))
    }

    /// The path of the file with this name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The name as seen from the working directory.
    pub(crate) fn shown(&self, name: &str) -> String {
        if self.root == self.working {
            return name.to_owned();
        }
        relative_name(&self.working, &normalize(&self.path(name))).unwrap_or_else(|| name.to_owned())
    }

    /// The name of a file that the command line names.
    pub(crate) fn of(&self, path: &Path) -> String {
        let absolute = normalize(&self.working.join(path));
        match relative_name(&self.root, &absolute) {
            Some(name) if !name.starts_with("../") && name != ".." => name,
            // Reached through a link, perhaps: the same file may lie in the project by its real path.
            outside => self.of_real_path(&absolute).or(outside).unwrap_or_else(|| path.to_string_lossy().into_owned()),
        }
    }

    fn of_real_path(&self, absolute: &Path) -> Option<String> {
        let folder = absolute.parent()?.canonicalize().ok()?;
        let name = relative_name(&self.root.canonicalize().ok()?, &folder.join(absolute.file_name()?))?;
        (!name.starts_with("../")).then_some(name)
    }
}
