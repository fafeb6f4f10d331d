//! Random pairs of schemas: what is proved compatible is never contradicted by a document.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::{Value, json};

use super::cases::{family, side};
use super::*;
use crate::generator;

/// A sequence of numbers that looks random and is the same in every run (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'v, V>(&mut self, values: &'v [V]) -> &'v V {
        &values[usize::try_from(self.roll(values.len() as u64)).unwrap()]
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.roll(one_in) == 0
    }
}

const NAMES: [&str; 4] = ["a", "b", "ab", "c"];
const PATTERNS: [&str; 8] = ["^a", "b$", "^a*$", "[ab]", "", "^(a|b)$", "^.{2}$", "a*"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

fn value(dice: &mut Dice, depth: u64) -> Value {
    match dice.roll(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(dice.chance(2)),
        2 => json!(dice.roll(5)),
        3 => json!(*dice.pick(&[0.5, 1.0, 2.0])),
        4 | 5 => json!(dice.pick(&["", "a", "b", "ab", "aa"])),
        6 => json!([value(dice, depth - 1)]),
        _ => json!({ *dice.pick(&NAMES): value(dice, depth - 1) }),
    }
}

fn schema(dice: &mut Dice, draft: u64, depth: u64) -> Value {
    if depth == 0 && dice.chance(3) || dice.chance(12) {
        return json!(!dice.chance(3));
    }
    let mut object = serde_json::Map::new();
    for _ in 0..=dice.roll(3) {
        let (keyword, demand) = keyword(dice, draft, depth);
        object.insert(keyword.to_owned(), demand);
    }
    if object.contains_key("if") {
        object.insert((*dice.pick(&["then", "else"])).to_owned(), schema(dice, draft, depth.saturating_sub(1)));
    }
    Value::Object(object)
}

fn keyword(dice: &mut Dice, draft: u64, depth: u64) -> (&'static str, Value) {
    let inner = |dice: &mut Dice| schema(dice, draft, depth.saturating_sub(1));
    let list =
        |dice: &mut Dice| (0..=dice.roll(2)).map(|_| schema(dice, draft, depth.saturating_sub(1))).collect::<Vec<_>>();
    let names = |dice: &mut Dice| {
        let mut names: Vec<&str> = (0..=dice.roll(2)).map(|_| *dice.pick(&NAMES)).collect();
        names.sort_unstable();
        names.dedup();
        json!(names)
    };
    let later = draft >= 2019;
    loop {
        return match dice.roll(42) {
            0..=3 => ("type", json!(dice.pick(&TYPES))),
            4 => ("type", {
                let (one, other) = (dice.roll(7), dice.roll(6));
                json!([TYPES[one as usize], TYPES[((one + 1 + other) % 7) as usize]])
            }),
            5 => {
                let mut values: Vec<Value> = (0..=dice.roll(3)).map(|_| value(dice, 1)).collect();
                values.dedup();
                (
                    "enum",
                    Value::Array(
                        values
                            .into_iter()
                            .take(1)
                            .chain([json!("only"), json!(7)].into_iter().take(dice.roll(3) as usize))
                            .collect(),
                    ),
                )
            }
            6 if draft > 4 => ("const", value(dice, 1)),
            7 => ("minimum", json!(dice.roll(4))),
            8 => ("maximum", json!(dice.roll(4))),
            9 if draft > 4 => ("exclusiveMinimum", json!(dice.roll(4))),
            10 if draft > 4 => ("exclusiveMaximum", json!(dice.roll(4))),
            11 => ("multipleOf", json!(1 + dice.roll(4))),
            12 => ("minLength", json!(dice.roll(4))),
            13 => ("maxLength", json!(dice.roll(4))),
            14 => ("pattern", json!(dice.pick(&PATTERNS))),
            15 => ("minItems", json!(dice.roll(4))),
            16 => ("maxItems", json!(dice.roll(4))),
            17 => ("uniqueItems", json!(dice.chance(2))),
            18 if depth > 0 => ("items", inner(dice)),
            19 if depth > 0 && draft < 2020 => ("items", Value::Array(list(dice))),
            19 if depth > 0 => ("prefixItems", Value::Array(list(dice))),
            20 if depth > 0 && draft < 2020 => ("additionalItems", inner(dice)),
            21 if depth > 0 && draft > 4 => ("contains", inner(dice)),
            22 if later => ("minContains", json!(dice.roll(3))),
            23 if later => ("maxContains", json!(dice.roll(3))),
            24 => ("required", names(dice)),
            25 => ("minProperties", json!(dice.roll(3))),
            26 => ("maxProperties", json!(dice.roll(3))),
            27..=29 if depth > 0 => {
                let properties = (0..=dice.roll(3)).map(|_| ((*dice.pick(&NAMES)).to_owned(), inner(dice)));
                ("properties", Value::Object(properties.collect()))
            }
            30 if depth > 0 => ("patternProperties", json!({ *dice.pick(&PATTERNS): inner(dice) })),
            31 | 32 if depth > 0 => ("additionalProperties", inner(dice)),
            33 if depth > 0 && draft > 4 => ("propertyNames", inner(dice)),
            34 if depth > 0 => ("anyOf", Value::Array(list(dice))),
            35 if depth > 0 => ("oneOf", Value::Array(list(dice))),
            36 if depth > 0 => ("allOf", Value::Array(list(dice))),
            37 if depth > 0 => ("not", inner(dice)),
            38 if depth > 0 && draft >= 7 => ("if", inner(dice)),
            40 if depth < 3 => ("$ref", json!(if later { "#/$defs/d" } else { "#/definitions/d" })),
            41 if depth < 3 && dice.chance(2) => ("$ref", json!("#")),
            39 if depth > 0 => match dice.roll(4) {
                0 if later => ("dependentRequired", json!({ *dice.pick(&NAMES): names(dice) })),
                1 if later => ("dependentSchemas", json!({ *dice.pick(&NAMES): inner(dice) })),
                2 if later => ("unevaluatedProperties", inner(dice)),
                3 if later => ("unevaluatedItems", inner(dice)),
                0 => ("dependencies", json!({ *dice.pick(&NAMES): names(dice) })),
                _ => ("dependencies", json!({ *dice.pick(&NAMES): inner(dice) })),
            },
            _ => continue,
        };
    }
}

/// The schema with one thing changed somewhere.
fn changed(dice: &mut Dice, old: &Value, draft: u64) -> Value {
    let Some(keywords) = old.as_object().filter(|_| !dice.chance(6)) else { return schema(dice, draft, 2) };
    let mut new = keywords.clone();
    let names: Vec<String> = keywords.keys().cloned().collect();
    if names.is_empty() || dice.chance(4) {
        let (keyword, demand) = keyword(dice, draft, 2);
        new.insert(keyword.to_owned(), demand);
        return Value::Object(new);
    }
    let name = dice.pick(&names).clone();
    match &keywords[&name] {
        Value::Object(inner)
            if matches!(
                name.as_str(),
                "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions"
            ) && !inner.is_empty() =>
        {
            let keys: Vec<String> = inner.keys().cloned().collect();
            let key = dice.pick(&keys).clone();
            let mut members = inner.clone();
            members.insert(key.clone(), changed(dice, &inner[&key], draft));
            new.insert(name, Value::Object(members));
        }
        Value::Array(list) if matches!(name.as_str(), "anyOf" | "oneOf" | "allOf" | "prefixItems") => {
            let mut list = list.clone();
            let index = usize::try_from(dice.roll(list.len() as u64)).unwrap();
            list[index] = changed(dice, &list[index].clone(), draft);
            new.insert(name, Value::Array(list));
        }
        inner @ (Value::Object(_) | Value::Bool(_))
            if !matches!(
                name.as_str(),
                "uniqueItems"
                    | "$defs"
                    | "definitions"
                    | "const"
                    | "properties"
                    | "patternProperties"
                    | "dependentSchemas"
                    | "dependencies"
                    | "dependentRequired"
            ) =>
        {
            new.insert(name, changed(dice, inner, draft));
        }
        _ => {
            new.remove(&name);
        }
    }
    Value::Object(new)
}

const DIALECTS: [(u64, &str); 5] = [
    (4, "http://json-schema.org/draft-04/schema#"),
    (6, "http://json-schema.org/draft-06/schema#"),
    (7, "http://json-schema.org/draft-07/schema#"),
    (2019, "https://json-schema.org/draft/2019-09/schema"),
    (2020, "https://json-schema.org/draft/2020-12/schema"),
];

fn with_dialect(schema: Value, uri: &str) -> Value {
    match schema {
        Value::Object(mut keywords) => {
            keywords.insert("$schema".to_owned(), json!(uri));
            Value::Object(keywords)
        }
        other => other,
    }
}

/// Compares as many random pairs as `SETPOINT_PAIRS` says, 2,000 unless set.
#[test]
fn no_document_contradicts_a_proof() {
    let pairs: u64 = std::env::var("SETPOINT_PAIRS").ok().map_or(2_000, |pairs| pairs.parse().unwrap());
    let mut dice = Dice(std::env::var("SETPOINT_SEED").ok().map_or(1, |seed| seed.parse().unwrap()));
    let (mut compatible, mut breaking, mut undecided) = (0_u64, 0_u64, 0_u64);
    for pair in 0..pairs {
        let (draft, uri) = *dice.pick(&DIALECTS);
        // A dialect of a side of its own now and then.
        let (new_draft, new_uri) = if dice.chance(5) { *dice.pick(&DIALECTS) } else { (draft, uri) };
        let mut old = schema(&mut dice, draft, 3);
        if let Some(keywords) = old.as_object_mut() {
            let definitions = if draft >= 2019 { "$defs" } else { "definitions" };
            keywords.insert(definitions.to_owned(), json!({ "d": schema(&mut dice, draft, 2) }));
        }
        let new = if draft == new_draft { changed(&mut dice, &old, draft) } else { schema(&mut dice, new_draft, 3) };
        let (old, new) = (with_dialect(old, uri), with_dialect(new, new_uri));
        let (old_family, new_family) = (family(&old), family(&new));
        let (Some(old_side), Some(new_side)) = (side(&old_family), side(&new_family)) else { continue };
        match judge(&old_side, &new_side, &[]).any {
            Judgement::Compatible => {
                compatible += 1;
                let found = search::witnesses(&old_side, &new_side, &[], false).any;
                assert!(
                    found.is_empty(),
                    "pair {pair}: {} is accepted by {old} and refused by {new}, yet compatible",
                    found[0]
                );
                for document in generator::documents(&old_side.root, old_side.validator, 400, 2_000) {
                    assert!(
                        new_side.validator.is_valid(&document),
                        "pair {pair}: {document} is accepted by {old} and refused by {new}, yet compatible"
                    );
                }
            }
            Judgement::Breaking(witnesses) => {
                breaking += 1;
                for witness in witnesses {
                    assert!(
                        old_side.validator.is_valid(&witness) && !new_side.validator.is_valid(&witness),
                        "{witness}"
                    );
                }
            }
            Judgement::Undecided(obstacle) => {
                undecided += 1;
                if std::env::var_os("SETPOINT_SHOW").is_some() {
                    println!("undecided at {}: {old} -> {new}", obstacle.keyword);
                }
            }
        }
    }
    println!("{pairs} pairs: {compatible} compatible, {breaking} breaking, {undecided} undecided");
    assert!(compatible > pairs / 10 && breaking > pairs / 10, "too few pairs are decided to prove anything");
}
