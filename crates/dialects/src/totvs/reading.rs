//! GET: who may read what. What is read goes out through `show` (sections 7 and 8).

use favo_core::Ctx;
use favo_core::transaction::Reader;

use super::actions::allowed;
use super::fault::Failure;
use super::refusal::{self, Right};
use super::show;
use super::table::Entity;
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
    show::answer(ctx, tx, entity, id, filter, query)
}
