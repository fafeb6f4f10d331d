//! The form for people.

use std::collections::BTreeMap;

use setpoint_core::finding::{Finding, Span};
use setpoint_core::report::{DocumentReport, Report, Verdict};
use setpoint_report::{Format, NoSources, Options};

use crate::sample::{EU, finding, rendered, report, sample, sources, span, span_of, type_mismatch};

/// One finding about `text`, rendered without the closing lines.
fn one(text: &str, finding: Finding, hidden: Vec<Span>, options: &Options) -> String {
    let document = DocumentReport {
        file: "a.yaml".to_owned(),
        verdict: Verdict::Fail,
        findings: vec![finding],
        hidden,
        ..DocumentReport::default()
    };
    let sources = BTreeMap::from([("a.yaml".to_owned(), text.to_owned())]);
    let all = rendered(Format::Text, &Report::new(String::new(), vec![document]), &sources, options);
    all.split("\n\n").next().unwrap().to_owned()
}

/// The displayed line and the line with the mark, without the gutter.
fn marked(text: &str, span: Span, hidden: Vec<Span>, width: usize) -> (String, String) {
    let fault = Finding { span: Some(span), ..finding("fault", "", "it is wrong", "") };
    let page = one(text, fault, hidden, &Options { width, ..Options::default() });
    let lines: Vec<_> = page.lines().collect();
    let inside = |line: &str| line.split_once("|").unwrap().1.to_owned();
    (inside(lines[3]), inside(lines[4]))
}

fn on_one_line(text: &str, needle: &str) -> (String, String) {
    marked(text, span_of(text, needle), Vec::new(), 120)
}

#[test]
fn a_finding_looks_as_the_design_says() {
    let page = one(EU, type_mismatch(), Vec::new(), &Options::default());
    let design = "\
error[type-mismatch]: `/http/port` is the string \"80\"
  --> a.yaml:3:9
   |
 3 |   port: \"80\"
   |         ^^^^ expected an integer from 1 to 65535
   = help: write 80 without the quotes (`setpoint check --fix` does this)
   = retry: after an edit; sending it again unchanged gives the same answer
   = schema: schemas/billing/v2.json#/properties/http/properties/port/type";
    assert_eq!(page, design);
}

#[test]
fn the_sample_as_text() {
    insta::assert_snapshot!("text", sample(Format::Text));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let colored = Options { color: true, ..Options::default() };
    let page = rendered(Format::Text, &report(), &sources(), &colored);
    assert!(page.contains("\u{1b}["));
    let mut plain = String::new();
    for (index, part) in page.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, rendered(Format::Text, &report(), &sources(), &Options::default()));
}

#[test]
fn without_the_text_the_expectation_is_a_note() {
    let page = rendered(Format::Text, &report(), &NoSources, &Options::default());
    assert!(page.contains("  --> config/billing/eu.yaml:3:9\n   = expected: an integer from 1 to 65535\n"), "{page}");
    assert!(!page.contains(" | "), "{page}");
}

#[test]
fn the_hint_at_fix_can_be_left_out() {
    let page = rendered(Format::Text, &report(), &sources(), &Options { fix_hint: false, ..Options::default() });
    assert!(!page.contains("--fix"), "{page}");
}

#[test]
fn a_passing_report_is_one_short_line() {
    let fine = Report::new(String::new(), vec![DocumentReport::default(), DocumentReport::default()]);
    assert_eq!(rendered(Format::Text, &fine, &NoSources, &Options::default()), "2 documents checked: no findings\n");
}

#[test]
fn line_numbers_of_any_length_keep_the_gutter_straight() {
    let text = format!("{}port: x\n", "\n".repeat(99));
    let fault = Finding { span: Some(span_of(&text, "x")), ..finding("fault", "", "it is wrong", "a number") };
    let page = one(&text, fault, Vec::new(), &Options::default());
    let expected = "\
error[fault]: it is wrong
    --> a.yaml:100:7
     |
 100 | port: x
     |       ^ expected a number
     = retry: after an edit; sending it again unchanged gives the same answer";
    assert_eq!(page, expected);
}

#[test]
fn carets_stand_under_their_text_after_tabs_and_wide_characters() {
    assert_eq!(on_one_line("\tport: 80", "80"), ("     port: 80".to_owned(), "           ^^".to_owned()));
    assert_eq!(on_one_line("名前: 80", "80"), (" 名前: 80".to_owned(), "       ^^".to_owned()));
    assert_eq!(on_one_line("a: 名前 # b", "名前"), (" a: 名前 # b".to_owned(), "    ^^^^".to_owned()));
    assert_eq!(on_one_line("e\u{301}: 80", "80"), (" e\u{301}: 80".to_owned(), "    ^^".to_owned()));
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    let (line, mark) = on_one_line("a: \u{1b}[2J\u{202e}80", "80");
    assert_eq!(line, " a: \\u{1b}[2J\\u{202e}80");
    assert_eq!(mark, format!(" {}^^", " ".repeat(line.len() - 3)));
}

#[test]
fn a_span_over_lines_is_marked_on_its_first_line() {
    let text = "http: {   \n  port: 80\n}\n";
    let (line, mark) = marked(text, span(text, 6, text.len() - 1), Vec::new(), 120);
    assert_eq!((line.as_str(), mark.as_str()), (" http: {   ", "       ^"));
}

#[test]
fn an_empty_span_gets_one_caret_even_at_the_end() {
    let text = "a: 1";
    assert_eq!(marked(text, span(text, 4, 4), Vec::new(), 120), (" a: 1".to_owned(), "     ^".to_owned()));
    let text = "";
    assert_eq!(marked(text, span(text, 0, 0), Vec::new(), 120), (String::new(), " ^".to_owned()));
}

#[test]
fn a_long_line_is_cut_around_the_fault() {
    let text = format!("{{{}\"port\": \"80\"{}}}", "\"a\": 1, ".repeat(5000), ", \"z\": 0".repeat(5000));
    let (line, mark) = marked(&text, span_of(&text, "\"80\""), Vec::new(), 60);
    assert_eq!(line, " …\"a\": 1, \"a\": 1, \"port\": \"80\", \"z\": 0, \"z\": 0, \"z\": 0,…");
    assert_eq!(mark, "                          ^^^^");
    // Nothing is cut on the left while there is room, nor on the right.
    let (line, _) = marked(&text, span_of(&text, "\"a\""), Vec::new(), 60);
    assert!(line.starts_with(" {\"a\": 1") && line.ends_with('…'), "{line}");
    let last = text.len() - 2;
    let (line, mark) = marked(&text, span(&text, last, last + 1), Vec::new(), 60);
    assert!(line.starts_with(" …") && line.ends_with("\"z\": 0}"), "{line}");
    assert_eq!(line.chars().count(), mark.chars().count() + 1);
    // A fault longer than the terminal fills two thirds of it.
    let (line, mark) = marked(&text, span(&text, 1000, 30_000), Vec::new(), 60);
    assert!(line.chars().count() <= 56 && mark.chars().count() <= line.chars().count(), "{line}\n{mark}");
}

#[test]
fn a_secret_is_masked_whatever_its_length() {
    for secret in ["x", "hunter2", &"ünï".repeat(50_000)] {
        let text = format!("password: {secret} # plan: 1");
        let at = span(&text, 10, 10 + secret.len());
        let shown = marked(&text, at, vec![at], 120);
        assert_eq!(shown, (" password: •••••• # plan: 1".to_owned(), "           ^^^^^^".to_owned()));
        let shown = marked(&text, span_of(&text, "plan"), vec![at], 120);
        assert_eq!(shown, (" password: •••••• # plan: 1".to_owned(), "                    ^^^^".to_owned()));
    }
}

#[test]
fn a_secret_whose_borders_cut_characters_is_masked_whole() {
    let text = "key: жжж # b";
    for (start, end, left) in [(6, 10, 0), (6, 9, 1), (5, 8, 1), (6, 7, 2)] {
        let hidden = Span { start, end, line: 1, column: 1, end_line: 1, end_column: 1 };
        let (line, _) = marked(text, span_of(text, "b"), vec![hidden], 120);
        assert_eq!(line, format!(" key: ••••••{} # b", "ж".repeat(left)));
    }
}

#[test]
fn a_secret_that_began_lines_ago_is_masked_as_well() {
    let text = "key: |\n  first\n  second\nplan: 1\n";
    let hidden = span(text, 5, text.find("plan").unwrap());
    assert_eq!(marked(text, span_of(text, "second"), vec![hidden], 120).0, " ••••••");
}

#[test]
fn a_file_that_is_not_utf8_still_has_an_excerpt() {
    let document = DocumentReport {
        file: "a.yaml".to_owned(),
        findings: vec![Finding {
            span: Some(Span { start: 4, end: 5, line: 1, column: 5, end_line: 1, end_column: 6 }),
            ..finding("not-utf8", "", "the byte 0xff is not UTF-8", "UTF-8")
        }],
        ..DocumentReport::default()
    };
    let sources = BTreeMap::from([("a.yaml".to_owned(), b"a: b\xff\xfec".to_vec())]);
    let page = rendered(Format::Text, &Report::new(String::new(), vec![document]), &sources, &Options::default());
    assert!(page.contains(" 1 | a: b\\xff\\xfec\n   |     ^^^^ expected UTF-8\n"), "{page}");
}

#[test]
fn a_finding_in_a_schema_does_not_call_its_own_place_a_schema() {
    let fault = Finding { keyword: "a.yaml#/type".to_owned(), ..finding("bad-schema", "", "it is wrong", "a type") };
    assert!(one("x", fault, Vec::new(), &Options::default()).ends_with("   = at: a.yaml#/type"));
}
