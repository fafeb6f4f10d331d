//! The user's table: whether it is there, and the types of its columns.

use sqlx::Row as _;
use sqlx::postgres::PgPool;

use crate::error::{StoreError, reason};
use crate::mapping::{Mapping, quoted, quoted_table};

/// A table that is there and fits.
pub(super) struct Table {
    pub(super) mapping: Mapping,
    /// Its name with its schema, in quotes.
    pub(super) name: String,
    /// The schema that it is in.
    pub(super) schema: String,
    /// Its number in the database.
    pub(super) oid: i64,
    /// The types of the columns, as SQL writes them.
    pub(super) key_type: String,
    pub(super) document_type: String,
    /// Whether versions are texts.
    pub(super) has_text_versions: bool,
    /// Whether the column holds JSON whatever the project file says.
    pub(super) is_json: bool,
}

impl Table {
    pub(super) async fn inspect(pool: &PgPool, mapping: Mapping, place: &str) -> Result<Self, StoreError> {
        let failed = |error: sqlx::Error| StoreError::Failed { place: place.to_owned(), reason: reason(&error) };
        let query = sqlx::query_as(
            "SELECT c.oid::bigint, n.nspname::text, c.relname::text FROM pg_class AS c \
             JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)",
        );
        let found = query.bind(quoted_table(&mapping.table)).fetch_optional(pool).await.map_err(failed)?;
        let Some((oid, schema, table)) = found else {
            let known = sqlx::query_scalar(
                "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END \
                 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') \
                 AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relname NOT LIKE 'setpoint\\_%' \
                 AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1 LIMIT 20",
            );
            let known = known.fetch_all(pool).await.map_err(failed)?;
            return Err(StoreError::NoTable { table: mapping.table, known });
        };
        let columns = sqlx::query(
            "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, EXISTS (\
               SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid \
               AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) \
             FROM pg_attribute AS a WHERE a.attrelid = $1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        );
        let (oid, schema, table): (i64, String, String) = (oid, schema, table);
        let name = format!("{}.{}", quoted(&schema), quoted(&table));
        let mut known: Vec<(String, String, bool)> = Vec::new();
        for row in columns.bind(oid).fetch_all(pool).await.map_err(failed)? {
            let mut read = || -> Result<(), sqlx::Error> {
                let unique = row.try_get::<bool, _>(2)? && row.try_get::<bool, _>(3)?;
                known.push((row.try_get(0)?, row.try_get(1)?, unique));
                Ok(())
            };
            read().map_err(failed)?;
        }
        let find = |column: &str| match known.iter().find(|(name, ..)| name == column) {
            Some((_, kind, unique)) => Ok((kind.clone(), *unique)),
            None => Err(StoreError::NoColumn {
                table: mapping.table.clone(),
                column: column.to_owned(),
                known: known.iter().map(|(name, ..)| name.clone()).collect(),
            }),
        };
        let (key_type, is_unique) = find(&mapping.key)?;
        // A cast to a type with a length would cut a key off, and find another row.
        let key_type = match key_type.split_once('(') {
            Some(("character varying", _)) => "character varying".to_owned(),
            Some(("character", _)) => "bpchar".to_owned(),
            _ => key_type,
        };
        let (document_type, _) = find(&mapping.document)?;
        let (version_type, _) = find(&mapping.version)?;
        if !is_unique {
            return Err(StoreError::KeyNotUnique { table: mapping.table, column: mapping.key });
        }
        let is_text = |kind: &str| kind == "text" || kind.starts_with("character varying");
        let wrong = |column: &str, kind: &str, expected: &'static str| StoreError::ColumnType {
            table: mapping.table.clone(),
            column: column.to_owned(),
            kind: kind.to_owned(),
            expected,
        };
        let is_json = matches!(document_type.as_str(), "jsonb" | "json");
        if !is_json && !is_text(&document_type) {
            return Err(wrong(&mapping.document, &document_type, "`jsonb`, `json` or `text`"));
        }
        let is_whole = matches!(version_type.as_str(), "smallint" | "integer" | "bigint");
        if !is_whole && !is_text(&version_type) {
            return Err(wrong(&mapping.version, &version_type, "`integer`, `bigint`, `smallint` or `text`"));
        }
        Ok(Self { name, schema, oid, key_type, document_type, has_text_versions: !is_whole, is_json, mapping })
    }
}
