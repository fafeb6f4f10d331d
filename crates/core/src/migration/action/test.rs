//! `test`: a condition that a document has to meet before it goes up.

use crate::explain::describe;
use crate::migration::blocked::Blocked;
use crate::migration::expression::{Expression, Subject};
use crate::migration::step::{Direction, Run};
use crate::pointer::Pointer;
use crate::source::{Node, Value};

/// What has to be true of a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Something is there, or nothing is.
    Exists(bool),
    /// This value is there; numbers are compared by their digits.
    Equals(Node),
    /// A value of this JSON type is there.
    Type(String),
    /// The expression is true of `value`.
    Where(Expression),
}

/// Refuses documents that some settings have no automatic way for. Up only: a way back is never refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The place.
    pub at: Pointer,
    /// What has to be true of it.
    pub condition: Condition,
    /// What to say when it is not.
    pub message: Option<String>,
}

impl Test {
    /// Refuses the value, or does nothing.
    pub(super) fn run(&self, scope: &Node, run: &Run<'_>) -> Result<(), Blocked> {
        if run.direction == Direction::Down || self.holds(scope, run.key)? {
            return Ok(());
        }
        let place = describe::place(&self.at);
        let expected = match &self.condition {
            Condition::Exists(true) => format!("a value at {place}"),
            Condition::Exists(false) => format!("nothing at {place}"),
            Condition::Equals(node) => format!("{} at {place}", describe::node_text(node)),
            Condition::Type(name) => format!("a value of type {name} at {place}"),
            Condition::Where(expression) => {
                format!("{place} for which `{}` is true", describe::printable(expression.text()))
            }
        };
        let message = self.message.clone().unwrap_or_else(|| format!("{place} does not pass the test"));
        let blocked = Blocked::new(&self.at, message, expected);
        Err(match scope.find(&self.at) {
            Some(node) => blocked.about(node),
            None => blocked,
        })
    }

    /// Whether the condition is met.
    pub fn holds(&self, scope: &Node, key: Option<&str>) -> Result<bool, Blocked> {
        let found = scope.find(&self.at);
        Ok(match (&self.condition, found) {
            (Condition::Exists(wanted), found) => found.is_some() == *wanted,
            (_, None) => false,
            (Condition::Equals(node), Some(found)) => found.same(node),
            (Condition::Type(name), Some(found)) => is_type(&found.value, name),
            (Condition::Where(expression), Some(found)) => {
                expression.truth(Subject { scope, value: Some(found), key }, &self.at)?
            }
        })
    }
}

fn is_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(digits) => {
            name == "number" || (name == "integer" && digits.parse().is_ok_and(|number: f64| number.fract() == 0.0))
        }
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}
