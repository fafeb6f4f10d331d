//! The gate: a migration passes only when going up and coming back are both seen to work.

use super::blocked::Blocked;
use super::complement::Records;
use super::file::{Contents, Migration};
use super::places::{self, Shape};
use super::step::{self, Direction, Run};
use super::version;
use crate::call::GateDocument;
use crate::checks;
use crate::explain::Budget;
use crate::finding::{self, Draft, Severity};
use crate::judge::{Before, Document, Judge, Loaded};
use crate::pointer::Pointer;
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
}

/// A document that the migration fails on.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// What it is called.
    pub file: String,
    /// Before the steps, as JSON; absent when it may hold secrets.
    pub before: Option<String>,
    /// After the steps, as far as they went; absent when it may hold secrets.
    pub after: Option<String>,
    /// What is wrong, in one line.
    pub wrong: String,
    /// The length of the document, by which the smallest is chosen.
    size: usize,
}

/// All documents that fail in one way: the smallest stands for them.
#[derive(Debug, Default)]
struct Failures {
    count: usize,
    smallest: Option<Counterexample>,
}

impl Failures {
    fn add(&mut self, example: Counterexample) {
        self.count += 1;
        if self.smallest.as_ref().is_none_or(|smallest| example.size < smallest.size) {
            self.smallest = Some(example);
        }
    }
}

impl Gate<'_> {
    /// Tries a migration on the documents at hand.
    pub fn judge(&self, contents: &Contents, documents: &[GateDocument]) -> Outcome {
        let mut outcome = Outcome { drafts: contents.drafts.clone(), ..Outcome::default() };
        let Some(migration) = &contents.migration else { return outcome };
        if migration.settings != self.settings {
            outcome.drafts.push(checks::other_settings::draft(&migration.settings, self.settings));
            return outcome;
        }
        let before = self.usable("from", migration.from, &mut outcome.drafts);
        let after = self.usable("to", migration.to, &mut outcome.drafts);
        let (Some(before), Some(after), Some(set)) = (before, after, &self.loaded.schemas.set) else { return outcome };
        outcome.drafts.extend(places::unknown(
            &migration.steps,
            &Shape { set, uri: &before.uri, version: migration.from },
            &Shape { set, uri: &after.uri, version: migration.to },
        ));
        self.try_documents(migration, (before, after), documents, &mut outcome);
        outcome
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
        (before, after): (&Version, &Version),
        documents: &[GateDocument],
        outcome: &mut Outcome,
    ) {
        let (mut up, mut back, mut blocked) = (Failures::default(), Failures::default(), Failures::default());
        let mut blocked_step = Pointer::root();
        for document in documents {
            let parsed = source::parse(document.text.as_bytes(), document.reads_as(), self.limits);
            let broken = finding::is_wrong(&parsed.drafts);
            let Some(original) = parsed.root.filter(|_| !broken) else {
                outcome.drafts.push(checks::document_already_invalid::draft(&document.file, "it cannot be read"));
                continue;
            };
            match version::declared(&self.loaded.family, &original) {
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
            let text = original.to_json_text();
            let example = |after: Option<&Node>, wrong: String| Counterexample {
                file: document.file.clone(),
                before: (!self.secret).then(|| text.clone()),
                after: after.filter(|_| !self.secret).map(Node::to_json_text),
                wrong,
                size: text.len(),
            };
            let mut moved = original.clone();
            let complement =
                match step::run(&migration.steps, &mut moved, &Run::on_document(Direction::Up), &Records::new()) {
                    Ok(complement) => complement,
                    Err(conflict) => {
                        blocked.add(example(None, self.said(&conflict)));
                        blocked_step = conflict.step;
                        continue;
                    }
                };
            version::declare(&self.loaded.family, &mut moved, migration.to);
            outcome.converted += 1;
            if let Some(wrong) = self.first_fault((migration.to, after), &moved, Some(&original)) {
                up.add(example(Some(&moved), wrong));
            }
            let mut returned = moved.clone();
            version::declare(&self.loaded.family, &mut returned, migration.from);
            match step::run(&migration.steps, &mut returned, &Run::on_document(Direction::Down), &complement) {
                Err(conflict) => back.add(example(Some(&moved), self.said(&conflict))),
                Ok(_) if returned.to_json_text() != text => {
                    back.add(example(Some(&moved), "the way back gives another document".to_owned()));
                }
                Ok(_) => {}
            }
        }
        let (from, to) = (migration.from, migration.to);
        let total = outcome.converted + blocked.count;
        let drafts = &mut outcome.drafts;
        drafts.extend(
            blocked.smallest.map(|example| checks::step_blocked::draft(&blocked_step, &example, blocked.count, total)),
        );
        drafts.extend(up.smallest.map(|example| checks::upgrade_not_total::draft(from, to, &example, up.count, total)));
        drafts.extend(
            back.smallest.map(|example| checks::way_back_not_exact::draft(from, to, &example, back.count, total)),
        );
        if total == 0 {
            drafts.push(checks::nothing_to_try::draft(from, outcome.skipped));
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
        let limits = Limits { bytes: usize::MAX, ..Limits::default() };
        let reread = source::parse(text.as_bytes(), Format::Json, &limits).root?;
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
