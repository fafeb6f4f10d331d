//! `setpoint serve`: the gate as a server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use setpoint_gate::{Options, ServeError, Sizes, Started, serve};

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::output::Output;
use crate::session::{ProjectArguments, Session};
use crate::terminal;

/// Serves the settings of a project over HTTP: checks what is written, and gives each reader the version it understands
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7171")]
    listen: SocketAddr,
    /// The database for tokens: `sqlite:FILE`, or `postgres://…` for several servers that are one service; otherwise
    /// `.setpoint/serve.db` beside the project file
    #[arg(long, value_name = "URL", env = "SETPOINT_STATE")]
    state: Option<String>,
    /// Bytes that a body may have
    #[arg(long, value_name = "BYTES", default_value_t = Sizes::default().body)]
    max_body: usize,
    /// Requests in a second for each token
    #[arg(long, value_name = "NUMBER", default_value_t = Sizes::default().rate, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Requests that are worked on at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = Sizes::default().at_once)]
    at_once: usize,
    /// Connections at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = Sizes::default().connections)]
    connections: usize,
    /// Seconds that a request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    request_time: u64,
    /// The address that browsers know the server by, `https://…`, where a proxy stands in front
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Another origin whose pages may ask, with a token: an editor that is published as static files; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    cors: Vec<String>,
    /// Seconds between being asked to end and taking no more connections; `/readyz` says 503 meanwhile
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=300))]
    linger: u64,
    /// The log as JSON, one event a line
    #[arg(long)]
    json_log: bool,
    #[command(flatten)]
    project: ProjectArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let file: PathBuf = arguments.project.file()?;
    let request_in = Duration::from_secs(arguments.request_time);
    let options = Options {
        project: file,
        checker: arguments.project.checker.clone(),
        listen: arguments.listen,
        state: arguments.state.clone(),
        origin: arguments.origin.clone(),
        cors: arguments.cors.clone(),
        sizes: Sizes {
            body: arguments.max_body,
            rate: arguments.rate,
            at_once: arguments.at_once,
            connections: arguments.connections,
            request_in,
            linger: Duration::from_secs(arguments.linger),
            body_in: Sizes::default().body_in.min(request_in),
            ..Sizes::default()
        },
        json_log: arguments.json_log,
        look: Duration::from_secs(1),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CommandError::Outside(format!("no threads to work on: {error}")))?;
    let served = runtime.block_on(serve(options, announce));
    // Work that nobody waits for any more is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    let Err(error) = served else { return Ok(Outcome::Pass) };
    if let ServeError::Project(_) = error {
        // What is wrong with the project file is said as everywhere.
        Session::of_project(&arguments.project, &mut Output::beside()?)?;
    }
    Err(match error {
        ServeError::Origin(_) => CommandError::usage(error.to_string()),
        error => CommandError::Outside(error.to_string()),
    })
}

fn announce(started: &Started) {
    let Started { address, token } = started;
    let mut text = format!("Setpoint serves at http://{address}\n");
    if let Some(token) = token {
        text.push_str(&format!(
            "There is no token yet, so this one works until the server ends: {token}\n\
             `setpoint token new NAME --role ROLE` makes one that stays.\n"
        ));
    }
    // Whoever closed standard output does not want to know.
    let _ = terminal::print(text.as_bytes());
}
