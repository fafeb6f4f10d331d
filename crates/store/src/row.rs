//! Documents as stores hold them.

use std::collections::BTreeMap;

use setpoint_core::call::Complement;
use setpoint_core::source::Format;

/// A document in a store.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is called: the key of the row, or the name of the file.
    pub key: String,
    /// Its text. Empty for a row without a document.
    pub document: Vec<u8>,
    /// The format of the text.
    pub format: Format,
    /// Whether the store keeps the text as it is written, and not only the value.
    pub layout: bool,
    /// Its version; absent when it is missing or no whole number.
    pub version: Option<u32>,
    /// What a way from this version needs; empty when it was left for another version.
    pub complement: Complement,
    /// Tells this state of the row from later ones; its form is the store's own.
    pub token: String,
}

/// What a row is to become, and what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The row as it was read.
    pub row: Row,
    /// The version that it is to have.
    pub version: u32,
    /// The text that it is to have.
    pub document: String,
    /// What the way back needs.
    pub complement: Complement,
}

/// A change of one document that somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// What the document is called.
    pub key: String,
    /// The row as it was read; absent when there was none.
    pub was: Option<Row>,
    /// What it is to become; absent when it is to go.
    pub becomes: Option<Text>,
    /// Who asks.
    pub by: String,
}

impl Write {
    /// The text that it asks for, empty when the document is to go.
    pub(crate) fn text(&self) -> Vec<u8> {
        self.becomes.as_ref().map(|text| text.document.clone().into_bytes()).unwrap_or_default()
    }
}

/// A document at a version.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Its version.
    pub version: u32,
    /// Its text.
    pub document: String,
    /// What a way from this version needs.
    pub complement: Complement,
}

/// Which documents are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What their keys contain, in whatever case.
    pub contains: Option<String>,
    /// Only keys that come after this one.
    pub after: Option<String>,
    /// At most so many.
    pub most: usize,
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// What it is called.
    pub key: String,
    /// Its version; absent when it is missing or no whole number.
    pub version: Option<u32>,
}

/// How many documents are at each version; those without one under `None`.
pub type Counts = BTreeMap<Option<u32>, u64>;

/// The complement as it is kept: one text, empty when there is nothing to keep.
pub(crate) fn kept(complement: &Complement) -> String {
    if complement.is_empty() { String::new() } else { serde_json::to_string(complement).unwrap_or_default() }
}

/// The complement that was kept for a version, when it is for this one. One that was left for another version says nothing: who
/// wrote the row since did not go through the migrations.
pub(crate) fn known(text: Option<&str>, left_for: Option<i64>, version: Option<u32>) -> Complement {
    let fits = left_for.is_some() && left_for == version.map(i64::from);
    text.filter(|_| fits).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
