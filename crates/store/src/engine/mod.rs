//! What is done to the documents of a store: applying a migration, rolling back, rehearsing both.
//!
//! All three walk the store by key in batches ([`walk`]). Whatever decides about a document is asked of the checker.

mod apply;
mod batch;
mod rehearse;
mod rollback;
mod scan;
mod walk;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use setpoint_checker::{CheckerError, Policy};
use setpoint_core::report::DocumentReport;

use crate::error::StoreError;
use crate::journal::{State, Tally};
use crate::store::Store;

pub use apply::{Apply, apply};
pub use rehearse::{Rehearsed, Took, rehearse};
pub use rollback::{Rollback, rollback};

/// Reports that are handed on for one command; what is beyond is counted.
pub const MOST_REPORTS: usize = 100;
/// Documents that may be in the way before a run gives up: a migration that fails on so many is wrong itself.
const MOST_BLOCKED: usize = 1000;

/// What everything needs.
#[derive(Clone)]
pub struct Engine {
    /// Decides about documents.
    pub policy: Arc<Policy>,
    /// The family.
    pub settings: String,
    /// How fast.
    pub pace: Pace,
    /// Whether to stop after the batch that is at work.
    pub stop: Stop,
}

/// How fast documents are changed.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Documents in one transaction.
    pub batch: usize,
    /// Documents in a second at most.
    pub rate: Option<u32>,
    /// Threads that convert.
    pub threads: usize,
}

/// A wish to stop, from another thread or a signal.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Stops after the batch that is at work.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What it is doing.
    pub doing: Doing,
    /// Documents done with.
    pub done: u64,
    /// Documents to be done, as counted when the run began.
    pub total: u64,
    /// For how long.
    pub elapsed: Duration,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Checking documents before any is touched.
    Checking,
    /// Taking documents up.
    Up,
    /// Taking documents down.
    Down,
    /// Comparing documents.
    Comparing,
}

/// Told of progress, at most a few times a second.
pub type Watch<'w> = &'w mut (dyn FnMut(Progress) + Send);

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended; absent when nothing was begun.
    pub state: Option<State>,
    /// Whether nothing was begun because somebody wanted it to stop.
    pub stopped: bool,
    /// What it did.
    pub tally: Tally,
    /// What is wrong: documents in the way, or what forbids the run. At most [`MOST_REPORTS`].
    pub reports: Vec<DocumentReport>,
    /// Places that documents had at the version they left, and that the version they have now has no place for: the place, and the
    /// first documents with it. Their values are kept beside them.
    pub losses: Vec<(String, Vec<String>)>,
    /// Whether there are more such places than are listed.
    pub more_losses: bool,
}

impl Outcome {
    fn refused(reports: Vec<DocumentReport>) -> Self {
        Self { state: None, stopped: false, tally: Tally::default(), reports, losses: Vec::new(), more_losses: false }
    }
}

/// Why a command cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The checker.
    #[error(transparent)]
    Checker(#[from] CheckerError),
    /// A thread died.
    #[error("internal error: a worker ended: {0}")]
    Worker(String),
}

impl Engine {
    /// A report on the store itself.
    fn about(&self, store: &dyn Store, draft: setpoint_core::finding::Draft) -> DocumentReport {
        use setpoint_core::location::{Context, Locator};
        use setpoint_core::report::Verdict;
        let context = Context { settings: Some(&self.settings), owner: None };
        let findings = Locator::new(b"", None).finish(vec![draft], &context);
        DocumentReport {
            file: store.place(),
            settings: Some(self.settings.clone()),
            verdict: Verdict::of(&findings),
            findings,
            ..DocumentReport::default()
        }
    }
}
