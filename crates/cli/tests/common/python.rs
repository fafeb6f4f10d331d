//! Programs of the Python package index, installed once beside cargo's other outputs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program of a package, `NAME==VERSION`; the reason when it is not to be had.
pub fn program(requirement: &str, name: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(requirement.replace("==", "-"));
    let program = folder.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Err(String::from_utf8_lossy(&said).into_owned())
        }
        Err(error) => Err(error.to_string()),
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement];
    run(Command::new(folder.join("bin/python")).args(install))?;
    Ok(program)
}

/// Whether this is continuous integration, where nothing may be left out.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}
