//! The core as wasm-bindgen modules: glue only, nothing is decided here.
//!
//! There are two of them, because few who check settings also change their shape, and a page that checks can spare no more
//! bytes. With the feature `compare` the module is about versions: it compares schemas, gates migrations and converts
//! documents; it also writes changed documents, for which it has what keeps comments and layout. Without it the module does everything else.
//!
//! Calls come in and answers go out as JSON text, which costs one crossing of the boundary each; the npm package
//! `www/packages/setpoint` wraps them into a class `Policy` with typed objects. Answers come in two forms: the
//! `…_text` functions give exactly the bytes that the native core gives, the others the form for editors that
//! [`editor`] describes.
//!
//! Why not `serde-wasm-bindgen`: it crosses the boundary once per field, and it has no notion of JSON text inside a
//! value, which is how the report keeps the digits of large numbers.

#[cfg(target_arch = "wasm32")]
#[path = "../../guest/src/allocator.rs"]
mod allocator;
#[cfg(target_arch = "wasm32")]
#[path = "../../guest/src/compare_bytes.rs"]
mod compare_bytes;
#[cfg(all(target_arch = "wasm32", feature = "compare"))]
mod comparer;
pub mod editor;
#[cfg(all(target_arch = "wasm32", not(feature = "compare")))]
mod engine;
#[cfg(target_arch = "wasm32")]
mod exchange;
#[cfg(target_arch = "wasm32")]
mod seed;

#[cfg(all(target_arch = "wasm32", feature = "compare"))]
pub use comparer::{Comparer, edit};
#[cfg(all(target_arch = "wasm32", not(feature = "compare")))]
pub use engine::{Engine, version};
