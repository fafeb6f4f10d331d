//! Leaving out what is up to date: a stamp keeps the digest of the inputs that an output was made from.
//!
//! Digests and not times: a fresh checkout or a branch switch changes times and nothing else.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The digest of everything that an output depends on.
#[derive(Default)]
pub struct Inputs(DefaultHasher);

impl Inputs {
    /// No inputs yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value: a version, a flag.
    pub fn value(mut self, value: impl Hash) -> Self {
        value.hash(&mut self.0);
        self
    }

    /// Adds a file, or all files below a folder.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn path(mut self, path: &Path) -> anyhow::Result<Self> {
        if path.is_dir() {
            let entries = fs::read_dir(path).with_context(|| unreadable(path))?;
            let mut children = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
            children.sort();
            for child in children {
                self = self.path(&child)?;
            }
            return Ok(self);
        }
        path.hash(&mut self.0);
        fs::read(path).with_context(|| unreadable(path))?.hash(&mut self.0);
        Ok(self)
    }

    /// Runs `make` unless `output` was already made from these inputs. Says whether it ran.
    ///
    /// # Errors
    /// Those of `make`, and when the stamp cannot be written.
    pub fn make(self, output: &Path, make: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<bool> {
        let digest = format!("{:016x}", self.0.finish());
        let stamp = stamp_of(output);
        if output.exists() && fs::read_to_string(&stamp).is_ok_and(|known| known == digest) {
            return Ok(false);
        }
        if let Some(folder) = output.parent() {
            fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        }
        make()?;
        fs::write(&stamp, digest).with_context(|| format!("`{}` cannot be written", stamp.display()))?;
        Ok(true)
    }
}

/// Writes a file so that whoever reads it at the same time sees the old contents or the new, never a part: a half
/// image would be run as machine code.
///
/// # Errors
/// When it cannot be written.
pub fn write_whole(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, file))
        .with_context(|| format!("`{}` cannot be written", file.display()))
}

/// Waits until no other process builds into `folder`; the others wait until the answer is dropped.
///
/// # Errors
/// When the folder cannot be made or locked.
pub fn lock(folder: &Path) -> anyhow::Result<fs::File> {
    let cannot = || format!("`{}` cannot be locked", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    let lock = fs::File::create(folder.join("xtask.lock")).with_context(cannot)?;
    lock.lock().with_context(cannot)?;
    Ok(lock)
}

fn stamp_of(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".stamp");
    PathBuf::from(name)
}

fn unreadable(path: &Path) -> String {
    format!("`{}` cannot be read", path.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_output_is_made_again_only_when_an_input_changed() {
        let folder = std::env::temp_dir().join(format!("setpoint-stamp-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (input, output) = (folder.join("input"), folder.join("output"));
        let make = || {
            let inputs = Inputs::new().path(&input).unwrap();
            inputs.make(&output, || Ok(fs::write(&output, "made")?)).unwrap()
        };

        fs::write(&input, "one").unwrap();
        assert!(make());
        assert!(!make());
        fs::write(&input, "two").unwrap();
        assert!(make());
        fs::remove_file(&output).unwrap();
        assert!(make());
        fs::remove_dir_all(&folder).unwrap();
    }
}
