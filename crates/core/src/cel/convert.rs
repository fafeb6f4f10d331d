//! Conversions from one type to another, and the parts of times.

use super::functions::{Fault, one};
use super::meter::Meter;
use super::number;
use super::operators::{beyond_time, overflow};
use super::time::{Duration, Timestamp};
use super::value::{Text, Value};

/// The text is not written as a value of that type is.
pub fn unreadable(text: &Text<'_>, expected: &str) -> Fault {
    let text: String = text.as_str().chars().take(40).collect();
    Fault::new(format!("{text:?} is not {expected}"), expected)
}

pub fn to_bool<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Bool(value)] => Ok(Value::Bool(*value)),
        [Value::String(text)] => match text.as_str() {
            "true" | "True" | "TRUE" | "t" | "1" => Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" | "f" | "0" => Ok(Value::Bool(false)),
            _ => Err(unreadable(text, "`true` or `false`")),
        },
        _ => Err(Fault::overload("bool", values)),
    }
}

pub fn to_int<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let found = match values {
        [Value::Int(value)] => Some(*value),
        [Value::Uint(value)] => i64::try_from(*value).ok(),
        [Value::Double(value)] => number::truncated(*value),
        [Value::Timestamp(time)] => Some(time.seconds),
        [Value::Duration(span)] => Some(span.0 / 1_000_000_000),
        [Value::String(text)] => {
            return text.as_str().parse().map(Value::Int).map_err(|_| unreadable(text, "a whole number"));
        }
        _ => return Err(Fault::overload("int", values)),
    };
    found.map(Value::Int).ok_or_else(overflow)
}

pub fn to_uint<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let found = match values {
        [Value::Uint(value)] => Some(*value),
        [Value::Int(value)] => u64::try_from(*value).ok(),
        [Value::Double(value)] => number::truncated_unsigned(*value),
        [Value::String(text)] => {
            return text
                .as_str()
                .parse()
                .map(Value::Uint)
                .map_err(|_| unreadable(text, "a whole number that is not negative"));
        }
        _ => return Err(Fault::overload("uint", values)),
    };
    found.map(Value::Uint).ok_or_else(overflow)
}

#[allow(clippy::cast_precision_loss, reason = "the nearest double is what the language asks for")]
pub fn to_double<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Double(value)] => Ok(Value::Double(*value)),
        [Value::Int(value)] => Ok(Value::Double(*value as f64)),
        [Value::Uint(value)] => Ok(Value::Double(*value as f64)),
        [Value::String(text)] => text.as_str().parse().map(Value::Double).map_err(|_| unreadable(text, "a number")),
        _ => Err(Fault::overload("double", values)),
    }
}

pub fn to_string<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let value = one("string", values)?;
    match value {
        Value::String(_) => Ok(value.clone()),
        _ => written(value).map(Value::text).ok_or_else(|| match value {
            Value::Bytes(_) => Fault::new("the bytes are not text in UTF-8", "bytes that are text in UTF-8"),
            _ => Fault::overload("string", values),
        }),
    }
}

/// What `string()` makes of a value.
pub fn written(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::String(text) => text.as_str().to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => number::written(*value),
        Value::Bytes(bytes) => String::from_utf8(bytes.to_vec()).ok()?,
        Value::Timestamp(time) => time.to_string(),
        Value::Duration(span) => span.to_string(),
        Value::Url(url) => url.to_string(),
        _ => return None,
    })
}

pub fn to_bytes<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Bytes(bytes)] => Ok(Value::Bytes(bytes.clone())),
        [Value::String(text)] => Ok(Value::Bytes(text.as_str().as_bytes().into())),
        _ => Err(Fault::overload("bytes", values)),
    }
}

pub fn to_timestamp<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Timestamp(time)] => Ok(Value::Timestamp(*time)),
        [Value::Int(seconds)] => Timestamp::new(*seconds, 0).map(Value::Timestamp).ok_or_else(beyond_time),
        [Value::String(text)] => {
            let expected = "a time such as `2026-11-26T08:00:00Z`, between the years 1 and 9999";
            Timestamp::parse(text.as_str()).map(Value::Timestamp).ok_or_else(|| unreadable(text, expected))
        }
        _ => Err(Fault::overload("timestamp", values)),
    }
}

pub fn to_duration<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Duration(span)] => Ok(Value::Duration(*span)),
        [Value::Int(seconds)] => {
            seconds.checked_mul(1_000_000_000).map(|span| Value::Duration(Duration(span))).ok_or_else(overflow)
        }
        [Value::String(text)] => {
            let expected = "a span of time such as `1h30m`";
            Duration::parse(text.as_str()).map(Value::Duration).ok_or_else(|| unreadable(text, expected))
        }
        _ => Err(Fault::overload("duration", values)),
    }
}

pub fn part<'a>(name: &str, values: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let found = match values {
        [Value::Timestamp(time)] => time.part(name, None),
        [Value::Timestamp(time), Value::String(zone)] => {
            let expected = "`UTC` or an offset such as `+02:00`: what a name stands for changes, so a verdict must not depend on it";
            return time.part(name, Some(zone.as_str())).map(Value::Int).ok_or_else(|| unreadable(zone, expected));
        }
        [Value::Duration(span)] => span.part(name),
        _ => None,
    };
    found.map(Value::Int).ok_or_else(|| Fault::overload(name, values))
}
