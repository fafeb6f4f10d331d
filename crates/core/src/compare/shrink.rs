//! Making a witness smaller: it keeps no part that is not needed.

use serde_json::{Map, Number, Value};

/// The smallest value that `holds` and that is reached from `value` by taking parts away or making them plainer, each step
/// holding too. Asks at most `budget` times.
pub fn shrink(value: Value, mut budget: usize, holds: &dyn Fn(&Value) -> bool) -> Value {
    let mut smallest = value;
    loop {
        let mut changed = false;
        let mut candidates = smaller(&smallest);
        candidates.sort_by_key(weight);
        for candidate in candidates {
            if budget == 0 {
                return smallest;
            }
            budget -= 1;
            if weight(&candidate) < weight(&smallest) && holds(&candidate) {
                smallest = candidate;
                changed = true;
                break;
            }
        }
        if !changed {
            return smallest;
        }
    }
}

/// How much a reader has to read, and how odd it is.
pub fn weight(value: &Value) -> (usize, usize) {
    let text = value.to_string();
    let odd = text.chars().filter(|character| !character.is_ascii_alphanumeric()).count();
    (text.len(), odd)
}

/// Values with one part less, or one part plainer.
fn smaller(value: &Value) -> Vec<Value> {
    let mut found: Vec<Value> = match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![Value::Bool(false)],
        Value::Number(number) => numbers(number),
        Value::String(text) => strings(text),
        Value::Array(items) => arrays(items),
        Value::Object(members) => objects(members),
    };
    if !matches!(value, Value::Null | Value::Bool(_)) {
        found.extend([Value::Null, Value::from(0), Value::from("")]);
    }
    found
}

fn numbers(number: &Number) -> Vec<Value> {
    let mut found = vec![Value::from(0), Value::from(1), Value::from(-1)];
    if let Some(whole) = number.as_i64() {
        found.extend([whole / 2, whole / 10].map(Value::from));
    }
    found
}

fn strings(text: &str) -> Vec<Value> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = vec![Value::from(""), Value::from("a")];
    let half: String = characters.iter().take(characters.len() / 2).collect();
    found.push(Value::from(half));
    for index in 0..characters.len().min(40) {
        let rest: String =
            characters.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, character)| *character).collect();
        found.push(Value::from(rest));
    }
    found
}

fn arrays(items: &[Value]) -> Vec<Value> {
    let mut found = vec![Value::Array(Vec::new())];
    for index in 0..items.len().min(60) {
        let mut fewer = items.to_vec();
        fewer.remove(index);
        found.push(Value::Array(fewer));
    }
    for (index, item) in items.iter().enumerate().take(60) {
        for plainer in smaller(item) {
            let mut array = items.to_vec();
            if let Some(place) = array.get_mut(index) {
                *place = plainer;
            }
            found.push(Value::Array(array));
        }
    }
    found
}

fn objects(members: &Map<String, Value>) -> Vec<Value> {
    let mut found = vec![Value::Object(Map::new())];
    for name in members.keys() {
        let mut fewer = members.clone();
        fewer.remove(name);
        found.push(Value::Object(fewer));
    }
    for (name, member) in members {
        for plainer in smaller(member) {
            let mut object = members.clone();
            object.insert(name.clone(), plainer);
            found.push(Value::Object(object));
        }
    }
    found
}
