//! The core as a WebAssembly component: glue only, nothing is decided here.
//!
//! The interface is `wit/setpoint.wit`. `cargo xtask build` compiles this crate for
//! `wasm32-unknown-unknown`, turns the module into a component and compiles that ahead of time for the host.
//! For any other target the crate is empty.

#[cfg(target_arch = "wasm32")]
mod allocator;
#[cfg(target_arch = "wasm32")]
mod compare_bytes;
#[cfg(target_arch = "wasm32")]
mod component;
#[cfg(target_arch = "wasm32")]
mod seed;
