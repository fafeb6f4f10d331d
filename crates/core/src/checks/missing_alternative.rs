//! An object has none of several keys, one of which it must have.

use crate::declare_check;
use crate::explain::describe;
use crate::explain::fault::Fault;
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports an object under an `anyOf` or `oneOf` whose branches each require another key, when none of these keys
    /// is there. It is one finding, not one per branch.
    ///
    /// ## Why it matters
    /// Each branch alone would ask for its own key; the author only needs one of them.
    ///
    /// ## Example
    /// ```yaml
    /// source: {}   # needs `path` or `url`
    /// ```
    ///
    /// ## How to fix
    /// Add one of the named keys.
    pub MISSING_ALTERNATIVE = "missing-alternative", Error, "one of several keys is needed, and none is there";
}

/// The finding for a fault of this kind.
pub fn draft(fault: &Fault, keys: &[String]) -> Draft {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{}`", describe::printable(key))).collect();
    let message = format!("{} has none of the keys {}", describe::place(&fault.at), keys.join(", "));
    let expected = Expected::text(format!("the key {}", describe::either(&keys)));
    Draft::new(&MISSING_ALTERNATIVE, fault.at.clone(), Place::Value(fault.at.clone()), message, expected)
        .help(format!("add {}", describe::either(&keys)))
}
