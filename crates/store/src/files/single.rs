//! Writing one file: under the lock of the family, because whoever has it settles what others have begun.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::replacing::{Failure, Fate};
use super::{BESIDE, FOLDER, Files, Noted, REMOVED, UNFINISHED, is_same_disk, replacing};
use crate::error::StoreError;
use crate::row::{self, Change, Row, Text, Write};
use crate::store::{Guard, Store as _};

/// How long the write of one document waits for others.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks at whether they are done.
const PAUSE: Duration = Duration::from_millis(5);

impl Files {
    /// Makes, changes or removes a file.
    pub(super) async fn write_one(&self, write: &Write) -> Result<Option<Vec<u8>>, StoreError> {
        let _guard = self.lock_soon("a write").await?;
        let written = match (&write.was, &write.becomes) {
            (Some(row), becomes) => {
                // What is kept beside the document is part of what it was.
                if self.get(&write.key).await?.as_ref() != Some(row) {
                    return Ok(None);
                }
                match becomes {
                    Some(text) => self.overwrite(row, text, &write.by).await?,
                    None => self.remove(write, row).await?,
                }
            }
            (None, Some(text)) => self.make(write, text).await?,
            (None, None) => true,
        };
        Ok(written.then(|| write.text()))
    }

    /// Takes the lock, and waits a little for others who write one document.
    async fn lock_soon(&self, command: &str) -> Result<Guard, StoreError> {
        let begun = Instant::now();
        loop {
            match self.lock(command).await {
                Err(StoreError::Busy { .. }) if begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
                locked => return locked,
            }
        }
    }

    /// Replaces the text of a file that is there, as a run does.
    async fn overwrite(&self, row: &Row, text: &Text, by: &str) -> Result<bool, StoreError> {
        let Text { version, document, complement } = text.clone();
        let change = Change { row: row.clone(), version, document, complement };
        // With its intent, so that a crash in between is settled.
        let swapped = self.swap_by(0, std::slice::from_ref(&change), Some(by)).await?;
        Ok(!swapped.is_empty())
    }

    /// Makes a file, with its intent, so that a crash in between is settled.
    async fn make(&self, write: &Write, text: &Text) -> Result<bool, StoreError> {
        let key = &write.key;
        let refused = |reason: String| StoreError::Refused { place: self.place(), reason };
        if !is_plain(key) || !self.tree.governs(key) {
            let family = self.journal.family();
            return Err(refused(format!("no pattern of the documents of `{family}` takes a file `{key}`")));
        }
        let path = self.root.join(key);
        let parent = path.parent().unwrap_or(&self.root);
        // Neither out of the project by a link, nor to where nobody would look for documents.
        let nearest = nearest_folder(parent);
        if nearest.canonicalize().ok().as_deref() != Some(nearest.as_path()) {
            return Err(refused(format!("a folder of `{key}` is a link")));
        }
        if path.symlink_metadata().is_ok() && !self.names()?.contains(key) {
            return Err(refused(format!("there is something at `{key}` that is no document")));
        }
        let journal = &self.journal;
        let complement = row::kept(&text.complement);
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        let entry = journal.of(journal.note_former(&mut transaction, write).await)?;
        let becomes = (text.document.as_bytes(), complement.as_str());
        self.begin_change(&mut transaction, entry, (key, text.version), becomes).await?;
        journal.of(transaction.commit().await)?;
        let own = self.root.join(FOLDER).join(UNFINISHED);
        let beside = match is_same_disk(&own, &nearest) {
            true => own.join(entry.to_string()),
            false => nearest.join(format!("{BESIDE}{entry}")),
        };
        // After an error, what is there decides, when things work again.
        let made = replacing::make(&path, &beside, text.document.as_bytes());
        if !made.map_err(|error| self.failed(key, &error))? {
            self.note(key, entry, Noted::Unchanged).await?;
            return Ok(false);
        }
        if !self.names()?.contains(key) {
            fs::remove_file(&path).map_err(|error| self.failed(key, &error))?;
            self.note(key, entry, Noted::Unchanged).await?;
            return Err(refused(format!("`{key}` is in a folder that is not looked into for documents")));
        }
        self.note(key, entry, Noted::Changed(text.version, &complement)).await?;
        Ok(true)
    }

    /// Removes a file. What it was is in the journal before it goes, and what is kept beside it stays until it has gone.
    async fn remove(&self, write: &Write, row: &Row) -> Result<bool, StoreError> {
        let key = &write.key;
        let path = self.root.join(key);
        let is_link = path.symlink_metadata().is_ok_and(|file| file.is_symlink());
        if is_link {
            let reason = format!("`{key}` is a link; remove it by hand");
            return Err(StoreError::Refused { place: self.place(), reason });
        }
        let journal = &self.journal;
        let mut transaction = journal.of(journal.pool.begin_with("BEGIN IMMEDIATE").await)?;
        let entry = journal.of(journal.note_former(&mut transaction, write).await)?;
        self.begin_change(&mut transaction, entry, (key, REMOVED), (b"", "")).await?;
        journal.of(transaction.commit().await)?;
        let beside = self.beside(&path, entry);
        let fate = match replacing::remove(&path, &beside, &row.document) {
            Ok(fate) => fate,
            Err(Failure::Before(error)) => {
                self.note(key, entry, Noted::Unchanged).await?;
                return Err(self.failed(key, &error));
            }
            // What is beside its place decides, when things work again.
            Err(Failure::After(error)) => return Err(self.failed(key, &error)),
        };
        self.note(key, entry, Noted::of_removed(&fate)).await?;
        let _ = fs::remove_file(beside);
        Ok(fate == Fate::Replaced)
    }
}

/// Whether a name goes down from the root and nowhere else.
fn is_plain(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with(BESIDE) && !matches!(part, "." | ".." | FOLDER);
    name.split('/').all(part) && !name.contains(['\\', '\0'])
}

/// The folder itself, or the nearest above it that is there.
fn nearest_folder(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(folder).to_path_buf()
}
