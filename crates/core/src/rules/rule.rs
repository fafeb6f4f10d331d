//! A rule: what an author wrote, read and compiled.

use crate::cel::check::compile;
use crate::cel::estimate::estimate;
use crate::cel::plan::Plan;
use crate::cel::problem::{Problem, Region};
use crate::cel::shape::{Kind, ShapeId, Shapes};
use crate::cel::types::Type;
use crate::checks;
use crate::finding::{self, Draft, Severity};
use crate::pointer::Pointer;
use crate::source::{Node, Value};

use super::route::Crowd;
use super::wording;

/// Units of work that one evaluation of a rule may take; the same number as in Kubernetes.
pub const RULE_LIMIT: u64 = 1_000_000;
/// Units of work that all rules together may take for one document.
pub const DOCUMENT_LIMIT: u64 = 10_000_000;
/// Units of work that a rule may take at most by what the schema allows, for it to be accepted.
pub const ESTIMATE_LIMIT: u64 = 10_000_000;

/// A rule that can be evaluated.
#[derive(Debug)]
pub struct Rule {
    /// Its name; rules in schemas have none.
    pub id: Option<String>,
    /// Where it stands: file, `#`, pointer.
    pub keyword: String,
    /// What the schema says of `self`.
    pub scope: ShapeId,
    /// Whether it is asked at all.
    pub when: Option<Plan>,
    /// What has to be true.
    pub rule: Plan,
    /// What failed, in the author's words.
    pub message: Option<String>,
    /// The same, made from the document.
    pub message_expression: Option<Plan>,
    /// What would pass, in the author's words.
    pub expected: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Whom to ask.
    pub owner: Option<String>,
    /// For machines: `FieldValueInvalid` and the like.
    pub reason: Option<String>,
    /// How bad a violation is.
    pub severity: Severity,
    /// The value to point at, below `self`.
    pub field_path: Pointer,
    /// Whether it is asked when there is nothing before the change too; `oldSelf` is an optional value then.
    pub optional_old_self: bool,
    /// Whether it is about a change.
    pub is_transition: bool,
}

/// Where a rule is read from.
pub struct Origin<'t> {
    /// The text of the file.
    pub text: &'t str,
    /// The name of the file.
    pub file: &'t str,
    /// The rule in it.
    pub place: Pointer,
    /// Whether it stands in a file for rules, where more is asked.
    pub is_own: bool,
}

/// What `self` is for a rule, and how often there may be one.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What the schema says of it.
    pub shape: ShapeId,
    /// How many there can be, and whether each can be told from the others.
    pub crowd: Crowd,
}

/// Reads a rule whose form is right. What is wrong with it is added to `drafts`.
pub fn read(node: &Node, origin: &Origin<'_>, scope: &Scope, shapes: &Shapes, drafts: &mut Vec<Draft>) -> Option<Rule> {
    let text = |key: &str| node.member(key).and_then(|member| as_text(&member.node));
    let optional_old_self =
        matches!(node.member("optionalOldSelf").map(|member| &member.node.value), Some(Value::Bool(true)));
    let own = Type::at(scope.shape, shapes);
    let old = if optional_old_self { Type::Optional(own.clone().into()) } else { own.clone() };
    let variables = [("self", own), ("oldSelf", old)];
    let before = drafts.len();
    let mut plan = |key: &str, wanted: &Type| -> Option<Plan> {
        let member = node.member(key)?;
        let text = as_text(&member.node)?;
        let place = origin.place.child(key);
        match compile(text, &variables, shapes) {
            Ok(plan) if plan.kind == *wanted || plan.kind == Type::Dyn => Some(plan),
            Ok(plan) => {
                let problem = Problem::new(
                    Region { start: 0, end: text.len() },
                    format!("`{key}` gives {}", plan.kind.name(shapes)),
                    if *wanted == Type::Bool {
                        "an expression that is true or false"
                    } else {
                        "an expression that gives a string"
                    },
                );
                drafts.push(checks::invalid_rule::draft(&problem, origin, &member.node, &place));
                None
            }
            Err(problems) => {
                drafts.extend(
                    problems.iter().map(|problem| checks::invalid_rule::draft(problem, origin, &member.node, &place)),
                );
                None
            }
        }
    };
    let rule = plan("rule", &Type::Bool);
    let when = plan("when", &Type::Bool);
    let message_expression = plan("messageExpression", &Type::String);
    let field_path = match text("fieldPath").map(|path| field_path(path, scope.shape, shapes)) {
        None => Pointer::root(),
        Some(Ok(path)) => path,
        Some(Err(problem)) => {
            if let Some(member) = node.member("fieldPath") {
                drafts.push(checks::invalid_rule::draft(
                    &problem,
                    origin,
                    &member.node,
                    &origin.place.child("fieldPath"),
                ));
            }
            Pointer::root()
        }
    };
    let rule = rule?;
    let plans = [Some(&rule), when.as_ref(), message_expression.as_ref()];
    let is_transition = plans.iter().flatten().any(|plan| plan.uses("oldSelf"));
    if is_transition && !scope.crowd.is_correlatable {
        drafts.push(checks::invalid_rule::no_old_self(origin));
    }
    for (key, plan) in ["rule", "when", "messageExpression"].iter().zip(plans) {
        let Some((plan, member)) = plan.zip(node.member(key)) else { continue };
        let most = estimate(plan, &[scope.shape, scope.shape], shapes);
        let total = most.total(scope.crowd.count);
        if total > ESTIMATE_LIMIT {
            drafts.push(checks::rule_too_costly::at_load(total, &most.unbounded, scope, origin, &member.node, key));
        }
    }
    if origin.is_own && text("expected").is_none() {
        drafts.push(checks::missing_expected::draft(&origin.place, &wording::of(&rule)));
    }
    if drafts.get(before..).is_some_and(finding::is_wrong) {
        return None;
    }
    let severity = if text("severity") == Some("warning") { Severity::Warning } else { Severity::Error };
    Some(Rule {
        id: text("id").map(str::to_owned),
        keyword: format!("{}#{}", origin.file, origin.place),
        scope: scope.shape,
        when,
        rule,
        message: text("message").map(str::to_owned),
        message_expression,
        expected: text("expected").map(str::to_owned),
        help: text("help").map(str::to_owned),
        owner: text("owner").map(str::to_owned),
        reason: text("reason").map(str::to_owned),
        severity,
        field_path,
        optional_old_self,
        is_transition,
    })
}

/// The text of a node that is one.
pub fn as_text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Reads `.spec.name`, `.names['a-b']` or `/spec/name`: a place below `self` that the schema knows.
fn field_path(text: &str, scope: ShapeId, shapes: &Shapes) -> Result<Pointer, Problem> {
    let whole = Region { start: 0, end: text.len() };
    let wrong = |message: String| {
        Problem::new(whole, message, "a place below `self`, such as `.http.timeout_ms` or `.labels['a-b']`")
    };
    let tokens = tokens(text).ok_or_else(|| wrong(format!("{text:?} is not a path to a field")))?;
    let (mut place, mut shape) = (Pointer::root(), scope);
    for token in tokens {
        let found = shapes.get(shape);
        let next = if found.kind == Kind::List { None } else { shapes.field(shape, &token) };
        shape = next.ok_or_else(|| wrong(format!("the schema names no field `{token}` there")))?;
        place = place.child(&token);
    }
    Ok(place)
}

fn tokens(text: &str) -> Option<Vec<String>> {
    if text.starts_with('/') {
        return Pointer::parse(text).ok().map(|pointer| pointer.tokens().collect());
    }
    let (mut rest, mut found) = (text, Vec::new());
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("['") {
            let end = after.find("']")?;
            found.push(after.get(..end)?.to_owned());
            rest = after.get(end + 2..)?;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let name = after.get(..end).filter(|name| !name.is_empty())?;
            found.push(name.to_owned());
            rest = after.get(end..)?;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The bytes of a file at which a part of an expression stands; the whole expression when that cannot be told.
pub fn within(text: &str, node: &Node, expression: &str, at: Region) -> (usize, usize) {
    let whole = (node.start, node.end);
    let Some(raw) = text.get(node.start..node.end) else { return whole };
    if let Some(offset) = raw.find(expression) {
        return (node.start + offset + at.start, node.start + offset + at.end);
    }
    // Folded, indented or escaped: each character is looked for in turn, past what only the format needs.
    let mut characters = raw.char_indices().peekable();
    if raw.starts_with(['|', '>']) {
        while characters.next_if(|(_, character)| *character != '\n').is_some() {}
    }
    let (mut start, mut end) = (None, None);
    for (offset, wanted) in expression.char_indices() {
        if wanted.is_whitespace() {
            continue;
        }
        let found = loop {
            match characters.next() {
                Some((place, character)) if character == wanted => break place,
                Some((_, character)) if character.is_whitespace() || "\\\"'".contains(character) => {}
                _ => return whole,
            }
        };
        if offset >= at.start && start.is_none() {
            start = Some(found);
        }
        if offset < at.end {
            end = Some(found + wanted.len_utf8());
        }
    }
    let end = end.unwrap_or(raw.len());
    let start = start.unwrap_or(end);
    (node.start + start, node.start + end.max(start))
}
