//! An object has a key that the schema forbids by name (`false` under `properties`).

use crate::declare_check;
use crate::explain::describe;
use crate::explain::fault::Fault;
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports a key whose schema under `properties` or `patternProperties` is `false`.
    ///
    /// ## Why it matters
    /// Schemas forbid a key by name when it was removed or would contradict another one; its presence is a mistake by
    /// design.
    ///
    /// ## Example
    /// ```json
    /// { "legacy_flag": true }
    /// ```
    ///
    /// ## How to fix
    /// Remove the key.
    pub FORBIDDEN_KEY = "forbidden-key", Error, "a key is forbidden";
}

/// The finding for a fault of this kind.
pub fn draft(fault: &Fault) -> Draft {
    let key = describe::printable(&fault.at.last().unwrap_or_default());
    let holder = describe::place(&fault.at.parent().unwrap_or_default());
    let expected = Expected::text(format!("no key `{key}`"));
    Draft::new(
        &FORBIDDEN_KEY,
        fault.at.clone(),
        Place::Key(fault.at.clone()),
        format!("{holder} has the forbidden key `{key}`"),
        expected,
    )
    .help(format!("remove `{key}`"))
}
