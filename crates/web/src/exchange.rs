//! What crosses the boundary: calls and answers as JSON text, and the files that answers point into.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use setpoint_core::bundle::Bundle;
use wasm_bindgen::prelude::*;

/// A call from its JSON text.
pub fn read<C: DeserializeOwned>(call: &str) -> Result<C, JsError> {
    serde_json::from_str(call).map_err(|error| JsError::new(&format!("the call is malformed: {error}")))
}

/// An answer as the native core writes it.
pub fn text(answer: &impl Serialize) -> Result<String, JsError> {
    written(serde_json::to_string(answer))
}

/// An answer that was written.
pub fn written(answer: Result<String, serde_json::Error>) -> Result<String, JsError> {
    answer.map_err(|error| JsError::new(&format!("the answer could not be written: {error}; please report this")))
}

/// The text of a file of the bundle. Reads the bundle again: only reports with findings in a schema or a migration ask for
/// it.
pub fn text_of<'t>(bundle: &[u8], file: &str) -> Option<Cow<'t, [u8]>> {
    let bundle: Bundle = serde_json::from_slice(bundle).ok()?;
    let mut files = bundle
        .settings
        .into_values()
        .flat_map(|family| family.schemas.into_values().chain(family.shared).chain(family.migrations));
    files.find(|candidate| candidate.file == file).map(|found| Cow::Owned(found.text.into_bytes()))
}
