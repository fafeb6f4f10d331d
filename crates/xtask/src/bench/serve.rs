//! The check of one document over HTTP: `setpoint serve` beside services that people write.

mod apart;
mod load;

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::results::{Cell, Section, Table, Target};
use super::{Effort, peers, sample, setpoint, sources};
use apart::Apart;
use load::{Pace, Request, Until};

const SETPOINT: &str = "setpoint serve";
const FASTAPI: &str = "FastAPI, uvicorn, jsonschema, 2 workers";
const AJV: &str = "ajv behind Node's http, 2 workers";

/// Connections that each send one request after the other.
const CONNECTIONS: usize = 32;
/// Connections that ask for far more than can be done: beyond what is worked on at once and what may wait.
const TOO_MANY: usize = 4_000;
/// Seconds for each server.
const SECONDS: u64 = 10;
/// Requests over which memory is looked at.
const MANY: u64 = 5_000_000;

/// A server that is ended when it is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
    /// Of whoever started it; the peers know none.
    pub(super) token: String,
    request: Request,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whoever has workers tells them when it is asked politely.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn measure(effort: Effort) -> anyhow::Result<Section> {
    let seconds = if effort.quick { 2 } else { SECONDS };
    let many = if effort.quick { MANY / 100 } else { MANY };
    let mut measured = Vec::new();
    for (name, start) in [(SETPOINT, setpoint_serve as fn() -> anyhow::Result<Server>), (FASTAPI, fastapi), (AJV, ajv)]
    {
        let server = start().with_context(|| format!("{name} cannot be started"))?;
        refuses_what_is_wrong(&server).with_context(|| format!("{name} does not do its work"))?;
        let time = |seconds| Until::Time(Duration::from_secs(seconds));
        load::run(server.address, &server.request, CONNECTIONS, Pace::AfterEach, time(2))?;
        let outcome = load::run(server.address, &server.request, CONNECTIONS, Pace::AfterEach, time(seconds))?;
        measured.push((name, outcome));
    }
    let find = |wanted: &str| measured.iter().find(|(name, _)| *name == wanted).map(|(_, outcome)| outcome);
    let (own_outcome, python) = find(SETPOINT).zip(find(FASTAPI)).context("not everybody was measured")?;
    let mut table = Table::new(&["server", "requests a second", &format!("× {FASTAPI}"), "median", "99 %", "99.9 %"]);
    for (name, outcome) in &measured {
        table.row(vec![
            Cell::text(*name),
            Cell::rate(outcome.rate()),
            Cell::ratio(outcome.rate() / python.rate()),
            Cell::time(outcome.p50()),
            Cell::time(outcome.p99()),
            Cell::time(outcome.p999()),
        ]);
    }
    let server = setpoint_serve()?;
    let (memory, growth) = memory(&server, many)?;
    drop(server);
    let (overload, more) = overload(seconds)?;
    let mut targets = vec![
        Target::at_least("times the requests of FastAPI in a second", own_outcome.rate() / python.rate(), 10.0),
        Target::at_most(
            "99th percentile beside FastAPI's",
            own_outcome.p99().as_secs_f64() / python.p99().as_secs_f64(),
            1.0,
        ),
    ];
    targets.extend(more);
    targets.extend(
        growth
            .map(|growth| Target::at_most("memory after all requests, beside after a hundredth of them", growth, 1.1)),
    );
    Ok(Section {
        title: "Checking one document over HTTP",
        notes: vec![
            format!(
                "A valid JSON document of about 800 bytes in a `POST`, {CONNECTIONS} connections that each send one request after the \
                 other, the generator on the same machine. `setpoint serve` looks up the token of each request, counts it, and \
                 runs the checker in its sandbox; the others validate and answer. One server at a time, {seconds} s each after a \
                 warm-up."
            ),
            format!(
                "Overload: {TOO_MANY} connections, requests at a fixed rate whatever the answers do, each timed from the moment when \
                 it is due; one that finds no connection free is never sent. The server and the generator have a \
                 processor each, so that the one can be given more than it can do. What there is no room for is told to come again \
                 (503 with `Retry-After`). To tell somebody takes about half as long as to do what they ask for, so the server spends \
                 a part of its time on that and no more."
            ),
        ],
        tables: vec![table, memory, overload],
        targets,
    })
}

/// An error when a document that is wrong passes: nobody is measured who does less.
fn refuses_what_is_wrong(server: &Server) -> anyhow::Result<()> {
    use std::io::{Read as _, Write as _};
    let wrong = server.request.body.replace("\"port\":", "\"port\":\"http\",\"was\":");
    for (body, verdict) in [(&server.request.body, "pass"), (&wrong, "fail")] {
        let mut stream = TcpStream::connect(server.address)?;
        let mut text = format!(
            "POST {} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n",
            server.request.path,
            body.len()
        );
        for (name, value) in &server.request.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{text}\r\n{body}").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if !answer.replace(' ', "").contains(&format!("\"verdict\":\"{verdict}\"")) {
            bail!("expected the verdict {verdict}: {answer}");
        }
    }
    Ok(())
}

/// The memory of the server after some requests and after all of them.
fn memory(server: &Server, many: u64) -> anyhow::Result<(Table, Option<f64>)> {
    let mut table = Table::new(&[SETPOINT, "memory"]);
    let mut sizes = Vec::new();
    for count in [many / 100, many] {
        load::run(server.address, &server.request, CONNECTIONS, Pace::AfterEach, Until::Answers(count))?;
        let size = resident(server.child.id());
        table.row(vec![
            Cell::text(format!("after {count} requests")),
            size.map_or_else(|| Cell::text("not to be had on this system"), Cell::bytes),
        ]);
        #[allow(clippy::cast_precision_loss, reason = "memory of a process is far below 2^52 bytes")]
        sizes.extend(size.map(|size| size as f64));
    }
    let growth = match sizes.as_slice() {
        [few, all] if *few > 0.0 => Some(all / few),
        _ => None,
    };
    Ok((table, growth))
}

/// Bytes that a process has in memory.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// What happens when three times as much is asked for as can be done, and right after it.
fn overload(seconds: u64) -> anyhow::Result<(Table, Vec<Target>)> {
    let time = |seconds| Until::Time(Duration::from_secs(seconds));
    let apart = Apart::begin()?;
    let server = setpoint_serve()?;
    apart.generate()?;
    let ask = |connections, pace, seconds| load::run(server.address, &server.request, connections, pace, time(seconds));
    ask(CONNECTIONS, Pace::AfterEach, 1)?;
    let before = ask(CONNECTIONS, Pace::AfterEach, seconds)?;
    let half_more = ask(TOO_MANY, Pace::Fixed(1.5 * before.rate()), seconds)?;
    let during = ask(TOO_MANY, Pace::Fixed(3.0 * before.rate()), seconds)?;
    let after = ask(CONNECTIONS, Pace::AfterEach, seconds)?;
    for outcome in [&half_more, &during] {
        if outcome.shed == 0 || outcome.shed_without_advice > 0 {
            let (shed, silent) = (outcome.shed, outcome.shed_without_advice);
            bail!("{shed} requests were told to come again, {silent} of them without saying when");
        }
    }
    let headers =
        ["in a second", "due", "answered", "told to come again", "never sent", "median", "99 %", "99 % of the told"];
    let mut table = Table::new(&headers);
    for (what, outcome) in [
        ("as much as it can", &before),
        ("one and a half times as much", &half_more),
        ("three times as much", &during),
        ("right after it", &after),
    ] {
        table.row(vec![
            Cell::text(what),
            Cell::rate(outcome.due_rate()),
            Cell::rate(outcome.rate()),
            Cell::rate(outcome.shed_rate()),
            Cell::rate(outcome.unsent_rate()),
            Cell::time(outcome.p50()),
            Cell::time(outcome.p99()),
            Cell::time(outcome.shed_p99()),
        ]);
    }
    let beside = |outcome: &load::Outcome| outcome.rate() / before.rate();
    let targets = vec![
        Target::at_least("answers in a second under three times the load, beside before", beside(&during), 0.5),
        Target::at_least("answers in a second right after it, beside before", beside(&after), 0.8),
    ];
    Ok((table, targets))
}

fn body() -> String {
    sample::document(17)
}

fn json(path: &str) -> Request {
    Request {
        path: path.to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body(),
    }
}

/// `setpoint serve` in a project with the schema that all are given.
fn setpoint_serve() -> anyhow::Result<Server> {
    own(&sample::one_file()?.project)
}

/// `setpoint serve` in a project.
pub(super) fn own(project: &Path) -> anyhow::Result<Server> {
    let mut command = Command::new(setpoint()?);
    // Nobody is to be told to slow down here.
    command.args(["serve", "--listen", "127.0.0.1:0", "--rate", "10000000"]).current_dir(project);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut line = || lines.next().context("it ended")?.context("no output");
    let address = line()?.rsplit("http://").next().unwrap_or_default().parse()?;
    let token = line()?.rsplit(": ").next().unwrap_or_default().to_owned();
    let mut request = json("/v1/settings/service/check");
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    Ok(Server { child, address, token, request })
}

fn fastapi() -> anyhow::Result<Server> {
    let mut command = Command::new(peers::python());
    command.arg(sources().join("serve.py")).arg(sample::schema());
    listening(command, "/check")
}

fn ajv() -> anyhow::Result<Server> {
    let mut command = Command::new("node");
    command.arg(sources().join("serve.mjs")).arg(peers::npm()).arg(sample::schema());
    listening(command, "/check")
}

/// Starts a server on a port that is free, and waits until it takes connections.
fn listening(mut command: Command, path: &str) -> anyhow::Result<Server> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let child = command.args([&address.port().to_string(), "2"]).stdout(Stdio::null()).spawn()?;
    let server = Server { child, address, token: String::new(), request: json(path) };
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > Duration::from_secs(30) {
            bail!("it does not listen");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    // All of its workers.
    std::thread::sleep(Duration::from_secs(2));
    Ok(server)
}
