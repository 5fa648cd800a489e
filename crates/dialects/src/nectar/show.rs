//! Answers: rows go straight from the database to the response bytes, along the spelling of their resource.
//!
//! A [`Plan`](plan::Plan) says which columns to select and what each key writes; registries are copied from what the
//! snapshot rendered once; what a row cannot hold is read in one batch for the whole page ([`holes`]). Not here:
//! which rows, see [`list`](super::list).

mod cells;
mod faces;
mod holes;
mod items;
mod places_out;
pub(crate) mod plan;
#[cfg(test)]
mod tests;
pub(crate) mod values_out;

pub(crate) use crate::stored_json as raw;

use std::sync::Arc;

use favo_core::catalogue::meta;
use favo_core::query::{Column, Page as PageOf, Query};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, Row};
use favo_core::{Ctx, Error, Resource, Result};
use http::StatusCode;

use self::cells::Env;
use self::faces::Faces;
use self::holes::Page;
use self::plan::Plan;
use super::list;
use super::query_string::Params;
use crate::wire::Response;

/// An answer of JSON.
pub(crate) fn json(body: Vec<u8>) -> Response {
    Response::new(StatusCode::OK, "application/json; charset=utf-8", body)
}

/// `GET /x`: a page of a resource.
pub(crate) fn list(ctx: &Ctx, tx: &mut dyn Reader, resource: Resource, params: &Params) -> Result<Response> {
    let query = list::query(ctx, tx, resource, params)?;
    items(ctx, tx, &query, params).map(json)
}

/// `GET /x/{id}`: one record the actor may see.
pub(crate) fn item(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    resource: Resource,
    id: i64,
    base_url: &str,
) -> Result<Response> {
    let query = Query::by_id(resource, id).filter(ctx.actor.visible(resource));
    one(ctx, tx, &query, Plan::whole(resource), base_url)?.map(json).ok_or(Error::NotFound)
}

/// The rows of a query as an array, of the keys `attribute` names.
pub(crate) fn items(ctx: &Ctx, tx: &mut dyn Reader, query: &Query, params: &Params) -> Result<Vec<u8>> {
    let smaller;
    let plan = match params.attributes() {
        Some(names) => {
            smaller = Plan::only(query.resource, &names);
            &smaller
        }
        None => Plan::whole(query.resource),
    };
    let size = query.page.map_or(16, |page| page.size as usize) * plan.cells.len() * 32;
    let mut page = Page::with_capacity(size.clamp(256, 1 << 18));
    with_env(ctx, tx, &params.base_url, |env, tx| {
        tx.select(query, &plan.columns, &mut |row| {
            page.out.push(b',');
            cells::object(env, row, &plan.cells, &mut page);
            Ok(())
        })?;
        cells::close_list(&mut page.out, 0);
        std::mem::take(&mut page).fill(env, tx)
    })
}

/// The live records of a query as an array, each as `GET /x/{id}` shows it, and their ids in the same order.
pub(crate) fn with_ids(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    query: &Query,
    base_url: &str,
) -> Result<(Vec<u8>, Vec<i64>)> {
    let plan = Plan::whole(query.resource);
    let id = Column::own(meta::ID);
    let mut columns = plan.columns.clone();
    let position = columns.iter().position(|column| *column == id).unwrap_or_else(|| {
        columns.push(id);
        columns.len() - 1
    });
    let (mut page, mut ids) = (Page::with_capacity(1 << 16), Vec::new());
    let items = with_env(ctx, tx, base_url, |env, tx| {
        tx.select(query, &columns, &mut |row| {
            ids.extend(row.int(position));
            page.out.push(b',');
            cells::object(env, row, &plan.cells, &mut page);
            Ok(())
        })?;
        cells::close_list(&mut page.out, 0);
        std::mem::take(&mut page).fill(env, tx)
    })?;
    Ok((items, ids))
}

/// One record as `GET /x/{id}` shows it, whoever asks: the answer of a write, from inside its transaction.
///
/// What the write changed in the registries is seen as well.
pub(crate) fn one_json(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    resource: Resource,
    id: i64,
    with_deleted: bool,
    base_url: &str,
) -> Result<Vec<u8>> {
    let query = Query { with_deleted, ..Query::by_id(resource, id) };
    let plan = Plan::whole(resource);
    if tx.registry_version()? == ctx.snapshot.version() {
        return one(ctx, tx, &query, plan, base_url)?.ok_or(Error::NotFound);
    }
    let ctx = Ctx { snapshot: Arc::new(Snapshot::load(tx)?), ..ctx.clone() };
    one(&ctx, tx, &query, plan, base_url)?.ok_or(Error::NotFound)
}

/// The first row of a query along a plan.
pub(crate) fn one(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    query: &Query,
    plan: &Plan,
    base_url: &str,
) -> Result<Option<Vec<u8>>> {
    Ok(first(ctx, tx, query, plan, base_url, &mut |_| {})?.filter(|bytes| !bytes.is_empty()))
}

/// The same, with a look at the row.
pub(crate) fn first(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    query: &Query,
    plan: &Plan,
    base_url: &str,
    look: &mut dyn FnMut(&dyn Row),
) -> Result<Option<Vec<u8>>> {
    let mut page = Page::with_capacity(2048);
    with_env(ctx, tx, base_url, |env, tx| {
        tx.select(query, &plan.columns, &mut |row| {
            if page.out.is_empty() {
                look(row);
                cells::object(env, row, &plan.cells, &mut page);
            }
            Ok(())
        })?;
        let whole = std::mem::take(&mut page).fill(env, tx)?;
        Ok((!whole.is_empty()).then_some(whole))
    })
}

/// Whether the actor may see this record.
pub(crate) fn is_visible(ctx: &Ctx, tx: &mut dyn Reader, resource: Resource, id: i64) -> Result<bool> {
    let query = Query::by_id(resource, id).filter(ctx.actor.visible(resource)).page(PageOf::first(1));
    let mut found = false;
    tx.select(&query, &[Column::own(meta::ID)], &mut |_| {
        found = true;
        Ok(())
    })?;
    Ok(found)
}

fn with_env<T>(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    base_url: &str,
    work: impl FnOnce(&Env<'_>, &mut dyn Reader) -> Result<T>,
) -> Result<T> {
    let own;
    let faces = match ctx.snapshot.derived(Faces::of) {
        Some(faces) => faces,
        // Another dialect was first to derive something: render for this answer alone.
        None => {
            own = Faces::of(&ctx.snapshot);
            &own
        }
    };
    let outsider = (!ctx.actor.administrator).then_some(ctx.actor.user);
    let env =
        Env { now: ctx.now.0, tenant: tx.tenant().0, base_url, faces, snapshot: &ctx.snapshot, outsider };
    work(&env, tx)
}
