//! Numbers from their text, never through binary floating point unless that is what the column holds.

/// Why a value does not fit its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is of another type.
    Type,
    /// It is of the type, and beyond what the column holds.
    Range,
}

/// Digits before the point that a decimal column holds.
const WHOLE: usize = 14;
/// Digits after the point that a decimal column holds.
const FRACTION: usize = 6;

/// A number's text in its parts.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (mantissa, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let exponent = match exponent {
        None => 0,
        Some(exponent) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !all_digits(digits) {
                return None;
            }
            let size: i64 = digits.parse().unwrap_or(i64::MAX).min(1_000_000_000);
            if exponent.starts_with('-') { -size } else { size }
        }
    };
    Some(Parts { negative, whole, fraction, exponent })
}

/// A whole number: JSON number or digits; a fraction of zeros and an exponent are read too.
pub(super) fn integer(text: &str) -> Result<i64, Misfit> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if (1..=18).contains(&digits.len()) {
        let mut value = 0_i64;
        let mut wrong = false;
        for &byte in digits {
            let digit = byte.wrapping_sub(b'0');
            wrong |= digit > 9;
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        }
        if !wrong {
            return Ok(if digits.len() == bytes.len() { value } else { -value });
        }
    }
    let number = parts(text).ok_or(Misfit::Type)?;
    let mut plain = String::new();
    expand(&number, 19, 0, &mut plain).map_err(|misfit| {
        // Too many digits after the point means that it is no whole number.
        if has_fraction(&number) { Misfit::Type } else { misfit }
    })?;
    plain.parse().map_err(|_| Misfit::Range)
}

fn has_fraction(number: &Parts<'_>) -> bool {
    let kept = number.fraction.trim_end_matches('0');
    let last =
        if kept.is_empty() { number.whole.len() - number.whole.trim_end_matches('0').len() } else { 0 };
    number.exponent < kept.len() as i64 && (!kept.is_empty() || -number.exponent > last as i64)
}

/// Appends the plain decimal text of a number to `out`, or tells that `text` is such a text already (true).
pub(super) fn decimal(text: &str, out: &mut String) -> Result<bool, Misfit> {
    if is_plain_decimal(text.as_bytes()) {
        return Ok(true);
    }
    let number = parts(text).ok_or(Misfit::Type)?;
    expand(&number, WHOLE, FRACTION, out)?;
    Ok(false)
}

/// Whether the text can stand in a decimal column as it is: no leading zeros, no exponent, not too long.
fn is_plain_decimal(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if whole == 0 || whole > WHOLE || whole > 1 && text[0] == b'0' {
        return false;
    }
    match text.get(whole) {
        None => true,
        Some(b'.') => {
            let fraction = &text[whole + 1..];
            (1..=FRACTION).contains(&fraction.len()) && fraction.iter().all(u8::is_ascii_digit)
        }
        Some(_) => false,
    }
}

/// Writes a number without exponent, leading zeros or needless zeros after the point.
fn expand(
    number: &Parts<'_>,
    most_whole: usize,
    most_fraction: usize,
    out: &mut String,
) -> Result<(), Misfit> {
    let digit = |at: usize| {
        number.whole.as_bytes().get(at).or_else(|| number.fraction.as_bytes().get(at - number.whole.len()))
    };
    let length = number.whole.len() + number.fraction.len();
    let Some(first) = (0..length).find(|&at| digit(at) != Some(&b'0')) else {
        out.push('0');
        return Ok(());
    };
    let last = (first..length).rev().find(|&at| digit(at) != Some(&b'0')).unwrap_or(first);
    // Where the point stands, counted in digits from the first one that is not zero; it may lie outside of them.
    let point = number.whole.len() as i64 + number.exponent - first as i64;
    let digits = (last - first + 1) as i64;
    if point > most_whole as i64 || digits - point > most_fraction as i64 {
        return Err(Misfit::Range);
    }
    if number.negative {
        out.push('-');
    }
    let from = point.min(0);
    if point <= 0 {
        out.push('0');
    }
    for place in from..digits.max(point) {
        if place == point {
            out.push('.');
        }
        let found = if place < 0 || place >= digits { None } else { digit(first + place as usize) };
        out.push(char::from(found.copied().unwrap_or(b'0')));
    }
    Ok(())
}

/// Binary double precision; never infinite.
pub(super) fn double(text: &str) -> Result<f64, Misfit> {
    parts(text).ok_or(Misfit::Type)?;
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Misfit::Range),
    }
}

/// The digits of a document number, as a number; none when there are none or when letters stand among them.
pub(super) fn digits_of(text: &str) -> Option<f64> {
    let mut value = 0.0_f64;
    let mut any = false;
    for character in text.chars() {
        if let Some(digit) = character.to_digit(10) {
            value = value * 10.0 + f64::from(digit);
            any = true;
        } else if character.is_alphanumeric() {
            return None;
        }
    }
    (any && value.is_finite()).then_some(value)
}

/// Turns Brazilian money text such as `R$ 1.250,00` into decimal text with a point; other numbers stay as they are.
pub(super) fn from_money(text: &str, out: &mut String) {
    let text = text.trim();
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let text = text.trim_start();
    let text = text.strip_prefix("R$").unwrap_or(text).trim();
    let (sign, text) = text.strip_prefix('-').map_or((sign, text), |rest| ("-", rest));
    out.push_str(sign);
    let points_group = text.contains(',') || text.matches('.').count() > 1;
    for character in text.chars() {
        match character {
            '.' if points_group => {}
            ',' => out.push('.'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Result<String, Misfit> {
        let mut out = String::new();
        decimal(text, &mut out).map(|as_it_is| if as_it_is { text.to_owned() } else { out })
    }

    #[test]
    fn decimals_keep_every_digit_and_lose_their_exponent() {
        for (text, wanted) in [
            ("0", "0"),
            ("-1250.50", "-1250.50"),
            ("12345678901234.123456", "12345678901234.123456"),
            ("1.25e3", "1250"),
            ("1E-6", "0.000001"),
            ("-12.5e-1", "-1.25"),
            ("1.50000000", "1.5"),
            ("007.50", "7.5"),
            ("+3.10", "3.1"),
            ("0e999999999999999999999", "0"),
            ("0.00000000000", "0"),
            ("0.1e14", "10000000000000"),
            ("100e-2", "1"),
            ("0.1", "0.1"),
        ] {
            assert_eq!(plain(text).as_deref(), Ok(wanted), "{text}");
        }
        for text in ["123456789012345", "0.1234567", "1e-7", "1e15", "1e999999999999999999999"] {
            assert_eq!(plain(text), Err(Misfit::Range), "{text}");
        }
        for text in
            ["", "-", ".5", "5.", "1,5", "1e", "1e+", "abc", "1 2", "0x10", "NaN", "inf", "--1", "1.2.3", "é"]
        {
            assert_eq!(plain(text), Err(Misfit::Type), "{text}");
            assert_eq!(double(text), Err(Misfit::Type), "{text}");
            assert_eq!(integer(text), Err(Misfit::Type), "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_whole_and_fit_64_bits() {
        for (text, wanted) in [
            ("12", Ok(12)),
            ("-12", Ok(-12)),
            ("12.0", Ok(12)),
            ("1.2e1", Ok(12)),
            ("120e-1", Ok(12)),
            ("0012", Ok(12)),
            ("9223372036854775807", Ok(i64::MAX)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9007199254740993", Ok(9_007_199_254_740_993)),
            ("9223372036854775808", Err(Misfit::Range)),
            ("1e30", Err(Misfit::Range)),
            ("12.5", Err(Misfit::Type)),
            ("1e-1", Err(Misfit::Type)),
            ("0.5e0", Err(Misfit::Type)),
        ] {
            assert_eq!(integer(text), wanted, "{text}");
        }
    }

    #[test]
    fn documents_give_their_digits_unless_letters_stand_among_them() {
        assert_eq!(digits_of("11.222.333/0001-44"), Some(11_222_333_000_144.0));
        assert_eq!(digits_of("12.ABC.345/01DE-35"), None);
        assert_eq!(digits_of("é1"), None);
        assert_eq!(digits_of("-./"), None);
        assert_eq!(digits_of(""), None);
    }

    #[test]
    fn brazilian_money_is_a_number() {
        for (text, wanted) in [
            ("R$ 1.250,00", "1250.00"),
            ("1250,5", "1250.5"),
            ("1.250.000", "1250000"),
            ("1250.50", "1250.50"),
            ("-R$ 3,10", "-3.10"),
            ("R$ -3,10", "-3.10"),
            ("R$\u{a0}1,00", "1.00"),
        ] {
            let mut out = String::new();
            from_money(text, &mut out);
            assert_eq!(out, wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decimals_agree_with_double_precision_where_it_is_exact_enough(text in "-?(0|[1-9][0-9]{0,7})(\\.[0-9]{1,4})?([eE][+-]?[0-3])?") {
            // serde_json is the second opinion on the value; ours must be plain and name the same number.
            let theirs = serde_json::from_str::<serde_json::Number>(&text).unwrap().as_f64().unwrap();
            if let Ok(ours) = plain(&text) {
                prop_assert!(is_plain_decimal(ours.as_bytes()));
                prop_assert!((ours.parse::<f64>().unwrap() - theirs).abs() <= theirs.abs() * 1e-12);
            }
        }

        #[test]
        fn no_text_makes_numbers_panic(text in "[-+0-9.eE,]{0,12}|\\PC{0,8}") {
            let _ = plain(&text);
            let _ = double(&text);
            let _ = digits_of(&text);
            #[allow(clippy::cast_precision_loss, reason = "compared with a tolerance")]
            if let Ok(value) = integer(&text) {
                prop_assert!((double(&text).unwrap() - value as f64).abs() <= 1e-9 * (value as f64).abs());
            }
        }
    }
}
