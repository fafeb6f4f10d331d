//! Faults: what the validator objected to, in a form that can be compared, merged and weighed.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::{Subject, union};
use crate::pointer::Pointer;
use crate::schema::Keyword;

/// One thing that a document would have to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The value that is wrong; for a missing key the object that lacks it, for an unknown key the member.
    pub at: Pointer,
    /// What was demanded.
    pub demand: Demand,
    /// Where the demand stands.
    pub keyword: Keyword,
    /// The branch of a union that was taken to be meant, from the outside in.
    pub branches: Vec<Branch>,
}

/// The branch of an `anyOf` or `oneOf` that a fault belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The value that the union describes.
    pub at: Pointer,
    /// Its title, the last token of its `$ref`, or its discriminating value.
    pub name: Option<String>,
    /// Counted from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

/// A demand that was not met.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// The value has none of these types.
    Type(Vec<JsonType>),
    /// The value is none of these; `constant` when there is but one by `const`.
    Allowed { values: Vec<Value>, constant: bool },
    /// The object lacks this key.
    Missing { key: String },
    /// The object lacks a key that another of its keys makes necessary.
    MissingBecause { key: String, because: Option<String> },
    /// The object has none of these keys, one of which is needed.
    MissingAny { keys: Vec<String> },
    /// The object has a key that nothing declares.
    Unknown,
    /// The object has a key that is declared, and declared to be never allowed.
    Forbidden,
    /// The key is a misspelling of another one.
    Misspelt { intended: String, required: bool },
    /// A number is outside its bounds.
    Range,
    /// A number is not a multiple of another one.
    Multiple,
    /// A string is too short or too long.
    Length,
    /// A string does not match a pattern.
    Pattern(String),
    /// A pattern took too many steps to decide.
    Costly(String),
    /// A string is not of a format.
    Format(String),
    /// A string is not encoded as it should be, or holds something else than it should.
    Content(String),
    /// An array has too few or too many items.
    Items,
    /// An object has too few or too many members.
    Members,
    /// An array holds an item twice.
    Repeated { first: usize, second: usize },
    /// An array lacks items of a kind, or has too many of them.
    Contains,
    /// An array has an item at a position where none is allowed.
    ExtraItem,
    /// A key is not one that `propertyNames` allows.
    KeyName { allowed: Option<Vec<String>> },
    /// The value matches a schema that it must not match.
    Not,
    /// No value at all is allowed here.
    Never,
    /// The value matches no branch, and no branch is nearer than another.
    NoBranch { branches: Vec<Keyword> },
    /// The value matches several branches of a `oneOf`.
    Several { branches: Vec<usize> },
}

impl Demand {
    /// Whether the fault is in the value itself, so that two of them at one place are one fault.
    pub fn is_about_value(&self) -> bool {
        !matches!(
            self,
            Self::Missing { .. }
                | Self::MissingBecause { .. }
                | Self::MissingAny { .. }
                | Self::Unknown
                | Self::Forbidden
                | Self::Misspelt { .. }
                | Self::KeyName { .. }
                | Self::ExtraItem
        )
    }

    /// Which of several faults of one value speaks for all: the lowest.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Costly(_) => 0,
            Self::Type(_) => 1,
            Self::Allowed { .. } => 2,
            Self::Several { .. } | Self::NoBranch { .. } => 3,
            Self::Never | Self::Forbidden => 4,
            Self::Format(_) | Self::Content(_) => 5,
            Self::Pattern(_) => 6,
            Self::Range | Self::Multiple | Self::Length | Self::Items | Self::Members => 7,
            Self::Repeated { .. } | Self::Contains => 8,
            _ => 9,
        }
    }
}

/// Turns what the validator reports into faults. Unions are resolved to the branch that was meant.
pub fn collect<'e>(
    subject: &Subject<'_>,
    instance: &Value,
    errors: impl IntoIterator<Item = &'e ValidationError<'e>>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for error in errors {
        convert(subject, instance, error, &mut faults);
    }
    faults
}

/// The place in the schema that an error comes from.
pub fn keyword_of(subject: &Subject<'_>, error: &ValidationError<'_>) -> Keyword {
    let base = error
        .absolute_keyword_location()
        .map(|uri| uri.as_str().split('#').next().unwrap_or_default().to_owned())
        .unwrap_or_else(|| subject.root.base.clone());
    Keyword { base, pointer: Pointer::parse(error.schema_path().as_str()).unwrap_or_default() }
}

fn convert(subject: &Subject<'_>, instance: &Value, error: &ValidationError<'_>, faults: &mut Vec<Fault>) {
    let at = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
    let keyword = keyword_of(subject, error);
    let mut push = |at: Pointer, demand: Demand, keyword: Keyword| {
        faults.push(Fault { at, demand, keyword, branches: Vec::new() });
    };
    let demand = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            faults.extend(union::choose(subject, instance, &at, &keyword, context));
            return;
        }
        ValidationErrorKind::OneOfMultipleValid { context } => Demand::Several {
            branches: context
                .iter()
                .enumerate()
                .filter(|(_, errors)| errors.is_empty())
                .map(|(index, _)| index)
                .collect(),
        },
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for key in unexpected {
                push(at.child(key), Demand::Unknown, keyword.clone());
            }
            return;
        }
        ValidationErrorKind::AdditionalItems { limit } => {
            let length = instance.pointer(at.as_str()).and_then(Value::as_array).map_or(0, Vec::len);
            for index in *limit..length {
                push(at.item(index), Demand::ExtraItem, keyword.clone());
            }
            return;
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default().to_owned();
            match keyword.name().as_str() {
                "dependentRequired" | "dependencies" => {
                    let because = trigger(subject, instance, &at, &keyword, &key);
                    Demand::MissingBecause { key, because }
                }
                _ => Demand::Missing { key },
            }
        }
        ValidationErrorKind::PropertyNames { error: inner } => {
            let key = inner.instance().as_str().unwrap_or_default().to_owned();
            let strings = |value: &Value| -> Option<Vec<String>> {
                value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
            };
            let allowed = match inner.kind() {
                ValidationErrorKind::Enum { options } => strings(options),
                ValidationErrorKind::Constant { expected_value } => {
                    expected_value.as_str().map(|only| vec![only.to_owned()])
                }
                _ => None,
            };
            push(at.child(&key), Demand::KeyName { allowed }, keyword_of(subject, inner));
            return;
        }
        // Where no key is declared at all, the library names the object and not its keys.
        ValidationErrorKind::FalseSchema
            if keyword.name() == "additionalProperties"
                && instance.pointer(at.as_str()).is_some_and(Value::is_object) =>
        {
            let members = instance.pointer(at.as_str()).and_then(Value::as_object);
            members.into_iter().flatten().for_each(|(key, _)| push(at.child(key), Demand::Unknown, keyword.clone()));
            return;
        }
        ValidationErrorKind::FalseSchema => match keyword.schema().name().as_str() {
            "properties" | "patternProperties" => Demand::Forbidden,
            _ => match keyword.name().as_str() {
                "additionalProperties" | "unevaluatedProperties" => Demand::Unknown,
                "items" | "additionalItems" | "unevaluatedItems" => Demand::ExtraItem,
                _ if keyword.schema().name() == "prefixItems" => Demand::ExtraItem,
                _ => Demand::Never,
            },
        },
        ValidationErrorKind::UniqueItems => repeated(instance, &at),
        kind => simple(kind),
    };
    push(at, demand, keyword);
}

fn simple(kind: &ValidationErrorKind) -> Demand {
    match kind {
        ValidationErrorKind::Type { kind } => Demand::Type(match kind {
            TypeKind::Single(one) => vec![*one],
            TypeKind::Multiple(several) => several.iter().collect(),
        }),
        ValidationErrorKind::Constant { expected_value } => {
            Demand::Allowed { values: vec![expected_value.as_ref().clone()], constant: true }
        }
        ValidationErrorKind::Enum { options } => {
            Demand::Allowed { values: options.as_array().cloned().unwrap_or_default(), constant: false }
        }
        ValidationErrorKind::Minimum { .. }
        | ValidationErrorKind::Maximum { .. }
        | ValidationErrorKind::ExclusiveMinimum { .. }
        | ValidationErrorKind::ExclusiveMaximum { .. } => Demand::Range,
        ValidationErrorKind::MultipleOf { .. } => Demand::Multiple,
        ValidationErrorKind::MinLength { .. } | ValidationErrorKind::MaxLength { .. } => Demand::Length,
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MaxItems { .. } => Demand::Items,
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => Demand::Members,
        ValidationErrorKind::Pattern { pattern } => Demand::Pattern(pattern.clone()),
        ValidationErrorKind::BacktrackLimitExceeded { error } => Demand::Costly(error.to_string()),
        ValidationErrorKind::RegexEngineFailure { message } => Demand::Costly(message.clone()),
        ValidationErrorKind::Format { format } => Demand::Format(format.clone()),
        ValidationErrorKind::ContentEncoding { content_encoding } => Demand::Content(content_encoding.clone()),
        ValidationErrorKind::ContentMediaType { content_media_type } => Demand::Content(content_media_type.clone()),
        ValidationErrorKind::FromUtf8 { .. } => Demand::Content("UTF-8 text in base64".to_owned()),
        ValidationErrorKind::Contains => Demand::Contains,
        ValidationErrorKind::UnevaluatedItems { .. } => Demand::ExtraItem,
        ValidationErrorKind::Not { .. } => Demand::Not,
        _ => Demand::Never,
    }
}

/// Which key of the object makes `missing` necessary.
fn trigger(subject: &Subject<'_>, instance: &Value, at: &Pointer, keyword: &Keyword, missing: &str) -> Option<String> {
    let view = subject.set.view(keyword)?;
    let present = instance.pointer(at.as_str())?.as_object()?;
    view.object()?
        .iter()
        .find(|(key, demands)| {
            present.contains_key(key.as_str())
                && (demands.as_str() == Some(missing)
                    || demands.as_array().is_some_and(|list| list.iter().any(|item| item.as_str() == Some(missing))))
        })
        .map(|(key, _)| key.clone())
}

fn repeated(instance: &Value, at: &Pointer) -> Demand {
    let items = instance.pointer(at.as_str()).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut seen = std::collections::BTreeMap::new();
    for (second, item) in items.iter().enumerate() {
        if let Some(first) = seen.insert(comparable(item), second) {
            return Demand::Repeated { first, second };
        }
    }
    Demand::Repeated { first: 0, second: items.len().saturating_sub(1) }
}

/// A text that is equal for values that JSON Schema calls equal (1 and 1.0 are).
pub fn comparable(value: &Value) -> String {
    match value {
        Value::Number(number) if number.as_i64().is_none() && number.as_u64().is_none() => {
            number.as_f64().map_or_else(|| number.to_string(), |float| format!("{float}"))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(comparable).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("{key:?}:{}", comparable(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}
