//! What every store can do.

use async_trait::async_trait;
use setpoint_core::source::Format;

use crate::error::StoreError;
use crate::journal::{Aside, Entry, NewRun, Run, State, Tally, Which};
use crate::row::{Change, Counts, Listed, Row, Search, Write};

/// A place where the live documents of one family are, together with the journal of what was done to them.
///
/// All calls see what is committed; nothing is kept in memory between them.
#[async_trait]
pub trait Store: Send + Sync {
    /// What it is called, without secrets: `postgres://db/app, table app.tenant_settings`.
    fn place(&self) -> String;

    /// What a document is called in reports.
    fn shown(&self, key: &str) -> String;

    /// How many documents there are at each version.
    ///
    /// # Errors
    /// [`StoreError::Failed`], as for all calls.
    async fn counts(&self) -> Result<Counts, StoreError>;

    /// The first rows at any of the versions whose keys come after `after`, in the order of keys; at most `most`. An empty list of
    /// versions means all rows.
    async fn page(&self, versions: &[u32], after: Option<&str>, most: usize) -> Result<Vec<Row>, StoreError>;

    /// The row with a key.
    async fn get(&self, key: &str) -> Result<Option<Row>, StoreError>;

    /// Lists documents in the order of their keys.
    async fn list(&self, search: &Search) -> Result<Vec<Listed>, StoreError>;

    /// The format that a document has which is not there yet; absent when it could have any.
    fn format(&self, key: &str) -> Option<Format>;

    /// Makes, changes or removes one document if it still is as it was read, and writes what it was to the journal, both or neither.
    /// Gives its text as it is stored now, empty when it is gone; `None` when it was something else.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the store does not take it.
    async fn write(&self, write: &Write) -> Result<Option<Vec<u8>>, StoreError>;

    /// Changes those rows that still are as they were read, and writes what they were to the journal of the run, both or neither.
    /// Gives the keys of the rows that were changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the store does not take one of the changes; none of them is made then.
    async fn swap(&self, run: i64, changes: &[Change]) -> Result<Vec<String>, StoreError>;

    /// Takes the lock for changing documents. It is free again when the guard is dropped, or the process ends in any way.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody has it.
    async fn lock(&self, command: &str) -> Result<Guard, StoreError>;

    /// Who holds the lock, if somebody does.
    async fn holder(&self) -> Result<Option<String>, StoreError>;

    /// Begins a run in the journal and gives its number.
    async fn begin(&self, run: &NewRun) -> Result<i64, StoreError>;

    /// Writes how far a run is. With `from`, only when it is in that state; gives the state that it is in now.
    async fn advance(&self, run: i64, from: Option<State>, to: State, tally: &Tally) -> Result<State, StoreError>;

    /// All runs on this family, oldest first.
    async fn runs(&self) -> Result<Vec<Run>, StoreError>;

    /// How many changes the journal has of a run.
    async fn recorded(&self, run: i64) -> Result<u64, StoreError>;

    /// Sets a document aside: it is known to be wrong, and left alone while it is as it is now.
    async fn set_aside(&self, aside: &Aside) -> Result<(), StoreError>;

    /// The documents that are set aside.
    async fn aside(&self) -> Result<Vec<Aside>, StoreError>;

    /// A document is set aside no longer.
    async fn forget_aside(&self, key: &str) -> Result<(), StoreError>;

    /// What the journal has of a document, newest first.
    async fn entries(&self, key: &str, which: Which) -> Result<Vec<Entry>, StoreError>;

    /// A copy of the documents at a version, without their history, for a rehearsal.
    async fn copy(&self, version: u32) -> Result<Box<dyn Store>, StoreError>;

    /// Throws a copy away.
    async fn discard(self: Box<Self>) -> Result<(), StoreError>;
}

/// Holds the lock of a store.
pub struct Guard(Box<dyn Held>);

/// What holds a lock.
#[async_trait]
pub(crate) trait Held: Send + Sync {
    /// Fails when the lock may be somebody else's by now.
    async fn check(&mut self) -> Result<(), StoreError>;
}

impl Guard {
    pub(crate) fn new(held: impl Held + 'static) -> Self {
        Self(Box::new(held))
    }

    /// Asked a few times a second, so that nobody goes on without the lock.
    ///
    /// # Errors
    /// When the lock may be somebody else's by now.
    pub(crate) async fn check(&mut self) -> Result<(), StoreError> {
        self.0.check().await
    }
}
