//! How many requests may be on their way and how close they follow each other: one pace and one number for all threads.
//!
//! The number gives way as TCP does: halved when the source says it is too much or becomes slow, one more after fifty good answers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::progress::Progress;
use crate::{Error, Result, World};

/// Nobody sleeps longer than this without looking whether the run is to stop.
const SLICE: Duration = Duration::from_millis(200);
/// Good answers after which one more request may be in flight.
const STREAK: u32 = 50;
/// An answer is slow from here on, microseconds, unless most take an eighth of that or more.
const SLOW: i64 = 10_000_000;
/// Latest answers that make up the usual time.
const REMEMBERED: usize = 31;

/// The gate before every request.
pub(super) struct Flow {
    world: Arc<dyn World>,
    progress: Arc<Progress>,
    /// Distance between two requests, microseconds; none: no fixed pace.
    distance: Option<i64>,
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
    /// Nobody wants answers any more.
    over: AtomicBool,
}

struct State {
    limit: usize,
    running: usize,
    streak: u32,
    /// Numbers passes, so that several failures of requests that were on their way together count as one.
    next_pass: u64,
    /// The first pass that was given after the limit was last halved.
    judged_from: u64,
    held_until: i64,
    next_start: i64,
    times: [i64; REMEMBERED],
    timed: usize,
}

/// The right to have one request in flight.
pub(super) struct Pass<'a> {
    flow: &'a Flow,
    number: u64,
    started: i64,
    took: i64,
    in_flight: bool,
}

impl Flow {
    pub(super) fn new(
        world: Arc<dyn World>,
        progress: Arc<Progress>,
        most: usize,
        requests_per_second: Option<f64>,
    ) -> Self {
        Self {
            world,
            progress,
            distance: requests_per_second.map(|pace| (1_000_000.0 / pace).max(1.0) as i64),
            most,
            state: Mutex::new(State {
                limit: most,
                running: 0,
                streak: 0,
                next_pass: 0,
                judged_from: 0,
                held_until: i64::MIN,
                next_start: i64::MIN,
                times: [0; REMEMBERED],
                timed: 0,
            }),
            changed: Condvar::new(),
            over: AtomicBool::new(false),
        }
    }

    /// From now on everybody who waits, or comes to wait, gets `Error::Stopped`.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    fn stopping(&self) -> bool {
        self.over.load(Ordering::Relaxed) || self.progress.stopping()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request may be sent. `Error::Stopped` when the run is to stop.
    pub(super) fn enter(&self) -> Result<Pass<'_>> {
        let mut state = self.state();
        loop {
            if self.stopping() {
                return Err(Error::Stopped);
            }
            if state.running < state.limit {
                break;
            }
            state = self.changed.wait_timeout(state, SLICE).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.running += 1;
        Progress::add(&self.progress.in_flight, 1);
        // From here on the pass gives the place back, also when the waiting below is cut short.
        let mut pass = Pass { flow: self, number: 0, started: 0, took: 0, in_flight: true };
        let mut reserved = i64::MIN;
        loop {
            let now = self.world.now();
            // A hold voids the places that were given before it: who waited for its end does not start with all the others.
            if let Some(distance) = self.distance
                && (reserved == i64::MIN || reserved < state.held_until)
            {
                reserved = state.next_start.max(state.held_until).max(now);
                state.next_start = reserved.saturating_add(distance);
            }
            let start = reserved.max(state.held_until);
            if start <= now {
                pass.number = state.next_pass;
                pass.started = now;
                state.next_pass += 1;
                return Ok(pass);
            }
            drop(state);
            // A hold can be prolonged while we sleep, hence the loop.
            self.rest(Duration::from_micros(start.saturating_sub(now).unsigned_abs()).min(SLICE))?;
            state = self.state();
        }
    }

    /// Sleeps, unless the run is to stop.
    pub(super) fn rest(&self, mut length: Duration) -> Result<()> {
        loop {
            if self.stopping() {
                return Err(Error::Stopped);
            }
            if length.is_zero() {
                return Ok(());
            }
            let slice = length.min(SLICE);
            self.world.sleep(slice);
            length -= slice;
        }
    }

    /// No request of any thread starts before that moment.
    pub(super) fn hold(&self, until: i64) {
        let mut state = self.state();
        state.held_until = state.held_until.max(until);
    }

    #[cfg(test)]
    fn limit(&self) -> usize {
        self.state().limit
    }
}

impl State {
    fn give_way(&mut self, pass: u64) {
        if pass >= self.judged_from {
            self.limit = (self.limit / 2).max(1);
            self.judged_from = self.next_pass;
        }
        self.streak = 0;
    }

    fn slow(&self, took: i64) -> bool {
        if took <= SLOW {
            return false;
        }
        let known = self.timed.min(REMEMBERED);
        let mut times = self.times;
        let times = &mut times[..known];
        times.sort_unstable();
        let usual = times.get(known / 2).copied().unwrap_or(0);
        took > usual.saturating_mul(8)
    }
}

impl Pass<'_> {
    /// The request is over; its place is free again.
    pub(super) fn finish(&mut self) {
        if self.in_flight {
            self.in_flight = false;
            self.took = self.flow.world.now().saturating_sub(self.started);
            self.flow.progress.in_flight.fetch_sub(1, Ordering::Relaxed);
            self.flow.state().running -= 1;
            self.flow.changed.notify_one();
        }
    }

    /// It was answered; a slow answer still asks for fewer requests.
    pub(super) fn good(&self) {
        let mut state = self.flow.state();
        if state.slow(self.took) {
            state.give_way(self.number);
        } else {
            state.streak += 1;
            if state.streak >= STREAK {
                state.streak = 0;
                state.limit = (state.limit + 1).min(self.flow.most);
                self.flow.changed.notify_one();
            }
        }
        let place = state.timed % REMEMBERED;
        state.times[place] = self.took;
        state.timed += 1;
    }

    /// The source says that it is too much.
    pub(super) fn too_much(&self) {
        self.flow.state().give_way(self.number);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::Quiet;

    fn flow(most: usize, pace: Option<f64>) -> (Arc<Quiet>, Flow) {
        let world = Arc::new(Quiet::default());
        let flow = Flow::new(Arc::clone(&world) as Arc<dyn World>, Arc::default(), most, pace);
        (world, flow)
    }

    #[test]
    fn two_a_second_start_half_a_second_apart() {
        let (world, flow) = flow(4, Some(2.0));
        let begun = world.now();
        for expected in 0..5 {
            let pass = flow.enter().unwrap();
            assert_eq!(world.now() - begun, expected * 500_000);
            drop(pass);
        }
    }

    #[test]
    fn after_a_hold_the_pace_is_kept_by_those_who_waited() {
        let (world, flow) = flow(4, Some(1.0));
        let until = world.now() + 30_000_000;
        drop(flow.enter().unwrap());
        flow.hold(until);
        for expected in 0..4 {
            drop(flow.enter().unwrap());
            assert_eq!(world.now() - until, expected * 1_000_000);
        }
    }

    #[test]
    fn who_waits_for_a_reading_that_is_over_waits_no_longer() {
        let (world, flow) = flow(8, None);
        let begun = world.now();
        flow.hold(begun + 3_600_000_000);
        flow.end();
        assert!(matches!(flow.enter(), Err(Error::Stopped)));
        assert!(matches!(flow.rest(Duration::from_mins(1)), Err(Error::Stopped)));
        assert_eq!(world.now(), begun);
    }

    #[test]
    fn without_a_pace_nobody_waits() {
        let (world, flow) = flow(1, None);
        let begun = world.now();
        for _ in 0..100 {
            drop(flow.enter().unwrap());
        }
        assert_eq!(world.now(), begun);
    }

    #[test]
    fn requests_that_failed_together_halve_once_and_fifty_good_ones_add_one() {
        let (_, flow) = flow(8, None);
        let mut together: Vec<_> = (0..8).map(|_| flow.enter().unwrap()).collect();
        for pass in &mut together {
            pass.finish();
            pass.too_much();
        }
        assert_eq!(flow.limit(), 4);
        for expected in [2, 1, 1] {
            let mut pass = flow.enter().unwrap();
            pass.finish();
            pass.too_much();
            assert_eq!(flow.limit(), expected);
        }
        for count in 0..450 {
            assert_eq!(flow.limit(), (1 + count / 50).min(8));
            let mut pass = flow.enter().unwrap();
            pass.finish();
            pass.good();
        }
        assert_eq!(flow.limit(), 8);
    }

    #[test]
    fn a_slow_answer_gives_way_unless_all_are_slow() {
        let (world, flow) = flow(8, None);
        let answer = |took: u64| {
            let mut pass = flow.enter().unwrap();
            world.sleep(Duration::from_secs(took));
            pass.finish();
            pass.good();
        };
        for _ in 0..5 {
            answer(1);
        }
        answer(10);
        assert_eq!(flow.limit(), 8);
        answer(11);
        assert_eq!(flow.limit(), 4);
        for _ in 0..40 {
            answer(2);
        }
        answer(15);
        assert_eq!(flow.limit(), 4);
    }

    #[test]
    fn a_hold_holds_everybody_and_a_stop_ends_the_waiting() {
        let (world, flow) = flow(8, None);
        let until = world.now() + 7_000_000;
        flow.hold(until);
        flow.hold(until - 5_000_000);
        drop(flow.enter().unwrap());
        assert_eq!(world.now(), until);
        flow.hold(until + 3_600_000_000);
        flow.progress.stop();
        assert!(matches!(flow.enter(), Err(Error::Stopped)));
        assert_eq!(world.now(), until);
        assert_eq!(Progress::get(&flow.progress.in_flight), 0);
    }
}
