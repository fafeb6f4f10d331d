//! The most that an expression can cost, before there is a document.
//!
//! It is the evaluation with sizes in place of values: the most characters, items and keys that the schema allows. What the
//! schema does not bound is bounded by the document, and that only once: the items of a list are not longer together than the
//! list is, so looking at each of them is never dearer than looking at the list. Only what looks at the same things again and
//! again multiplies.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::functions::{Function, Makes, Work};
use super::meter::{LIST, MAP, traversal};
use super::plan::{Loop, LoopKind, Node, Op, Plan};
use super::shape::{Kind, ShapeId, Shapes};
use super::value::Value;

/// Bytes of the largest document, for what the schema does not bound; the same number as Kubernetes has.
pub const DOCUMENT: u64 = 3 * 1024 * 1024;
/// Bytes of what is never long: numbers, times.
const SMALL: u64 = 32;
/// Work that grows with a value is counted for so many bytes of it.
const PER: u64 = 1_000;

/// The most that an expression can cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The work each time that it is evaluated, in the units of [`super::meter`].
    pub each: u64,
    /// The work besides, for all of a document that it looks at, however often it is evaluated.
    pub together: u64,
    /// What it goes through that the schema does not bound.
    pub unbounded: Vec<Unbounded>,
}

impl Estimate {
    /// The work for a document in which it is evaluated so many times.
    pub fn total(&self, times: u64) -> u64 {
        self.each.saturating_mul(times.max(1)).saturating_add(self.together)
    }
}

/// Something that the schema does not bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbounded {
    /// What it is called in the expression: `self.items`.
    pub name: String,
    /// The keyword that would bound it.
    pub keyword: &'static str,
}

/// The most that an expression can cost with these variables.
pub fn estimate(plan: &Plan, variables: &[ShapeId], shapes: &Shapes) -> Estimate {
    let mut slots = vec![Size::small(); plan.slots];
    for (slot, (shape, (name, _))) in variables.iter().zip(&plan.variables).enumerate() {
        if let Some(place) = slots.get_mut(slot) {
            *place = Size::of(*shape, name.clone(), shapes, Some(slot));
        }
    }
    let mut walk = Walk { shapes, slots, cost: Cost::default(), unbounded: Vec::new() };
    walk.node(&plan.root);
    let grown = walk.cost.grown.values().map(|rate| of_document(*rate)).fold(0, u64::saturating_add);
    Estimate { each: walk.cost.fixed, together: grown, unbounded: walk.unbounded }
}

/// The work for a whole document at a rate.
fn of_document(rate: u64) -> u64 {
    rate.saturating_mul(DOCUMENT / PER)
}

/// Work: a fixed amount, and more for every [`PER`] bytes of the value in a slot.
#[derive(Clone, Debug, Default)]
struct Cost {
    fixed: u64,
    grown: BTreeMap<usize, u64>,
}

impl Cost {
    fn add(&mut self, work: u64) {
        self.fixed = self.fixed.saturating_add(work);
    }

    fn grow(&mut self, slot: usize, rate: u64) {
        let grown = self.grown.entry(slot).or_default();
        *grown = grown.saturating_add(rate);
    }

    fn include(&mut self, other: &Self) {
        self.add(other.fixed);
        for (slot, rate) in &other.grown {
            self.grow(*slot, *rate);
        }
    }

    /// The larger of two, part by part.
    fn or(mut self, other: &Self) -> Self {
        self.fixed = self.fixed.max(other.fixed);
        for (slot, rate) in &other.grown {
            let grown = self.grown.entry(*slot).or_default();
            *grown = (*grown).max(*rate);
        }
        self
    }
}

/// The most that there can be of a value.
#[derive(Clone, Debug)]
struct Size {
    /// Bytes of text, items of a list, entries of a map.
    most: u64,
    /// What it is a part of, when the schema does not bound it: a slot, and how many times as long it can be.
    part_of: Option<(usize, u64)>,
    /// What the schema says, for what stands in the document.
    shape: Option<ShapeId>,
    /// The largest item or value, for what was made.
    item: Option<Rc<Self>>,
    /// What it is called, when it stands in the document.
    name: String,
    /// The keyword that would bound it.
    unbounded: Option<&'static str>,
}

impl Size {
    fn small() -> Self {
        Self::text(SMALL)
    }

    fn text(most: u64) -> Self {
        Self { most, part_of: None, shape: None, item: None, name: String::new(), unbounded: None }
    }

    fn list(most: u64, item: Self) -> Self {
        Self { item: Some(Rc::new(item)), ..Self::text(most) }
    }

    fn of(id: ShapeId, name: String, shapes: &Shapes, slot: Option<usize>) -> Self {
        let shape = shapes.get(id);
        let (most, keyword) = match shape.kind {
            Kind::Null | Kind::Bool | Kind::Int | Kind::Double | Kind::Timestamp | Kind::Duration => (Some(SMALL), ""),
            // A character has up to four bytes.
            Kind::String => (shape.most.map(|most| most.saturating_mul(4)), "maxLength"),
            Kind::Bytes => (shape.most, "maxLength"),
            Kind::List => (shape.most, "maxItems"),
            Kind::Object if !shape.open => (Some(shape.fields.len() as u64), ""),
            Kind::Map | Kind::Object => (shape.most, "maxProperties"),
            Kind::Dyn => (None, "type"),
        };
        let room = match shape.kind {
            Kind::List => DOCUMENT / (shapes.get(shape.item).least + 1),
            Kind::Map | Kind::Object => DOCUMENT / 4,
            Kind::Dyn => DOCUMENT / 2,
            _ => DOCUMENT,
        };
        let is_bounded = most.is_some_and(|most| most < room);
        Self {
            most: most.unwrap_or(room).min(room),
            part_of: slot.filter(|_| !is_bounded).map(|slot| (slot, 1)),
            shape: Some(id),
            item: None,
            name,
            unbounded: (!is_bounded).then_some(keyword),
        }
    }

    /// The slot of which it is a part, whether the schema bounds it or not.
    fn slot(&self, slots: &[Self]) -> Option<usize> {
        self.part_of.map(|(slot, _)| slot).or_else(|| {
            let root = self.name.split(['.', '[']).next().filter(|name| !name.is_empty())?;
            slots.iter().position(|slot| slot.name == root)
        })
    }

    /// Bytes of its items for one of them at least, and a separator.
    fn each_bytes(&self, shapes: &Shapes) -> u64 {
        if let Some(item) = &self.item {
            return item.shape.map_or(2, |id| shapes.get(id).least + 1);
        }
        let Some(id) = self.shape else { return 2 };
        let shape = shapes.get(id);
        match shape.kind {
            Kind::List => shapes.get(shape.item).least + 1,
            Kind::Dyn => 2,
            _ => 4,
        }
    }

    fn larger(self, other: Self) -> Self {
        let name = if self.name == other.name { self.name.clone() } else { String::new() };
        let larger = if self.most >= other.most { self } else { other };
        Self { name, ..larger }
    }
}

struct Walk<'s> {
    shapes: &'s Shapes,
    slots: Vec<Size>,
    cost: Cost,
    unbounded: Vec<Unbounded>,
}

impl Walk<'_> {
    fn add(&mut self, work: u64) {
        self.cost.add(work);
    }

    /// Work for every byte of a value: `rate` units for [`PER`] bytes.
    fn add_for(&mut self, size: &Size, bytes: u64, rate: u64) {
        match size.part_of {
            Some((slot, times)) => self.cost.grow(slot, rate.saturating_mul(times)),
            None => self.add(bytes.saturating_mul(rate).div_ceil(PER)),
        }
    }

    fn goes_through(&mut self, size: &Size) {
        if let Some(keyword) = size.unbounded.filter(|_| !size.name.is_empty())
            && !self.unbounded.iter().any(|known| known.name == size.name)
        {
            self.unbounded.push(Unbounded { name: size.name.clone(), keyword });
        }
    }

    /// The work of a part alone.
    fn apart(&mut self, node: &Node) -> (Size, Cost) {
        let before = std::mem::take(&mut self.cost);
        let size = self.node(node);
        let cost = std::mem::replace(&mut self.cost, before);
        (size, cost)
    }

    fn set(&mut self, slot: usize, size: Size) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = size;
        }
    }

    fn part(&self, whole: &Size, id: ShapeId, name: String) -> Size {
        Size::of(id, name, self.shapes, whole.slot(&self.slots))
    }

    /// An item of a value, or a value under any key.
    fn item(&self, whole: &Size) -> Size {
        match (&whole.item, whole.shape) {
            (Some(item), _) => (**item).clone(),
            (None, Some(id)) => {
                let shape = self.shapes.get(id);
                let inner = if shape.kind == Kind::List { shape.item } else { shape.rest };
                self.part(whole, inner, format!("{}[…]", whole.name))
            }
            (None, None) => Size::small(),
        }
    }

    fn field(&self, whole: &Size, key: &str) -> Size {
        match whole.shape {
            Some(id) => {
                self.part(whole, self.shapes.field(id, key).unwrap_or(ShapeId::ANY), format!("{}.{key}", whole.name))
            }
            None => self.item(whole),
        }
    }

    fn node(&mut self, node: &Node) -> Size {
        match &node.op {
            Op::Literal(value) => literal(value),
            Op::Variable(slot) => {
                self.add(1);
                self.slots.get(*slot).cloned().unwrap_or_else(Size::small)
            }
            Op::Field(operand, key) | Op::OptionalField(operand, key) => {
                let operand = self.node(operand);
                self.add(1);
                self.field(&operand, key)
            }
            Op::Has(operand, _) => {
                self.node(operand);
                self.add(1);
                Size::small()
            }
            Op::Index(operand, index) | Op::OptionalIndex(operand, index) => {
                let operand = self.node(operand);
                self.node(index);
                self.add(1);
                self.item(&operand)
            }
            Op::And(left, right) | Op::Or(left, right) => {
                self.node(left);
                self.node(right);
                Size::small()
            }
            Op::If(condition, then, otherwise) => {
                self.node(condition);
                let ((one, cost), (other, other_cost)) = (self.apart(then), self.apart(otherwise));
                self.cost.include(&cost.or(&other_cost));
                one.larger(other)
            }
            Op::Call(function, arguments) => {
                let sizes: Vec<Size> = arguments.iter().map(|argument| self.node(argument)).collect();
                self.call(function, &sizes)
            }
            Op::Match(function, arguments, pattern) => {
                let mut sizes: Vec<Size> = arguments.iter().map(|argument| self.node(argument)).collect();
                sizes.push(Size::text(pattern.as_str().len() as u64));
                self.call(function, &sizes)
            }
            Op::List(items) => {
                self.add(LIST);
                let largest = items.iter().map(|(item, _)| self.node(item)).reduce(Size::larger);
                Size::list(items.len() as u64, largest.unwrap_or_else(Size::small))
            }
            Op::Map(entries) => {
                self.add(MAP);
                let mut largest: Option<Size> = None;
                for (index, (key, value, _)) in entries.iter().enumerate() {
                    let key = self.node(key);
                    // It is compared with the keys before it.
                    self.add((index as u64).saturating_mul(2 + traversal(key.most)));
                    let value = self.node(value);
                    largest = Some(largest.map_or(value.clone(), |largest| largest.larger(value)));
                }
                Size::list(entries.len() as u64, largest.unwrap_or_else(Size::small))
            }
            Op::Loop(loops) => self.gather(loops),
            Op::Bind { slot, value, body } => {
                let value = self.node(value);
                self.set(*slot, value);
                self.node(body)
            }
            Op::OrValue(operand, other) | Op::OrOptional(operand, other) => {
                let one = self.node(operand);
                self.add(1);
                one.larger(self.node(other))
            }
            Op::OptionalMap { operand, slot, body, .. } => {
                let operand = self.node(operand);
                self.add(1);
                self.set(*slot, operand);
                self.node(body)
            }
        }
    }

    fn gather(&mut self, loops: &Loop) -> Size {
        let range = self.node(&loops.range);
        self.goes_through(&range);
        let is_list = range.item.is_some()
            || range.shape.is_none_or(|id| matches!(self.shapes.get(id).kind, Kind::List | Kind::Dyn));
        let variable = match (loops.second, is_list) {
            (Some(second), _) => second,
            (None, _) => loops.slot,
        };
        // What is looked at item by item is a part of the variable, until all items are put together.
        let inner = self.item(&range);
        let key = Size { part_of: Some((variable, 1)), ..Size::text(DOCUMENT) };
        let held = Size {
            part_of: inner.part_of.map(|(_, times)| (variable, times)),
            name: if inner.name.is_empty() { format!("#{variable}") } else { inner.name.clone() },
            ..inner.clone()
        };
        match loops.second {
            Some(second) => {
                self.set(loops.slot, if is_list { Size::small() } else { key });
                self.set(second, held);
            }
            None => self.set(loops.slot, if is_list { held } else { key }),
        }
        let condition = loops.condition.as_ref().map(|condition| self.apart(condition).1).unwrap_or_default();
        let result = loops.result.as_ref().map(|result| self.apart(result));
        let mut each = condition;
        let is_gathered = !matches!(loops.kind, LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne);
        each.add(1 + u64::from(is_gathered));
        if let Some((_, cost)) = &result {
            each.include(cost);
        }
        // What was a part of the variable is a part of the whole.
        let whole = range.part_of.or_else(|| range.slot(&self.slots).map(|slot| (slot, 1)));
        self.repeat(&range, whole, variable, &each);
        let outside = |size: Size| match size.part_of {
            Some((slot, times)) if slot == variable => Size {
                part_of: whole.map(|(slot, more)| (slot, more.saturating_mul(times))),
                name: String::new(),
                ..size
            },
            _ => size,
        };
        let made = |item: Size| Size { part_of: range.part_of, ..Size::list(range.most, item) };
        match loops.kind {
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Size::small(),
            LoopKind::Filter => made(inner),
            LoopKind::Map | LoopKind::MapValues | LoopKind::MapEntries => {
                made(result.map_or_else(Size::small, |(size, _)| outside(size)))
            }
        }
    }

    /// The work for all items of a list or map, which is a part of `whole`.
    fn repeat(&mut self, range: &Size, whole: Option<(usize, u64)>, variable: usize, each: &Cost) {
        let each_bytes = range.each_bytes(self.shapes);
        match range.part_of {
            None => self.add(each.fixed.saturating_mul(range.most)),
            Some((slot, times)) => {
                self.cost.grow(slot, each.fixed.saturating_mul(PER).div_ceil(each_bytes).saturating_mul(times));
            }
        }
        for (slot, rate) in &each.grown {
            match (*slot == variable, whole, range.part_of) {
                // All items together are as long as the list.
                (true, Some((slot, times)), _) => self.cost.grow(slot, rate.saturating_mul(times)),
                (true, None, _) => self.add(of_document(*rate)),
                (false, _, None) => self.cost.grow(*slot, rate.saturating_mul(range.most)),
                (false, _, Some(_)) => self.add(of_document(*rate).saturating_mul(range.most)),
            }
        }
    }

    fn call(&mut self, function: &Function, sizes: &[Size]) -> Size {
        const TENTH: u64 = PER / 10;
        self.add(1);
        let most = |index: usize| sizes.get(index).map_or(0, |size| size.most);
        match function.work {
            Work::One => {}
            Work::Bytes(indices) => {
                // What is left of ten bytes counts as ten.
                self.add(1);
                for size in indices.iter().filter_map(|index| sizes.get(*index)) {
                    self.add_for(size, size.most, TENTH);
                    self.goes_through(size);
                }
            }
            Work::Items(indices) => {
                for size in indices.iter().filter_map(|index| sizes.get(*index)) {
                    self.add_for(size, size.most, PER);
                    self.goes_through(size);
                }
            }
            Work::Pattern => {
                if let Some(text) = sizes.first() {
                    let factor = most(1).div_ceil(4).max(1);
                    self.add(factor);
                    self.add_for(text, text.most, TENTH.saturating_mul(factor));
                    self.goes_through(text);
                }
            }
            Work::Equality => {
                // Either side is looked at no further than the other goes.
                let mut costs: Vec<Cost> = sizes.iter().map(|size| self.deep(size)).collect();
                costs.sort_by_key(|cost| (!cost.grown.is_empty(), cost.fixed));
                if let Some(least) = costs.first() {
                    self.cost.include(least);
                }
            }
            Work::Search => {
                let is_map = sizes.get(1).is_some_and(|size| {
                    size.shape.is_some_and(|shape| matches!(self.shapes.get(shape).kind, Kind::Map | Kind::Object))
                });
                let searched = if function.name == "@in" { sizes.get(1) } else { sizes.first() };
                if let Some(searched) = searched.filter(|_| !is_map) {
                    let whole = self.deep(searched);
                    self.cost.include(&whole);
                    self.goes_through(searched);
                } else {
                    self.add(1);
                }
            }
            Work::Pairs => {
                if let [left, right] = sizes {
                    let (one, other) = (self.deep(left), self.deep(right));
                    let flat = |cost: &Cost| {
                        cost.grown.values().map(|rate| of_document(*rate)).fold(cost.fixed, u64::saturating_add)
                    };
                    self.add(
                        flat(&one)
                            .saturating_mul(right.most)
                            .max(flat(&other).saturating_mul(left.most))
                            .saturating_mul(2),
                    );
                    self.goes_through(left);
                    self.goes_through(right);
                }
            }
        }
        let made = self.made(function, sizes);
        // What it makes is paid for by its length.
        match function.makes {
            Makes::Both | Makes::Product | Makes::Escaped if made.item.is_none() => {
                self.add_for(&made, made.most, TENTH)
            }
            Makes::Both | Makes::Parts => self.add_for(&made, made.most, PER),
            _ => {}
        }
        made
    }

    /// How large what a call makes can be.
    fn made(&self, function: &Function, sizes: &[Size]) -> Size {
        let most = |index: usize| sizes.get(index).map_or(0, |size| size.most);
        let first = || sizes.first().cloned().unwrap_or_else(Size::small);
        let is_list = |size: &Size| {
            size.item.is_some() || size.shape.is_some_and(|shape| self.shapes.get(shape).kind == Kind::List)
        };
        match function.makes {
            Makes::Small => Size::small(),
            Makes::First => Size { unbounded: None, ..first() },
            Makes::Item => self.item(&first()),
            Makes::Both => match sizes {
                [left, right] => {
                    let both = left.most.saturating_add(right.most);
                    let part_of = match (left.part_of, right.part_of) {
                        (Some((slot, one)), Some((other, two))) if slot == other => {
                            Some((slot, one.saturating_add(two)))
                        }
                        (Some(part), None) | (None, Some(part)) => Some(part),
                        _ => None,
                    };
                    let made = if is_list(left) || is_list(right) {
                        Size::list(both, self.item(left).larger(self.item(right)))
                    } else {
                        Size::text(both)
                    };
                    Size { part_of: part_of.filter(|_| both >= DOCUMENT / 4), ..made }
                }
                _ => Size::small(),
            },
            Makes::Parts => {
                let text = first();
                let part = Size { name: String::new(), unbounded: None, ..text.clone() };
                Size { part_of: text.part_of, ..Size::list(text.most.saturating_add(1), part) }
            }
            Makes::Product => {
                let list = first();
                let each = if is_list(&list) { self.item(&list).most } else { 0 };
                let second =
                    sizes.get(1).map_or(1, |size| if is_list(size) { self.item(size).most } else { size.most });
                let others = sizes.iter().skip(2).map(|size| size.most).fold(second, u64::saturating_add);
                Size::text(list.most.saturating_mul(others.saturating_add(each).max(1)))
            }
            Makes::Escaped => Size {
                part_of: first().part_of.map(|(slot, times)| (slot, times.saturating_mul(2))),
                ..Size::text(most(0).saturating_mul(2))
            },
        }
    }

    /// The work of looking at a whole value.
    fn deep(&self, size: &Size) -> Cost {
        let mut cost = Cost::default();
        match size.part_of {
            // A unit for each value in it, which has two bytes at least, and for every ten bytes of text.
            Some((slot, times)) => cost.grow(slot, (PER / 2).saturating_mul(times)),
            None => cost.add(self.whole(size, 0)),
        }
        cost
    }

    fn whole(&self, size: &Size, level: u32) -> u64 {
        if size.part_of.is_some() || level > 8 {
            return DOCUMENT / 2;
        }
        if size.item.is_some() {
            return size.most.saturating_mul(self.whole(&self.item(size), level + 1).saturating_add(1));
        }
        let Some(id) = size.shape else { return traversal(size.most) };
        let shape = self.shapes.get(id);
        let whole = match shape.kind {
            Kind::List => size.most.saturating_mul(self.whole(&self.item(size), level + 1).saturating_add(1)),
            Kind::Object if !shape.open => {
                let fields =
                    shape.fields.keys().map(|key| self.whole(&self.field(size, key), level + 1).saturating_add(1));
                fields.fold(0, u64::saturating_add)
            }
            Kind::Object | Kind::Map | Kind::Dyn => DOCUMENT / 2,
            Kind::String | Kind::Bytes => traversal(size.most),
            _ => 0,
        };
        whole.min(DOCUMENT / 2)
    }
}

fn literal(value: &Value<'_>) -> Size {
    match value {
        Value::String(text) => Size::text(text.as_str().len() as u64),
        Value::Bytes(bytes) => Size::text(bytes.len() as u64),
        _ => Size::small(),
    }
}
