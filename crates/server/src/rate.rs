//! The rate limit of a token: the generic cell rate algorithm, one number per token.
//!
//! Counts are kept by this process alone: behind two servers a token has two allowances.

use std::collections::HashMap;
use std::time::Duration;

use favo_core::Instant;
use parking_lot::Mutex;

use crate::tokens::Digest;

const MINUTE: i64 = 60_000_000;
const SHARDS: usize = 16;
/// Tokens remembered per shard; a full shard forgets those with nothing to remember first.
const SHARD_ROOM: usize = 8192;

/// For each token, the instant at which its allowance is whole again.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    shards: [Mutex<HashMap<Digest, i64>>; SHARDS],
}

impl RateLimiter {
    /// Takes one of `limit` requests per minute; how long to wait when there is none left.
    pub(crate) fn take(&self, token: &Digest, limit: u32, now: Instant) -> Result<(), Duration> {
        let step = MINUTE / i64::from(limit.max(1));
        let mut shard = self.shards[usize::from(token.0[0]) % SHARDS].lock();
        if shard.len() >= SHARD_ROOM && !shard.contains_key(token) {
            shard.retain(|_, whole_at| *whole_at > now.0);
            if shard.len() >= SHARD_ROOM {
                shard.clear();
            }
        }
        let whole_at = shard.entry(*token).or_insert(now.0);
        let next = (*whole_at).max(now.0).saturating_add(step);
        // `step * limit` rather than a minute: the division may have left a rest.
        let excess = next - now.0 - step * i64::from(limit.max(1));
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
        let start = Instant(1_000_000);
        for _ in 0..5 {
            assert_eq!(limiter.take(&token, 5, start), Ok(()));
        }
        assert_eq!(limiter.take(&token, 5, start), Err(Duration::from_secs(12)));
        assert_eq!(limiter.take(&other, 5, start), Ok(()), "others are not concerned");
        assert_eq!(limiter.take(&token, 5, Instant(start.0 + 12_000_000)), Ok(()));
        assert_eq!(limiter.take(&token, 5, Instant(start.0 + 12_000_000)), Err(Duration::from_secs(12)));
    }

    #[test]
    fn a_full_shard_forgets_and_goes_on() {
        let limiter = RateLimiter::default();
        for number in 0..(SHARDS * SHARD_ROOM + 5000) {
            assert_eq!(limiter.take(&Digest::of(&number.to_string()), 1, Instant(0)), Ok(()));
        }
        let kept: usize = limiter.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(kept <= SHARDS * SHARD_ROOM);
    }
}
