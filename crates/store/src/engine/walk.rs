//! Walking a store by key, in batches, until no document is left at the versions that are to be left.
//!
//! While one batch is written the next one is read and converted. A row that changed since it was read is not written; it is found
//! again by the next pass, like rows that appear behind the place where the walk is. The last pass finds nothing to change.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use setpoint_core::pointer::Pointer;
use setpoint_core::report::DocumentReport;

use super::batch::{Step, digest, named};
use super::{Doing, Engine, EngineError, MOST_BLOCKED, MOST_REPORTS, Outcome, Progress, Watch};
use crate::error::StoreError;
use crate::journal::{State, Tally};
use crate::row::Change;
use crate::store::{Guard, Store};

/// Between two reports of progress.
const BEAT: Duration = Duration::from_millis(200);
/// Between two looks at the journal and the lock: whether somebody wants a pause, or has taken over.
const LOOK: Duration = Duration::from_millis(200);
/// Before a pass that is there only because rows changed under the hands of the last one.
const BREATH: Duration = Duration::from_millis(20);
/// Documents that are named for one loss.
const MOST_NAMED: usize = 20;
/// Places that are listed where documents lose something.
const MOST_PLACES: usize = 100;
/// Times that a row may stay as it is, whatever is written, before it counts as one that cannot be changed.
const MOST_STUCK: u32 = 5;

/// What is to be done.
pub(super) struct Way {
    /// The versions that are left.
    pub(super) from: Vec<u32>,
    /// The version that documents go to.
    pub(super) to: u32,
    /// Up or down.
    pub(super) doing: Doing,
    /// Documents at those versions when the run began.
    pub(super) total: u64,
}

/// A batch that is ready to be written.
struct Ready {
    changes: Vec<(Change, Vec<Pointer>)>,
    blocked: Vec<(String, String, DocumentReport)>,
    /// The key of the last row that was read; absent at the end of a pass.
    last: Option<String>,
}

impl Engine {
    /// Walks until nothing is left to do, or somebody wants it to stop, and writes to the journal how it ended.
    pub(super) async fn walk(
        &self,
        (store, guard): (&dyn Store, &mut Guard),
        (run, tally): (i64, Tally),
        way: &Way,
        aside: &HashMap<String, String>,
        watch: Watch<'_>,
    ) -> Result<Outcome, EngineError> {
        let mut walk = Walk {
            engine: self,
            store,
            guard,
            run,
            way,
            aside,
            stuck: HashMap::new(),
            in_the_way: HashMap::new(),
            reports: BTreeMap::new(),
            losses: BTreeMap::new(),
            more_losses: false,
            before: tally,
            tally: Tally { blocked: 0, ..tally },
            began: Instant::now(),
            told: None,
            looked: None,
        };
        let state = walk.passes(watch).await;
        walk.settle_tally();
        // When the store has failed this fails too; the journal then says `running`, and the lock that nobody is.
        let state = match state {
            Ok(state) => state,
            Err(error) => {
                let _ = store.advance(run, None, State::Incomplete, &walk.tally).await;
                return Err(error);
            }
        };
        store.advance(run, None, state, &walk.tally).await?;
        walk.tell(watch, true);
        let losses = walk.losses.into_iter().map(|(at, keys)| (at.to_string(), keys)).collect();
        Ok(Outcome {
            state: Some(state),
            stopped: false,
            tally: walk.tally,
            reports: walk.reports.into_values().collect(),
            losses,
            more_losses: walk.more_losses,
        })
    }
}

/// What became of a batch.
#[derive(Default)]
struct Written {
    /// Rows that were changed.
    keys: Vec<String>,
    /// Rows that the store does not take as they are to become.
    refused: Vec<(String, StoreError)>,
}

struct Walk<'a> {
    engine: &'a Engine,
    store: &'a dyn Store,
    guard: &'a mut Guard,
    run: i64,
    way: &'a Way,
    /// Documents that are set aside, and passed over on the way up while they are as they are. Key to digest.
    aside: &'a HashMap<String, String>,
    /// Documents that were not written though nobody seems to have changed them: their digest, and how often.
    stuck: HashMap<String, (String, u32)>,
    /// Documents that are in the way, likewise.
    in_the_way: HashMap<String, String>,
    /// What is wrong with the first of them.
    reports: BTreeMap<String, DocumentReport>,
    losses: BTreeMap<Pointer, Vec<String>>,
    more_losses: bool,
    /// What the run had done before it was interrupted.
    before: Tally,
    tally: Tally,
    began: Instant,
    told: Option<Instant>,
    looked: Option<Instant>,
}

impl Walk<'_> {
    async fn passes(&mut self, watch: Watch<'_>) -> Result<State, EngineError> {
        loop {
            let (changed, again) = (self.tally.changed, self.tally.again);
            if let Some(state) = self.pass(watch).await? {
                return Ok(state);
            }
            if self.tally.changed == changed {
                if self.tally.again == again {
                    return Ok(if self.in_the_way.is_empty() { State::Done } else { State::Incomplete });
                }
                tokio::time::sleep(BREATH).await;
            }
        }
    }

    /// One pass over all keys; a state when the run ends here.
    async fn pass(&mut self, watch: Watch<'_>) -> Result<Option<State>, EngineError> {
        let mut ready = self.prepare(None).await?;
        loop {
            if self.engine.stop.is_requested() {
                return Ok(Some(State::Paused));
            }
            let begun = Instant::now();
            let count = ready.changes.len();
            for (key, digest, report) in std::mem::take(&mut ready.blocked) {
                self.note_blocked(key, digest, report);
            }
            // A migration that fails on so many is wrong itself. On the way back all that can go has to.
            if self.way.doing != Doing::Down && self.in_the_way.len() >= MOST_BLOCKED {
                return Ok(Some(State::Incomplete));
            }
            let last = ready.last.take();
            let (losses, changes): (Vec<_>, Vec<Change>) =
                ready.changes.into_iter().map(|(change, losses)| ((change.row.key.clone(), losses), change)).unzip();
            let (written, next) = tokio::join!(self.write(&changes), async {
                match &last {
                    Some(last) => self.prepare(Some(last)).await.map(Some),
                    None => Ok(None),
                }
            });
            let Written { keys: written, refused } = written?;
            self.tally.changed += u64::try_from(written.len()).unwrap_or_default();
            for key in &written {
                // It was in the way, and somebody has mended it.
                if self.in_the_way.remove(key).is_some() {
                    self.reports.remove(key);
                }
                if self.aside.contains_key(key) {
                    self.store.forget_aside(key).await?;
                }
            }
            self.tally.again += u64::try_from(count.saturating_sub(written.len() + refused.len())).unwrap_or_default();
            let written: HashSet<String> = written.into_iter().collect();
            self.note_unwritten(&changes, &written, refused);
            for (key, places) in losses {
                if written.contains(&key) {
                    self.note_losses(&key, places);
                }
            }
            self.settle_tally();
            self.tell(watch, false);
            if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
                self.looked = Some(Instant::now());
                self.guard.check().await?;
                let state = self.store.advance(self.run, Some(State::Running), State::Running, &self.tally).await?;
                if state != State::Running {
                    return Ok(Some(state));
                }
            }
            match next? {
                Some(next) => ready = next,
                None => return Ok(None),
            }
            self.throttle(count, begun.elapsed()).await;
        }
    }

    /// Writes a batch. When the store does not take one of its changes they are written one by one.
    async fn write(&self, changes: &[Change]) -> Result<Written, EngineError> {
        if changes.is_empty() {
            return Ok(Written::default());
        }
        match self.store.swap(self.run, changes).await {
            Err(StoreError::Refused { .. }) => {}
            written => return Ok(Written { keys: written?, refused: Vec::new() }),
        }
        let mut written = Written::default();
        for change in changes {
            match self.store.swap(self.run, std::slice::from_ref(change)).await {
                Ok(keys) => written.keys.extend(keys),
                Err(error @ StoreError::Refused { .. }) => written.refused.push((change.row.key.clone(), error)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(written)
    }

    /// Reads the next rows and converts them.
    async fn prepare(&self, after: Option<&str>) -> Result<Ready, EngineError> {
        let rows = self.store.page(&self.way.from, after, self.engine.pace.batch).await?;
        let last = rows.last().map(|row| row.key.clone());
        let rows = rows
            .into_iter()
            .filter(|row| {
                // What was set aside on the way up may be just what has to go down.
                let aside = self.aside.get(&row.key).filter(|_| self.way.doing != Doing::Down);
                let known = aside.or_else(|| self.in_the_way.get(&row.key));
                known.is_none_or(|known| *known != digest(row))
            })
            .map(|row| named(self.store, row))
            .collect();
        let steps = self.engine.convert(rows, self.way.to, self.way.doing == Doing::Down).await?;
        let mut ready = Ready { changes: Vec::new(), blocked: Vec::new(), last };
        for step in steps {
            match step {
                Step::Change(change, losses) => ready.changes.push((*change, losses)),
                Step::Blocked(row, report) => ready.blocked.push((row.key.clone(), digest(&row), *report)),
            }
        }
        Ok(ready)
    }

    fn note_blocked(&mut self, key: String, digest: String, report: DocumentReport) {
        if self.reports.len() < MOST_REPORTS || self.reports.contains_key(&key) {
            self.reports.insert(key.clone(), report);
        }
        self.in_the_way.insert(key, digest);
    }

    /// Rows that were not written: the store refused them, somebody has changed them, or they stay as they are whatever is written.
    fn note_unwritten(
        &mut self,
        changes: &[Change],
        written: &HashSet<String>,
        mut refused: Vec<(String, StoreError)>,
    ) {
        for Change { row, .. } in changes {
            if written.contains(&row.key) {
                self.stuck.remove(&row.key);
                continue;
            }
            let (key, digest) = (row.key.clone(), digest(row));
            let error = match refused.iter().position(|(other, _)| *other == key) {
                Some(position) => Some(refused.swap_remove(position).1),
                None => {
                    let (known, times) = self.stuck.entry(key.clone()).or_default();
                    *times = if *known == digest { *times + 1 } else { 1 };
                    known.clone_from(&digest);
                    (*times >= MOST_STUCK).then(|| StoreError::Refused {
                        place: self.store.place(),
                        reason: "the row stays as it is, whatever is written".to_owned(),
                    })
                }
            };
            if let Some(error) = error {
                self.stuck.remove(&key);
                let report = error.report(&self.store.shown(&key), Some(&self.engine.settings));
                self.note_blocked(key, digest, report);
            }
        }
    }

    fn note_losses(&mut self, key: &str, places: Vec<Pointer>) {
        if places.is_empty() {
            return;
        }
        self.tally.kept += 1;
        for at in places {
            if self.losses.len() >= MOST_PLACES && !self.losses.contains_key(&at) {
                self.more_losses = true;
                continue;
            }
            let named = self.losses.entry(at).or_default();
            if named.len() < MOST_NAMED {
                named.push(self.store.shown(key));
            }
        }
    }

    fn settle_tally(&mut self) {
        self.tally.blocked = u64::try_from(self.in_the_way.len()).unwrap_or_default();
        let here = u64::try_from(self.began.elapsed().as_millis()).unwrap_or_default();
        self.tally.milliseconds = self.before.milliseconds + here;
    }

    fn tell(&mut self, watch: Watch<'_>, always: bool) {
        if always || self.told.is_none_or(|told| told.elapsed() >= BEAT) {
            self.told = Some(Instant::now());
            let done = self.tally.changed - self.before.changed;
            let total = self.way.total.max(done);
            watch(Progress { doing: self.way.doing, done, total, elapsed: self.began.elapsed() });
        }
    }

    async fn throttle(&self, count: usize, took: Duration) {
        let Some(rate) = self.engine.pace.rate.filter(|rate| *rate > 0) else { return };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let due = Duration::from_secs_f64(f64::from(count) / f64::from(rate));
        tokio::time::sleep(due.saturating_sub(took)).await;
    }
}
