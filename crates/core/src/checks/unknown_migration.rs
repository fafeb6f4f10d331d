//! A call names a migration that the family does not have.

use crate::bundle::Family;
use crate::declare_check;
use crate::explain::{describe, nearest};
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a gate call for a migration file that is not in the bundle.
    ///
    /// ## Why it matters
    /// Nothing was tried, so nothing may pass.
    ///
    /// ## Example
    /// ```text
    /// setpoint gate migrations/billing/0003-no-such-file.yaml
    /// ```
    ///
    /// ## How to fix
    /// Name one of the files in the family's migration folder.
    pub UNKNOWN_MIGRATION = "unknown-migration", Error, "there is no such migration";
}

/// The finding.
pub fn draft(wanted: &str, family: &Family) -> Draft {
    let known: Vec<&str> = family.migrations.iter().map(|file| file.file.as_str()).collect();
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let expected = if names.is_empty() { "a family with migrations".to_owned() } else { describe::either(&names) };
    let message = format!("the family has no migration `{}`", describe::printable(wanted));
    let draft = Draft::new(&UNKNOWN_MIGRATION, Pointer::root(), Place::File, message, Expected::text(expected));
    match nearest::word(wanted, known.iter().copied()) {
        Some(near) => draft.help(format!("did you mean `{near}`?")),
        None => draft,
    }
}
