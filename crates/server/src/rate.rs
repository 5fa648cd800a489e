//! The rate limit of a token or session: the generic cell rate algorithm, one number for each.
//!
//! Counts are kept by this process alone: behind two servers a token has two allowances.

use std::collections::HashMap;
use std::time::Duration;

use favo_core::Instant;
use parking_lot::Mutex;

use crate::tokens::Digest;

const MINUTE: i64 = 60_000_000;
const SECOND: i64 = 1_000_000;
const SHARDS: usize = 16;
/// Tokens remembered per shard; a full shard forgets those with nothing to remember first.
const SHARD_ROOM: usize = 8192;

/// How many requests may be sent: at once, and again after how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Microseconds until one more is allowed.
    step: i64,
    /// Allowed at once.
    burst: i64,
}

impl Allowance {
    /// A minute's worth at once.
    pub(crate) fn per_minute(limit: u32) -> Self {
        let limit = i64::from(limit.max(1));
        Self { step: MINUTE / limit, burst: limit }
    }

    /// So many a second and at once; `None` when there is no limit.
    pub(crate) fn per_second((limit, burst): (u32, u32)) -> Option<Self> {
        (limit > 0).then(|| Self { step: SECOND / i64::from(limit), burst: i64::from(burst.max(1)) })
    }
}

/// For each token, the instant at which its allowance is whole again.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    shards: [Mutex<HashMap<Digest, i64>>; SHARDS],
}

impl RateLimiter {
    /// Takes one request of the allowance; how long to wait when there is none left.
    pub(crate) fn take(&self, token: &Digest, allowance: Allowance, now: Instant) -> Result<(), Duration> {
        let Allowance { step, burst } = allowance;
        let mut shard = self.shards[usize::from(token.0[0]) % SHARDS].lock();
        if shard.len() >= SHARD_ROOM && !shard.contains_key(token) {
            shard.retain(|_, whole_at| *whole_at > now.0);
            if shard.len() >= SHARD_ROOM {
                shard.clear();
            }
        }
        let whole_at = shard.entry(*token).or_insert(now.0);
        let next = (*whole_at).max(now.0).saturating_add(step);
        // `step * burst` rather than a round time: the division may have left a rest.
        let excess = next - now.0 - step * burst;
        if excess > 0 {
            return Err(Duration::from_micros(excess.unsigned_abs()));
        }
        *whole_at = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_minutes_worth_then_waits_for_the_next_step() {
        let (limiter, token, other) = (RateLimiter::default(), Digest::of("a"), Digest::of("b"));
        let (start, five) = (Instant(1_000_000), Allowance::per_minute(5));
        for _ in 0..5 {
            assert_eq!(limiter.take(&token, five, start), Ok(()));
        }
        assert_eq!(limiter.take(&token, five, start), Err(Duration::from_secs(12)));
        assert_eq!(limiter.take(&other, five, start), Ok(()), "others are not concerned");
        assert_eq!(limiter.take(&token, five, Instant(start.0 + 12_000_000)), Ok(()));
        assert_eq!(limiter.take(&token, five, Instant(start.0 + 12_000_000)), Err(Duration::from_secs(12)));
    }

    #[test]
    fn a_burst_is_refilled_by_the_second() {
        let (limiter, token) = (RateLimiter::default(), Digest::of("a"));
        let ten = Allowance::per_second((10, 50)).expect("a limit");
        for _ in 0..50 {
            assert_eq!(limiter.take(&token, ten, Instant(0)), Ok(()));
        }
        assert_eq!(limiter.take(&token, ten, Instant(0)), Err(Duration::from_millis(100)));
        assert_eq!(limiter.take(&token, ten, Instant(SECOND / 10)), Ok(()));
        assert_eq!(Allowance::per_second((0, 50)), None);
    }

    #[test]
    fn a_full_shard_forgets_and_goes_on() {
        let limiter = RateLimiter::default();
        for number in 0..(SHARDS * SHARD_ROOM + 5000) {
            assert_eq!(
                limiter.take(&Digest::of(&number.to_string()), Allowance::per_minute(1), Instant(0)),
                Ok(())
            );
        }
        let kept: usize = limiter.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(kept <= SHARDS * SHARD_ROOM);
    }
}
