//! What the server keeps for itself: tokens, and the key that signs sessions. In SQLite for one server, in PostgreSQL for several that
//! are one service.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use setpoint_core::digest::sha256_hex;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, AssertSqlSafe, Row as _};

use crate::access::{Role, Token};

/// Both databases understand these.
const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS setpoint_tokens (name TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, role TEXT NOT NULL, \
     created TEXT NOT NULL, expires TEXT, revoked TEXT)",
    "CREATE TABLE IF NOT EXISTS setpoint_keys (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
];

/// How tokens begin, so that scanners for secrets know them.
const PREFIX: &str = "setpoint_";

/// What is wrong with the database of the server.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The database.
    #[error("`{place}`: {reason}")]
    Database {
        /// Its address, without a password.
        place: String,
        /// What it says.
        reason: String,
    },
    /// A token of that name is there.
    #[error("there is a token `{0}` already, or was one: choose another name, so that the history stays clear")]
    Taken(String),
    /// There is no token of that name.
    #[error("there is no token `{0}`")]
    Unknown(String),
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

/// The database of the server.
#[derive(Clone, Debug)]
pub struct State {
    pool: AnyPool,
    place: String,
}

impl State {
    /// Opens it: `sqlite:FILE`, which is made when it is not there, or `postgres://…`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(url: &str) -> Result<Self, StateError> {
        sqlx::any::install_default_drivers();
        let place = match setpoint_store::Address::parse(url, Path::new("")) {
            Ok(address) => address.to_string(),
            // Its words have no password in them.
            Err(error) => return Err(StateError::Database { place: "--state".to_owned(), reason: error.to_string() }),
        };
        let failed = |reason: String| StateError::Database { place: place.clone(), reason };
        let mut full = url.to_owned();
        if let Some(file) = url.strip_prefix("sqlite:") {
            let file = file.trim_start_matches("//");
            make_private(Path::new(file)).map_err(|error| failed(error.to_string()))?;
            full = format!("sqlite://{file}?mode=rwc");
        }
        let options = AnyPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_secs(10));
        let pool = options.connect(&full).await.map_err(|error| failed(error.to_string()))?;
        let state = Self { pool, place };
        for table in TABLES {
            // Two that begin at once may both want to make it.
            let made = sqlx::query(AssertSqlSafe(*table)).execute(&state.pool).await;
            if made.is_err() {
                state.of(sqlx::query(AssertSqlSafe(*table)).execute(&state.pool).await)?;
            }
        }
        Ok(state)
    }

    fn of<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StateError> {
        result.map_err(|error| StateError::Database { place: self.place.clone(), reason: error.to_string() })
    }

    /// Makes a token, for so many days or without end. Only its digest is kept: the text that is given here is the only one there will ever be.
    ///
    /// # Errors
    /// When there is one of that name, or the database fails.
    pub async fn new_token(&self, name: &str, role: Role, days: Option<u32>) -> Result<String, StateError> {
        let expires = days.map(|days| setpoint_store::later(u64::from(days) * 24 * 3600));
        let text = format!("{PREFIX}{}", random()?);
        let query = sqlx::query(
            "INSERT INTO setpoint_tokens (name, digest, role, created, expires) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(digest(&text))
        .bind(role.word())
        .bind(setpoint_store::now())
        .bind(expires);
        match self.of(query.execute(&self.pool).await)?.rows_affected() {
            0 => Err(StateError::Taken(name.to_owned())),
            _ => Ok(text),
        }
    }

    /// All tokens, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self) -> Result<Vec<Token>, StateError> {
        let query = sqlx::query("SELECT name, role, created, expires, revoked FROM setpoint_tokens ORDER BY name");
        let rows = self.of(query.fetch_all(&self.pool).await)?;
        rows.iter().map(|row| self.of(read(row))).collect()
    }

    /// Revokes a token: it is not taken from now on.
    ///
    /// # Errors
    /// When there is none of that name, or the database fails.
    pub async fn revoke(&self, name: &str) -> Result<(), StateError> {
        let query = sqlx::query("UPDATE setpoint_tokens SET revoked = $1 WHERE name = $2 AND revoked IS NULL");
        let query = query.bind(setpoint_store::now()).bind(name);
        match self.of(query.execute(&self.pool).await)?.rows_affected() {
            0 => Err(StateError::Unknown(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// The token whose text has this digest, whether it is in use or not.
    pub(crate) async fn token(&self, digest: &str) -> Result<Option<Token>, StateError> {
        let query = sqlx::query("SELECT name, role, created, expires, revoked FROM setpoint_tokens WHERE digest = $1");
        let row = self.of(query.bind(digest).fetch_optional(&self.pool).await)?;
        row.map(|row| self.of(read(&row))).transpose()
    }

    /// The key that signs sessions; the first that asks makes it.
    pub(crate) async fn key(&self) -> Result<String, StateError> {
        let query = sqlx::query("INSERT INTO setpoint_keys VALUES ('sessions', $1) ON CONFLICT DO NOTHING");
        self.of(query.bind(random()?).execute(&self.pool).await)?;
        let query = sqlx::query_scalar("SELECT value FROM setpoint_keys WHERE name = 'sessions'");
        self.of(query.fetch_one(&self.pool).await)
    }
}

/// The database of a server that has no other: in the folder that the project has for such things, which is made when it is not there.
///
/// # Errors
/// When the folder cannot be made.
pub fn own_database(root: &Path) -> Result<String, StateError> {
    let folder = setpoint_store::own_folder(root).map_err(|error| StateError::Database {
        place: root.join(setpoint_store::FOLDER).display().to_string(),
        reason: error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    })?;
    Ok(format!("sqlite:{}", folder.join("serve.db").display()))
}

/// A file that only its owner can read, in a folder that is there.
fn make_private(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn read(row: &AnyRow) -> Result<Token, sqlx::Error> {
    let role: String = row.try_get(1)?;
    Ok(Token {
        name: row.try_get(0)?,
        role: Role::of(&role).unwrap_or(Role::Reader),
        created: row.try_get(2)?,
        expires: row.try_get(3)?,
        revoked: row.try_get(4)?,
    })
}

/// What is kept of a token. It has 256 random bits, so a fast digest without salt is enough.
pub(crate) fn digest(text: &str) -> String {
    sha256_hex(text.as_bytes())
}

/// 256 random bits as text.
pub(crate) fn random() -> Result<String, StateError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| StateError::Random(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
