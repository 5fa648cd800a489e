//! What a page of rows leaves open while it streams, and the one batch read per kind that fills it afterwards.

use std::collections::HashMap;

use favo_core::catalogue::{meta, product, proposal};
use favo_core::query::{Column, Filter, Query};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Resource, Result};

use super::values_out as out;

/// How many records one statement reads.
const BATCH: usize = 500;

/// What belongs into a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Id and name of a product.
    Product,
    /// The offers of a group.
    Offers,
}

/// The answer so far and where something is missing in it.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The bytes.
    pub(super) out: Vec<u8>,
    /// Position, kind, and the id of what belongs there.
    gaps: Vec<(usize, Kind, i64)>,
}

impl Page {
    /// A page with room for this many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), gaps: Vec::new() }
    }

    /// Id and name of a product belong here.
    pub(super) fn product(&mut self, id: i64) {
        self.gaps.push((self.out.len(), Kind::Product, id));
    }

    /// The offers of this group belong here.
    pub(super) fn offers(&mut self, group: i64) {
        self.gaps.push((self.out.len(), Kind::Offers, group));
    }

    /// Reads what is missing and answers the whole.
    pub(super) fn fill(self, ctx: &Ctx, tx: &mut dyn Reader) -> Result<Vec<u8>> {
        if self.gaps.is_empty() {
            return Ok(self.out);
        }
        let products = products(tx, &self.ids(Kind::Product))?;
        let offers = offers(ctx, tx, &self.ids(Kind::Offers))?;
        let mut whole = Vec::with_capacity(self.out.len() + self.gaps.len() * 48);
        let mut from = 0;
        for (at, kind, id) in self.gaps {
            whole.extend_from_slice(&self.out[from..at]);
            from = at;
            match kind {
                Kind::Product => {
                    whole.extend_from_slice(products.get(&id).map_or(b"null".as_slice(), Vec::as_slice));
                }
                Kind::Offers => {
                    whole.push(b'[');
                    whole.extend_from_slice(offers.get(&id).map_or(b"".as_slice(), Vec::as_slice));
                    whole.push(b']');
                }
            }
        }
        whole.extend_from_slice(&self.out[from..]);
        Ok(whole)
    }

    /// What gaps of a kind ask for, each once.
    fn ids(&self, kind: Kind) -> Vec<i64> {
        let mut ids: Vec<i64> =
            self.gaps.iter().filter(|(_, of, _)| *of == kind).map(|(_, _, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Products by id, deleted ones as well: lines go on showing them.
fn products(tx: &mut dyn Reader, ids: &[i64]) -> Result<HashMap<i64, Vec<u8>>> {
    let mut found = HashMap::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let filter = Filter::OneOf(meta::ID.position(), batch.to_vec());
        let query = Query { with_deleted: true, ..Query::of(Resource::Product).filter(filter) };
        tx.select(&query, &[Column::own(meta::ID), Column::own(product::NAME)], &mut |row| {
            let mut bytes = Vec::new();
            out::reference(&mut bytes, row.int(0), row.text(1));
            found.insert(row.int(0).unwrap_or(0), bytes);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The offers of groups that the actor may see, in the order of their numbers, by group; without the brackets of the list.
fn offers(ctx: &Ctx, tx: &mut dyn Reader, groups: &[i64]) -> Result<HashMap<i64, Vec<u8>>> {
    if groups.is_empty() {
        return Ok(HashMap::new());
    }
    let group = proposal::GROUP.position();
    let columns =
        [group, meta::ID.position(), proposal::NAME.position(), proposal::CODE.position()].map(Column::own);
    let mut rows: Vec<(i64, Option<String>, i64, Option<String>)> = Vec::new();
    let seen = ctx.actor.visible(Resource::Proposal);
    tx.select_for(Resource::Proposal, group, groups, &seen, &columns, &mut |row| {
        let text = |column| row.text(column).map(str::to_owned);
        rows.push((row.int(0).unwrap_or(0), text(3), row.int(1).unwrap_or(0), text(2)));
        Ok(())
    })?;
    rows.sort_unstable();
    let mut found: HashMap<i64, Vec<u8>> = HashMap::with_capacity(groups.len());
    for (group, _, id, name) in rows {
        let bytes = found.entry(group).or_default();
        if !bytes.is_empty() {
            bytes.push(b',');
        }
        out::reference(bytes, Some(id), name.as_deref());
    }
    Ok(found)
}
