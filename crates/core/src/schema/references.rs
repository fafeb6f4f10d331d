//! References between the schema files of a family: what they name, which of them lead nowhere, and which file leans on
//! which.

use std::collections::BTreeMap;

use jsonschema::{Draft, ValidationError};
use referencing::SPECIFICATIONS;
use serde_json::Value;

use super::load::{self, Candidate};
use super::subschemas;
use crate::checks;
use crate::pointer::Pointer;

/// The keywords of a dialect that refer to another schema. In the other dialects they are unknown and mean nothing.
pub fn keywords(draft: Draft) -> &'static [&'static str] {
    match draft {
        Draft::Draft4 | Draft::Draft6 | Draft::Draft7 => &["$ref"],
        Draft::Draft201909 => &["$ref", "$recursiveRef"],
        _ => &["$ref", "$dynamicRef"],
    }
}

/// The base URI that a schema has: its `$id` resolved against where it stands.
fn base_of(schema: &Value, draft: Draft, base: &str) -> Option<String> {
    let keyword = if draft == Draft::Draft4 { "id" } else { "$id" };
    let id = schema.get(keyword)?.as_str()?;
    // In drafts up to 7 an `$id` beside a `$ref` is ignored, and one that is only a fragment is an anchor.
    let hidden = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7) && schema.get("$ref").is_some();
    if hidden || id.starts_with('#') {
        return None;
    }
    resolve(base, id.trim_end_matches('#'))
}

fn resolve(base: &str, reference: &str) -> Option<String> {
    let base = referencing::uri::from_str(base).ok()?;
    Some(referencing::uri::resolve_against(&base.borrow(), reference).ok()?.to_string())
}

/// The URI of the document that a reference names: without its fragment.
fn document(base: &str, reference: &str) -> Option<String> {
    let uri = resolve(base, reference)?;
    uri.split('#').next().map(str::to_owned)
}

/// Visits every subschema with its place in the file, its base URI and its place in that resource.
pub(super) fn walk<'v>(
    value: &'v Value,
    draft: Draft,
    uri: &str,
    visit: &mut dyn FnMut(&'v Value, &Pointer, &str, &Pointer),
) {
    let mut open = vec![(value, Pointer::root(), uri.to_owned(), Pointer::root())];
    while let Some((schema, place, mut base, mut inner)) = open.pop() {
        if let Some(own) = base_of(schema, draft, &base) {
            base = own;
            inner = Pointer::root();
        }
        visit(schema, &place, &base, &inner);
        for (tokens, child) in subschemas::of(schema).into_iter().rev() {
            let (mut child_place, mut child_inner) = (place.clone(), inner.clone());
            for token in &tokens {
                child_place = child_place.child(token);
                child_inner = child_inner.child(token);
            }
            open.push((child, child_place, base.clone(), child_inner));
        }
    }
}

/// Visits every reference: its place in the file, its text, and the base URI against which it is resolved.
fn each(candidate: &Candidate<'_>, visit: &mut dyn FnMut(Pointer, &str, &str)) {
    walk(&candidate.value, candidate.draft, &candidate.uri, &mut |schema, place, base, _| {
        for keyword in keywords(candidate.draft) {
            if let Some(reference) = schema.get(keyword).and_then(Value::as_str) {
                visit(place.child(keyword), reference, base);
            }
        }
    });
}

/// Finds out which file leans on which, and references that no file of the family answers. This happens before the
/// library is asked: it would name no place.
pub(super) fn diagnose(candidates: &mut [Candidate<'_>]) {
    let mut known = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        known.entry(candidate.uri.clone()).or_insert(index);
        walk(&candidate.value, candidate.draft, &candidate.uri, &mut |_, _, base, inner| {
            if *inner == Pointer::root() {
                known.entry(base.to_owned()).or_insert(index);
            }
        });
    }
    for candidate in candidates {
        let (mut drafts, mut leans_on) = (Vec::new(), std::mem::take(&mut candidate.leans_on));
        each(candidate, &mut |place, reference, base| {
            let target = document(base, reference);
            match target.as_deref().and_then(|uri| known.get(uri)) {
                Some(index) => {
                    leans_on.insert(*index);
                }
                None if target.is_some_and(|uri| SPECIFICATIONS.contains_resource(&uri)) => {}
                None => {
                    let known: Vec<&str> = known.keys().map(String::as_str).collect();
                    drafts.push(checks::unresolved_reference::elsewhere(&place, reference, base, &known));
                }
            }
        });
        candidate.drafts.extend(drafts);
        candidate.leans_on = leans_on;
    }
}

/// Which candidates can be used: those without errors that lean, over however many files, only on such.
pub(super) fn usable(candidates: &[Candidate<'_>]) -> Vec<bool> {
    let mut usable: Vec<bool> = candidates.iter().map(Candidate::is_sound).collect();
    loop {
        let next: Vec<bool> = candidates
            .iter()
            .zip(&usable)
            .map(|(candidate, own)| *own && candidate.leans_on.iter().all(|index| usable.get(*index) == Some(&true)))
            .collect();
        if next == usable {
            return usable;
        }
        usable = next;
    }
}

/// The positions of all candidates, each behind those that it leans on (as far as they do not lean on each other).
pub(super) fn order(candidates: &[Candidate<'_>]) -> Vec<usize> {
    let mut entered = vec![false; candidates.len()];
    let mut order = Vec::with_capacity(candidates.len());
    for start in 0..candidates.len() {
        let mut open = vec![(start, false)];
        while let Some((index, left)) = open.pop() {
            if left {
                order.push(index);
                continue;
            }
            let Some(seen) = entered.get_mut(index).filter(|seen| !**seen) else { continue };
            *seen = true;
            open.push((index, true));
            open.extend(
                candidates.get(index).into_iter().flat_map(|candidate| &candidate.leans_on).map(|next| (*next, false)),
            );
        }
    }
    order
}

/// Gives the error of a registry to the candidates that cause it: those that refer to the missing document, otherwise
/// those that cannot be loaded by themselves, otherwise all. At least one usable candidate gets a finding.
pub(super) fn blame(candidates: &mut [Candidate<'_>], usable: &[bool], error: referencing::Error) {
    let missing = match &error {
        referencing::Error::Unretrievable { uri, .. } => uri.split('#').next().map(str::to_owned),
        _ => None,
    };
    let mut blamed = false;
    for (candidate, _) in candidates.iter_mut().zip(usable).filter(|(_, usable)| **usable) {
        let mut drafts = Vec::new();
        each(candidate, &mut |place, reference, base| {
            if missing.is_some() && document(base, reference) == missing {
                drafts.push(checks::unresolved_reference::elsewhere(&place, reference, base, &[]));
            }
        });
        if missing.is_none()
            && let Err(error) = load::registry(std::iter::once(&*candidate))
            && !matches!(error, referencing::Error::Unretrievable { .. })
        {
            drafts.push(checks::invalid_schema::draft(&ValidationError::from(error)));
        }
        blamed |= !drafts.is_empty();
        candidate.drafts.extend(drafts);
    }
    if !blamed {
        let error = ValidationError::from(error);
        for (candidate, _) in candidates.iter_mut().zip(usable).filter(|(_, usable)| **usable) {
            candidate.drafts.push(checks::invalid_schema::draft(&error));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use crate::call::CheckCall;
    use crate::policy::Policy;

    fn policy(versions: &serde_json::Value, shared: &[(&str, &str)]) -> Policy {
        let shared: Vec<_> = shared.iter().map(|(file, text)| json!({ "file": file, "text": text })).collect();
        let bundle = json!({ "bundle": 1, "settings": { "web": { "schemas": versions, "shared": shared } } });
        Policy::load(bundle.to_string().as_bytes()).unwrap()
    }

    fn codes(policy: &Policy, version: u32) -> Vec<String> {
        let call = CheckCall { file: "a.json".to_owned(), version: Some(version), ..CheckCall::default() };
        policy.check(&call, b"[]").findings.into_iter().map(|finding| finding.code.into_owned()).collect()
    }

    #[test]
    fn a_broken_file_spoils_only_what_leans_on_it() {
        let versions = json!({
            "1": { "file": "v1.json", "text": "{ \"allOf\": [{ \"$ref\": \"between.json\" }] }" },
            "2": { "file": "v2.json", "text": "{ \"allOf\": [{ \"$ref\": \"sound.json\" }] }" },
        });
        let shared = [
            ("between.json", "{ \"items\": { \"$ref\": \"broken.json\" } }"),
            ("broken.json", "{ \"type\": \"strin\" }"),
            ("sound.json", "{ \"type\": \"object\" }"),
        ];
        let policy = policy(&versions, &shared);
        assert_eq!(policy.load_answer().reports.len(), 1);
        assert_eq!(policy.load_answer().reports[0].file, "broken.json");
        assert_eq!(codes(&policy, 1), ["unusable-schema"]);
        assert_eq!(codes(&policy, 2), ["type-mismatch"]);
    }

    #[test]
    fn a_schema_that_cannot_be_used_says_why() {
        // In draft 7 `$defs` is unknown, so what stands there has no address; the library finds that out.
        let text = "{ \"$schema\": \"http://json-schema.org/draft-07/schema#\", \"$ref\": \"inner.json\",
            \"$defs\": { \"inner\": { \"$id\": \"inner.json\" } } }";
        let sound = "{ \"type\": \"object\" }";
        let versions = json!({ "1": { "file": "v1.json", "text": text }, "2": { "file": "v2.json", "text": sound } });
        let policy = policy(&versions, &[]);
        let report = &policy.load_answer().reports[0];
        assert_eq!((report.file.as_str(), &*report.findings[0].code), ("v1.json", "unresolved-reference"));
        assert_eq!(codes(&policy, 1), ["unusable-schema"]);
        assert_eq!(codes(&policy, 2), ["type-mismatch"]);
    }

    #[test]
    fn a_keyword_that_the_dialect_does_not_know_refers_to_nothing() {
        let text = "{ \"$schema\": \"https://json-schema.org/draft/2019-09/schema\", \"type\": \"object\",
            \"$dynamicRef\": \"#nowhere\" }";
        let policy = policy(&json!({ "1": { "file": "v1.json", "text": text } }), &[]);
        assert_eq!(policy.load_answer().reports, []);
        assert_eq!(codes(&policy, 1), ["type-mismatch"]);
    }
}
