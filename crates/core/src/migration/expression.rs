//! Expressions in steps: CEL over `value`, `self` and `key`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::blocked::Blocked;
use super::place::{made, member};
use crate::cel::check::compile;
use crate::cel::evaluate::{Stop, evaluate};
use crate::cel::plan::{self, Op, Plan};
use crate::cel::problem::Problem;
use crate::cel::shape::Shapes;
use crate::cel::types::Type;
use crate::cel::value::{Faulty, List, Map, Place, Value};
use crate::pointer::Pointer;
use crate::source::{self, Node};

/// Units of work that one evaluation may take; the same number as for a rule.
const LIMIT: u64 = 1_000_000;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    plan: std::sync::Arc<Plan>,
}

/// Two expressions are the same when they were written the same way.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What an expression is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'n> {
    /// `self`: the value that the steps run on.
    pub scope: &'n Node,
    /// `value`: the value that the step is about; `null` where it is about none.
    pub value: Option<&'n Node>,
    /// `key`: the key or the index of `self`, or of `value` where a step looks at items.
    pub key: Option<&'n str>,
}

impl Expression {
    /// Compiles a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(text: &str) -> Result<Self, Vec<Problem>> {
        let variables = [("self", Type::Dyn), ("value", Type::Dyn), ("key", Type::Dyn)];
        let plan = compile(text, &variables, &Shapes::default())?;
        Ok(Self { text: text.to_owned(), plan: plan.into() })
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The members of `self` that it looks at; `None` when it may look at any.
    #[must_use]
    pub fn members(&self) -> Option<BTreeSet<String>> {
        let mut members = BTreeSet::new();
        let slot = self.plan.variables.iter().position(|(name, _)| name == "self");
        looks_at(&self.plan.root, slot?, &mut members).then_some(members)
    }

    /// Whether it looks at nothing but `value`.
    #[must_use]
    pub fn reads_only_the_value(&self) -> bool {
        !self.plan.uses("self") && !self.plan.uses("key")
    }

    /// The value; `None` for an optional value that is absent.
    ///
    /// # Errors
    /// When there is none, or when it is nothing that a document can hold.
    pub fn value(&self, subject: Subject<'_>, at: &Pointer) -> Result<Option<Node>, Blocked> {
        self.with(subject, at, |value, origins| origins.node(value))
    }

    /// The truth value.
    ///
    /// # Errors
    /// When there is none.
    pub fn truth(&self, subject: Subject<'_>, at: &Pointer) -> Result<bool, Blocked> {
        self.with(subject, at, |value, _| match value {
            Value::Bool(truth) => Ok(*truth),
            other => Err(format!("it gives a {}, where true or false is needed", other.type_name())),
        })
    }

    fn with<T>(
        &self,
        subject: Subject<'_>,
        at: &Pointer,
        read: impl FnOnce(&Value<'_>, &Origins<'_>) -> Result<T, String>,
    ) -> Result<T, Blocked> {
        static SOUND: Faulty = Faulty::none();
        let shapes = Shapes::default();
        let json = |name: &str, node: Option<&Node>| match node.filter(|_| self.plan.uses(name)) {
            Some(node) => with_whole_numbers(node.to_json_value()),
            None => Json::Null,
        };
        let (scope, value_json) = (json("self", Some(subject.scope)), json("value", subject.value));
        let key = subject.key.map_or(Json::Null, Into::into);
        let place = Place::any(&shapes);
        let variables = [place.value(&scope), place.value(&value_json), place.value(&key)];
        let outcome = evaluate(&self.plan, &variables, &SOUND, LIMIT);
        let (wrong, expected) = match &outcome.result {
            Ok(value) => match read(value, &Origins::of(subject, &scope, &value_json)) {
                Ok(read) => return Ok(read),
                Err(wrong) => (wrong, "a value that a document can hold".to_owned()),
            },
            Err(Stop::Fault(_, fault)) => (fault.message.clone(), fault.expected.clone()),
            Err(Stop::Unknown) => ("it depends on nothing known".to_owned(), "values to work with".to_owned()),
            Err(Stop::Costly(_)) => {
                (format!("it takes more than {LIMIT} units of work"), "a cheaper expression".to_owned())
            }
        };
        let message = format!("`{}` has no value here: {wrong}", crate::explain::describe::printable(&self.text));
        let blocked = Blocked::new(at, message, expected);
        Err(match subject.value {
            Some(value) => blocked.about(value),
            None => blocked,
        })
    }
}

/// Collects the members of the variable in a slot that a part looks at; false when it looks at the variable in another way.
fn looks_at(node: &plan::Node, slot: usize, into: &mut BTreeSet<String>) -> bool {
    let is_self = |node: &plan::Node| matches!(node.op, Op::Variable(known) if known == slot);
    let named = match &node.op {
        Op::Field(of, name) | Op::Has(of, name) | Op::OptionalField(of, name) if is_self(of) => Some(name.clone()),
        Op::Index(of, key) | Op::OptionalIndex(of, key) if is_self(of) => match &key.op {
            Op::Literal(Value::String(name)) => Some(name.as_str().to_owned()),
            _ => return false,
        },
        _ => None,
    };
    match named {
        Some(name) => {
            into.insert(name);
            true
        }
        None => !is_self(node) && node.parts().into_iter().all(|part| looks_at(part, slot, into)),
    }
}

/// `1.0` is a whole number, as it is for JSON Schema: what is worked out from `1` can be worked out from it.
fn with_whole_numbers(mut json: Json) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match &mut json {
        Json::Number(number) if number.is_f64() => {
            let double = number.as_f64().unwrap_or_default();
            if double.fract() == 0.0 && double.abs() < EXACT {
                #[expect(clippy::cast_possible_truncation, reason = "whole, and small enough")]
                return Json::from(double as i64);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| *item = with_whole_numbers(item.take())),
        Json::Object(members) => members.values_mut().for_each(|value| *value = with_whole_numbers(value.take())),
        _ => {}
    }
    json
}

/// Where the values come from that an expression passes through: they keep their order of keys, their digits and, in a text,
/// their layout.
#[derive(Debug, Default)]
struct Origins<'n> {
    /// Arrays and objects by the address of what the expression saw.
    nodes: BTreeMap<usize, &'n Node>,
    /// The digits of numbers that are not written the shortest way.
    digits: BTreeMap<u64, &'n str>,
}

impl<'n> Origins<'n> {
    fn of(subject: Subject<'n>, scope: &Json, value: &Json) -> Self {
        let mut origins = Self::default();
        origins.read(subject.scope, scope);
        if let Some(node) = subject.value {
            origins.read(node, value);
        }
        origins
    }

    fn read(&mut self, node: &'n Node, json: &Json) {
        match (&node.value, json) {
            (source::Value::Number(text), _) => {
                if let Ok(double) = text.parse::<f64>()
                    && *text != written(double)
                {
                    self.digits.insert(double.to_bits(), text);
                }
            }
            (source::Value::Array(items), Json::Array(values)) => {
                if !values.is_empty() {
                    self.nodes.insert(values.as_ptr() as usize, node);
                }
                items.iter().zip(values).for_each(|(item, value)| self.read(item, value));
            }
            (source::Value::Object(members), Json::Object(values)) => {
                self.nodes.insert(std::ptr::from_ref(values) as usize, node);
                for member in members {
                    if let Some(value) = values.get(&member.key) {
                        self.read(&member.node, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// A value as a part of a document; `None` for an optional one that is absent.
    fn node(&self, value: &Value<'_>) -> Result<Option<Node>, String> {
        let origin = match value {
            Value::List(List::Document(items, _)) if !items.is_empty() => self.nodes.get(&(items.as_ptr() as usize)),
            Value::Map(Map::Document(members, _)) => self.nodes.get(&(std::ptr::from_ref(*members) as usize)),
            _ => None,
        };
        if let Some(origin) = origin {
            return Ok(Some((*origin).clone()));
        }
        let value = match value {
            Value::Null => source::Value::Null,
            Value::Bool(truth) => source::Value::Bool(*truth),
            Value::Int(number) => {
                // Whole numbers may be written with a point.
                let kept = i32::try_from(*number).ok().and_then(|number| self.digits.get(&f64::from(number).to_bits()));
                source::Value::Number(kept.map_or_else(|| number.to_string(), |digits| (*digits).to_owned()))
            }
            Value::Uint(number) => source::Value::Number(number.to_string()),
            Value::Double(number) if number.is_finite() => {
                let kept = self.digits.get(&number.to_bits());
                source::Value::Number(kept.map_or_else(|| written(*number), |digits| (*digits).to_owned()))
            }
            Value::Double(_) => return Err("it gives a number that is not finite".to_owned()),
            Value::String(text) => source::Value::String(text.as_str().to_owned()),
            Value::List(list) => {
                let items = list.iter().map(|item| self.node(&item)).collect::<Result<Vec<_>, _>>()?;
                source::Value::Array(items.into_iter().flatten().collect())
            }
            Value::Map(map) => source::Value::Object(self.members(map)?),
            Value::Optional(None) => return Ok(None),
            Value::Optional(Some(value)) => return self.node(value),
            Value::Timestamp(_) | Value::Duration(_) | Value::Bytes(_) | Value::Type(_) | Value::Url(_) => {
                return Err(format!("it gives a {}; `string()` makes text of it", value.type_name()));
            }
        };
        Ok(Some(made(value)))
    }

    fn members(&self, map: &Map<'_>) -> Result<Vec<source::Member>, String> {
        let mut members = Vec::with_capacity(map.len());
        for key in map.keys() {
            let Value::String(name) = &key else { return Err(format!("a key is a {}, not a string", key.type_name())) };
            if let Some(value) = map.get(&key)
                && let Some(node) = self.node(&value)?
            {
                members.push(member(name.as_str(), node));
            }
        }
        Ok(members)
    }
}

/// The shortest digits of a number; whole ones without a point, as far as a double holds them exactly.
fn written(double: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if double.fract() == 0.0 && double.abs() <= EXACT {
        let text = format!("{double:.0}");
        return if text == "-0" { "0".to_owned() } else { text };
    }
    serde_json::Number::from_f64(double).map_or_else(|| "0".to_owned(), |number| number.to_string())
}
