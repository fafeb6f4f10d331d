//! The ways to read a document agree with each other and with `serde_json`, and none of them panics.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Map, Value};
use setpoint_core::finding::Severity;
use setpoint_core::fix;
use setpoint_core::location::{Context, Locator};
use setpoint_core::source::{Format, Limits, Node, parse, read_fast};

const FORMATS: [Format; 4] = [Format::Json, Format::Jsonc, Format::Yaml, Format::Toml];

fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z/~ .:#'\"-]{0,8}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..20)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Texts that look like settings, with faults.
fn scraps() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just(": "),
        Just("\"a\""),
        Just("\"b"),
        Just("1"),
        Just("-0.5e3"),
        Just("1e999"),
        Just("012"),
        Just("true"),
        Just("null"),
        Just("no"),
        Just(" "),
        Just("\n"),
        Just("\r\n"),
        Just("\t"),
        Just("- "),
        Just("? "),
        Just("a"),
        Just("a: "),
        Just("&x "),
        Just("*x"),
        Just("!!str "),
        Just("!t "),
        Just("|\n  "),
        Just("'"),
        Just("\\"),
        Just("\\u00"),
        Just("\\ud83d\\ude00"),
        Just("//"),
        Just("/*"),
        Just("*/"),
        Just("# "),
        Just("---\n"),
        Just("...\n"),
        Just("<<"),
        Just("a = "),
        Just("a.b = "),
        Just("[a]\n"),
        Just("[[a]]\n"),
        Just("= "),
        Just("ü"),
        Just("\u{feff}"),
        Just("\u{a0}"),
        Just("😀"),
        Just("inf"),
        Just("0x1F"),
        Just("12:30"),
        Just("1979-05-27"),
        Just("\"\"\""),
        Just("\u{0}"),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Everything that can be done with a text, and what must hold whatever it is.
fn read_every_way(text: &[u8]) {
    for format in FORMATS {
        let parsed = parse(text, format, &Limits::default());
        if let Some(root) = &parsed.root {
            check_tree(root, text, format);
        } else {
            assert!(parsed.drafts.iter().any(|draft| draft.severity == Severity::Error), "{format:?}: no reason");
        }
        let clean = parsed.drafts.is_empty();
        let locator = Locator::new(text, parsed.root.as_ref());
        for finding in locator.finish(parsed.drafts, &Context::default()) {
            if let Some(span) = finding.span {
                assert!(span.start <= span.end && span.end <= text.len(), "{format:?} {finding:?}");
            }
            assert!(!finding.message.is_empty() && !finding.message.contains('\n'), "{finding:?}");
            assert!(!finding.expected.text.is_empty() && !finding.expected.text.contains('\n'), "{finding:?}");
            if let (Some(fix), Ok(text)) = (&finding.fix, std::str::from_utf8(text)) {
                assert!(fix::apply(text, &fix.edits).is_some(), "{finding:?}");
            }
        }
        if format == Format::Json {
            // The fast path accepts exactly what the full path has nothing to say about, with the same value.
            let full = parsed.root.filter(|_| clean).map(|root| root.to_json_value());
            assert_eq!(read_fast(text, &Limits::default()), full);
            let oracle = serde_json::from_slice::<Value>(text).ok();
            assert!(full.is_none() || full == oracle, "serde_json disagrees");
        }
    }
}

fn check_tree(node: &Node, text: &[u8], format: Format) {
    assert!(node.start <= node.end && node.end <= text.len(), "{format:?} {node:?}");
    // What the tree says in JSON is JSON, and means the same.
    let json = node.to_json_text();
    let again = parse(json.as_bytes(), Format::Json, &Limits { bytes: usize::MAX, ..Limits::default() });
    assert!(again.drafts.is_empty(), "{format:?} {json} {:?}", again.drafts);
    assert_eq!(again.root.unwrap().to_json_value(), node.to_json_value());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_json_comes_back_the_same_on_every_path(value in values(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let parsed = parse(text.as_bytes(), Format::Json, &Limits::default());
        prop_assert!(parsed.drafts.is_empty(), "{:?}", parsed.drafts);
        let root = parsed.root.unwrap();
        let oracle: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&root.to_json_value(), &oracle);
        prop_assert_eq!(read_fast(text.as_bytes(), &Limits::default()), Some(oracle.clone()));
        prop_assert_eq!(serde_json::from_str::<Value>(&root.to_json_text()).unwrap(), oracle);
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_every_way(&bytes);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>()) {
        read_every_way(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_scraps_of_settings_make_a_parser_panic(text in scraps()) {
        read_every_way(text.as_bytes());
    }
}

#[test]
fn what_is_accepted_is_what_serde_json_accepts() {
    for text in [
        "1",
        "-0",
        "-0.0",
        "1E+2",
        "1e-400",
        "0e999999999999",
        "123456789012345678901234567890",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"",
        "\"\\u00zz\"",
        "\"\u{7f}\"",
        "\"\u{2028}\"",
        "[1,2",
        "tru",
        "truex",
        "true1",
        "nul",
        "-",
        "-a",
        "--1",
        "1.e5",
        "1.5e",
        "01",
        "-01",
        "00",
        "1 ",
        " 1",
        "\t1\r\n",
        "\u{b}1",
        "\u{c}1",
        "\u{2003}1",
        "[]",
        "[[]]",
        "{}",
        "{\"a\"}",
        "{\"a\":1,}",
        "{,}",
        "{\"\":0}",
        "\"\\/\"",
        "\"\\'\"",
        "\"\\a\"",
        "\"a\nb\"",
        "'a'",
        "a",
        "{a:1}",
        "Infinity",
        "NaN",
        "-Infinity",
        "0x1",
        ".5",
        "+1",
        "1_0",
        "[1 2]",
        "1/**/",
        "//\n1",
        "1;",
        "\"\"\"\"",
        "{}}",
        "]",
        "true_x",
        "null$",
    ] {
        let parsed = parse(text.as_bytes(), Format::Json, &Limits::default());
        let accepted = parsed.root.filter(|_| parsed.drafts.is_empty());
        let oracle = serde_json::from_str::<Value>(text).ok();
        assert_eq!(accepted.map(|root| root.to_json_value()), oracle, "{text:?}");
        assert_eq!(read_fast(text.as_bytes(), &Limits::default()), oracle, "{text:?}");
    }
}
