//! `setpoint token`: who may ask the server.

use setpoint_gate::{Role, State, StateError};

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::session::ProjectArguments;
use crate::terminal;

/// Makes, lists and revokes the tokens that `setpoint serve` takes
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    New(New),
    List(List),
    Revoke(Revoke),
}

/// Makes a token and prints it, once: only its digest is kept
#[derive(Debug, clap::Args)]
struct New {
    /// Who uses it; the name stands in the history of what it changes
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// What it may do: `reader` reads and checks, `editor` also changes documents, `operator` also sees where migrations stand
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    /// Days after which it is taken no longer
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
    #[command(flatten)]
    place: Place,
}

/// Lists the tokens
#[derive(Debug, clap::Args)]
struct List {
    /// For programs
    #[arg(long, value_enum, default_value_t)]
    format: Form,
    #[command(flatten)]
    place: Place,
}

/// How they are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Revokes a token: within two seconds no server takes it
#[derive(Debug, clap::Args)]
struct Revoke {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: Place,
}

/// Where tokens are.
#[derive(Debug, clap::Args)]
struct Place {
    /// The database of the server, as for `setpoint serve`
    #[arg(long, value_name = "URL", env = "SETPOINT_STATE")]
    state: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

fn name(text: &str) -> Result<String, String> {
    let is_fine = (1..=100).contains(&text.len()) && !text.chars().any(char::is_control) && text.trim() == text;
    if is_fine { Ok(text.to_owned()) } else { Err("expected a name of at most 100 characters".to_owned()) }
}

fn role(text: &str) -> Result<Role, String> {
    Role::of(text).ok_or_else(|| "expected `reader`, `editor` or `operator`".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CommandError::Outside(format!("no threads to work on: {error}")))?;
    match &arguments.command {
        Command::New(new) => runtime.block_on(make(new)),
        Command::List(list) => runtime.block_on(show(list)),
        Command::Revoke(revoke) => runtime.block_on(end(revoke)),
    }
}

async fn open(place: &Place) -> Result<State, CommandError> {
    let url = match &place.state {
        Some(url) => url.clone(),
        None => {
            let file = std::path::absolute(place.project.file()?)
                .map_err(|error| CommandError::Outside(format!("no path to the project: {error}")))?;
            setpoint_gate::own_database(file.parent().unwrap_or(&file)).map_err(failed)?
        }
    };
    State::open(&url).await.map_err(failed)
}

fn failed(error: StateError) -> CommandError {
    match error {
        StateError::Taken(_) | StateError::Unknown(_) => CommandError::usage(error.to_string()),
        error => CommandError::Outside(error.to_string()),
    }
}

async fn make(new: &New) -> Result<Outcome, CommandError> {
    let state = open(&new.place).await?;
    let text = state.new_token(&new.name, new.role, new.days).await.map_err(failed)?;
    terminal::print(format!("{text}\n").as_bytes())?;
    terminal::complain("this is the only time that it is shown");
    Ok(Outcome::Pass)
}

async fn show(list: &List) -> Result<Outcome, CommandError> {
    let tokens = open(&list.place).await?.tokens().await.map_err(failed)?;
    let text = match list.format {
        Form::Json => serde_json::to_string_pretty(&tokens).unwrap_or_default() + "\n",
        Form::Text => {
            let line = |token: &setpoint_gate::Token| {
                let until = match (&token.revoked, &token.expires) {
                    (Some(revoked), _) => format!("revoked {revoked}"),
                    (None, Some(expires)) => format!("until {expires}"),
                    (None, None) => "without end".to_owned(),
                };
                format!("{:<24} {:<9} made {}, {until}\n", token.name, token.role.word(), token.created)
            };
            tokens.iter().map(line).collect()
        }
    };
    terminal::print(text.as_bytes())?;
    Ok(Outcome::Pass)
}

async fn end(revoke: &Revoke) -> Result<Outcome, CommandError> {
    open(&revoke.place).await?.revoke(&revoke.name).await.map_err(failed)?;
    Ok(Outcome::Pass)
}
