//! Why a command cannot go on.

use std::fmt;
use std::io;
use std::path::Path;

use setpoint_checker::CheckerError;
use setpoint_project::ProjectError;

use crate::outcome::Outcome;

/// Why a command cannot go on.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// The command line asks for something that makes no sense.
    Usage(String),
    /// The outside failed.
    Outside(String),
    /// The project.
    Project(ProjectError),
    /// The checker.
    Checker(CheckerError),
    /// Everything has been said already.
    Said { outcome: Outcome },
}

impl CommandError {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Something about a file that the system refused.
    pub(crate) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        let message = format!("cannot {what} `{}`: {}", path.display(), reason(error));
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
                Self::Usage(message)
            }
            _ => Self::Outside(message),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Usage(_) => Outcome::Usage,
            Self::Outside(_) => Outcome::Outside,
            Self::Project(error) => Outcome::of_exit_code(error.exit_code()),
            Self::Checker(error) => Outcome::of_exit_code(error.category().exit_code()),
            Self::Said { outcome } => *outcome,
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Outside(message) => formatter.write_str(message),
            Self::Project(error) => error.fmt(formatter),
            Self::Checker(error) => {
                error.fmt(formatter)?;
                write!(formatter, "; {}", error.retry().text)
            }
            Self::Said { .. } => Ok(()),
        }
    }
}

impl std::error::Error for CommandError {}

impl From<ProjectError> for CommandError {
    fn from(error: ProjectError) -> Self {
        Self::Project(error)
    }
}

impl From<CheckerError> for CommandError {
    fn from(error: CheckerError) -> Self {
        Self::Checker(error)
    }
}

/// The words of the system, without its error number, and what helps.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder, expected a file".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is a file, expected a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; run again with the right to do it".to_owned(),
        _ => {
            let text = error.to_string();
            format!("{}; running again may help", text.split(" (os error").next().unwrap_or_default().to_lowercase())
        }
    }
}
