//! Text to verdict in Node: the npm package beside `JSON.parse` and a compiled ajv.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::statistics::geometric_mean;
use super::{Effort, peers, sources};
use crate::{process, web, workspace};

/// Fewer schemas than this say nothing about schemas.
const FEWEST_SCHEMAS: usize = 12;

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    web::package()?;
    let corpus = workspace::root().join("tests/faults/corpus");
    let mut node = Command::new("node");
    node.arg(sources().join("node.mjs")).arg(peers::npm()).arg(&corpus).arg(effort.runs(30).to_string());
    let printed = process::output(&mut node, "measuring in Node")?;
    let printed: Value = serde_json::from_str(&printed).context("node.mjs printed something else than results")?;
    let schemas = list(&printed, "schemas")?;
    if schemas.len() < FEWEST_SCHEMAS {
        bail!("only {} schemas of `{}` could be measured; expected {FEWEST_SCHEMAS}", schemas.len(), corpus.display());
    }
    let mut table = Table::new(&["schema", "documents", "bytes", "setpoint", "JSON.parse + ajv", "setpoint ÷ ajv"]);
    let (mut ratios, mut in_one_call) = (Vec::new(), Vec::new());
    for schema in schemas {
        let (own, ajv) = (number(schema, "setpoint")?, number(schema, "ajv")?);
        ratios.push(own / ajv);
        in_one_call.push(number(schema, "lines")? / ajv);
        table.row(vec![
            Cell::text(schema.get("name").and_then(Value::as_str).unwrap_or_default()),
            Cell::rate(number(schema, "documents")?),
            Cell::rate(number(schema, "bytes")?),
            Cell::time(Duration::from_secs_f64(own)),
            Cell::time(Duration::from_secs_f64(ajv)),
            Cell::ratio(own / ajv),
        ]);
    }
    let mean = geometric_mean(&ratios).context("a ratio is not above zero")?;
    let mean_in_one_call = geometric_mean(&in_one_call).context("a ratio is not above zero")?;
    let mut notes = vec![
        format!(
            "Valid documents of {} real schemas, times per document (the mean over the documents of a schema, the \
             median over rounds), both from text: `policy.check({{ file }}, text)` of the package, and \
             `validate(JSON.parse(text))` with ajv compiled beforehand, formats on. Geometric mean of the ratios: \
             {mean:.2}; with all documents of a schema in one `checkLines` call: {mean_in_one_call:.2}.",
            ratios.len()
        ),
        "Where the time goes, per document, mean over the same documents:".to_owned(),
    ];
    for skipped in list(&printed, "skipped")? {
        notes.push(format!("Left out: {}.", skipped.as_str().unwrap_or_default()));
    }
    Ok(Section {
        title: "In Node, from text to verdict",
        notes,
        tables: vec![split(&printed)?, table],
        targets: vec![Target::at_most("`policy.check` beside `JSON.parse` and ajv, geometric mean", mean, 1.0)],
    })
}

/// The parts of a call, as node.mjs tells them apart.
fn split(printed: &Value) -> anyhow::Result<Table> {
    let parts = list(printed, "split")?;
    let total: f64 = parts.iter().filter_map(|part| part.get("setpoint").and_then(Value::as_f64)).sum();
    let mut table = Table::new(&["part", "setpoint", "of the call", "JSON.parse + ajv"]);
    for part in parts {
        let own = number(part, "setpoint")?;
        table.row(vec![
            Cell::text(part.get("part").and_then(Value::as_str).unwrap_or_default()),
            Cell::time(Duration::from_secs_f64(own)),
            Cell::percent(own / total),
            number(part, "ajv").map_or_else(|_| Cell::text("–"), |ajv| Cell::time(Duration::from_secs_f64(ajv))),
        ]);
    }
    Ok(table)
}

fn list<'v>(value: &'v Value, name: &str) -> anyhow::Result<&'v Vec<Value>> {
    value.get(name).and_then(Value::as_array).with_context(|| format!("node.mjs printed no `{name}`"))
}

/// A number that cannot be negative: differences of times may be, when the parts are close to nothing.
fn number(value: &Value, name: &str) -> anyhow::Result<f64> {
    let number = value.get(name).and_then(Value::as_f64);
    number.map(|number| number.max(0.0)).with_context(|| format!("node.mjs printed no number `{name}`"))
}
