//! Objects and arrays: a plain one, and variations of one thing.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Generator, UNDECLARED, patterns, strings};
use crate::schema::conjunction::{Conjunction, whole};
use crate::schema::view::View;

/// Members beyond those that are required are not all tried.
const MAX_NAMES: usize = 120;
/// Members of the fuller one of two objects, beyond those that are required.
const MAX_FULL: usize = 40;
/// Counts beyond this are not reached by adding.
const MAX_COUNT: u64 = 40;

/// Objects.
pub fn objects<'a>(
    generator: &mut Generator<'a>,
    premise: &Conjunction<'a>,
    aim: &Conjunction<'a>,
    depth: usize,
) -> Vec<Value> {
    let required = premise.required();
    let declared: BTreeSet<String> = premise.names().into_iter().map(str::to_owned).collect();
    let mut names: Vec<String> = required.iter().cloned().collect();
    // What the premise leaves open and only the aim speaks of is where they often differ.
    names.extend(aim.required().into_iter().filter(|name| !required.contains(name)));
    let known: BTreeSet<String> = names.iter().cloned().collect();
    names.extend(declared.iter().filter(|name| !known.contains(*name)).cloned());
    names.extend(
        aim.names().into_iter().filter(|name| !known.contains(*name) && !declared.contains(*name)).map(str::to_owned),
    );
    names.truncate(required.len().saturating_add(MAX_NAMES));
    if generator.brief {
        names.retain(|name| required.contains(name) || declared.contains(name));
        // Inside, what is not needed would be made again at every depth.
        let needed = usize::try_from(premise.at_least("minProperties")).unwrap_or(0).saturating_sub(required.len());
        names.truncate(required.len().saturating_add(if depth > 1 { needed.min(12) } else { 12 }));
    }
    let mut of_name = Vec::new();
    for name in &names {
        of_name.push((name.clone(), generator.values(&premise.property(name), &aim.property(name), depth + 1)));
    }
    let first = |wanted: &dyn Fn(&str) -> bool| -> Map<String, Value> {
        let chosen = of_name.iter().filter(|(name, _)| wanted(name));
        chosen.filter_map(|(name, values)| Some((name.clone(), values.first()?.clone()))).collect()
    };
    let pool = first(&|_| true);
    let mut plain = first(&|name| required.contains(name));
    depend(premise, &mut plain, &pool);
    add_members(generator, premise, aim, &mut plain, premise.at_least("minProperties").min(MAX_COUNT), depth);
    let beyond: BTreeSet<&str> =
        names.iter().filter(|name| declared.contains(*name)).take(MAX_FULL).map(String::as_str).collect();
    let mut full = first(&|name| beyond.contains(name) || required.contains(name));
    depend(premise, &mut full, &pool);
    let mut found = vec![Value::Object(plain.clone()), Value::Object(full.clone()), Value::Object(Map::new())];
    if generator.brief {
        return found;
    }
    let mut with = |base: &Map<String, Value>, name: &str, value: &Value| {
        let mut object = base.clone();
        object.insert(name.to_owned(), value.clone());
        depend(premise, &mut object, &pool);
        found.push(Value::Object(object));
    };
    // In turns, so that the cap cuts the last values of each name and not the last names.
    let longest = of_name.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    for index in 0..longest {
        for (name, values) in &of_name {
            if let Some(value) = values.get(index) {
                with(&plain, name, value);
                with(&full, name, value);
            }
        }
    }
    for base in [&plain, &full] {
        for name in base.keys() {
            let mut object = base.clone();
            object.remove(name);
            found.push(Value::Object(object));
        }
    }
    let mut others: Vec<(String, Conjunction<'a>, Conjunction<'a>)> =
        vec![(UNDECLARED.to_owned(), premise.property(UNDECLARED), aim.property(UNDECLARED))];
    for name in patterns::names(&mut generator.languages, &premise.patterns(), &aim.patterns()) {
        let (own, wanted) = (premise.property(&name), aim.property(&name));
        others.push((name, own, wanted));
    }
    let names_of = |schema: &Conjunction<'a>| -> Conjunction<'a> {
        Conjunction::of(schema.parts().iter().filter_map(|part| part.subassertion("propertyNames")))
    };
    if premise.each("propertyNames").chain(aim.each("propertyNames")).next().is_some() {
        for name in strings::names(&mut generator.languages, &names_of(premise), &names_of(aim)).into_iter().take(16) {
            let (own, wanted) = (premise.property(&name), aim.property(&name));
            others.push((name, own, wanted));
        }
    }
    for (name, own, wanted) in others {
        for value in generator.values(&own, &wanted, depth + 1).iter().take(24) {
            for base in [&plain, &full] {
                let mut object = base.clone();
                object.insert(name.clone(), value.clone());
                found.push(Value::Object(object));
            }
        }
    }
    found.extend(counted(generator, premise, aim, &plain, depth));
    // Pairs of optional members: what depends on a member shows only beside it.
    let dependents = premise.parts().iter().chain(aim.parts()).flat_map(View::dependents);
    for (name, _) in dependents {
        if let Some(value) = of_name.iter().find(|(known, _)| known == name).and_then(|(_, values)| values.first()) {
            let mut object = plain.clone();
            object.insert(name.to_owned(), value.clone());
            found.push(Value::Object(object));
        }
    }
    found
}

/// Adds the members that depend on those which are there.
fn depend(premise: &Conjunction<'_>, object: &mut Map<String, Value>, pool: &Map<String, Value>) {
    for part in premise.parts() {
        for (name, dependents) in part.dependents() {
            if object.contains_key(name) {
                for key in dependents.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str) {
                    if !object.contains_key(key) {
                        object.insert(key.to_owned(), pool.get(key).cloned().unwrap_or(Value::Null));
                    }
                }
            }
        }
    }
}

/// Adds members until there are `wanted`.
fn add_members<'a>(
    generator: &mut Generator<'a>,
    premise: &Conjunction<'a>,
    aim: &Conjunction<'a>,
    object: &mut Map<String, Value>,
    wanted: u64,
    depth: usize,
) {
    let declared = premise.names().into_iter().map(str::to_owned);
    let patterned = premise.patterns().into_iter().flat_map(patterns::samples).collect::<Vec<_>>();
    let counted = (0..wanted).map(|index| format!("{UNDECLARED}-{index}"));
    for name in declared.chain(patterned).chain(counted).collect::<Vec<_>>() {
        if object.len() as u64 >= wanted {
            return;
        }
        if !object.contains_key(&name)
            && let Some(value) = generator.values(&premise.property(&name), &aim.property(&name), depth + 1).first()
        {
            object.insert(name, value.clone());
        }
    }
}

/// Objects with as many members as a schema allows, one more and one fewer.
fn counted<'a>(
    generator: &mut Generator<'a>,
    premise: &Conjunction<'a>,
    aim: &Conjunction<'a>,
    plain: &Map<String, Value>,
    depth: usize,
) -> Vec<Value> {
    let mut found = Vec::new();
    for count in counts(premise, aim, "minProperties", "maxProperties") {
        let mut object = plain.clone();
        add_members(generator, premise, aim, &mut object, count, depth);
        found.push(Value::Object(object));
    }
    found
}

fn counts<'a>(
    premise: &Conjunction<'a>,
    aim: &Conjunction<'a>,
    least: &'static str,
    most: &'static str,
) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    for schema in [premise, aim] {
        for keyword in [least, most] {
            for limit in schema.each(keyword).filter_map(|(_, value)| whole(value)) {
                found.extend([limit.saturating_sub(1), limit, limit.saturating_add(1)]);
            }
        }
    }
    found.retain(|count| *count <= MAX_COUNT);
    found
}

/// Arrays.
pub fn arrays<'a>(
    generator: &mut Generator<'a>,
    premise: &Conjunction<'a>,
    aim: &Conjunction<'a>,
    depth: usize,
) -> Vec<Value> {
    let least = premise.at_least("minItems").min(MAX_COUNT);
    let listed = premise.listed_items().max(aim.listed_items());
    let mut choices = Vec::new();
    for index in 0..listed.min(12) {
        choices.push(generator.values(&premise.item(index), &aim.item(index), depth + 1));
    }
    let contained = |schema: &Conjunction<'a>| -> Vec<View<'a>> {
        schema.parts().iter().filter_map(|part| part.subassertion("contains")).collect()
    };
    let rest = generator.values(&premise.item(listed), &aim.item(listed), depth + 1);
    let unique = premise.each("uniqueItems").any(|(_, value)| value == &Value::Bool(true));
    let item = |index: usize| -> Option<Value> {
        let values = choices.get(index).unwrap_or(&rest);
        // Different ones where repetition is forbidden.
        values.get(if unique { index } else { 0 }).or_else(|| values.first()).cloned()
    };
    let build = |count: u64| -> Vec<Value> {
        let count = usize::try_from(count).unwrap_or(0);
        (0..count).map_while(&item).collect()
    };
    let mut plain = build(least);
    let wanted = contained(premise);
    if !wanted.is_empty() {
        let inside = generator.values(&premise.item(listed).and(wanted), &aim.item(listed), depth + 1);
        let times = premise.at_least("minContains").clamp(1, MAX_COUNT);
        for index in 0..usize::try_from(times).unwrap_or(1) {
            plain.extend(inside.get(if unique { index } else { 0 }).or_else(|| inside.first()).cloned());
        }
    }
    let mut found = vec![Value::Array(plain.clone()), Value::Array(Vec::new()), Value::Array(build(1))];
    if generator.brief {
        return found;
    }
    let full = build(listed.max(1) as u64);
    found.push(Value::Array(full.clone()));
    for (index, values) in choices.iter().enumerate() {
        for value in values.iter() {
            let mut array = full.clone();
            if let Some(place) = array.get_mut(index) {
                *place = value.clone();
            }
            found.push(Value::Array(array));
        }
        found.push(Value::Array(build(index as u64 + 1)));
    }
    for value in rest.iter() {
        let mut array = if plain.len() >= listed { plain.clone() } else { build(listed as u64) };
        match array.last_mut().filter(|_| least > 0 && plain.len() > listed) {
            Some(last) => *last = value.clone(),
            None => array.push(value.clone()),
        }
        found.push(Value::Array(array));
        found.push(Value::Array([plain.clone(), vec![value.clone()]].concat()));
        found.push(Value::Array([plain.clone(), vec![value.clone(), value.clone()]].concat()));
    }
    for schema in contained(aim) {
        for value in generator.values(&premise.item(listed).and([schema]), &aim.item(listed), depth + 1).iter().take(4)
        {
            found.push(Value::Array([plain.clone(), vec![value.clone()]].concat()));
            found.push(Value::Array([plain.clone(), vec![value.clone(), value.clone()]].concat()));
        }
    }
    let mut sizes = counts(premise, aim, "minItems", "maxItems");
    sizes.extend(counts(premise, aim, "minContains", "maxContains"));
    for count in sizes {
        found.push(Value::Array(build(count)));
    }
    found
}
