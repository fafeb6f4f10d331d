//! `cargo xtask install [--root DIR]`: builds `setpoint` as users get it, with the editor, and installs it, by default where cargo does.

use anyhow::bail;

use crate::{build, process, web};

/// Builds and installs.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let root = match arguments {
        [] => None,
        [flag, root] if flag == "--root" => Some(root),
        _ => bail!("expected no argument, or `--root DIR`"),
    };
    build::guest_image()?;
    // The server carries the editor.
    web::page()?;
    let mut install = process::cargo();
    install.args(["install", "--locked", "--force", "--path", "crates/cli", "--profile", "dist"]);
    if let Some(root) = root {
        install.arg("--root").arg(root);
    }
    process::run(&mut install, "installing setpoint")
}
