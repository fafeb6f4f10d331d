//! The peers: installed from their registries at the versions that `benches/peers` pins.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::process;
use crate::stamp::Inputs;

/// How long one registry may take.
const LIMIT: Duration = Duration::from_secs(600);

/// Installs all of them, unless they are there.
///
/// # Errors
/// When npm or Python is missing, or a registry does not answer.
pub fn install() -> anyhow::Result<()> {
    install_npm()?;
    install_python()
}

fn manifests() -> PathBuf {
    super::sources().join("peers")
}

/// The folder whose `node_modules` has the peers from npm.
pub fn npm() -> PathBuf {
    super::folder().join("npm")
}

fn venv() -> PathBuf {
    super::folder().join("python")
}

/// The interpreter that has the peers from PyPI.
pub fn python() -> PathBuf {
    venv().join("bin/python")
}

/// check-jsonschema as its users start it.
pub fn check_jsonschema() -> PathBuf {
    venv().join("bin/check-jsonschema")
}

/// The script of ajv-cli, for `node`.
pub fn ajv_cli() -> PathBuf {
    npm().join("node_modules/ajv-cli/dist/index.js")
}

/// Sourcemeta's native program, without the wrapper in JavaScript that npm users go through: the fastest form it has.
///
/// # Errors
/// When the package has none for this machine.
pub fn sourcemeta() -> anyhow::Result<PathBuf> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let name = format!("jsonschema-{system}-{processor}{}", std::env::consts::EXE_SUFFIX);
    let file = npm().join("node_modules/@sourcemeta/jsonschema/build/github-releases").join(name);
    if !file.is_file() {
        bail!("`{}` is not there; Sourcemeta has no program for this machine", file.display());
    }
    Ok(file)
}

fn install_npm() -> anyhow::Result<()> {
    let folder = npm();
    let lock = manifests().join("package-lock.json");
    Inputs::new().path(&lock)?.make(&folder.join("node_modules/.package-lock.json"), || {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            let from = manifests().join(name);
            fs::copy(&from, folder.join(name)).with_context(|| format!("`{}` cannot be copied", from.display()))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
        process::run_bounded(&mut npm, "fetching the peers from npm", LIMIT)
    })?;
    Ok(())
}

fn install_python() -> anyhow::Result<()> {
    let requirements = manifests().join("requirements.txt");
    Inputs::new().path(&requirements)?.make(&check_jsonschema(), || {
        let mut venv_command = Command::new("python3");
        venv_command.args(["-m", "venv", "--clear"]).arg(venv());
        process::run_bounded(&mut venv_command, "making a Python environment for the peers", LIMIT)?;
        let mut pip = Command::new(python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]);
        process::run_bounded(pip.arg(&requirements), "fetching the peers from PyPI", LIMIT)
    })?;
    Ok(())
}

/// Names and versions of the peers that are measured, from the files that pin them.
///
/// # Errors
/// When these files cannot be read.
pub fn versions() -> anyhow::Result<String> {
    let package: Value = serde_json::from_str(&read("package.json")?)?;
    let npm = package.get("dependencies").and_then(Value::as_object);
    let npm = npm.into_iter().flatten().filter_map(|(name, version)| Some(format!("{name} {}", version.as_str()?)));
    let requirements = read("requirements.txt")?;
    let python = direct(&requirements).map(|line| line.replace("==", " "));
    Ok(npm.chain(python).collect::<Vec<_>>().join(", "))
}

/// The requirements in front of the blank line; behind it is only what they need.
fn direct(requirements: &str) -> impl Iterator<Item = &str> {
    let lines = requirements.lines().skip_while(|line| line.starts_with('#'));
    lines.take_while(|line| !line.trim().is_empty())
}

fn read(name: &str) -> anyhow::Result<String> {
    let file = manifests().join(name);
    fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_peers_are_named_and_not_what_they_need() {
        let text = "# pinned\na==1\nb==2\n\n# needed by them\nc==3\n";
        assert_eq!(direct(text).collect::<Vec<_>>(), ["a==1", "b==2"]);
    }
}
