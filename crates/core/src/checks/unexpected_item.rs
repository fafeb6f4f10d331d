//! An array has an item where none is allowed (`items: false`, `additionalItems`, `unevaluatedItems`).

use crate::declare_check;
use crate::explain::fault::Fault;
use crate::explain::{Subject, describe};
use crate::finding::{Draft, Expected, Place};

declare_check! {
    /// ## What it does
    /// Reports an item at a position that the schema closes: after the last one of a tuple (`additionalItems: false`,
    /// `items: false`), or not covered by any other keyword (`unevaluatedItems: false`). The keywords share this code
    /// because they mean the same to the author.
    ///
    /// ## Why it matters
    /// Tuples have a meaning per position; what stands behind the last one is read by nobody.
    ///
    /// ## Example
    /// ```yaml
    /// range: [1, 10, 100]   # two items: from and to
    /// ```
    ///
    /// ## How to fix
    /// Remove the item.
    pub UNEXPECTED_ITEM = "unexpected-item", Error, "an array has an item where none is allowed";
}

/// The finding for a fault of this kind.
pub fn draft(subject: &Subject<'_>, fault: &Fault) -> Draft {
    let is_item = fault.at.last().is_some_and(|token| token.bytes().all(|byte| byte.is_ascii_digit()));
    let message = if is_item {
        format!("{} is one item too many", describe::place(&fault.at))
    } else {
        format!("{} has items that no part of the schema allows", describe::place(&fault.at))
    };
    let mut draft = Draft::new(
        &UNEXPECTED_ITEM,
        fault.at.clone(),
        Place::Value(fault.at.clone()),
        message,
        Expected::text("no item here"),
    );
    draft.actual = Some(describe::actual(subject, &fault.at));
    draft.help("remove it")
}
