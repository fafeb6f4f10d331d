//! What is wrong or risky about a schema beyond what the schema of its dialect says.

use std::collections::BTreeSet;

use jsonschema::Draft;
use serde_json::Value;

use super::view::View;
use super::{Keyword, SchemaSet, references, subschemas};
use crate::checks;
use crate::finding::Draft as FindingDraft;
use crate::pointer::Pointer;

/// Keywords beside a `$ref` that never mattered.
const HARMLESS: &[&str] = &[
    "$ref",
    "$schema",
    "$id",
    "id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "definitions",
    "$defs",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Warns of keywords that other validators read differently.
pub fn schema(root: &Value, draft: Draft, drafts: &mut Vec<FindingDraft>) {
    if !matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7) {
        return;
    }
    let mut open = vec![(root, Pointer::root())];
    while let Some((schema, place)) = open.pop() {
        if let Some(object) = schema.as_object()
            && object.get("$ref").is_some_and(Value::is_string)
        {
            for keyword in object.keys().filter(|key| draft.is_known_keyword(key) && !HARMLESS.contains(&key.as_str()))
            {
                drafts.push(checks::ignored_keyword::draft(&place.child(keyword)));
            }
        }
        for (tokens, child) in subschemas::of(schema) {
            open.push((child, tokens.iter().fold(place.clone(), |place, token| place.child(token))));
        }
    }
}

/// Finds a reference that leads back to itself without a step into the document, and references into the
/// family's own files that lead nowhere.
pub fn references(set: &SchemaSet, uri: &str, root: &Value, draft: Draft) -> Vec<FindingDraft> {
    let mut found = Vec::new();
    let mut circle = false;
    let mut open = vec![(root, Pointer::root())];
    while let Some((schema, place)) = open.pop() {
        for keyword in references::keywords(draft) {
            let Some(reference) = schema.get(keyword).and_then(Value::as_str) else { continue };
            let here = Keyword { base: uri.to_owned(), pointer: place.clone() };
            let Some(view) = set.view(&here) else { continue };
            match view.lookup(reference) {
                None => {
                    let known = definitions(root);
                    found.push(checks::unresolved_reference::inside(&place.child(keyword), reference, &known));
                }
                // One circle is closed by each of its references: the first one met speaks for it.
                Some(target) if !circle && returns(&target, view.contents) => {
                    circle = true;
                    found.push(checks::reference_cycle::draft(&place.child(keyword), reference));
                }
                Some(_) => {}
            }
        }
        // In drafts 4 to 7 a `$ref` hides what stands beside it, definitions excepted.
        let hides = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7) && schema.get("$ref").is_some();
        for (tokens, child) in subschemas::of(schema) {
            let definition = tokens.first().is_some_and(|token| token == "definitions");
            if !hides || definition {
                open.push((child, tokens.iter().fold(place.clone(), |place, token| place.child(token))));
            }
        }
    }
    found
}

/// Whether following only keywords that stay at the same value leads from `start` to `goal`.
fn returns(start: &View<'_>, goal: &Value) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![start.clone()];
    while let Some(view) = open.pop() {
        if std::ptr::eq(view.contents, goal) {
            return true;
        }
        if !seen.insert(std::ptr::from_ref(view.contents) as usize) {
            continue;
        }
        for keyword in ["not", "if", "then", "else"] {
            open.extend(view.subschema(keyword));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = view.get(keyword).and_then(Value::as_array);
            open.extend(list.into_iter().flatten().map(|value| view.enter(value)));
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            let map = view.get(keyword).and_then(Value::as_object);
            open.extend(
                map.into_iter()
                    .flat_map(|map| map.values())
                    .filter(|value| value.is_object())
                    .map(|value| view.enter(value)),
            );
        }
        open.extend(view.references());
    }
    false
}

/// The references that would work in this file.
fn definitions(root: &Value) -> Vec<String> {
    let mut found = vec!["#".to_owned()];
    for keyword in ["$defs", "definitions"] {
        for name in root.get(keyword).and_then(Value::as_object).into_iter().flat_map(|map| map.keys()) {
            found.push(format!("#{}", Pointer::root().child(keyword).child(name)));
        }
    }
    found
}
