//! Moments as APIs write them, in and out: every form that the contract of dates allows, to microseconds and back.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::{Error, Result};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 0001-01-01T00:00:00Z.
const FIRST: i64 = -62_135_596_800 * SECOND;
/// 9999-12-31T23:59:59.999999Z.
const LAST: i64 = 253_402_300_800 * SECOND - 1;
/// End of the prepared offsets, 2101-01-01T00:00:00Z; later moments ask the zone's rule.
const PREPARED: i64 = 4_133_980_800 * SECOND;

/// A time zone whose offsets are laid out in advance, so that asking for one costs a search in a short list.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    zone: TimeZone,
    /// Begin of each offset and the offset itself, both in micros, ascending.
    offsets: Vec<(i64, i64)>,
}

impl Zone {
    /// The zone of that IANA name; an unknown one is a configuration error.
    pub(crate) fn named(name: &str) -> Result<Self> {
        let zone = TimeZone::get(name).map_err(|_| {
            Error::Configuration(format!(
                "there is no time zone named {name}; use a name such as America/Sao_Paulo"
            ))
        })?;
        let mut offsets = vec![(i64::MIN, offset_of(&zone, FIRST))];
        for transition in
            zone.following(Timestamp::UNIX_EPOCH - jiff::SignedDuration::from_hours(24 * 365 * 200))
        {
            let at = transition.timestamp().as_microsecond();
            if at >= PREPARED {
                break;
            }
            offsets.push((at, i64::from(transition.offset().seconds()) * SECOND));
        }
        Ok(Self { zone, offsets })
    }

    /// What the wall clock is ahead of UTC at that moment, micros.
    fn offset(&self, micros: i64) -> i64 {
        if micros >= PREPARED {
            return offset_of(&self.zone, micros);
        }
        let (begin, offset) = self.offsets[self.offsets.len() - 1];
        if micros >= begin {
            return offset;
        }
        let after = self.offsets.partition_point(|(begin, _)| *begin <= micros);
        self.offsets[after.saturating_sub(1)].1
    }

    /// The wall clock at that moment, as micros since 1970 on that clock; none outside the years 0001 to 9999.
    pub(crate) fn wall_clock(&self, micros: i64) -> Option<i64> {
        in_range(micros.checked_add(self.offset(micros))?)
    }

    /// The moment at which the wall clock shows that; in a gap, as far after it as the clock was to be; of two, the first.
    pub(crate) fn moment(&self, wall: i64) -> Option<i64> {
        let before = self.offset(wall - DAY);
        if before == self.offset(wall + DAY) {
            return in_range(wall - before);
        }
        let shown = Timestamp::from_microsecond(wall).ok()?;
        let shown: DateTime = TimeZone::UTC.to_datetime(shown);
        in_range(self.zone.to_ambiguous_timestamp(shown).compatible().ok()?.as_microsecond())
    }
}

fn offset_of(zone: &TimeZone, micros: i64) -> i64 {
    Timestamp::from_microsecond(micros)
        .map_or(0, |moment| i64::from(zone.to_offset(moment).seconds()) * SECOND)
}

fn in_range(micros: i64) -> Option<i64> {
    (FIRST..=LAST).contains(&micros).then_some(micros)
}

/// Micros since 1970 UTC of a moment in any accepted form; those without an offset are read in `zone`. None when it is no such form, no such day,
/// or outside the years 0001 to 9999.
pub(crate) fn parse(text: &str, zone: &Zone) -> Option<i64> {
    let bytes = text.as_bytes();
    if let Ok(usual) = <&[u8; 24]>::try_from(bytes)
        && let Some(micros) = parse_usual(usual)
    {
        return Some(micros);
    }
    let bytes = bytes.trim_ascii();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if !digits.is_empty() && digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit) {
        let millis: i64 = text.trim_ascii().parse().ok()?;
        return of_millis(millis);
    }
    let mut reader = Reader { bytes, at: 0 };
    match (bytes.get(4), bytes.get(2)) {
        (Some(b'-'), _) => reader.iso(zone),
        (_, Some(b'/')) => reader.brazilian(zone),
        _ => None,
    }
}

/// Micros of milliseconds since 1970, within the years 0001 to 9999.
pub(crate) fn of_millis(millis: i64) -> Option<i64> {
    in_range(millis.checked_mul(1000)?)
}

/// `2026-03-02T17:45:10.512Z`, the form in which the servers write.
fn parse_usual(text: &[u8; 24]) -> Option<i64> {
    let fits = text[4] == b'-'
        && text[7] == b'-'
        && text[10] == b'T'
        && text[13] == b':'
        && text[16] == b':'
        && text[19] == b'.'
        && text[23] == b'Z';
    if !fits {
        return None;
    }
    let mut wrong = 0;
    let mut digit = |at: usize| {
        let value = text[at].wrapping_sub(b'0');
        wrong |= u8::from(value > 9);
        i64::from(value)
    };
    let year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    let month = digit(5) * 10 + digit(6);
    let day = digit(8) * 10 + digit(9);
    let hour = digit(11) * 10 + digit(12);
    let minute = digit(14) * 10 + digit(15);
    let second = digit(17) * 10 + digit(18);
    let milli = digit(20) * 100 + digit(21) * 10 + digit(22);
    if wrong != 0 {
        return None;
    }
    Some(micros_of_day(year, month, day)? + micros_of_clock(hour, minute, second)? + milli * 1000)
}

/// First moment of that day on the UTC clock.
fn micros_of_day(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day)
    {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of its year.
    let shifted = if month <= 2 { year - 1 } else { year };
    let century_cycle = shifted.div_euclid(400);
    let year_of_cycle = shifted - century_cycle * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    Some((century_cycle * 146_097 + day_of_cycle - 719_468) * DAY)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn micros_of_clock(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour <= 23 && minute <= 59 && second <= 59).then_some(((hour * 60 + minute) * 60 + second) * SECOND)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let text = self.bytes.get(self.at..self.at + digits)?;
        let mut value = 0;
        for &byte in text {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
        }
        self.at += digits;
        Some(value)
    }

    fn take(&mut self, wanted: &[u8]) -> bool {
        let found = self.bytes.get(self.at).is_some_and(|byte| wanted.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn ended(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// `yyyy-MM-dd`, perhaps with a time, perhaps with an offset.
    fn iso(&mut self, zone: &Zone) -> Option<i64> {
        let year = self.number(4)?;
        let dash = self.take(b"-");
        let month = self.number(2)?;
        let second_dash = self.take(b"-");
        let day = micros_of_day(year, month, self.number(2)?)?;
        if !dash || !second_dash {
            return None;
        }
        if self.ended() {
            return zone.moment(day);
        }
        if !self.take(b"Tt ") {
            return None;
        }
        let wall = day + self.clock()? + self.fraction()?;
        if self.ended() {
            return zone.moment(wall);
        }
        let offset = self.offset()?;
        if self.ended() { in_range(wall - offset) } else { None }
    }

    /// `dd/MM/yyyy`, perhaps with a time.
    fn brazilian(&mut self, zone: &Zone) -> Option<i64> {
        let day = self.number(2)?;
        let slash = self.take(b"/");
        let month = self.number(2)?;
        let second_slash = self.take(b"/");
        let wall = micros_of_day(self.number(4)?, month, day)?;
        if !slash || !second_slash {
            return None;
        }
        if self.ended() {
            return zone.moment(wall);
        }
        if !self.take(b" T") {
            return None;
        }
        let wall = wall + self.clock()? + self.fraction()?;
        if self.ended() { zone.moment(wall) } else { None }
    }

    /// `HH:mm` or `HH:mm:ss`.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.number(2)?;
        if !self.take(b":") {
            return None;
        }
        let minute = self.number(2)?;
        let second = if self.take(b":") { self.number(2)? } else { 0 };
        micros_of_clock(hour, minute, second)
    }

    /// A fraction of a second; what is finer than micros is cut off.
    fn fraction(&mut self) -> Option<i64> {
        if !self.take(b".,") {
            return Some(0);
        }
        let begin = self.at;
        let mut micros = 0;
        let mut unit = SECOND / 10;
        while let Some(digit) = self.bytes.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            micros += i64::from(digit - b'0') * unit;
            unit /= 10;
            self.at += 1;
        }
        (self.at > begin).then_some(micros)
    }

    /// `Z`, `-03:00`, `-0300` or `-03`.
    fn offset(&mut self) -> Option<i64> {
        if self.take(b"Zz") {
            return Some(0);
        }
        let behind = self.bytes.get(self.at) == Some(&b'-');
        if !self.take(b"+-") {
            return None;
        }
        let hours = self.number(2)?;
        let minutes = if self.ended() {
            0
        } else {
            self.take(b":");
            self.number(2)?
        };
        let length = micros_of_clock(hours, minutes, 0)?;
        Some(if behind { -length } else { length })
    }
}

/// Writes `2026-03-02T17:45:10.512Z`, with six decimals when the micros are no whole milliseconds. Moments outside the years 0001 to 9999 are
/// written as the nearest one inside.
pub(crate) fn rfc3339(micros: i64, out: &mut Vec<u8>) {
    let (text, length) = stamp(micros, b'T', true);
    out.extend_from_slice(&text[..length]);
}

/// The same as text of its own, for the few places that keep it.
pub(crate) fn rfc3339_text(micros: i64) -> String {
    let (text, length) = stamp(micros, b'T', true);
    text[..length].iter().copied().map(char::from).collect()
}

/// Writes `2026-03-02 17:45:10.512`, as SQL takes a wall clock; six decimals as in [`rfc3339`].
pub(crate) fn sql_civil(micros: i64, out: &mut Vec<u8>) {
    let (text, length) = stamp(micros, b' ', false);
    out.extend_from_slice(&text[..length]);
}

fn stamp(micros: i64, between: u8, utc: bool) -> ([u8; 27], usize) {
    let micros = micros.clamp(FIRST, LAST);
    let days = micros.div_euclid(DAY);
    let rest = micros.rem_euclid(DAY);
    // As in `micros_of_day`, backwards: years begin in March.
    let shifted = (days + 719_468) as u32;
    let century_cycle = shifted / 146_097;
    let day_of_cycle = shifted % 146_097;
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_cycle + century_cycle * 400 + u32::from(month <= 2);
    let seconds = (rest / SECOND) as u32;
    let fraction = (rest % SECOND) as u32;

    let mut text = *b"0000-00-00T00:00:00.000000Z";
    two(&mut text, 0, year / 100);
    two(&mut text, 2, year % 100);
    two(&mut text, 5, month);
    two(&mut text, 8, day);
    text[10] = between;
    two(&mut text, 11, seconds / 3600);
    two(&mut text, 14, seconds / 60 % 60);
    two(&mut text, 17, seconds % 60);
    two(&mut text, 20, fraction / 10_000);
    two(&mut text, 22, fraction / 100 % 100);
    two(&mut text, 24, fraction % 100);
    let mut length = if fraction.is_multiple_of(1000) { 23 } else { 26 };
    if utc {
        text[length] = b'Z';
        length += 1;
    }
    (text, length)
}

fn two(text: &mut [u8; 27], at: usize, value: u32) {
    text[at] = b'0' + (value / 10) as u8;
    text[at + 1] = b'0' + (value % 10) as u8;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone() -> Zone {
        Zone::named("America/Sao_Paulo").unwrap()
    }

    fn read(text: &str) -> Option<String> {
        parse(text, &zone()).map(rfc3339_text)
    }

    #[test]
    fn every_form_of_the_contract_names_the_same_moment() {
        for text in [
            "2026-03-02T17:45:00.000Z",
            "2026-03-02T17:45:00Z",
            "2026-03-02T17:45Z",
            "2026-03-02T14:45:00-03:00",
            "2026-03-02T14:45:00.000-0300",
            "2026-03-02T14:45-03",
            "2026-03-02T14:45:00",
            "2026-03-02 14:45",
            "02/03/2026 14:45",
            "02/03/2026 14:45:00",
            " 1772473500000 ",
            "1772473500000",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-03-02T17:45:00.000Z"), "{text}");
        }
        assert_eq!(read("2026-03-02").as_deref(), Some("2026-03-02T03:00:00.000Z"));
        assert_eq!(read("02/03/2026").as_deref(), Some("2026-03-02T03:00:00.000Z"));
        assert_eq!(read("2026-03-02T17:45:10.5Z").as_deref(), Some("2026-03-02T17:45:10.500Z"));
        assert_eq!(read("2026-03-02T17:45:10.123456789Z").as_deref(), Some("2026-03-02T17:45:10.123456Z"));
        assert_eq!(read("0028-01-01T00:00:00.000Z").as_deref(), Some("0028-01-01T00:00:00.000Z"));
        assert_eq!(read("9999-12-31T23:59:59.999Z").as_deref(), Some("9999-12-31T23:59:59.999Z"));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            " ",
            "-",
            "ontem",
            "2026-13-01",
            "2026-02-29",
            "2026-00-10",
            "2026-01-00",
            "0000-01-01T00:00:00.000Z",
            "2026-01-01T24:00:00.000Z",
            "2026-01-01T10:60Z",
            "2026-01-01T10:00:60Z",
            "31/02/2026",
            "2026/01/01",
            "2026-1-1",
            "2026-01-01T10:00:00.Z",
            "2026-01-01T10:00:00.000ZZ",
            "2026-01-01T10:00:00.000Zx",
            "2026-01-01T10",
            "2026-01-01Tx",
            "9999-12-31T23:59:59.999-03:00",
            "0001-01-01T00:00:00+01:00",
            "9223372036854775807",
            "99999999999999999999999",
            "2026-01-01T1é:00:00.000Z",
            "20é6-01-01T10:00:00.000Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(Zone::named("Mars/Olympus").is_err());
    }

    #[test]
    fn summer_time_gaps_and_overlaps_are_read_as_the_zone_says() {
        // On 2018-11-04 the clocks of São Paulo went from 00:00 to 01:00; on 2018-02-18 from 00:00 back to 23:00.
        assert_eq!(read("04/11/2018").as_deref(), Some("2018-11-04T03:00:00.000Z"));
        assert_eq!(read("2018-11-04T12:00:00").as_deref(), Some("2018-11-04T14:00:00.000Z"));
        assert_eq!(read("2018-02-17T23:30:00").as_deref(), Some("2018-02-18T01:30:00.000Z"));
        let zone = zone();
        let noon = parse("2018-11-04T14:00:00.000Z", &zone).unwrap();
        let mut out = Vec::new();
        sql_civil(zone.wall_clock(noon).unwrap(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "2018-11-04 12:00:00.000");
        assert_eq!(zone.wall_clock(FIRST), None);
    }

    proptest! {
        #[test]
        fn moments_round_trip(micros in FIRST..=LAST) {
            let text = rfc3339_text(micros);
            prop_assert_eq!(parse(&text, &zone()), Some(micros));
            let theirs = Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(text.parse::<Timestamp>().unwrap(), theirs);
        }

        #[test]
        fn wall_clocks_agree_with_the_calendar_library(micros in FIRST + 2 * DAY..=LAST - 2 * DAY, name in prop::sample::select(vec![
            "America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "UTC", "Asia/Kolkata",
        ])) {
            let ours = Zone::named(name).unwrap();
            let theirs = Timestamp::from_microsecond(micros).unwrap().to_zoned(TimeZone::get(name).unwrap()).datetime();
            let wall = ours.wall_clock(micros).unwrap();
            let shown = TimeZone::UTC.to_datetime(Timestamp::from_microsecond(wall).unwrap());
            prop_assert_eq!(shown, theirs);
            let back = TimeZone::get(name).unwrap().to_ambiguous_timestamp(theirs).compatible().unwrap();
            prop_assert_eq!(ours.moment(wall), Some(back.as_microsecond()));
        }
    }
}
