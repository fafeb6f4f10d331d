//! A guest other than the embedded one: compiled once, then taken from the cache.

use std::path::{Path, PathBuf};

use wasmtime::component::Component;
use wasmtime::{Cache, CacheConfig, Engine};

use crate::engine;
use crate::error::{CheckerError, GuestFault};
use crate::limits::Limits;

/// The first eight bytes of a core module and of a component: magic number, version, layer.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Compiles the component in `file`, or takes it from the cache in `cache` (by default in the cache directory of
/// the user). A cache that cannot be used is done without.
pub(crate) fn load(
    file: &Path,
    limits: &Limits,
    cache: Option<&Path>,
) -> Result<(Engine, Component, Option<Cache>), CheckerError> {
    let wasm = std::fs::read(file).map_err(|source| CheckerError::Read { file: file.to_owned(), source })?;
    if wasm.starts_with(MODULE) {
        return Err(fault(file, GuestFault::CoreModule));
    }
    if !wasm.starts_with(COMPONENT) {
        return Err(fault(file, GuestFault::NotWasm));
    }
    let cache = open_cache(cache);
    let mut config = engine::config(limits.stack);
    config.cache(cache.clone());
    let engine = Engine::new(&config).map_err(|error| CheckerError::Start { message: one_line(&error) })?;
    let component = Component::from_binary(&engine, &wasm)
        .map_err(|error| fault(file, GuestFault::Invalid { message: one_line(&error) }))?;
    Ok((engine, component, cache))
}

fn open_cache(directory: Option<&Path>) -> Option<Cache> {
    let mut config = CacheConfig::new();
    if let Some(directory) = directory {
        // wasmtime takes absolute directories only.
        config.with_directory(std::path::absolute(directory).unwrap_or_else(|_| PathBuf::from(directory)));
    }
    Cache::new(config).ok()
}

pub(crate) fn fault(file: &Path, fault: GuestFault) -> CheckerError {
    CheckerError::Guest { file: file.to_owned(), fault }
}

/// The error with its causes, on one line.
pub(crate) fn one_line(error: &wasmtime::Error) -> String {
    format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ")
}
