//! E-mail addresses and phones: lists with kinds and keys on customers and contacts, single ones on leads.

use favo_core::patch::Patch;
use favo_core::reach::{self, Reach};

use super::Acceptance;
use crate::totvs::fault::Detail;
use crate::totvs::fixed::Kind;
use crate::totvs::table::Field;
use crate::totvs::values::{Given, Row};

/// The longest address and the longest number (11.1).
const EMAIL: u16 = 254;
const PHONE: u16 = 40;

impl Acceptance<'_> {
    pub(super) fn emails(&mut self, given: &Given) {
        let stored = self.stored.map(reach::emails).unwrap_or_default();
        let emails = self.reaches(given, &stored, ("email", "emailTypeId", Kind::Email));
        self.put_emails(&stored, &emails);
    }

    pub(super) fn phones(&mut self, given: &Given) {
        let stored = self.stored.map(reach::phones).unwrap_or_default();
        let phones = self.reaches(given, &stored, ("number", "phoneTypeId", Kind::Phone));
        self.put_phones(&stored, &phones);
    }

    /// The rows of a list. Of a text that is there twice the first one counts: a contact has each once.
    fn reaches(
        &mut self,
        given: &Given,
        stored: &[Reach],
        (text, kind, list): (&str, &str, Kind),
    ) -> Vec<Reach> {
        let rows: &[Row] = match given {
            Given::Rows(rows) => rows,
            _ => &[],
        };
        let mut reaches: Vec<Reach> = Vec::with_capacity(rows.len());
        for row in rows {
            let path = format!("{}{text}", row.path);
            let external_key = self.row_key(row);
            let code = match row.get(kind) {
                Some(Given::Reference(sent)) => self.typed(list, sent).map_or(0, |entry| entry.code),
                _ => 0,
            };
            let Some(sent) = row.text(text) else {
                self.reject_text(path, Detail::NotNull, None);
                continue;
            };
            if let Some(text) = self.reachable(list, sent, path, stored)
                && !reaches.iter().any(|known| known.text == text)
            {
                reaches.push(Reach { text, kind: code, external_key });
            }
        }
        reaches
    }

    /// An address or number in the form that is kept; what is stored may always be sent back.
    fn reachable(&mut self, list: Kind, sent: &str, path: String, stored: &[Reach]) -> Option<String> {
        if stored.iter().any(|known| known.text == sent) {
            return Some(sent.to_owned());
        }
        let read = if list == Kind::Email { email(sent) } else { phone(sent) };
        if read.is_none() {
            let detail = if list == Kind::Email { Detail::InvalidEmail } else { Detail::InvalidPhone };
            self.reject_text(path, detail, Some(sent));
        }
        read
    }

    fn put_emails(&mut self, stored: &[Reach], emails: &[Reach]) {
        if emails != stored {
            reach::set_emails(&mut self.accepted.patch, emails);
        }
    }

    fn put_phones(&mut self, stored: &[Reach], phones: &[Reach]) {
        // Two single phones of a lead may be set one after the other.
        if phones != stored || self.accepted.patch.names(favo_core::catalogue::contact::PHONES) {
            reach::set_phones(&mut self.accepted.patch, phones);
        }
    }

    /// The first e-mail address of a lead; further ones stay.
    pub(super) fn one_email(&mut self, field: &'static Field, given: &Given) {
        let stored = self.stored.map(reach::emails).unwrap_or_default();
        let mut emails = stored.clone();
        match given {
            Given::Text(sent) => {
                let Some(text) = self.reachable(Kind::Email, sent, field.name.to_owned(), &stored) else {
                    return;
                };
                emails.retain(|known| known.text != text);
                let first = stored.first().filter(|first| first.text == text).cloned();
                let first = first.unwrap_or(Reach { text, ..Reach::default() });
                if emails.len() == stored.len() && !emails.is_empty() {
                    emails[0] = first;
                } else {
                    emails.insert(0, first);
                }
            }
            _ if emails.is_empty() => {}
            _ => {
                emails.remove(0);
            }
        }
        self.put_emails(&stored, &emails);
    }

    /// The first phone of a kind of a lead; others stay.
    pub(super) fn one_phone(&mut self, field: &'static Field, given: &Given, kind: i64) {
        let stored = self.stored.map(reach::phones).unwrap_or_default();
        let mut phones = pending_phones(&self.accepted.patch).unwrap_or_else(|| stored.clone());
        let at = phones.iter().position(|known| known.kind == kind);
        match given {
            Given::Text(sent) => {
                let Some(text) = self.reachable(Kind::Phone, sent, field.name.to_owned(), &stored) else {
                    return;
                };
                if at.is_some_and(|at| phones[at].text == text) {
                    return;
                }
                let mut rest = phones;
                if let Some(at) = at {
                    rest.remove(at);
                }
                rest.retain(|known| known.text != text);
                let at = at.unwrap_or(rest.len()).min(rest.len());
                rest.insert(at, Reach { text, kind, external_key: None });
                phones = rest;
            }
            _ => match at {
                Some(at) => {
                    phones.remove(at);
                }
                None => return,
            },
        }
        self.put_phones(&stored, &phones);
    }
}

/// The phones a patch holds already.
fn pending_phones(patch: &Patch) -> Option<Vec<Reach>> {
    use favo_core::catalogue::{contact, phone_detail};
    use favo_core::patch::Input;
    let Some(Input::Texts(texts)) = patch.get(contact::PHONES) else { return None };
    let details = match patch.get(contact::PHONE_DETAILS) {
        Some(Input::Items(rows)) => rows.as_slice(),
        _ => &[],
    };
    let reaches = texts.iter().map(|text| {
        let detail = details
            .iter()
            .find(|row| matches!(row.get(phone_detail::TEXT), Some(Input::Text(known)) if known == text));
        let kind = match detail.and_then(|row| row.get(phone_detail::KIND)) {
            Some(Input::Int(kind)) => *kind,
            _ => 0,
        };
        let external_key = match detail.and_then(|row| row.get(phone_detail::EXTERNAL_KEY)) {
            Some(Input::Text(key)) => Some(key.clone()),
            _ => None,
        };
        Reach { text: text.clone(), kind, external_key }
    });
    Some(reaches.collect())
}

/// An address: one `@`, a domain with a dot, no blanks. As sent, the domain in lower case.
pub(super) fn email(text: &str) -> Option<String> {
    let (name, domain) = text.split_once('@')?;
    let labels = domain.split('.').all(|label| !label.is_empty());
    let fits = !name.is_empty()
        && !domain.contains('@')
        && domain.contains('.')
        && labels
        && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        && text.chars().count() <= usize::from(EMAIL);
    fits.then(|| format!("{name}@{}", domain.to_lowercase()))
}

/// A number: at least one digit, not too long.
fn phone(text: &str) -> Option<String> {
    let fits =
        text.chars().any(|letter| letter.is_ascii_digit()) && text.chars().count() <= usize::from(PHONE);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_their_name_and_lose_the_capitals_of_their_domain() {
        assert_eq!(email("Bia.Nogueira@Aurora.Example").as_deref(), Some("Bia.Nogueira@aurora.example"));
        for text in ["foo", "a@b", "a@@b.c", "a b@c.de", "@b.c", "a@.c", "a@b.", "a@b@c.d"] {
            assert_eq!(email(text), None, "{text}");
        }
        assert_eq!(email(&format!("{}@b.cd", "a".repeat(250))), None);
    }

    #[test]
    fn a_number_has_a_digit() {
        assert!(phone("(47) 3300-0011").is_some());
        assert!(phone("ramal").is_none());
        assert!(phone(&"1".repeat(41)).is_none());
    }
}
