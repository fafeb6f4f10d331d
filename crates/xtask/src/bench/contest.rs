//! Several programs that do the same thing, run in turn.
//!
//! In turn (A, B, C, A, B, C, ...) and not one after the other, so that whatever else happens on the machine hits
//! all of them alike.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::results::{Cell, Table};
use super::statistics::{Times, ratio};

/// How often memory is looked at.
const SAMPLE: Duration = Duration::from_millis(2);

/// A program with its arguments.
#[derive(Clone)]
pub struct Contestant {
    /// What the table calls it.
    pub name: &'static str,
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
    /// How much of the work it is given: 1, or less for somebody too slow for all of it. Times are scaled.
    share: f64,
    /// The most runs.
    runs: usize,
    /// Whether what it complains of is shown.
    aloud: bool,
}

impl Contestant {
    /// A program that is started in `folder`.
    pub fn new(name: &'static str, program: impl Into<PathBuf>, folder: &Path) -> Self {
        Self {
            name,
            program: program.into(),
            arguments: Vec::new(),
            folder: folder.to_owned(),
            share: 1.0,
            runs: usize::MAX,
            aloud: false,
        }
    }

    /// With further arguments.
    pub fn with<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// With at most this many runs.
    pub fn at_most(mut self, runs: usize) -> Self {
        self.runs = runs;
        self
    }

    /// With only this share of the work.
    pub fn for_share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// With its standard error shown: for programs that say nothing when all is well.
    pub fn aloud(mut self) -> Self {
        self.aloud = true;
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(if self.aloud { Stdio::inherit() } else { Stdio::null() });
        command
    }

    fn cannot_start(&self) -> String {
        format!("{}: `{}` cannot be started", self.name, self.program.display())
    }

    /// From starting the program to its end; output is thrown away.
    pub fn time(&self) -> anyhow::Result<Duration> {
        let mut command = self.command();
        let start = Instant::now();
        let status = command.status().with_context(|| self.cannot_start())?;
        let time = start.elapsed();
        if !status.success() {
            bail!("{} failed on documents that are valid ({status})", self.name);
        }
        Ok(time)
    }

    /// An error unless it refuses what it is given: nobody is measured who does not look.
    pub fn must_refuse(&self) -> anyhow::Result<()> {
        let status = self.command().status().with_context(|| self.cannot_start())?;
        if status.success() {
            bail!("{} accepted a document that is not valid", self.name);
        }
        Ok(())
    }

    /// The most memory that it held at once, in bytes (`VmHWM` of Linux); `None` elsewhere.
    ///
    /// # Errors
    /// When it fails: what it needed until then says nothing.
    pub fn peak_memory(&self) -> anyhow::Result<Option<u64>> {
        let mut child = self.command().spawn().with_context(|| self.cannot_start())?;
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let mut peak = None;
        let ended = loop {
            if let Some(ended) = child.try_wait()? {
                break ended;
            }
            // The mark never falls, so the last look is the one that counts.
            peak = peak.max(std::fs::read_to_string(&status).ok().and_then(|text| high_water_mark(&text)));
            std::thread::sleep(SAMPLE);
        };
        if !ended.success() {
            bail!("{} failed while its memory was looked at ({ended})", self.name);
        }
        Ok(peak)
    }
}

/// `VmHWM:     5012 kB` in bytes.
fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Times of all contestants, in their order.
pub struct Outcome {
    /// Whose they are.
    pub contestants: Vec<Contestant>,
    /// One entry per contestant.
    pub times: Vec<Times>,
}

/// Runs all in turn, each once without counting (the disk is warm then) and up to `runs` times.
pub fn run(contestants: Vec<Contestant>, runs: usize) -> anyhow::Result<Outcome> {
    for contestant in &contestants {
        contestant.time()?;
    }
    let mut times = vec![Times::default(); contestants.len()];
    for round in 0..runs {
        for (contestant, times) in contestants.iter().zip(&mut times) {
            if round < contestant.runs {
                times.push(contestant.time()?);
            }
        }
    }
    Ok(Outcome { contestants, times })
}

impl Outcome {
    /// The median of a contestant for the whole work.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn median(&self, name: &str) -> anyhow::Result<Duration> {
        let place = self.contestants.iter().position(|contestant| contestant.name == name);
        let found = place.and_then(|place| self.contestants.get(place).zip(self.times.get(place)));
        let (contestant, times) = found.with_context(|| format!("`{name}` was not measured"))?;
        Ok(times.median().div_f64(contestant.share))
    }

    /// A table of everybody beside `base`. With `documents`, also how many of them each checks in a second.
    ///
    /// # Errors
    /// When `base` was not measured.
    pub fn table(&self, base: &str, documents: Option<u32>) -> anyhow::Result<Table> {
        let base_median = self.median(base)?;
        let mut table = Table::new(&["program", "median", "95 %", "runs", &format!("× {base}")]);
        if documents.is_some() {
            table.column("documents a second");
        }
        for (contestant, times) in self.contestants.iter().zip(&self.times) {
            let median = times.median().div_f64(contestant.share);
            let mut row = vec![
                Cell::text(contestant.name),
                Cell::time(median),
                Cell::time(times.p95().div_f64(contestant.share)),
                Cell::count(times.count()),
                Cell::ratio(ratio(median, base_median)),
            ];
            row.extend(documents.map(|documents| Cell::rate(f64::from(documents) / median.as_secs_f64())));
            table.row(row);
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_in_bytes() {
        assert_eq!(high_water_mark("Name:\tx\nVmPeak:\t  9999 kB\nVmHWM:\t    5012 kB\n"), Some(5012 * 1024));
        assert_eq!(high_water_mark("Name:\tx\n"), None);
    }

    #[test]
    fn a_share_of_the_work_counts_as_the_whole() {
        let slow = Contestant::new("slow", "slow", Path::new(".")).for_share(0.1);
        let outcome = Outcome { contestants: vec![slow], times: vec![Times::from_iter([Duration::from_millis(20)])] };
        assert_eq!(outcome.median("slow").ok(), Some(Duration::from_millis(200)));
        assert!(outcome.median("nobody").is_err());
    }
}
