//! `conversion PROJECT ROUNDS FILE...`: how long one document takes to the next version. Converts each file of the project
//! from version 1 to version 2 with the core as native code and with the guest as it ships, on one thread and in turn,
//! and prints the seconds of every call as JSON: `{"FILE": {"native": [...], "guest": [...]}, ...}`.
//! `cargo xtask bench convert` runs it.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use setpoint_checker::{Checker, Limits};
use setpoint_core::call::{ConvertAnswer, ConvertCall};
use setpoint_core::policy::Policy;
use setpoint_core::report::Verdict;
use setpoint_project::{PROJECT_FILE, Project, canonical};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [project, rounds, files @ ..] = arguments.as_slice() else {
        return Err("expected PROJECT ROUNDS FILE...".into());
    };
    let (folder, rounds): (&Path, usize) = (Path::new(project), rounds.parse()?);
    let bundle = canonical(&Project::open(&folder.join(PROJECT_FILE))?.bundle()?)?;
    let native = Policy::load(&bundle)?;
    let guest = Checker::embedded(Limits::default())?.policy(&bundle)?;

    let mut printed = serde_json::Map::new();
    for file in files {
        let text = fs::read(folder.join(file))?;
        let call = ConvertCall { file: file.clone(), from: Some(1), to: 2, ..ConvertCall::default() };
        let (mut natively, mut guests) = (Vec::new(), Vec::new());
        let warming = rounds / 10;
        for round in 0..warming + rounds {
            let in_native = timed(|| Ok(native.convert(&call, black_box(&text))))?;
            let in_guest = timed(|| Ok(guest.convert(&call, black_box(&text))?))?;
            if round >= warming {
                natively.push(in_native);
                guests.push(in_guest);
            }
        }
        printed.insert(file.clone(), serde_json::json!({ "native": natively, "guest": guests }));
    }
    println!("{}", serde_json::Value::Object(printed));
    Ok(())
}

/// The seconds of one call; an error when nothing comes out, because then something else is measured.
fn timed(convert: impl FnOnce() -> Result<ConvertAnswer, Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    let answer = black_box(convert()?);
    let time = start.elapsed();
    match answer.document {
        Some(_) if answer.report.verdict == Verdict::Pass => Ok(time.as_secs_f64()),
        _ => Err(format!("a document does not get to version 2: {:?}", answer.report.findings).into()),
    }
}
