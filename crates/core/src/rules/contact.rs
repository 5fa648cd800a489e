//! Contacts: organisation or person, addresses, duplicates.

use crate::catalogue::{Resource, address, contact, contact_link, email_detail, meta, phone_detail};
use crate::documents::DocumentKind;
use crate::error::{Reason, Result};
use crate::patch::Input;
use crate::query::{Column, Filter, Order, Page, Query, TextMatch};
use crate::record::{Key, kind};
use crate::rules::{owner, people};
use crate::terms::TermKind;
use crate::text::{fold, phone_key};
use crate::transaction::Reader;
use crate::write::{Draft, Work};

pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    owner::choose(work, draft)?;
    if draft.is_new() && !matches!(draft.patch.get(contact::ORGANISATION), Some(Input::Bool(_))) {
        let has_tax_id =
            matches!(draft.patch.get(contact::COMPANY_TAX_ID), Some(Input::Text(text)) if !text.is_empty());
        let has_people = draft.patch.people.as_ref().is_some_and(|people| !people.is_empty());
        draft.patch.set(contact::ORGANISATION, Input::Bool(has_tax_id || has_people));
    }
    Ok(())
}

pub(crate) fn settle(work: &Work<'_>, draft: &mut Draft) {
    if draft.is_new() {
        draft.record.set(contact::LAST_INTERACTION_AT, Some(work.ctx.now));
    }
    settle_name(draft);
    drop_loose_details(&mut draft.record);
    if draft.patch.names(contact::ADDRESSES) {
        let sent = match draft.patch.get(contact::ADDRESSES) {
            Some(Input::Items(rows)) => rows.as_slice(),
            _ => &[],
        };
        let mut rows = draft.record.get(contact::ADDRESSES).to_vec();
        let mut main_seen = false;
        for (position, row) in rows.iter_mut().enumerate() {
            // One main address: the first that says so.
            if row.get(address::MAIN) {
                row.set(address::MAIN, !main_seen);
                main_seen = true;
            }
            // Street and street line are one when only one of both was sent.
            let Some(patch) = sent.get(position) else { continue };
            let text = |row: &crate::Item, key: Key<kind::Text>| row.get(key).map(str::to_owned);
            match (patch.get(address::STREET).is_some(), patch.get(address::LINE).is_some()) {
                (true, false) => row.set(address::LINE, text(row, address::STREET)),
                (false, true) => row.set(address::STREET, text(row, address::LINE)),
                _ => {}
            }
        }
        draft.record.set(contact::ADDRESSES, rows);
    }
    for (relation, since) in
        [(contact::EMPLOYER, contact::EMPLOYER_SINCE), (contact::PARENT, contact::PARENT_SINCE)]
    {
        let itself = draft.before.as_ref().map(crate::Record::id);
        if draft.changes(relation) && itself.is_some() && draft.record.get(relation) == itself {
            let own_parent = relation.position() == contact::PARENT.position();
            draft.problem(relation, if own_parent { Reason::Circle } else { Reason::Invalid });
        }
        if draft.changes(relation) {
            let now = draft.record.get(relation).map(|_| work.ctx.now);
            draft.record.set(since, now);
        }
    }
}

/// The parts of a person's name: as they were written, else the last word of the whole is the family name.
pub fn name_parts<'r>(
    name: Option<&'r str>,
    given: Option<&'r str>,
    family: Option<&'r str>,
) -> (Option<&'r str>, Option<&'r str>) {
    if given.is_some() || family.is_some() {
        return (given, family);
    }
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    match name.and_then(|name| name.rsplit_once(char::is_whitespace)) {
        Some((before, last)) => (Some(before.trim_end()), Some(last)),
        None => (None, name),
    }
}

/// Whether people work for this organisation: live contacts linked to it.
pub fn has_people(tx: &mut dyn Reader, id: i64) -> Result<bool> {
    let links = Filter::is(contact_link::ORGANISATION, id).and(Filter::is(contact_link::KIND, 0));
    let mut people = Vec::new();
    let query = Query::of(Resource::ContactLink).filter(links);
    tx.select(&query, &[Column::own(contact_link::CONTACT)], &mut |row| {
        people.extend(row.int(0));
        Ok(())
    })?;
    let (mut live, columns) = (false, [Column::own(meta::ID)]);
    if !people.is_empty() {
        let key = meta::ID.position();
        tx.select_for(Resource::Contact, key, &people, &Filter::All, &columns, &mut |_| {
            live = true;
            Ok(())
        })?;
    }
    Ok(live)
}

/// The whole name follows its parts; parts that a new whole name does not consist of are forgotten.
fn settle_name(draft: &mut Draft) {
    let in_parts = draft.patch.names(contact::GIVEN_NAME) || draft.patch.names(contact::FAMILY_NAME);
    if in_parts {
        // Who changes one part of a name that was written as a whole keeps the other one.
        if let Some(before) = &draft.before {
            let stored = |key: Key<kind::Text>| before.get(key);
            let (given, family) =
                name_parts(stored(contact::NAME), stored(contact::GIVEN_NAME), stored(contact::FAMILY_NAME));
            if !draft.patch.names(contact::GIVEN_NAME) {
                draft.record.set(contact::GIVEN_NAME, given.map(str::to_owned));
            }
            if !draft.patch.names(contact::FAMILY_NAME) {
                draft.record.set(contact::FAMILY_NAME, family.map(str::to_owned));
            }
        }
        let name = joined(&draft.record);
        if !name.is_empty() {
            draft.record.set(contact::NAME, Some(name));
        }
    } else if draft.changes(contact::NAME)
        && draft.record.get(contact::NAME) != Some(joined(&draft.record).as_str())
    {
        draft.record.set(contact::GIVEN_NAME, None);
        draft.record.set(contact::FAMILY_NAME, None);
    }
}

/// The parts of a name, joined by a blank.
fn joined(record: &crate::Record) -> String {
    let parts = [record.get(contact::GIVEN_NAME), record.get(contact::FAMILY_NAME)];
    let parts = parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// What is known of phones, e-mail addresses and documents that are no longer there goes with them.
fn drop_loose_details(record: &mut crate::Record) {
    let phones = record.get(contact::PHONE_DETAILS);
    if !phones.is_empty() {
        let listed = |row: &&crate::Item| is_listed(record.get(contact::PHONES), row.get(phone_detail::TEXT));
        let kept = phones.iter().filter(listed).cloned().collect();
        record.set(contact::PHONE_DETAILS, kept);
    }
    let emails = record.get(contact::EMAIL_DETAILS);
    if !emails.is_empty() {
        let listed = |row: &&crate::Item| is_listed(record.get(contact::EMAILS), row.get(email_detail::TEXT));
        let kept = emails.iter().filter(listed).cloned().collect();
        record.set(contact::EMAIL_DETAILS, kept);
    }
    let keys = record.get(contact::DOCUMENT_KEYS);
    if !keys.is_empty() {
        let known = |kind: &&DocumentKind| record.get(kind.field()).is_some();
        let names: Vec<_> = DocumentKind::ALL.iter().filter(known).map(|kind| kind.name()).collect();
        let kept = keys.iter().filter(|(kind, _)| names.contains(&kind.as_str())).cloned().collect();
        record.set(contact::DOCUMENT_KEYS, kept);
    }
}

fn is_listed(texts: &[String], text: Option<&str>) -> bool {
    text.is_some_and(|text| texts.iter().any(|listed| listed == text))
}

/// C5: an e-mail or phone of another active contact is refused; people linked to the contact are exempt.
pub(crate) fn check_duplicates(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !work.snapshot()?.settings().refuse_duplicate_contacts {
        return Ok(());
    }
    let id = draft.before.as_ref().map_or(0, crate::Record::id);
    let woken = draft.before.as_ref().is_some_and(|before| !before.is_active() && draft.record.is_active());
    let known = |key: Key<kind::Texts>| {
        draft.before.as_ref().filter(|_| !woken).map_or(&[] as &[String], |before| before.get(key))
    };
    let new = |key: Key<kind::Texts>, old: &[String], form: fn(&str) -> String| -> Vec<(String, String)> {
        let old: Vec<String> = old.iter().map(|text| form(text)).collect();
        draft
            .record
            .get(key)
            .iter()
            .map(|text| (form(text), text.clone()))
            .filter(|(form, _)| !form.is_empty() && !old.contains(form))
            .collect()
    };
    let emails = new(contact::EMAILS, known(contact::EMAILS), fold);
    let phones = new(contact::PHONES, known(contact::PHONES), phone_key);
    let mut linked =
        if id == 0 || (emails.is_empty() && phones.is_empty()) { Vec::new() } else { linked(work, id)? };
    if let Some(people) = draft.patch.people.clone().filter(|_| !emails.is_empty() || !phones.is_empty()) {
        linked.extend(people::named_in(work, &people)?);
    }
    for (kind, values) in [(TermKind::Email, emails), (TermKind::Phone, phones)] {
        for (form, text) in values {
            let filter = Filter::Term(kind, TextMatch::Equal, vec![form]).and(Filter::is(contact::ACTIVE, 1));
            let query =
                Query::of(Resource::Contact).filter(filter).order(Order::OLDEST).page(Page::first(200));
            let mut taken = false;
            work.tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
                let other = row.int(0).unwrap_or(0);
                taken |= other != id && !linked.contains(&other);
                Ok(())
            })?;
            if taken {
                draft.refuse(match kind {
                    TermKind::Email => Reason::DuplicateEmail(text),
                    _ => Reason::DuplicatePhone(text),
                });
            }
        }
    }
    Ok(())
}

/// The contacts linked to this one as its people or as its employers.
fn linked(work: &mut Work<'_>, id: i64) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for (near, far) in [
        (contact_link::ORGANISATION, contact_link::CONTACT),
        (contact_link::CONTACT, contact_link::ORGANISATION),
    ] {
        let filter = Filter::is(near, id).and(Filter::is(contact_link::KIND, 0));
        let query = Query::of(Resource::ContactLink).filter(filter);
        work.tx.select(&query, &[Column::own(far)], &mut |row| {
            ids.extend(row.int(0));
            Ok(())
        })?;
    }
    Ok(ids)
}
