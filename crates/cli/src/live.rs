//! The live documents of a family: the store that the project file names, opened; and who asks.

use std::path::Path;
use std::sync::Arc;

use setpoint_store::engine::{Doing, Engine, EngineError, Pace, Progress, Stop};
use setpoint_store::{Address, Store};

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::output::Output;
use crate::session::Session;
use crate::terminal;

/// Which store.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct StoreArguments {
    /// The store, instead of the one in the project file: `files`, `sqlite:FILE` or `postgres://…`
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// Use a journal that was written for another store: it is used from here only from now on
    #[arg(long)]
    pub(crate) adopt_journal: bool,
}

/// How fast.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct PaceArguments {
    /// Documents in one transaction
    #[arg(long, value_name = "NUMBER", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    batch: u32,
    /// Documents in a second at most
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
}

/// A store that is open, and what works on it.
pub(crate) struct Live {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) store: Box<dyn Store>,
    pub(crate) engine: Engine,
    /// `--store URL` where it is not the one of the project file, for commands to paste.
    pub(crate) option: String,
}

impl Live {
    /// Opens the store of a family. What is wrong with it is reported, and `None` given.
    pub(crate) fn open(
        session: &Session,
        settings: &str,
        arguments: &StoreArguments,
        pace: Option<PaceArguments>,
        output: &mut Output,
    ) -> Result<Result<Self, Outcome>, CommandError> {
        let project = session.project.as_ref().ok_or_else(|| CommandError::usage("a store needs a project"))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| CommandError::Outside(format!("no threads to work on: {error}")))?;
        let stop = Stop::default();
        listen(&runtime, stop.clone());
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let pace = Pace {
            batch: pace.map_or(500, |pace| usize::try_from(pace.batch).unwrap_or(500)),
            rate: pace.and_then(|pace| pace.rate),
            threads,
        };
        let policy = Arc::clone(&session.policy);
        let engine = Engine { policy: Arc::clone(&policy), settings: settings.to_owned(), pace, stop };
        let family = project.families().iter().find(|family| family.name == settings);
        let family = family.ok_or_else(|| CommandError::usage(format!("the project has no settings `{settings}`")))?;
        let (url, adopt) = (arguments.store.as_deref(), arguments.adopt_journal);
        let opened = runtime.block_on(setpoint_store::open((project, family), &policy, url, adopt));
        match opened {
            Ok(store) => {
                let option = arguments.store.as_ref().map(|url| format!(" --store {}", shown(url))).unwrap_or_default();
                Ok(Ok(Self { runtime, store, engine, option }))
            }
            Err(error) => {
                let outcome = if error.is_outside() { Outcome::Outside } else { Outcome::Usage };
                let report = error.report(setpoint_project::PROJECT_FILE, Some(settings));
                output.document(report, &session.documents)?;
                Ok(Err(output.finish(session.digest())?.max(outcome)))
            }
        }
    }
}

/// An address without its password, as it is shown in commands to paste.
fn shown(url: &str) -> String {
    Address::parse(url, Path::new("")).map_or_else(|_| url.to_owned(), |address| address.to_string())
}

/// Ctrl-C ends a run after the batch that is at work; a second one ends it at once, which loses nothing either.
fn listen(runtime: &tokio::runtime::Runtime, stop: Stop) {
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            terminal::complain("stopping after this batch; once more stops at once");
            stop.request();
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(Outcome::Outside.exit_code()));
        }
    });
}

/// Progress on standard error, when a person is looking.
pub(crate) struct Watcher {
    bar: Option<indicatif::ProgressBar>,
}

impl Watcher {
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = (!quiet && terminal::is_watched()).then(|| {
            let bar = indicatif::ProgressBar::no_length();
            let form = "{msg} {pos}/{len} {wide_bar} {per_sec}, {eta} left";
            let style = indicatif::ProgressStyle::with_template(form);
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar
        });
        Self { bar }
    }

    pub(crate) fn tell(&mut self, progress: Progress) {
        let Some(bar) = &self.bar else { return };
        let doing = match progress.doing {
            Doing::Checking => "checking",
            Doing::Up => "up",
            Doing::Down => "down",
            Doing::Comparing => "comparing",
        };
        if bar.message() != doing {
            bar.reset();
            bar.set_message(doing);
        }
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    }

    pub(crate) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Who runs the command, and where.
pub(crate) fn who() -> String {
    let user = ["SETPOINT_USER", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let user = user.filter(|user| !user.is_empty()).unwrap_or_else(|| "somebody".to_owned());
    #[cfg(unix)]
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let machine = std::env::var("COMPUTERNAME").unwrap_or_default();
    format!("{user}@{machine}")
}

/// A fault of engine or store: a finding where it is one, otherwise an error.
pub(crate) fn engine_failed(
    error: EngineError,
    session: &Session,
    settings: &str,
    output: &mut Output,
) -> Result<Outcome, CommandError> {
    match error {
        EngineError::Store(error) => {
            let outcome = if error.is_outside() { Outcome::Outside } else { Outcome::Usage };
            output.document(error.report(setpoint_project::PROJECT_FILE, Some(settings)), &session.documents)?;
            Ok(output.finish(session.digest())?.max(outcome))
        }
        EngineError::Checker(error) => Err(error.into()),
        error => Err(CommandError::Outside(error.to_string())),
    }
}
