//! Rehearsing: a migration is applied to a copy, rolled back, compared and applied again.

use std::time::Instant;

use setpoint_core::finding::{Draft, Expected, Place};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::DocumentReport;

use super::{
    Apply, Doing, Engine, EngineError, MOST_REPORTS, Outcome, Progress, Rollback, Watch, apply, rollback, scan,
};
use crate::checks::REHEARSAL_NOT_EXACT;
use crate::journal::{Kind, State, Which};
use crate::store::Store;

/// What a rehearsal found.
#[derive(Clone, Debug, Default)]
pub struct Rehearsed {
    /// What is wrong; a rehearsal that ended well has none.
    pub reports: Vec<DocumentReport>,
    /// Whether it went through to its end. Only then there is a receipt.
    pub complete: bool,
    /// Documents in the copy: those at the version that the migration starts from.
    pub total: u64,
    /// Documents of the store at other versions, which are not rehearsed.
    pub other_versions: u64,
    /// Documents that went up, down and up again.
    pub moved: u64,
    /// Documents that were compared with what they had been.
    pub compared: u64,
    /// Documents that were wrong before, and set aside.
    pub set_aside: u64,
    /// How long each part took, in milliseconds.
    pub took: Took,
}

/// How long the parts of a rehearsal took, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    /// Making the copy.
    pub copy: u64,
    /// Applying, with the check before it.
    pub up: u64,
    /// Checking all documents at the new version.
    pub check: u64,
    /// Rolling back.
    pub down: u64,
    /// Comparing.
    pub compare: u64,
    /// Applying again.
    pub again: u64,
}

/// Rehearses a migration on a copy of the store. The store itself is only read.
///
/// # Errors
/// When store or checker fail. The copy is thrown away in any case.
pub async fn rehearse(
    engine: &Engine,
    store: &dyn Store,
    what: &Apply,
    watch: Watch<'_>,
) -> Result<Rehearsed, EngineError> {
    let mut rehearsed = Rehearsed::default();
    let began = Instant::now();
    let counts = store.counts().await?;
    let others = counts.iter().filter(|(version, _)| **version != Some(what.run.from));
    rehearsed.other_versions = others.map(|(_, count)| count).sum();
    let copy = store.copy(what.run.from).await?;
    rehearsed.took.copy = milliseconds(began);
    let result = on_copy(engine, copy.as_ref(), what, &mut rehearsed, watch).await;
    let discarded = copy.discard().await;
    result?;
    discarded?;
    Ok(rehearsed)
}

async fn on_copy(
    engine: &Engine,
    copy: &dyn Store,
    what: &Apply,
    rehearsed: &mut Rehearsed,
    watch: Watch<'_>,
) -> Result<(), EngineError> {
    let (from, to) = (what.run.from, what.run.to);
    let (before, total) = engine.digest_all(copy).await?;
    rehearsed.total = total;
    let began = Instant::now();
    let up = apply(engine, copy, what, &mut *watch).await?;
    rehearsed.took.up = milliseconds(began);
    rehearsed.moved = up.tally.changed;
    let aside = scan::aside(copy).await?;
    rehearsed.set_aside = u64::try_from(aside.len()).unwrap_or_default();
    if failed(&up, rehearsed) {
        return Ok(());
    }
    let began = Instant::now();
    let found = engine.check_all(copy, to, &aside, up.tally.changed, &mut *watch).await?;
    rehearsed.took.check = milliseconds(began);
    rehearsed.reports.extend(found.reports);
    if !found.complete {
        return Ok(());
    }
    let (there, _) = engine.digest_all(copy).await?;
    let back =
        Rollback { run: crate::journal::NewRun { kind: Kind::Rollback, to: from, ..what.run.clone() }, restore: false };
    let began = Instant::now();
    let down = rollback(engine, copy, &back, &mut *watch).await?;
    rehearsed.took.down = milliseconds(began);
    if failed(&down, rehearsed) {
        return Ok(());
    }
    let began = Instant::now();
    let (after, compared) = engine.digest_all(copy).await?;
    watch(Progress { doing: Doing::Comparing, done: compared, total, elapsed: began.elapsed() });
    rehearsed.compared = compared;
    rehearsed.took.compare = milliseconds(began);
    if after != before {
        let mut differing = differing(engine, copy, from).await?;
        if differing.is_empty() {
            let message = "other documents came back than went up".to_owned();
            differing.push(engine.about(copy, not_exact(message)));
        }
        rehearsed.reports.extend(differing);
        return Ok(());
    }
    let began = Instant::now();
    let again = apply(engine, copy, what, &mut *watch).await?;
    rehearsed.took.again = milliseconds(began);
    if failed(&again, rehearsed) {
        return Ok(());
    }
    rehearsed.complete = true;
    if engine.digest_all(copy).await?.0 != there {
        let message = "the second way up gives other documents than the first".to_owned();
        rehearsed.reports.push(engine.about(copy, not_exact(message)));
    }
    Ok(())
}

/// Whether a run ended in another way than it should, which is said then.
fn failed(outcome: &Outcome, rehearsed: &mut Rehearsed) -> bool {
    let is_done = outcome.state == Some(State::Done);
    if !is_done {
        rehearsed.reports.extend(outcome.reports.iter().cloned());
    }
    !is_done
}

/// The documents that came back as something else than they were.
async fn differing(engine: &Engine, copy: &dyn Store, from: u32) -> Result<Vec<DocumentReport>, EngineError> {
    let mut reports = Vec::new();
    let mut after: Option<String> = None;
    while reports.len() < MOST_REPORTS {
        let rows = copy.page(&[from], after.as_deref(), engine.pace.batch).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.key.clone());
        for row in rows {
            let first = copy.entries(&row.key, Which::ALL).await?.pop();
            if first.is_some_and(|first| first.document != row.document) {
                let message = format!("`{}` came back as another document", copy.shown(&row.key));
                reports.push(engine.about(copy, not_exact(message)));
            }
        }
    }
    Ok(reports)
}

fn not_exact(message: String) -> Draft {
    let expected = Expected::text("every document byte for byte as it was");
    Draft::new(&REHEARSAL_NOT_EXACT, Pointer::root(), Place::File, message, expected)
        .help("the store itself was not touched; `setpoint gate --store` shows the document before and after")
}

fn milliseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or_default()
}
