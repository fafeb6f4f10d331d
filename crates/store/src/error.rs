//! What can be wrong with a store.

use setpoint_core::check::Check;
use setpoint_core::finding::{Draft, Expected, Place, Retry, RetryWhen};
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::{DocumentReport, Verdict};

use crate::checks;
use crate::journal::FORM;

/// Why a store cannot be used, or can no longer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is of no kind that there is.
    #[error("`{address}` is no address of a store")]
    UnknownScheme {
        /// The address, without a password.
        address: String,
    },
    /// Part of the description is missing.
    #[error("the store of `{settings}` has no `{key}`")]
    Incomplete {
        /// The family.
        settings: String,
        /// The key that is missing.
        key: &'static str,
    },
    /// It cannot be opened.
    #[error("`{place}` cannot be opened: {reason}")]
    Unreachable {
        /// The store.
        place: String,
        /// What the system says.
        reason: String,
    },
    /// It failed after it had been opened.
    #[error("`{place}` failed: {reason}")]
    Failed {
        /// The store.
        place: String,
        /// What the system says.
        reason: String,
    },
    /// It does not take a change.
    #[error("`{place}` does not take a change: {reason}")]
    Refused {
        /// The store.
        place: String,
        /// What it says: a constraint or a trigger.
        reason: String,
    },
    /// There is no such table.
    #[error("there is no table `{table}`")]
    NoTable {
        /// The table.
        table: String,
        /// Tables that there are.
        known: Vec<String>,
    },
    /// The table has no such column.
    #[error("`{table}` has no column `{column}`")]
    NoColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Columns that there are.
        known: Vec<String>,
    },
    /// A column has a type that does not fit.
    #[error("the column `{column}` of `{table}` has type `{kind}`")]
    ColumnType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Its type.
        kind: String,
        /// Types that fit.
        expected: &'static str,
    },
    /// A key may be there twice.
    #[error("the column `{column}` of `{table}` has no unique index, or may be `NULL`")]
    KeyNotUnique {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Somebody else is at work.
    #[error("another command is changing these documents: {holder}")]
    Busy {
        /// Who.
        holder: String,
    },
    /// The journal is of another form.
    #[error("the journal of `{place}` has form {form}")]
    JournalNewer {
        /// The store.
        place: String,
        /// Its form.
        form: i64,
    },
    /// The journal belongs to another store.
    #[error("the journal of `{place}` belongs to {owner}")]
    JournalElsewhere {
        /// The store.
        place: String,
        /// What it belongs to.
        owner: String,
    },
}

impl StoreError {
    /// The check that its finding belongs to.
    #[must_use]
    pub fn check(&self) -> &'static Check {
        match self {
            Self::UnknownScheme { .. } => &checks::STORE_UNKNOWN_SCHEME,
            Self::Incomplete { .. } => &checks::STORE_INCOMPLETE,
            Self::Unreachable { .. } => &checks::STORE_UNREACHABLE,
            Self::Failed { .. } => &checks::STORE_FAILED,
            Self::Refused { .. } => &checks::STORE_REFUSED,
            Self::NoTable { .. } => &checks::STORE_NO_TABLE,
            Self::NoColumn { .. } => &checks::STORE_NO_COLUMN,
            Self::ColumnType { .. } => &checks::STORE_COLUMN_TYPE,
            Self::KeyNotUnique { .. } => &checks::STORE_KEY_NOT_UNIQUE,
            Self::Busy { .. } => &checks::STORE_BUSY,
            Self::JournalNewer { .. } => &checks::JOURNAL_NEWER,
            Self::JournalElsewhere { .. } => &checks::JOURNAL_ELSEWHERE,
        }
    }

    /// Whether the outside failed, so that the same command may work later.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Failed { .. } | Self::Busy { .. })
    }

    /// What is wrong, as a finding.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let (expected, help) = self.advice();
        let mut draft =
            Draft::new(self.check(), Pointer::root(), Place::File, self.to_string(), Expected::text(expected))
                .help(help);
        if self.is_outside() {
            let text = "run the same command again; what was done is not done twice";
            draft.retry = Retry { when: RetryWhen::AfterDelay, text: text.into() };
        }
        draft
    }

    /// The report of this one finding; `file` is what is reported on.
    #[must_use]
    pub fn report(&self, file: &str, settings: Option<&str>) -> DocumentReport {
        let findings = Locator::new(b"", None).finish(vec![self.draft()], &Context { settings, owner: None });
        DocumentReport {
            file: file.to_owned(),
            settings: settings.map(str::to_owned),
            verdict: Verdict::of(&findings),
            findings,
            ..DocumentReport::default()
        }
    }

    fn advice(&self) -> (String, String) {
        let list = |known: &[String]| match known {
            [] => "none".to_owned(),
            known => known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        match self {
            Self::UnknownScheme { .. } => (
                "`files`, `sqlite:FILE` or `postgres://USER@HOST/DATABASE`".to_owned(),
                "correct `url` in the project file, or what was given with `--store`".to_owned(),
            ),
            Self::Incomplete { settings, key } => (
                format!("`{key}` under `[settings.{settings}.store]`"),
                "a database needs `url`, `table`, `key`, `document` and `version`".to_owned(),
            ),
            Self::Unreachable { .. } => {
                ("a store that answers".to_owned(), "nothing was touched; check address, rights and network".to_owned())
            }
            Self::Failed { .. } => (
                "a store that takes what is written".to_owned(),
                "each batch is one transaction with its journal, so nothing is half-done".to_owned(),
            ),
            Self::Refused { .. } => (
                "a store that takes the document as it is to become".to_owned(),
                "the document is as it was; look at the constraints and triggers of the table".to_owned(),
            ),
            Self::NoTable { known, .. } => (
                format!("one of the tables that there are: {}", list(known)),
                "correct `table` in the project file".to_owned(),
            ),
            Self::NoColumn { known, .. } => (
                format!("one of the columns that there are: {}", list(known)),
                "correct the name of the column in the project file".to_owned(),
            ),
            Self::ColumnType { expected, .. } => {
                (format!("a column of type {expected}"), "name another column in the project file".to_owned())
            }
            Self::KeyNotUnique { column, .. } => (
                "a primary key, or a unique index on a column that is `NOT NULL`".to_owned(),
                format!("name the primary key under `key`, or make `{column}` unique"),
            ),
            Self::Busy { .. } => (
                "one command at a time".to_owned(),
                "`setpoint status` shows how far it is, `setpoint pause` ends it".to_owned(),
            ),
            Self::JournalNewer { .. } => (
                format!("form {FORM} or below"),
                "use the version of Setpoint that wrote it, or a newer one".to_owned(),
            ),
            Self::JournalElsewhere { .. } => (
                "a journal of its own".to_owned(),
                "when the journal is used from here only from now on, run the command with `--adopt-journal`"
                    .to_owned(),
            ),
        }
    }
}

/// What a failed statement means: a change that the store does not take, or a store that fails.
pub(crate) fn of_statement(place: &str, error: &sqlx::Error) -> StoreError {
    let (place, reason) = (place.to_owned(), reason(error));
    if is_refusal(error) { StoreError::Refused { place, reason } } else { StoreError::Failed { place, reason } }
}

/// Whether a constraint, a trigger or the type of a column is in the way of a value: it will be the next time too.
fn is_refusal(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        // Data exceptions, violated constraints, views with a check, and what triggers raise.
        return ["22", "23", "44", "P0"].iter().any(|class| code.starts_with(class));
    }
    // The low byte of SQLITE_CONSTRAINT, of whatever kind, and of SQLITE_MISMATCH.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 19 | 20))
}

/// The words of a database without what only its maintainers understand.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
        sqlx::Error::PoolTimedOut => "no answer in time".to_owned(),
        error => error.to_string(),
    };
    text.replace('\n', ", ")
}
