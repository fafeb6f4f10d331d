//! Finds the guest that `cargo xtask build` made, and says so in one line when it is not there.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=SETPOINT_GUEST_DIR");
    if std::env::var_os("CARGO_FEATURE_IMAGE").is_none() {
        return;
    }
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let directory =
        std::env::var_os("SETPOINT_GUEST_DIR").map_or_else(|| manifest.join("../../target/guest"), PathBuf::from);
    for (variable, name) in [("SETPOINT_GUEST_IMAGE", "setpoint.cwasm"), ("SETPOINT_GUEST_WASM", "setpoint.wasm")] {
        embed(variable, &directory.join(name));
    }
}

fn embed(variable: &str, file: &Path) {
    println!("cargo::rerun-if-changed={}", file.display());
    match file.canonicalize() {
        Ok(file) => println!("cargo::rustc-env={variable}={}", file.display()),
        Err(_) => println!("cargo::error=`{}` is missing: run `cargo xtask build`", file.display()),
    }
}
