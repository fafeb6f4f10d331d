//! Whether two subschemas mean the same because they read the same, references followed.

use std::collections::BTreeSet;

use serde_json::Value;

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
        let (old, new) = (subschemas::of(left.contents), subschemas::of(right.contents));
        let at = |found: &[(Vec<String>, &Value)]| -> BTreeSet<Vec<String>> {
            found.iter().filter(|(tokens, _)| counts(tokens)).map(|(tokens, _)| tokens.clone()).collect()
        };
        at(&old) == at(&new)
            && old.iter().filter(|(tokens, _)| counts(tokens)).all(|(tokens, schema)| {
                let twin = new.iter().find(|(other, _)| other == tokens);
                twin.is_some_and(|(_, twin)| match (schema, twin) {
                    // A list of names under `dependencies`.
                    (Value::Array(_), _) | (_, Value::Array(_)) => schema == twin,
                    _ => self.compare(&left.enter(schema), &right.enter(twin), assumed, work),
                })
            })
    }
}

/// Definitions are compared where they are used.
fn counts(tokens: &[String]) -> bool {
    tokens.first().is_none_or(|keyword| keyword != "$defs" && keyword != "definitions")
}

/// Whether the keywords that hold no schemas are equal.
fn alike(old: &serde_json::Map<String, Value>, new: &serde_json::Map<String, Value>) -> bool {
    let plain = |object: &serde_json::Map<String, Value>| -> Vec<(String, Value)> {
        let asserts = |keyword: &str, value: &Value| {
            !ANNOTATIONS.contains(&keyword)
                && !keyword.starts_with("x-")
                && !matches!(keyword, "$id" | "id" | "$schema" | "$anchor" | "$defs" | "definitions" | "$ref")
                && !holds_schemas(keyword, value)
        };
        let kept = object.iter().filter(|(keyword, value)| asserts(keyword, value));
        kept.map(|(keyword, value)| (keyword.clone(), in_order(keyword, value))).collect()
    };
    // A reference on one side only is a difference.
    old.contains_key("$ref") == new.contains_key("$ref") && plain(old) == plain(new)
}

fn holds_schemas(keyword: &str, value: &Value) -> bool {
    let probe = serde_json::json!({ keyword: value });
    !subschemas::of(&probe).is_empty()
}

/// Lists whose order says nothing, in order.
fn in_order(keyword: &str, value: &Value) -> Value {
    match value {
        Value::Array(items) if matches!(keyword, "required" | "enum" | "type") => {
            let mut items = items.clone();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        _ => value.clone(),
    }
}
