//! A key is not one that `propertyNames` allows.

use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe, expectation};
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports a key that does not meet the schema under `propertyNames`. A key that resembles an allowed one is reported
    /// as `misspelt-key`. The finding points at the key.
    ///
    /// ## Why it matters
    /// Keys often become file names, labels or environment variables, which have a grammar of their own.
    ///
    /// ## Example
    /// ```yaml
    /// labels: { "my label": 1 }   # keys match `^[a-z-]+$`
    /// ```
    ///
    /// ## How to fix
    /// Rename the key.
    pub KEY_NAME_MISMATCH = "key-name-mismatch", Error, "a key does not have an allowed name";
}

/// The finding for a fault of this kind; `allowed` lists the names, when they are listed.
pub fn draft(subject: &Subject<'_>, fault: &Fault, allowed: Option<&[String]>) -> Draft {
    let key = describe::printable(&fault.at.last().unwrap_or_default());
    let message =
        format!("the key `{key}` of {} is not allowed", describe::place(&fault.at.parent().unwrap_or_default()));
    let expected = match allowed {
        Some(names) => {
            let names: Vec<serde_json::Value> = names.iter().map(|name| name.as_str().into()).collect();
            expectation::values_text(&names.iter().collect::<Vec<_>>())
        }
        None => subject
            .set
            .view(&fault.keyword.schema())
            .and_then(|view| expectation::of(&view))
            .unwrap_or_else(|| "another name".to_owned()),
    };
    Draft::new(
        &KEY_NAME_MISMATCH,
        fault.at.clone(),
        Place::Key(fault.at.clone()),
        message,
        Expected::text(format!("a key that is {expected}")),
    )
    .help("rename the key")
}
