//! Whether two subschemas mean the same because they read the same, references followed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::conjunction::Union;
use super::pattern;
use super::references;
use super::subschemas::{self, Kind};
use super::view::View;

/// How deep schemas are compared. The stack of the guest holds more.
const MAX_DEPTH: usize = 200;

/// Steps over all questions.
const TOTAL_WORK: u64 = 150_000;

/// Two schemas, by their addresses.
type Pair = (usize, usize);

/// Compares subschemas, and remembers what it found.
///
/// A pair that is met again inside itself is taken to be the same. What was found with the help of that stays provisional
/// until the outermost of the pairs that it leans on is settled, so each pair is compared about once. Source of the idea:
/// the stack of Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1972.
#[derive(Debug)]
pub struct Sameness {
    known: BTreeSet<Pair>,
    different: BTreeSet<Pair>,
    /// The pairs that are being compared, and how far out each is.
    open: BTreeMap<Pair, usize>,
    /// Pairs that are the same if the open pair that far out is.
    provisional: BTreeMap<Pair, usize>,
    /// The provisional pairs in the order in which they were found.
    log: Vec<Pair>,
    /// Patterns as they were last written alike.
    patterns: BTreeMap<String, String>,
    /// Steps that are left over all questions. Without any, everything seems different.
    left: u64,
}

/// What a finding leans on that leans on nothing.
const NOTHING: usize = usize::MAX;

impl Default for Sameness {
    fn default() -> Self {
        Self {
            known: BTreeSet::new(),
            different: BTreeSet::new(),
            open: BTreeMap::new(),
            provisional: BTreeMap::new(),
            log: Vec::new(),
            patterns: BTreeMap::new(),
            left: TOTAL_WORK,
        }
    }
}

impl Sameness {
    /// Whether both accept the same values because they are written alike: the same dialect, the same keywords but for
    /// annotations, and references to schemas of which this holds again. Gives up after `work` steps.
    pub fn holds(&mut self, left: &View<'_>, right: &View<'_>, work: &mut u64) -> bool {
        self.compare(left, right, work).is_some()
    }

    /// Whether all that `demands` say is said by `parts` in the same words.
    pub fn covers(&mut self, parts: &[View<'_>], demands: &[View<'_>], work: &mut u64) -> bool {
        demands.iter().all(|demand| parts.iter().any(|part| self.holds(part, demand, work)))
    }

    /// For each branch of a union the branch that it became in the first of `unions` under the same keyword: one that goes by
    /// the same name or is told from the others by the same values, otherwise the same one, otherwise the one that stands
    /// where it stood among those that are left.
    pub fn twins<'a>(&mut self, keyword: &str, branches: &[View<'a>], unions: &[Union<'a>]) -> Vec<Option<View<'a>>> {
        let mut twins = vec![None; branches.len()];
        let Some((_, _, left)) = unions.iter().find(|(_, other, _)| *other == keyword) else { return twins };
        let mut left: Vec<(Option<String>, View<'a>)> =
            left.iter().map(|view| (name_of_branch(view), view.clone())).collect();
        let mut work = 20_000;
        let names: Vec<Option<String>> = branches.iter().map(name_of_branch).collect();
        for ((twin, branch), name) in twins.iter_mut().zip(branches).zip(&names) {
            let alike = |(other, _): &(Option<String>, View<'a>)| name.is_some() && other == name;
            let same = left.iter().position(|one| alike(one) && self.holds(branch, &one.1, &mut work));
            let found = same.or_else(|| left.iter().position(alike));
            *twin = found.map(|index| left.remove(index).1);
        }
        for (twin, branch) in twins.iter_mut().zip(branches).filter(|(twin, _)| twin.is_none()) {
            let same = left.iter().position(|(_, other)| self.holds(branch, other, &mut work));
            *twin = same.map(|index| left.remove(index).1);
        }
        let mut left = left.into_iter();
        for twin in twins.iter_mut().filter(|twin| twin.is_none()) {
            *twin = left.next().map(|(_, view)| view);
        }
        twins
    }

    /// `None` when there is a difference, otherwise how far out the pair is that this leans on.
    fn compare(&mut self, left: &View<'_>, right: &View<'_>, work: &mut u64) -> Option<usize> {
        let pair = (left.address(), right.address());
        if self.different.contains(&pair) {
            return None;
        }
        if pair.0 == pair.1 || self.known.contains(&pair) {
            return Some(NOTHING);
        }
        if let Some(leans_on) = self.open.get(&pair).or_else(|| self.provisional.get(&pair)) {
            return Some(*leans_on);
        }
        *work = work.checked_sub(1)?;
        let Some(left_over) = self.left.checked_sub(1).filter(|_| self.open.len() < MAX_DEPTH) else {
            // Says nothing of this pair: the next question starts at another depth.
            *work = 0;
            return None;
        };
        self.left = left_over;
        let (place, before) = (self.open.len(), self.log.len());
        self.open.insert(pair, place);
        let leans_on = self.compare_anew(left, right, work);
        self.open.remove(&pair);
        match leans_on {
            Some(outer) if outer < place => {
                self.provisional.insert(pair, outer);
                self.log.push(pair);
                Some(outer)
            }
            Some(_) => {
                // All that leant on this pair is settled with it.
                for pair in self.log.split_off(before) {
                    self.provisional.remove(&pair);
                    self.known.insert(pair);
                }
                self.known.insert(pair);
                Some(NOTHING)
            }
            None => {
                for pair in self.log.split_off(before) {
                    self.provisional.remove(&pair);
                }
                if *work > 0 {
                    // A difference is one whatever was assumed.
                    self.different.insert(pair);
                }
                None
            }
        }
    }

    fn compare_anew(&mut self, left: &View<'_>, right: &View<'_>, work: &mut u64) -> Option<usize> {
        if left.object().is_none() || right.object().is_none() {
            return (left.contents == right.contents).then_some(NOTHING);
        }
        if left.draft() != right.draft() || !self.are_alike(left, right) {
            return None;
        }
        let mut leans_on = NOTHING;
        for keyword in references::keywords(left.draft()) {
            let target = |view: &View<'_>| view.get(keyword).and_then(Value::as_str).map(str::to_owned);
            if let (Some(old), Some(new)) = (target(left), target(right)) {
                // What a dynamic reference means depends on the way that led here.
                let (old, new) = (left.lookup(&old).filter(|_| *keyword == "$ref")?, right.lookup(&new)?);
                leans_on = leans_on.min(self.compare(&old, &new, work)?);
            }
        }
        for (keyword, old) in members(left) {
            if is_definition(keyword) || !asserts(left, keyword) {
                continue;
            }
            let Some(kind) = subschemas::kind(keyword, old) else { continue };
            let new = right.object().and_then(|right| right.get(keyword))?;
            leans_on = leans_on.min(match kind {
                Kind::Single => self.compare(&left.enter(old), &right.enter(new), work)?,
                Kind::List => {
                    let (old, new) = (old.as_array()?, new.as_array()?);
                    let mut leans_on = NOTHING;
                    if old.len() != new.len() {
                        return None;
                    }
                    for (old, new) in old.iter().zip(new) {
                        leans_on = leans_on.min(self.compare(&left.enter(old), &right.enter(new), work)?);
                    }
                    leans_on
                }
                Kind::Map => self.compare_maps(keyword, (left, old.as_object()?), (right, new.as_object()?), work)?,
            });
        }
        Some(leans_on)
    }

    /// The schemas that the names in two maps lead to. Patterns that are read alike are the same name.
    fn compare_maps<'l, 'r>(
        &mut self,
        keyword: &str,
        (left, old): (&View<'l>, &'l Map<String, Value>),
        (right, new): (&View<'r>, &'r Map<String, Value>),
        work: &mut u64,
    ) -> Option<usize> {
        if old.len() != new.len() {
            return None;
        }
        let mut leans_on = NOTHING;
        let mut others: BTreeMap<String, &Value> = BTreeMap::new();
        if keyword == "patternProperties" {
            for (name, schema) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                if others.insert(self.pattern(name), schema).is_some() {
                    return None;
                }
            }
        }
        for (name, old) in old {
            let twin = match new.get(name) {
                Some(twin) => twin,
                // Each is the twin of one.
                None => others.remove(&self.pattern(name)).filter(|_| keyword == "patternProperties")?,
            };
            leans_on = leans_on.min(match (old, twin) {
                // Lists of names under `dependencies`.
                (Value::Array(_), _) | (_, Value::Array(_)) if old == twin => NOTHING,
                (Value::Array(_), _) | (_, Value::Array(_)) => return None,
                _ => self.compare(&left.enter(old), &right.enter(twin), work)?,
            });
        }
        Some(leans_on)
    }

    /// Whether the keywords are the same, and equal where they hold no schemas.
    fn are_alike(&mut self, left: &View<'_>, right: &View<'_>) -> bool {
        fn count(view: &View<'_>) -> usize {
            members(view).filter(|(keyword, _)| asserts(view, keyword) && !is_name(keyword)).count()
        }
        // A reference on one side only is a difference.
        let refers = |view: &View<'_>| view.object().is_some_and(|object| object.contains_key("$ref"));
        refers(left) == refers(right)
            && count(left) == count(right)
            && members(left).filter(|(keyword, _)| asserts(left, keyword) && !is_name(keyword)).all(|(keyword, old)| {
                let Some(new) = right.object().and_then(|right| right.get(keyword)).filter(|_| asserts(right, keyword))
                else {
                    return false;
                };
                match (subschemas::kind(keyword, old), keyword.as_str(), old.as_str(), new.as_str()) {
                    (Some(kind), ..) => subschemas::kind(keyword, new) == Some(kind),
                    (None, "pattern", Some(old), Some(new)) => old == new || self.pattern(old) == self.pattern(new),
                    (None, "required" | "enum" | "type", ..) => {
                        old == new || in_order(old).is_some_and(|old| in_order(new) == Some(old))
                    }
                    _ => old == new,
                }
            })
    }

    /// A pattern as others that are read as the same are written, too.
    fn pattern(&mut self, pattern: &str) -> String {
        if let Some(known) = self.patterns.get(pattern) {
            return known.clone();
        }
        let alike = pattern::normal(pattern).unwrap_or_else(|| pattern.to_owned());
        self.patterns.insert(pattern.to_owned(), alike.clone());
        alike
    }
}

/// What a branch of a union goes by: its name, or the members whose values tell it from the others.
fn name_of_branch(view: &View<'_>) -> Option<String> {
    let object = view.object()?;
    if let Some(name) = ["$ref", "title"].iter().find_map(|keyword| object.get(*keyword)?.as_str()) {
        return Some(name.to_owned());
    }
    let telling = |schema: &Value| {
        let one = |values: &&Value| values.as_array().is_some_and(|values| values.len() == 1);
        let constant = schema.get("const").or_else(|| schema.get("enum").filter(one));
        constant.or_else(|| schema.get("pattern")).map(Value::to_string)
    };
    let members = object.get("properties")?.as_object()?.iter();
    let told: Vec<String> = members.filter_map(|(name, schema)| Some(format!("{name} {}", telling(schema)?))).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

fn members<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    view.object().into_iter().flatten()
}

/// Whether the dialect knows the keyword, and the validator looks at it.
fn asserts(view: &View<'_>, keyword: &str) -> bool {
    view.draft().is_known_keyword(keyword) && (keyword != "format" || view.assertion(keyword).is_some())
}

/// Keywords that name schemas. References are compared by where they lead, definitions where they are used.
fn is_name(keyword: &str) -> bool {
    is_definition(keyword) || matches!(keyword, "$id" | "id" | "$schema" | "$anchor" | "$ref")
}

fn is_definition(keyword: &str) -> bool {
    matches!(keyword, "$defs" | "definitions")
}

/// A list whose order says nothing, in order.
fn in_order(value: &Value) -> Option<Vec<String>> {
    let mut items: Vec<String> = value.as_array()?.iter().map(Value::to_string).collect();
    items.sort_unstable();
    Some(items)
}
