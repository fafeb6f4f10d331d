//! There is no document to try a migration on.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Says that none of the documents at hand is at the version that the migration starts from, so that going up and coming
    /// back could not be tried.
    ///
    /// ## Why it matters
    /// A migration that was never run on anything has not been shown to work. The verdict is undecided, never a silent pass.
    ///
    /// ## Example
    /// ```text
    /// undecided[nothing-to-try]: no document is at version 1
    /// ```
    ///
    /// ## How to fix
    /// Give documents with `--documents`, or keep a sample at the old version among the documents of the project.
    pub NOTHING_TO_TRY = "nothing-to-try", Undecided, "no document to try the migration on";
}

/// The finding; `skipped` documents are at other versions.
pub fn draft(version: u32, skipped: usize) -> Draft {
    let place = Pointer::root().child("from");
    let others = match skipped {
        0 => String::new(),
        1 => " (1 is at another version)".to_owned(),
        count => format!(" ({count} are at other versions)"),
    };
    let message = format!("no document at hand is at version {version}{others}, so the steps could not be tried");
    Draft::new(
        &NOTHING_TO_TRY,
        place.clone(),
        Place::Value(place),
        message,
        Expected::text(format!("at least one document at version {version}")),
    )
    .help("give documents with `--documents`, or keep a sample at the old version in the project")
}
