//! Where a parser is at the moment: cheap to keep while everything is right, a pointer when something is not.

use std::borrow::Cow;

use crate::pointer::Pointer;

enum Step<'a> {
    Key(Cow<'a, str>),
    Item(usize),
}

/// The way from the root to the value that is being read.
#[derive(Default)]
pub(super) struct Path<'a>(Vec<Step<'a>>);

impl<'a> Path<'a> {
    pub(super) fn enter_key(&mut self, key: impl Into<Cow<'a, str>>) {
        self.0.push(Step::Key(key.into()));
    }

    pub(super) fn enter_item(&mut self, index: usize) {
        self.0.push(Step::Item(index));
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }

    /// How many arrays and objects are open.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    pub(super) fn pointer(&self) -> Pointer {
        self.0.iter().fold(Pointer::root(), |pointer, step| match step {
            Step::Key(key) => pointer.child(key),
            Step::Item(index) => pointer.item(*index),
        })
    }
}
