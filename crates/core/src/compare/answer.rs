//! The answer to a comparison: both directions, all readings, and findings where the schemas stand.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use super::{Judgement, Side, judge, search, targets};
use crate::bundle::Family;
use crate::call::{
    Accepted, AtHand, CompareAnswer, CompareCall, Comparison, Direction, Directions, Evidence, Reading, Relation,
};
use crate::checks::{
    forbidden_key, missing_dependent_key, missing_key, misspelt_key, schema_breaking, schema_undecided, unknown_key,
};
use crate::explain::{describe, expectation};
use crate::finding::{Finding, Literal, Related, Severity};
use crate::generator::UNDECLARED;
use crate::location::{Context, Locator};
use crate::pointer::Pointer;
use crate::report::{DocumentReport, Verdict};
use crate::schema::SchemaSet;
use crate::schema::view::{Memo, View};

/// Evidence beyond this is not written down.
const MAX_EVIDENCE: usize = 20;

/// One of the two editions.
pub struct Edition<'a> {
    /// The family's name.
    pub settings: &'a str,
    /// The version.
    pub version: u32,
    /// The family as it stands in the bundle.
    pub family: &'a Family,
    /// Its schemas.
    pub set: &'a SchemaSet,
    /// The schema file.
    pub file: &'a str,
    /// The schema.
    pub side: Side<'a>,
}

impl<'a> Edition<'a> {
    fn remembering(&self, memo: &Rc<Memo<'a>>) -> Self {
        let Self { settings, version, family, set, file, side } = self;
        let side = Side { root: side.root.clone().remembering(memo), validator: side.validator };
        Self { settings, version: *version, family, set, file, side }
    }
}

/// A document at hand: its name and value; no value when it could not be read.
pub type Document = (String, Option<Value>);

/// Compares; `refusal` gives the findings of a schema about a document, written as JSON.
pub fn answer<'a>(
    call: &CompareCall,
    old: &Edition<'a>,
    new: &Edition<'a>,
    documents: &[Document],
    refusal: &dyn Fn(&Edition<'_>, &str) -> Vec<Finding>,
) -> CompareAnswer {
    let memo = Rc::new(Memo::default());
    let (old, new) = (&old.remembering(&memo), &new.remembering(&memo));
    let values: Vec<Value> = documents.iter().filter_map(|(_, value)| value.clone()).collect();
    let both = |backward: Comparison, forward: Comparison| {
        let full = backward.relation.max(forward.relation);
        Directions { backward, forward, full }
    };
    let (backward, forward) = (compare(old, new, &values, refusal), compare(new, old, &[], refusal));
    let (any, declared) = (both(backward.0, forward.0), both(backward.1, forward.1));
    let at_hand = (!documents.is_empty()).then(|| stand(old, new, documents));
    let mut answer = CompareAnswer {
        from: old.file.to_owned(),
        to: new.file.to_owned(),
        any: Some(any),
        declared: Some(declared),
        at_hand,
        reports: Vec::new(),
    };
    answer.reports = reports(call, &answer, old, new);
    answer
}

/// One direction: for any document, and for those with declared members only.
fn compare<'a>(
    old: &Edition<'a>,
    new: &Edition<'a>,
    at_hand: &[Value],
    refusal: &dyn Fn(&Edition<'_>, &str) -> Vec<Finding>,
) -> (Comparison, Comparison) {
    let judgements = judge(&old.side, &new.side, at_hand);
    let any = comparison(old, new, judgements.any, refusal);
    let declared = match any.relation {
        // What is proved of every document is proved of these, for the same reasons.
        Relation::Compatible => any.clone(),
        _ => comparison(old, new, judgements.declared, refusal),
    };
    (any, declared)
}

fn comparison<'a>(
    old: &Edition<'a>,
    new: &Edition<'a>,
    judgement: Judgement<'a>,
    refusal: &dyn Fn(&Edition<'_>, &str) -> Vec<Finding>,
) -> Comparison {
    match judgement {
        Judgement::Compatible => Comparison { relation: Relation::Compatible, evidence: reasons(old, new) },
        Judgement::Breaking(witnesses) => {
            let mut evidence: Vec<Evidence> = Vec::new();
            for witness in witnesses.into_iter().take(MAX_EVIDENCE) {
                let text = witness.to_string();
                // One witness may show several changes: what a new key is missing from may be refused for more.
                for finding in refusal(new, &text) {
                    let change = change(old, new, &finding);
                    if !evidence.iter().any(|known| known.reason == change.reason && known.to == change.to) {
                        let witness = Literal::from_json(text.clone());
                        evidence.push(Evidence { witness, finding: Some(finding), ..change });
                    }
                }
            }
            Comparison { relation: Relation::Breaking, evidence }
        }
        Judgement::Undecided(obstacle) => {
            let reason = format!("`{}` stopped the proof that every document stays valid", obstacle.keyword);
            let to = new.set.place_of(&obstacle.schema).map(|(file, at)| {
                let at = if obstacle.keyword == "false" { at } else { at.child(&obstacle.keyword) };
                format!("{file}#{at}")
            });
            let evidence = Evidence { witness: None, finding: None, reason, from: None, to };
            Comparison { relation: Relation::Undecided, evidence: vec![evidence] }
        }
    }
}

/// The steps of a proof, as far as they are about something that changed.
fn reasons<'a>(old: &Edition<'a>, new: &Edition<'a>) -> Vec<Evidence> {
    let targets = targets::find(&old.side.root, &new.side.root);
    let mut found: Vec<Evidence> = Vec::new();
    for index in 0..targets.len() {
        let Some((place, before, after)) = targets::views(&targets, index) else { continue };
        let (was, now) = (expectation::any_of(before.clone()), expectation::any_of(after.clone()));
        if was == now {
            continue;
        }
        let text = |text: Option<String>| text.unwrap_or_else(|| "anything".to_owned());
        let reason = format!("{} was {}, is now {}", describe::place(&place), text(was), text(now));
        if found.len() < MAX_EVIDENCE && !found.iter().any(|known| known.reason == reason) {
            let (from, to) = (named(old.set, before.first()), named(new.set, after.first()));
            found.push(Evidence { witness: None, finding: None, reason, from, to });
        }
    }
    if found.is_empty() {
        let reason = "nothing that validation looks at has changed, or only what accepts more".to_owned();
        found.push(Evidence { witness: None, finding: None, reason, from: None, to: None });
    }
    found
}

fn named(set: &SchemaSet, view: Option<&View<'_>>) -> Option<String> {
    set.place_of(view?).map(|(file, at)| format!("{file}#{at}"))
}

/// What changed, as a person would say it, and where.
fn change(old: &Edition<'_>, new: &Edition<'_>, finding: &Finding) -> Evidence {
    let place = &finding.instance;
    let (before, after) = (views_at(&old.side.root, place), views_at(&new.side.root, place));
    let missing = [missing_key::MISSING_KEY.code];
    let surplus = [unknown_key::UNKNOWN_KEY.code, misspelt_key::MISSPELT_KEY.code, forbidden_key::FORBIDDEN_KEY.code];
    let key = missing_name(finding).map_or_else(|| place.clone(), |name| place.child(&name));
    let reason = if missing.contains(&&*finding.code) {
        let name = key.last().unwrap_or_default();
        let parent = views_at(&old.side.root, &key.parent().unwrap_or_default());
        if parent.iter().any(|view| view.declared_keys().contains(name.as_str())) {
            format!("{} was optional, is now required", describe::place(&key))
        } else {
            format!("{} is new and required", describe::place(&key))
        }
    } else if finding.code == missing_dependent_key::MISSING_DEPENDENT_KEY.code {
        finding.message.clone()
    } else if surplus.contains(&&*finding.code) {
        match (place.last(), place.parent()) {
            (Some(name), Some(parent)) if name.starts_with(UNDECLARED) => {
                format!("{} allowed keys that it does not declare, and does not any more", describe::place(&parent))
            }
            _ => format!("{} was allowed, is not any more", describe::place(place)),
        }
    } else {
        let (was, now) = (expectation::any_of(before.clone()), expectation::any_of(after));
        match (was, now) {
            (was, Some(now)) if was.as_ref() != Some(&now) => {
                format!("{} was {}, is now {now}", describe::place(place), was.unwrap_or_else(|| "anything".to_owned()))
            }
            _ => finding.message.clone(),
        }
    };
    let to = (!finding.keyword.is_empty()).then(|| finding.keyword.clone());
    Evidence { witness: None, finding: None, reason, from: named(old.set, before.first()), to }
}

/// The name of the key that a finding misses.
fn missing_name(finding: &Finding) -> Option<String> {
    let (_, after) = finding.message.split_once("has no key `")?;
    after.split_once('`').map(|(name, _)| name.to_owned())
}

fn views_at<'a>(root: &View<'a>, place: &Pointer) -> Vec<View<'a>> {
    place.tokens().fold(vec![root.clone()], |views, token| View::step_all(&views, &token))
}

/// What becomes of the documents at hand.
fn stand(old: &Edition<'_>, new: &Edition<'_>, documents: &[Document]) -> AtHand {
    let mut at_hand = AtHand { documents: 0, breaking: 0, left_out: 0, places: Vec::new(), files: Vec::new() };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (file, value) in documents {
        let Some(value) = value.as_ref().filter(|value| old.side.validator.is_valid(value)) else {
            at_hand.left_out += 1;
            continue;
        };
        at_hand.documents += 1;
        if let Some(place) = search::refused_at(new.side.validator, value) {
            at_hand.breaking += 1;
            *places.entry(place).or_default() += 1;
            if at_hand.files.len() < MAX_EVIDENCE {
                at_hand.files.push(file.clone());
            }
        }
    }
    let mut places: Vec<(Pointer, usize)> =
        places.into_iter().filter_map(|(place, count)| Some((Pointer::parse(&place).ok()?, count))).collect();
    places.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    at_hand.places = places;
    at_hand
}

/// Findings for the reading and the direction that the call asks for, by the file that they stand in.
fn reports(call: &CompareCall, answer: &CompareAnswer, old: &Edition<'_>, new: &Edition<'_>) -> Vec<DocumentReport> {
    let mut found = Vec::new();
    let directions = match call.reading {
        Reading::Any => answer.any.as_ref(),
        Reading::Declared => answer.declared.as_ref(),
        Reading::Documents => {
            let broken = answer.at_hand.as_ref().is_none_or(|at_hand| at_hand.breaking > 0);
            answer.any.as_ref().filter(|_| broken)
        }
    };
    if let Some(directions) = directions {
        if call.direction != Direction::Forward {
            found.extend(findings(&directions.backward, old, new));
        }
        if call.direction != Direction::Backward {
            found.extend(findings(&directions.forward, new, old));
        }
    }
    // What refuses documents that keep to what is declared is worse than what refuses only others.
    let declared = answer.declared.as_ref().filter(|_| call.reading == Reading::Any);
    let of_declared = declared.iter().flat_map(|readings| [&readings.backward, &readings.forward]);
    let worst: BTreeSet<&str> =
        of_declared.flat_map(|comparison| &comparison.evidence).map(|evidence| evidence.reason.as_str()).collect();
    for report in &mut found {
        for finding in &mut report.findings {
            accept(finding, &call.accepted);
        }
        report
            .findings
            .sort_by_key(|finding| (std::cmp::Reverse(finding.severity), !worst.contains(finding.message.as_str())));
        report.verdict = Verdict::of(&report.findings);
    }
    found
}

fn findings(comparison: &Comparison, accepting: &Edition<'_>, refusing: &Edition<'_>) -> Vec<DocumentReport> {
    let mut by_file: BTreeMap<&str, Vec<(crate::finding::Draft, Option<&str>)>> = BTreeMap::new();
    if comparison.relation != Relation::Compatible {
        for evidence in &comparison.evidence {
            let (file, at) = evidence.to.as_deref().and_then(split).unwrap_or((refusing.file, Pointer::root()));
            let draft = if comparison.relation == Relation::Breaking {
                schema_breaking::draft(at, evidence, accepting.file)
            } else {
                schema_undecided::draft(at, evidence, accepting.file)
            };
            by_file.entry(file).or_default().push((draft, evidence.from.as_deref()));
        }
    }
    let mut reports = Vec::new();
    for (file, drafts) in by_file {
        let text = text_of(refusing.family, file).unwrap_or_default();
        let context = Context { settings: Some(refusing.settings), owner: refusing.family.owner.as_deref() };
        let locator = Locator::new(text.as_bytes(), refusing.set.tree(file));
        let before: BTreeMap<(String, String), &str> = drafts
            .iter()
            .filter_map(|(draft, from)| Some(((draft.keyword.clone(), draft.message.clone()), (*from)?)))
            .collect();
        let mut findings = locator.finish(drafts.into_iter().map(|(draft, _)| draft).collect(), &context);
        for finding in &mut findings {
            let from = before.get(&(finding.keyword.clone(), finding.message.clone()));
            finding.related.extend(from.and_then(|from| related(accepting, from)));
        }
        reports.push(DocumentReport::of(file, Some(refusing.settings), Some(refusing.version), findings));
    }
    reports
}

/// The place in the other schema.
fn related(accepting: &Edition<'_>, from: &str) -> Option<Related> {
    let (file, at) = split(from)?;
    let text = text_of(accepting.family, file)?;
    let span = Locator::new(text.as_bytes(), accepting.set.tree(file)).span(&crate::finding::Place::Value(at));
    Some(Related { message: "the schema before".to_owned(), file: Some(file.to_owned()), span })
}

fn split(place: &str) -> Option<(&str, Pointer)> {
    let (file, at) = place.split_once('#')?;
    Some((file, Pointer::parse(at).ok()?))
}

fn text_of<'f>(family: &'f Family, file: &str) -> Option<&'f str> {
    let mut files = family.schemas.values().chain(&family.shared);
    files.find(|candidate| candidate.file == file).map(|found| found.text.as_str())
}

/// What is undecided and accepted is a warning that says by whom and why.
fn accept(finding: &mut Finding, accepted: &[Accepted]) {
    let acceptance = accepted.iter().find(|accepted| accepted.fingerprint == finding.fingerprint);
    if let Some(accepted) = acceptance.filter(|_| finding.severity == Severity::Undecided) {
        finding.severity = Severity::Warning;
        finding.help = Some(format!("accepted by {}: {}", accepted.owner, accepted.reason));
    }
}
