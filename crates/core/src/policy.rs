//! The policy: a bundle that is loaded and ready to answer calls.

mod convert;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::bundle::Bundle;
use crate::call::{
    self, CheckAnswer, CheckCall, CompareAnswer, CompareCall, GateAnswer, GateCall, GateDocument, LinesAnswer,
    LoadAnswer, MergeAnswer, MergeCall, RulesAnswer, ValueAnswer,
};
use crate::checks;
use crate::compare::Side;
use crate::compare::answer::{self, Edition};
use crate::digest::sha256_hex;
use crate::explain::Budget;
use crate::finding::{self, Draft, DraftRelated, Literal, Place, Severity};
use crate::judge::{Before, Document, Judge, Loaded, may_hold_secrets};
use crate::location::{Context, Locator};
use crate::merge;
use crate::migration::chain::Chain;
use crate::migration::file::{self, Contents};
use crate::migration::gate::Gate;
use crate::pointer::Pointer;
use crate::receipt;
use crate::report::{CORE_VERSION, DocumentReport};
use crate::rules;
use crate::schema::Keyword;
use crate::schema::load::{self, LoadedFamily, Version};
use crate::source::{self, Format, Limits, Node};

/// How many values the trials of repairs may visit for all witnesses of one comparison.
const EXPLANATIONS: usize = 600;

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
    families: BTreeMap<String, Loaded>,
    /// Loaded when the first migration is gated.
    migration_schema: OnceLock<LoadedFamily>,
    /// The migrations of families, read when the first is needed.
    chains: BTreeMap<String, OnceLock<Chain>>,
}

/// What a document is checked against.
#[derive(Clone, Copy)]
struct Target<'p> {
    name: &'p str,
    loaded: &'p Loaded,
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
        // Loaded when the first family has rules.
        let forms = OnceCell::new();
        let families: BTreeMap<String, Loaded> = parsed
            .settings
            .into_iter()
            .map(|(name, family)| {
                let schemas = load::load(&name, &family, &limits);
                let rules = rules::load(&name, &family, &schemas, &limits, &forms);
                (name, Loaded { family, schemas, rules })
            })
            .collect();
        let reports =
            families.values().flat_map(|loaded| merged(&loaded.schemas.reports, &loaded.rules.reports)).collect();
        let answer =
            LoadAnswer { bundle: format!("sha256:{}", sha256_hex(bundle)), core: CORE_VERSION.to_owned(), reports };
        let chains = families.keys().map(|name| (name.clone(), OnceLock::new())).collect();
        Ok(Self { answer, limits, families, migration_schema: OnceLock::new(), chains })
    }

    /// What loading found: the digest, and the findings of schema files.
    #[must_use]
    pub fn load_answer(&self) -> &LoadAnswer {
        &self.answer
    }

    /// Checks one document.
    #[must_use]
    pub fn check(&self, call: &CheckCall, text: &[u8]) -> CheckAnswer {
        self.check_as(call, &call.file, text, &Budget::default())
    }

    /// The fast way: one pass to parse, one to validate, nothing else for a document that is right. Gives the version
    /// that such a document was checked against. `None` says nothing: [`Policy::check`] then finds out.
    #[must_use]
    pub fn passes(&self, call: &CheckCall, text: &[u8]) -> Option<u32> {
        if format_of(call) != Format::Json || call.before.is_some() {
            return None;
        }
        let target = self.target(call.settings.as_deref()).ok()?;
        let value = source::read_fast(text, &self.limits)?;
        let (number, version) = version_of(&target, call, &value).ok()?;
        target.judge(number, version).accepts(&value).then_some(number)
    }

    /// Checks every line of `text` as a JSON document of its own. Lines are counted from `first_line`, so that a
    /// long file can be sent in pieces; each piece ends at a line end. Blank lines are passed over.
    #[must_use]
    pub fn check_lines(&self, call: &CheckCall, first_line: usize, text: &[u8]) -> LinesAnswer {
        let mut answer = LinesAnswer::default();
        let call = CheckCall { format: Some(Format::Json), ..call.clone() };
        let ready = self.target(call.settings.as_deref()).ok().and_then(|target| fixed_version(&target, &call));
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            answer.documents += 1;
            if let Some(judge) = &ready
                && let Some(value) = source::read_fast(line, &self.limits)
                && judge.accepts(&value)
            {
                continue;
            }
            let report =
                self.check_as(&call, &format!("{}:{}", call.file, first_line + index), line, &Budget::default());
            if !report.findings.is_empty() {
                answer.reports.push(report);
            }
        }
        answer
    }

    /// Gates one migration.
    #[must_use]
    pub fn gate(&self, call: &GateCall) -> GateAnswer {
        let mut answer = GateAnswer::default();
        let target = self.target(Some(&call.settings)).and_then(|target| {
            let file = target.loaded.family.migrations.iter().find(|file| file.file == call.migration);
            Ok((
                file.ok_or_else(|| Box::new(checks::unknown_migration::draft(&call.migration, &target.loaded.family)))?,
                target,
            ))
        });
        let (file, target) = match target {
            Ok(found) => found,
            Err(draft) => {
                let findings = Locator::new(b"", None).finish(vec![*draft], &Context::default());
                answer.report = DocumentReport::of(&call.migration, Some(&call.settings), None, findings);
                return answer;
            }
        };
        let unread = Contents::default();
        let contents = self.chain(&target).files.get(&file.file).unwrap_or(&unread);
        let version = contents.migration.as_ref().map(|migration| migration.to);
        let gate = Gate {
            loaded: target.loaded,
            settings: target.name,
            limits: &self.limits,
            secret: may_hold_secrets(&target.loaded.family),
        };
        answer.digests =
            contents.migration.as_ref().filter(|migration| migration.settings == target.name).and_then(|migration| {
                let versions = (migration.from, migration.to);
                receipt::digests(&target.loaded.family, file, versions, &self.answer.bundle)
            });
        let outcome = gate.judge(contents, call, answer.digests.as_ref());
        let context = Context { settings: Some(target.name), owner: target.loaded.family.owner.as_deref() };
        let findings = Locator::new(file.text.as_bytes(), contents.root.as_ref()).finish(outcome.drafts, &context);
        answer.report = DocumentReport::of(&call.migration, Some(target.name), version, findings);
        answer.about = contents.about();
        answer.converted = outcome.converted;
        answer.skipped = outcome.skipped;
        answer.generated = outcome.generated;
        answer.written = outcome.written;
        answer.losses = outcome.losses;
        answer.steps = outcome.steps;
        answer
    }

    /// The migrations of a family.
    fn chain<'p>(&'p self, target: &Target<'p>) -> &'p Chain {
        static NONE: OnceLock<Chain> = OnceLock::new();
        self.chains.get(target.name).unwrap_or(&NONE).get_or_init(|| {
            let schema = self.migration_schema.get_or_init(|| file::schema(&self.limits));
            Chain::load(target.name, &target.loaded.family, schema, &self.limits)
        })
    }

    /// Tries the examples beside the rules of all families.
    #[must_use]
    pub fn try_rules(&self) -> RulesAnswer {
        let mut answer = RulesAnswer::default();
        for (name, loaded) in &self.families {
            let tried = rules::cases::try_all(&loaded.rules);
            answer.rules += tried.rules;
            answer.cases += tried.cases;
            answer.passed += tried.passed;
            answer.without_failing_case.extend(tried.without_failing_case);
            let context = Context { settings: Some(name), owner: loaded.family.owner.as_deref() };
            for file in &loaded.family.rules {
                let drafts = tried.drafts.iter().filter(|(of, _)| *of == file.file).map(|(_, draft)| draft.clone());
                let tree = rules::file::tree(&file.text, &file.file, &self.limits);
                let findings = Locator::new(file.text.as_bytes(), tree.as_ref()).finish(drafts.collect(), &context);
                answer.reports.push(DocumentReport::of(&file.file, Some(name), None, findings));
            }
        }
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
                        reports.push(DocumentReport::of(file, None, None, findings));
                    }
                }
                return CompareAnswer { from, to, any: None, declared: None, at_hand: None, reports };
            }
        };
        let documents = call.documents.iter().map(|document| {
            let parsed = source::parse(document.text.as_bytes(), document.reads_as(), &self.limits);
            let broken = finding::is_wrong(&parsed.drafts);
            let value = parsed.root.as_ref().filter(|_| !broken).map(Node::to_json_value);
            (document.file.clone(), value)
        });
        // A few witnesses are shown, and none of them was written by hand.
        let budget = Budget::of(EXPLANATIONS);
        answer::answer(call, &old, &new, &documents.collect::<Vec<_>>(), &|edition, text| {
            let call = CheckCall {
                file: "witness.json".to_owned(),
                settings: Some(edition.settings.to_owned()),
                version: Some(edition.version),
                format: Some(Format::Json),
                ..CheckCall::default()
            };
            self.check_as(&call, &call.file, text.as_bytes(), &budget).findings
        })
    }

    /// Compares what two people made of one document.
    #[must_use]
    pub fn merge(&self, call: &MergeCall) -> MergeAnswer {
        match self.target(call.settings.as_deref()) {
            Ok(target) => {
                let owner = target.loaded.family.owner.as_deref();
                merge::merge(call, &Context { settings: Some(target.name), owner }, &self.limits)
            }
            Err(draft) => merge::refused(call, *draft),
        }
    }

    /// What a form shows of a document. What the call says of a former state is not asked.
    #[must_use]
    pub fn value(&self, call: &CheckCall, text: &[u8]) -> ValueAnswer {
        let format = format_of(call);
        let target = self.target(call.settings.as_deref()).ok();
        let mut answer = ValueAnswer::default();
        let mut hidden = match &target {
            Some(target) if !may_hold_secrets(&target.loaded.family) => Vec::new(),
            _ => vec![(0, text.len())],
        };
        let parsed = source::parse(text, format, &self.limits);
        if let Some(root) = &parsed.root {
            let value = root.to_json_value();
            answer.value = Literal::from_json(root.to_json_text());
            if let Some(target) = &target
                && let Ok((number, version)) = version_of(target, call, &value)
            {
                let text = std::str::from_utf8(text).unwrap_or_default();
                let document = Document { root, value: &value, text, format };
                answer.version = Some(number);
                hidden = target.judge(number, version).secrets(&document, &Budget::default());
            }
            if hidden.iter().any(|(start, end)| *start <= root.start && root.end <= *end) {
                answer.secrets.push(Pointer::root());
            } else {
                note_places(root, &Pointer::root(), &hidden, &mut answer);
            }
        }
        let locator = Locator::new(text, parsed.root.as_ref());
        answer.hidden = hidden.into_iter().filter_map(|(start, end)| locator.span(&Place::Bytes(start, end))).collect();
        answer
    }

    fn edition(&self, edition: &call::Edition) -> Result<Edition<'_>, Box<Draft>> {
        let target = self.target(Some(&edition.settings))?;
        let call = CheckCall { version: edition.version, ..CheckCall::default() };
        let (number, version) = version_of(&target, &call, &serde_json::Value::Null)?;
        let unusable = |file: &str| Box::new(checks::unusable_schema::draft(file));
        let version = version.ok_or_else(|| unusable(""))?;
        let set = target.loaded.schemas.set.as_ref().ok_or_else(|| unusable(&version.file))?;
        let root = set.view(&Keyword { base: version.uri.clone(), pointer: Pointer::root() });
        match (root, version.validator.as_ref()) {
            (Some(root), Some(validator)) => Ok(Edition {
                settings: target.name,
                version: number,
                family: &target.loaded.family,
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
            Some((name, loaded)) => Ok(Target { name, loaded }),
            None => Err(Box::new(checks::unknown_settings::draft(Some(name), &known))),
        }
    }

    /// What a document was before a change, or why that says nothing.
    fn former(
        &self,
        before: &GateDocument,
        target: &Target<'_>,
        call: &CheckCall,
        number: u32,
    ) -> Result<(Node, serde_json::Value), String> {
        let parsed = source::parse(before.text.as_bytes(), before.reads_as(), &self.limits);
        if let Some(wrong) = parsed.drafts.iter().find(|draft| draft.severity == Severity::Error) {
            return Err(wrong.message.clone());
        }
        let root = parsed.root.ok_or("it is empty")?;
        let value = root.to_json_value();
        match version_of(target, call, &value) {
            Ok((found, _)) if found == number => Ok((root, value)),
            Ok((found, _)) => Err(format!("it is at version {found}, and now at version {number}")),
            Err(draft) => Err(draft.message.clone()),
        }
    }

    fn check_as(&self, call: &CheckCall, file: &str, text: &[u8], budget: &Budget) -> DocumentReport {
        let format = format_of(call);
        let target = match self.target(call.settings.as_deref()) {
            Ok(target) => target,
            Err(draft) => {
                let findings = Locator::new(text, None).finish(vec![*draft], &Context::default());
                return DocumentReport::of(file, call.settings.as_deref(), None, findings);
            }
        };
        let settings = Some(target.name);
        if let Some(version) = self.passes(call, text) {
            return DocumentReport::of(file, settings, Some(version), Vec::new());
        }
        let parsed = source::parse(text, format, &self.limits);
        let mut drafts = parsed.drafts;
        let mut hidden = Vec::new();
        let mut number = None;
        let broken = finding::is_wrong(&drafts);
        if let Some(root) = parsed.root.as_ref().filter(|_| !broken) {
            let value = root.to_json_value();
            match version_of(&target, call, &value) {
                Err(draft) => drafts.push(*draft),
                Ok((found, version)) => {
                    number = Some(found);
                    let former =
                        call.before.as_ref().and_then(|before| match self.former(before, &target, call, found) {
                            Ok((root, value)) => Some((before, root, value)),
                            Err(reason) => {
                                drafts.push(checks::unreadable_before::draft(&before.file, &reason));
                                None
                            }
                        });
                    let before = former.as_ref().map(|(before, root, value)| Before {
                        document: Document { root, value, text: &before.text, format: before.reads_as() },
                        ratchets: !call.no_ratchet,
                    });
                    let text = std::str::from_utf8(text).unwrap_or_default();
                    let document = Document { root, value: &value, text, format };
                    let surprised = !drafts.is_empty();
                    let judgement = target.judge(found, version).judge(&document, before.as_ref(), surprised, budget);
                    let mut more = judgement.drafts;
                    drafts.retain(|surprise| !explains(surprise, &mut more));
                    drafts.extend(more);
                    hidden = judgement.hidden;
                }
            }
        } else if may_hold_secrets(&target.loaded.family) {
            hidden.push((0, text.len()));
        }
        let context = Context { settings: Some(target.name), owner: target.loaded.family.owner.as_deref() };
        let locator = Locator::new(text, parsed.root.as_ref());
        let hidden = hidden.into_iter().filter_map(|(start, end)| locator.span(&Place::Bytes(start, end))).collect();
        let findings = locator.finish(drafts, &context);
        DocumentReport { hidden, ..DocumentReport::of(file, settings, number, findings) }
    }
}

impl<'p> Target<'p> {
    fn judge(&self, number: u32, version: Option<&'p Version>) -> Judge<'p> {
        Judge { loaded: self.loaded, number, version }
    }
}

/// Notes the secrets of a document, which are what stands in these ranges, in their order; and the numbers that a double does not hold.
fn note_places(node: &Node, at: &Pointer, hidden: &[(usize, usize)], answer: &mut ValueAnswer) {
    if hidden.binary_search(&(node.start, node.end)).is_ok() {
        answer.secrets.push(at.clone());
        return;
    }
    match &node.value {
        source::Value::Number(digits) if !source::is_double(digits) => answer.inexact.push(at.clone()),
        source::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                note_places(item, &at.item(index), hidden, answer);
            }
        }
        source::Value::Object(members) => {
            for member in members {
                note_places(&member.node, &at.child(&member.key), hidden, answer);
            }
        }
        _ => {}
    }
}

/// The reports of schemas and rules, one for each file.
fn merged(schemas: &[DocumentReport], rules: &[DocumentReport]) -> Vec<DocumentReport> {
    let mut merged = schemas.to_vec();
    for report in rules {
        match merged.iter_mut().find(|known| known.file == report.file) {
            Some(known) => {
                known.findings.extend(report.findings.iter().cloned());
                known.findings.sort_by_key(|finding| finding.span);
                known.verdict = known.verdict.max(report.verdict);
            }
            None => merged.push(report.clone()),
        }
    }
    merged.sort_by(|left, right| left.file.cmp(&right.file));
    merged
}

/// The format that a call asks for, or that the name of the file tells.
fn format_of(call: &CheckCall) -> Format {
    call.format.or_else(|| Format::of_file(&call.file)).unwrap_or(Format::Json)
}

/// What reads oddly and is wrong at one place is one fault: the schema says what is wrong, the surprise says why.
fn explains(surprise: &Draft, faults: &mut [Draft]) -> bool {
    let twin = faults.iter_mut().find(|fault| fault.instance == surprise.instance);
    match twin.filter(|_| surprise.severity == Severity::Warning) {
        Some(fault) => {
            let message = surprise.message.clone();
            fault.related.push(DraftRelated { message, place: surprise.place.clone() });
            true
        }
        None => false,
    }
}

/// What documents are judged against, when that does not depend on the document.
fn fixed_version<'p>(target: &Target<'p>, call: &CheckCall) -> Option<Judge<'p>> {
    if call.version.is_none() && target.loaded.family.version_at.is_some() {
        return None;
    }
    let (number, version) = version_of(target, call, &serde_json::Value::Null).ok()?;
    version.is_some().then(|| target.judge(number, version))
}

/// The version that a document is checked against: the one asked for, the one it declares, or the current one.
fn version_of<'p>(
    target: &Target<'p>,
    call: &CheckCall,
    value: &serde_json::Value,
) -> Result<(u32, Option<&'p Version>), Box<Draft>> {
    let known: Vec<u32> = target.loaded.schemas.versions.keys().copied().collect();
    let declared = match (call.version, &target.loaded.family.version_at) {
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
    match target.loaded.family.current.or_else(|| known.last().copied()) {
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
    match target.loaded.schemas.versions.get(&version) {
        Some(entry) => Ok((version, Some(entry))),
        None => Err(Box::new(checks::unknown_version::draft(&version.to_string(), declared, known))),
    }
}

/// The documentation page of a finding code, in Markdown; `None` when there is no such code.
#[cfg(feature = "pages")]
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    checks::find(code).map(|check| check.page)
}
