//! Evaluating a [`Plan`]: the same value, the same fault and the same work in every host.

use super::functions::Fault;
use super::functions::{Function, Work};
use super::meter::{LIST, MAP, Meter, traversal};
use super::plan::{Loop, LoopKind, Node, Op, Plan};
use super::problem::Region;
use super::strings;
use super::value::{Faulty, List, Map, Value};

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A part of the expression has no value.
    Fault(Region, Fault),
    /// It depends on a place that the schema already finds fault with.
    Unknown,
    /// The work is over the limit.
    Costly(u64),
}

/// What an evaluation came to.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The value, or why there is none.
    pub result: Result<Value<'a>, Stop>,
    /// The work, in the units of [`super::meter`].
    pub work: u64,
}

/// Evaluates an expression with the values of its variables, spending at most `limit`.
pub fn evaluate<'a>(plan: &'a Plan, variables: &[Value<'a>], faulty: &'a Faulty, limit: u64) -> Outcome<'a> {
    let mut slots = vec![Value::Null; plan.slots];
    for (slot, value) in slots.iter_mut().zip(variables) {
        *slot = value.clone();
    }
    let mut run = Run { slots, meter: Meter::new(limit), faulty };
    let result = run.node(&plan.root);
    let result = if run.meter.is_over() { Err(Stop::Costly(run.meter.spent())) } else { result };
    Outcome { result, work: run.meter.spent() }
}

struct Run<'a> {
    slots: Vec<Value<'a>>,
    meter: Meter,
    faulty: &'a Faulty,
}

type Found<'a> = Result<Value<'a>, Stop>;

fn fault(at: Region, message: impl Into<String>, expected: impl Into<String>) -> Stop {
    Stop::Fault(at, Fault::new(message, expected))
}

impl<'a> Run<'a> {
    fn spend(&mut self, work: u64) -> Result<(), Stop> {
        self.meter.add(work);
        if self.meter.is_over() { Err(Stop::Costly(self.meter.spent())) } else { Ok(()) }
    }

    fn node(&mut self, node: &'a Node) -> Found<'a> {
        match &node.op {
            Op::Literal(value) => Ok(value.clone()),
            Op::Variable(slot) => {
                self.spend(1)?;
                Ok(self.slots.get(*slot).cloned().unwrap_or(Value::Null))
            }
            Op::Field(operand, key) => {
                let operand = self.node(operand)?;
                self.spend(1)?;
                self.member(node.at, &operand, key)?.ok_or_else(|| absent(node.at, key))
            }
            Op::Has(operand, key) => {
                let operand = self.node(operand)?;
                self.spend(1)?;
                let operand = match operand {
                    Value::Optional(None) => return Ok(Value::Bool(false)),
                    Value::Optional(Some(value)) => (*value).clone(),
                    other => other,
                };
                Ok(Value::Bool(self.member(node.at, &operand, key)?.is_some()))
            }
            Op::OptionalField(operand, key) => {
                let operand = self.node(operand)?;
                self.spend(1)?;
                let operand = match operand {
                    Value::Optional(None) => return Ok(Value::Optional(None)),
                    Value::Optional(Some(value)) => (*value).clone(),
                    other => other,
                };
                Ok(wrapped(self.member(node.at, &operand, key)?))
            }
            Op::Index(operand, index) => {
                let (operand, index) = (self.node(operand)?, self.node(index)?);
                self.spend(1)?;
                self.item(node.at, &operand, &index)?.ok_or_else(|| beyond(node.at, &operand, &index))
            }
            Op::OptionalIndex(operand, index) => {
                let (operand, index) = (self.node(operand)?, self.node(index)?);
                self.spend(1)?;
                match operand {
                    Value::Optional(None) => Ok(Value::Optional(None)),
                    Value::Optional(Some(value)) => Ok(wrapped(self.item(node.at, &value, &index)?)),
                    other => Ok(wrapped(self.item(node.at, &other, &index)?)),
                }
            }
            Op::And(left, right) => self.connected(left, right, false),
            Op::Or(left, right) => self.connected(left, right, true),
            Op::If(condition, then, otherwise) => {
                let branch = if self.truth(condition)? { then } else { otherwise };
                self.node(branch)
            }
            Op::Call(function, arguments) => self.call(node.at, function, arguments),
            Op::Match(function, arguments, pattern) => {
                let mut values = Vec::with_capacity(1);
                for argument in arguments {
                    values.push(self.node(argument)?);
                }
                self.spend(1 + pattern_work(values.first().map_or(0, size), pattern.as_str().len() as u64))?;
                strings::with_pattern(function.name, &values, pattern).map_err(|fault| Stop::Fault(node.at, fault))
            }
            Op::List(items) => {
                self.spend(LIST)?;
                let mut values = Vec::with_capacity(items.len());
                for (item, optional) in items {
                    match (self.node(item)?, optional) {
                        (Value::Optional(value), true) => values.extend(value.map(|value| (*value).clone())),
                        (_, true) => {
                            return Err(fault(
                                item.at,
                                "the item is not an optional value",
                                "an optional value after `?`",
                            ));
                        }
                        (value, false) => values.push(value),
                    }
                }
                Ok(Value::list(values))
            }
            Op::Map(entries) => self.map(entries),
            Op::Loop(loops) => self.gather(node.at, loops),
            Op::Bind { slot, value, body } => {
                let value = self.node(value)?;
                self.set(*slot, value);
                self.node(body)
            }
            Op::OrValue(operand, other) => {
                let value = self.node(operand)?;
                self.spend(1)?;
                match value {
                    Value::Optional(Some(value)) => Ok((*value).clone()),
                    Value::Optional(None) => self.node(other),
                    other => Err(Stop::Fault(node.at, Fault::overload("orValue", &[other]))),
                }
            }
            Op::OrOptional(operand, other) => {
                let value = self.node(operand)?;
                self.spend(1)?;
                match value {
                    Value::Optional(Some(_)) => Ok(value),
                    Value::Optional(None) => match self.node(other)? {
                        found @ Value::Optional(_) => Ok(found),
                        other => Err(Stop::Fault(node.at, Fault::overload("or", &[value, other]))),
                    },
                    other => Err(Stop::Fault(node.at, Fault::overload("or", &[other]))),
                }
            }
            Op::OptionalMap { operand, slot, body, flat } => {
                let value = self.node(operand)?;
                self.spend(1)?;
                match value {
                    Value::Optional(None) => Ok(value),
                    Value::Optional(Some(value)) => {
                        self.set(*slot, (*value).clone());
                        match (self.node(body)?, flat) {
                            (found @ Value::Optional(_), true) => Ok(found),
                            (other, true) => Err(Stop::Fault(body.at, Fault::overload("optFlatMap", &[other]))),
                            (found, false) => Ok(Value::Optional(Some(found.into()))),
                        }
                    }
                    other => Err(Stop::Fault(node.at, Fault::overload("optMap", &[other]))),
                }
            }
        }
    }

    fn set(&mut self, slot: usize, value: Value<'a>) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }

    fn truth(&mut self, node: &'a Node) -> Result<bool, Stop> {
        match self.node(node)? {
            Value::Bool(value) => Ok(value),
            other => Err(fault(
                node.at,
                format!("{} stands where a condition has to", other.type_name()),
                "something that is true or false",
            )),
        }
    }

    /// `&&` and `||`: what decides alone decides, even beside a fault. What is not known outweighs a fault.
    fn connected(&mut self, left: &'a Node, right: &'a Node, deciding: bool) -> Found<'a> {
        let left = self.truth(left);
        match left {
            Ok(value) if value == deciding => return Ok(Value::Bool(value)),
            Err(stop @ Stop::Costly(_)) => return Err(stop),
            Ok(_) | Err(_) => {}
        }
        let right = self.truth(right);
        match (left, right) {
            (_, Ok(value)) if value == deciding => Ok(Value::Bool(value)),
            (_, Err(stop @ Stop::Costly(_))) => Err(stop),
            (Err(Stop::Unknown), _) | (_, Err(Stop::Unknown)) => Err(Stop::Unknown),
            (Err(stop), _) | (_, Err(stop)) => Err(stop),
            (Ok(_), Ok(_)) => Ok(Value::Bool(!deciding)),
        }
    }

    /// The value under a key. A key that is missing is a fault where the schema asks for it.
    fn member(&self, at: Region, operand: &Value<'a>, key: &str) -> Result<Option<Value<'a>>, Stop> {
        match operand {
            Value::Map(Map::Document(members, place)) => match members.get(key) {
                Some(value) if self.faulty.has(value) => Err(Stop::Unknown),
                Some(value) => Ok(Some(place.member(key).value(value))),
                None if self.faulty.lacks(members, key) => Err(Stop::Unknown),
                None => Ok(None),
            },
            Value::Map(map) => Ok(map.get_text(key)),
            other => Err(fault(
                at,
                format!("{} has no fields, so there is no `{key}`", other.type_name()),
                "an object or a map before the dot",
            )),
        }
    }

    fn item(&self, at: Region, operand: &Value<'a>, index: &Value<'a>) -> Result<Option<Value<'a>>, Stop> {
        match (operand, index) {
            (Value::List(list), index) => {
                let position = match index {
                    Value::Int(index) => usize::try_from(*index).ok(),
                    Value::Uint(index) => usize::try_from(*index).ok(),
                    Value::Double(index) if index.fract() == 0.0 => {
                        super::number::truncated(*index).and_then(|index| usize::try_from(index).ok())
                    }
                    other => {
                        return Err(fault(
                            at,
                            format!("{} is not a position in a list", other.type_name()),
                            "a whole number",
                        ));
                    }
                };
                self.known(list, position)
            }
            (Value::Map(_), Value::String(key)) => self.member(at, operand, key.as_str()),
            (Value::Map(map), Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Double(_)) => Ok(map.get(index)),
            (Value::Map(_), other) => {
                Err(fault(at, format!("{} is not a key of a map", other.type_name()), "a key of the map"))
            }
            (other, _) => Err(fault(
                at,
                format!("{} has no items and no keys", other.type_name()),
                "a list or a map before the bracket",
            )),
        }
    }

    /// An item of a list, unless the schema finds fault with it.
    fn known(&self, list: &List<'a>, index: Option<usize>) -> Result<Option<Value<'a>>, Stop> {
        let Some(index) = index else { return Ok(None) };
        if let List::Document(items, _) = list
            && items.get(index).is_some_and(|item| self.faulty.has(item))
        {
            return Err(Stop::Unknown);
        }
        Ok(list.get(index))
    }

    fn call(&mut self, at: Region, function: &'static Function, arguments: &'a [Node]) -> Found<'a> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.node(argument)?;
            // What looks at a whole value looks at the faults inside it.
            if !self.faulty.is_empty() && self.faulty.is_within(&value) && !matches!(function.name, "size" | "type") {
                return Err(Stop::Unknown);
            }
            values.push(value);
        }
        let argument = |index: usize| values.get(index).map_or(0, size);
        let sum = |indices: &[usize]| indices.iter().map(|index| argument(*index)).sum::<u64>();
        self.spend(match function.work {
            Work::One | Work::Equality | Work::Search | Work::Pairs => 1,
            Work::Bytes(indices) => 1 + traversal(sum(indices)),
            Work::Items(indices) => 1 + sum(indices),
            Work::Pattern => 1 + pattern_work(argument(0), argument(1)),
        })?;
        let result = (function.run)(&values, &mut self.meter);
        self.spend(0)?;
        result.map_err(|fault| Stop::Fault(at, fault))
    }

    fn map(&mut self, entries: &'a [(Node, Node, bool)]) -> Found<'a> {
        self.spend(MAP)?;
        let mut made: Vec<(Value<'a>, Value<'a>)> = Vec::with_capacity(entries.len());
        for (key_node, value, optional) in entries {
            let key = self.node(key_node)?;
            if !matches!(key, Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::String(_)) {
                return Err(fault(
                    key_node.at,
                    format!("{} cannot be a key", key.type_name()),
                    "a string, a whole number or a bool",
                ));
            }
            self.spend(made.len() as u64)?;
            if made.iter().any(|(other, _)| other.equals(&key, &mut self.meter)) {
                return Err(fault(key_node.at, "the map has the same key twice", "each key once"));
            }
            match (self.node(value)?, optional) {
                (Value::Optional(value), true) => made.extend(value.map(|value| (key, (*value).clone()))),
                (_, true) => {
                    return Err(fault(value.at, "the value is not an optional value", "an optional value after `?`"));
                }
                (value, false) => made.push((key, value)),
            }
        }
        Ok(Value::Map(Map::Made(made.into())))
    }

    /// What a macro makes of a list or a map.
    fn gather(&mut self, at: Region, loops: &'a Loop) -> Found<'a> {
        let range = self.node(&loops.range)?;
        let mut gathered = Gathered::new(loops.kind);
        match &range {
            Value::List(list) => {
                for index in 0..list.len() {
                    let item = self.known(list, Some(index)).map(|item| item.unwrap_or(Value::Null));
                    let position = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
                    let (first, second) = match loops.second {
                        Some(_) => (Ok(position.clone()), Some(item)),
                        None => (item, None),
                    };
                    if self.pass(loops, first, second, position, &mut gathered)? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                for key in map.keys() {
                    let value = match (loops.second, &key) {
                        (None, _) => None,
                        (Some(_), Value::String(text)) => {
                            Some(self.member(at, &range, text.as_str()).map(|value| value.unwrap_or(Value::Null)))
                        }
                        (Some(_), key) => Some(Ok(map.get(key).unwrap_or(Value::Null))),
                    };
                    if self.pass(loops, Ok(key.clone()), value, key, &mut gathered)? {
                        break;
                    }
                }
            }
            other => {
                return Err(fault(
                    at,
                    format!("{} has no items to go through", other.type_name()),
                    "a list or a map before the dot",
                ));
            }
        }
        gathered.value()
    }

    /// One item; true when the others need not be looked at.
    fn pass(
        &mut self,
        loops: &'a Loop,
        first: Found<'a>,
        second: Option<Found<'a>>,
        key: Value<'a>,
        gathered: &mut Gathered<'a>,
    ) -> Result<bool, Stop> {
        self.spend(1)?;
        let item = match (first, second) {
            (Ok(first), None) => Ok((first, None)),
            (Ok(first), Some(Ok(second))) => Ok((first, Some(second))),
            (Err(stop), _) | (_, Some(Err(stop))) => Err(stop),
        };
        let holds = match item {
            Ok((first, second)) => {
                self.set(loops.slot, first);
                if let (Some(slot), Some(second)) = (loops.second, second) {
                    self.set(slot, second);
                }
                loops.condition.as_ref().map_or(Ok(true), |condition| self.truth(condition))
            }
            // Whether it holds of an item that the schema finds fault with is not known.
            Err(stop) => Err(stop),
        };
        if let Err(stop @ Stop::Costly(_)) = holds {
            return Err(stop);
        }
        match gathered {
            Gathered::Decision { deciding, stop } => match holds {
                Ok(holds) if holds == *deciding => {
                    *gathered = Gathered::Decided(*deciding);
                    Ok(true)
                }
                Ok(_) => Ok(false),
                Err(found) => {
                    if stop.is_none() || found == Stop::Unknown {
                        *stop = Some(found);
                    }
                    Ok(false)
                }
            },
            Gathered::Decided(_) => Ok(true),
            Gathered::Count(count) => {
                *count += u64::from(holds?);
                Ok(false)
            }
            Gathered::List(values) => {
                if holds? {
                    let value = match &loops.result {
                        Some(result) => self.node(result)?,
                        None => self.slots.get(loops.slot).cloned().unwrap_or(Value::Null),
                    };
                    self.spend(1)?;
                    values.push(value);
                }
                Ok(false)
            }
            Gathered::Map(entries, merged) => {
                if holds? && let Some(result) = &loops.result {
                    let value = self.node(result)?;
                    self.spend(1)?;
                    match (value, *merged) {
                        (value, false) => entries.push((key, value)),
                        (Value::Map(map), true) => {
                            for key in map.keys() {
                                self.spend(1 + entries.len() as u64)?;
                                if entries.iter().any(|(other, _)| other.equals(&key, &mut self.meter)) {
                                    return Err(fault(result.at, "the map has the same key twice", "each key once"));
                                }
                                let value = map.get(&key).unwrap_or(Value::Null);
                                entries.push((key, value));
                            }
                        }
                        (other, true) => {
                            return Err(fault(
                                result.at,
                                format!("{} is not a map of entries", other.type_name()),
                                "a map",
                            ));
                        }
                    }
                }
                Ok(false)
            }
        }
    }
}

/// What a macro has gathered so far.
enum Gathered<'a> {
    /// Not decided; the fault that there is when nothing decides.
    Decision {
        deciding: bool,
        stop: Option<Stop>,
    },
    Decided(bool),
    Count(u64),
    List(Vec<Value<'a>>),
    /// Entries; whether each result is a map of entries.
    Map(Vec<(Value<'a>, Value<'a>)>, bool),
}

impl<'a> Gathered<'a> {
    fn new(kind: LoopKind) -> Self {
        match kind {
            LoopKind::All => Self::Decision { deciding: false, stop: None },
            LoopKind::Exists => Self::Decision { deciding: true, stop: None },
            LoopKind::ExistsOne => Self::Count(0),
            LoopKind::Filter | LoopKind::Map => Self::List(Vec::new()),
            LoopKind::MapValues => Self::Map(Vec::new(), false),
            LoopKind::MapEntries => Self::Map(Vec::new(), true),
        }
    }

    fn value(self) -> Found<'a> {
        match self {
            Self::Decision { stop: Some(stop), .. } => Err(stop),
            Self::Decision { deciding, stop: None } => Ok(Value::Bool(!deciding)),
            Self::Decided(value) => Ok(Value::Bool(value)),
            Self::Count(count) => Ok(Value::Bool(count == 1)),
            Self::List(values) => Ok(Value::list(values)),
            Self::Map(entries, _) => Ok(Value::Map(Map::Made(entries.into()))),
        }
    }
}

fn wrapped(value: Option<Value<'_>>) -> Value<'_> {
    Value::Optional(value.map(std::sync::Arc::new))
}

fn absent(at: Region, key: &str) -> Stop {
    fault(at, format!("there is no `{key}`"), format!("`{key}` to be there, or a test such as `has(….{key})` before"))
}

fn beyond(at: Region, operand: &Value<'_>, index: &Value<'_>) -> Stop {
    let shown = super::convert::written(index).unwrap_or_default();
    match operand {
        Value::List(list) => {
            let count = match list.len() {
                1 => "the 1 item".to_owned(),
                count => format!("the {count} items"),
            };
            fault(
                at,
                format!("position {shown} is beyond {count} of the list"),
                "a position in the list, or a test of its `size()` before",
            )
        }
        _ => {
            let shown: String = shown.chars().take(60).collect();
            fault(at, format!("there is no key {shown:?}"), "a key of the map, or a test such as `key in map` before")
        }
    }
}

/// The size that work is counted by: bytes of text, items of a list, entries of a map.
fn size(value: &Value<'_>) -> u64 {
    match value {
        Value::String(text) => text.as_str().len() as u64,
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::List(list) => list.len() as u64,
        Value::Map(map) => map.len() as u64,
        Value::Url(url) => (url.path.len() + url.host.len()) as u64,
        _ => 1,
    }
}

/// The work of matching a text with a pattern, as Kubernetes counts it.
pub fn pattern_work(text: u64, pattern: u64) -> u64 {
    traversal(text).saturating_mul(pattern.div_ceil(4).max(1))
}
