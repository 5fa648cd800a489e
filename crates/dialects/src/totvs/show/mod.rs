//! Answers: rows go straight from the database to the response bytes, along the table of their resource (sections 8, 11, 14).
//!
//! A [`Plan`] says which columns to select and what each key writes; registries are copied from what was rendered once per
//! snapshot; what a row cannot hold is read in one batch for the whole page (`holes`). Not here: which rows, see `list`.

mod cells;
mod holes;
mod in_memory;
mod plan;
pub(super) mod registries;
mod rows;

use favo_core::catalogue::meta;
use favo_core::query::{Column, Filter, Order, Page as PageOf, Query};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::Reader;
use favo_core::{Ctx, Resource};
use http::StatusCode;

use self::holes::Page;
pub(super) use self::in_memory::{InMemory, meeting};
use self::plan::Plan;
use self::registries::Registries;
use super::fault::{self, Failure};
use super::filter::Condition;
use super::list::{self, Wanted};
use super::switches::Switches;
use super::table::{Entity, Source};
use crate::json_out as out;
use crate::wire::Response;

/// What the names of this dialect's extras begin with.
pub(super) const EXTRA: &str = "totvs.";

/// What all rows of an answer share.
struct Env<'a> {
    registries: &'a Registries,
    snapshot: &'a Snapshot,
    switches: &'a Switches,
    /// The condition on people that may be shown as those of a company.
    people: Filter,
}

/// The keys that are shown: all, or those a request names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Keep(pub(super) Option<Vec<String>>);

impl Keep {
    fn has(&self, key: &str) -> bool {
        self.0.as_ref().is_none_or(|keys| keys.iter().any(|known| known == key))
    }
}

/// An answer of JSON (4.5).
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    fault::unstored(Response::new(status, fault::JSON, body))
}

/// A page of a resource (8.1).
pub(super) fn list(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    entity: &'static Entity,
    wanted: &Wanted,
) -> Result<Response, Failure> {
    let list = list::understand(ctx, tx, entity, wanted)?;
    let page = list.page;
    let (items, count) = with_env(ctx, |env| -> Result<_, Failure> {
        match (&list.condition, entity.source) {
            (Condition::Records(filter), Source::Core { resource, only }) => {
                let filter = only().and(ctx.actor.visible(resource)).and(filter.clone());
                let count = tx.count(resource, &filter)?;
                let query = Query { then: list.then.clone(), ..Query::of(resource) };
                let query = query.filter(filter).order(list.order).page(page);
                let past_the_end = i128::from(page.number - 1) * i128::from(page.size) >= i128::from(count);
                let items =
                    if past_the_end { Vec::new() } else { rows_of(env, tx, entity, &query, &list.keep)? };
                Ok((items, count))
            }
            (Condition::Memory(condition), _) => {
                let mut rows = meeting(&ctx.snapshot, entity, condition);
                in_memory::sort(&mut rows, &list.in_memory);
                let before =
                    usize::try_from(page.number - 1).unwrap_or(usize::MAX).saturating_mul(page.size as usize);
                let mut items = Vec::new();
                for row in rows.iter().skip(before).take(page.size as usize) {
                    items.push(b',');
                    row.push(env, entity, &list.keep, &mut items);
                }
                Ok((items, rows.len() as i64))
            }
            (Condition::Records(_), _) => Ok((Vec::new(), 0)),
        }
    })?;
    let mut body = Vec::with_capacity(items.len() + 64);
    body.extend_from_slice(b"{\"items\":[");
    body.extend_from_slice(items.get(1..).unwrap_or_default());
    body.extend_from_slice(b"],\"hasNext\":");
    out::boolean(&mut body, i128::from(page.number) * i128::from(page.size) < i128::from(count));
    body.extend_from_slice(b",\"count\":");
    out::int(&mut body, count);
    body.push(b'}');
    Ok(json(StatusCode::OK, body))
}

/// One record by its UUID, as it stands in lists; `None` when there is none that the actor may see.
pub(super) fn one(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    entity: &'static Entity,
    uuid: &str,
    keep: &Keep,
) -> Result<Option<Vec<u8>>, Failure> {
    with_env(ctx, |env| {
        let items = match entity.source {
            Source::Core { resource, only } => {
                let Some(Some(id)) = tx.ids_of(resource, &[uuid.to_owned()])?.pop() else { return Ok(None) };
                let query = Query::by_id(resource, id).filter(only()).filter(ctx.actor.visible(resource));
                rows_of(env, tx, entity, &query, keep)?
            }
            Source::ProductGroups | Source::Stages | Source::Fixed(_) => {
                let rows = in_memory::all(&ctx.snapshot, entity);
                let wanted = super::filter::memory::Cell::Text(uuid.to_owned());
                let mut items = Vec::new();
                if let Some(row) = rows.iter().find(|row| row.cell("id") == wanted) {
                    items.push(b',');
                    row.push(env, entity, keep, &mut items);
                }
                items
            }
        };
        Ok(items.get(1..).map(<[u8]>::to_vec))
    })
}

/// The core records of a resource that meet a condition and the actor may see, the oldest first, at most so many.
pub(super) fn find(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    entity: &Entity,
    condition: &Condition,
    most: u32,
) -> Result<Vec<(Resource, i64)>, Failure> {
    let mut found = Vec::new();
    match (condition, entity.source) {
        (Condition::Records(filter), Source::Core { resource, only }) => {
            let filter = only().and(ctx.actor.visible(resource)).and(filter.clone());
            let query = Query::of(resource).filter(filter).order(Order::OLDEST).page(PageOf::first(most));
            tx.select(&query, &[Column::own(meta::ID)], &mut |row| {
                found.extend(row.int(0).map(|id| (resource, id)));
                Ok(())
            })?;
        }
        (Condition::Memory(condition), _) => {
            let rows = meeting(&ctx.snapshot, entity, condition);
            found.extend(rows.iter().filter_map(InMemory::record).take(most as usize));
        }
        (Condition::Records(_), _) => {}
    }
    Ok(found)
}

/// The rows of a query, each with a comma before it.
fn rows_of(
    env: &Env<'_>,
    tx: &mut dyn Reader,
    entity: &'static Entity,
    query: &Query,
    keep: &Keep,
) -> favo_core::Result<Vec<u8>> {
    let plan = Plan::of(entity, query.resource, keep);
    let size = query.page.map_or(16, |page| page.size as usize) * plan.cells.len() * 32;
    let mut page = Page::with_capacity(size.clamp(256, 1 << 18));
    tx.select(query, &plan.columns, &mut |row| {
        page.out.push(b',');
        plan.push(env, row, keep, &mut page);
        Ok(())
    })?;
    page.fill(env, tx)
}

fn with_env<T>(ctx: &Ctx, work: impl FnOnce(&Env<'_>) -> T) -> T {
    let own;
    let registries = match ctx.snapshot.derived(Registries::of) {
        Some(registries) => registries,
        // There is no room for another derived thing: render for this answer alone.
        None => {
            own = Registries::of(&ctx.snapshot);
            &own
        }
    };
    let switches = Switches::of(&ctx.snapshot);
    let people = ctx.actor.visible(Resource::Contact);
    work(&Env { registries, snapshot: &ctx.snapshot, switches: &switches, people })
}
