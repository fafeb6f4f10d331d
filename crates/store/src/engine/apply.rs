//! Applying one migration to all documents at the version that it starts from.

use setpoint_core::finding::{Draft, Expected, Place};
use setpoint_core::pointer::Pointer;

use super::scan;
use super::walk::Way;
use super::{Doing, Engine, EngineError, MOST_BLOCKED, Outcome, Watch};
use crate::checks::{DOCUMENTS_BEHIND, RUN_UNFINISHED, VERSION_MISSING};
use crate::journal::{Kind, NewRun, Run, State, Tally};
use crate::row::Counts;
use crate::store::Store;

/// What is to be applied.
#[derive(Clone, Debug)]
pub struct Apply {
    /// The run, as it will stand in the journal; `total` is filled in here.
    pub run: NewRun,
    /// Whether documents that are wrong already are set aside instead of stopping the run before it begins.
    pub set_aside: bool,
}

/// Applies a migration, or goes on with a run of it that was paused or interrupted.
///
/// Before any document is touched all of them are checked at the version that they have.
///
/// # Errors
/// When store or checker fail. What was done stays, and the same call goes on from there.
pub async fn apply(engine: &Engine, store: &dyn Store, what: &Apply, watch: Watch<'_>) -> Result<Outcome, EngineError> {
    let mut guard = store.lock("apply").await?;
    let counts = store.counts().await?;
    let (from, to) = (what.run.from, what.run.to);
    let last = store.runs().await?.pop();
    let open = last.filter(|run| !matches!(run.state, State::Done | State::Abandoned));
    // What was judged when it began has to be what goes on.
    if let Some(open) = &open
        && ((open.about.kind, open.about.from, open.about.to) != (Kind::Apply, from, to)
            || open.about.bundle != what.run.bundle)
    {
        return Ok(Outcome::refused(vec![engine.about(store, unfinished(open, &what.run.bundle))]));
    }
    let mut wrong: Vec<Draft> = counts.get(&None).map(|count| without_version(*count)).into_iter().collect();
    wrong.extend(behind(&counts, from));
    if !wrong.is_empty() {
        return Ok(Outcome::refused(wrong.into_iter().map(|draft| engine.about(store, draft)).collect()));
    }
    let total = counts.get(&Some(from)).copied().unwrap_or_default();
    let mut aside = scan::aside(store).await?;
    let found = engine.check_all(store, from, &aside, total, watch).await?;
    // What was not looked at is not touched.
    if !found.complete {
        return Ok(Outcome { stopped: found.aside.len() < MOST_BLOCKED, ..Outcome::refused(found.reports) });
    }
    if !found.aside.is_empty() {
        if !what.set_aside {
            return Ok(Outcome::refused(found.reports));
        }
        for document in found.aside {
            store.set_aside(&document).await?;
            aside.insert(document.key, document.digest);
        }
    }
    let (run, tally) = match open {
        // A process that was killed may not have written how far it was.
        Some(open) => {
            let tally = Tally { changed: store.recorded(open.id).await?, ..open.tally };
            store.advance(open.id, None, State::Running, &tally).await?;
            (open.id, tally)
        }
        None if found.checked == 0 => {
            return Ok(Outcome { state: Some(State::Done), ..Outcome::refused(Vec::new()) });
        }
        // It begins as running. To say so again would take back a pause that somebody asked for meanwhile.
        None => (store.begin(&NewRun { total: found.checked, ..what.run.clone() }).await?, Tally::default()),
    };
    let way = Way { from: vec![from], to, doing: Doing::Up, total: found.checked };
    engine.walk((store, &mut guard), (run, tally), &way, &aside, watch).await
}

fn unfinished(run: &Run, bundle: &str) -> Draft {
    let about = &run.about;
    let what = match about.kind {
        Kind::Apply => format!("`apply` of `{}`", about.migration),
        Kind::Rollback => format!("`rollback` to version {}", about.to),
    };
    let changed = if run.about.bundle == bundle { "" } else { ", and the project has changed since it began" };
    let message = format!("{what} has not ended: it is {}{changed}", run.state.word());
    let expected = Expected::text("one change after the other");
    Draft::new(&RUN_UNFINISHED, Pointer::root(), Place::File, message, expected)
        .help("go on with it, or roll back: `setpoint status` shows both commands")
}

fn without_version(count: u64) -> Draft {
    let documents = if count == 1 { "1 document has".to_owned() } else { format!("{count} documents have") };
    let expected = Expected::text("a whole number in the version column of every row");
    let message = format!("{documents} no version");
    Draft::new(&VERSION_MISSING, Pointer::root(), Place::File, message, expected)
        .help("write the version that each of them has into its version column; nothing was touched")
}

fn behind(counts: &Counts, from: u32) -> Option<Draft> {
    let (version, count) =
        counts.iter().find_map(|(version, count)| Some((version.filter(|at| *at < from)?, count)))?;
    let documents = if *count == 1 { "1 document is".to_owned() } else { format!("{count} documents are") };
    let message = format!("{documents} at version {version}, below version {from} that the migration starts from");
    let expected = Expected::text(format!("all documents at version {from} or above"));
    let draft = Draft::new(&DOCUMENTS_BEHIND, Pointer::root(), Place::File, message, expected);
    Some(draft.help(format!("apply the migration from version {version} first")))
}
