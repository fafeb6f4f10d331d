//! Documents that are files of the working tree, with the journal in `.setpoint/journal.db` beside the project file.
//!
//! A file and a database cannot share a transaction. So the journal gets first what the file is and what it is to become, on disk;
//! then the file and a new one change places; then the journal notes that they did. Whoever opens the store after a crash settles
//! what was left in between: what is beside the file tells whether they did.

mod replacing;
mod single;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use setpoint_core::source::Format;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use crate::error::StoreError;
use crate::journal::sqlite::{self, Journal};
use crate::journal::{Aside, Entry, NewRun, Run, State, Tally, Which};
use crate::lock;
use crate::row::{self, Change, Counts, Listed, Row, Search, Write};
use crate::store::{Guard, Store};
use replacing::{Failure, Fate};

/// The folder that Setpoint keeps its own things in.
pub const FOLDER: &str = ".setpoint";

/// The folder for files that are being written.
const UNFINISHED: &str = "unfinished";

/// Bytes of a document that is read at once.
const QUICK: usize = 16 << 10;

/// How the names of files begin that are written beside documents on another disk.
const BESIDE: &str = ".setpoint-";

/// What has been begun with files.
const INTENTS: &str = "CREATE TABLE IF NOT EXISTS setpoint_intents (family TEXT NOT NULL, key TEXT NOT NULL, \
                       entry INTEGER NOT NULL, version INTEGER NOT NULL, document BLOB NOT NULL, complement TEXT NOT NULL, \
                       PRIMARY KEY (family, key)) WITHOUT ROWID";

/// The version of what is to be no more.
const REMOVED: u32 = 0;

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

/// What the journal knows of a file.
#[derive(PartialEq)]
struct Known {
    /// Its version, and what is kept beside it.
    kept: Option<(i64, String)>,
    /// The same once a change that was begun is done, and the text that it has then.
    begun: Option<(i64, String, Vec<u8>)>,
}

/// What became of a file.
enum Noted<'n> {
    /// It has this version now, and this is kept for the way back.
    Changed(u32, &'n str),
    /// It is there no more, and nothing is kept.
    Gone,
    /// It is what it was.
    Unchanged,
    /// That is not known: somebody has written it since. What somebody else wrote before and is there no more.
    Unknown(Option<&'n [u8]>),
}

impl<'n> Noted<'n> {
    /// Of a file that was to be removed.
    fn of_removed(fate: &'n Fate) -> Self {
        match fate {
            Fate::Replaced => Self::Gone,
            Fate::Left => Self::Unchanged,
            Fate::Unknown(theirs) => Self::Unknown(theirs.as_deref()),
        }
    }
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

    /// Whether a file of that name, which is not there yet, would be one of the documents.
    fn governs(&self, name: &str) -> bool;

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
        let folder = own_folder(&root).map_err(unreachable)?;
        let pool = sqlite::open(&folder.join("journal.db"), true, &place).await?;
        let owner = root.display().to_string();
        let journal = Journal::open(pool, settings, &place, Some((&owner, adopt))).await?;
        journal.of(sqlx::query(AssertSqlSafe(INTENTS)).execute(&journal.pool).await)?;
        let store = Self { root, tree, journal, scratch: None };
        fs::create_dir_all(store.root.join(FOLDER).join(UNFINISHED)).map_err(unreachable)?;
        // While somebody is at work, what is begun is theirs.
        if store.is_unsettled().await? {
            match store.lock("settling").await {
                Ok(_) | Err(StoreError::Busy { .. }) => {}
                Err(error) => return Err(error),
            }
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

    /// Decides about everything that was begun and not noted as done, by whoever holds the lock, and removes files that nobody
    /// needs any more.
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
            let fate = match version {
                REMOVED => replacing::fate_of_removed(&path, &beside, &was),
                _ => replacing::fate(&path, &beside, &was, &new),
            };
            let fate = fate.map_err(|error| self.failed(&key, &error))?;
            let noted = match &fate {
                _ if version == REMOVED => Noted::of_removed(&fate),
                Fate::Replaced => Noted::Changed(version, &complement),
                Fate::Left => Noted::Unchanged,
                Fate::Unknown(theirs) => Noted::Unknown(theirs.as_deref()),
            };
            self.note(&key, entry, noted).await?;
            let _ = fs::remove_file(beside);
        }
        self.sweep().await
    }

    /// Removes files that were left when a process died after it had noted what became of them. Those of other families that are
    /// at work have an entry of what was begun.
    async fn sweep(&self) -> Result<(), StoreError> {
        let failed = |error: io::Error| StoreError::Failed { place: self.place(), reason: plain(&error) };
        let folder = self.root.join(FOLDER).join(UNFINISHED);
        let found: Vec<fs::DirEntry> = fs::read_dir(folder).and_then(Iterator::collect).map_err(failed)?;
        if found.is_empty() {
            return Ok(());
        }
        let query = sqlx::query_scalar("SELECT entry FROM setpoint_intents").fetch_all(&self.journal.pool);
        let begun: Vec<i64> = self.journal.of(query.await)?;
        for file in found {
            let entry = file.file_name().to_str().and_then(|name| name.parse().ok());
            if entry.is_none_or(|entry| !begun.contains(&entry)) {
                let _ = fs::remove_file(file.path());
            }
        }
        Ok(())
    }

    /// Notes what became of a file.
    async fn note(&self, key: &str, entry: i64, noted: Noted<'_>) -> Result<(), StoreError> {
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        match noted {
            Noted::Changed(version, complement) => {
                journal.of(journal.keep(&mut *transaction, key, version, complement).await)?;
            }
            Noted::Gone => journal.of(journal.leave(&mut transaction, key, 0, "").await)?,
            Noted::Unchanged => {
                let query = sqlx::query("DELETE FROM setpoint_journal WHERE id = ?").bind(entry);
                journal.of(query.execute(&mut *transaction).await)?;
            }
            // What it was stays in the journal, and what somebody else wrote comes beside it.
            Noted::Unknown(None) => {}
            Noted::Unknown(Some(theirs)) => {
                let query = sqlx::query(
                    "INSERT INTO setpoint_journal (run, family, key, from_version, to_version, document, complement) \
                     SELECT run, family, key, from_version, to_version, ?, '' FROM setpoint_journal WHERE id = ?",
                );
                journal.of(query.bind(theirs).bind(entry).execute(&mut *transaction).await)?;
            }
        }
        let query = sqlx::query("DELETE FROM setpoint_intents WHERE family = ? AND key = ?");
        journal.of(query.bind(journal.family()).bind(key).execute(&mut *transaction).await)?;
        journal.of(transaction.commit().await)
    }

    async fn intend(&self, run: i64, changes: &[Change], by: Option<&str>) -> Result<Vec<i64>, StoreError> {
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        let mut entries = Vec::new();
        for change in changes {
            let entry = journal.of(journal.enter(&mut transaction, run, change, by).await)?;
            let Change { row, version, document, complement } = change;
            let becomes = (document.as_bytes(), &*row::kept(complement));
            self.begin_change(&mut transaction, entry, (&row.key, *version), becomes).await?;
            entries.push(entry);
        }
        journal.of(transaction.commit().await)?;
        Ok(entries)
    }

    /// Notes that a file is going to have a version and a text, with what is kept beside it: should the process die, the next one knows.
    async fn begin_change(
        &self,
        transaction: &mut SqliteConnection,
        entry: i64,
        (key, version): (&str, u32),
        (document, complement): (&[u8], &str),
    ) -> Result<(), StoreError> {
        let query = sqlx::query("INSERT INTO setpoint_intents VALUES (?, ?, ?, ?, ?, ?)")
            .bind(self.journal.family())
            .bind(key)
            .bind(entry)
            .bind(i64::from(version))
            .bind(document)
            .bind(complement);
        self.journal.of(query.execute(transaction).await).map(drop)
    }

    /// What the journal knows of a file: the version and the complement, and those of a change that was begun, with its new text.
    async fn known(&self, name: &str) -> Result<Known, StoreError> {
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin().await)?;
        let kept = journal.of(journal.kept(&mut *transaction, name).await)?;
        let query = "SELECT version, complement, document FROM setpoint_intents WHERE family = ? AND key = ?";
        let query = sqlx::query_as(query).bind(journal.family()).bind(name);
        let begun = journal.of(query.fetch_optional(&mut *transaction).await)?;
        journal.of(transaction.commit().await)?;
        Ok(Known { kept, begun })
    }

    /// A file and what the journal knows of it, as they were at one instant; `None` when it is gone.
    async fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Option<(i64, String)>)>, StoreError> {
        let mut before = self.known(name).await?;
        loop {
            let document = match fs::read(self.root.join(name)) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(self.failed(name, &error)),
            };
            let after = self.known(name).await?;
            if before == after {
                // A change that was begun may have come as far as the file, and no further.
                let begun = after.begun.filter(|(version, _, new)| *version > 0 && *new == document);
                let kept = begun.map(|(version, complement, _)| (version, complement)).or(after.kept);
                return Ok(Some((document, kept)));
            }
            before = after;
        }
    }

    /// A file as a row; `None` when it is gone.
    async fn row(&self, name: &str) -> Result<Option<Row>, StoreError> {
        let Some((document, kept)) = self.read(name).await? else { return Ok(None) };
        let (declared, document) = self.declared(name, document).await?;
        let version = match (declared, self.tree.assumed(), &kept) {
            (Some(version), ..) => Some(version),
            (None, Some(_), Some((version, _))) => u32::try_from(*version).ok(),
            (None, assumed, _) => assumed,
        };
        let complement =
            kept.map_or_else(Default::default, |(left_for, text)| row::known(Some(&text), Some(left_for), version));
        Ok(Some(Row {
            key: name.to_owned(),
            format: Format::of_file(name).unwrap_or(Format::Json),
            layout: true,
            document,
            version,
            complement,
            token: String::new(),
        }))
    }

    /// The version that a document declares, and the document. To read a large one takes a while, which others are not kept waiting for.
    async fn declared(&self, name: &str, document: Vec<u8>) -> Result<(Option<u32>, Vec<u8>), StoreError> {
        if document.len() <= QUICK {
            return Ok((self.tree.declared(name, &document), document));
        }
        let (tree, own) = (Arc::clone(&self.tree), name.to_owned());
        let reading = tokio::task::spawn_blocking(move || (tree.declared(&own, &document), document));
        reading.await.map_err(|error| self.failed(name, &io::Error::other(error)))
    }

    /// The names of the documents. One file that has several names, because some are links to it, is one document.
    fn names(&self) -> Result<Vec<String>, StoreError> {
        let failed = |error| StoreError::Failed { place: self.place(), reason: plain(&error) };
        let mut names = self.tree.names(&self.root).map_err(failed)?;
        names.retain(|name| !name.rsplit('/').next().is_some_and(|last| last.starts_with(BESIDE)));
        names.sort();
        for name in names.iter().filter(|name| name.contains('\u{fffd}')) {
            if self.root.join(name).symlink_metadata().is_err() {
                let reason = format!("`{name}`: its name is not UTF-8, so it cannot be changed; rename it");
                return Err(StoreError::Failed { place: self.place(), reason });
            }
        }
        let is_link = |name: &String| fs::symlink_metadata(self.root.join(name)).is_ok_and(|file| file.is_symlink());
        let (links, files): (Vec<String>, Vec<String>) = names.into_iter().partition(is_link);
        if links.is_empty() {
            return Ok(files);
        }
        let place = |name: &String| self.root.join(name).canonicalize().unwrap_or_else(|_| self.root.join(name));
        let mut places: BTreeSet<PathBuf> = files.iter().map(place).collect();
        let mut names = files;
        names.extend(links.into_iter().filter(|name| places.insert(place(name))));
        names.sort();
        Ok(names)
    }

    /// Replaces the text of a file if it still is what was read; whether it was.
    fn replace(&self, name: &str, entry: i64, known: &[u8], text: &[u8]) -> Result<bool, Failure> {
        let path = match self.root.join(name).canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            path => path.map_err(Failure::Before)?,
        };
        replacing::replace(&path, &self.beside(&path, entry), known, text)
    }

    /// Changes files that still are as they were read; `by` is who does it when it is no run.
    async fn swap_by(&self, run: i64, changes: &[Change], by: Option<&str>) -> Result<Vec<String>, StoreError> {
        let entries = self.intend(run, changes, by).await?;
        let mut swapped = Vec::new();
        for (change, entry) in changes.iter().zip(entries) {
            let key = &change.row.key;
            let replaced = self.replace(key, entry, &change.row.document, change.document.as_bytes());
            let complement = row::kept(&change.complement);
            let noted = match &replaced {
                Ok(true) => Noted::Changed(change.version, &complement),
                Ok(false) | Err(Failure::Before(_)) => Noted::Unchanged,
                // What is beside it decides, when things work again.
                Err(Failure::After(error)) => return Err(self.failed(key, error)),
            };
            self.note(key, entry, noted).await?;
            let path = self.root.join(key);
            let _ = fs::remove_file(self.beside(&path.canonicalize().unwrap_or(path), entry));
            match replaced {
                Ok(true) => swapped.push(key.clone()),
                Ok(false) => {}
                Err(failure) => return Err(self.failed(key, &failure.into())),
            }
        }
        Ok(swapped)
    }

    /// Where the other text of a file is while it is replaced: not among the documents, unless these are on another disk.
    fn beside(&self, path: &Path, entry: i64) -> PathBuf {
        let own = self.root.join(FOLDER).join(UNFINISHED);
        match path.parent() {
            Some(folder) if !is_same_disk(&own, folder) => folder.join(format!("{BESIDE}{entry}")),
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

    async fn get(&self, key: &str) -> Result<Option<Row>, StoreError> {
        if !self.names()?.iter().any(|name| name == key) {
            return Ok(None);
        }
        self.row(key).await
    }

    async fn list(&self, search: &Search) -> Result<Vec<Listed>, StoreError> {
        let contains = search.contains.as_ref().map(|text| text.to_lowercase());
        let mut listed = Vec::new();
        for name in self.names()? {
            let wanted = contains.as_ref().is_none_or(|text| name.to_lowercase().contains(text));
            if !wanted || search.after.as_ref().is_some_and(|after| name <= *after) {
                continue;
            }
            if listed.len() == search.most {
                break;
            }
            listed.extend(self.row(&name).await?.map(|row| Listed { key: row.key, version: row.version }));
        }
        Ok(listed)
    }

    fn format(&self, key: &str) -> Option<Format> {
        Some(Format::of_file(key).unwrap_or(Format::Json))
    }

    async fn write(&self, write: &Write) -> Result<Option<Vec<u8>>, StoreError> {
        self.write_one(write).await
    }

    async fn swap(&self, run: i64, changes: &[Change]) -> Result<Vec<String>, StoreError> {
        self.swap_by(run, changes, None).await
    }

    async fn lock(&self, command: &str) -> Result<Guard, StoreError> {
        let guard = lock::take(&self.lock_file(), command, &self.place()).await?;
        // Whoever had it before may have died in the middle of something.
        if self.is_unsettled().await? {
            self.settle().await?;
        }
        Ok(guard)
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
        let failed = |error: io::Error| StoreError::Failed { place: self.place(), reason: plain(&error) };
        let folder = tempfile::tempdir().map_err(failed)?;
        let mut names = Vec::new();
        for name in self.names()? {
            let Some(row) = self.row(&name).await?.filter(|row| row.version == Some(version)) else { continue };
            let target = folder.path().join(&name);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            fs::write(&target, row.document).map_err(|error| self.failed(&name, &error))?;
            names.push(name);
        }
        let copy = Self::open(folder.path(), self.journal.family(), Arc::clone(&self.tree), false).await?;
        for name in names {
            let kept = self.journal.of(self.journal.kept(&self.journal.pool, &name).await)?;
            if let Some((version, complement)) = kept {
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

/// The folder of a project that Setpoint keeps its own things in, made when it is not there. Only its owner can look into it: texts of
/// documents are in it.
///
/// # Errors
/// When it cannot be made.
pub fn own_folder(root: &Path) -> io::Result<PathBuf> {
    let folder = root.join(FOLDER);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        // What is kept there belongs to this working tree.
        fs::write(&ignore, "*\n")?;
    }
    Ok(folder)
}

/// Whether files of the two folders can change places: they are on one disk, and reached in one way.
#[cfg(target_os = "linux")]
fn is_same_disk(left: &Path, right: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let disk = |path: &Path| {
        let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
        Some((found.stx_dev_major, found.stx_dev_minor, found.stx_mnt_id))
    };
    disk(left).is_some() && disk(left) == disk(right)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_same_disk(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    disk(left).is_some() && disk(left) == disk(right)
}

#[cfg(not(unix))]
fn is_same_disk(left: &Path, _: &Path) -> bool {
    left.is_dir()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::journal::Kind;
    use crate::row::Text;

    /// All files of one folder, none of which declares a version.
    struct Folder;

    impl Tree for Folder {
        fn names(&self, root: &Path) -> io::Result<Vec<String>> {
            let files = fs::read_dir(root)?.filter_map(Result::ok).filter(|entry| entry.path().is_file());
            Ok(files.filter_map(|entry| entry.file_name().into_string().ok()).collect())
        }

        fn governs(&self, name: &str) -> bool {
            !name.contains('/')
        }

        fn declared(&self, _: &str, _: &[u8]) -> Option<u32> {
            None
        }

        fn assumed(&self) -> Option<u32> {
            Some(1)
        }
    }

    fn run() -> NewRun {
        NewRun {
            kind: Kind::Apply,
            migration: "0002-new".to_owned(),
            from: 1,
            to: 2,
            by: "a test".to_owned(),
            bundle: String::new(),
            rehearsal: String::new(),
            owner: String::new(),
            expected: String::new(),
            total: 1,
        }
    }

    #[tokio::test]
    async fn whoever_gets_the_lock_settles_what_the_one_before_has_left() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            fs::write(folder.path().join(name), "old").unwrap();
        }
        let open = || Files::open(folder.path(), "app", Arc::new(Folder), false);
        let (first, second) = (open().await.unwrap(), open().await.unwrap());
        let guard = first.lock("apply").await.unwrap();
        let number = first.begin(&run()).await.unwrap();
        let mut changes = Vec::new();
        for row in first.page(&[1], None, 10).await.unwrap() {
            changes.push(Change { row, version: 2, document: "new".to_owned(), complement: Default::default() });
        }
        let entries = first.intend(number, &changes, None).await.unwrap();
        // One file was replaced and the other was not when the process died.
        assert!(first.replace("a", entries[0], b"old", b"new").unwrap());
        drop(guard);
        // It was opened before that, and looks again once it has the lock.
        let _guard = second.lock("rollback").await.unwrap();
        assert_eq!(second.counts().await.unwrap(), Counts::from([(Some(1), 1), (Some(2), 1)]));
        assert_eq!(second.row("a").await.unwrap().unwrap().version, Some(2));
        assert_eq!(second.entries("a", Which::ALL).await.unwrap().len(), 1);
        assert_eq!(second.entries("b", Which::ALL).await.unwrap(), []);
        let unfinished = fs::read_dir(folder.path().join(FOLDER).join(UNFINISHED)).unwrap();
        assert_eq!(unfinished.count(), 0);
    }

    #[tokio::test]
    async fn a_file_whose_making_was_cut_short_is_settled_by_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Files::open(folder.path(), "app", Arc::new(Folder), false);
        // Nothing was written yet; half of it was; it was made, and what it was made of is still there; it was made.
        for (name, beside, made, is_there) in [
            ("a", None, false, false),
            ("b", Some("n"), false, false),
            ("c", Some("new"), true, true),
            ("d", None, true, true),
        ] {
            let path = folder.path().join(name);
            let first = open().await.unwrap();
            let text = Text { version: 2, document: "new".to_owned(), complement: Default::default() };
            let write = Write { key: name.to_owned(), was: None, becomes: Some(text), by: "ada".to_owned() };
            let mut transaction = first.journal.pool.begin().await.unwrap();
            let entry = first.journal.note_former(&mut transaction, &write).await.unwrap();
            first.begin_change(&mut transaction, entry, (name, 2), (b"new", "")).await.unwrap();
            transaction.commit().await.unwrap();
            if let Some(text) = beside {
                fs::write(first.beside(&path, entry), text).unwrap();
            }
            if made {
                fs::write(&path, "new").unwrap();
            }
            drop(first);
            let second = open().await.unwrap();
            let row = second.row(name).await.unwrap();
            assert_eq!(row.map(|row| row.version), is_there.then_some(Some(2)), "{name}");
            assert_eq!(second.entries(name, Which::ALL).await.unwrap().len(), usize::from(is_there), "{name}");
            assert!(!second.is_unsettled().await.unwrap());
            let unfinished = fs::read_dir(folder.path().join(FOLDER).join(UNFINISHED)).unwrap();
            assert_eq!(unfinished.count(), 0);
        }
    }

    #[tokio::test]
    async fn a_removal_that_was_cut_short_is_settled_by_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Files::open(folder.path(), "app", Arc::new(Folder), false);
        // Nothing was moved yet; it was moved; it was moved, and was what somebody else had just written.
        for (name, moved, is_there) in [("a", None, true), ("b", Some("old"), false), ("c", Some("theirs"), true)] {
            let path = folder.path().join(name);
            fs::write(&path, "old").unwrap();
            let first = open().await.unwrap();
            let was = first.row(name).await.unwrap();
            let write = Write { key: name.to_owned(), was, becomes: None, by: "ada".to_owned() };
            let mut transaction = first.journal.pool.begin().await.unwrap();
            let entry = first.journal.note_former(&mut transaction, &write).await.unwrap();
            first.begin_change(&mut transaction, entry, (name, REMOVED), (b"", "")).await.unwrap();
            transaction.commit().await.unwrap();
            if let Some(text) = moved {
                fs::remove_file(&path).unwrap();
                fs::write(first.beside(&path, entry), text).unwrap();
            }
            // Until then it is read as what it is.
            assert_eq!(first.row(name).await.unwrap().is_some(), moved.is_none());
            drop(first);
            let second = open().await.unwrap();
            assert_eq!(path.exists(), is_there, "{name}");
            let entries = second.entries(name, Which::ALL).await.unwrap();
            // The history says that it was removed when it was.
            assert_eq!(entries.len(), usize::from(!is_there), "{name}");
            if moved == Some("theirs") {
                assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
            }
            assert!(!second.is_unsettled().await.unwrap());
            let unfinished = fs::read_dir(folder.path().join(FOLDER).join(UNFINISHED)).unwrap();
            assert_eq!(unfinished.count(), 0);
        }
    }
}
