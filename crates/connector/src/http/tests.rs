//! A world without waiting.
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::World;

/// Time moves only when somebody sleeps.
#[derive(Debug)]
pub(crate) struct Quiet {
    now: AtomicI64,
    random: AtomicU64,
}

impl Default for Quiet {
    fn default() -> Self {
        // 15 June 2026, noon UTC.
        Self { now: AtomicI64::new(1_781_524_800_000_000), random: AtomicU64::new(1) }
    }
}

impl World for Quiet {
    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    fn sleep(&self, length: Duration) {
        self.now.fetch_add(length.as_micros() as i64, Ordering::Relaxed);
    }

    fn random(&self) -> u64 {
        self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
    }
}
