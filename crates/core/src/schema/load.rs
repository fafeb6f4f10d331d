//! Loading the schemas of a family, and finding out precisely why they do not load.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, PatternOptions, Validator};
use referencing::{Registry, Resource, SPECIFICATIONS};
use serde_json::Value;

use super::pattern::Patterns;
use super::{SchemaFile, SchemaSet, metaschema, references, spelling};
use crate::bundle::{Family, File};
use crate::checks;
use crate::finding::{self, Draft as FindingDraft};
use crate::location::{Context, Locator};
use crate::pointer::Pointer;
use crate::report::DocumentReport;
use crate::source::{self, Format, Limits};

/// How often a pattern with look-around or back-references may backtrack on one string. The default of the
/// library is one million, which takes most of a second; patterns without them run in linear time anyway.
const BACKTRACK_LIMIT: usize = 100_000;

/// A family that was loaded as far as its schemas allow.
#[derive(Debug)]
pub struct LoadedFamily {
    /// The schemas; absent when none of them could be loaded.
    pub set: Option<SchemaSet>,
    /// For each version its schema file, and the validator unless the schema has errors.
    pub versions: BTreeMap<u32, Version>,
    /// One report per schema file with findings.
    pub reports: Vec<DocumentReport>,
}

/// One version of a family.
#[derive(Debug)]
pub struct Version {
    /// The schema file.
    pub file: String,
    /// The URI under which other files refer to it.
    pub uri: String,
    /// Absent when the schema has errors.
    pub validator: Option<Validator>,
}

/// A schema text that parsed.
pub(super) struct Candidate<'a> {
    pub file: &'a File,
    pub uri: String,
    pub root: source::Node,
    pub value: Value,
    pub draft: Draft,
    /// What is wrong with it.
    pub drafts: Vec<FindingDraft>,
    /// The positions of the candidates that it refers to.
    pub leans_on: BTreeSet<usize>,
}

impl Candidate<'_> {
    /// Whether nothing is wrong with it, as far as is known.
    pub fn is_sound(&self) -> bool {
        !finding::is_wrong(&self.drafts)
    }
}

/// Loads all schemas of a family.
pub fn load(name: &str, family: &Family, limits: &Limits) -> LoadedFamily {
    let context = Context { settings: Some(name), owner: family.owner.as_deref() };
    let mut reports = Vec::new();
    let mut candidates = Vec::new();
    let versions: Vec<(u32, &File)> = family.schemas.iter().map(|(version, file)| (*version, file)).collect();
    let mut seen = BTreeSet::new();
    for file in versions.iter().map(|(_, file)| *file).chain(&family.shared) {
        if !seen.insert(file.file.as_str()) {
            continue;
        }
        match parse(file, limits) {
            Ok(candidate) => candidates.push(candidate),
            Err(parsed) => {
                let findings = Locator::new(file.text.as_bytes(), parsed.root.as_ref()).finish(parsed.drafts, &context);
                reports.push(DocumentReport::of(&file.file, Some(name), None, findings));
            }
        }
    }
    references::diagnose(&mut candidates);
    let set = usable_registry(&mut candidates)
        .map(|registry| build_set(registry, &candidates, family.format.unwrap_or(true)));
    let mut validators = BTreeMap::new();
    if let Some(set) = &set {
        // An error of a file is told where it stands, so whoever leans on the file comes after it.
        for index in references::order(&candidates) {
            let usable = references::usable(&candidates).get(index) == Some(&true);
            let Some(candidate) = candidates.get_mut(index).filter(|_| usable) else { continue };
            match validator(candidate, set) {
                Ok(built) => {
                    validators.insert(candidate.file.file.clone(), built);
                }
                Err(drafts) => candidate.drafts.extend(drafts),
            }
        }
    }
    // A schema that leans on a broken file is not usable, even when it is fine itself.
    for (candidate, usable) in candidates.iter().zip(references::usable(&candidates)) {
        if !usable {
            validators.remove(&candidate.file.file);
        }
    }
    for candidate in &mut candidates {
        super::lint::schema(&candidate.value, candidate.draft, &mut candidate.drafts);
        let drafts = std::mem::take(&mut candidate.drafts);
        if !drafts.is_empty() {
            let findings = Locator::new(candidate.file.text.as_bytes(), Some(&candidate.root)).finish(drafts, &context);
            reports.push(DocumentReport::of(&candidate.file.file, Some(name), None, findings));
        }
    }
    reports.sort_by(|left, right| left.file.cmp(&right.file));
    let versions = versions
        .into_iter()
        .map(|(version, file)| {
            let validator = validators.remove(&file.file);
            (version, Version { file: file.file.clone(), uri: file_uri(&file.file), validator })
        })
        .collect();
    LoadedFamily { set, versions, reports }
}

/// Parses one schema file and tells its dialect.
fn parse<'a>(file: &'a File, limits: &Limits) -> Result<Candidate<'a>, source::Parsed> {
    let format = Format::of_file(&file.file).unwrap_or(Format::Json);
    let parsed = source::parse(file.text.as_bytes(), format, limits);
    let failed = finding::is_wrong(&parsed.drafts);
    let Some(root) = parsed.root.as_ref().filter(|_| !failed) else { return Err(parsed) };
    let mut value = root.to_json_value();
    let mut drafts = parsed.drafts.clone();
    let draft = match value.get("$schema") {
        None => Draft::Draft202012,
        Some(dialect) => match dialect.as_str().map(Draft::from_schema_uri) {
            None | Some(Draft::Unknown) => {
                drafts.push(checks::unknown_dialect::draft(dialect));
                Draft::Draft202012
            }
            Some(draft) => draft,
        },
    };
    let uri = file_uri(&file.file);
    spelling::correct(&mut value, draft, &uri);
    Ok(Candidate { file, uri, root: root.clone(), value, draft, drafts, leans_on: BTreeSet::new() })
}

/// The URI under which a schema file is known: relative references between files then work as people write them.
pub fn file_uri(file: &str) -> String {
    let file = file.trim_start_matches("./").trim_start_matches('/');
    format!("setpoint:///{}", spelling::encoded(file, b"-._~/!$&'()*+,;=:@"))
}

/// The registry of all schemas that can be used. The library may know of a reference that leads nowhere where
/// [`references::diagnose`] did not: then whoever makes it is left out, and told why.
fn usable_registry(candidates: &mut [Candidate<'_>]) -> Option<Registry<'static>> {
    loop {
        let usable = references::usable(candidates);
        let included = candidates.iter().zip(&usable).filter(|(_, usable)| **usable).map(|(candidate, _)| candidate);
        let error = match registry(included) {
            Ok(registry) => return Some(registry),
            Err(error) => error,
        };
        if !usable.contains(&true) {
            return None;
        }
        references::blame(candidates, &usable, error);
    }
}

/// The registry of some schemas, and of the schemas of all dialects.
pub(super) fn registry<'c, 'a: 'c>(
    candidates: impl Iterator<Item = &'c Candidate<'a>>,
) -> Result<Registry<'static>, referencing::Error> {
    let resources: Vec<(String, Resource)> = candidates
        .map(|candidate| (candidate.uri.clone(), candidate.draft.create_resource(candidate.value.clone())))
        .collect();
    SPECIFICATIONS.extend(resources)?.prepare()
}

fn build_set(registry: Registry<'static>, candidates: &[Candidate<'_>], formats: bool) -> SchemaSet {
    let mut files = Vec::new();
    let mut resources = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        resources.insert(candidate.uri.clone(), (index, Pointer::root()));
        references::walk(&candidate.value, candidate.draft, &candidate.uri, &mut |_, place, base, inner| {
            if *inner == Pointer::root() {
                resources.entry(base.to_owned()).or_insert_with(|| (index, place.clone()));
            }
        });
        files.push(SchemaFile { name: candidate.file.file.clone(), root: candidate.root.clone() });
    }
    SchemaSet { registry, files, resources, patterns: Patterns::default(), formats }
}

/// Builds the validator of one schema, or says what is wrong with the schema.
fn validator(candidate: &Candidate<'_>, set: &SchemaSet) -> Result<Validator, Vec<FindingDraft>> {
    let wrong = super::lint::references(set, &candidate.uri, &candidate.value, candidate.draft);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let built = jsonschema::options()
        .with_draft(candidate.draft)
        .with_registry(&set.registry)
        .with_base_uri(candidate.uri.clone())
        .should_validate_formats(set.formats)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT))
        .build(&candidate.value);
    built.map_err(|error| {
        let drafts = metaschema::explain(candidate);
        if drafts.is_empty() { vec![checks::invalid_schema::draft(&error)] } else { drafts }
    })
}
