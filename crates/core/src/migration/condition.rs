//! What has to be true of a place in every document, written as a JSON Schema so that the prover can be asked.

use serde_json::{Value, json};

use super::path::{Path, Token};
use super::place;

/// What has to be true of the values at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// Nothing is there.
    Absent,
    /// A schema accepts what is there, if anything is.
    Accepted(Value),
}

/// A demand on every value at some places.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The places; all that the wildcards stand for.
    pub at: Path,
    /// The demand.
    pub demand: Demand,
}

impl Condition {
    /// The schema that accepts just the documents which the condition is true of, in the words that all drafts have in common.
    /// `None` for places that a schema cannot name: items by their index, and any depth.
    pub fn schema(&self) -> Option<Value> {
        let tokens = self.at.tokens();
        let innermost = match &self.demand {
            Demand::Absent if tokens.is_empty() => return None,
            Demand::Absent => json!({"not": {}}),
            Demand::Accepted(schema) => schema.clone(),
        };
        tokens.iter().rev().try_fold(innermost, |inside, token| match token {
            Token::Key(key) if place::index(key).is_some() => None,
            Token::Key(key) => Some(json!({"properties": {key: inside}})),
            Token::Each => Some(json!({"additionalProperties": inside, "items": inside})),
            Token::Deep => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Condition, Demand};
    use crate::migration::path::Path;

    #[test]
    fn a_condition_is_a_schema_around_its_demand() {
        let condition = |at: &str, demand| Condition { at: Path::parse(at).unwrap_or_default(), demand }.schema();
        let listed = Demand::Accepted(json!({"enum": [1]}));
        assert_eq!(condition("", listed.clone()), Some(json!({"enum": [1]})));
        assert_eq!(
            condition("/a/*/b", Demand::Absent),
            Some(json!({"properties": {"a": {
                "additionalProperties": {"properties": {"b": {"not": {}}}},
                "items": {"properties": {"b": {"not": {}}}},
            }}}))
        );
        for (at, demand) in [("", Demand::Absent), ("/a/0", listed.clone()), ("/**/a", listed)] {
            assert_eq!(condition(at, demand), None, "{at}");
        }
    }
}
