//! What no two records may share where someone asks for it: codes, and what makes two contacts the same.

use crate::catalogue::{Resource, contact, meta};
use crate::error::Result;
use crate::query::{Column, Filter, Order, Page, Pattern, Query, TextMatch, TextTest};
use crate::tax_numbers;
use crate::terms::TermKind;
use crate::text::{fold, phone_key, tax_key};
use crate::transaction::Reader;

/// The id of another live record of the resource with this text in a field, ignoring case and accents.
pub fn taken(
    tx: &mut dyn Reader,
    resource: Resource,
    field: u16,
    text: &str,
    except: i64,
) -> Result<Option<i64>> {
    let wanted = fold(text);
    if wanted.is_empty() {
        return Ok(None);
    }
    let equal = if resource.definition().field(field).searched {
        Filter::Text(field, TextMatch::Equal, wanted)
    } else {
        // Registries without a key column for the field are small.
        Filter::Raw(field, TextTest::Like(Pattern { pieces: vec![wanted], folded: true }))
    };
    another(tx, resource, equal, except)
}

/// The oldest live record that meets the condition and is not this one.
fn another(tx: &mut dyn Reader, resource: Resource, filter: Filter, except: i64) -> Result<Option<i64>> {
    let query = Query::of(resource).filter(filter).order(Order::OLDEST).page(Page::first(2));
    let mut found = None;
    tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
        found = found.or(row.int(0).filter(|id| *id != except));
        Ok(())
    })?;
    Ok(found)
}

/// What makes two contacts the same, each as it is to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Likeness {
    /// Documents: the field and the number.
    pub documents: Vec<(u16, String)>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Phones.
    pub phones: Vec<String>,
    /// Names.
    pub names: Vec<String>,
}

/// What was found to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// The document at this place of the likeness.
    Document(usize),
    /// The e-mail address at this place.
    Email(usize),
    /// The phone at this place.
    Phone(usize),
    /// The name at this place.
    Name(usize),
}

/// Everything another live contact within `among` shares with the likeness.
///
/// Documents and phones are compared without what separates their characters, e-mail addresses and names without case
/// and accents. What is empty is like nothing.
pub fn same(tx: &mut dyn Reader, like: &Likeness, among: &Filter, except: i64) -> Result<Vec<Same>> {
    let mut found = Vec::new();
    for (at, (field, number)) in like.documents.iter().enumerate() {
        if shares_document(tx, *field, number, among, except)? {
            found.push(Same::Document(at));
        }
    }
    let term = |kind, form: String| Filter::Term(kind, TextMatch::Equal, vec![form]);
    let name = |form: String| Filter::Text(contact::NAME.position(), TextMatch::Equal, form);
    let emails = like.emails.iter().map(|text| fold(text)).enumerate();
    let emails = emails.map(|(at, form)| (Same::Email(at), form.clone(), term(TermKind::Email, form)));
    let phones = like.phones.iter().map(|text| phone_key(text)).enumerate();
    let phones = phones.map(|(at, form)| (Same::Phone(at), form.clone(), term(TermKind::Phone, form)));
    let names = like.names.iter().map(|text| fold(text)).enumerate();
    let names = names.map(|(at, form)| (Same::Name(at), form.clone(), name(form)));
    for (same, form, filter) in emails.chain(phones).chain(names) {
        let filter = filter.and(among.clone());
        if !form.is_empty() && another(tx, Resource::Contact, filter, except)?.is_some() {
            found.push(same);
        }
    }
    Ok(found)
}

fn shares_document(
    tx: &mut dyn Reader,
    field: u16,
    number: &str,
    among: &Filter,
    except: i64,
) -> Result<bool> {
    if Resource::Contact.definition().field(field).digits {
        let key = tax_key(number);
        let equal = Filter::Digits(field, TextMatch::Equal, key.clone()).and(among.clone());
        return Ok(!key.is_empty() && another(tx, Resource::Contact, equal, except)?.is_some());
    }
    let plain = tax_numbers::plain(number);
    if plain.is_empty() {
        return Ok(false);
    }
    // No copy of the field without separators is kept: anything may stand between the characters in the question to
    // the database, and what it finds is looked at again.
    let folded = fold(&plain);
    let pieces = folded.chars().map(String::from).collect();
    let like = Filter::Raw(field, TextTest::Like(Pattern { pieces, folded: true }));
    let query = Query::of(Resource::Contact).filter(like.and(among.clone()));
    let mut shared = false;
    tx.select(&query, &[Column::own(meta::ID), Column::own(field)], &mut |row| {
        let other = row.text(1).unwrap_or_default();
        shared |= row.int(0) != Some(except) && fold(&tax_numbers::plain(other)) == folded;
        Ok(())
    })?;
    Ok(shared)
}
