//! `POST`, `PUT` and `DELETE` of every resource: body to patch, patch to core, answer the whole object (spec 1.5, 3.5).

use favo_core::identity::Action;
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Error, Resource, Result};

use super::accept::accept;
use super::body::Object;
use super::query_string::Params;
use super::show;
use super::spelling::{Sheet, sheet};
use crate::wire::Response;

/// `POST /x`.
pub(super) fn create(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    resource: Resource,
    body: &Object,
    skip: Skip,
    params: &Params,
) -> Result<Response> {
    write::may_create(ctx, resource)?;
    let mut accepted = accept(ctx, tx, sheet_of(resource)?, body, None)?;
    if !skip.required {
        accepted.demand_customer(resource, true);
    }
    let patch = accepted.take_patch();
    let id = write::create(ctx, tx, resource, patch, skip).map_err(|error| accepted.name(resource, error))?;
    answer(ctx, tx, resource, id, params)
}

/// `PUT /x/{id}`.
pub(super) fn update(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    (resource, id): (Resource, i64),
    body: &Object,
    skip: Skip,
    params: &Params,
) -> Result<Response> {
    let stored = write::load_visible(ctx, tx, resource, id)?;
    let mut accepted = accept(ctx, tx, sheet_of(resource)?, body, Some(&stored))?;
    if !skip.required {
        accepted.demand_customer(resource, false);
    }
    let patch = accepted.take_patch();
    write::update(ctx, tx, resource, id, patch, skip).map_err(|error| accepted.name(resource, error))?;
    answer(ctx, tx, resource, id, params)
}

/// `DELETE /x/{id}`: answers the object as it was last shown; a user lives on, inactive.
pub(super) fn delete(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    resource: Resource,
    id: i64,
    params: &Params,
) -> Result<Response> {
    if resource == Resource::User {
        write::delete(ctx, tx, resource, id)?;
        return answer(ctx, tx, resource, id, params);
    }
    let last = answer(ctx, tx, resource, id, params)?;
    write::delete(ctx, tx, resource, id)?;
    Ok(last)
}

/// The whole object, as a read from inside the writing transaction shows it.
pub(super) fn answer(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    resource: Resource,
    id: i64,
    params: &Params,
) -> Result<Response> {
    show::one_json(ctx, tx, resource, id, false, &params.base_url).map(show::json)
}

/// Whoever may not change a record is told that before anything about the request.
pub(super) fn may_change(ctx: &Ctx, tx: &mut dyn Writer, resource: Resource, id: i64) -> Result<()> {
    let record = write::load_visible(ctx, tx, resource, id)?;
    if ctx.actor.may(Action::Update, &record) { Ok(()) } else { Err(Error::Forbidden) }
}

/// The spelling of a resource; routes lead only to those that have one.
pub(super) fn sheet_of(resource: Resource) -> Result<&'static Sheet> {
    sheet(resource).ok_or_else(|| Error::Internal(format!("no spelling of {}", resource.name())))
}
