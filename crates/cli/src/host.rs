//! Starting the checker.

use std::path::Path;

use setpoint_checker::{Checker, CheckerError, Limits};

/// The checker of this program, or the one in a file.
pub(crate) fn checker(file: Option<&Path>) -> Result<Checker, CheckerError> {
    match file {
        Some(file) => Checker::from_file(file, Limits::default()),
        None => Checker::embedded(Limits::default()),
    }
}

/// How many threads to use for `wanted`: all cores unless said otherwise.
pub(crate) fn threads(wanted: Option<usize>) -> usize {
    wanted.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}
