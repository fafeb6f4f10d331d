//! Documents in a table of a SQLite database, with the journal in the same database.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use setpoint_core::source::Format;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};

use crate::error::{StoreError, of_statement};
use crate::journal::sqlite::{self, Journal};
use crate::journal::{Aside, Entry, NewRun, Run, State, Tally, Which};
use crate::lock;
use crate::mapping::{Mapping, quoted, quoted_table};
use crate::row::{self, Change, Counts, Listed, Row, Search, Write};
use crate::store::{Guard, Store};

/// Documents in a table of a SQLite database.
pub struct Sqlite {
    place: String,
    file: PathBuf,
    mapping: Mapping,
    journal: Journal,
    /// The folder of a copy, which goes away with it.
    scratch: Option<tempfile::TempDir>,
}

impl Sqlite {
    /// Opens the database, which has to be there, and makes the tables of the journal in it.
    ///
    /// # Errors
    /// What is wrong with the database, the table or a column.
    pub async fn open(file: &Path, mapping: Mapping) -> Result<Self, StoreError> {
        let place = place(file, &mapping);
        if !file.is_file() {
            return Err(StoreError::Unreachable { place, reason: "there is no such file".to_owned() });
        }
        let pool = sqlite::open(file, false, &place).await?;
        inspect(&pool, &mapping, &place).await?;
        let journal = Journal::open(pool, &mapping.settings, &place, None).await?;
        // Whatever link leads to it, it is one database with one lock.
        let file = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
        Ok(Self { place, file, mapping, journal, scratch: None })
    }

    fn read(&self, row: &SqliteRow) -> Result<Row, sqlx::Error> {
        let version: Option<i64> = row.try_get(2)?;
        let version = version.and_then(|version| u32::try_from(version).ok());
        let document: Option<Vec<u8>> = row.try_get(1)?;
        Ok(Row {
            key: row.try_get(0)?,
            document: document.unwrap_or_default(),
            format: self.mapping.format,
            layout: true,
            version,
            complement: row::known(row.try_get(3)?, row.try_get(4)?, version),
            // How the document is stored, which is how it is written again.
            token: row.try_get(5)?,
        })
    }

    /// The beginning of a statement that gives rows; the first parameter is the family.
    fn rows(&self) -> String {
        let Mapping { table, key, document, version, .. } = &self.mapping;
        let (table, key, document) = (quoted_table(table), quoted(key), quoted(document));
        let whole = whole(&format!("t.{}", quoted(version)));
        format!(
            "SELECT CAST(t.{key} AS TEXT), CAST(t.{document} AS BLOB), {whole}, c.complement, c.version, \
             typeof(t.{document}) FROM {table} AS t \
             LEFT JOIN setpoint_complements AS c ON c.family = ?1 AND c.key = CAST(t.{key} AS TEXT)"
        )
    }

    fn lock_file(&self) -> PathBuf {
        let mut name = self.file.clone().into_os_string();
        name.push(format!("-setpoint-{}-lock", self.mapping.settings));
        name.into()
    }
}

/// What the store is called.
fn place(file: &Path, mapping: &Mapping) -> String {
    format!("sqlite:{}, table {}", file.display(), mapping.table)
}

/// Looks whether table and columns are there and fit.
async fn inspect(pool: &SqlitePool, mapping: &Mapping, place: &str) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| match &error {
        // "file is not a database" shows with the first statement.
        sqlx::Error::Database(_) => {
            StoreError::Unreachable { place: place.to_owned(), reason: crate::error::reason(&error) }
        }
        _ => StoreError::Failed { place: place.to_owned(), reason: crate::error::reason(&error) },
    };
    let (schema, table) = mapping.table.split_once('.').unwrap_or(("main", &mapping.table));
    let columns: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT name, upper(type), pk FROM pragma_table_info(?1, ?2)")
            .bind(table)
            .bind(schema)
            .fetch_all(pool)
            .await
            .map_err(failed)?;
    if columns.is_empty() {
        let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                     AND name NOT LIKE 'setpoint_%' ORDER BY name";
        let known = sqlx::query_scalar(query).fetch_all(pool).await.map_err(failed)?;
        return Err(StoreError::NoTable { table: mapping.table.clone(), known });
    }
    for column in [&mapping.key, &mapping.document, &mapping.version] {
        if !columns.iter().any(|(name, ..)| name == column) {
            let known = columns.into_iter().map(|(name, ..)| name).collect();
            return Err(StoreError::NoColumn { table: mapping.table.clone(), column: column.clone(), known });
        }
    }
    let unique: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pragma_index_list(?1, ?2) AS list WHERE list.\"unique\" AND NOT list.partial AND \
         (SELECT count(*) = 1 AND max(name) = ?3 FROM pragma_index_info(list.name, ?2))",
    )
    .bind(table)
    .bind(schema)
    .bind(&mapping.key)
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let keys: Vec<&String> = columns.iter().filter(|(_, _, key)| *key > 0).map(|(name, ..)| name).collect();
    if unique == 0 && keys != [&mapping.key] {
        return Err(StoreError::KeyNotUnique { table: mapping.table.clone(), column: mapping.key.clone() });
    }
    let wrong = |kind: String| StoreError::ColumnType {
        table: mapping.table.clone(),
        column: mapping.key.clone(),
        kind,
        expected: "`TEXT` or `INTEGER`, with a text or a number in every row",
    };
    let kind = columns.iter().find(|(name, ..)| *name == mapping.key).map(|(_, kind, _)| kind.clone());
    let kind = kind.unwrap_or_default();
    // A column that converts nothing compares numbers with texts (section 3.1 of "Datatypes In SQLite").
    if kind.is_empty() || kind.contains("BLOB") {
        return Err(wrong(kind));
    }
    let odd: Option<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT typeof({key}) FROM {table} WHERE typeof({key}) NOT IN ('text', 'integer') LIMIT 1",
        key = quoted(&mapping.key),
        table = quoted_table(&mapping.table)
    )))
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    match odd.as_deref() {
        None => Ok(()),
        // A primary key of SQLite may hold it, and several times.
        Some("null") => Err(StoreError::KeyNotUnique { table: mapping.table.clone(), column: mapping.key.clone() }),
        Some(odd) => Err(wrong(format!("{kind}, with a value of type {odd}"))),
    }
}

#[async_trait]
impl Store for Sqlite {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn shown(&self, key: &str) -> String {
        format!("{}/{key}", self.mapping.table)
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let (table, version) = (quoted_table(&self.mapping.table), quoted(&self.mapping.version));
        let whole = whole(&version);
        let sql = format!("SELECT {whole} AS v, count(*) FROM {table} GROUP BY v");
        let query = sqlx::query_as(AssertSqlSafe(sql));
        let rows: Vec<(Option<i64>, i64)> = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        let mut counts = Counts::new();
        for (version, count) in rows {
            let version = version.and_then(|version| u32::try_from(version).ok());
            *counts.entry(version).or_default() += u64::try_from(count).unwrap_or_default();
        }
        Ok(counts)
    }

    async fn page(&self, versions: &[u32], after: Option<&str>, most: usize) -> Result<Vec<Row>, StoreError> {
        let key = quoted(&self.mapping.key);
        let whole = whole(&format!("t.{}", quoted(&self.mapping.version)));
        let mut wanted = vec!["TRUE".to_owned()];
        if !versions.is_empty() {
            let list: Vec<String> = versions.iter().map(u32::to_string).collect();
            wanted.push(format!("{whole} IN ({})", list.join(", ")));
        }
        if after.is_some() {
            // Compared as the column has it: the affinity of the column is applied to the text.
            wanted.push(format!("t.{key} > ?2"));
        }
        let sql = format!("{} WHERE {} ORDER BY t.{key} LIMIT ?3", self.rows(), wanted.join(" AND "));
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(self.journal.family())
            .bind(after)
            .bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        rows.iter().map(|row| self.journal.of(self.read(row))).collect()
    }

    async fn get(&self, key: &str) -> Result<Option<Row>, StoreError> {
        let sql = format!("{} WHERE t.{} = ?2", self.rows(), quoted(&self.mapping.key));
        let query = sqlx::query(AssertSqlSafe(sql)).bind(self.journal.family()).bind(key);
        let row = self.journal.of(query.fetch_optional(&self.journal.pool).await)?;
        row.map(|row| self.journal.of(self.read(&row))).transpose()
    }

    async fn list(&self, search: &Search) -> Result<Vec<Listed>, StoreError> {
        let Mapping { table, key, version, .. } = &self.mapping;
        let (table, key, whole) = (quoted_table(table), quoted(key), whole(&quoted(version)));
        let sql = format!(
            "SELECT CAST({key} AS TEXT), {whole} FROM {table} WHERE (?1 IS NULL OR instr(lower(CAST({key} AS TEXT)), lower(?1)) > 0) \
             AND (?2 IS NULL OR {key} > ?2) ORDER BY {key} LIMIT ?3"
        );
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(&search.contains)
            .bind(&search.after)
            .bind(i64::try_from(search.most).unwrap_or(i64::MAX));
        let rows: Vec<(String, Option<i64>)> = self.journal.of(query.fetch_all(&self.journal.pool).await)?;
        let listed = |(key, version): (String, Option<i64>)| Listed {
            key,
            version: version.and_then(|version| u32::try_from(version).ok()),
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    fn format(&self, _: &str) -> Option<Format> {
        Some(self.mapping.format)
    }

    async fn write(&self, write: &Write) -> Result<Option<Vec<u8>>, StoreError> {
        let Mapping { table, key, document, version, .. } = &self.mapping;
        let (table, key, document, version) = (quoted_table(table), quoted(key), quoted(document), quoted(version));
        let whole = whole(&version);
        let same = format!("{key} = ?3 AND {whole} IS ?4 AND CAST({document} AS BLOB) IS ?5");
        let sql = match (&write.was, &write.becomes) {
            (Some(_), Some(_)) => format!("UPDATE {table} SET {document} = ?1, {version} = ?2 WHERE {same}"),
            (Some(_), None) => format!("DELETE FROM {table} WHERE ?1 IS NULL AND ?2 IS NULL AND {same}"),
            (None, Some(_)) => format!(
                "INSERT INTO {table} ({document}, {version}, {key}) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {key} = ?3)"
            ),
            (None, None) => return Ok(Some(Vec::new())),
        };
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        // What is kept beside the document is part of what it was.
        if let Some(row) = &write.was {
            let kept = journal.of(journal.kept(&mut *transaction, &write.key).await)?;
            let kept = kept.as_ref().map(|(left_for, text)| (text.as_str(), *left_for));
            if row::known(kept.map(|kept| kept.0), kept.map(|kept| kept.1), row.version) != row.complement {
                return Ok(None);
            }
        }
        let query = sqlx::query_scalar(AssertSqlSafe(sql + &format!(" RETURNING CAST({key} AS TEXT)")));
        let text = write.becomes.as_ref();
        let query = match write.was.as_ref().map(|row| row.token.as_str()) {
            Some("blob") => query.bind(text.map(|text| text.document.as_bytes())),
            _ => query.bind(text.map(|text| text.document.as_str())),
        };
        let mut query = query.bind(text.map(|text| i64::from(text.version))).bind(&write.key);
        if let Some(row) = &write.was {
            query = query.bind(row.version.map(i64::from)).bind(&row.document);
        }
        let done = query.fetch_optional(&mut *transaction).await;
        let stored_key: Option<String> = done.map_err(|error| of_statement(&self.place, &error))?;
        let Some(key) = stored_key else { return Ok(None) };
        // As the column has it: `007` may be `7` there.
        journal.of(journal.note(&mut transaction, &Write { key, ..write.clone() }).await)?;
        journal.of(transaction.commit().await)?;
        Ok(Some(write.text()))
    }

    async fn swap(&self, run: i64, changes: &[Change]) -> Result<Vec<String>, StoreError> {
        let Mapping { table, key, document, version, .. } = &self.mapping;
        let (table, key, document, version) = (quoted_table(table), quoted(key), quoted(document), quoted(version));
        let whole = whole(&version);
        let sql = format!(
            "UPDATE {table} SET {document} = ?1, {version} = ?2 \
             WHERE {key} = ?3 AND {whole} IS ?4 AND CAST({document} AS BLOB) IS ?5"
        );
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        let mut swapped = Vec::new();
        for change in changes {
            let update = sqlx::query(AssertSqlSafe(sql.clone()));
            let update = match change.row.token.as_str() {
                "blob" => update.bind(change.document.as_bytes()),
                _ => update.bind(&change.document),
            };
            let update = update
                .bind(i64::from(change.version))
                .bind(&change.row.key)
                .bind(change.row.version.map(i64::from))
                .bind(&change.row.document);
            let updated = update.execute(&mut *transaction).await;
            match updated.map_err(|error| of_statement(&self.place, &error))?.rows_affected() {
                0 => {}
                1 => {
                    journal.of(journal.record(&mut transaction, run, change).await)?;
                    swapped.push(change.row.key.clone());
                }
                _ => {
                    let column = self.mapping.key.clone();
                    return Err(StoreError::KeyNotUnique { table: self.mapping.table.clone(), column });
                }
            }
        }
        journal.of(transaction.commit().await)?;
        Ok(swapped)
    }

    async fn lock(&self, command: &str) -> Result<Guard, StoreError> {
        lock::take(&self.lock_file(), command, &self.place()).await
    }

    async fn holder(&self) -> Result<Option<String>, StoreError> {
        Ok(lock::holder(&self.lock_file()))
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
        let failed = |error: std::io::Error| StoreError::Failed { place: self.place(), reason: error.to_string() };
        let folder = tempfile::tempdir().map_err(failed)?;
        let file = folder.path().join("rehearsal.db");
        let query = sqlx::query("VACUUM INTO ?").bind(file.to_string_lossy().into_owned());
        self.journal.of(query.execute(&self.journal.pool).await)?;
        // What was done to the original is not what is done to the copy. The complements belong to the documents.
        let pool = sqlite::open(&file, false, &self.place()).await?;
        let others = format!(
            "{} WHERE {} IS NOT {version}",
            quoted_table(&self.mapping.table),
            whole(&quoted(&self.mapping.version))
        );
        let mut connection = self.journal.of(pool.acquire().await)?;
        // Rows of other tables may refer to the ones that are not rehearsed.
        let mut statements = vec!["PRAGMA foreign_keys = OFF".to_owned()];
        let emptied = ["setpoint_runs", "setpoint_journal", "setpoint_aside", &others];
        statements.extend(emptied.map(|table| format!("DELETE FROM {table}")));
        for statement in statements {
            self.journal.of(sqlx::query(AssertSqlSafe(statement)).execute(&mut *connection).await)?;
        }
        drop(connection);
        pool.close().await;
        let copy = Self::open(&file, self.mapping.clone()).await?;
        Ok(Box::new(Self { scratch: Some(folder), ..copy }))
    }

    async fn discard(self: Box<Self>) -> Result<(), StoreError> {
        self.journal.pool.close().await;
        drop(self.scratch);
        Ok(())
    }
}

/// The version of a row as a number, `NULL` when it is none: columns of SQLite take whatever they are given.
fn whole(column: &str) -> String {
    format!(
        "CASE WHEN CAST(CAST({column} AS INTEGER) AS TEXT) = CAST({column} AS TEXT) THEN CAST({column} AS INTEGER) END"
    )
}
