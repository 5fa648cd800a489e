//! What is special about contacts: names in two parts, phones and e-mail by kind, the main address, tax numbers that are
//! checked by country, category and life cycle in one (15.1, 15.2, 16).

use std::collections::HashSet;

use favo_core::catalogue::{address, contact};
use favo_core::patch::{Input, ItemPatch, Reference};
use favo_core::reach::{self, Reach};
use favo_core::rules::contact::name_parts;
use favo_core::{Item, Record, tax_numbers};

use super::Acceptance;
use crate::egito::dictionary::{self, Kept, Kind};
use crate::egito::fault::Code;
use crate::egito::table::{At, Field, Form};
use crate::egito::values;
use crate::json::Json;

/// The country of a record that names none.
const HOME: &str = "PL";
/// The most characters of numbers that are not checked.
const NIP: u16 = 20;
const REGON: u16 = 14;
/// The section of the life cycle of a new contact whose category says nothing about it.
const SUSPECT: i64 = 2;

/// The main address of a contact, or its first one.
fn main_address(record: &Record) -> Option<&Item> {
    let rows = record.get(contact::ADDRESSES);
    rows.iter().find(|row| row.get(address::MAIN)).or_else(|| rows.first())
}

/// A country as it is kept: two letters where they are known.
fn country(text: &str) -> String {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if ["polska", "poland"].contains(&text.to_lowercase().as_str()) {
        HOME.to_owned()
    } else if is_code {
        text.to_ascii_uppercase()
    } else {
        text.to_owned()
    }
}

/// Street and number in one.
fn joined(row: &Item) -> String {
    let parts = [row.get(address::STREET), row.get(address::NUMBER)];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Puts the first of a kind: in the place of the one there is, or behind all others; nothing takes it away.
fn put_first(list: &mut Vec<Reach>, is_it: impl Fn(&Reach) -> bool, text: Option<String>, kind: i64) {
    match (list.iter().position(is_it), text) {
        (Some(at), Some(text)) => list[at].text = text,
        (Some(at), None) => {
            list.remove(at);
        }
        (None, Some(text)) => list.push(Reach { text, kind, external_key: None }),
        (None, None) => {}
    }
}

impl Acceptance<'_> {
    pub(super) fn part_of_name(&mut self, part: usize, field: &'static Field, sent: &Json) {
        let Form::Text(most) = field.form else { return };
        let read = values::text(sent, most);
        if let Some(text) = self.read(field, sent, read) {
            self.name[part] = Some(text);
        }
    }

    pub(super) fn phone(&mut self, kind: i64, field: &'static Field, sent: &Json) {
        let read = values::phone(sent);
        let Some(text) = self.read(field, sent, read) else { return };
        let stored = self.sent.stored.map(|(record, _)| record);
        let phones = self.phones.get_or_insert_with(|| stored.map(reach::phones).unwrap_or_default());
        put_first(phones, |phone| phone.kind == kind, text, kind);
    }

    pub(super) fn email(&mut self, field: &'static Field, sent: &Json) {
        let read = values::email(sent);
        let Some(text) = self.read(field, sent, read) else { return };
        let stored = self.sent.stored.map(|(record, _)| record);
        let emails = self.emails.get_or_insert_with(|| stored.map(reach::emails).unwrap_or_default());
        put_first(emails, |_| true, text, 0);
    }

    pub(super) fn part_of_address(&mut self, position: u16, field: &'static Field, sent: &Json) {
        let Form::Text(most) = field.form else { return };
        let read = values::text(sent, most);
        let Some(mut text) = self.read(field, sent, read) else { return };
        if position == address::COUNTRY.position() {
            text = Some(text.as_deref().map_or_else(|| HOME.to_owned(), country));
        }
        self.address.push((position, text));
    }

    /// The country of the record as it will be after the save.
    fn country_after(&self) -> String {
        let name = self.sent.entity.fields.iter().find(
            |field| matches!(field.at, At::Address(position) if position == address::COUNTRY.position()),
        );
        let sent = name.and_then(|field| self.sent.fields.get(field.name));
        let stored = || {
            let row = self.stored().and_then(main_address)?;
            row.get(address::COUNTRY).map(country)
        };
        match sent.map(|sent| values::text(sent, u16::MAX)) {
            Some(Ok(Some(text))) => country(&text),
            Some(_) => HOME.to_owned(),
            None => stored().unwrap_or_else(|| HOME.to_owned()),
        }
    }

    /// A Polish tax number as ten digits; that of another country as it is (16.1).
    pub(super) fn nip(&self, sent: &Json) -> Result<Option<String>, Code> {
        let Some(text) = values::text(sent, NIP)? else { return Ok(None) };
        let foreign =
            tax_numbers::names_country(&tax_numbers::plain_nip(&text)) || self.country_after() != HOME;
        if foreign {
            return Ok(Some(text));
        }
        match tax_numbers::nip(&text) {
            Some(number) => Ok(Some(number)),
            None if self.switches.nip_check => Err(Code::Nip),
            None => Ok(Some(text)),
        }
    }

    /// A Polish register number as digits; unchecked in other countries (16.2).
    pub(super) fn regon(&self, sent: &Json) -> Result<Option<String>, Code> {
        let Some(text) = values::text(sent, u16::MAX)? else { return Ok(None) };
        let plain = tax_numbers::plain(&text);
        let checked = self.switches.regon_check && self.country_after() == HOME;
        match tax_numbers::regon(&text) {
            Some(number) => Ok(Some(number)),
            None if checked => Err(Code::Regon),
            None if plain.chars().count() > usize::from(REGON) => Err(Code::MaxSize(REGON)),
            None => Ok(Some(plain)),
        }
    }

    /// What a contact is to us: its category, and the life cycle that comes with it (14.3).
    pub(super) fn relationship(&mut self, field: &'static Field, sent: &Json) {
        let entry = if super::is_blank(sent) {
            dictionary::usual(self.ctx, Kind::RelationshipType)
        } else {
            dictionary::find(self.ctx, Kind::RelationshipType, sent)
        };
        match entry.map(|entry| entry.kept) {
            Some(Kept::Relationship { category, life_cycle }) => self.relate(category, life_cycle),
            _ => self.fault(field.name, Code::NotInList, sent),
        }
    }

    pub(super) fn relate(&mut self, category: Option<i64>, life_cycle: Option<i64>) {
        let category = category.map_or(Input::Clear, |id| Input::One(Reference::id(id)));
        self.patch.set(contact::CATEGORY, category);
        let new = self.is_new().then_some(SUSPECT);
        if let Some(section) = life_cycle.or(new) {
            self.patch.set(contact::LIFE_CYCLE, Input::Int(section));
        }
    }

    /// What several fields of a contact say together.
    pub(super) fn finish_contact(&mut self) {
        self.finish_name();
        if let Some(mut phones) = self.phones.take() {
            // A number is kept once, as what it is first: two kinds of one number cannot be told apart.
            let mut seen = HashSet::with_capacity(phones.len());
            phones.retain(|phone| seen.insert(phone.text.clone()));
            reach::set_phones(&mut self.patch, &phones);
        }
        if let Some(emails) = self.emails.take() {
            reach::set_emails(&mut self.patch, &emails);
        }
        self.finish_address();
    }

    /// A name of two parts: what was sent beside the other part as it is stored. An organisation has one name.
    fn finish_name(&mut self) {
        let [given, family] = std::mem::take(&mut self.name);
        if self.stored().is_some_and(|stored| stored.get(contact::ORGANISATION)) {
            // A lead that is a company: its name stands in two fields.
            let company = match self.patch.remove(contact::COMPANY_NAME) {
                Some(Input::Text(company)) => Some(company),
                _ => None,
            };
            if let Some(name) = family.flatten().or(company) {
                self.patch.set(contact::NAME, Input::Text(name));
            }
            return;
        }
        if given.is_none() && family.is_none() {
            return;
        }
        let stored = self.stored();
        let (old_given, old_family) = stored.map_or((None, None), |stored| {
            name_parts(
                stored.get(contact::NAME),
                stored.get(contact::GIVEN_NAME),
                stored.get(contact::FAMILY_NAME),
            )
        });
        let part = |sent: Option<Option<String>>, old: Option<&str>| {
            sent.unwrap_or_else(|| old.map(str::to_owned)).map_or(Input::Clear, Input::Text)
        };
        let (given, family) = (part(given, old_given), part(family, old_family));
        self.patch.set(contact::GIVEN_NAME, given);
        self.patch.set(contact::FAMILY_NAME, family);
    }

    /// The fields of the main address; a new record is in the home country unless it says otherwise.
    fn finish_address(&mut self) {
        let mut parts = std::mem::take(&mut self.address);
        let has_country = parts.iter().any(|(position, _)| *position == address::COUNTRY.position());
        let has_address = self.stored().is_some_and(|stored| main_address(stored).is_some());
        if !has_country && (self.is_new() || (!has_address && !parts.is_empty())) {
            parts.push((address::COUNTRY.position(), Some(HOME.to_owned())));
        }
        if parts.is_empty() {
            return;
        }
        let rows = self.stored().map_or(&[] as &[Item], |stored| stored.get(contact::ADDRESSES));
        let main = self.stored().and_then(main_address);
        let main_id = main.and_then(|row| row.get(address::ID));
        let mut patches: Vec<ItemPatch> =
            rows.iter().map(|row| ItemPatch { id: row.get(address::ID), entries: Vec::new() }).collect();
        let mut patch = ItemPatch::default();
        for (position, text) in parts {
            let is_street = position == address::STREET.position();
            if is_street {
                if main.is_some_and(|row| Some(joined(row)) == text) {
                    continue;
                }
                patch.set(address::NUMBER, Input::Clear);
            }
            patch.entries.push((position, text.map_or(Input::Clear, Input::Text)));
        }
        match patches.iter_mut().find(|row| main.is_some() && row.id == main_id) {
            Some(row) => row.entries = patch.entries,
            None => {
                patch.set(address::MAIN, Input::Bool(true));
                patches.push(patch);
            }
        }
        self.patch.set(contact::ADDRESSES, Input::Items(patches));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poland_has_three_names() {
        for (sent, kept) in [
            ("pl", "PL"),
            ("Polska", "PL"),
            ("POLAND", "PL"),
            ("cz", "CZ"),
            ("Česko", "Česko"),
            ("Brasil", "Brasil"),
        ] {
            assert_eq!(country(sent), kept);
        }
    }

    #[test]
    fn the_first_of_a_kind_is_changed_added_or_taken_away() {
        let reach = |text: &str, kind| Reach { text: text.to_owned(), kind, external_key: None };
        let mut list = vec![reach("1", 1), reach("2", 0), reach("3", 0)];
        let main = |reach: &Reach| reach.kind == 0;
        put_first(&mut list, main, Some("9".to_owned()), 0);
        assert_eq!(list, [reach("1", 1), reach("9", 0), reach("3", 0)]);
        put_first(&mut list, main, None, 0);
        assert_eq!(list, [reach("1", 1), reach("3", 0)]);
        put_first(&mut list, |reach| reach.kind == 4, Some("4".to_owned()), 4);
        assert_eq!(list.len(), 3);
    }
}
