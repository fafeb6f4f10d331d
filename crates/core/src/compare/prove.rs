//! Proving that every value which one schema accepts is accepted by another.
//!
//! The goal is taken apart keyword by keyword; each has to follow from what the premise demands. What does not follow is an
//! [`Obstacle`] and not a refutation: refuting is for a witness. Recursive schemas are proved by induction on the size of
//! the value: a pair that is met again further inside the value may be taken as proven.
//!
//! Source of the idea: subtyping of recursive types by Amadio and Cardelli, TOPLAS 1993, and its use for JSON Schema by
//! Habib and others, "Finding data compatibility bugs with JSON subschemas", ISSTA 2021. The rules are our own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::schema::conjunction::{Conjunction, whole};
use crate::schema::evaluate::{satisfies, satisfies_all};
use crate::schema::format;
use crate::schema::language::{Languages, Relation, Wanted};
use crate::schema::quantity;
use crate::schema::same::Sameness;
use crate::schema::types::Types;
use crate::schema::view::View;

/// Enumerations longer than this are not tried value by value.
const MAX_VALUES: usize = 1_000;
/// How many proofs stand inside each other. The stack of the guest holds more.
const MAX_OPEN: usize = 100;
/// Steps for an attempt that is not the likeliest.
const ATTEMPT_WORK: u64 = 500;
/// How deep cases are distinguished inside each other.
const MAX_CASES: usize = 6;

/// What stopped a proof: a keyword of the new schema that the old one does not answer for.
#[derive(Clone, Debug)]
pub struct Obstacle<'a> {
    /// The schema that has the keyword.
    pub schema: View<'a>,
    /// The keyword.
    pub keyword: String,
}

type Proof<'a> = Result<(), Obstacle<'a>>;

/// A premise and a goal, by their addresses.
type Pair = (Vec<usize>, Types, Vec<String>, usize);

/// A pair that is being proved.
struct Open {
    pair: Pair,
    /// How far inside the value.
    inside: usize,
}

/// Proves, and counts the work.
pub struct Prover<'a> {
    sameness: Sameness,
    languages: Languages,
    open: Vec<Open>,
    /// What was proved, in that order.
    log: Vec<Pair>,
    proven: BTreeSet<Pair>,
    /// What could not be proved, and where that stopped. Trying again would stop again.
    failed: BTreeMap<Pair, Obstacle<'a>>,
    inside: usize,
    cases: usize,
    /// Steps that are left.
    work: u64,
}

impl<'a> Prover<'a> {
    /// A prover that takes at most `work` steps.
    pub fn new(work: u64) -> Self {
        Self {
            sameness: Sameness::default(),
            languages: Languages::default(),
            open: Vec::new(),
            log: Vec::new(),
            proven: BTreeSet::new(),
            failed: BTreeMap::new(),
            inside: 0,
            cases: 0,
            work,
        }
    }

    fn spend(&mut self, goal: &View<'a>) -> Proof<'a> {
        self.work = self.work.checked_sub(1).ok_or_else(|| obstacle(goal, "$ref"))?;
        Ok(())
    }

    /// Whether every value that satisfies `premise` satisfies `goal`.
    pub fn implies(&mut self, premise: &Conjunction<'a>, goal: &View<'a>) -> Proof<'a> {
        self.spend(goal)?;
        if goal.contents == &Value::Bool(true) || goal.object().is_some_and(serde_json::Map::is_empty) {
            return Ok(());
        }
        if premise.is_false() || premise.types().is_empty() {
            return Ok(());
        }
        let (parts, types, present) = premise.identity();
        let pair = (parts, types, present, goal.address());
        if self.proven.contains(&pair) {
            return Ok(());
        }
        if let Some(stopped) = self.failed.get(&pair) {
            return Err(stopped.clone());
        }
        if self.open.len() >= MAX_OPEN {
            return Err(obstacle(goal, "$ref"));
        }
        if let Some(open) = self.open.iter().find(|open| open.pair == pair) {
            return if self.inside > open.inside { Ok(()) } else { Err(obstacle(goal, "$ref")) };
        }
        let before = self.log.len();
        self.open.push(Open { pair: pair.clone(), inside: self.inside });
        let proof = self.implies_anew(premise, goal);
        self.open.pop();
        match &proof {
            Ok(()) => {
                if self.proven.insert(pair.clone()) {
                    self.log.push(pair);
                }
            }
            Err(stopped) => {
                // What was proved meanwhile may have leant on this pair.
                for pair in self.log.split_off(before) {
                    self.proven.remove(&pair);
                }
                if self.work > 0 {
                    self.failed.insert(pair, stopped.clone());
                }
            }
        }
        proof
    }

    fn implies_anew(&mut self, premise: &Conjunction<'a>, goal: &View<'a>) -> Proof<'a> {
        let mut work = self.work.min(20_000);
        let spent = work;
        let same = self.sameness.covers(premise.parts(), std::slice::from_ref(goal), &mut work);
        self.work = self.work.saturating_sub(spent - work);
        if same {
            return Ok(());
        }
        if let Some(values) = finite(premise) {
            let accepted = |value: &&Value| {
                satisfies_all(value, premise.parts()) == Some(false) || satisfies(value, goal) == Some(true)
            };
            if values.iter().all(|value| accepted(&value)) {
                return Ok(());
            }
        }
        // Each branch of the goal is at most as easy to prove for the whole premise as for one case of it.
        let branched = goal.assertion("anyOf").or_else(|| goal.assertion("oneOf")).is_some();
        if branched && self.within_a_case(|prover| prover.by_branches(premise, goal, true)).is_some() {
            return Ok(());
        }
        let direct = self.each_keyword(premise, goal);
        let Err(stopped) = direct else { return Ok(()) };
        if self.is_impossible(premise) {
            return Ok(());
        }
        let by_cases = self.within_a_case(|prover| {
            let branches = if branched { None } else { prover.by_branches(premise, goal, false) };
            let choices = ["anyOf", "oneOf", "not", "if", "enum", "const"];
            let chooses = choices.iter().any(|keyword| goal.assertion(keyword).is_some());
            branches.or_else(|| if chooses { prover.by_types(premise, goal) } else { None })
        });
        by_cases.ok_or(stopped)
    }

    /// Distinguishes cases, but not too deep inside each other.
    fn within_a_case(&mut self, prove: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        if self.cases >= MAX_CASES {
            return None;
        }
        self.cases += 1;
        let proven = prove(self);
        self.cases -= 1;
        proven
    }

    /// Proves the goal for each branch of a union of the premise. `None` when that fails for each union.
    fn by_branches(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, unions_only: bool) -> Option<()> {
        for (part, keyword, branches) in premise.unions() {
            if unions_only && keyword == "if" {
                continue;
            }
            let cases: Vec<Conjunction<'a>> = if keyword == "if" {
                let no = premise.choosing(&part, keyword, part.subassertion("else")).and_not(branches.first().cloned());
                let yes = premise.choosing(&part, keyword, branches);
                // The condition is settled in both cases.
                vec![yes, no]
            } else {
                let others = |chosen: usize| {
                    let others =
                        branches.iter().enumerate().filter(move |(index, _)| keyword == "oneOf" && *index != chosen);
                    others.map(|(_, branch)| branch.clone())
                };
                let cases = branches.iter().enumerate();
                cases
                    .map(|(index, branch)| premise.choosing(&part, keyword, [branch.clone()]).and_not(others(index)))
                    .collect()
            };
            let before = premise.identity();
            if cases.iter().any(|case| case.identity().0 == before.0) {
                // The case adds nothing: it would be met again for ever.
                continue;
            }
            if cases.iter().all(|case| self.implies(case, goal).is_ok()) {
                return Some(());
            }
        }
        None
    }

    fn by_types(&mut self, premise: &Conjunction<'a>, goal: &View<'a>) -> Option<()> {
        let types = premise.types();
        let cases: Vec<Types> = Types::EACH.into_iter().filter(|one| one.meets(types)).collect();
        (cases.len() > 1 && cases.iter().all(|one| self.implies(&premise.only(*one), goal).is_ok())).then_some(())
    }

    fn each_keyword(&mut self, premise: &Conjunction<'a>, goal: &View<'a>) -> Proof<'a> {
        if goal.contents == &Value::Bool(false) {
            return Err(obstacle(goal, "false"));
        }
        let Some(keywords) = goal.object() else { return Ok(()) };
        for keyword in keywords.keys() {
            if let Some(demand) = goal.assertion(keyword) {
                self.keyword(premise, goal, keyword, demand)?;
            }
        }
        Ok(())
    }

    fn keyword(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, keyword: &str, demand: &'a Value) -> Proof<'a> {
        self.spend(goal)?;
        let types = premise.types();
        let about = match keyword {
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Types::NUMBER,
            "minLength" | "maxLength" | "pattern" | "format" | "contentEncoding" | "contentMediaType" => Types::STRING,
            "items" | "prefixItems" | "additionalItems" | "contains" | "minContains" | "maxContains" | "minItems"
            | "maxItems" | "uniqueItems" | "unevaluatedItems" => Types::ARRAY,
            "properties"
            | "patternProperties"
            | "additionalProperties"
            | "propertyNames"
            | "required"
            | "minProperties"
            | "maxProperties"
            | "dependencies"
            | "dependentRequired"
            | "dependentSchemas"
            | "unevaluatedProperties" => Types::OBJECT,
            _ => Types::ALL,
        };
        if !types.meets(about) {
            return Ok(());
        }
        let holds = match keyword {
            "$ref" => match demand.as_str().and_then(|reference| goal.lookup(reference)) {
                Some(target) => return self.implies(premise, &target),
                None => false,
            },
            "type" => types.is_within(Types::named(Some(demand), goal.draft())),
            "enum" | "const" => finite(premise).is_some_and(|values| {
                let listed: Vec<&Value> =
                    if keyword == "enum" { demand.as_array().into_iter().flatten().collect() } else { vec![demand] };
                values.iter().all(|value| {
                    listed.iter().any(|listed| quantity::equal(listed, value))
                        || satisfies_all(value, premise.parts()) == Some(false)
                })
            }),
            "minimum" | "exclusiveMinimum" => {
                let own = premise.minimum();
                goal.bounds("minimum", "exclusiveMinimum").iter().all(|bound| {
                    own.as_ref()
                        .is_some_and(|own| !bound.is_above(own) && quantity::compare(own.at, bound.at).is_some())
                })
            }
            "maximum" | "exclusiveMaximum" => {
                let own = premise.maximum();
                goal.bounds("maximum", "exclusiveMaximum").iter().all(|bound| {
                    own.as_ref()
                        .is_some_and(|own| !bound.is_below(own) && quantity::compare(own.at, bound.at).is_some())
                })
            }
            "multipleOf" => demand.as_number().is_some_and(|factor| {
                let whole_numbers = !types.meets(Types::FRACTION) && factor.as_i64() == Some(1);
                whole_numbers || premise.multiples().any(|own| quantity::divides(factor, own))
            }),
            "minItems" => whole(demand).is_some_and(|least| premise.at_least("minItems") >= least),
            "minLength" => whole(demand).is_some_and(|least| {
                let shorter = |own: Wanted| Wanted {
                    longest: own.longest.into_iter().chain([least.saturating_sub(1)]).min(),
                    ..own
                };
                premise.lengths().0 >= least || self.has_no_string(premise, shorter)
            }),
            "minProperties" => whole(demand)
                .is_some_and(|least| premise.at_least("minProperties").max(premise.required().len() as u64) >= least),
            "maxLength" => whole(demand).is_some_and(|most| {
                let longer = |own: Wanted| Wanted { shortest: own.shortest.max(most.saturating_add(1)), ..own };
                premise.lengths().1.is_some_and(|own| own <= most) || self.has_no_string(premise, longer)
            }),
            "maxItems" => whole(demand).is_some_and(|most| premise.most_items().is_some_and(|own| own <= most)),
            "maxProperties" => whole(demand).is_some_and(|most| premise.most_members().is_some_and(|own| own <= most)),
            "pattern" => demand.as_str().is_some_and(|pattern| {
                let refused = |own: Wanted| Wanted { missed: BTreeSet::from([pattern.to_owned()]), ..own };
                premise.each("pattern").any(|(_, own)| own == demand)
                    || self.languages.has_none(&refused(premise.strings()))
            }),
            "format" => demand.as_str().is_some_and(|wanted| {
                let named = |(part, own): (&View<'a>, &'a Value)| Some((own.as_str()?, part.draft()));
                premise.each("format").filter_map(named).any(|own| format::implies(own, (wanted, goal.draft())))
            }),
            // Other encodings and media types are passed over by the validator.
            "contentEncoding" if demand != "base64" => true,
            "contentMediaType" if demand != "application/json" => true,
            "contentEncoding" => {
                premise.each("contentEncoding").any(|(part, own)| own == demand && part.draft() == goal.draft())
            }
            "contentMediaType" => premise.each("contentMediaType").any(|(part, own)| {
                own == demand
                    && part.draft() == goal.draft()
                    && part.assertion("contentEncoding") == goal.assertion("contentEncoding")
            }),
            "uniqueItems" => {
                demand != &Value::Bool(true)
                    || premise.each("uniqueItems").any(|(_, own)| own == &Value::Bool(true))
                    || premise.most_items().is_some_and(|most| most < 2)
            }
            "items" | "prefixItems" | "additionalItems" => return self.items(premise, goal, keyword),
            "contains" | "minContains" | "maxContains" => self.contains(premise, goal),
            "required" => {
                let own = premise.required();
                demand.as_array().into_iter().flatten().filter_map(Value::as_str).all(|key| own.contains(key))
            }
            "properties" | "patternProperties" | "additionalProperties" => return self.members(premise, goal, keyword),
            "propertyNames" => return self.names(premise, goal, demand),
            "dependencies" | "dependentRequired" | "dependentSchemas" => {
                return self.dependents(premise, goal, keyword, demand);
            }
            "unevaluatedProperties" => return self.unevaluated_members(premise, goal, demand),
            "unevaluatedItems" => demand == &Value::Bool(true) || demand == &serde_json::json!({}),
            "allOf" => {
                for branch in demand.as_array().into_iter().flatten() {
                    self.implies(premise, &goal.enter(branch))?;
                }
                true
            }
            "anyOf" => {
                let branches: Vec<View<'a>> =
                    demand.as_array().into_iter().flatten().map(|branch| goal.enter(branch)).collect();
                self.likeliest(premise, goal, keyword, &branches)
                    .into_iter()
                    .enumerate()
                    .any(|(index, branch)| self.attempt(index, |prover| prover.implies(premise, &branch).is_ok()))
            }
            "oneOf" => {
                let branches: Vec<View<'a>> =
                    demand.as_array().into_iter().flatten().map(|branch| goal.enter(branch)).collect();
                self.likeliest(premise, goal, keyword, &branches).into_iter().enumerate().any(|(index, chosen)| {
                    self.attempt(index, |prover| prover.implies(premise, &chosen).is_ok())
                        && branches.iter().all(|branch| {
                            branch.address() == chosen.address() || self.is_impossible(&premise.and([branch.clone()]))
                        })
                })
            }
            "not" => {
                let refused = goal.enter(demand);
                let mut excluded = premise.excluded().into_iter();
                excluded.any(|own| self.implies(&Conjunction::of([refused.clone()]), &own).is_ok())
                    || self.is_impossible(&premise.and([refused]))
            }
            "if" => return self.condition(premise, goal, demand),
            "$dynamicRef" | "$recursiveRef" => false,
            // `then` and `else` are judged with `if`; everything else asserts nothing.
            _ => true,
        };
        if holds { Ok(()) } else { Err(obstacle(goal, keyword)) }
    }

    /// The branches that the premise may imply: first those that a part of it equals, or that a branch it contains became.
    fn likeliest(
        &mut self,
        premise: &Conjunction<'a>,
        goal: &View<'a>,
        keyword: &str,
        branches: &[View<'a>],
    ) -> Vec<View<'a>> {
        let types = premise.types();
        let required = premise.required();
        let values = finite(premise);
        let parts: BTreeSet<usize> = premise.parts().iter().map(View::address).collect();
        let own_unions = Conjunction::of([goal.clone()]).unions();
        let mut became = BTreeSet::new();
        for (_, _, own) in premise.unions().into_iter().filter(|(_, other, _)| *other == keyword) {
            let twins = self.sameness.twins(keyword, &own, &own_unions);
            // A branch that is a reference is in the premise as what it refers to.
            let contained = |branch: &View<'a>| branch.conjuncts().iter().any(|view| parts.contains(&view.address()));
            let pairs = own.iter().zip(twins).filter(|(branch, _)| contained(branch));
            became.extend(pairs.filter_map(|(_, twin)| twin).map(|twin| twin.address()));
        }
        let mut likely = Vec::new();
        for branch in branches {
            let demands = Conjunction::of([branch.clone()]);
            let accepts = |values: &Vec<Value>| values.iter().any(|value| satisfies(value, branch) != Some(false));
            let hopeless = demands.is_false()
                || !types.is_within(demands.types())
                || types == Types::OBJECT && !demands.required().is_subset(&required)
                || !values.as_ref().is_none_or(accepts);
            if !hopeless {
                let mut work = self.work.min(2_000);
                let same = self.sameness.covers(premise.parts(), std::slice::from_ref(branch), &mut work);
                likely.push((!same, !became.contains(&branch.address()), branch.clone()));
            }
        }
        likely.sort_by_key(|(differs, strange, _)| (*differs, *strange));
        likely.into_iter().map(|(_, _, branch)| branch).collect()
    }

    /// The first attempt may take all the work that is left, others only a little.
    fn attempt(&mut self, index: usize, prove: impl FnOnce(&mut Self) -> bool) -> bool {
        let left = self.work;
        let granted = if index == 0 { left } else { left.min(ATTEMPT_WORK) };
        self.work = granted;
        let proven = prove(self);
        self.work = left.saturating_sub(granted.saturating_sub(self.work));
        proven
    }

    fn deeper<R>(&mut self, prove: impl FnOnce(&mut Self) -> R) -> R {
        self.inside += 1;
        // Cases are distinguished anew for another value.
        let cases = std::mem::replace(&mut self.cases, 0);
        let proof = prove(self);
        self.cases = cases;
        self.inside -= 1;
        proof
    }

    fn items(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, keyword: &str) -> Proof<'a> {
        let listed = goal.tuple().len();
        let most = premise.most_items().unwrap_or(u64::MAX);
        self.deeper(|prover| {
            if keyword == "prefixItems" || (keyword == "items" && listed > 0 && goal.assertion("prefixItems").is_none())
            {
                for (index, schema) in goal.tuple().iter().enumerate().take_while(|(index, _)| (*index as u64) < most) {
                    prover.implies(&premise.item(index), &goal.enter(schema))?;
                }
                return Ok(());
            }
            let Some(rest) = goal.rest_schema() else { return Ok(()) };
            for index in (listed..premise.listed_items().max(listed)).take_while(|index| (*index as u64) < most) {
                prover.implies(&premise.item(index), &rest)?;
            }
            if most <= premise.listed_items().max(listed) as u64 {
                return Ok(());
            }
            prover.implies(&premise.other_items(), &rest)
        })
    }

    fn contains(&mut self, premise: &Conjunction<'a>, goal: &View<'a>) -> bool {
        let Some(wanted) = goal.subassertion("contains") else { return true };
        let least = goal.assertion("minContains").and_then(whole).unwrap_or(1);
        let most = goal.assertion("maxContains").and_then(whole);
        let alike = premise.parts().to_vec().iter().any(|part| {
            let limit = |keyword: &str| part.assertion(keyword).and_then(whole);
            let Some(contained) = part.subassertion("contains") else { return false };
            let mut work = self.work.min(5_000);
            limit("minContains").unwrap_or(1) >= least
                && most.is_none_or(|most| limit("maxContains").is_some_and(|own| own <= most))
                && self.sameness.holds(&contained, &wanted, &mut work)
        });
        if alike {
            return true;
        }
        if most.is_some_and(|most| premise.most_items().is_none_or(|own| own > most)) {
            return false;
        }
        let surely = premise.at_least("minItems").min(premise.listed_items() as u64);
        let one = |prover: &mut Self| {
            (0..usize::try_from(surely).unwrap_or(0)).any(|index| prover.implies(&premise.item(index), &wanted).is_ok())
        };
        if least == 1 && self.deeper(one) {
            return true;
        }
        if least == 0 {
            return true;
        }
        let enough = premise.at_least("minItems") >= least
            && self.deeper(|prover| {
                let listed =
                    (0..premise.listed_items()).all(|index| prover.implies(&premise.item(index), &wanted).is_ok());
                listed && prover.implies(&premise.other_items(), &wanted).is_ok()
            });
        enough
            || premise.parts().to_vec().iter().any(|part| {
                let own = part.assertion("minContains").and_then(whole).unwrap_or(1);
                let Some(contained) = part.subassertion("contains").filter(|_| own >= least) else { return false };
                self.deeper(|prover| prover.implies(&Conjunction::of([contained]), &wanted).is_ok())
            })
    }

    /// Members fall into those that a schema names, those that match a pattern, and the others. For each kind it has to
    /// follow what the goal demands of it.
    fn members(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, keyword: &str) -> Proof<'a> {
        let map = |keyword: &str| goal.assertion(keyword).and_then(Value::as_object);
        let goal_names: BTreeSet<&str> =
            map("properties").into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let goal_patterns: BTreeSet<&str> =
            map("patternProperties").into_iter().flatten().map(|(pattern, _)| pattern.as_str()).collect();
        let matched = |name: &str| goal_patterns.iter().any(|pattern| goal.is_match(pattern, name));
        let names: BTreeSet<&str> = goal_names.iter().copied().chain(premise.names()).collect();
        self.deeper(|prover| match keyword {
            "properties" => {
                for (name, schema) in map("properties").into_iter().flatten() {
                    prover.implies(&premise.property(name), &goal.enter(schema))?;
                }
                Ok(())
            }
            "patternProperties" => {
                for (pattern, schema) in map("patternProperties").into_iter().flatten() {
                    let schema = goal.enter(schema);
                    for name in names.iter().filter(|name| goal.is_match(pattern, name)) {
                        prover.implies(&premise.property(name), &schema)?;
                    }
                    prover.members_matching(premise, pattern, &schema)?;
                }
                Ok(())
            }
            _ => {
                let Some(rest) = goal.subassertion("additionalProperties") else { return Ok(()) };
                let covered = |name: &str| goal_names.contains(name) || matched(name);
                prover.other_members(premise, &rest, &covered, &goal_patterns)
            }
        })
    }

    fn names(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, demand: &'a Value) -> Proof<'a> {
        let wanted = goal.enter(demand);
        let own: Vec<View<'a>> = premise.parts().iter().filter_map(|part| part.subassertion("propertyNames")).collect();
        let names = Conjunction::of(own).only(Types::STRING);
        if self.deeper(|prover| prover.implies(&names, &wanted).is_ok()) {
            return Ok(());
        }
        let listed_only = premise.patterns().is_empty() && self.is_impossible(&premise.other_members());
        let fits = |name: &str| satisfies(&Value::String(name.to_owned()), &wanted) == Some(true);
        if listed_only && premise.names().iter().all(|name| fits(name)) {
            return Ok(());
        }
        Err(obstacle(goal, "propertyNames"))
    }

    fn dependents(
        &mut self,
        premise: &Conjunction<'a>,
        goal: &View<'a>,
        keyword: &str,
        demand: &'a Value,
    ) -> Proof<'a> {
        for (key, dependent) in demand.as_object().into_iter().flatten() {
            if self.is_impossible(&premise.property(key)) {
                continue;
            }
            let mut with = premise.with_member(key);
            let mut required = with.required();
            for part in premise.parts() {
                for own in part.dependents().remove(key.as_str()).into_iter().flatten() {
                    match own {
                        Value::Array(keys) => {
                            required.extend(keys.iter().filter_map(Value::as_str).map(str::to_owned));
                        }
                        schema => with = with.and([part.enter(schema)]),
                    }
                }
            }
            required.extend(with.required());
            for key in &required {
                with = with.with_member(key);
            }
            let holds = match dependent {
                Value::Array(keys) => keys.iter().filter_map(Value::as_str).all(|key| required.contains(key)),
                schema => self.implies(&with, &goal.enter(schema)).is_ok(),
            };
            if !holds {
                return Err(obstacle(goal, keyword));
            }
        }
        Ok(())
    }

    /// Members that the goal evaluates unconditionally are no matter; all others have to satisfy the demand.
    fn unevaluated_members(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, demand: &'a Value) -> Proof<'a> {
        let rest = goal.enter(demand);
        let evaluating = goal.conjuncts();
        if evaluating.iter().any(|view| view.subassertion("additionalProperties").is_some()) {
            return Ok(());
        }
        let named = |name: &str| evaluating.iter().any(|view| view.names_member(name));
        let maps = evaluating.iter().filter_map(|view| view.assertion("patternProperties")?.as_object());
        let patterns: BTreeSet<&str> = maps.flat_map(|map| map.keys().map(String::as_str)).collect();
        self.deeper(|prover| prover.other_members(premise, &rest, &named, &patterns))
    }

    /// Whether all members satisfy `rest` but those that are covered by their name or by one of the patterns.
    fn other_members(
        &mut self,
        premise: &Conjunction<'a>,
        rest: &View<'a>,
        covered: &dyn Fn(&str) -> bool,
        patterns: &BTreeSet<&str>,
    ) -> Proof<'a> {
        for name in premise.names().into_iter().filter(|name| !covered(name)) {
            self.implies(&premise.property(name), rest)?;
        }
        for pattern in premise.patterns() {
            if !patterns.iter().any(|other| self.languages.relation(pattern, other) == Relation::Within) {
                self.members_matching(premise, pattern, rest)?;
            }
        }
        self.implies(&premise.other_members(), rest)
    }

    fn members_matching(&mut self, premise: &Conjunction<'a>, pattern: &str, goal: &View<'a>) -> Proof<'a> {
        premise.members_matching(pattern, &mut self.languages).iter().try_for_each(|case| self.implies(case, goal))
    }

    fn condition(&mut self, premise: &Conjunction<'a>, goal: &View<'a>, demand: &'a Value) -> Proof<'a> {
        let condition = goal.enter(demand);
        let (then, otherwise) = (goal.subassertion("then"), goal.subassertion("else"));
        if then.is_none() && otherwise.is_none() {
            return Ok(());
        }
        let mut yes = premise.and([condition.clone()]);
        let mut no = premise.and_not([condition.clone()]);
        for part in premise.parts() {
            let Some(own) = part.subassertion("if") else { continue };
            let mut work = self.work.min(5_000);
            if self.sameness.holds(&own, &condition, &mut work) {
                yes = yes.and(part.subassertion("then"));
                no = no.and(part.subassertion("else"));
            }
        }
        if let Some(then) = then
            && !self.is_impossible(&yes)
        {
            self.implies(&yes, &then)?;
        }
        match otherwise {
            Some(otherwise) if self.implies(premise, &condition).is_err() => self.implies(&no, &otherwise),
            _ => Ok(()),
        }
    }

    /// Whether the patterns of a conjunction leave no string of those that are asked for.
    fn has_no_string(&mut self, conjunction: &Conjunction<'a>, asked: impl FnOnce(Wanted) -> Wanted) -> bool {
        let wanted = asked(conjunction.strings());
        !wanted.found.is_empty() && self.languages.has_none(&wanted)
    }

    /// Whether no value satisfies the conjunction. `false` says nothing.
    fn is_impossible(&mut self, conjunction: &Conjunction<'a>) -> bool {
        if conjunction.is_false() {
            return true;
        }
        let Some(work) = self.work.checked_sub(1) else { return false };
        self.work = work;
        if self.cases >= MAX_CASES || self.inside >= MAX_OPEN {
            return false;
        }
        self.cases += 1;
        let impossible = self.contradicts(conjunction);
        self.cases -= 1;
        impossible
    }

    fn contradicts(&mut self, conjunction: &Conjunction<'a>) -> bool {
        let types = conjunction.types();
        if types.is_empty() {
            return true;
        }
        if let Some(values) = finite(conjunction)
            && values.iter().all(|value| satisfies_all(value, conjunction.parts()) == Some(false))
        {
            return true;
        }
        for refused in conjunction.excluded() {
            if self.implies(conjunction, &refused).is_ok() {
                return true;
            }
        }
        let unions = conjunction.unions();
        let chosen = unions.into_iter().filter(|(_, keyword, _)| *keyword != "if");
        for (part, keyword, branches) in chosen {
            let with = |branch: &View<'a>| conjunction.choosing(&part, keyword, [branch.clone()]);
            if branches.iter().all(|branch| self.is_impossible(&with(branch))) {
                return true;
            }
        }
        Types::EACH
            .into_iter()
            .filter(|one| one.meets(types))
            .all(|one| self.contradicts_for(&conjunction.only(one), one))
    }

    fn contradicts_for(&mut self, conjunction: &Conjunction<'a>, one: Types) -> bool {
        match one {
            Types::NUMBER => match (conjunction.minimum(), conjunction.maximum()) {
                (Some(least), Some(most)) => match quantity::compare(least.at, most.at) {
                    Some(std::cmp::Ordering::Greater) => true,
                    Some(std::cmp::Ordering::Equal) => least.open || most.open,
                    _ => false,
                },
                _ => false,
            },
            Types::STRING => {
                let (shortest, longest) = conjunction.lengths();
                longest.is_some_and(|longest| longest < shortest) || self.has_no_string(conjunction, |own| own)
            }
            Types::ARRAY => {
                let least = conjunction.at_least("minItems");
                conjunction.most_items().is_some_and(|most| most < least)
                    || self.deeper(|prover| {
                        (0..conjunction.listed_items())
                            .any(|index| (index as u64) < least && prover.is_impossible(&conjunction.item(index)))
                    })
            }
            Types::OBJECT => {
                let required = conjunction.required();
                let least = conjunction.at_least("minProperties").max(required.len() as u64);
                conjunction.most_members().is_some_and(|most| most < least)
                    || self.deeper(|prover| required.iter().any(|key| prover.is_impossible(&conjunction.property(key))))
            }
            _ => false,
        }
    }
}

/// All values that may satisfy the conjunction, and perhaps more, when there are few.
fn finite(conjunction: &Conjunction<'_>) -> Option<Vec<Value>> {
    if let Some(values) = conjunction.listed_values() {
        let few = values.len() <= MAX_VALUES;
        return few.then(|| values.into_iter().cloned().collect());
    }
    let types = conjunction.types();
    if types.is_within(Types::NUMBER)
        && let (Some(least), Some(most)) = (conjunction.minimum(), conjunction.maximum())
        && quantity::compare(least.at, most.at) == Some(std::cmp::Ordering::Equal)
    {
        let float = least.at.as_f64().map(Value::from);
        return Some([Some(Value::Number(least.at.clone())), float].into_iter().flatten().collect());
    }
    types.is_within(Types::NULL.or(Types::BOOLEAN)).then(|| {
        [Value::Null, Value::Bool(false), Value::Bool(true)]
            .into_iter()
            .filter(|value| Types::of(value).is_within(types))
            .collect()
    })
}

fn obstacle<'a>(goal: &View<'a>, keyword: &str) -> Obstacle<'a> {
    Obstacle { schema: goal.clone(), keyword: keyword.to_owned() }
}
