//! Values while an expression is evaluated. What stands in the document stays there; only what is made is owned.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::meter::{Meter, traversal};
use super::number::Number;
use super::shape::{Kind, ListType, ShapeId, Shapes};
use super::time::{Duration, Timestamp};
use super::url::Url;

/// Text of the document or of the expression, or text that was made.
#[derive(Clone, Debug)]
pub enum Text<'a> {
    /// Lives elsewhere.
    Borrowed(&'a str),
    /// Was made.
    Made(Arc<str>),
}

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Made(text) => text,
        }
    }
}

/// A place of a document: what stands there, and what the schema says of it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The shapes of the schema.
    pub shapes: &'a Shapes,
    /// Which of them.
    pub shape: ShapeId,
}

/// A list.
#[derive(Clone, Debug)]
pub enum List<'a> {
    /// In the document; the place is the one of the list.
    Document(&'a [Json], Place<'a>),
    /// Made by the expression.
    Made(Arc<[Value<'a>]>),
}

/// A map or an object.
#[derive(Clone, Debug)]
pub enum Map<'a> {
    /// In the document; the place is the one of the map.
    Document(&'a serde_json::Map<String, Json>, Place<'a>),
    /// Made by the expression, in the order in which it was written.
    Made(Arc<[(Value<'a>, Value<'a>)]>),
}

/// A value.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative.
    Uint(u64),
    /// A number.
    Double(f64),
    /// Text.
    String(Text<'a>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A span of time.
    Duration(Duration),
    /// A list.
    List(List<'a>),
    /// A map or an object.
    Map(Map<'a>),
    /// A type.
    Type(&'static str),
    /// A value that may be absent.
    Optional(Option<Arc<Self>>),
    /// A URL that was taken apart.
    Url(Arc<Url>),
}

/// Places of a document that the schema already finds fault with: nothing is said about what depends on them.
#[derive(Clone, Debug, Default)]
pub struct Faulty {
    /// The addresses of the values.
    pub values: BTreeSet<usize>,
    /// Keys that are missing, with the address of the object that lacks them.
    pub missing: BTreeSet<(usize, String)>,
}

impl Faulty {
    /// No place.
    pub const fn none() -> Self {
        Self { values: BTreeSet::new(), missing: BTreeSet::new() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.missing.is_empty()
    }

    /// Whether an object lacks a key that the schema asks for.
    pub fn lacks(&self, members: &serde_json::Map<String, Json>, key: &str) -> bool {
        !self.missing.is_empty() && self.missing.contains(&(std::ptr::from_ref(members) as usize, key.to_owned()))
    }

    /// Whether anything inside a value of the document is among them.
    pub fn is_within(&self, value: &Value<'_>) -> bool {
        match value {
            Value::List(List::Document(items, _)) => items.iter().any(|item| self.is_inside(item)),
            Value::Map(Map::Document(members, _)) => self.is_inside_members(members),
            _ => false,
        }
    }

    fn is_inside(&self, value: &Json) -> bool {
        self.has(value)
            || match value {
                Json::Array(items) => items.iter().any(|item| self.is_inside(item)),
                Json::Object(members) => self.is_inside_members(members),
                _ => false,
            }
    }

    fn is_inside_members(&self, members: &serde_json::Map<String, Json>) -> bool {
        let address = std::ptr::from_ref(members) as usize;
        self.missing.range((address, String::new())..).next().is_some_and(|(owner, _)| *owner == address)
            || members.values().any(|value| self.is_inside(value))
    }

    /// Whether a value is among them.
    pub fn has(&self, value: &Json) -> bool {
        !self.values.is_empty() && self.values.contains(&(std::ptr::from_ref(value) as usize))
    }
}

impl<'a> Place<'a> {
    /// A document of which no schema says anything.
    pub fn any(shapes: &'a Shapes) -> Self {
        Self { shapes, shape: ShapeId::ANY }
    }

    /// What the schema says of the items of the list here.
    pub fn item(self) -> Self {
        Self { shape: self.shapes.get(self.shape).item, ..self }
    }

    /// What the schema says of the member `key` of the object here.
    pub fn member(self, key: &str) -> Self {
        Self { shape: self.shapes.field(self.shape, key).unwrap_or(ShapeId::ANY), ..self }
    }

    /// The value that stands here. What does not have the form that its place asks for stays what it is.
    pub fn value(self, json: &'a Json) -> Value<'a> {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => self.number(number),
            Json::String(text) => self.text(text),
            Json::Array(items) => Value::List(List::Document(items, self)),
            Json::Object(members) => Value::Map(Map::Document(members, self)),
        }
    }

    fn number(self, number: &serde_json::Number) -> Value<'a> {
        let double = || number.as_f64().unwrap_or(f64::NAN);
        match self.shapes.get(self.shape).kind {
            Kind::Double => Value::Double(double()),
            kind => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Value::Int(number),
                (None, Some(number)) => Value::Uint(number),
                (None, None) => match double() {
                    // `1.0` is an integer where the schema asks for one.
                    double if kind == Kind::Int && double.fract() == 0.0 => {
                        super::number::truncated(double).map_or(Value::Double(double), Value::Int)
                    }
                    double => Value::Double(double),
                },
            },
        }
    }

    fn text(self, text: &'a str) -> Value<'a> {
        let found = match self.shapes.get(self.shape).kind {
            Kind::Timestamp => Timestamp::parse(text).map(Value::Timestamp),
            Kind::Duration => Duration::parse(text).map(Value::Duration),
            Kind::Bytes => base64(text).map(|bytes| Value::Bytes(bytes.into())),
            _ => None,
        };
        found.unwrap_or(Value::String(Text::Borrowed(text)))
    }
}

impl<'a> List<'a> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Document(items, _) => items.len(),
            Self::Made(items) => items.len(),
        }
    }

    /// An item.
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Document(items, place) => items.get(index).map(|item| place.item().value(item)),
            Self::Made(items) => items.get(index).cloned(),
        }
    }

    /// All items.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// How the items are told apart.
    pub fn list_type(&self) -> &ListType {
        match self {
            Self::Document(_, place) => &place.shapes.get(place.shape).list_type,
            Self::Made(_) => &ListType::Atomic,
        }
    }
}

impl<'a> Map<'a> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Document(members, _) => members.len(),
            Self::Made(entries) => entries.len(),
        }
    }

    /// The value under a key; numbers are equal as keys when they are equal as numbers.
    pub fn get(&self, key: &Value<'_>) -> Option<Value<'a>> {
        match self {
            Self::Document(members, place) => match key {
                Value::String(key) => members.get(key.as_str()).map(|value| place.member(key.as_str()).value(value)),
                _ => None,
            },
            Self::Made(entries) => {
                let found = entries.iter().find(|(other, _)| other.equals(key, &mut Meter::new(u64::MAX)));
                found.map(|(_, value)| value.clone())
            }
        }
    }

    /// The value under a text.
    pub fn get_text(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Document(members, place) => members.get(key).map(|value| place.member(key).value(value)),
            Self::Made(_) => self.get(&Value::String(Text::Borrowed(key))),
        }
    }

    /// All keys.
    pub fn keys(&self) -> Vec<Value<'a>> {
        match self {
            Self::Document(members, _) => members.keys().map(|key| Value::String(Text::Borrowed(key))).collect(),
            Self::Made(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
        }
    }
}

impl<'a> Value<'a> {
    /// Text that was made.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Value::String(Text::Made(text.into()))
    }

    /// A list that was made.
    pub fn list(items: Vec<Self>) -> Self {
        Value::List(List::Made(items.into()))
    }

    /// The number.
    pub fn number(&self) -> Option<Number> {
        match self {
            Value::Int(number) => Some(Number::Int(*number)),
            Value::Uint(number) => Some(Number::Uint(*number)),
            Value::Double(number) => Some(Number::Double(*number)),
            _ => None,
        }
    }

    /// The name of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null_type",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "google.protobuf.Timestamp",
            Value::Duration(_) => "google.protobuf.Duration",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Type(_) => "type",
            Value::Optional(_) => "optional_type",
            Value::Url(_) => "kubernetes.URL",
        }
    }

    /// Whether two values are equal. Numbers are equal across kinds, values of other types never are. What had to be
    /// looked at is spent; false when that is over the limit.
    pub fn equals(&self, other: &Value<'_>, meter: &mut Meter) -> bool {
        if meter.is_over() {
            return false;
        }
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::String(left), Value::String(right)) => {
                let (left, right) = (left.as_str(), right.as_str());
                meter.add(traversal(left.len().min(right.len()) as u64));
                left == right
            }
            (Value::Bytes(left), Value::Bytes(right)) => {
                meter.add(traversal(left.len().min(right.len()) as u64));
                left == right
            }
            (Value::Timestamp(left), Value::Timestamp(right)) => left == right,
            (Value::Duration(left), Value::Duration(right)) => left == right,
            (Value::Type(left), Value::Type(right)) => left == right,
            (Value::Url(left), Value::Url(right)) => left == right,
            (Value::Optional(left), Value::Optional(right)) => match (left, right) {
                (Some(left), Some(right)) => left.equals(right, meter),
                (left, right) => left.is_none() && right.is_none(),
            },
            (Value::List(left), Value::List(right)) => lists_equal(left, right, meter),
            (Value::Map(left), Value::Map(right)) => {
                left.len() == right.len()
                    && left.keys().iter().all(|key| match (left.get(key), right.get(key)) {
                        (Some(left), Some(right)) => {
                            meter.add(1);
                            left.equals(&right, meter)
                        }
                        _ => false,
                    })
            }
            (left, right) => match (left.number(), right.number()) {
                (Some(left), Some(right)) => left.compare(right) == Some(Ordering::Equal),
                _ => false,
            },
        }
    }

    /// How two values of types that have an order are ordered.
    pub fn compare(&self, other: &Value<'_>, meter: &mut Meter) -> Option<Ordering> {
        match (self, other) {
            (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
            (Value::String(left), Value::String(right)) => {
                let (left, right) = (left.as_str(), right.as_str());
                meter.add(traversal(left.len().min(right.len()) as u64));
                Some(left.cmp(right))
            }
            (Value::Bytes(left), Value::Bytes(right)) => {
                meter.add(traversal(left.len().min(right.len()) as u64));
                Some(left.cmp(right))
            }
            (Value::Timestamp(left), Value::Timestamp(right)) => Some(left.cmp(right)),
            (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
            (left, right) => left.number()?.compare(right.number()?),
        }
    }
}

fn lists_equal(left: &List<'_>, right: &List<'_>, meter: &mut Meter) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut equal = |left: &Value<'_>, right: &Value<'_>| {
        meter.add(1);
        left.equals(right, meter)
    };
    match left.list_type() {
        ListType::Atomic => left.iter().zip(right.iter()).all(|(left, right)| equal(&left, &right)),
        ListType::Set => left.iter().all(|item| right.iter().any(|other| equal(&item, &other))),
        ListType::Map(keys) => left.iter().all(|item| {
            right.iter().find(|other| same_keys(&item, other, keys)).is_some_and(|other| equal(&item, &other))
        }),
    }
}

/// Whether two items of a list are the same one by their key fields.
pub fn same_keys(left: &Value<'_>, right: &Value<'_>, keys: &[String]) -> bool {
    let (Value::Map(left), Value::Map(right)) = (left, right) else { return false };
    keys.iter().all(|key| match (left.get_text(key), right.get_text(key)) {
        (Some(left), Some(right)) => left.equals(&right, &mut Meter::new(u64::MAX)),
        (left, right) => left.is_none() && right.is_none(),
    })
}

/// Reads base64 with the standard alphabet, padded or not (RFC 4648).
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2
        || digits.len() % 4 == 1
        || (text.len() != digits.len() && !text.len().is_multiple_of(4))
    {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(bytes)
}
