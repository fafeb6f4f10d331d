//! Documents from a schema: the boundaries first, then one thing changed at a time.
//!
//! A generated document is a guess until a validator has accepted it, which whoever asks for it does. The same schema
//! gives the same documents in the same order, in every host: nothing here is random.
//!
//! With an aim, another schema for the same values, the guesses crowd where the two differ: values just inside and outside
//! of the aim's bounds, members that only the aim speaks of, patterns of both.

mod members;
mod numbers;
pub mod patterns;
mod strings;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jsonschema::Validator;
use serde_json::Value;

use crate::explain::size;
use crate::schema::conjunction::Conjunction;
use crate::schema::evaluate::{count_satisfies_all, satisfies_all};
use crate::schema::language::Languages;
use crate::schema::same::Sameness;
use crate::schema::types::Types;
use crate::schema::view::View;

/// A name that schemas do not use.
pub const UNDECLARED: &str = "x-undeclared";
/// How many values are kept at each depth: many for the document, ever fewer inside.
const KEPT: [usize; 7] = [6_000, 400, 120, 60, 24, 12, 6];
/// How many values are kept of a place where nothing is looked for.
const BRIEF: usize = 4;
/// How many values of an enumeration are tried.
const MAX_LISTED: usize = 300;

/// What a call of [`Generator::values`] is remembered by.
type Key = (Vec<usize>, Types, Vec<usize>, Types, usize, Vec<usize>, bool);

/// Makes values.
pub struct Generator<'a> {
    /// Steps that are left: about the subschemas that a value is held against.
    work: u64,
    known: BTreeMap<Key, Rc<Values>>,
    sameness: Sameness,
    languages: Languages,
    /// Unions whose branches are being gone through.
    expanded: Vec<usize>,
    /// Whether places where premise and aim are the same are passed over quickly.
    aimed: bool,
    /// Whether a plain value is enough.
    brief: bool,
    /// Whether plain values are enough inside.
    shallow: bool,
    _schemas: std::marker::PhantomData<&'a ()>,
}

/// The documents that a schema accepts, out of those that are guessed from it: at most `most`.
pub fn documents(root: &View<'_>, validator: &Validator, most: usize, work: u64) -> Vec<Value> {
    let mut generator = Generator::new(work, false);
    let (premise, aim) = (Conjunction::of([root.clone()]), Conjunction::of([]));
    // Plain ones first: large schemas have none left to spend once all boundaries inside were looked at.
    let plain = [Types::OBJECT, Types::ARRAY].map(|kind| generator.around(&premise, &kind));
    let guesses = generator.values(&premise, &aim, 0);
    let mut seen = BTreeSet::new();
    let accepted = |guess: &&Value| seen.insert(guess.to_string()) && validator.is_valid(guess);
    plain.iter().flatten().chain(guesses.iter()).filter(accepted).take(most).cloned().collect()
}

impl<'a> Generator<'a> {
    /// A generator that takes about `work` steps. `aimed` looks closely only where premise and aim differ.
    pub fn new(work: u64, aimed: bool) -> Self {
        Self {
            work,
            known: BTreeMap::new(),
            sameness: Sameness::default(),
            languages: Languages::default(),
            expanded: Vec::new(),
            aimed,
            brief: false,
            shallow: false,
            _schemas: std::marker::PhantomData,
        }
    }

    /// Takes away what is left beyond `work`.
    pub fn limit(&mut self, work: u64) {
        self.work = self.work.min(work);
    }

    /// Values that probably satisfy `premise`, the plainest first; those that certainly do not are left out.
    pub fn values(&mut self, premise: &Conjunction<'a>, aim: &Conjunction<'a>, depth: usize) -> Rc<Values> {
        let (true, Some(kept)) = (self.work > 0, KEPT.get(depth)) else { return Rc::default() };
        let (premise_parts, premise_types, _) = premise.identity();
        let (aim_parts, aim_types, _) = aim.identity();
        let brief = self.brief || self.shallow || self.aimed && depth > 0 && self.is_settled(premise, aim);
        let key = (premise_parts, premise_types, aim_parts, aim_types, depth, self.expanded.clone(), brief);
        if let Some(known) = self.known.get(&key) {
            return Rc::clone(known);
        }
        let mut found = Pool::new(premise, if brief { BRIEF.min(*kept) } else { *kept }, self.work);
        let outer = (std::mem::replace(&mut self.brief, brief), std::mem::replace(&mut self.shallow, false));
        self.fill(&mut found, premise, aim, depth);
        (self.brief, self.shallow) = outer;
        self.work = self.work.saturating_sub(found.work);
        let found = Rc::new(found.sorted());
        self.known.insert(key, Rc::clone(&found));
        found
    }

    /// Values at the boundaries of one place: what is inside it stays plain. Takes one part in `share` of the work that is
    /// left.
    pub fn at(&mut self, premise: &Conjunction<'a>, aim: &Conjunction<'a>, share: u64) -> Vec<Value> {
        let allowed = self.work / share.max(1);
        let rest = self.work - allowed;
        let mut found = Pool::new(premise, KEPT[1], allowed);
        self.work = allowed;
        self.shallow = true;
        self.fill(&mut found, premise, aim, 1);
        self.shallow = false;
        self.work = rest + self.work.saturating_sub(found.work);
        found.sorted().iter().cloned().collect()
    }

    /// A plain object or array that satisfies a schema, and one with all that it declares. Where none is found that satisfies
    /// it, those that were tried: what is put into them may make the difference.
    pub fn around(&mut self, premise: &Conjunction<'a>, kind: &Types) -> Vec<Value> {
        let outer = std::mem::replace(&mut self.brief, true);
        let (premise, aim) = (premise.only(*kind), Conjunction::of([]));
        let mut found: Vec<Value> = self.values(&premise, &aim, 1).iter().take(BRIEF).cloned().collect();
        if found.is_empty() && self.work > 0 {
            found = self.of_type(&premise, &aim, *kind, 1);
            found.truncate(2);
        }
        self.brief = outer;
        found
    }

    /// Whether all that the aim demands is demanded by the premise in the same words.
    fn is_settled(&mut self, premise: &Conjunction<'a>, aim: &Conjunction<'a>) -> bool {
        let mut work = 2_000;
        self.sameness.covers(premise.parts(), aim.parts(), &mut work)
    }

    fn fill(&mut self, found: &mut Pool<'_, 'a>, premise: &Conjunction<'a>, aim: &Conjunction<'a>, depth: usize) {
        if let Some(values) = premise.listed_values() {
            // Of a long list, what the aim refuses matters.
            let (refused, others): (Vec<&Value>, Vec<&Value>) =
                values.into_iter().partition(|value| satisfies_all(value, aim.parts()) == Some(false));
            refused.into_iter().chain(others).take(MAX_LISTED).for_each(|value| found.add(value.clone()));
            return;
        }
        for keyword in ["default", "examples", "const", "enum"] {
            for value in premise.parts().iter().chain(aim.parts()).filter_map(|part| part.get(keyword)) {
                match value.as_array().filter(|_| keyword != "default" && keyword != "const") {
                    Some(values) => values.iter().take(MAX_LISTED).for_each(|value| found.add(value.clone())),
                    None => found.add(value.clone()),
                }
            }
        }
        self.branches(found, premise, aim, depth);
        // One value of each type first: what is wrong is often the type.
        let types = premise.types();
        let mut each: Vec<Vec<Value>> = Vec::new();
        for one in Types::EACH.into_iter().filter(|one| one.meets(types)) {
            each.push(self.of_type(&premise.only(one), &aim.only(one), one, depth));
        }
        for values in &each {
            values.iter().take(2).for_each(|value| found.add(value.clone()));
        }
        each.into_iter().flatten().for_each(|value| found.add(value));
        if !self.brief {
            self.exclusions(found, premise, aim, depth);
        }
    }

    /// The branches of unions, each with everything else that holds, and aimed at the branch of the aim that it became.
    fn branches(&mut self, found: &mut Pool<'_, 'a>, premise: &Conjunction<'a>, aim: &Conjunction<'a>, depth: usize) {
        for (part, keyword, branches) in premise.unions() {
            if self.expanded.contains(&part.address()) {
                continue;
            }
            self.expanded.push(part.address());
            let twins = self.sameness.twins(keyword, &branches, &aim.unions());
            let cases: Vec<(Vec<View<'a>>, Vec<View<'a>>)> = if keyword == "if" {
                let others = twins.iter().flatten().cloned().collect();
                vec![(branches, others), (part.subassertion("else").into_iter().collect(), Vec::new())]
            } else {
                let pairs = branches.into_iter().zip(twins);
                pairs.map(|(branch, twin)| (vec![branch], twin.into_iter().collect())).collect()
            };
            let share = (found.room() / cases.len().max(1)).max(4);
            for (case, twin) in cases {
                if self.brief && found.room() == 0 {
                    break;
                }
                let values = self.values(&premise.choosing(&part, keyword, case), &aim.and(twin), depth);
                found.adopt(&values, share);
            }
            self.expanded.pop();
        }
        // A branch of the aim is something to aim at; values have to satisfy the premise alone.
        for (part, keyword, branches) in aim.unions() {
            if self.brief || self.expanded.contains(&part.address()) {
                continue;
            }
            self.expanded.push(part.address());
            let share = (found.room() / branches.len().max(1)).max(4);
            for branch in branches.into_iter().take(if keyword == "if" { 1 } else { usize::MAX }) {
                let values = self.values(premise, &aim.and([branch]), depth);
                found.adopt(&values, share);
            }
            self.expanded.pop();
        }
    }

    /// What must not hold has boundaries too.
    fn exclusions(&mut self, found: &mut Pool<'_, 'a>, premise: &Conjunction<'a>, aim: &Conjunction<'a>, depth: usize) {
        for excluded in premise.excluded().into_iter().chain(aim.excluded()) {
            if !self.expanded.contains(&excluded.address()) {
                self.expanded.push(excluded.address());
                let values = self.values(premise, &aim.and([excluded]), depth);
                found.adopt(&values, usize::MAX);
                self.expanded.pop();
            }
        }
    }

    fn of_type(&mut self, premise: &Conjunction<'a>, aim: &Conjunction<'a>, one: Types, depth: usize) -> Vec<Value> {
        match one {
            Types::NULL => vec![Value::Null],
            Types::BOOLEAN => vec![Value::Bool(true), Value::Bool(false)],
            Types::NUMBER => numbers::of(premise, aim),
            Types::STRING => strings::of(&mut self.languages, premise, aim).into_iter().map(Value::String).collect(),
            Types::ARRAY => members::arrays(self, premise, aim, depth),
            _ => members::objects(self, premise, aim, depth),
        }
    }
}

/// Values, and whether each surely satisfies the premise that it was made for.
#[derive(Debug, Default)]
pub struct Values(Vec<(bool, Value)>);

impl Values {
    /// The plainest.
    pub fn first(&self) -> Option<&Value> {
        self.get(0)
    }

    /// The value at a position.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index).map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, the plainest first.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(_, value)| value)
    }
}

/// Values without repetition.
struct Pool<'p, 'a> {
    premise: &'p Conjunction<'a>,
    values: Vec<(bool, Value)>,
    seen: BTreeSet<String>,
    most: usize,
    /// Steps that were taken, and how many may be.
    work: u64,
    most_work: u64,
}

impl<'p, 'a> Pool<'p, 'a> {
    fn new(premise: &'p Conjunction<'a>, most: usize, most_work: u64) -> Self {
        let (values, seen) = (Vec::new(), BTreeSet::new());
        Self { premise, values, seen, most, work: premise.parts().len() as u64, most_work }
    }

    fn room(&self) -> usize {
        if self.work > self.most_work { 0 } else { self.most.saturating_sub(self.values.len()) }
    }

    fn add(&mut self, value: Value) {
        if self.room() == 0 {
            return;
        }
        let (accepted, steps) = count_satisfies_all(&value, self.premise.parts());
        self.work += steps + size(&value) as u64;
        if accepted != Some(false) && self.seen.insert(value.to_string()) {
            self.values.push((accepted == Some(true), value));
        }
    }

    /// Takes in the first of values that were made for a premise which says all that this one does.
    fn adopt(&mut self, values: &Values, most: usize) {
        for (sure, value) in values.0.iter().take(most) {
            if self.room() > 0 && self.seen.insert(value.to_string()) {
                self.work += 1;
                self.values.push((*sure, value.clone()));
            }
        }
    }

    /// What surely satisfies the premise comes before what only may.
    fn sorted(mut self) -> Values {
        self.values.sort_by_key(|(sure, _)| !sure);
        Values(self.values)
    }
}
