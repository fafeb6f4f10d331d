//! Turning pointers into byte spans, lines and columns: once, late, here. The result is what leaves the core.

mod lines;

use std::collections::BTreeMap;

use crate::digest::sha256_hex;
use crate::finding::{Actual, Draft, Finding, Place, Related, Span};
use crate::pointer::Pointer;
use crate::source::Node;

use lines::Lines;

/// Where finding pages are; the code follows.
const PAGES: &str = "setpoint://explain/";

/// What findings of one document have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The family, part of fingerprints.
    pub settings: Option<&'a str>,
    /// Whom to ask.
    pub owner: Option<&'a str>,
}

/// Knows where things stand in one text.
///
/// ```
/// use setpoint_core::finding::Place;
/// use setpoint_core::location::Locator;
/// use setpoint_core::pointer::Pointer;
/// use setpoint_core::source::{Format, Limits, parse};
///
/// let text = b"{\n  \"port\": \"80\"\n}";
/// let parsed = parse(text, Format::Json, &Limits::default());
/// let locator = Locator::new(text, parsed.root.as_ref());
/// let span = locator.span(&Place::Value(Pointer::root().child("port")));
/// assert_eq!(span.map(|span| (span.line, span.column, span.end_column)), Some((2, 11, 15)));
/// ```
#[derive(Debug)]
pub struct Locator<'a> {
    lines: Lines<'a>,
    root: Option<&'a Node>,
}

impl<'a> Locator<'a> {
    /// A locator for a text and, where it could be parsed, its tree.
    #[must_use]
    pub fn new(text: &'a [u8], root: Option<&'a Node>) -> Self {
        Self { lines: Lines::new(text), root }
    }

    /// Drafts as findings, in the order of the text (findings without a place come first), then by code.
    #[must_use]
    pub fn finish(&self, drafts: Vec<Draft>, context: &Context<'_>) -> Vec<Finding> {
        let mut findings: Vec<Finding> = drafts.into_iter().map(|draft| self.finding(draft, context)).collect();
        findings.sort_by(|a, b| {
            a.span.cmp(&b.span).then_with(|| a.code.cmp(&b.code)).then_with(|| a.instance.cmp(&b.instance))
        });
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for finding in &mut findings {
            let identity = identity(finding, context);
            let ordinal = seen.entry(identity.clone()).or_default();
            finding.fingerprint = fingerprint(&identity, *ordinal);
            *ordinal += 1;
        }
        findings
    }

    /// The region of a place. A pointer that leads to nothing gives the innermost value on its way; `None` stands
    /// for the file as a whole and for pointers into a text without a tree.
    #[must_use]
    pub fn span(&self, place: &Place) -> Option<Span> {
        let (start, end) = match place {
            Place::File => return None,
            Place::Bytes(start, end) => (*start, *end),
            Place::Value(pointer) => self.value(pointer)?,
            Place::Key(pointer) => match self.root?.find_member(pointer) {
                Some(member) => (member.key_start, member.key_end),
                None => self.value(pointer)?,
            },
        };
        Some(self.lines.span(start, end))
    }

    /// The number of UTF-16 code units before byte `at`: what browsers and language servers count.
    #[must_use]
    pub fn utf16(&self, at: usize) -> usize {
        self.lines.utf16(at)
    }

    fn value(&self, pointer: &Pointer) -> Option<(usize, usize)> {
        let root = self.root?;
        let mut pointer = pointer.clone();
        loop {
            if let Some(node) = root.find(&pointer) {
                return Some((node.start, node.end));
            }
            pointer = pointer.parent()?;
        }
    }

    fn finding(&self, draft: Draft, context: &Context<'_>) -> Finding {
        Finding {
            code: draft.check.code.into(),
            severity: draft.severity,
            span: self.span(&draft.place),
            related: draft
                .related
                .into_iter()
                .map(|related| Related { message: related.message, file: None, span: self.span(&related.place) })
                .collect(),
            instance: draft.instance,
            keyword: draft.keyword,
            message: draft.message,
            expected: draft.expected,
            actual: draft.actual.map(|text| Actual { text }),
            retry: draft.retry,
            help: draft.help,
            fix: draft.fix,
            owner: draft.owner.or_else(|| context.owner.map(str::to_owned)),
            reason: draft.reason,
            url: format!("{PAGES}{}", draft.check.code),
            fingerprint: String::new(),
        }
    }
}

/// What makes two findings of different runs the same one: neither the file's name, nor the value, nor the offset.
fn identity(finding: &Finding, context: &Context<'_>) -> String {
    let settings = context.settings.unwrap_or_default();
    // NUL stands in none of the parts.
    [&finding.code, settings, finding.instance.as_str(), finding.keyword.as_str()].join("\0")
}

/// Findings with the same identity are told apart by their order in the text.
fn fingerprint(identity: &str, ordinal: usize) -> String {
    let text = if ordinal == 0 { identity.to_owned() } else { format!("{identity}\0{ordinal}") };
    sha256_hex(text.as_bytes()).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::finding::Expected;
    use crate::source::{Format, Limits, parse};

    crate::declare_check! {
        /// A check for the tests below.
        SAMPLE = "sample", Error, "a sample";
    }

    fn draft(place: Place) -> Draft {
        let instance = match &place {
            Place::Value(pointer) | Place::Key(pointer) => pointer.clone(),
            _ => Pointer::root(),
        };
        Draft::new(&SAMPLE, instance, place, "something is wrong", Expected::text("something else"))
    }

    fn pointer(text: &str) -> Pointer {
        Pointer::parse(text).unwrap()
    }

    fn findings(text: &str, places: &[Place]) -> Vec<Finding> {
        let parsed = parse(text.as_bytes(), Format::Json, &Limits::default());
        let locator = Locator::new(text.as_bytes(), parsed.root.as_ref());
        locator.finish(places.iter().cloned().map(draft).collect(), &Context::default())
    }

    #[test]
    fn a_place_is_the_value_the_key_or_the_nearest_value_around() {
        let text = "{\"é\": [1,\n 22]}";
        let cases = [
            (Place::Value(pointer("/é/1")), (12, 14, 2, 2, 2, 4)),
            (Place::Key(pointer("/é")), (1, 5, 1, 2, 1, 5)),
            (Place::Value(pointer("/é")), (7, 15, 1, 7, 2, 5)),
            (Place::Value(pointer("/é/7/x")), (7, 15, 1, 7, 2, 5)),
            (Place::Key(pointer("/é/0")), (8, 9, 1, 8, 1, 9)),
            (Place::Value(pointer("/nothing")), (0, 16, 1, 1, 2, 6)),
            (Place::Bytes(2, 3), (2, 4, 1, 3, 1, 4)),
            (Place::Bytes(90, 99), (16, 16, 2, 6, 2, 6)),
        ];
        for (place, (start, end, line, column, end_line, end_column)) in cases {
            let span = findings(text, std::slice::from_ref(&place))[0].span;
            assert_eq!(span, Some(Span { start, end, line, column, end_line, end_column }), "{place:?}");
        }
        assert_eq!(findings(text, &[Place::File])[0].span, None);
    }

    #[test]
    fn findings_come_in_the_order_of_the_text() {
        let found = findings("[1, 2, 3]", &[Place::Value(pointer("/2")), Place::File, Place::Value(pointer("/0"))]);
        let starts: Vec<_> = found.iter().map(|finding| finding.span.map(|span| span.start)).collect();
        assert_eq!(starts, [None, Some(1), Some(7)]);
        assert_eq!(found[0].url, "setpoint://explain/sample");
    }

    #[test]
    fn a_fingerprint_survives_edits_elsewhere_and_tells_twins_apart() {
        let place = Place::Value(pointer("/b"));
        let before = findings("{\"b\": 1}", std::slice::from_ref(&place));
        let after = findings("{\n  \"a\": 0,\n  \"b\": 2\n}", &[place.clone(), place]);
        assert_eq!(before[0].fingerprint, after[0].fingerprint);
        assert_ne!(after[0].fingerprint, after[1].fingerprint);
        assert_eq!(before[0].fingerprint.len(), 16);
    }

    #[test]
    fn utf16_offsets_count_two_for_characters_beyond_the_basic_plane() {
        let text = "aé😀b".as_bytes();
        let locator = Locator::new(text, None);
        assert_eq!([0, 1, 3, 7, 8, 99].map(|at| locator.utf16(at)), [0, 1, 2, 4, 5, 5]);
    }
}
