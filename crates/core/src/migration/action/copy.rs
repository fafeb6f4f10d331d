//! `copy`: a value stands at two places on the new side.

use super::OnConflict;
use crate::migration::blocked::Blocked;
use crate::migration::complement::{Hidden, Record};
use crate::migration::place::{Slot, put, slot, take};
use crate::pointer::Pointer;
use crate::source::Node;

/// A value that the new side has twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// The place on both sides.
    pub from: Pointer,
    /// The second place on the new side.
    pub to: Pointer,
    /// What is done when something is there already.
    pub on_conflict: OnConflict,
}

impl Copy {
    /// Makes the copy.
    pub(super) fn make(&self, scope: &mut Node, record: Option<&Record>) -> Result<Option<Record>, Blocked> {
        let source = scope.find(&self.from);
        let there = slot(scope, &self.to);
        let fresh =
            |source: &Node| Slot { position: there.as_ref().and_then(|there| there.position), value: source.clone() };
        let copy = match (record, source) {
            // The copy had a life of its own; it is what it was unless what it was copied from has changed since.
            (Some(Record::Copied(kept, was)), Some(source)) if source.same(was) => kept.clone(),
            (Some(Record::Hidden(hidden)), None) => hidden.slot.clone(),
            (Some(Record::Gone), _) if there.is_none() => return Ok(Some(Record::Gone)),
            (Some(Record::Same), _) if there.is_some() => return Ok(Some(Record::Same)),
            (_, Some(source)) => fresh(source),
            (_, None) => return Ok(there.map(|_| Record::Same)),
        };
        let Some(displaced) = there else {
            put(scope, &self.to, copy)?;
            return Ok(None);
        };
        match self.on_conflict {
            OnConflict::Error => Err(Blocked::occupied(&self.to).about(&displaced.value)),
            OnConflict::Same if !displaced.value.same_in_any_order(&copy.value) => {
                Err(Blocked::differs(&self.to).about(&displaced.value))
            }
            OnConflict::Keep | OnConflict::Same => Ok(Some(Record::Same)),
            OnConflict::Overwrite => {
                take(scope, &self.to);
                put(scope, &self.to, copy)?;
                Ok(Some(Record::Hidden(Hidden { slot: displaced, pruned: Vec::new() })))
            }
        }
    }

    /// Takes the copy away.
    pub(super) fn drop(&self, scope: &mut Node, record: Option<&Record>) -> Result<Option<Record>, Blocked> {
        if matches!(record, Some(Record::Same)) && scope.find(&self.to).is_some() {
            // With something to copy by now, going up would not know that this is no copy.
            return Ok(scope.find(&self.from).map(|_| Record::Same));
        }
        let taken = take(scope, &self.to);
        let displaced = match record {
            Some(Record::Hidden(hidden)) if taken.is_some() => Some(&hidden.slot),
            _ => None,
        };
        if let Some(displaced) = displaced {
            put(scope, &self.to, displaced.clone())?;
        }
        Ok(match (taken, scope.find(&self.from)) {
            (Some(slot), Some(source))
                if slot.position.or(displaced.and_then(|displaced| displaced.position)).is_none()
                    && slot.value.same(source) =>
            {
                None
            }
            (Some(slot), Some(source)) => Some(Record::Copied(slot, source.clone())),
            (Some(slot), None) => Some(Record::Hidden(Hidden { slot, pruned: Vec::new() })),
            (None, Some(_)) => Some(Record::Gone),
            (None, None) => None,
        })
    }
}
