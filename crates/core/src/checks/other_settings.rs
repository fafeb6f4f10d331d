//! A migration names another family than the one whose folder it is in.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Literal, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a migration whose `settings` is not the family that it is gated for.
    ///
    /// ## Why it matters
    /// Applied to the wrong family, steps either fail or change documents that they were not written for.
    ///
    /// ## Example
    /// ```yaml
    /// settings: biling   # the folder belongs to billing
    /// ```
    ///
    /// ## How to fix
    /// Correct the name, or move the file into the folder of its family.
    pub OTHER_SETTINGS = "other-settings", Error, "a migration belongs to another family";
}

/// The finding.
pub fn draft(written: &str, family: &str) -> Draft {
    let place = Pointer::root().child("settings");
    let expected = Expected {
        text: format!("`{family}`"),
        value: Literal::from_json(serde_json::Value::from(family).to_string()),
    };
    let message =
        format!("the migration is for `{}`, and stands among those of `{family}`", describe::printable(written));
    Draft::new(&OTHER_SETTINGS, place.clone(), Place::Value(place), message, expected)
        .help("correct the name, or move the file into the folder of its family")
}
