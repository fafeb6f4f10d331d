//! `cargo xtask web`: the core as the npm package `www/packages/setpoint`, and the page in `www`.
//!
//! Compiling, making the glue, optimising: a step is left out when its inputs are what they were.

mod chromium;
mod module;
mod npm;

use std::path::PathBuf;
use std::process::Command;

use crate::{process, workspace};

pub use chromium::ensure_chromium;

/// Builds the package and the page. `--package` stops before the page, `--test` tests both.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => page(),
        ["--package"] => package(),
        ["--test"] => {
            for reason in test()? {
                eprintln!("skipped: {reason}");
            }
            Ok(())
        }
        _ => anyhow::bail!("expected no argument, or one of `--package` and `--test`"),
    }
}

/// Builds the npm package.
///
/// # Errors
/// When a step fails; the error names it.
pub fn package() -> anyhow::Result<()> {
    if module::make(&folder().join("packages/setpoint/dist"))? {
        process::run(
            Command::new("node").arg("sizes.mjs").current_dir(folder().join("packages/setpoint")),
            "measuring the module",
        )?;
    }
    Ok(())
}

/// Builds the package, checks the types of the page and builds the page.
///
/// # Errors
/// When a step fails; the error names it.
pub fn page() -> anyhow::Result<()> {
    package()?;
    npm::install(&folder(), "fetching what the page is built with")?;
    npm::script(&folder(), "build", "building the page")
}

/// Builds and tests package and page; gives the reasons why something was left out. With `CI=true` that is an error.
///
/// # Errors
/// When building or a test fails.
pub fn test() -> anyhow::Result<Vec<String>> {
    page()?;
    npm::script(&folder().join("packages/setpoint"), "test", "testing the package")?;
    match ensure_chromium()? {
        Ok(chromium) => {
            let mut npm = npm::command(&folder(), "test");
            npm.env("SETPOINT_CHROMIUM", chromium);
            process::run(&mut npm, "testing the page")?;
            Ok(Vec::new())
        }
        Err(reason) => Ok(vec![format!("the tests of the page in a browser: {reason}")]),
    }
}

fn folder() -> PathBuf {
    workspace::root().join("www")
}
