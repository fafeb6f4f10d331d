//! The code quality report of GitLab: the subset of the Code Climate form that its merge request widget reads.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use setpoint_core::finding::Severity;
use setpoint_core::report::Report;
use sha2::{Digest, Sha256};

use crate::location::Location;
use crate::sources::Sources;
use crate::wording::{message, plain, retry};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes the report: a JSON array with one entry per finding.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, sources: &dyn Sources, out: &mut dyn Write) -> io::Result<()> {
    // Look-up only, never iterated: its order reaches nobody.
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let mut issues = Vec::new();
    for document in &report.reports {
        let location = Location::new(&document.file, sources);
        let path = location.repository_path();
        for finding in &document.findings {
            let nth = seen.entry((path, &finding.fingerprint)).or_default();
            *nth += 1;
            let span = finding.span.map(|span| location.span(span));
            let mut description = message(finding);
            if let Some(help) = &finding.help {
                description.push_str("; ");
                description.push_str(&plain(help));
            }
            description.push_str("; retry: ");
            description.push_str(&retry(&finding.retry));
            issues.push(Issue {
                description,
                check_name: &finding.code,
                fingerprint: fingerprint(path, &finding.fingerprint, *nth),
                severity: match finding.severity {
                    Severity::Error => "critical",
                    Severity::Undecided => "major",
                    Severity::Warning => "minor",
                    Severity::Debt => "info",
                },
                location: Place {
                    path,
                    lines: Lines {
                        begin: span.map_or(location.first_line, |span| span.line),
                        end: span.map_or(location.first_line, |span| span.end_line),
                    },
                },
            });
        }
    }
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

/// GitLab shows only the first of several issues with one fingerprint, so the same fault in another file, or a second
/// time in this one, has to have its own.
fn fingerprint(file: &str, fingerprint: &str, nth: usize) -> String {
    let digest = Sha256::digest(format!("{file}\0{fingerprint}\0{nth}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
