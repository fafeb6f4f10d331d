//! What JavaScript sees of the module that compares schemas: a class that holds a loaded policy.

use setpoint_core::call::CompareCall;
use setpoint_core::policy::Policy;
use wasm_bindgen::prelude::*;

use crate::editor;
use crate::exchange::{read, text, text_of, written};

/// A loaded policy that compares schemas. Calls and answers are JSON text.
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
}
