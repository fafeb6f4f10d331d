//! Which places a step looks at or changes.

use std::collections::BTreeSet;

use super::action::{
    Action, Convert, Copy, Decision, Entries, Filler, Filter, Junction, Presence, Relocate, Scalar, Wrap,
};
use super::expression::Expression;
use super::path::Path;
use super::step::Step;
use crate::pointer::Pointer;

/// Places in documents, of the old version or of the new one.
#[derive(Debug, Default)]
pub struct Touched {
    /// Where values change, come or go. The objects around them may come or go with them.
    pub changed: Vec<Path>,
    /// What is only looked at.
    pub read: Vec<Path>,
}

impl Touched {
    /// What a step touches; its places start at `around`.
    pub fn by(step: &Step, around: &Path) -> Self {
        let mut touched = Self::default();
        touched.add(step, around);
        touched
    }

    fn add(&mut self, step: &Step, around: &Path) {
        let mut change = |at: &Pointer| self.changed.push(around.then(at));
        match &step.action {
            Action::Relocate(Relocate { from, to, .. }) => [from, to].into_iter().for_each(change),
            Action::Copy(Copy { from, to, .. }) => {
                change(to);
                self.read.push(around.then(from));
            }
            Action::Add(Presence { at, filler, .. }) | Action::Remove(Presence { at, filler, .. }) => {
                change(at);
                if let Some(Filler::Compute(expression)) = filler {
                    self.look(expression, around);
                }
            }
            Action::Wrap(Wrap { at, .. })
            | Action::Head(Wrap { at, .. })
            | Action::Entries(Entries { at, .. })
            | Action::FromEntries(Entries { at, .. }) => change(at),
            Action::Filter(Filter { at, keep }) => {
                change(at);
                self.look(keep, around);
            }
            Action::Test(test) => self.read.push(around.then(&test.at)),
            Action::Scalar(scalar) => {
                change(scalar.at());
                if let Scalar::Convert(_, Convert { up, down }) = scalar {
                    [Some(up), down.as_ref()].into_iter().flatten().for_each(|part| self.look(part, around));
                }
            }
            Action::Split(Junction { one, many, joined, .. }) | Action::Join(Junction { one, many, joined, .. }) => {
                std::iter::once(one).chain(many.iter().map(|(at, _)| at)).for_each(change);
                let parts = many.iter().filter_map(|(_, part)| part.as_ref());
                parts.chain(joined).for_each(|part| self.look(part, around));
            }
            Action::Merge(merge) => merge.from.iter().chain([&merge.into]).for_each(change),
            Action::ForEach(items) => self.all(&items.steps, &around.then(&items.at).each()),
            Action::Group(group) => group.at.iter().for_each(|at| self.all(&group.steps, &around.then_path(at))),
            Action::When(when) => {
                match &when.test {
                    Decision::Expression(test) => self.look(test, around),
                    Decision::Test(test) => self.read.push(around.then(&test.at)),
                }
                if let Some(back) = &when.back {
                    self.look(back, around);
                }
                self.all(&when.then, around);
                self.all(&when.otherwise, around);
            }
        }
    }

    fn all(&mut self, steps: &[Step], around: &Path) {
        steps.iter().for_each(|step| self.add(step, around));
    }

    /// What an expression finds in `self`.
    fn look(&mut self, expression: &Expression, around: &Path) {
        match expression.members() {
            None => self.read.push(around.clone()),
            Some(members) => {
                self.read.extend(members.iter().map(|member| around.then(&Pointer::root().child(member))));
            }
        }
    }

    /// The top-level members that the places are in; `None` when that may be any of them.
    pub fn members(&self) -> Option<BTreeSet<String>> {
        self.changed.iter().chain(&self.read).map(Path::member).collect()
    }
}
