//! Sets of JSON types, fine enough to tell what the dialects call an integer.

use jsonschema::Draft;
use serde_json::{Number, Value};

/// A set of types. Numbers come in three kinds: written as an integer (`1`), integral but written as a fraction (`1.0`),
/// and with a fractional part (`1.5`). Draft 4 calls only the first an integer, later drafts the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Types(u8);

impl Types {
    /// No type at all.
    pub const NONE: Self = Self(0);
    /// `null`.
    pub const NULL: Self = Self(1);
    /// `true` and `false`.
    pub const BOOLEAN: Self = Self(2);
    /// Numbers such as `1`.
    pub const PLAIN_INTEGER: Self = Self(4);
    /// Numbers such as `1.0`.
    pub const INTEGRAL: Self = Self(8);
    /// Numbers such as `1.5`.
    pub const FRACTION: Self = Self(16);
    /// Strings.
    pub const STRING: Self = Self(32);
    /// Arrays.
    pub const ARRAY: Self = Self(64);
    /// Objects.
    pub const OBJECT: Self = Self(128);
    /// All numbers.
    pub const NUMBER: Self = Self(4 + 8 + 16);
    /// Everything.
    pub const ALL: Self = Self(255);
    /// Each type alone, numbers as one.
    pub const EACH: [Self; 6] = [Self::OBJECT, Self::STRING, Self::NUMBER, Self::BOOLEAN, Self::ARRAY, Self::NULL];

    /// The types that are in both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The types that are in either.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The types that are not in the other.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether one of the types is in both.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all of these are in the other.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The type of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) => Self::of_number(number),
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    fn of_number(number: &Number) -> Self {
        match number.as_f64() {
            _ if number.is_i64() || number.is_u64() => Self::PLAIN_INTEGER,
            Some(float) if float.fract() == 0.0 => Self::INTEGRAL,
            _ => Self::FRACTION,
        }
    }

    /// What the keyword `type` names; everything when it is absent.
    pub fn named(keyword: Option<&Value>, draft: Draft) -> Self {
        match keyword {
            Some(Value::String(name)) => Self::name(name, draft),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).fold(Self::NONE, |all, name| all.or(Self::name(name, draft)))
            }
            _ => Self::ALL,
        }
    }

    fn name(name: &str, draft: Draft) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" if draft == Draft::Draft4 => Self::PLAIN_INTEGER,
            "integer" => Self::PLAIN_INTEGER.or(Self::INTEGRAL),
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::NONE,
        }
    }
}
