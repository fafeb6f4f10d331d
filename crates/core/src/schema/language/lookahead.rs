//! Patterns that look ahead at their start, taken apart into patterns that do not.
//!
//! `^(?!A)B` finds something in a string if and only if `^B` does and `^(?:A)` does not, because both begin at the start of
//! the string. Patterns for names are often written so: anything that is no reserved word.

/// What has to find something, and what must not, for a pattern to find something: regular expressions as the engine reads
/// them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub found: Vec<String>,
    pub missed: Vec<String>,
}

/// The parts of an ECMA 262 pattern: itself, where it does not look ahead at its start. `None` when it cannot be read.
///
/// The library reads a pattern that only looks for what has to be there part by part, each as ECMA 262. Any other pattern
/// that looks ahead it leaves to an engine to which `\w` means letters of all scripts, so that is how its parts are read.
pub fn parts(pattern: &str) -> Option<Parts> {
    let translated = |part: &String| jsonschema_regex::to_rust_regex(part).ok().map(std::borrow::Cow::into_owned);
    if let Some(parts) = jsonschema_regex::split_leading_lookaheads(pattern) {
        let found: Option<Vec<String>> = parts.iter().map(translated).collect();
        if let Some(found) = found.filter(|found| found.iter().all(|part| regex_syntax::parse(part).is_ok())) {
            return Some(Parts { found, missed: Vec::new() });
        }
    }
    Some(split(&translated(&pattern.to_owned())?))
}

fn split(pattern: &str) -> Parts {
    let mut parts = Parts::default();
    let mut rest = pattern.strip_prefix('^').unwrap_or_default();
    while let Some((refuses, inside)) = ahead(rest) {
        let Some((ahead, after)) = closed(inside) else { break };
        if after.starts_with(['*', '+', '?', '{']) {
            break;
        }
        if refuses { &mut parts.missed } else { &mut parts.found }.push(format!("^(?:{ahead})"));
        rest = after;
    }
    if parts == Parts::default() || ahead(rest).is_some() || has_alternatives(rest) {
        return Parts { found: vec![pattern.to_owned()], missed: Vec::new() };
    }
    parts.found.push(format!("^{rest}"));
    parts
}

/// Whether what begins a pattern must not be there, and what stands behind the parenthesis that says so.
fn ahead(pattern: &str) -> Option<(bool, &str)> {
    let refuses = pattern.strip_prefix("(?!").map(|inside| (true, inside));
    refuses.or_else(|| pattern.strip_prefix("(?=").map(|inside| (false, inside)))
}

/// What stands before the parenthesis that closes an open one, and what stands behind it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let end = scan(text, |depth, character| depth == 0 && character == ')')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// Whether a pattern is a choice at its top. What cannot be read counts as one.
fn has_alternatives(text: &str) -> bool {
    scan(text, |depth, character| depth == 0 && (character == '|' || character == ')')).is_some()
}

/// The place of the first character that is asked for, outside of classes and not escaped.
fn scan(text: &str, asked: impl Fn(usize, char) -> bool) -> Option<usize> {
    let (mut depth, mut in_class, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        if !in_class && asked(depth, character) {
            return Some(at);
        }
        match character {
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(found: &[&str], missed: &[&str]) -> Parts {
        let all = |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Parts { found: all(found), missed: all(missed) }
    }

    #[test]
    fn what_is_looked_at_ahead_is_a_pattern_of_its_own() {
        assert_eq!(split("^(?!x-)[a-z]+$"), expected(&["^[a-z]+$"], &["^(?:x-)"]));
        assert_eq!(split("^(?!(a|[)b])$)(?=.*\\))c"), expected(&["^(?:.*\\))", "^c"], &["^(?:(a|[)b])$)"]));
    }

    #[test]
    fn classes_are_read_as_the_library_reads_them() {
        assert_eq!(parts("^(?=\\d)a"), Some(expected(&["^(?:[0-9])", "^(?:a)"], &[])));
        assert_eq!(parts("^(?!\\d)a"), Some(expected(&["^a"], &["^(?:\\d)"])));
    }

    #[test]
    fn other_patterns_stay_whole() {
        for pattern in ["^a", "", "^(?!a", "^(?!a)b|c", "(?!a)b", "^(?!a)?b", "^(a(?!b))", "^(?!a)b)|c"] {
            assert_eq!(split(pattern), expected(&[pattern], &[]), "{pattern}");
        }
    }
}
