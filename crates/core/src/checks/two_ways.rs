//! Two migrations lead away from one version.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a migration that starts from a version from which another one starts already.
    ///
    /// ## Why it matters
    /// Which of the two a document went through could not be told, and so neither could the way back.
    ///
    /// ## Example
    /// ```text
    /// error[two-ways]: `migrations/billing/0002-units.yaml` leads away from version 1 already
    /// ```
    ///
    /// ## How to fix
    /// Put the steps into one migration, or make the later one start from the version that the earlier one leads to.
    pub TWO_WAYS = "two-ways", Error, "two migrations start from the same version";
}

/// The finding; `other` is the file that starts from the version too.
pub fn draft(other: &str, from: u32) -> Draft {
    let place = Pointer::root().child("from");
    let message = format!("`{}` leads away from version {from} already", describe::printable(other));
    Draft::new(
        &TWO_WAYS,
        place.clone(),
        Place::Value(place),
        message,
        Expected::text("one migration from each version"),
    )
    .help("put the steps into one migration, or give the later one the next versions")
}
