//! The schemas of the dialects: what is wrong with a schema that is not one.

use std::collections::BTreeMap;

use jsonschema::Draft;

use super::load::Candidate;
use super::pattern::Patterns;
use super::{Keyword, SchemaSet};
use crate::explain::{self, Budget, Subject};
use crate::finding::Draft as FindingDraft;
use crate::pointer::Pointer;
use crate::source::Format;

/// The dialects that Setpoint knows, newest first; the first is that of a schema which does not name one.
pub const DIALECTS: [(Draft, &str); 5] = [
    (Draft::Draft202012, "https://json-schema.org/draft/2020-12/schema"),
    (Draft::Draft201909, "https://json-schema.org/draft/2019-09/schema"),
    (Draft::Draft7, "http://json-schema.org/draft-07/schema#"),
    (Draft::Draft6, "http://json-schema.org/draft-06/schema#"),
    (Draft::Draft4, "http://json-schema.org/draft-04/schema#"),
];

/// Checks a schema against the schema of its dialect, with the same explanations as any other document.
pub(super) fn explain(candidate: &Candidate<'_>) -> Vec<FindingDraft> {
    let dialect = DIALECTS.iter().find(|(draft, _)| *draft == candidate.draft).or(DIALECTS.first());
    let Some(uri) = dialect.map(|(_, uri)| uri.trim_end_matches('#')) else { return Vec::new() };
    let Ok(registry) = super::load::registry(std::iter::empty()) else { return Vec::new() };
    let (files, resources, patterns) = (Vec::new(), BTreeMap::new(), Patterns::default());
    let set = SchemaSet { registry, files, resources, patterns, formats: true };
    let root = Keyword { base: uri.to_owned(), pointer: Pointer::root() };
    let Some(metaschema) = set.view(&root) else { return Vec::new() };
    let Ok(validator) = jsonschema::options()
        .with_draft(candidate.draft)
        .with_registry(&set.registry)
        .with_base_uri(uri)
        .should_validate_formats(true)
        .build(metaschema.contents)
    else {
        return Vec::new();
    };
    let subject = Subject {
        set: &set,
        root: &root,
        validator: &validator,
        document: &candidate.root,
        text: &candidate.file.text,
        format: Format::of_file(&candidate.file.file).unwrap_or(Format::Json),
        secrets: &[],
        budget: &Budget::default(),
    };
    explain::explain(&subject, &candidate.value)
}
