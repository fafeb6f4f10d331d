//! What the parts of an expression are, as far as that is known before anything runs.

use std::fmt;
use std::sync::Arc;

use super::shape::{self, ShapeId, Shapes};

/// A type of the language. What stands in documents has the type of its place, which the schema tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Not known before the document is.
    Dyn,
    /// `null`.
    Null,
    /// A truth value.
    Bool,
    /// A 64-bit whole number.
    Int,
    /// A 64-bit whole number that is not negative.
    Uint,
    /// A 64-bit floating-point number.
    Double,
    /// Text.
    String,
    /// Bytes.
    Bytes,
    /// A point in time.
    Timestamp,
    /// A span of time.
    Duration,
    /// A URL that was taken apart.
    Url,
    /// A type as a value.
    Kind,
    /// A list made by the expression.
    List(Arc<Self>),
    /// A map made by the expression.
    Map(Arc<Self>, Arc<Self>),
    /// A value that may be absent.
    Optional(Arc<Self>),
    /// What stands at a place of the document that holds a list, a map or an object.
    Place(ShapeId),
}

impl Type {
    /// The type of what stands at a place.
    pub fn at(shape: ShapeId, shapes: &Shapes) -> Self {
        match shapes.get(shape).kind {
            shape::Kind::Dyn => Self::Dyn,
            shape::Kind::Null => Self::Null,
            shape::Kind::Bool => Self::Bool,
            shape::Kind::Int => Self::Int,
            shape::Kind::Double => Self::Double,
            shape::Kind::String => Self::String,
            shape::Kind::Bytes => Self::Bytes,
            shape::Kind::Timestamp => Self::Timestamp,
            shape::Kind::Duration => Self::Duration,
            shape::Kind::List | shape::Kind::Object | shape::Kind::Map => Self::Place(shape),
        }
    }

    /// A list of this type.
    pub fn listed(self) -> Self {
        Self::List(Arc::new(self))
    }

    /// The type of the items, when it is a list or may be one.
    pub fn item(&self, shapes: &Shapes) -> Option<Self> {
        match self {
            Self::Dyn => Some(Self::Dyn),
            Self::List(item) => Some((**item).clone()),
            Self::Place(shape) => match shapes.get(*shape).kind {
                shape::Kind::List => Some(Self::at(shapes.get(*shape).item, shapes)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The types of keys and values, when it is a map or may be one. An object is not a map: its fields differ.
    pub fn entry(&self, shapes: &Shapes) -> Option<(Self, Self)> {
        match self {
            Self::Dyn => Some((Self::Dyn, Self::Dyn)),
            Self::Map(key, value) => Some(((**key).clone(), (**value).clone())),
            Self::Place(shape) => match shapes.get(*shape).kind {
                shape::Kind::Map => Some((Self::String, Self::at(shapes.get(*shape).rest, shapes))),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is a number or may be one.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Dyn | Self::Int | Self::Uint | Self::Double)
    }

    /// Whether it is a map, an object, or may be one.
    pub fn is_map(&self, shapes: &Shapes) -> bool {
        match self {
            Self::Dyn | Self::Map(..) => true,
            Self::Place(shape) => shapes.get(*shape).kind != shape::Kind::List,
            _ => false,
        }
    }

    /// Whether its values are in an order, or may be.
    pub fn has_order(&self) -> bool {
        matches!(
            self,
            Self::Dyn
                | Self::Bool
                | Self::Int
                | Self::Uint
                | Self::Double
                | Self::String
                | Self::Bytes
                | Self::Timestamp
                | Self::Duration
        )
    }

    /// Whether a value can be of both types, as far as is known.
    pub fn meets(&self, other: &Self, shapes: &Shapes) -> bool {
        let numeric = |kind: &Self| matches!(kind, Self::Int | Self::Uint | Self::Double);
        match (self, other) {
            (Self::Dyn, _) | (_, Self::Dyn) => true,
            // Any place of a document may hold null, whether the schema says so or not.
            (Self::Null, _) | (_, Self::Null) => true,
            (left, right) if numeric(left) && numeric(right) => true,
            (Self::Optional(left), Self::Optional(right)) => left.meets(right, shapes),
            (left, right) => {
                if let (Some(left), Some(right)) = (left.item(shapes), right.item(shapes)) {
                    return left.meets(&right, shapes);
                }
                (left.is_map(shapes) && right.is_map(shapes)) || left == right
            }
        }
    }

    /// The type of either: of a list's items, of a condition's branches.
    pub fn joined(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            // What is made of nothing yet may be anything: `[] + [1]`.
            (Self::List(one), Self::List(other)) => (*one).clone().joined((*other).clone()).listed(),
            (Self::Optional(one), Self::Optional(other)) => match (&*one, &*other) {
                (Self::Dyn, known) | (known, Self::Dyn) => Self::Optional(known.clone().into()),
                _ => Self::Optional(Self::Dyn.into()),
            },
            _ => Self::Dyn,
        }
    }

    /// How a person calls it.
    pub fn name(&self, shapes: &Shapes) -> String {
        struct Named<'s>(&'s Type, &'s Shapes);
        impl fmt::Display for Named<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Self(kind, shapes) = self;
                match kind {
                    Type::Dyn => formatter.write_str("any value"),
                    Type::Null => formatter.write_str("null"),
                    Type::Bool => formatter.write_str("bool"),
                    Type::Int => formatter.write_str("int"),
                    Type::Uint => formatter.write_str("uint"),
                    Type::Double => formatter.write_str("double"),
                    Type::String => formatter.write_str("string"),
                    Type::Bytes => formatter.write_str("bytes"),
                    Type::Timestamp => formatter.write_str("timestamp"),
                    Type::Duration => formatter.write_str("duration"),
                    Type::Url => formatter.write_str("URL"),
                    Type::Kind => formatter.write_str("type"),
                    Type::List(_) => formatter.write_str("list"),
                    Type::Map(..) => formatter.write_str("map"),
                    Type::Optional(inner) => write!(formatter, "optional {}", Named(inner, shapes)),
                    Type::Place(shape) => formatter.write_str(match shapes.get(*shape).kind {
                        shape::Kind::List => "list",
                        shape::Kind::Map => "map",
                        _ => "object",
                    }),
                }
            }
        }
        Named(self, shapes).to_string()
    }
}
