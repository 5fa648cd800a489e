//! Dates in filters (spec 2.6): lenient, with the precision they were written in, so that an end includes its whole
//! day, minute, second or millisecond. Dates in bodies are stricter, see [`values_in`](super::values_in).

use favo_core::Instant;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::show::values_out::zone;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

/// The first and last microsecond a text stands for; `None` when it cannot be read and counts as absent.
pub(crate) fn span(text: &str) -> Option<(i64, i64)> {
    let mut reader = Digits { rest: text.trim().as_bytes() };
    let first = reader.number(1, 15)?;
    if reader.sign(b'/') {
        let month = reader.number(1, 2)?;
        let year = if reader.sign(b'/') { reader.number(4, 4)? } else { return None };
        return reader.time(date(year, month, first)?);
    }
    if reader.sign(b'-') {
        let month = reader.number(1, 2)?;
        let day = if reader.sign(b'-') { reader.number(1, 2)? } else { return None };
        return reader.time(date(first, month, day)?);
    }
    let micros = first.checked_mul(1000)?;
    (Instant::FIRST.0..=Instant::LAST.0).contains(&micros).then_some((micros, micros + 999))
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    (year > 0).then(|| Date::new(year, month, day).ok()).flatten()
}

/// Reads digits from the front; whatever does not belong ends the text.
struct Digits<'a> {
    rest: &'a [u8],
}

impl Digits<'_> {
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let length = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if length < least {
            return None;
        }
        let number =
            self.rest[..length].iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        self.rest = &self.rest[length..];
        Some(number)
    }

    fn sign(&mut self, sign: u8) -> bool {
        let found = self.rest.first() == Some(&sign);
        self.rest = &self.rest[usize::from(found)..];
        found
    }

    /// The time behind a date, if there is one, and what the whole spans.
    fn time(&mut self, date: Date) -> Option<(i64, i64)> {
        let separated = self.sign(b'T') || self.sign(b't') || self.sign(b' ');
        let hour = separated.then(|| self.number(1, 2)).flatten();
        let Some(hour) = hour.filter(|_| self.sign(b':')) else {
            let last = match date.tomorrow() {
                Ok(next) => start_of(next)? - 1,
                Err(_) => Instant::LAST.0,
            };
            return Some((start_of(date)?, last));
        };
        let minute = self.number(2, 2)?;
        let (mut second, mut fraction, mut precision) = (0, 0, MINUTE);
        if self.sign(b':') {
            (second, precision) = (self.number(2, 2)?, SECOND);
            if self.sign(b'.') || self.sign(b',') {
                let mut scale = 100_000;
                while let Some(digit) = self.number(1, 1) {
                    fraction += digit * scale;
                    scale /= 10;
                }
                precision = 1000;
            }
        }
        let time = Time::new(
            i8::try_from(hour).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second).ok()?,
            i32::try_from(fraction * 1000).ok()?,
        );
        let local = DateTime::from_parts(date, time.ok()?);
        let start = match self.offset() {
            Some(offset) => offset.to_timestamp(local).ok()?.as_microsecond(),
            None => local.to_zoned(zone().clone()).ok()?.timestamp().as_microsecond(),
        };
        Some((start, start - start.rem_euclid(precision.min(1000)) + precision - 1))
    }

    fn offset(&mut self) -> Option<Offset> {
        if self.sign(b'Z') || self.sign(b'z') {
            return Some(Offset::UTC);
        }
        // A plus in a query string that was not encoded arrives as a blank.
        let west = self.sign(b'-');
        if !west && !self.sign(b'+') && !self.sign(b' ') {
            return None;
        }
        let hours = self.number(2, 2)?;
        let _ = self.sign(b':');
        let minutes = self.number(2, 2).unwrap_or(0);
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        Offset::from_seconds(if west { -seconds } else { seconds }).ok()
    }
}

fn start_of(date: Date) -> Option<i64> {
    Some(date.to_zoned(zone().clone()).ok()?.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Option<(String, String)> {
        let instant = |micros| jiff::Timestamp::from_microsecond(micros).unwrap().to_string();
        span(text).map(|(start, end)| (instant(start), instant(end)))
    }

    #[test]
    fn an_end_includes_what_it_was_written_in() {
        for (text, start, end) in [
            ("03/03/2026", "2026-03-03T03:00:00Z", "2026-03-04T02:59:59.999999Z"),
            ("2026-03-03", "2026-03-03T03:00:00Z", "2026-03-04T02:59:59.999999Z"),
            ("3/3/2026)", "2026-03-03T03:00:00Z", "2026-03-04T02:59:59.999999Z"),
            ("02/03/2026 23:59", "2026-03-03T02:59:00Z", "2026-03-03T02:59:59.999999Z"),
            ("02/03/2026 23:59:58", "2026-03-03T02:59:58Z", "2026-03-03T02:59:58.999999Z"),
            ("2026-03-03T02:59:59.998Z", "2026-03-03T02:59:59.998Z", "2026-03-03T02:59:59.998999Z"),
            ("2026-03-03T00:00:00-0300", "2026-03-03T03:00:00Z", "2026-03-03T03:00:00.999999Z"),
            ("2026-03-03T00:00:00-03:00", "2026-03-03T03:00:00Z", "2026-03-03T03:00:00.999999Z"),
            ("2026-03-03T03:00Z", "2026-03-03T03:00:00Z", "2026-03-03T03:00:59.999999Z"),
            ("1772506799999", "2026-03-03T02:59:59.999Z", "2026-03-03T02:59:59.999999Z"),
        ] {
            assert_eq!(shown(text), Some((start.to_owned(), end.to_owned())), "{text}");
        }
    }

    #[test]
    fn the_day_of_a_change_of_the_clock_is_whole() {
        let day = |text| span(text).map(|(start, end)| (end + 1 - start) / (60 * MINUTE));
        assert_eq!((day("04/11/2018"), day("16/02/2019"), day("16/02/2026")), (Some(23), Some(25), Some(24)));
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        for text in
            ["ontem", "", "31/02/2026", "00/00/0000", "2026-13-45", "/", "99/99/9999", "26/3/26", "2026-"]
        {
            assert_eq!(span(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "\\PC*") {
            let _ = span(&text);
        }

        #[test]
        fn nearly_dates_never_panic(text in "[0-9]{1,5}[-/][0-9]{1,3}[-/][0-9]{1,5}[T ]?[0-9]{0,3}:?[0-9]{0,3}[:.Z+-]?[0-9:.]{0,12}") {
            if let Some((start, end)) = span(&text) {
                prop_assert!(start <= end);
            }
        }
    }
}
