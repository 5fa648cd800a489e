//! Parts of a contact as they are shown: halves of a name, the main address, phones by kind, tax ids.

use favo_core::catalogue::{address, phone_detail};
use favo_core::documents::DocumentKind;

use crate::json_out;
use crate::stored_json::Cursor;

/// Half of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::egito) enum Part {
    /// The words before the last.
    Given,
    /// The last word.
    Family,
}

/// Half of a name that was written as a whole (15.2); the name of an organisation is one word.
pub(in crate::egito) fn name(part: Part, whole: Option<&str>, is_organisation: bool) -> Option<&str> {
    let whole = whole?.trim();
    let split = whole.rsplit_once(char::is_whitespace).filter(|_| !is_organisation);
    match (part, split) {
        (Part::Given, None) => None,
        (Part::Given, Some((given, _))) => Some(given.trim_end()),
        (Part::Family, None) => Some(whole),
        (Part::Family, Some((_, family))) => Some(family),
    }
}

/// The first text of a stored list, or null.
pub(super) fn first(out: &mut Vec<u8>, stored: Option<&str>) {
    let mut found = None;
    Cursor::new(stored.unwrap_or_default()).array(|cursor| {
        found = cursor.value();
        false
    });
    out.extend_from_slice(found.unwrap_or("null").as_bytes());
}

/// The first phone of a kind, or null. A phone that nothing more is known of is a main one.
pub(super) fn phone(out: &mut Vec<u8>, kind: i64, texts: Option<&str>, details: Option<&str>) {
    let mut found = None;
    Cursor::new(texts.unwrap_or_default()).array(|cursor| {
        let Some(text) = cursor.value() else { return false };
        if details.map_or(0, |details| kind_of(details, text)) == kind {
            found = Some(text);
        }
        found.is_none()
    });
    out.extend_from_slice(found.unwrap_or("null").as_bytes());
}

/// The kind of a phone by its stored text.
fn kind_of(details: &str, wanted: &str) -> i64 {
    let fields = &phone_detail::FIELDS;
    let (text_key, kind_key) = (
        fields[phone_detail::TEXT.position() as usize].name,
        fields[phone_detail::KIND.position() as usize].name,
    );
    let mut kind = 0;
    Cursor::new(details).array(|cursor| {
        let (mut is_it, mut of) = (false, 0);
        let read = cursor.object(|key, raw| {
            is_it |= key == text_key && raw == wanted;
            if key == kind_key {
                of = raw.parse().unwrap_or(0);
            }
        });
        if is_it {
            kind = of;
        }
        read && !is_it
    });
    kind
}

/// A field of the main address, or of the first one; the street with its number.
pub(super) fn address(out: &mut Vec<u8>, stored: Option<&str>, position: u16) {
    let name = address::FIELDS[position as usize].name;
    let is_street = position == address::STREET.position();
    let (mut shown, mut number, mut found) = (None, None, false);
    Cursor::new(stored.unwrap_or_default()).array(|cursor| {
        let (mut value, mut house, mut is_main) = (None, None, false);
        let read = cursor.object(|key, raw| {
            if key == name {
                value = Some(raw);
            } else if is_street && key == "number" {
                house = Some(raw);
            } else if key == "main" {
                is_main = raw == "true";
            }
        });
        if is_main || !found {
            (shown, number, found) = (value, house, true);
        }
        read && !is_main
    });
    // Both are JSON strings: joined between their quotes.
    match (shown, number) {
        (Some(street), Some(number)) if street.len() > 2 && number.len() > 2 => {
            out.extend_from_slice(&street.as_bytes()[..street.len() - 1]);
            out.push(b' ');
            out.extend_from_slice(&number.as_bytes()[1..]);
        }
        (one, other) => out.extend_from_slice(one.or(other).unwrap_or("null").as_bytes()),
    }
}

/// The documents that are tax ids, with the fields they are kept in.
pub(super) fn tax_ids() -> impl Iterator<Item = (DocumentKind, u16)> {
    DocumentKind::ALL
        .into_iter()
        .filter(|kind| {
            matches!(kind, DocumentKind::Nip | DocumentKind::Regon | DocumentKind::Cnpj | DocumentKind::Cpf)
                || matches!(kind, DocumentKind::Ie | DocumentKind::Im)
        })
        .map(|kind| (kind, kind.field().position()))
}

/// `[{"type":..,"value":..}]` of the tax ids there are; `texts` in the order of [`tax_ids`].
pub(super) fn push_tax_ids<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = Option<&'a str>>) {
    out.push(b'[');
    let mut first = true;
    for ((kind, _), text) in tax_ids().zip(texts) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        if !first {
            out.push(b',');
        }
        first = false;
        out.extend_from_slice(b"{\"type\":");
        json_out::text(out, kind.name());
        out.extend_from_slice(b",\"value\":");
        json_out::text(out, text);
        out.push(b'}');
    }
    out.push(b']');
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
    fn the_last_word_of_a_whole_name_is_the_family_name() {
        for (whole, given, family) in [
            ("Anna Maria Kos", Some("Anna Maria"), Some("Kos")),
            ("Sowa", None, Some("Sowa")),
            (" Jan  Żak ", Some("Jan"), Some("Żak")),
        ] {
            assert_eq!(name(Part::Given, Some(whole), false), given);
            assert_eq!(name(Part::Family, Some(whole), false), family);
        }
        assert_eq!(name(Part::Family, Some("Tartak Jodła"), true), Some("Tartak Jodła"));
        assert_eq!(name(Part::Given, Some("Tartak Jodła"), true), None);
    }

    #[test]
    fn phones_are_told_apart_by_their_kind() {
        let texts = r#"["1","2","3"]"#;
        let details = r#"[{"text":"1","kind":1},{"text":"3","kind":0,"external_key":"k"}]"#;
        assert_eq!(shown(|out| phone(out, 0, Some(texts), Some(details))), "\"2\"");
        assert_eq!(shown(|out| phone(out, 1, Some(texts), Some(details))), "\"1\"");
        assert_eq!(shown(|out| phone(out, 4, Some(texts), Some(details))), "null");
        assert_eq!(shown(|out| phone(out, 0, Some(texts), None)), "\"1\"");
    }

    #[test]
    fn the_main_address_is_shown_with_street_and_number_in_one() {
        let stored = r#"[{"id":1,"street":"Krótka","number":"4","city":"A"},{"id":2,"main":true,"street":"Długa 7","city":"B"}]"#;
        let part = |stored: &str, key: favo_core::record::Key<favo_core::record::kind::Text>| {
            shown(|out| address(out, Some(stored), key.position()))
        };
        assert_eq!(part(stored, address::STREET), "\"Długa 7\"");
        assert_eq!(part(stored, address::CITY), "\"B\"");
        let only = format!("{}]", &stored[..stored.find(",{").unwrap()]);
        assert_eq!(part(&only, address::STREET), "\"Krótka 4\"");
        assert_eq!(part("[]", address::STREET), "null");
    }
}
