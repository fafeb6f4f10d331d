//! The core as a wasm-bindgen module.
