//! What the sandbox costs: the guest under fuel beside the same core as native code.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::statistics::{Times, ratio};
use super::{Effort, sample, setpoint};
use crate::process;

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    // Makes the image that the example embeds.
    setpoint()?;
    let file = sample::lines(sample::FEW_LINES)?;
    let mut cargo = process::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--profile",
        "dist",
        "--package",
        "setpoint-checker",
        "--example",
        "throughput",
        "--",
    ]);
    cargo.arg(sample::schema()).arg(&file).arg(effort.runs(40).to_string());
    let printed = process::output(&mut cargo, "measuring the core in and outside of the sandbox")?;
    let (native, guest) = read(&printed)?;
    let bytes = std::fs::metadata(&file)?.len();
    #[allow(clippy::cast_precision_loss, reason = "the size of a file is far below 2^52 bytes")]
    let rate = |times: &Times| Cell::rate(bytes as f64 / 1e6 / times.median().as_secs_f64());
    let mut table = Table::new(&["core", "median", "95 %", "runs", "MB a second", "× native"]);
    for (name, times) in [("native", &native), ("guest in wasmtime, with fuel", &guest)] {
        table.row(vec![
            Cell::text(name),
            Cell::time(times.median()),
            Cell::time(times.p95()),
            Cell::count(times.count()),
            rate(times),
            Cell::ratio(ratio(times.median(), native.median())),
        ]);
    }
    Ok(Section {
        title: "The guest beside the native core",
        notes: vec![format!(
            "{} valid documents in calls of 512 KiB, one thread, in turn: the core as native code, and the core in \
             the sandbox as it ships, with fuel and all limits.",
            sample::FEW_LINES
        )],
        tables: vec![table],
        targets: vec![Target::at_most(
            "guest beside native, valid documents",
            ratio(guest.median(), native.median()),
            2.0,
        )],
    })
}

/// The times that `examples/throughput.rs` prints: `{"native": [seconds, ...], "guest": [seconds, ...]}`.
fn read(printed: &str) -> anyhow::Result<(Times, Times)> {
    let value: Value = serde_json::from_str(printed).context("the example printed something else than times")?;
    let times = |name: &str| -> Times {
        let seconds = value.get(name).and_then(Value::as_array).into_iter().flatten();
        seconds.filter_map(Value::as_f64).map(Duration::from_secs_f64).collect()
    };
    let (native, guest) = (times("native"), times("guest"));
    if native.count() == 0 || guest.count() == 0 {
        bail!("the example printed no times");
    }
    Ok((native, guest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_their_absence_is_an_error() {
        let read_times = read(r#"{"native":[0.1,0.3,0.2],"guest":[0.4]}"#).ok();
        assert_eq!(
            read_times.map(|(native, guest)| (native.median(), guest.median())),
            Some((Duration::from_millis(200), Duration::from_millis(400)))
        );
        assert!(read(r#"{"native":[0.1],"guest":[]}"#).is_err());
        assert!(read("error").is_err());
    }
}
