//! `setpoint status`: where the live documents stand, and what can be done next.

use std::fmt::Write as _;
use std::time::Duration;

use setpoint_project::Family;
use setpoint_store::engine::EngineError;
use setpoint_store::{Kind, Of, Phase, Status};

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
            let of = Of { project, family, bundle: &session.bundle };
            match live.runtime.block_on(setpoint_store::status(&of, live.store.as_ref(), &live.option)) {
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
