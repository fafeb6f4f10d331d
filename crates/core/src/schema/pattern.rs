//! Matching `patternProperties` where the validator is not at hand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jsonschema::Validator;

/// The patterns of a family's schemas that were asked for, compiled.
#[derive(Debug, Default)]
pub struct Patterns(Mutex<BTreeMap<String, Option<Validator>>>);

impl Patterns {
    /// Whether an ECMA 262 `pattern` is found in `text`. A pattern that this engine cannot read counts as a match:
    /// callers only use it to find schemas that may apply.
    pub fn match_text(&self, pattern: &str, text: &str) -> bool {
        // Most patterns in practice are such as `^x-`.
        if let Some(found) = matches_literally(pattern, text) {
            return found;
        }
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !compiled.contains_key(pattern) {
            let validator = jsonschema::validator_for(&serde_json::json!({ "pattern": pattern }));
            compiled.insert(pattern.to_owned(), validator.ok());
        }
        let validator = compiled.get(pattern).and_then(Option::as_ref);
        validator.is_none_or(|validator| validator.is_valid(&serde_json::Value::String(text.to_owned())))
    }
}

/// The pattern as it is printed once it has been read, so that `\\-` and `\\x2d` are the same. `None` for what is no regular
/// expression. Nothing else is printed alike.
pub fn normal(pattern: &str) -> Option<String> {
    let read = regex_syntax::parse(&jsonschema_regex::to_rust_regex(pattern).ok()?).ok()?;
    Some(read.to_string())
}

/// The answer for a pattern that is plain text but for `^` at its start and `$` at its end; `None` for any other.
fn matches_literally(pattern: &str, text: &str) -> Option<bool> {
    let (pattern, starts) = pattern.strip_prefix('^').map_or((pattern, false), |rest| (rest, true));
    let (pattern, ends) = pattern.strip_suffix('$').map_or((pattern, false), |rest| (rest, true));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_ /:@,%#".contains(&byte);
    if !pattern.bytes().all(plain) {
        return None;
    }
    Some(match (starts, ends) {
        (true, true) => text == pattern,
        (true, false) => text.starts_with(pattern),
        (false, true) => text.ends_with(pattern),
        (false, false) => text.contains(pattern),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_matched_as_the_regular_expression_would() {
        for (pattern, text, expected) in [
            ("^x-", "x-port", true),
            ("^x-", "ex-port", false),
            ("port$", "ex-port", true),
            ("port$", "ports", false),
            ("^port$", "port", true),
            ("^port$", "port\n", false),
            ("or", "port", true),
            ("", "port", true),
            ("^$", "", true),
        ] {
            assert_eq!(matches_literally(pattern, text), Some(expected), "{pattern} in {text}");
            // The engine is asked the same through a group, which is not plain text.
            let engine = pattern.replace('-', "(?:-)").replace("or", "(?:or)") + "(?:)";
            assert_eq!(matches_literally(&engine, text), None, "{engine}");
            assert_eq!(Patterns::default().match_text(&engine, text), expected, "{engine} in {text}");
        }
    }

    #[test]
    fn patterns_that_are_read_alike_are_printed_alike() {
        assert_eq!(normal("^x-[\\w\\.\\-\\_]+$"), normal("^x-[\\w.\\x2d_]+$"));
        assert_ne!(normal("^a+$"), normal("^a*$"));
        assert_eq!(normal("(?!a)"), None);
    }

    #[test]
    fn anything_else_is_left_to_the_engine() {
        for pattern in ["^a.c", "a|b", "[a-z]", "a\\$", "^^a", "a+", "(a)"] {
            assert_eq!(matches_literally(pattern, "abc"), None, "{pattern}");
        }
    }
}
