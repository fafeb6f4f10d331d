//! One small file, whole process: what a pre-commit hook or an editor that starts a program waits for.

use super::contest::{self, Contestant};
use super::results::{Section, Target};
use super::statistics::ratio;
use super::{Effort, peers, sample, setpoint, sources};

const PROJECT: &str = "setpoint check, project";
const SCHEMA: &str = "setpoint check --schema";
const SOURCEMETA: &str = "Sourcemeta jsonschema";
const CHECK_JSONSCHEMA: &str = "check-jsonschema";
const AJV: &str = "ajv-cli";

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let sample = sample::one_file()?;
    for contestant in contestants(&sample, sample.broken)? {
        contestant.must_refuse()?;
    }
    let outcome = contest::run(contestants(&sample, sample.document)?, effort.runs(60))?;
    let project = outcome.median(PROJECT)?;
    let slowest = project.max(outcome.median(SCHEMA)?);
    let beside = |name| outcome.median(name).map(|peer| ratio(peer, slowest));
    let targets = vec![
        Target::at_most(
            "`setpoint check` (the slower form) beside Sourcemeta's native program",
            ratio(slowest, outcome.median(SOURCEMETA)?),
            2.0,
        ),
        Target::at_least("times faster than check-jsonschema", beside(CHECK_JSONSCHEMA)?, 20.0),
        Target::at_least("times faster than ajv-cli", beside(AJV)?, 20.0),
    ];
    Ok(Section {
        title: "One small file, whole process",
        notes: vec![
            "One valid JSON document of about 800 bytes, warm disk, from starting the program to its end, output to \
             `/dev/null`; run in turn. Sourcemeta's program is started directly, without its wrapper in JavaScript."
                .to_owned(),
        ],
        tables: vec![outcome.table(SOURCEMETA, None)?],
        targets,
    })
}

fn contestants(sample: &sample::OneFile, document: &'static str) -> anyhow::Result<Vec<Contestant>> {
    let setpoint = setpoint()?;
    let folder = &sample.project;
    let new = |name, program| Contestant::new(name, program, folder);
    let schema = "schemas/v1.json";
    Ok(vec![
        new(PROJECT, setpoint.clone()).with(["check", document]),
        new(SCHEMA, setpoint).with(["check", "--schema", schema, document]),
        new(SOURCEMETA, peers::sourcemeta()?).with(["validate", schema, document]),
        new("python-jsonschema, a script", peers::python())
            .with([sources().join("one_file.py")])
            .with([schema, document])
            .at_most(20),
        new(CHECK_JSONSCHEMA, peers::check_jsonschema()).with(["--schemafile", schema, document]).at_most(20),
        new(AJV, "node".into()).with([peers::ajv_cli()]).with(["validate", "-s", schema, "-d", document]).at_most(20),
    ])
}
