//! Faults for real documents, so that hosts are compared on findings and not on silence. The faults are chosen by
//! position alone; whether one breaks the schema does not matter here.

use serde_json::{Map, Value};

/// How many faulty copies one document gives.
const COPIES: usize = 4;

/// Copies of a document, each with one fault; as many as there are places for.
pub fn faulty(document: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    collect(document, String::new(), &mut places);
    let chosen =
        (0..COPIES.min(places.len())).map(|copy| (copy, &places[copy * places.len() / COPIES.min(places.len())]));
    chosen.filter_map(|(copy, place)| with_fault(document, place, copy)).collect()
}

/// The pointers of all members of objects.
fn collect(value: &Value, pointer: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                places.push(pointer.clone());
                collect(value, pointer, places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), places);
            }
        }
        _ => {}
    }
}

fn with_fault(document: &Value, place: &str, kind: usize) -> Option<Value> {
    let mut document = document.clone();
    let (parent, key) = place.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    let members = document.pointer_mut(parent)?.as_object_mut()?;
    match kind % COPIES {
        0 => misspell(members, &key),
        1 => {
            let value = members.get_mut(&key)?;
            *value = retyped(value);
        }
        2 => {
            members.remove(&key)?;
        }
        _ => match members.get_mut(&key)? {
            Value::String(text) => text.push('x'),
            Value::Number(number) => *number = (-1_000_000_007_i64).into(),
            value => *value = Value::from(vec![value.clone()]),
        },
    }
    Some(document)
}

/// Doubles the last letter of a key.
fn misspell(members: &mut Map<String, Value>, key: &str) {
    if let Some(value) = members.remove(key) {
        let last = key.chars().last().unwrap_or('x');
        members.insert(format!("{key}{last}"), value);
    }
}

fn retyped(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::from(80),
        Value::Number(number) => Value::from(number.to_string()),
        Value::Bool(flag) => Value::from(if *flag { "yes" } else { "no" }),
        Value::Array(items) => items.first().cloned().unwrap_or(Value::from("item")),
        Value::Object(_) | Value::Null => Value::from("text"),
    }
}
