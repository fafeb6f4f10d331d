//! What JavaScript sees of the module about versions: a class that holds a loaded policy, compares schemas, gates migrations,
//! converts documents and merges what two people made of one; and a function that changes documents, which needs no policy.

use std::borrow::Cow;

use setpoint_core::call::{CompareCall, ConvertCall, EditCall, GateCall, MergeCall};
use setpoint_core::policy::Policy;
use wasm_bindgen::prelude::*;

use crate::editor;
use crate::exchange::{read, text, text_of, written};

/// A loaded policy about versions. Calls and answers are JSON text.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Comparer {
    policy: Policy,
    /// Kept to translate places in schema files.
    bundle: Vec<u8>,
}

#[wasm_bindgen]
impl Comparer {
    /// Loads a bundle.
    ///
    /// # Errors
    /// An `Error` whose message says what is wrong with the bundle text.
    #[wasm_bindgen(constructor)]
    pub fn new(bundle: Vec<u8>) -> Result<Comparer, JsError> {
        let policy = Policy::load(&bundle).map_err(|error| JsError::new(&error.to_string()))?;
        Ok(Self { policy, bundle })
    }

    /// Compares two schemas; the answer is in the form for editors.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CompareCall`].
    pub fn compare(&self, call: &str) -> Result<String, JsError> {
        let mut answer = self.policy.compare(&read::<CompareCall>(call)?);
        editor::comparison_as_text(&mut answer);
        written(editor::write(&answer, &|file| text_of(&self.bundle, file)))
    }

    /// Compares two schemas; the answer is what the native core writes, byte for byte.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CompareCall`].
    pub fn compare_text(&self, call: &str) -> Result<String, JsError> {
        text(&self.policy.compare(&read(call)?))
    }

    /// Takes one document from one version to another; the answer is in the form for editors.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`ConvertCall`].
    pub fn convert(&self, call: &str, document: &[u8]) -> Result<String, JsError> {
        let call: ConvertCall = read(call)?;
        let mut answer = self.policy.convert(&call, document);
        editor::literals_as_text(&mut answer.report);
        let lookup = |file: &str| {
            if file == call.file { Some(Cow::Borrowed(document)) } else { text_of(&self.bundle, file) }
        };
        written(editor::write(&answer, &lookup))
    }

    /// Takes one document from one version to another; the answer is what the native core writes, byte for byte.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`ConvertCall`].
    pub fn convert_text(&self, call: &str, document: &[u8]) -> Result<String, JsError> {
        text(&self.policy.convert(&read(call)?, document))
    }

    /// Compares what two people made of one document; the answer is in the form for editors.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`MergeCall`].
    pub fn merge(&self, call: &str) -> Result<String, JsError> {
        let call: MergeCall = read(call)?;
        let mut answer = self.policy.merge(&call);
        editor::literals_as_text(&mut answer.report);
        written(editor::write(&answer, &|file| (file == call.file).then_some(Cow::Borrowed(call.yours.as_bytes()))))
    }

    /// Compares what two people made of one document; the answer is what the native core writes, byte for byte.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`MergeCall`].
    pub fn merge_text(&self, call: &str) -> Result<String, JsError> {
        text(&self.policy.merge(&read(call)?))
    }

    /// Gates one migration; the answer is in the form for editors.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`GateCall`].
    pub fn gate(&self, call: &str) -> Result<String, JsError> {
        let call: GateCall = read(call)?;
        let mut answer = self.policy.gate(&call);
        editor::literals_as_text(&mut answer.report);
        let lookup = |file: &str| {
            let document = call.documents.iter().find(|document| document.file == file);
            document.map(|document| Cow::Borrowed(document.text.as_bytes())).or_else(|| text_of(&self.bundle, file))
        };
        written(editor::write(&answer, &lookup))
    }

    /// Gates one migration; the answer is what the native core writes, byte for byte.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`GateCall`].
    pub fn gate_text(&self, call: &str) -> Result<String, JsError> {
        text(&self.policy.gate(&read(call)?))
    }
}

/// Changes a document place by place; the answer is in the form for editors.
///
/// # Errors
/// When the call is not the JSON text of an [`EditCall`], or a change cannot be made.
#[wasm_bindgen]
pub fn edit(call: &str, document: &[u8]) -> Result<String, JsError> {
    let call: EditCall = read(call)?;
    let mut answer = setpoint_core::edit::edit(&call, document).map_err(|what| JsError::new(&what))?;
    editor::literals_as_text(&mut answer.report);
    written(editor::write(&answer, &|file| (file == call.file).then_some(Cow::Borrowed(document))))
}
