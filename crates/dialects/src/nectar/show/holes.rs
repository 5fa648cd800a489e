//! What a page of rows leaves open while it streams, and the one batch read per kind that fills it afterwards.
//!
//! A hole is a position in the answer and the id of what belongs there. Rows that need nothing leave none, so a
//! page without people, overdue work or lines causes no further read.

use std::collections::HashMap;

use favo_core::catalogue::{appointment, contact, contact_link, meta, task};
use favo_core::query::{Column, Filter, Query};
use favo_core::transaction::{Reader, Row};
use favo_core::{Resource, Result, stored};

use super::cells::{self, Env, link};
use super::plan::{self, Plan};
use super::values_out as out;

/// What belongs into a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `contatos` of an organisation, by its id.
    People,
    /// `empresasAtuais` of a contact, by its id.
    Employers,
    /// `contatosPai` of a contact, by its id.
    Parents,
    /// `atividadesAtrasadas` of an opportunity, by its id.
    Overdue,
    /// What a product line shows of its product, by the product's id.
    LineTail,
    /// What a participant shows of its contact, by the contact's id.
    Participant,
    /// Dependent products.
    Dependents,
    /// Products of a price table, with their prices there.
    Priced,
    /// How many they are.
    PricedCount,
}

#[derive(Debug)]
struct Hole {
    at: usize,
    kind: Kind,
    owner: i64,
    /// From where to where in the page's pairs.
    pairs: (usize, usize),
}

/// The answer so far and its holes.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The bytes.
    pub(crate) out: Vec<u8>,
    holes: Vec<Hole>,
    /// Ids and a number each: products with prices.
    pairs: Vec<(i64, i64)>,
}

/// What fills holes: bytes by id.
#[derive(Debug, Default)]
struct Fills {
    bytes: Vec<u8>,
    spans: HashMap<i64, (usize, usize)>,
    counts: HashMap<i64, i64>,
}

impl Page {
    /// A page with room for this many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Leaves a hole here.
    pub(crate) fn hole(&mut self, kind: Kind, owner: i64) {
        self.holes.push(Hole { at: self.out.len(), kind, owner, pairs: (0, 0) });
    }

    /// Leaves a hole that several records fill.
    pub(crate) fn hole_of(&mut self, kind: Kind, pairs: &[(i64, i64)]) {
        let start = self.pairs.len();
        self.pairs.extend_from_slice(pairs);
        self.holes.push(Hole { at: self.out.len(), kind, owner: 0, pairs: (start, self.pairs.len()) });
    }

    /// Reads what the holes need and answers the whole.
    pub(crate) fn fill(self, env: &Env<'_>, tx: &mut dyn Reader) -> Result<Vec<u8>> {
        if self.holes.is_empty() {
            return Ok(self.out);
        }
        let owners = |kinds: &[Kind]| {
            let of = self.holes.iter().filter(|hole| kinds.contains(&hole.kind));
            let mut ids: Vec<i64> = of
                .flat_map(|hole| {
                    let listed = self.pairs[hole.pairs.0..hole.pairs.1].iter().map(|(id, _)| *id);
                    listed.chain((hole.owner != 0).then_some(hole.owner))
                })
                .collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let people = people(env, tx, &owners(&[Kind::People]))?;
        let employers = links(tx, &owners(&[Kind::Employers]), 0)?;
        let parents = links(tx, &owners(&[Kind::Parents]), 1)?;
        let overdue = overdue(env, tx, &owners(&[Kind::Overdue]))?;
        let tails = products(env, tx, plan::line_product(), &owners(&[Kind::LineTail]))?;
        let participants = participants(tx, &owners(&[Kind::Participant]))?;
        let dependents = products(env, tx, plan::dependent_product(), &owners(&[Kind::Dependents]))?;
        let priced = products(env, tx, plan::priced_product(), &owners(&[Kind::Priced, Kind::PricedCount]))?;

        let extra = [&people, &employers, &parents, &tails, &participants, &dependents, &priced];
        let size = self.out.len() + extra.iter().map(|fills| fills.bytes.len()).sum::<usize>();
        let mut whole = Vec::with_capacity(size);
        let mut from = 0;
        for hole in &self.holes {
            whole.extend_from_slice(&self.out[from..hole.at]);
            from = hole.at;
            let pairs = &self.pairs[hole.pairs.0..hole.pairs.1];
            match hole.kind {
                Kind::People => people.list(hole.owner, &mut whole),
                Kind::Employers => employers.list(hole.owner, &mut whole),
                Kind::Parents => parents.list(hole.owner, &mut whole),
                Kind::Overdue => out::int(&mut whole, overdue.counts.get(&hole.owner).copied().unwrap_or(0)),
                Kind::LineTail => whole.extend_from_slice(tails.get(hole.owner)),
                Kind::Participant => whole.extend_from_slice(participants.get(hole.owner)),
                Kind::Dependents => objects(&dependents, pairs, &mut whole, |_, _| {}),
                Kind::Priced => objects(&priced, pairs, &mut whole, |whole, price| {
                    whole.pop();
                    whole.extend_from_slice(b",\"valorBase\":");
                    out::decimal(whole, price);
                    whole.push(b'}');
                }),
                Kind::PricedCount => {
                    let known = pairs.iter().filter(|(id, _)| priced.spans.contains_key(id)).count();
                    out::int(&mut whole, known as i64);
                }
            }
        }
        whole.extend_from_slice(&self.out[from..]);
        Ok(whole)
    }
}

fn objects(fills: &Fills, pairs: &[(i64, i64)], whole: &mut Vec<u8>, more: impl Fn(&mut Vec<u8>, i64)) {
    let start = whole.len();
    for (id, number) in pairs {
        let object = fills.get(*id);
        if !object.is_empty() {
            whole.push(b',');
            whole.extend_from_slice(object);
            more(whole, *number);
        }
    }
    cells::close_list(whole, start);
}

impl Fills {
    fn get(&self, owner: i64) -> &[u8] {
        self.spans.get(&owner).map_or(&[], |(start, end)| &self.bytes[*start..*end])
    }

    /// The elements of an owner, each with a comma before it, as an array.
    fn list(&self, owner: i64, whole: &mut Vec<u8>) {
        let start = whole.len();
        whole.extend_from_slice(self.get(owner));
        cells::close_list(whole, start);
    }

    /// Notes that what was written since `start` belongs to an owner; its parts come one after the other.
    fn note(&mut self, owner: i64, start: usize) {
        let end = self.bytes.len();
        self.spans.entry(owner).and_modify(|span| span.1 = end).or_insert((start, end));
    }
}

fn people(env: &Env<'_>, tx: &mut dyn Reader, ids: &[i64]) -> Result<Fills> {
    let mut fills = Fills::default();
    if ids.is_empty() {
        return Ok(fills);
    }
    let plan = plan::person();
    let owner = plan.columns.len();
    let mut columns = plan.columns.clone();
    columns.push(Column::own(contact_link::ORGANISATION));
    let key = contact_link::ORGANISATION.position();
    tx.select_for(
        Resource::ContactLink,
        key,
        ids,
        &Filter::is(contact_link::KIND, 0),
        &columns,
        &mut |row| {
            if let Some(owner) = row.int(owner) {
                object_of(env, row, plan, owner, &mut fills, true);
            }
            Ok(())
        },
    )?;
    Ok(fills)
}

/// Writes a row as an object into fills, with a comma before it in lists.
fn object_of(env: &Env<'_>, row: &dyn Row, plan: &Plan, owner: i64, fills: &mut Fills, listed: bool) {
    let start = fills.bytes.len();
    let mut page = Page { out: std::mem::take(&mut fills.bytes), ..Page::default() };
    if listed {
        page.out.push(b',');
    }
    cells::object(env, row, &plan.cells, &mut page);
    fills.bytes = page.out;
    fills.note(owner, start);
}

fn links(tx: &mut dyn Reader, ids: &[i64], kind: i64) -> Result<Fills> {
    let mut fills = Fills::default();
    if ids.is_empty() {
        return Ok(fills);
    }
    let columns = [
        Column::own(contact_link::CONTACT),
        Column::via(contact_link::CONTACT, contact::NAME),
        Column::own(contact_link::ORGANISATION),
        Column::via(contact_link::ORGANISATION, contact::NAME),
        Column::own(meta::UPDATED_AT),
        Column::own(contact_link::MAIN),
    ];
    let key = contact_link::CONTACT.position();
    tx.select_for(
        Resource::ContactLink,
        key,
        ids,
        &Filter::is(contact_link::KIND, kind),
        &columns,
        &mut |row| {
            if let (Some(id), Some(other)) = (row.int(0), row.int(2)) {
                let start = fills.bytes.len();
                fills.bytes.push(b',');
                let main = row.bool(5).unwrap_or(false);
                link(&mut fills.bytes, (id, row.text(1)), (other, row.text(3)), row.int(4), main);
                fills.note(id, start);
            }
            Ok(())
        },
    )?;
    Ok(fills)
}

fn overdue(env: &Env<'_>, tx: &mut dyn Reader, ids: &[i64]) -> Result<Fills> {
    let mut fills = Fills::default();
    if ids.is_empty() {
        return Ok(fills);
    }
    let before = Some(env.now - 1);
    let kinds = [
        (Resource::Task, task::OPPORTUNITY, task::STATUS, vec![0, 3], task::DUE_AT),
        (Resource::Appointment, appointment::OPPORTUNITY, appointment::STATUS, vec![0], appointment::ENDS_AT),
    ];
    for (resource, owner, status, pending, end) in kinds {
        let late =
            Filter::OneOf(status.position(), pending).and(Filter::Between(end.position(), None, before));
        let columns = [Column::own(owner)];
        tx.select_for(resource, owner.position(), ids, &late, &columns, &mut |row| {
            if let Some(id) = row.int(0) {
                *fills.counts.entry(id).or_default() += 1;
            }
            Ok(())
        })?;
    }
    Ok(fills)
}

/// Products by id, each along a plan whose first column is the id.
fn products(env: &Env<'_>, tx: &mut dyn Reader, plan: &Plan, ids: &[i64]) -> Result<Fills> {
    let mut fills = Fills::default();
    if ids.is_empty() {
        return Ok(fills);
    }
    let id = plan.columns.len();
    let mut columns = plan.columns.clone();
    columns.push(Column::own(meta::ID));
    tx.select_for(Resource::Product, meta::ID.position(), ids, &Filter::All, &columns, &mut |row| {
        let Some(id) = row.int(id) else { return Ok(()) };
        if plan.is_tail {
            // A tail goes on inside an object that is open already: commas first, no braces.
            let start = fills.bytes.len();
            object_of(env, row, plan, id, &mut fills, false);
            fills.bytes[start] = b',';
            fills.bytes.pop();
            fills.spans.insert(id, (start, fills.bytes.len()));
        } else {
            object_of(env, row, plan, id, &mut fills, false);
        }
        Ok(())
    })?;
    Ok(fills)
}

/// `"nome"`, `"email"` and `"contato"` of participants that are contacts; deleted ones keep their name.
fn participants(tx: &mut dyn Reader, ids: &[i64]) -> Result<Fills> {
    let mut fills = Fills::default();
    if ids.is_empty() {
        return Ok(fills);
    }
    let mut query = Query::of(Resource::Contact).filter(Filter::OneOf(meta::ID.position(), ids.to_vec()));
    query.with_deleted = true;
    let columns = [Column::own(meta::ID), Column::own(contact::NAME), Column::own(contact::EMAILS)];
    tx.select(&query, &columns, &mut |row| {
        let Some(id) = row.int(0) else { return Ok(()) };
        let start = fills.bytes.len();
        let name = row.text(1).filter(|name| !name.is_empty());
        let bytes = &mut fills.bytes;
        if let Some(name) = name {
            bytes.extend_from_slice(b",\"nome\":");
            out::text(bytes, name);
        }
        if let Some(email) = row.text(2).and_then(stored::first_raw) {
            bytes.extend_from_slice(b",\"email\":");
            bytes.extend_from_slice(email.as_bytes());
        }
        bytes.extend_from_slice(b",\"contato\":{\"id\":");
        out::int(bytes, id);
        if let Some(name) = name {
            bytes.extend_from_slice(b",\"nome\":");
            out::text(bytes, name);
        }
        bytes.push(b'}');
        fills.note(id, start);
        Ok(())
    })?;
    Ok(fills)
}
