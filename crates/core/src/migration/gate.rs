//! The gate: a migration passes only when going up and coming back are both seen to work.

use std::collections::{BTreeMap, BTreeSet};

use super::blocked::Blocked;
use super::complement::Records;
use super::file::{Contents, Migration};
use super::lossless;
use super::nature::{self, Known, nature};
use super::places::{self, Shape};
use super::rehearsal::{self, Wanted};
use super::related;
use super::step::{self, Direction, Run};
use super::version;
use crate::call::{Digests, GateCall, GateDocument, StepAnswer};
use crate::checks;
use crate::explain::Budget;
use crate::finding::{self, Draft, Severity};
use crate::generator;
use crate::judge::{Before, Document, Judge, Loaded};
use crate::pointer::Pointer;
use crate::schema::Keyword;
use crate::schema::load::Version;
use crate::source::{self, Format, Limits, Node};

/// What the gate looks at.
pub struct Gate<'a> {
    /// The family: its configuration, schemas and rules.
    pub loaded: &'a Loaded,
    /// The name of the family.
    pub settings: &'a str,
    /// Limits for documents.
    pub limits: &'a Limits,
    /// Whether documents may hold secrets, so that none of their values is shown.
    pub secret: bool,
}

/// What the gate found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Findings on the migration file.
    pub drafts: Vec<Draft>,
    /// Documents that went up and down.
    pub converted: usize,
    /// Documents at another version.
    pub skipped: usize,
    /// Documents made from the old schema that went up and down.
    pub generated: usize,
    /// Documents made from the new schema that went down, as ones that are written after the migration.
    pub written: usize,
    /// What such documents lose on the way down, and how many of them.
    pub losses: Vec<(Pointer, usize)>,
    /// The steps, and whether each knows its way back.
    pub steps: Vec<StepAnswer>,
}

/// A document that the migration fails on.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// What it is called; absent for one that was made from a schema.
    pub file: Option<String>,
    /// Before the steps, as JSON; absent when it may hold secrets.
    pub before: Option<String>,
    /// After the steps, as far as they went; absent when it may hold secrets.
    pub after: Option<String>,
    /// What is wrong, in one line.
    pub wrong: String,
    /// The length of the document, by which the smallest is chosen.
    size: usize,
}

/// Documents that are made from a schema at most.
const MOST_GENERATED: usize = 200;
/// Groups of steps without anything in common, from which on a migration is too many things at once.
const UNRELATED: usize = 4;
/// Steps that making them may take.
const GENERATOR_WORK: u64 = 100_000;

/// What became of documents.
#[derive(Debug, Default)]
struct Tally {
    converted: usize,
    blocked: Failures,
    blocked_step: Pointer,
    up: Failures,
    back: Failures,
    /// How many documents each step kept something for.
    kept: BTreeMap<Pointer, usize>,
}

impl Tally {
    fn total(&self) -> usize {
        self.converted + self.blocked.count
    }

    fn failed(&self) -> bool {
        self.blocked.count + self.up.count + self.back.count > 0
    }

    fn findings(self, migration: &Migration, drafts: &mut Vec<Draft>) {
        let (from, to, total) = (migration.from, migration.to, self.total());
        let (blocked, up, back) = (self.blocked, self.up, self.back);
        drafts.extend(
            blocked
                .smallest
                .map(|example| checks::step_blocked::draft(&self.blocked_step, &example, blocked.count, total)),
        );
        drafts.extend(up.smallest.map(|example| checks::upgrade_not_total::draft(from, to, &example, up.count, total)));
        drafts.extend(
            back.smallest.map(|example| checks::way_back_not_exact::draft(from, to, &example, back.count, total)),
        );
    }
}

/// The places where two documents differ, items of lists as `*`.
pub fn differences(left: &Node, right: &Node) -> Vec<Pointer> {
    let mut places = BTreeSet::new();
    collect_differences(left, right, &Pointer::root(), &mut places);
    places.into_iter().collect()
}

fn collect_differences(left: &Node, right: &Node, at: &Pointer, into: &mut BTreeSet<Pointer>) {
    match (&left.value, &right.value) {
        (source::Value::Object(members), source::Value::Object(_)) => {
            for member in members {
                let place = at.child(&member.key);
                match right.member(&member.key) {
                    Some(other) => collect_differences(&member.node, &other.node, &place, into),
                    None => drop(into.insert(place)),
                }
            }
        }
        (source::Value::Array(items), source::Value::Array(others)) if items.len() == others.len() => {
            items.iter().zip(others).for_each(|(item, other)| collect_differences(item, other, &at.child("*"), into));
        }
        _ if left.same(right) => {}
        _ => drop(into.insert(at.clone())),
    }
}

/// All documents that fail in one way: the smallest stands for them.
#[derive(Debug, Default)]
struct Failures {
    count: usize,
    smallest: Option<Counterexample>,
}

impl Failures {
    /// Counts a failure. Only one that is smaller than all before it is looked into: saying what is wrong can be dear.
    /// Whether it was.
    fn add(&mut self, size: usize, example: impl FnOnce() -> Counterexample) -> bool {
        self.count += 1;
        let is_smallest = self.smallest.as_ref().is_none_or(|smallest| size < smallest.size);
        if is_smallest {
            self.smallest = Some(example());
        }
        is_smallest
    }
}

impl Gate<'_> {
    /// Tries a migration on the documents at hand.
    pub fn judge(&self, contents: &Contents, call: &GateCall, digests: Option<&Digests>) -> Outcome {
        let mut outcome = Outcome { drafts: contents.drafts.clone(), ..Outcome::default() };
        let Some(migration) = &contents.migration else { return outcome };
        if migration.settings != self.settings {
            outcome.drafts.push(checks::other_settings::draft(&migration.settings, self.settings));
            return outcome;
        }
        self.ready(migration, call, digests, &mut outcome.drafts);
        let before = self.usable("from", migration.from, &mut outcome.drafts);
        let after = self.usable("to", migration.to, &mut outcome.drafts);
        let (Some(before), Some(after), Some(set)) = (before, after, &self.loaded.schemas.set) else { return outcome };
        outcome.drafts.extend(places::unknown(
            &migration.steps,
            &Shape { set, uri: &before.uri, version: migration.from },
            &Shape { set, uri: &after.uri, version: migration.to },
        ));
        self.try_documents(migration, (before, after), &call.documents, &mut outcome);
        outcome
    }

    /// Whether the migration can be applied as things are: what is to be seen without a document.
    fn ready(&self, migration: &Migration, call: &GateCall, digests: Option<&Digests>, drafts: &mut Vec<Draft>) {
        let is_left_behind = |versions: &Vec<u32>| versions.iter().all(|version| *version < migration.to);
        let left_behind = call.readers.iter().filter(|(_, versions)| is_left_behind(versions));
        drafts.extend(
            left_behind.map(|(reader, versions)| checks::reader_left_behind::draft(reader, versions, migration.to)),
        );
        if let Some(groups) = related::groups(&migration.steps).filter(|groups| groups.len() >= UNRELATED) {
            drafts.push(checks::unrelated_steps::draft(&groups));
        }
        // Migrations before the newest are behind every document; what they depended on has moved on.
        let is_newest = self.loaded.schemas.versions.keys().next_back() == Some(&migration.to);
        let asked = call.rehearsal.as_ref().filter(|rehearsal| rehearsal.required || is_newest);
        if let (Some(rehearsal), Some(digests)) = (asked, digests) {
            let name = call.migration.rsplit('/').next().unwrap_or_default();
            let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
            drafts.extend(rehearsal::judge(rehearsal, &Wanted { migration, name, digests, limits: self.limits }));
        }
    }

    fn usable(&self, key: &str, version: u32, drafts: &mut Vec<Draft>) -> Option<&Version> {
        let known: Vec<u32> = self.loaded.schemas.versions.keys().copied().collect();
        match self.loaded.schemas.versions.get(&version) {
            None => {
                let at = Pointer::root().child(key);
                drafts.push(checks::unknown_version::draft(&version.to_string(), Some(&at), &known));
                None
            }
            Some(found) if found.validator.is_none() => {
                drafts.push(checks::unusable_schema::draft(&found.file));
                None
            }
            Some(found) => Some(found),
        }
    }

    fn try_documents(
        &self,
        migration: &Migration,
        versions: (&Version, &Version),
        documents: &[GateDocument],
        outcome: &mut Outcome,
    ) {
        let (before, after) = versions;
        let mut at_hand = Tally::default();
        for document in documents {
            let parsed = source::parse(document.text.as_bytes(), document.reads_as(), self.limits);
            let broken = finding::is_wrong(&parsed.drafts);
            let Some(original) = parsed.root.filter(|_| !broken) else {
                outcome.drafts.push(checks::document_already_invalid::draft(&document.file, "it cannot be read"));
                continue;
            };
            match document.version.or_else(|| version::declared(&self.loaded.family, &original)) {
                Some(version) if version != migration.from => {
                    outcome.skipped += 1;
                    continue;
                }
                declared => {
                    if let Some(wrong) = self.first_fault((migration.from, before), &original, None) {
                        if declared.is_none() && self.first_fault((migration.to, after), &original, None).is_none() {
                            outcome.skipped += 1;
                        } else {
                            outcome.drafts.push(checks::document_already_invalid::draft(&document.file, &wrong));
                        }
                        continue;
                    }
                }
            }
            self.try_one(migration, after, (&original, Some(&document.file)), &mut at_hand);
        }
        let mut made = Tally::default();
        for original in self.generated(migration.from, before) {
            self.try_one(migration, after, (&original, None), &mut made);
        }
        outcome.converted = at_hand.converted;
        outcome.generated = made.converted;
        let total = at_hand.total() + made.total();
        let kept =
            at_hand.kept.iter().chain(&made.kept).fold(BTreeMap::new(), |mut all: BTreeMap<_, usize>, (at, n)| {
                *all.entry(at.clone()).or_default() += n;
                all
            });
        // A document that somebody has is a better example than one that could be there.
        let from_hand = at_hand.failed();
        at_hand.findings(migration, &mut outcome.drafts);
        if !from_hand {
            made.findings(migration, &mut outcome.drafts);
        }
        if total == 0 {
            outcome.drafts.push(checks::nothing_to_try::draft(migration.from, outcome.skipped));
        }
        self.go_back(migration, versions, outcome);
        if let Some(set) = &self.loaded.schemas.set {
            let proved = lossless::proved(&migration.steps, &Shape { set, uri: &before.uri, version: migration.from });
            outcome.steps = nature(&migration.steps, &Known { kept: &kept, proved: &proved });
        }
        outcome.drafts.extend(nature::lossy(&migration.steps));
    }

    /// Up, whether it is right there, and exactly back.
    fn try_one(
        &self,
        migration: &Migration,
        after: &Version,
        (original, file): (&Node, Option<&str>),
        tally: &mut Tally,
    ) {
        let text = original.to_json_text();
        let secret = self.secret && file.is_some();
        let example = |after: Option<&Node>, wrong: String| Counterexample {
            file: file.map(str::to_owned),
            before: (!secret).then(|| text.clone()),
            after: after.filter(|_| !secret).map(Node::to_json_text),
            wrong,
            size: text.len(),
        };
        let mut moved = original.clone();
        let up = Run::on_document(Direction::Up);
        let complement = match step::run(&migration.steps, &mut moved, &up, &Records::new()) {
            Ok(complement) => complement,
            Err(conflict) => {
                if tally.blocked.add(text.len(), || example(None, self.said(&conflict))) {
                    tally.blocked_step = conflict.step;
                }
                return;
            }
        };
        nature::count(&migration.steps, &complement, &mut tally.kept);
        version::declare(&self.loaded.family, &mut moved, migration.to);
        tally.converted += 1;
        if !self.is_right((migration.to, after), &moved, Some(original)) {
            tally.up.add(text.len(), || {
                let wrong = self.first_fault((migration.to, after), &moved, Some(original)).unwrap_or_default();
                example(Some(&moved), wrong)
            });
        }
        let mut returned = moved.clone();
        version::declare(&self.loaded.family, &mut returned, migration.from);
        match step::run(&migration.steps, &mut returned, &Run::on_document(Direction::Down), &complement) {
            Err(conflict) => {
                tally.back.add(text.len(), || example(Some(&moved), self.said(&conflict)));
            }
            Ok(_) if returned.to_json_text() != text => {
                tally.back.add(text.len(), || example(Some(&moved), "the way back gives another document".to_owned()));
            }
            Ok(_) => {}
        }
    }

    /// Documents that are valid at a version, made from its schema; those that its rules refuse are left out.
    fn generated(&self, number: u32, version: &Version) -> Vec<Node> {
        let (Some(set), Some(validator)) = (&self.loaded.schemas.set, &version.validator) else { return Vec::new() };
        let Some(root) = set.view(&Keyword { base: version.uri.clone(), pointer: Pointer::root() }) else {
            return Vec::new();
        };
        let values = generator::documents(&root, validator, MOST_GENERATED, GENERATOR_WORK);
        let read = |value: &serde_json::Value| {
            let mut node = source::parse(value.to_string().as_bytes(), Format::Json, self.limits).root?;
            node.forget_places();
            version::declare(&self.loaded.family, &mut node, number);
            self.is_right((number, version), &node, None).then_some(node)
        };
        values.iter().filter_map(read).collect()
    }

    /// Whether documents that are written after the migration can go down, and what they lose there.
    fn go_back(&self, migration: &Migration, (before, after): (&Version, &Version), outcome: &mut Outcome) {
        let mut failures = Failures::default();
        let mut losses: BTreeMap<Pointer, usize> = BTreeMap::new();
        for written in self.generated(migration.to, after) {
            let mut down = written.clone();
            version::declare(&self.loaded.family, &mut down, migration.from);
            let went = step::run(&migration.steps, &mut down, &Run::on_document(Direction::Down), &Records::new());
            outcome.written += 1;
            // What cannot go down by its author's own word is lost, and said there.
            if let Err(blocked) = &went
                && nature::is_lossy_at(&migration.steps, &blocked.step)
            {
                *losses.entry(blocked.at.clone()).or_default() += 1;
                continue;
            }
            if went.is_err() || !self.is_right((migration.from, before), &down, None) {
                let text = written.to_json_text();
                failures.add(text.len(), || Counterexample {
                    file: None,
                    size: text.len(),
                    wrong: match &went {
                        Err(blocked) => self.said(blocked),
                        Ok(_) => self.first_fault((migration.from, before), &down, None).unwrap_or_default(),
                    },
                    after: went.is_ok().then(|| down.to_json_text()),
                    before: Some(text.clone()),
                });
                continue;
            }
            let up = Run::on_document(Direction::Up);
            if step::run(&migration.steps, &mut down, &up, &Records::new()).is_ok() {
                version::declare(&self.loaded.family, &mut down, migration.to);
                differences(&written, &down).into_iter().for_each(|at| *losses.entry(at).or_default() += 1);
            }
        }
        let (count, total) = (failures.count, outcome.written);
        outcome.drafts.extend(
            failures.smallest.map(|example| checks::rollback_not_total::draft(migration, &example, count, total)),
        );
        outcome.losses = losses.into_iter().collect();
    }

    /// Whether nothing is wrong with a document at a version.
    fn is_right(&self, at: (u32, &Version), document: &Node, before: Option<&Node>) -> bool {
        let judge = Judge { loaded: self.loaded, number: at.0, version: Some(at.1) };
        match judge.rules() {
            None => judge.accepts(&document.to_json_value()),
            Some(_) => self.first_fault(at, document, before).is_none(),
        }
    }

    /// The first thing that is wrong with a document at a version; `None` when it is valid. With what it was before the
    /// migration, rules about changes are asked too.
    fn first_fault(
        &self,
        (number, version): (u32, &Version),
        document: &Node,
        before: Option<&Node>,
    ) -> Option<String> {
        let judge = Judge { loaded: self.loaded, number, version: Some(version) };
        let value = document.to_json_value();
        if (before.is_none() || judge.rules().is_none()) && judge.accepts(&value) {
            return None;
        }
        // A document that steps have changed has no text of its own; its JSON serves for explanations.
        let text = document.to_json_text();
        let reread = source::reread(&text, Format::Json)?;
        let former = before.map(|before| (before, before.to_json_value(), before.to_json_text()));
        let former = former.as_ref().map(|(root, value, text)| Before {
            document: Document { root, value, text, format: Format::Json },
            ratchets: false,
        });
        let document = Document { root: &reread, value: &value, text: &text, format: Format::Json };
        let drafts = judge.judge(&document, former.as_ref(), false, &Budget::default()).drafts;
        let first = drafts.into_iter().find(|draft| draft.severity == Severity::Error)?;
        Some(format!("{}, expected {}", first.message, first.expected.text))
    }

    /// What is in the way of a step, in one line.
    fn said(&self, blocked: &Blocked) -> String {
        let value = blocked.value.as_ref().filter(|_| !self.secret);
        let value = value.map(|value| format!(" (it is {value})")).unwrap_or_default();
        format!("{}{value}, expected {}", blocked.message, blocked.expected)
    }
}
