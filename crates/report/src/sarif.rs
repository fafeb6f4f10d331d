//! SARIF 2.1.0, for code scanning services (OASIS standard of 27 March 2020).
//!
//! Decisions that services depend on: `ruleId` is the finding's code, which never changes its meaning; addresses are
//! relative to the repository; columns count Unicode code points (`columnKind`), as the core does, and byte offsets
//! stand beside them; `partialFingerprints` carries the core's fingerprint, so that a fault keeps its identity when
//! lines move. No region has a `snippet`, so no text of a document, and no secret, is copied. GitHub accepts at most
//! 25,000 results in a run and shows 5,000.

mod address;
mod model;
mod rules;

use std::collections::BTreeMap;
use std::io::{self, Write};

use setpoint_core::finding::{Edit, Finding, Fix, Safety, Severity, Span};
use setpoint_core::report::Report;

use self::address::relative_uri;
use self::model::{
    ArtifactChange, ArtifactLocation, Content, Driver, Invocation, LogicalLocation, Message, PhysicalLocation,
    Properties, Region, Replacement, ResultEntry, Run, RunProperties, Sarif, Suggested, Tool, Where,
};
use self::rules::rules;
use crate::location::{Location, Text};
use crate::options::Options;
use crate::sources::Sources;
use crate::wording::{self, plain};

/// Writes the report as one run.
///
/// # Errors
/// Only what `out` returns.
pub fn render(report: &Report, sources: &dyn Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules(report, options);
    let positions: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id.as_ref(), index)).collect();
    let mut results = Vec::new();
    for document in &report.reports {
        let location = Location::new(&document.file, sources);
        let has_fix = document.findings.iter().any(|finding| finding.fix.is_some());
        let text = if has_fix { Text::of(&document.file, sources) } else { None };
        for finding in &document.findings {
            let index = positions.get(finding.code.as_ref()).copied().unwrap_or_default();
            results.push(result(finding, index, location, text.as_ref()));
        }
    }
    let sarif = Sarif {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Driver { name: "setpoint", semantic_version: &report.setpoint, rules: &rules } },
            invocations: [Invocation { execution_successful: true }],
            column_kind: "unicodeCodePoints",
            results,
            properties: RunProperties { bundle: &report.bundle, verdict: report.verdict, summary: &report.summary },
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &sarif)?;
    writeln!(out)
}

/// How severities appear. An undecided finding blocks, so it has to look like something that blocks.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error | Severity::Undecided => "error",
        Severity::Warning => "warning",
        Severity::Debt => "note",
    }
}

fn result<'a>(
    finding: &'a Finding,
    rule_index: usize,
    location: Location<'a>,
    text: Option<&Text<'_>>,
) -> ResultEntry<'a> {
    let mut message = wording::message(finding);
    if let Some(help) = &finding.help {
        message.push_str("; ");
        message.push_str(&plain(help));
    }
    let place = |span: Option<Span>, path: &str, location: Location<'_>| PhysicalLocation {
        artifact_location: ArtifactLocation { uri: relative_uri(path) },
        region: region(span, location),
    };
    let related = finding.related.iter().enumerate().map(|(id, related)| {
        let whole = Location { path: related.file.as_deref().unwrap_or_default(), first_line: 1, is_line: false };
        let location = if related.file.is_some() { whole } else { location };
        Where {
            id: Some(id + 1),
            physical_location: place(related.span, location.path, location),
            logical_locations: Vec::new(),
            message: Some(Message { text: literal(&plain(&related.message)) }),
        }
    });
    let pointer = finding.instance.as_str();
    let logical = (!pointer.is_empty()).then_some(LogicalLocation { fully_qualified_name: pointer, kind: "property" });
    ResultEntry {
        rule_id: &finding.code,
        rule_index,
        level: level(finding.severity),
        message: Message { text: literal(&message) },
        locations: [Where {
            id: None,
            physical_location: place(finding.span, location.path, location),
            logical_locations: logical.into_iter().collect(),
            message: None,
        }],
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([("setpoint/v1", finding.fingerprint.as_str())]),
        fixes: finding.fix.as_ref().and_then(|fix| fixed(finding, fix, location, text)).into_iter().collect(),
        properties: Properties {
            severity: finding.severity,
            instance: pointer,
            keyword: &finding.keyword,
            expected: &finding.expected,
            actual: finding.actual.as_ref(),
            retry: &finding.retry,
            owner: finding.owner.as_deref(),
        },
    }
}

/// A finding about the file as a whole points at its start, because GitHub asks for a region.
fn region(span: Option<Span>, location: Location<'_>) -> Region {
    let given = span.unwrap_or(Span { start: 0, end: 0, line: 1, column: 1, end_line: 1, end_column: 1 });
    let bytes = (span.is_some() && !location.is_line).then_some((given.start, given.end.saturating_sub(given.start)));
    let span = location.span(given);
    Region {
        start_line: Some(span.line),
        start_column: Some(span.column),
        end_line: Some(span.end_line),
        end_column: Some(span.end_column),
        byte_offset: bytes.map(|(offset, _)| offset),
        byte_length: bytes.map(|(_, length)| length),
    }
}

fn fixed(finding: &Finding, fix: &Fix, location: Location<'_>, text: Option<&Text<'_>>) -> Option<Suggested> {
    let replacements: Option<Vec<_>> = fix
        .edits
        .iter()
        .map(|edit| {
            let inserted_content = Content { text: edit.text.clone() };
            Some(Replacement { deleted_region: edited(edit, location, text)?, inserted_content })
        })
        .collect();
    let action = finding.help.as_deref().map_or_else(|| "clear the finding".into(), plain);
    let description = match fix.safety {
        Safety::Safe => action.into_owned(),
        Safety::Unsafe => format!("{action} (a guess: look before you accept it)"),
    };
    Some(Suggested {
        description: Message { text: literal(&description) },
        artifact_changes: [ArtifactChange {
            artifact_location: ArtifactLocation { uri: relative_uri(location.path) },
            replacements: replacements.filter(|all| !all.is_empty())?,
        }],
    })
}

/// The region that an edit replaces. Without the text only its bytes are known, and those mean nothing when they count
/// from the start of a line of an NDJSON file: then there is no fix.
fn edited(edit: &Edit, location: Location<'_>, text: Option<&Text<'_>>) -> Option<Region> {
    let end = edit.end.max(edit.start);
    let bytes = (!location.is_line).then_some((edit.start, end - edit.start));
    let ends = text.map(|text| (text.position(edit.start), text.position(end)));
    if bytes.is_none() && ends.is_none() {
        return None;
    }
    Some(Region {
        start_line: ends.map(|(start, _)| location.line(start.line)),
        start_column: ends.map(|(start, _)| start.column),
        end_line: ends.map(|(_, end)| location.line(end.line)),
        end_column: ends.map(|(_, end)| end.column),
        byte_offset: bytes.map(|(offset, _)| offset),
        byte_length: bytes.map(|(_, length)| length),
    })
}

/// Plain text: `[a](b)` would be a link (section 3.11.6), and user input must not make links.
fn literal(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_input_makes_no_links() {
        assert_eq!(literal("`[a](http://b)`"), "`\\[a\\](http://b)`");
        assert_eq!(literal("`a[0]`"), "`a[0]`");
    }
}
