//! The embedded guest.
//!
//! The image is used where it lies in the program, without a copy: only the pages that a run touches are read, which
//! is most of what a short run would otherwise spend.

use std::sync::OnceLock;

use wasmtime::Engine;
use wasmtime::component::Component;

/// Bytes whose address is a multiple of the largest page size in use, so that their protection can be changed.
#[repr(C, align(65536))]
struct Aligned<Bytes: ?Sized>(Bytes);

/// The component, compiled ahead of time.
static IMAGE: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("SETPOINT_GUEST_IMAGE")));
/// The same component before compilation: for processors and systems that the image is not for.
static WASM: &[u8] = include_bytes!(env!("SETPOINT_GUEST_WASM"));

/// An engine with `stack` bytes of native stack for the guest, and the component loaded into it.
///
/// wasmtime keeps a table of all code by address, so the image can be used in place by one engine only. The first one
/// is kept for the life of the program and shared; whoever wants another stack size gets an engine with a copy.
pub(crate) fn load(stack: usize) -> wasmtime::Result<(Engine, Component)> {
    static FIRST: OnceLock<Option<(usize, Engine, Component)>> = OnceLock::new();
    match FIRST.get_or_init(|| in_place(stack).map(|(engine, component)| (stack, engine, component)).ok()) {
        Some((first, engine, component)) if *first == stack => Ok((engine.clone(), component.clone())),
        _ => copied(stack),
    }
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "loading an image runs the machine code in it; ours was made by our own build")]
fn in_place(stack: usize) -> wasmtime::Result<(Engine, Component)> {
    let mut config = crate::engine::config(stack);
    config.with_custom_code_memory(Some(std::sync::Arc::new(code_memory::InPlace)));
    let engine = Engine::new(&config)?;
    // SAFETY: the bytes are what `engine::precompile` wrote during the build of this very program; they are static and
    // nothing writes to them.
    let component = unsafe { Component::deserialize_raw(&engine, std::ptr::NonNull::from(&IMAGE.0)) }?;
    Ok((engine, component))
}

#[cfg(not(unix))]
fn in_place(stack: usize) -> wasmtime::Result<(Engine, Component)> {
    copied(stack)
}

/// Loads a copy of the image, or compiles the component if the image is not for this machine.
#[allow(unsafe_code, reason = "loading an image runs the machine code in it; ours was made by our own build")]
fn copied(stack: usize) -> wasmtime::Result<(Engine, Component)> {
    let engine = Engine::new(&crate::engine::config(stack))?;
    // SAFETY: the bytes are what `engine::precompile` wrote during the build of this very program.
    let image = unsafe { Component::deserialize(&engine, &IMAGE.0) };
    let component = image.or_else(|_| Component::from_binary(&engine, WASM))?;
    Ok((engine, component))
}

#[cfg(unix)]
mod code_memory {
    use std::ffi::c_void;

    use rustix::mm::{MprotectFlags, mprotect};
    use wasmtime::CustomCodeMemory;

    /// Makes machine code executable where it lies: in this program's read-only data.
    pub(super) struct InPlace;

    impl CustomCodeMemory for InPlace {
        fn required_alignment(&self) -> usize {
            rustix::param::page_size()
        }

        fn publish_executable(&self, start: *const u8, length: usize) -> wasmtime::Result<()> {
            protect(start, length, MprotectFlags::READ | MprotectFlags::EXEC)
        }

        /// Never comes: the engine is kept for the life of the program. If it came, others might still be running
        /// the code.
        fn unpublish_executable(&self, _start: *const u8, _length: usize) -> wasmtime::Result<()> {
            Ok(())
        }
    }

    #[allow(unsafe_code, reason = "page protection is a property of raw memory")]
    fn protect(start: *const u8, length: usize, flags: MprotectFlags) -> wasmtime::Result<()> {
        // SAFETY: wasmtime gives whole pages of the image that `in_place` handed to it; the pages are never
        // made writable, so nothing that others rely on changes.
        unsafe { mprotect(start.cast_mut().cast::<c_void>(), length, flags) }?;
        Ok(())
    }
}
