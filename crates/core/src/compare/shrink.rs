//! Making a witness smaller: it keeps no part that is not needed.

use serde_json::{Map, Number, Value};

use crate::explain::size;

/// A smallest value that `holds` and that is reached from `value` by taking parts away or making them plainer, each step
/// holding too. Asks about values of `work` parts at most.
pub fn shrink(value: Value, work: &mut usize, holds: &dyn Fn(&Value) -> bool) -> Value {
    let mut smallest = value;
    loop {
        let before = weight(&smallest);
        smallest = reduce(smallest, &mut |candidate| {
            let left = work.checked_sub(size(candidate));
            *work = left.unwrap_or(0);
            left.is_some() && holds(candidate)
        });
        // What was needed at first may not be needed without the rest.
        if *work == 0 || weight(&smallest) >= before {
            return smallest;
        }
    }
}

/// How much a reader has to read, and how odd it is.
pub type Weight = (usize, usize);

/// What a value weighs.
pub fn weight(value: &Value) -> Weight {
    let text = value.to_string();
    let odd = text.chars().filter(|character| !character.is_ascii_alphanumeric()).count();
    (text.len(), odd)
}

/// Goes once through a value. `holds` is told what would stand in its place.
fn reduce(value: Value, holds: &mut dyn FnMut(&Value) -> bool) -> Value {
    let mut plainer = plainer(&value);
    plainer.sort_by_cached_key(weight);
    let own = weight(&value);
    for candidate in plainer {
        if weight(&candidate) < own && holds(&candidate) {
            return candidate;
        }
    }
    match value {
        Value::Object(members) => Value::Object(object(members, holds)),
        Value::Array(items) => Value::Array(array(items, holds)),
        scalar => scalar,
    }
}

fn object(mut members: Map<String, Value>, holds: &mut dyn FnMut(&Value) -> bool) -> Map<String, Value> {
    for name in members.keys().cloned().collect::<Vec<_>>() {
        let mut fewer = members.clone();
        fewer.remove(&name);
        let fewer = Value::Object(fewer);
        if holds(&fewer) {
            members.remove(&name);
        }
    }
    for name in members.keys().cloned().collect::<Vec<_>>() {
        let Some(member) = members.get(&name).cloned() else { continue };
        let mut around = members.clone();
        let member = reduce(member, &mut |candidate| {
            around.insert(name.clone(), candidate.clone());
            holds(&Value::Object(around.clone()))
        });
        members.insert(name, member);
    }
    members
}

fn array(mut items: Vec<Value>, holds: &mut dyn FnMut(&Value) -> bool) -> Vec<Value> {
    for index in (0..items.len()).rev() {
        let mut fewer = items.clone();
        fewer.remove(index);
        if holds(&Value::Array(fewer)) {
            items.remove(index);
        }
    }
    for index in 0..items.len() {
        let Some(item) = items.get(index).cloned() else { continue };
        let mut around = items.clone();
        let item = reduce(item, &mut |candidate| {
            if let Some(place) = around.get_mut(index) {
                *place = candidate.clone();
            }
            holds(&Value::Array(around.clone()))
        });
        if let Some(place) = items.get_mut(index) {
            *place = item;
        }
    }
    items
}

/// Plainer values without looking inside.
fn plainer(value: &Value) -> Vec<Value> {
    let mut found: Vec<Value> = match value {
        Value::Null | Value::Bool(false) => return Vec::new(),
        Value::Bool(true) => return vec![Value::Bool(false)],
        Value::Number(number) => numbers(number),
        Value::String(text) => strings(text),
        Value::Array(_) => vec![Value::Array(Vec::new())],
        Value::Object(_) => vec![Value::Object(Map::new())],
    };
    found.extend([Value::Null, Value::from(0), Value::from("")]);
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

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_needed_stays() {
        let document = json!({ "a": [1, { "b": "long text", "c": 700 }, 3], "d": { "e": true }, "f": "x" });
        let holds =
            |value: &Value| value["a"].as_array().is_some_and(|items| items.iter().any(|item| item["c"].is_number()));
        assert_eq!(shrink(document, &mut 1_000, &holds), json!({ "a": [{ "c": 0 }] }));
    }

    #[test]
    fn work_ends_in_a_value_that_holds() {
        let document = json!((0..200).collect::<Vec<u32>>());
        for mut work in [0, 1, 150, 5_000] {
            let shrunk = shrink(document.clone(), &mut work, &|value| {
                value.as_array().is_some_and(|items| items.contains(&json!(7)))
            });
            assert!(shrunk.as_array().is_some_and(|items| items.contains(&json!(7))));
        }
    }

    #[test]
    fn strings_lose_one_character_after_the_other() {
        let holds = |value: &Value| value.as_str().is_some_and(|text| text.contains('-') && text.ends_with('z'));
        assert_eq!(shrink(json!("abc-defz"), &mut 1_000, &holds), json!("-z"));
    }
}
