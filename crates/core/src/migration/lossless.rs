//! Of which steps the old schema proves that they keep nothing: their way back is exact by itself, for any valid document.
//!
//! Each kind of step has a condition under which it keeps nothing (after the table in "A vocabulary that covers it", and what
//! the kind does in fact, with the position of keys). The condition is about the document when the step runs; it is taken
//! back through the steps before it to the old version, and there it is a schema that has to follow from the old one. What
//! is not proved is not refuted: the documents that the gate tries say the rest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::action::{Action, Entries, Filler, Nest, OnConflict, Otherwise, Presence, Relocate, Scalar, Wrap};
use super::complement::NOTHING;
use super::condition::{Condition, Demand};
use super::expression::Expression;
use super::path::{Path, Token};
use super::place;
use super::places::Shape;
use super::step::{self, Direction, Run, Step};
use super::touched::Touched;
use crate::call::Proof;
use crate::compare::implies;
use crate::pointer::Pointer;
use crate::schema::view::View;
use crate::source::{self, Format, Node};

/// Steps of the proof of one condition.
const WORK: u64 = 20_000;

/// The steps that keep nothing, and for which documents that is proved.
pub fn proved(steps: &[Step], before: &Shape<'_>) -> BTreeMap<Pointer, Proof> {
    let mut search = Search { before, wanted: Vec::new(), earlier: Vec::new() };
    search.all(steps, &Path::default(), true);
    let Some(root) = before.root() else { return BTreeMap::new() };
    let leaves = search.wanted.iter().fold(BTreeMap::new(), |mut leaves: BTreeMap<&Pointer, Proof>, wanted| {
        // Where a step runs at several places, each has to be proved.
        let known = leaves.get(&wanted.step).copied().unwrap_or(Proof::Valid);
        let proof = if known == Proof::None { known } else { known.min(prove(&root, wanted.schemas.as_deref())) };
        leaves.insert(&wanted.step, proof);
        leaves
    });
    let mut proved = BTreeMap::new();
    gather(steps, &leaves, &mut proved);
    proved.retain(|_, proof| *proof != Proof::None);
    proved
}

fn prove<'a>(root: &View<'a>, schemas: Option<&'a [Value]>) -> Proof {
    let Some(schemas) = schemas else { return Proof::None };
    let holds = |declared_only| schemas.iter().all(|schema| implies(root, schema, declared_only, WORK));
    if holds(false) {
        Proof::Valid
    } else if holds(true) {
        Proof::Declared
    } else {
        Proof::None
    }
}

/// Steps that hold others keep what those keep.
fn gather(steps: &[Step], leaves: &BTreeMap<&Pointer, Proof>, into: &mut BTreeMap<Pointer, Proof>) -> Proof {
    let mut all = Proof::Valid;
    for step in steps {
        let proof = match &step.action {
            Action::Group(group) => gather(&group.steps, leaves, into),
            Action::ForEach(items) => gather(&items.steps, leaves, into),
            Action::When(when) => {
                gather(&when.then, leaves, into);
                gather(&when.otherwise, leaves, into);
                Proof::None
            }
            _ => leaves.get(&step.place).copied().unwrap_or(Proof::None),
        };
        into.insert(step.place.clone(), proof);
        all = all.min(proof);
    }
    all
}

/// A step at one of the places where it runs.
struct Wanted {
    step: Pointer,
    /// What has to follow from the old schema; `None` when that is not known.
    schemas: Option<Vec<Value>>,
}

/// A step that ran before, and the place that its pointers start from.
struct Earlier<'s> {
    step: &'s Step,
    around: Path,
    /// Whether it surely ran.
    always: bool,
}

struct Search<'s, 'a> {
    before: &'s Shape<'a>,
    wanted: Vec<Wanted>,
    earlier: Vec<Earlier<'s>>,
}

/// What a step needs so that it keeps nothing.
#[derive(Clone)]
enum Need<'s> {
    Demand(Demand),
    /// One of the values which the step gives back exactly.
    Returned(&'s Scalar),
}

impl<'s> Search<'s, '_> {
    fn all(&mut self, steps: &'s [Step], around: &Path, always: bool) {
        for step in steps {
            match &step.action {
                Action::Group(group) => {
                    group.at.iter().for_each(|at| self.all(&group.steps, &around.then_path(at), always));
                }
                Action::ForEach(items) => self.all(&items.steps, &around.then(&items.at).each(), always),
                Action::When(when) => {
                    self.all(&when.then, around, false);
                    self.all(&when.otherwise, around, false);
                }
                _ => {
                    let schemas = needs(step, around).and_then(|needs| self.schemas(needs));
                    self.wanted.push(Wanted { step: step.place.clone(), schemas });
                    self.earlier.push(Earlier { step, around: around.clone(), always });
                }
            }
        }
    }

    /// The needs as schemas of the old version.
    fn schemas(&self, needs: Vec<(Path, Need<'s>)>) -> Option<Vec<Value>> {
        let mut schemas = Vec::new();
        for (at, need) in needs {
            let places = self.before_all(at)?;
            let demand = match need {
                Need::Demand(demand) => demand,
                Need::Returned(scalar) => {
                    let listed: Vec<Value> = places.iter().flat_map(|at| self.before.listed(at)).collect();
                    Demand::Accepted(json!({"enum": returned(scalar, listed)}))
                }
            };
            for at in places {
                schemas.push(Condition { at, demand: demand.clone() }.schema()?);
            }
        }
        Some(schemas)
    }

    /// Where the values at a place were at the old version. `None` when the steps before may have made them.
    fn before_all(&self, at: Path) -> Option<Vec<Path>> {
        let mut places = vec![at];
        for earlier in self.earlier.iter().rev() {
            let before: Option<Vec<Vec<Path>>> = places.into_iter().map(|at| earlier.before(at)).collect();
            places = before?.concat();
        }
        Some(places)
    }
}

impl Earlier<'_> {
    /// Where the values at a place were before the step: at several places perhaps, or, if the step leaves nothing there, at none.
    fn before(&self, at: Path) -> Option<Vec<Path>> {
        let exactly = match &self.step.action {
            Action::Relocate(Relocate { from, to, on_conflict: OnConflict::Error, prune: false }) => {
                Some((from, Some(to)))
            }
            Action::Remove(Presence { at, prune: false, .. }) => Some((at, None)),
            _ => None,
        };
        if let Some((from, to)) = exactly.filter(|_| self.always) {
            let (from, to) = (self.around.then(from), to.map(|to| self.around.then(to)));
            let is_named =
                [Some(&from), to.as_ref()].into_iter().flatten().all(|path| before_items(path) == path.tokens());
            if is_named && to.as_ref().is_none_or(|to| !to.is_within(&from) && !from.is_within(to)) {
                if at.is_within(&from) {
                    return Some(Vec::new());
                }
                if let Some(to) = to.filter(|to| at.is_within(to)) {
                    // What came there, and what was there without anything coming.
                    return Some(vec![at.moved(&to, &from), at]);
                }
            }
        }
        let touched = Touched::by(self.step, &self.around);
        touched.changed.iter().all(|changed| !meet(before_items(changed), at.tokens())).then(|| vec![at])
    }
}

/// The path as far as it names no item by its index: items that come and go move the ones behind them.
fn before_items(path: &Path) -> &[Token] {
    let is_index = |token: &Token| matches!(token, Token::Key(key) if place::index(key).is_some());
    let named = path.tokens().iter().take_while(|token| !is_index(token)).count();
    path.tokens().get(..named).unwrap_or_default()
}

/// Whether a place of the one may be around, inside or the same as one of the other.
fn meet(left: &[Token], right: &[Token]) -> bool {
    for (left, right) in left.iter().zip(right) {
        match (left, right) {
            (Token::Deep, _) | (_, Token::Deep) => return true,
            (Token::Key(left), Token::Key(right)) if left != right => return false,
            _ => {}
        }
    }
    true
}

/// What has to be true so that a step keeps nothing; `None` when no schema can say it.
fn needs<'s>(step: &'s Step, around: &Path) -> Option<Vec<(Path, Need<'s>)>> {
    let demand = |at: &Pointer, demand: Demand| vec![(around.then(at), Need::Demand(demand))];
    Some(match &step.action {
        Action::Test(_) => Vec::new(),
        // A new key of the same object stands where the old one stood.
        Action::Relocate(Relocate { from, to, .. }) if is_rename(from, to) => demand(to, Demand::Absent),
        Action::Copy(copy) => demand(&copy.to, Demand::Absent),
        Action::Add(Presence { at, filler: None | Some(Filler::Value(_)), prune: false }) => demand(at, Demand::Absent),
        Action::Scalar(scalar) => match scalar {
            Scalar::Flip(at, flip) => {
                let either: Vec<Value> =
                    [Some(&flip.old), flip.new.as_ref()].into_iter().flatten().map(Node::to_json_value).collect();
                demand(at, Demand::Accepted(json!({"not": {"enum": either}})))
            }
            Scalar::Table(at, table) if matches!(table.otherwise, Otherwise::Value(_)) => {
                vec![(around.then(at), Need::Returned(scalar))]
            }
            Scalar::Table(at, table) => {
                // Any other value stays, or stops the document.
                let either = table.values.iter().chain(&table.back).flat_map(|(one, other)| [one, other]);
                let lost: Vec<Value> = either.filter(|value| is_kept(scalar, value)).map(Node::to_json_value).collect();
                demand(at, Demand::Accepted(json!({"not": {"enum": lost}})))
            }
            Scalar::Convert(at, convert) => {
                let alone = Expression::reads_only_the_value;
                if !alone(&convert.up) || !convert.down.as_ref().is_some_and(alone) {
                    return None;
                }
                vec![(around.then(at), Need::Returned(scalar))]
            }
        },
        Action::Wrap(Wrap { at, nest, .. }) => demand(at, Demand::Accepted(outside(nest))),
        Action::Head(Wrap { at, nest, .. }) => demand(at, Demand::Accepted(inside(nest))),
        Action::Entries(Entries { at, key, value }) if value.as_ref() != Some(key) => {
            demand(at, Demand::Accepted(json!({"type": "object"})))
        }
        _ => return None,
    })
}

/// Values that do not look as if they were wrapped.
fn outside(nest: &Nest) -> Value {
    match nest {
        Nest::List => json!({"type": ["null", "boolean", "number", "string", "object"]}),
        Nest::Key(key) => json!({"properties": {key: {"not": {}}}}),
    }
}

/// Values that come out of what they are wrapped in, and go in again.
fn inside(nest: &Nest) -> Value {
    match nest {
        Nest::List => json!({"type": "array", "minItems": 1, "maxItems": 1, "items": outside(nest)}),
        Nest::Key(key) => {
            json!({"type": "object", "required": [key], "maxProperties": 1, "properties": {key: outside(nest)}})
        }
    }
}

/// Whether a member gets another key in the same object.
fn is_rename(from: &Pointer, to: &Pointer) -> bool {
    from.parent().is_some()
        && from.parent() == to.parent()
        && from.last().is_some_and(|key| place::index(&key).is_none())
}

/// Those of the values that come back from the other side exactly. Numbers are left out: one value has many spellings.
fn returned(scalar: &Scalar, listed: Vec<Value>) -> Vec<Value> {
    let listed = listed.into_iter().chain([Value::Null, Value::Bool(false), Value::Bool(true)]);
    let plain = listed.filter(|value| matches!(value, Value::Null | Value::Bool(_) | Value::String(_)));
    let mut seen = BTreeSet::new();
    plain
        .filter(|value| seen.insert(value.to_string()))
        .filter(|value| {
            let node = source::reread(&value.to_string(), Format::Json);
            node.is_some_and(|node| tried(scalar, &node).is_some_and(|kept| !kept))
        })
        .collect()
}

/// Whether the step goes through with a value and keeps something for the way back.
fn is_kept(scalar: &Scalar, value: &Node) -> bool {
    tried(scalar, value) == Some(true)
}

/// Runs the step on a value that has a sibling, so that a position that changes is seen: whether it keeps something, or
/// `None` when it does not go through.
fn tried(scalar: &Scalar, value: &Node) -> Option<bool> {
    let members =
        vec![place::member("value", value.clone()), place::member("sibling", place::made(source::Value::Null))];
    let mut scope = place::made(source::Value::Object(members));
    let action = Action::Scalar(scalar.clone().moved(Pointer::root().child("value")));
    let step = Step { name: String::new(), place: Pointer::root(), action, lossy: None };
    let kept = step::run(&[step], &mut scope, &Run::on_document(Direction::Up), &NOTHING).ok()?;
    Some(!kept.is_empty())
}
