//! JSON, NDJSON and the schema of both.

use std::collections::BTreeSet;

use serde_json::Value;
use setpoint_core::finding::{RetryWhen, Safety, Severity};
use setpoint_core::report::{Report, Verdict};
use setpoint_report::{Format, NoSources, Options};

use crate::sample::{rendered, report, sample};

const SCHEMA: &str = include_str!("../../../../schemas/report.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// The schema of one definition of the report's schema.
fn definition(name: &str) -> Value {
    let mut schema = schema();
    let object = schema.as_object_mut().unwrap();
    object.retain(|key, _| key == "$schema" || key == "$defs");
    object.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
    schema
}

fn faults(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).expect("the schema is valid");
    validator.iter_errors(instance).map(|error| format!("{} at {}", error, error.instance_path())).collect()
}

#[test]
fn the_sample_as_json() {
    insta::assert_snapshot!("json", sample(Format::Json));
}

#[test]
fn the_sample_as_ndjson() {
    insta::assert_snapshot!("ndjson", sample(Format::Ndjson));
}

#[test]
fn json_reads_back_as_the_report_without_its_hidden_places() {
    let mut expected = report();
    for document in &mut expected.reports {
        document.hidden.clear();
    }
    assert_eq!(serde_json::from_str::<Report>(&sample(Format::Json)).unwrap(), expected);
}

#[test]
fn json_and_ndjson_keep_every_digit_and_no_hidden_place() {
    for format in [Format::Json, Format::Ndjson] {
        let text = sample(format);
        assert!(text.contains("80.000000000000000000001"), "{text}");
        assert!(!text.contains("hidden"), "{text}");
        assert!(text.ends_with('\n'));
        assert_eq!(text, sample(format), "the same report gives the same bytes");
    }
}

#[test]
fn ndjson_is_one_document_a_line_and_a_verdict_at_the_end() {
    let mut report = report();
    let value = setpoint_core::finding::Literal::from_json("[1,\n 2]".to_owned());
    report.reports[0].findings[0].expected.value = value;
    let text = rendered(Format::Ndjson, &report, &NoSources, &Options::default());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), report.reports.len() + 1);
    let (closing, documents) = lines.split_last().unwrap();
    assert_eq!(closing["verdict"], "fail");
    assert_eq!(closing["summary"]["documents"], 5);
    assert_eq!(faults(&definition("closing"), closing), Vec::<String>::new());
    for document in documents {
        assert_eq!(faults(&definition("document"), document), Vec::<String>::new());
    }
}

#[test]
fn the_schema_accepts_what_is_rendered() {
    for report in [report(), Report::new(String::new(), Vec::new())] {
        let text = rendered(Format::Json, &report, &NoSources, &Options::default());
        assert_eq!(faults(&schema(), &serde_json::from_str(&text).unwrap()), Vec::<String>::new());
    }
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let whole: Value = serde_json::from_str(&sample(Format::Json)).unwrap();
    let spoil = |pointer: &str, value: Value| {
        let mut spoilt = whole.clone();
        *spoilt.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is in the sample")) = value;
        assert_ne!(faults(&schema(), &spoilt), Vec::<String>::new(), "{pointer}");
    };
    spoil("/verdict", "maybe".into());
    spoil("/summary/errors", (-1).into());
    spoil("/reports/0/findings/0/severity", "fatal".into());
    spoil("/reports/0/findings/0/retry/when", "later".into());
    spoil("/reports/0/findings/0/fix/safety", "sure".into());
    spoil("/reports/0/findings/0/span/line", 0.into());
    spoil("/reports/0/findings/0/instance", "http/port".into());
    spoil("/reports/0/findings/0/code", "Type Mismatch".into());
    let mut extra = whole.clone();
    extra["reports"][0]["hidden"] = Value::Array(Vec::new());
    assert_ne!(faults(&schema(), &extra), Vec::<String>::new(), "secrets' places are not part of the report");
}

#[test]
fn the_schema_names_every_value_of_every_enumeration() {
    fn names<T: serde::Serialize>(values: &[T]) -> BTreeSet<String> {
        values.iter().map(|value| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()).collect()
    }
    let schema = schema();
    let listed = |pointer: &str| -> BTreeSet<String> {
        let list = schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is in the schema"));
        list.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed("/$defs/verdict/enum"), names(&[Verdict::Pass, Verdict::Undecided, Verdict::Fail]));
    assert_eq!(
        listed("/$defs/finding/properties/severity/enum"),
        names(&[Severity::Warning, Severity::Debt, Severity::Undecided, Severity::Error])
    );
    assert_eq!(
        listed("/$defs/finding/properties/retry/properties/when/enum"),
        names(&[
            RetryWhen::Now,
            RetryWhen::AfterEdit,
            RetryWhen::AfterRefresh,
            RetryWhen::AfterDelay,
            RetryWhen::Never
        ])
    );
    assert_eq!(listed("/$defs/finding/properties/fix/properties/safety/enum"), names(&[Safety::Safe, Safety::Unsafe]));
}

#[test]
fn the_schema_describes_every_member_that_the_sample_has_and_no_other() {
    let whole: Value = serde_json::from_str(&sample(Format::Json)).unwrap();
    let schema = schema();
    let listed: BTreeSet<&String> = schema["$defs"]["finding"]["properties"].as_object().unwrap().keys().collect();
    let reports = whole["reports"].as_array().unwrap();
    let findings = reports.iter().flat_map(|report| report["findings"].as_array().unwrap());
    let seen: BTreeSet<&String> = findings.flat_map(|finding| finding.as_object().unwrap().keys()).collect();
    assert_eq!(seen, listed);
}
