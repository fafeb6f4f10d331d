//! Reading and writing documents through the gate.
//!
//! A reader gets the version it asks for, whatever is stored: the document is converted on the way out, with what was kept for it. A
//! writer may write any version: what it writes is checked at that version, and then taken to the one that is stored, with what *that*
//! version has and the writer's has no place for. (The `put` of a symmetric lens; Hofmann, Pierce, Wagner, POPL 2011.) So the version
//! of a stored document changes by `apply` and `rollback` alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;
use setpoint_core::call::{CheckCall, Complement, ConvertCall, GateDocument, MergeCall};
use setpoint_core::finding::RetryWhen;
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_core::source::Format;
use setpoint_project::Family;
use setpoint_store::{Entry, Parts, Row, Store, StoreError, Text, Which, Write};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument as _;

use crate::body::{media_type, unsupported};
use crate::checks;
use crate::problem::{Comparison, Problem};
use crate::served::Served;
use crate::work;

/// Times that a write is tried when somebody else writes at the same instant.
const TRIES: usize = 5;

/// Entries of the journal that are looked through for what a change began with.
const RECENT: usize = 50;

/// How long a store may take.
const STORE_IN: Duration = Duration::from_secs(10);

/// The documents of a family.
pub struct Documents<'s> {
    pub served: &'s Served,
    pub family: &'s Family,
    pub store: Arc<dyn Store>,
    /// A place at the store, so that one that does not answer keeps only those waiting that need it.
    _place: OwnedSemaphorePermit,
}

/// A document as a reader sees it.
pub struct Seen {
    pub text: String,
    pub format: Format,
    pub version: u32,
    /// The version that is stored.
    pub stored: u32,
    pub etag: String,
}

/// What a change is based on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing is said.
    Unsaid,
    /// There is no such document.
    Nothing,
    /// There is one, whatever it is.
    Anything,
    /// It is one of these.
    Tags(Vec<String>),
}

/// A change that somebody asks for.
pub struct Wanted {
    pub key: String,
    /// The version of the text; otherwise the one that is stored.
    pub version: Option<u32>,
    pub format: Format,
    pub text: Vec<u8>,
    pub base: Base,
    /// What is kept beside the text; otherwise what is kept beside the document that it changes.
    pub complement: Option<Complement>,
    pub by: String,
}

/// What became of a change.
pub struct Changed {
    /// The state of the document now.
    pub etag: String,
    pub version: u32,
    /// Whether it was not there before.
    pub is_new: bool,
    /// What is said of it all the same: warnings.
    pub report: DocumentReport,
}

/// A change that the gate takes, before it is made.
struct Prepared {
    stored: u32,
    version: u32,
    /// At the stored version.
    document: String,
    complement: Complement,
    report: DocumentReport,
    /// What readers get, by their version.
    readable: BTreeMap<u32, String>,
}

/// What a change would do.
#[derive(Serialize)]
pub struct Preview {
    /// The version of the text that was sent.
    pub version: u32,
    /// The version that is stored.
    pub stored: u32,
    /// What is said of it all the same: warnings.
    pub report: DocumentReport,
    /// What is seen of it: as it was sent, as it is stored, and as each running reader gets it.
    pub views: Vec<View>,
}

/// A document as a version has it, before a change and after it.
#[derive(Serialize)]
pub struct View {
    pub version: u32,
    /// The services that read this version.
    pub readers: Vec<String>,
    /// Absent when the document is a new one, or could not be read at this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    pub after: String,
}

/// The name of a state of a document: what is kept beside it is part of it, because other versions have it.
fn state(version: u32, text: &[u8], complement: &Complement) -> String {
    let kept = serde_json::to_vec(complement).unwrap_or_default();
    let mut digest = Parts::default();
    for part in [&version.to_be_bytes()[..], text, &kept] {
        digest.add(part);
    }
    let mut name = digest.finish();
    // Half of it tells states apart.
    name.truncate(32);
    name
}

/// The state that an `ETag` names, at whatever version it was read.
fn state_of(tag: &str) -> &str {
    tag.trim_matches('"').split('.').next().unwrap_or_default()
}

impl<'s> Documents<'s> {
    /// Opens the store of a family.
    pub async fn of(served: &'s Served, family: &str) -> Result<Self, Problem> {
        let family = served.family(family)?;
        let (store, place) = served.store(family).await?;
        Ok(Self { served, family, store, _place: place })
    }

    /// The `ETag` of a state as it is seen at a version. Two versions of one state are two representations, and another bundle may
    /// convert otherwise.
    fn etag(&self, state: &str, version: u32) -> String {
        let bundle: String = self.served.given.digest.trim_start_matches("sha256:").chars().take(8).collect();
        format!("\"{state}.{version}.{bundle}\"")
    }

    fn nothing(&self, key: &str) -> Problem {
        let message = format!("`{}` has no document `{}`", self.family.name, key.escape_debug());
        Problem::nothing(message, "a key that `GET …/documents` lists")
    }

    async fn row(&self, key: &str) -> Result<Row, Problem> {
        timely(self.store.get(key)).await?.ok_or_else(|| self.nothing(key))
    }

    /// The version that a row has.
    fn stored(&self, row: &Row) -> Result<u32, Problem> {
        row.version.ok_or_else(|| {
            let message = format!("`{}` has no version", row.key);
            let expected =
                "a whole number in the column of the version, or at the place where documents declare theirs";
            let check = &setpoint_store::checks::VERSION_MISSING;
            Problem::new(StatusCode::CONFLICT, check, message, expected, RetryWhen::AfterEdit)
        })
    }

    /// A document at a version; as it is stored when none is asked for.
    pub async fn read(&self, key: &str, version: Option<u32>) -> Result<Seen, Problem> {
        let row = self.row(key).await?;
        let stored = self.stored(&row)?;
        let version = match version {
            Some(version) => self.served.version(&self.family.name, version)?,
            None => stored,
        };
        let state = state(stored, &row.document, &row.complement);
        let format = row.format;
        let text = self.seen(row, stored, version).await?.0;
        Ok(Seen { text, format, version, stored, etag: self.etag(&state, version) })
    }

    /// The text of a row at a version, and what that leaves.
    async fn seen(&self, row: Row, stored: u32, version: u32) -> Result<(String, Complement), Problem> {
        if stored == version {
            return Ok((String::from_utf8_lossy(&row.document).into_owned(), row.complement));
        }
        let part = Part { text: row.document, format: row.format, layout: row.layout, complement: row.complement };
        self.converted(row.key, part, (stored, version)).await
    }

    async fn converted(
        &self,
        key: String,
        part: Part,
        (from, to): (u32, u32),
    ) -> Result<(String, Complement), Problem> {
        let Part { text, format, layout, complement } = part;
        let call = ConvertCall {
            file: key,
            settings: Some(self.family.name.clone()),
            from: Some(from),
            to,
            format: Some(format),
            complement,
            losses: false,
            compact: !layout,
        };
        let answer = work::run(&self.served.policy, text.len(), move |policy| policy.convert(&call, &text)).await?;
        match answer.document {
            Some(document) if answer.report.verdict == Verdict::Pass => Ok((document, answer.complement)),
            _ => Err(Problem::of_report(answer.report)),
        }
    }

    /// Changes a document, or makes it.
    pub async fn write(&self, wanted: &Wanted) -> Result<Changed, Problem> {
        for _ in 0..TRIES {
            if let Some(changed) = self.try_to_write(wanted).await? {
                return Ok(changed);
            }
        }
        Err(Problem::overloaded("others write the document all the time").after(1))
    }

    /// Nothing when somebody else has written it at the same instant.
    async fn try_to_write(&self, wanted: &Wanted) -> Result<Option<Changed>, Problem> {
        let row = timely(self.store.get(&wanted.key)).await?;
        self.admit(wanted, row.as_ref()).await?;
        let Prepared { stored, version, document, complement, report, .. } =
            self.prepared(wanted, row.as_ref()).await?;
        let is_new = row.is_none();
        let is_same =
            row.as_ref().is_some_and(|row| row.document == document.as_bytes() && row.complement == complement);
        // As the row has it: one key may have many spellings.
        let key = row.as_ref().map_or_else(|| wanted.key.clone(), |row| row.key.clone());
        let text = if is_same {
            document.into_bytes()
        } else {
            let becomes = Some(Text { version: stored, document, complement: complement.clone() });
            let write = Write { key, was: row, becomes, by: wanted.by.clone() };
            match self.put(write).await? {
                Some(text) => text,
                None => return Ok(None),
            }
        };
        let etag = self.etag(&state(stored, &text, &complement), version);
        Ok(Some(Changed { etag, version, is_new, report }))
    }

    /// What a change comes to: what would be stored, and what each reader would see. An error when the gate refuses it.
    async fn prepared(&self, wanted: &Wanted, row: Option<&Row>) -> Result<Prepared, Problem> {
        let stored = match row {
            Some(row) => self.stored(row)?,
            None => self.served.current(self.family),
        };
        let version = match self.declared(wanted).await?.or(wanted.version) {
            Some(version) => self.served.version(&self.family.name, version)?,
            None => stored,
        };
        // What the document is at the version of the writer, and what that leaves out.
        let (before, complement) = match row {
            Some(row) => {
                let (text, complement) = self.seen((*row).clone(), stored, version).await?;
                (Some(text), complement)
            }
            None => (None, Complement::default()),
        };
        let report = self.checked(wanted, (version, &wanted.text), before).await?;
        let layout = row.is_none_or(|row| row.layout);
        let complement = wanted.complement.clone().unwrap_or(complement);
        let (document, complement) = if version == stored {
            (self.utf8(wanted)?, complement)
        } else {
            let part = Part { text: wanted.text.clone(), format: wanted.format, layout, complement };
            let (document, complement) = self.converted(wanted.key.clone(), part, (version, stored)).await?;
            // Rules about changes may be those of the stored version alone.
            let former = row.map(|row| String::from_utf8_lossy(&row.document).into_owned());
            let checked = self.checked(wanted, (stored, document.as_bytes()), former).await;
            checked.map_err(|problem| problem.at_version(stored))?;
            (document, complement)
        };
        let readable = self.readable(wanted, (&document, layout, &complement), (stored, version)).await?;
        Ok(Prepared { stored, version, document, complement, report, readable })
    }

    /// What a change would do, for everybody who reads the document. Nothing is written.
    pub async fn preview(&self, wanted: &Wanted) -> Result<Preview, Problem> {
        let row = timely(self.store.get(&wanted.key)).await?;
        match wanted.base {
            Base::Unsaid => {
                self.fits(wanted, row.as_ref().map_or_else(|| self.store.format(&wanted.key), |row| Some(row.format)))?
            }
            _ => self.admit(wanted, row.as_ref()).await?,
        }
        let prepared = self.prepared(wanted, row.as_ref()).await?;
        let Prepared { stored, version, document, report, readable, .. } = prepared;
        let mut after = readable;
        after.insert(version, self.utf8(wanted)?);
        after.insert(stored, document);
        let mut views = Vec::new();
        for (at, after) in after {
            let before = match &row {
                // What nobody could read before may be what is mended now.
                Some(row) => self.seen(row.clone(), stored, at).await.ok().map(|(text, _)| text),
                None => None,
            };
            let reads = self.family.readers.iter().filter(|(_, versions)| versions.contains(&at));
            views.push(View { version: at, readers: reads.map(|(name, _)| name.clone()).collect(), before, after });
        }
        Ok(Preview { version, stored, report, views })
    }

    /// Writes, whether somebody still waits for it or not: half of a write is none. Who did what stands in the log, the text does not.
    async fn put(&self, write: Write) -> Result<Option<Vec<u8>>, Problem> {
        let (store, settings) = (Arc::clone(&self.store), self.family.name.clone());
        let writing = async move {
            let written = store.write(&write).await;
            if matches!(written, Ok(Some(_))) {
                let Write { key, was, becomes, by } = &write;
                let from = was.as_ref().and_then(|row| row.version);
                let to = becomes.as_ref().map(|text| text.version);
                tracing::info!(settings, key, by, from, to, "changed");
            }
            written
        };
        let writing = tokio::spawn(writing.in_current_span());
        match tokio::time::timeout(STORE_IN, writing).await {
            Ok(Ok(written)) => Ok(written?),
            Ok(Err(error)) => Err(Problem::internal(&error)),
            Err(_) => Err(late()),
        }
    }

    /// The version that a document declares, where those of the family do. It has to be the one that the request names.
    async fn declared(&self, wanted: &Wanted) -> Result<Option<u32>, Problem> {
        if self.family.version_at.is_none() {
            return Ok(None);
        }
        let call = CheckCall {
            file: wanted.key.clone(),
            settings: Some(self.family.name.clone()),
            format: Some(wanted.format),
            ..CheckCall::default()
        };
        let text = wanted.text.clone();
        let report = work::run(&self.served.policy, text.len(), move |policy| policy.check(&call, &text)).await?;
        match (report.version, wanted.version) {
            (Some(declared), Some(named)) if declared != named => {
                let message =
                    format!("the document declares version {declared}, and the request is about version {named}");
                let expected = format!("`?version={declared}`, or a document of version {named}");
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Err(Problem::new(status, &checks::VERSION_DIFFERS, message, expected, RetryWhen::AfterEdit))
            }
            (declared, _) => Ok(declared),
        }
    }

    fn utf8(&self, wanted: &Wanted) -> Result<String, Problem> {
        // It was checked, so it is.
        String::from_utf8(wanted.text.clone()).map_err(|error| Problem::internal(&error))
    }

    /// An error unless a change says what it is based on, that is still so, and the format fits.
    async fn admit(&self, wanted: &Wanted, row: Option<&Row>) -> Result<(), Problem> {
        let Some(row) = row else {
            return match &wanted.base {
                Base::Unsaid | Base::Nothing => self.fits(wanted, self.store.format(&wanted.key)),
                Base::Anything | Base::Tags(_) => {
                    Err(moved(format!("`{}` is not there any more", wanted.key.escape_debug())))
                }
            };
        };
        let stored = self.stored(row)?;
        let state = state(stored, &row.document, &row.complement);
        match &wanted.base {
            Base::Anything => {}
            Base::Tags(tags) if tags.iter().any(|tag| state_of(tag) == state) => {}
            Base::Unsaid => {
                let message = format!("`{}` is there, and the request does not say what it changes", wanted.key);
                let expected = "`If-Match` with the `ETag` of what was read, or `If-None-Match: *` to make a new one";
                let status = StatusCode::PRECONDITION_REQUIRED;
                let check = &checks::BASE_MISSING;
                return Err(Problem::new(status, check, message, expected, RetryWhen::AfterRefresh));
            }
            Base::Nothing => {
                let message = format!("`{}` is there already", wanted.key);
                let status = StatusCode::PRECONDITION_FAILED;
                let expected = "a key that no document has";
                let check = &checks::ALREADY_THERE;
                return Err(Problem::new(status, check, message, expected, RetryWhen::AfterRefresh));
            }
            Base::Tags(tags) => {
                let problem = moved(format!("`{}` was changed since it was read", wanted.key));
                // Who removes it has no text to compare.
                if wanted.text.is_empty() {
                    return Err(problem);
                }
                return Err(match self.compared(wanted, row.clone(), (stored, &state), tags).await {
                    Some(comparison) => problem.comparing(comparison),
                    None => problem,
                });
            }
        }
        self.fits(wanted, Some(row.format))
    }

    fn fits(&self, wanted: &Wanted, format: Option<Format>) -> Result<(), Problem> {
        match format {
            Some(format) if format != wanted.format => {
                let message = format!("the body is `{}`", media_type(wanted.format));
                Err(unsupported(message, format!("`{}`, as `{}` is", media_type(format), wanted.key)))
            }
            _ => Ok(()),
        }
    }

    /// The three states of a document that was changed by two; nothing when they cannot be put side by side.
    async fn compared(
        &self,
        wanted: &Wanted,
        row: Row,
        (stored, state_now): (u32, &str),
        tags: &[String],
    ) -> Option<Comparison> {
        let version = wanted.version.unwrap_or(stored);
        let format = row.format;
        let known = |entry: &Entry| {
            let state = state(entry.from, &entry.document, &entry.complement);
            tags.iter().any(|tag| state_of(tag) == state)
        };
        let recent = Which { most: RECENT, ..Which::ALL };
        let base = self.store.entries(&row.key, recent).await.ok()?.into_iter().find(known);
        let base = match base {
            Some(entry) => {
                let was = Row { document: entry.document, complement: entry.complement, ..row.clone() };
                self.seen(was, entry.from, version).await.ok().map(|(text, _)| text)
            }
            None => None,
        };
        let (theirs, _) = self.seen(row, stored, version).await.ok()?;
        let call = MergeCall {
            file: wanted.key.clone(),
            settings: Some(self.family.name.clone()),
            format,
            base: base.clone(),
            theirs: theirs.clone(),
            yours: String::from_utf8(wanted.text.clone()).ok()?,
        };
        let size = call.theirs.len() + call.yours.len() + call.base.as_ref().map_or(0, String::len);
        let changes = work::run(&self.served.policy, size, move |policy| policy.merge(&call)).await.ok()?;
        Some(Comparison { version, base, theirs, etag: self.etag(state_now, version), changes })
    }

    /// Checks a change at a version, as a change of what is there.
    async fn checked(
        &self,
        wanted: &Wanted,
        (version, text): (u32, &[u8]),
        before: Option<String>,
    ) -> Result<DocumentReport, Problem> {
        let file = wanted.key.clone();
        let format = Some(wanted.format);
        let size = text.len() + before.as_ref().map_or(0, String::len);
        let before = before.map(|text| GateDocument { file: file.clone(), text, format, version: Some(version) });
        let call = CheckCall {
            file,
            settings: Some(self.family.name.clone()),
            version: Some(version),
            format,
            before,
            no_ratchet: false,
        };
        let text = text.to_vec();
        let report = work::run(&self.served.policy, size, move |policy| policy.check(&call, &text)).await?;
        if report.verdict == Verdict::Pass { Ok(report) } else { Err(Problem::of_report(report)) }
    }

    /// What every running reader gets at the versions that it reads, besides the stored one and the writer's. An error unless it can.
    async fn readable(
        &self,
        wanted: &Wanted,
        (document, layout, complement): (&str, bool, &Complement),
        (stored, version): (u32, u32),
    ) -> Result<BTreeMap<u32, String>, Problem> {
        let mut versions: Vec<u32> = self.family.readers.values().flatten().copied().collect();
        versions.sort_unstable();
        versions.dedup();
        versions.retain(|reads| *reads != stored && *reads != version);
        let mut readable = BTreeMap::new();
        for reads in versions {
            let (text, complement) = (document.as_bytes().to_vec(), complement.clone());
            let part = Part { text, format: wanted.format, layout, complement };
            let converted = self.converted(wanted.key.clone(), part, (stored, reads)).await;
            let own = |problem: Problem| if stored == version { problem } else { problem.at_version(stored) };
            readable.insert(reads, converted.map_err(own)?.0);
        }
        Ok(readable)
    }

    /// Removes a document.
    pub async fn remove(&self, key: &str, base: Base, by: &str) -> Result<(), Problem> {
        for _ in 0..TRIES {
            let row = self.row(key).await?;
            let wanted = Wanted {
                key: key.to_owned(),
                version: None,
                format: row.format,
                text: Vec::new(),
                base: base.clone(),
                complement: None,
                by: by.to_owned(),
            };
            self.admit(&wanted, Some(&row)).await?;
            let write = Write { key: row.key.clone(), was: Some(row), becomes: None, by: by.to_owned() };
            if self.put(write).await?.is_some() {
                return Ok(());
            }
        }
        Err(Problem::overloaded("others write the document all the time").after(1))
    }

    /// The key as the row has it, as it was given when there is none; and the format of the document.
    async fn key(&self, key: &str) -> Result<(String, Option<Format>), Problem> {
        Ok(match timely(self.store.get(key)).await? {
            Some(row) => (row.key, Some(row.format)),
            None => (key.to_owned(), self.store.format(key)),
        })
    }

    /// The changes of a document, newest first, without texts.
    pub async fn changes(&self, key: &str, before: Option<i64>, most: usize) -> Result<Vec<Entry>, Problem> {
        let which = Which { before: before.unwrap_or(i64::MAX), most, texts: false };
        let key_there = self.key(key).await?.0;
        let entries = timely(self.store.entries(&key_there, which)).await?;
        if entries.is_empty() && before.is_none() && timely(self.store.get(key)).await?.is_none() {
            return Err(self.nothing(key));
        }
        Ok(entries)
    }

    /// What a document was before one of them, with the format of its text.
    pub async fn entry(&self, key: &str, id: i64) -> Result<(Entry, Format), Problem> {
        let (known, format) = self.key(key).await?;
        let entries = timely(self.store.entries(&known, Which::one(id))).await?;
        let found = entries.into_iter().find(|entry| entry.id == id && entry.from > 0);
        let entry = found.ok_or_else(|| {
            let message = format!("`{}` was nothing else at entry {id}", key.escape_debug());
            Problem::nothing(message, "the `id` of an entry that `GET …/history` lists, with `from` above 0")
        })?;
        Ok((entry, format.unwrap_or(Format::Json)))
    }
}

/// What a store answers, if it does in time.
pub async fn timely<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, Problem> {
    match tokio::time::timeout(STORE_IN, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(late()),
    }
}

fn late() -> Problem {
    Problem::overloaded("the store did not answer in time").after(2)
}

/// A document on its way to another version.
struct Part {
    text: Vec<u8>,
    format: Format,
    layout: bool,
    complement: Complement,
}

/// A document that is not what it was.
fn moved(message: String) -> Problem {
    let expected = "the `ETag` of the document as it is now";
    let status = StatusCode::PRECONDITION_FAILED;
    Problem::new(status, &checks::BASE_MOVED, message, expected, RetryWhen::AfterRefresh)
}
