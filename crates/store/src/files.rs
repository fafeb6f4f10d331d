//! Documents that are files of the working tree, with the journal in `.setpoint/journal.db` beside the project file.
//!
//! A file and a database cannot share a transaction. So the journal gets first what the file is and what it is to become, on disk;
//! then the file and a new one change places; then the journal notes that they did. Whoever opens the store after a crash settles
//! what was left in between: what is beside the file tells whether they did.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use setpoint_core::source::Format;
use sqlx::{AssertSqlSafe, Row as _};

use crate::error::StoreError;
use crate::journal::sqlite::{self, Journal};
use crate::journal::{Aside, Entry, NewRun, Run, State, Tally};
use crate::lock;
use crate::row::{self, Change, Counts, Row};
use crate::store::{Guard, Store};

/// The folder that Setpoint keeps its own things in.
pub const FOLDER: &str = ".setpoint";

/// The folder for files that are being written.
const UNFINISHED: &str = "unfinished";

/// What has been begun with files.
const INTENTS: &str = "CREATE TABLE IF NOT EXISTS setpoint_intents (family TEXT NOT NULL, key TEXT NOT NULL, \
                       entry INTEGER NOT NULL, version INTEGER NOT NULL, document BLOB NOT NULL, complement TEXT NOT NULL, \
                       PRIMARY KEY (family, key)) WITHOUT ROWID";

/// A change of a file that was begun.
struct Intent {
    key: String,
    /// Its number in the journal.
    entry: i64,
    version: u32,
    /// The text that it was to have.
    new: Vec<u8>,
    complement: String,
    /// The text that it had.
    was: Vec<u8>,
}

impl Intent {
    fn read(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
        let version: i64 = row.try_get(2)?;
        Ok(Self {
            key: row.try_get(0)?,
            entry: row.try_get(1)?,
            version: u32::try_from(version).unwrap_or_default(),
            new: row.try_get(3)?,
            complement: row.try_get(4)?,
            was: row.try_get(5)?,
        })
    }
}

/// Which files are documents, and the version that each has by itself.
pub trait Tree: Send + Sync {
    /// The documents, as names relative to the root with `/` between folders.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    fn names(&self, root: &Path) -> io::Result<Vec<String>>;

    /// The version that a document declares; absent when it declares none or cannot be read.
    fn declared(&self, name: &str, text: &[u8]) -> Option<u32>;

    /// The version of documents that declare none and that the journal does not know; absent when documents have to declare one.
    fn assumed(&self) -> Option<u32>;
}

/// Documents that are files.
pub struct Files {
    root: PathBuf,
    tree: Arc<dyn Tree>,
    journal: Journal,
    /// The folder of a copy, which goes away with it.
    scratch: Option<tempfile::TempDir>,
}

impl Files {
    /// Opens the documents of a family below `root`, and settles what a crash has left. With `adopt` the journal belongs to this
    /// folder from now on.
    ///
    /// # Errors
    /// What is wrong with the folder or the journal.
    pub async fn open(root: &Path, settings: &str, tree: Arc<dyn Tree>, adopt: bool) -> Result<Self, StoreError> {
        let place = place(root);
        let unreachable = |error: io::Error| StoreError::Unreachable { place: place.clone(), reason: plain(&error) };
        let root = root.canonicalize().map_err(unreachable)?;
        let folder = root.join(FOLDER);
        fs::create_dir_all(&folder).map_err(unreachable)?;
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            // What is kept there belongs to this working tree.
            fs::write(&ignore, "*\n").map_err(unreachable)?;
        }
        let pool = sqlite::open(&folder.join("journal.db"), true, &place).await?;
        let owner = root.display().to_string();
        let journal = Journal::open(pool, settings, &place, Some((&owner, adopt))).await?;
        journal.of(sqlx::query(AssertSqlSafe(INTENTS)).execute(&journal.pool).await)?;
        let store = Self { root, tree, journal, scratch: None };
        fs::create_dir_all(store.root.join(FOLDER).join(UNFINISHED)).map_err(unreachable)?;
        // While somebody is at work, what is begun is theirs.
        if store.is_unsettled().await?
            && let Ok(guard) = store.lock("settling").await
        {
            store.settle().await?;
            drop(guard);
        }
        Ok(store)
    }

    fn failed(&self, name: &str, error: &io::Error) -> StoreError {
        StoreError::Failed { place: self.place(), reason: format!("`{name}`: {}", plain(error)) }
    }

    /// Whether something was begun and not noted as done.
    async fn is_unsettled(&self) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM setpoint_intents WHERE family = ?)");
        self.journal.of(query.bind(self.journal.family()).fetch_one(&self.journal.pool).await)
    }

    /// Decides about everything that was begun and not noted as done.
    async fn settle(&self) -> Result<(), StoreError> {
        let query = sqlx::query(
            "SELECT i.key, i.entry, i.version, i.document, i.complement, j.document FROM setpoint_intents AS i \
             JOIN setpoint_journal AS j ON j.id = i.entry WHERE i.family = ?",
        );
        let rows = self.journal.of(query.bind(self.journal.family()).fetch_all(&self.journal.pool).await)?;
        for row in rows {
            let Intent { key, entry, version, new, complement, was } = self.journal.of(Intent::read(&row))?;
            let path = self.root.join(&key);
            let path = path.canonicalize().unwrap_or(path);
            let beside = self.beside(&path, entry);
            let is_done = was_replaced(&path, &beside, &was, &new).map_err(|error| self.failed(&key, &error))?;
            self.note(&key, entry, is_done.then_some((version, complement.as_str()))).await?;
            let _ = fs::remove_file(beside);
        }
        Ok(())
    }

    /// Notes what became of a file: its version and what is kept for it, or nothing.
    async fn note(&self, key: &str, entry: i64, done: Option<(u32, &str)>) -> Result<(), StoreError> {
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        match done {
            Some((version, complement)) => {
                journal.of(journal.keep(&mut *transaction, key, version, complement).await)?;
            }
            None => {
                let query = sqlx::query("DELETE FROM setpoint_journal WHERE id = ?").bind(entry);
                journal.of(query.execute(&mut *transaction).await)?;
            }
        }
        let query = sqlx::query("DELETE FROM setpoint_intents WHERE family = ? AND key = ?");
        journal.of(query.bind(journal.family()).bind(key).execute(&mut *transaction).await)?;
        journal.of(transaction.commit().await)
    }

    async fn intend(&self, run: i64, changes: &[Change]) -> Result<Vec<i64>, StoreError> {
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        let mut entries = Vec::new();
        for change in changes {
            let entry = journal.of(journal.enter(&mut transaction, run, change).await)?;
            let query = sqlx::query("INSERT OR REPLACE INTO setpoint_intents VALUES (?, ?, ?, ?, ?, ?)")
                .bind(journal.family())
                .bind(&change.row.key)
                .bind(entry)
                .bind(i64::from(change.version))
                .bind(change.document.as_bytes())
                .bind(row::kept(&change.complement));
            journal.of(query.execute(&mut *transaction).await)?;
            entries.push(entry);
        }
        journal.of(transaction.commit().await)?;
        Ok(entries)
    }

    /// The versions and complements that the journal knows of.
    async fn kept(&self, key: &str) -> Result<Option<(i64, String)>, StoreError> {
        let query = sqlx::query_as("SELECT version, complement FROM setpoint_complements WHERE family = ? AND key = ?");
        self.journal.of(query.bind(self.journal.family()).bind(key).fetch_optional(&self.journal.pool).await)
    }

    /// A file as a row; `None` when it is gone.
    async fn row(&self, name: &str) -> Result<Option<Row>, StoreError> {
        let document = match fs::read(self.root.join(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(name, &error)),
        };
        let kept = self.kept(name).await?;
        let version = match (self.tree.declared(name, &document), self.tree.assumed(), &kept) {
            (Some(version), ..) => Some(version),
            (None, Some(_), Some((version, _))) => u32::try_from(*version).ok(),
            (None, assumed, _) => assumed,
        };
        let complement =
            kept.map_or_else(Default::default, |(left_for, text)| row::known(Some(&text), Some(left_for), version));
        Ok(Some(Row {
            key: name.to_owned(),
            format: Format::of_file(name).unwrap_or(Format::Json),
            document,
            version,
            complement,
            token: String::new(),
        }))
    }

    fn names(&self) -> Result<Vec<String>, StoreError> {
        let failed = |error| StoreError::Failed { place: self.place(), reason: plain(&error) };
        let mut names = self.tree.names(&self.root).map_err(failed)?;
        names.sort();
        Ok(names)
    }

    /// Replaces the text of a file if it still is what was read; whether it was. Readers see the one or the other, never half of
    /// it. Permissions are kept, and a link stays a link. What the file was stays beside, until the journal has noted it.
    fn replace(&self, name: &str, entry: i64, known: &[u8], text: &[u8]) -> io::Result<bool> {
        let path = match self.root.join(name).canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            path => path?,
        };
        let beside = self.beside(&path, entry);
        let mut file = fs::File::create(&beside)?;
        file.write_all(text)?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        if fs::read(&path)? != known {
            return Ok(false);
        }
        let was_known = exchange(&path, &beside, known)?;
        fs::File::open(path.parent().unwrap_or(&self.root))?.sync_all()?;
        Ok(was_known)
    }

    /// Where the other text of a file is while it is replaced: not among the documents, unless these are on another disk.
    fn beside(&self, path: &Path, entry: i64) -> PathBuf {
        let own = self.root.join(FOLDER).join(UNFINISHED);
        match path.parent() {
            Some(folder) if !is_same_disk(&own, folder) => folder.join(format!(".setpoint-{entry}")),
            _ => own.join(entry.to_string()),
        }
    }

    fn lock_file(&self) -> PathBuf {
        self.root.join(FOLDER).join(format!("{}.lock", self.journal.family()))
    }
}

fn place(root: &Path) -> String {
    format!("files in {}", root.display())
}

fn plain(error: &io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase()
}

#[async_trait]
impl Store for Files {
    fn place(&self) -> String {
        place(&self.root)
    }

    fn shown(&self, key: &str) -> String {
        key.to_owned()
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let mut counts = Counts::new();
        for name in self.names()? {
            if let Some(row) = self.row(&name).await? {
                *counts.entry(row.version).or_default() += 1;
            }
        }
        Ok(counts)
    }

    async fn page(&self, versions: &[u32], after: Option<&str>, most: usize) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for name in self.names()?.into_iter().filter(|name| after.is_none_or(|after| name.as_str() > after)) {
            if rows.len() == most {
                break;
            }
            let row = self.row(&name).await?;
            rows.extend(
                row.filter(|row| versions.is_empty() || row.version.is_some_and(|version| versions.contains(&version))),
            );
        }
        Ok(rows)
    }

    async fn swap(&self, run: i64, changes: Vec<Change>) -> Result<Vec<String>, StoreError> {
        let entries = self.intend(run, &changes).await?;
        let mut swapped = Vec::new();
        for (change, entry) in changes.iter().zip(entries) {
            let key = &change.row.key;
            let replaced = self.replace(key, entry, &change.row.document, change.document.as_bytes());
            let complement = row::kept(&change.complement);
            let is_done = *replaced.as_ref().unwrap_or(&false);
            self.note(key, entry, is_done.then_some((change.version, &complement))).await?;
            let path = self.root.join(key);
            let _ = fs::remove_file(self.beside(&path.canonicalize().unwrap_or(path), entry));
            match replaced {
                Ok(true) => swapped.push(key.clone()),
                Ok(false) => {}
                Err(error) => return Err(self.failed(key, &error)),
            }
        }
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

    async fn set_aside(&self, aside: &Aside) -> Result<(), StoreError> {
        self.journal.set_aside(aside).await
    }

    async fn aside(&self) -> Result<Vec<Aside>, StoreError> {
        self.journal.aside().await
    }

    async fn entries(&self, key: &str) -> Result<Vec<Entry>, StoreError> {
        self.journal.entries(key).await
    }

    async fn copy(&self) -> Result<Box<dyn Store>, StoreError> {
        let failed = |error: io::Error| StoreError::Failed { place: self.place(), reason: plain(&error) };
        let folder = tempfile::tempdir().map_err(failed)?;
        for name in self.names()? {
            let target = folder.path().join(&name);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            fs::copy(self.root.join(&name), &target).map_err(|error| self.failed(&name, &error))?;
        }
        let copy = Self::open(folder.path(), self.journal.family(), Arc::clone(&self.tree), false).await?;
        for name in self.names()? {
            if let Some((version, complement)) = self.kept(&name).await? {
                let version = u32::try_from(version).unwrap_or_default();
                self.journal.of(copy.journal.keep(&copy.journal.pool, &name, version, &complement).await)?;
            }
        }
        Ok(Box::new(Self { scratch: Some(folder), ..copy }))
    }

    async fn discard(self: Box<Self>) -> Result<(), StoreError> {
        self.journal.pool.close().await;
        drop(self.scratch);
        Ok(())
    }
}

/// Puts a new file in the place of another. What comes out is looked at once more: when somebody has replaced the file meanwhile,
/// theirs is put back.
#[cfg(target_os = "linux")]
fn exchange(path: &Path, beside: &Path, known: &[u8]) -> io::Result<bool> {
    match swap(path, beside) {
        Ok(()) => {}
        // File systems that cannot exchange.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => return fs::rename(beside, path).map(|()| true),
        Err(rustix::io::Errno::NOENT) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    if fs::read(beside)? == known {
        return Ok(true);
    }
    swap(path, beside)?;
    Ok(false)
}

#[cfg(target_os = "linux")]
fn swap(path: &Path, beside: &Path) -> Result<(), rustix::io::Errno> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, beside, CWD, path, RenameFlags::EXCHANGE)
}

#[cfg(not(target_os = "linux"))]
fn exchange(path: &Path, beside: &Path, _: &[u8]) -> io::Result<bool> {
    fs::rename(beside, path).map(|()| true)
}

/// Whether a file was replaced before a crash. What is beside it tells: its former text when it was, its new text when it was
/// not, and the text of somebody else when theirs had just been taken away, which is put back.
fn was_replaced(path: &Path, beside: &Path, was: &[u8], new: &[u8]) -> io::Result<bool> {
    match fs::read(beside) {
        Ok(text) if text == was => Ok(true),
        // Half of it, or all.
        Ok(text) if new.starts_with(&text) => Ok(false),
        #[cfg(target_os = "linux")]
        Ok(_) => {
            swap(path, beside)?;
            Ok(false)
        }
        #[cfg(not(target_os = "linux"))]
        Ok(_) => Ok(false),
        // It was moved, or not written yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(fs::read(path).is_ok_and(|text| text == new)),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn is_same_disk(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    disk(left).is_some() && disk(left) == disk(right)
}

#[cfg(not(unix))]
fn is_same_disk(left: &Path, _: &Path) -> bool {
    left.is_dir()
}
