//! When things happened: office hours of the last three years, counted back from a given instant.

use favo_core::Instant;

use super::chance::Chance;

/// The time the sample reaches back.
const DAYS: i64 = 3 * 365;
const HOUR: i64 = 3_600_000;
/// Offices open at eight in Brasília, in milliseconds of the day in UTC, and for ten hours.
const OPENS: i64 = 11 * HOUR;
const OPEN: i64 = 10 * HOUR;
const DAY: i64 = 24 * HOUR;

/// The office hours before one instant.
#[derive(Debug)]
pub(super) struct Calendar {
    now: Instant,
    /// The day the sample starts, a Monday, counted from 1970.
    first: i64,
    /// Working days from the first one until yesterday.
    working_days: i64,
}

impl Calendar {
    /// The three years before this instant.
    pub(super) fn before(now: Instant) -> Self {
        let today = now.0.div_euclid(Instant::DAY);
        let first = today - DAYS - weekday(today - DAYS);
        let days = today - first;
        Self { now, first, working_days: days / 7 * 5 + (days % 7).min(5) }
    }

    /// The instant it reaches up to.
    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// When the tenant opened its books: an hour before anything else.
    pub(super) fn start(&self) -> Instant {
        at(self.first, OPENS - HOUR)
    }

    /// The instant at which so many parts of the time have passed; more parts are never earlier.
    pub(super) fn share(&self, parts: u64, of: u64) -> Instant {
        let all = i128::from(self.working_days * OPEN);
        let passed = (all * i128::from(parts) / i128::from(of.max(1))) as i64;
        let (day, time) = (passed / OPEN, passed % OPEN);
        at(self.first + day / 5 * 7 + day % 5, OPENS + time)
    }

    /// An office hour so many days after an instant, perhaps in the future.
    pub(super) fn later(chance: &mut Chance, from: Instant, low: i64, high: i64) -> Instant {
        let day = from.0.div_euclid(Instant::DAY) + chance.between(low, high);
        let day = if weekday(day) > 4 { day + 7 - weekday(day) } else { day };
        at(day, OPENS + chance.below(OPEN as u64 / 1000) as i64 * 1000)
    }

    /// The same for something that has happened: after `from`, before now.
    pub(super) fn since(&self, chance: &mut Chance, from: Instant, low: i64, high: i64) -> Instant {
        let wished = Self::later(chance, from, low, high);
        // Always as many numbers, so that what is made up next does not depend on the time of day.
        let share = chance.below(1 << 32) as i64;
        if from < wished && wished < self.now {
            return wished;
        }
        let room = (self.now.0 - from.0).clamp(0, Instant::DAY * (high - low + 1));
        Instant(from.0 + (room >> 32) * share).to_millis().max(from)
    }
}

/// Days after Monday.
fn weekday(day: i64) -> i64 {
    // 1970 began on a Thursday.
    (day + 3).rem_euclid(7)
}

fn at(day: i64, millis: i64) -> Instant {
    Instant((day * DAY + millis) * 1000)
}
