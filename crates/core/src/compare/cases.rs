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
        .unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut decided = 0;
    let mut all = 0;
    for case in &cases {
        for (direction, old, new, witnesses) in [("fwd", &case["old"], &case["new"], "old_only"), ("back", &case["new"], &case["old"], "new_only")] {
            let label = if direction == "fwd" { &case["expect"]["deserializer"] } else { &case["expect"]["serializer"] };
            let started = std::time::Instant::now();
            let Some((found, why)) = answer(old, new) else { println!("UNLOADABLE {}", case["id"]); continue };
            all += 1;
            let known = case["examples"][witnesses].as_array().is_some_and(|list| !list.is_empty());
            if found != "undecided" { decided += 1; }
            let wrong = known && found == "compatible";
            if found == "undecided" || wrong || (label == &json!(true)) != (found == "compatible") || started.elapsed().as_millis() > 200 {
                println!("{}{} {} {direction}: {found} {why} label {label} old={old} new={new} {:?}", if wrong {"WRONG "} else {""}, case["id"], "", started.elapsed());
            }
        }
    }
    println!("jsoncompat decided {decided} of {all}");
    let cases: Value = serde_json::from_str(&std::fs::read_to_string("/work/shared/data/compat/apicurio.json").unwrap()).unwrap();
    let (mut decided, mut all) = (0, 0);
    for case in cases["tests"].as_array().unwrap() {
        for (direction, old, new) in [("bwd", &case["original"], &case["updated"]), ("fwd", &case["updated"], &case["original"])] {
            let started = std::time::Instant::now();
            let Some((found, why)) = answer(old, new) else { println!("UNLOADABLE {}", case["id"]); continue };
            all += 1;
            if found != "undecided" { decided += 1; }
            let label = case["compatibility"].as_str().unwrap();
            let expected = label == "both" || (label == "backward" && direction == "bwd");
            if found == "undecided" || expected != (found == "compatible") || started.elapsed().as_millis() > 200 {
                println!("{} {direction}: {found} {why} label {label} old={old} new={new} {:?}", case["id"], started.elapsed());
            }
        }
    }
    println!("apicurio decided {decided} of {all}");
}
