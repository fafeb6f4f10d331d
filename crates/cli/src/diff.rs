//! `setpoint diff`: will the documents that people have stored still be valid under the new schema?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use setpoint_checker::Policy;
use setpoint_core::bundle::{Bundle, Family};
use setpoint_core::call::{
    CompareAnswer, CompareCall, Direction, Directions, Edition, GateDocument, Reading, Relation,
};
use setpoint_core::report::ComparisonReport;
use setpoint_core::source::Format;
use setpoint_project::{PROJECT_FILE, Project, canonical, git, one_off_bundle};

use crate::error::CommandError;
use crate::host;
use crate::names::Names;
use crate::outcome::Outcome;
use crate::output::{Output, OutputArguments, is_lines};
use crate::read;
use crate::session::{ProjectArguments, Session};
use crate::terminal;

/// What the family of the revision is called beside the one in the working tree.
const BEFORE: &str = "before";

/// Compares schemas: a proof that old documents stay valid, a document that does not, or an honest "undecided"
///
/// With OLD and NEW, two schema files. With `--base`, the families of the project as they were when the branch left that git
/// revision, beside the working tree. Otherwise all versions of each family, each with every later one.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Two schema files, the old one first
    #[arg(value_names = ["OLD", "NEW"], num_args = 2)]
    files: Vec<PathBuf>,
    /// Compare with the project as it was when the branch left this git revision
    #[arg(long, value_name = "REVISION", conflicts_with = "files")]
    base: Option<String>,
    /// Only this family
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    family: Option<String>,
    /// Files and folders with documents that were written for the old schema
    #[arg(long, value_name = "PATH", num_args = 1..)]
    documents: Vec<PathBuf>,
    /// Which documents the verdict is about: `any`, `declared` or `documents`; otherwise what the project file says
    #[arg(long, value_name = "READING", value_parser = ["any", "declared", "documents"])]
    reading: Option<String>,
    /// Who must read what: `backward`, `forward` or `full`; otherwise what the project file says
    #[arg(long, value_name = "DIRECTION", value_parser = ["backward", "forward", "full"])]
    direction: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Two schemas to compare.
struct Pair {
    /// What the family is called in reports.
    settings: String,
    call: CompareCall,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut output = Output::open(&arguments.output, false)?;
    output.summarize = false;
    let (policy, pairs, names) = match arguments.files.as_slice() {
        [old, new] => of_files(arguments, old, new)?,
        _ => of_project(arguments, &mut output)?,
    };
    for report in &policy.load_answer().reports {
        output.other(report.clone(), &names);
    }
    for Pair { settings, call } in pairs {
        let mut answer = policy.compare(&call)?;
        for report in std::mem::take(&mut answer.reports) {
            output.other(report, &names);
        }
        if arguments.output.format == setpoint_report::Format::Text && !arguments.output.quiet {
            terminal::say(&told(&answer, &names));
        }
        let (reading, direction) = (call.reading, call.direction);
        output.comparison(ComparisonReport { settings, reading, direction, answer });
    }
    output.finish(&policy.load_answer().bundle)
}

/// Two schema files, without a project.
fn of_files(arguments: &Arguments, old: &Path, new: &Path) -> Result<(Arc<Policy>, Vec<Pair>, Names), CommandError> {
    let mut bundle = Bundle { bundle: 1, ..Bundle::default() };
    for (name, file) in [("old", old), ("new", new)] {
        let family = one_off_bundle(file)?.settings.into_values().next().unwrap_or_default();
        bundle.settings.insert(name.to_owned(), under(family, file));
    }
    let documents = documents(arguments, &bundle)?;
    let call = CompareCall {
        old: edition("old", 1),
        new: edition("new", 1),
        documents,
        reading: reading(arguments).unwrap_or_default(),
        direction: direction(arguments).unwrap_or_default(),
        accepted: Vec::new(),
    };
    Ok((loaded(arguments, &bundle)?, vec![Pair { settings: "new".to_owned(), call }], Names::here()))
}

/// The family with its files named as the command line names the first of them.
fn under(mut family: Family, file: &Path) -> Family {
    let folder = file.parent().map(|folder| folder.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    if !folder.is_empty() && folder != "." {
        for file in family.schemas.values_mut().chain(&mut family.shared) {
            file.file = format!("{}/{}", folder.trim_end_matches('/'), file.file);
        }
    }
    family
}

fn of_project(arguments: &Arguments, output: &mut Output) -> Result<(Arc<Policy>, Vec<Pair>, Names), CommandError> {
    let session = Session::of_project(&arguments.project, output)?;
    if let Some(name) = &arguments.family {
        session.known_family(name)?;
    }
    let mut bundle = session.bundle.clone();
    let Some(project) = &session.project else { return Err(CommandError::usage("there is no project")) };
    let before = match &arguments.base {
        Some(base) => Some(at_revision(project, base)?),
        None => None,
    };
    let documents = documents(arguments, &bundle)?;
    let mut pairs = Vec::new();
    for family in
        project.families().iter().filter(|family| arguments.family.as_ref().is_none_or(|name| *name == family.name))
    {
        let Some(now) = session.bundle.settings.get(&family.name) else { continue };
        let versions: Vec<u32> = now.schemas.keys().copied().collect();
        let editions: Vec<(Edition, Edition)> = match &before {
            None => {
                let later = |old: u32| versions.iter().copied().filter(move |new| *new > old);
                let all = versions.iter().flat_map(|old| later(*old).map(|new| (*old, new)));
                all.map(|(old, new)| (edition(&family.name, old), edition(&family.name, new))).collect()
            }
            Some(before) => {
                let Some(was) = before.settings.get(&family.name) else {
                    terminal::complain(&format!("`{}` is new: there is nothing to compare it with", family.name));
                    continue;
                };
                let name = format!("{}@{BEFORE}", family.name);
                bundle.settings.insert(name.clone(), Family { migrations: Vec::new(), ..was.clone() });
                let changed =
                    |version: &u32| was.schemas.get(version) != now.schemas.get(version) || was.shared != now.shared;
                let same = versions.iter().filter(|version| was.schemas.contains_key(version) && changed(version));
                let mut all: Vec<(Edition, Edition)> =
                    same.map(|version| (edition(&name, *version), edition(&family.name, *version))).collect();
                if let (Some(old), Some(new)) = (was.schemas.keys().max(), versions.iter().max())
                    && old != new
                {
                    all.push((edition(&name, *old), edition(&family.name, *new)));
                }
                all
            }
        };
        for (old, new) in editions {
            let call = CompareCall {
                old,
                new,
                documents: documents.clone(),
                reading: reading(arguments).or(family.compare.reading).unwrap_or_default(),
                direction: direction(arguments).or(family.compare.direction).unwrap_or_default(),
                accepted: family.compare.accepted.clone(),
            };
            pairs.push(Pair { settings: family.name.clone(), call });
        }
    }
    // Without a revision nothing was added to what the session has loaded.
    let policy = if before.is_some() { loaded(arguments, &bundle)? } else { session.policy };
    Ok((policy, pairs, session.schemas))
}

fn loaded(arguments: &Arguments, bundle: &Bundle) -> Result<Arc<Policy>, CommandError> {
    Ok(Arc::new(host::checker(arguments.project.checker.as_deref())?.policy(&canonical(bundle)?)?))
}

/// The bundle of the project as it was.
fn at_revision(project: &Project, base: &str) -> Result<Bundle, CommandError> {
    let folder = tempfile::tempdir()
        .map_err(|error| CommandError::Outside(format!("cannot make a temporary folder: {error}")))?;
    let root = git::export(project.root(), base, folder.path()).map_err(setpoint_project::ProjectError::from)?;
    if !root.join(PROJECT_FILE).is_file() {
        let message = format!("there was no `{PROJECT_FILE}` at `{base}`, so there is nothing to compare with");
        return Err(CommandError::usage(message));
    }
    let before = Project::open(&root.join(PROJECT_FILE)).and_then(|project| project.bundle());
    before.map_err(|error| CommandError::usage(format!("the project as it was at `{base}` cannot be used: {error}")))
}

fn edition(settings: &str, version: u32) -> Edition {
    Edition { settings: settings.to_owned(), version: Some(version) }
}

fn reading(arguments: &Arguments) -> Option<Reading> {
    arguments.reading.as_deref().map(|reading| match reading {
        "declared" => Reading::Declared,
        "documents" => Reading::Documents,
        _ => Reading::Any,
    })
}

fn direction(arguments: &Arguments) -> Option<Direction> {
    arguments.direction.as_deref().map(|direction| match direction {
        "forward" => Direction::Forward,
        "full" => Direction::Full,
        _ => Direction::Backward,
    })
}

/// The documents that the command line names.
fn documents(arguments: &Arguments, bundle: &Bundle) -> Result<Vec<GateDocument>, CommandError> {
    let limit = bundle.limits.unwrap_or_default().bytes;
    let mut found = Vec::new();
    for file in read::files(&arguments.documents)? {
        let text = read::file(&file, limit).map_err(|error| CommandError::file("read", &file, &error))?;
        let name = file.to_string_lossy().replace('\\', "/");
        let text = String::from_utf8(text).map_err(|_| {
            CommandError::usage(format!(
                "`{name}` is not UTF-8 text, so nothing can be said of it; leave it out or save it as UTF-8"
            ))
        })?;
        if is_lines(&name) {
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            found.extend(lines.map(|(index, line)| GateDocument {
                file: format!("{name}:{}", index + 1),
                text: line.to_owned(),
                format: Some(Format::Json),
                version: None,
            }));
        } else {
            found.push(GateDocument { file: name, text, ..GateDocument::default() });
        }
    }
    Ok(found)
}

/// All readings side by side.
fn told(answer: &CompareAnswer, names: &Names) -> String {
    let mut lines = vec![format!("{} -> {}", names.shown(&answer.from), names.shown(&answer.to))];
    let row = |title: &str, directions: &Directions| {
        format!(
            "  {title:<28} backward {:<12} forward {}",
            word(directions.backward.relation),
            word(directions.forward.relation)
        )
    };
    lines.extend(answer.any.as_ref().map(|directions| row("any accepted document", directions)));
    lines.extend(answer.declared.as_ref().map(|directions| row("declared members only", directions)));
    if let Some(at_hand) = &answer.at_hand {
        let places = at_hand
            .places
            .iter()
            .take(3)
            .map(|(place, _)| format!("`{}`", if place.as_str().is_empty() { "/" } else { place.as_str() }));
        let places = places.collect::<Vec<_>>().join(", ");
        let places = if places.is_empty() { String::new() } else { format!(", in {places}") };
        let left_out = if at_hand.left_out == 0 {
            String::new()
        } else {
            format!(" ({} left out: not valid before)", at_hand.left_out)
        };
        lines.push(format!(
            "  {:<28} {} of {} break{places}{left_out}",
            "documents at hand", at_hand.breaking, at_hand.documents
        ));
    }
    if let Some(directions) =
        answer.any.as_ref().filter(|directions| directions.backward.relation == Relation::Compatible)
    {
        lines.extend(
            directions.backward.evidence.iter().take(5).map(|evidence| format!("  because {}", evidence.reason)),
        );
    }
    lines.join("\n")
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Compatible => "compatible",
        Relation::Breaking => "breaking",
        Relation::Undecided => "undecided",
    }
}
