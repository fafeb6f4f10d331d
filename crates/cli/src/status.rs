//! `setpoint status`: where the live documents stand, and what can be done next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;
use setpoint_core::receipt::Receipt;
use setpoint_project::Family;
use setpoint_store::engine::EngineError;
use setpoint_store::{Aside, Kind, Run, State, StoreError};

use crate::error::CommandError;
use crate::live::{self, Live, StoreArguments};
use crate::outcome::Outcome;
use crate::output::Output;
use crate::session::{ProjectArguments, Session};
use crate::{terminal, words};

/// Shows where the live documents stand: versions, runs, readers left behind, and the commands for what can be done next
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The family; all families with a store when none is named
    #[arg(value_name = "FAMILY")]
    family: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    format: Form,
    /// Show it again every two seconds, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    project: ProjectArguments,
}

/// How it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people
    #[default]
    Text,
    /// For programs: one object for each family, in an array
    Json,
}

/// Where the live documents of a family stand.
#[derive(Debug, Serialize)]
struct Status {
    settings: String,
    store: String,
    phase: Phase,
    /// The newest version that there is a schema of.
    newest: u32,
    /// Documents at each version.
    versions: BTreeMap<u32, u64>,
    without_version: u64,
    /// Documents that are not at the newest version.
    debt: u64,
    set_aside: Vec<Aside>,
    /// Who is changing documents now.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// The last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<Run>,
    readers_left_behind: Vec<Reader>,
    /// The receipt of the last or next migration.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Rehearsed>,
    /// What can be done next, to paste.
    commands: BTreeMap<&'static str, String>,
}

/// Where a family is between two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
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
struct Reader {
    reader: String,
    reads: Vec<u32>,
    documents: u64,
}

/// What a receipt says.
#[derive(Debug, Serialize)]
struct Rehearsed {
    file: String,
    migration: String,
    rehearsed_at: String,
    documents: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut output = Output::beside()?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    let project = session.project.as_ref().ok_or_else(|| CommandError::usage("`status` needs a project"))?;
    let families: Vec<&Family> = match &arguments.family {
        Some(name) => {
            session.known_family(name)?;
            project.families().iter().filter(|family| family.name == *name).collect()
        }
        None => {
            let stored = |family: &&Family| family.store.is_some() || arguments.store.store.is_some();
            project.families().iter().filter(stored).collect()
        }
    };
    if families.is_empty() {
        let message = "no family has a store; name one, and its documents in the working tree are looked at";
        return Err(CommandError::usage(message));
    }
    let mut opened = Vec::new();
    for family in families {
        match Live::open(&session, &family.name, &arguments.store, None, &mut output)? {
            Ok(live) => opened.push((family, live)),
            Err(outcome) => return Ok(outcome),
        }
    }
    loop {
        let mut all = Vec::new();
        for (family, live) in &opened {
            match live.runtime.block_on(look(&session, family, live)) {
                Ok(status) => all.push(status),
                Err(error) => {
                    return live::engine_failed(EngineError::Store(error), &session, &family.name, &mut output);
                }
            }
        }
        let text = match arguments.format {
            Form::Json => serde_json::to_string_pretty(&all).unwrap_or_default() + "\n",
            Form::Text => all.iter().map(text).collect::<Vec<_>>().join("\n"),
        };
        if arguments.watch && arguments.format == Form::Text && terminal::is_shown() {
            // Home, and clear what is below.
            terminal::print(b"\x1b[H\x1b[J")?;
        }
        terminal::print(text.as_bytes())?;
        if !arguments.watch {
            return Ok(Outcome::Pass);
        }
        std::thread::sleep(Duration::from_secs(2));
    }
}

async fn look(session: &Session, family: &Family, live: &Live) -> Result<Status, StoreError> {
    let store = live.store.as_ref();
    let counts = store.counts().await?;
    let run = store.runs().await?.pop();
    let holder = store.holder().await?;
    let set_aside = store.aside().await?;
    let versions: BTreeMap<u32, u64> =
        counts.iter().filter_map(|(version, count)| Some(((*version)?, *count))).collect();
    let schemas = session.bundle.settings.get(&family.name).map(|family| &family.schemas);
    let newest = schemas.and_then(|schemas| schemas.keys().next_back().copied()).unwrap_or_default();
    let phase = phase(run.as_ref(), holder.is_some());
    let commands = commands(session, family, live, &versions, run.as_ref(), phase);
    Ok(Status {
        settings: family.name.clone(),
        store: store.place(),
        phase,
        newest,
        without_version: counts.get(&None).copied().unwrap_or_default(),
        debt: versions.iter().filter(|(version, _)| **version < newest).map(|(_, count)| count).sum(),
        readers_left_behind: left_behind(family, &versions),
        receipt: receipt(session, family, &versions, run.as_ref()),
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
fn migration<'s>(session: &'s Session, family: &Family, from: u32) -> Option<&'s str> {
    let prefix = format!("{:04}-", from + 1);
    let files = &session.bundle.settings.get(&family.name)?.migrations;
    let name = |file: &'s str| file.rsplit('/').next().unwrap_or(file);
    files.iter().map(|file| name(&file.file)).find(|name| name.starts_with(&prefix))
}

fn receipt(session: &Session, family: &Family, versions: &BTreeMap<u32, u64>, run: Option<&Run>) -> Option<Rehearsed> {
    let from = match run.filter(|run| run.about.kind == Kind::Apply) {
        Some(run) => run.about.from,
        None => *versions.keys().next()?,
    };
    let project = session.project.as_ref()?;
    let (file, path) = live::receipt_file(project, &family.name, migration(session, family, from)?);
    let receipt: Receipt = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
    Some(Rehearsed {
        file,
        migration: receipt.migration,
        rehearsed_at: receipt.rehearsed_at,
        documents: receipt.documents.compared,
    })
}

fn commands(
    session: &Session,
    family: &Family,
    live: &Live,
    versions: &BTreeMap<u32, u64>,
    run: Option<&Run>,
    phase: Phase,
) -> BTreeMap<&'static str, String> {
    let (name, option) = (&family.name, &live.option);
    let mut commands = BTreeMap::new();
    match phase {
        Phase::Applying | Phase::RollingBack => {
            commands.insert("pause", format!("setpoint pause {name}{option}"));
        }
        Phase::Interrupted | Phase::Paused | Phase::Incomplete => {
            commands.insert("resume", format!("setpoint resume {name}{option}"));
        }
        Phase::Idle | Phase::Applied | Phase::RolledBack => {
            let next = versions.keys().next().and_then(|lowest| migration(session, family, *lowest));
            if let Some(next) = next {
                let stem = next.rsplit_once('.').map_or(next, |(stem, _)| stem);
                commands.insert("apply", format!("setpoint apply {stem}{option}"));
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

fn text(status: &Status) -> String {
    let mut text = String::new();
    let phase = match status.phase {
        Phase::Idle => "idle",
        Phase::Applying => "applying",
        Phase::RollingBack => "rolling back",
        Phase::Interrupted => "interrupted: the process that was changing documents has ended",
        Phase::Paused => "paused",
        Phase::Incomplete => "incomplete: documents are in the way",
        Phase::Applied => "applied",
        Phase::RolledBack => "rolled back",
    };
    let _ = writeln!(text, "{}: {phase}", status.settings);
    let _ = writeln!(text, "  store      {}", status.store);
    for (version, count) in &status.versions {
        let newest = if *version == status.newest { " (newest)" } else { "" };
        let _ = writeln!(text, "  version {version}  {}{newest}", words::documents(*count));
    }
    if status.without_version > 0 {
        let _ = writeln!(text, "  no version {}", words::documents(status.without_version));
    }
    if let Some(run) = &status.run {
        let what = match run.about.kind {
            Kind::Apply => format!("apply {}", run.about.migration),
            Kind::Rollback => format!("rollback to version {}", run.about.to),
        };
        let done = format!("{} of {}", run.tally.changed, words::documents(run.about.total));
        let _ = writeln!(text, "  last run   {what}, {}: {done}, by {}, {}", run.state.word(), run.about.by, run.seen);
    }
    if let Some(holder) = &status.holder {
        let _ = writeln!(text, "  at work    {holder}");
    }
    for reader in &status.readers_left_behind {
        let reads = reader.reads.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "  reader     `{}` reads {reads} and cannot read {} as stored",
            reader.reader,
            words::documents(reader.documents)
        );
    }
    for aside in status.set_aside.iter().take(10) {
        let _ = writeln!(text, "  set aside  `{}`: {}", aside.key, aside.reason);
    }
    if status.set_aside.len() > 10 {
        let _ = writeln!(text, "  set aside  {} more", status.set_aside.len() - 10);
    }
    if let Some(receipt) = &status.receipt {
        let count = words::documents(receipt.documents);
        let _ = writeln!(text, "  receipt    {}: {count} there and back, {}", receipt.file, receipt.rehearsed_at);
    }
    for (name, command) in &status.commands {
        let _ = writeln!(text, "  {name:<10} {command}");
    }
    text
}
