//! Schemas that all hold for one value: what they demand together.
//!
//! Nothing is rewritten: each part keeps its dialect, its references and its place. What is asked of a conjunction is
//! answered part by part, so schemas of different dialects can stand in one.
//!
//! INVARIANT: an answer never claims more than the schemas demand. Where a keyword is too difficult it is passed over, and
//! the conjunction seems to accept more than it does. That is the safe side for a premise.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Draft;
use serde_json::{Number, Value};

use super::evaluate::satisfies;
use super::format;
use super::language::{Languages, Relation, Wanted};
use super::quantity;
use super::types::Types;
use super::view::{MAX_VIEWS, View};

/// Cases of members that are told apart.
const MAX_CASES: usize = 16;

/// Schemas that all hold.
#[derive(Clone, Debug)]
pub struct Conjunction<'a> {
    parts: Vec<View<'a>>,
    /// The types that are looked at.
    only: Types,
    /// Members that are known to be there.
    present: BTreeSet<String>,
    /// Schemas that are known not to hold.
    excluded: Vec<View<'a>>,
    /// Unions of which one branch is among the parts, by the schema that has it and the keyword.
    settled: Vec<(usize, &'static str)>,
    /// Whether members that no part declares are left out of account.
    declared_only: bool,
}

/// A choice: the schema that has it, the keyword, and the branches.
pub type Union<'a> = (View<'a>, &'static str, Vec<View<'a>>);

/// One end of a range.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    /// Where it lies.
    pub at: &'a Number,
    /// Whether the bound itself is outside.
    pub open: bool,
}

impl<'a> Conjunction<'a> {
    /// What the views demand together; references and `allOf` are followed.
    pub fn of(views: impl IntoIterator<Item = View<'a>>) -> Self {
        let mut conjunction = Self {
            parts: Vec::new(),
            only: Types::ALL,
            present: BTreeSet::new(),
            excluded: Vec::new(),
            settled: Vec::new(),
            declared_only: false,
        };
        conjunction.add(views);
        conjunction
    }

    /// The same for members that a schema declares; see [`Conjunction::property`].
    pub fn declared_only(mut self, declared_only: bool) -> Self {
        self.declared_only = declared_only;
        self
    }

    fn add(&mut self, views: impl IntoIterator<Item = View<'a>>) {
        let mut seen: BTreeSet<usize> = self.parts.iter().map(View::address).collect();
        for view in views.into_iter().flat_map(|view| view.conjuncts()) {
            // `true` and `{}` demand nothing, and what only refers demands what it refers to, which comes by itself.
            let empty = view.contents == &Value::Bool(true) || view.object().is_some_and(|_| view.only_refers());
            if !empty && seen.insert(view.address()) {
                self.parts.push(view);
            }
        }
    }

    /// This and more.
    pub fn and(&self, views: impl IntoIterator<Item = View<'a>>) -> Self {
        let mut more = self.clone();
        more.add(views);
        more
    }

    /// This and more, where that settles a union of `part`.
    pub fn choosing(&self, part: &View<'a>, keyword: &'static str, views: impl IntoIterator<Item = View<'a>>) -> Self {
        let mut more = self.and(views);
        more.settled.push((part.address(), keyword));
        more
    }

    /// This, where none of the views holds.
    pub fn and_not(&self, views: impl IntoIterator<Item = View<'a>>) -> Self {
        let mut more = self.clone();
        more.excluded.extend(views);
        more
    }

    /// The schemas that are known not to hold, `not` counted in.
    pub fn excluded(&self) -> Vec<View<'a>> {
        self.parts.iter().filter_map(|part| part.subassertion("not")).chain(self.excluded.iter().cloned()).collect()
    }

    /// This, for values of these types.
    pub fn only(&self, types: Types) -> Self {
        Self { only: self.only.and(types), ..self.clone() }
    }

    /// This, for objects that have the member `key`.
    pub fn with_member(&self, key: &str) -> Self {
        let mut with = self.only(Types::OBJECT);
        with.present.insert(key.to_owned());
        with
    }

    /// What holds for a member or item instead; it keeps nothing but the reading.
    fn below(&self, views: Vec<View<'a>>) -> Self {
        Self::of(views).declared_only(self.declared_only)
    }

    /// The schemas, references and `allOf` opened.
    pub fn parts(&self) -> &[View<'a>] {
        &self.parts
    }

    /// Identifies the conjunction among those over the same schemas.
    pub fn identity(&self) -> (Vec<usize>, Types, Vec<String>) {
        let mut parts: Vec<usize> = self.parts.iter().map(View::address).collect();
        // An address is even: an odd one stands for a schema that does not hold.
        parts.extend(self.excluded.iter().map(|view| view.address() | 1));
        parts.sort_unstable();
        parts.dedup();
        (parts, self.only, self.present.iter().cloned().collect())
    }

    /// Whether a part is `false`.
    pub fn is_false(&self) -> bool {
        self.parts.iter().any(|part| part.contents == &Value::Bool(false))
    }

    /// The keyword of each part that has it, where the part's dialect lets it assert something.
    pub fn each(&self, keyword: &'static str) -> impl Iterator<Item = (&View<'a>, &'a Value)> {
        self.parts.iter().filter_map(move |part| Some((part, part.assertion(keyword)?)))
    }

    fn numbers(&self, keyword: &'static str) -> impl Iterator<Item = &'a Number> {
        self.each(keyword).filter_map(|(_, value)| value.as_number())
    }

    /// The types that a value may have.
    pub fn types(&self) -> Types {
        let mut types = self.only;
        for part in &self.parts {
            types = types.and(Types::named(part.assertion("type"), part.draft()));
        }
        if let Some(values) = self.listed_values() {
            types = values.iter().fold(Types::NONE, |all, value| all.or(Types::of(value))).and(types);
            // An enumeration that lists `1` accepts `1.0` too.
            if types.meets(Types::PLAIN_INTEGER.or(Types::INTEGRAL)) {
                types = types.or(Types::PLAIN_INTEGER.or(Types::INTEGRAL).and(self.only));
            }
        }
        let whole = |number: &Number| number.is_i64() || number.is_u64();
        if self.numbers("multipleOf").any(whole) { types.without(Types::FRACTION) } else { types }
    }

    /// The values of the shortest `enum` or `const`.
    pub fn listed_values(&self) -> Option<Vec<&'a Value>> {
        let lists = self.each("enum").filter_map(|(_, value)| Some(value.as_array()?.iter().collect::<Vec<_>>()));
        let constants = self.each("const").map(|(_, value)| vec![value]);
        lists.chain(constants).min_by_key(Vec::len)
    }

    /// The lower end of the range of numbers.
    pub fn minimum(&self) -> Option<Bound<'a>> {
        self.bounds("minimum", "exclusiveMinimum")
            .reduce(|best, bound| if bound.is_above(&best) { bound } else { best })
    }

    /// The upper end of the range of numbers.
    pub fn maximum(&self) -> Option<Bound<'a>> {
        self.bounds("maximum", "exclusiveMaximum")
            .reduce(|best, bound| if bound.is_below(&best) { bound } else { best })
    }

    /// All bounds of one side.
    pub fn bounds(&self, keyword: &'static str, exclusive: &'static str) -> impl Iterator<Item = Bound<'a>> {
        self.parts.iter().flat_map(move |part| part.bounds(keyword, exclusive))
    }

    /// The factors of `multipleOf`.
    pub fn multiples(&self) -> impl Iterator<Item = &'a Number> {
        self.numbers("multipleOf")
    }

    /// The greatest of a keyword that counts from below, such as `minLength`.
    pub fn at_least(&self, keyword: &'static str) -> u64 {
        self.each(keyword).filter_map(|(_, value)| whole(value)).max().unwrap_or(0)
    }

    /// The smallest of a keyword that counts from above, such as `maxLength`.
    pub fn at_most(&self, keyword: &'static str) -> Option<u64> {
        self.each(keyword).filter_map(|(_, value)| whole(value)).min()
    }

    /// The strings that satisfy the patterns and bounds of length.
    pub fn strings(&self) -> Wanted {
        let found = self.each("pattern").filter_map(|(_, pattern)| pattern.as_str()).map(str::to_owned).collect();
        let (shortest, longest) = self.lengths();
        Wanted { found, missed: BTreeSet::new(), shortest, longest }
    }

    /// How long strings have to be at least and may be at most, from bounds and formats.
    pub fn lengths(&self) -> (u64, Option<u64>) {
        let formats = self.each("format").filter_map(|(_, name)| name.as_str());
        formats
            .map(format::lengths)
            .fold((self.at_least("minLength"), self.at_most("maxLength")), |(shortest, longest), (least, most)| {
                (shortest.max(least), longest.into_iter().chain(most).min())
            })
    }

    /// The members that must be there.
    pub fn required(&self) -> BTreeSet<String> {
        let mut keys = self.present.clone();
        for (_, list) in self.each("required") {
            keys.extend(list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        }
        keys
    }

    /// The names in `properties` of the parts. Where it matters who speaks of a member, also of branches and conditions.
    pub fn names(&self) -> BTreeSet<&'a str> {
        self.keys("properties")
    }

    /// The patterns in `patternProperties`, of the same schemas as [`Conjunction::names`].
    pub fn patterns(&self) -> BTreeSet<&'a str> {
        self.keys("patternProperties")
    }

    fn keys(&self, keyword: &str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut add = |view: &View<'a>| {
            let map = view.assertion(keyword).and_then(Value::as_object);
            found.extend(map.into_iter().flat_map(|map| map.keys().map(String::as_str)));
        };
        let branches_matter =
            self.declared_only || self.parts.iter().any(|part| part.assertion("unevaluatedProperties").is_some());
        for part in &self.parts {
            if branches_matter { part.in_place().iter().for_each(&mut add) } else { add(part) }
        }
        found
    }

    /// What is demanded of the member `key`.
    pub fn property(&self, key: &str) -> Self {
        let mut found: Vec<View<'a>> = self.parts.iter().flat_map(|part| part.member_schemas(key)).collect();
        for part in &self.parts {
            found.extend(part.unevaluated(|view| view.may_evaluate(key)));
        }
        let name = Value::String(key.to_owned());
        let refuses = |part: &View<'a>| {
            part.subassertion("propertyNames").is_some_and(|names| satisfies(&name, &names) == Some(false))
        };
        if self.declared_only && !self.declares(key) || self.parts.iter().any(refuses) {
            found.push(View::never());
        }
        self.below(found)
    }

    /// Whether any schema that may apply to the value speaks of the member `key`.
    pub fn declares(&self, key: &str) -> bool {
        self.any_in_place(|view| view.speaks_of(key))
    }

    /// Whether this is so for any schema that may apply to the value.
    fn any_in_place(&self, holds: impl Fn(&View<'a>) -> bool) -> bool {
        self.parts.iter().any(|part| part.in_place().iter().any(&holds))
    }

    /// What is demanded of members that are not in [`Conjunction::names`] and match none of [`Conjunction::patterns`].
    pub fn other_members(&self) -> Self {
        let mut found: Vec<View<'a>> =
            self.parts.iter().filter_map(|part| part.subassertion("additionalProperties")).collect();
        for part in &self.parts {
            found.extend(part.unevaluated(|view| view.subassertion("additionalProperties").is_some()));
        }
        let open = self.any_in_place(View::speaks_of_others);
        if self.declared_only && !open {
            found.push(View::never());
        }
        self.below(found)
    }

    /// What is demanded of members that are not in [`Conjunction::names`] and match `pattern`: one of these, for each of them.
    pub fn members_matching(&self, pattern: &str, languages: &mut Languages) -> Vec<Self> {
        let mut cases: Vec<Vec<View<'a>>> = vec![Vec::new()];
        for part in &self.parts {
            let patterns = part.assertion("patternProperties").and_then(Value::as_object);
            let (mut within, mut overlapping) = (Vec::new(), Vec::new());
            for (own, schema) in patterns.into_iter().flatten() {
                match languages.relation(pattern, own) {
                    Relation::Within => within.push(part.enter(schema)),
                    Relation::Apart => {}
                    Relation::Overlapping => overlapping.push(part.enter(schema)),
                }
            }
            if !within.is_empty() {
                cases.iter_mut().for_each(|case| case.extend(within.clone()));
                continue;
            }
            let others = part.subassertion("additionalProperties");
            let choices: Vec<Option<View<'a>>> = overlapping.into_iter().map(Some).chain([others]).collect();
            if cases.len() * choices.len() > MAX_CASES {
                // Demanding less than the part does is the safe side.
                continue;
            }
            let with = |case: &Vec<View<'a>>, choice: &Option<View<'a>>| case.iter().chain(choice).cloned().collect();
            cases = cases.iter().flat_map(|case| choices.iter().map(move |choice| with(case, choice))).collect();
        }
        let declared =
            self.any_in_place(|view| view.speaks_of_others() || view.assertion("patternProperties").is_some());
        if self.declared_only && !declared {
            cases.iter_mut().for_each(|case| case.push(View::never()));
        }
        cases.into_iter().map(|case| self.below(case)).collect()
    }

    /// What is demanded of the item at `index`.
    pub fn item(&self, index: usize) -> Self {
        self.below(self.parts.iter().filter_map(|part| part.item_schema(index)).collect())
    }

    /// What is demanded of items behind all that are listed one by one.
    pub fn other_items(&self) -> Self {
        self.below(self.parts.iter().filter_map(View::rest_schema).collect())
    }

    /// How many items are listed one by one, at most.
    pub fn listed_items(&self) -> usize {
        self.parts.iter().map(|part| part.tuple().len()).max().unwrap_or(0)
    }

    /// The greatest number of items, `false` behind a list of items counted in.
    pub fn most_items(&self) -> Option<u64> {
        let closed = self
            .parts
            .iter()
            .filter(|part| part.rest_schema().is_some_and(|rest| rest.contents == &Value::Bool(false)));
        closed.map(|part| part.tuple().len() as u64).chain(self.at_most("maxItems")).min()
    }

    /// The greatest number of members, closed objects counted in.
    pub fn most_members(&self) -> Option<u64> {
        let closed = self.parts.iter().filter(|part| {
            part.subassertion("additionalProperties").is_some_and(|rest| rest.contents == &Value::Bool(false))
                && part.assertion("patternProperties").is_none()
        });
        let names =
            |part: &View<'a>| part.assertion("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
        closed.map(|part| names(part) as u64).chain(self.at_most("maxProperties")).min()
    }

    /// The unions among the parts that are not settled.
    pub fn unions(&self) -> Vec<Union<'a>> {
        let mut found = Vec::new();
        let is_open = |part: &View<'a>, keyword| !self.settled.contains(&(part.address(), keyword));
        for keyword in ["oneOf", "anyOf"] {
            for (part, list) in self.each(keyword).filter(|(part, _)| is_open(part, keyword)) {
                let branches = list.as_array().into_iter().flatten().map(|branch| part.enter(branch)).collect();
                found.push((part.clone(), keyword, branches));
            }
        }
        for (part, condition) in self.each("if").filter(|(part, _)| is_open(part, "if")) {
            let condition = part.enter(condition);
            if let Some(then) = part.subassertion("then") {
                found.push((part.clone(), "if", vec![condition, then]));
            }
        }
        found
    }
}

impl<'a> Bound<'a> {
    /// Whether this lower bound leaves out more than the other.
    pub fn is_above(&self, other: &Self) -> bool {
        match quantity::compare(self.at, other.at) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => self.open && !other.open,
            _ => false,
        }
    }

    /// Whether this upper bound leaves out more than the other.
    pub fn is_below(&self, other: &Self) -> bool {
        match quantity::compare(self.at, other.at) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => self.open && !other.open,
            _ => false,
        }
    }
}

impl<'a> View<'a> {
    /// The keyword's value when the dialect lets it assert something.
    pub fn assertion(&self, keyword: &str) -> Option<&'a Value> {
        // Most schemas lack most keywords.
        let value = self.get(keyword)?;
        let since = match keyword {
            "const" | "contains" | "propertyNames" => 6,
            "if" | "then" | "else" => 7,
            "dependentRequired"
            | "dependentSchemas"
            | "minContains"
            | "maxContains"
            | "unevaluatedItems"
            | "unevaluatedProperties" => 2019,
            "prefixItems" => 2020,
            "contentEncoding" | "contentMediaType" if self.age() > 7 => return None,
            "format" => {
                let looked_at = |name: &str| self.asserts_formats() && format::asserts(name, self.draft());
                return value.as_str().is_some_and(looked_at).then_some(value);
            }
            _ => 4,
        };
        (self.age() >= since).then_some(value)
    }

    /// Whether the schema has no keyword but `$ref` and such as assert nothing.
    fn only_refers(&self) -> bool {
        let silent = ["$ref", "$comment", "$defs", "$id", "$schema", "definitions", "description", "id", "title"];
        let mut keywords = self.object().into_iter().flat_map(serde_json::Map::keys);
        // A reference hides what stands beside it in older drafts.
        keywords.all(|keyword| silent.contains(&keyword.as_str()) || self.get(keyword).is_none())
    }

    /// The subschema under a keyword that asserts something.
    pub fn subassertion(&self, keyword: &str) -> Option<Self> {
        self.assertion(keyword).filter(|value| value.is_object() || value.is_boolean()).map(|value| self.enter(value))
    }

    fn age(&self) -> u32 {
        match self.draft() {
            Draft::Draft4 => 4,
            Draft::Draft6 => 6,
            Draft::Draft7 => 7,
            Draft::Draft201909 => 2019,
            _ => 2020,
        }
    }

    /// The bounds of one side that this schema sets.
    pub fn bounds(&self, keyword: &'static str, exclusive: &'static str) -> Vec<Bound<'a>> {
        let number = |keyword: &str| self.assertion(keyword).and_then(Value::as_number);
        if self.draft() == Draft::Draft4 {
            let open = self.assertion(exclusive) == Some(&Value::Bool(true));
            return number(keyword).into_iter().map(|at| Bound { at, open }).collect();
        }
        let closed = number(keyword).map(|at| Bound { at, open: false });
        let open = number(exclusive).map(|at| Bound { at, open: true });
        closed.into_iter().chain(open).collect()
    }

    /// The schemas that this one's own keywords apply to the member `key`.
    pub fn member_schemas(&self, key: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let map = |keyword: &str| self.assertion(keyword).and_then(Value::as_object);
        found.extend(map("properties").and_then(|map| map.get(key)).map(|schema| self.enter(schema)));
        for (pattern, schema) in map("patternProperties").into_iter().flatten() {
            if self.is_match(pattern, key) {
                found.push(self.enter(schema));
            }
        }
        if found.is_empty() {
            found.extend(self.subassertion("additionalProperties"));
        }
        found
    }

    /// Whether `properties` or `patternProperties` of this schema name the member.
    pub fn names_member(&self, key: &str) -> bool {
        let map = |keyword: &str| self.assertion(keyword).and_then(Value::as_object);
        map("properties").is_some_and(|map| map.contains_key(key))
            || map("patternProperties").into_iter().flatten().any(|(pattern, _)| self.is_match(pattern, key))
    }

    /// Whether this schema's own keywords name the member, or say something of members that they do not name.
    fn speaks_of(&self, key: &str) -> bool {
        self.names_member(key) || self.speaks_of_others()
    }

    fn speaks_of_others(&self) -> bool {
        ["additionalProperties", "unevaluatedProperties"].iter().any(|keyword| self.subassertion(keyword).is_some())
    }

    /// Whether this schema's own keywords may count the member as evaluated.
    fn may_evaluate(&self, key: &str) -> bool {
        self.names_member(key) || self.subassertion("additionalProperties").is_some()
    }

    /// The schema of members that nothing else evaluates, unless one of the schemas that may apply does: `evaluates` tells
    /// of one schema's own keywords whether it may.
    fn unevaluated(&self, evaluates: impl Fn(&Self) -> bool) -> Option<Self> {
        let rest = self.subassertion("unevaluatedProperties")?;
        let views = self.in_place();
        let inner =
            |view: &Self| view.address() != self.address() && view.subassertion("unevaluatedProperties").is_some();
        // A list that was cut short may lack the schema that evaluates.
        (views.len() < MAX_VIEWS && !views.iter().any(|view| evaluates(view) || inner(view))).then_some(rest)
    }

    /// The schemas of items that are listed one by one.
    pub fn tuple(&self) -> &'a [Value] {
        let list = self.assertion("prefixItems").or_else(|| self.assertion("items").filter(|_| self.age() < 2020));
        list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The schema of the items behind those that are listed.
    pub fn rest_schema(&self) -> Option<Self> {
        match self.assertion("items") {
            Some(Value::Array(_)) => self.subassertion("additionalItems").filter(|_| self.age() < 2020),
            _ => self.subassertion("items"),
        }
    }

    /// The schema of the item at `index`.
    pub fn item_schema(&self, index: usize) -> Option<Self> {
        match self.tuple().get(index) {
            Some(schema) => Some(self.enter(schema)),
            None => self.rest_schema(),
        }
    }

    /// The lists and schemas that depend on a member: `dependentRequired`, `dependentSchemas`, `dependencies`.
    pub fn dependents(&self) -> BTreeMap<&'a str, Vec<&'a Value>> {
        let mut found: BTreeMap<&'a str, Vec<&'a Value>> = BTreeMap::new();
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            for (key, value) in self.assertion(keyword).and_then(Value::as_object).into_iter().flatten() {
                found.entry(key).or_default().push(value);
            }
        }
        found
    }
}

/// A count. JSON Schema allows `2.0` for it.
pub fn whole(value: &Value) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a small whole number")]
    value.as_u64().or_else(|| {
        value.as_f64().filter(|float| float.fract() == 0.0 && (0.0..1e15).contains(float)).map(|float| float as u64)
    })
}
