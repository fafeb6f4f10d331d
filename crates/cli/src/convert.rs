//! `setpoint convert`: one document at another version.

use std::path::{Path, PathBuf};

use setpoint_core::call::ConvertCall;
use setpoint_core::source::Format;

use crate::error::CommandError;
use crate::names::Names;
use crate::outcome::Outcome;
use crate::output::Output;
use crate::session::{ProjectArguments, Session};
use crate::{read, replace};

/// Takes one document to another version, up or down, and prints it there
///
/// The document comes out in its format, with its comments. What the way back needs is written to the file that `--complement`
/// names, and read from there; without it a document comes back as far as it can be told from what it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The version that is wanted
    #[arg(long, value_name = "VERSION")]
    to: u32,
    /// The version that the document is at; otherwise the one it declares, otherwise the current one
    #[arg(long, value_name = "VERSION")]
    from: Option<u32>,
    /// The family; otherwise the one that governs the file
    #[arg(long, value_name = "NAME")]
    family: Option<String>,
    /// The format of the document; otherwise told from its name
    #[arg(long = "as", value_name = "FORMAT", value_parser = format)]
    read_as: Option<Format>,
    /// Where what the way back needs is kept; read if it is there, written when the document was converted
    #[arg(long, value_name = "FILE")]
    complement: Option<PathBuf>,
    /// Write the document back to its file instead of printing it
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    project: ProjectArguments,
}

fn format(text: &str) -> Result<Format, String> {
    serde_json::from_value(serde_json::Value::from(text))
        .map_err(|_| "expected `json`, `jsonc`, `yaml` or `toml`".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    // The document goes to standard output, so what is to be said about it goes elsewhere.
    let mut output = Output::beside()?;
    let session = Session::of_project(&arguments.project, &mut output)?;
    for report in &session.policy.load_answer().reports {
        output.other(report.clone(), &session.schemas);
    }
    let (name, text) = document(arguments, &session)?;
    let settings = match (&arguments.family, session.project.as_ref().map(|project| project.governed(&name))) {
        (Some(family), _) => {
            session.known_family(family)?;
            Some(family.clone())
        }
        (None, Some(setpoint_project::Governed::By(family))) => Some(family.name.clone()),
        (None, _) => None,
    };
    let complement = match arguments.complement.as_deref().map(std::fs::read_to_string) {
        Some(Ok(text)) => complement(arguments, &text)?,
        Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(CommandError::file("read", arguments.complement.as_deref().unwrap_or(Path::new("")), &error));
        }
        _ => setpoint_core::call::Complement::default(),
    };
    let call = ConvertCall {
        file: name.clone(),
        settings: settings.clone(),
        from: arguments.from,
        to: arguments.to,
        format: arguments.read_as,
        complement,
        losses: false,
        compact: false,
    };
    let answer = match session.policy.convert(&call, &text) {
        Ok(answer) => answer,
        Err(error) => {
            output.document(setpoint_checker::limit_report(name, settings, error)?, &session.documents)?;
            return output.finish(session.digest());
        }
    };
    output.document(answer.report, &session.documents)?;
    let verdict = output.finish(session.digest())?;
    let Some(document) = answer.document.filter(|_| verdict == Outcome::Pass) else {
        return Ok(verdict.max(Outcome::Fail));
    };
    // First what the way back needs: a document without it could not be told from one that needs nothing.
    if let Some(path) = &arguments.complement {
        let kept = serde_json::to_string(&answer.complement).unwrap_or_default();
        std::fs::write(path, kept + "\n").map_err(|error| CommandError::file("write", path, &error))?;
    }
    if arguments.write && !is_standard_input(&arguments.file) {
        replace::text(&arguments.file, document.as_bytes())
            .map_err(|error| CommandError::file("write", &arguments.file, &error))?;
    } else {
        use std::io::Write as _;
        match std::io::stdout().lock().write_all(document.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                return Err(CommandError::file("write", Path::new("standard output"), &error));
            }
            _ => {}
        }
    }
    Ok(verdict)
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn document(arguments: &Arguments, session: &Session) -> Result<(String, Vec<u8>), CommandError> {
    let refused = |error| CommandError::file("read", &arguments.file, &error);
    if is_standard_input(&arguments.file) {
        return Ok(("<stdin>".to_owned(), read::standard_input(session.byte_limit()).map_err(refused)?));
    }
    let names: &Names = &session.documents;
    Ok((names.of(&arguments.file), read::file(&arguments.file, session.byte_limit()).map_err(refused)?))
}

fn complement(arguments: &Arguments, text: &str) -> Result<setpoint_core::call::Complement, CommandError> {
    serde_json::from_str(text.trim()).map_err(|error| {
        let path = arguments.complement.as_deref().unwrap_or(Path::new("")).display().to_string();
        CommandError::usage(format!("`{path}` does not hold what a conversion left: {error}"))
    })
}
