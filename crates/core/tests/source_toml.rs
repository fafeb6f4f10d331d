//! How TOML documents are read, and what is said about those that are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::source::{Format, Limits, Parsed, parse};

fn read(text: &str) -> Parsed {
    parse(text.as_bytes(), Format::Toml, &Limits::default())
}

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
fn values_become_json_and_dates_become_strings() {
    let cases = [
        (
            "a = 1_000\nb = 0xFF\nc = 0b11\nd = 0o17\ne = +1.50\nf = 1e3\n",
            r#"{"a":1000,"b":255,"c":3,"d":15,"e":1.50,"f":1e3}"#,
        ),
        (
            "a = 1979-05-27 07:32:00z\nb = 1979-05-27\nc = 07:32:00\n",
            r#"{"a":"1979-05-27T07:32:00Z","b":"1979-05-27","c":"07:32:00"}"#,
        ),
        (
            "a.b.c = true\n[d]\ne = []\n[[f]]\n[[f]]\ng = {}\n[d.h]\n",
            r#"{"a":{"b":{"c":true}},"d":{"e":[],"h":{}},"f":[{},{"g":{}}]}"#,
        ),
        ("a = '''x\ny'''\nb = \"\\u00e4\"\nc = 'x\\y'\n", "{\"a\":\"x\\ny\",\"b\":\"ä\",\"c\":\"x\\\\y\"}"),
        ("# nothing\n", "{}"),
    ];
    for (text, expected) in cases {
        let parsed = read(text);
        assert_eq!(parsed.root.unwrap().to_json_text(), expected, "{text:?}");
        assert_eq!(findings(text), [], "{text:?}");
    }
}

#[test]
fn each_fault_is_one_finding_that_marks_the_place() {
    let cases = [
        ("a = 1\na = 2\n", "duplicate-key", "a"),
        ("[a]\nb = 1\n[a]\n", "duplicate-key", "a"),
        ("a = inf\n", "unrepresentable-number", "inf"),
        ("a = -nan\n", "unrepresentable-number", "-nan"),
        ("a = 1e400\n", "unrepresentable-number", "1e400"),
        ("a = 9223372036854775808\n", "unrepresentable-number", "9223372036854775808"),
        ("a = nope\n", "syntax-error", "n"),
        ("a =\n", "syntax-error", "\n"),
        ("a 1\n", "syntax-error", "1"),
        ("a = \"x\nb = 1\n", "syntax-error", "\n"),
        ("[a\n", "syntax-error", "\n"),
        ("a = 1 b = 2\n", "syntax-error", "b"),
        ("\u{feff}a = 1\n", "byte-order-mark", "\u{feff}"),
        ("", "empty-table", ""),
        ("a = \"\u{7f}\"\n", "syntax-error", "\u{7f}"),
    ];
    for (text, code, marked) in cases {
        assert_eq!(findings(text), [(code.to_owned(), marked.to_owned())], "{text:?}");
    }
}

#[test]
fn toml_1_1_is_refused_as_tomllib_refuses_it() {
    for text in ["a = { b = 1,\n c = 2 }", "a = { b = 1, }", "a = \"\\e\"", "a = \"\\x41\"", "a = 07:32", "ä = 1"] {
        let found = findings(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].0, "syntax-error", "{text}");
    }
}

#[test]
fn a_duplicate_key_shows_where_the_first_one_is() {
    let cases = [
        ("a = 1\nb = 2\na = 3\n", "/a", (0, 1)),
        ("[t]\na.b = 1\n[u]\na = 1\na = 2\n", "/u/a", (16, 17)),
        ("[[t]]\nx = 1\n[[t]]\nx = 1\nx = 2\n", "/t/1/x", (18, 19)),
    ];
    for (text, instance, first) in cases {
        let parsed = read(text);
        assert_eq!(parsed.drafts[0].instance.as_str(), instance, "{text}");
        let place = &parsed.drafts[0].related[0].place;
        assert_eq!(*place, setpoint_core::finding::Place::Bytes(first.0, first.1), "{text}");
    }
}

#[test]
fn every_key_and_value_has_its_place() {
    let text = "a = 1 # c\r\n[b]\r\nc.d = { e = 'x', f = [1, 2] }\r\n\"q k\" = 2024-01-01\r\n[[h]]\r\ni = 1.5\r\n";
    let root = read(text).root.unwrap();
    let at = |pointer: &str| {
        let node = root.find(&Pointer::parse(pointer).unwrap()).unwrap_or_else(|| panic!("{pointer}"));
        &text[node.start..node.end]
    };
    assert_eq!(at("/a"), "1");
    assert_eq!(at("/b/c/d"), "{ e = 'x', f = [1, 2] }");
    assert_eq!(at("/b/c"), "d = { e = 'x', f = [1, 2] }");
    assert_eq!(at("/b/c/d/f/1"), "2");
    assert_eq!(at("/b/q k"), "2024-01-01");
    assert_eq!(at("/h/0"), "[[h]]\r\ni = 1.5");
    assert_eq!(at(""), text.trim_end());
    let member = root.find_member(&Pointer::parse("/b/q k").unwrap()).unwrap();
    assert_eq!(&text[member.key_start..member.key_end], "\"q k\"");
}
