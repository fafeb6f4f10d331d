//! What documents were before a change: at a revision, or in a file.

use setpoint_core::call::GateDocument;
use setpoint_core::source::Format;
use setpoint_project::ProjectError;
use setpoint_project::git::Revision;

use super::Arguments;
use super::targets::Target;
use crate::error::CommandError;
use crate::read;
use crate::session::Session;

/// Where the former documents are.
pub(super) enum Before {
    /// Nowhere: nothing is said about a change.
    Unknown,
    /// In git.
    Revision(Box<Revision>),
    /// In a file, for the one document that is checked.
    File(GateDocument),
}

impl Before {
    /// Opens what the command line names.
    pub(super) fn open(arguments: &Arguments, session: &Session, documents: &[Target]) -> Result<Self, CommandError> {
        if (arguments.against.is_some() || arguments.old.is_some())
            && let Some(lines) = documents.iter().find(|document| document.lines)
        {
            let message = format!(
                "`{}` has a document on each line, and which line was which before cannot be told; leave it out",
                lines.name
            );
            return Err(CommandError::usage(message));
        }
        if let Some(path) = &arguments.old {
            if documents.len() > 1 {
                return Err(CommandError::usage("`--old` is what one document was before; name just one document"));
            }
            let text =
                read::file(path, session.byte_limit()).map_err(|error| CommandError::file("read", path, &error))?;
            let file = path.to_string_lossy().into_owned();
            let format =
                Format::of_file(&file).or_else(|| documents.first().and_then(|target| Format::of_file(&target.name)));
            return Ok(Self::File(GateDocument {
                file,
                text: String::from_utf8_lossy(&text).into_owned(),
                format,
                version: None,
            }));
        }
        match (&arguments.against, &session.project) {
            (Some(revision), Some(project)) => {
                let revision = Revision::open(project.root(), revision).map_err(ProjectError::from)?;
                Ok(Self::Revision(Box::new(revision)))
            }
            _ => Ok(Self::Unknown),
        }
    }

    /// What a document was, `now` being its text.
    pub(super) fn of(&self, target: &Target, now: &[u8]) -> Result<Option<GateDocument>, CommandError> {
        match self {
            Self::Unknown => Ok(None),
            Self::File(former) => Ok(Some(former.clone())),
            Self::Revision(revision) => {
                let former = revision.file(&target.name, now).map_err(ProjectError::from)?;
                Ok(former.map(|text| GateDocument {
                    file: target.name.clone(),
                    text: String::from_utf8_lossy(&text).into_owned(),
                    format: None,
                    version: None,
                }))
            }
        }
    }
}
