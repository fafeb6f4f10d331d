//! Replacing a file by another while others read and write it.
//!
//! A new file is written beside the old one and the two change places in one step, so that readers see the one or the other,
//! and what comes out can be looked at: when somebody has replaced the file meanwhile, theirs is put back. Where a file system
//! cannot exchange files, and on systems other than Linux, the new file takes the place of the old one, and a write in the
//! instant between the last look and that is lost.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Times that files are exchanged because somebody writes faster than they can be put back.
const TRIES: usize = 100;

/// A file that could not be replaced.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is what it was.
    Before(io::Error),
    /// It may have been replaced already.
    After(io::Error),
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Before(error) | Failure::After(error) => error,
        }
    }
}

/// What became of a file that was being replaced when a process died.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was replaced.
    Replaced,
    /// It was not.
    Left,
    /// Nobody can tell: somebody has written it since. The text of somebody else that was taken away, if there is one.
    Unknown(Option<Vec<u8>>),
}

/// Replaces the text of a file if it still is what was read; whether it was. Owner, permissions and extended attributes stay.
/// What the file was is beside it afterwards.
pub(super) fn replace(path: &Path, beside: &Path, known: &[u8], text: &[u8]) -> Result<bool, Failure> {
    write_beside(path, beside, text).map_err(Failure::Before)?;
    if fs::read(path).map_err(Failure::Before)? != known {
        return Ok(false);
    }
    let was_known = exchange(path, beside, known, text)?;
    if let Some(folder) = path.parent() {
        sync_folder(folder).map_err(Failure::After)?;
    }
    Ok(was_known)
}

/// Makes a file that was not there; whether it was not. Readers see all of it or nothing.
pub(super) fn make(path: &Path, beside: &Path, text: &[u8]) -> io::Result<bool> {
    let Some(folder) = path.parent() else { return Err(io::ErrorKind::NotFound.into()) };
    fs::create_dir_all(folder)?;
    let mut file = fs::File::create(beside)?;
    file.write_all(text)?;
    file.sync_all()?;
    let made = match fs::hard_link(beside, path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => {
            let _ = fs::remove_file(beside);
            return Err(error);
        }
    };
    fs::remove_file(beside)?;
    sync_folder(folder)?;
    Ok(made)
}

/// Removes a file if it still is what was read. It is moved away first and looked at then, so that nothing that somebody writes is lost;
/// what it was is beside its place afterwards.
pub(super) fn remove(path: &Path, beside: &Path, known: &[u8]) -> Result<Fate, Failure> {
    match fs::rename(path, beside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Fate::Left),
        moved => moved.map_err(Failure::Before)?,
    }
    let fate = fate_of_removed(path, beside, known).map_err(Failure::After)?;
    if let Some(folder) = path.parent() {
        sync_folder(folder).map_err(Failure::After)?;
    }
    Ok(fate)
}

/// What became of a file that was being removed when a process died: `Replaced` by nothing, or still there. The text of somebody else
/// that was moved away goes back, unless there is a newer one.
pub(super) fn fate_of_removed(path: &Path, beside: &Path, was: &[u8]) -> io::Result<Fate> {
    let theirs = match read(beside)? {
        Some(text) if text == was => return Ok(Fate::Replaced),
        Some(theirs) => theirs,
        // Not moved yet; or nobody had to.
        None => return Ok(if read(path)?.is_some() { Fate::Left } else { Fate::Replaced }),
    };
    match fs::hard_link(beside, path) {
        Ok(()) => Ok(Fate::Left),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_back = read(path)?.is_some_and(|now| now == theirs);
            Ok(if is_back { Fate::Left } else { Fate::Unknown(Some(theirs)) })
        }
        // Where there are no links, or only the owner may make one.
        Err(_) if path.parent().is_some_and(Path::exists) && fs::rename(beside, path).is_ok() => Ok(Fate::Left),
        // It cannot go back, and nobody is to wait for that: the journal keeps it.
        Err(_) => Ok(Fate::Unknown(Some(theirs))),
    }
}

/// The text of a file; nothing when there is none.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The new file, which nobody else can read before it has the owner and the permissions of the old one.
fn write_beside(path: &Path, beside: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(beside)?;
    file.write_all(text)?;
    let metadata = fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (metadata.uid(), metadata.gid()) {
            std::os::unix::fs::fchown(&file, Some(metadata.uid()), Some(metadata.gid()))?;
        }
    }
    #[cfg(target_os = "linux")]
    copy_attributes(path, &file)?;
    file.set_permissions(metadata.permissions())?;
    file.sync_all()
}

/// Extended attributes: access control lists, labels, and what users put there.
#[cfg(target_os = "linux")]
fn copy_attributes(path: &Path, file: &fs::File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fsetxattr, getxattr, listxattr};
    use rustix::io::Errno;
    let mut names = vec![0_u8; 64 << 10];
    let length = match listxattr(path, &mut names[..]) {
        Ok(length) => length,
        Err(Errno::OPNOTSUPP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let names = names.get(..length).unwrap_or_default();
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0_u8; 64 << 10];
        let length = getxattr(path, name, &mut value[..])?;
        let value = value.get(..length).unwrap_or_default();
        match fsetxattr(file, name, value, XattrFlags::empty()) {
            // Labels are the system's own; where they are not ours to give, it gives the ones of the folder.
            Err(Errno::PERM | Errno::ACCESS | Errno::OPNOTSUPP) if name.starts_with(b"security.") => {}
            done => done?,
        }
    }
    Ok(())
}

/// Makes sure that a change of a folder is on the disk, where its file system knows how.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        done => done,
    }
}

#[cfg(target_os = "linux")]
fn exchange(path: &Path, beside: &Path, known: &[u8], new: &[u8]) -> Result<bool, Failure> {
    use rustix::io::Errno;
    let after = |error: Errno| Failure::After(error.into());
    match swap(path, beside) {
        Ok(()) => {}
        // File systems that cannot exchange.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            return fs::rename(beside, path).map(|()| true).map_err(Failure::After);
        }
        Err(Errno::NOENT) => return Ok(false),
        Err(error) => return Err(Failure::Before(error.into())),
    }
    let mut out = fs::read(beside).map_err(Failure::After)?;
    if out == known {
        return Ok(true);
    }
    // Theirs goes back. What comes out then has to be ours, or else it is newer still, and goes back in turn.
    let mut inside = new.to_vec();
    for _ in 0..TRIES {
        swap(path, beside).map_err(after)?;
        let now = fs::read(beside).map_err(Failure::After)?;
        if now == inside {
            return Ok(false);
        }
        inside = std::mem::replace(&mut out, now);
    }
    Err(Failure::After(io::Error::other("somebody else writes it all the time")))
}

#[cfg(target_os = "linux")]
fn swap(path: &Path, beside: &Path) -> Result<(), rustix::io::Errno> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, beside, CWD, path, RenameFlags::EXCHANGE)
}

#[cfg(not(target_os = "linux"))]
fn exchange(path: &Path, beside: &Path, _: &[u8], _: &[u8]) -> Result<bool, Failure> {
    fs::rename(beside, path).map(|()| true).map_err(Failure::After)
}

/// What became of a file that was being replaced, or made where there was none, when a process died. What is beside it tells: its former text when it was
/// replaced, its new text when it was not, and the text of somebody else when theirs had just been taken away, which is put back.
pub(super) fn fate(path: &Path, beside: &Path, was: &[u8], new: &[u8]) -> io::Result<Fate> {
    let now = read(path)?;
    Ok(match read(beside)? {
        Some(text) if text == was => Fate::Replaced,
        // It was made, and what it was made of is still there.
        Some(text) if text == new && now.as_deref() == Some(new) => Fate::Replaced,
        // Half of it, or all.
        Some(text) if new.starts_with(&text) => Fate::Left,
        #[cfg(target_os = "linux")]
        Some(_) if now.as_deref() == Some(new) => {
            swap(path, beside)?;
            Fate::Left
        }
        Some(theirs) => Fate::Unknown(Some(theirs)),
        // It was moved, or not written yet.
        None if now.as_deref() == Some(new) => Fate::Replaced,
        None if now.as_deref() == Some(was) => Fate::Left,
        // There was none, and there is none.
        None if now.is_none() && was.is_empty() => Fate::Left,
        None => Fate::Unknown(None),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn files(path: Option<&str>, beside: Option<&str>) -> (tempfile::TempDir, Fate, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let (at, next) = (folder.path().join("at"), folder.path().join("next"));
        for (file, text) in [(&at, path), (&next, beside)] {
            if let Some(text) = text {
                fs::write(file, text).unwrap();
            }
        }
        let fate = fate(&at, &next, b"was", b"new").unwrap();
        let now = fs::read_to_string(at).ok();
        (folder, fate, now)
    }

    #[test]
    fn what_is_beside_a_file_tells_what_became_of_it() {
        let cases = [
            (Some("new"), Some("was"), Fate::Replaced, Some("new")),
            (Some("written since"), Some("was"), Fate::Replaced, Some("written since")),
            (Some("was"), Some("new"), Fate::Left, Some("was")),
            (Some("was"), Some("ne"), Fate::Left, Some("was")),
            (Some("was"), Some(""), Fate::Left, Some("was")),
            (Some("was"), None, Fate::Left, Some("was")),
            (Some("new"), None, Fate::Replaced, Some("new")),
            (Some("written since"), None, Fate::Unknown(None), Some("written since")),
            (None, Some("was"), Fate::Replaced, None),
            (Some("new"), Some("new"), Fate::Replaced, Some("new")),
            (None, Some("new"), Fate::Left, None),
        ];
        for (path, beside, wanted, left) in cases {
            let (_folder, fate, now) = files(path, beside);
            assert_eq!((fate, now.as_deref()), (wanted, left), "{path:?} beside {beside:?}");
        }
    }

    #[test]
    fn what_is_beside_the_place_of_a_file_tells_whether_it_was_removed() {
        let cases = [
            (Some("was"), None, Fate::Left, Some("was")),
            (None, Some("was"), Fate::Replaced, None),
            (Some("made since"), Some("was"), Fate::Replaced, Some("made since")),
            (None, None, Fate::Replaced, None),
            (Some("written since"), None, Fate::Left, Some("written since")),
            // What somebody wrote in the instant before it was moved away.
            (None, Some("theirs"), Fate::Left, Some("theirs")),
            (Some("theirs"), Some("theirs"), Fate::Left, Some("theirs")),
            (Some("newest"), Some("theirs"), Fate::Unknown(Some(b"theirs".to_vec())), Some("newest")),
        ];
        for (path, beside, wanted, left) in cases {
            let folder = tempfile::tempdir().unwrap();
            let (at, next) = (folder.path().join("at"), folder.path().join("next"));
            for (file, text) in [(&at, path), (&next, beside)] {
                if let Some(text) = text {
                    fs::write(file, text).unwrap();
                }
            }
            let fate = fate_of_removed(&at, &next, b"was").unwrap();
            let now = fs::read_to_string(at).ok();
            assert_eq!((fate, now.as_deref()), (wanted, left), "{path:?} beside {beside:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_somebody_else_wrote_goes_back_unless_there_is_something_newer() {
        let (_folder, fate, now) = files(Some("new"), Some("theirs"));
        assert_eq!((fate, now.as_deref()), (Fate::Left, Some("theirs")));
        let (_folder, fate, now) = files(Some("newest"), Some("theirs"));
        assert_eq!((fate, now.as_deref()), (Fate::Unknown(Some(b"theirs".to_vec())), Some("newest")));
    }

    #[test]
    fn a_file_that_is_not_what_was_read_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (at, next) = (folder.path().join("at"), folder.path().join("next"));
        fs::write(&at, "theirs").unwrap();
        assert!(!replace(&at, &next, b"was", b"new").unwrap());
        assert_eq!(fs::read(&at).unwrap(), b"theirs");
        assert!(replace(&at, &next, b"theirs", b"new").unwrap());
        assert_eq!(fs::read(&at).unwrap(), b"new");
    }
}
