//! `cargo xtask build`: from the core's source to a `setpoint` that carries the guest.
//!
//! The guest is compiled for WebAssembly, optimised, turned into a component and compiled ahead of time. Every
//! step is left out when its inputs are what they were.

mod guest;
mod image;
mod optimize;
pub mod wasm_target;

use crate::{process, stamp, workspace};

/// Builds everything that a native program needs. `--guest-only` stops before the command line; `--quick` leaves
/// the optimiser out, which takes longer than all other steps and makes no difference to what is answered.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let (mut guest_only, mut quick) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--guest-only" => guest_only = true,
            "--quick" => quick = true,
            other => {
                anyhow::bail!("`{other}` is not an option of `cargo xtask build`; expected `--guest-only` or `--quick`")
            }
        }
    }
    make_guest(quick)?;
    if guest_only {
        return Ok(());
    }
    process::run(process::cargo().args(["build", "--quiet", "--package", "setpoint-cli"]), "building the command line")
}

/// Makes sure that the guest which `setpoint-checker` embeds is up to date.
///
/// # Errors
/// When a step fails; the error names it.
pub fn guest_image() -> anyhow::Result<()> {
    make_guest(false)
}

fn make_guest(quick: bool) -> anyhow::Result<()> {
    let _lock = stamp::lock(&workspace::guest())?;
    wasm_target::install()?;
    let module = guest::compile()?;
    let component = optimize::component(&module, quick)?;
    image::compile(&component)
}
