//! Price tables: their entries are records, and the table carries a copy of the active ones.

use crate::Decimal;
use crate::catalogue::{Resource, meta, price_entry, price_table, price_table_entry};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Reason, Result};
use crate::identity::Action;
use crate::patch::Reference;
use crate::query::{Column, Filter, Order, Query};
use crate::record::{Item, Record};
use crate::resolve;
use crate::transaction::Writer;
use crate::write::{Draft, Skip, Work};

/// A product stands in a table once.
pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.is_new() {
        return Ok(());
    }
    let (Some(table), Some(product)) =
        (draft.record.get(price_entry::TABLE), draft.record.get(price_entry::PRODUCT))
    else {
        return Ok(());
    };
    let Some(table) = work.tx.load(Resource::PriceTable, table)? else { return Ok(()) };
    adopt(work, &table)?;
    if entry(work, table.id(), product)?.is_some() {
        draft.problem(price_entry::PRODUCT, Reason::DuplicateKey(product.to_string()));
    }
    Ok(())
}

/// Brings the copy in line with an entry that is new or about to change.
pub(crate) fn follow_up(work: &mut Work<'_>, after: &Record) -> Result<bool> {
    if let Some(table) = after.get(price_entry::TABLE) {
        refresh(work, table, Some(after))?;
    }
    Ok(false)
}

/// Brings the copy of a table in line with its entries as they are stored.
pub(crate) fn refresh_prices(work: &mut Work<'_>, table: i64) -> Result<()> {
    refresh(work, table, None)
}

/// The entries of a table that is gone go with it.
pub(crate) fn drop_entries(work: &mut Work<'_>, table: i64) -> Result<()> {
    let all = Query::of(Resource::PriceEntry).filter(Filter::is(price_entry::TABLE, table));
    for entry in work.tx.load_all(&all.order(Order::OLDEST))? {
        work.delete(&entry)?;
    }
    Ok(())
}

/// Writes the copy: the active entries in the order of their ids, one of them perhaps as it is going to be.
fn refresh(work: &mut Work<'_>, table: i64, changed: Option<&Record>) -> Result<()> {
    let Some(before) = work.tx.load(Resource::PriceTable, table)? else { return Ok(()) };
    let row = |product: Option<i64>, price: Option<Decimal>| {
        let mut row = Item::new(&price_table_entry::FIELDS);
        row.set(price_table_entry::PRODUCT, product);
        row.set(price_table_entry::PRICE, price);
        row
    };
    let changed = changed.map(|entry| {
        let active = entry.get(price_entry::ACTIVE);
        (entry.id(), active.then(|| row(entry.get(price_entry::PRODUCT), entry.get(price_entry::PRICE))))
    });
    let columns = [
        Column::own(meta::ID),
        Column::own(price_entry::PRODUCT),
        Column::own(price_entry::PRICE),
        Column::own(price_entry::ACTIVE),
    ];
    let query =
        Query::of(Resource::PriceEntry).filter(Filter::is(price_entry::TABLE, table)).order(Order::OLDEST);
    let mut entries = Vec::with_capacity(before.get(price_table::ENTRIES).len() + 1);
    work.tx.select(&query, &columns, &mut |stored| {
        match &changed {
            Some((id, becomes)) if stored.int(0) == Some(*id) => entries.extend(becomes.clone()),
            _ if stored.bool(3) == Some(true) => entries.push(row(stored.int(1), stored.int(2).map(Decimal))),
            _ => {}
        }
        Ok(())
    })?;
    let mut after = before.clone();
    after.set(price_table::ENTRIES, entries);
    work.store(&before, after, false)
}

/// Makes the entries of a table whose copy is older than the entries themselves.
fn adopt(work: &mut Work<'_>, table: &Record) -> Result<()> {
    let prices = table.get(price_table::ENTRIES);
    let of_table = Filter::is(price_entry::TABLE, table.id());
    if prices.is_empty() || resolve::first(work, Query::of(Resource::PriceEntry).filter(of_table))?.is_some()
    {
        return Ok(());
    }
    for price in prices {
        let entry =
            new_entry(table.id(), price.get(price_table_entry::PRODUCT), price.get(price_table_entry::PRICE));
        work.store_new(entry)?;
    }
    Ok(())
}

fn new_entry(table: i64, product: Option<i64>, price: Option<Decimal>) -> Record {
    let mut entry = Record::new(Resource::PriceEntry);
    entry.set(price_entry::TABLE, Some(table));
    entry.set(price_entry::PRODUCT, product);
    entry.set(price_entry::PRICE, price);
    entry
}

/// The entry of a product in a table.
fn entry(work: &mut Work<'_>, table: i64, product: i64) -> Result<Option<Record>> {
    let same = Filter::is(price_entry::TABLE, table).and(Filter::is(price_entry::PRODUCT, product));
    Ok(work.tx.load_all(&Query::of(Resource::PriceEntry).filter(same))?.pop())
}

/// Adds a product to a price table, or changes its price there.
pub fn set_price(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    table: i64,
    product: &Reference,
    price: Decimal,
) -> Result<()> {
    let table = writable_table(ctx, tx, table)?;
    let mut work = Work::new(ctx, tx, Skip::default());
    let known = match product.id {
        Some(id) => resolve::exists(&mut work, Resource::Product, id)?.then_some(id),
        None => None,
    };
    let Some(product) = known else {
        let place = Place::Inner(
            Resource::PriceTable,
            price_table::ENTRIES.position(),
            price_table_entry::PRODUCT.position(),
        );
        return Err(Error::refused(place, Reason::NotFound(product.shown())));
    };
    adopt(&mut work, &table)?;
    match entry(&mut work, table.id(), product)? {
        Some(before) => {
            let mut after = before.clone();
            after.set(price_entry::PRICE, Some(price));
            after.set(price_entry::ACTIVE, true);
            work.store(&before, after, false)?;
        }
        None => {
            work.store_new(new_entry(table.id(), Some(product), Some(price)))?;
        }
    }
    refresh(&mut work, table.id(), None)
}

/// Takes a product out of a price table; one that is not in it is unknown.
pub fn remove_price(ctx: &Ctx, tx: &mut dyn Writer, table: i64, product: i64) -> Result<()> {
    let table = writable_table(ctx, tx, table)?;
    let listed = table
        .get(price_table::ENTRIES)
        .iter()
        .any(|entry| entry.get(price_table_entry::PRODUCT) == Some(product));
    let mut work = Work::new(ctx, tx, Skip::default());
    if !listed {
        return Err(Error::NotFound);
    }
    adopt(&mut work, &table)?;
    match entry(&mut work, table.id(), product)? {
        Some(entry) => work.delete(&entry),
        None => refresh(&mut work, table.id(), None),
    }
}

fn writable_table(ctx: &Ctx, tx: &mut dyn Writer, table: i64) -> Result<Record> {
    let record = tx.load(Resource::PriceTable, table)?.ok_or(Error::NotFound)?;
    if !ctx.actor.may(Action::Update, &record) {
        return Err(Error::Forbidden);
    }
    Ok(record)
}
