//! Whoever reads documents while they are changed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::bench::{peers, sources};

/// Reads documents all the time until it is stopped.
pub struct Reader {
    child: Child,
    printed: BufReader<ChildStdout>,
}

/// How long the reads took.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub median: Duration,
    pub p99: Duration,
    pub longest: Duration,
}

impl Reader {
    /// Starts `benches/readers.py` and waits until it reads.
    ///
    /// # Errors
    /// When it does not get that far; its own output tells more.
    pub fn start(url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(peers::python());
        command.arg(sources().join("readers.py")).arg(url).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("`benches/readers.py` cannot be started")?;
        let printed = child.stdout.take().context("`benches/readers.py` has no output")?;
        let mut reader = Self { child, printed: BufReader::new(printed) };
        let mut line = String::new();
        reader.printed.read_line(&mut line)?;
        if line.trim() != "ready" {
            bail!("`benches/readers.py` does not read");
        }
        Ok(reader)
    }

    /// Stops it and gives what it measured.
    ///
    /// # Errors
    /// When it failed meanwhile.
    pub fn stop(mut self) -> anyhow::Result<Reading> {
        drop(self.child.stdin.take());
        let mut text = String::new();
        self.printed.read_to_string(&mut text)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("`benches/readers.py` failed while it read ({status})");
        }
        read(&text)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Both fail when it has ended, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(printed: &str) -> anyhow::Result<Reading> {
    let value: Value =
        serde_json::from_str(printed).context("`benches/readers.py` printed something else than times")?;
    if value.get("reads").and_then(Value::as_u64).unwrap_or_default() == 0 {
        bail!("`benches/readers.py` read nothing");
    }
    let time = |name: &str| -> anyhow::Result<Duration> {
        let seconds = value.get(name).and_then(Value::as_f64);
        let seconds = seconds.with_context(|| format!("`benches/readers.py` printed no `{name}`"))?;
        Ok(Duration::try_from_secs_f64(seconds)?)
    };
    Ok(Reading { median: time("p50")?, p99: time("p99")?, longest: time("max")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_no_reads_are_an_error() {
        let reading = read(r#"{"reads": 3, "p50": 0.001, "p99": 0.25, "max": 0.5}"#).ok();
        let expected = [1, 250, 500].map(Duration::from_millis);
        assert_eq!(reading.map(|reading| [reading.median, reading.p99, reading.longest]), Some(expected));
        assert!(read(r#"{"reads": 0, "p50": 0.0, "p99": 0.0, "max": 0.0}"#).is_err());
        assert!(read(r#"{"reads": 3, "p50": 0.001}"#).is_err());
        assert!(read("").is_err());
    }
}
