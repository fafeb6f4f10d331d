//! A keyword stands beside a `$ref` that hides it (drafts 4 to 7).

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Warns of a keyword beside a `$ref` in drafts 4, 6 and 7, where `$ref` hides everything beside it.
    ///
    /// ## Why it matters
    /// Some validators read such a keyword all the same, so the same schema accepts different documents in different
    /// tools.
    ///
    /// ## Example
    /// ```json
    /// { "$ref": "#/definitions/port", "maximum": 1024 }
    /// ```
    ///
    /// ## How to fix
    /// Put the reference into an `allOf`, or use draft 2019-09 or later.
    pub IGNORED_KEYWORD = "ignored-keyword", Warning, "a keyword has no effect in this dialect";
}

/// The finding for the keyword at `place`.
pub fn draft(place: &Pointer) -> Draft {
    let keyword = describe::printable(&place.last().unwrap_or_default());
    Draft::new(
        &IGNORED_KEYWORD,
        place.clone(),
        Place::Key(place.clone()),
        format!("`{keyword}` beside `$ref` has no effect in this dialect"),
        Expected::text("nothing but annotations beside `$ref`"),
    )
    .help(format!("put the reference into `allOf`: `allOf: [{{ $ref: … }}]`, then `{keyword}` applies"))
}
