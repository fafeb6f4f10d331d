//! Published schemas, and whether what a command prints is what they say.

use serde_json::Value;

/// Panics unless the schema accepts the value.
#[track_caller]
pub fn accept(schema: &str, value: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new(), "{value:#}");
}

/// Panics unless a schema of an OpenAPI document accepts the value.
#[allow(dead_code, reason = "for the tests of the server")]
#[track_caller]
pub fn accept_as(document: &Value, name: &str, value: &Value) {
    let schema =
        serde_json::json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
    accept(&schema.to_string(), value);
}
