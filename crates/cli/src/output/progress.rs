//! A progress bar, when a run is long and a person is looking.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// A run that is shorter shows none.
const PATIENCE: Duration = Duration::from_millis(500);

/// The progress of a run.
pub(crate) struct Progress {
    started: Instant,
    wanted: bool,
    bar: Option<ProgressBar>,
    total: u64,
    done: u64,
}

impl Progress {
    pub(crate) fn new(wanted: bool) -> Self {
        Self { started: Instant::now(), wanted: wanted && terminal::is_watched(), bar: None, total: 0, done: 0 }
    }

    /// Says how much there is to do.
    pub(crate) fn expect(&mut self, total: usize) {
        self.total += u64::try_from(total).unwrap_or_default();
    }

    /// Says that so much more is done.
    pub(crate) fn advance(&mut self, by: usize) {
        self.done += u64::try_from(by).unwrap_or_default();
        if !self.wanted {
            return;
        }
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.started.elapsed() >= PATIENCE => self.bar = Some(self.show()),
            None => {}
        }
    }

    /// Writes something without tearing the bar.
    pub(crate) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.wanted = false;
    }

    fn show(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(self.total), ProgressDrawTarget::stderr());
        if self.total > 0 {
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} documents") {
                bar.set_style(style);
            }
        } else if let Ok(style) = ProgressStyle::with_template("{human_pos} documents checked") {
            bar.set_style(style);
        }
        bar.set_position(self.done);
        bar
    }
}
