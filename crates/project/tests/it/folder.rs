//! Building a project on disk for tests.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder that goes away at the end of the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// Writes the files, given by name and text.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// Writes one file.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Its project file.
    pub fn project_file(&self) -> PathBuf {
        self.0.path().join("setpoint.toml")
    }
}
