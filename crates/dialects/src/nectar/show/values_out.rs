//! How single values are spelled on the wire: numbers, text, dates (spec 3.1, 3.3), straight into the answer.
//!
//! Written by hand because every list spends its time here; what to write is the business of [`cells`](super::cells).

use std::sync::OnceLock;

use favo_core::{Decimal, Instant};
use jiff::civil::Date;
use jiff::tz::TimeZone;

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

/// A whole number.
pub(crate) fn int(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    unsigned(out, number.unsigned_abs());
}

fn unsigned(out: &mut Vec<u8>, mut rest: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    while rest >= 100 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if rest >= 10 {
        let pair = rest as usize * 2;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + rest as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

/// A fixed-point number in its shortest form: `900`, `325.35`.
pub(crate) fn decimal(out: &mut Vec<u8>, number: i64) {
    let (size, scale) = (number.unsigned_abs(), Decimal::SCALE.unsigned_abs());
    if number < 0 {
        out.push(b'-');
    }
    unsigned(out, size / scale);
    let mut rest = size % scale;
    if rest == 0 {
        return;
    }
    let mut digits = [b'0'; 7];
    digits[0] = b'.';
    let mut width = 7;
    while rest.is_multiple_of(10) {
        rest /= 10;
        width -= 1;
    }
    for digit in digits[1..width].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[..width]);
}

/// `true` or `false`.
pub(crate) fn boolean(out: &mut Vec<u8>, flag: bool) {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
}

/// A string, escaped.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[start..at]);
        start = at + 1;
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
                continue;
            }
        };
        out.extend_from_slice(escape);
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

/// A point in time in UTC with three decimals: `"2026-03-02T17:45:10.512Z"`.
pub(crate) fn instant(out: &mut Vec<u8>, micros: i64) {
    let millis = micros.clamp(Instant::FIRST.0, Instant::LAST.0).div_euclid(1000);
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let mut form = *b"\"0000-00-00T00:00:00.000Z\"";
    let mut pair = |at: usize, number: i64| {
        let from = number as usize * 2;
        form[at..at + 2].copy_from_slice(&PAIRS[from..from + 2]);
    };
    pair(1, year / 100);
    pair(3, year % 100);
    pair(6, month);
    pair(9, day);
    pair(12, rest / 3_600_000);
    pair(15, rest / 60_000 % 60);
    pair(18, rest / 1000 % 60);
    pair(21, rest % 1000 / 10);
    form[23] = b'0' + (rest % 10) as u8;
    out.extend_from_slice(&form);
}

/// A calendar date, given in days since 1970, as midnight in São Paulo.
pub(crate) fn date(out: &mut Vec<u8>, days: i64) {
    instant(
        out,
        midnight(days).unwrap_or_else(|| days.saturating_mul(Instant::DAY).saturating_add(Instant::DAY / 8)),
    );
}

/// The zone all dates without one are in.
pub(crate) fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        TimeZone::get("America/Sao_Paulo").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(-3)))
    })
}

fn midnight(days: i64) -> Option<i64> {
    let first = Instant::FIRST.0 / Instant::DAY;
    let last = Instant::LAST.0 / Instant::DAY;
    let (year, month, day) = civil(days.clamp(first, last));
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    Some(date.to_zoned(zone().clone()).ok()?.timestamp().as_microsecond())
}

/// Year, month and day of a day since 1970 (Howard Hinnant's `civil_from_days`).
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dates_have_four_digit_years_and_three_decimals() {
        for (micros, form) in [
            (1_772_473_510_512_999, "2026-03-02T17:45:10.512Z"),
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (Instant::FIRST.0, "0001-01-01T00:00:00.000Z"),
            (i64::MIN, "0001-01-01T00:00:00.000Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(shown(|out| instant(out, micros)), format!("\"{form}\""));
        }
    }

    #[test]
    fn date_only_fields_are_midnight_in_sao_paulo() {
        let days = |y, m, d| {
            i64::from(
                Date::new(y, m, d).unwrap().duration_since(Date::new(1970, 1, 1).unwrap()).as_hours() as i32
            ) / 24
        };
        assert_eq!(shown(|out| date(out, days(1985, 7, 15))), "\"1985-07-15T03:00:00.000Z\"");
        assert_eq!(shown(|out| date(out, days(1990, 1, 10))), "\"1990-01-10T02:00:00.000Z\"");
        for days in [i64::MIN, i64::MAX, -800_000, 3_000_000] {
            let _ = shown(|out| date(out, days));
        }
    }

    proptest! {
        #[test]
        fn numbers_are_spelled_as_the_standard_library_does(number in any::<i64>()) {
            prop_assert_eq!(shown(|out| int(out, number)), number.to_string());
            prop_assert_eq!(shown(|out| decimal(out, number)), Decimal(number).to_string());
        }

        #[test]
        fn small_numbers_too(number in -100_000_i64..100_000) {
            prop_assert_eq!(shown(|out| int(out, number)), number.to_string());
            prop_assert_eq!(shown(|out| decimal(out, number)), Decimal(number).to_string());
        }

        #[test]
        fn text_reads_back_as_itself(words in any::<String>()) {
            let json = shown(|out| text(out, &words));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), words);
        }

        #[test]
        fn days_agree_with_jiff(days in -719_000_i64..2_900_000) {
            let date = Date::new(1970, 1, 1).unwrap() + jiff::Span::new().days(days);
            let expected = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
            prop_assert_eq!(civil(days), expected);
        }
    }
}
