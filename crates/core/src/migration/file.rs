//! Reading a migration file: what the author wrote, and the valid migration in it.

use super::reading::Reader;
use super::step::Step;
use crate::bundle::File;
use crate::call::About;
use crate::checks;
use crate::finding::{self, Draft};
use crate::own_file;
use crate::pointer::Pointer;
use crate::schema::load::LoadedFamily;
use crate::source::{Limits, Node, Value};

/// Where the schema of migration files stands in the project, and its text.
const SCHEMA: (&str, &str) = ("schemas/migration.json", include_str!("../../../../schemas/migration.json"));

/// The texts that a person has to stand behind.
const STATEMENTS: &[&str] = &["owner", "why", "expected", "rollback"];

/// A migration whose form is right.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The name.
    pub name: String,
    /// The family.
    pub settings: String,
    /// The version before.
    pub from: u32,
    /// The version after.
    pub to: u32,
    /// The steps, in the order in which they go up.
    pub steps: Vec<Step>,
}

/// What a migration file holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// The tree, for positions.
    pub root: Option<Node>,
    /// The migration, unless something is wrong with its form.
    pub migration: Option<Migration>,
    /// What is wrong.
    pub drafts: Vec<Draft>,
}

impl Contents {
    /// What the file says of itself, when its form is right.
    #[must_use]
    pub fn about(&self) -> Option<About> {
        let migration = self.migration.as_ref()?;
        let text =
            |key: &str| match self.root.as_ref().and_then(|root| root.member(key)).map(|member| &member.node.value) {
                Some(Value::String(text)) => text.to_string(),
                _ => String::new(),
            };
        Some(About {
            migration: text("migration"),
            from: migration.from,
            to: migration.to,
            owner: text("owner"),
            expected: text("expected"),
        })
    }
}

/// The schema of migration files, loaded like any other.
pub fn schema(limits: &Limits) -> LoadedFamily {
    own_file::schemas("migration", &[SCHEMA], limits)
}

/// Reads a migration file and checks its form.
pub fn read(file: &File, schema: &LoadedFamily, limits: &Limits) -> Contents {
    let (root, mut drafts) = own_file::read(file, schema, limits);
    let Some(root) = root else { return Contents { root: None, migration: None, drafts } };
    for key in STATEMENTS {
        if let Some(Value::String(text)) = root.member(key).map(|member| &member.node.value)
            && is_placeholder(text)
        {
            drafts.push(checks::placeholder_text::draft(&Pointer::root().child(key), text));
        }
    }
    let migration = if finding::is_wrong(&drafts) { None } else { migration(&root, &file.text, &mut drafts) };
    if let Some(migration) = &migration
        && migration.to != migration.from + 1
    {
        drafts.push(checks::version_gap::draft(migration.from, migration.to));
        return Contents { root: Some(root), migration: None, drafts };
    }
    Contents { root: Some(root), migration, drafts }
}

/// Whether a text says that somebody still has to write it.
fn is_placeholder(text: &str) -> bool {
    let bare: String =
        text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let first = text.split(|character: char| !character.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("");
    matches!(
        bare.as_str(),
        "" | "na" | "none" | "null" | "placeholder" | "changeme" | "fillmein" | "unknown" | "somebody" | "someone"
    ) || matches!(first, "TODO" | "TBD" | "FIXME" | "XXX" | "todo" | "tbd" | "fixme" | "xxx")
        || (text.starts_with('<') && text.ends_with('>'))
}

fn migration(root: &Node, text: &str, drafts: &mut Vec<Draft>) -> Option<Migration> {
    let number = |key: &str| match &root.member(key)?.node.value {
        Value::Number(digits) => digits.parse().ok(),
        _ => None,
    };
    let string = |key: &str| match &root.member(key)?.node.value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    let mut reader = Reader { text, drafts: Vec::new() };
    let steps = reader.steps(&root.member("steps")?.node, &Pointer::root().child("steps"));
    let is_sound = reader.drafts.is_empty();
    drafts.extend(reader.drafts);
    is_sound.then_some(Migration {
        name: string("migration")?,
        settings: string("settings")?,
        from: number("from")?,
        to: number("to")?,
        steps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_somebody_still_has_to_write_are_placeholders() {
        for text in ["TODO", "TBD: ask the team", "?", "...", "n/a", "<owner>", "none", "  "] {
            assert!(is_placeholder(text), "{text:?}");
        }
        for text in ["team-payments", "setpoint rollback billing --to 1", "every document has timeout_ms", "Todor"] {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }

    #[test]
    fn the_schema_of_migration_files_is_itself_valid() {
        let schema = schema(&Limits::default());
        assert_eq!(schema.reports, Vec::new());
        assert!(schema.versions.values().all(|version| version.validator.is_some()));
    }
}
