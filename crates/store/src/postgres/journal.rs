//! The journal in the user's PostgreSQL database, in tables of its own.

use sqlx::postgres::{PgConnection, PgPool, PgRow};
use sqlx::{AssertSqlSafe, Row as _};

use crate::error::{StoreError, reason};
use crate::journal::sqlite::{read_run, written};
use crate::journal::{Aside, Entry, FORM, NewRun, Run, State, Tally, Which, now};
use crate::mapping::quoted;
use crate::row::{self, Write};

const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS setpoint_meta (name text PRIMARY KEY, value text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS setpoint_runs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, family text NOT NULL, \
     about text NOT NULL, state text NOT NULL, tally text NOT NULL, began text NOT NULL, seen text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS setpoint_journal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run bigint NOT NULL, \
     family text NOT NULL, key text NOT NULL, from_version int, to_version int NOT NULL, document text NOT NULL, \
     complement text NOT NULL, written_by text, written_at text)",
    "CREATE INDEX IF NOT EXISTS setpoint_journal_key ON setpoint_journal (family, key)",
    "CREATE TABLE IF NOT EXISTS setpoint_complements (family text NOT NULL, key text NOT NULL, version int NOT NULL, \
     complement text NOT NULL, PRIMARY KEY (family, key))",
    "CREATE TABLE IF NOT EXISTS setpoint_aside (family text NOT NULL, key text NOT NULL, digest text NOT NULL, \
     reason text NOT NULL, PRIMARY KEY (family, key))",
];

/// A journal.
pub(super) struct Journal {
    pub(super) pool: PgPool,
    pub(super) place: String,
    /// The schema that its tables are in.
    pub(super) schema: String,
    family: String,
}

impl Journal {
    /// Opens the journal of a family in a schema, which is the first on the search path of the connections.
    pub(super) async fn open(
        pool: PgPool,
        (schema, family): (&str, &str),
        place: &str,
        adopt: bool,
    ) -> Result<Self, StoreError> {
        let (place, schema, family) = (place.to_owned(), schema.to_owned(), family.to_owned());
        let journal = Self { pool, place, schema, family };
        let known = journal.has(&journal.pool, "setpoint_meta").await?;
        let identity: String = journal.of(sqlx::query_scalar(
            "SELECT 'database ' || current_database() || ' (' || d.oid || ') of cluster ' || s.system_identifier \
                 FROM pg_control_system() AS s, pg_database AS d WHERE d.datname = current_database()",
        )
        .fetch_one(&journal.pool)
        .await)?;
        let mut older = false;
        if known {
            let form = journal.meta("form").await?.and_then(|form| form.parse().ok()).unwrap_or(FORM);
            if form > FORM {
                return Err(StoreError::JournalNewer { place: journal.place, form });
            }
            older = form < FORM;
            let owner = journal.meta("owner").await?;
            if let Some(owner) = owner.filter(|owner| *owner != identity && !adopt) {
                return Err(StoreError::JournalElsewhere { place: journal.place, owner: format!("`{owner}`") });
            }
        }
        journal.make(&identity, older).await?;
        Ok(journal)
    }

    /// Whether the schema has a table.
    async fn has(&self, executor: impl sqlx::PgExecutor<'_>, table: &str) -> Result<bool, StoreError> {
        let name = format!("{}.{table}", quoted(&self.schema));
        let query = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(name);
        self.of(query.fetch_one(executor).await)
    }

    /// Makes the tables, one process at a time: `IF NOT EXISTS` alone fails when two begin at once.
    async fn make(&self, identity: &str, older: bool) -> Result<(), StoreError> {
        let mut transaction = self.of(self.pool.begin().await)?;
        self.of(sqlx::query("SELECT pg_advisory_xact_lock(1592000023)").execute(&mut *transaction).await)?;
        if !self.has(&mut *transaction, "setpoint_aside").await? {
            for table in TABLES {
                self.of(sqlx::query(AssertSqlSafe(*table)).execute(&mut *transaction).await)?;
            }
        }
        if older {
            // Form 1 did not know of documents that are written one by one.
            let columns = "ALTER TABLE setpoint_journal ADD COLUMN IF NOT EXISTS written_by text, \
                           ADD COLUMN IF NOT EXISTS written_at text";
            self.of(sqlx::query(columns).execute(&mut *transaction).await)?;
        }
        for (name, value) in [("form", FORM.to_string().as_str()), ("owner", identity)] {
            let query = sqlx::query(
                "INSERT INTO setpoint_meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value \
                 WHERE setpoint_meta.value <> excluded.value",
            );
            self.of(query.bind(name).bind(value).execute(&mut *transaction).await)?;
        }
        self.of(transaction.commit().await)
    }

    async fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM setpoint_meta WHERE name = $1").bind(name);
        self.of(query.fetch_optional(&self.pool).await)
    }

    pub(super) fn of<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| StoreError::Failed { place: self.place.clone(), reason: reason(&error) })
    }

    pub(super) fn family(&self) -> &str {
        &self.family
    }

    pub(super) async fn begin(&self, run: &NewRun) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar(
            "INSERT INTO setpoint_runs (family, about, state, tally, began, seen) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id",
        )
        .bind(&self.family)
        .bind(written(run))
        .bind(State::Running.word())
        .bind(written(&Tally::default()))
        .bind(now());
        self.of(query.fetch_one(&self.pool).await)
    }

    pub(super) async fn advance(
        &self,
        run: i64,
        from: Option<State>,
        to: State,
        tally: &Tally,
    ) -> Result<State, StoreError> {
        let query = sqlx::query(
            "UPDATE setpoint_runs SET state = $2, tally = $3, seen = $4 WHERE id = $1 AND ($5::text IS NULL OR state = $5)",
        )
        .bind(run)
        .bind(to.word())
        .bind(written(tally))
        .bind(now())
        .bind(from.map(State::word));
        if self.of(query.execute(&self.pool).await)?.rows_affected() == 1 {
            return Ok(to);
        }
        let query = sqlx::query_scalar("SELECT state FROM setpoint_runs WHERE id = $1").bind(run);
        let state: String = self.of(query.fetch_one(&self.pool).await)?;
        Ok(State::of(&state))
    }

    pub(super) async fn runs(&self) -> Result<Vec<Run>, StoreError> {
        let query =
            sqlx::query("SELECT id, about, state, tally, began, seen FROM setpoint_runs WHERE family = $1 ORDER BY id");
        let rows = self.of(query.bind(&self.family).fetch_all(&self.pool).await)?;
        let read = |row: &PgRow| -> Result<Run, sqlx::Error> {
            read_run(
                row.try_get(0)?,
                row.try_get(1)?,
                row.try_get(2)?,
                row.try_get(3)?,
                row.try_get(4)?,
                row.try_get(5)?,
            )
        };
        rows.iter().map(|row| self.of(read(row))).collect()
    }

    pub(super) async fn recorded(&self, run: i64) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("SELECT count(*) FROM setpoint_journal WHERE run = $1").bind(run);
        let count: i64 = self.of(query.fetch_one(&self.pool).await)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    pub(super) async fn set_aside(&self, aside: &Aside) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO setpoint_aside VALUES ($1, $2, $3, $4) \
             ON CONFLICT (family, key) DO UPDATE SET digest = excluded.digest, reason = excluded.reason",
        );
        let query = query.bind(&self.family).bind(&aside.key).bind(&aside.digest).bind(&aside.reason);
        self.of(query.execute(&self.pool).await).map(drop)
    }

    pub(super) async fn forget_aside(&self, key: &str) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM setpoint_aside WHERE family = $1 AND key = $2");
        self.of(query.bind(&self.family).bind(key).execute(&self.pool).await).map(drop)
    }

    pub(super) async fn aside(&self) -> Result<Vec<Aside>, StoreError> {
        let query = sqlx::query("SELECT key, digest, reason FROM setpoint_aside WHERE family = $1 ORDER BY key");
        let rows = self.of(query.bind(&self.family).fetch_all(&self.pool).await)?;
        let read = |row: &PgRow| -> Result<Aside, sqlx::Error> {
            Ok(Aside { key: row.try_get(0)?, digest: row.try_get(1)?, reason: row.try_get(2)? })
        };
        rows.iter().map(|row| self.of(read(row))).collect()
    }

    pub(super) async fn entries(&self, key: &str, which: Which) -> Result<Vec<Entry>, StoreError> {
        let query = sqlx::query(AssertSqlSafe(which.sql())).bind(&self.family).bind(key);
        let query = query.bind(which.before).bind(which.most());
        let rows = self.of(query.fetch_all(&self.pool).await)?;
        let read = |row: &PgRow| -> Result<Entry, sqlx::Error> {
            let from: Option<i32> = row.try_get(2)?;
            let to: i32 = row.try_get(3)?;
            let document: String = row.try_get(4)?;
            Ok(Entry::of(
                (row.try_get(0)?, row.try_get(1)?, from.map(i64::from), i64::from(to)),
                (document.into_bytes(), row.try_get(5)?),
                (row.try_get(6)?, row.try_get(7)?),
                (row.try_get(8)?, row.try_get(9)?),
            ))
        };
        rows.iter().map(|row| self.of(read(row))).collect()
    }

    /// Writes what a document was that is written by itself, and what its way back needs now, in the transaction of the change.
    pub(super) async fn note(&self, connection: &mut PgConnection, write: &Write) -> Result<(), sqlx::Error> {
        let number = |version: u32| i32::try_from(version).unwrap_or(i32::MAX);
        let was = write.was.as_ref();
        sqlx::query(
            "INSERT INTO setpoint_journal (run, family, key, from_version, to_version, document, complement, written_by, written_at) \
             VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&self.family)
        .bind(&write.key)
        .bind(was.and_then(|row| row.version).map(number))
        .bind(write.becomes.as_ref().map_or(0, |text| number(text.version)))
        .bind(was.map(|row| String::from_utf8_lossy(&row.document)).unwrap_or_default())
        .bind(was.map(|row| row::kept(&row.complement)).unwrap_or_default())
        .bind(&write.by)
        .bind(now())
        .execute(&mut *connection)
        .await?;
        let kept = write.becomes.as_ref().map(|text| (text.version, row::kept(&text.complement)));
        let query = match kept.filter(|(_, kept)| !kept.is_empty()) {
            Some((version, kept)) => sqlx::query(
                "INSERT INTO setpoint_complements VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (family, key) DO UPDATE SET version = excluded.version, complement = excluded.complement",
            )
            .bind(&self.family)
            .bind(&write.key)
            .bind(number(version))
            .bind(kept),
            None => sqlx::query("DELETE FROM setpoint_complements WHERE family = $1 AND key = $2")
                .bind(&self.family)
                .bind(&write.key),
        };
        query.execute(connection).await.map(drop)
    }
}
