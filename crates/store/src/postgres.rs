//! Documents in a table of a PostgreSQL database: the user's own table and columns, with the journal in the same database.

mod journal;
mod table;

use async_trait::async_trait;
use setpoint_core::source::Format;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use std::str::FromStr as _;
use std::time::Duration;

use crate::address::Address;
use crate::error::{StoreError, of_statement, reason};
use crate::journal::{Aside, Entry, NewRun, Run, State, Tally, now};
use crate::mapping::{Mapping, quoted};
use crate::row::{self, Change, Counts, Row};
use crate::store::{Guard, Held, Store};
use journal::Journal;
use table::Table;

/// Documents in a table of a PostgreSQL database.
pub struct Postgres {
    url: String,
    table: Table,
    journal: Journal,
    /// The schema of a copy, which goes away with it.
    scratch: Option<Scratch>,
}

/// The schema of a copy. Whoever finds one that nobody holds may throw it away.
struct Scratch {
    schema: String,
    _held: Guard,
}

/// Rows that are at work at most while documents are changed: one batch that is read and one that is written, and the control.
const CONNECTIONS: u32 = 4;
/// The first half of the number of the advisory lock; the second is made from the family.
const LOCK: i32 = 0x5e7_0017;
/// The same for the schema of a copy.
const SCRATCH: i32 = 0x5e7_0018;

impl Postgres {
    /// Opens the database and makes the tables of the journal in it: in the schema where the session makes tables, that is the
    /// first of its search path. With `adopt` the journal belongs to this database from now on.
    ///
    /// # Errors
    /// What is wrong with the server, the table, a column or the journal.
    pub async fn open(url: &str, mapping: Mapping, adopt: bool) -> Result<Self, StoreError> {
        Self::with(url, mapping, None, adopt).await
    }

    async fn with(url: &str, mapping: Mapping, scratch: Option<Scratch>, adopt: bool) -> Result<Self, StoreError> {
        let shown = Address::Postgres(url.to_owned()).to_string();
        let place = format!("{shown}, table {}", mapping.table);
        let pool = connect(url, None, &shown).await?;
        let table = Table::inspect(&pool, mapping, &place).await?;
        pool.close().await;
        // The journal is where the table is, whatever the search path of the role.
        let pool = connect(url, Some(&table.schema), &shown).await?;
        let journal = Journal::open(pool, (&table.schema, &table.mapping.settings), &place, adopt).await?;
        Ok(Self { url: url.to_owned(), table, journal, scratch })
    }

    fn read(&self, row: &PgRow) -> Result<Row, sqlx::Error> {
        let version: Option<String> = row.try_get(2)?;
        let version = version.and_then(|version| version.parse().ok());
        let document: Option<String> = row.try_get(1)?;
        let left_for: Option<i32> = row.try_get(4)?;
        Ok(Row {
            key: row.try_get(0)?,
            document: document.unwrap_or_default().into_bytes(),
            format: if self.table.is_json { Format::Json } else { self.table.mapping.format },
            layout: self.table.document_type != "jsonb",
            version,
            complement: row::known(row.try_get(3)?, left_for.map(i64::from), version),
            token: row.try_get(5)?,
        })
    }

    /// The number of the lock of this family in this table.
    fn lock_number(&self) -> i32 {
        number_of(&format!("{}\n{}", self.table.oid, self.journal.family()))
    }

    /// Takes an advisory lock on a connection of its own: the server frees it when the connection ends, in whatever way. `None` when
    /// somebody has it.
    async fn hold(&self, (class, number): (i32, i32), name: &str) -> Result<Option<Guard>, StoreError> {
        let options = self.journal.pool.connect_options().as_ref().clone().application_name(name);
        let mut connection = self.journal.of(sqlx::PgConnection::connect_with(&options).await)?;
        // It is idle most of the time, which is no reason to end it; and when this machine is gone the server should notice.
        let settings = sqlx::query(
            "SELECT set_config(s.name, given.wanted, false) FROM pg_settings AS s JOIN (VALUES ('idle_session_timeout', '0'), \
             ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) \
             AS given (name, wanted) ON given.name = s.name WHERE s.context = 'user'",
        );
        self.journal.of(settings.execute(&mut connection).await)?;
        let query = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)").bind(class).bind(number);
        let free: bool = self.journal.of(query.fetch_one(&mut connection).await)?;
        Ok(free.then(|| Guard::new(HeldLock { connection, lock: (class, number), place: self.place() })))
    }

    /// Throws away the copies of rehearsals that were killed.
    async fn sweep(&self) -> Result<(), StoreError> {
        let query = sqlx::query_scalar(
            "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'setpoint\\_rehearsal\\_%' \
             AND pg_has_role(nspowner, 'USAGE')",
        );
        let found: Vec<String> = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        for schema in found {
            if let Some(_held) = self.hold((SCRATCH, number_of(&schema)), "setpoint").await? {
                self.drop_schema(&schema).await?;
            }
        }
        Ok(())
    }

    async fn drop_schema(&self, schema: &str) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema)));
        self.journal.of(sqlx::query(sql).execute(&self.journal.pool).await).map(drop)
    }

    /// Fills the schema of a copy.
    async fn fill(&self, scratch: Scratch, version: u32) -> Result<Self, StoreError> {
        let schema = scratch.schema.clone();
        let name = self.table.mapping.table.rsplit('.').next().unwrap_or_default();
        let made = format!("{}.{}", quoted(&schema), quoted(name));
        let original = &self.table.name;
        let (key, at) = (quoted(&self.table.mapping.key), quoted(&self.table.mapping.version));
        let query = sqlx::query_scalar(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute \
             WHERE attrelid = $1::bigint::oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        );
        let columns: String = self.journal.of(query.bind(self.table.oid).fetch_one(&self.journal.pool).await)?;
        let statements = [
            format!("CREATE TABLE {made} (LIKE {original} INCLUDING ALL)"),
            format!(
                "INSERT INTO {made} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {original} \
                 WHERE {at} IN ('{version}') ORDER BY {key}"
            ),
            format!("ANALYZE {made}"),
        ];
        for statement in statements {
            self.journal.of(sqlx::query(AssertSqlSafe(statement)).execute(&self.journal.pool).await)?;
        }
        let mapping = Mapping { table: format!("{schema}.{name}"), ..self.table.mapping.clone() };
        let copy = Self::with(&self.url, mapping, Some(scratch), false).await?;
        let from = format!("{}.setpoint_complements WHERE family = $1", quoted(&self.journal.schema));
        let sql = format!("INSERT INTO setpoint_complements SELECT * FROM {from}");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(self.journal.family());
        self.journal.of(query.execute(&copy.journal.pool).await)?;
        Ok(copy)
    }
}

/// Half of the number of an advisory lock, from a name.
fn number_of(name: &str) -> i32 {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(name);
    digest.iter().take(4).fold(0, |number, byte| (number << 8) | i32::from(*byte))
}

/// A lock that a connection holds.
struct HeldLock {
    connection: sqlx::PgConnection,
    lock: (i32, i32),
    place: String,
}

#[async_trait]
impl Held for HeldLock {
    /// A connection that was cut has lost its lock; one from a pool of connections may be another one by now.
    async fn check(&mut self) -> Result<(), StoreError> {
        let unsigned = |number: i32| i64::from(u32::from_ne_bytes(number.to_ne_bytes()));
        let query = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
             AND classid::bigint = $1 AND objid::bigint = $2 AND pid = pg_backend_pid())",
        );
        let query = query.bind(unsigned(self.lock.0)).bind(unsigned(self.lock.1));
        let lost = |reason: String| StoreError::Failed {
            place: self.place.clone(),
            reason: format!("the lock was lost, because its connection is another one now: {reason}"),
        };
        match query.fetch_one(&mut self.connection).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(lost("connect to the server itself, not to a pooler of transactions".to_owned())),
            Err(error) => Err(lost(reason(&error))),
        }
    }
}

/// Opens connections; with `schema` names without a schema are looked up there first.
async fn connect(url: &str, schema: Option<&str>, place: &str) -> Result<PgPool, StoreError> {
    let unreachable = |error: sqlx::Error| StoreError::Unreachable { place: place.to_owned(), reason: reason(&error) };
    let options = PgConnectOptions::from_str(url).map_err(unreachable)?.application_name("setpoint");
    let schema = schema.map(quoted);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(15))
        // The rest of the path stays: triggers of the table may rely on it.
        .after_connect(move |connection, _| {
            let schema = schema.clone();
            Box::pin(async move {
                let Some(schema) = schema else { return Ok(()) };
                let query = sqlx::query(
                    "SELECT set_config('search_path', concat_ws(', ', $1, nullif(current_setting('search_path'), '')), false)",
                );
                query.bind(schema).execute(connection).await.map(drop)
            })
        });
    pool.connect_with(options).await.map_err(unreachable)
}

#[async_trait]
impl Store for Postgres {
    fn place(&self) -> String {
        self.journal.place.clone()
    }

    fn shown(&self, key: &str) -> String {
        format!("{}/{key}", self.table.mapping.table)
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let (table, version) = (&self.table.name, quoted(&self.table.mapping.version));
        let sql = format!("SELECT {version}::text, count(*) FROM {table} GROUP BY 1");
        let query = sqlx::query_as(AssertSqlSafe(sql));
        let rows: Vec<(Option<String>, i64)> = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        let mut counts = Counts::new();
        for (version, count) in rows {
            let version = version.and_then(|version| version.parse().ok());
            *counts.entry(version).or_default() += u64::try_from(count).unwrap_or_default();
        }
        Ok(counts)
    }

    async fn page(&self, versions: &[u32], after: Option<&str>, most: usize) -> Result<Vec<Row>, StoreError> {
        let Mapping { key, document, version, .. } = &self.table.mapping;
        let (table, key, document, version) = (&self.table.name, quoted(key), quoted(document), quoted(version));
        let mut wanted = vec!["TRUE".to_owned()];
        if !versions.is_empty() {
            let list: Vec<String> = versions.iter().map(|number| format!("'{number}'")).collect();
            wanted.push(format!("t.{version} IN ({})", list.join(", ")));
        }
        if after.is_some() {
            // Compared as the column has it, so that its index serves.
            wanted.push(format!("t.{key} > $2::text::{}", self.table.key_type));
        } else {
            wanted.push("$2::text IS NULL".to_owned());
        }
        // Few rows have a complement, and each is found by its key: a join would make the planner read all of them.
        let sql = format!(
            "SELECT p.key, p.document, p.version, c.complement, c.version, p.token FROM (\
               SELECT t.{key}::text AS key, t.{document}::text AS document, t.{version}::text AS version, \
               t.xmin::text AS token, t.{key} AS place FROM {table} AS t WHERE {} ORDER BY t.{key} LIMIT $3\
             ) AS p LEFT JOIN setpoint_complements AS c ON c.family = $1 AND c.key = p.key ORDER BY p.place",
            wanted.join(" AND ")
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(self.journal.family())
            .bind(after)
            .bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        rows.iter().map(|row| self.journal.of(self.read(row))).collect()
    }

    async fn swap(&self, run: i64, changes: Vec<Change>) -> Result<Vec<String>, StoreError> {
        let Mapping { key, document, version, .. } = &self.table.mapping;
        let (table, key, document, version) = (&self.table.name, quoted(key), quoted(document), quoted(version));
        let key_type = &self.table.key_type;
        // Assigned and not cast: a cast to a column that is too short would cut the value off without a word.
        let new_document = if self.table.is_json {
            format!("g.document::{}", self.table.document_type)
        } else {
            "g.document".to_owned()
        };
        let new_version = if self.table.has_text_versions { "g.to_version::text" } else { "g.to_version" };
        // A row that somebody changed since it was read has another `xmin`: it is not changed, and so not in `moved`. While
        // somebody is changing it, this waits, and then looks again.
        let sql = format!(
            "WITH given AS MATERIALIZED (\
               SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int4[], $8::text[], $9::text[], $10::int4[]) \
               AS g(key, token, was, document, from_version, was_kept, kept, to_version)\
             ), moved AS (\
               UPDATE {table} AS t SET {document} = {new_document}, {version} = {new_version} \
               FROM given AS g WHERE t.{key} = g.key::{key_type} AND t.xmin = g.token::xid \
               RETURNING g.key, g.was, g.from_version, g.was_kept, g.kept, g.to_version\
             ), journaled AS (\
               INSERT INTO setpoint_journal (run, family, key, from_version, to_version, document, complement) \
               SELECT $1, $2, key, from_version, to_version, was, was_kept FROM moved\
             ), kept AS (\
               INSERT INTO setpoint_complements (family, key, version, complement) \
               SELECT $2, key, to_version, kept FROM moved WHERE kept <> '' \
               ON CONFLICT (family, key) DO UPDATE SET version = excluded.version, complement = excluded.complement\
             ), dropped AS (\
               DELETE FROM setpoint_complements AS c USING moved AS m \
               WHERE c.family = $2 AND c.key = m.key AND m.kept = ''\
             ) SELECT key FROM moved"
        );
        let mut columns = Columns::default();
        for change in changes {
            columns.add(change);
        }
        let query = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(run)
            .bind(self.journal.family())
            .bind(columns.keys)
            .bind(columns.tokens)
            .bind(columns.was)
            .bind(columns.documents)
            .bind(columns.from)
            .bind(columns.was_kept)
            .bind(columns.kept)
            .bind(columns.to);
        query.fetch_all(&self.journal.pool).await.map_err(|error| of_statement(&self.journal.place, &error))
    }

    async fn lock(&self, command: &str) -> Result<Guard, StoreError> {
        let name = format!("setpoint {command}, process {} since {}", std::process::id(), now());
        if let Some(guard) = self.hold((LOCK, self.lock_number()), &name).await? {
            return Ok(guard);
        }
        let holder = self.holder().await?;
        Err(StoreError::Busy { holder: holder.unwrap_or_else(|| "somebody who has just ended".to_owned()) })
    }

    async fn holder(&self) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar(
            "SELECT coalesce(nullif(a.application_name, ''), 'a command') || ', connection ' || l.pid || ' of ' || \
             coalesce(a.client_addr::text, 'this machine') \
             FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid \
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = $1 \
             AND l.objid::bigint = $2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
        let unsigned = |number: i32| i64::from(u32::from_ne_bytes(number.to_ne_bytes()));
        let query = query.bind(unsigned(LOCK)).bind(unsigned(self.lock_number()));
        self.journal.of(query.fetch_optional(&self.journal.pool).await)
    }

    async fn begin(&self, run: &NewRun) -> Result<i64, StoreError> {
        self.journal.begin(run).await
    }

    async fn advance(&self, run: i64, from: Option<State>, to: State, tally: &Tally) -> Result<State, StoreError> {
        self.journal.advance(run, from, to, tally).await
    }

    async fn runs(&self) -> Result<Vec<Run>, StoreError> {
        self.journal.runs().await
    }

    async fn recorded(&self, run: i64) -> Result<u64, StoreError> {
        self.journal.recorded(run).await
    }

    async fn set_aside(&self, aside: &Aside) -> Result<(), StoreError> {
        self.journal.set_aside(aside).await
    }

    async fn aside(&self) -> Result<Vec<Aside>, StoreError> {
        self.journal.aside().await
    }

    async fn forget_aside(&self, key: &str) -> Result<(), StoreError> {
        self.journal.forget_aside(key).await
    }

    async fn entries(&self, key: &str) -> Result<Vec<Entry>, StoreError> {
        self.journal.entries(key).await
    }

    /// A copy in a schema of its own, with the indexes, defaults and checks of the table.
    async fn copy(&self, version: u32) -> Result<Box<dyn Store>, StoreError> {
        self.sweep().await?;
        let instant = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
        let schema = format!("setpoint_rehearsal_{}_{instant}", std::process::id());
        let held = self.hold((SCRATCH, number_of(&schema)), "setpoint rehearse").await?;
        let Some(held) = held else {
            return Err(StoreError::Busy { holder: "another rehearsal".to_owned() });
        };
        let sql = AssertSqlSafe(format!("CREATE SCHEMA {}", quoted(&schema)));
        self.journal.of(sqlx::query(sql).execute(&self.journal.pool).await)?;
        match self.fill(Scratch { schema: schema.clone(), _held: held }, version).await {
            Ok(copy) => Ok(Box::new(copy)),
            Err(error) => {
                self.drop_schema(&schema).await?;
                Err(error)
            }
        }
    }

    async fn discard(self: Box<Self>) -> Result<(), StoreError> {
        if let Some(scratch) = &self.scratch {
            self.drop_schema(&scratch.schema).await?;
        }
        self.journal.pool.close().await;
        Ok(())
    }
}

/// Changes as columns: one statement for a batch, whatever its size.
#[derive(Default)]
struct Columns {
    keys: Vec<String>,
    tokens: Vec<String>,
    was: Vec<String>,
    documents: Vec<String>,
    from: Vec<Option<i32>>,
    was_kept: Vec<String>,
    kept: Vec<String>,
    to: Vec<i32>,
}

impl Columns {
    fn add(&mut self, change: Change) {
        let number = |version: u32| i32::try_from(version).unwrap_or(i32::MAX);
        self.from.push(change.row.version.map(number));
        self.was_kept.push(row::kept(&change.row.complement));
        self.kept.push(row::kept(&change.complement));
        self.to.push(number(change.version));
        self.documents.push(change.document);
        self.keys.push(change.row.key);
        self.tokens.push(change.row.token);
        self.was.push(String::from_utf8(change.row.document).unwrap_or_default());
    }
}
