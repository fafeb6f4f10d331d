//! Finds a Chromium for the tests in a browser, or installs one where that is allowed.

use std::path::PathBuf;

use crate::system;

/// The names that Chromium goes by.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The Chromium to test with: `SETPOINT_CHROMIUM`, or the first on `PATH`, or one that is installed with apt-get when
/// this runs as root with `CI=true` or `SETPOINT_INSTALL=1`. Otherwise the reason why there is none.
///
/// # Errors
/// With `CI=true`, where nothing is left out, when there is none.
pub fn ensure_chromium() -> anyhow::Result<Result<PathBuf, String>> {
    if let Some(named) = std::env::var_os("SETPOINT_CHROMIUM") {
        return Ok(Ok(PathBuf::from(named)));
    }
    let missing = match (on_path(), system::may_install()) {
        (Some(found), _) => return Ok(Ok(found)),
        (None, Err(reason)) => reason,
        (None, Ok(())) => {
            eprintln!("installing Chromium for the tests in a browser (once)");
            match system::install("chromium") {
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
    if crate::test::is_ci() { Err(anyhow::anyhow!(reason)) } else { Ok(Err(reason)) }
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
}
