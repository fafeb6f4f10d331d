//! Rolling back: all documents above a version go down to it, whatever happened before.

use setpoint_core::call::Complement;

use super::batch::{self, Step};
use super::walk::Way;
use super::{Doing, Engine, EngineError, Outcome, Watch, scan};
use crate::journal::{Kind, NewRun, State, Tally, Which};
use crate::row::Change;
use crate::store::Store;

/// What is to be rolled back.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// The run, as it will stand in the journal; `from` and `total` are filled in here.
    pub run: NewRun,
    /// Whether documents that cannot go down get back the text that they had before the migration. What they are now stays in the
    /// journal.
    pub restore: bool,
}

/// Takes all documents above a version down to it. Works from any phase: a run that has not ended is given up first.
///
/// # Errors
/// When store or checker fail. What was done stays, and the same call goes on from there.
pub async fn rollback(
    engine: &Engine,
    store: &dyn Store,
    what: &Rollback,
    watch: Watch<'_>,
) -> Result<Outcome, EngineError> {
    let mut guard = store.lock("rollback").await?;
    let to = what.run.to;
    let mut open = None;
    if let Some(last) = store.runs().await?.pop()
        && !matches!(last.state, State::Done | State::Abandoned)
    {
        if last.about.kind == Kind::Rollback && last.about.to == to {
            // A process that was killed may not have written how far it was.
            open = Some((last.id, Tally { changed: store.recorded(last.id).await?, ..last.tally }));
        } else {
            store.advance(last.id, None, State::Abandoned, &last.tally).await?;
        }
    }
    let counts = store.counts().await?;
    let above: Vec<(u32, u64)> =
        counts.iter().filter_map(|(version, count)| Some((version.filter(|at| *at > to)?, *count))).collect();
    let (from, total): (Vec<u32>, u64) =
        (above.iter().map(|(at, _)| *at).collect(), above.iter().map(|(_, n)| n).sum());
    let Some(highest) = from.iter().max() else {
        if let Some((run, tally)) = open {
            store.advance(run, None, State::Done, &tally).await?;
        }
        return Ok(Outcome { state: Some(State::Done), ..Outcome::refused(Vec::new()) });
    };
    let (run, tally) = match open {
        Some((run, tally)) => {
            store.advance(run, None, State::Running, &tally).await?;
            (run, tally)
        }
        // It begins as running. To say so again would take back a pause that somebody asked for meanwhile.
        None => (store.begin(&NewRun { from: *highest, total, ..what.run.clone() }).await?, Tally::default()),
    };
    let way = Way { from: from.clone(), to, doing: Doing::Down, total };
    let aside = scan::aside(store).await?;
    let mut outcome = engine.walk((store, &mut guard), (run, tally), &way, &aside, watch).await?;
    if what.restore && outcome.state == Some(State::Incomplete) {
        guard.check().await?;
        restore(engine, store, run, &way, &mut outcome).await?;
    }
    Ok(outcome)
}

/// Gives documents that still cannot go down the text that they had at the version they are to go to, as the journal has it.
async fn restore(
    engine: &Engine,
    store: &dyn Store,
    run: i64,
    way: &Way,
    outcome: &mut Outcome,
) -> Result<(), EngineError> {
    let mut after: Option<String> = None;
    let mut left = 0;
    loop {
        let rows = store.page(&way.from, after.as_deref(), engine.pace.batch).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.key.clone());
        let count = u64::try_from(rows.len()).unwrap_or_default();
        let named = rows.into_iter().map(|row| batch::named(store, row));
        let mut changes = Vec::new();
        for step in engine.convert(named.collect(), way.to, true).await? {
            let row = match step {
                // It was written since, or mended: it goes down like all others.
                Step::Change(change, _) => {
                    changes.push(*change);
                    continue;
                }
                Step::Blocked(row, _) => *row,
            };
            let entries = store.entries(&row.key, Which::ALL).await?;
            let known = entries.into_iter().find(|entry| entry.from == way.to).map(|entry| entry.document);
            if let Some(document) = known.and_then(|text| String::from_utf8(text).ok()) {
                changes.push(Change { row, version: way.to, document, complement: Complement::default() });
            }
        }
        let restored = store.swap(run, &changes).await?;
        outcome.reports.retain(|report| !restored.iter().any(|key| report.file == store.shown(key)));
        let restored = u64::try_from(restored.len()).unwrap_or_default();
        outcome.tally.changed += restored;
        left += count - restored;
    }
    outcome.tally.blocked = left;
    let state = if left == 0 { State::Done } else { State::Incomplete };
    store.advance(run, None, state, &outcome.tally).await?;
    outcome.state = Some(state);
    Ok(())
}
