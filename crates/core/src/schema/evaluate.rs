//! Whether one small value satisfies a subschema, as far as that is told without a validator.
//!
//! A validator exists for whole schemas only. A proof that walks through two schemas also has to know what a part of one
//! says about a value that an `enum` lists. What is not answered here is `None`, never a guess.

use std::cell::Cell;
use std::cmp::Ordering;

use serde_json::Value;

use super::conjunction::whole;
use super::quantity;
use super::types::Types;
use super::view::View;

/// Deeper schemas are not looked at.
const MAX_DEPTH: usize = 12;

/// Whether `value` satisfies `view`; `None` when that is not told here.
pub fn satisfies(value: &Value, view: &View<'_>) -> Option<bool> {
    judge(value, view, Effort { depth: MAX_DEPTH, steps: &Cell::new(0) })
}

/// Whether `value` satisfies all of `views`; `None` when none refuses it and one is not told.
pub fn satisfies_all<'v, 'a: 'v>(value: &Value, views: impl IntoIterator<Item = &'v View<'a>>) -> Option<bool> {
    count_satisfies_all(value, views).0
}

/// As [`satisfies_all`], with the number of times that a value was held against a schema.
pub fn count_satisfies_all<'v, 'a: 'v>(
    value: &Value,
    views: impl IntoIterator<Item = &'v View<'a>>,
) -> (Option<bool>, u64) {
    let steps = Cell::new(0);
    let answer = all(views.into_iter().map(|view| judge(value, view, Effort { depth: MAX_DEPTH, steps: &steps })));
    (answer, steps.get())
}

/// How deep schemas may still be looked at, and what was done.
#[derive(Clone, Copy)]
struct Effort<'e> {
    depth: usize,
    steps: &'e Cell<u64>,
}

/// Whether all are true: `Some(false)` as soon as one is false, `None` when one is unknown and none false.
fn all(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn any(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all(answers.into_iter().map(|answer| answer.map(|answer| !answer))).map(|none| !none)
}

fn judge(value: &Value, view: &View<'_>, effort: Effort<'_>) -> Option<bool> {
    effort.steps.set(effort.steps.get().saturating_add(1));
    if let Value::Bool(accepts) = view.contents {
        return Some(*accepts);
    }
    let effort = Effort { depth: effort.depth.checked_sub(1)?, ..effort };
    let keywords = view.object()?;
    // What is told quickly first: it mostly settles which branches of a union are out of the question.
    let quick = |keyword: &&String| matches!(keyword.as_str(), "type" | "const" | "enum" | "required");
    let in_order = keywords.keys().filter(quick).chain(keywords.keys().filter(|keyword| !quick(keyword)));
    all(in_order.map(|keyword| match view.assertion(keyword) {
        Some(demand) => keyword_holds(value, view, keyword, demand, effort),
        None => Some(true),
    }))
}

/// Keywords that are told together: those that hold the schemas of items, and of members.
const ITEMS: [&str; 3] = ["items", "prefixItems", "additionalItems"];
const MEMBERS: [&str; 3] = ["properties", "patternProperties", "additionalProperties"];

/// Whether this is the first of the keywords of its group that the schema has.
fn is_first(keyword: &str, group: [&str; 3], view: &View<'_>) -> bool {
    group.into_iter().find(|one| view.assertion(one).is_some()) == Some(keyword)
}

fn keyword_holds<'a>(
    value: &Value,
    view: &View<'a>,
    keyword: &str,
    demand: &'a Value,
    effort: Effort<'_>,
) -> Option<bool> {
    let branches = || demand.as_array().into_iter().flatten().map(|branch| judge(value, &view.enter(branch), effort));
    let length = || value.as_str().map(|text| text.chars().count() as u64);
    let items = value.as_array();
    let members = value.as_object();
    let size = || members.map(|members| members.len() as u64);
    let count = || items.map(|items| items.len() as u64);
    let at_least = |size: Option<u64>| Some(size.is_none_or(|size| whole(demand).is_none_or(|least| size >= least)));
    let at_most = |size: Option<u64>| Some(size.is_none_or(|size| whole(demand).is_none_or(|most| size <= most)));
    match keyword {
        "$ref" => view.lookup(demand.as_str()?).and_then(|target| judge(value, &target, effort)),
        "$dynamicRef" | "$recursiveRef" => None,
        "type" => Some(Types::of(value).is_within(Types::named(Some(demand), view.draft()))),
        "enum" => Some(demand.as_array()?.iter().any(|listed| quantity::equal(listed, value))),
        "const" => Some(quantity::equal(demand, value)),
        "minimum" | "exclusiveMinimum" => all(view
            .bounds("minimum", "exclusiveMinimum")
            .iter()
            .map(|bound| within(value, bound.at, bound.open, Ordering::Greater))),
        "maximum" | "exclusiveMaximum" => all(view
            .bounds("maximum", "exclusiveMaximum")
            .iter()
            .map(|bound| within(value, bound.at, bound.open, Ordering::Less))),
        "multipleOf" => match (value.as_i64(), demand.as_i64()) {
            (Some(value), Some(factor)) if factor > 0 => Some(value % factor == 0),
            _ if !value.is_number() => Some(true),
            _ => None,
        },
        "minLength" => at_least(length()),
        "maxLength" => at_most(length()),
        "pattern" => {
            Some(value.as_str().is_none_or(|text| demand.as_str().is_none_or(|pattern| view.is_match(pattern, text))))
        }
        "format" | "contentEncoding" | "contentMediaType" => (!value.is_string()).then_some(true),
        "minItems" => at_least(count()),
        "maxItems" => at_most(count()),
        "uniqueItems" => Some(items.is_none_or(|items| {
            demand != &Value::Bool(true)
                || items
                    .iter()
                    .enumerate()
                    .all(|(at, item)| !items.iter().take(at).any(|other| quantity::equal(other, item)))
        })),
        "items" | "prefixItems" | "additionalItems" if !is_first(keyword, ITEMS, view) => Some(true),
        "items" | "prefixItems" | "additionalItems" => all(items
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, item)| view.item_schema(index).map_or(Some(true), |schema| judge(item, &schema, effort)))),
        "contains" | "minContains" | "maxContains" | "unevaluatedItems" => {
            items.is_none_or(|items| items.is_empty() && keyword != "contains").then_some(true)
        }
        "minProperties" => at_least(size()),
        "maxProperties" => at_most(size()),
        "required" => Some(members.is_none_or(|members| {
            demand.as_array().into_iter().flatten().filter_map(Value::as_str).all(|key| members.contains_key(key))
        })),
        "properties" | "patternProperties" | "additionalProperties" if !is_first(keyword, MEMBERS, view) => Some(true),
        "properties" | "patternProperties" | "additionalProperties" => {
            all(members.into_iter().flatten().flat_map(|(key, member)| {
                view.member_schemas(key).into_iter().map(move |schema| judge(member, &schema, effort))
            }))
        }
        "propertyNames" => all(members
            .into_iter()
            .flatten()
            .map(|(key, _)| judge(&Value::String(key.clone()), &view.enter(demand), effort))),
        "dependentRequired" | "dependentSchemas" | "dependencies" => {
            let depending = demand.as_object().into_iter().flatten();
            let present = depending.filter(|(key, _)| members.is_some_and(|members| members.contains_key(*key)));
            all(present.map(|(_, dependent)| match dependent {
                Value::Array(keys) => Some(
                    keys.iter()
                        .filter_map(Value::as_str)
                        .all(|key| members.is_some_and(|members| members.contains_key(key))),
                ),
                schema => judge(value, &view.enter(schema), effort),
            }))
        }
        "unevaluatedProperties" => members.is_none_or(serde_json::Map::is_empty).then_some(true),
        "allOf" => all(branches()),
        "anyOf" => any(branches()),
        "oneOf" => {
            let answers: Option<Vec<bool>> = branches().collect();
            answers.map(|answers| answers.into_iter().filter(|answer| *answer).count() == 1)
        }
        "not" => judge(value, &view.enter(demand), effort).map(|answer| !answer),
        "if" => {
            let keyword = if judge(value, &view.enter(demand), effort)? { "then" } else { "else" };
            view.subassertion(keyword).map_or(Some(true), |schema| judge(value, &schema, effort))
        }
        // `then` and `else` are judged with `if`; everything else asserts nothing.
        _ => Some(true),
    }
}

/// Whether a number lies on the side of a bound that `beyond` names; other values do.
fn within(value: &Value, bound: &serde_json::Number, open: bool, beyond: Ordering) -> Option<bool> {
    let Some(number) = value.as_number() else { return Some(true) };
    let order = quantity::compare(number, bound)?;
    Some(order == beyond || (order == Ordering::Equal && !open))
}
