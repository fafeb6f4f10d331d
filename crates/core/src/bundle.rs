//! The bundle: everything that a verdict depends on, as one canonical JSON text (RFC 8785).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file that is part of the bundle, as text, so that findings can point into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Relative to the project file, with `/` between folders.
    pub file: String,
    /// The contents.
    pub text: String,
}

/// One family of settings documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The schema of each version.
    pub schemas: BTreeMap<u32, File>,
    /// Other schema files of the family, which `$ref` can name by relative path or by `$id`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub shared: Vec<File>,
    /// Rule files.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rules: Vec<File>,
    /// Migration files.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub migrations: Vec<File>,
    /// The version that documents have unless they declare one; the highest when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub current: Option<u32>,
    /// JSON Pointer to the place where a document declares its version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version_at: Option<String>,
    /// Whether `format` asserts. On unless switched off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<bool>,
    /// Pointers (with `*` for any key or index) whose values never appear in a report.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub secrets: Vec<String>,
    /// Whom findings name as owner.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
}

/// The bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The version of this form: 1.
    pub bundle: u32,
    /// The families by name.
    pub settings: BTreeMap<String, Family>,
    /// Limits that differ from the defaults.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limits: Option<crate::source::Limits>,
}
