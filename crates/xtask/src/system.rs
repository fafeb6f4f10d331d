//! Programs of the system that tests need, installed where that is allowed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::bail;

use crate::process;
use crate::test::is_ci;

/// How long each of the two steps of an installation may take: 150 MB.
const LIMIT: Duration = Duration::from_secs(300);

/// Whether packages of the system may be installed, or why not: as root, with `CI=true` or `SETPOINT_INSTALL=1`.
pub fn may_install() -> Result<(), String> {
    if !is_ci() && std::env::var_os("SETPOINT_INSTALL").is_none_or(|value| value != "1") {
        return Err("SETPOINT_INSTALL=1 is not set, which would allow to install it".to_owned());
    }
    if !Path::new("/usr/bin/apt-get").is_file() {
        return Err("there is no apt-get to install it with".to_owned());
    }
    match process::output(Command::new("id").arg("-u"), "asking who runs this") {
        Ok(id) if id.trim() == "0" => Ok(()),
        _ => Err("only root may install it".to_owned()),
    }
}

/// Installs a package of the system.
pub fn install(package: &str) -> anyhow::Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        process::run_bounded(&mut command, &format!("installing {package}"), LIMIT)
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", package])
}

/// Makes sure that the programs of a PostgreSQL server are there, whose folder is given. It is not started: tests start servers of
/// their own.
///
/// # Errors
/// When they are not there and cannot be installed.
pub fn ensure_postgres() -> anyhow::Result<PathBuf> {
    if let Some(programs) = postgres() {
        return Ok(programs);
    }
    if let Err(reason) = may_install() {
        bail!("there is no PostgreSQL server, and {reason}; install `postgresql`");
    }
    eprintln!("installing PostgreSQL for the tests of stores (once)");
    install("postgresql")?;
    match postgres() {
        Some(programs) => Ok(programs),
        None => bail!("apt-get installed no PostgreSQL server; install `postgresql`"),
    }
}

fn postgres() -> Option<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut known: Vec<PathBuf> = packaged.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    known.extend(std::env::split_paths(&path));
    known.retain(|folder| folder.join("initdb").is_file());
    known.sort();
    known.pop()
}
