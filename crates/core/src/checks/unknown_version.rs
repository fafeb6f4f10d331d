//! A document declares, or a call names, a version that has no schema.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document whose declared version (at `version_at`), or the version that was asked for, has no schema in
    /// the family; and a declared version that is not a whole number.
    ///
    /// ## Why it matters
    /// Documents of a version that nobody described cannot be checked or migrated.
    ///
    /// ## Example
    /// ```yaml
    /// schema_version: 7   # schemas exist for 1 and 2
    /// ```
    ///
    /// ## How to fix
    /// Correct the version, or add the schema file `v7.json`.
    pub UNKNOWN_VERSION = "unknown-version", Error, "there is no schema for the version";
}

/// The finding; `declared` is where the document says so, `None` when the caller did.
pub fn draft(wanted: &str, declared: Option<&Pointer>, known: &[u32]) -> Draft {
    let versions: Vec<String> = known.iter().map(ToString::to_string).collect();
    let expected = if versions.is_empty() {
        "a family with schemas".to_owned()
    } else {
        format!("version {}", describe::either(&versions))
    };
    let place = declared.map_or(Place::File, |at| Place::Value(at.clone()));
    let instance = declared.cloned().unwrap_or_default();
    Draft::new(
        &UNKNOWN_VERSION,
        instance,
        place,
        format!("there is no schema for version {wanted}"),
        Expected::text(expected),
    )
    .help("correct the version, or add its schema")
}
