//! Steps that make some values from others: what they touch, and what of it they could not make again.

use crate::migration::blocked::Blocked;
use crate::migration::complement::{Record, Was};
use crate::migration::place::{Slot, find_mut, put, slot, take};
use crate::pointer::Pointer;
use crate::source::Node;

/// The values of some places.
type Values = Vec<(Pointer, Option<Slot>)>;

/// Runs `there` on a value, and keeps what it touched when `back` would not give it again. Values that are still what the run
/// before left are restored to what they were before it, without asking anybody.
pub(super) fn run(
    scope: &mut Node,
    places: &[&Pointer],
    record: Option<&Record>,
    there: impl FnOnce(&mut Node) -> Result<(), Blocked>,
    back: impl FnOnce(&mut Node) -> Result<(), Blocked>,
) -> Result<Option<Record>, Blocked> {
    let mut restored: Option<&Was> = None;
    if let Some(Record::Was(was)) = record {
        let unchanged = was.here.iter().all(|(at, value)| match (scope.find(at), value) {
            (Some(now), Some(then)) => now.same_in_any_order(&then.value),
            (None, None) => true,
            _ => false,
        });
        restored = Some(was).filter(|_| unchanged);
    }
    let known = restored.map_or(&[][..], |was| was.here.as_slice()).iter().map(|(at, _)| at);
    let mut touched: Vec<Pointer> = places.iter().copied().chain(known).map(|place| outermost(scope, place)).collect();
    touched.sort();
    touched.dedup();
    let all = touched.clone();
    touched.retain(|inner| !all.iter().any(|outer| outer != inner && inner.is_within(outer)));
    let before = read(scope, &touched);
    match restored {
        Some(was) => write(scope, &was.there)?,
        None => there(scope)?,
    }
    let after = read(scope, &touched);
    let is_exact = back(scope).is_ok() && same(&read(scope, &touched), &before);
    write(scope, &after)?;
    if is_exact {
        return Ok(None);
    }
    Ok(Some(Record::Was(Was { there: before, here: after })))
}

/// The place, or the outermost place around it that is not there.
fn outermost(scope: &Node, at: &Pointer) -> Pointer {
    let mut place = at.clone();
    while let Some(around) = place.parent() {
        if scope.find(&around).is_some() {
            break;
        }
        place = around;
    }
    place
}

fn read(scope: &Node, places: &[Pointer]) -> Values {
    places.iter().map(|at| (at.clone(), slot(scope, at))).collect()
}

fn same(left: &Values, right: &Values) -> bool {
    left.iter().zip(right).all(|((_, left), (_, right))| match (left, right) {
        (Some(left), Some(right)) => left.position == right.position && left.value.same(&right.value),
        (None, None) => true,
        _ => false,
    })
}

/// Sets the places to the values, each at its position.
fn write(scope: &mut Node, values: &Values) -> Result<(), Blocked> {
    let stays = |scope: &Node, at: &Pointer, slot: &Slot| {
        self::slot(scope, at).is_some_and(|now| now.position == slot.position)
    };
    if values.iter().all(|(at, value)| match value {
        Some(value) => stays(scope, at, value),
        None => scope.find(at).is_none(),
    }) {
        for (at, value) in values {
            if let (Some(node), Some(slot)) = (find_mut(scope, at), value) {
                *node = slot.value.clone();
            }
        }
        return Ok(());
    }
    for (at, _) in values {
        take(scope, at);
    }
    // Positions count the siblings that come back, so the first ones go first and the last one goes last.
    let mut open: Vec<(&Pointer, &Slot)> =
        values.iter().filter_map(|(at, slot)| slot.as_ref().map(|slot| (at, slot))).collect();
    open.sort_by_key(|(_, slot)| slot.position.unwrap_or(usize::MAX));
    open.into_iter().try_for_each(|(at, slot)| put(scope, at, slot.clone()))
}
