//! Whether steps know their way back: exactly by themselves, exactly with what they keep, or not at all.

use std::collections::BTreeMap;

use super::action::{Action, Scalar};
use super::complement::{Record, Records};
use super::step::Step;
use crate::call::{Nature, Proof, StepAnswer};
use crate::checks;
use crate::finding::Draft;
use crate::pointer::Pointer;

/// Counts the steps that kept something for a document, by their place in the migration file.
pub fn count(steps: &[Step], records: &Records, into: &mut BTreeMap<Pointer, usize>) {
    let mut places = std::collections::BTreeSet::new();
    collect(steps, records, &mut places);
    for place in places {
        *into.entry(place).or_default() += 1;
    }
}

fn collect(steps: &[Step], records: &Records, into: &mut std::collections::BTreeSet<Pointer>) {
    for (index, record) in records {
        let Some(step) = steps.get(*index) else { continue };
        match (&step.action, record) {
            (Action::Group(group), Record::Each(each)) => {
                each.at.values().for_each(|records| collect(&group.steps, records, into));
            }
            (Action::ForEach(items), Record::Each(each)) => {
                each.at.values().for_each(|records| collect(&items.steps, records, into));
            }
            (Action::When(when), Record::Branch(branch)) => {
                if when.back.is_none() {
                    into.insert(step.place.clone());
                }
                let steps = if branch.then { &when.then } else { &when.otherwise };
                collect(steps, &branch.steps, into);
            }
            _ => drop(into.insert(step.place.clone())),
        }
    }
}

/// What is known of steps from trying documents and from the schema.
pub struct Known<'k> {
    /// For how many documents each step kept something.
    pub kept: &'k BTreeMap<Pointer, usize>,
    /// The steps that are proved to keep nothing.
    pub proved: &'k BTreeMap<Pointer, Proof>,
}

/// What is known of each step, those inside others too.
pub fn nature(steps: &[Step], known: &Known<'_>) -> Vec<StepAnswer> {
    let mut answers = Vec::new();
    describe(steps, known, &mut answers);
    answers
}

fn describe(steps: &[Step], known: &Known<'_>, answers: &mut Vec<StepAnswer>) {
    for step in steps {
        // A path with wildcards is one step for its author.
        let inner = match &step.action {
            Action::Group(group) => match group.steps.as_slice() {
                [only] if only.place == step.place => only,
                _ => step,
            },
            _ => step,
        };
        let kept = known.kept.get(&step.place).copied().unwrap_or_default();
        let nature = match (is_lossy(inner), kept) {
            (true, _) => Nature::Lossy,
            (false, 0) => Nature::Exact,
            (false, _) => Nature::Complement,
        };
        let keeps = (kept > 0).then(|| keeps(&inner.action).to_owned());
        let proved = known.proved.get(&step.place).copied().unwrap_or_default();
        answers.push(StepAnswer { step: step.place.clone(), name: step.name.clone(), nature, kept, keeps, proved });
        match &inner.action {
            Action::Group(group) => describe(&group.steps, known, answers),
            Action::ForEach(items) => describe(&items.steps, known, answers),
            Action::When(when) => {
                describe(&when.then, known, answers);
                describe(&when.otherwise, known, answers);
            }
            _ => {}
        }
    }
}

/// What a step keeps beside a document for the way back, as the end of a sentence.
fn keeps(action: &Action) -> &'static str {
    match action {
        Action::Test(_) => "nothing",
        Action::Relocate(_) => "where the value stood, what went with it, and a value that gave way",
        Action::Copy(_) => "a value that was at the target already",
        Action::Add(_) => "whether a value was there already",
        Action::Remove(_) => "the value and its position",
        Action::Scalar(Scalar::Flip(..)) => "whether the default was written out",
        Action::Scalar(Scalar::Table(..) | Scalar::Convert(..)) => {
            "the former value, where the way back would give another"
        }
        Action::Wrap(_) => "whether the value was inside already",
        Action::Head(_) => "what stood beside the value, or that it stood alone",
        Action::Split(_) | Action::Join(_) => "the former values and positions, where the way back would give others",
        Action::Merge(_) => "what came from where",
        Action::Entries(_) | Action::FromEntries(_) => {
            "the former list or object, where the way back would give another"
        }
        Action::Filter(_) => "what was dropped and its position",
        Action::ForEach(_) | Action::Group(_) => "what the steps inside keep",
        Action::When(_) => "which branch was taken, and what its steps keep",
    }
}

/// Whether a value that is written at the new version has no way down at all.
fn is_lossy(step: &Step) -> bool {
    match &step.action {
        Action::Scalar(Scalar::Convert(_, convert)) => convert.down.is_none(),
        Action::Split(junction) => junction.joined.is_none(),
        Action::Join(junction) => junction.many.iter().any(|(_, expression)| expression.is_none()),
        _ => false,
    }
}

/// Whether the step at a place of the migration file has no way down.
pub fn is_lossy_at(steps: &[Step], place: &Pointer) -> bool {
    steps.iter().any(|step| {
        (step.place == *place && is_lossy(step))
            || match &step.action {
                Action::Group(group) => is_lossy_at(&group.steps, place),
                Action::ForEach(items) => is_lossy_at(&items.steps, place),
                Action::When(when) => is_lossy_at(&when.then, place) || is_lossy_at(&when.otherwise, place),
                _ => false,
            }
    })
}

/// Findings for steps without a way back whose authors do not say why.
pub fn lossy(steps: &[Step]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for step in steps {
        if is_lossy(step) && step.lossy.is_none() {
            drafts.push(checks::lossy_step::draft(&step.place, &step.name));
        }
        match &step.action {
            Action::Group(group) => drafts.extend(lossy(&group.steps)),
            Action::ForEach(items) => drafts.extend(lossy(&items.steps)),
            Action::When(when) => {
                drafts.extend(lossy(&when.then));
                drafts.extend(lossy(&when.otherwise));
            }
            _ => {}
        }
    }
    drafts
}
