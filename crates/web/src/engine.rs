//! What JavaScript sees: one class that holds a loaded policy, and the version of the core.

use std::borrow::Cow;

use setpoint_core::call::CheckCall;
use setpoint_core::policy::Policy;
use setpoint_core::report::CORE_VERSION;
use wasm_bindgen::prelude::*;

use crate::editor;
use crate::exchange::{read, text, text_of, written};

/// A loaded policy. Calls are JSON text, texts are bytes, answers are JSON text.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    policy: Policy,
    /// Kept to translate places in schema and migration files.
    bundle: Vec<u8>,
    /// The call of [`Engine::passes`].
    prepared: Option<CheckCall>,
}

#[wasm_bindgen]
impl Engine {
    /// Loads a bundle.
    ///
    /// # Errors
    /// An `Error` whose message says what is wrong with the bundle text.
    #[wasm_bindgen(constructor)]
    pub fn new(bundle: Vec<u8>) -> Result<Engine, JsError> {
        let policy = Policy::load(&bundle).map_err(|error| JsError::new(&error.to_string()))?;
        Ok(Self { policy, bundle, prepared: None })
    }

    /// The digest of the bundle, `sha256:…`.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn digest(&self) -> String {
        self.policy.load_answer().bundle.clone()
    }

    /// What loading found, in the form for editors.
    ///
    /// # Errors
    /// When the answer cannot be written, which is a fault of this module.
    pub fn load(&self) -> Result<String, JsError> {
        let mut answer = self.policy.load_answer().clone();
        answer.reports.iter_mut().for_each(editor::literals_as_text);
        written(editor::write(&answer, &|file| text_of(&self.bundle, file)))
    }

    /// What loading found, as the native core writes it.
    ///
    /// # Errors
    /// When the answer cannot be written, which is a fault of this module.
    pub fn load_text(&self) -> Result<String, JsError> {
        text(self.policy.load_answer())
    }

    /// Checks one document; the answer is in the form for editors.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CheckCall`].
    pub fn check(&self, call: &str, text: &[u8]) -> Result<String, JsError> {
        let call: CheckCall = read(call)?;
        let mut answer = self.policy.check(&call, text);
        if answer.findings.is_empty() && answer.hidden.is_empty() {
            return written(serde_json::to_string(&answer));
        }
        editor::literals_as_text(&mut answer);
        let lookup =
            |file: &str| if file == call.file { Some(Cow::Borrowed(text)) } else { text_of(&self.bundle, file) };
        written(editor::write(&answer, &lookup))
    }

    /// Keeps a call for [`Engine::passes`].
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CheckCall`].
    pub fn prepare(&mut self, call: &str) -> Result<(), JsError> {
        self.prepared = Some(read(call)?);
        Ok(())
    }

    /// The version that a document passes against in the prepared call, without the price of writing and reading an
    /// answer. `undefined` says nothing: [`Engine::check`] then finds out.
    #[must_use]
    pub fn passes(&self, document: &[u8]) -> Option<u32> {
        self.policy.passes(self.prepared.as_ref()?, document)
    }

    /// Checks one document; the answer is what the native core writes, byte for byte.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CheckCall`].
    pub fn check_text(&self, call: &str, document: &[u8]) -> Result<String, JsError> {
        text(&self.policy.check(&read(call)?, document))
    }

    /// What a form shows of a document; the answer is in the form for editors.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CheckCall`].
    pub fn value(&self, call: &str, document: &[u8]) -> Result<String, JsError> {
        let call: CheckCall = read(call)?;
        let mut answer = self.policy.value(&call, document);
        answer.value.iter_mut().for_each(editor::as_text);
        written(editor::write_about(&answer, document))
    }

    /// Checks every line as a document of its own; the answer is in the form for editors, with offsets in the line.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CheckCall`].
    pub fn check_lines(&self, call: &str, first_line: usize, lines: &[u8]) -> Result<String, JsError> {
        let mut answer = self.policy.check_lines(&read(call)?, first_line, lines);
        answer.reports.iter_mut().for_each(editor::literals_as_text);
        let lines: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').collect();
        let lookup = |file: &str| {
            // Reports are called `FILE:LINE`.
            let line = file.rsplit_once(':').and_then(|(_, line)| line.parse::<usize>().ok());
            let line = line.and_then(|line| lines.get(line.checked_sub(first_line)?));
            line.map(|line| Cow::Borrowed(*line)).or_else(|| text_of(&self.bundle, file))
        };
        written(editor::write(&answer, &lookup))
    }

    /// Checks every line as a document of its own; the answer is what the native core writes, byte for byte.
    ///
    /// # Errors
    /// When the call is not the JSON text of a [`CheckCall`].
    pub fn check_lines_text(&self, call: &str, first_line: usize, lines: &[u8]) -> Result<String, JsError> {
        text(&self.policy.check_lines(&read(call)?, first_line, lines))
    }
}

/// The version of the core.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    CORE_VERSION.to_owned()
}
