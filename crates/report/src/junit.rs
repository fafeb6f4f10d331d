//! JUnit XML, for build servers that read nothing else.
//!
//! One suite per settings family, one test per document: the document's name is the name of the test whether it passes
//! or not, so that servers can follow it over time. A document with errors is a failure, an undecided one is an error
//! (the test could not be done), and warnings are the output of a test that passed.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use setpoint_core::finding::{Finding, Severity};
use setpoint_core::report::{DocumentReport, Report, Verdict};

use crate::options::Options;
use crate::sources::Sources;
use crate::text;
use crate::wording::{self, plain};

/// The suite of documents that were checked without a project file.
const NO_FAMILY: &str = "documents";

/// Writes the report.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, sources: &dyn Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let options = Options { color: false, ..options.clone() };
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for document in &report.reports {
        let family = document.settings.as_deref().unwrap_or(NO_FAMILY);
        let case = test_case(document, family, sources, &options)?;
        if let Some((_, suite)) = suites.iter_mut().find(|(name, _)| *name == family) {
            suite.add_test_case(case);
        } else {
            let mut suite = TestSuite::new(plain(family));
            suite.add_property(Property::new("setpoint", plain(&report.setpoint)));
            suite.add_property(Property::new("bundle", plain(&report.bundle)));
            suite.add_test_case(case);
            suites.push((family, suite));
        }
    }
    let mut junit = quick_junit::Report::new("setpoint");
    junit.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    let xml = junit.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", xml.trim_end())
}

fn test_case(
    document: &DocumentReport,
    family: &str,
    sources: &dyn Sources,
    options: &Options,
) -> io::Result<TestCase> {
    let mut page = Vec::new();
    text::document(document, sources, options, &mut page)?;
    let page = String::from_utf8_lossy(&page);
    let page = page.trim_end();
    let (kind, severity) = match document.verdict {
        Verdict::Pass => {
            let mut case = TestCase::new(plain(&document.file), TestCaseStatus::success());
            case.set_classname(plain(family));
            if !page.is_empty() {
                case.set_system_out(page);
            }
            return Ok(case);
        }
        Verdict::Fail => (NonSuccessKind::Failure, Severity::Error),
        Verdict::Undecided => (NonSuccessKind::Error, Severity::Undecided),
    };
    let mut status = TestCaseStatus::non_success(kind);
    let mut decisive = document.findings.iter().filter(|finding| finding.severity == severity);
    if let Some(first) = decisive.next() {
        status.set_type(plain(&first.code)).set_message(message(first, decisive.count()));
    }
    status.set_description(page);
    let mut case = TestCase::new(plain(&document.file), status);
    case.set_classname(plain(family));
    Ok(case)
}

fn message(first: &Finding, others: usize) -> String {
    let message = wording::message(first);
    if others == 0 { message } else { format!("{message} (and {others} more)") }
}
