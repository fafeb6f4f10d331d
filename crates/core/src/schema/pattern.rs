//! Matching `patternProperties` where the validator is not at hand.

/// Whether an ECMA 262 `pattern` is found in `text`. A pattern that this engine cannot read counts as a match:
/// callers only use it to find schemas that may apply.
pub fn matches(pattern: &str, text: &str) -> bool {
    let schema = serde_json::json!({ "pattern": pattern });
    jsonschema::validator_for(&schema)
        .map_or(true, |validator| validator.is_valid(&serde_json::Value::String(text.to_owned())))
}
