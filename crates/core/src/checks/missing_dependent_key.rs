//! A key is there without another one that it needs (`dependentRequired`, `dependencies`).

use crate::declare_check;
use crate::explain::describe;
use crate::explain::fault::Fault;
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports an object that has a key without the keys that `dependentRequired` (in drafts 4 to 7: `dependencies`)
    /// demands beside it.
    ///
    /// ## Why it matters
    /// Half of a pair is worse than none: a certificate without its private key looks configured and is not.
    ///
    /// ## Example
    /// ```yaml
    /// tls:
    ///   certificate: server.pem   # needs `private_key` beside it
    /// ```
    ///
    /// ## How to fix
    /// Add the key that is missing, or remove the one that needs it.
    pub MISSING_DEPENDENT_KEY = "missing-dependent-key", Error, "a key is there without another one that it needs";
}

/// The finding for a fault of this kind; `because` is the key that makes `key` necessary.
pub fn draft(fault: &Fault, key: &str, because: Option<&str>) -> Draft {
    let holder = describe::place(&fault.at);
    let key = describe::printable(key);
    let (message, help, place) = match because {
        Some(because) => {
            let cause = describe::printable(because);
            (
                format!("{holder} has `{cause}` but no key `{key}`"),
                format!("add `{key}`, or remove `{cause}`"),
                Place::Key(fault.at.child(because)),
            )
        }
        None => (format!("{holder} has no key `{key}`"), format!("add `{key}`"), Place::Value(fault.at.clone())),
    };
    let expected = Expected::text(format!("the key `{key}` beside it"));
    Draft::new(&MISSING_DEPENDENT_KEY, fault.at.clone(), place, message, expected).help(help)
}
