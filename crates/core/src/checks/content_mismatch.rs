//! A string does not hold what it should (`contentEncoding`, `contentMediaType`).

use super::value;
use crate::declare_check;
use crate::explain::Subject;
use crate::explain::fault::Fault;
use crate::finding::Draft;

declare_check! {
    /// ## What it does
    /// Reports a string that is not encoded as `contentEncoding` says, or does not hold a document of the
    /// `contentMediaType`. Drafts 6 and 7 assert these keywords; later drafts do not. They share this code because a
    /// string is decoded first and read then: one fault.
    ///
    /// ## Why it matters
    /// A certificate that was cut while pasting is found here and not when the first client connects.
    ///
    /// ## Example
    /// ```json
    /// { "icon": "not base64!" }
    /// ```
    ///
    /// ## How to fix
    /// Encode the content as the schema asks.
    pub CONTENT_MISMATCH = "content-mismatch", Error, "a string does not hold the expected content";
}

/// The finding for a fault of this kind; `content` is the encoding or media type.
pub fn draft(subject: &Subject<'_>, fault: &Fault, content: &str) -> Draft {
    let mut draft = value::draft(&CONTENT_MISMATCH, subject, fault);
    draft.expected.text = format!("a string that holds `{content}`");
    draft
}
