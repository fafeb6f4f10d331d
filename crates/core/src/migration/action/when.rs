//! `when`: steps for some documents, and others for the rest.

use super::test::Test;
use crate::explain::describe;
use crate::migration::blocked::Blocked;
use crate::migration::complement::{Branch, NOTHING, Record};
use crate::migration::expression::{Expression, Subject};
use crate::migration::step::{self, Direction, Run, Step};
use crate::pointer::Pointer;
use crate::source::Node;

/// What decides about a branch.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// An expression over `self`.
    Expression(Expression),
    /// The condition of a `test` step.
    Test(Test),
}

/// A choice between two lists of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// Whether the first list is run, going up.
    pub test: Decision,
    /// The same going down, for a value of which it is not known.
    pub back: Option<Expression>,
    /// The first list.
    pub then: Vec<Step>,
    /// The second list.
    pub otherwise: Vec<Step>,
}

impl When {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let known = match record {
            Some(Record::Branch(known)) => Some(known),
            _ => None,
        };
        let then = match (run.direction, known) {
            (Direction::Down, Some(known)) => known.then,
            (Direction::Down, None) => self.back(scope, run)?,
            (Direction::Up, Some(known)) if known.against_test => known.then,
            (Direction::Up, _) => self.test(scope, run)?,
        };
        let records = known.filter(|known| known.then == then).map_or(&NOTHING, |known| &known.steps);
        let branch = if then { &self.then } else { &self.otherwise };
        let steps = step::run(branch, scope, run, records)?;
        let other_way = match run.direction {
            Direction::Up => self.back(scope, run),
            Direction::Down => self.test(scope, run),
        };
        let against_test = run.direction == Direction::Down && other_way != Ok(then);
        let is_needed = !steps.is_empty() || other_way != Ok(then);
        Ok(is_needed.then_some(Record::Branch(Branch { then, against_test, steps })))
    }

    fn test(&self, scope: &Node, run: &Run<'_>) -> Result<bool, Blocked> {
        match &self.test {
            Decision::Expression(expression) => {
                expression.truth(Subject { scope, value: None, key: run.key }, &Pointer::root())
            }
            Decision::Test(test) => test.holds(scope, run.key),
        }
    }

    fn back(&self, scope: &Node, run: &Run<'_>) -> Result<bool, Blocked> {
        match &self.back {
            Some(back) => back.truth(Subject { scope, value: None, key: run.key }, &Pointer::root()),
            // Nothing to undo whichever it was.
            None if self.then.is_empty() && self.otherwise.is_empty() => Ok(true),
            None => {
                let place = describe::place(&run.around);
                let message = format!("which branch {place} came from is not known");
                Err(Blocked::new(&Pointer::root(), message, "`back`, an expression that tells it at the new version"))
            }
        }
    }
}
