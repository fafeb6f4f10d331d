//! Where the live documents of a family stand, and what can be done next.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use setpoint_core::bundle::Bundle;
use setpoint_core::receipt::Receipt;
use setpoint_project::{Family, Project};

use crate::error::StoreError;
use crate::journal::{Aside, Kind, Run, State};
use crate::store::Store;

/// What a status is of.
#[derive(Clone, Copy, Debug)]
pub struct Of<'o> {
    /// The project.
    pub project: &'o Project,
    /// The family.
    pub family: &'o Family,
    /// The bundle of the project.
    pub bundle: &'o Bundle,
}

/// Where the live documents of a family stand.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The family.
    pub settings: String,
    /// What the store is called.
    pub store: String,
    /// Where the family is between two versions.
    pub phase: Phase,
    /// The newest version that there is a schema of.
    pub newest: u32,
    /// Documents at each version.
    pub versions: BTreeMap<u32, u64>,
    /// Documents without a version.
    pub without_version: u64,
    /// Documents that are not at the newest version.
    pub debt: u64,
    /// Documents that are left alone.
    pub set_aside: Vec<Aside>,
    /// Who is changing documents now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// Services that cannot read all documents as they are stored.
    pub readers_left_behind: Vec<Reader>,
    /// The receipt of the last or next migration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Rehearsed>,
    /// What can be done next, to paste.
    pub commands: BTreeMap<&'static str, String>,
}

/// Where a family is between two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing was done yet.
    Idle,
    /// Documents go up.
    Applying,
    /// Documents go down.
    RollingBack,
    /// A run has died.
    Interrupted,
    /// A run was stopped.
    Paused,
    /// Documents were in the way of a run.
    Incomplete,
    /// The last migration was applied.
    Applied,
    /// The last migration was rolled back.
    RolledBack,
}

/// A service and the documents that it cannot read as they are stored.
#[derive(Debug, Serialize)]
pub struct Reader {
    /// Its name.
    pub reader: String,
    /// The versions that it reads.
    pub reads: Vec<u32>,
    /// How many documents.
    pub documents: u64,
}

/// What a receipt says.
#[derive(Debug, Serialize)]
pub struct Rehearsed {
    /// The receipt.
    pub file: String,
    /// What was rehearsed.
    pub migration: String,
    /// When, RFC 3339.
    pub rehearsed_at: String,
    /// How many documents.
    pub documents: u64,
}

/// Looks where the documents of a family stand. `option` is what commands to paste need to find the store.
///
/// # Errors
/// When the store fails.
pub async fn status(of: &Of<'_>, store: &dyn Store, option: &str) -> Result<Status, StoreError> {
    let family = of.family;
    let counts = store.counts().await?;
    let run = store.runs().await?.pop();
    let holder = store.holder().await?;
    let set_aside = store.aside().await?;
    let versions: BTreeMap<u32, u64> =
        counts.iter().filter_map(|(version, count)| Some(((*version)?, *count))).collect();
    let schemas = of.bundle.settings.get(&family.name).map(|family| &family.schemas);
    let newest = schemas.and_then(|schemas| schemas.keys().next_back().copied()).unwrap_or_default();
    let phase = phase(run.as_ref(), holder.is_some());
    let commands = commands(of, option, &versions, run.as_ref(), phase);
    Ok(Status {
        settings: family.name.clone(),
        store: store.place(),
        phase,
        newest,
        without_version: counts.get(&None).copied().unwrap_or_default(),
        debt: versions.iter().filter(|(version, _)| **version < newest).map(|(_, count)| count).sum(),
        readers_left_behind: left_behind(family, &versions),
        receipt: receipt(of, &versions, run.as_ref()),
        versions,
        set_aside,
        holder,
        run,
        commands,
    })
}

fn phase(run: Option<&Run>, held: bool) -> Phase {
    let Some(run) = run else { return Phase::Idle };
    match (run.state, run.about.kind) {
        (State::Running, Kind::Apply) if held => Phase::Applying,
        (State::Running, Kind::Rollback) if held => Phase::RollingBack,
        (State::Running, _) => Phase::Interrupted,
        (State::Paused, _) => Phase::Paused,
        (State::Incomplete, _) => Phase::Incomplete,
        (State::Done, Kind::Apply) => Phase::Applied,
        (State::Done, Kind::Rollback) => Phase::RolledBack,
        (State::Abandoned, _) => Phase::Idle,
    }
}

fn left_behind(family: &Family, versions: &BTreeMap<u32, u64>) -> Vec<Reader> {
    let unread = |reads: &[u32]| versions.iter().filter(|(at, _)| !reads.contains(at)).map(|(_, count)| count).sum();
    let reader = |(name, reads): (&String, &Vec<u32>)| Reader {
        reader: name.clone(),
        reads: reads.clone(),
        documents: unread(reads),
    };
    family.readers.iter().map(reader).filter(|reader| reader.documents > 0).collect()
}

/// The migration that starts from a version, by the names of files: what a file says is the gate's to judge.
fn migration<'o>(of: &Of<'o>, from: u32) -> Option<&'o str> {
    let prefix = format!("{:04}-", from + 1);
    let files = &of.bundle.settings.get(&of.family.name)?.migrations;
    files.iter().map(|file| file.file.as_str()).find(|file| stem(file).starts_with(&prefix))
}

fn receipt(of: &Of<'_>, versions: &BTreeMap<u32, u64>, run: Option<&Run>) -> Option<Rehearsed> {
    let from = match run.filter(|run| run.about.kind == Kind::Apply) {
        Some(run) => run.about.from,
        None => *versions.keys().next()?,
    };
    let (file, path) = receipt_file(of.project, &of.family.name, migration(of, from)?);
    let receipt: Receipt = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
    Some(Rehearsed {
        file,
        migration: receipt.migration,
        rehearsed_at: receipt.rehearsed_at,
        documents: receipt.documents.compared,
    })
}

fn commands(
    of: &Of<'_>,
    option: &str,
    versions: &BTreeMap<u32, u64>,
    run: Option<&Run>,
    phase: Phase,
) -> BTreeMap<&'static str, String> {
    let name = &of.family.name;
    let mut commands = BTreeMap::new();
    match phase {
        Phase::Applying | Phase::RollingBack => {
            commands.insert("pause", format!("setpoint pause {name}{option}"));
        }
        Phase::Interrupted | Phase::Paused | Phase::Incomplete => {
            commands.insert("resume", format!("setpoint resume {name}{option}"));
        }
        Phase::Idle | Phase::Applied | Phase::RolledBack => {
            let next = versions.keys().next().and_then(|lowest| migration(of, *lowest));
            if let Some(next) = next {
                commands.insert("apply", format!("setpoint apply {}{option}", stem(next)));
            }
        }
    }
    let back = match run.filter(|run| run.about.kind == Kind::Apply && run.state != State::Abandoned) {
        Some(run) => Some(run.about.from),
        None => run.filter(|run| run.state != State::Done).map(|run| run.about.to),
    };
    if let Some(back) = back {
        commands.insert("rollback", format!("setpoint rollback {name} --to {back}{option}"));
    }
    commands
}

/// What a migration is called after its file: the name without folders and ending.
#[must_use]
pub fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Where receipts are: beside the project file, one for each migration.
#[must_use]
pub fn receipt_file(project: &Project, settings: &str, migration: &str) -> (String, PathBuf) {
    let name = format!("receipts/{settings}/{}.json", stem(migration));
    let path = project.root().join(&name);
    (name, path)
}
