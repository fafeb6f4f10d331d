//! Judging a document that could be read: what the schema and the rules have to say, and what of it is old.

use jsonschema::Validator;
use serde_json::Value as Json;

use crate::bundle::Family;
use crate::checks;
use crate::explain::{self, Budget, Subject, describe, secrets};
use crate::finding::Draft;
use crate::pointer::Pointer;
use crate::rules::{self, LoadedRules, Rules, ratchet};
use crate::schema::load::{LoadedFamily, Version};
use crate::schema::{Keyword, SchemaSet};
use crate::source::{Format, Node};

/// A family that is loaded.
#[derive(Debug)]
pub struct Loaded {
    /// What the bundle says.
    pub family: Family,
    /// The schemas.
    pub schemas: LoadedFamily,
    /// The rules.
    pub rules: LoadedRules,
}

/// A document that was read.
pub struct Document<'d> {
    /// Its tree.
    pub root: &'d Node,
    /// The same, as validators want it.
    pub value: &'d Json,
    /// Its text.
    pub text: &'d str,
    /// The format of the text.
    pub format: Format,
}

/// What a document was before a change.
pub struct Before<'d> {
    /// The document.
    pub document: Document<'d>,
    /// Whether what was wrong already is debt.
    pub ratchets: bool,
}

/// What is wrong with a document, and the byte ranges of its secrets.
pub struct Judgement {
    /// The findings.
    pub drafts: Vec<Draft>,
    /// The secrets, when there is anything to show beside them.
    pub hidden: Vec<(usize, usize)>,
}

/// A version of a family, against which documents are judged.
#[derive(Clone, Copy)]
pub struct Judge<'p> {
    /// The family.
    pub loaded: &'p Loaded,
    /// The number of the version.
    pub number: u32,
    /// The schema.
    pub version: Option<&'p Version>,
}

impl<'p> Judge<'p> {
    /// The rules of the version, if there are any.
    pub fn rules(&self) -> Option<&'p Rules> {
        self.loaded.rules.versions.get(&self.number)
    }

    /// Whether there is nothing to say about a document at all.
    pub fn accepts(&self, value: &Json) -> bool {
        self.version.and_then(|version| version.validator.as_ref()).is_some_and(|validator| validator.is_valid(value))
            && self.rules().is_none_or(|rules| rules::findings::is_silent(rules, value))
    }

    /// The byte ranges of the secrets of a document; all of it, where that cannot be told.
    pub fn secrets(&self, document: &Document<'_>, budget: &Budget) -> Vec<(usize, usize)> {
        let family = &self.loaded.family;
        if !may_hold_secrets(family) {
            return Vec::new();
        }
        match self.usable() {
            Some((set, version, validator)) => {
                let keyword = Keyword { base: version.uri.clone(), pointer: Pointer::root() };
                secrets::hidden(&subject(family, (set, &keyword, validator), document, budget), &[])
            }
            None => vec![(document.root.start, document.root.end)],
        }
    }

    /// The schemas, if they can be used.
    fn usable(&self) -> Option<(&'p SchemaSet, &'p Version, &'p Validator)> {
        let version = self.version?;
        Some((self.loaded.schemas.set.as_ref()?, version, version.validator.as_ref()?))
    }

    /// Judges a document. `surprised` tells whether reading it left warnings, whose lines are shown too.
    pub fn judge(
        &self,
        document: &Document<'_>,
        before: Option<&Before<'_>>,
        surprised: bool,
        budget: &Budget,
    ) -> Judgement {
        let family = &self.loaded.family;
        let Some((set, version, validator)) = self.usable() else {
            let file = self.version.map_or("", |version| version.file.as_str());
            let hidden = if may_hold_secrets(family) { vec![(0, document.text.len())] } else { Vec::new() };
            return Judgement { drafts: vec![checks::unusable_schema::draft(file)], hidden };
        };
        let keyword = Keyword { base: version.uri.clone(), pointer: Pointer::root() };
        let base = subject(family, (set, &keyword, validator), document, budget);
        let by_schema = |subject: &Subject<'_>, value: &Json| match validator.is_valid(value) {
            true => Vec::new(),
            false => explain::explain(subject, value),
        };
        let mut drafts = by_schema(&base, document.value);
        let by_rules = self.rules().map_or_else(Vec::new, |rules| {
            let old = before.map(|before| before.document.value);
            rules::findings::of(rules, document.value, old, before.is_some_and(|before| before.ratchets), &drafts)
        });
        if let Some(before) = before.filter(|before| before.ratchets && !drafts.is_empty()) {
            let former = &before.document;
            let subject = Subject { document: former.root, text: former.text, format: former.format, ..base };
            let known = by_schema(&subject, former.value);
            ratchet::mark(&mut drafts, &known, document.value, before.document.value);
        }
        let shown = surprised || !drafts.is_empty() || !by_rules.is_empty();
        let hidden = if shown && may_hold_secrets(family) { secrets::hidden(&base, &drafts) } else { Vec::new() };
        drafts.extend(by_rules.into_iter().map(|draft| masked(draft, document.text, &hidden)));
        Judgement { drafts, hidden }
    }
}

fn subject<'s>(
    family: &'s Family,
    (set, root, validator): (&'s SchemaSet, &'s Keyword, &'s Validator),
    document: &'s Document<'_>,
    budget: &'s Budget,
) -> Subject<'s> {
    let Document { root: node, text, format, .. } = *document;
    Subject { set, root, validator, document: node, text, format, secrets: &family.secrets, budget }
}

/// A finding of a rule, whose message the author makes from the document, without the secrets that are in it.
fn masked(mut draft: Draft, text: &str, hidden: &[(usize, usize)]) -> Draft {
    for (start, end) in hidden {
        let secret = text.get(*start..*end).unwrap_or_default().trim().trim_matches(['"', '\'']);
        if secret.len() > 2 {
            draft.message = draft.message.replace(&describe::printable(secret), "••••").replace(secret, "••••");
        }
    }
    draft
}

/// Whether any schema of the family, or its configuration, speaks of secrets at all.
pub fn may_hold_secrets(family: &Family) -> bool {
    !family.secrets.is_empty()
        || family
            .schemas
            .values()
            .chain(&family.shared)
            .any(|file| file.text.contains("writeOnly") || file.text.contains("password"))
}
