//! Examples beside rules.

use serde_json::Value as Json;

use super::LoadedRules;
use super::apply::{self, Kind};
use super::rule::as_text;
use crate::checks;
use crate::finding::Draft;
use crate::pointer::Pointer;
use crate::source::Node;

/// An example of a document, and what a rule says about it.
#[derive(Debug)]
pub struct Case {
    /// The rule file.
    pub file: String,
    /// The rule in it.
    pub rule_at: Pointer,
    /// Where the example stands in the file.
    pub at: Pointer,
    /// The version.
    pub version: u32,
    /// The rule, by its number among those of the version.
    pub rule: usize,
    /// What is judged.
    pub document: Json,
    /// What it was before.
    pub before: Option<Json>,
    /// Whether the rule says yes.
    pub passes: bool,
    /// What it says otherwise.
    pub message: Option<String>,
}

/// The examples of a rule.
pub fn of(node: &Node, rule_at: &Pointer, file: &str, version: u32, rule: usize) -> Vec<Case> {
    let cases = super::items(node.member("cases").map(|member| &member.node), &rule_at.child("cases"));
    cases
        .into_iter()
        .filter_map(|(at, case)| {
            Some(Case {
                file: file.to_owned(),
                rule_at: rule_at.clone(),
                at,
                version,
                rule,
                document: case.member("self")?.node.to_json_value(),
                before: case.member("oldSelf").map(|member| member.node.to_json_value()),
                passes: as_text(&case.member("expect")?.node)? == "pass",
                message: case.member("message").and_then(|member| as_text(&member.node)).map(str::to_owned),
            })
        })
        .collect()
}

/// What came of the examples of a family.
#[derive(Debug, Default)]
pub struct Tried {
    /// Rules in rule files.
    pub rules: usize,
    /// Examples.
    pub cases: usize,
    /// Examples that came out as their authors say.
    pub passed: usize,
    /// Rules of which no example fails.
    pub without_failing_case: Vec<String>,
    /// What is wrong, by file.
    pub drafts: Vec<(String, Draft)>,
}

/// Tries all examples.
pub fn try_all(loaded: &LoadedRules) -> Tried {
    let mut tried = Tried { cases: loaded.cases.len(), ..Tried::default() };
    for case in &loaded.cases {
        let Some(rules) = loaded.versions.get(&case.version) else { continue };
        let Some(rule) = rules.rules.get(case.rule) else { continue };
        let violation = apply::judge_one(rules, rule, &case.document, case.before.as_ref());
        let outcome = match violation.as_ref().map(|violation| &violation.kind) {
            None => Ok(None),
            Some(Kind::Failed { message, .. }) => Ok(Some(checks::rule_failed::message(rule, message.as_deref()))),
            Some(Kind::Fault { fault, .. }) => Err(format!("the rule could not be evaluated: {}", fault.message)),
            Some(Kind::Costly(work) | Kind::DocumentCostly(work)) => {
                Err(format!("the rule took more than {work} units of work"))
            }
        };
        let is_skipped = rule.is_transition && case.before.is_none() && !rule.optional_old_self;
        let wrong = match (&outcome, &case.message) {
            _ if is_skipped => {
                Some("the rule was not asked: it is about a change, and there is no `oldSelf`".to_owned())
            }
            (Err(reason), _) => Some(reason.clone()),
            (Ok(None), _) if !case.passes => Some("the rule passes".to_owned()),
            (Ok(Some(message)), _) if case.passes => Some(format!("the rule fails: {message}")),
            (Ok(Some(message)), Some(wanted)) if message != wanted => {
                Some(format!("the rule fails with another message: {message}"))
            }
            (Ok(_), _) => None,
        };
        match wrong {
            Some(wrong) => tried.drafts.push((case.file.clone(), checks::rule_case_failed::draft(case, rule, &wrong))),
            None => tried.passed += 1,
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for (version, rules) in &loaded.versions {
        for (_, index) in &rules.placed {
            let Some(rule) = rules.rules.get(*index) else { continue };
            let Some(id) = &rule.id else { continue };
            if !seen.insert(id.clone()) {
                continue;
            }
            tried.rules += 1;
            let mut own = loaded.cases.iter().filter(|case| case.version == *version && case.rule == *index);
            if !own.any(|case| !case.passes) {
                tried.without_failing_case.push(id.clone());
                let (file, place) = rule.keyword.split_once('#').unwrap_or((&rule.keyword, ""));
                let place = Pointer::parse(place).unwrap_or_default();
                tried.drafts.push((file.to_owned(), checks::rule_without_failing_case::draft(id, &place)));
            }
        }
    }
    tried
}
