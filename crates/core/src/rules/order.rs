//! Orders: number, lines of the proposal they come from, price table, totals, what may still change when one is completed.

use crate::Instant;
use crate::catalogue::{Resource, meta, opportunity, order, price_table, price_table_entry, proposal};
use crate::error::{Reason, Result};
use crate::record::Record;
use crate::rules::{lines, owner, registries, series};
use crate::transaction::Writer;
use crate::write::{Draft, Work};

/// The status of one that is delivered and done.
const COMPLETED: i64 = 3;

/// The next free number of a series of orders: `ZA/2026/00042`.
pub fn next_number(tx: &mut dyn Writer, prefix: &str, year: i64) -> Result<String> {
    series::next(tx, Resource::Order, order::CODE, prefix, year)
}

pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    owner::choose(work, draft)
}

pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if draft.record.get(order::ORDERED_ON).is_none() {
        draft.record.set(order::ORDERED_ON, Some(series::day_of(work.ctx.now)));
    }
    if draft.is_new() {
        complete(work, draft)?;
    }
    number(work, draft)?;
    let table = price_table(work, draft)?;
    if draft.patch.names(order::LINES) {
        let prices = table.as_ref().map(prices).unwrap_or_default();
        lines::complete(work, draft, lines::ORDER, &prices)?;
    } else if draft.is_new() {
        copy_lines(work, draft)?;
    }
    match lines::sum(draft.record.get(order::LINES)) {
        Some(sum) => draft.record.set(order::NET_TOTAL, Some(sum)),
        None => draft.problem(order::LINES, Reason::Invalid),
    }
    keep_completed(draft);
    Ok(())
}

/// What a new order takes from the registries.
fn complete(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if draft.record.get(order::PAYMENT_CONDITION).is_none()
        && !draft.has_problem(order::PAYMENT_CONDITION.into())
    {
        let usual = registries::preset(work, Resource::PaymentCondition)?;
        draft.record.set(order::PAYMENT_CONDITION, usual);
    }
    Ok(())
}

/// An order without a code takes the next one that is free; a code is changed, never cleared.
fn number(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.record[order::CODE].is_empty() {
        return Ok(());
    }
    let kept = draft.before.as_ref().and_then(|before| before.get(order::CODE)).map(str::to_owned);
    let code = match kept {
        Some(kept) => kept,
        None => series::free(work.tx, Resource::Order, order::CODE, |tx| {
            Ok(format!("{:06}", tx.next("sales_order.code")?))
        })?,
    };
    draft.record.set(order::CODE, Some(code));
    Ok(())
}

/// The price table of the order; one that is chosen has to be active and valid on the day of the order.
fn price_table(work: &mut Work<'_>, draft: &mut Draft) -> Result<Option<Record>> {
    let Some(id) = draft.record.get(order::PRICE_TABLE) else { return Ok(None) };
    let table = work.tx.load(Resource::PriceTable, id)?;
    if draft.changes(order::PRICE_TABLE) || draft.changes(order::ORDERED_ON) {
        let day = draft.record.get(order::ORDERED_ON).unwrap_or_default();
        if !table.as_ref().is_some_and(|table| is_valid(table, day))
            && !draft.has_problem(order::PRICE_TABLE.into())
        {
            let name = table.as_ref().and_then(Record::title).map_or_else(|| id.to_string(), str::to_owned);
            draft.problem(order::PRICE_TABLE, Reason::NotFound(name));
        }
    }
    Ok(table)
}

/// Whether prices of a table hold on a day. Its last day ends at midnight somewhere: noon in UTC is inside the day nearly everywhere.
fn is_valid(table: &Record, day: i64) -> bool {
    let noon = Instant(day.saturating_mul(Instant::DAY).saturating_add(Instant::DAY / 2));
    table.is_active()
        && table.get(price_table::VALID_FROM).is_none_or(|from| from <= day)
        && table.get(price_table::EXPIRES_AT).is_none_or(|end| noon <= end)
}

/// The prices of a table by product.
fn prices(table: &Record) -> lines::Prices {
    let entries = table.get(price_table::ENTRIES).iter();
    entries
        .filter_map(|entry| {
            Some((entry.get(price_table_entry::PRODUCT)?, entry.get(price_table_entry::PRICE)?))
        })
        .collect()
}

/// An order that comes from a proposal and says nothing about lines has those of the proposal, or of its opportunity
/// where the proposal shows those.
fn copy_lines(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let Some(source) = draft.record.get(order::PROPOSAL) else { return Ok(()) };
    let Some(source) = work.tx.load(Resource::Proposal, source)? else { return Ok(()) };
    let mut lines = source.get(proposal::LINES).to_vec();
    if lines.is_empty()
        && source[proposal::NAME].is_empty()
        && let Some(deal) = source.get(proposal::OPPORTUNITY)
    {
        let deal = work.tx.load(Resource::Opportunity, deal)?;
        lines = deal.map(|deal| deal.get(opportunity::LINES).to_vec()).unwrap_or_default();
    }
    let copies = lines::copied(work, &lines, lines::ORDER)?;
    draft.record.set(order::LINES, copies);
    Ok(())
}

/// Of a completed order only notes, the key of a client's system and what a dialect keeps may change.
fn keep_completed(draft: &mut Draft) {
    let Some(before) = draft.before.as_ref().filter(|before| before.get(order::STATUS) == Some(COMPLETED))
    else {
        return;
    };
    let free = [order::NOTES.position(), meta::EXTERNAL_KEY.position(), meta::EXTRAS.position()];
    let changed = (meta::STAMPS as u16..before.values().len() as u16)
        .any(|field| !free.contains(&field) && before.at(field) != draft.record.at(field));
    if changed {
        draft.refuse(Reason::WrongState);
    }
}
