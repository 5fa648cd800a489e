//! How single values are spelled on the wire: dates (spec 3.1, 3.3), and what all dialects spell alike.
//!
//! What to write is the business of [`cells`](super::cells).

use std::sync::OnceLock;

use favo_core::Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::json_out::PAIRS;
pub(crate) use crate::json_out::{boolean, civil, decimal, int, text};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
