//! Reports and texts that fit nothing: no form may panic, break its own grammar or show a secret.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use setpoint_core::finding::{Edit, Finding, Fix, Related, Safety, Severity, Span};
use setpoint_core::report::{DocumentReport, Report, Verdict};
use setpoint_report::{Format, Options, render};

use crate::sample::finding;

/// Stands in the texts for what must not be shown; no other part of a report contains it.
const SECRET: char = 'Ж';

/// Mostly near a small text, sometimes absurd.
fn offset() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..200_usize, 1 => Just(usize::MAX), 1 => any::<usize>()]
}

fn any_span() -> impl Strategy<Value = Span> {
    (offset(), offset(), offset(), offset(), offset(), offset()).prop_map(
        |(start, end, line, column, end_line, end_column)| Span { start, end, line, column, end_line, end_column },
    )
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let severity = prop_oneof![Just(Severity::Error), Just(Severity::Warning), Just(Severity::Undecided)];
    let edits = vec((offset(), offset(), ".{0,4}").prop_map(|(start, end, text)| Edit { start, end, text }), 0..3);
    let related = vec((any::<Option<bool>>(), proptest::option::of(any_span())), 0..3);
    (severity, "\\PC{0,20}|.{0,20}", proptest::option::of(any_span()), proptest::option::of(edits), related).prop_map(
        |(severity, message, span, edits, related)| Finding {
            severity,
            help: (message.len() > 9).then(|| message.clone()),
            span,
            fix: edits.map(|edits| Fix { safety: Safety::Safe, edits }),
            related: related
                .into_iter()
                .map(|(elsewhere, span)| Related {
                    message: message.clone(),
                    file: elsewhere.map(|_| "b,%\n.yaml".to_owned()),
                    span,
                })
                .collect(),
            ..finding("fault", "/a~1b", &message, &message)
        },
    )
}

/// Text with secrets in it, and the regions of the secrets.
fn any_text() -> impl Strategy<Value = (Vec<u8>, Vec<Span>)> {
    let piece = prop_oneof![
        4 => "[a-z \"]{0,30}".prop_map(|text| (text.into_bytes(), false)),
        2 => "[\n\r\t名e\u{301}\u{202e}]{0,5}".prop_map(|text| (text.into_bytes(), false)),
        1 => vec(128..=255_u8, 1..4).prop_map(|bytes| (bytes, false)),
        2 => (1..60_usize).prop_map(|length| (SECRET.to_string().repeat(length).into_bytes(), true)),
    ];
    vec(piece, 0..12).prop_map(|pieces| {
        let mut text = Vec::new();
        let mut hidden = Vec::new();
        for (bytes, is_secret) in pieces {
            let start = text.len();
            text.extend_from_slice(&bytes);
            if is_secret {
                hidden.push(Span { start, end: text.len(), line: 1, column: 1, end_line: 1, end_column: 1 });
            }
        }
        (text, hidden)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn every_form_of_every_report_is_well_formed_and_discreet(
        findings in vec(any_finding(), 0..4),
        (text, hidden) in any_text(),
        file in prop_oneof![Just("a.yaml".to_owned()), Just("a.ndjson:18446744073709551615".to_owned()), ".{0,12}"],
        width in offset(),
        color in any::<bool>(),
    ) {
        let count = findings.len();
        let document = DocumentReport {
            file: file.clone(), verdict: Verdict::of(&findings), findings, hidden, ..DocumentReport::default()
        };
        let report = Report::new("sha256:0".to_owned(), vec![document]);
        let sources = BTreeMap::from([(file, text)]);
        let options = Options { width, color, ..Options::default() };
        for format in Format::ALL {
            let mut out = Vec::new();
            render(format, &report, &sources, &options, &mut out).expect("memory takes everything");
            let out = String::from_utf8(out).expect("every form is UTF-8");
            prop_assert!(!out.contains(SECRET), "{format} shows a secret:\n{out}");
            prop_assert!(out.ends_with('\n'));
            match format {
                Format::Text => prop_assert!(color || !out.contains(|c: char| c.is_control() && c != '\n'), "{out:?}"),
                Format::Github => {
                    prop_assert_eq!(out.lines().filter(|line| line.starts_with("::")).count(), count);
                }
                Format::Junit => {
                    let junit = quick_junit::Report::deserialize_from_str(&out).expect("it is JUnit");
                    prop_assert_eq!(junit.tests, 1);
                }
                Format::Ndjson => prop_assert_eq!(out.lines().count(), 2),
                Format::Json | Format::Sarif | Format::Gitlab | Format::Rdjson => {
                    serde_json::from_str::<serde_json::Value>(&out).expect("it is JSON");
                }
            }
        }
    }
}
