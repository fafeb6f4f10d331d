//! The engine settings. `cargo xtask build` makes the image with the same settings that later load it.

use wasmtime::{Config, Engine, OptLevel};

/// Bytes of native stack that the guest may use unless [`Limits`](crate::Limits) says otherwise.
pub const STACK: usize = 1 << 20;

/// The settings, with `stack` bytes of native stack for the guest. What is compiled under one stack size loads
/// under any other.
#[must_use]
pub fn config(stack: usize) -> Config {
    let mut config = Config::new();
    config
        // Fuel and not epochs: fuel counts work, so a limit is met at the same instruction in every run.
        .consume_fuel(true)
        .max_wasm_stack(stack)
        .cranelift_opt_level(OptLevel::Speed)
        // Nobody reads a backtrace of the guest: a trap becomes an error that names the document.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}

/// Compiles a component ahead of time for the baseline of `target`, a target triple. The image loads on every
/// machine of that target, not just on those with the processor features of this one.
///
/// # Errors
/// When `target` is unknown, or `wasm` is not a component that can be compiled.
pub fn precompile(wasm: &[u8], target: &str) -> wasmtime::Result<Vec<u8>> {
    let mut config = config(STACK);
    config.target(target)?;
    Engine::new(&config)?.precompile_component(wasm)
}
