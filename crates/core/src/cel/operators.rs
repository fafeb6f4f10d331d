//! Operators: arithmetic that does not wrap, equality and order across types of numbers.

use std::cmp::Ordering;

use super::functions::Fault;
use super::lists;
use super::meter::Meter;
use super::strings;
use super::time::Duration;
use super::value::Value;

pub fn overflow() -> Fault {
    Fault::new("the result is beyond the range of 64 bits", "a result within the range of 64 bits")
}

pub fn not<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Bool(value)] => Ok(Value::Bool(!value)),
        _ => Err(Fault::overload("!_", values)),
    }
}

pub fn negate<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Int(value)] => value.checked_neg().map(Value::Int).ok_or_else(overflow),
        [Value::Double(value)] => Ok(Value::Double(-value)),
        _ => Err(Fault::overload("-_", values)),
    }
}

pub fn add<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Int(left), Value::Int(right)] => left.checked_add(*right).map(Value::Int).ok_or_else(overflow),
        [Value::Uint(left), Value::Uint(right)] => left.checked_add(*right).map(Value::Uint).ok_or_else(overflow),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left + right)),
        [Value::String(left), Value::String(right)] => {
            let mut made = strings::Made::new(meter);
            made.push(left.as_str())?;
            made.push(right.as_str())?;
            Ok(made.value())
        }
        [Value::Bytes(left), Value::Bytes(right)] => {
            strings::room(meter, left.len() + right.len())?;
            Ok(Value::Bytes([&**left, &**right].concat().into()))
        }
        [Value::List(left), Value::List(right)] => lists::join(left, right, meter),
        [Value::Duration(left), Value::Duration(right)] => {
            left.0.checked_add(right.0).map(|span| Value::Duration(Duration(span))).ok_or_else(overflow)
        }
        [Value::Timestamp(time), Value::Duration(span)] | [Value::Duration(span), Value::Timestamp(time)] => {
            time.plus(*span).map(Value::Timestamp).ok_or_else(beyond_time)
        }
        _ => Err(Fault::overload("_+_", values)),
    }
}

pub fn beyond_time() -> Fault {
    Fault::new("the result is not between the years 1 and 9999", "a time between the years 1 and 9999")
}

pub fn subtract<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Int(left), Value::Int(right)] => left.checked_sub(*right).map(Value::Int).ok_or_else(overflow),
        [Value::Uint(left), Value::Uint(right)] => left.checked_sub(*right).map(Value::Uint).ok_or_else(overflow),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left - right)),
        [Value::Duration(left), Value::Duration(right)] => {
            left.0.checked_sub(right.0).map(|span| Value::Duration(Duration(span))).ok_or_else(overflow)
        }
        [Value::Timestamp(time), Value::Duration(span)] => {
            let back = span.0.checked_neg().map(Duration).ok_or_else(overflow)?;
            time.plus(back).map(Value::Timestamp).ok_or_else(beyond_time)
        }
        [Value::Timestamp(left), Value::Timestamp(right)] => {
            left.since(*right).map(Value::Duration).ok_or_else(overflow)
        }
        _ => Err(Fault::overload("_-_", values)),
    }
}

pub fn multiply<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Int(left), Value::Int(right)] => left.checked_mul(*right).map(Value::Int).ok_or_else(overflow),
        [Value::Uint(left), Value::Uint(right)] => left.checked_mul(*right).map(Value::Uint).ok_or_else(overflow),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left * right)),
        _ => Err(Fault::overload("_*_", values)),
    }
}

fn by_zero() -> Fault {
    Fault::new(
        "a whole number is divided by zero",
        "a divisor other than zero, or a condition before it such as `x != 0 && …`",
    )
}

pub fn divide<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Int(_), Value::Int(0)] | [Value::Uint(_), Value::Uint(0)] => Err(by_zero()),
        [Value::Int(left), Value::Int(right)] => left.checked_div(*right).map(Value::Int).ok_or_else(overflow),
        [Value::Uint(left), Value::Uint(right)] => left.checked_div(*right).map(Value::Uint).ok_or_else(overflow),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left / right)),
        _ => Err(Fault::overload("_/_", values)),
    }
}

pub fn remainder<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Int(_), Value::Int(0)] | [Value::Uint(_), Value::Uint(0)] => Err(by_zero()),
        [Value::Int(left), Value::Int(right)] => left.checked_rem(*right).map(Value::Int).ok_or_else(overflow),
        [Value::Uint(left), Value::Uint(right)] => left.checked_rem(*right).map(Value::Uint).ok_or_else(overflow),
        _ => Err(Fault::overload("_%_", values)),
    }
}

pub fn equality<'a>(values: &[Value<'a>], meter: &mut Meter, wanted: bool) -> Result<Value<'a>, Fault> {
    match values {
        [left, right] => Ok(Value::Bool(left.equals(right, meter) == wanted)),
        _ => Err(Fault::overload("_==_", values)),
    }
}

pub fn order<'a>(
    name: &str,
    values: &[Value<'a>],
    meter: &mut Meter,
    holds: fn(Ordering) -> bool,
) -> Result<Value<'a>, Fault> {
    let [left, right] = values else { return Err(Fault::overload(name, values)) };
    match left.compare(right, meter) {
        Some(order) => Ok(Value::Bool(holds(order))),
        // What is not a number is in no order with numbers.
        None if left.number().is_some() && right.number().is_some() => Ok(Value::Bool(false)),
        None => Err(Fault::overload(name, values)),
    }
}

pub fn within<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [wanted, Value::List(list)] => Ok(Value::Bool(lists::has(list, wanted, meter))),
        [wanted, Value::Map(map)] => {
            meter.add(1);
            Ok(Value::Bool(map.get(wanted).is_some()))
        }
        _ => Err(Fault::overload("@in", values)),
    }
}
