//! Whether the places that steps name are places that the schemas know.

use std::collections::BTreeSet;

use super::step::Step;
use crate::checks;
use crate::explain::nearest;
use crate::finding::Draft;
use crate::pointer::Pointer;
use crate::schema::view::View;
use crate::schema::{Keyword, SchemaSet};

/// One version of a family, as far as places are concerned.
pub struct Shape<'a> {
    /// The schemas.
    pub set: &'a SchemaSet,
    /// The schema of the version.
    pub uri: &'a str,
    /// The number of the version.
    pub version: u32,
}

impl<'a> Shape<'a> {
    fn views(&self, at: &Pointer) -> Vec<View<'a>> {
        let root = Keyword { base: self.uri.to_owned(), pointer: Pointer::root() };
        let mut views: Vec<View<'a>> = self.set.view(&root).into_iter().collect();
        for token in at.tokens() {
            views = View::step_all(&views, &token);
        }
        views
    }

    /// Whether some schema speaks of the place; `false` there does not count.
    fn knows(&self, at: &Pointer) -> bool {
        self.views(at).iter().any(|view| *view.contents != serde_json::Value::Bool(false))
    }

    /// The place that was meant, if one resembles it.
    fn nearest(&self, at: &Pointer) -> Option<Pointer> {
        let (parent, key) = (at.parent()?, at.last()?);
        let declared: BTreeSet<&str> = self.views(&parent).iter().flat_map(View::declared_keys).collect();
        nearest::word(&key, declared).map(|near| parent.child(near))
    }
}

/// Findings for places that neither schema knows and no other step makes.
pub fn unknown(steps: &[Step], before: &Shape<'_>, after: &Shape<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut made: Vec<Pointer> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let body = Pointer::root().child("steps").item(index);
        let (taken, given) = ends(step, &body);
        if let Some((at, place)) = taken {
            let known = made.iter().any(|other| at.is_within(other)) || before.knows(&at);
            if !known {
                drafts.push(checks::unknown_place::draft(&place, &at, before.version, before.nearest(&at).as_ref()));
            }
        }
        if let Some((at, place)) = given {
            let used_later = steps.iter().skip(index + 1).any(|later| {
                ends(later, &Pointer::root()).0.is_some_and(|(other, _)| other.is_within(&at) || at.is_within(&other))
            });
            if !used_later && !after.knows(&at) {
                drafts.push(checks::unknown_place::draft(&place, &at, after.version, after.nearest(&at).as_ref()));
            }
            made.push(at);
        }
    }
    drafts
}

/// A place in documents, and the place in the migration file that names it.
type Named = (Pointer, Pointer);

/// The place that a step takes from, and the one that it gives to.
fn ends(step: &Step, body: &Pointer) -> (Option<Named>, Option<Named>) {
    match step {
        Step::Add { at, .. } => (None, Some((at.clone(), body.child("add").child("at")))),
        Step::Remove { at } => (Some((at.clone(), body.child("remove").child("at"))), None),
        Step::Rename { at, from, to } => (
            Some((at.child(from), body.child("rename").child("from"))),
            Some((at.child(to), body.child("rename").child("to"))),
        ),
        Step::Move { from, to } => {
            (Some((from.clone(), body.child("move").child("from"))), Some((to.clone(), body.child("move").child("to"))))
        }
    }
}
