//! Reading documents, never more than may be checked.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use setpoint_core::source::Format;

use crate::error::CommandError;

/// Reads a file, at most one byte beyond `limit`: the core then sees that it is too large, and reports it.
pub(crate) fn file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let (file, size) = open_sized(path)?;
    up_to(file, limit, size)
}

/// Opens a file; a folder is refused here, where systems differ.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    open_sized(path).map(|(file, _)| file)
}

fn open_sized(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, metadata.len()))
}

/// Reads standard input, at most one byte beyond `limit`.
pub(crate) fn standard_input(limit: usize) -> io::Result<Vec<u8>> {
    up_to(io::stdin().lock(), limit, 0)
}

fn up_to(reader: impl Read, limit: usize, expected: u64) -> io::Result<Vec<u8>> {
    let most = limit.saturating_add(1);
    let mut text = Vec::with_capacity(usize::try_from(expected).unwrap_or(most).saturating_add(1).min(most));
    reader.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut text)?;
    Ok(text)
}

/// Files that the command line names, and the documents in folders that it names.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let mut files = Vec::new();
    for path in paths {
        let refused = |error| CommandError::file("read", path, &error);
        if std::fs::metadata(path).map_err(refused)?.is_dir() {
            let entries = std::fs::read_dir(path).map_err(refused)?.collect::<Result<Vec<_>, _>>().map_err(refused)?;
            let mut inside: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
            inside.retain(|file| file.is_file() && Format::of_file(&file.to_string_lossy()).is_some());
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}
