//! Writes single values as JSON. Not for whole contacts, see `contact`.

use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";
const DAY: i64 = 86_400_000_000;
const FIRST: i64 = -62_135_596_800_000_000;
const LAST: i64 = 253_402_300_799_999_999;

/// A whole number.
pub fn int(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let mut rest = number.unsigned_abs();
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    while rest >= 100 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if rest >= 10 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[rest as usize * 2..rest as usize * 2 + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + rest as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

/// A number with six decimals in its shortest form.
pub fn decimal(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let size = number.unsigned_abs();
    int(out, (size / 1_000_000) as i64);
    let rest = size % 1_000_000;
    if rest != 0 {
        let digits = format!(".{rest:06}");
        out.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    }
}

/// A truth value.
pub fn boolean(out: &mut Vec<u8>, flag: bool) {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
}

/// A string.
pub fn text(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    if text.iter().all(|byte| *byte >= 0x20 && *byte != b'"' && *byte != b'\\') {
        out.extend_from_slice(text);
    } else {
        for byte in text {
            match byte {
                b'"' => out.extend_from_slice(b"\\\""),
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                _ => out.push(*byte),
            }
        }
    }
    out.push(b'"');
}

/// A point in time in UTC with three decimals.
pub fn instant(out: &mut Vec<u8>, micros: i64) {
    let millis = micros.clamp(FIRST, LAST).div_euclid(1000);
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

/// A calendar date as midnight in São Paulo: looked up, for the years that people are born and firms founded in.
pub fn date(out: &mut Vec<u8>, days: i64) {
    const FROM: i64 = -36_525;
    const TO: i64 = 36_525;
    static MIDNIGHTS: OnceLock<Vec<i64>> = OnceLock::new();
    let midnights = MIDNIGHTS.get_or_init(|| (FROM..TO).map(midnight).collect());
    let known = usize::try_from(days - FROM).ok().and_then(|at| midnights.get(at));
    instant(out, known.copied().unwrap_or_else(|| midnight(days)));
}

fn midnight(days: i64) -> i64 {
    let (year, month, day) = civil(days.clamp(FIRST / DAY, LAST / DAY));
    let zone = TimeZone::get("America/Sao_Paulo").unwrap_or(TimeZone::UTC);
    let date = Date::new(year as i16, month as i8, day as i8).ok();
    let zoned = date.and_then(|date| date.to_zoned(zone).ok());
    zoned.map_or(days * DAY, |zoned| zoned.timestamp().as_microsecond())
}

/// Year, month and day of a day since 1970 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
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

/// Turns `,"a":1` from `start` on into an object.
pub fn close(out: &mut Vec<u8>, start: usize) {
    if start < out.len() {
        out[start] = b'{';
    } else {
        out.push(b'{');
    }
    out.push(b'}');
}

/// Turns `,1,2` from `start` on into an array.
pub fn close_list(out: &mut Vec<u8>, start: usize) {
    if start < out.len() {
        out[start] = b'[';
    } else {
        out.push(b'[');
    }
    out.push(b']');
}

/// The end of the JSON value that starts at `from`, in JSON without blanks.
pub fn end_of(json: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at < json.len() {
        match json[at] {
            b'"' => {
                at += 1;
                while at < json.len() && json[at] != b'"' {
                    at += if json[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' | b',' | b':' if depth == 0 => return at,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
        if depth == 0 && json[from] == b'"' {
            return at;
        }
    }
    json.len()
}

/// Calls back with each element of an array without blanks.
pub fn elements<'j>(json: &'j [u8], mut each: impl FnMut(&'j [u8])) {
    let mut at = 1;
    while at < json.len() && json[at] != b']' {
        let end = end_of(json, at);
        each(&json[at..end]);
        at = end + usize::from(json.get(end) == Some(&b','));
    }
}

/// Calls back with each key, without its quotes, and value of an object without blanks.
pub fn members<'j>(json: &'j [u8], mut each: impl FnMut(&'j [u8], &'j [u8])) {
    let mut at = 1;
    while at < json.len() && json[at] != b'}' {
        let key_end = end_of(json, at);
        let end = end_of(json, key_end + 1);
        each(&json[at + 1..key_end - 1], &json[key_end + 1..end]);
        at = end + usize::from(json.get(end) == Some(&b','));
    }
}

/// The number in a run of digits.
pub fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
