//! `setpoint migrate new`: a migration file to start from.
//!
//! The steps are proposed from what the two schemas declare; what only a person can say is left as `TODO`, which the gate
//! refuses.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value};
use setpoint_core::bundle::{Bundle, File};
use setpoint_core::pointer::Pointer;
use setpoint_core::source::{self, Format};
use setpoint_project::{Family, Project, ProjectError};

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::session::ProjectArguments;
use crate::{replace, terminal};

/// Starts migrations
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    New(New),
}

/// Writes a migration file between the first two versions that have none; never overwrites anything
#[derive(Debug, clap::Args)]
struct New {
    /// What the migration does, in words with hyphens: `timeout-in-milliseconds`
    #[arg(value_parser = name)]
    name: String,
    /// The family; needed when the project has several
    #[arg(long, value_name = "NAME")]
    family: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

fn name(text: &str) -> Result<String, String> {
    let word = |word: &str| {
        !word.is_empty() && word.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
    };
    if text.split('-').all(word) {
        return Ok(text.to_owned());
    }
    Err("expected words of lower-case letters and digits with hyphens between them".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let Action::New(new) = &arguments.action;
    let unusable = |error| match error {
        ProjectError::Invalid { .. } => {
            CommandError::usage("the project file cannot be used; `setpoint check` says why")
        }
        error => CommandError::from(error),
    };
    let project = Project::open(&new.project.file()?).map_err(unusable)?;
    let family = family(&project, new.family.as_deref())?;
    let Some(folder) = &family.migrations else {
        return Err(CommandError::usage(format!(
            "`{0}` has no folder of migrations; write `migrations = \"migrations/{0}\"` under `[settings.{0}]` in setpoint.toml",
            family.name
        )));
    };
    // A project may name the folder before there is one.
    let path = project.root().join(folder);
    std::fs::create_dir_all(&path).map_err(|error| CommandError::file("make", &path, &error))?;
    let bundle = project.bundle().map_err(unusable)?;
    let (from, old, to, new_schema) = versions(&bundle, family)?;
    let id = format!("{to:04}-{}", new.name);
    let file = path.join(format!("{id}.yaml"));
    let text = text(&id, &family.name, (from, to), &proposed(&value(old), &value(new_schema)));
    replace::create(&file, text.as_bytes()).map_err(|error| CommandError::file("write", &file, &error))?;
    terminal::say(&format!("wrote {}", Path::new(folder).join(format!("{id}.yaml")).display()));
    terminal::say("next: check the steps, fill in what says TODO, then run `setpoint gate`");
    Ok(Outcome::Pass)
}

fn family<'p>(project: &'p Project, wanted: Option<&str>) -> Result<&'p Family, CommandError> {
    let all = project.families();
    let known = || all.iter().map(|family| format!("`{}`", family.name)).collect::<Vec<_>>().join(", ");
    match (wanted, all) {
        (Some(wanted), _) => all
            .iter()
            .find(|family| family.name == wanted)
            .ok_or_else(|| CommandError::usage(format!("the project has no settings `{wanted}`; it has {}", known()))),
        (None, [only]) => Ok(only),
        (None, _) => Err(CommandError::usage(format!("name the family with `--family`: one of {}", known()))),
    }
}

/// The first two neighbouring versions that no migration leads across, with their schemas.
fn versions<'b>(bundle: &'b Bundle, family: &Family) -> Result<(u32, &'b File, u32, &'b File), CommandError> {
    let Some(bundled) = bundle.settings.get(&family.name) else {
        return Err(CommandError::usage(format!("`{}` has no schemas", family.name)));
    };
    let number = |file: &File| {
        let name = file.file.rsplit('/').next()?;
        name.get(..4)?.parse::<u32>().ok()
    };
    let known: BTreeSet<u32> = bundled.migrations.iter().filter_map(number).collect();
    let missing = bundled.schemas.iter().find_map(|(from, old)| {
        let to = from.checked_add(1)?;
        let new = bundled.schemas.get(&to)?;
        (!known.contains(&to)).then_some((*from, old, to, new))
    });
    missing.ok_or_else(|| {
        CommandError::usage(format!(
            "`{0}` has no two neighbouring versions without a migration; write the schema of the next version into `{1}` first",
            family.name, family.schemas
        ))
    })
}

fn value(file: &File) -> Value {
    let format = Format::of_file(&file.file).unwrap_or(Format::Json);
    let parsed = source::parse(file.text.as_bytes(), format, &source::Limits::default());
    parsed.root.map_or(Value::Null, |root| root.to_json_value())
}

/// Steps between what two schemas declare, each as a line of YAML.
fn proposed(old: &Value, new: &Value) -> Vec<String> {
    let mut steps = Vec::new();
    let mut open = vec![(Pointer::root(), old, new)];
    while let Some((at, old, new)) = open.pop() {
        let (Some(was), Some(now)) = (properties(old), properties(new)) else { continue };
        let mut gone: Vec<(&String, &Value)> = was.iter().filter(|(key, _)| !now.contains_key(*key)).collect();
        for (key, schema) in now {
            if let Some(before) = was.get(key) {
                steps.extend(converted(&at.child(key), before, schema));
                open.push((at.child(key), before, schema));
                continue;
            }
            // A key that went and one of like shape that came are mostly the same setting.
            match gone.iter().position(|(_, before)| *before == schema || like(before, schema)) {
                Some(index) => {
                    let (before, _) = gone.remove(index);
                    let (at, from, to) = (quoted(&at), Value::from(before.as_str()), Value::from(key.as_str()));
                    steps.push(format!("rename: {{ at: {at}, from: {from}, to: {to} }}"));
                }
                None => {
                    let value = schema.get("default").or_else(|| schema.get("const"));
                    let required = new.get("required").and_then(Value::as_array);
                    let is_required = required.is_some_and(|keys| keys.iter().any(|one| one.as_str() == Some(key)));
                    let value = match value {
                        Some(value) => format!(", value: {value}"),
                        None if is_required => ", value: TODO".to_owned(),
                        // Only documents of the new version have it.
                        None => String::new(),
                    };
                    steps.push(format!("add: {{ at: {}{value} }}", quoted(&at.child(key))));
                }
            }
        }
        steps.extend(gone.into_iter().map(|(key, _)| format!("remove: {{ at: {} }}", quoted(&at.child(key)))));
    }
    steps
}

/// What a value of another type could be made from; how, is for the author to say where it is not plain.
fn converted(at: &Pointer, before: &Value, after: &Value) -> Option<String> {
    let kind = |schema: &Value| schema.get("type").and_then(Value::as_str).map(str::to_owned);
    let (was, is) = (kind(before)?, kind(after)?);
    let at = quoted(at);
    let item_is = |list: &Value, single: &str| list.get("items").and_then(kind).is_none_or(|item| item == single);
    let convert = |up: &str, down: &str| Some(format!("convert: {{ at: {at}, up: {up}, down: {down} }}"));
    match (was.as_str(), is.as_str()) {
        (was, is) if was == is => None,
        ("integer", "number") => None,
        ("string", "integer") => convert("int(value)", "string(value)"),
        ("integer", "string") => convert("string(value)", "int(value)"),
        ("string", "number") => convert("double(value)", "string(value)"),
        ("number", "string") => convert("string(value)", "double(value)"),
        (single, "array") if item_is(after, single) => Some(format!("wrap: {{ at: {at} }}")),
        ("array", single) if item_is(before, single) => Some(format!("head: {{ at: {at} }}")),
        ("boolean", _) => Some(format!("map: {{ at: {at}, values: [[true, TODO], [false, TODO]] }}")),
        (_, "boolean") => Some(format!("map: {{ at: {at}, values: [[TODO, true], [TODO, false]] }}")),
        _ => convert("TODO", "TODO"),
    }
}

fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn like(before: &Value, after: &Value) -> bool {
    before.get("type").is_some_and(|kind| after.get("type") == Some(kind))
}

/// A pointer in quotes that JSON and YAML read alike.
fn quoted(pointer: &Pointer) -> String {
    Value::from(pointer.as_str()).to_string()
}

fn text(id: &str, family: &str, (from, to): (u32, u32), steps: &[String]) -> String {
    let mut text = format!(
        "migration: {id}\nsettings: {family}\nfrom: {from}\nto: {to}\nowner: TODO\nwhy: TODO\nexpected: TODO\n\
         rollback: setpoint rollback {family} --to {from}\n"
    );
    if steps.is_empty() {
        text.push_str("# Both versions declare the same keys: say what happens to their values.\nsteps: []\n");
        return text;
    }
    text.push_str("# Proposed from the keys that the two schemas declare.\nsteps:\n");
    for step in steps {
        let _ = writeln!(text, "  - {step}");
    }
    text
}
