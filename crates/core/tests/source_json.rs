//! How JSON and JSONC documents are read, and what is said about those that are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

use setpoint_core::finding::{Place, Safety};
use setpoint_core::fix;
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::source::{Format, Limits, Parsed, parse};

fn read(text: &str, format: Format) -> Parsed {
    parse(text.as_bytes(), format, &Limits::default())
}

/// Code, marked text and message of each finding, in the order of the text.
fn findings(text: &str, format: Format) -> Vec<(String, String, String)> {
    let parsed = read(text, format);
    Locator::new(text.as_bytes(), parsed.root.as_ref())
        .finish(parsed.drafts, &Context::default())
        .into_iter()
        .map(|finding| {
            let marked = finding.span.map_or("", |span| &text[span.start..span.end]);
            (finding.code.to_string(), marked.to_owned(), finding.message)
        })
        .collect()
}

#[test]
fn each_fault_of_json_is_one_finding_that_marks_the_place() {
    let cases = [
        (r#"{"a": 1 "b": 2}"#, "syntax-error", r#""b""#, "a comma is missing"),
        (r#"{"a": 1,}"#, "trailing-comma", ",", "a comma stands before the closing bracket"),
        ("[1, 2,\n]", "trailing-comma", ",", "a comma stands before the closing bracket"),
        ("[1] // one", "comment-in-json", "// one", "a comment stands in strict JSON"),
        ("/* a */ [1] // b", "comment-in-json", "/* a */", "a comment stands in strict JSON"),
        ("['a']", "syntax-error", "'", "a string stands in single quotes"),
        ("{\"a\": \"b\n}", "syntax-error", "\"b", "a string is not closed on the line where it starts"),
        ("{\"a\": \"b", "syntax-error", "\"b", "a string is not closed on the line where it starts"),
        ("{\"a\": \"b\\\"", "syntax-error", "\"b\\\"", "a string is not closed on the line where it starts"),
        ("[\"a\tb\"]", "control-character", "\t", "the control character U+0009 stands in the text"),
        (r#"["\x"]"#, "syntax-error", r"\x", "a backslash does not start a known escape"),
        (r#"["\ud800"]"#, "syntax-error", r"\ud800", "half of a surrogate pair stands alone"),
        ("{a: 1}", "syntax-error", "a", "a key stands without quotes"),
        (r#"{"a" 1}"#, "syntax-error", "1", "a key is not followed by `:`"),
        (r#"{"a":}"#, "syntax-error", "}", "`}` stands where a value should stand"),
        (r#"{"a": secret}"#, "syntax-error", "secret", "a word stands without quotes"),
        ("[True]", "syntax-error", "True", "`True` is not a JSON word"),
        ("[012]", "syntax-error", "12", "a number starts with a superfluous zero"),
        ("012", "syntax-error", "12", "a number starts with a superfluous zero"),
        ("[0x1F]", "syntax-error", "0", "a number is hexadecimal"),
        ("[+1]", "syntax-error", "+", "a number starts with `+`"),
        ("[1.]", "syntax-error", "1.", "a decimal point has no digit on one of its sides"),
        ("[.5]", "syntax-error", ".", "a decimal point has no digit on one of its sides"),
        ("[NaN]", "syntax-error", "NaN", "`NaN` is not a JSON number"),
        ("[1e400]", "unrepresentable-number", "1e400", "the number is not finite as a double"),
        ("[1", "syntax-error", "", "the text ends before `]`"),
        ("[1}", "syntax-error", "}", "`}` stands where `]` has to close first"),
        ("{} {}", "syntax-error", "{", "more text follows the end of the document"),
        ("[1,,2]", "syntax-error", ",", "`,` stands where a value should stand"),
        (r#"{"a":1, "a":2}"#, "duplicate-key", r#""a""#, "`/a` is defined twice in the same object"),
        ("[\u{a0}1]", "syntax-error", "\u{a0}", "the blank U+00A0 stands between values"),
        ("\u{feff}{}", "byte-order-mark", "\u{feff}", "the file starts with a byte order mark"),
        ("", "empty-document", "", "the document is empty"),
        (" \r\n", "empty-document", "", "the document is empty"),
        ("[\"a\u{0}\"]", "control-character", "\u{0}", "the control character U+0000 stands in the text"),
        ("@", "syntax-error", "@", "a character stands here that JSON does not know"),
    ];
    for (text, code, marked, message) in cases {
        let found = findings(text, Format::Json);
        let expected = (code.to_owned(), marked.to_owned(), message.to_owned());
        assert_eq!(found, [expected], "{text:?}");
    }
}

#[test]
fn messages_never_quote_a_value() {
    let secret = "hunter2";
    for text in [
        format!(r#"{{"password": "{secret}""#),
        format!(r#"{{"password": {secret}}}"#),
        format!("{{\"password\": '{secret}'}}"),
        format!("{{\"password\": \"{secret}\n}}"),
        format!(r#"{{"password": "{secret}\q"}}"#),
        format!(r#"{{"password": "a" "{secret}"}}"#),
    ] {
        for format in [Format::Json, Format::Yaml, Format::Toml] {
            for draft in read(&text, format).drafts {
                let said = format!("{} {} {:?} {:?}", draft.message, draft.expected.text, draft.actual, draft.help);
                assert!(!said.contains(secret), "{format:?} {text} {said}");
            }
        }
    }
}

#[test]
fn jsonc_allows_comments_and_trailing_commas_and_nothing_more() {
    let text = "// head\n{\n  /* a */ \"a\": [1, 2,], // tail\n}\n";
    let parsed = read(text, Format::Jsonc);
    assert!(parsed.drafts.is_empty());
    assert_eq!(parsed.root.unwrap().to_json_text(), r#"{"a":[1,2]}"#);
    for text in ["[,]", "[1,,]", "{a: 1}", "['a']", "[1] /* open"] {
        assert_eq!(findings(text, Format::Jsonc).len(), 1, "{text}");
    }
}

#[test]
fn every_key_and_value_has_its_place_also_after_crlf_and_a_byte_order_mark() {
    let text = "\u{feff}{\r\n  \"port\" : 80,\r\n  \"hosts\": [ \"ä\", {} ]\r\n}\r\n";
    let parsed = read(text, Format::Json);
    let root = parsed.root.as_ref().unwrap();
    let at = |pointer: &str| {
        let node = root.find(&Pointer::parse(pointer).unwrap()).unwrap();
        &text[node.start..node.end]
    };
    assert_eq!(at("/port"), "80");
    assert_eq!(at("/hosts"), "[ \"ä\", {} ]");
    assert_eq!(at("/hosts/0"), "\"ä\"");
    assert_eq!(at("/hosts/1"), "{}");
    let port = root.find_member(&Pointer::parse("/port").unwrap()).unwrap();
    assert_eq!(&text[port.key_start..port.key_end], "\"port\"");
    let span = Locator::new(text.as_bytes(), Some(root)).span(&Place::Key(Pointer::parse("/hosts").unwrap())).unwrap();
    assert_eq!((span.line, span.column, span.end_column), (3, 3, 10));
}

#[test]
fn digits_and_the_order_of_keys_survive() {
    let text = r#"{"z":12345678901234567890123,"a":1.10,"m":1E5,"k":-0,"b":"\u00e4\/\n"}"#;
    let root = read(text, Format::Json).root.unwrap();
    assert_eq!(root.to_json_text(), r#"{"z":12345678901234567890123,"a":1.10,"m":1E5,"k":-0,"b":"ä/\n"}"#);
}

#[test]
fn the_last_of_two_equal_keys_counts_and_the_first_is_shown() {
    let text = r#"{"o": {"a": 1, "b": 2, "a": 3, "a": 4}}"#;
    let parsed = read(text, Format::Json);
    assert_eq!(parsed.root.as_ref().unwrap().to_json_text(), r#"{"o":{"a":4,"b":2}}"#);
    assert_eq!(parsed.drafts.len(), 2);
    assert_eq!(parsed.drafts[0].instance.as_str(), "/o/a");
    assert_eq!(parsed.drafts[0].related[0].place, Place::Bytes(7, 10));
    let many: Vec<String> = (0..100).map(|index| format!("\"k{}\": {index}", index % 99)).collect();
    assert_eq!(findings(&format!("{{{}}}", many.join(",")), Format::Json).len(), 1);
}

#[test]
fn safe_fixes_clear_their_findings() {
    for text in [
        "\u{feff}[1]",
        "[1, 2, ]",
        "{\"a\": {\"b\": 1,},}",
        "{\"a\": 1\n \"b\": 2}",
        "[{} {}]",
        "[\"a\tb\tc\"]",
        "{a: 1}",
        "[1,\u{a0}2]",
    ] {
        let mut edits: Vec<_> = read(text, Format::Json)
            .drafts
            .into_iter()
            .filter_map(|draft| draft.fix)
            .filter(|fix| fix.safety == Safety::Safe)
            .flat_map(|fix| fix.edits)
            .collect();
        edits.sort_by_key(|edit| edit.start);
        let fixed = fix::apply(text, &edits).unwrap();
        assert_eq!(findings(&fixed, Format::Json), [], "{text} became {fixed}");
    }
}

#[test]
fn several_faults_are_reported_at_once_where_the_structure_is_clear() {
    let parsed = read("{\"a\": [1,], /* x */ \"b\": 1 \"c\": 2,}", Format::Json);
    let codes: Vec<_> = parsed.drafts.iter().map(|draft| draft.check.code).collect();
    assert_eq!(codes, ["trailing-comma", "comment-in-json", "syntax-error", "trailing-comma"]);
    assert_eq!(parsed.root.unwrap().to_json_text(), r#"{"a":[1],"b":1,"c":2}"#);
}
