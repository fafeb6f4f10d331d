//! Files in a form of Setpoint's own, migrations and rules: read like any other document, against the schemas that ship with
//! the core.

use crate::bundle::{Family, File};
use crate::explain::{self, Budget, Subject};
use crate::finding::{self, Draft};
use crate::pointer::Pointer;
use crate::schema::Keyword;
use crate::schema::load::{self, LoadedFamily};
use crate::source::{self, Format, Limits, Node};

/// Loads schemas that ship with the core, each by its file name and text; the first is version 1.
pub fn schemas(name: &str, files: &[(&str, &str)], limits: &Limits) -> LoadedFamily {
    let file = |(file, text): &(&str, &str)| File { file: (*file).to_owned(), text: (*text).to_owned() };
    load::load(name, &Family { schemas: (1..).zip(files.iter().map(file)).collect(), ..Family::default() }, limits)
}

/// The tree of a file, unless it cannot be read, and what is wrong with its form by version 1 of its schema.
pub fn read(file: &File, schemas: &LoadedFamily, limits: &Limits) -> (Option<Node>, Vec<Draft>) {
    let format = Format::of_file(&file.file).unwrap_or(Format::Yaml);
    let parsed = source::parse(file.text.as_bytes(), format, limits);
    let mut drafts = parsed.drafts;
    let broken = finding::is_wrong(&drafts);
    let Some(root) = parsed.root.filter(|_| !broken) else { return (None, drafts) };
    drafts.extend(against(1, &root, (&file.text, format), schemas));
    (Some(root), drafts)
}

/// What is wrong with the form of a node by a version of its schema.
pub fn against(version: u32, root: &Node, (text, format): (&str, Format), schemas: &LoadedFamily) -> Vec<Draft> {
    let (Some(set), Some(version)) = (&schemas.set, schemas.versions.get(&version)) else { return Vec::new() };
    let Some(validator) = &version.validator else { return Vec::new() };
    let value = root.to_json_value();
    if validator.is_valid(&value) {
        return Vec::new();
    }
    let keyword = Keyword { base: version.uri.clone(), pointer: Pointer::root() };
    let subject = Subject {
        set,
        root: &keyword,
        validator,
        document: root,
        text,
        format,
        secrets: &[],
        budget: &Budget::default(),
    };
    explain::explain(&subject, &value)
}
