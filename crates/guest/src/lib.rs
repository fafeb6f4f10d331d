//! The core as a WebAssembly component.
