//! `format()`: values written into a text.

use super::convert::written;
use super::functions::Fault;
use super::meter::Meter;
use super::strings::Made;
use super::value::{List, Map, Value};

/// How deep what is written may be nested.
const MAX_DEPTH: usize = 32;

/// `'%s has %d'.format([name, count])`, with `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` and `%%`.
pub fn format<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let [Value::String(pattern), Value::List(arguments)] = values else {
        return Err(Fault::overload("format", values));
    };
    let (mut made, mut rest, mut used) = (Made::new(meter), pattern.as_str(), 0);
    while let Some(at) = rest.find('%') {
        made.push(rest.get(..at).unwrap_or_default())?;
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('%') {
            made.push("%")?;
            rest = after;
            continue;
        }
        let (precision, after) = precision(rest)?;
        let Some(verb) = after.chars().next() else {
            return Err(Fault::new("the text ends inside a placeholder", "`%%` for a percent sign"));
        };
        rest = after.get(verb.len_utf8()..).unwrap_or_default();
        let Some(argument) = arguments.get(used) else {
            return Err(Fault::new(
                format!("there is no value for placeholder {}", used + 1),
                "a value for each placeholder",
            ));
        };
        used += 1;
        placeholder(&mut made, verb, precision, &argument)?;
    }
    made.push(rest)?;
    Ok(made.value())
}

/// The digits after the point that a placeholder asks for, and what follows.
fn precision(rest: &str) -> Result<(Option<usize>, &str), Fault> {
    let Some(after) = rest.strip_prefix('.') else { return Ok((None, rest)) };
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (digits, after) = after.split_at(digits);
    match digits.parse::<usize>() {
        Ok(precision) if precision <= 100 => Ok((Some(precision), after)),
        _ => Err(Fault::new(
            format!("`.{digits}` is not a number of digits"),
            "a number of digits up to 100, such as `%.2f`",
        )),
    }
}

fn placeholder(made: &mut Made<'_>, verb: char, precision: Option<usize>, value: &Value<'_>) -> Result<(), Fault> {
    let wrong = || {
        let expected = match verb {
            's' => "any value",
            'd' => "a number",
            'f' | 'e' => "a double",
            'b' | 'o' => "a whole number",
            'x' | 'X' => "a whole number, a text or bytes",
            _ => {
                return Fault::new(
                    format!("there is no placeholder `%{verb}`"),
                    "`%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x` or `%X`",
                );
            }
        };
        Fault::new(format!("`%{verb}` is not for {}", value.type_name()), expected)
    };
    let text = match (verb, value) {
        ('s', value) => return write(made, value, 0),
        ('d', Value::Int(_) | Value::Uint(_) | Value::Double(_)) => return write(made, value, 0),
        ('f', value) => format!("{:.*}", precision.unwrap_or(6), double(value).ok_or_else(wrong)?),
        ('e', value) => exponent(double(value).ok_or_else(wrong)?, precision.unwrap_or(6)),
        ('b', Value::Bool(value)) => u8::from(*value).to_string(),
        ('b', Value::Int(value)) => signed(*value, |value| format!("{value:b}")),
        ('b', Value::Uint(value)) => format!("{value:b}"),
        ('o', Value::Int(value)) => signed(*value, |value| format!("{value:o}")),
        ('o', Value::Uint(value)) => format!("{value:o}"),
        ('x', Value::Int(value)) => signed(*value, |value| format!("{value:x}")),
        ('X', Value::Int(value)) => signed(*value, |value| format!("{value:X}")),
        ('x', Value::Uint(value)) => format!("{value:x}"),
        ('X', Value::Uint(value)) => format!("{value:X}"),
        ('x' | 'X', Value::String(_) | Value::Bytes(_)) => {
            let bytes = match value {
                Value::String(text) => text.as_str().as_bytes(),
                Value::Bytes(bytes) => bytes,
                _ => &[],
            };
            for byte in bytes {
                made.push(&if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") })?;
            }
            return Ok(());
        }
        _ => return Err(wrong()),
    };
    made.push(&text)
}

fn double(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Double(value) => Some(*value),
        #[allow(clippy::cast_precision_loss, reason = "written with few digits")]
        Value::Int(value) => Some(*value as f64),
        #[allow(clippy::cast_precision_loss, reason = "written with few digits")]
        Value::Uint(value) => Some(*value as f64),
        _ => None,
    }
}

fn exponent(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

fn signed(value: i64, digits: fn(u64) -> String) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", digits(value.unsigned_abs()))
}

/// A value as `%s` writes it. Maps are written in the order of their keys.
fn write(made: &mut Made<'_>, value: &Value<'_>, depth: usize) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::new("the value is nested too deep to be written", format!("at most {MAX_DEPTH} levels")));
    }
    match value {
        Value::Null => made.push("null"),
        Value::Type(name) => made.push(name),
        Value::List(list) => write_list(made, list, depth),
        Value::Map(map) => write_map(made, map, depth),
        Value::Optional(Some(value)) => write(made, value, depth + 1),
        Value::Optional(None) => made.push("null"),
        Value::String(text) => made.push(text.as_str()),
        Value::Double(value) if value.is_infinite() => made.push(if *value > 0.0 { "Infinity" } else { "-Infinity" }),
        other => made.push(&written(other).unwrap_or_default()),
    }
}

fn write_list(made: &mut Made<'_>, list: &List<'_>, depth: usize) -> Result<(), Fault> {
    made.push("[")?;
    for (index, item) in list.iter().enumerate() {
        if index > 0 {
            made.push(", ")?;
        }
        write(made, &item, depth + 1)?;
    }
    made.push("]")
}

fn write_map(made: &mut Made<'_>, map: &Map<'_>, depth: usize) -> Result<(), Fault> {
    let mut entries: Vec<(String, Value<'_>)> = Vec::new();
    for key in map.keys() {
        let Some(value) = map.get(&key) else { continue };
        entries.push((written(&key).unwrap_or_default(), value));
    }
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));
    made.push("{")?;
    for (index, (key, value)) in entries.iter().enumerate() {
        made.push(if index > 0 { ", " } else { "" })?;
        made.push(key)?;
        made.push(": ")?;
        write(made, value, depth + 1)?;
    }
    made.push("}")
}
