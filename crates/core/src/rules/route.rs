//! The way to the values that rules in a schema are about: only the branches of the schema that lead to a rule.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::Value;

use super::shapes::list_type;
use crate::cel::shape::ListType;
use crate::schema::view::View;

/// The keyword under which rules stand in a schema.
pub const KEYWORD: &str = "x-kubernetes-validations";

/// Names a route.
pub type RouteId = usize;

/// What leads on from one schema.
#[derive(Debug, Default)]
pub struct Route {
    /// The rules of this schema, by their number.
    pub rules: Vec<usize>,
    /// Schemas that hold for the same value.
    pub also: Vec<RouteId>,
    /// Schemas that hold for the same value when a condition does.
    pub branches: Vec<(Guard, RouteId)>,
    /// Members by name.
    pub members: BTreeMap<String, RouteId>,
    /// Members by pattern.
    pub patterns: Vec<(String, RouteId)>,
    /// The names that are spoken of, which are not the rest.
    pub named: Vec<String>,
    /// Other members.
    pub others: Option<RouteId>,
    /// Items by position.
    pub tuple: Vec<RouteId>,
    /// Other items.
    pub items: Option<RouteId>,
    /// How the items are told apart.
    pub list: ListType,
}

/// When a branch holds.
#[derive(Debug)]
pub enum Guard {
    /// When this schema accepts the value.
    Accepts(Box<Validator>),
    /// When it does not.
    Refuses(Box<Validator>),
    /// When the value has a member.
    Has(String),
}

impl Guard {
    /// Whether the branch holds for a value.
    pub fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Accepts(validator) => validator.is_valid(value),
            Self::Refuses(validator) => !validator.is_valid(value),
            Self::Has(key) => value.get(key).is_some(),
        }
    }
}

/// Builds routes; each schema is entered once.
pub struct Builder<'a, 'b> {
    routes: Vec<Route>,
    known: BTreeMap<usize, RouteId>,
    /// The rules of a schema, by their number. `correlatable` tells whether the value before a change can be told.
    rules_of: RulesOf<'a, 'b>,
    /// A validator of a schema.
    validator: Validators<'a, 'b>,
    /// The least bytes of a value that satisfies a schema.
    least: &'b dyn Fn(&View<'a>) -> u64,
}

/// What gives the numbers of the rules of a schema at a place.
pub type RulesOf<'a, 'b> = &'b mut dyn FnMut(&View<'a>, &Crowd) -> Vec<usize>;
/// What gives the validator of a schema.
pub type Validators<'a, 'b> = &'b dyn Fn(&View<'a>) -> Option<Validator>;

/// How many values there can be at a place, and whether each can be told from the others when the document changes.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// The most that there can be.
    pub count: u64,
    /// Lists and maps on the way that the schema does not bound, and the keyword that would.
    pub unbounded: Vec<(String, &'static str)>,
    /// Whether the value before a change can be told.
    pub is_correlatable: bool,
    /// Where that is, for a person.
    pub name: String,
}

impl Crowd {
    /// The whole document.
    pub fn document() -> Self {
        Self { count: 1, unbounded: Vec::new(), is_correlatable: true, name: String::new() }
    }

    /// One of the values of a list or map.
    pub fn each(&self, most: Option<u64>, least_bytes: u64, keyword: &'static str, is_correlatable: bool) -> Self {
        let room = crate::cel::estimate::DOCUMENT / (least_bytes + 1);
        let mut each = self.clone();
        // However the lists are nested, no more values than that fit into a document.
        each.count = self.count.saturating_mul(most.unwrap_or(room)).min(room);
        if most.is_none() {
            let name = if self.name.is_empty() { "the whole document".to_owned() } else { format!("`{}`", self.name) };
            each.unbounded.push((name, keyword));
        }
        each.is_correlatable &= is_correlatable;
        each.name.push_str("/*");
        each
    }

    /// A member.
    pub fn member(&self, key: &str) -> Self {
        Self { name: format!("{}/{key}", self.name), ..self.clone() }
    }
}

impl<'a, 'b> Builder<'a, 'b> {
    /// The routes of a schema, the first of them its own. Routes that lead to no rule are cut off.
    pub fn build(
        root: &View<'a>,
        least: &'b dyn Fn(&View<'a>) -> u64,
        rules_of: RulesOf<'a, 'b>,
        validator: Validators<'a, 'b>,
    ) -> Vec<Route> {
        let mut builder = Self { routes: Vec::new(), known: BTreeMap::new(), rules_of, validator, least };
        builder.route(root, &Crowd::document());
        let mut routes = builder.routes;
        prune(&mut routes);
        routes
    }

    fn route(&mut self, view: &View<'a>, crowd: &Crowd) -> RouteId {
        if let Some(known) = self.known.get(&view.address()) {
            return *known;
        }
        let id = self.routes.len();
        self.routes.push(Route::default());
        self.known.insert(view.address(), id);
        // Hostile nesting ends in an empty route: the depth of a schema is bounded by its text.
        let route = self.made(view, crowd);
        if let Some(place) = self.routes.get_mut(id) {
            *place = route;
        }
        id
    }

    fn made(&mut self, view: &View<'a>, crowd: &Crowd) -> Route {
        let mut route = Route { list: list_type(view).unwrap_or_default(), ..Route::default() };
        if view.get(KEYWORD).is_some() {
            route.rules = (self.rules_of)(view, crowd);
        }
        for reference in view.references() {
            route.also.push(self.route(&reference, crowd));
        }
        let list = |keyword: &str| view.get(keyword).and_then(Value::as_array).into_iter().flatten();
        for part in list("allOf") {
            route.also.push(self.route(&view.enter(part), crowd));
        }
        for keyword in ["anyOf", "oneOf"] {
            for branch in list(keyword) {
                let branch = view.enter(branch);
                self.branch(&mut route, &branch, &branch, crowd, |validator| Guard::Accepts(Box::new(validator)));
            }
        }
        if let Some(condition) = view.subschema("if") {
            if let Some(then) = view.subschema("then") {
                self.branch(&mut route, &condition, &then, crowd, |validator| Guard::Accepts(Box::new(validator)));
            }
            if let Some(otherwise) = view.subschema("else") {
                self.branch(&mut route, &condition, &otherwise, crowd, |validator| Guard::Refuses(Box::new(validator)));
            }
        }
        let map = |keyword: &str| view.get(keyword).and_then(Value::as_object).into_iter().flatten();
        for (key, schema) in map("dependentSchemas").chain(map("dependencies")).filter(|(_, schema)| schema.is_object())
        {
            let id = self.route(&view.enter(schema), crowd);
            route.branches.push((Guard::Has(key.clone()), id));
        }
        for (key, schema) in map("properties") {
            let id = self.route(&view.enter(schema), &crowd.member(key));
            route.members.insert(key.clone(), id);
            route.named.push(key.clone());
        }
        let most = |keyword: &str| view.get(keyword).and_then(Value::as_u64);
        let each_member = crowd.each(most("maxProperties"), 5, "maxProperties", true);
        for (pattern, schema) in map("patternProperties") {
            let id = self.route(&view.enter(schema), &each_member);
            route.patterns.push((pattern.clone(), id));
        }
        if let Some(others) = view.subschema("additionalProperties") {
            route.others = Some(self.route(&others, &each_member));
        }
        self.items(&mut route, view, crowd);
        route
    }

    fn items(&mut self, route: &mut Route, view: &View<'a>, crowd: &Crowd) {
        let most = view.get("maxItems").and_then(Value::as_u64);
        let is_map = matches!(route.list, ListType::Map(_));
        let each = crowd.each(most, 1, "maxItems", is_map);
        let tuple = view.get("prefixItems").or_else(|| view.get("items")).and_then(Value::as_array);
        for schema in tuple.into_iter().flatten() {
            let id = self.route(&view.enter(schema), &each);
            route.tuple.push(id);
        }
        let rest = if tuple.is_some() && view.get("prefixItems").is_none() { "additionalItems" } else { "items" };
        if let Some(items) = view.subschema(rest) {
            let each = crowd.each(most, (self.least)(&items), "maxItems", is_map);
            route.items = Some(self.route(&items, &each));
        }
    }

    fn branch(
        &mut self,
        route: &mut Route,
        condition: &View<'a>,
        branch: &View<'a>,
        crowd: &Crowd,
        guard: fn(Validator) -> Guard,
    ) {
        let id = self.route(branch, crowd);
        if leads_to_rules(branch)
            && let Some(validator) = (self.validator)(condition)
        {
            route.branches.push((guard(validator), id));
        }
    }
}

/// Whether there may be rules below: without any, no validator has to be built. References may lead anywhere.
fn leads_to_rules(view: &View<'_>) -> bool {
    fn inside(value: &Value) -> bool {
        match value {
            Value::Object(members) => {
                members.iter().any(|(key, value)| key == KEYWORD || key.ends_with("ef") || inside(value))
            }
            Value::Array(items) => items.iter().any(inside),
            _ => false,
        }
    }
    view.object().is_some_and(|members| {
        members.iter().any(|(key, value)| key == KEYWORD || key.ends_with("ef") || inside(value))
    })
}

/// Cuts off what leads to no rule.
fn prune(routes: &mut [Route]) {
    let mut live: Vec<bool> = routes.iter().map(|route| !route.rules.is_empty()).collect();
    loop {
        let mut grown = false;
        for (id, route) in routes.iter().enumerate() {
            let leads = |id: &RouteId| live.get(*id) == Some(&true);
            let is_live = route.also.iter().any(leads)
                || route.branches.iter().any(|(_, id)| leads(id))
                || route.members.values().any(leads)
                || route.patterns.iter().any(|(_, id)| leads(id))
                || route.others.iter().any(leads)
                || route.tuple.iter().any(leads)
                || route.items.iter().any(leads);
            if is_live && live.get(id) == Some(&false) {
                grown = true;
                if let Some(place) = live.get_mut(id) {
                    *place = true;
                }
            }
        }
        if !grown {
            break;
        }
    }
    let leads = |id: &RouteId| live.get(*id) == Some(&true);
    for route in routes.iter_mut() {
        route.also.retain(leads);
        route.branches.retain(|(_, id)| leads(id));
        route.members.retain(|_, id| leads(id));
        route.others = route.others.filter(leads);
        route.items = route.items.filter(leads);
        if route.others.is_none() {
            route.patterns.retain(|(_, id)| leads(id));
        }
    }
}
