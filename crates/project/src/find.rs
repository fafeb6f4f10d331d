//! Finding the project file.

use std::path::{Path, PathBuf};

use crate::error::ProjectError;

/// The name of the project file.
pub const PROJECT_FILE: &str = "setpoint.toml";

/// Finds the project file in `folder` or the nearest folder above it.
///
/// # Errors
/// [`ProjectError::NotFound`] when there is none.
pub fn find_project_file(folder: &Path) -> Result<PathBuf, ProjectError> {
    let start = std::path::absolute(folder)
        .map_err(|source| ProjectError::Unreadable { file: folder.to_path_buf(), source })?;
    start
        .ancestors()
        .map(|folder| folder.join(PROJECT_FILE))
        .find(|file| file.exists())
        .ok_or(ProjectError::NotFound { folder: start })
}
