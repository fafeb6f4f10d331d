//! The comments of a text.

use crate::source::{Format, Node, Value};

/// The comments of a text whose tree is `root`, in their order: whatever begins like one outside of keys and values.
pub(super) fn of<'t>(text: &'t str, format: Format, root: &Node) -> Vec<&'t str> {
    if format == Format::Json {
        return Vec::new();
    }
    let mut spans = Vec::new();
    leaves(root, &mut spans);
    spans.sort_unstable();
    let mut comments = Vec::new();
    let mut at = 0;
    for (start, end) in spans.into_iter().chain([(text.len(), text.len())]) {
        while at < start {
            let Some(found) = next(text, format, at, start) else { break };
            at = found.1;
            comments.extend(text.get(found.0..found.1).map(str::trim_end));
        }
        at = at.max(end);
    }
    comments
}

/// The bytes of keys and of values without parts.
fn leaves(node: &Node, spans: &mut Vec<(usize, usize)>) {
    match &node.value {
        Value::Object(members) => {
            for member in members {
                spans.push((member.key_start, member.key_end));
                leaves(&member.node, spans);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, spans)),
        _ => spans.push((node.start, node.end)),
    }
}

/// The first comment that begins in `from..to`.
fn next(text: &str, format: Format, from: usize, to: usize) -> Option<(usize, usize)> {
    let stretch = text.get(from..to)?;
    let line_end = |at: usize| text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
    match format {
        Format::Json | Format::Jsonc => {
            let at = from + stretch.find("//").into_iter().chain(stretch.find("/*")).min()?;
            let rest = text.get(at..)?;
            let end = if rest.starts_with("/*") {
                rest.find("*/").map_or(text.len(), |end| at + end + 2)
            } else {
                line_end(at)
            };
            Some((at, end))
        }
        Format::Yaml | Format::Toml => {
            let is_free = |at: &usize| {
                format == Format::Toml || *at == 0 || text.as_bytes().get(at - 1).is_some_and(u8::is_ascii_whitespace)
            };
            let at = stretch.match_indices('#').map(|(at, _)| from + at).find(is_free)?;
            Some((at, line_end(at)))
        }
    }
}
