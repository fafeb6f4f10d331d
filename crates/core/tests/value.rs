//! What forms are given of a document.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

use setpoint_core::call::{CheckCall, ValueAnswer};
use setpoint_core::policy::Policy;

fn value(schema: &str, secrets: &str, file: &str, text: &str) -> ValueAnswer {
    let schema = serde_json::to_string(schema).unwrap();
    let bundle = format!(
        r#"{{"bundle":1,"settings":{{"app":{{"schemas":{{"1":{{"file":"v1.json","text":{schema}}}}},"secrets":{secrets}}}}}}}"#
    );
    let call = CheckCall { file: file.to_owned(), ..CheckCall::default() };
    Policy::load(bundle.as_bytes()).unwrap().value(&call, text.as_bytes())
}

fn places(places: &[setpoint_core::pointer::Pointer]) -> Vec<&str> {
    places.iter().map(setpoint_core::pointer::Pointer::as_str).collect()
}

#[test]
fn digits_and_order_stay_and_what_a_double_does_not_hold_is_named() {
    let text = "z: 0x10\na: [1.50, 9007199254740993, -0.0, 1e21, 123456789012345678901234567890]\n";
    let answer = value("{}", "[]", "a.yaml", text);
    assert_eq!(
        answer.value.unwrap().as_str(),
        r#"{"z":16,"a":[1.50,9007199254740993,-0.0,1e21,123456789012345678901234567890]}"#
    );
    assert_eq!(places(&answer.inexact), ["/a/1", "/a/4"]);
    assert_eq!(answer.version, Some(1));
}

#[test]
fn secrets_are_named_whether_the_schema_or_the_project_says_so() {
    let schema = r#"{"properties":{"token":{"writeOnly":true},"users":{"items":{"properties":{"word":{"format":"password"}}}}}}"#;
    let text = r#"{"token":{"a":1},"users":[{"word":"x","name":"y"}],"key":"z"}"#;
    let answer = value(schema, r#"["/key"]"#, "a.json", text);
    assert_eq!(places(&answer.secrets), ["/token", "/users/0/word", "/key"]);
    let hidden: Vec<&str> = answer.hidden.iter().map(|span| &text[span.start..span.end]).collect();
    assert_eq!(hidden, [r#"{"a":1}"#, r#""x""#, r#""z""#]);
    // A schema that cannot be used tells nothing, so everything may be one.
    assert_eq!(places(&value(r#"{"type":"writeOnly"}"#, "[]", "a.json", text).secrets), [""]);
    assert!(value("{}", "[]", "a.json", text).secrets.is_empty());
}

#[test]
fn a_text_that_cannot_be_read_has_no_value() {
    assert_eq!(value("{}", "[]", "a.json", "{"), ValueAnswer::default());
    let answer = value("{}", r#"["/key"]"#, "a.json", r#"{"key": "z"#);
    assert_eq!((answer.value, answer.hidden.first().map(|span| (span.start, span.end))), (None, Some((0, 10))));
}
