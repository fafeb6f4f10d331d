//! The nearest name: did-you-mean for keys and enumerated values.
//!
//! Distance is optimal string alignment (Damerau–Levenshtein with adjacent transpositions, each substring
//! edited once): it counts the slips of typing fingers, so a swap of two letters is one.

use serde_json::Value;

/// How many slips are believable in a word of this many characters.
fn believable(length: usize) -> usize {
    match length {
        0 => 0,
        1..=4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

/// The same word written in another case or with other separators.
fn folded(word: &str) -> String {
    word.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How far `candidate` is from `written`, if near enough to be what was meant; 0 for the same word in another
/// case or with other separators.
pub fn distance(written: &str, candidate: &str) -> Option<usize> {
    if written == candidate {
        return None;
    }
    let (left, right) = (folded(written), folded(candidate));
    if !left.is_empty() && left == right {
        return Some(0);
    }
    let longest = written.chars().count().max(candidate.chars().count());
    if longest > 200 {
        return None;
    }
    let slips = strsim::osa_distance(written, candidate).min(strsim::osa_distance(&left, &right).max(1));
    // A word of which nothing is left is not a misspelling.
    (slips <= believable(longest) && slips < longest).then_some(slips)
}

/// The candidate nearest to `written`: see [`words`].
pub fn word<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    words(written, candidates).into_iter().next()
}

/// The candidates that are near enough to be meant, the nearest first. Of two that are as near, the one nearer letter
/// by letter (case and separators included) comes first, then the one with the same letters swapped or doubled, then
/// the one that begins the same, then the earlier one.
pub fn words<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    let near = candidates.into_iter().filter_map(|candidate| Some((distance(written, candidate)?, candidate)));
    let mut near: Vec<(usize, &str)> = near.collect();
    near.sort_by_cached_key(|(slips, candidate)| {
        let begins_the_same = candidate.chars().next() == written.chars().next();
        (*slips, strsim::osa_distance(written, candidate), !same_letters(written, candidate), !begins_the_same)
    });
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Whether two words differ only in the order of their letters, or in letters that are doubled.
fn same_letters(left: &str, right: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let single = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.dedup();
        letters
    };
    sorted(left) == sorted(right) || single(left) == single(right)
}

/// The allowed value nearest to `written`: the only one, the same in another type, the nearest word, or the one
/// that `written` abbreviates.
pub fn value<'v>(written: &Value, allowed: &'v [Value]) -> Option<&'v Value> {
    if let [only] = allowed {
        return Some(only);
    }
    let text = plain(written)?;
    if let Some(same) = allowed.iter().find(|value| plain(value).as_deref() == Some(&text)) {
        return Some(same);
    }
    let words: Vec<(String, &Value)> = allowed.iter().filter_map(|value| Some((plain(value)?, value))).collect();
    if let Some(near) = word(&text, words.iter().map(|(word, _)| word.as_str())) {
        return words.iter().find(|(word, _)| word == near).map(|(_, value)| *value);
    }
    let mut longer = words.iter().filter(|(word, _)| {
        let (word, text) = (folded(word), folded(&text));
        text.len() >= 3 && (word.starts_with(&text) || (word.len() >= 3 && text.starts_with(&word)))
    });
    match (longer.next(), longer.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// Whether `value` is near enough to `written` to be a slip rather than another intention.
pub fn is_slip(written: &Value, value: &Value) -> bool {
    match (plain(written), plain(value)) {
        (Some(written), Some(value)) => written == value || distance(&written, &value).is_some(),
        _ => false,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_swap_of_two_letters_is_one_slip() {
        assert_eq!(distance("prot", "port"), Some(1));
        assert_eq!(distance("max_conections", "max_connections"), Some(1));
    }

    #[test]
    fn another_case_or_separator_is_the_same_word() {
        assert_eq!(distance("logLevel", "log_level"), Some(0));
    }

    #[test]
    fn of_two_words_as_near_the_one_with_the_same_separators_is_meant() {
        assert_eq!(word("node_jjs", ["node.js", "node_js"]), Some("node_js"));
    }

    #[test]
    fn of_two_words_as_near_the_one_with_the_same_letters_is_meant() {
        assert_eq!(word("3.21", ["3.11", "3.12"]), Some("3.12"));
        assert_eq!(word("3.113", ["3.11", "3.13"]), Some("3.13"));
    }

    #[test]
    fn short_words_that_share_nothing_are_not_near() {
        assert_eq!(distance("on", "if"), None);
        assert_eq!(distance("a", "b"), None);
    }

    #[test]
    fn a_value_of_another_type_with_the_same_text_is_nearest() {
        assert_eq!(value(&json!("3"), &[json!(1), json!(3)]), Some(&json!(3)));
    }

    #[test]
    fn an_abbreviation_with_one_reading_is_completed() {
        assert_eq!(value(&json!("prod"), &[json!("production"), json!("staging")]), Some(&json!("production")));
        assert_eq!(value(&json!("st"), &[json!("staging"), json!("standby")]), None);
    }
}
