//! Time that passes faster than on the wall, the same for the source and for the run that reads it, so that waiting is tested without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::random::Random;
use crate::{Machine, World};

/// A clock that both sides share.
#[derive(Debug)]
pub struct Clock {
    base: i64,
    speed: u32,
    started: Instant,
    shift: AtomicI64,
    random: AtomicU64,
}

impl Clock {
    /// Starts at a moment such as `2026-11-20T15:00:00Z` and runs fifty times as fast as the wall's.
    ///
    /// # Panics
    ///
    /// When the moment is none.
    pub fn fast(moment: &str) -> Arc<Self> {
        let base = moment.parse::<jiff::Timestamp>().expect("a moment").as_microsecond();
        Arc::new(Self::at(base, 50))
    }

    /// The machine's own time, for tests of whole processes.
    pub fn real() -> Arc<Self> {
        Arc::new(Self::at(Machine.now(), 1))
    }

    fn at(base: i64, speed: u32) -> Self {
        Self { base, speed, started: Instant::now(), shift: AtomicI64::new(0), random: AtomicU64::new(1) }
    }

    /// Lets time pass at once.
    pub fn advance(&self, by: Duration) {
        self.shift.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }
}

impl World for Clock {
    fn now(&self) -> i64 {
        let passed = i64::try_from(self.started.elapsed().as_micros()).unwrap_or(0) * i64::from(self.speed);
        self.base + passed + self.shift.load(Ordering::Relaxed)
    }

    fn sleep(&self, length: Duration) {
        std::thread::sleep(length / self.speed);
    }

    fn random(&self) -> u64 {
        Random::new(self.random.fetch_add(1, Ordering::Relaxed)).next()
    }
}
