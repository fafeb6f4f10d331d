//! Published schemas and what became of them: how many changes are decided, and how long that takes.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::{Effort, folder, peers, setpoint, sources};
use crate::process;

/// How long all registries together may take.
const FETCHING: Duration = Duration::from_secs(3_600);

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let program = setpoint()?;
    let kept = folder().join("evolution");
    fs::create_dir_all(&kept)?;
    let mut fetch = Command::new(peers::python());
    fetch.arg(sources().join("evolution.py")).arg(sources().join("evolution.json")).arg(&kept);
    process::run_bounded(&mut fetch, "fetching published schemas", FETCHING)?;
    let pairs = fs::read_to_string(kept.join("pairs.json")).context("the pairs of schemas cannot be read")?;
    let pairs: Vec<(String, String)> = serde_json::from_str(&pairs)?;
    let every = if effort.quick { 10 } else { 1 };
    let mut times = Vec::new();
    let mut relations: BTreeMap<&str, BTreeMap<String, u32>> = BTreeMap::new();
    let mut unusable = 0_u32;
    for (old, new) in pairs.iter().step_by(every) {
        let start = Instant::now();
        let output =
            Command::new(&program).args(["diff", "--format", "json", old, new]).stderr(Stdio::null()).output()?;
        let time = start.elapsed();
        let report: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`setpoint diff {old} {new}` printed no report"))?;
        let Some(any) = report.pointer("/comparisons/0/any") else {
            unusable += 1;
            continue;
        };
        times.push(time);
        for direction in ["backward", "forward"] {
            let relation = any.pointer(&format!("/{direction}/relation")).and_then(Value::as_str).unwrap_or("none");
            *relations.entry(direction).or_default().entry(relation.to_owned()).or_default() += 1;
        }
    }
    times.sort();
    let at = |share: f64| {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few")]
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    let mut decided = Table::new(&["documents", "compatible", "breaking", "undecided", "decided"]);
    let mut least = f64::INFINITY;
    for (direction, counts) in &relations {
        let count = |relation: &str| f64::from(counts.get(relation).copied().unwrap_or(0));
        let share = 1.0 - count("undecided") / counts.values().map(|count| f64::from(*count)).sum::<f64>();
        least = least.min(share);
        let documents = if *direction == "backward" { "old ones, new schema" } else { "new ones, old schema" };
        let mut row = vec![Cell::text(documents)];
        row.extend(["compatible", "breaking", "undecided"].map(|relation| Cell::text(count(relation).to_string())));
        row.push(Cell::text(format!("{:.1} %", share * 100.0)));
        decided.row(row);
    }
    let mut taken = Table::new(&["pairs", "median", "p95", "p99", "longest"]);
    let mut row = vec![Cell::text(times.len().to_string())];
    row.extend([0.5, 0.95, 0.99, 1.0].map(|share| Cell::time(at(share))));
    taken.row(row);
    Ok(Section {
        title: "Published schemas, version against version, whole process, both directions and readings",
        notes: vec![format!(
            "{unusable} more pairs have a schema that cannot be used by itself, mostly because it refers to the network."
        )],
        tables: vec![decided, taken],
        targets: vec![
            Target::at_least("share of changes that are decided", least, 0.9),
            Target::at_most("99th percentile, seconds", at(0.99).as_secs_f64(), 1.0),
        ],
    })
}
