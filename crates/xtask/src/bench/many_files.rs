//! A thousand small files in one call: what CI does with a repository of settings.

use super::contest::{self, Contestant};
use super::results::{Section, Target};
use super::statistics::ratio;
use super::{Effort, peers, sample, setpoint};

const PROJECT: &str = "setpoint check, project";
const SCHEMA: &str = "setpoint check --schema";
const SOURCEMETA: &str = "Sourcemeta jsonschema";
const SOURCEMETA_FAST: &str = "Sourcemeta jsonschema --fast";

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let outcome = contest::run(contestants()?, effort.runs(30))?;
    let slowest = outcome.median(PROJECT)?.max(outcome.median(SCHEMA)?);
    let best_peer = outcome.median(SOURCEMETA)?.min(outcome.median(SOURCEMETA_FAST)?);
    Ok(Section {
        title: "1,000 small files",
        notes: vec![
            "1,000 valid JSON documents of about 800 bytes in one folder, one call, warm disk; run in turn. \
             Sourcemeta and `setpoint check` in a project are given the folder, the others the paths."
                .to_owned(),
        ],
        tables: vec![outcome.table(SOURCEMETA, Some(sample::FILES))?],
        targets: vec![Target::at_most(
            "`setpoint check` (the slower form) beside Sourcemeta (its faster mode)",
            ratio(slowest, best_peer),
            1.0,
        )],
    })
}

fn contestants() -> anyhow::Result<Vec<Contestant>> {
    let setpoint = setpoint()?;
    let sourcemeta = peers::sourcemeta()?;
    let folder = sample::many_files()?;
    let new = |name, program| Contestant::new(name, program, &folder);
    let schema = "schemas/v1.json";
    let documents = || (0..sample::FILES).map(|number| format!("config/{number:04}.json"));
    Ok(vec![
        new(PROJECT, setpoint.clone()).with(["check", "config"]),
        new("setpoint check, project, 1 thread", setpoint.clone()).with(["check", "config", "--threads", "1"]),
        new(SCHEMA, setpoint).with(["check", "--schema", schema]).with(documents()),
        new(SOURCEMETA, sourcemeta.clone()).with(["validate", schema, "config"]),
        new(SOURCEMETA_FAST, sourcemeta).with(["validate", "--fast", schema, "config"]),
        new("check-jsonschema", peers::check_jsonschema()).with(["--schemafile", schema]).with(documents()).at_most(5),
        new("ajv-cli", "node".into())
            .with([peers::ajv_cli()])
            .with(["validate", "-s", schema, "-d", "config/*.json"])
            .at_most(10),
    ])
}
