//! The rules of a run: one for each code that occurs, in the order of the codes.

use std::collections::BTreeMap;

use setpoint_core::finding::Finding;
use setpoint_core::report::Report;

use super::level;
use super::model::{Configuration, Help, Message, Rule};
use crate::options::Options;

pub(super) fn rules<'a>(report: &'a Report, options: &Options) -> Vec<Rule<'a>> {
    let mut examples: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in report.reports.iter().flat_map(|document| &document.findings) {
        examples.entry(&finding.code).or_insert(finding);
    }
    examples.into_iter().map(|(code, example)| rule(code, example, options)).collect()
}

fn rule<'a>(code: &'a str, example: &'a Finding, options: &Options) -> Rule<'a> {
    let check = (options.describe)(code);
    let title = check.map_or_else(|| code.replace('-', " "), |check| check.title.to_owned());
    let page = check.map_or_else(String::new, |check| page(check.page));
    Rule {
        id: code.into(),
        short_description: Message { text: title.clone() },
        help: Help {
            text: if page.is_empty() { title } else { page.clone() },
            markdown: (!page.is_empty()).then_some(page),
        },
        help_uri: (!example.url.is_empty()).then_some(&example.url),
        default_configuration: Configuration { level: level(check.map_or(example.severity, |check| check.severity)) },
    }
}

/// The page without the blank that a doc comment has before each line.
fn page(page: &str) -> String {
    let lines: Vec<&str> = page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}
