//! How a contact is reached: phones and e-mail addresses, each with its kind and perhaps a client's key.
//!
//! A record keeps the texts in one list and what is known of them in another, so that whoever writes texts alone loses
//! nothing about the texts that stay.

use crate::catalogue::{contact, email_detail, phone_detail};
use crate::patch::{Input, ItemPatch, Patch};
use crate::record::{Item, Record};

/// One phone or e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// The number or address.
    pub text: String,
    /// Its kind, by the codes of the catalogue; 0 is the usual one.
    pub kind: i64,
    /// The key it has in a client's system.
    pub external_key: Option<String>,
}

/// The phones of a contact, in order.
pub fn phones(record: &Record) -> Vec<Reach> {
    phones_of(record.get(contact::PHONES), record.get(contact::PHONE_DETAILS))
}

/// The e-mail addresses of a contact, in order.
pub fn emails(record: &Record) -> Vec<Reach> {
    emails_of(record.get(contact::EMAILS), record.get(contact::EMAIL_DETAILS))
}

/// Phones from the two lists of a contact.
pub fn phones_of(texts: &[String], details: &[Item]) -> Vec<Reach> {
    paired(texts, details, |item| {
        (item.get(phone_detail::TEXT), item.get(phone_detail::KIND), item.get(phone_detail::EXTERNAL_KEY))
    })
}

/// E-mail addresses from the two lists of a contact.
pub fn emails_of(texts: &[String], details: &[Item]) -> Vec<Reach> {
    paired(texts, details, |item| {
        (item.get(email_detail::TEXT), item.get(email_detail::KIND), item.get(email_detail::EXTERNAL_KEY))
    })
}

/// Text, kind and key of a row of details.
type Detail<'a> = (Option<&'a str>, Option<i64>, Option<&'a str>);

fn paired(texts: &[String], details: &[Item], read: impl Fn(&Item) -> Detail<'_>) -> Vec<Reach> {
    texts
        .iter()
        .map(|text| {
            let known = details.iter().map(&read).find(|(of, ..)| *of == Some(text.as_str()));
            let (_, kind, key) = known.unwrap_or_default();
            Reach { text: text.clone(), kind: kind.unwrap_or(0), external_key: key.map(str::to_owned) }
        })
        .collect()
}

/// Replaces all phones.
pub fn set_phones(patch: &mut Patch, phones: &[Reach]) {
    patch.set(contact::PHONES, texts(phones));
    let rows = phones.iter().filter(|reach| is_worth_a_row(reach)).map(|reach| {
        let mut row = ItemPatch::default();
        row.set(phone_detail::TEXT, Input::Text(reach.text.clone()));
        row.set(phone_detail::KIND, Input::Int(reach.kind));
        row.set(phone_detail::EXTERNAL_KEY, key(reach));
        row
    });
    patch.set(contact::PHONE_DETAILS, Input::Items(rows.collect()));
}

/// Replaces all e-mail addresses.
pub fn set_emails(patch: &mut Patch, emails: &[Reach]) {
    patch.set(contact::EMAILS, texts(emails));
    let rows = emails.iter().filter(|reach| is_worth_a_row(reach)).map(|reach| {
        let mut row = ItemPatch::default();
        row.set(email_detail::TEXT, Input::Text(reach.text.clone()));
        row.set(email_detail::KIND, Input::Int(reach.kind));
        row.set(email_detail::EXTERNAL_KEY, key(reach));
        row
    });
    patch.set(contact::EMAIL_DETAILS, Input::Items(rows.collect()));
}

fn texts(reaches: &[Reach]) -> Input {
    Input::Texts(reaches.iter().map(|reach| reach.text.clone()).collect())
}

fn is_worth_a_row(reach: &Reach) -> bool {
    reach.kind != 0 || reach.external_key.is_some()
}

fn key(reach: &Reach) -> Input {
    reach.external_key.clone().map_or(Input::Clear, Input::Text)
}
