//! `multiple-documents`: one YAML file holds several documents.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports the second document of a YAML file, which a line `---` starts.
    ///
    /// ## Why it matters
    ///
    /// A settings document is one value. Readers take the first document and ignore the rest, or refuse the file.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// retries: 3
    /// ---
    /// timeout: 30
    /// ```
    ///
    /// ## How to fix
    ///
    /// Put each document into a file of its own, or remove the `---`.
    pub MULTIPLE_DOCUMENTS = "multiple-documents", Error, "several YAML documents in one file";
}

pub(crate) fn draft(start: usize, end: usize) -> Draft {
    Draft::new(
        &MULTIPLE_DOCUMENTS,
        Pointer::root(),
        Place::Bytes(start, end),
        "a second document starts here; only the first has been checked",
        Expected::text("one document in the file"),
    )
    .help("put each document into a file of its own, or remove the `---`")
}
