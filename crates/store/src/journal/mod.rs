//! The journal: what was done to the documents of a store, by whom, and what they were before.

pub(crate) mod sqlite;

use serde::{Deserialize, Serialize};
use setpoint_core::call::Complement;

/// The form of the journal that this version writes.
pub(crate) const FORM: i64 = 2;

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

/// A document as it was before somebody changed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The number of the entry: later ones have higher numbers.
    pub id: i64,
    /// The run; 0 when it was changed by itself.
    pub run: i64,
    /// The version that it had; 0 when it was not there.
    pub from: u32,
    /// The version that it got; 0 when it went away.
    pub to: u32,
    /// Its text; empty when it was not there.
    pub document: Vec<u8>,
    /// What the way from its version needed.
    pub complement: Complement,
    /// Who changed it.
    pub by: String,
    /// When, RFC 3339; for a run, when that began.
    pub at: String,
}

/// Which entries of a document are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Which {
    /// Only those with lower numbers.
    pub before: i64,
    /// At most so many.
    pub most: usize,
    /// Whether with their texts; otherwise these and the complements are empty.
    pub texts: bool,
}

impl Which {
    /// All of them, with their texts.
    pub const ALL: Self = Self { before: i64::MAX, most: usize::MAX, texts: true };

    /// The one with a number, with its text.
    #[must_use]
    pub const fn one(id: i64) -> Self {
        Self { before: id.saturating_add(1), most: 1, texts: true }
    }

    /// The statement that gives them: parameters are the family, the key, `before`, `most`; columns are those of [`Entry::of`].
    pub(crate) fn sql(self) -> String {
        let texts = if self.texts { "j.document, j.complement" } else { "substr(j.document, 1, 0), ''" };
        format!(
            "SELECT j.id, j.run, j.from_version, j.to_version, {texts}, j.written_by, j.written_at, r.about, r.began \
             FROM setpoint_journal AS j LEFT JOIN setpoint_runs AS r ON r.id = j.run \
             WHERE j.family = $1 AND j.key = $2 AND j.id < $3 ORDER BY j.id DESC LIMIT $4"
        )
    }

    pub(crate) fn most(self) -> i64 {
        i64::try_from(self.most).unwrap_or(i64::MAX)
    }
}

impl Entry {
    /// An entry from the columns of its row. Who and when stand in the entry itself, or in the run.
    #[allow(clippy::type_complexity, reason = "the columns of one statement")]
    pub(crate) fn of(
        (id, run, from, to): (i64, i64, Option<i64>, i64),
        (document, complement): (Vec<u8>, &str),
        own: (Option<String>, Option<String>),
        of_run: (Option<&str>, Option<String>),
    ) -> Self {
        let version = |number: i64| u32::try_from(number).unwrap_or_default();
        let about = of_run.0.and_then(|about| serde_json::from_str::<NewRun>(about).ok());
        Self {
            id,
            run,
            from: from.map_or(0, version),
            to: version(to),
            document,
            complement: serde_json::from_str(complement).unwrap_or_default(),
            by: own.0.or_else(|| about.map(|about| about.by)).unwrap_or_default(),
            at: own.1.or(of_run.1).unwrap_or_default(),
        }
    }
}

/// Now, RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn now() -> String {
    later(0)
}

/// The time in so many seconds, in the same form: of two such texts, the lower is the earlier.
#[must_use]
pub fn later(seconds: u64) -> String {
    let at = time::OffsetDateTime::now_utc() + std::time::Duration::from_secs(seconds);
    let (date, hour, minute, second) = (at.date(), at.hour(), at.minute(), at.second());
    // Always with three digits, so that texts compare as times do.
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{:03}Z", at.millisecond())
}
