//! There is no migration between two versions.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document that is wanted at a version to which no migration leads.
    ///
    /// ## Why it matters
    /// Guessing how a setting of one version is written at another is how values get lost.
    ///
    /// ## Example
    /// ```text
    /// error[no-way]: no migration leads from version 2 to version 3
    /// ```
    ///
    /// ## How to fix
    /// Write the migration (`setpoint migrate new NAME` starts one) and see it through `setpoint gate`. One that is there and
    /// has an error is not used.
    pub NO_WAY = "no-way", Error, "no migration leads to the version that is wanted";
}

/// The finding.
pub fn draft(from: u32, to: u32) -> Draft {
    let message = format!("no migration leads from version {from} to version {to}");
    Draft::new(
        &NO_WAY,
        Pointer::root(),
        Place::File,
        message,
        Expected::text("a migration without errors between the two"),
    )
    .help("`setpoint gate` says what is wrong with the ones that are there; `setpoint migrate new NAME` starts one")
}
