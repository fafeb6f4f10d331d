//! Paths as text: relative to the project file, with `/` between folders, the same on every system.

use std::path::{Component, Path, PathBuf};

/// Removes `.` and resolves `..` by the text of the path alone; leading `..` stay.
///
/// ```
/// # use std::path::Path;
/// assert_eq!(setpoint_project::normalize(Path::new("a/./b/../c")), Path::new("a/c"));
/// ```
#[must_use]
pub fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) {
                    normal.pop();
                } else if !normal.has_root() {
                    normal.push("..");
                }
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The way from the folder `from` to `to`, with `/` between folders; both have to be absolute and normal.
/// `None` when there is none (another drive).
///
/// ```
/// # use std::path::Path;
/// let name = setpoint_project::relative_name(Path::new("/work/app"), Path::new("/work/app/config/eu.yaml"));
/// assert_eq!(name.as_deref(), Some("config/eu.yaml"));
/// let name = setpoint_project::relative_name(Path::new("/work/app/src"), Path::new("/work/app/config/eu.yaml"));
/// assert_eq!(name.as_deref(), Some("../config/eu.yaml"));
/// ```
#[must_use]
pub fn relative_name(from: &Path, to: &Path) -> Option<String> {
    let mut from = from.components().peekable();
    let mut to = to.components().peekable();
    let mut shared = false;
    while let (Some(left), Some(right)) = (from.peek(), to.peek()) {
        if left != right {
            break;
        }
        shared = true;
        from.next();
        to.next();
    }
    if !shared {
        return None;
    }
    let ups = from.map(|_| "..".to_owned());
    let downs = to.map(|component| component.as_os_str().to_string_lossy().into_owned());
    Some(ups.chain(downs).collect::<Vec<_>>().join("/"))
}

/// The last part of a path as text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
