//! A running server, and a client that says exactly what it is told to: HTTP/1.1 by hand, because much of what is tested no client
//! library would send.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::project::Project;
use crate::published;

/// A server that is ended with the test.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// The token that it printed.
    pub token: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// A request that is put together.
pub struct Asking<'s> {
    server: &'s Server,
    method: &'s str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Server {
    pub fn of(project: &Project, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        Self::started(project.command(&arguments))
    }

    pub fn started(mut command: Command) -> Self {
        command.stderr(Stdio::piped());
        Self::running(command)
    }

    /// A server whose log goes to a file.
    pub fn logging(mut command: Command, log: &std::path::Path) -> Self {
        command.stderr(std::fs::File::create(log).unwrap());
        Self::running(command)
    }

    fn running(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let Some(first) = lines.next() else {
            let mut said = String::new();
            child.stderr.take().map(|mut log| log.read_to_string(&mut said).unwrap());
            panic!("the server did not start: {said}");
        };
        let address = first.rsplit("http://").next().unwrap().parse().unwrap();
        // There is a second line when no token is in use.
        let token = if command.get_args().any(|argument| argument == "--state") {
            String::new()
        } else {
            lines.next().and_then(|line| Some(line.rsplit_once(": ")?.1.to_owned())).unwrap_or_default()
        };
        // Nobody must wait because nobody reads.
        if let Some(mut log) = child.stderr.take() {
            std::thread::spawn(move || {
                let mut said = String::new();
                let _ = log.read_to_string(&mut said);
                if said.contains("internal error") {
                    eprintln!("{said}");
                }
            });
        }
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, token }
    }

    pub fn ask<'s>(&'s self, method: &'s str, path: &str) -> Asking<'s> {
        let headers = if self.token.is_empty() {
            Vec::new()
        } else {
            vec![("authorization".to_owned(), format!("Bearer {}", self.token))]
        };
        Asking { server: self, method, path: path.to_owned(), headers, body: Vec::new() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send()
    }

    /// Sends bytes as they are, and gives what comes back until the server closes.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        read_all(&mut stream)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Asks the process to end, as an orchestrator does.
    pub fn terminate(&self) {
        let id = i32::try_from(self.child.id()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), rustix::process::Signal::TERM)
            .unwrap();
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Asking<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn nobody(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "authorization");
        self
    }

    pub fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    #[track_caller]
    pub fn send(self) -> Answer {
        let mut request =
            format!("{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.method, self.path, self.server.address);
        for (name, value) in &self.headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || !matches!(self.method, "GET" | "HEAD" | "DELETE") {
            request.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(&self.body);
        let answer = Answer::read(&self.server.raw(&bytes));
        // What browsers ask before a page of another origin may ask is no operation.
        if self.method != "OPTIONS" {
            answer.conforms(self.method, &self.path);
        }
        answer
    }
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Answer {
    #[track_caller]
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: BTreeMap<String, String> = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let body = match headers.get("transfer-encoding").map(String::as_str) {
            Some("chunked") => unchunked(body),
            _ => body.to_owned(),
        };
        Self { status, headers, body }
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no `{name}`: {self:#?}"))
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The codes of what is wrong.
    #[track_caller]
    pub fn codes(&self) -> Vec<String> {
        let problem = self.json();
        let findings = problem["findings"].as_array().unwrap_or_else(|| panic!("no findings: {self:#?}"));
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }

    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.codes(), [code], "{answer:#?}");
        answer
    }

    /// An answer is one that the OpenAPI document has: its status, its type, and the form of what is in it.
    #[track_caller]
    fn conforms(&self, method: &str, path: &str) {
        let document: Value = serde_json::from_str(include_str!("../../../../schemas/openapi.json")).unwrap();
        let path = path.split('?').next().unwrap();
        let is_of = |pattern: &str| {
            let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
            let fits = |(known, given): (&&str, &&str)| known == given || (known.starts_with('{') && !given.is_empty());
            pattern.len() == path.len() && pattern.iter().zip(&path).all(fits)
        };
        let paths = document["paths"].as_object().unwrap();
        // A path without a parameter comes before one with.
        let mut known: Vec<&String> = paths.keys().filter(|pattern| is_of(pattern)).collect();
        known.sort_by_key(|pattern| pattern.contains('{'));
        let operation = known.first().and_then(|pattern| paths[*pattern].get(method.to_ascii_lowercase()));
        for name in ["x-request-id", "x-content-type-options", "content-security-policy", "cache-control"] {
            assert!(self.headers.contains_key(name), "no `{name}`: {self:#?}");
        }
        if self.status >= 400 && self.headers.get("content-type").is_some_and(|kind| kind != "application/json") {
            let problem = self.json();
            assert_eq!(problem["status"], self.status, "{self:#?}");
            published::accept_as(&document, "problem", &problem);
        }
        let Some(operation) = operation else {
            // The editor is for browsers.
            let is_editor = path == "/" || path.starts_with("/assets/");
            assert!(is_editor || matches!(self.status, 400 | 404 | 405 | 429 | 503), "{self:#?}");
            return;
        };
        let answer = &operation["responses"][self.status.to_string()];
        assert!(answer.is_object(), "{method} {path} does not say {}: {self:#?}", self.status);
        let Some(content) = answer["content"].as_object() else {
            assert_eq!(self.body, "", "{self:#?}");
            return;
        };
        let kind = self.header("content-type");
        let content = content.get(kind).unwrap_or_else(|| panic!("{method} {path} does not say `{kind}`"));
        if let Some(reference) = content["schema"]["$ref"].as_str() {
            published::accept_as(&document, reference.rsplit('/').next().unwrap(), &self.json());
        }
    }
}

fn unchunked(mut text: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = text.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.push_str(&rest[..size]);
        text = &rest[size + 2..];
    }
    whole
}

/// Asks until something holds.
#[track_caller]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
