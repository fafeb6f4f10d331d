#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::bundle::{Family, File};
use crate::pointer::Pointer;
use crate::schema::Keyword;
use crate::schema::load::{self, LoadedFamily};
use crate::source::Limits;

pub fn family(schema: &Value) -> LoadedFamily {
    let file = File { file: "v1.json".to_owned(), text: schema.to_string() };
    let family = Family { schemas: [(1, file)].into(), ..Family::default() };
    load::load("cases", &family, &Limits::default())
}

pub fn side(family: &LoadedFamily) -> Option<Side<'_>> {
    let version = family.versions.get(&1)?;
    let root = Keyword { base: version.uri.clone(), pointer: Pointer::root() };
    Some(Side { root: family.set.as_ref()?.view(&root)?, validator: version.validator.as_ref()? })
}

fn answer(old: &Value, new: &Value) -> Option<(&'static str, String)> {
    let (old, new) = (family(old), family(new));
    let (old, new) = (side(&old)?, side(&new)?);
    Some(match judge(&old, &new, (true, true), &[], false) {
        Judgement::Compatible => ("compatible", String::new()),
        Judgement::Breaking(witnesses) => ("breaking", witnesses[0].to_string()),
        Judgement::Undecided(obstacle) => ("undecided", obstacle.keyword),
    })
}

#[test]
fn probe() {
    let cases: Vec<Value> = std::fs::read_to_string("/work/shared/data/compat/jsoncompat.ndjson")
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut decided = 0;
    let mut all = 0;
    for case in &cases {
        for (direction, old, new, witnesses) in
            [("fwd", &case["old"], &case["new"], "old_only"), ("back", &case["new"], &case["old"], "new_only")]
        {
            let label =
                if direction == "fwd" { &case["expect"]["deserializer"] } else { &case["expect"]["serializer"] };
            let started = std::time::Instant::now();
            let Some((found, why)) = answer(old, new) else {
                println!("UNLOADABLE {}", case["id"]);
                continue;
            };
            all += 1;
            let known = case["examples"][witnesses].as_array().is_some_and(|list| !list.is_empty());
            if found != "undecided" {
                decided += 1;
            }
            let wrong = known && found == "compatible";
            if found == "undecided"
                || wrong
                || (label == &json!(true)) != (found == "compatible")
                || started.elapsed().as_millis() > 200
            {
                println!(
                    "{}{} {} {direction}: {found} {why} label {label} old={old} new={new} {:?}",
                    if wrong { "WRONG " } else { "" },
                    case["id"],
                    "",
                    started.elapsed()
                );
            }
        }
    }
    println!("jsoncompat decided {decided} of {all}");
    let cases: Value =
        serde_json::from_str(&std::fs::read_to_string("/work/shared/data/compat/apicurio.json").unwrap()).unwrap();
    let (mut decided, mut all) = (0, 0);
    for case in cases["tests"].as_array().unwrap() {
        for (direction, old, new) in
            [("bwd", &case["original"], &case["updated"]), ("fwd", &case["updated"], &case["original"])]
        {
            let started = std::time::Instant::now();
            let Some((found, why)) = answer(old, new) else {
                println!("UNLOADABLE {}", case["id"]);
                continue;
            };
            all += 1;
            if found != "undecided" {
                decided += 1;
            }
            let label = case["compatibility"].as_str().unwrap();
            let expected = label == "both" || (label == "backward" && direction == "bwd");
            if found == "undecided" || expected != (found == "compatible") || started.elapsed().as_millis() > 200 {
                println!(
                    "{} {direction}: {found} {why} label {label} old={old} new={new} {:?}",
                    case["id"],
                    started.elapsed()
                );
            }
        }
    }
    println!("apicurio decided {decided} of {all}");
}

/// All places of subschemas under `properties`, `items`, `$defs` and the like.
fn places(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    found.push(at.clone());
    for (tokens, child) in crate::schema::subschemas::of(value) {
        let place = tokens.iter().fold(at.clone(), |place, token| place.child(token));
        places(child, &place, found);
    }
}

fn changes(schema: &Value) -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    places(schema, &Pointer::root(), &mut all);
    let mut counts = std::collections::BTreeMap::new();
    for place in all {
        let here = schema.pointer(place.as_str()).unwrap();
        let Some(here) = here.as_object() else { continue };
        let mut change = |kind: &'static str, edit: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let count = counts.entry(kind).or_insert(0);
            *count += 1;
            if *count % 3 != 1 || *count > 13 {
                return;
            }
            let mut new = schema.clone();
            edit(new.pointer_mut(place.as_str()).unwrap().as_object_mut().unwrap());
            found.push((kind, new));
        };
        if let Some(properties) = here.get("properties").and_then(Value::as_object) {
            let required: Vec<&str> = here
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for name in properties.keys().take(2) {
                change("property removed", &|object| {
                    object["properties"].as_object_mut().unwrap().remove(name);
                });
                if !required.contains(&name.as_str()) {
                    change("made required", &|object| {
                        let mut list = object.get("required").cloned().unwrap_or_else(|| json!([]));
                        list.as_array_mut().unwrap().push(json!(name));
                        object.insert("required".into(), list);
                    });
                }
            }
            change("property added", &|object| {
                object["properties"].as_object_mut().unwrap().insert("zzz".into(), json!({"type": "string"}));
            });
            if !here.contains_key("additionalProperties") {
                change("closed", &|object| {
                    object.insert("additionalProperties".into(), json!(false));
                });
            }
        }
        if here.get("required").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
            change("made optional", &|object| {
                object["required"].as_array_mut().unwrap().pop();
            });
        }
        if let Some(kind) = here.get("type").and_then(Value::as_str) {
            let other = if kind == "string" { "integer" } else { "string" };
            change("type changed", &|object| {
                object.insert("type".into(), json!(other));
            });
            change("type widened", &|object| {
                object.insert("type".into(), json!([kind, other]));
            });
            if kind == "string" {
                change("maxLength", &|object| {
                    object.insert("maxLength".into(), json!(5));
                });
                change("pattern", &|object| {
                    object.insert("pattern".into(), json!("^[a-z]{2,20}$"));
                });
            }
            if kind == "integer" || kind == "number" {
                change("maximum", &|object| {
                    object.insert("maximum".into(), json!(10));
                });
            }
        }
        if here.get("enum").and_then(Value::as_array).is_some_and(|list| list.len() > 1) {
            change("enum value removed", &|object| {
                object["enum"].as_array_mut().unwrap().pop();
            });
            change("enum value added", &|object| {
                object["enum"].as_array_mut().unwrap().push(json!("zzz"));
            });
        }
        for keyword in ["anyOf", "oneOf"] {
            if here.get(keyword).and_then(Value::as_array).is_some_and(|list| list.len() > 1) {
                change("branch removed", &|object| {
                    object[keyword].as_array_mut().unwrap().pop();
                });
                change("branch added", &|object| {
                    object[keyword].as_array_mut().unwrap().push(json!({"const": "zzz"}));
                });
            }
        }
    }
    found
}

#[test]
fn probe_corpus() {
    let mut table: std::collections::BTreeMap<&str, [u32; 3]> = std::collections::BTreeMap::new();
    let mut slow = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/faults/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for entry in entries {
        if std::env::var("ONLY").is_ok_and(|only| !only.split(',').any(|name| entry.ends_with(name)))
            || std::env::var("NOT").is_ok_and(|only| only.split(',').any(|name| entry.ends_with(name)))
        {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(entry.join("schema.json")) else { continue };
        let old: Value = serde_json::from_str(&text).unwrap();
        let old_family = family(&old);
        let Some(old_side) = side(&old_family) else {
            println!("UNLOADABLE {}", entry.display());
            continue;
        };
        let mut totals = [0, 0, 0];
        for (kind, new) in changes(&old) {
            let new_family = family(&new);
            let Some(new_side) = side(&new_family) else { continue };
            let started = std::time::Instant::now();
            let judged = judge(&old_side, &new_side, (true, true), &[], false);
            let took = started.elapsed();
            let index = match judged {
                Judgement::Compatible => 0,
                Judgement::Breaking(_) => 1,
                Judgement::Undecided(_) => 2,
            };
            if let Judgement::Undecided(obstacle) = &judged {
                println!("undecided {} {kind} at {} {took:?}", entry.file_name().unwrap().display(), obstacle.keyword);
            }
            table.entry(kind).or_default()[index] += 1;
            totals[index] += 1;
            slow.push((took, format!("{} {kind} {index}", entry.file_name().unwrap().display())));
        }
        println!("{} {} bytes: {totals:?}", entry.file_name().unwrap().display(), text.len());
    }
    for (kind, counts) in table {
        println!("{kind}: compatible {} breaking {} undecided {}", counts[0], counts[1], counts[2]);
    }
    slow.sort();
    println!("median {:?} 99% {:?}", slow[slow.len() / 2].0, slow[slow.len() * 99 / 100].0);
    for entry in slow.iter().rev().take(12) {
        println!("{entry:?}");
    }
}
