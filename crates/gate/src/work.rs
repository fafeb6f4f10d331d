//! How much is done at the same time: so many requests are at work, some wait, and the rest is told to come again. A server that takes
//! everything answers nobody in time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use setpoint_checker::{CheckerError, Policy};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::problem::Problem;

/// The longest that a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(1);
/// Documents up to this size are checked where they are: handing them to another thread takes longer than they do.
const SMALL: usize = 16 << 10;

/// Fuel for what is done at once: a few milliseconds.
const QUICK: u64 = 20_000_000;

/// Fuel for anything else: about as long as a request may take.
const LONGEST: u64 = 100_000_000_000;

/// Places for what takes longer.
static LONG: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Arc::new(Semaphore::new(processors))
});

/// The places at work.
#[derive(Debug)]
pub struct Work {
    places: Semaphore,
    waiting: AtomicUsize,
    most_waiting: usize,
}

/// One who waits.
struct Waiting<'w>(&'w AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Work {
    pub fn new(at_once: usize, most_waiting: usize) -> Self {
        Self { places: Semaphore::new(at_once.max(1)), waiting: AtomicUsize::new(0), most_waiting }
    }

    /// A place at work, for as long as the permit is held.
    pub async fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if let Ok(permit) = self.places.try_acquire() {
            return Ok(permit);
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.most_waiting {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Problem::overloaded("more requests are waiting than can be done in time"));
        }
        let _waiting = Waiting(&self.waiting);
        match tokio::time::timeout(PATIENCE, self.places.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Problem::overloaded("no place became free in time")),
        }
    }
}

/// A place, if one becomes free in time.
pub async fn patiently(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    tokio::time::timeout(PATIENCE, Arc::clone(places).acquire_owned()).await.ok()?.ok()
}

/// Asks the checker, about a text of some size. What is quickly done is done here; anything else on a thread of its own, of which
/// there are as many as processors. However long a document takes, others are answered meanwhile.
pub async fn run<T: Send + 'static>(
    policy: &Arc<Policy>,
    size: usize,
    ask: impl Fn(&Policy) -> Result<T, CheckerError> + Send + Sync + 'static,
) -> Result<T, Problem> {
    let ask = Arc::new(ask);
    if size <= SMALL {
        let quick = policy.within(QUICK);
        let done = if policy.is_ready() {
            ask(&quick)
        } else {
            // An instance has to be made first, which takes as long as the bundle is large.
            let ask = Arc::clone(&ask);
            match tokio::task::spawn_blocking(move || ask(&quick)).await {
                Ok(done) => done,
                Err(error) => return Err(Problem::internal(&error)),
            }
        };
        match done {
            Err(CheckerError::Fuel { .. }) => {}
            done => return Ok(done?),
        }
    }
    let place = patiently(&LONG).await;
    let place = place.ok_or_else(|| Problem::overloaded("all processors are at work on requests that take long"))?;
    let policy = Arc::clone(policy);
    let done = tokio::task::spawn_blocking(move || {
        // Whoever asked may have gone away; the place is free when the work is done.
        let _place = place;
        ask(&policy.within(LONGEST))
    });
    match done.await {
        Ok(done) => Ok(done?),
        Err(error) => Err(Problem::internal(&error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[tokio::test]
    async fn who_finds_no_place_and_no_room_to_wait_is_told_so() {
        let work = Work::new(1, 0);
        let permit = work.place().await.unwrap();
        let problem = work.place().await.unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (503, "overloaded"));
        drop(permit);
        drop(work.place().await.unwrap());
    }

    #[tokio::test]
    async fn who_waits_gets_the_place_that_becomes_free() {
        let work = Work::new(1, 1);
        let permit = work.place().await.unwrap();
        let (waited, ()) = tokio::join!(work.place(), async {
            tokio::task::yield_now().await;
            drop(permit);
        });
        drop(waited.unwrap());
        assert_eq!(work.waiting.load(Ordering::Relaxed), 0);
    }
}
