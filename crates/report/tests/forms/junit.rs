//! JUnit XML.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use setpoint_report::{Format, Options};

use crate::sample::{rendered, report, sample, sources};

#[test]
fn the_sample_as_junit() {
    insta::assert_snapshot!("junit", sample(Format::Junit));
}

#[test]
fn junit_reads_back_with_one_test_per_document() {
    let junit = Report::deserialize_from_str(&sample(Format::Junit)).unwrap();
    assert_eq!((junit.tests, junit.failures, junit.errors), (5, 3, 1));
    let suites: Vec<_> = junit.test_suites.iter().map(|suite| suite.name.as_str().to_owned()).collect();
    assert_eq!(suites, ["billing", "store", "documents"]);
    let first = &junit.test_suites[0].test_cases[0];
    assert_eq!(first.name.as_str(), "config/billing/eu.yaml");
    let TestCaseStatus::NonSuccess { kind, message, ty, description, .. } = &first.status else {
        panic!("a document with an error is a failure, not {:?}", first.status)
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    assert_eq!(ty.as_deref(), Some("type-mismatch"));
    assert_eq!(message.as_deref(), Some("`/http/port` is the string \"80\"; expected an integer from 1 to 65535"));
    assert!(description.as_deref().unwrap().contains(" 3 |   port: \"80\""));
    let last = junit.test_suites[2].test_cases.last().unwrap();
    assert!(matches!(last.status, TestCaseStatus::Success { .. }));
}

#[test]
fn junit_has_no_colour_and_nothing_that_xml_forbids() {
    let mut report = report();
    report.reports[0].findings[0].message = "`\u{0}\u{1b}[31m\u{ffff}]]>` is <b>odd</b>".to_owned();
    let colored = Options { color: true, ..Options::default() };
    let xml = rendered(Format::Junit, &report, &sources(), &colored);
    assert!(!xml.contains(['\u{0}', '\u{1b}', '\u{ffff}']), "{xml}");
    let junit = Report::deserialize_from_str(&xml).unwrap();
    let TestCaseStatus::NonSuccess { message, .. } = &junit.test_suites[0].test_cases[0].status else { panic!() };
    assert!(message.as_deref().unwrap().starts_with("`\\u{0}\\u{1b}[31m\\u{ffff}]]>` is <b>odd</b>;"));
}
