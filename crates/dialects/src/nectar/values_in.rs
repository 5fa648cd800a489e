//! Values as existing clients write them: dates in many forms, numbers as text, Brazilian money (spec 3.2, 3.3).
//!
//! Each function answers `None` for what cannot be read. Clearing (`null`, `""`) is the caller's to see first.

use favo_core::{Decimal, Instant};
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use super::body::Json;
use super::show::values_out::zone;

const SECOND: i64 = 1_000_000;
/// The offset of São Paulo where its history is unknown to the zone table: the far past and the last day of 9999.
const USUAL_OFFSET: i64 = -3 * 3600;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A text: numbers and truth values as they are written.
pub(super) fn text(value: &Json) -> Option<String> {
    match value {
        Json::Text(text) if !text.contains('\0') => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A truth value: `true`, `false`, `0`, `1`, bare or as text.
pub(super) fn boolean(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(flag) => Some(*flag),
        Json::Number(number) => match number.parse::<Decimal>().ok()? {
            Decimal::ZERO => Some(false),
            one if one == Decimal::from_units(1) => Some(true),
            _ => None,
        },
        Json::Text(text) => match text.trim() {
            "1" => Some(true),
            "0" => Some(false),
            word if word.eq_ignore_ascii_case("true") => Some(true),
            word if word.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number, also as text; nothing behind the decimal point but zeros.
pub(super) fn integer(value: &Json) -> Option<i64> {
    let text: &str = match value {
        Json::Number(number) => number,
        Json::Text(text) => text.trim(),
        _ => return None,
    };
    text.parse().ok().or_else(|| {
        let number: Decimal = text.parse().ok()?;
        number.is_whole().then_some(number.0 / Decimal::SCALE)
    })
}

/// A fixed-point number, also as text, also as Brazilian money.
pub(super) fn decimal(value: &Json) -> Option<Decimal> {
    match value {
        Json::Number(number) => number.parse().ok(),
        Json::Text(text) => text.trim().parse().ok().or_else(|| brazilian(text)),
        _ => None,
    }
}

/// Reads `R$ 1.250,00`, `1250,5`, `1.250.300`: points group thousands, the comma begins the cents.
fn brazilian(text: &str) -> Option<Decimal> {
    let mut rest: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let negative = rest.contains('-');
    if negative {
        // Before or behind the currency sign, once.
        rest = rest.replacen('-', "", 1);
    }
    let unsigned = rest.strip_prefix("R$").or_else(|| rest.strip_prefix("r$")).unwrap_or(&rest);
    let money = unsigned.len() < rest.len();
    let (whole, cents) =
        unsigned.split_once(',').map_or((unsigned, None), |(whole, cents)| (whole, Some(cents)));
    if cents.is_some_and(|cents| cents.is_empty() || !cents.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let groups: Vec<&str> = whole.split('.').collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(digits) {
        return None;
    }
    let grouped = groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    let whole = match groups.len() {
        1 => whole.to_owned(),
        _ if grouped => groups.concat(),
        // `R$ 12.5`: one point that groups nothing is a decimal point.
        2 if money && cents.is_none() => whole.to_owned(),
        _ => return None,
    };
    let number: Decimal = match cents {
        Some(cents) => format!("{whole}.{cents}").parse().ok()?,
        None => whole.parse().ok()?,
    };
    Some(if negative { Decimal(-number.0) } else { number })
}

/// A date as it was written: a day, or a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// A day of the calendar, without a time.
    Day(Date),
    Point(Instant),
}

/// A point in time, to the millisecond that is shown again; a day means its midnight in São Paulo.
pub(super) fn instant(value: &Json) -> Option<Instant> {
    match written(value)? {
        Written::Day(day) => in_sao_paulo(day.to_datetime(Time::midnight())),
        Written::Point(instant) => Some(instant.to_millis()),
    }
}

/// A calendar date, as days since 1970; of a point in time, the day it is in São Paulo.
pub(super) fn date(value: &Json) -> Option<i64> {
    match written(value)? {
        Written::Day(day) => Some(days_since_epoch(day)),
        Written::Point(instant) => Some((instant.0 + offset_at(instant) * SECOND).div_euclid(Instant::DAY)),
    }
}

/// A date in the form custom fields keep: `dd/MM/yyyy` (spec 3.9).
pub(super) fn custom_date(value: &Json) -> Option<String> {
    let day = EPOCH.checked_add(SignedDuration::from_hours(date(value)? * 24)).ok()?;
    Some(format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()))
}

fn written(value: &Json) -> Option<Written> {
    match value {
        Json::Number(_) => epoch_millis(integer(value)?),
        Json::Text(text) => {
            let text = text.trim();
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return epoch_millis(text.parse().ok()?);
            }
            written_text(text)
        }
        _ => None,
    }
}

fn epoch_millis(millis: i64) -> Option<Written> {
    in_range(millis.checked_mul(1000)?).map(Written::Point)
}

fn in_range(micros: i64) -> Option<Instant> {
    let instant = Instant(micros);
    (Instant::FIRST..=Instant::LAST).contains(&instant).then_some(instant)
}

/// Reads `yyyy-MM-dd` or `dd/MM/yyyy`, alone or with a time, that with or without an offset.
fn written_text(text: &str) -> Option<Written> {
    let (day, time) = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, Some(time.trim_start())),
        None => (text, None),
    };
    let day = if day.contains('/') {
        let [day, month, year] = fields(day, '/')?;
        civil(number(year, 4, 4)?, number(month, 1, 2)?, number(day, 1, 2)?)?
    } else {
        let [year, month, day] = fields(day, '-')?;
        civil(number(year, 4, 4)?, number(month, 2, 2)?, number(day, 2, 2)?)?
    };
    let Some(time) = time else { return Some(Written::Day(day)) };
    let (clock, offset) = split_offset(time)?;
    let (time, micros) = clock_time(clock)?;
    let local = day.to_datetime(time);
    let instant = match offset {
        Some(offset) => in_range(seconds_since_epoch(local) * SECOND - offset * SECOND + micros)?,
        None => in_range(in_sao_paulo(local)?.0 + micros)?,
    };
    Some(Written::Point(instant))
}

fn fields(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut fields = text.split(separator);
    let three = [fields.next()?, fields.next()?, fields.next()?];
    fields.next().is_none().then_some(three)
}

fn number(text: &str, shortest: usize, longest: usize) -> Option<i16> {
    let fits = (shortest..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    // Years are 0001 to 9999 on this wire (spec 3.1).
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| year >= 1)
}

/// Splits a time from its offset, in seconds: `Z`, `-03:00`, `-0300`, `-03`.
fn split_offset(time: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock.trim_end(), Some(0)));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, None)) };
    let (sign, offset) = (if time.as_bytes()[at] == b'-' { -1 } else { 1 }, &time[at + 1..]);
    let (hours, minutes) = match (offset.split_once(':'), offset.len()) {
        (Some(parts), _) => parts,
        (None, 4) if offset.is_ascii() => offset.split_at(2),
        (None, _) => (offset, "00"),
    };
    let (hours, minutes) = (i64::from(number(hours, 2, 2)?), i64::from(number(minutes, 2, 2)?));
    (hours <= 18 && minutes <= 59)
        .then_some((time[..at].trim_end(), Some(sign * (hours * 3600 + minutes * 60))))
}

/// Reads `HH:mm`, `HH:mm:ss` or `HH:mm:ss.fff`: the time, and the microseconds behind it.
fn clock_time(text: &str) -> Option<(Time, i64)> {
    let (clock, fraction) = text.split_once(['.', ',']).map_or((text, None), |(clock, f)| (clock, Some(f)));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || (fraction.is_some() && second.is_none()) {
        return None;
    }
    let small = |text| number(text, 1, 2).and_then(|number| i8::try_from(number).ok());
    let time = Time::new(small(hour)?, small(minute)?, small(second.unwrap_or("0"))?, 0).ok()?;
    let micros = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let kept: String = digits.chars().chain("000000".chars()).take(6).collect();
            kept.parse().ok()?
        }
        Some(_) => return None,
    };
    Some((time, micros))
}

fn days_since_epoch(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

fn seconds_since_epoch(local: DateTime) -> i64 {
    local.duration_since(EPOCH.to_datetime(Time::midnight())).as_secs()
}

fn in_sao_paulo(local: DateTime) -> Option<Instant> {
    let seconds = match zone().to_ambiguous_timestamp(local).compatible() {
        Ok(timestamp) => timestamp.as_second(),
        Err(_) => seconds_since_epoch(local) - USUAL_OFFSET,
    };
    in_range(seconds * SECOND)
}

/// The offset of São Paulo at a point in time, in seconds.
fn offset_at(instant: Instant) -> i64 {
    Timestamp::from_microsecond(instant.0)
        .map_or(USUAL_OFFSET, |timestamp| i64::from(zone().to_offset(timestamp).seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_value(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    fn micros(text: &str) -> Option<i64> {
        instant(&text_value(text)).map(|instant| instant.0)
    }

    #[test]
    fn every_documented_form_of_a_date_is_read() {
        // 2026-04-30T20:05:09.123Z
        let point = 1_777_579_509_123_000;
        for (text, expected) in [
            ("2026-04-30T17:05:09.123-03:00", point),
            ("2026-04-30T17:05:09-0300", point - 123_000),
            ("2026-04-30T20:05:09.123Z", point),
            ("2026-04-30T17:05:09.123", point),
            ("2026-04-30T17:05-03", point - 9_123_000),
            ("2026-04-30 17:05:09", point - 123_000),
            ("30/04/2026 17:05", point - 9_123_000),
            ("30/04/2026 17:05:09", point - 123_000),
            ("1777579509123", point),
            ("2026-04-30", 1_777_518_000_000_000),
            ("30/04/2026", 1_777_518_000_000_000),
        ] {
            assert_eq!(micros(text), Some(expected), "{text}");
        }
        assert_eq!(instant(&Json::Number("1777579509123".into())), Some(Instant(point)));
    }

    #[test]
    fn years_from_1_to_9999_are_read_and_no_others() {
        assert_eq!(micros("0001-01-01T00:00:00Z"), Some(Instant::FIRST.0));
        assert_eq!(micros("9999-12-31T23:59:59.999999Z"), Some(Instant::LAST.to_millis().0));
        assert_eq!(micros("9999-12-31T20:00:00"), Some(Instant::LAST.0 - 3600 * SECOND + 1));
        for text in
            ["0000-01-01T00:00:00Z", "10000-01-01", "9999-12-31T23:00:00", "9999-12-31T23:59:59-01:00"]
        {
            assert_eq!(micros(text), None, "{text}");
        }
    }

    #[test]
    fn other_forms_are_not_read() {
        for text in [
            "",
            "amanhã",
            "31/02/2026",
            "2026-02-30",
            "2026-13-01",
            "02/03/26",
            "30-04-2026",
            "2026-03-02T25:00:00Z",
            "2026-03-02T10:00:00+99:00",
            "99999999999999999999",
            "2026-03-02T",
            "2026-03-02T10",
            "2026-03-02T10:00:00.",
            "2026-03-02T10:00.5",
            "2026-03-02T10:00:00+0é0",
            "2026-03-02)",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
        for value in [Json::Bool(true), Json::List(vec![]), Json::Number("1.5".into())] {
            assert_eq!(instant(&value), None);
        }
    }

    #[test]
    fn a_day_is_the_one_it_is_in_sao_paulo() {
        let day = date(&text_value("1985-07-15")).unwrap();
        for text in
            ["15/07/1985", "1985-07-15T03:00:00.000Z", "1985-07-15T22:30:00-03:00", "1985-07-16T02:59:59Z"]
        {
            assert_eq!(date(&text_value(text)), Some(day), "{text}");
        }
        assert_eq!(custom_date(&text_value("2026-02-20T15:00:00.000Z")).as_deref(), Some("20/02/2026"));
        assert_eq!(custom_date(&text_value("0028-05-10")).as_deref(), Some("10/05/0028"));
        assert_eq!(custom_date(&text_value("a combinar")), None);
    }

    #[test]
    fn money_is_read_as_brazilians_write_it() {
        for (text, expected) in [
            ("1250.5", "1250.5"),
            ("R$ 1.250,00", "1250"),
            ("1250,5", "1250.5"),
            ("R$1.250.300,75", "1250300.75"),
            ("1.250.300", "1250300"),
            ("R$ 1.250", "1250"),
            ("R$ 12.5", "12.5"),
            ("-R$ 5,25", "-5.25"),
            ("R$ -5,25", "-5.25"),
            (" 7 ", "7"),
            ("R$\u{a0}9,90", "9.9"),
        ] {
            assert_eq!(
                decimal(&text_value(text)).map(|number| number.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for text in
            ["", "muito", "1,2,3x", "1,2,3", "NaN", "1e999", "R$", "12.34,5", "1,", ",5", "--1", "1.2.3"]
        {
            assert_eq!(decimal(&text_value(text)), None, "{text}");
        }
        assert_eq!(decimal(&Json::Number("1e300".into())), None);
    }

    #[test]
    fn whole_numbers_are_exact_to_64_bits() {
        assert_eq!(integer(&Json::Number("9223372036854775807".into())), Some(i64::MAX));
        assert_eq!(integer(&text_value(" 25 ")), Some(25));
        assert_eq!(integer(&Json::Number("3.0".into())), Some(3));
        for text in ["1.5", "9223372036854775808", "abc", "1e30", ""] {
            assert_eq!(integer(&text_value(text)), None, "{text}");
        }
    }

    #[test]
    fn truth_is_a_word_or_a_digit() {
        for (value, expected) in [
            (text_value("TRUE"), Some(true)),
            (text_value("0"), Some(false)),
            (Json::Number("1".into()), Some(true)),
            (Json::Number("2".into()), None),
            (Json::Number("0.5".into()), None),
            (text_value("talvez"), None),
        ] {
            assert_eq!(boolean(&value), expected, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "\\PC*") {
            let value = text_value(&text);
            let _ = (instant(&value), date(&value), custom_date(&value), decimal(&value), integer(&value), boolean(&value));
        }

        #[test]
        fn no_date_like_text_makes_a_reader_panic(text in "[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,5}[T ]?[0-9:.,+Zé-]{0,16}") {
            let value = text_value(&text);
            let _ = (instant(&value), custom_date(&value));
        }

        #[test]
        fn a_point_in_time_reads_back(seconds in Instant::FIRST.0 / SECOND..Instant::LAST.0 / SECOND) {
            let millis = Json::Number((seconds * 1000).to_string().into());
            prop_assert_eq!(instant(&millis), Some(Instant(seconds * SECOND)));
            prop_assert!(date(&millis).is_some());
        }
    }
}
