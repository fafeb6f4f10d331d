//! How URIs are spelt in schemas as people and programs write them, and as the library reads them.
//!
//! RFC 3986 leaves no room for `<` or `|` in a reference, and a fragment has no place in the name of a schema. Generators of
//! schemas write both, and other validators take them for what is meant: `#/definitions/Record<string,string>` names the
//! definition of that name, and `https://example.org/docs#settings` names the schema `https://example.org/docs`. So they are
//! spelt out before the library reads them; positions and messages come from the text and stay as they are.

use std::fmt::Write as _;

use jsonschema::Draft;
use serde_json::Value;

use super::references;

/// What may stand in a fragment besides letters and digits, and what besides that in front of it; RFC 3986, section 3.5.
const FRAGMENT: &[u8] = b"-._~:/?@!$&'()*+,;=";
const BEFORE: &[u8] = b"-._~:/?@!$&'()*+,;=[]";

/// Spells out the references and names of a schema and all its subschemas.
pub(super) fn correct(schema: &mut Value, draft: Draft, uri: &str) {
    let mut corrections = Vec::new();
    references::walk(schema, draft, uri, &mut |subschema, place, _, _| {
        for keyword in references::keywords(draft) {
            if let Some(text) = subschema.get(keyword).and_then(Value::as_str)
                && let Some(correct) = reference(text)
            {
                corrections.push((place.child(keyword), correct));
            }
        }
        // Later dialects forbid the fragment, and say so where the schema is held against its own schema.
        let keyword = if draft == Draft::Draft4 { "id" } else { "$id" };
        if draft <= Draft::Draft7
            && let Some(text) = subschema.get(keyword).and_then(Value::as_str)
            && let Some(correct) = name(text)
        {
            corrections.push((place.child(keyword), correct));
        }
    });
    for (place, correct) in corrections {
        if let Some(value) = schema.pointer_mut(place.as_str()) {
            *value = Value::String(correct);
        }
    }
}

/// The reference with what RFC 3986 does not allow encoded; `None` when there is nothing to encode.
fn reference(text: &str) -> Option<String> {
    let correct = match text.split_once('#') {
        Some((before, fragment)) => format!("{}#{}", encoded(before, BEFORE), encoded(fragment, FRAGMENT)),
        None => encoded(text, BEFORE),
    };
    // A reference that is encoded keeps its `%`, which starts two hexadecimal digits.
    let correct = restore(&correct);
    (correct != text).then_some(correct)
}

/// The name without its fragment, unless it is nothing else: that is an anchor.
fn name(text: &str) -> Option<String> {
    let (name, fragment) = text.split_once('#')?;
    (!name.is_empty() && !fragment.is_empty()).then(|| name.to_owned())
}

/// Encodes all bytes but ASCII letters and digits and those in `kept`.
pub(super) fn encoded(text: &str, kept: &[u8]) -> String {
    let mut found = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            found.push(char::from(byte));
        } else {
            let _ = write!(found, "%{byte:02X}");
        }
    }
    found
}

/// Takes back the encoding of each `%` that began an encoded byte already.
fn restore(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("%25") {
        let begins = after.as_bytes().iter().take(2).filter(|byte| byte.is_ascii_hexdigit()).count() == 2;
        found.push_str(before);
        found.push_str(if begins { "%" } else { "%25" });
        rest = after;
    }
    found.push_str(rest);
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn what_rfc_3986_does_not_allow_is_encoded_and_nothing_twice() {
        for (text, expected) in [
            ("#/definitions/Record<string,string|null>", Some("#/definitions/Record%3Cstring,string%7Cnull%3E")),
            ("#/definitions/A<\"#\"[]>", Some("#/definitions/A%3C%22%23%22%5B%5D%3E")),
            ("#/definitions/é x", Some("#/definitions/%C3%A9%20x")),
            ("#/definitions/Record%3Ca%3E", None),
            ("#/definitions/100%", Some("#/definitions/100%25")),
            ("#/definitions/%25<", Some("#/definitions/%25%3C")),
            ("parts.json#/$defs/a", None),
            ("#/properties/a~1b", None),
            ("", None),
        ] {
            assert_eq!(reference(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_name_has_no_fragment_and_an_anchor_stays() {
        assert_eq!(name("https://example.org/docs#settings").as_deref(), Some("https://example.org/docs"));
        for text in ["#anchor", "https://example.org/docs#", "https://example.org/docs"] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn only_schemas_are_corrected() {
        let mut schema = json!({
            "properties": { "a": { "$ref": "#/definitions/A<b>" }, "$ref": { "const": { "$ref": "<" } } },
            "definitions": { "A<b>": { "type": "string" } },
        });
        let before = schema.clone();
        correct(&mut schema, Draft::Draft7, "setpoint:///v1.json");
        assert_eq!(schema.pointer("/properties/a/$ref").unwrap(), "#/definitions/A%3Cb%3E");
        schema.pointer_mut("/properties/a/$ref").unwrap().clone_from(before.pointer("/properties/a/$ref").unwrap());
        assert_eq!(schema, before);
    }
}
