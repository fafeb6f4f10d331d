//! `setpoint init`: a project to start from.

use std::io;
use std::path::PathBuf;

use setpoint_project::PROJECT_FILE;

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::{replace, terminal};

/// Writes a commented project file, a schema and a document to start from; never overwrites anything
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The name of the first family of settings
    #[arg(long, value_name = "NAME", default_value = "app", value_parser = family_name)]
    name: String,
    /// Also write a `.pre-commit-config.yaml` that runs `setpoint check`
    #[arg(long)]
    pre_commit: bool,
}

fn family_name(text: &str) -> Result<String, String> {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("expected letters, digits, `-` and `_`, beginning with a letter, digit or `_`".to_owned())
    }
}

const PROJECT: &str = include_str!("init/setpoint.toml");
const SCHEMA: &str = include_str!("init/v1.json");
const DOCUMENT: &str = include_str!("init/document.yaml");
const PRE_COMMIT: &str = include_str!("init/pre-commit-config.yaml");

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let folder = &arguments.folder;
    let name = &arguments.name;
    let project = folder.join(PROJECT_FILE);
    if project.exists() {
        return Err(CommandError::usage(format!("`{}` exists already; nothing was written", project.display())));
    }
    let mut files = vec![
        (PROJECT_FILE.to_owned(), PROJECT),
        (format!("schemas/{name}/v1.json"), SCHEMA),
        (format!("config/{name}/example.yaml"), DOCUMENT),
    ];
    if arguments.pre_commit {
        files.push((".pre-commit-config.yaml".to_owned(), PRE_COMMIT));
    }
    for (file, text) in files {
        let path = folder.join(&file);
        match replace::create(&path, text.replace("NAME", name).as_bytes()) {
            Ok(()) => terminal::say(&format!("wrote {}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                terminal::say(&format!("left {} as it is", path.display()));
            }
            Err(error) => return Err(CommandError::file("write", &path, &error)),
        }
    }
    terminal::say("next: edit the schema, then run `setpoint check`");
    Ok(Outcome::Pass)
}
