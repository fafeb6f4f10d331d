//! One long NDJSON file: what an export of a settings table is.

use super::contest::{self, Contestant};
use super::results::{Cell, Section, Table, Target};
use super::statistics::ratio;
use super::{Effort, peers, sample, setpoint, sources};

const SETPOINT: &str = "setpoint check";
const SETPOINT_ALONE: &str = "setpoint check, 1 thread";
/// Work for who is too slow for all of it.
const SHARE: f64 = 0.1;

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let outcome = contest::run(contestants()?, effort.runs(10))?;
    let own = outcome.median(SETPOINT)?;
    let peers = outcome.contestants.iter().filter(|contestant| !contestant.name.starts_with("setpoint"));
    let mut targets = Vec::new();
    for peer in peers {
        let what = format!("times faster than {}", peer.name);
        targets.push(Target::at_least(what, ratio(outcome.median(peer.name)?, own), 1.0));
    }
    let (memory, growth) = memory()?;
    targets.extend(growth.map(|growth| Target::at_most("memory for ten times the lines, in relation", growth, 1.1)));
    Ok(Section {
        title: "One NDJSON file of 100,000 documents",
        notes: vec![
            format!(
                "{} valid documents of about 800 bytes, one a line, one call, warm disk; run in turn. \
                 python-jsonschema is given the first {} lines and its time is scaled.",
                sample::LINES,
                sample::FEW_LINES
            ),
            "Setpoint uses all cores, the peers one each; the row with one thread compares the work.".to_owned(),
        ],
        tables: vec![outcome.table(SETPOINT, Some(sample::LINES))?, memory],
        targets,
    })
}

fn contestants() -> anyhow::Result<Vec<Contestant>> {
    let setpoint = setpoint()?;
    let sourcemeta = peers::sourcemeta()?;
    let folder = sources();
    let (schema, file) = (sample::schema(), sample::lines(sample::LINES)?);
    let few = sample::lines(sample::FEW_LINES)?;
    let new = |name, program| Contestant::new(name, program, &folder);
    let python = |name, module: &str| new(name, peers::python()).with(["lines.py", module]).with([&schema]);
    Ok(vec![
        new(SETPOINT, setpoint.clone()).with(["check", "--schema"]).with([&schema, &file]),
        new(SETPOINT_ALONE, setpoint).with(["check", "--threads", "1", "--schema"]).with([&schema, &file]),
        new("Sourcemeta jsonschema", sourcemeta.clone()).with(["validate"]).with([&schema, &file]).at_most(5),
        new("Sourcemeta jsonschema --fast", sourcemeta).with(["validate", "--fast"]).with([&schema, &file]).at_most(5),
        new("ajv, a Node script", "node".into())
            .with(["lines.mjs".into(), peers::npm(), schema.clone(), file.clone()])
            .at_most(5),
        python("fastjsonschema, a Python script", "fastjsonschema").with([&file]).at_most(3),
        python("python-jsonschema, a script", "jsonschema").with([&few]).at_most(3).for_share(SHARE),
    ])
}

/// The most memory for few and for many lines, and how many times the one is the other.
fn memory() -> anyhow::Result<(Table, Option<f64>)> {
    let mut table = Table::new(&["setpoint check", "size of the file", "most memory at once"]);
    let mut peaks = Vec::new();
    for count in [sample::FEW_LINES, sample::LINES] {
        let file = sample::lines(count)?;
        let setpoint = Contestant::new(SETPOINT, setpoint()?, &sources());
        let peak = setpoint.with(["check", "--schema"]).with([&sample::schema(), &file]).peak_memory()?;
        let size = Cell::bytes(std::fs::metadata(&file)?.len());
        table.row(vec![
            Cell::text(format!("{count} lines")),
            size,
            peak.map_or_else(|| Cell::text("not to be had on this system"), Cell::bytes),
        ]);
        #[allow(clippy::cast_precision_loss, reason = "memory of a process is far below 2^52 bytes")]
        peaks.extend(peak.map(|peak| peak as f64));
    }
    let growth = match peaks.as_slice() {
        [few, many] if *few > 0.0 => Some(many / few),
        _ => None,
    };
    Ok((table, growth))
}
