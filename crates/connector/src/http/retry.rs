//! When a request is sent again, and how long that waits.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

/// First wait after a failure, and after "too many requests" that does not say how long.
const FIRST: Duration = Duration::from_millis(500);
const FIRST_TOO_MANY: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(1);
/// Repetitions of one request after failures of the source, and after "too many requests" without a time.
const FAILURES: u32 = 5;
const TOO_MANY: u32 = 8;
/// Repetitions towards a host that never answered.
const FIRST_CONTACT: u32 = 3;

/// The failures of one request so far.
#[derive(Debug, Default)]
pub(super) struct Tries {
    failures: u32,
    too_many: u32,
    unreachable: u32,
}

/// What follows a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Again, after about that long.
    Again(Duration),
    /// Again, as soon as the wait that the source asked for is over.
    AgainAfterHold,
    /// No more; what was asked for is skipped.
    GiveUp,
    /// No more, and nothing else of this source either.
    Close,
}

impl Tries {
    /// A status that invites a repetition; `wait` when the source said how long (the budget of the run limits these, not the number of tries).
    pub(super) fn status(&mut self, status: u16, wait: Option<i64>) -> Verdict {
        match (status, wait) {
            (429 | 503, Some(wait)) if wait > 0 => Verdict::AgainAfterHold,
            (429, _) => {
                self.too_many += 1;
                Self::verdict(self.too_many, TOO_MANY, FIRST_TOO_MANY, Verdict::GiveUp)
            }
            _ => self.broken(),
        }
    }

    /// The source failed, or its answer broke off.
    pub(super) fn broken(&mut self) -> Verdict {
        self.failures += 1;
        Self::verdict(self.failures, FAILURES, FIRST, Verdict::GiveUp)
    }

    /// No connection; `known` when the source has answered before.
    pub(super) fn unreachable(&mut self, known: bool) -> Verdict {
        self.unreachable += 1;
        let most = if known { FAILURES } else { FIRST_CONTACT };
        Self::verdict(self.unreachable, most, FIRST, Verdict::Close)
    }

    fn verdict(count: u32, most: u32, first: Duration, end: Verdict) -> Verdict {
        if count > most { end } else { Verdict::Again((first * (1 << (count - 1))).min(LONGEST)) }
    }
}

/// Between half of `length` and all of it.
pub(super) fn jittered(length: Duration, random: u64) -> Duration {
    let half = length / 2;
    // 32 of the bits are finer than any clock here.
    half + half.mul_f64(f64::from((random >> 32) as u32) / f64::from(u32::MAX))
}

/// What `Retry-After` asks for, microseconds from `now` (the answer's own `Date`, so that clocks that disagree do not matter).
pub(super) fn asked_wait(text: &str, now: i64) -> Option<i64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are surely longer than anybody waits.
        return Some(text.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(1_000_000));
    }
    http_date(text).map(|until| until.saturating_sub(now).max(0))
}

/// A date of HTTP in any of its three forms, micros since 1970.
pub(super) fn http_date(text: &str) -> Option<i64> {
    static USUAL: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = text.trim();
    if let Ok(moment) = USUAL.parse_timestamp(text) {
        return Some(moment.as_microsecond());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].iter().find_map(|form| {
        let moment = DateTime::strptime(form, text).ok()?;
        Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms_of_a_date_are_the_same_moment() {
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(http_date(text), Some(784_111_777_000_000), "{text}");
        }
        for text in ["", "tomorrow", "-5", "Sun, 45 Nov 1994 08:49:37 GMT"] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_wait_is_measured_from_the_sources_own_clock() {
        let now = 784_111_777_000_000;
        assert_eq!(asked_wait("120", now), Some(120_000_000));
        assert_eq!(asked_wait(" 0 ", now), Some(0));
        assert_eq!(asked_wait("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(10_000_000));
        assert_eq!(asked_wait("Sun, 06 Nov 1994 08:49:27 GMT", now), Some(0));
        assert_eq!(asked_wait("99999999999999999999999", now), Some(i64::MAX));
        assert_eq!(asked_wait("soon", now), None);
        assert_eq!(asked_wait("-1", now), None);
    }

    #[test]
    fn failures_back_off_and_end() {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        while let Verdict::Again(wait) = tries.status(500, None) {
            waits.push(wait.as_millis());
        }
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000]);
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        while let Verdict::Again(wait) = tries.status(429, None) {
            waits.push(wait.as_secs());
        }
        assert_eq!(waits, [5, 10, 20, 40, 60, 60, 60, 60]);
        let mut tries = Tries::default();
        for _ in 0..100 {
            assert_eq!(tries.status(503, Some(1)), Verdict::AgainAfterHold);
        }
    }

    #[test]
    fn jitter_stays_between_half_and_all() {
        for random in [0, 1, u64::MAX / 2, u64::MAX] {
            let length = jittered(Duration::from_secs(2), random);
            assert!(length >= Duration::from_secs(1) && length <= Duration::from_secs(2), "{length:?}");
        }
    }
}
