//! The wasmtime host of the core.
