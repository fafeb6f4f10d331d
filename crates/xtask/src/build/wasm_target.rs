//! Makes sure that rustc can compile for WebAssembly.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::{process, workspace};

/// The target of the guest and of the browser module.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// How long the download may take: 20 MB.
const LIMIT: Duration = Duration::from_secs(300);

/// Adds the target to the toolchain of this workspace unless it is there.
pub fn install() -> anyhow::Result<()> {
    if is_installed() {
        return Ok(());
    }
    eprintln!("adding the target {TARGET} to the toolchain (once)");
    // rustup takes the toolchain from rust-toolchain.toml or from the cargo that runs us. It adds nothing by itself
    // where automatic installation is switched off.
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(workspace::root());
    process::run_bounded(&mut rustup, "adding the WebAssembly target", LIMIT)
        .with_context(|| format!("rustc cannot compile for {TARGET}; with network, run `rustup target add {TARGET}`"))
}

/// Whether the standard library is there for the target.
fn is_installed() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(workspace::root());
    process::output(&mut rustc, "looking for the WebAssembly target").is_ok_and(|folder| {
        let mut entries = Path::new(folder.trim()).read_dir().into_iter().flatten().flatten();
        entries.any(|entry| entry.file_name().to_string_lossy().starts_with("libcore"))
    })
}
