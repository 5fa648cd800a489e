//! Days and instants as people in one time zone write them. Days are counted from 1970-01-01, instants in UTC.
//!
//! Shared by the dialects whose tenants choose their zone.

use favo_core::Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::json_out::{PAIRS, civil};

/// The time zone of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone(TimeZone);

/// What a text says: a whole day, or a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Days since 1970.
    Day(i64),
    At(Instant),
}

impl Zone {
    /// By its name in the time zone database.
    pub(crate) fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// The zone that needs no database.
    pub(crate) fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The day of an instant.
    pub(crate) fn day(&self, instant: Instant) -> i64 {
        (instant.0 + self.offset(instant.0) * 1_000_000).div_euclid(Instant::DAY)
    }

    /// The instant at this microsecond of a day. A time that summer time skips moves forward, a doubled one is the earlier.
    pub(crate) fn at(&self, day: i64, micros: i64) -> Option<Instant> {
        let (year, month, date) = civil(day);
        let date = Date::new(i16::try_from(year).ok()?, month as i8, date as i8).ok()?;
        let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
        let time = jiff::civil::time(
            i8::try_from(seconds / 3600).ok()?,
            i8::try_from(seconds / 60 % 60).ok()?,
            (seconds % 60) as i8,
            rest as i32 * 1000,
        );
        match date.to_datetime(time).to_zoned(self.0.clone()) {
            Ok(zoned) => Some(Instant(zoned.timestamp().as_microsecond())),
            // The library ends a day before the last year does.
            Err(_) => {
                let late = day * Instant::DAY + micros - self.offset(Instant::LAST.0) * 1_000_000;
                Some(Instant(late.min(Instant::LAST.0)))
            }
        }
    }

    /// First and last microsecond of a day.
    pub(crate) fn span(&self, day: i64) -> Option<(Instant, Instant)> {
        let end = match self.at(day + 1, 0) {
            Some(next) => Instant(next.0 - 1),
            None => self.at(day, Instant::DAY - 1)?,
        };
        Some((self.at(day, 0)?, end))
    }

    /// Seconds east of UTC.
    fn offset(&self, micros: i64) -> i64 {
        let last = jiff::Timestamp::MAX.as_second() * 1_000_000;
        let stamp = jiff::Timestamp::from_microsecond(micros.clamp(Instant::FIRST.0, last));
        stamp.map_or(0, |stamp| i64::from(self.0.to_offset(stamp).seconds()))
    }

    /// Writes an instant as a JSON text with its offset: `"2026-06-09T14:30:15+02:00"`, or with milliseconds.
    pub(crate) fn push(&self, out: &mut Vec<u8>, micros: i64, millis: bool) {
        let micros = micros.clamp(Instant::FIRST.0, Instant::LAST.0);
        let offset = self.offset(micros);
        let local = micros + offset * 1_000_000;
        let (day, rest) = (local.div_euclid(Instant::DAY), local.rem_euclid(Instant::DAY) / 1000);
        out.push(b'"');
        push_day(out, day);
        out.push(b'T');
        pair(out, rest / 3_600_000);
        out.push(b':');
        pair(out, rest / 60_000 % 60);
        out.push(b':');
        pair(out, rest / 1000 % 60);
        if millis {
            out.push(b'.');
            pair(out, rest % 1000 / 10);
            out.push(b'0' + (rest % 10) as u8);
        }
        out.push(if offset < 0 { b'-' } else { b'+' });
        pair(out, offset.abs() / 3600);
        out.push(b':');
        pair(out, offset.abs() / 60 % 60);
        out.push(b'"');
    }
}

/// Writes a day as `2026-06-09`, without quotes.
pub(crate) fn push_day(out: &mut Vec<u8>, day: i64) {
    let (year, month, date) = within(day);
    pair(out, year / 100);
    pair(out, year % 100);
    out.push(b'-');
    pair(out, month);
    out.push(b'-');
    pair(out, date);
}

/// Writes a day as `09/06/2026`, without quotes.
pub(crate) fn push_day_first(out: &mut Vec<u8>, day: i64) {
    let (year, month, date) = within(day);
    pair(out, date);
    out.push(b'/');
    pair(out, month);
    out.push(b'/');
    pair(out, year / 100);
    pair(out, year % 100);
}

fn within(day: i64) -> (i64, i64, i64) {
    civil(day.clamp(Instant::FIRST.0 / Instant::DAY, Instant::LAST.0 / Instant::DAY))
}

fn pair(out: &mut Vec<u8>, number: i64) {
    let from = (number.rem_euclid(100)) as usize * 2;
    out.extend_from_slice(&PAIRS[from..from + 2]);
}

/// The day with this year, month and day of the month, if there is one.
pub(crate) fn day(year: i64, month: i64, date: i64) -> Option<i64> {
    let date =
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok()?;
    let epoch = Date::new(1970, 1, 1).ok()?;
    (year >= 1).then(|| date.duration_since(epoch).as_hours() / 24)
}

/// Reads a date or a date with a time: year first with hyphens, or day first with `separator`; a time after `T` or a
/// blank (day first: a blank only), with or without seconds and fraction; after a time that came with `T`, perhaps an offset.
pub(crate) fn read(text: &str, separator: u8, zone: &Zone) -> Option<Moment> {
    let bytes = text.as_bytes();
    let (day, rest, iso) = if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' {
        (day(digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?)?, &bytes[10..], true)
    } else {
        let mut parts = bytes.splitn(3, |byte| *byte == separator);
        let (date, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
        if date.len() > 2 || month.len() > 2 || rest.len() < 4 {
            return None;
        }
        (day(digits(&rest[..4])?, digits(month)?, digits(date)?)?, &rest[4..], false)
    };
    let (sign, rest) = match rest.split_first() {
        None => return Some(Moment::Day(day)),
        Some((sign, rest)) => (*sign, rest),
    };
    if sign != b' ' && !(iso && sign == b'T') {
        return None;
    }
    let end = rest.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-')).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(end);
    let micros = clock_of(clock)?;
    if offset.is_empty() {
        return zone.at(day, micros).map(Moment::At);
    }
    let seconds = match offset {
        b"Z" | b"z" if sign == b'T' => 0,
        [way, hours @ ..] if sign == b'T' => {
            let (hours, minutes) = match hours {
                [a, b, b':', c, d] | [a, b, c, d] => (digits(&[*a, *b])?, digits(&[*c, *d])?),
                _ => return None,
            };
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            if *way == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    let instant = day * Instant::DAY + micros - seconds * 1_000_000;
    (Instant::FIRST.0..=Instant::LAST.0).contains(&instant).then_some(Moment::At(Instant(instant)))
}

/// Microseconds of a day from `14:30`, `14:30:15` or `14:30:15.250`.
fn clock_of(clock: &[u8]) -> Option<i64> {
    let (whole, fraction) = match clock.iter().position(|byte| *byte == b'.') {
        Some(at) => (&clock[..at], Some(&clock[at + 1..])),
        None => (clock, None),
    };
    let mut parts = whole.split(|byte| *byte == b':');
    let two = |part: &[u8]| if part.len() == 2 { digits(part) } else { None };
    let (hours, minutes) = (two(parts.next()?)?, two(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), two)?;
    if parts.next().is_some()
        || hours > 23
        || minutes > 59
        || seconds > 59
        || (fraction.is_some() && whole.len() != 8)
    {
        return None;
    }
    let micros = match fraction {
        None => 0,
        Some(digits) if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) => {
            return None;
        }
        Some(digits) => {
            (0..6).fold(0, |sum, at| sum * 10 + digits.get(at).map_or(0, |digit| i64::from(digit - b'0')))
        }
    };
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    let all = !bytes.is_empty() && bytes.len() <= 4 && bytes.iter().all(u8::is_ascii_digit);
    all.then(|| bytes.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warsaw() -> Zone {
        Zone::named("Europe/Warsaw").unwrap()
    }

    fn shown(moment: Option<Moment>) -> String {
        let mut out = Vec::new();
        match moment {
            None => return "no".to_owned(),
            Some(Moment::Day(day)) => push_day(&mut out, day),
            Some(Moment::At(instant)) => warsaw().push(&mut out, instant.0, true),
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_form_of_the_day_and_the_clock_is_read_in_the_zone() {
        for (text, expected) in [
            ("2026-06-09", "2026-06-09"),
            ("09.06.2026", "2026-06-09"),
            ("9.6.2026", "2026-06-09"),
            ("2026-06-09T14:30", "\"2026-06-09T14:30:00.000+02:00\""),
            ("2026-06-09T14:30:15.250Z", "\"2026-06-09T16:30:15.250+02:00\""),
            ("2026-06-09T14:30:15+0200", "\"2026-06-09T14:30:15.000+02:00\""),
            ("2026-06-09 14:30", "\"2026-06-09T14:30:00.000+02:00\""),
            ("09.06.2026 14:30:15", "\"2026-06-09T14:30:15.000+02:00\""),
            // Skipped in spring, doubled in autumn.
            ("2026-03-29T02:30", "\"2026-03-29T03:30:00.000+02:00\""),
            ("2026-10-25T02:30", "\"2026-10-25T02:30:00.000+02:00\""),
            ("9999-12-31T23:59:59.999", "\"9999-12-31T23:59:59.999+01:00\""),
        ] {
            assert_eq!(shown(read(text, b'.', &warsaw())), expected, "{text}");
        }
    }

    #[test]
    fn the_last_day_of_all_is_a_day_everywhere() {
        let last = day(9999, 12, 31).unwrap();
        for zone in ["Europe/Warsaw", "America/Sao_Paulo", "UTC"] {
            let zone = Zone::named(zone).unwrap();
            let (from, to) = zone.span(last).unwrap();
            assert_eq!((zone.day(from), zone.day(to)), (last, last));
            assert!(from < to && to <= Instant::LAST);
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "31.02.2026",
            "2026-13-01",
            "06/09/2026",
            "26-06-09",
            "1760000000",
            "",
            "2026-06-09T",
            "2026-06-09T25:00",
            "2026-06-09T14:30:15.",
            "09.06.2026T14:30",
            "2026-06-09 14:30Z",
            "2026-06-09T14:30+2",
            "0000-01-01",
            "żółć-1-1",
        ] {
            assert_eq!(shown(read(text, b'.', &warsaw())), "no", "{text}");
        }
        assert_eq!(shown(read("3/11/1988", b'/', &warsaw())), "1988-11-03");
    }
}
