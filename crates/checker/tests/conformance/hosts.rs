//! The hosts of the core: each gives one answer text per request, in the order of the requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use setpoint_checker::{Checker, CheckerError, Limits};
use setpoint_core::policy::{self, Policy};

use super::requests::{Operation, Request};

/// How long a JavaScript host may be silent: it answers hundreds of requests at once.
const SILENCE: Duration = Duration::from_secs(600);

/// The native core: the oracle.
pub fn native(requests: &[Request]) -> Vec<String> {
    let mut loaded: Option<(Arc<str>, Policy)> = None;
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        if !loaded.as_ref().is_some_and(|(bundle, _)| Arc::ptr_eq(bundle, &request.bundle)) {
            let policy = Policy::load(request.bundle.as_bytes());
            loaded =
                Some((Arc::clone(&request.bundle), policy.unwrap_or_else(|error| panic!("{}: {error}", request.name))));
        }
        let (_, policy) = loaded.as_ref().unwrap();
        let answer = match &request.operation {
            Operation::Load => serde_json::to_string(policy.load_answer()),
            Operation::Check { call, text } => serde_json::to_string(&policy.check(call, text)),
            Operation::Lines { call, text } => serde_json::to_string(&policy.check_lines(call, 1, text)),
            Operation::Gate { call } => serde_json::to_string(&policy.gate(call)),
            Operation::Convert { call, text } => serde_json::to_string(&policy.convert(call, text)),
            Operation::Merge { call } => serde_json::to_string(&policy.merge(call)),
            Operation::Compare { call } => serde_json::to_string(&policy.compare(call)),
            Operation::Explain { code } => serde_json::to_string(&policy::explain(code)),
        };
        answers.push(answer.unwrap());
    }
    answers
}

/// The guest in wasmtime, with the limits that the command line has.
pub fn guest(requests: &[Request]) -> Vec<String> {
    let checker = Checker::embedded(Limits::default()).unwrap();
    let mut loaded: Option<(Arc<str>, Result<setpoint_checker::Policy, CheckerError>)> = None;
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        if !loaded.as_ref().is_some_and(|(bundle, _)| Arc::ptr_eq(bundle, &request.bundle)) {
            loaded = Some((Arc::clone(&request.bundle), checker.policy(request.bundle.as_bytes())));
        }
        let answer = match loaded.as_ref().map(|(_, policy)| policy).unwrap() {
            Err(error) => Err(error.to_string()),
            Ok(policy) => ask(policy, request).map_err(|error| error.to_string()),
        };
        answers.push(answer.unwrap_or_else(|error| format!("error: {error}")));
    }
    answers
}

fn ask(policy: &setpoint_checker::Policy, request: &Request) -> Result<String, CheckerError> {
    match &request.operation {
        Operation::Load => Ok(serde_json::to_string(policy.load_answer()).unwrap()),
        Operation::Check { call, text } => policy.check_text(call, text),
        Operation::Lines { call, text } => policy.check_lines_text(call, 1, text),
        Operation::Gate { call } => policy.gate_text(call),
        Operation::Convert { call, text } => policy.convert_text(call, text),
        Operation::Merge { call } => policy.merge_text(call),
        Operation::Compare { call } => policy.compare_text(call),
        Operation::Explain { code } => Ok(serde_json::to_string(&policy.explain(code)?).unwrap()),
    }
}

/// A host that is a Node program reading requests and writing answers, one a line.
pub struct JavaScript {
    pub name: &'static str,
    program: PathBuf,
    /// Files and folders that have to be there, each with the command that makes it.
    needs: Vec<(PathBuf, &'static str)>,
}

impl JavaScript {
    /// The web module in Node.
    pub fn node() -> Self {
        let package = super::root().join("www/packages/setpoint");
        Self {
            name: "web module in Node",
            program: package.join("conformance/node.mjs"),
            needs: ["setpoint", "comparing"].map(|name| built(&package, name)).to_vec(),
        }
    }

    /// The web module in headless Chromium.
    pub fn chromium() -> Self {
        let www = super::root().join("www");
        Self {
            name: "web module in Chromium",
            program: www.join("conformance/chromium.mjs"),
            needs: vec![
                built(&www.join("packages/setpoint"), "setpoint"),
                built(&www.join("packages/setpoint"), "comparing"),
                (www.join("node_modules/playwright-core"), "cargo xtask web"),
                (chromium_file(), "your package manager (or SETPOINT_CHROMIUM names its file)"),
            ],
        }
    }

    /// Why this host cannot run here.
    pub fn missing(&self) -> Option<String> {
        if !on_path("node").is_some_and(|file| file.is_file()) {
            return Some("there is no `node` on PATH".to_owned());
        }
        let (path, maker) = self.needs.iter().find(|(path, _)| !path.exists())?;
        Some(format!("`{}` is not there; {maker} makes it", path.display()))
    }

    /// Asks everything.
    ///
    /// # Errors
    /// When the program fails, stops answering, or gives another number of answers.
    pub fn answers(&self, requests: &[Request]) -> Result<Vec<String>, String> {
        let mut child = Command::new("node")
            .arg(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node cannot be started: {error}"))?;
        let mut input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut complaints = child.stderr.take().unwrap();
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut before = None;
                for request in requests {
                    if writeln!(input, "{}", request.line(before)).is_err() {
                        // The program ended early; its exit status and its complaints tell why.
                        return;
                    }
                    before = Some(request);
                }
            });
            let complaints = scope.spawn(move || {
                let mut text = String::new();
                complaints.read_to_string(&mut text).map(|_| text).unwrap_or_default()
            });
            let (sender, lines) = mpsc::channel();
            scope.spawn(move || output.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
            let mut answers = Vec::with_capacity(requests.len());
            while answers.len() < requests.len() {
                match lines.recv_timeout(SILENCE) {
                    Ok(line) => answers.push(line),
                    Err(_) => break,
                }
            }
            if answers.len() < requests.len() {
                // Silent or gone. Ending it lets the threads above end too.
                let _ = child.kill();
            }
            let status = child.wait().map_err(|error| error.to_string())?;
            let complaints = complaints.join().unwrap_or_default();
            if answers.len() == requests.len() && status.success() {
                return Ok(answers);
            }
            let asked = requests.get(answers.len()).map_or("all requests", |request| request.name.as_str());
            Err(format!(
                "{} answers to {} requests, then nothing for `{asked}` ({status}): {}",
                answers.len(),
                requests.len(),
                complaints.trim()
            ))
        })
    }
}

/// A module of the package, and what makes it.
fn built(package: &Path, name: &str) -> (PathBuf, &'static str) {
    (package.join(format!("dist/{name}_bg.wasm")), "cargo xtask web --package")
}

fn chromium_file() -> PathBuf {
    if let Some(named) = std::env::var_os("SETPOINT_CHROMIUM") {
        return PathBuf::from(named);
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names.iter().find_map(|name| on_path(name)).unwrap_or_else(|| Path::new("chromium").to_owned())
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
