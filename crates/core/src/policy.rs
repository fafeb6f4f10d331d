//! The policy: a bundle that is loaded and ready to answer calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, Family};
use crate::call::{
    self, CheckAnswer, CheckCall, CompareAnswer, CompareCall, GateAnswer, GateCall, LinesAnswer, LoadAnswer,
};
use crate::checks;
use crate::compare::Side;
use crate::compare::answer::{self, Edition};
use crate::digest::sha256_hex;
use crate::explain::{self, Budget, Subject, secrets};
use crate::finding::{Draft, DraftRelated, Place, Severity};
use crate::location::{Context, Locator};
use crate::migration::file;
use crate::migration::gate::Gate;
use crate::pointer::Pointer;
use crate::report::{CORE_VERSION, DocumentReport, Verdict};
use crate::schema::Keyword;
use crate::schema::load::{self, LoadedFamily, Version};
use crate::source::{self, Format, Limits, Node};

/// The form of bundles that this core reads.
pub const BUNDLE_FORM: u32 = 1;

/// Why a bundle could not be loaded at all. Schemas that are wrong do not end here: they are findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleError {
    /// What is wrong with the bundle text.
    pub message: String,
}

impl fmt::Display for BundleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for BundleError {}

/// A loaded bundle.
///
/// ```
/// use setpoint_core::call::CheckCall;
/// use setpoint_core::policy::Policy;
///
/// let bundle = r#"{"bundle":1,"settings":{"http":{"schemas":{"1":{
///     "file":"v1.json","text":"{\"properties\":{\"port\":{\"type\":\"integer\"}}}"}}}}}"#;
/// let policy = Policy::load(bundle.as_bytes())?;
/// let call = CheckCall { file: "eu.json".to_owned(), ..CheckCall::default() };
/// let answer = policy.check(&call, br#"{"port": "80"}"#);
/// assert_eq!(answer.findings[0].code, "type-mismatch");
/// # Ok::<(), setpoint_core::policy::BundleError>(())
/// ```
#[derive(Debug)]
pub struct Policy {
    answer: LoadAnswer,
    limits: Limits,
    families: BTreeMap<String, (Family, LoadedFamily)>,
    /// Loaded when the first migration is gated.
    migration_schema: OnceLock<LoadedFamily>,
}

/// What a document is checked against.
struct Target<'p> {
    name: &'p str,
    family: &'p Family,
    loaded: &'p LoadedFamily,
}

impl Policy {
    /// Loads a bundle from its canonical JSON text.
    ///
    /// # Errors
    /// When the text is not a bundle of a form that this core reads.
    pub fn load(bundle: &[u8]) -> Result<Self, BundleError> {
        let parsed: Bundle = serde_json::from_slice(bundle)
            .map_err(|error| BundleError { message: format!("the text is not a bundle: {error}") })?;
        if parsed.bundle != BUNDLE_FORM {
            let message = format!("the bundle has form {}, this core reads form {BUNDLE_FORM}", parsed.bundle);
            return Err(BundleError { message });
        }
        let limits = parsed.limits.unwrap_or_default();
        let families: BTreeMap<String, (Family, LoadedFamily)> = parsed
            .settings
            .into_iter()
            .map(|(name, family)| {
                let loaded = load::load(&name, &family, &limits);
                (name, (family, loaded))
            })
            .collect();
        let reports = families.values().flat_map(|(_, loaded)| loaded.reports.iter().cloned()).collect();
        let answer =
            LoadAnswer { bundle: format!("sha256:{}", sha256_hex(bundle)), core: CORE_VERSION.to_owned(), reports };
        Ok(Self { answer, limits, families, migration_schema: OnceLock::new() })
    }

    /// What loading found: the digest, and the findings of schema files.
    #[must_use]
    pub fn load_answer(&self) -> &LoadAnswer {
        &self.answer
    }

    /// Checks one document.
    #[must_use]
    pub fn check(&self, call: &CheckCall, text: &[u8]) -> CheckAnswer {
        self.check_as(call, &call.file, text)
    }

    /// The fast way: one pass to parse, one to validate, nothing else for a document that is right. Gives the version
    /// that such a document was checked against. `None` says nothing: [`Policy::check`] then finds out.
    #[must_use]
    pub fn passes(&self, call: &CheckCall, text: &[u8]) -> Option<u32> {
        if format_of(call) != Format::Json {
            return None;
        }
        let target = self.target(call.settings.as_deref()).ok()?;
        let value = source::read_fast(text, &self.limits)?;
        let (number, version) = version_of(&target, call, &value).ok()?;
        version?.validator.as_ref()?.is_valid(&value).then_some(number)
    }

    /// Checks every line of `text` as a JSON document of its own. Lines are counted from `first_line`, so that a
    /// long file can be sent in pieces; each piece ends at a line end. Blank lines are passed over.
    #[must_use]
    pub fn check_lines(&self, call: &CheckCall, first_line: usize, text: &[u8]) -> LinesAnswer {
        let mut answer = LinesAnswer::default();
        let call = CheckCall { format: Some(Format::Json), ..call.clone() };
        let ready = self
            .target(call.settings.as_deref())
            .ok()
            .and_then(|target| Some((fixed_validator(&target, &call)?, target)));
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            answer.documents += 1;
            if let Some((validator, _)) = &ready
                && let Some(value) = source::read_fast(line, &self.limits)
                && validator.is_valid(&value)
            {
                continue;
            }
            let report = self.check_as(&call, &format!("{}:{}", call.file, first_line + index), line);
            if !report.findings.is_empty() {
                answer.reports.push(report);
            }
        }
        answer
    }

    /// Gates one migration.
    #[must_use]
    pub fn gate(&self, call: &GateCall) -> GateAnswer {
        let mut answer = GateAnswer { report: DocumentReport::default(), converted: 0, skipped: 0 };
        let target = self.target(Some(&call.settings)).and_then(|target| {
            let file = target.family.migrations.iter().find(|file| file.file == call.migration);
            Ok((
                file.ok_or_else(|| Box::new(checks::unknown_migration::draft(&call.migration, target.family)))?,
                target,
            ))
        });
        let (file, target) = match target {
            Ok(found) => found,
            Err(draft) => {
                let findings = Locator::new(b"", None).finish(vec![*draft], &Context::default());
                answer.report = report(&call.migration, Some(call.settings.clone()), None, findings);
                return answer;
            }
        };
        let schema = self.migration_schema.get_or_init(|| file::schema(&self.limits));
        let contents = file::read(file, schema, &self.limits);
        let root = contents.root.clone();
        let version = contents.migration.as_ref().map(|migration| migration.to);
        let gate = Gate {
            family: target.family,
            loaded: target.loaded,
            settings: target.name,
            limits: &self.limits,
            secret: may_hold_secrets(&target),
        };
        let outcome = gate.judge(contents, &call.documents);
        let context = Context { settings: Some(target.name), owner: target.family.owner.as_deref() };
        let findings = Locator::new(file.text.as_bytes(), root.as_ref()).finish(outcome.drafts, &context);
        answer.report = report(&call.migration, Some(target.name.to_owned()), version, findings);
        answer.converted = outcome.converted;
        answer.skipped = outcome.skipped;
        answer
    }

    /// Compares two schemas.
    #[must_use]
    pub fn compare(&self, call: &CompareCall) -> CompareAnswer {
        let (old, new) = (self.edition(&call.old), self.edition(&call.new));
        let (old, new) = match (old, new) {
            (Ok(old), Ok(new)) => (old, new),
            (old, new) => {
                let file = |edition: &Result<Edition<'_>, Box<Draft>>, name: &str| {
                    edition.as_ref().map_or_else(|_| name.to_owned(), |edition| edition.file.to_owned())
                };
                let (from, to) = (file(&old, &call.old.settings), file(&new, &call.new.settings));
                let mut reports = Vec::new();
                for (edition, file) in [(old, &from), (new, &to)] {
                    if let Err(draft) = edition {
                        let findings = Locator::new(b"", None).finish(vec![*draft], &Context::default());
                        reports.push(report(file, None, None, findings));
                    }
                }
                return CompareAnswer { from, to, any: None, declared: None, at_hand: None, reports };
            }
        };
        let documents = call.documents.iter().map(|document| {
            let format = document.format.or_else(|| Format::of_file(&document.file)).unwrap_or(Format::Json);
            let parsed = source::parse(document.text.as_bytes(), format, &self.limits);
            let broken = parsed.drafts.iter().any(|draft| draft.check.severity == Severity::Error);
            let value = parsed.root.as_ref().filter(|_| !broken).map(Node::to_json_value);
            (document.file.clone(), value)
        });
        answer::answer(call, &old, &new, &documents.collect::<Vec<_>>(), &|edition, text| {
            let call = CheckCall {
                file: "witness.json".to_owned(),
                settings: Some(edition.settings.to_owned()),
                version: Some(edition.version),
                format: Some(Format::Json),
            };
            self.check_as(&call, &call.file, text.as_bytes()).findings
        })
    }

    fn edition(&self, edition: &call::Edition) -> Result<Edition<'_>, Box<Draft>> {
        let target = self.target(Some(&edition.settings))?;
        let call = CheckCall { version: edition.version, ..CheckCall::default() };
        let (number, version) = version_of(&target, &call, &serde_json::Value::Null)?;
        let unusable = |file: &str| Box::new(checks::unusable_schema::draft(file));
        let version = version.ok_or_else(|| unusable(""))?;
        let set = target.loaded.set.as_ref().ok_or_else(|| unusable(&version.file))?;
        let root = set.view(&Keyword { base: version.uri.clone(), pointer: Pointer::root() });
        match (root, version.validator.as_ref()) {
            (Some(root), Some(validator)) => Ok(Edition {
                settings: target.name,
                version: number,
                family: target.family,
                set,
                file: &version.file,
                side: Side { root, validator },
            }),
            _ => Err(unusable(&version.file)),
        }
    }

    fn target(&self, settings: Option<&str>) -> Result<Target<'_>, Box<Draft>> {
        let known: Vec<&str> = self.families.keys().map(String::as_str).collect();
        let name = match (settings, known.as_slice()) {
            (Some(name), _) => name,
            (None, [only]) => only,
            (None, _) => return Err(Box::new(checks::unknown_settings::draft(None, &known))),
        };
        match self.families.get_key_value(name) {
            Some((name, (family, loaded))) => Ok(Target { name, family, loaded }),
            None => Err(Box::new(checks::unknown_settings::draft(Some(name), &known))),
        }
    }

    fn check_as(&self, call: &CheckCall, file: &str, text: &[u8]) -> DocumentReport {
        let format = format_of(call);
        let target = match self.target(call.settings.as_deref()) {
            Ok(target) => target,
            Err(draft) => {
                let findings = Locator::new(text, None).finish(vec![*draft], &Context::default());
                return report(file, call.settings.clone(), None, findings);
            }
        };
        let settings = Some(target.name.to_owned());
        if let Some(version) = self.passes(call, text) {
            return report(file, settings, Some(version), Vec::new());
        }
        let parsed = source::parse(text, format, &self.limits);
        let mut drafts = parsed.drafts;
        let mut hidden = Vec::new();
        let mut number = None;
        let broken = drafts.iter().any(|draft| draft.check.severity == Severity::Error);
        if let Some(root) = parsed.root.as_ref().filter(|_| !broken) {
            let value = root.to_json_value();
            match version_of(&target, call, &value) {
                Err(draft) => drafts.push(*draft),
                Ok((found, version)) => {
                    number = Some(found);
                    let text = std::str::from_utf8(text).unwrap_or_default();
                    let surprised = !drafts.is_empty();
                    let (mut more, secret) = against(&target, version, root, &value, text, format, surprised);
                    drafts.retain(|surprise| !explains(surprise, &mut more));
                    drafts.extend(more);
                    hidden = secret;
                }
            }
        } else if may_hold_secrets(&target) {
            hidden.push((0, text.len()));
        }
        let context = Context { settings: Some(target.name), owner: target.family.owner.as_deref() };
        let locator = Locator::new(text, parsed.root.as_ref());
        let hidden = hidden.into_iter().filter_map(|(start, end)| locator.span(&Place::Bytes(start, end))).collect();
        let findings = locator.finish(drafts, &context);
        DocumentReport { hidden, ..report(file, settings, number, findings) }
    }
}

/// The format that a call asks for, or that the name of the file tells.
fn format_of(call: &CheckCall) -> Format {
    call.format.or_else(|| Format::of_file(&call.file)).unwrap_or(Format::Json)
}

/// Checks a parsed document; gives the findings and the byte ranges of its secrets. `surprised` is whether parsing left
/// warnings, whose lines are shown too.
fn against(
    target: &Target<'_>,
    version: Option<&Version>,
    root: &Node,
    value: &serde_json::Value,
    text: &str,
    format: Format,
    surprised: bool,
) -> (Vec<Draft>, Vec<(usize, usize)>) {
    let (Some(version), Some(set)) = (version, &target.loaded.set) else {
        let file = version.map_or("", |version| version.file.as_str());
        return (vec![checks::unusable_schema::draft(file)], whole_if_secret(target, text));
    };
    let Some(validator) = &version.validator else {
        return (vec![checks::unusable_schema::draft(&version.file)], whole_if_secret(target, text));
    };
    let keyword = Keyword { base: version.uri.clone(), pointer: Pointer::root() };
    let budget = Budget::default();
    let subject = Subject {
        set,
        root: &keyword,
        validator,
        document: root,
        text,
        format,
        secrets: &target.family.secrets,
        budget: &budget,
    };
    let drafts = if validator.is_valid(value) { Vec::new() } else { explain::explain(&subject, value) };
    let shown = surprised || !drafts.is_empty();
    let hidden = if shown && may_hold_secrets(target) { secrets::hidden(&subject, &drafts) } else { Vec::new() };
    (drafts, hidden)
}

/// What reads oddly and is wrong at one place is one fault: the schema says what is wrong, the surprise says why.
fn explains(surprise: &Draft, faults: &mut [Draft]) -> bool {
    let twin = faults.iter_mut().find(|fault| fault.instance == surprise.instance);
    match twin.filter(|_| surprise.check.severity == Severity::Warning) {
        Some(fault) => {
            let message = surprise.message.clone();
            fault.related.push(DraftRelated { message, place: surprise.place.clone() });
            true
        }
        None => false,
    }
}

fn whole_if_secret(target: &Target<'_>, text: &str) -> Vec<(usize, usize)> {
    if may_hold_secrets(target) { vec![(0, text.len())] } else { Vec::new() }
}

/// Whether any schema of the family, or its configuration, speaks of secrets at all.
fn may_hold_secrets(target: &Target<'_>) -> bool {
    let family = target.family;
    !family.secrets.is_empty()
        || family
            .schemas
            .values()
            .chain(&family.shared)
            .any(|file| file.text.contains("writeOnly") || file.text.contains("password"))
}

/// The validator, when the version does not depend on the document.
fn fixed_validator<'p>(target: &Target<'p>, call: &CheckCall) -> Option<&'p Validator> {
    if call.version.is_none() && target.family.version_at.is_some() {
        return None;
    }
    match version_of(target, call, &serde_json::Value::Null) {
        Ok((_, Some(version))) => version.validator.as_ref(),
        _ => None,
    }
}

/// The version that a document is checked against: the one asked for, the one it declares, or the current one.
fn version_of<'p>(
    target: &Target<'p>,
    call: &CheckCall,
    value: &serde_json::Value,
) -> Result<(u32, Option<&'p Version>), Box<Draft>> {
    let known: Vec<u32> = target.loaded.versions.keys().copied().collect();
    let declared = match (call.version, &target.family.version_at) {
        (Some(version), _) => return found(target, version, None, &known),
        (None, Some(at)) => value.pointer(at).map(|value| (Pointer::parse(at).unwrap_or_default(), value)),
        (None, None) => None,
    };
    if let Some((at, value)) = declared {
        return match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
            Some(version) => found(target, version, Some(&at), &known),
            None => Err(Box::new(checks::unknown_version::draft(&value.to_string(), Some(&at), &known))),
        };
    }
    match target.family.current.or_else(|| known.last().copied()) {
        Some(version) => found(target, version, None, &known),
        None => Err(Box::new(checks::unknown_version::draft("1", None, &known))),
    }
}

fn found<'p>(
    target: &Target<'p>,
    version: u32,
    declared: Option<&Pointer>,
    known: &[u32],
) -> Result<(u32, Option<&'p Version>), Box<Draft>> {
    match target.loaded.versions.get(&version) {
        Some(entry) => Ok((version, Some(entry))),
        None => Err(Box::new(checks::unknown_version::draft(&version.to_string(), declared, known))),
    }
}

fn report(
    file: &str,
    settings: Option<String>,
    version: Option<u32>,
    findings: Vec<crate::finding::Finding>,
) -> DocumentReport {
    DocumentReport {
        file: file.to_owned(),
        settings,
        version,
        verdict: Verdict::of(&findings),
        findings,
        hidden: Vec::new(),
    }
}

/// The documentation page of a finding code, in Markdown; `None` when there is no such code.
#[cfg(feature = "pages")]
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    checks::find(code).map(|check| check.page)
}
