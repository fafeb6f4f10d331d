//! A schema names a dialect that Setpoint does not know (`$schema`).

use serde_json::Value;

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Literal, Place};
use crate::pointer::Pointer;
use crate::schema::metaschema::DIALECTS;

declare_check! {
    /// ## What it does
    /// Reports a `$schema` that is none of the drafts 4, 6, 7, 2019-09 and 2020-12.
    ///
    /// ## Why it matters
    /// The same keywords mean different things in different drafts. Guessing one would give an answer that another
    /// validator contradicts.
    ///
    /// ## Example
    /// ```json
    /// { "$schema": "https://json-schema.org/draft/2021-01/schema" }
    /// ```
    ///
    /// ## How to fix
    /// Name one of the known dialects; leave `$schema` out for 2020-12.
    pub UNKNOWN_DIALECT = "unknown-dialect", Error, "a schema names an unknown dialect";
}

/// The finding; `dialect` is the value of `$schema`.
pub fn draft(dialect: &Value) -> Draft {
    let place = Pointer::root().child("$schema");
    let written = dialect.as_str().unwrap_or_default();
    let near = DIALECTS
        .iter()
        .map(|(_, known)| *known)
        .min_by_key(|known| strsim::osa_distance(written, known))
        .unwrap_or_default();
    let expected = Expected {
        text: "the URI of draft 4, 6, 7, 2019-09 or 2020-12".to_owned(),
        value: Literal::from_json(Value::String(near.to_owned()).to_string()),
    };
    Draft::new(
        &UNKNOWN_DIALECT,
        place.clone(),
        Place::Value(place),
        format!("the schema names the unknown dialect {}", describe::value_text(dialect)),
        expected,
    )
    .help(format!("write `{near}`"))
}
