//! Documents in a table of a PostgreSQL database: the user's own table and columns, with the journal in the same database.

mod held;
mod journal;
mod scratch;
mod table;

use async_trait::async_trait;
use setpoint_core::source::Format;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Row as _};
use std::str::FromStr as _;
use std::time::Duration;

use crate::address::Address;
use crate::error::{StoreError, of_statement, reason};
use crate::journal::{Aside, Entry, NewRun, Run, State, Tally, Which, now};
use crate::mapping::{Mapping, quoted};
use crate::row::{self, Change, Counts, Listed, Row, Search, Write};
use crate::store::{Guard, Store};
use held::Number;
use journal::Journal;
use scratch::Scratch;
use table::Table;

/// Documents in a table of a PostgreSQL database.
pub struct Postgres {
    url: String,
    table: Table,
    journal: Journal,
    /// The schema of a copy, which goes away with it.
    scratch: Option<Scratch>,
}

/// Rows that are at work at most while documents are changed: one batch that is read and one that is written, and the control.
const CONNECTIONS: u32 = 4;
impl Postgres {
    /// Opens the database and makes the tables of the journal in the schema of the table. With `adopt` the journal belongs to this
    /// database from now on.
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

    /// The statement that gives the rows of which something holds: parameters are the family, one for that, and how many at most.
    fn rows(&self, wanted: &str) -> String {
        let Mapping { key, document, version, .. } = &self.table.mapping;
        let (table, key, document, version) = (&self.table.name, quoted(key), quoted(document), quoted(version));
        // Few rows have a complement, and each is found by its key: a join would make the planner read all of them.
        format!(
            "SELECT p.key, p.document, p.version, c.complement, c.version, p.token FROM (\
               SELECT t.{key}::text AS key, t.{document}::text AS document, t.{version}::text AS version, \
               t.xmin::text AS token, t.{key} AS place FROM {table} AS t WHERE {wanted} ORDER BY t.{key} LIMIT $3\
             ) AS p LEFT JOIN setpoint_complements AS c ON c.family = $1 AND c.key = p.key ORDER BY p.place"
        )
    }

    /// The number of the lock of this family in this table.
    fn lock_number(&self) -> Number {
        Number::of_family(self.table.oid, self.journal.family())
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
        let (key, version) = (quoted(&self.table.mapping.key), quoted(&self.table.mapping.version));
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
        let sql = self.rows(&wanted.join(" AND "));
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(self.journal.family())
            .bind(after)
            .bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        rows.iter().map(|row| self.journal.of(self.read(row))).collect()
    }

    async fn get(&self, key: &str) -> Result<Option<Row>, StoreError> {
        let sql = self.rows(&format!("t.{} = $2::text::{}", quoted(&self.table.mapping.key), self.table.key_type));
        let query = sqlx::query(AssertSqlSafe(sql)).bind(self.journal.family()).bind(key).bind(1_i64);
        match query.fetch_optional(&self.journal.pool).await {
            Ok(row) => row.map(|row| self.journal.of(self.read(&row))).transpose(),
            // No value of the column's type is written like that.
            Err(error) if is_no_value(&error) => Ok(None),
            Err(error) => self.journal.of(Err(error)),
        }
    }

    async fn list(&self, search: &Search) -> Result<Vec<Listed>, StoreError> {
        let Mapping { key, version, .. } = &self.table.mapping;
        let (table, key, version) = (&self.table.name, quoted(key), quoted(version));
        let sql = format!(
            "SELECT {key}::text, {version}::text FROM {table} \
             WHERE ($1::text IS NULL OR strpos(lower({key}::text), lower($1)) > 0) \
             AND ($2::text IS NULL OR {key} > $2::text::{}) ORDER BY {key} LIMIT $3",
            self.table.key_type
        );
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(&search.contains)
            .bind(&search.after)
            .bind(i64::try_from(search.most).unwrap_or(i64::MAX));
        let rows: Vec<(String, Option<String>)> = match query.fetch_all(&self.journal.pool).await {
            Err(error) if is_no_value(&error) => Vec::new(),
            rows => self.journal.of(rows)?,
        };
        let listed = |(key, version): (String, Option<String>)| Listed {
            key,
            version: version.and_then(|version| version.parse().ok()),
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    fn format(&self, _: &str) -> Option<Format> {
        Some(if self.table.is_json { Format::Json } else { self.table.mapping.format })
    }

    async fn write(&self, write: &Write) -> Result<Option<Vec<u8>>, StoreError> {
        let Mapping { key, document, version, .. } = &self.table.mapping;
        let (table, key, document, version) = (&self.table.name, quoted(key), quoted(document), quoted(version));
        let key_type = &self.table.key_type;
        let new_document =
            if self.table.is_json { format!("$2::text::{}", self.table.document_type) } else { "$2::text".to_owned() };
        let new_version = if self.table.has_text_versions { "$3::int4::text" } else { "$3::int4" };
        // A row that somebody changed since it was read has another `xmin`.
        let same = format!("t.{key} = $1::text::{key_type} AND t.xmin = $4::text::xid");
        let sql = match (&write.was, &write.becomes) {
            (Some(_), Some(_)) => {
                format!(
                    "UPDATE {table} AS t SET {document} = {new_document}, {version} = {new_version} WHERE {same} \
                     RETURNING t.{key}::text, t.{document}::text"
                )
            }
            (Some(_), None) => {
                format!(
                    "DELETE FROM {table} AS t WHERE $2::text IS NULL AND $3::int4 IS NULL AND {same} RETURNING t.{key}::text, ''"
                )
            }
            (None, Some(_)) => format!(
                "INSERT INTO {table} ({key}, {document}, {version}) \
                 SELECT $1::text::{key_type}, {new_document}, {new_version} WHERE $4::text IS NULL ON CONFLICT ({key}) DO NOTHING \
                 RETURNING {key}::text, {document}::text"
            ),
            (None, None) => return Ok(Some(Vec::new())),
        };
        let text = write.becomes.as_ref();
        let mut transaction = self.journal.of(self.journal.pool.begin().await)?;
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(&write.key)
            .bind(text.map(|text| text.document.as_str()))
            .bind(text.map(|text| i32::try_from(text.version).unwrap_or(i32::MAX)))
            .bind(write.was.as_ref().map(|row| row.token.as_str()));
        // As the database writes it: values of `jsonb` have no layout.
        let stored = query.fetch_optional(&mut *transaction).await;
        let stored: Option<(String, String)> = stored.map_err(|error| of_statement(&self.journal.place, &error))?;
        let Some((key, stored)) = stored else { return Ok(None) };
        // As the column has it: a UUID has many spellings.
        self.journal.of(self.journal.note(&mut transaction, &Write { key, ..write.clone() }).await)?;
        self.journal.of(transaction.commit().await)?;
        Ok(Some(stored.into_bytes()))
    }

    async fn swap(&self, run: i64, changes: &[Change]) -> Result<Vec<String>, StoreError> {
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
        if let Some(guard) = held::hold(&self.journal, self.lock_number(), &name).await? {
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
        let [class, number] = self.lock_number().as_the_server_shows_it();
        let query = query.bind(class).bind(number);
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

    async fn entries(&self, key: &str, which: Which) -> Result<Vec<Entry>, StoreError> {
        self.journal.entries(key, which).await
    }

    async fn copy(&self, version: u32) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(scratch::copy(self, version).await?))
    }

    async fn discard(self: Box<Self>) -> Result<(), StoreError> {
        if let Some(scratch) = &self.scratch {
            scratch::throw_away(&self.journal, &scratch.schema).await?;
        }
        self.journal.pool.close().await;
        Ok(())
    }
}

/// Whether a text is no value of the type of the column that it is compared with (class 22 of the errors of SQL).
fn is_no_value(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().is_some_and(|code| code.starts_with("22"))
}

/// Changes as columns: one statement for a batch, whatever its size.
#[derive(Default)]
struct Columns<'c> {
    keys: Vec<&'c str>,
    tokens: Vec<&'c str>,
    was: Vec<&'c str>,
    documents: Vec<&'c str>,
    from: Vec<Option<i32>>,
    was_kept: Vec<String>,
    kept: Vec<String>,
    to: Vec<i32>,
}

impl<'c> Columns<'c> {
    fn add(&mut self, change: &'c Change) {
        let number = |version: u32| i32::try_from(version).unwrap_or(i32::MAX);
        self.from.push(change.row.version.map(number));
        self.was_kept.push(row::kept(&change.row.complement));
        self.kept.push(row::kept(&change.complement));
        self.to.push(number(change.version));
        self.documents.push(&change.document);
        self.keys.push(&change.row.key);
        self.tokens.push(&change.row.token);
        self.was.push(std::str::from_utf8(&change.row.document).unwrap_or_default());
    }
}
