//! Layout: writing a changed document so that what did not change stays as its author wrote it.

mod comments;
mod json;
mod origins;
pub mod patch;
mod toml;
mod yaml;

use patch::Hunk;

use crate::source::{self, Format, Node};

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
    let written = |text: &String| reads_as(text, format, new);
    let kept = keep(text, format, old, new);
    // Where several places were written once, each may have to be written out.
    let apart = || {
        let is_yaml = format == Format::Yaml;
        let seen = kept.as_ref().filter(|_| is_yaml).and_then(|kept| source::reread(kept, format));
        let apart = if is_yaml { yaml::rewrite_apart(text, old, new, seen.as_ref()) } else { None };
        apart.and_then(|apart| with_comments(text, format, old, apart))
    };
    kept.clone().filter(written).or_else(|| apart().filter(written)).or_else(|| {
        let fresh = match format {
            Format::Yaml => yaml::fresh(new),
            Format::Json | Format::Jsonc => json::fresh(text, new),
            Format::Toml => toml::fresh(new)?,
        };
        Some(fresh).filter(written)
    })
}

/// The text of `new` with everything kept that can be; it may read as something else where the file is unusual.
fn keep(text: &str, format: Format, old: &Node, new: &Node) -> Option<String> {
    let kept = match format {
        Format::Toml => toml::rewrite(text, old, new),
        Format::Yaml => yaml::rewrite(text, old, new),
        Format::Json | Format::Jsonc => json::rewrite(text, old, new),
    }?;
    with_comments(text, format, old, kept)
}

/// What was written, with the comments whose place is gone at its end.
fn with_comments(text: &str, format: Format, old: &Node, kept: String) -> Option<String> {
    let mut lost = comments::of(text, format, old);
    if lost.is_empty() {
        return Some(kept);
    }
    for comment in comments::of(&kept, format, &source::reread(&kept, format)?) {
        if let Some(index) = lost.iter().position(|other| *other == comment) {
            lost.remove(index);
        }
    }
    let end = if kept.ends_with('\n') || lost.is_empty() { "" } else { "\n" };
    let lost: String = lost.iter().map(|comment| format!("{comment}\n")).collect();
    Some(format!("{kept}{end}{lost}"))
}

#[cfg(test)]
mod cases;

/// Whether a text reads as a document. Tables of TOML have no order of their own: values come before tables.
fn reads_as(text: &str, format: Format, node: &Node) -> bool {
    source::reread(text, format).is_some_and(|root| match format {
        Format::Toml => root.same_in_any_order(node),
        Format::Json | Format::Jsonc | Format::Yaml => root.same(node),
    })
}

/// The text of `new`, which going the other way once had: what `kept` remembers of it is put back into `text`, where the lines
/// around it are still there. The rest is written anew.
#[must_use]
pub fn restore(text: &[u8], format: Format, old: &Node, new: &Node, kept: &[Hunk]) -> Option<String> {
    let restored =
        std::str::from_utf8(text).ok().filter(|_| !kept.is_empty()).and_then(|text| patch::apply(text, kept));
    restored.filter(|text| reads_as(text, format, new)).or_else(|| rewrite(text, format, old, new))
}

/// What has to be remembered of `former`, whose tree is `document`, so that [`restore`] gives it again, going back from `text`.
#[must_use]
pub fn remember(former: &[u8], document: &Node, text: &str) -> Vec<Hunk> {
    match std::str::from_utf8(former) {
        // Compact JSON is what comes out anyway.
        Ok(former) if former != document.to_json_text() => patch::between(text, former),
        _ => Vec::new(),
    }
}
