//! Reading documents: JSON, JSONC, YAML and TOML become one tree with a position for every key and value.
//!
//! [`parse`] is the full way: it explains everything that is wrong or surprising. [`read_fast`] is the hot loop for
//! documents that are right: it builds no positions and gives up on the first doubt.
//!
//! What does not live here: what the values mean (schemas, rules), and lines and columns
//! ([`crate::location`]).

mod bytes;
pub mod checks;
mod fast;
mod format;
mod json;
mod number;
mod path;
mod toml;
mod tree;
pub(crate) mod yaml;

use serde::{Deserialize, Serialize};

use crate::finding::Draft;

pub use fast::read_fast;
pub(crate) use number::is_double;
pub(crate) use tree::json_string;

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 8259, strict.
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    /// YAML 1.2, core schema.
    Yaml,
    /// TOML 1.0.
    Toml,
}

/// What a document may cost. All limits count things in the text, so they mean the same in every host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// How deep arrays and objects may nest.
    pub depth: usize,
    /// Values in the tree, after YAML aliases are expanded.
    pub nodes: usize,
    /// Characters of one number.
    pub digits: usize,
}

impl Limits {
    /// The deepest nesting that any setting of [`Limits::depth`] can allow: trees are walked and dropped
    /// recursively, and the stack of a browser's WebAssembly instance is small.
    pub const MAX_DEPTH: usize = 128;

    fn nesting(&self) -> usize {
        self.depth.min(Self::MAX_DEPTH)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, depth: 100, nodes: 2_000_000, digits: 1_000 }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

/// A member of an object, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// First byte of the key (its quotes included).
    pub key_start: usize,
    /// First byte after the key.
    pub key_end: usize,
    /// The value.
    pub node: Node,
}

/// The value of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// A number as JSON text (RFC 8259 grammar), with the digits that the author wrote.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object; keys are unique.
    Object(Vec<Member>),
}

/// The outcome of parsing.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree; absent when the text has no usable structure.
    pub root: Option<Node>,
    /// Faults and surprises of the text. Any of severity error means that the document fails.
    pub drafts: Vec<Draft>,
}

/// The tree of a text that the core wrote itself, or that was admitted before, so that only its form can be wrong.
#[must_use]
pub fn reread(text: &str, format: Format) -> Option<Node> {
    parse(text.as_bytes(), format, &Limits { bytes: usize::MAX, ..Limits::default() }).root
}

/// Parses a document.
///
/// Never panics and never recurses deeper than [`Limits::MAX_DEPTH`], whatever the bytes are. Where a fault leaves
/// no doubt about the structure (a trailing comma, a duplicate key) the tree is there in spite of the error.
///
/// ```
/// use setpoint_core::pointer::Pointer;
/// use setpoint_core::source::{Format, Limits, Value, parse};
///
/// let parsed = parse(br#"{"http": {"port": 80}}"#, Format::Json, &Limits::default());
/// let port = parsed.root.as_ref().and_then(|root| root.find(&Pointer::root().child("http").child("port")));
/// assert_eq!(port.map(|node| (&node.value, node.start)), Some((&Value::Number("80".to_owned()), 18)));
/// ```
#[must_use]
pub fn parse(text: &[u8], format: Format, limits: &Limits) -> Parsed {
    let mut drafts = Vec::new();
    let Some(text) = bytes::admit(text, format, limits, &mut drafts) else {
        return Parsed { root: None, drafts };
    };
    let root = match format {
        Format::Json | Format::Jsonc => json::parse(text, format, limits, &mut drafts),
        Format::Yaml => yaml::parse(text, limits, &mut drafts),
        Format::Toml => toml::parse(text, limits, &mut drafts),
    };
    Parsed { root, drafts }
}
