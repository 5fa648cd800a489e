//! Contacts: organisation or person, addresses, duplicates.

use crate::catalogue::{Resource, address, contact, contact_link, meta};
use crate::error::{Reason, Result};
use crate::patch::Input;
use crate::query::{Column, Filter, Order, Page, Query, TextMatch};
use crate::record::{Key, kind};
use crate::rules::{owner, people};
use crate::terms::TermKind;
use crate::text::{fold, phone_key};
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
            draft.problem(relation, Reason::Invalid);
        }
        if draft.changes(relation) {
            let now = draft.record.get(relation).map(|_| work.ctx.now);
            draft.record.set(since, now);
        }
    }
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
