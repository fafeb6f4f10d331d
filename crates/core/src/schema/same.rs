//! Whether two subschemas mean the same because they read the same, references followed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::conjunction::Union;
use super::references;
use super::subschemas;
use super::view::View;

/// Keywords that say nothing about validity.
const ANNOTATIONS: &[&str] =
    &["$comment", "default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"];

/// How deep schemas are compared. The stack of the guest holds more.
const MAX_DEPTH: usize = 200;

/// Steps over all questions.
const TOTAL_WORK: u64 = 150_000;

/// Compares subschemas, and remembers what it found.
#[derive(Debug)]
pub struct Sameness {
    known: BTreeSet<(usize, usize)>,
    different: BTreeSet<(usize, usize)>,
    depth: usize,
    /// Steps that are left over all questions. Without any, everything seems different.
    left: u64,
}

impl Default for Sameness {
    fn default() -> Self {
        Self { known: BTreeSet::new(), different: BTreeSet::new(), depth: 0, left: TOTAL_WORK }
    }
}

impl Sameness {
    /// Whether both accept the same values because they are written alike: the same dialect, the same keywords but for
    /// annotations, and references to schemas of which this holds again. Gives up after `work` steps.
    pub fn holds(&mut self, left: &View<'_>, right: &View<'_>, work: &mut u64) -> bool {
        let mut assumed = BTreeSet::new();
        let same = self.compare(left, right, &mut assumed, work);
        if same {
            // All that was assumed on the way has been compared by now.
            self.known.extend(assumed);
        }
        same
    }

    /// Whether all that `demands` say is said by `parts` in the same words.
    pub fn covers(&mut self, parts: &[View<'_>], demands: &[View<'_>], work: &mut u64) -> bool {
        demands.iter().all(|demand| parts.iter().any(|part| self.holds(part, demand, work)))
    }

    /// For each branch of a union the branch that it became in the first of `unions` under the same keyword: the same one,
    /// otherwise the one that stands where it stood among those that are left.
    pub fn twins<'a>(&mut self, keyword: &str, branches: &[View<'a>], unions: &[Union<'a>]) -> Vec<Option<View<'a>>> {
        let mut twins = vec![None; branches.len()];
        let Some((_, _, left)) = unions.iter().find(|(_, other, _)| *other == keyword) else { return twins };
        let mut left = left.clone();
        let mut work = 20_000;
        for (twin, branch) in twins.iter_mut().zip(branches) {
            let same = left.iter().position(|other| self.holds(branch, other, &mut work));
            *twin = same.map(|index| left.remove(index));
        }
        let mut left = left.into_iter();
        for twin in twins.iter_mut().filter(|twin| twin.is_none()) {
            *twin = left.next();
        }
        twins
    }

    fn compare(
        &mut self,
        left: &View<'_>,
        right: &View<'_>,
        assumed: &mut BTreeSet<(usize, usize)>,
        work: &mut u64,
    ) -> bool {
        let pair = (left.address(), right.address());
        if self.different.contains(&pair) {
            return false;
        }
        if pair.0 == pair.1 || self.known.contains(&pair) || !assumed.insert(pair) {
            return true;
        }
        let (Some(rest), Some(left_over)) = (work.checked_sub(1), self.left.checked_sub(1)) else { return false };
        *work = rest;
        self.left = left_over;
        if self.depth >= MAX_DEPTH {
            // Says nothing of this pair: the next question starts at another depth.
            *work = 0;
            return false;
        }
        self.depth += 1;
        let same = self.compare_anew(left, right, assumed, work);
        self.depth -= 1;
        if !same && *work > 0 && self.left > 0 {
            // A difference is one whatever was assumed.
            self.different.insert(pair);
        }
        same
    }

    fn compare_anew(
        &mut self,
        left: &View<'_>,
        right: &View<'_>,
        assumed: &mut BTreeSet<(usize, usize)>,
        work: &mut u64,
    ) -> bool {
        let (Some(old), Some(new)) = (left.object(), right.object()) else { return left.contents == right.contents };
        if left.draft() != right.draft() || !alike(old, new) {
            return false;
        }
        for keyword in references::keywords(left.draft()) {
            let targets = |view: &View<'_>| view.get(keyword).and_then(Value::as_str).map(str::to_owned);
            if let (Some(old), Some(new)) = (targets(left), targets(right)) {
                // What a dynamic reference means depends on the way that led here.
                let same = *keyword == "$ref"
                    && match (left.lookup(&old), right.lookup(&new)) {
                        (Some(old), Some(new)) => self.compare(&old, &new, assumed, work),
                        _ => false,
                    };
                if !same {
                    return false;
                }
            }
        }
        let (old, new) = (compared(left), compared(right));
        old.keys().eq(new.keys())
            && old.values().zip(new.values()).all(|(schema, twin)| match (schema, twin) {
                // A list of names under `dependencies`.
                (Value::Array(_), _) | (_, Value::Array(_)) => schema == twin,
                _ => self.compare(&left.enter(schema), &right.enter(twin), assumed, work),
            })
    }
}

/// The direct subschemas by their places. Definitions are compared where they are used.
fn compared<'a>(view: &View<'a>) -> BTreeMap<Vec<String>, &'a Value> {
    let defines = |tokens: &[String]| matches!(tokens.first().map(String::as_str), Some("$defs" | "definitions"));
    subschemas::of(view.contents).into_iter().filter(|(tokens, _)| !defines(tokens)).collect()
}

/// Whether the keywords that hold no schemas are equal.
fn alike(old: &serde_json::Map<String, Value>, new: &serde_json::Map<String, Value>) -> bool {
    fn plain(object: &serde_json::Map<String, Value>) -> impl Iterator<Item = (&String, Cow<'_, Value>)> {
        let asserts = |keyword: &str, value: &Value| {
            !ANNOTATIONS.contains(&keyword)
                && !keyword.starts_with("x-")
                && !matches!(keyword, "$id" | "id" | "$schema" | "$anchor" | "$defs" | "definitions" | "$ref")
                && subschemas::under(keyword, value).is_empty()
        };
        let kept = object.iter().filter(move |(keyword, value)| asserts(keyword, value));
        kept.map(|(keyword, value)| (keyword, in_order(keyword, value)))
    }
    // A reference on one side only is a difference.
    old.contains_key("$ref") == new.contains_key("$ref") && plain(old).eq(plain(new))
}

/// Lists whose order says nothing, in order.
fn in_order<'v>(keyword: &str, value: &'v Value) -> Cow<'v, Value> {
    match value {
        Value::Array(items) if matches!(keyword, "required" | "enum" | "type") => {
            let mut items = items.clone();
            items.sort_by_cached_key(Value::to_string);
            Cow::Owned(Value::Array(items))
        }
        _ => Cow::Borrowed(value),
    }
}
