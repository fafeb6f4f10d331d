//! The journal in a SQLite database: beside the documents for the SQLite store, in `.setpoint/journal.db` for files.

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
};
use sqlx::{AssertSqlSafe, Row as _, SqliteExecutor};
use std::path::Path;
use std::time::Duration;

use super::{Aside, Entry, FORM, NewRun, Run, State, Tally, Which, now};
use crate::error::{StoreError, reason};
use crate::row::{self, Change, Row, Write};

/// The tables. Their names begin with `setpoint_`, so that they never meet the user's.
const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS setpoint_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS setpoint_runs (id INTEGER PRIMARY KEY, family TEXT NOT NULL, about TEXT NOT NULL, \
     state TEXT NOT NULL, tally TEXT NOT NULL, began TEXT NOT NULL, seen TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS setpoint_journal (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, family TEXT NOT NULL, \
     key TEXT NOT NULL, from_version INTEGER NOT NULL, to_version INTEGER NOT NULL, document BLOB NOT NULL, \
     complement TEXT NOT NULL, written_by TEXT, written_at TEXT)",
    "CREATE INDEX IF NOT EXISTS setpoint_journal_key ON setpoint_journal (family, key)",
    "CREATE TABLE IF NOT EXISTS setpoint_complements (family TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, \
     complement TEXT NOT NULL, PRIMARY KEY (family, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS setpoint_aside (family TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, \
     reason TEXT NOT NULL, PRIMARY KEY (family, key)) WITHOUT ROWID",
];

/// How often a database is opened that somebody else has for an instant.
const TRIES: u32 = 400;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(25);

/// A journal.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    pub(crate) pool: SqlitePool,
    family: String,
    place: String,
}

/// Opens a database. Writers wait for each other, and what is committed is on the disk.
pub(crate) async fn open(file: &Path, create: bool, place: &str) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        // Kilobytes for each connection: rows are read once, in the order of their keys.
        .pragma("cache_size", "-1024")
        .busy_timeout(Duration::from_secs(30));
    let mut tries = 0;
    loop {
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options.clone()).await;
        match pool {
            // A database gets its log, or gets it back after a crash, without waiting for others who look at it just then.
            Err(error) if is_locked(&error) && tries < TRIES => tries += 1,
            pool => {
                return pool
                    .map_err(|error| StoreError::Unreachable { place: place.to_owned(), reason: reason(&error) });
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether somebody else has the database for an instant: the low byte of `SQLITE_BUSY`, of whatever kind.
fn is_locked(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

impl Journal {
    /// Opens the journal of a family, and makes its tables where they are not there. `owner` is the store that it belongs to;
    /// with `adopt` it belongs to it from now on.
    pub(crate) async fn open(
        pool: SqlitePool,
        family: &str,
        place: &str,
        owner: Option<(&str, bool)>,
    ) -> Result<Self, StoreError> {
        let journal = Self { pool, family: family.to_owned(), place: place.to_owned() };
        let known: Option<i64> =
            journal.of(sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE name = 'setpoint_meta'")
                .fetch_optional(&journal.pool)
                .await)?;
        if known.is_some() {
            let form: Option<String> =
                journal.of(sqlx::query_scalar("SELECT value FROM setpoint_meta WHERE name = 'form'")
                    .fetch_optional(&journal.pool)
                    .await)?;
            let form = form.and_then(|form| form.parse().ok()).unwrap_or(FORM);
            if form > FORM {
                return Err(StoreError::JournalNewer { place: place.to_owned(), form });
            }
        }
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        for table in TABLES {
            journal.of(sqlx::query(AssertSqlSafe(*table)).execute(&mut *transaction).await)?;
        }
        // Form 1 did not know of documents that are written one by one.
        let query =
            sqlx::query_scalar("SELECT count(*) FROM pragma_table_info('setpoint_journal') WHERE name = 'written_by'");
        let columns: i64 = journal.of(query.fetch_one(&mut *transaction).await)?;
        if columns == 0 {
            for column in ["written_by", "written_at"] {
                let statement = format!("ALTER TABLE setpoint_journal ADD COLUMN {column} TEXT");
                journal.of(sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await)?;
            }
        }
        let form = sqlx::query("INSERT OR REPLACE INTO setpoint_meta VALUES ('form', ?)").bind(FORM.to_string());
        journal.of(form.execute(&mut *transaction).await)?;
        if let Some((owner, adopt)) = owner {
            let known: Option<String> =
                journal.of(sqlx::query_scalar("SELECT value FROM setpoint_meta WHERE name = 'owner'")
                    .fetch_optional(&mut *transaction)
                    .await)?;
            match known {
                Some(known) if known != owner && !adopt => {
                    return Err(StoreError::JournalElsewhere { place: place.to_owned(), owner: format!("`{known}`") });
                }
                _ => {
                    let query = sqlx::query("INSERT OR REPLACE INTO setpoint_meta VALUES ('owner', ?)").bind(owner);
                    journal.of(query.execute(&mut *transaction).await)?;
                }
            }
        }
        journal.of(transaction.commit().await)?;
        Ok(journal)
    }

    pub(crate) fn of<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| StoreError::Failed { place: self.place.clone(), reason: reason(&error) })
    }

    pub(crate) fn family(&self) -> &str {
        &self.family
    }

    pub(crate) async fn begin(&self, run: &NewRun) -> Result<i64, StoreError> {
        let query = sqlx::query(
            "INSERT INTO setpoint_runs (family, about, state, tally, began, seen) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&self.family)
        .bind(written(run))
        .bind(State::Running.word())
        .bind(written(&Tally::default()))
        .bind(now())
        .bind(now());
        Ok(self.of(query.execute(&self.pool).await)?.last_insert_rowid())
    }

    pub(crate) async fn advance(
        &self,
        run: i64,
        from: Option<State>,
        to: State,
        tally: &Tally,
    ) -> Result<State, StoreError> {
        let query = sqlx::query(
            "UPDATE setpoint_runs SET state = ?, tally = ?, seen = ? WHERE id = ? AND (? IS NULL OR state = ?)",
        )
        .bind(to.word())
        .bind(written(tally))
        .bind(now())
        .bind(run)
        .bind(from.map(State::word))
        .bind(from.map(State::word));
        if self.of(query.execute(&self.pool).await)?.rows_affected() == 1 {
            return Ok(to);
        }
        let query = sqlx::query_scalar("SELECT state FROM setpoint_runs WHERE id = ?").bind(run);
        let state: String = self.of(query.fetch_one(&self.pool).await)?;
        Ok(State::of(&state))
    }

    pub(crate) async fn runs(&self) -> Result<Vec<Run>, StoreError> {
        let query =
            sqlx::query("SELECT id, about, state, tally, began, seen FROM setpoint_runs WHERE family = ? ORDER BY id");
        let rows = self.of(query.bind(&self.family).fetch_all(&self.pool).await)?;
        rows.iter().map(|row| self.of(run(row))).collect()
    }

    pub(crate) async fn recorded(&self, run: i64) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("SELECT count(*) FROM setpoint_journal WHERE run = ?").bind(run);
        let count: i64 = self.of(query.fetch_one(&self.pool).await)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    pub(crate) async fn set_aside(&self, aside: &Aside) -> Result<(), StoreError> {
        let query = sqlx::query("INSERT OR REPLACE INTO setpoint_aside VALUES (?, ?, ?, ?)")
            .bind(&self.family)
            .bind(&aside.key)
            .bind(&aside.digest)
            .bind(&aside.reason);
        self.of(query.execute(&self.pool).await).map(drop)
    }

    pub(crate) async fn forget_aside(&self, key: &str) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM setpoint_aside WHERE family = ? AND key = ?");
        self.of(query.bind(&self.family).bind(key).execute(&self.pool).await).map(drop)
    }

    pub(crate) async fn aside(&self) -> Result<Vec<Aside>, StoreError> {
        let query = sqlx::query("SELECT key, digest, reason FROM setpoint_aside WHERE family = ? ORDER BY key");
        let rows = self.of(query.bind(&self.family).fetch_all(&self.pool).await)?;
        let read = |row: &SqliteRow| -> Result<Aside, sqlx::Error> {
            Ok(Aside { key: row.try_get(0)?, digest: row.try_get(1)?, reason: row.try_get(2)? })
        };
        rows.iter().map(|row| self.of(read(row))).collect()
    }

    pub(crate) async fn entries(&self, key: &str, which: Which) -> Result<Vec<Entry>, StoreError> {
        let query = sqlx::query(AssertSqlSafe(which.sql())).bind(&self.family).bind(key);
        let query = query.bind(which.before).bind(which.most());
        let rows = self.of(query.fetch_all(&self.pool).await)?;
        let read = |row: &SqliteRow| -> Result<Entry, sqlx::Error> {
            Ok(Entry::of(
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?),
                (row.try_get(4)?, row.try_get(5)?),
                (row.try_get(6)?, row.try_get(7)?),
                (row.try_get(8)?, row.try_get(9)?),
            ))
        };
        rows.iter().map(|row| self.of(read(row))).collect()
    }

    /// Writes what a document was that is written by itself, and what its way back needs now, in the transaction of the change.
    pub(crate) async fn note(&self, connection: &mut SqliteConnection, write: &Write) -> Result<(), sqlx::Error> {
        self.note_former(connection, write).await?;
        match &write.becomes {
            Some(text) => self.leave(connection, &write.key, text.version, &row::kept(&text.complement)).await,
            None => self.leave(connection, &write.key, 0, "").await,
        }
    }

    /// Writes what a document was that is written by itself; gives the number of the entry.
    pub(crate) async fn note_former(
        &self,
        connection: &mut SqliteConnection,
        write: &Write,
    ) -> Result<i64, sqlx::Error> {
        let to = write.becomes.as_ref().map_or(0, |text| text.version);
        self.insert(connection, 0, (&write.key, write.was.as_ref()), to, Some(&write.by)).await
    }

    /// What is kept beside a document, and the version that it was left for.
    pub(crate) async fn kept(
        &self,
        executor: impl SqliteExecutor<'_>,
        key: &str,
    ) -> Result<Option<(i64, String)>, sqlx::Error> {
        let query = sqlx::query_as("SELECT version, complement FROM setpoint_complements WHERE family = ? AND key = ?");
        query.bind(&self.family).bind(key).fetch_optional(executor).await
    }

    /// Writes what a row was, and what its way back needs, in the transaction of the change.
    pub(crate) async fn record(
        &self,
        connection: &mut SqliteConnection,
        run: i64,
        change: &Change,
    ) -> Result<(), sqlx::Error> {
        self.enter(connection, run, change, None).await?;
        self.leave(connection, &change.row.key, change.version, &row::kept(&change.complement)).await
    }

    /// Keeps what the way back of a document needs, or that it needs nothing.
    pub(crate) async fn leave(
        &self,
        connection: &mut SqliteConnection,
        key: &str,
        version: u32,
        kept: &str,
    ) -> Result<(), sqlx::Error> {
        if !kept.is_empty() {
            return self.keep(connection, key, version, kept).await;
        }
        // Also one that was left for another version: it would be taken for this document's when that version comes again.
        let query = sqlx::query("DELETE FROM setpoint_complements WHERE family = ? AND key = ?");
        query.bind(&self.family).bind(key).execute(connection).await.map(drop)
    }

    /// Writes what a row was; gives the number of the entry. `by` is who does it when it is no run.
    pub(crate) async fn enter(
        &self,
        connection: &mut SqliteConnection,
        run: i64,
        change: &Change,
        by: Option<&str>,
    ) -> Result<i64, sqlx::Error> {
        let row = &change.row;
        self.insert(connection, run, (&row.key, Some(row)), change.version, by).await
    }

    async fn insert(
        &self,
        connection: &mut SqliteConnection,
        run: i64,
        (key, was): (&str, Option<&Row>),
        to: u32,
        by: Option<&str>,
    ) -> Result<i64, sqlx::Error> {
        let entered = sqlx::query(
            "INSERT INTO setpoint_journal (run, family, key, from_version, to_version, document, complement, written_by, written_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(run)
        .bind(&self.family)
        .bind(key)
        .bind(was.and_then(|row| row.version).map_or(0, i64::from))
        .bind(i64::from(to))
        .bind(was.map(|row| row.document.as_slice()).unwrap_or_default())
        .bind(was.map(|row| row::kept(&row.complement)).unwrap_or_default())
        .bind(by)
        .bind(by.map(|_| now()))
        .execute(connection)
        .await?;
        Ok(entered.last_insert_rowid())
    }

    /// Keeps the version of a document and what its way back needs.
    pub(crate) async fn keep(
        &self,
        connection: impl SqliteExecutor<'_>,
        key: &str,
        version: u32,
        complement: &str,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("INSERT OR REPLACE INTO setpoint_complements VALUES (?, ?, ?, ?)")
            .bind(&self.family)
            .bind(key)
            .bind(i64::from(version))
            .bind(complement)
            .execute(connection)
            .await
            .map(drop)
    }
}

fn run(row: &SqliteRow) -> Result<Run, sqlx::Error> {
    read_run(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?)
}

/// A run from the columns of its row.
pub(crate) fn read_run(
    id: i64,
    about: &str,
    state: &str,
    tally: &str,
    began: String,
    seen: String,
) -> Result<Run, sqlx::Error> {
    let wrong = |error: serde_json::Error| sqlx::Error::Decode(Box::new(error));
    Ok(Run {
        id,
        about: serde_json::from_str(about).map_err(wrong)?,
        state: State::of(state),
        tally: serde_json::from_str(tally).map_err(wrong)?,
        began,
        seen,
    })
}

/// What is kept in the journal as JSON.
pub(crate) fn written(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
