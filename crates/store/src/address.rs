//! Addresses of stores.

use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// In the working tree.
    Files,
    /// In a SQLite database.
    Sqlite(PathBuf),
    /// In a PostgreSQL database, by its URL.
    Postgres(String),
}

impl Address {
    /// Reads an address: `files`, `sqlite:FILE` (relative to `root`) or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::UnknownScheme`].
    ///
    /// ```
    /// use setpoint_store::Address;
    /// let address = Address::parse("sqlite:settings.db", "/srv/app".as_ref())?;
    /// assert_eq!(address.to_string(), "sqlite:/srv/app/settings.db");
    /// # Ok::<(), setpoint_store::StoreError>(())
    /// ```
    pub fn parse(text: &str, root: &Path) -> Result<Self, StoreError> {
        if text == "files" {
            return Ok(Self::Files);
        }
        if let Some(file) = text.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            if !file.is_empty() {
                return Ok(Self::Sqlite(root.join(file)));
            }
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::UnknownScheme { address: without_password(text) })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Files => formatter.write_str("files"),
            Self::Sqlite(file) => write!(formatter, "sqlite:{}", file.display()),
            Self::Postgres(url) => formatter.write_str(&without_password(url)),
        }
    }
}

/// The address without its password, wherever that stands: before `@`, or among the parameters.
fn without_password(url: &str) -> String {
    let (url, parameters) = url.split_once('?').map_or((url, None), |(url, rest)| (url, Some(rest)));
    let shown = match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((user, host)) => {
                let user = user.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}@{host}")
            }
            None => url.to_owned(),
        },
        None => url.to_owned(),
    };
    let kept: Vec<&str> = parameters
        .into_iter()
        .flat_map(|parameters| parameters.split('&'))
        .filter(|parameter| !parameter.starts_with("password") && !parameter.starts_with("sslpassword"))
        .collect();
    if kept.is_empty() { shown } else { format!("{shown}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://app:s3:cr@t@db:5432/app", "postgres://app@db:5432/app"),
            ("postgres://db/app?host=/run&password=s3cret", "postgres://db/app?host=/run"),
            ("postgres://db/app", "postgres://db/app"),
        ] {
            assert_eq!(Address::parse(url, Path::new("/")).unwrap().to_string(), shown);
        }
        let error = Address::parse("mysql://app:s3cret@db/app", Path::new("/")).unwrap_err();
        assert_eq!(error.to_string(), "`mysql://app@db/app` is no address of a store");
    }

    #[test]
    fn a_file_is_relative_to_the_project() {
        let of = |text: &str| Address::parse(text, Path::new("/srv")).unwrap();
        assert_eq!(of("sqlite:a.db"), Address::Sqlite("/srv/a.db".into()));
        assert_eq!(of("sqlite://a.db"), Address::Sqlite("/srv/a.db".into()));
        assert_eq!(of("sqlite:///var/a.db"), Address::Sqlite("/var/a.db".into()));
        assert!(Address::parse("sqlite:", Path::new("/srv")).is_err());
    }
}
