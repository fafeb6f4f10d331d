//! From a key to the findings, in the editor in headless Chromium.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::{Effort, sample, serve, sources};
use crate::web::ensure_chromium;
use crate::{process, workspace};

/// The documents: bytes, and the milliseconds that 95 of 100 keys may take.
const DOCUMENTS: [(usize, f64); 2] = [(20_000, 16.0), (200_000, 50.0)];

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let chromium = match ensure_chromium()? {
        Ok(chromium) => chromium,
        Err(reason) => bail!("there is no Chromium: {reason}"),
    };
    let project = project()?;
    let server = serve::own(&project)?;
    let keys = effort.runs(400) + 10;
    let mut node = Command::new("node");
    node.env("SETPOINT_CHROMIUM", chromium)
        .arg(sources().join("editor.mjs"))
        .arg(workspace::root().join("www/browser.mjs"))
        .args([format!("http://{}", server.address), server.token.clone(), keys.to_string()])
        .args(DOCUMENTS.map(|(bytes, _)| name(bytes)));
    let printed = process::output(&mut node, "typing in Chromium")?;
    let printed: Value = serde_json::from_str(&printed).context("editor.mjs printed something else than results")?;
    let mut table = Table::new(&["document", "keys", "median", "95 %", "99 %"]);
    let mut targets = Vec::new();
    for (bytes, wanted) in DOCUMENTS {
        let times = printed.pointer(&format!("/times/{}", name(bytes))).and_then(Value::as_array);
        let times = times.context("a document was not measured")?.iter();
        let mut times: Vec<f64> = times.filter_map(Value::as_f64).collect();
        times.sort_by(f64::total_cmp);
        let percentile = |percent: usize| {
            let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
            times.get(index).copied().context("nothing was measured")
        };
        let time = |milliseconds: f64| Cell::time(Duration::from_secs_f64(milliseconds / 1000.0));
        table.row(vec![
            Cell::text(format!("{} kB of JSON", bytes / 1000)),
            Cell::count(times.len()),
            time(percentile(50)?),
            time(percentile(95)?),
            time(percentile(99)?),
        ]);
        let what = format!("milliseconds from a key to the findings, {} kB, 95 of 100", bytes / 1000);
        targets.push(Target::at_most(what, percentile(95)?, wanted));
    }
    let mut loaded = Table::new(&["loaded", "compressed"]);
    for (what, name) in [("until one can sign in", "door"), ("until the first document is checked", "first")] {
        let bytes = printed.get(name).and_then(Value::as_u64).context("it is not said how much was loaded")?;
        loaded.row(vec![Cell::text(what), Cell::bytes(bytes)]);
    }
    Ok(Section {
        title: "Typing in the editor",
        notes: vec![
            "Headless Chromium in front of `setpoint serve`, all on one machine. Each key makes a number wrong or right again; the \
             time goes from the key until the verdict of the whole document stands on the page."
                .to_owned(),
        ],
        tables: vec![table, loaded],
        targets,
    })
}

fn name(bytes: usize) -> String {
    format!("{}.json", bytes / 1000)
}

/// A project with a document of each size.
fn project() -> anyhow::Result<std::path::PathBuf> {
    let project = sample::folder().join("editor");
    for folder in ["schemas", "config"] {
        fs::create_dir_all(project.join(folder))?;
    }
    fs::copy(sample::schema(), project.join("schemas/service.json"))?;
    fs::write(
        project.join("schemas/v1.json"),
        r#"{ "type": "object", "properties": { "services": { "type": "array", "items": { "$ref": "service.json" } } } }"#,
    )?;
    fs::write(
        project.join("setpoint.toml"),
        "[settings.services]\nschemas = \"schemas\"\ndocuments = [\"config/*\"]\ncurrent = 1\n",
    )?;
    for (bytes, _) in DOCUMENTS {
        let mut services: Vec<Value> = Vec::new();
        let mut text = String::new();
        for number in 0.. {
            services.push(serde_json::from_str(&sample::document(number))?);
            text = serde_json::to_string_pretty(&serde_json::json!({ "services": services }))?;
            if text.len() >= bytes {
                break;
            }
        }
        fs::write(project.join("config").join(name(bytes)), text)?;
    }
    Ok(project)
}
