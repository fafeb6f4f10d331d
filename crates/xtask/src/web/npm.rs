//! npm, bounded in time and quiet.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::stamp::Inputs;

/// How long npm may take to fetch the packages of one lock file.
const LIMIT: Duration = Duration::from_secs(300);

/// Installs the packages that the lock file of a folder names, unless they are there.
pub fn install(folder: &Path, purpose: &str) -> anyhow::Result<()> {
    let installed = folder.join("node_modules/.package-lock.json");
    Inputs::new().path(&folder.join("package-lock.json"))?.make(&installed, || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
        process::run_bounded(&mut npm, purpose, LIMIT)
    })?;
    Ok(())
}

/// The command that runs a script of the `package.json` of a folder.
pub fn command(folder: &Path, script: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", script]).current_dir(folder);
    npm
}

/// Runs a script of the `package.json` of a folder.
pub fn script(folder: &Path, script: &str, purpose: &str) -> anyhow::Result<()> {
    process::run(&mut command(folder, script), purpose)
}
