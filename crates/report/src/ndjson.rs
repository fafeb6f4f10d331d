//! The report as lines, each a JSON document: one per document, then a closing one.
//!
//! The JSON form begins with a verdict and counts, which are known only at the end; so whoever writes or reads it has
//! to hold all of it. Here every line is complete as soon as its document was checked, and the verdict comes last, as
//! the line that has `summary`. A reader that sees no such line knows that the run was cut short. Memory on both sides
//! depends on the longest line only, however many documents there are.

use std::io::{self, Write};

use serde::Serialize;
use setpoint_core::report::{DocumentReport, Report, Summary, Verdict};

use crate::published::{Document, Head};

/// Writes a line for each document and the closing line.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for one in &report.reports {
        document(one, out)?;
    }
    closing(&report.bundle, report.verdict, &report.summary, out)
}

/// Writes the line of one document.
///
/// # Errors
/// Only what `out` returns.
pub fn document(document: &DocumentReport, out: &mut dyn Write) -> io::Result<()> {
    line(&Document::from(document), out)
}

/// Writes the closing line: version, bundle digest, verdict and counts over all documents.
///
/// # Errors
/// Only what `out` returns.
pub fn closing(bundle: &str, verdict: Verdict, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    line(&Head::new(bundle, verdict, summary), out)
}

fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    // JSON text that is carried as it is (`expected.value`) may hold line breaks, between tokens only.
    for byte in &mut line {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    line.push(b'\n');
    out.write_all(&line)
}
