//! What a schema says of the places of a document, in the terms of the language: types, fields, and how much fits in.

use std::collections::BTreeMap;

/// Names a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShapeId(u32);

impl ShapeId {
    /// The place of which nothing is known.
    pub const ANY: Self = Self(0);
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Anything: the schema leaves it open or allows several types.
    #[default]
    Dyn,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// Text.
    String,
    /// Text that holds bytes in base64 (`format: byte`).
    Bytes,
    /// Text that holds a point in time (`format: date-time` or `date`).
    Timestamp,
    /// Text that holds a span of time (`format: duration`).
    Duration,
    /// A list.
    List,
    /// An object with fields that the schema names.
    Object,
    /// An object with keys that the schema does not name.
    Map,
}

/// How items of a list are told apart (`x-kubernetes-list-type`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListType {
    /// By nothing: the list is one value.
    #[default]
    Atomic,
    /// By their value, in no order.
    Set,
    /// By the values of these fields, in no order.
    Map(Vec<String>),
}

/// What a schema says of one place.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What stands there.
    pub kind: Kind,
    /// The fields that the schema names.
    pub fields: BTreeMap<String, ShapeId>,
    /// Whether there may be fields that it does not name.
    pub open: bool,
    /// Whether it says what those are.
    pub described: bool,
    /// What stands under other keys.
    pub rest: ShapeId,
    /// What the items of a list are.
    pub item: ShapeId,
    /// How the items are told apart.
    pub list_type: ListType,
    /// The most items, keys or characters there can be, when the schema bounds them.
    pub most: Option<u64>,
    /// The least bytes that it takes in a document.
    pub least: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            kind: Kind::Dyn,
            fields: BTreeMap::new(),
            open: true,
            described: false,
            rest: ShapeId::ANY,
            item: ShapeId::ANY,
            list_type: ListType::Atomic,
            most: None,
            least: 1,
        }
    }
}

/// The shapes of one schema. The first is the place of which nothing is known.
#[derive(Clone, Debug)]
pub struct Shapes(Vec<Shape>);

impl Default for Shapes {
    fn default() -> Self {
        Self(vec![Shape::default()])
    }
}

impl Shapes {
    /// Adds a shape.
    pub fn add(&mut self, shape: Shape) -> ShapeId {
        let id = ShapeId(u32::try_from(self.0.len()).unwrap_or_default());
        self.0.push(shape);
        id
    }

    /// Sets a shape that was added before its parts were known.
    pub fn set(&mut self, id: ShapeId, shape: Shape) {
        if let Some(place) = self.0.get_mut(id.0 as usize) {
            *place = shape;
        }
    }

    /// The first shape that was added, which is the one of the whole document.
    pub fn first(&self) -> ShapeId {
        if self.0.len() > 1 { ShapeId(1) } else { ShapeId::ANY }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A shape.
    pub fn get(&self, id: ShapeId) -> &Shape {
        static ANY: std::sync::LazyLock<Shape> = std::sync::LazyLock::new(Shape::default);
        self.0.get(id.0 as usize).unwrap_or(&ANY)
    }

    /// What stands under `key` of an object of this shape; `None` when the schema names no such field, but others, and says
    /// nothing of the rest.
    pub fn field(&self, id: ShapeId, key: &str) -> Option<ShapeId> {
        let shape = self.get(id);
        match shape.fields.get(key) {
            Some(field) => Some(*field),
            None if shape.kind == Kind::Object && !shape.described => None,
            None => Some(shape.rest),
        }
    }
}
