//! Finds a Chromium for the tests in a browser, or installs one where that is allowed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process;

/// The names that Chromium goes by.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long each of the two steps of an installation may take: 150 MB.
const LIMIT: Duration = Duration::from_secs(300);

/// The Chromium to test with: `SETPOINT_CHROMIUM`, or the first on `PATH`, or one that is installed with apt-get when
/// this runs as root with `CI=true` or `SETPOINT_INSTALL=1`. Otherwise the reason why there is none.
///
/// # Errors
/// With `CI=true`, where nothing is left out, when there is none.
pub fn ensure_chromium() -> anyhow::Result<Result<PathBuf, String>> {
    if let Some(named) = std::env::var_os("SETPOINT_CHROMIUM") {
        return Ok(Ok(PathBuf::from(named)));
    }
    let missing = match (on_path(), may_install()) {
        (Some(found), _) => return Ok(Ok(found)),
        (None, Err(reason)) => reason,
        (None, Ok(())) => {
            eprintln!("installing Chromium for the tests in a browser (once)");
            match install() {
                Ok(()) => match on_path() {
                    Some(found) => return Ok(Ok(found)),
                    None => "apt-get installed none".to_owned(),
                },
                Err(error) => format!("{error:#}"),
            }
        }
    };
    let reason =
        format!("no Chromium on PATH, and {missing}; install `chromium`, or set SETPOINT_CHROMIUM to its file");
    if is_ci() { Err(anyhow::anyhow!(reason)) } else { Ok(Err(reason)) }
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
}

fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

fn may_install() -> Result<(), String> {
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

fn install() -> anyhow::Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        process::run_bounded(&mut command, "installing Chromium", LIMIT)
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", "chromium"])
}
