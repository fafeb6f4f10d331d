//! `throughput SCHEMA FILE ROUNDS`: what the sandbox costs. Checks the lines of a file with the core as native code and
//! with the guest as it ships, on one thread and in turn, and prints the seconds of every round as JSON:
//! `{"native": [...], "guest": [...]}`. `cargo xtask bench guest` runs it.

use std::time::{Duration, Instant};
use std::{env, fs};

use setpoint_checker::{Checker, Limits};
use setpoint_core::call::{CheckCall, LinesAnswer};
use setpoint_core::policy::Policy;

/// Bytes of one call, as when a long file is checked.
const CHUNK: usize = 512 << 10;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [schema, file, rounds] = arguments.as_slice() else {
        return Err("expected SCHEMA FILE ROUNDS".into());
    };
    let rounds: usize = rounds.parse()?;
    let bundle = serde_json::json!({
        "bundle": 1,
        "settings": { "settings": { "schemas": { "1": { "file": "v1.json", "text": fs::read_to_string(schema)? } } } }
    })
    .to_string();
    let native = Policy::load(bundle.as_bytes())?;
    let guest = Checker::embedded(Limits::default())?.policy(bundle.as_bytes())?;
    let text = fs::read(file)?;
    let chunks = chunks(&text);
    let call = CheckCall { file: "lines.ndjson".to_owned(), ..CheckCall::default() };

    let (mut native_times, mut guest_times) = (Vec::new(), Vec::new());
    // The first round of each warms up.
    for _ in 0..=rounds {
        native_times.push(timed(&chunks, |chunk| Ok(native.check_lines(&call, 1, chunk)))?);
        guest_times.push(timed(&chunks, |chunk| Ok(guest.check_lines(&call, 1, chunk)?))?);
    }
    let seconds = |times: &[Duration]| times.iter().skip(1).map(Duration::as_secs_f64).collect::<Vec<_>>();
    println!("{}", serde_json::json!({ "native": seconds(&native_times), "guest": seconds(&guest_times) }));
    Ok(())
}

/// The time that all chunks take; an error when a document is not valid, because then something else is measured.
fn timed(chunks: &[&[u8]], mut check: impl FnMut(&[u8]) -> Result<LinesAnswer, Failure>) -> Result<Duration, Failure> {
    let start = Instant::now();
    for chunk in chunks {
        if !check(chunk)?.reports.is_empty() {
            return Err("a document is not valid".into());
        }
    }
    Ok(start.elapsed())
}

/// Whole lines, about [`CHUNK`] bytes at a time.
fn chunks(text: &[u8]) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while rest.len() > CHUNK {
        let (start, _) = rest.split_at(CHUNK);
        let end = start.iter().rposition(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    chunks.push(rest);
    chunks
}
