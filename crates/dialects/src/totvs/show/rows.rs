//! Lists inside a row: re-spelled from their stored JSON, values copied as they are.

use favo_core::catalogue::{address, email_detail, phone_detail};
use favo_core::documents::DocumentKind;
use favo_core::{Field, Resource, text};

use crate::json_out as out;
use crate::stored_json::Cursor;
use crate::totvs::entities::rows as tables;
use crate::totvs::fixed::{self, Entry, Kind};
use crate::totvs::ids;
use crate::totvs::table::{At, Form};

/// More fields than the rows of any owned list have.
const MOST: usize = 24;

/// The raw values of one row by their fields; empty where there is none.
pub(super) type Values<'a> = [&'a str; MOST];

/// Calls back for each row of a stored list with its raw values.
pub(super) fn each<'a>(fields: &'static [Field], stored: &'a str, mut row: impl FnMut(&Values<'a>)) {
    Cursor::new(stored).array(|cursor| {
        let mut values = [""; MOST];
        let read = cursor.object(|name, raw| {
            if let Some(place) = fields.iter().position(|field| field.name == name)
                && let Some(value) = values.get_mut(place)
            {
                *value = if raw == "null" { "" } else { raw };
            }
        });
        if read {
            row(&values);
        }
        read
    });
}

/// A raw value, or null.
pub(super) fn raw(bytes: &mut Vec<u8>, value: &str) {
    let shown = if value.is_empty() || value == "\"\"" { "null" } else { value };
    bytes.extend_from_slice(shown.as_bytes());
}

/// An entry of a fixed list as an object.
pub(super) fn typed(bytes: &mut Vec<u8>, entry: &Entry) {
    bytes.extend_from_slice(b"{\"id\":");
    out::text(bytes, entry.id);
    bytes.extend_from_slice(b",\"acronym\":");
    out::text(bytes, entry.acronym);
    bytes.extend_from_slice(b",\"description\":");
    out::text(bytes, entry.description);
    bytes.push(b'}');
}

fn comma(bytes: &mut Vec<u8>, start: usize) {
    if bytes.len() > start {
        bytes.push(b',');
    }
}

fn key(bytes: &mut Vec<u8>, position: usize, name: &str) {
    bytes.push(if position == 0 { b'{' } else { b',' });
    bytes.push(b'"');
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b"\":");
}

/// The documents of a contact, by the columns of their numbers and the stored keys.
pub(super) fn documents(numbers: &[Option<&str>; DocumentKind::ALL.len()], keys: &str, bytes: &mut Vec<u8>) {
    bytes.push(b'[');
    let start = bytes.len();
    for ((number, kind), entry) in numbers.iter().zip(DocumentKind::ALL).zip(fixed::entries(Kind::Document)) {
        let Some(number) = number else { continue };
        comma(bytes, start);
        bytes.extend_from_slice(b"{\"documentNumber\":");
        if Resource::Contact.field(kind.field()).digits {
            tax_number(bytes, number);
        } else {
            out::text(bytes, number);
        }
        bytes.extend_from_slice(b",\"identificationDocumentId\":");
        out::text(bytes, entry.id);
        bytes.extend_from_slice(b",\"identificationDocumentAcronym\":");
        out::text(bytes, entry.acronym);
        bytes.extend_from_slice(b",\"externalId\":");
        let mut external = "";
        Cursor::new(keys).object(|name, raw| {
            if name == entry.acronym {
                external = raw;
            }
        });
        raw(bytes, external);
        bytes.push(b'}');
    }
    bytes.push(b']');
}

/// A tax number in its plain form, whoever wrote it (13).
pub(super) fn tax_number(bytes: &mut Vec<u8>, number: &str) {
    out::text(bytes, &text::tax_key(number));
}

/// Text, kind and key of a row of details: e-mails and phones keep them in the same places.
const DETAIL: (u16, u16, u16) =
    (phone_detail::TEXT.position(), phone_detail::KIND.position(), phone_detail::EXTERNAL_KEY.position());

const _: () = {
    let same =
        (email_detail::TEXT.position(), email_detail::KIND.position(), email_detail::EXTERNAL_KEY.position());
    assert!(DETAIL.0 == same.0 && DETAIL.1 == same.1 && DETAIL.2 == same.2);
};

/// Calls back for each text with its kind and raw key.
fn each_reach<'a>(texts: &'a str, details: &'a str, mut reach: impl FnMut(&'a str, i64, &'a str)) {
    let mut known: Vec<(&str, i64, &str)> = Vec::new();
    each(&phone_detail::FIELDS, details, |values| {
        let at = |place: u16| values[usize::from(place)];
        known.push((at(DETAIL.0), at(DETAIL.1).parse().unwrap_or(0), at(DETAIL.2)));
    });
    Cursor::new(texts).array(|cursor| {
        let Some(text) = cursor.value() else { return false };
        let (_, kind, key) = known.iter().find(|(of, ..)| *of == text).copied().unwrap_or((text, 0, ""));
        reach(text, kind, key);
        true
    });
}

/// The e-mails or phones of a contact, by their texts and what is known of each.
pub(super) fn reaches(
    kind: Kind,
    name: &str,
    type_id: &str,
    texts: &str,
    details: &str,
    bytes: &mut Vec<u8>,
) {
    bytes.push(b'[');
    let start = bytes.len();
    each_reach(texts, details, |value, code, external| {
        comma(bytes, start);
        key(bytes, 0, name);
        bytes.extend_from_slice(value.as_bytes());
        key(bytes, 1, type_id);
        match fixed::of_code(kind, code) {
            Some(entry) => out::text(bytes, entry.id),
            None => bytes.extend_from_slice(b"null"),
        }
        key(bytes, 2, "externalId");
        raw(bytes, external);
        bytes.push(b'}');
    });
    bytes.push(b']');
}

/// The first phone of a kind, as a JSON text.
pub(super) fn first_of_kind<'a>(texts: &'a str, details: &'a str, kind: i64) -> Option<&'a str> {
    let mut first = None;
    each_reach(texts, details, |text, of, _| {
        if of == kind && first.is_none() {
            first = Some(text);
        }
    });
    first
}

/// What an address is for, from its raw values.
fn purpose(values: &Values<'_>) -> Option<&'static Entry> {
    let number = |place: u16| values[usize::from(place)].parse().ok();
    let code = fixed::purpose(number(address::PURPOSE.position()), number(address::KIND.position()));
    fixed::of_code(Kind::Address, code)
}

/// A raw value of an address, as it is answered: the country is Brazil unless it is said.
fn of_address(values: &Values<'_>, place: u16, bytes: &mut Vec<u8>) {
    let value = values[usize::from(place)];
    // One of the two says where it is, whoever wrote it.
    let value = match value {
        "" if place == address::STREET.position() => values[usize::from(address::LINE.position())],
        value => value,
    };
    raw(bytes, value);
}

/// All addresses of a record.
pub(super) fn addresses(record: &str, stored: &str, bytes: &mut Vec<u8>) {
    bytes.push(b'[');
    let start = bytes.len();
    each(&address::FIELDS, stored, |values| {
        comma(bytes, start);
        for (position, field) in tables::ADDRESS.iter().enumerate() {
            key(bytes, position, field.name);
            let At::Own(place) = field.at else { continue };
            match field.form {
                Form::Uuid => {
                    let id = values[usize::from(place)].parse().unwrap_or(0);
                    out::text(bytes, &ids::of_row(record, "addresses", id));
                }
                Form::Typed(_) => match purpose(values) {
                    Some(entry) => typed(bytes, entry),
                    None => bytes.extend_from_slice(b"null"),
                },
                Form::Boolean => out::boolean(bytes, values[usize::from(place)] == "true"),
                _ => of_address(values, place, bytes),
            }
        }
        bytes.push(b'}');
    });
    bytes.push(b']');
}

/// The main address: the one that is marked, else the first.
fn main<'a>(stored: &'a str) -> Option<Values<'a>> {
    let mut found: Option<(Values<'a>, bool)> = None;
    each(&address::FIELDS, stored, |values| {
        let marked = values[usize::from(address::MAIN.position())] == "true";
        if found.is_none_or(|(_, before)| marked && !before) {
            found = Some((*values, marked));
        }
    });
    found.map(|(values, _)| values)
}

/// The main address as an object, or null.
pub(super) fn default_address(stored: &str, bytes: &mut Vec<u8>) {
    let Some(values) = main(stored) else { return bytes.extend_from_slice(b"null") };
    for (position, field) in tables::DEFAULT_ADDRESS.iter().enumerate() {
        key(bytes, position, field.name);
        let At::Own(place) = field.at else { continue };
        match field.form {
            Form::TypedId(_) => match purpose(&values) {
                Some(entry) => out::text(bytes, entry.id),
                None => bytes.extend_from_slice(b"null"),
            },
            _ => of_address(&values, place, bytes),
        }
    }
    bytes.push(b'}');
}

/// One field of the main address.
pub(super) fn of_main_address(stored: &str, place: u16, bytes: &mut Vec<u8>) {
    match main(stored) {
        Some(values) => of_address(&values, place, bytes),
        None => bytes.extend_from_slice(b"null"),
    }
}
