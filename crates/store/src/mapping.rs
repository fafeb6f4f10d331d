//! Which table and columns hold the documents of a family.

use setpoint_core::source::Format;

use crate::error::StoreError;

/// Which table and columns hold the documents of a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The family.
    pub settings: String,
    /// The table; `schema.table` where it is not on the search path.
    pub table: String,
    /// The column that names a document. Unique.
    pub key: String,
    /// The column that holds the document.
    pub document: String,
    /// The column that holds the version.
    pub version: String,
    /// The format of documents in a column of text.
    pub format: Format,
}

impl Mapping {
    /// The mapping of a family.
    ///
    /// # Errors
    /// [`StoreError::Incomplete`] for the first thing that is missing.
    pub fn of(settings: &str, described: Option<&setpoint_project::Store>) -> Result<Self, StoreError> {
        let part = |key: &'static str, value: fn(&setpoint_project::Store) -> &Option<String>| {
            let value = described.and_then(|described| value(described).clone());
            value
                .filter(|value| !value.is_empty())
                .ok_or_else(|| StoreError::Incomplete { settings: settings.to_owned(), key })
        };
        Ok(Self {
            settings: settings.to_owned(),
            table: part("table", |store| &store.table)?,
            key: part("key", |store| &store.key)?,
            document: part("document", |store| &store.document)?,
            version: part("version", |store| &store.version)?,
            format: described.and_then(|described| described.format).unwrap_or(Format::Json),
        })
    }
}

/// A name as SQL takes it: in quotes, so that no name can be anything else.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table with its schema, each part in quotes.
pub(crate) fn quoted_table(table: &str) -> String {
    table.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let described = setpoint_project::Store {
            url: "sqlite:a.db".into(),
            table: Some("t".into()),
            key: Some("k".into()),
            document: None,
            version: None,
            format: None,
        };
        let error = Mapping::of("billing", Some(&described)).unwrap_err();
        assert_eq!(error.to_string(), "the store of `billing` has no `document`");
    }

    #[test]
    fn no_name_gets_out_of_its_quotes() {
        assert_eq!(quoted(r#"a"; DROP TABLE b; --"#), r#""a""; DROP TABLE b; --""#);
        assert_eq!(quoted_table("app.settings"), r#""app"."settings""#);
    }
}
