//! Which values must never appear in a report: those under `writeOnly: true`, `format: password`, or a
//! configured path.

use serde_json::Value;

use super::Subject;
use crate::checks::misspelt_key::MISSPELT_KEY;
use crate::finding::Draft;
use crate::pointer::Pointer;
use crate::schema::view::View;
use crate::source::{self, Node};

/// Documents with more values than this are hidden as a whole rather than searched.
const MAX_NODES: usize = 50_000;

/// Whether the value at `at` is a secret or part of one.
pub fn is_secret(subject: &Subject<'_>, at: &Pointer) -> bool {
    let tokens: Vec<String> = at.tokens().collect();
    if subject.secrets.iter().any(|pattern| covers(pattern, &tokens)) {
        return true;
    }
    let mut views: Vec<View<'_>> = subject.set.view(subject.root).into_iter().collect();
    if views.iter().any(marks_secret) {
        return true;
    }
    for token in &tokens {
        views = View::step_all(&views, token);
        if views.iter().any(marks_secret) {
            return true;
        }
    }
    false
}

/// Whether a configured path (a JSON Pointer with `*`) names the place of `tokens` or one around it.
fn covers(pattern: &str, tokens: &[String]) -> bool {
    let Ok(pattern) = Pointer::parse(pattern) else { return false };
    let wanted: Vec<String> = pattern.tokens().collect();
    wanted.len() <= tokens.len() && wanted.iter().zip(tokens).all(|(wanted, token)| wanted == "*" || wanted == token)
}

fn marks_secret(view: &View<'_>) -> bool {
    view.in_place().iter().any(|view| {
        view.get("writeOnly") == Some(&Value::Bool(true))
            || view.get("format").and_then(Value::as_str) == Some("password")
    })
}

/// The byte ranges of all secrets in the document, those under misspelt keys included.
pub fn hidden(subject: &Subject<'_>, drafts: &[Draft]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for draft in drafts.iter().filter(|draft| draft.check.code == MISSPELT_KEY.code) {
        let intended =
            draft.expected.value.as_ref().and_then(|value| serde_json::from_str::<String>(value.as_str()).ok());
        let (Some(intended), Some(parent)) = (intended, draft.instance.parent()) else { continue };
        if is_secret(subject, &parent.child(&intended))
            && let Some(node) = subject.document.find(&draft.instance)
        {
            found.push((node.start, node.end));
        }
    }
    let mut budget = MAX_NODES;
    let views = subject.set.view(subject.root).into_iter().collect::<Vec<_>>();
    if !search(subject, subject.document, &views, &mut Vec::new(), &mut budget, &mut found) {
        return vec![(0, subject.text.len())];
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Collects the secrets below `node`; false when the budget ran out.
fn search(
    subject: &Subject<'_>,
    node: &Node,
    views: &[View<'_>],
    tokens: &mut Vec<String>,
    budget: &mut usize,
    found: &mut Vec<(usize, usize)>,
) -> bool {
    let Some(left) = budget.checked_sub(1) else { return false };
    *budget = left;
    if views.iter().any(marks_secret) || subject.secrets.iter().any(|pattern| covers(pattern, tokens)) {
        found.push((node.start, node.end));
        return true;
    }
    let mut visit = |token: String, child: &Node| {
        let below = View::step_all(views, &token);
        if below.is_empty() && subject.secrets.is_empty() {
            return true;
        }
        tokens.push(token);
        let finished = search(subject, child, &below, tokens, budget, found);
        tokens.pop();
        finished
    };
    match &node.value {
        source::Value::Array(items) => items.iter().enumerate().all(|(index, item)| visit(index.to_string(), item)),
        source::Value::Object(members) => members.iter().all(|member| visit(member.key.clone(), &member.node)),
        _ => true,
    }
}
