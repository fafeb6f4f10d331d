//! Writing files so that a reader sees either the old or the new text, never half of one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces the text of a file. Its permissions are kept; a link stays a link, and what it points to is replaced.
pub(crate) fn text(path: &Path, text: &[u8]) -> io::Result<()> {
    let target = path.canonicalize()?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text)?;
    file.as_file().set_permissions(fs::metadata(&target)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that is not there yet, and the folders around it.
pub(crate) fn create(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text)
}

/// Writes a file whether it is there or not, and the folders around it.
pub(crate) fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    if path.exists() {
        return text(path, contents);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
