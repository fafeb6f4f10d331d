//! The embedded guest.
//!
//! The image is used where it lies in the program, without a copy: only the pages that a run touches are read, which
//! is most of what a short run would otherwise spend.

use wasmtime::component::Component;
use wasmtime::{Config, Engine};

/// Bytes whose address is a multiple of the largest page size in use, so that their protection can be changed.
#[repr(C, align(65536))]
struct Aligned<Bytes: ?Sized>(Bytes);

/// The component, compiled ahead of time.
static IMAGE: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("SETPOINT_GUEST_IMAGE")));
/// The same component before compilation: for processors and systems that the image is not for.
static WASM: &[u8] = include_bytes!(env!("SETPOINT_GUEST_WASM"));

/// The settings for an engine that runs the image.
pub(crate) fn config(stack: usize) -> Config {
    let mut config = crate::engine::config(stack);
    #[cfg(unix)]
    config.with_custom_code_memory(Some(std::sync::Arc::new(in_place::CodeMemory)));
    config
}

/// Loads the image, or compiles the component if the image is not for this machine.
pub(crate) fn load(engine: &Engine) -> wasmtime::Result<Component> {
    image(engine).or_else(|_| Component::from_binary(engine, WASM))
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "loading an image runs the machine code in it; ours was made by our own build")]
fn image(engine: &Engine) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what `engine::precompile` wrote during the build of this very program; they are static and
    // nothing writes to them.
    unsafe { Component::deserialize_raw(engine, std::ptr::NonNull::from(&IMAGE.0)) }
}

#[cfg(not(unix))]
#[allow(unsafe_code, reason = "loading an image runs the machine code in it; ours was made by our own build")]
fn image(engine: &Engine) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what `engine::precompile` wrote during the build of this very program.
    unsafe { Component::deserialize(engine, &IMAGE.0) }
}

#[cfg(unix)]
mod in_place {
    use std::ffi::c_void;

    use rustix::mm::{MprotectFlags, mprotect};
    use wasmtime::CustomCodeMemory;

    /// Makes machine code executable where it lies: in this program's read-only data, or in memory of wasmtime's.
    pub(super) struct CodeMemory;

    impl CustomCodeMemory for CodeMemory {
        fn required_alignment(&self) -> usize {
            rustix::param::page_size()
        }

        fn publish_executable(&self, start: *const u8, length: usize) -> wasmtime::Result<()> {
            protect(start, length, MprotectFlags::READ | MprotectFlags::EXEC)
        }

        fn unpublish_executable(&self, start: *const u8, length: usize) -> wasmtime::Result<()> {
            protect(start, length, MprotectFlags::READ)
        }
    }

    #[allow(unsafe_code, reason = "page protection is a property of raw memory")]
    fn protect(start: *const u8, length: usize, flags: MprotectFlags) -> wasmtime::Result<()> {
        // SAFETY: wasmtime gives whole pages of code that it owns or that `image` handed to it; the pages are never
        // made writable, so nothing that others rely on changes.
        unsafe { mprotect(start.cast_mut().cast::<c_void>(), length, flags) }?;
        Ok(())
    }
}
