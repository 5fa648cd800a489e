//! Guessing is slowed down: who has failed ten times in five minutes waits, be it one user's name or one address.
//!
//! Counts are kept by this process alone, in bounded memory; nothing here knows a password.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use favo_core::transaction::TenantId;
use favo_core::{Instant, text};
use parking_lot::Mutex;

use crate::tokens::Digest;

/// So many failures …
const FAILURES: usize = 10;
/// … within this time, in microseconds, and the next attempt is refused.
const WINDOW: i64 = 5 * 60 * 1_000_000;
/// Names and addresses remembered; past that, those whose last failure is the oldest are forgotten.
const ROOM: usize = 20_000;

/// Who attempts: as whom, or from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Who(Digest);

impl Who {
    /// A user of a tenant, however they spelled their name.
    pub(crate) fn user(tenant: TenantId, user: i64) -> Self {
        Self(Digest::of(&format!("user {} {user}", tenant.0)))
    }

    /// A name that no user has, in a tenant or in none.
    pub(crate) fn stranger(tenant: &str, name: &str) -> Self {
        Self(Digest::of(&format!("name {} {}", text::fold(tenant), text::fold(name))))
    }

    /// An address; of IPv6 the half that names a network, for the rest is the client's to choose.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self(Digest::of(&match address.to_canonical() {
            IpAddr::V4(address) => format!("v4 {address}"),
            IpAddr::V6(address) => format!("v6 {:x?}", &address.segments()[..4]),
        }))
    }
}

/// The failures of late, by who failed.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failures: Mutex<HashMap<Who, VecDeque<i64>>>,
}

impl Attempts {
    /// How long to wait before the next attempt; `None` when it may be made now.
    pub(crate) fn wait(&self, who: Who, now: Instant) -> Option<Duration> {
        let failures = self.failures.lock();
        let since = failures.get(&who).filter(|times| times.len() >= FAILURES)?.front()?;
        let left = since.saturating_add(WINDOW).saturating_sub(now.0);
        (left > 0).then(|| Duration::from_micros(left.unsigned_abs()))
    }

    /// Notes a failure.
    pub(crate) fn failed(&self, who: Who, now: Instant) {
        let mut failures = self.failures.lock();
        if failures.len() >= ROOM && !failures.contains_key(&who) {
            make_room(&mut failures, now);
        }
        let times = failures.entry(who).or_default();
        if times.len() >= FAILURES {
            times.pop_front();
        }
        times.push_back(now.0);
    }

    /// Forgets the failures of who succeeded.
    pub(crate) fn succeeded(&self, who: Who) {
        self.failures.lock().remove(&who);
    }
}

/// Forgets what is over, and half of the rest when that is not enough: the half that failed longest ago.
fn make_room(failures: &mut HashMap<Who, VecDeque<i64>>, now: Instant) {
    let last = |times: &VecDeque<i64>| times.back().copied().unwrap_or(i64::MIN);
    failures.retain(|_, times| last(times).saturating_add(WINDOW) > now.0);
    if failures.len() >= ROOM {
        let mut all: Vec<i64> = failures.values().map(last).collect();
        let half = all.len() / 2;
        let (_, middle, _) = all.select_nth_unstable(half);
        let middle = *middle;
        failures.retain(|_, times| last(times) > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn the_eleventh_attempt_waits_until_the_first_failure_is_five_minutes_old() {
        let (attempts, anna, bia) =
            (Attempts::default(), Who::user(TenantId(1), 1), Who::user(TenantId(1), 2));
        for second in 0..10 {
            assert_eq!(attempts.wait(anna, Instant(second * SECOND)), None);
            attempts.failed(anna, Instant(second * SECOND));
        }
        assert_eq!(attempts.wait(anna, Instant(10 * SECOND)), Some(Duration::from_secs(290)));
        assert_eq!(attempts.wait(bia, Instant(10 * SECOND)), None, "others are not concerned");
        assert_eq!(attempts.wait(anna, Instant(300 * SECOND)), None);
        attempts.failed(anna, Instant(300 * SECOND));
        assert_eq!(attempts.wait(anna, Instant(300 * SECOND)), Some(Duration::from_secs(1)));
        attempts.succeeded(anna);
        assert_eq!(attempts.wait(anna, Instant(300 * SECOND)), None);
    }

    #[test]
    fn memory_is_bounded_and_the_latest_failures_are_kept() {
        let attempts = Attempts::default();
        let busy = Who::stranger("acme", "Ánna");
        assert_eq!(busy, Who::stranger("ACME", "anna"));
        for second in 0..(3 * ROOM as i64 / 2) {
            attempts.failed(Who::user(TenantId(1), second), Instant(second));
            if second % 1000 == 0 {
                attempts.failed(busy, Instant(second));
            }
        }
        assert!(attempts.failures.lock().len() <= ROOM);
        assert!(attempts.wait(busy, Instant(3 * ROOM as i64 / 2)).is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let who = |text: &str| Who::address(text.parse().expect("an address"));
        assert_eq!(who("2001:db8:1:2::1"), who("2001:db8:1:2:ffff::9"));
        assert_ne!(who("2001:db8:1:2::1"), who("2001:db8:1:3::1"));
        assert_eq!(who("::ffff:10.0.0.1"), who("10.0.0.1"));
    }
}
