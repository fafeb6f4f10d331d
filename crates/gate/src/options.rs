//! What a server is started with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The project file.
    pub project: PathBuf,
    /// The core in this file instead of the built-in one.
    pub checker: Option<PathBuf>,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The database of the server; `.setpoint/serve.db` beside the project file when absent.
    pub state: Option<String>,
    /// The address that browsers know it by, `https://…`, where a proxy stands in front.
    pub origin: Option<String>,
    /// Other origins whose pages may ask, with a token: editors that are published as static files.
    pub cors: Vec<String>,
    /// How much it takes.
    pub sizes: Sizes,
    /// Whether the log is JSON, a line for each event, instead of text.
    pub json_log: bool,
    /// Between two looks at whether the project has changed.
    pub look: Duration,
}

/// How much a server takes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Bytes of a body.
    pub body: usize,
    /// Requests in a second for each token.
    pub rate: u32,
    /// Requests that are worked on at the same time.
    pub at_once: usize,
    /// Requests that wait for that.
    pub waiting: usize,
    /// Connections at the same time.
    pub connections: usize,
    /// For the headers of a request to arrive; a connection without a request is closed after it.
    pub headers_in: Duration,
    /// For the body of a request to arrive.
    pub body_in: Duration,
    /// For a whole request: its body to arrive, and the answer to be found.
    pub request_in: Duration,
    /// Between being asked to end and taking no more connections: for whoever sends requests to look at `/readyz` meanwhile.
    pub linger: Duration,
    /// For requests that are at work when the server is asked to end.
    pub drain_in: Duration,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            body: 16 << 20,
            rate: 2000,
            at_once: 64,
            // What a processor does in some 30 milliseconds.
            waiting: 960,
            connections: 20_000,
            headers_in: Duration::from_secs(10),
            body_in: Duration::from_secs(15),
            request_in: Duration::from_secs(30),
            linger: Duration::ZERO,
            drain_in: Duration::from_secs(20),
        }
    }
}
