//! The embedded guest.

use wasmtime::Engine;
use wasmtime::component::Component;

/// The component, compiled ahead of time.
static IMAGE: &[u8] = include_bytes!(env!("SETPOINT_GUEST_IMAGE"));
/// The same component before compilation: for processors and systems that the image is not for.
static WASM: &[u8] = include_bytes!(env!("SETPOINT_GUEST_WASM"));

/// Loads the image, or compiles the component if the image is not for this machine.
#[allow(unsafe_code, reason = "loading an image runs the machine code in it; ours was made by our own build")]
pub(crate) fn load(engine: &Engine) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what `engine::precompile` wrote during the build of this very program.
    unsafe { Component::deserialize(engine, IMAGE) }.or_else(|_| Component::from_binary(engine, WASM))
}
