//! A view of one schema: its contents together with what its references mean there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};
use std::sync::LazyLock;

use jsonschema::Draft;
use referencing::{Resolved, Resolver, ResourceRef, SPECIFICATIONS};
use serde_json::{Map, Value};

use super::pattern::Patterns;

/// No schema of sane size has more in-place subschemas; the bound keeps hostile ones cheap.
pub const MAX_VIEWS: usize = 2_000;

/// A schema and the base against which its references are resolved.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The schema.
    pub contents: &'a Value,
    resolver: Resolver<'a>,
    draft: Draft,
    patterns: &'a Patterns,
    formats: bool,
    memo: Weak<Memo<'a>>,
}

/// References that one schema makes, and where they lead.
type References<'a> = Vec<(String, Option<View<'a>>)>;

/// What was found out about schemas. Whoever asks the same of them again and again owns one, and gives it to the first
/// view; the views that come of it use it while it lives. Schemas are told apart by their addresses.
#[derive(Debug, Default)]
pub struct Memo<'a> {
    in_place: RefCell<BTreeMap<usize, Rc<Vec<View<'a>>>>>,
    references: RefCell<BTreeMap<usize, References<'a>>>,
}

impl<'a> View<'a> {
    /// A view of what `resolved` holds. `formats` tells whether `format` asserts.
    pub fn new(resolved: Resolved<'a>, patterns: &'a Patterns, formats: bool) -> Self {
        let (contents, resolver, draft) = resolved.into_inner();
        Self { contents, resolver, draft, patterns, formats, memo: Weak::new() }
    }

    /// The schema that accepts nothing.
    pub fn never() -> Self {
        static NEVER: Value = Value::Bool(false);
        static NO_PATTERNS: LazyLock<Patterns> = LazyLock::new(Patterns::default);
        static NOWHERE: LazyLock<referencing::Uri<String>> = LazyLock::new(Default::default);
        let resolver = SPECIFICATIONS.resolver(NOWHERE.clone());
        let (draft, patterns) = (Draft::Draft202012, &*NO_PATTERNS);
        Self { contents: &NEVER, resolver, draft, patterns, formats: true, memo: Weak::new() }
    }

    /// The same view, with a memory.
    pub fn remembering(self, memo: &Rc<Memo<'a>>) -> Self {
        Self { memo: Rc::downgrade(memo), ..self }
    }

    /// The dialect that the schema is read in.
    pub fn draft(&self) -> Draft {
        self.draft
    }

    /// Whether `format` asserts.
    pub fn asserts_formats(&self) -> bool {
        self.formats
    }

    /// Whether an ECMA 262 pattern is found in `text`.
    pub fn is_match(&self, pattern: &str, text: &str) -> bool {
        self.patterns.match_text(pattern, text)
    }

    /// What `reference` means here; `None` when it leads nowhere.
    pub fn lookup(&self, reference: &str) -> Option<Self> {
        let resolved = || {
            let found = self.standard(reference).or_else(|| self.resolver.lookup(reference).ok())?;
            let found = Self::new(found, self.patterns, self.formats);
            Some(Self { memo: self.memo.clone(), ..found })
        };
        let Some(memo) = self.memo.upgrade() else { return resolved() };
        let known = memo.references.borrow().get(&self.address()).and_then(|known| {
            let (_, found) = known.iter().find(|(other, _)| other == reference)?;
            Some(found.clone())
        });
        if let Some(found) = known {
            return found;
        }
        let found = resolved();
        let mut references = memo.references.borrow_mut();
        references.entry(self.address()).or_default().push((reference.to_owned(), found.clone()));
        found
    }

    /// The schema of a dialect that `reference` names. A copy of it in the family does not take its place, because it does not
    /// for the validator.
    fn standard(&self, reference: &str) -> Option<Resolved<'a>> {
        let base = self.resolver.base_uri();
        if ![base.as_str(), reference].iter().any(|text| text.contains("json-schema.org")) {
            return None;
        }
        let uri = referencing::uri::resolve_against(&base.borrow(), reference).ok()?;
        let (name, fragment) = uri.as_str().split_once('#').unwrap_or((uri.as_str(), ""));
        let resource = SPECIFICATIONS.contains_resource(name).then(|| referencing::uri::from_str(name).ok())??;
        SPECIFICATIONS.resolver(resource).lookup(&format!("#{fragment}")).ok()
    }

    /// The same base, other contents.
    pub fn at(self, contents: &'a Value) -> Self {
        Self { contents, ..self }
    }

    /// A subschema of this schema.
    pub fn enter(&self, contents: &'a Value) -> Self {
        // A subschema may name a dialect of its own.
        let draft = self.draft.detect(contents);
        let resource = ResourceRef::new(contents, draft);
        let resolver = self.resolver.in_subresource(resource).unwrap_or_else(|_| self.resolver.clone());
        Self { contents, resolver, draft, ..self.clone() }
    }

    /// The keywords, unless the schema is `true` or `false`.
    pub fn object(&self) -> Option<&'a Map<String, Value>> {
        self.contents.as_object()
    }

    /// A keyword's value. In drafts 4 to 7 a `$ref` hides its siblings.
    pub fn get(&self, keyword: &str) -> Option<&'a Value> {
        let object = self.object()?;
        let value = object.get(keyword)?;
        let hidden = self.ref_hides_siblings() && keyword != "$ref" && object.contains_key("$ref");
        (!hidden).then_some(value)
    }

    /// The subschema under a keyword.
    pub fn subschema(&self, keyword: &str) -> Option<Self> {
        self.get(keyword).filter(|value| value.is_object() || value.is_boolean()).map(|value| self.enter(value))
    }

    fn ref_hides_siblings(&self) -> bool {
        matches!(self.draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
    }

    /// The schemas that this one refers to.
    pub fn references(&self) -> Vec<Self> {
        super::references::keywords(self.draft)
            .iter()
            .filter_map(|keyword| self.get(keyword)?.as_str())
            .filter_map(|reference| self.lookup(reference))
            .collect()
    }

    /// The schemas that apply to the same instance whenever this one does: itself, `$ref`, `allOf`.
    pub fn conjuncts(&self) -> Vec<Self> {
        self.closure(&["allOf"], &[])
    }

    /// The schemas that may apply to the same instance: also branches and conditions, but not negations.
    pub fn in_place(&self) -> Rc<Vec<Self>> {
        let closure = || Rc::new(self.closure(&["allOf", "anyOf", "oneOf"], &["then", "else", "if"]));
        let Some(memo) = self.memo.upgrade() else { return closure() };
        if let Some(known) = memo.in_place.borrow().get(&self.address()) {
            return Rc::clone(known);
        }
        let found = closure();
        memo.in_place.borrow_mut().insert(self.address(), Rc::clone(&found));
        found
    }

    fn closure(&self, lists: &[&str], singles: &[&str]) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut open = vec![self.clone()];
        while let Some(view) = open.pop() {
            if found.len() >= MAX_VIEWS || !seen.insert(view.address()) {
                continue;
            }
            // The last pushed comes first, so push in reverse to keep the order of the schema.
            for keyword in singles.iter().rev() {
                open.extend(view.subschema(keyword));
            }
            if !singles.is_empty() {
                for keyword in ["dependentSchemas", "dependencies"] {
                    let map = view.get(keyword).and_then(Value::as_object);
                    open.extend(
                        map.into_iter()
                            .flat_map(Map::values)
                            .filter(|value| value.is_object())
                            .map(|value| view.enter(value)),
                    );
                }
            }
            for keyword in lists.iter().rev() {
                let list = view.get(keyword).and_then(Value::as_array);
                open.extend(list.into_iter().flatten().rev().map(|value| view.enter(value)));
            }
            open.extend(view.references());
            found.push(view);
        }
        found
    }

    /// The schemas that may apply to the member or item `token` of an instance of this schema.
    pub fn step(&self, token: &str) -> Vec<Self> {
        Self::step_all(std::slice::from_ref(self), token)
    }

    /// As [`View::step`], for several schemas of one instance. Each schema is given once: there would otherwise be more
    /// of them with every step.
    pub fn step_all(views: &[Self], token: &str) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut given = BTreeSet::new();
        for in_place in views.iter().map(Self::in_place) {
            for view in in_place.iter().filter(|view| seen.insert(view.address())) {
                found.extend(view.step_here(token).into_iter().filter(|view| given.insert(view.address())));
            }
        }
        found
    }

    /// Identifies a schema: the registry owns all of them and does not move them.
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self.contents) as usize
    }

    /// As [`View::step`], without what conditions (`if`) ask: those demand nothing of the member.
    pub fn step_demanded(&self, token: &str) -> Vec<Self> {
        let demanding = self.closure(&["allOf", "anyOf", "oneOf"], &["then", "else"]);
        demanding.iter().flat_map(|view| view.step_here(token)).collect()
    }

    /// As [`View::step`], for this schema's own keywords only.
    fn step_here(&self, token: &str) -> Vec<Self> {
        let mut found = Vec::new();
        if let Some(properties) = self.get("properties").and_then(Value::as_object)
            && let Some(schema) = properties.get(token)
        {
            found.push(self.enter(schema));
        }
        for (pattern, schema) in self.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            if self.patterns.match_text(pattern, token) {
                found.push(self.enter(schema));
            }
        }
        if found.is_empty() {
            found.extend(self.subschema("additionalProperties"));
            found.extend(self.subschema("unevaluatedProperties"));
        }
        if let Ok(index) = token.parse::<usize>() {
            let tuple = self.get("prefixItems").or_else(|| self.get("items")).and_then(Value::as_array);
            match tuple.and_then(|tuple| tuple.get(index)) {
                Some(schema) => found.push(self.enter(schema)),
                None => {
                    for keyword in ["items", "additionalItems", "unevaluatedItems"] {
                        found.extend(self.subschema(keyword));
                    }
                }
            }
            found.extend(self.subschema("contains"));
        }
        found
    }

    /// The names that `properties` declares, here or in any schema that may apply to the same instance.
    pub fn declared_keys(&self) -> BTreeSet<&'a str> {
        self.in_place()
            .iter()
            .filter_map(|view| view.get("properties")?.as_object())
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect()
    }

    /// Whether every conjunct demands `keyword` as it stands; the value of the first that has it.
    pub fn first(&self, keyword: &str) -> Option<&'a Value> {
        self.conjuncts().iter().find_map(|view| view.get(keyword))
    }
}
