//! Why a project cannot be used.

use std::io;
use std::path::PathBuf;

use setpoint_core::report::DocumentReport;

use crate::git::GitError;

/// Why a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no project file.
    #[error("there is no `setpoint.toml` in `{}` or any folder above it; `setpoint init` writes one, `--schema FILE` does without", folder.display())]
    NotFound {
        /// Where the search began.
        folder: PathBuf,
    },
    /// The project file says something wrong; the findings say what.
    #[error("the project file `{}` cannot be used", report.file)]
    Invalid {
        /// What is wrong, in the form of every other report.
        report: Box<DocumentReport>,
        /// The text of the project file, to show the places in it.
        text: String,
    },
    /// A file or folder that exists cannot be read.
    #[error("cannot read `{}`: {}", file.display(), reason(source))]
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is needed is not text.
    #[error("`{}` is not UTF-8 text; save it as UTF-8", file.display())]
    NotText {
        /// Which one.
        file: PathBuf,
    },
    /// The bundle cannot be written as JSON.
    #[error("cannot write the bundle: {0}")]
    Bundle(String),
    /// Git could not say what has changed.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl ProjectError {
    /// The exit code that a command which ends with this error has.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotFound { .. } | Self::Invalid { .. } | Self::NotText { .. } => 2,
            Self::Unreadable { source, .. } => io_exit_code(source),
            Self::Bundle(_) => 70,
            Self::Git(error) => error.exit_code(),
        }
    }
}

/// 2 when the command line or project names something that is not there or is of the wrong kind, 4 when the system
/// failed and a retry may help.
#[must_use]
pub(crate) fn io_exit_code(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => 2,
        _ => 4,
    }
}

/// The words of the system without its error number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder, expected a file".to_owned(),
        io::ErrorKind::NotADirectory => "it is a file, expected a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}
