//! Work on several threads, results in order, memory bounded.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many results may wait for an earlier one, for each thread.
const AHEAD: usize = 4;
/// What a worker needs besides the stack of the guest.
const SPARE_STACK: usize = 1 << 20;

/// Runs `work` on every item, on `threads` threads, and hands the results to `deliver` in the order of the items,
/// on the calling thread. Items are taken one at a time and only a few ahead of `deliver`, so memory does not
/// depend on how many there are.
///
/// A single item, or a single thread, is worked on by the calling thread. `stack` is the native stack that `work`
/// uses, in bytes.
///
/// # Errors
/// The first error of `deliver`; no further item is taken then.
pub fn in_order<T, R, E>(
    items: impl Iterator<Item = T> + Send,
    threads: usize,
    stack: usize,
    work: impl Fn(T) -> R + Sync,
    mut deliver: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send,
    R: Send,
{
    let mut items = items;
    let first: Vec<T> = items.by_ref().take(2).collect();
    let alone = first.len() < 2 || threads < 2;
    let mut items = first.into_iter().chain(items);
    if alone {
        return items.try_for_each(|item| deliver(work(item)));
    }
    let queue = Queue::new(items, threads * AHEAD);
    std::thread::scope(|scope| {
        let _stop = StopOnDrop(&queue.line);
        let workers = (0..threads)
            .filter_map(|_| {
                let builder = std::thread::Builder::new().stack_size(stack.saturating_add(SPARE_STACK));
                builder.spawn_scoped(scope, || queue.run(&work)).ok()
            })
            .count();
        if workers == 0 {
            // The system gives no threads: do it here.
            while let Some((_, item)) = queue.take() {
                queue.line.lock().delivered += 1;
                deliver(work(item))?;
            }
            return Ok(());
        }
        while let Some(result) = queue.line.next() {
            deliver(result)?;
        }
        Ok(())
    })
}

/// Items on one side, finished results in line on the other.
struct Queue<I, R> {
    items: Mutex<Source<I>>,
    line: Line<R>,
    ahead: usize,
}

struct Source<I> {
    items: I,
    taken: usize,
}

struct Line<R> {
    state: Mutex<State<R>>,
    changed: Condvar,
}

struct State<R> {
    /// Results from number `delivered` on; `None` is still being worked on.
    waiting: VecDeque<Option<R>>,
    delivered: usize,
    /// How many items there are, once that is known.
    total: Option<usize>,
    stop: bool,
}

impl<R> Line<R> {
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<R>>) -> MutexGuard<'a, State<R>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// The next result in order; `None` at the end, or when a worker died.
    fn next(&self) -> Option<R> {
        let mut state = self.lock();
        loop {
            if let Some(result) = state.waiting.front_mut().and_then(Option::take) {
                state.waiting.pop_front();
                state.delivered += 1;
                self.changed.notify_all();
                return Some(result);
            }
            if state.stop || state.total == Some(state.delivered) {
                return None;
            }
            state = self.wait(state);
        }
    }

    fn put(&self, number: usize, result: R) {
        let mut state = self.lock();
        let place = number - state.delivered;
        while state.waiting.len() <= place {
            state.waiting.push_back(None);
        }
        if let Some(slot) = state.waiting.get_mut(place) {
            *slot = Some(result);
        }
        self.changed.notify_all();
    }
}

impl<T, R, I: Iterator<Item = T>> Queue<I, R> {
    fn new(items: I, ahead: usize) -> Self {
        let state = State { waiting: VecDeque::new(), delivered: 0, total: None, stop: false };
        Self {
            items: Mutex::new(Source { items, taken: 0 }),
            line: Line { state: Mutex::new(state), changed: Condvar::new() },
            ahead,
        }
    }

    /// The next item and its number, once it is less than `ahead` before the results.
    fn take(&self) -> Option<(usize, T)> {
        let mut source = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.line.lock();
        while !state.stop && source.taken >= state.delivered + self.ahead {
            state = self.line.wait(state);
        }
        if state.stop {
            return None;
        }
        drop(state);
        if let Some(item) = source.items.next() {
            source.taken += 1;
            return Some((source.taken - 1, item));
        }
        self.line.lock().total = Some(source.taken);
        self.line.changed.notify_all();
        None
    }

    fn run(&self, work: &impl Fn(T) -> R) {
        let guard = StopOnDrop(&self.line);
        while let Some((number, item)) = self.take() {
            self.line.put(number, work(item));
        }
        // A panic of `work` or of the iterator does not come here: the guard then ends the waiting of all others.
        std::mem::forget(guard);
    }
}

/// Lets everybody stop when the holder leaves early.
struct StopOnDrop<'a, R>(&'a Line<R>);

impl<R> Drop for StopOnDrop<'_, R> {
    fn drop(&mut self) {
        self.0.lock().stop = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    /// Slower for some items than for others, so that threads overtake each other.
    fn slow(number: usize) -> usize {
        std::thread::sleep(Duration::from_micros((number * 7919 % 13) as u64 * 100));
        number
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for threads in [0, 1, 2, 5] {
            let mut results = Vec::new();
            in_order(0..200, threads, 0, slow, |result| {
                results.push(result);
                Ok::<(), ()>(())
            })
            .unwrap();
            assert_eq!(results, (0..200).collect::<Vec<_>>());
        }
    }

    #[test]
    fn items_are_taken_only_a_few_ahead() {
        let taken = AtomicUsize::new(0);
        let items = (0..1_000).inspect(|_| {
            taken.fetch_add(1, Ordering::SeqCst);
        });
        let mut delivered = 0;
        in_order(items, 2, 0, slow, |_| {
            delivered += 1;
            let ahead = taken.load(Ordering::SeqCst) - delivered;
            if ahead > 2 * AHEAD + 1 { Err(ahead) } else { Ok(()) }
        })
        .unwrap();
        assert_eq!(delivered, 1_000);
    }

    #[test]
    fn an_error_of_the_receiver_stops_everything() {
        let mut delivered = 0;
        let result = in_order(0.., 3, 0, slow, |number| {
            delivered += 1;
            if number == 20 { Err("full") } else { Ok(()) }
        });
        assert_eq!(result, Err("full"));
        assert_eq!(delivered, 21);
    }

    #[test]
    fn a_single_item_is_worked_on_by_the_caller() {
        let caller = std::thread::current().id();
        in_order(
            std::iter::once(()),
            8,
            0,
            |()| std::thread::current().id(),
            |thread| {
                assert_eq!(thread, caller);
                Ok::<(), ()>(())
            },
        )
        .unwrap();
    }

    #[test]
    fn a_panic_of_a_worker_reaches_the_caller() {
        let panicked = std::panic::catch_unwind(|| {
            in_order(
                0..100,
                2,
                0,
                |number| if number == 50 { panic!("on purpose") } else { number },
                |_| Ok::<(), ()>(()),
            )
        });
        assert!(panicked.is_err());
    }
}
