//! `split` and `join`: one value on one side, several on the other.

use super::{OnConflict, footprint};
use crate::migration::blocked::Blocked;
use crate::migration::complement::Record;
use crate::migration::expression::{Expression, Subject};
use crate::migration::place::{Slot, make_parents, put, slot, take};
use crate::migration::step::Run;
use crate::pointer::Pointer;
use crate::source::Node;

/// One value, and the several that it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Junction {
    /// The place of the one value.
    pub one: Pointer,
    /// The places of the several, and how each is worked out from `value`, the one. Where there is no expression it cannot be.
    pub many: Vec<(Pointer, Option<Expression>)>,
    /// How the one value is worked out from `self`, which still has the several.
    pub joined: Option<Expression>,
    /// What is done when something is at a target already.
    pub on_conflict: OnConflict,
}

impl Junction {
    pub(super) fn run(
        &self,
        scope: &mut Node,
        run: &Run<'_>,
        splits: bool,
        record: Option<&Record>,
    ) -> Result<Option<Record>, Blocked> {
        let places: Vec<&Pointer> =
            std::iter::once(&self.one).chain(self.many.iter().map(|(place, _)| place)).collect();
        let key = run.key;
        footprint::run(
            scope,
            &places,
            record,
            |scope| if splits { self.split(scope, key) } else { self.join(scope, key) },
            |scope| if splits { self.join(scope, key) } else { self.split(scope, key) },
        )
    }

    fn split(&self, scope: &mut Node, key: Option<&str>) -> Result<(), Blocked> {
        let Some(value) = slot(scope, &self.one) else { return Ok(()) };
        let subject = Subject { scope, value: Some(&value.value), key };
        let mut parts = Vec::with_capacity(self.many.len());
        for (place, expression) in &self.many {
            let part = match expression {
                Some(expression) => expression.value(subject, place)?,
                None => return Err(one_way(&self.one)),
            };
            parts.extend(part.map(|part| (place, part)));
        }
        take(scope, &self.one);
        for (index, (place, part)) in parts.into_iter().enumerate() {
            let position = value.position.filter(|_| place.parent() == self.one.parent());
            self.set(scope, place, Slot { position: position.map(|position| position + index), value: part })?;
        }
        Ok(())
    }

    fn join(&self, scope: &mut Node, key: Option<&str>) -> Result<(), Blocked> {
        let first = self.many.iter().find_map(|(place, _)| Some((place, slot(scope, place)?)));
        let Some((place, first)) = first else { return Ok(()) };
        let Some(joined) = &self.joined else { return Err(one_way(place)) };
        let value = joined.value(Subject { scope, value: None, key }, &self.one)?;
        for (place, _) in &self.many {
            take(scope, place);
        }
        let Some(value) = value else { return Ok(()) };
        let position = first.position.filter(|_| place.parent() == self.one.parent());
        self.set(scope, &self.one, Slot { position, value })
    }

    fn set(&self, scope: &mut Node, at: &Pointer, slot: Slot) -> Result<(), Blocked> {
        if let Some(there) = scope.find(at) {
            match self.on_conflict {
                OnConflict::Error => return Err(Blocked::occupied(at).about(there)),
                OnConflict::Same if !there.same_in_any_order(&slot.value) => {
                    return Err(Blocked::differs(at).about(there));
                }
                OnConflict::Keep | OnConflict::Same => return Ok(()),
                OnConflict::Overwrite => {
                    take(scope, at);
                }
            }
        }
        make_parents(scope, at, &[])?;
        put(scope, at, slot)
    }
}

fn one_way(at: &Pointer) -> Blocked {
    let place = crate::explain::describe::place(at);
    Blocked::new(at, format!("{place} has no way here from the other version"), "an expression for this way")
}
