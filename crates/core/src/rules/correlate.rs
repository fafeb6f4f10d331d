//! Which value before a change a value after it comes from.
//!
//! Members of objects are told apart by their keys, items of lists that are maps (`x-kubernetes-list-type: map`) by their
//! key fields. Items of other lists are not told apart: a list that was changed is another list.

use serde_json::Value;

use crate::cel::shape::ListType;

/// The item of `old` that is the same one as `item` by its key fields.
pub fn item<'o>(old: Option<&'o Value>, item: &Value, list: &ListType) -> Option<&'o Value> {
    let ListType::Map(keys) = list else { return None };
    old?.as_array()?.iter().find(|other| keys.iter().all(|key| item.get(key) == other.get(key)))
}

/// The member of `old` under the same key.
pub fn member<'o>(old: Option<&'o Value>, key: &str) -> Option<&'o Value> {
    old?.as_object()?.get(key)
}
