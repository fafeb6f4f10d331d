//! Copies for rehearsals: a schema of their own in the same database, which goes away with them.

use sqlx::AssertSqlSafe;

use super::Postgres;
use super::held::{self, Number};
use super::journal::Journal;
use crate::error::StoreError;
use crate::mapping::{Mapping, quoted};
use crate::store::Guard;

/// The schema of a copy. Whoever finds one that nobody holds may throw it away.
pub(super) struct Scratch {
    pub(super) schema: String,
    _held: Guard,
}

/// Copies the documents at a version, with the indexes, defaults and checks of the table.
pub(super) async fn copy(original: &Postgres, version: u32) -> Result<Postgres, StoreError> {
    let journal = &original.journal;
    sweep(journal).await?;
    let instant = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
    let schema = format!("setpoint_rehearsal_{}_{instant}", std::process::id());
    let held = held::hold(journal, Number::of_scratch(&schema), "setpoint rehearse").await?;
    let Some(held) = held else {
        return Err(StoreError::Busy { holder: "another rehearsal".to_owned() });
    };
    execute(journal, format!("CREATE SCHEMA {}", quoted(&schema))).await?;
    let filled = fill(original, Scratch { schema: schema.clone(), _held: held }, version).await;
    if filled.is_err() {
        // Where that fails too, the next rehearsal does it.
        let _ = throw_away(journal, &schema).await;
    }
    filled
}

/// Throws a copy away.
pub(super) async fn throw_away(journal: &Journal, schema: &str) -> Result<(), StoreError> {
    execute(journal, format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema))).await
}

async fn execute(journal: &Journal, statement: String) -> Result<(), StoreError> {
    journal.of(sqlx::query(AssertSqlSafe(statement)).execute(&journal.pool).await).map(drop)
}

/// Throws away the copies of rehearsals that were killed.
async fn sweep(journal: &Journal) -> Result<(), StoreError> {
    let query = sqlx::query_scalar(
        "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'setpoint\\_rehearsal\\_%' \
         AND pg_has_role(nspowner, 'USAGE')",
    );
    let found: Vec<String> = journal.of(query.fetch_all(&journal.pool).await)?;
    for schema in found {
        if let Some(_held) = held::hold(journal, Number::of_scratch(&schema), "setpoint").await? {
            throw_away(journal, &schema).await?;
        }
    }
    Ok(())
}

async fn fill(original: &Postgres, scratch: Scratch, version: u32) -> Result<Postgres, StoreError> {
    let (journal, table) = (&original.journal, &original.table);
    let schema = scratch.schema.clone();
    let name = table.mapping.table.rsplit('.').next().unwrap_or_default();
    let made = format!("{}.{}", quoted(&schema), quoted(name));
    let (key, at) = (quoted(&table.mapping.key), quoted(&table.mapping.version));
    let query = sqlx::query_scalar(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute \
         WHERE attrelid = $1::bigint::oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
    );
    let columns: String = journal.of(query.bind(table.oid).fetch_one(&journal.pool).await)?;
    execute(journal, format!("CREATE TABLE {made} (LIKE {} INCLUDING ALL)", table.name)).await?;
    let rows = format!(
        "INSERT INTO {made} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {} WHERE {at} IN ('{version}') \
         ORDER BY {key}",
        table.name
    );
    execute(journal, rows).await?;
    execute(journal, format!("ANALYZE {made}")).await?;
    let mapping = Mapping { table: format!("{schema}.{name}"), ..table.mapping.clone() };
    let copy = Postgres::with(&original.url, mapping, Some(scratch), false).await?;
    let complements = format!("{}.setpoint_complements WHERE family = $1", quoted(&journal.schema));
    let sql = format!("INSERT INTO setpoint_complements SELECT * FROM {complements}");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(journal.family());
    journal.of(query.execute(&copy.journal.pool).await)?;
    Ok(copy)
}
