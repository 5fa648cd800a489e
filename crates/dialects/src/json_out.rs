//! How single JSON values are written, straight into the answer: what every dialect spells the same way.
//!
//! Written by hand because every list spends its time here. Not for what a dialect spells its own way, such as dates.

use favo_core::Decimal;

pub(crate) const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
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
    use jiff::civil::Date;
    use proptest::prelude::*;

    fn shown(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
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
