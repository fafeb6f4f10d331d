//! The form of an answer that editors get: the report as it is, and
//!
//! - every object with `start` and `end` (spans and edits) also has `utf16_start` and `utf16_end`, the same places
//!   in UTF-16 code units, wherever the text it points into is at hand;
//! - `expected.value`, the witness of a comparison, and the value of a document, is a string that holds JSON text, because a
//!   JavaScript number would lose digits of a large integer. `JSON.parse` makes a value of it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};
use setpoint_core::call::{CompareAnswer, Directions};
use setpoint_core::finding::Literal;
use setpoint_core::location::Locator;
use setpoint_core::report::DocumentReport;

/// Finds the text of a file that a report names.
pub type Lookup<'a> = dyn Fn(&str) -> Option<Cow<'a, [u8]>> + 'a;

/// Replaces the nearest values by strings that hold their JSON text.
pub fn literals_as_text(report: &mut DocumentReport) {
    report.findings.iter_mut().filter_map(|finding| finding.expected.value.as_mut()).for_each(as_text);
}

/// The same for a comparison, whose witnesses are values too.
pub fn comparison_as_text(answer: &mut CompareAnswer) {
    answer.reports.iter_mut().for_each(literals_as_text);
    for Directions { backward, forward, .. } in [&mut answer.any, &mut answer.declared].into_iter().flatten() {
        for evidence in backward.evidence.iter_mut().chain(&mut forward.evidence) {
            evidence.witness.as_mut().into_iter().for_each(as_text);
            evidence.finding.iter_mut().filter_map(|finding| finding.expected.value.as_mut()).for_each(as_text);
        }
    }
}

/// Makes a value a string that holds its JSON text.
pub fn as_text(literal: &mut Literal) {
    if let Some(text) = serde_json::to_string(literal.as_str()).ok().and_then(Literal::from_json) {
        *literal = text;
    }
}

/// Writes an answer as JSON with UTF-16 offsets beside the byte offsets. The member `file` of an object names the text
/// that the spans below it point into.
///
/// # Errors
/// When the answer cannot be represented in JSON, which no answer of the core does.
pub fn write(answer: &impl Serialize, lookup: &Lookup<'_>) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(answer)?;
    annotate(&mut value, "", None, lookup);
    serde_json::to_string(&value)
}

/// The same for an answer that names no file, and whose spans all point into one text.
///
/// # Errors
/// As [`write`].
pub fn write_about(answer: &impl Serialize, text: &[u8]) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(answer)?;
    annotate(&mut value, "", Some(&Locator::new(text, None)), &|_| None);
    serde_json::to_string(&value)
}

fn annotate(value: &mut Value, file: &str, text: Option<&Locator<'_>>, lookup: &Lookup<'_>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| annotate(item, file, text, lookup)),
        Value::Object(members) => {
            match members.get("file").and_then(Value::as_str).filter(|named| *named != file).map(str::to_owned) {
                None => annotate_members(members, file, text, lookup),
                Some(named) => {
                    let bytes = lookup(&named);
                    let text = bytes.as_deref().map(|bytes| Locator::new(bytes, None));
                    annotate_members(members, &named, text.as_ref(), lookup);
                }
            }
        }
        _ => {}
    }
}

fn annotate_members(members: &mut Map<String, Value>, file: &str, text: Option<&Locator<'_>>, lookup: &Lookup<'_>) {
    for member in members.values_mut() {
        annotate(member, file, text, lookup);
    }
    if let Some(text) = text {
        for (bytes, units) in [("start", "utf16_start"), ("end", "utf16_end")] {
            let offset = members.get(bytes).and_then(Value::as_u64).and_then(|offset| usize::try_from(offset).ok());
            if let Some(offset) = offset {
                members.insert(units.to_owned(), text.utf16(offset).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn annotated(answer: &Value, texts: &[(&str, &str)]) -> Value {
        let lookup = |file: &str| {
            texts.iter().find(|(name, _)| *name == file).map(|(_, text)| Cow::Owned(text.as_bytes().to_vec()))
        };
        serde_json::from_str(&write(answer, &lookup).unwrap()).unwrap()
    }

    #[test]
    fn spans_and_edits_get_the_offsets_of_their_own_file() {
        let answer = json!({ "file": "a.json", "findings": [{
            "span": { "start": 4, "end": 6 },
            "fix": { "edits": [{ "start": 4, "end": 4, "text": "" }] },
            "related": [{ "message": "", "file": "b.json", "span": { "start": 2, "end": 3 } }],
        }]});
        let seen = annotated(&answer, &[("a.json", "😀xx"), ("b.json", "éx")]);
        let finding = &seen["findings"][0];
        assert_eq!(finding["span"], json!({ "start": 4, "end": 6, "utf16_start": 2, "utf16_end": 4 }));
        assert_eq!(finding["fix"]["edits"][0]["utf16_start"], 2);
        assert_eq!(finding["related"][0]["span"]["utf16_end"], 2);
    }

    #[test]
    fn a_place_in_a_text_that_is_not_at_hand_keeps_only_its_byte_offsets() {
        let answer = json!({ "file": "a.json", "findings": [{
            "related": [{ "message": "", "file": "elsewhere", "span": { "start": 2, "end": 3 } }],
        }]});
        let seen = annotated(&answer, &[("a.json", "")]);
        assert_eq!(seen["findings"][0]["related"][0]["span"], json!({ "start": 2, "end": 3 }));
    }

    #[test]
    fn the_nearest_value_becomes_json_text_with_every_digit() {
        let mut report: DocumentReport = serde_json::from_value(json!({ "file": "", "verdict": "fail", "findings": [{
            "code": "x", "severity": "error", "instance": "", "message": "", "expected": { "text": "" },
            "retry": { "when": "never", "text": "" }, "url": "", "fingerprint": "",
        }]}))
        .unwrap();
        report.findings[0].expected.value = Literal::from_json("18446744073709551617".to_owned());
        literals_as_text(&mut report);
        assert_eq!(serde_json::to_value(&report).unwrap()["findings"][0]["expected"]["value"], "18446744073709551617");
    }
}
