//! How single values are spelled in answers (9.1): money, days, references, custom values, extras.

use std::borrow::Cow;

use favo_core::catalogue::custom_field;
use favo_core::snapshot::Snapshot;
use favo_core::{Decimal, Resource};

use crate::egito::accept::extras;
use crate::json_out;
use crate::local_time::{self, Moment, Zone, push_day};
use crate::stored_json::{self, Cursor};

/// The value, or null.
pub(super) fn or_null<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

/// A text; nothing is null.
pub(super) fn text(out: &mut Vec<u8>, text: Option<&str>) {
    or_null(out, text.filter(|text| !text.is_empty()), json_out::text);
}

/// An amount with two decimals, up to four where needed.
pub(super) fn money(out: &mut Vec<u8>, micros: i64) {
    let hundreds = micros.unsigned_abs().saturating_add(50) / 100;
    if micros < 0 && hundreds > 0 {
        out.push(b'-');
    }
    json_out::int(out, (hundreds / 10_000) as i64);
    let rest = hundreds % 10_000;
    let digits = [rest / 1000, rest / 100 % 10, rest / 10 % 10, rest % 10].map(|digit| b'0' + digit as u8);
    let width = if digits[3] != b'0' {
        4
    } else if digits[2] != b'0' {
        3
    } else {
        2
    };
    out.push(b'.');
    out.extend_from_slice(&digits[..width]);
}

/// A day.
pub(super) fn day(out: &mut Vec<u8>, day: i64) {
    out.push(b'"');
    push_day(out, day);
    out.push(b'"');
}

/// `{"id":..,"name":..}`, or null.
pub(super) fn reference(out: &mut Vec<u8>, id: Option<i64>, name: Option<&str>) {
    let Some(id) = id else { return out.extend_from_slice(b"null") };
    out.extend_from_slice(b"{\"id\":");
    json_out::int(out, id);
    out.extend_from_slice(b",\"name\":");
    text(out, name);
    out.push(b'}');
}

/// Types of custom fields, by their codes.
const NUMBERS: [i64; 2] = [0, 12];
const DATE: i64 = 2;
const MONEY: i64 = 3;
const BOOLEAN: i64 = 4;
const CHECK_BOXES: i64 = 11;

/// Custom values by alias, in the form of their type; what does not read as its type is text.
pub(super) fn custom(snapshot: &Snapshot, stored: Option<&str>, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut first = true;
    stored_json::custom(stored.unwrap_or_default(), |field, _, raw| {
        let Some(definition) = snapshot.live(Resource::CustomField, field) else { return };
        let Some(alias) = definition.get(custom_field::ALIAS) else { return };
        if !first {
            out.push(b',');
        }
        first = false;
        json_out::text(out, alias);
        out.push(b':');
        custom_value(definition.get(custom_field::TYPE).unwrap_or(1), raw, out);
    });
    out.push(b'}');
}

fn custom_value(kind: i64, raw: &str, out: &mut Vec<u8>) {
    let bare = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    let number = || bare.parse::<Decimal>().ok();
    match kind {
        DATE => {
            if let Some(Moment::Day(date)) = local_time::read(bare, b'/', &Zone::utc()) {
                return day(out, date);
            }
        }
        MONEY => {
            if let Some(Decimal(amount)) = number() {
                return money(out, amount);
            }
        }
        BOOLEAN if matches!(bare, "true" | "false") => return out.extend_from_slice(bare.as_bytes()),
        CHECK_BOXES => {
            out.push(b'[');
            for (at, option) in bare.split(';').enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                out.push(b'"');
                out.extend_from_slice(option.as_bytes());
                out.push(b'"');
            }
            return out.push(b']');
        }
        kind if NUMBERS.contains(&kind) => {
            if let Some(Decimal(number)) = number() {
                return json_out::decimal(out, number);
            }
        }
        _ => {}
    }
    out.extend_from_slice(raw.as_bytes());
}

/// What clients wrote under keys that no table knows: each key after a comma.
pub(super) fn extras(stored: Option<&str>, out: &mut Vec<u8>) {
    Cursor::new(stored.unwrap_or_default()).object(|key, raw| {
        let Some(name) = key.strip_prefix(extras::PREFIX) else { return };
        let Ok(json) = serde_json::from_str::<Cow<'_, str>>(raw) else { return };
        out.extend_from_slice(b",\"");
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        out.extend_from_slice(json.as_bytes());
    });
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
    fn money_has_two_decimals_and_up_to_four_where_needed() {
        for (amount, expected) in [
            ("18500", "18500.00"),
            ("0", "0.00"),
            ("3542.4", "3542.40"),
            ("0.005", "0.005"),
            ("1.2345", "1.2345"),
            ("1.23456", "1.2346"),
            ("-0.5", "-0.50"),
            ("-0.00001", "0.00"),
        ] {
            let Decimal(micros) = amount.parse().unwrap();
            assert_eq!(shown(|out| money(out, micros)), expected, "{amount}");
        }
    }

    #[test]
    fn custom_values_take_the_form_of_their_type() {
        for (kind, raw, expected) in [
            (0, "\"1250.50\"", "1250.5"),
            (3, "\"12\"", "12.00"),
            (2, "\"20/02/2026\"", "\"2026-02-20\""),
            (2, "\"soon\"", "\"soon\""),
            (4, "\"true\"", "true"),
            (11, "\"a;b\"", "[\"a\",\"b\"]"),
            (1, "\"x\\\"y\"", "\"x\\\"y\""),
        ] {
            assert_eq!(shown(|out| custom_value(kind, raw, out)), expected, "{raw}");
        }
    }

    #[test]
    fn only_the_extras_of_this_dialect_are_shown() {
        let stored = r#"{"totvs.x":"1","egito.utm":"\"wiosna\"","egito.n":"{\"a\":[1]}"}"#;
        assert_eq!(shown(|out| extras(Some(stored), out)), r#","utm":"wiosna","n":{"a":[1]}"#);
    }
}
