//! The policy: a bundle that is loaded and ready to answer calls.

use crate::bundle::Bundle;
use crate::call::{CheckAnswer, CheckCall, GateAnswer, GateCall, LinesAnswer, LoadAnswer};
use crate::report::{CORE_VERSION, DocumentReport};

/// Why a bundle could not be loaded at all. Schemas that are wrong do not end here: they are findings.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BundleError {
    /// What is wrong with the bundle text.
    pub message: String,
}

impl std::fmt::Display for BundleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for BundleError {}

/// A loaded bundle.
#[derive(Debug)]
pub struct Policy {
    answer: LoadAnswer,
}

impl Policy {
    /// Loads a bundle from its canonical JSON text.
    ///
    /// # Errors
    /// When the text is not a bundle of a form that this core reads.
    pub fn load(bundle: &[u8]) -> Result<Self, BundleError> {
        let _bundle: Bundle =
            serde_json::from_slice(bundle).map_err(|error| BundleError { message: error.to_string() })?;
        Ok(Self { answer: LoadAnswer { bundle: String::new(), core: CORE_VERSION.to_owned(), reports: Vec::new() } })
    }

    /// What loading found: the digest, and the findings of schema files.
    #[must_use]
    pub fn load_answer(&self) -> &LoadAnswer {
        &self.answer
    }

    /// Checks one document.
    #[must_use]
    pub fn check(&self, call: &CheckCall, _text: &[u8]) -> CheckAnswer {
        DocumentReport { file: call.file.clone(), ..DocumentReport::default() }
    }

    /// Checks every line of `text` as a JSON document of its own. Lines are counted from `first_line`, so that a
    /// long file can be sent in pieces; each piece ends at a line end.
    #[must_use]
    pub fn check_lines(&self, _call: &CheckCall, _first_line: usize, _text: &[u8]) -> LinesAnswer {
        LinesAnswer::default()
    }

    /// Gates one migration.
    #[must_use]
    pub fn gate(&self, call: &GateCall) -> GateAnswer {
        GateAnswer {
            report: DocumentReport { file: call.migration.clone(), ..DocumentReport::default() },
            converted: 0,
            skipped: 0,
        }
    }
}

/// The documentation page of a finding code, in Markdown; `None` when there is no such code.
#[must_use]
pub fn explain(_code: &str) -> Option<&'static str> {
    None
}
