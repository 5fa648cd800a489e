//! What rows cannot hold: read in one batch for the whole page and put where each row left a hole.

use std::collections::HashMap;

use favo_core::catalogue::{contact, contact_link, line_item, meta, participant, product};
use favo_core::query::{Column, Filter, Order, Query};
use favo_core::transaction::Reader;
use favo_core::{Resource, Result};

use super::{Env, rows};
use crate::json_out as out;
use crate::totvs::entities::rows as tables;
use crate::totvs::ids;
use crate::totvs::table::At;

/// What is missing in a row.
#[derive(Debug)]
pub(super) enum What {
    /// The people of the company with this id.
    People(i64),
    /// Lines of the record with this UUID, as they are stored.
    Items(String, String),
    /// Participants, as they are stored.
    Participants(String),
}

/// Rows with holes.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) out: Vec<u8>,
    holes: Vec<(usize, What)>,
}

/// What was read for the page.
#[derive(Default)]
struct Found {
    /// `{"id":..,"name":..}` with a comma before each, by company.
    people: HashMap<i64, Vec<u8>>,
    /// UUID and name of products.
    products: HashMap<i64, (String, String)>,
    /// UUIDs of contacts.
    contacts: HashMap<i64, String>,
}

impl Page {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), holes: Vec::new() }
    }

    /// Leaves a hole here.
    pub(super) fn hole(&mut self, what: What) {
        self.holes.push((self.out.len(), what));
    }

    /// Reads what is missing and fills it in: one read for each sort of hole.
    pub(super) fn fill(self, env: &Env<'_>, tx: &mut dyn Reader) -> Result<Vec<u8>> {
        if self.holes.is_empty() {
            return Ok(self.out);
        }
        let (mut companies, mut products, mut contacts) = (Vec::new(), Vec::new(), Vec::new());
        for (_, what) in &self.holes {
            match what {
                What::People(id) => companies.push(*id),
                What::Items(_, lines) => rows::each(&line_item::FIELDS, lines, |values| {
                    products.extend(values[usize::from(line_item::PRODUCT.position())].parse::<i64>());
                }),
                What::Participants(stored) => rows::each(&participant::FIELDS, stored, |values| {
                    contacts.extend(values[usize::from(participant::CONTACT.position())].parse::<i64>());
                }),
            }
        }
        let mut found = Found::default();
        found.read_people(env, tx, companies)?;
        named(tx, Resource::Product, product::NAME.position(), products, |id, uuid, name| {
            found.products.insert(id, (uuid.to_owned(), name.to_owned()));
        })?;
        named(tx, Resource::Contact, contact::NAME.position(), contacts, |id, uuid, _| {
            found.contacts.insert(id, uuid.to_owned());
        })?;
        let mut whole = Vec::with_capacity(self.out.len() + self.holes.len() * 256);
        let mut done = 0;
        for (at, what) in &self.holes {
            whole.extend_from_slice(&self.out[done..*at]);
            done = *at;
            whole.push(b'[');
            match what {
                What::People(id) => {
                    let people = found.people.get(id).and_then(|people| people.get(1..));
                    whole.extend_from_slice(people.unwrap_or_default());
                }
                What::Items(uuid, lines) => items(env, uuid, lines, &found, &mut whole),
                What::Participants(stored) => participants(env, stored, &found, &mut whole),
            }
            whole.push(b']');
        }
        whole.extend_from_slice(&self.out[done..]);
        Ok(whole)
    }
}

impl Found {
    fn read_people(&mut self, env: &Env<'_>, tx: &mut dyn Reader, companies: Vec<i64>) -> Result<()> {
        let companies = once(companies);
        if companies.is_empty() {
            return Ok(());
        }
        let person = contact_link::CONTACT.position();
        let employers = Filter::is(contact_link::KIND, 0);
        let people = Filter::Not(Box::new(Filter::is(contact::LIFE_CYCLE, 3))).and(env.people.clone());
        let filter = employers.and(Filter::Via(person, Box::new(people)));
        let organisation = contact_link::ORGANISATION.position();
        let columns =
            [Column::own(organisation), Column::via(person, meta::UUID), Column::via(person, contact::NAME)];
        tx.select_for(Resource::ContactLink, organisation, &companies, &filter, &columns, &mut |row| {
            if let Some(company) = row.int(0) {
                let bytes = self.people.entry(company).or_default();
                bytes.extend_from_slice(b",{\"id\":");
                out::text(bytes, row.text(1).unwrap_or_default());
                bytes.extend_from_slice(b",\"name\":");
                out::text(bytes, row.text(2).unwrap_or_default());
                bytes.push(b'}');
            }
            Ok(())
        })
    }
}

fn once(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// UUIDs and names of records, deleted ones included: lines still show them.
fn named(
    tx: &mut dyn Reader,
    resource: Resource,
    name: u16,
    ids: Vec<i64>,
    mut each: impl FnMut(i64, &str, &str),
) -> Result<()> {
    let ids = once(ids);
    if ids.is_empty() {
        return Ok(());
    }
    let filter = Filter::OneOf(meta::ID.position(), ids);
    let query = Query { with_deleted: true, ..Query::of(resource).filter(filter).order(Order::OLDEST) };
    let columns = [Column::own(meta::ID), Column::own(meta::UUID), Column::own(name)];
    tx.select(&query, &columns, &mut |row| {
        if let Some(id) = row.int(0) {
            each(id, row.text(1).unwrap_or_default(), row.text(2).unwrap_or_default());
        }
        Ok(())
    })
}

/// The lines of an order or opportunity (14.12).
fn items(env: &Env<'_>, record: &str, lines: &str, found: &Found, bytes: &mut Vec<u8>) {
    let mut position = 0_i64;
    rows::each(&line_item::FIELDS, lines, |values| {
        position += 1;
        if position > 1 {
            bytes.push(b',');
        }
        let raw = |place: u16| values[usize::from(place)];
        let product =
            raw(line_item::PRODUCT.position()).parse().ok().and_then(|id: i64| found.products.get(&id));
        for (at, field) in tables::ITEM.iter().enumerate() {
            bytes.push(if at == 0 { b'{' } else { b',' });
            out::text(bytes, field.name);
            bytes.push(b':');
            let At::Own(place) = field.at else { continue };
            match field.name {
                "id" => {
                    let id = raw(place).parse().unwrap_or(0);
                    out::text(bytes, &ids::of_row(record, "items", id));
                }
                // The core counts from 0.
                "sequence" => {
                    let sequence = raw(place).parse().map_or(position, |at: i64| at.saturating_add(1));
                    out::int(bytes, sequence);
                }
                "product" => match product {
                    Some((uuid, name)) => {
                        bytes.extend_from_slice(b"{\"id\":");
                        out::text(bytes, uuid);
                        bytes.extend_from_slice(b",\"description\":");
                        out::text(bytes, name);
                        bytes.push(b'}');
                    }
                    None => bytes.extend_from_slice(b"null"),
                },
                "description" => match (raw(place), product) {
                    ("" | "\"\"", Some((_, name))) => out::text(bytes, name),
                    (text, _) => rows::raw(bytes, text),
                },
                "measureUnit" => {
                    let unit = raw(place).parse().ok();
                    let known = unit.is_some_and(|id| {
                        env.registries.object(env.snapshot, Resource::UnitOfMeasure, id, bytes)
                    });
                    if !known {
                        bytes.extend_from_slice(b"null");
                    }
                }
                "discountPercent" => discount(&raw, bytes),
                "total" => total(raw(place), bytes),
                _ => rows::raw(bytes, raw(place)),
            }
        }
        bytes.push(b'}');
    });
}

/// The discount in per cent; one that is an amount is shown as its part of the price.
fn discount<'a>(raw: &dyn Fn(u16) -> &'a str, bytes: &mut Vec<u8>) {
    use favo_core::Decimal;
    let decimal = |place: u16| raw(place).parse::<Decimal>().unwrap_or_default();
    let discount = decimal(line_item::DISCOUNT.position());
    if raw(line_item::DISCOUNT_IS_PERCENTAGE.position()) == "true" || discount == Decimal::ZERO {
        return out::decimal(bytes, discount.0);
    }
    let gross = decimal(line_item::QUANTITY.position()).times(decimal(line_item::UNIT_PRICE.position()));
    let part = gross.and_then(|gross| discount.times(Decimal::from_units(100))?.over(gross));
    out::decimal(bytes, part.unwrap_or_default().to_cents().0);
}

fn total(raw: &str, bytes: &mut Vec<u8>) {
    match raw.parse::<favo_core::Decimal>() {
        Ok(total) => out::decimal(bytes, total.to_cents().0),
        Err(_) => bytes.extend_from_slice(b"0"),
    }
}

/// Participants, each by the one key that says who it is (14.14).
fn participants(env: &Env<'_>, stored: &str, found: &Found, bytes: &mut Vec<u8>) {
    let start = bytes.len();
    rows::each(&participant::FIELDS, stored, |values| {
        let raw = |place: u16| values[usize::from(place)];
        let user = raw(participant::USER.position()).parse().ok();
        let contact =
            raw(participant::CONTACT.position()).parse().ok().and_then(|id: i64| found.contacts.get(&id));
        let before = bytes.len();
        if before > start {
            bytes.push(b',');
        }
        if let Some(id) = user {
            bytes.extend_from_slice(b"{\"userId\":");
            if !env.registries.user_id(env.snapshot, id, bytes) {
                return bytes.truncate(before);
            }
        } else if let Some(uuid) = contact {
            bytes.extend_from_slice(b"{\"contactId\":");
            out::text(bytes, uuid);
        } else {
            bytes.extend_from_slice(b"{\"email\":");
            rows::raw(bytes, raw(participant::EMAIL.position()));
        }
        bytes.push(b'}');
    });
}
