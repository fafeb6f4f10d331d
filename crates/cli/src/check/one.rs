//! Checking one file, as a worker thread does it.

use std::io;
use std::path::{Path, PathBuf};

use setpoint_checker::CheckerError;
use setpoint_core::call::{CheckCall, GateDocument};
use setpoint_core::report::DocumentReport;

use super::before::Before;
use super::targets::{Origin, Target};
use super::{Arguments, fix, one_off_anonymous};
use crate::error::CommandError;
use crate::session::Session;
use crate::{read, replace};

/// What became of a file.
pub(super) enum Checked {
    /// It was checked, and this many findings were fixed.
    Report(DocumentReport, usize),
    /// It could not be.
    Complaint(String, CommandError),
}

/// What to ask the core about a document.
pub(super) fn call(arguments: &Arguments, target: &Target, before: Option<GateDocument>) -> CheckCall {
    CheckCall {
        file: target.name.clone(),
        settings: target.settings.clone(),
        version: arguments.at,
        format: None,
        before,
        no_ratchet: arguments.no_ratchet,
    }
}

/// Reads and checks one file, and fixes it if that is asked for.
pub(super) fn file(arguments: &Arguments, session: &Session, before: &Before, target: &Target) -> Checked {
    let Origin::File(path) = &target.origin else {
        return Checked::Complaint(target.name.clone(), CommandError::usage("standard input is no file"));
    };
    let checked = match read::file(path, session.byte_limit()) {
        Ok(text) => text_of(arguments, session, before, target, path, &text),
        Err(error) => Err(unreadable(path, &error)),
    };
    match checked {
        Ok((report, fixed)) => Checked::Report(one_off_anonymous(report, session), fixed),
        Err(error) => Checked::Complaint(target.name.clone(), error),
    }
}

/// The report on a text, or on the limit that it met.
pub(super) fn check(session: &Session, call: &CheckCall, text: &[u8]) -> Result<DocumentReport, CheckerError> {
    session
        .policy
        .check(call, text)
        .or_else(|error| setpoint_checker::limit_report(call.file.clone(), call.settings.clone(), error))
}

fn text_of(
    arguments: &Arguments,
    session: &Session,
    before: &Before,
    target: &Target,
    path: &Path,
    text: &[u8],
) -> Result<(DocumentReport, usize), CommandError> {
    let call = call(arguments, target, before.of(target, text)?);
    let report = check(session, &call, text)?;
    // A text that is not UTF-8, or was not read to its end, is never written.
    let writable = std::str::from_utf8(text).ok().filter(|_| text.len() <= session.byte_limit());
    let (true, Some(text)) = (arguments.fix, writable) else { return Ok((report, 0)) };
    let fixed = fix::apply(&session.policy, &call, text, report)?;
    if let Some(text) = &fixed.text {
        replace::text(path, text.as_bytes()).map_err(|error| CommandError::file("write", path, &error))?;
    }
    Ok((fixed.report, fixed.count))
}

fn unreadable(path: &Path, error: &io::Error) -> CommandError {
    let path: PathBuf = path.to_path_buf();
    CommandError::file("read", &path, error)
}
