//! The core as a wasm-bindgen module: glue only, nothing is decided here.
//!
//! Calls come in and answers go out as JSON text, which costs one crossing of the boundary each; the npm package
//! `www/packages/setpoint` wraps them into a class `Policy` with typed objects. Answers come in two forms: the
//! `…_text` functions give exactly the bytes that the native core gives, the others the form for editors that
//! [`editor`] describes.
//!
//! Why not `serde-wasm-bindgen`: it crosses the boundary once per field, and it has no notion of JSON text inside a
//! value, which is how the report keeps the digits of large numbers.

#[cfg(target_arch = "wasm32")]
#[path = "../../guest/src/compare_bytes.rs"]
mod compare_bytes;
pub mod editor;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod seed;

#[cfg(target_arch = "wasm32")]
pub use engine::{Engine, version};
