//! The conformance suite: the official JSON Schema Test Suite and the project's own corpus, through every host.
//!
//! The native core is the oracle. Its verdicts are held against the official suite, and its answers against those of
//! the guest in wasmtime, the web module in Node and the web module in Chromium, byte for byte. See
//! `tests/conformance/README.md` for where the data comes from and how to read a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod corpus;
mod deviations;
mod faults;
mod hosts;
mod requests;
mod suite;
mod syntaxes;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Instant;

use setpoint_core::finding::Severity;
use setpoint_core::report::DocumentReport;

use deviations::{Answer, Judged};
use hosts::JavaScript;
use requests::{Operation, Request, call};
use suite::Group;

/// The folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// All files below a folder, sorted.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// A path as people write it.
fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/")
}

/// What is asked, and what the native core answers.
struct Run {
    groups: Vec<Group>,
    /// For each test of the suite, in order: the position of its request.
    tests: Vec<usize>,
    requests: Vec<Request>,
    answers: Vec<String>,
    seconds: f64,
}

static RUN: LazyLock<Run> = LazyLock::new(|| {
    let groups = suite::read(&suite::folder());
    let (mut requests, mut tests) = (Vec::new(), Vec::new());
    for group in &groups {
        let bundle: Arc<str> = group.bundle.as_str().into();
        let about = format!("{}/{}: {}", group.draft, group.file, group.description);
        requests.push(Request::load(about.clone(), &bundle));
        let mut lines = String::new();
        for test in &group.tests {
            tests.push(requests.len());
            let about = format!("{about}: {}", test.description);
            requests.push(Request::check(about, &bundle, call("document.json"), test.text.as_bytes()));
            // A line break in JSON text only ever separates tokens.
            lines.push_str(&test.text.replace(['\n', '\r'], " "));
            lines.push('\n');
        }
        let operation = Operation::Lines { call: call("documents.ndjson"), text: lines.into() };
        requests.push(Request { name: format!("{about}: all lines"), bundle, operation });
    }
    requests.extend(corpus::requests());
    let start = Instant::now();
    let answers = with_stack(|| hosts::native(&requests));
    Run { groups, tests, requests, answers, seconds: start.elapsed().as_secs_f64() }
});

/// Runs something on a thread with the stack that the guest is given, and room for a build without optimisation.
fn with_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let stack = 16 << 20;
        thread::Builder::new().stack_size(stack).spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

/// Says something although the test passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
}

/// The first of many, as one text.
fn some(faults: &[String]) -> String {
    const SHOWN: usize = 20;
    let rest = faults.len().saturating_sub(SHOWN);
    let shown = faults.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
    if rest == 0 { shown } else { format!("{shown}\n... and {rest} more") }
}

#[test]
fn verdicts_are_those_of_the_official_suite_but_for_the_listed_deviations() {
    let mut positions = RUN.tests.iter();
    let mut all = Vec::new();
    for group in &RUN.groups {
        for test in &group.tests {
            let answer = &RUN.answers[*positions.next().unwrap()];
            let report: DocumentReport = serde_json::from_str(answer).unwrap();
            all.push(Judged {
                draft: group.draft,
                file: &group.file,
                group: &group.description,
                test: &test.description,
                valid: test.valid,
                answer: Answer::of(&report),
                findings: report.findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; "),
            });
        }
    }
    let outcome = deviations::judge(&all, &deviations::listed());
    say(&format!("official suite, native core:\n{outcome}"));
    assert!(outcome.faults.is_empty(), "{} faults\n{}", outcome.faults.len(), some(&outcome.faults));
}

#[test]
fn a_document_gets_the_same_errors_in_every_syntax() {
    let mut first: BTreeMap<&str, (&str, Vec<String>)> = BTreeMap::new();
    let (mut compared, mut faults) = (0, Vec::new());
    for (request, answer) in RUN.requests.iter().zip(&RUN.answers) {
        let Some((document, syntax)) = request.name.rsplit_once(corpus::AS) else { continue };
        let report: DocumentReport = serde_json::from_str(answer).unwrap();
        // Surprises of one syntax are warnings.
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors = errors.map(|finding| format!("{} at `{}`", finding.code, finding.instance.as_str())).collect();
        let (other, expected) = first.entry(document).or_insert_with(|| (syntax, Vec::clone(&errors)));
        compared += usize::from(*other != syntax);
        if *expected != errors {
            faults.push(format!("{document}\n  {other}: {}\n  {syntax}: {}", expected.join(", "), errors.join(", ")));
        }
    }
    say(&format!("the same errors in every syntax: {compared} documents compared with their JSON form"));
    assert!(compared > 0 && faults.is_empty(), "{} of {compared} differ\n{}", faults.len(), some(&faults));
}

#[test]
fn every_host_gives_the_same_bytes() {
    let bytes: usize = RUN.answers.iter().map(String::len).sum();
    say(&format!(
        "native core: {} answers, {bytes} bytes, in {:.1} s (official suite: {}, own corpus: {})",
        RUN.answers.len(),
        RUN.seconds,
        RUN.requests.len() - corpus_length(),
        corpus_length(),
    ));
    let faults: Vec<String> = thread::scope(|scope| {
        let guest = scope.spawn(|| compared("guest in wasmtime", || Ok(with_stack(|| hosts::guest(&RUN.requests)))));
        let scripts = [JavaScript::node(), JavaScript::chromium()].map(|host| scope.spawn(move || in_script(&host)));
        std::iter::once(guest).chain(scripts).flat_map(|host| host.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// How many requests do not come from the official suite.
fn corpus_length() -> usize {
    RUN.requests.len() - RUN.tests.len() - 2 * RUN.groups.len()
}

fn in_script(host: &JavaScript) -> Vec<String> {
    match host.missing() {
        None => compared(host.name, || host.answers(&RUN.requests)),
        Some(reason) if std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1") => {
            vec![format!("{} cannot be skipped with CI=true: {reason}", host.name)]
        }
        Some(reason) => {
            say(&format!("skipped {}: {reason}", host.name));
            Vec::new()
        }
    }
}

/// Compares the answers of a host with those of the native core; gives one text per host that differs.
fn compared(host: &str, ask: impl FnOnce() -> Result<Vec<String>, String>) -> Vec<String> {
    let start = Instant::now();
    let answers = match ask() {
        Ok(answers) => answers,
        Err(error) => return vec![format!("{host}: {error}")],
    };
    let pairs = RUN.requests.iter().zip(RUN.answers.iter().zip(&answers));
    let faults: Vec<String> = pairs
        .filter(|(_, (native, answer))| native != answer)
        .map(|(request, (native, answer))| difference(&request.name, native, answer))
        .collect();
    let same = answers.len() - faults.len();
    say(&format!(
        "{host}: {same} of {} answers are the same, in {:.1} s",
        answers.len(),
        start.elapsed().as_secs_f64()
    ));
    if faults.is_empty() {
        return faults;
    }
    let advice = "is it built from this source? `cargo xtask build` and `cargo xtask web --package` do so";
    vec![format!("{host}: {} answers differ ({advice})\n{}", faults.len(), some(&faults))]
}

/// Shows two answers where they part.
fn difference(name: &str, native: &str, answer: &str) -> String {
    let at = native.bytes().zip(answer.bytes()).take_while(|(left, right)| left == right).count();
    let around = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(60).min(text.len())..(at + 100).min(text.len())];
        String::from_utf8_lossy(bytes).into_owned()
    };
    format!("{name}\n  native core: {}\n  this host:   {}", around(native), around(answer))
}
