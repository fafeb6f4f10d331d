//! Load: so many connections, each of which sends the same request as soon as the last one is answered, by hand over sockets, so that
//! the generator takes as little of the machine as it can.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

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
    pub took: Duration,
    /// How long the ones that were answered took, in microseconds, counted.
    times: Histogram,
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

    fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(count, more)| *count += more);
    }

    /// The time that so many of a thousand are not above.
    fn of_thousand(&self, part: u64) -> Duration {
        let total: u64 = self.0.iter().sum();
        let wanted = (total * part).div_ceil(1000).max(1);
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
        #[allow(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
        let answered = self.answered as f64;
        answered / self.took.as_secs_f64()
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
}

/// How long it goes on.
#[derive(Clone, Copy)]
pub enum Until {
    Time(Duration),
    Answers(u64),
}

/// Sends requests over so many connections.
///
/// # Errors
/// When a connection breaks, or an answer is neither 200 nor 503.
pub fn run(address: SocketAddr, request: &Request, connections: usize, until: Until) -> anyhow::Result<Outcome> {
    let mut text =
        format!("POST {} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", request.path, request.body.len());
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&request.body);
    let begun = Instant::now();
    let answers = AtomicU64::new(0);
    let done = || match until {
        Until::Time(time) => begun.elapsed() >= time,
        Until::Answers(count) => answers.load(Ordering::Relaxed) >= count,
    };
    let outcomes = std::thread::scope(|scope| {
        let one = || connection(address, text.as_bytes(), &answers, &done);
        let start = || std::thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, one);
        let threads = (0..connections).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
        let join =
            |thread: std::thread::ScopedJoinHandle<'_, _>| thread.join().unwrap_or_else(|_| bail!("a connection died"));
        threads.into_iter().map(join).collect::<anyhow::Result<Vec<Outcome>>>()
    })?;
    let mut all = Outcome { took: begun.elapsed(), ..Outcome::default() };
    for one in outcomes {
        all.answered += one.answered;
        all.shed += one.shed;
        all.shed_without_advice += one.shed_without_advice;
        all.times.merge(&one.times);
    }
    Ok(all)
}

fn connection(
    address: SocketAddr,
    request: &[u8],
    answers: &AtomicU64,
    done: &impl Fn() -> bool,
) -> anyhow::Result<Outcome> {
    let mut stream = TcpStream::connect(address).context("the server takes no connection")?;
    stream.set_nodelay(true)?;
    let mut outcome = Outcome::default();
    let mut buffer = vec![0; 64 << 10];
    while !done() {
        let begun = Instant::now();
        stream.write_all(request)?;
        let (status, has_advice) = answer(&mut stream, &mut buffer)?;
        match status {
            200 => {
                outcome.answered += 1;
                outcome.times.add(begun.elapsed());
            }
            503 => {
                outcome.shed += 1;
                outcome.shed_without_advice += u64::from(!has_advice);
            }
            other => {
                bail!("the server answers {other}: {}", String::from_utf8_lossy(buffer.get(..400).unwrap_or_default()))
            }
        }
        answers.fetch_add(1, Ordering::Relaxed);
    }
    Ok(outcome)
}

/// Reads one answer: its status, and whether it says when to come again.
fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<(u16, bool)> {
    let mut filled = 0;
    loop {
        let read = stream.read(buffer.get_mut(filled..).unwrap_or_default())?;
        if read == 0 {
            bail!("the server closed a connection in the middle");
        }
        filled += read;
        let text = buffer.get(..filled).unwrap_or_default();
        let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(text.get(..end).unwrap_or_default()).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        let length = length.context("an answer has no length")?;
        if filled >= end + 4 + length {
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
            return Ok((status.context("an answer has no status")?, head.contains("\nretry-after:")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_again_to_one_part_in_a_hundred() {
        let mut histogram = Histogram::default();
        for microseconds in [10, 500, 5_000, 40_000, 3_000_000] {
            histogram.add(Duration::from_micros(microseconds));
        }
        for (part, expected) in [(200, 10), (400, 500), (600, 5_000), (800, 40_000), (1000, 3_000_000)] {
            let found = u64::try_from(histogram.of_thousand(part).as_micros()).unwrap_or_default();
            assert!(found <= expected && found * 100 >= expected * 99, "{found} for {expected}");
        }
    }
}
