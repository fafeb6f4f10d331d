//! Compiles the guest to a core module.

use std::path::PathBuf;
use std::process::Command;

use super::wasm_target::TARGET;
use crate::stamp::Inputs;
use crate::{process, workspace};

/// What rustc is told for the guest and for nothing else.
const FLAGS: &[&str] = &[
    // Hash seeds come from the guest itself, not from JavaScript: see crates/guest/src/seed.rs.
    "--cfg=getrandom_backend=\"custom\"",
    // The default of 1 MiB is less than the native stack that the host grants.
    "-Clink-arg=-zstack-size=4194304",
    "-Ctarget-feature=+bulk-memory,+simd128,+nontrapping-fptoint,+sign-ext",
];

/// Compiles the guest; gives the file with the module.
pub fn compile() -> anyhow::Result<PathBuf> {
    let root = workspace::root();
    let module = workspace::target().join(TARGET).join("guest/setpoint_guest.wasm");
    let version = process::output(Command::new("rustc").arg("-vV").current_dir(root), "asking rustc for its version")?;
    Inputs::new()
        .value((version, FLAGS))
        .path(&root.join("Cargo.lock"))?
        .path(&root.join("Cargo.toml"))?
        .path(&root.join("crates/core/Cargo.toml"))?
        .path(&root.join("crates/core/src"))?
        .path(&root.join("crates/guest"))?
        .make(&module, || {
            eprintln!("compiling the guest");
            let mut cargo = process::cargo();
            cargo.args(["build", "--package", "setpoint-guest", "--profile", "guest", "--target", TARGET]);
            // Wins over RUSTFLAGS and over what config files say.
            cargo.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
            process::run(&mut cargo, "compiling the guest")
        })?;
    Ok(module)
}
