//! Why a step cannot be done on a document.

use crate::explain::describe;
use crate::pointer::Pointer;

/// What is in the way of a step. Names places, never values, unless [`Blocked::value`] is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The step, as a place in the migration file.
    pub step: Pointer,
    /// The place in the document.
    pub at: Pointer,
    /// What is in the way.
    pub message: String,
    /// What the step needs.
    pub expected: String,
    /// The value that is in the way, in words; it may be a secret.
    pub value: Option<String>,
}

impl Blocked {
    /// Something in the way at a place.
    #[must_use]
    pub fn new(at: &Pointer, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { step: Pointer::root(), at: at.clone(), message: message.into(), expected: expected.into(), value: None }
    }

    /// A place that is taken already.
    #[must_use]
    pub fn occupied(at: &Pointer) -> Self {
        let place = describe::place(at);
        Self::new(at, format!("{place} is there already"), format!("nothing at {place}, or `on-conflict`"))
    }

    /// A place where another value is than the one that is to go there.
    #[must_use]
    pub fn differs(at: &Pointer) -> Self {
        let place = describe::place(at);
        Self::new(
            at,
            format!("{place} is there already with another value"),
            format!("the same value at {place}, or none"),
        )
    }

    /// With the value that is in the way.
    #[must_use]
    pub fn about(mut self, node: &crate::source::Node) -> Self {
        self.value = Some(describe::node_text(node));
        self
    }

    /// Seen from further out: the place is inside `around`.
    #[must_use]
    pub fn within(mut self, around: &Pointer) -> Self {
        let inside = around.join(&self.at);
        if self.at != inside {
            let (was, is) = (describe::place(&self.at), describe::place(&inside));
            self.message = self.message.replace(&was, &is);
            self.expected = self.expected.replace(&was, &is);
        }
        self.at = inside;
        self
    }
}
