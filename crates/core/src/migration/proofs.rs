//! What is proved of steps: case by case, and never against a document.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::complement::Records;
use super::laws;
use super::lossless::proved;
use super::nature;
use super::places::Shape;
use super::step::{Direction, Run, Step, run};
use crate::call::Proof;
use crate::compare::cases;
use crate::generator;
use crate::source::{Format, reread};

fn proofs(schema: &Value, steps: &[Step]) -> BTreeMap<String, Proof> {
    let family = cases::family(schema);
    let (set, version) = (family.set.as_ref().expect("a schema"), family.versions.get(&1).expect("a version"));
    let proved = proved(steps, &Shape { set, uri: &version.uri, version: 1 });
    proved.into_iter().map(|(at, proof)| (at.as_str().to_owned(), proof)).collect()
}

/// A schema with these properties and no others.
fn closed(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

#[test]
fn each_kind_of_step_is_proved_under_its_condition() {
    use Proof::{Declared, None, Valid};
    let modes = json!({"mode": {"enum": ["fast", "slow"]}});
    let items = closed(&json!({"a": {}, "m": {"enum": ["x", null]}}));
    let list = closed(&json!({"items": {"type": "array", "items": items}}));
    let cases: Vec<(Value, &str, Proof)> = vec![
        (closed(&json!({"a": {}})), "{rename: {from: a, to: b}}", Valid),
        (json!({"properties": {"a": {}}}), "{rename: {from: a, to: b}}", Declared),
        (closed(&json!({"a": {}, "b": {}})), "{rename: {from: a, to: b}}", None),
        (closed(&json!({"a": {}})), "{move: {from: /a, to: /b/a}}", None),
        (closed(&json!({"a": {}})), "{copy: {from: /a, to: /b}}", Valid),
        (closed(&json!({"a": {}})), "{add: {at: /b, value: 1}}", Valid),
        (closed(&json!({"a": {}})), "{add: {at: /b}}", Valid),
        (closed(&json!({"b": {}})), "{add: {at: /b, value: 1}}", None),
        (closed(&json!({"a": {}})), "{add: {at: /b, compute: self.a}}", None),
        (closed(&json!({"a": {"const": 1}})), "{remove: {at: /a, back: 1}}", None),
        (closed(&json!({"a": {"enum": [3]}})), "{default: {at: /a, old: 1, new: 2}}", Valid),
        (closed(&json!({"a": {"minimum": 2}})), "{default: {at: /a, old: 1, new: 2}}", None),
        (closed(&json!({"a": {"type": "string"}})), "{default: {at: /a, old: 1}}", Valid),
        (closed(&modes), "{map: {at: /mode, values: {fast: quick, slow: calm}}}", Valid),
        (closed(&modes), "{map: {at: /mode, values: {fast: slow, slow: slow}}}", None),
        (closed(&modes), "{map: {at: /mode, values: {fast: quick}, else: keep}}", Valid),
        (closed(&json!({"mode": {"type": "string"}})), "{map: {at: /mode, values: {fast: quick}, else: keep}}", None),
        (
            closed(&json!({"mode": {"pattern": "^[a-p]*$"}})),
            "{map: {at: /mode, values: {fast: quick}, else: keep}}",
            Valid,
        ),
        (closed(&modes), "{map: {at: /mode, values: {fast: quick}, else: {value: calm}}}", None),
        (closed(&json!({"n": {"enum": [1, 2]}})), "{map: {at: /n, values: [[1, one], [2, two]]}}", Valid),
        (closed(&modes), "{convert: {at: /mode, up: 'value == \"fast\"', down: 'value ? \"fast\" : \"slow\"'}}", Valid),
        (closed(&modes), "{convert: {at: /mode, up: 'value == \"fast\"', down: '\"slow\"'}}", None),
        (closed(&modes), "{convert: {at: /mode, up: 'value == \"fast\"'}}", None),
        (closed(&modes), "{convert: {at: /mode, up: 'self.mode', down: value}}", None),
        (closed(&json!({"mode": {"type": "string"}})), "{convert: {at: /mode, up: value, down: value}}", None),
        (closed(&json!({"on": {"type": "boolean"}})), "{convert: {at: /on, up: '!value', down: '!value'}}", Valid),
        (closed(&json!({"on": {"enum": [1, 2]}})), "{convert: {at: /on, up: 'value + 1', down: 'value - 1'}}", None),
        (closed(&json!({"a": {"type": "string"}})), "{wrap: {at: /a}}", Valid),
        (closed(&json!({"a": {"type": ["string", "array"]}})), "{wrap: {at: /a}}", None),
        (closed(&json!({"a": {"type": "string"}})), "{wrap: {at: /a, key: b}}", Valid),
        (
            closed(&json!({"a": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": "string"}}})),
            "{head: {at: /a}}",
            Valid,
        ),
        (
            closed(&json!({"a": {"type": "array", "maxItems": 1, "items": {"type": "string"}}})),
            "{head: {at: /a}}",
            None,
        ),
        (closed(&json!({"a": {"type": "object"}})), "{entries: {at: /a, key: k, value: v}}", Valid),
        (closed(&json!({"a": {}})), "{entries: {at: /a, key: k, value: v}}", None),
        (closed(&json!({"a": {"type": "object"}})), "{entries: {at: /a, key: k, value: k}}", None),
        (closed(&json!({"a": {"type": "array"}})), "{from-entries: {at: /a, key: k, value: v}}", None),
        (closed(&json!({"a": {}})), "{filter: {at: /a, where: 'true'}}", None),
        (closed(&json!({"a": {}})), "{test: {at: /a, type: string}}", Valid),
        (list.clone(), "{for-each: {at: /items, steps: [{rename: {from: a, to: b}}]}}", Valid),
        (list.clone(), "{for-each: {at: /items, steps: [{rename: {from: a, to: m}}]}}", None),
        (list.clone(), "{rename: {at: '/items/*', from: a, to: b}}", Valid),
        (list.clone(), "{map: {at: '/items/*/m', values: [[x, y], [null, z]]}}", Valid),
        (list, "{rename: {at: '/**', from: a, to: b}}", None),
        (closed(&json!({"a": {}})), "{when: {test: has(self.a), then: [{rename: {from: a, to: b}}]}}", None),
    ];
    for (schema, step, wanted) in cases {
        let steps = laws::steps(&format!("[{step}]"));
        let found = proofs(&schema, &steps).get("/0").copied().unwrap_or_default();
        assert_eq!(found, wanted, "{step} on {schema}");
    }
}

#[test]
fn the_steps_before_are_taken_into_account() {
    let schema = closed(&json!({"a": {"enum": ["x", "y"]}, "b": {}, "c": {"properties": {"d": {}}}}));
    let cases = [
        // A value that came from elsewhere is what it was there.
        ("{rename: {from: a, to: d}}, {map: {at: /d, values: {x: 1, y: 2}}}", "/0 /1"),
        ("{rename: {from: a, to: d}}, {rename: {from: d, to: e}}, {map: {at: /e, values: {x: 1, y: 2}}}", "/0 /1 /2"),
        // What has gone is not in the way.
        ("{rename: {from: a, to: d}}, {rename: {from: b, to: a}}", "/0 /1"),
        ("{remove: {at: /a}}, {rename: {from: b, to: a}}", "/1"),
        // What a step made can be.
        ("{add: {at: /d, value: 1}}, {rename: {from: a, to: d}}", "/0"),
        ("{copy: {from: /a, to: /d}}, {map: {at: /d, values: {x: 1, y: 2}}}", "/0"),
        ("{map: {at: /a, values: {x: 1, y: 2}}}, {map: {at: /a, values: [[1, u], [2, v]]}}", "/0"),
        (
            "{when: {test: has(self.b), then: [{rename: {from: a, to: d}}]}}, {map: {at: /a, values: {x: 1, y: 2}}}",
            "/0/when/then/0",
        ),
        ("{convert: {at: '', up: value, down: value}}, {add: {at: /d, value: 1}}", ""),
        ("{group: {at: ['', /c], steps: [{add: {at: /d, value: 1}}]}}", ""),
        // Other places are what they were.
        ("{convert: {at: /b, up: value, down: value}}, {map: {at: /a, values: {x: 1, y: 2}}}", "/1"),
    ];
    for (steps, wanted) in cases {
        let proofs = proofs(&schema, &laws::steps(&format!("[{steps}]")));
        let proofs: Vec<String> = proofs.into_keys().collect();
        assert_eq!(proofs.join(" "), wanted, "{steps}");
    }
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        Just(json!({"type": "string"})),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": ["integer", "null"]})),
        Just(json!({"enum": ["a", "b"]})),
        Just(json!({"enum": [1, 2, null]})),
        Just(json!({"const": "c"})),
        Just(json!({"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": "string"}})),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        let object = (proptest::collection::btree_map("[a-e]", inner.clone(), 0..4), 0..4_u8, any::<bool>()).prop_map(
            |(properties, rest, requires)| {
                let names: Vec<&String> = properties.keys().collect();
                let required = if requires { json!(names) } else { json!([]) };
                let mut schema = json!({"type": "object", "properties": properties, "required": required});
                if let (Some(members), 1..) = (schema.as_object_mut(), rest) {
                    members.insert("additionalProperties".to_owned(), Value::Bool(false));
                }
                schema
            },
        );
        prop_oneof![
            5 => object,
            1 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => proptest::collection::vec(inner, 2..3).prop_map(|branches| json!({"anyOf": branches})),
        ]
    })
}

/// Steps which are proved more often than most.
fn step() -> impl Strategy<Value = Value> {
    let values = prop_oneof![Just(json!("a")), Just(json!("b")), Just(json!("c")), Just(json!(1)), Just(json!(null))];
    let pairs = proptest::collection::vec((values.clone(), values.clone()), 1..4);
    let otherwise = prop_oneof![Just(json!("keep")), Just(json!("error")), Just(json!({"value": "d"}))];
    let flip = r#"value == "a" ? "b" : value == "b" ? "a" : value"#;
    prop_oneof![
        3 => laws::step(),
        1 => laws::path().prop_map(|at| json!({"add": {"at": at}})),
        2 => ("[a-e]", "[f-h]").prop_map(|(from, to)| json!({"rename": {"from": from, "to": to}})),
        1 => ("[a-h]", "[a-h]").prop_filter("two", |(from, to)| from != to)
            .prop_map(|(from, to)| json!({"rename": {"from": from, "to": to}})),
        1 => (laws::path(), values.clone(), values.clone())
            .prop_map(|(at, old, new)| json!({"default": {"at": at, "old": old, "new": new}})),
        2 => (laws::path(), pairs, otherwise)
            .prop_map(|(at, values, other)| json!({"map": {"at": at, "values": values, "else": other}})),
        1 => laws::path().prop_map(move |at| json!({"convert": {"at": at, "up": flip, "down": flip}})),
        1 => laws::path().prop_map(|at| json!({"convert": {"at": at, "up": "type(value) == bool ? !value : value == 'a'", "down": "!value"}})),
        1 => laws::path().prop_map(|at| json!({"entries": {"at": at, "key": "k", "value": "v"}})),
    ]
}

/// Whether a document has only members that the schema names, where the schema is one of the above.
fn is_declared(schema: &Value, document: &Value) -> bool {
    match document {
        Value::Object(members) => members
            .iter()
            .all(|(key, value)| schema["properties"].get(key).is_some_and(|inside| is_declared(inside, value))),
        Value::Array(items) => items.iter().all(|item| is_declared(&schema["items"], item)),
        _ => true,
    }
}

proptest! {
    #![proptest_config(laws::config())]
    #[test]
    fn what_is_proved_to_keep_nothing_keeps_nothing(
        schema in schema(),
        list in proptest::collection::vec(step(), 1..5),
        more in proptest::collection::vec(laws::document(), 4),
    ) {
        let text = Value::from(list).to_string();
        let parsed = std::panic::catch_unwind(|| laws::steps(&text));
        prop_assume!(parsed.is_ok());
        let steps = parsed.unwrap_or_default();
        let proofs = proofs(&schema, &steps);
        let family = cases::family(&schema);
        let side = cases::side(&family).expect("a side");
        let made = generator::documents(&side.root, side.validator, 60, 5_000);
        for document in made.into_iter().chain(more).filter(|document| side.validator.is_valid(document)) {
            let mut node = reread(&document.to_string(), Format::Json).expect("a document");
            let Ok(kept) = run(&steps, &mut node, &Run::on_document(Direction::Up), &Records::new()) else { continue };
            let mut counts = BTreeMap::new();
            nature::count(&steps, &kept, &mut counts);
            for place in counts.keys() {
                match proofs.get(place.as_str()) {
                    Some(Proof::Valid) => prop_assert!(false, "{text} keeps something at {place} of {document}, valid under {schema}"),
                    Some(Proof::Declared) => {
                        prop_assert!(!is_declared(&schema, &document), "{text} keeps something at {place} of {document}, declared by {schema}");
                    }
                    _ => {}
                }
            }
        }
    }
}
