//! The typed boundary: a call and an answer for every operation. Guest, web module and tests use these and
//! nothing else. Calls and answers travel as JSON; document text travels beside them as bytes.

use serde::{Deserialize, Serialize};

use crate::report::DocumentReport;
use crate::source::Format;

/// The answer to loading a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadAnswer {
    /// The digest of the bundle, `sha256:…`.
    pub bundle: String,
    /// The version of the core.
    pub core: String,
    /// One report per schema file that has findings. A family whose schema has an error cannot be checked
    /// against: its documents get a finding that says so.
    pub reports: Vec<DocumentReport>,
}

/// Check one document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckCall {
    /// What to call the document in the report.
    pub file: String,
    /// The family; may be left out when the bundle has just one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settings: Option<String>,
    /// The version; otherwise the one the document declares, otherwise the current one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
    /// The format; otherwise told from the file name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<Format>,
}

/// The answer to [`CheckCall`].
pub type CheckAnswer = DocumentReport;

/// The answer to checking many lines, each a JSON document (the call is a [`CheckCall`] too).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesAnswer {
    /// Lines that hold a document (blank lines do not count).
    pub documents: usize,
    /// One report for each line with findings; `file` is `FILE:LINE`, lines counted from `first_line`.
    pub reports: Vec<DocumentReport>,
}

/// Gate one migration on the documents at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateCall {
    /// The family.
    pub settings: String,
    /// The migration's file name as it stands in the bundle.
    pub migration: String,
    /// The documents at hand.
    pub documents: Vec<GateDocument>,
}

/// A document for the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateDocument {
    /// What to call it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The format; otherwise told from the file name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<Format>,
}

/// The answer to [`GateCall`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateAnswer {
    /// The report on the migration file.
    pub report: DocumentReport,
    /// Documents that went up, down again and were compared.
    pub converted: usize,
    /// Documents that are at another version and were left out.
    pub skipped: usize,
}
