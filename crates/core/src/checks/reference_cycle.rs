//! A schema refers to itself without ever looking at a part of the document.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports references (`$ref`, `allOf`, `anyOf`, ...) that lead back to where they started without stepping into a
    /// property or an item in between.
    ///
    /// ## Why it matters
    /// Such a schema has no meaning: whether a value is valid depends on whether it is valid. Validators loop or crash on
    /// it. A schema that refers to itself from a property or an item is fine.
    ///
    /// ## Example
    /// ```json
    /// { "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } }, "$ref": "#/$defs/a" }
    /// ```
    ///
    /// ## How to fix
    /// Remove one of the references in the circle.
    pub REFERENCE_CYCLE = "reference-cycle", Error, "a schema refers to itself endlessly";
}

/// The finding for a reference that closes a circle.
pub fn draft(place: &Pointer, reference: &str) -> Draft {
    Draft::new(
        &REFERENCE_CYCLE,
        place.clone(),
        Place::Value(place.clone()),
        format!("the reference `{}` leads back to itself", describe::printable(reference)),
        Expected::text("references that end, or step into a property or an item"),
    )
    .help("remove one of the references in the circle")
}
