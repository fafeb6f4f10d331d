//! The fast path for strict JSON: straight into the value that validators work on, no positions.
//!
//! It is right to give up: the caller then takes the full path, which explains. It must never accept a text
//! about which the full path would have anything to say.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Limits;

/// Reads strict JSON about which [`parse`](super::parse) has nothing to say; `None` for every other text, without
/// a reason.
#[must_use]
pub fn read_fast(text: &[u8], limits: &Limits) -> Option<Value> {
    if text.len() > limits.bytes || has_long_number(text, limits.digits) {
        return None;
    }
    let nodes = Cell::new(limits.nodes);
    // Checking the encoding once for the whole text costs less than once for every string.
    let mut deserializer = serde_json::Deserializer::from_str(str::from_utf8(text).ok()?);
    let value = Build { depth: limits.nesting(), nodes: &nodes }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// Whether a run of more than `digits` characters that numbers consist of stands anywhere, strings included.
/// A run that long covers a multiple of `digits + 1`, so looking at those is enough.
fn has_long_number(text: &[u8], digits: usize) -> bool {
    let numeric = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let step = digits.saturating_add(1);
    (digits..text.len()).step_by(step).any(|at| {
        let (before, after) = text.split_at(at);
        let after = after.iter().take(step).take_while(numeric).count();
        after > 0 && after + before.iter().rev().take(step).take_while(numeric).count() > digits
    })
}

#[derive(Clone, Copy)]
struct Build<'a> {
    depth: usize,
    nodes: &'a Cell<usize>,
}

impl Build<'_> {
    /// The same one level further in; an error when that is too deep.
    fn inside<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.nodes.get().checked_sub(1).ok_or_else(|| D::Error::custom("too many values"))?;
        self.nodes.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.insert(key, members.next_value_seed(inside)?).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn accepts(text: &str, limits: &Limits) -> bool {
        read_fast(text.as_bytes(), limits).is_some()
    }

    #[test]
    fn doubtful_texts_are_left_to_the_full_path() {
        for text in [
            "",
            " ",
            "{",
            "1 2",
            "\u{feff}{}",
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            "[1,]",
            "1e400",
            "// x\n1",
            "\"\t\"",
            "[1]\u{0}",
        ] {
            assert!(!accepts(text, &Limits::default()), "{text}");
        }
        assert_eq!(read_fast(b"\"\xff\"", &Limits::default()), None);
    }

    #[test]
    fn each_limit_ends_the_fast_path_exactly_beyond_it() {
        let limits = Limits { bytes: 20, depth: 2, nodes: 4, digits: 5 };
        for (text, accepted) in [
            ("[[1]]", true),
            ("[[[1]]]", false),
            ("[[[]]]", false),
            ("[1,2,3]", true),
            ("[1,2,3,4]", false),
            ("[12345]", true),
            ("[ 12345]", true),
            ("[     12345 ]", true),
            ("[123456]", false),
            ("[   123456]", false),
            ("[    -1.2e9]", false),
            ("[                  ]", true),
            ("[                   ]", false),
        ] {
            assert_eq!(accepts(text, &limits), accepted, "{text}");
        }
    }
}
