//! What a schema says of the places of a document, as the language of rules sees it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cel::shape::{Kind, ListType, Shape, ShapeId, Shapes};
use crate::schema::conjunction::Conjunction;
use crate::schema::types::Types;
use crate::schema::view::View;

/// Alternatives of one place that are looked at one by one; with more, nothing is known of it.
const MAX_ALTERNATIVES: usize = 16;
/// Places that are looked at; nothing is known of those beyond.
const MAX_SHAPES: usize = 20_000;

/// Makes shapes of schemas, each schema once.
pub struct Builder<'a> {
    /// What was made.
    pub shapes: Shapes,
    known: BTreeMap<Vec<usize>, ShapeId>,
    marker: std::marker::PhantomData<View<'a>>,
}

impl<'a> Builder<'a> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { shapes: Shapes::default(), known: BTreeMap::new(), marker: std::marker::PhantomData }
    }

    /// The shape of what satisfies a schema.
    pub fn shape(&mut self, views: impl IntoIterator<Item = View<'a>>) -> ShapeId {
        self.of(&Conjunction::of(views), 0)
    }

    fn of(&mut self, whole: &Conjunction<'a>, depth: u32) -> ShapeId {
        if whole.parts().is_empty() || depth > 64 || self.shapes.len() >= MAX_SHAPES {
            return ShapeId::ANY;
        }
        let identity = whole.identity().0;
        if let Some(known) = self.known.get(&identity) {
            return *known;
        }
        // Known before its parts are: a schema may lead back to itself.
        let id = self.shapes.add(Shape::default());
        self.known.insert(identity, id);
        let shape = self.made(whole, depth);
        self.shapes.set(id, shape);
        id
    }

    fn made(&mut self, whole: &Conjunction<'a>, depth: u32) -> Shape {
        let Some(alternatives) = alternatives(whole) else { return Shape::default() };
        let of_type = |types: Types| -> Vec<&Conjunction<'a>> {
            alternatives.iter().filter(|alternative| alternative.types().meets(types)).collect()
        };
        let types =
            alternatives.iter().fold(Types::NONE, |all, alternative| all.or(alternative.types())).without(Types::NULL);
        let (objects, lists) = (of_type(Types::OBJECT), of_type(Types::ARRAY));
        let names: BTreeSet<&str> =
            objects.iter().flat_map(|object| object.parts()).flat_map(View::declared_keys).collect();
        let within = |set: Types| types.without(set).is_empty() && !types.is_empty();
        let integers = Types::PLAIN_INTEGER.or(Types::INTEGRAL);
        if within(Types::OBJECT) || (types == Types::ALL.without(Types::NULL) && !names.is_empty()) {
            return self.object(&objects, &names, depth);
        }
        if within(Types::ARRAY) {
            return self.list(&lists, depth);
        }
        let kind = if types.is_empty() {
            if whole.types() == Types::NULL { Kind::Null } else { Kind::Dyn }
        } else if within(Types::BOOLEAN) {
            Kind::Bool
        } else if within(integers) {
            Kind::Int
        } else if within(Types::NUMBER) {
            Kind::Double
        } else if within(Types::STRING) {
            text(&alternatives)
        } else {
            Kind::Dyn
        };
        let most = match kind {
            Kind::String | Kind::Bytes => longest(&alternatives),
            _ => None,
        };
        Shape { kind, most, least: least(kind, &alternatives), ..Shape::default() }
    }

    fn object(&mut self, objects: &[&Conjunction<'a>], names: &BTreeSet<&str>, depth: u32) -> Shape {
        let mut fields = BTreeMap::new();
        for name in names {
            let mut found = BTreeSet::new();
            for object in objects {
                if object.names().contains(name) {
                    found.insert(self.of(&object.property(name), depth + 1));
                    continue;
                }
                for part in object.parts() {
                    for view in part.in_place().iter() {
                        if let Some(schema) = view.get("properties").and_then(|properties| properties.get(*name)) {
                            found.insert(self.of(&Conjunction::of([view.enter(schema)]), depth + 1));
                        }
                    }
                }
            }
            fields.insert((*name).to_owned(), self.either(&found));
        }
        let patterns = objects.iter().any(|object| !object.patterns().is_empty());
        let others: Vec<Conjunction<'a>> = objects.iter().map(|object| object.other_members()).collect();
        let open = patterns || others.iter().any(|others| !others.is_false());
        let described = patterns || others.iter().any(|others| !others.is_false() && !others.parts().is_empty());
        let rest = if patterns {
            ShapeId::ANY
        } else {
            let found: BTreeSet<ShapeId> =
                others.iter().filter(|others| !others.is_false()).map(|others| self.of(others, depth + 1)).collect();
            self.either(&found)
        };
        let kind = if names.is_empty() { Kind::Map } else { Kind::Object };
        // `key: value` and what separates it from the next.
        let required = |object: &&Conjunction<'a>| {
            let keys = object.required();
            keys.iter()
                .map(|key| key.len() as u64 + 3 + fields.get(key).map_or(1, |field| self.shapes.get(*field).least))
                .sum::<u64>()
        };
        let least = 2 + objects.iter().map(required).min().unwrap_or(0);
        let most = greatest(objects.iter().map(|object| object.most_members()));
        Shape { kind, fields, open, described, rest, most, least, ..Shape::default() }
    }

    fn list(&mut self, lists: &[&Conjunction<'a>], depth: u32) -> Shape {
        let listed = lists.iter().any(|list| list.listed_items() > 0);
        let item = if listed {
            ShapeId::ANY
        } else {
            let found: BTreeSet<ShapeId> = lists.iter().map(|list| self.of(&list.other_items(), depth + 1)).collect();
            self.either(&found)
        };
        let most = greatest(lists.iter().map(|list| list.most_items()));
        let list_type = lists.iter().flat_map(|list| list.parts()).find_map(list_type).unwrap_or_default();
        Shape { kind: Kind::List, item, most, least: 2, list_type, ..Shape::default() }
    }

    /// One of several shapes: what they have in common.
    fn either(&self, shapes: &BTreeSet<ShapeId>) -> ShapeId {
        match shapes.iter().copied().collect::<Vec<_>>().as_slice() {
            [only] => *only,
            _ => ShapeId::ANY,
        }
    }
}

/// How the items of a list are told apart, as Kubernetes' keywords say it.
pub fn list_type(view: &View<'_>) -> Option<ListType> {
    match view.get("x-kubernetes-list-type").and_then(Value::as_str)? {
        "set" => Some(ListType::Set),
        "map" => {
            let keys = view.get("x-kubernetes-list-map-keys").and_then(Value::as_array)?;
            Some(ListType::Map(keys.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
        }
        _ => Some(ListType::Atomic),
    }
}

/// The ways to satisfy a schema, its unions opened; those that leave nothing but null are left out.
fn alternatives<'a>(whole: &Conjunction<'a>) -> Option<Vec<Conjunction<'a>>> {
    let (mut open, mut found, mut looked_at) = (vec![whole.clone()], Vec::new(), 0);
    while let Some(next) = open.pop() {
        looked_at += 1;
        if looked_at > 4 * MAX_ALTERNATIVES || found.len() > MAX_ALTERNATIVES {
            return None;
        }
        let union = next.unions().into_iter().find(|(_, keyword, _)| *keyword != "if");
        match union {
            Some((part, keyword, branches)) => {
                for branch in branches.into_iter().rev() {
                    let chosen = next.choosing(&part, keyword, [branch]);
                    if !chosen.types().without(Types::NULL).is_empty() && !chosen.is_false() {
                        open.push(chosen);
                    }
                }
            }
            None => found.push(next),
        }
    }
    Some(found)
}

/// What a text stands for.
fn text(alternatives: &[Conjunction<'_>]) -> Kind {
    let format = |alternative: &Conjunction<'_>| {
        let format = alternative.parts().iter().find_map(|part| part.get("format").and_then(Value::as_str));
        match format {
            Some("date-time" | "date") => Kind::Timestamp,
            Some("duration") => Kind::Duration,
            Some("byte") => Kind::Bytes,
            _ => Kind::String,
        }
    };
    let mut kinds = alternatives.iter().map(format);
    let first = kinds.next().unwrap_or(Kind::String);
    if kinds.all(|kind| kind == first) { first } else { Kind::String }
}

/// The least bytes that a value takes in any format.
fn least(kind: Kind, alternatives: &[Conjunction<'_>]) -> u64 {
    match kind {
        Kind::Bool | Kind::Null => 4,
        Kind::String => alternatives.iter().map(|alternative| alternative.lengths().0).min().unwrap_or(0).max(1),
        Kind::Timestamp => 10,
        _ => 1,
    }
}

/// The greatest length of a text in characters.
fn longest(alternatives: &[Conjunction<'_>]) -> Option<u64> {
    greatest(alternatives.iter().map(|alternative| match alternative.listed_values() {
        Some(values) => values.iter().filter_map(|value| value.as_str()).map(|text| text.chars().count() as u64).max(),
        None => alternative.lengths().1,
    }))
}

/// The greatest of several bounds, when all of them are.
fn greatest(bounds: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    bounds.collect::<Option<Vec<u64>>>()?.into_iter().max()
}
