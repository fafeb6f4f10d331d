//! Running other programs.

use std::ffi::OsStr;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// The cargo that runs this program.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::workspace::root());
    command
}

/// Runs a program to its end; `purpose` says what for.
///
/// # Errors
/// When it cannot be started or fails; its own output tells more.
pub fn run(command: &mut Command, purpose: &str) -> anyhow::Result<()> {
    let status = command.status().with_context(|| cannot_start(command, purpose))?;
    check(status, command, purpose)
}

/// Runs a program that may wait for the network, and ends it after `limit`.
///
/// # Errors
/// When it cannot be started, fails, or takes longer.
pub fn run_bounded(command: &mut Command, purpose: &str, limit: Duration) -> anyhow::Result<()> {
    let mut child = command.spawn().with_context(|| cannot_start(command, purpose))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return check(status, command, purpose);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("{purpose}: `{}` took longer than {} s; is the network there?", display(command), limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs a program and gives what it prints.
///
/// # Errors
/// When it cannot be started, fails, or prints something that is not text.
pub fn output(command: &mut Command, purpose: &str) -> anyhow::Result<String> {
    let output = command.output().with_context(|| cannot_start(command, purpose))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{purpose}: `{}` failed: {}", display(command), error.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{purpose}: `{}` printed no text", display(command)))
}

fn check(status: ExitStatus, command: &Command, purpose: &str) -> anyhow::Result<()> {
    if !status.success() {
        bail!("{purpose}: `{}` failed ({status})", display(command));
    }
    Ok(())
}

fn cannot_start(command: &Command, purpose: &str) -> String {
    format!("{purpose}: `{}` cannot be started; is it installed?", command.get_program().display())
}

fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
