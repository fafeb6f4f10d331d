//! A schema cannot be used, for a reason that no other check names.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports what the validator objects to when it reads a schema that meets its dialect's own schema, for example a
    /// `pattern` that is not a regular expression, or one that is too large.
    ///
    /// ## Why it matters
    /// Documents cannot be checked against such a schema, so they fail rather than pass unchecked.
    ///
    /// ## Example
    /// ```json
    /// { "pattern": "(" }
    /// ```
    ///
    /// ## How to fix
    /// Correct the schema at the place that the finding points at.
    pub INVALID_SCHEMA = "invalid-schema", Error, "a schema cannot be used";
}

/// The finding for an error that the validator gives.
pub fn draft(error: &ValidationError<'_>) -> Draft {
    let place = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
    let pattern = matches!(error.kind(), ValidationErrorKind::Format { format } if format == "regex");
    let (message, expected) = if pattern {
        (format!("{} is not a regular expression", describe::place(&place)), "a regular expression (ECMA 262)")
    } else {
        (format!("the schema cannot be used: {}", describe::printable(&error.to_string())), "a valid schema")
    };
    Draft::new(&INVALID_SCHEMA, place.clone(), Place::Value(place), message, Expected::text(expected))
}
