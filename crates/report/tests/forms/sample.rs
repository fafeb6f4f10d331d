//! The report that all forms are tried on: something of everything that a report can hold.

use std::collections::BTreeMap;

use setpoint_core::finding::{
    Actual, Edit, Expected, Finding, Fix, Literal, Related, Retry, RetryWhen, Safety, Severity, Span,
};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Report, Verdict};
use setpoint_report::{Format, Options, Sources, render};

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a value of the wrong type.
    pub TYPE_MISMATCH = "type-mismatch", Error, "a value has the wrong type";
}

pub const EU: &str = "http:\n  host: eu.example\n  port: \"80\"\n  timeot_s: 10\n";
pub const US: &str = "[store]\npassword = \"hunter2-ünïcode\" # rotate\nplan = 1\nplan = 2\n";
pub const EVENT: &str = "{\"größe\": \"prö\", \"plan\": \"por\"}";

/// The region of `needle` in `text`.
pub fn span_of(text: &str, needle: &str) -> Span {
    let start = text.find(needle).expect("the needle is in the text");
    span(text, start, start + needle.len())
}

/// The region from byte `start` to byte `end`.
pub fn span(text: &str, start: usize, end: usize) -> Span {
    let position = |offset: usize| {
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    };
    let ((line, column), (end_line, end_column)) = (position(start), position(end));
    Span { start, end, line, column, end_line, end_column }
}

/// A finding with the parts that every finding has.
pub fn finding(code: &'static str, instance: &str, message: &str, expected: &str) -> Finding {
    Finding {
        code: code.into(),
        severity: Severity::Error,
        instance: Pointer::parse(instance).unwrap(),
        keyword: String::new(),
        message: message.to_owned(),
        expected: Expected::text(expected),
        actual: None,
        retry: Retry::after_edit(),
        help: None,
        fix: None,
        span: None,
        related: Vec::new(),
        owner: None,
        reason: None,
        url: format!("https://setpoint.example/findings/{code}"),
        fingerprint: format!("fingerprint-of-{code}"),
    }
}

/// The finding of the design document.
pub fn type_mismatch() -> Finding {
    let span = span_of(EU, "\"80\"");
    Finding {
        keyword: "schemas/billing/v2.json#/properties/http/properties/port/type".to_owned(),
        expected: Expected {
            text: "an integer from 1 to 65535".to_owned(),
            value: Literal::from_json("80.000000000000000000001".to_owned()),
        },
        actual: Some(Actual { text: "the string \"80\"".to_owned() }),
        help: Some("write 80 without the quotes".to_owned()),
        fix: Some(Fix {
            safety: Safety::Safe,
            edits: vec![Edit { start: span.start, end: span.end, text: "80".to_owned() }],
        }),
        span: Some(span),
        reason: Some("FieldValueInvalid".to_owned()),
        ..finding("type-mismatch", "/http/port", "`/http/port` is the string \"80\"", "an integer from 1 to 65535")
    }
}

fn unknown_key() -> Finding {
    let span = span_of(EU, "timeot_s");
    Finding {
        severity: Severity::Warning,
        help: Some("rename it to `timeout_s`".to_owned()),
        fix: Some(Fix {
            safety: Safety::Unsafe,
            edits: vec![Edit { start: span.start, end: span.end, text: "timeout_s".to_owned() }],
        }),
        span: Some(span),
        related: vec![Related {
            message: "`timeout_s` is defined here".to_owned(),
            file: Some("schemas/billing/v2.json".to_owned()),
            span: Some(Span { start: 90, end: 101, line: 7, column: 5, end_line: 7, end_column: 16 }),
        }],
        owner: Some("team-payments".to_owned()),
        reason: None,
        ..finding("unknown-key", "/http/timeot_s", "`/http/timeot_s` is not a known key", "`timeout_s`")
    }
}

fn weak_password() -> Finding {
    Finding {
        span: Some(span_of(US, "\"hunter2-ünïcode\"")),
        ..finding("too-short", "/store/password", "`/store/password` is too short", "at least 24 characters")
    }
}

fn duplicate_key() -> Finding {
    let second = US.rfind("plan").unwrap();
    Finding {
        span: Some(span(US, second, second + 4)),
        related: vec![Related {
            message: "first defined here".to_owned(),
            file: None,
            span: Some(span_of(US, "plan")),
        }],
        ..finding("duplicate-key", "/store/plan", "`/store/plan` is defined twice", "one definition")
    }
}

fn undecided() -> Finding {
    Finding {
        severity: Severity::Undecided,
        retry: Retry { when: RetryWhen::Never, text: "the pattern needs too many steps".into() },
        ..finding("pattern-cost", "", "a pattern could not be decided", "a simpler pattern")
    }
}

fn wrong_plan() -> Finding {
    let span = span_of(EVENT, "\"por\"");
    Finding {
        expected: Expected { text: "one of `free`, `pro`".to_owned(), value: Literal::from_json("\"pro\"".to_owned()) },
        fix: Some(Fix {
            safety: Safety::Unsafe,
            edits: vec![Edit { start: span.start, end: span.end, text: "\"pro\"".to_owned() }],
        }),
        span: Some(span),
        ..finding("enum-mismatch", "/plan", "`/plan` is \"por\"", "one of `free`, `pro`")
    }
}

/// The sample.
pub fn report() -> Report {
    let document = |file: &str, findings: Vec<Finding>| DocumentReport {
        file: file.to_owned(),
        verdict: Verdict::of(&findings),
        findings,
        ..DocumentReport::default()
    };
    Report::new(
        "sha256:0123".to_owned(),
        vec![
            DocumentReport {
                settings: Some("billing".to_owned()),
                version: Some(2),
                ..document("config/billing/eu.yaml", vec![type_mismatch(), unknown_key()])
            },
            DocumentReport {
                hidden: vec![span_of(US, "hunter2-ünïcode")],
                settings: Some("store".to_owned()),
                version: Some(1),
                ..document("config/us stores.toml", vec![weak_password(), duplicate_key()])
            },
            document("events.ndjson:7", vec![wrong_plan()]),
            document("config/pattern.json", vec![undecided()]),
            document("config/fine.json", Vec::new()),
        ],
    )
}

/// The texts of the sample.
pub fn sources() -> BTreeMap<String, &'static str> {
    [("config/billing/eu.yaml", EU), ("config/us stores.toml", US), ("events.ndjson:7", EVENT)]
        .into_iter()
        .map(|(file, text)| (file.to_owned(), text))
        .collect()
}

/// Options that know the one check of the sample.
pub fn options() -> Options {
    Options { describe: |code| (code == TYPE_MISMATCH.code).then_some(&TYPE_MISMATCH), ..Options::default() }
}

/// The report in a form, as text.
pub fn rendered(format: Format, report: &Report, sources: &dyn Sources, options: &Options) -> String {
    let mut out = Vec::new();
    render(format, report, sources, options, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("every form is UTF-8")
}

/// The sample in a form.
pub fn sample(format: Format) -> String {
    rendered(format, &report(), &sources(), &options())
}
