//! `POST /contatos/upsert`: change the contact a key finds, or create it (spec 4.30).

use favo_core::catalogue::{Resource, contact, meta};
use favo_core::identity::{Action, Scope};
use favo_core::patch::{Input, Patch};
use favo_core::query::{Column, Filter, Order, Page, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::text::{fold, phone_key, tax_key};
use favo_core::transaction::{Reader, Writer};
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Error, Result};

use super::accept::accept;
use super::body::Object;
use super::query_string::Params;
use super::write::{answer, sheet_of, update};
use crate::wire::Response;

/// What a contact is searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SearchKey {
    Email(String),
    Phone(String),
    CompanyTaxId(String),
    PersonalTaxId(String),
}

/// Changes the contact that the first key finds, or creates one.
pub(super) fn upsert(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    body: &Object,
    skip: Skip,
    params: &Params,
) -> Result<Response> {
    let exact = params.flag("exactMatch") != Some(false);
    let may = |action| ctx.actor.scope(Resource::Contact, action) > Scope::None;
    if !may(Action::Create) && !may(Action::Update) {
        return Err(Error::Forbidden);
    }
    let mut accepted = accept(ctx, tx, sheet_of(Resource::Contact)?, body, None)?;
    let mut patch = accepted.take_patch();
    let key = asked_for(params).or_else(|| in_body(&patch));
    let found = match &key {
        Some(key) => find(ctx, tx, key, exact)?,
        None => None,
    };
    if let Some(id) = found {
        return update(ctx, tx, (Resource::Contact, id), body, skip, params);
    }
    // A part of an address is nothing to keep.
    if let Some(key) = key.filter(|_| exact) {
        add(&mut patch, key);
    }
    let id = write::create(ctx, tx, Resource::Contact, patch, skip)
        .map_err(|error| accepted.name(Resource::Contact, error))?;
    answer(ctx, tx, Resource::Contact, id, params)
}

/// The first key that is not blank, in order of priority; the others are not searched.
fn asked_for(params: &Params) -> Option<SearchKey> {
    let text = |name: &str| params.text(name).map(str::to_owned);
    text("mail")
        .map(SearchKey::Email)
        .or_else(|| text("phone").map(SearchKey::Phone))
        .or_else(|| text("cnpj").map(SearchKey::CompanyTaxId))
        .or_else(|| text("cpf").map(SearchKey::PersonalTaxId))
}

/// The first thing in the body that a contact can be searched by.
fn in_body(patch: &Patch) -> Option<SearchKey> {
    let first = |field: favo_core::Key<_>| match patch.get(field) {
        Some(Input::Texts(texts)) => texts.first().cloned(),
        _ => None,
    };
    let text = |field: favo_core::Key<_>| match patch.get(field) {
        Some(Input::Text(text)) if !text.trim().is_empty() => Some(text.clone()),
        _ => None,
    };
    first(contact::EMAILS)
        .map(SearchKey::Email)
        .or_else(|| first(contact::PHONES).map(SearchKey::Phone))
        .or_else(|| text(contact::COMPANY_TAX_ID).map(SearchKey::CompanyTaxId))
        .or_else(|| text(contact::PERSONAL_TAX_ID).map(SearchKey::PersonalTaxId))
}

/// The active contact with the lowest id that the actor may see, else the inactive one.
fn find(ctx: &Ctx, tx: &mut dyn Reader, key: &SearchKey, exact: bool) -> Result<Option<i64>> {
    let Some(filter) = filter(key, exact) else { return Ok(None) };
    let query = Query::of(Resource::Contact).filter(filter).filter(ctx.actor.visible(Resource::Contact));
    let query = query.order(Order::OLDEST).page(Page::first(1));
    for active in [1, 0] {
        let query = query.clone().filter(Filter::is(contact::ACTIVE, active));
        let mut found = None;
        tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
            found = row.int(0);
            Ok(())
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// E-mails ignoring case, phones and documents by digits. Inexact: e-mail and CNPJ by their beginning, phone and CPF
/// by any part.
fn filter(key: &SearchKey, exact: bool) -> Option<Filter> {
    let (beginning, part) =
        if exact { (TextMatch::Equal, TextMatch::Equal) } else { (TextMatch::Prefix, TextMatch::Contains) };
    let given = |form: String| Some(form).filter(|form| !form.is_empty());
    Some(match key {
        SearchKey::Email(email) => Filter::Term(TermKind::Email, beginning, vec![given(fold(email))?]),
        SearchKey::Phone(phone) => Filter::Term(TermKind::Phone, part, vec![given(phone_key(phone))?]),
        SearchKey::CompanyTaxId(id) => {
            Filter::Digits(contact::COMPANY_TAX_ID.position(), beginning, given(tax_key(id))?)
        }
        SearchKey::PersonalTaxId(id) => {
            Filter::Digits(contact::PERSONAL_TAX_ID.position(), part, given(tax_key(id))?)
        }
    })
}

/// Adds the search key to a new contact that lacks it.
fn add(patch: &mut Patch, key: SearchKey) {
    let (field, text, form): (_, _, fn(&str) -> String) = match key {
        SearchKey::Email(email) => (contact::EMAILS, email, fold),
        SearchKey::Phone(phone) => (contact::PHONES, phone, phone_key),
        SearchKey::CompanyTaxId(id) => return add_text(patch, contact::COMPANY_TAX_ID, id),
        SearchKey::PersonalTaxId(id) => return add_text(patch, contact::PERSONAL_TAX_ID, id),
    };
    let mut texts = match patch.get(field) {
        Some(Input::Texts(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    if !texts.iter().any(|known| form(known) == form(&text)) {
        texts.push(text);
        patch.set(field, Input::Texts(texts));
    }
}

fn add_text(patch: &mut Patch, field: favo_core::Key<favo_core::record::kind::Text>, text: String) {
    if matches!(patch.get(field), None | Some(Input::Clear)) {
        patch.set(field, Input::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_that_is_not_blank_is_searched() {
        let params = |query: &str| Params::parse(query, "");
        assert_eq!(
            asked_for(&params("cpf=1&phone=%20&cnpj=2")),
            Some(SearchKey::CompanyTaxId("2".to_owned()))
        );
        assert_eq!(asked_for(&params("cpf=1&mail=a@b")), Some(SearchKey::Email("a@b".to_owned())));
        assert_eq!(asked_for(&params("mail=")), None);
    }

    #[test]
    fn a_key_joins_the_contact_once() {
        let mut patch = Patch::new().with(contact::EMAILS, Input::Texts(vec!["E@x.example".to_owned()]));
        add(&mut patch, SearchKey::Email("e@x.example".to_owned()));
        add(&mut patch, SearchKey::Phone("48 9".to_owned()));
        assert_eq!(patch.get(contact::EMAILS), Some(&Input::Texts(vec!["E@x.example".to_owned()])));
        assert_eq!(patch.get(contact::PHONES), Some(&Input::Texts(vec!["48 9".to_owned()])));
    }

    #[test]
    fn a_key_without_digits_finds_nobody() {
        assert_eq!(filter(&SearchKey::Phone("abc".to_owned()), false), None);
    }
}
