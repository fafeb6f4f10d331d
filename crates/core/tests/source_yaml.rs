//! How YAML documents are read, and what is said about those that are wrong or surprising.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

use setpoint_core::fix;
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::source::{Format, Limits, Parsed, parse};

fn read(text: &str) -> Parsed {
    parse(text.as_bytes(), Format::Yaml, &Limits::default())
}

fn json(text: &str) -> String {
    let parsed = read(text);
    parsed.root.unwrap_or_else(|| panic!("{text:?}: {:?}", parsed.drafts)).to_json_text()
}

/// Code and marked text of each finding, in the order of the text.
fn findings(text: &str) -> Vec<(String, String)> {
    let parsed = read(text);
    Locator::new(text.as_bytes(), parsed.root.as_ref())
        .finish(parsed.drafts, &Context::default())
        .into_iter()
        .map(|finding| {
            let marked = finding.span.map_or("", |span| &text[span.start..span.end]);
            (finding.code.to_string(), marked.to_owned())
        })
        .collect()
}

#[test]
fn values_follow_the_core_schema() {
    let cases = [
        ("a: 1\nb: [x, 'y', \"z\\n\"]\n", r#"{"a":1,"b":["x","y","z\n"]}"#),
        (
            "a: 0x1F\nb: 0o17\nc: 1.50\nd: 12345678901234567890123\n",
            r#"{"a":31,"b":15,"c":1.50,"d":12345678901234567890123}"#,
        ),
        ("a:\nb: ~\nc: null\nd: 'null'\n", r#"{"a":null,"b":null,"c":null,"d":"null"}"#),
        ("- true\n- False\n- \"true\"\n", r#"[true,false,"true"]"#),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", r#"{"a":"x\ny\n","b":"x y"}"#),
        ("a: &x {b: 1}\nc: *x\n", r#"{"a":{"b":1},"c":{"b":1}}"#),
        ("a: !!str 80\nb: !!int \"80\"\nc: ! 12\nd: !!float 3\n", r#"{"a":"80","b":80,"c":"12","d":3}"#),
        ("%YAML 1.2\n---\na: 1\n...\n", r#"{"a":1}"#),
        ("? a\n: 1\n", r#"{"a":1}"#),
        ("&k key: 1\nother: *k\n", r#"{"key":1,"other":"key"}"#),
        ("{a: 1, b}", r#"{"a":1,"b":null}"#),
        ("a:\t1\n", r#"{"a":1}"#),
        ("\u{feff}a: 1\n", r#"{"a":1}"#),
        ("2024-01-01", r#""2024-01-01""#),
        ("{\"a\": [1, {\"b\": null}]}", r#"{"a":[1,{"b":null}]}"#),
    ];
    for (text, expected) in cases {
        assert_eq!(json(text), expected, "{text:?}");
        assert_eq!(findings(text), [], "{text:?}");
    }
}

#[test]
fn each_fault_and_surprise_is_one_finding_that_marks_the_place() {
    let cases = [
        ("country: no\n", "yaml-boolean", "no"),
        ("debug: Off\n", "yaml-boolean", "Off"),
        ("no: 1\n", "yaml-boolean", "no"),
        ("mode: 0644\n", "yaml-octal", "0644"),
        ("at: 22:30\n", "yaml-sexagesimal", "22:30"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", "yaml-merge-key", "<<"),
        ("a:\n\tb: 1\n", "tab-in-indentation", "\t"),
        ("a: 1\n\tb: 2\n", "tab-in-indentation", "\t"),
        ("a: 1\n---\nb: 2\n", "multiple-documents", "---"),
        ("404: x\n", "key-not-a-string", "404"),
        ("true: x\n", "key-not-a-string", "true"),
        ("? [a]\n: x\n", "key-not-a-scalar", "["),
        ("a: {{ x }}\n", "key-not-a-scalar", "{"),
        ("a: !vault x\n", "unknown-tag", "x"),
        ("a: !!timestamp 2024-01-01\n", "unknown-tag", "2024-01-01"),
        ("a: &a [*a]\n", "recursive-alias", "*a"),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", "a"),
        ("a: .inf\n", "unrepresentable-number", ".inf"),
        ("a: 1e999\n", "unrepresentable-number", "1e999"),
        ("a: !!int x\n", "syntax-error", "x"),
        ("a: *nothing\n", "syntax-error", "*"),
        ("a: \"x\nb: 1\n", "syntax-error", "\""),
        ("a: b: c\n", "syntax-error", ":"),
        ("a: [1, 2\n", "syntax-error", "["),
        ("a: @b\n", "syntax-error", "@"),
        ("a:\n  b: 1\n c: 2\n", "syntax-error", "c"),
        ("", "empty-document", ""),
        ("# only a comment\n", "empty-document", ""),
        ("---\n", "empty-document", ""),
    ];
    for (text, code, marked) in cases {
        assert_eq!(findings(text), [(code.to_owned(), marked.to_owned())], "{text:?}");
    }
}

#[test]
fn what_is_no_surprise_is_left_alone() {
    for text in [
        "a: 'no'\nb: \"yes\"\nc: nowhere\nd: !!str no\n",
        "on: push\ny: 1\nx: 2\n",
        "a: 0\nb: 0.5\nc: '012'\nd: 0o14\n",
        "a: '12:30'\nb: 8080:80\nc: http://x:80\n",
        "'<<': 1\n\"404\": 2\n",
        "a:\t1 # tab\nb: [1,\t2]\n",
        "a: 1\n...\n",
        "# x\n---\na: 1\n",
    ] {
        assert_eq!(findings(text), [], "{text:?}");
    }
}

#[test]
fn every_key_and_value_has_its_place() {
    let text = "ü: &x !!str 80 # c\r\nb:\r\n  - i: j\r\n    k: |  # note\r\n      one\r\n      two\r\n\r\n  -\r\nf: { g: [1, 2], 'h': \"i\" }\r\n";
    let root = read(text).root.unwrap();
    let at = |pointer: &str| {
        let node = root.find(&Pointer::parse(pointer).unwrap()).unwrap_or_else(|| panic!("{pointer}"));
        &text[node.start..node.end]
    };
    assert_eq!(at("/ü"), "80");
    assert_eq!(at("/b/0"), "i: j\r\n    k: |  # note\r\n      one\r\n      two");
    assert_eq!(at("/b/0/k"), "|  # note\r\n      one\r\n      two");
    assert_eq!(at("/b/1"), "");
    assert_eq!(at("/f"), "{ g: [1, 2], 'h': \"i\" }");
    assert_eq!(at("/f/g"), "[1, 2]");
    assert_eq!(at("/f/h"), "\"i\"");
    let member = root.find_member(&Pointer::parse("/f/h").unwrap()).unwrap();
    assert_eq!(&text[member.key_start..member.key_end], "'h'");
}

#[test]
fn quoting_a_sexagesimal_number_keeps_the_value_and_clears_the_finding() {
    let text = "ports: [22:22, '80:80']\n";
    let parsed = read(text);
    let edits = parsed.drafts[0].fix.clone().unwrap().edits;
    let fixed = fix::apply(text, &edits).unwrap();
    assert_eq!(fixed, "ports: [\"22:22\", '80:80']\n");
    assert_eq!(json(&fixed), parsed.root.unwrap().to_json_text());
    assert_eq!(findings(&fixed), []);
}

#[test]
fn a_thousand_surprises_do_not_bury_an_error() {
    let mut text = "- no\n".repeat(1000);
    text.push_str("- {a: 1, a: 2}\n");
    let found = findings(&text);
    assert!(found.len() < 100);
    assert!(found.iter().any(|(code, _)| code == "duplicate-key"));
}
