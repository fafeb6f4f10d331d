//! The report as one JSON document. `schemas/report.json` is its schema.

use std::io::{self, Write};

use setpoint_core::report::Report;

use crate::published::Whole;

/// Writes the report, indented, with a line break at its end. The same report gives the same bytes; numbers in
/// `expected.value` keep their digits.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Whole::from(report))?;
    writeln!(out)
}
