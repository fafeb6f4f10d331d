//! One document to the next version: what a service waits for that reads old documents.

use std::fs;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::statistics::{Times, ratio};
use super::{Effort, migration, sample, setpoint};
use crate::process;

/// What one conversion of a small document may take, in microseconds.
const BUDGET: f64 = 50.0;
/// The small document.
const SMALL: &str = "tenant.json";
/// The larger one.
const LARGE: &str = "tenant.yaml";

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    // Makes the image that the example embeds.
    setpoint()?;
    let project = sample::folder().join("convert");
    migration::write_project(&project, None)?;
    let documents = [(SMALL, migration::document(17)), (LARGE, migration::yaml())];
    for (name, text) in &documents {
        fs::write(project.join(name), text).with_context(|| format!("`{name}` cannot be written"))?;
    }
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--profile", "dist", "--package", "setpoint-checker", "--example", "conversion"]);
    cargo.arg("--").arg(&project).arg(effort.runs(10_000).to_string()).args(documents.iter().map(|(name, _)| name));
    let printed = process::output(&mut cargo, "measuring conversions in and outside of the sandbox")?;
    let printed: Value = serde_json::from_str(&printed).context("the example printed something else than times")?;

    let mut table = Table::new(&["document", "size", "core", "median", "95 %", "runs", "× native"]);
    let mut small = Duration::ZERO;
    for (name, text) in &documents {
        let (native, guest) = (times(&printed, name, "native")?, times(&printed, name, "guest")?);
        if *name == SMALL {
            small = guest.median();
        }
        for (core, times) in [("native", &native), ("guest in wasmtime, with fuel", &guest)] {
            table.row(vec![
                Cell::text(*name),
                Cell::bytes(u64::try_from(text.len()).unwrap_or_default()),
                Cell::text(core),
                Cell::time(times.median()),
                Cell::time(times.p95()),
                Cell::count(times.count()),
                Cell::ratio(ratio(times.median(), native.median())),
            ]);
        }
    }
    Ok(Section {
        title: "One document to the next version",
        notes: vec![
            "`Policy::convert` with everything loaded, one thread, in turn: the text of a document at version 1 goes in, \
             that of version 2 comes out, with its layout and its comments, validated. The migration renames a member \
             and multiplies it by 1,000."
                .to_owned(),
        ],
        tables: vec![table],
        targets: vec![Target::at_most(
            "JSON document of 1 kB in the sandbox, microseconds",
            small.as_secs_f64() * 1e6,
            BUDGET,
        )],
    })
}

/// The times that `examples/conversion.rs` prints: `{"FILE": {"native": [seconds, ...], "guest": [seconds, ...]}}`.
fn times(printed: &Value, document: &str, core: &str) -> anyhow::Result<Times> {
    let seconds = printed.get(document).and_then(|document| document.get(core)).and_then(Value::as_array);
    let seconds = seconds.into_iter().flatten().filter_map(Value::as_f64);
    let times: Times = seconds.map(Duration::from_secs_f64).collect();
    if times.count() == 0 {
        bail!("the example printed no times of `{document}`, {core}");
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_their_absence_is_an_error() {
        let printed = serde_json::json!({ "a.json": { "native": [0.1, 0.3, 0.2], "guest": [] } });
        let native = times(&printed, "a.json", "native").ok().map(|times| times.median());
        assert_eq!(native, Some(Duration::from_millis(200)));
        assert!(times(&printed, "a.json", "guest").is_err());
        assert!(times(&printed, "b.json", "native").is_err());
    }
}
