//! What rules cost: twenty of them about one small document, beside other ways to ask the same.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::statistics::{Times, ratio};
use super::{Effort, folder, sources};
use crate::process;

/// Who is measured, and what that is.
const CONTESTANTS: &[(&str, &str)] = &[
    ("schema", "Setpoint, schema only"),
    ("schema and rules", "Setpoint, schema and rules"),
    ("parse", "serde_json, parsing only"),
    ("cel", "`cel` used directly, parsing included"),
    ("kube-cel", "`kube-cel`, parsing included"),
    ("regorus", "`regorus` (Rego), parsing included"),
];

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--release", "--manifest-path"]).arg(sources().join("rules/Cargo.toml")).arg("--");
    cargo.arg(effort.runs(100).to_string()).env("CARGO_TARGET_DIR", folder().join("rules"));
    let printed = process::output(&mut cargo, "measuring rules")?;
    let value: Value = serde_json::from_str(&printed).context("the benchmark printed something else than results")?;
    let times = |name: &str| -> anyhow::Result<Times> {
        let found = value.get(name).and_then(Value::as_array).into_iter().flatten();
        let times: Times = found.filter_map(Value::as_f64).map(|nanos| Duration::from_secs_f64(nanos / 1e9)).collect();
        if times.count() == 0 { bail!("the benchmark printed no times for `{name}`") } else { Ok(times) }
    };
    let whole = times("schema and rules")?;
    let rules = whole.median().saturating_sub(times("schema")?.median());
    let mut table = Table::new(&["who", "median", "95 %", "× Setpoint, schema and rules"]);
    for (name, about) in CONTESTANTS {
        let found = times(name)?;
        table.row(vec![
            Cell::text(*about),
            Cell::time(found.median()),
            Cell::time(found.p95()),
            Cell::ratio(ratio(found.median(), whole.median())),
        ]);
    }
    let count = |name: &str| value.get(name).and_then(Value::as_u64).unwrap_or_default();
    Ok(Section {
        title: "Twenty rules about one document",
        notes: vec![format!(
            "A valid document of {} bytes and {} rules, all of which hold, in one thread, everything compiled before; native \
             code. The rules alone take {:.1} µs.",
            count("bytes"),
            count("rules"),
            rules.as_secs_f64() * 1e6
        )],
        tables: vec![table],
        targets: vec![Target::at_most(
            "rules beside parsing the document",
            ratio(rules, times("parse")?.median()),
            1.0,
        )],
    })
}
