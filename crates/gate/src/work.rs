//! How much is done at the same time: so many requests are at work, some wait, and the rest is told to come again. A server that takes
//! everything answers nobody in time.
//!
//! Small documents are checked by the threads that also read requests. A request would be done as soon as it is read, and nobody would
//! ever be seen waiting: what is too much would wait where nobody counts, in the buffers of connections. So when there are more
//! connections than there is room for, a request lets the others in before it is worked on; those who find the room full know it within
//! the time that the room takes, instead of waiting behind all of them. (A bounded queue in front of the work: "Handling Overload",
//! chapter 21 of *Site Reliability Engineering*, Beyer et al. 2016.)

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use setpoint_checker::{CheckerError, Policy};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// The longest that a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(1);
/// Bytes that bodies are counted in.
const PART: usize = 64 << 10;
/// Between two lines in the log about requests that were told to come again.
const BETWEEN_LINES: Duration = Duration::from_secs(1);
/// Documents up to this size are checked where they are: handing them to another thread takes longer than they do.
const SMALL: usize = 16 << 10;

/// Fuel for what is done at once: a few milliseconds.
const QUICK: u64 = 20_000_000;

/// Fuel for anything else: about as long as a request may take.
const LONGEST: u64 = 100_000_000_000;

/// Between two requests that are told to come again: each processor has about a sixth of its time for that.
static BETWEEN_TURNS: LazyLock<Duration> =
    LazyLock::new(|| Duration::from_micros(120) / u32::try_from(processors()).unwrap_or(1));

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Places for what takes longer.
static LONG: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(processors())));

/// The places at work, and the room in front of them.
#[derive(Debug)]
pub struct Work {
    places: Arc<Semaphore>,
    /// Requests that wait or are worked on.
    inside: Arc<AtomicUsize>,
    /// As many as there may be.
    most: usize,
    /// Room for bodies that are waited for, in parts of [`PART`] bytes.
    bodies: Semaphore,
    shed: Mutex<Shed>,
}

/// Requests that are told to come again.
#[derive(Debug)]
struct Shed {
    /// How many, since it was last said in the log.
    count: u64,
    said: Option<Instant>,
    /// When the next one is told.
    turn: Instant,
}

/// A place at work, for as long as it is held.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    _inside: Inside,
}

/// The place of a request, which gives it up while it waits for its body: those who send slowly keep nobody from work.
#[derive(Debug)]
pub struct Seat(Mutex<Option<Place>>);

impl Seat {
    pub fn new(place: Place) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(place))))
    }

    fn put(&self, place: Option<Place>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }
}

/// There is no room, or no place became free in time.
#[derive(Debug)]
pub struct NoRoom;

/// One who waits or is worked on.
#[derive(Debug)]
struct Inside(Arc<AtomicUsize>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Work {
    /// So many requests at once, so many that wait, with bodies of so many bytes at most.
    pub fn new(at_once: usize, most_waiting: usize, body: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            places: Arc::new(Semaphore::new(at_once)),
            inside: Arc::default(),
            most: at_once.saturating_add(most_waiting),
            // As much as those at work may have.
            bodies: Semaphore::new(at_once.saturating_mul(parts(body)).min(Semaphore::MAX_PERMITS)),
            shed: Mutex::new(Shed { count: 0, said: None, turn: Instant::now() }),
        }
    }

    /// A place at work, when there are so many connections: each has one request at a time.
    pub async fn place(&self, connections: usize) -> Result<Place, NoRoom> {
        let before = self.inside.fetch_add(1, Ordering::Relaxed);
        let inside = Inside(Arc::clone(&self.inside));
        if before >= self.most {
            return Err(NoRoom);
        }
        if connections > self.most {
            tokio::task::yield_now().await;
        }
        self.seated(inside).await
    }

    /// A place for one who is inside.
    async fn seated(&self, inside: Inside) -> Result<Place, NoRoom> {
        let permit = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => patiently(&self.places).await.ok_or(NoRoom)?,
        };
        Ok(Place { _permit: permit, _inside: inside })
    }

    /// Waits for a body of so many bytes at most, and not in the place of a request that could be worked on. Whoever was let in once is
    /// let in again; what has not come needs no place.
    pub async fn wait_for<T, E>(
        &self,
        seat: &Seat,
        bytes: usize,
        body: impl Future<Output = Result<T, E>>,
    ) -> Result<Result<T, E>, NoRoom> {
        seat.put(None);
        let parts = u32::try_from(parts(bytes)).unwrap_or(u32::MAX);
        let room = tokio::time::timeout(PATIENCE, self.bodies.acquire_many(parts)).await;
        let Ok(Ok(_room)) = room else { return Err(NoRoom) };
        let read = body.await;
        if read.is_ok() {
            self.inside.fetch_add(1, Ordering::Relaxed);
            seat.put(Some(self.seated(Inside(Arc::clone(&self.inside))).await?));
        }
        Ok(read)
    }

    /// Whether nobody is let in.
    pub fn is_full(&self) -> bool {
        self.inside.load(Ordering::Relaxed) >= self.most
    }

    /// Counts a request that is told to come again, and waits until it may be told. To tell somebody takes about half as long as to do
    /// what they ask for. Told at once, those who ask again at once would keep the server from everything else; their connections wait
    /// instead, which takes nothing.
    pub async fn shed(&self) {
        let (wait, count) = self.turn(Instant::now());
        if let Some(count) = count {
            tracing::warn!(count, "there is more to do than can be done in time: requests were told to come again");
        }
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// How long the next one waits until it is told, and how many there were since that was last said in the log: at most once a second,
    /// because a line for each would be more work than what is not done.
    fn turn(&self, now: Instant) -> (Duration, Option<u64>) {
        let mut shed = self.shed.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = shed.turn.saturating_duration_since(now).min(PATIENCE);
        shed.turn = now + wait + *BETWEEN_TURNS;
        shed.count += 1;
        let is_said = shed.said.is_some_and(|said| now.saturating_duration_since(said) < BETWEEN_LINES);
        if is_said {
            return (wait, None);
        }
        shed.said = Some(now);
        (wait, Some(std::mem::take(&mut shed.count)))
    }
}

/// Parts that so many bytes take.
fn parts(bytes: usize) -> usize {
    bytes.div_ceil(PART).max(1)
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
        let work = Work::new(1, 0, 1);
        let place = work.place(1).await.unwrap();
        assert!(work.is_full());
        work.place(1).await.unwrap_err();
        assert_eq!(Problem::no_room().status().as_u16(), 503);
        drop(place);
        drop(work.place(1).await.unwrap());
    }

    #[tokio::test]
    async fn requests_that_never_wait_for_anything_are_counted_when_there_are_more_than_there_is_room_for() {
        let work = Work::new(2, 3, 1);
        let one = async || work.place(6).await.is_ok();
        let all = tokio::join!(one(), one(), one(), one(), one(), one());
        assert_eq!(all, (true, true, true, true, true, false));
        assert_eq!(work.inside.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn whoever_waits_for_a_body_is_in_nobodys_way() {
        let work = Work::new(1, 0, PART);
        let seat = Seat::new(work.place(1).await.unwrap());
        let (send, body) = tokio::sync::oneshot::channel();
        let (waited, ()) = tokio::join!(work.wait_for(&seat, 1, body), async {
            tokio::task::yield_now().await;
            // Its place is free, and there is room for no second body.
            drop(work.place(1).await.unwrap());
            assert_eq!(work.bodies.available_permits(), 0);
            send.send(7).unwrap();
        });
        assert_eq!(waited.unwrap(), Ok(7));
        // Whoever was let in is let in again, however many have come meanwhile.
        assert!(work.is_full());
        drop(seat);
        assert!(!work.is_full());
    }

    #[test]
    fn what_is_shed_is_said_once_a_second() {
        let work = Work::new(1, 0, 1);
        let now = Instant::now();
        assert_eq!(
            [0, 0, 999, 1000, 1000].map(|ms| work.turn(now + Duration::from_millis(ms)).1),
            [Some(1), None, None, Some(3), None]
        );
    }

    #[test]
    fn those_who_are_told_to_come_again_wait_for_each_other_and_not_too_long() {
        let work = Work::new(1, 0, 1);
        let now = Instant::now();
        let waits: Vec<Duration> = (0..100_000).map(|_| work.turn(now).0).collect();
        assert_eq!(waits.first(), Some(&Duration::ZERO));
        assert_eq!(waits.get(10), Some(&(*BETWEEN_TURNS * 10)));
        assert_eq!(waits.last(), Some(&PATIENCE));
        // Whoever comes later does not wait for those who are gone.
        assert_eq!(work.turn(now + Duration::from_secs(2)).0, Duration::ZERO);
    }

    #[tokio::test]
    async fn who_waits_gets_the_place_that_becomes_free() {
        let work = Work::new(1, 1, 1);
        let permit = work.place(1).await.unwrap();
        let (waited, ()) = tokio::join!(work.place(1), async {
            tokio::task::yield_now().await;
            drop(permit);
        });
        drop(waited.unwrap());
        assert_eq!(work.inside.load(Ordering::Relaxed), 0);
    }
}
