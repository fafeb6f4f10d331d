//! Whether the places that steps name are places that the schemas know.

use std::collections::BTreeSet;

use serde_json::Value;

use super::action::{Action, Copy, Entries, Filter, Presence, Relocate, Wrap};
use super::path::{Path, Token};
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
    /// The schema itself.
    pub fn root(&self) -> Option<View<'a>> {
        self.set.view(&Keyword { base: self.uri.to_owned(), pointer: Pointer::root() })
    }

    /// The values that the schema lists for a place, in any of its branches.
    pub fn listed(&self, at: &Path) -> Vec<Value> {
        let views = self.views(at.tokens()).unwrap_or_default();
        let in_place: Vec<View<'a>> = views.iter().flat_map(|view| view.in_place().to_vec()).collect();
        let enums = in_place.iter().filter_map(|view| view.assertion("enum")?.as_array()).flatten();
        enums.chain(in_place.iter().filter_map(|view| view.assertion("const"))).cloned().collect()
    }

    /// What the schema says of a place; `None` when it has wildcards for any depth.
    fn views(&self, at: &[Token]) -> Option<Vec<View<'a>>> {
        let mut views: Vec<View<'a>> = self.root().into_iter().collect();
        for token in at {
            views = match token {
                Token::Key(key) => View::step_all(&views, key),
                Token::Each => {
                    let declared: BTreeSet<&str> = views.iter().flat_map(View::declared_keys).collect();
                    // A key that no schema declares, and an item.
                    let others = ["\u{0}", "0"];
                    declared.into_iter().chain(others).flat_map(|key| View::step_all(&views, key)).collect()
                }
                Token::Deep => return None,
            };
        }
        Some(views)
    }

    /// Whether some schema speaks of the place; `false` there does not count.
    fn knows(&self, at: &Path) -> bool {
        self.views(at.tokens()).is_none_or(|views| views.iter().any(|view| *view.contents != Value::Bool(false)))
    }

    /// The place that was meant, if one resembles it.
    fn nearest(&self, at: &Path) -> Option<Path> {
        let (Token::Key(key), parent) = at.tokens().split_last()? else { return None };
        let views = self.views(parent)?;
        let declared: BTreeSet<&str> = views.iter().flat_map(View::declared_keys).collect();
        nearest::word(key, declared).map(|near| at.with_last(near))
    }
}

/// Findings for places that neither schema knows and no other step makes.
pub fn unknown(steps: &[Step], before: &Shape<'_>, after: &Shape<'_>) -> Vec<Draft> {
    let mut ends = Vec::new();
    collect(steps, &Path::default(), &mut ends);
    let mut drafts = Vec::new();
    for (index, end) in ends.iter().enumerate() {
        let (earlier, later) = ends.split_at(index);
        let at = &end.at;
        let (is_known, shape) = if end.gives {
            let is_used = later.iter().any(|other| !other.gives && (other.at.is_within(at) || at.is_within(&other.at)));
            (is_used || after.knows(at), after)
        } else {
            let is_made = earlier.iter().any(|other| other.gives && at.is_within(&other.at));
            (is_made || before.knows(at), before)
        };
        if !is_known {
            drafts.push(checks::unknown_place::draft(&end.place, at, shape.version, shape.nearest(at).as_ref()));
        }
    }
    drafts
}

/// A place in documents that a step takes from or gives to, and the place in the migration file that names it.
struct End {
    at: Path,
    place: Pointer,
    gives: bool,
}

fn collect(steps: &[Step], around: &Path, ends: &mut Vec<End>) {
    for step in steps {
        let body = step.place.child(&step.name);
        let mut end = |at: &Pointer, key: &str, gives: bool| {
            ends.push(End { at: around.then(at), place: body.child(key), gives });
        };
        match &step.action {
            Action::Relocate(Relocate { from, to, .. }) | Action::Copy(Copy { from, to, .. }) => {
                end(from, "from", false);
                end(to, "to", true);
            }
            Action::Add(Presence { at, .. }) => end(at, "at", true),
            Action::Remove(Presence { at, .. })
            | Action::Wrap(Wrap { at, .. })
            | Action::Head(Wrap { at, .. })
            | Action::Entries(Entries { at, .. })
            | Action::FromEntries(Entries { at, .. })
            | Action::Filter(Filter { at, .. }) => end(at, "at", false),
            // That nothing is there may be just what is asked.
            Action::Test(_) => {}
            Action::Scalar(scalar) => end(scalar.at(), "at", false),
            Action::Split(junction) => {
                end(&junction.one, "from", false);
                junction.many.iter().for_each(|(at, _)| end(at, "to", true));
            }
            Action::Join(junction) => {
                junction.many.iter().for_each(|(at, _)| end(at, "from", false));
                end(&junction.one, "to", true);
            }
            Action::Merge(merge) => {
                merge.from.iter().for_each(|at| end(at, "from", false));
                end(&merge.into, "into", true);
            }
            Action::ForEach(items) => {
                end(&items.at, "at", false);
                collect(&items.steps, &around.then(&items.at).each(), ends);
            }
            Action::Group(group) => {
                for path in &group.at {
                    collect(&group.steps, &around.then_path(path), ends);
                }
            }
            Action::When(when) => {
                collect(&when.then, around, ends);
                collect(&when.otherwise, around, ends);
            }
        }
    }
}
