//! What the rules say about a document, as findings.

use serde_json::Value as Json;

use super::Rules;
use super::apply::{self, Kind, Subject, Violation};
use crate::cel::value::Faulty;
use crate::checks;
use crate::checks::missing_key::MISSING_KEY;
use crate::finding::{Draft, Severity};

/// Asks all rules about a document that the schema has these findings for. One fault gives one finding: a rule that depends on
/// a place that the schema finds fault with says nothing.
pub fn of(rules: &Rules, document: &Json, before: Option<&Json>, ratchets: bool, schema: &[Draft]) -> Vec<Draft> {
    let faulty = faulty(document, schema);
    let violations = apply::judge(rules, Subject { document, before, faulty: &faulty });
    violations.iter().map(|violation| draft(violation, ratchets)).collect()
}

/// Whether no rule has anything to say about a document that the schema accepts.
pub fn is_silent(rules: &Rules, document: &Json) -> bool {
    static SOUND: Faulty = Faulty::none();
    apply::judge(rules, Subject { document, before: None, faulty: &SOUND }).is_empty()
}

fn draft(violation: &Violation<'_>, ratchets: bool) -> Draft {
    let Violation { rule, at, kind, is_old } = violation;
    let mut draft = match kind {
        Kind::Failed { message, unsaid } => checks::rule_failed::draft(rule, at, message.as_deref(), unsaid.as_deref()),
        Kind::Fault { key, text, at: part, fault } => checks::rule_error::draft(rule, at, key, text, *part, fault),
        Kind::Costly(work) => checks::rule_too_costly::at_run(rule, at, *work),
        Kind::DocumentCostly(work) => checks::rule_too_costly::of_document(rule, at, *work),
    };
    if *is_old && ratchets && draft.severity == Severity::Error {
        draft.severity = Severity::Debt;
    }
    draft
}

/// The places that the schema finds fault with.
fn faulty(document: &Json, schema: &[Draft]) -> Faulty {
    let mut faulty = Faulty::none();
    for draft in schema.iter().filter(|draft| draft.severity == Severity::Error) {
        let value = document.pointer(draft.instance.as_str());
        let holder = match draft.check.code == MISSING_KEY.code {
            true => value,
            false => draft.instance.parent().and_then(|parent| document.pointer(parent.as_str())),
        };
        // An object that lacks a key is all right but for that key; what a misspelt key is meant to be is not known.
        if let (Some(Json::Object(members)), Some(key)) = (holder, &draft.missing) {
            faulty.missing.insert((std::ptr::from_ref(members) as usize, key.clone()));
        }
        if let Some(value) = value.filter(|_| draft.check.code != MISSING_KEY.code) {
            faulty.values.insert(std::ptr::from_ref(value) as usize);
        }
    }
    faulty
}
