//! The guest that programs carry.
#![allow(clippy::unwrap_used, reason = "tests")]

use setpoint_checker::{BatchItem, Checker, Limits};
use setpoint_core::call::CheckCall;
use setpoint_core::policy::Policy as NativePolicy;

const BUNDLE: &str = r#"{"bundle":1,"settings":{"web":{"schemas":{"1":{"file":"v1.json","text":"{\"type\":\"object\",\"properties\":{\"port\":{\"type\":\"integer\",\"maximum\":65535}},\"additionalProperties\":false}"}}}}}"#;

fn call(file: &str) -> CheckCall {
    CheckCall { file: file.to_owned(), ..CheckCall::default() }
}

/// Documents of which every third is wrong.
fn documents() -> Vec<String> {
    let document = |number: usize| match number % 3 {
        0 => format!(r#"{{"port":"{number}"}}"#),
        1 => format!(r#"{{"port":{number}}}"#),
        _ => "{}".to_owned(),
    };
    (0..3_000).map(document).collect()
}

#[test]
fn the_component_imports_nothing() {
    let checker = Checker::embedded(Limits::default()).unwrap();
    assert_eq!(checker.imports(), Vec::<String>::new());
    assert_eq!(checker.exports(), ["setpoint:core/policy@0.1.0"]);
}

#[test]
fn the_guest_answers_as_the_native_core_does() {
    let policy = Checker::embedded(Limits::default()).unwrap().policy(BUNDLE.as_bytes()).unwrap();
    let native = NativePolicy::load(BUNDLE.as_bytes()).unwrap();
    assert_eq!(policy.load_answer(), native.load_answer());
    for (number, text) in documents().iter().take(30).enumerate() {
        let call = call(&format!("{number}.json"));
        assert_eq!(policy.check(&call, text.as_bytes()).unwrap(), native.check(&call, text.as_bytes()));
    }
}

#[test]
fn a_batch_gives_the_answers_in_the_order_of_the_documents() {
    let policy = Checker::embedded(Limits::default()).unwrap().policy(BUNDLE.as_bytes()).unwrap();
    let items = documents().into_iter().take(200).enumerate();
    let items =
        items.map(|(number, text)| BatchItem { call: call(&format!("{number}.json")), text: text.into_bytes() });
    let mut files = Vec::new();
    policy
        .check_batch(items, 4, |answer| {
            files.push(answer.unwrap().file);
            Ok::<(), ()>(())
        })
        .unwrap();
    assert_eq!(files, (0..200).map(|number| format!("{number}.json")).collect::<Vec<_>>());
}

#[test]
fn lines_in_chunks_are_answered_like_the_whole() {
    let policy = Checker::embedded(Limits::default()).unwrap().policy(BUNDLE.as_bytes()).unwrap();
    // Padded with blanks, so that it is long enough for several chunks.
    let text: String = documents().iter().map(|document| format!("{document:600}\n")).collect();
    let whole = policy.check_lines(&call("a.ndjson"), 1, text.as_bytes()).unwrap();
    for threads in [1, 3] {
        let mut reports = Vec::new();
        let summary = policy
            .check_lines_of(&call("a.ndjson"), text.as_bytes(), threads, |answer| {
                reports.extend(answer.reports.into_iter().map(Result::unwrap));
                Ok::<(), ()>(())
            })
            .unwrap();
        assert_eq!(summary.bytes, text.len() as u64);
        assert_eq!(summary.documents, whole.documents);
        assert!(reports == whole.reports, "the reports of chunks differ from those of the whole");
    }
}

#[test]
fn a_text_that_is_not_a_bundle_is_refused_in_words() {
    let error = Checker::embedded(Limits::default()).unwrap().policy(b"{").unwrap_err();
    assert!(error.to_string().starts_with("the bundle cannot be loaded: "), "{error}");
    assert_eq!(error.category().exit_code(), 2);
}

#[test]
fn an_unknown_code_has_no_page() {
    let checker = Checker::embedded(Limits::default()).unwrap();
    assert_eq!(checker.explain("no-such-code").unwrap(), None);
}

#[test]
fn checkers_live_side_by_side_and_one_that_goes_harms_no_other() {
    let limits = Limits::default();
    let other_stack = Limits { stack: limits.stack / 2, ..limits };
    let checkers = [limits, other_stack, limits].map(|limits| Checker::embedded(limits).unwrap());
    let policies = checkers.map(|checker| checker.policy(BUNDLE.as_bytes()).unwrap());
    let [first, second, third] = policies;
    for policy in [first, second] {
        policy.check(&call("a.json"), b"{}").unwrap();
    }
    third.check(&call("a.json"), b"{}").unwrap();
}
