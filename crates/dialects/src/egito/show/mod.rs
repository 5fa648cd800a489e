//! Records out: rows go straight from the database to the response bytes, along the table of their entity (sections 9, 10, 15).
//!
//! A [`Plan`](plan::Plan) says which columns an entity selects and what each field writes. What a row cannot hold, such as
//! the products of its lines, is read in one batch for the whole page ([`gaps`]). Not here: which rows, see `list`.

mod cells;
mod gaps;
mod lines;
mod parts;
mod plan;
mod values_out;

use favo_core::query::Query;
use favo_core::transaction::Reader;
use favo_core::{Ctx, Result};

use self::cells::Env;
use self::gaps::Page;
pub(super) use self::lines::USUAL_RATE;
use self::plan::Plan;
use super::table::Entity;
use crate::wire::Caller;

/// The records of a query as a JSON array.
pub(super) fn list(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    entity: &'static Entity,
    query: &Query,
) -> Result<Vec<u8>> {
    let plan = Plan::of(entity);
    let rows = query.page.map_or(16, |page| page.size as usize);
    let mut page = Page::with_capacity((rows * plan.cells.len() * 32).clamp(256, 1 << 18));
    let env = Env::new(ctx, caller);
    page.out.push(b'[');
    tx.select(query, &plan.columns, &mut |row| {
        if page.out.len() > 1 {
            page.out.push(b',');
        }
        cells::object(&env, row, &plan.cells, &mut page);
        Ok(())
    })?;
    page.out.push(b']');
    page.fill(ctx, tx)
}

/// One record as a JSON object; `None` when there is none of that id and kind that the actor may see.
pub(super) fn get(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    entity: &'static Entity,
    id: i64,
) -> Result<Option<Vec<u8>>> {
    let query = Query::by_id(entity.resource, id).filter(entity.records(ctx));
    let plan = Plan::of(entity);
    let mut page = Page::with_capacity(2048);
    let env = Env::new(ctx, caller);
    tx.select(&query, &plan.columns, &mut |row| {
        cells::object(&env, row, &plan.cells, &mut page);
        Ok(())
    })?;
    if page.out.is_empty() { Ok(None) } else { page.fill(ctx, tx).map(Some) }
}
