//! What every host is asked: the calls of the typed boundary, and how they are written for the JavaScript hosts.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use setpoint_core::call::{CheckCall, CompareCall, ConvertCall, GateCall, MergeCall};

/// One call.
pub struct Request {
    /// What it is about, for whoever reads a failure.
    pub name: String,
    /// The bundle text. Requests about one bundle stand together and share it.
    pub bundle: Arc<str>,
    pub operation: Operation,
}

pub enum Operation {
    /// What does loading find?
    Load,
    /// What is wrong with this document?
    Check { call: CheckCall, text: Vec<u8> },
    /// What is wrong with each of these lines?
    Lines { call: CheckCall, text: Vec<u8> },
    /// Is this migration good?
    Gate { call: GateCall },
    /// What is this document at another version?
    Convert { call: ConvertCall, text: Vec<u8> },
    /// What is this document when both are right?
    Merge { call: MergeCall },
    /// Do documents of one schema stay valid under the other?
    Compare { call: CompareCall },
    /// What does this code mean?
    Explain { code: String },
}

impl Request {
    /// Asks to check a document.
    pub fn check(name: String, bundle: &Arc<str>, call: CheckCall, text: impl Into<Vec<u8>>) -> Self {
        Self { name, bundle: Arc::clone(bundle), operation: Operation::Check { call, text: text.into() } }
    }

    /// Asks what loading finds.
    pub fn load(name: String, bundle: &Arc<str>) -> Self {
        Self { name, bundle: Arc::clone(bundle), operation: Operation::Load }
    }

    /// The request as a line of the protocol that `www/packages/setpoint/conformance/answers.js` describes. The bundle
    /// is left out when it is the one of the request before.
    pub fn line(&self, before: Option<&Self>) -> String {
        let mut line = match &self.operation {
            Operation::Load => json!({ "operation": "load" }),
            Operation::Check { call, text } => {
                json!({ "operation": "check", "call": call, "text_base64": BASE64_STANDARD.encode(text) })
            }
            Operation::Lines { call, text } => {
                json!({ "operation": "lines", "call": call, "text_base64": BASE64_STANDARD.encode(text) })
            }
            Operation::Gate { call } => json!({ "operation": "gate", "call": call }),
            Operation::Convert { call, text } => {
                json!({ "operation": "convert", "call": call, "text_base64": BASE64_STANDARD.encode(text) })
            }
            Operation::Merge { call } => json!({ "operation": "merge", "call": call }),
            Operation::Compare { call } => json!({ "operation": "compare", "call": call }),
            Operation::Explain { code } => json!({ "operation": "explain", "code": code }),
        };
        if !before.is_some_and(|before| Arc::ptr_eq(&before.bundle, &self.bundle)) {
            line["bundle"] = json!(&*self.bundle);
        }
        line.to_string()
    }
}

/// A call for a document of the only family of a bundle.
pub fn call(file: &str) -> CheckCall {
    CheckCall { file: file.to_owned(), ..CheckCall::default() }
}
