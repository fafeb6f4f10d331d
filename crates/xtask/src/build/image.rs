//! Compiles the component ahead of time, for every machine of the host's target.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::stamp::{Inputs, write_whole};
use crate::{process, workspace};

/// Makes the image that `setpoint-checker` embeds.
pub fn compile(component: &Path) -> anyhow::Result<()> {
    let root = workspace::root();
    let image = component.with_extension("cwasm");
    let rustc = process::output(Command::new("rustc").arg("-vV").current_dir(root), "asking rustc for its host")?;
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    Inputs::new()
        .value(host)
        .path(component)?
        // An image is tied to the version of wasmtime and to its settings.
        .value(wasmtime_version(&fs::read_to_string(root.join("Cargo.lock"))?))
        .path(&root.join("crates/checker/src/engine.rs"))?
        .make(&image, || {
            eprintln!("compiling the guest ahead of time for {host}");
            let wasm = fs::read(component)?;
            let code = setpoint_checker::engine::precompile(&wasm, host)
                .map_err(|error| anyhow::anyhow!("compiling the guest ahead of time: {error:#}"))?;
            write_whole(&image, &code)
        })?;
    Ok(())
}

/// The version of wasmtime in the lock file.
fn wasmtime_version(lock: &str) -> Option<&str> {
    let (_, after) = lock.split_once("name = \"wasmtime\"\nversion = \"")?;
    after.split_once('"').map(|(version, _)| version)
}
