//! Load: connections over which one and the same request is sent, either again as soon as the last one is answered, or so many times a
//! second, whatever the answers do. One thread and no HTTP library, so that the generator takes as little of the machine as it can.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

/// What a server is asked.
pub struct Request {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Answers with status 200.
    pub answered: u64,
    /// Answers with status 503.
    pub shed: u64,
    /// Of them, those without `Retry-After`.
    pub shed_without_advice: u64,
    /// Requests that were due.
    pub due: u64,
    /// Of them, those that were not sent, because no connection became free in time.
    pub unsent: u64,
    pub took: Duration,
    /// How long the ones that were answered took, in microseconds, counted.
    times: Histogram,
    /// How long the ones that were told to come again took.
    shed_times: Histogram,
}

/// Counts of times: exact below a millisecond, and to one part in 128 above.
#[derive(Clone, Debug)]
struct Histogram(Vec<u64>);

/// Buckets for each doubling.
const PARTS: u64 = 128;

impl Default for Histogram {
    fn default() -> Self {
        Self(vec![0; 40 * 128])
    }
}

impl Histogram {
    fn bucket(microseconds: u64) -> usize {
        let doublings = u64::from((microseconds / PARTS).checked_ilog2().map_or(0, |bits| bits + 1));
        let bucket =
            if doublings == 0 { microseconds } else { doublings * PARTS + (microseconds >> (doublings - 1)) - PARTS };
        usize::try_from(bucket).unwrap_or(usize::MAX)
    }

    fn add(&mut self, time: Duration) {
        let bucket = Self::bucket(u64::try_from(time.as_micros()).unwrap_or(u64::MAX)).min(self.0.len() - 1);
        if let Some(count) = self.0.get_mut(bucket) {
            *count += 1;
        }
    }

    /// The time that so many of a thousand are not above.
    fn of_thousand(&self, part: u64) -> Duration {
        let total: u64 = self.0.iter().sum();
        if total == 0 {
            return Duration::ZERO;
        }
        let wanted = (total * part).div_ceil(1000);
        let mut seen = 0;
        for microseconds in 0.. {
            let bucket = Self::bucket(microseconds);
            let Some(count) = self.0.get(bucket) else { break };
            // The first time of each bucket stands for it.
            if microseconds == 0 || Self::bucket(microseconds - 1) != bucket {
                seen += count;
                if seen >= wanted {
                    return Duration::from_micros(microseconds);
                }
            }
        }
        Duration::ZERO
    }
}

impl Outcome {
    /// Answers in a second.
    pub fn rate(&self) -> f64 {
        self.in_a_second(self.answered)
    }

    /// Answers in a second that say to come again.
    pub fn shed_rate(&self) -> f64 {
        self.in_a_second(self.shed)
    }

    /// Requests in a second that were never sent.
    pub fn unsent_rate(&self) -> f64 {
        self.in_a_second(self.unsent)
    }

    /// Requests in a second that were due.
    pub fn due_rate(&self) -> f64 {
        self.in_a_second(self.due)
    }

    fn in_a_second(&self, count: u64) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
        let count = count as f64;
        count / self.took.as_secs_f64()
    }

    /// The time that 50 % of the answers are not above, and so on.
    pub fn p50(&self) -> Duration {
        self.times.of_thousand(500)
    }

    pub fn p99(&self) -> Duration {
        self.times.of_thousand(990)
    }

    pub fn p999(&self) -> Duration {
        self.times.of_thousand(999)
    }

    /// The time within which 99 % of those that have to come again know it.
    pub fn shed_p99(&self) -> Duration {
        self.shed_times.of_thousand(990)
    }
}

/// When a request is sent.
#[derive(Clone, Copy)]
pub enum Pace {
    /// As soon as the one before it on the same connection is answered.
    AfterEach,
    /// So many in a second over all connections. Each counts from the moment when it was due, so that one that could not be sent because
    /// the server was slow is as late as its sender sees it.
    Fixed(f64),
}

/// How long it goes on.
#[derive(Clone, Copy)]
pub enum Until {
    Time(Duration),
    Answers(u64),
}

/// The longest that a request which is due waits for a connection.
const PATIENCE: Duration = Duration::from_millis(10);
/// Bytes of an answer at most.
const ANSWER: usize = 16 << 10;

/// Sends requests over so many connections.
///
/// # Errors
/// When a connection breaks, or an answer is neither 200 nor 503.
pub fn run(
    address: SocketAddr,
    request: &Request,
    connections: usize,
    pace: Pace,
    until: Until,
) -> anyhow::Result<Outcome> {
    let mut text =
        format!("POST {} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", request.path, request.body.len());
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&request.body);
    let text = text.as_bytes();
    let mut poll = Poll::new()?;
    let mut all = (0..connections)
        .map(|number| Connection::open(address, &poll, Token(number)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut idle: VecDeque<usize> = (0..connections).collect();
    let mut events = Events::with_capacity(1024);
    let mut outcome = Outcome::default();
    let begun = Instant::now();
    let mut due = Due { begun, pace, count: 0 };
    let is_done = |outcome: &Outcome| match until {
        Until::Time(time) => begun.elapsed() >= time,
        Until::Answers(count) => outcome.answered + outcome.shed >= count,
    };
    while !is_done(&outcome) {
        let now = Instant::now();
        while let Some(since) = due.next(now) {
            if let Some(number) = idle.pop_front() {
                all.get_mut(number).context("no such connection")?.ask(text, since)?;
            } else if now.duration_since(since) > PATIENCE {
                outcome.unsent += 1;
            } else {
                break;
            }
            due.count += 1;
        }
        // The system counts in milliseconds.
        poll.poll(&mut events, Some(Duration::from_millis(1)))?;
        for event in &events {
            let number = event.token().0;
            let connection = all.get_mut(number).context("no such connection")?;
            let Some((status, has_advice)) = connection.answer()? else { continue };
            let Some(since) = connection.asked.take() else { bail!("an answer that nobody asked for") };
            match status {
                200 => {
                    outcome.answered += 1;
                    outcome.times.add(since.elapsed());
                }
                503 => {
                    outcome.shed += 1;
                    outcome.shed_without_advice += u64::from(!has_advice);
                    outcome.shed_times.add(since.elapsed());
                }
                other => bail!("the server answers {other}: {}", String::from_utf8_lossy(&connection.buffer)),
            }
            match pace {
                Pace::AfterEach => {
                    connection.ask(text, Instant::now())?;
                    due.count += 1;
                }
                Pace::Fixed(_) => idle.push_back(number),
            }
        }
    }
    outcome.took = begun.elapsed();
    outcome.due = due.until(begun + outcome.took).max(due.count);
    outcome.unsent += outcome.due - due.count;
    Ok(outcome)
}

/// Which requests are due.
struct Due {
    begun: Instant,
    pace: Pace,
    /// How many are done with.
    count: u64,
}

impl Due {
    /// Since when the next one is due, if it is.
    fn next(&self, now: Instant) -> Option<Instant> {
        let since = match self.pace {
            // The connections that wait for nothing.
            Pace::AfterEach => now,
            #[allow(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
            Pace::Fixed(rate) => self.begun + Duration::from_secs_f64(self.count as f64 / rate),
        };
        (since <= now).then_some(since)
    }

    /// How many were due until then at a fixed rate.
    fn until(&self, end: Instant) -> u64 {
        match self.pace {
            Pace::AfterEach => 0,
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            Pace::Fixed(rate) => (end.duration_since(self.begun).as_secs_f64() * rate) as u64,
        }
    }
}

struct Connection {
    stream: TcpStream,
    /// What has come of an answer.
    buffer: Vec<u8>,
    filled: usize,
    /// Since when somebody waits for it.
    asked: Option<Instant>,
}

impl Connection {
    fn open(address: SocketAddr, poll: &Poll, token: Token) -> anyhow::Result<Self> {
        let stream = std::net::TcpStream::connect(address).context("the server takes no connection")?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, token, Interest::READABLE)?;
        Ok(Self { stream, buffer: vec![0; ANSWER], filled: 0, asked: None })
    }

    fn ask(&mut self, text: &[u8], since: Instant) -> anyhow::Result<()> {
        self.filled = 0;
        self.asked = Some(since);
        // Nothing is on its way over this connection, so there is room for all of it.
        Ok(self.stream.write_all(text)?)
    }

    /// Reads what there is: the status of a whole answer, and whether it says when to come again.
    fn answer(&mut self) -> anyhow::Result<Option<(u16, bool)>> {
        loop {
            let read = match self.stream.read(self.buffer.get_mut(self.filled..).unwrap_or_default()) {
                Ok(0) => bail!("the server closed a connection in the middle"),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            self.filled += read;
            let text = self.buffer.get(..self.filled).unwrap_or_default();
            let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(text.get(..end).unwrap_or_default())?;
            let length = header(head, "content-length").and_then(|length| length.parse::<usize>().ok());
            if self.filled >= end + 4 + length.context("an answer has no length")? {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
                let status = status.context("an answer has no status")?;
                return Ok(Some((status, header(head, "retry-after").is_some())));
            }
        }
    }
}

/// The value of a header.
fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_again_to_one_part_in_a_hundred() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.of_thousand(990), Duration::ZERO);
        for microseconds in [10, 500, 5_000, 40_000, 3_000_000] {
            histogram.add(Duration::from_micros(microseconds));
        }
        for (part, expected) in [(200, 10), (400, 500), (600, 5_000), (800, 40_000), (1000, 3_000_000)] {
            let found = u64::try_from(histogram.of_thousand(part).as_micros()).unwrap_or_default();
            assert!(found <= expected && found * 100 >= expected * 99, "{found} for {expected}");
        }
    }
}
