//! Any rule about any document, and about any change: nothing panics, and the fast way agrees with the thorough one.
//!
//! The input is the rule, the document and what it was before, with a line `---` between them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use setpoint_core::call::{CheckCall, GateDocument};
use setpoint_core::policy::Policy;
use setpoint_core::source::Format;

/// Something of everything that a schema can say of a place.
const SCHEMA: &str = r#"{
  "type": "object",
  "properties": {
    "a": { "type": "integer" },
    "b": { "type": "number" },
    "s": { "type": "string", "maxLength": 40 },
    "t": { "type": "string", "format": "date-time" },
    "d": { "type": "string", "format": "duration" },
    "y": { "type": "string", "format": "byte" },
    "l": { "type": "array", "maxItems": 20, "items": { "type": "integer" } },
    "m": { "type": "object", "maxProperties": 9, "additionalProperties": { "type": "string", "maxLength": 20 } },
    "k": {
      "type": "array", "maxItems": 9, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"],
      "items": { "type": "object", "properties": { "n": { "type": "string" }, "v": {} } }
    },
    "any": {},
    "tree": { "$ref": "" }
  }
}"#;

fuzz_target!(|input: &[u8]| {
    let Ok(input) = std::str::from_utf8(input) else { return };
    let mut parts = input.splitn(3, "\n---\n");
    let (rule, document, before) = (parts.next().unwrap_or_default(), parts.next().unwrap_or("{}"), parts.next());
    let schema = SCHEMA.replace("\"$ref\": \"\"", "\"$ref\": \"#\"");
    let rules = json!({ "rules": [
        { "id": "whole", "rule": rule, "messageExpression": rule, "expected": "so", "optionalOldSelf": true },
        { "id": "part", "path": "/k/*", "rule": rule, "when": rule, "expected": "so" },
        { "id": "open", "path": "/any", "rule": rule, "expected": "so" },
    ] });
    let family = json!({
        "schemas": { "1": { "file": "v1.json", "text": schema } },
        "rules": [{ "file": "r.json", "text": rules.to_string() }],
    });
    let bundle = json!({ "bundle": 1, "settings": { "f": family } }).to_string();
    let Ok(policy) = Policy::load(bundle.as_bytes()) else { return };
    let mut call = CheckCall { file: "d.json".to_owned(), ..CheckCall::default() };
    let answer = policy.check(&call, document.as_bytes());
    assert!(policy.passes(&call, document.as_bytes()).is_none_or(|_| answer.findings.is_empty()));
    call.before = before.map(|text| GateDocument { file: "b.json".to_owned(), text: text.to_owned(), format: Some(Format::Json) });
    let _ = policy.check(&call, document.as_bytes());
});
