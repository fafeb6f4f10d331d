//! Functions of lists.

use std::cmp::Ordering;

use super::functions::Fault;
use super::meter::Meter;
use super::shape::ListType;
use super::time::Duration;
use super::value::{List, Value, same_keys};

/// Pays for a list of that many items.
///
/// # Errors
/// When that is over the limit; the evaluation ends then, whatever the error says.
pub fn room(meter: &mut Meter, items: usize) -> Result<(), Fault> {
    meter.add(items as u64);
    if meter.is_over() { Err(Fault::new("the list is too long", "a shorter list")) } else { Ok(()) }
}

/// One list after the other. Lists that are sets or maps by their schema are united instead, as Kubernetes does it: items of
/// the first keep their places, of a map with the contents that the second has for them.
pub fn join<'a>(left: &List<'a>, right: &List<'a>, meter: &mut Meter) -> Result<Value<'a>, Fault> {
    room(meter, left.len() + right.len())?;
    let list_type = left.list_type();
    if *list_type == ListType::Atomic {
        return Ok(Value::list(left.iter().chain(right.iter()).collect()));
    }
    let mut same = |one: &Value<'a>, other: &Value<'a>| {
        meter.add(1);
        match list_type {
            ListType::Map(keys) => same_keys(one, other, keys),
            ListType::Set | ListType::Atomic => one.equals(other, meter),
        }
    };
    let mut joined: Vec<Value<'a>> = left.iter().collect();
    for item in right.iter() {
        match joined.iter().position(|known| same(known, &item)) {
            Some(index) => {
                if let Some(place) = joined.get_mut(index) {
                    *place = item;
                }
            }
            None => joined.push(item),
        }
    }
    Ok(Value::list(joined))
}

pub fn is_sorted<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let [Value::List(list)] = values else { return Err(Fault::overload("isSorted", values)) };
    let mut before: Option<Value<'_>> = None;
    for item in list.iter() {
        meter.add(1);
        if let Some(before) = &before {
            match before.compare(&item, meter) {
                Some(Ordering::Greater) => return Ok(Value::Bool(false)),
                Some(_) => {}
                None => return Err(Fault::overload("isSorted", &[before.clone(), item])),
            }
        }
        before = Some(item);
    }
    Ok(Value::Bool(true))
}

pub fn sum<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let [Value::List(list)] = values else { return Err(Fault::overload("sum", values)) };
    let mut items = list.iter();
    let Some(mut total) = items.next() else { return Ok(Value::Int(0)) };
    if !matches!(total, Value::Int(_) | Value::Uint(_) | Value::Double(_) | Value::Duration(_)) {
        return Err(Fault::overload("sum", &[total]));
    }
    for item in items {
        total = match (&total, &item) {
            (Value::Int(left), Value::Int(right)) => left.checked_add(*right).map(Value::Int),
            (Value::Uint(left), Value::Uint(right)) => left.checked_add(*right).map(Value::Uint),
            (Value::Double(left), Value::Double(right)) => Some(Value::Double(left + right)),
            (Value::Duration(left), Value::Duration(right)) => {
                left.0.checked_add(right.0).map(|span| Value::Duration(Duration(span)))
            }
            _ => return Err(Fault::overload("sum", &[total.clone(), item.clone()])),
        }
        .ok_or_else(|| Fault::new("the sum is beyond the range of 64 bits", "a sum within the range of 64 bits"))?;
    }
    Ok(total)
}

/// The least or the greatest item.
pub fn extreme<'a>(
    name: &str,
    values: &[Value<'a>],
    meter: &mut Meter,
    better: fn(Ordering) -> bool,
) -> Result<Value<'a>, Fault> {
    let [Value::List(list)] = values else { return Err(Fault::overload(name, values)) };
    let mut best: Option<Value<'a>> = None;
    for item in list.iter() {
        meter.add(1);
        best = match best {
            None => Some(item),
            Some(best) => match item.compare(&best, meter) {
                Some(order) if better(order) => Some(item),
                Some(_) => Some(best),
                None => return Err(Fault::overload(name, &[best, item])),
            },
        };
    }
    best.ok_or_else(|| {
        Fault::new(format!("`{name}()` of an empty list"), "a list with items, or a condition on its `size()` before")
    })
}

pub fn index_of<'a>(list: &List<'a>, wanted: &Value<'a>, meter: &mut Meter, last: bool) -> Value<'a> {
    let mut matching = (0..list.len()).filter(|&index| {
        list.get(index).is_some_and(|item| {
            meter.add(1);
            item.equals(wanted, meter)
        })
    });
    let found = if last { matching.last() } else { matching.next() };
    Value::Int(found.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
}

/// Whether a list has an item that is equal to a value.
pub fn has(list: &List<'_>, wanted: &Value<'_>, meter: &mut Meter) -> bool {
    list.iter().any(|item| {
        meter.add(1);
        item.equals(wanted, meter)
    })
}

/// Whether a list has an item; whether anything else is equal.
pub fn includes<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::List(list), wanted] => Ok(Value::Bool(has(list, wanted, meter))),
        [value, wanted] => Ok(Value::Bool(value.equals(wanted, meter))),
        _ => Err(Fault::overload("includes", values)),
    }
}

fn covers(whole: &List<'_>, part: &List<'_>, meter: &mut Meter) -> bool {
    part.iter().all(|wanted| has(whole, &wanted, meter))
}

pub fn contains<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::List(whole), Value::List(part)] => Ok(Value::Bool(covers(whole, part, meter))),
        _ => Err(Fault::overload("sets.contains", values)),
    }
}

pub fn equivalent<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::List(left), Value::List(right)] => {
            Ok(Value::Bool(covers(left, right, meter) && covers(right, left, meter)))
        }
        _ => Err(Fault::overload("sets.equivalent", values)),
    }
}

pub fn intersects<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::List(left), Value::List(right)] => Ok(Value::Bool(left.iter().any(|item| has(right, &item, meter)))),
        _ => Err(Fault::overload("sets.intersects", values)),
    }
}
