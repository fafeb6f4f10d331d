//! Rules: what a schema cannot say, in the language of [`crate::cel`].
//!
//! They stand in rule files ([`file`]) and under `x-kubernetes-validations` in schemas ([`route`]). Both are read into the
//! same [`rule::Rule`], once a bundle, and asked by [`apply`].

pub mod apply;
pub mod cases;
pub mod correlate;
pub mod file;
pub mod findings;
pub mod ratchet;
pub mod route;
pub mod rule;
mod shapes;
mod wording;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{Family, File};
use crate::cel::shape::{Kind, ListType, ShapeId, Shapes};
use crate::checks;
use crate::explain::nearest;
use crate::finding::{self, Draft};
use crate::location::{Context, Locator};
use crate::own_file;
use crate::pointer::Pointer;
use crate::report::DocumentReport;
use crate::schema::Keyword;
use crate::schema::load::{LoadedFamily, Version};
use crate::schema::pattern::Patterns;
use crate::schema::subschemas;
use crate::schema::view::View;
use crate::source::{Limits, Node, Value};

use cases::Case;
use route::{Crowd, KEYWORD, Route};
use rule::{Origin, Rule, Scope};

/// The rules of one version of a family.
#[derive(Debug, Default)]
pub struct Rules {
    /// What the schema says of the places of a document.
    pub shapes: Shapes,
    /// All rules.
    pub rules: Vec<Rule>,
    /// The ways to the values that rules in the schema are about.
    pub routes: Vec<Route>,
    /// The paths to the values that rules of rule files are about, and the rule.
    pub placed: Vec<(Vec<String>, usize)>,
    /// Patterns of keys.
    pub patterns: Patterns,
}

/// The rules of a family.
#[derive(Debug, Default)]
pub struct LoadedRules {
    /// For each version that has any.
    pub versions: BTreeMap<u32, Rules>,
    /// Examples in rule files.
    pub cases: Vec<Case>,
    /// One report for each file with findings.
    pub reports: Vec<DocumentReport>,
}

/// The findings of files, each once however many versions share the file.
#[derive(Default)]
struct Found(BTreeMap<String, Vec<Draft>>);

impl Found {
    fn add(&mut self, file: &str, drafts: Vec<Draft>) {
        let known = self.0.entry(file.to_owned()).or_default();
        for draft in drafts {
            let same = |other: &Draft| {
                other.check.code == draft.check.code && other.place == draft.place && other.message == draft.message
            };
            if !known.iter().any(same) {
                known.push(draft);
            }
        }
    }
}

/// Loads the rules of a family whose schemas are loaded. `forms` keeps the schemas of rule files, for all families.
pub fn load(
    name: &str,
    family: &Family,
    loaded: &LoadedFamily,
    limits: &Limits,
    forms: &OnceCell<LoadedFamily>,
) -> LoadedRules {
    let files: Vec<&File> = family.schemas.values().chain(&family.shared).collect();
    if family.rules.is_empty() && !files.iter().any(|file| file.text.contains(KEYWORD)) {
        return LoadedRules::default();
    }
    let forms = forms.get_or_init(|| file::schemas(limits));
    let mut found = Found::default();
    let read: Vec<(&File, Option<Node>)> = family
        .rules
        .iter()
        .map(|file| {
            let (root, drafts) = own_file::read(file, forms, limits);
            let sound = !finding::is_wrong(&drafts);
            found.add(&file.file, drafts);
            (file, root.filter(|_| sound))
        })
        .collect();
    duplicates(&read, &mut found);
    let current = family.current.or_else(|| loaded.versions.keys().copied().last());
    let (mut versions, mut cases) = (BTreeMap::new(), Vec::new());
    for (number, version) in &loaded.versions {
        let Some(view) = view(loaded, version) else { continue };
        let mut loader = Loader { family, loaded, forms, files: &files, found: &mut found };
        let mut rules = loader.keywords(&view);
        for (file, root) in &read {
            let Some(root) = root else { continue };
            loader.file(file, root, *number, current, &mut rules, &mut cases);
        }
        if !rules.rules.is_empty() {
            versions.insert(*number, rules);
        }
    }
    let context = Context { settings: Some(name), owner: family.owner.as_deref() };
    let mut reports = Vec::new();
    for (file, drafts) in found.0.into_iter().filter(|(_, drafts)| !drafts.is_empty()) {
        let text = files
            .iter()
            .copied()
            .chain(&family.rules)
            .find(|candidate| candidate.file == file)
            .map_or("", |file| &file.text);
        let root = read.iter().find(|(candidate, _)| candidate.file == file).and_then(|(_, root)| root.as_ref());
        // A file that cannot be used has a tree all the same, for positions.
        let tree = match (root, loaded.set.as_ref().and_then(|set| set.tree(&file))) {
            (Some(root), _) | (None, Some(root)) => Some(root.clone()),
            (None, None) => file::tree(text, &file, limits),
        };
        let findings = Locator::new(text.as_bytes(), tree.as_ref()).finish(drafts, &context);
        reports.push(DocumentReport::of(&file, Some(name), None, findings));
    }
    LoadedRules { versions, cases, reports }
}

/// Two rules with one name.
fn duplicates(read: &[(&File, Option<Node>)], found: &mut Found) {
    let mut known: BTreeMap<&str, (&str, Pointer)> = BTreeMap::new();
    for (file, root) in read {
        for (place, node) in root.iter().flat_map(rule_nodes) {
            let Some(id) = node.member("id").and_then(|member| rule::as_text(&member.node)) else { continue };
            match known.get(id) {
                Some((other, first)) => {
                    found.add(
                        &file.file,
                        vec![checks::duplicate_rule::draft(id, &place, (*other != file.file).then_some(*other), first)],
                    );
                }
                None => {
                    known.insert(id, (&file.file, place));
                }
            }
        }
    }
}

/// The rules of a rule file, with their places.
fn rule_nodes(root: &Node) -> Vec<(Pointer, &Node)> {
    items(root.member("rules").map(|member| &member.node), &Pointer::root().child("rules"))
}

/// The items of a list, with their places.
fn items<'n>(node: Option<&'n Node>, at: &Pointer) -> Vec<(Pointer, &'n Node)> {
    match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items.iter().enumerate().map(|(index, item)| (at.item(index), item)).collect(),
        _ => Vec::new(),
    }
}

/// Findings for the rules in a schema that no route leads to: under `not`, `if`, `contains` and the like. Definitions are left
/// out, because a family need not use all of them.
fn unreached(root: &View<'_>, file: &str, at: &Pointer, reached: &BTreeSet<(String, Pointer)>) -> Vec<Draft> {
    let (mut drafts, mut open) = (Vec::new(), vec![(root.contents, at.clone())]);
    while let Some((schema, place)) = open.pop() {
        let keyword = place.child(KEYWORD);
        if schema.get(KEYWORD).is_some() && !reached.contains(&(file.to_owned(), keyword.clone())) {
            drafts.push(checks::rule_never_applies::in_schema(&keyword));
        }
        for (tokens, child) in subschemas::of(schema) {
            if !matches!(tokens.first().map(String::as_str), Some("$defs" | "definitions")) {
                open.push((child, tokens.iter().fold(place.clone(), |place, token| place.child(token))));
            }
        }
    }
    drafts
}

/// The schema of a version that can be used.
fn view<'a>(loaded: &'a LoadedFamily, version: &Version) -> Option<View<'a>> {
    version.validator.as_ref()?;
    loaded.set.as_ref()?.view(&Keyword { base: version.uri.clone(), pointer: Pointer::root() })
}

struct Loader<'l> {
    family: &'l Family,
    loaded: &'l LoadedFamily,
    forms: &'l LoadedFamily,
    files: &'l [&'l File],
    found: &'l mut Found,
}

impl<'l> Loader<'l> {
    /// The rules that stand in a schema.
    fn keywords(&mut self, root: &View<'l>) -> Rules {
        let mut rules = Vec::new();
        let mut shapes = shapes::Builder::new();
        let Some(set) = self.loaded.set.as_ref() else { return Rules::default() };
        // The root comes first: it is the shape of the whole document.
        shapes.shape([root.clone()]);
        if !self.files.iter().any(|file| file.text.contains(KEYWORD)) {
            return Rules { shapes: shapes.shapes, ..Rules::default() };
        }
        let shapes = RefCell::new(shapes);
        let mut reached = BTreeSet::new();
        let routes = route::Builder::build(
            root,
            &|view| {
                let mut shapes = shapes.borrow_mut();
                let shape = shapes.shape([view.clone()]);
                shapes.shapes.get(shape).least
            },
            &mut |view, crowd| {
                let Some((file, place)) = set.place_of(view) else { return Vec::new() };
                let place = place.child(KEYWORD);
                reached.insert((file.to_owned(), place.clone()));
                let Some(file) = self.files.iter().find(|candidate| candidate.file == file) else { return Vec::new() };
                let Some(list) = set.tree(&file.file).and_then(|root| root.find(&place)) else { return Vec::new() };
                let mut drafts = file::list(list, &place, &file.text, &file.file, self.forms);
                let mut numbers = Vec::new();
                if !finding::is_wrong(&drafts) {
                    let mut shapes = shapes.borrow_mut();
                    let scope = Scope { shape: shapes.shape([view.clone()]), crowd: crowd.clone() };
                    for (place, node) in items(Some(list), &place) {
                        let origin = Origin { text: &file.text, file: &file.file, place, is_own: false };
                        if let Some(rule) = rule::read(node, &origin, &scope, &shapes.shapes, &mut drafts) {
                            numbers.push(rules.len());
                            rules.push(rule);
                        }
                    }
                }
                self.found.add(&file.file, drafts);
                numbers
            },
            &|view| set.validator(view),
        );
        if let Some((file, place)) = set.place_of(root) {
            let drafts = unreached(root, file, &place, &reached);
            self.found.add(file, drafts);
        }
        Rules { shapes: shapes.into_inner().shapes, rules, routes, placed: Vec::new(), patterns: Patterns::default() }
    }

    /// The rules of a file that are about a version.
    #[allow(clippy::too_many_arguments, reason = "one call, beside its only caller")]
    fn file(
        &mut self,
        file: &File,
        root: &Node,
        number: u32,
        current: Option<u32>,
        rules: &mut Rules,
        cases: &mut Vec<Case>,
    ) {
        let owner = root.member("owner").and_then(|member| rule::as_text(&member.node));
        let document = rules.shapes.first();
        for (place, node) in rule_nodes(root) {
            let about = items(node.member("versions").map(|member| &member.node), &place.child("versions"));
            let mut drafts = Vec::new();
            let mut is_about = about.is_empty() && current == Some(number);
            for (at, version) in &about {
                let Value::Number(digits) = &version.value else { continue };
                is_about |= *digits == number.to_string();
                let known: Vec<u32> = self.family.schemas.keys().copied().collect();
                if !known.iter().any(|known| *digits == known.to_string()) {
                    drafts.push(checks::unknown_version::draft(digits, Some(at), &known));
                }
            }
            if is_about {
                let path = node.member("path").and_then(|member| rule::as_text(&member.node)).unwrap_or_default();
                let tokens: Vec<String> = Pointer::parse(path).unwrap_or_default().tokens().collect();
                let (scope, missing) = self.scope(&rules.shapes, document, &tokens);
                if let Some(missing) = missing {
                    drafts.push(checks::rule_never_applies::draft(&place, path, number, missing.as_deref()));
                }
                let origin = Origin { text: &file.text, file: &file.file, place: place.clone(), is_own: true };
                let read = rule::read(node, &origin, &scope, &rules.shapes, &mut drafts);
                if let Some(mut rule) = read {
                    rule.owner = rule.owner.or_else(|| owner.map(str::to_owned));
                    let index = rules.rules.len();
                    cases.extend(cases::of(node, &place, &file.file, number, index));
                    rules.placed.push((tokens, index));
                    rules.rules.push(rule);
                }
            }
            self.found.add(&file.file, drafts);
        }
    }

    /// What stands at a path; and, when the schema knows no such place, the nearest name, if any.
    fn scope(&self, shapes: &Shapes, document: ShapeId, path: &[String]) -> (Scope, Option<Option<String>>) {
        let (mut shape, mut crowd, mut missing) = (document, Crowd::document(), None);
        for token in path {
            let found = shapes.get(shape);
            let (next, each) = match (found.kind, token.as_str()) {
                (Kind::List, "*") => {
                    let is_map = matches!(found.list_type, ListType::Map(_));
                    (found.item, crowd.each(found.most, shapes.get(found.item).least, "maxItems", is_map))
                }
                (Kind::Map, "*") => (found.rest, crowd.each(found.most, 5, "maxProperties", true)),
                (Kind::Object, "*") => {
                    let most = if found.open { found.most } else { Some(found.fields.len() as u64) };
                    (ShapeId::ANY, crowd.each(most, 5, "maxProperties", true))
                }
                (Kind::Dyn, "*") => (ShapeId::ANY, crowd.each(None, 1, "type", false)),
                (Kind::List, index) if index.parse::<usize>().is_ok() => {
                    (found.item, Crowd { is_correlatable: false, ..crowd.member(index) })
                }
                (Kind::Object | Kind::Map | Kind::Dyn, key) => match shapes.field(shape, key) {
                    Some(next) => (next, crowd.member(key)),
                    None => {
                        let near = nearest::word(key, found.fields.keys().map(String::as_str));
                        missing = missing.or_else(|| Some(near.map(str::to_owned)));
                        (ShapeId::ANY, crowd.member(key))
                    }
                },
                (_, key) => {
                    missing = missing.or(Some(None));
                    (ShapeId::ANY, crowd.member(key))
                }
            };
            (shape, crowd) = (next, each);
        }
        (Scope { shape, crowd }, missing)
    }
}
