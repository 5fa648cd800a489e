//! Moments as the text of SQL databases, always of one width, so that text order is time order; and wall clocks of a zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAY: i64 = 86_400_000_000;
/// 0001-01-01 and the last microsecond of 9999-12-31: what cells promise to hold; anything else is brought to the nearer end.
const FIRST: i64 = -62_135_596_800_000_000;
const LAST: i64 = 253_402_300_799_999_999;

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

fn pair(out: &mut [u8], at: usize, value: u32) {
    let from = (value as usize % 100) * 2;
    out[at..at + 2].copy_from_slice(&PAIRS[from..from + 2]);
}

/// `2026-03-02T17:45:10.512000Z`.
pub(in crate::destination) fn instant(micros: i64) -> [u8; 27] {
    let mut out = *b"0000-00-00T00:00:00.000000Z";
    write(micros, &mut out);
    out
}

/// `2026-03-02 14:45:10.512000`.
pub(in crate::destination) fn civil(micros: i64) -> [u8; 26] {
    let mut out = *b"0000-00-00 00:00:00.000000";
    write(micros, &mut out);
    out
}

/// The same as text.
pub(in crate::destination) fn instant_text(micros: i64) -> String {
    String::from_utf8_lossy(&instant(micros)).into_owned()
}

fn write(micros: i64, out: &mut [u8]) {
    let micros = micros.clamp(FIRST, LAST);
    let day = micros.div_euclid(DAY);
    let rest = micros.rem_euclid(DAY) as u64;
    // Days to a civil date by eras of 400 years whose years begin in March; the day is positive after the shift.
    let shifted = (day + 719_468) as u32;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    let seconds = (rest / 1_000_000) as u32;
    let fraction = (rest % 1_000_000) as u32;
    pair(out, 0, year / 100);
    pair(out, 2, year % 100);
    pair(out, 5, month);
    pair(out, 8, day_of_month);
    pair(out, 11, seconds / 3600);
    pair(out, 14, seconds / 60 % 60);
    pair(out, 17, seconds % 60);
    pair(out, 20, fraction / 10_000);
    pair(out, 22, fraction / 100 % 100);
    pair(out, 24, fraction % 100);
}

/// Reads both forms back, and what PostgreSQL prints in UTC; micros since 1970 of the moment or of the wall clock.
pub(in crate::destination) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0_i64, |sum, &byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let mut fraction = 0;
    if bytes.get(19) == Some(&b'.') {
        let mut scale = 100_000;
        for byte in bytes[20..].iter().take_while(|byte| byte.is_ascii_digit()) {
            fraction += i64::from(byte - b'0') * scale;
            scale /= 10;
        }
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    let days = era * 146_097 + of_era - 719_468;
    Some(days * DAY + (hour * 3600 + minute * 60 + second) * 1_000_000 + fraction)
}

/// The wall clock of the zone at a moment.
pub(in crate::destination) fn to_civil(micros: i64, zone: &TimeZone) -> i64 {
    Timestamp::from_microsecond(micros.clamp(FIRST, LAST))
        .map_or(micros, |moment| micros + i64::from(zone.to_offset(moment).seconds()) * 1_000_000)
}

/// The moment at which the zone's wall clock shows this. An hour that happened twice counts as the first one: a record that seems older than it is
/// is written again, one that seems newer would be taken for stale.
pub(in crate::destination) fn from_civil(micros: i64, zone: &TimeZone) -> i64 {
    let Ok(shown) = Timestamp::from_microsecond(micros.clamp(FIRST, LAST)) else { return micros };
    let wall = TimeZone::UTC.to_datetime(shown);
    zone.to_ambiguous_timestamp(wall).compatible().map_or(micros, Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where jiff's own clock ends.
    const JIFF_LAST: i64 = 253_402_207_199_999_999;

    proptest! {
        #[test]
        fn every_moment_is_written_as_jiff_writes_it_and_comes_back(micros in FIRST..=JIFF_LAST) {
            let text = instant_text(micros);
            let read: Timestamp = text.parse().unwrap();
            prop_assert_eq!(read.as_microsecond(), micros);
            prop_assert_eq!(parse(&text), Some(micros));
            prop_assert_eq!(parse(std::str::from_utf8(&civil(micros)).unwrap()), Some(micros));
        }

        #[test]
        fn the_order_of_texts_is_the_order_in_time(one in FIRST..=LAST, other in FIRST..=LAST) {
            prop_assert_eq!(instant(one).cmp(&instant(other)), one.cmp(&other));
        }
    }

    #[test]
    fn the_first_and_the_last_moment_are_written_whole() {
        assert_eq!(instant_text(FIRST), "0001-01-01T00:00:00.000000Z");
        assert_eq!(instant_text(LAST), "9999-12-31T23:59:59.999999Z");
        assert_eq!(parse(&instant_text(LAST)), Some(LAST));
    }

    #[test]
    fn an_hour_that_happened_twice_counts_as_the_first() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        // Summer time ended on 18 February 2018 at midnight: 23:30 of the 17th was there twice.
        let first: i64 = "2018-02-18T01:30:00Z".parse::<Timestamp>().unwrap().as_microsecond();
        let second = first + 3_600_000_000;
        assert_eq!(to_civil(first, &zone), to_civil(second, &zone));
        assert_eq!(from_civil(to_civil(second, &zone), &zone), first);
        assert_eq!(from_civil(to_civil(second + 3_600_000_000, &zone), &zone), second + 3_600_000_000);
    }

    #[test]
    fn what_is_no_moment_is_not_read_as_one() {
        for text in ["", "2026-03-02", "2026-03-02T17:45", "xxxx-03-02T17:45:10Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
