//! GET: a list, or the record that the path names (sections 7 and 8).

use favo_core::Ctx;
use favo_core::transaction::Reader;
use http::StatusCode;

use super::actions::{allowed, missing};
use super::fault::Failure;
use super::list::Wanted;
use super::refusal::{self, Right};
use super::table::Entity;
use super::{ids, show};
use crate::wire::{Caller, Response};

/// Answers a reading call.
pub(super) fn answer(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    (entity, id): (&'static Entity, Option<&str>),
    filter: Option<&str>,
    query: &str,
) -> Result<Response, Failure> {
    if !caller.may_read || !allowed(ctx, entity, Right::Read) {
        return Err(refusal::denied(entity, Right::Read));
    }
    let wanted = Wanted::read(query, filter)?;
    let Some(id) = id else { return show::list(ctx, tx, entity, &wanted) };
    let Some(uuid) = ids::normal(id) else { return Err(missing(false)) };
    let body = show::one(ctx, tx, entity, &uuid, &wanted.keep)?.ok_or_else(|| missing(false))?;
    Ok(show::json(StatusCode::OK, body))
}
