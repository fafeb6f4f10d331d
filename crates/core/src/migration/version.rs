//! The version that a document declares.

use super::place::find_mut;
use crate::bundle::Family;
use crate::pointer::Pointer;
use crate::source::{Node, Value};

/// The version that a document declares, where its family says that documents do.
#[must_use]
pub fn declared(family: &Family, document: &Node) -> Option<u32> {
    let at = Pointer::parse(family.version_at.as_deref()?).ok()?;
    match &document.find(&at)?.value {
        Value::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// Writes the version into a document that declares one. The steps of a migration leave it alone.
pub fn declare(family: &Family, document: &mut Node, version: u32) {
    let at = family.version_at.as_deref().and_then(|at| Pointer::parse(at).ok());
    if let Some(at) = at
        && let Some(Node { value: Value::Number(digits), .. }) = find_mut(document, &at)
    {
        *digits = version.to_string();
    }
}
