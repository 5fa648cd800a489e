//! Threads that fetch what one thread asks for: the asking thread keeps all order and all state, the others only send requests.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::http::{Client, Fetched};
use crate::{Error, Result};

struct Waiting<T> {
    jobs: VecDeque<(T, String, Vec<u8>)>,
    over: bool,
}

struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    changed: Condvar,
}

impl<T> Queue<T> {
    fn with<R>(&self, work: impl FnOnce(&mut Waiting<T>) -> R) -> R {
        work(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self) -> Option<(T, String, Vec<u8>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if waiting.over {
                return None;
            }
            if let Some(job) = waiting.jobs.pop_front() {
                return Some(job);
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Ends the threads also when the asking thread panics; the scope would wait for ever otherwise.
struct Closing<'a, T>(&'a Queue<T>);

impl<T> Drop for Closing<'_, T> {
    fn drop(&mut self) {
        self.0.with(|waiting| waiting.over = true);
        self.0.changed.notify_all();
    }
}

/// The asking thread's end.
pub(super) struct Pool<'a, T> {
    queue: &'a Queue<T>,
    answers: Receiver<(T, Result<Fetched>)>,
    outstanding: usize,
    spare: Vec<Vec<u8>>,
}

impl<T: Copy> Pool<'_, T> {
    /// Asks for a path of the source's host; the answer comes with `ticket`.
    pub(super) fn ask(&mut self, ticket: T, path_and_query: String) {
        let buffer = self.spare.pop().unwrap_or_default();
        self.outstanding += 1;
        self.queue.with(|waiting| waiting.jobs.push_back((ticket, path_and_query, buffer)));
        self.queue.changed.notify_one();
    }

    /// Takes back requests that were not sent yet; how many that were.
    pub(super) fn withdraw(&mut self, mut unwanted: impl FnMut(T) -> bool) -> usize {
        let count = self.queue.with(|waiting| {
            let before = waiting.jobs.len();
            waiting.jobs.retain(|(ticket, ..)| !unwanted(*ticket));
            before - waiting.jobs.len()
        });
        self.outstanding -= count;
        count
    }

    /// Requests asked for and not yet answered.
    pub(super) fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// The next answer, waiting for it; none when nothing is asked for.
    pub(super) fn answer(&mut self) -> Option<(T, Result<Fetched>)> {
        if self.outstanding == 0 {
            return None;
        }
        self.outstanding -= 1;
        self.answers.recv().ok()
    }

    /// An answer that is there already.
    pub(super) fn ready(&mut self) -> Option<(T, Result<Fetched>)> {
        let answer = self.answers.try_recv().ok()?;
        self.outstanding -= 1;
        Some(answer)
    }

    /// Gives a buffer back for later answers.
    pub(super) fn recycle(&mut self, buffer: Vec<u8>) {
        // A few are enough for the requests in flight; a giant one is not kept.
        if self.spare.len() < 8 && buffer.capacity() < 8 << 20 {
            self.spare.push(buffer);
        }
    }
}

/// Runs `work` with `jobs` threads that fetch for it.
pub(super) fn with_pool<T: Copy + Send, R>(
    client: &Client,
    jobs: usize,
    work: impl FnOnce(&mut Pool<'_, T>) -> Result<R>,
) -> Result<R> {
    let queue = Queue {
        waiting: Mutex::new(Waiting { jobs: VecDeque::new(), over: false }),
        changed: Condvar::new(),
    };
    let (sender, answers) = channel();
    std::thread::scope(|scope| {
        let _closing = Closing(&queue);
        for _ in 0..jobs {
            let (queue, sender): (_, Sender<(T, Result<Fetched>)>) = (&queue, sender.clone());
            std::thread::Builder::new()
                .name("fetch".to_owned())
                .spawn_scoped(scope, move || {
                    while let Some((ticket, target, buffer)) = queue.take() {
                        if sender.send((ticket, client.get(&target, buffer))).is_err() {
                            return;
                        }
                    }
                })
                .map_err(|fault| {
                    Error::Source(format!("no thread could be started ({fault}); use fewer --jobs"))
                })?;
        }
        drop(sender);
        let mut pool = Pool { queue: &queue, answers, outstanding: 0, spare: Vec::new() };
        let outcome = work(&mut pool);
        if outcome.is_err() {
            // Such an error ends the run, and the threads are waited for: none of them may sit out a long wait.
            client.end();
        }
        outcome
    })
}
