//! Time and randomness, injected: the connector asks nothing else of the machine for them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The clock, sleeping and randomness of a run.
pub trait World: Send + Sync {
    /// Micros since 1970 UTC.
    fn now(&self) -> i64;

    /// Blocks the calling thread that long.
    fn sleep(&self, length: Duration);

    /// 64 random bits, for jitter and lock owners.
    fn random(&self) -> u64;
}

/// The machine's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

#[allow(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
impl World for Machine {
    fn now(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn sleep(&self, length: Duration) {
        std::thread::sleep(length);
    }

    fn random(&self) -> u64 {
        use std::hash::{BuildHasher, Hasher};
        // The standard library seeds each of these from the system's randomness.
        std::hash::RandomState::new().build_hasher().finish()
    }
}
