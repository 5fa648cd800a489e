//! Cells as JSON text, written straight into the buffer of a message.

use crate::cell::{Cell, Text};
use crate::moment;

/// Writes the value of a cell. `utc`: micros are a moment and get their `Z`; else they are a wall clock and stay without.
pub(super) fn cell(out: &mut Vec<u8>, cell: &Cell<'_>, utc: bool) {
    match *cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Boolean(true) => out.extend_from_slice(b"true"),
        Cell::Boolean(false) => out.extend_from_slice(b"false"),
        Cell::Integer(number) => integer(out, number),
        Cell::Double(number) => double(out, number),
        Cell::Decimal(digits) => decimal(out, digits),
        Cell::Text(text) => self::text(out, text),
        Cell::Micros(micros) => {
            out.push(b'"');
            moment::rfc3339(micros, out);
            if !utc {
                out.pop();
            }
            out.push(b'"');
        }
        Cell::Json(json) => out.extend_from_slice(json.as_bytes()),
        Cell::Hash(hash) => hexadecimal(out, hash),
    }
}

/// Writes a whole number.
pub(super) fn integer(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Writes a string with its quotation marks.
pub(super) fn text(out: &mut Vec<u8>, text: Text<'_>) {
    out.push(b'"');
    if text.plain {
        out.extend_from_slice(text.text.as_bytes());
    } else {
        escaped(out, text.text.as_bytes());
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut written = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[written..at]);
        written = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(other >> 4)]);
                out.push(HEX[usize::from(other & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[written..]);
}

const HEX: [u8; 16] = *b"0123456789abcdef";

fn hexadecimal(out: &mut Vec<u8>, hash: u128) {
    let mut digits = [b'"'; 34];
    for (pair, byte) in digits[1..33].chunks_exact_mut(2).zip(hash.to_be_bytes()) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    out.extend_from_slice(&digits);
}

fn double(out: &mut Vec<u8>, number: f64) {
    use std::io::Write;
    if !number.is_finite() {
        out.extend_from_slice(b"null");
        return;
    }
    // The shortest text that reads back as the same number. Writing to a Vec cannot fail. Without a point where there is no fraction, so that ids look like ids.
    if number.fract().abs() <= 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        integer(out, number as i64);
    } else {
        let _ = write!(out, "{number}");
    }
}

/// Decimals keep their digits; JSON forbids the leading zeros and the bare points that a source may send.
fn decimal(out: &mut Vec<u8>, digits: &str) {
    let bytes = digits.as_bytes();
    let (minus, rest) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let zeros = rest.iter().take_while(|byte| **byte == b'0').count();
    let rest = &rest[zeros..];
    let rest = rest.strip_suffix(b".").unwrap_or(rest);
    if minus {
        out.push(b'-');
    }
    if rest.first().is_none_or(|first| *first == b'.') {
        out.push(b'0');
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(one: Cell<'_>, utc: bool) -> String {
        let mut out = Vec::new();
        cell(&mut out, &one, utc);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_character_survives_a_json_reader() {
        let mut all: String = (0..0x250u32).filter_map(char::from_u32).collect();
        all.push_str("\u{2028}\u{feff}\u{10ffff}💚 \\u0041 \"quoted\\\"");
        let json = written(Cell::Text(Text::of(&all)), true);
        assert!(!json.contains('\n'), "a line is a message");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), all);
    }

    #[test]
    fn decimals_are_json_numbers_with_the_digits_that_came() {
        for (digits, json) in [
            ("-1250.50", "-1250.50"),
            ("0", "0"),
            ("0.10", "0.10"),
            ("-0.000001", "-0.000001"),
            ("007.5", "7.5"),
            ("000", "0"),
            ("-.5", "-0.5"),
            ("12.", "12"),
            ("12345678901234.123456", "12345678901234.123456"),
        ] {
            assert_eq!(written(Cell::Decimal(digits), true), json);
            assert!(serde_json::from_str::<serde_json::Value>(json).is_ok());
        }
    }

    #[test]
    fn doubles_read_back_as_the_same_number() {
        for number in [0.0, -0.5, 1.0e300, 123_456_789_012_345_680.0, 1e-7, 0.1 + 0.2, 53.0] {
            let json = written(Cell::Double(number), true);
            assert!((serde_json::from_str::<f64>(&json).unwrap() - number).abs() <= 0.0, "{json}");
        }
        assert_eq!(written(Cell::Double(53.0), true), "53");
    }

    #[test]
    fn a_moment_has_its_zone_and_a_wall_clock_has_none() {
        assert_eq!(written(Cell::Micros(1_500_000), true), "\"1970-01-01T00:00:01.500Z\"");
        assert_eq!(written(Cell::Micros(1_500_000), false), "\"1970-01-01T00:00:01.500\"");
        assert_eq!(written(Cell::Hash(0xab), true), format!("\"{}ab\"", "0".repeat(30)));
    }
}
