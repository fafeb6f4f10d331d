//! The journal: what was done to the documents of a store, by whom, and what they were before.

pub(crate) mod sqlite;

use serde::{Deserialize, Serialize};

/// The form of the journal that this version writes.
pub(crate) const FORM: i64 = 1;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// At work, or its process has ended without saying so: the lock tells.
    Running,
    /// Stopped on request; `resume` goes on.
    Paused,
    /// Ended, but some documents could not be changed.
    Incomplete,
    /// Every document is at the wanted version.
    Done,
    /// Given up: a rollback has taken its place.
    Abandoned,
}

impl State {
    /// As it stands in the journal.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Incomplete => "incomplete",
            Self::Done => "done",
            Self::Abandoned => "abandoned",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "paused" => Self::Paused,
            "done" => Self::Done,
            "abandoned" => Self::Abandoned,
            _ => Self::Incomplete,
        }
    }
}

/// Whether a run takes documents up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `setpoint apply`.
    Apply,
    /// `setpoint rollback`.
    Rollback,
}

impl Kind {
    /// As it stands in the journal.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Rollback => "rollback",
        }
    }
}

/// A run that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRun {
    /// Up or down.
    pub kind: Kind,
    /// The migration that is applied; empty for a rollback, which may go through several.
    pub migration: String,
    /// The version that documents come from; for a rollback the highest.
    pub from: u32,
    /// The version that documents go to.
    pub to: u32,
    /// Who runs it.
    pub by: String,
    /// The digest of the bundle.
    pub bundle: String,
    /// The seal of the receipt of the rehearsal, or why there is none: `without rehearsal: REASON`.
    pub rehearsal: String,
    /// Who owns the migration.
    pub owner: String,
    /// What the migration is expected to do.
    pub expected: String,
    /// Documents that are to be changed.
    pub total: u64,
}

/// What a run has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Documents that were changed.
    pub changed: u64,
    /// Documents that could not be changed.
    pub blocked: u64,
    /// Documents that keep, beside themselves, what the wanted version has no place for.
    pub kept: u64,
    /// Documents that changed while they were worked on, and were read again.
    pub again: u64,
    /// Milliseconds at work.
    pub milliseconds: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// What it is about.
    #[serde(flatten)]
    pub about: NewRun,
    /// What it is doing.
    pub state: State,
    /// What it has done.
    #[serde(flatten)]
    pub tally: Tally,
    /// When it began, RFC 3339.
    pub began: String,
    /// When it was last heard of, RFC 3339.
    pub seen: String,
}

/// A document that is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// Its key.
    pub key: String,
    /// The digest of its text: when it changes, it is looked at again.
    pub digest: String,
    /// What is wrong with it, in one line.
    pub reason: String,
}

/// A document as it was before a run changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The run.
    pub run: i64,
    /// The version that it had.
    pub from: u32,
    /// The version that it got.
    pub to: u32,
    /// Its text.
    pub document: Vec<u8>,
}

/// Now, RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn now() -> String {
    let now = time::OffsetDateTime::now_utc();
    let milliseconds = now.nanosecond() / 1_000_000 * 1_000_000;
    let now = now.replace_nanosecond(milliseconds).unwrap_or(now);
    now.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}
