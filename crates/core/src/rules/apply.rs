//! Asking the rules about a document.

use serde_json::Value as Json;

use super::Rules;
use super::correlate;
use super::route::{Route, RouteId};
use super::rule::{DOCUMENT_LIMIT, RULE_LIMIT, Rule};
use crate::cel::evaluate::{Outcome, Stop, evaluate};
use crate::cel::functions::Fault;
use crate::cel::plan::Plan;
use crate::cel::problem::Region;
use crate::cel::shape::ShapeId;
use crate::cel::value::{Faulty, Place, Value};
use crate::pointer::Pointer;

/// What the rules have to say about one value.
#[derive(Debug)]
pub struct Violation<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What `self` is.
    pub at: Pointer,
    /// What came of it.
    pub kind: Kind,
    /// Whether the value is what it was before the change, and so the change is not to blame.
    pub is_old: bool,
}

/// What came of a rule that did not say yes.
#[derive(Debug)]
pub enum Kind {
    /// It says no. The message made from the document, and why there is none where the author wrote how to make it.
    Failed {
        /// What the author's expression made.
        message: Option<String>,
        /// Why it made nothing.
        unsaid: Option<String>,
    },
    /// It could not be evaluated.
    Fault {
        /// The key of the expression.
        key: &'static str,
        /// The expression.
        text: String,
        /// The part that has no value.
        at: Region,
        /// Why.
        fault: Fault,
    },
    /// It took more work than one rule may.
    Costly(u64),
    /// All rules together took more work than a document may cost.
    DocumentCostly(u64),
}

/// A document, and what it was before.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'d> {
    /// The document.
    pub document: &'d Json,
    /// What it was before; absent when nothing was.
    pub before: Option<&'d Json>,
    /// Places that the schema finds fault with.
    pub faulty: &'d Faulty,
}

/// Asks all rules.
pub fn judge<'a>(rules: &'a Rules, subject: Subject<'a>) -> Vec<Violation<'a>> {
    if rules.rules.is_empty() || subject.faulty.has(subject.document) {
        return Vec::new();
    }
    let mut run = Run { rules, faulty: subject.faulty, violations: Vec::new(), work: 0, is_spent: false };
    if !rules.routes.is_empty() {
        run.walk(0, subject.document, subject.before, &Pointer::root());
    }
    for (path, index) in &rules.placed {
        let Some(rule) = rules.rules.get(*index) else { continue };
        run.expand(rule, path, rules.shapes.first(), subject.document, subject.before, &Pointer::root());
    }
    run.violations
}

/// Asks one rule about one value.
pub fn judge_one<'a>(
    rules: &'a Rules,
    rule: &'a Rule,
    document: &'a Json,
    before: Option<&'a Json>,
) -> Option<Violation<'a>> {
    static SOUND: Faulty = Faulty::none();
    let mut run = Run { rules, faulty: &SOUND, violations: Vec::new(), work: 0, is_spent: false };
    run.ask(rule, document, before, &Pointer::root());
    run.violations.pop()
}

struct Run<'a> {
    rules: &'a Rules,
    faulty: &'a Faulty,
    violations: Vec<Violation<'a>>,
    work: u64,
    is_spent: bool,
}

impl<'a> Run<'a> {
    /// Follows the routes of a schema.
    fn walk(&mut self, id: RouteId, value: &'a Json, before: Option<&'a Json>, at: &Pointer) {
        let Some(route) = self.rules.routes.get(id) else { return };
        if self.is_spent || self.faulty.has(value) {
            return;
        }
        for index in &route.rules {
            if let Some(rule) = self.rules.rules.get(*index) {
                self.ask(rule, value, before, at);
            }
        }
        for also in &route.also {
            self.walk(*also, value, before, at);
        }
        for (guard, branch) in &route.branches {
            if guard.holds(value) {
                self.walk(*branch, value, before, at);
            }
        }
        match value {
            Json::Object(members) => self.walk_members(route, members, before, at),
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(next) = route.tuple.get(index).or(route.items.as_ref()) {
                        self.walk(*next, item, correlate::item(before, item, &route.list), &at.item(index));
                    }
                }
            }
            _ => {}
        }
    }

    fn walk_members(
        &mut self,
        route: &'a Route,
        members: &'a serde_json::Map<String, Json>,
        before: Option<&'a Json>,
        at: &Pointer,
    ) {
        if route.patterns.is_empty() && route.others.is_none() {
            for (key, next) in &route.members {
                if let Some(value) = members.get(key) {
                    self.walk(*next, value, correlate::member(before, key), &at.child(key));
                }
            }
            return;
        }
        for (key, value) in members {
            let before = correlate::member(before, key);
            let mut spoken_of = route.named.contains(key);
            if let Some(next) = route.members.get(key) {
                self.walk(*next, value, before, &at.child(key));
            }
            for (pattern, next) in &route.patterns {
                if self.rules.patterns.match_text(pattern, key) {
                    spoken_of = true;
                    self.walk(*next, value, before, &at.child(key));
                }
            }
            if let Some(next) = route.others.filter(|_| !spoken_of) {
                self.walk(next, value, before, &at.child(key));
            }
        }
    }

    /// Finds the values that a path with `*` leads to.
    fn expand(
        &mut self,
        rule: &'a Rule,
        path: &[String],
        shape: ShapeId,
        value: &'a Json,
        before: Option<&'a Json>,
        at: &Pointer,
    ) {
        if self.is_spent || self.faulty.has(value) {
            return;
        }
        let Some((token, rest)) = path.split_first() else { return self.ask(rule, value, before, at) };
        let found = self.rules.shapes.get(shape);
        match value {
            Json::Object(members) => {
                let mut go = |key: &str, value: &'a Json| {
                    let next = self.rules.shapes.field(shape, key).unwrap_or(ShapeId::ANY);
                    self.expand(rule, rest, next, value, correlate::member(before, key), &at.child(key));
                };
                if token == "*" {
                    members.iter().for_each(|(key, value)| go(key, value));
                } else if let Some(value) = members.get(token) {
                    go(token, value);
                }
            }
            Json::Array(items) => {
                // A position is written without a leading zero.
                let wanted = token.parse::<usize>().ok().filter(|index| index.to_string() == *token);
                let is_meant = |index: usize| token == "*" || wanted == Some(index);
                for (index, item) in items.iter().enumerate().filter(|(index, _)| is_meant(*index)) {
                    let before = correlate::item(before, item, &found.list_type);
                    self.expand(rule, rest, found.item, item, before, &at.item(index));
                }
            }
            _ => {}
        }
    }

    /// Asks a rule about a value.
    fn ask(&mut self, rule: &'a Rule, value: &'a Json, before: Option<&'a Json>, at: &Pointer) {
        let rules = self.rules;
        if self.is_spent || (rule.is_transition && before.is_none() && !rule.optional_old_self) {
            return;
        }
        let place = Place { shapes: &rules.shapes, shape: rule.scope };
        let old = before.map(|before| place.value(before));
        let old = match (rule.optional_old_self, old) {
            (true, old) => Value::Optional(old.map(std::sync::Arc::new)),
            (false, old) => old.unwrap_or(Value::Null),
        };
        let variables = [place.value(value), old];
        let kind = self.kind(rule, &variables);
        if let Some(kind) = kind {
            let is_old = !rule.is_transition && before.is_some_and(|before| before == value);
            self.is_spent |= matches!(kind, Kind::DocumentCostly(_));
            self.violations.push(Violation { rule, at: at.clone(), kind, is_old });
        }
    }

    fn kind(&mut self, rule: &'a Rule, variables: &[Value<'a>]) -> Option<Kind> {
        if let Some(when) = &rule.when {
            match self.run(when, "when", variables) {
                Ok(Value::Bool(true)) => {}
                Ok(_) => return None,
                Err(kind) => return kind,
            }
        }
        match self.run(&rule.rule, "rule", variables) {
            Ok(Value::Bool(true)) => None,
            Ok(Value::Bool(false)) => {
                let (message, unsaid) = match &rule.message_expression {
                    None => (None, None),
                    Some(plan) => match self.said(plan, variables) {
                        Ok(message) => (Some(message), None),
                        Err(unsaid) => (None, Some(unsaid)),
                    },
                };
                Some(Kind::Failed { message, unsaid })
            }
            Ok(other) => Some(Kind::Fault {
                key: "rule",
                text: rule.rule.text.clone(),
                at: Region { start: 0, end: rule.rule.text.len() },
                fault: Fault::new(
                    format!("the rule gives {}", other.type_name()),
                    "an expression that is true or false",
                ),
            }),
            Err(kind) => kind,
        }
    }

    /// Evaluates an expression; an error that is nothing says that nothing can be said.
    fn run(&mut self, plan: &'a Plan, key: &'static str, variables: &[Value<'a>]) -> Result<Value<'a>, Option<Kind>> {
        let Outcome { result, work } = evaluate(plan, variables, self.faulty, RULE_LIMIT);
        self.work = self.work.saturating_add(work);
        if self.work > DOCUMENT_LIMIT {
            return Err(Some(Kind::DocumentCostly(self.work)));
        }
        match result {
            Ok(value) => Ok(value),
            Err(Stop::Unknown) => Err(None),
            Err(Stop::Costly(work)) => Err(Some(Kind::Costly(work))),
            Err(Stop::Fault(at, fault)) => Err(Some(Kind::Fault { key, text: plan.text.clone(), at, fault })),
        }
    }

    /// The message that an expression makes: one line that says something.
    fn said(&mut self, plan: &'a Plan, variables: &[Value<'a>]) -> Result<String, String> {
        match self.run(plan, "messageExpression", variables) {
            Ok(Value::String(text)) => match text.as_str() {
                blank if blank.trim().is_empty() => Err("it is blank".to_owned()),
                lines if lines.contains(['\n', '\r']) => Err("it has more than one line".to_owned()),
                long if long.len() > MAX_MESSAGE => Err(format!("it is longer than {MAX_MESSAGE} bytes")),
                text => Ok(text.to_owned()),
            },
            Ok(other) => Err(format!("it is {}, not a string", other.type_name())),
            Err(Some(Kind::Fault { fault, .. })) => Err(fault.message),
            Err(Some(_)) => Err("it costs too much".to_owned()),
            Err(None) => Err("it depends on a value that the schema finds fault with".to_owned()),
        }
    }
}

/// Bytes of a message that an expression makes; the same number as in Kubernetes.
const MAX_MESSAGE: usize = 5_120;
