//! Knowing the items of a list again after some went, came, changed places or were edited.

use std::collections::BTreeMap;

use crate::source::Node;

/// What tells an item from others: its value, in short.
///
/// The hash is FNV-1a with 64 bits (Fowler, Noll and Vo): the same on every host. Two values that share one would share what is
/// kept for them, so it is no more than a way to find it.
#[must_use]
pub fn marks(items: &[Node]) -> Vec<String> {
    let mark = |item: &Node| {
        let text = item.to_json_text();
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        format!("{hash:016x}")
    };
    items.iter().map(mark).collect()
}

/// For each item now, which one it was. An item that is what one of them was is that one, at its own place if it can be; what
/// is left was edited where it stands, as long as the list has not become longer or shorter.
#[must_use]
pub fn matched(then: &[String], now: &[String]) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; now.len()];
    let mut free: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, mark) in then.iter().enumerate() {
        match (now.get(index) == Some(mark), found.get_mut(index)) {
            (true, Some(place)) => *place = Some(index),
            _ => free.entry(mark).or_default().push(index),
        }
    }
    let mut taken: Vec<bool> = (0..then.len()).map(|index| found.get(index).copied().flatten().is_some()).collect();
    for (place, mark) in found.iter_mut().zip(now).filter(|(place, _)| place.is_none()) {
        let same = free.get_mut(mark.as_str()).filter(|same| !same.is_empty()).map(|same| same.remove(0));
        if let Some(index) = same {
            *place = Some(index);
            if let Some(taken) = taken.get_mut(index) {
                *taken = true;
            }
        }
    }
    if then.len() == now.len() {
        for (index, place) in found.iter_mut().enumerate() {
            if place.is_none() && taken.get(index) == Some(&false) {
                *place = Some(index);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::matched;

    fn among(then: &str, now: &str) -> Vec<Option<usize>> {
        let marks = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        matched(&marks(then), &marks(now))
    }

    #[test]
    fn items_are_known_by_what_they_are_and_then_by_where_they_stand() {
        assert_eq!(among("abc", "abc"), [Some(0), Some(1), Some(2)]);
        assert_eq!(among("abc", "bc"), [Some(1), Some(2)]);
        assert_eq!(among("abc", "cab"), [Some(2), Some(0), Some(1)]);
        assert_eq!(among("abc", "axc"), [Some(0), Some(1), Some(2)]);
        assert_eq!(among("abc", "xc"), [None, Some(2)]);
        assert_eq!(among("abc", "xabc"), [None, Some(0), Some(1), Some(2)]);
        assert_eq!(among("aa", "aax"), [Some(0), Some(1), None]);
        assert_eq!(among("abc", "bxc"), [Some(1), None, Some(2)]);
    }
}
