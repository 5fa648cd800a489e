//! Records are made, changed and deleted: what was accepted goes to the core, each entity its own way (section 15).
//!
//! Everything this dialect refuses by itself is found before anything is written.

mod unique;

use favo_core::identity::Action;
use favo_core::query::Query;
use favo_core::rules::{lead, proposal, removal};
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Error, Record, Resource};

use super::accept::{Accepted, Sent, accept};
use super::fault::Failure;
use super::show;
use super::table::{Among, Entity};
use crate::json::{Json, Object};
use crate::wire::Caller;

/// Required fields and duplicates are this dialect's own to look after; business rules hold.
const SKIP: Skip = Skip { required: true, validations: false, duplicates: true };
/// How deep an answer is nested at most.
const DEPTH: usize = 16;

/// Makes a record; its id.
pub(super) fn create(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    caller: &Caller,
    entity: &'static Entity,
    fields: &Object,
    was_form: bool,
) -> Result<i64, Failure> {
    write::may_create(ctx, entity.resource)?;
    let sent = Sent { entity, fields, was_form, stored: None };
    let Accepted { patch, qualification } = accept(ctx, tx, caller, sent)?.map_err(Failure::Faults)?;
    unique::check(ctx, tx, entity, &patch, None)?;
    Ok(match entity.among {
        Among::Leads => lead::create(ctx, tx, patch, qualification, SKIP)?,
        _ => write::create(ctx, tx, entity.resource, patch, SKIP)?,
    })
}

/// Changes a record; the id of what became of it, which is another one when an offer got a new version.
pub(super) fn update(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    caller: &Caller,
    entity: &'static Entity,
    id: i64,
    fields: &Object,
    was_form: bool,
) -> Result<i64, Failure> {
    let stored = load(ctx, tx, entity, id, Action::Update)?;
    let shown = show::get(ctx, tx, caller, entity, id)?.ok_or(Error::NotFound)?;
    let Some(Json::Object(shown)) = Json::parse(&String::from_utf8_lossy(&shown), DEPTH) else {
        return Err(Error::Internal(format!("{} {id} is shown as no object", entity.name)).into());
    };
    let sent = Sent { entity, fields, was_form, stored: Some((&stored, &shown)) };
    let Accepted { patch, qualification } = accept(ctx, tx, caller, sent)?.map_err(Failure::Faults)?;
    unique::check(ctx, tx, entity, &patch, Some(&stored))?;
    match entity.resource {
        Resource::Contact if entity.among == Among::Leads => {
            lead::update(ctx, tx, id, patch, qualification, SKIP)?;
        }
        Resource::Proposal => return Ok(proposal::revise(ctx, tx, id, patch, SKIP)?),
        resource => write::update(ctx, tx, resource, id, patch, SKIP)?,
    }
    Ok(id)
}

/// Deletes a record that nothing depends on.
pub(super) fn delete(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    _caller: &Caller,
    entity: &'static Entity,
    id: i64,
) -> Result<(), Failure> {
    load(ctx, tx, entity, id, Action::Delete)?;
    match entity.among {
        Among::Leads => lead::delete(ctx, tx, id)?,
        _ => removal::delete(ctx, tx, entity.resource, id)?,
    }
    Ok(())
}

/// The record of this id, if it is one of the entity and the actor may see it. Whoever may not do this with it is told so
/// before anything about the request.
fn load(ctx: &Ctx, tx: &mut dyn Writer, entity: &Entity, id: i64, action: Action) -> Result<Record, Error> {
    let query = Query::by_id(entity.resource, id).filter(entity.records(ctx));
    let record = tx.load_all(&query)?.pop().ok_or(Error::NotFound)?;
    if ctx.actor.may(action, &record) { Ok(record) } else { Err(Error::Forbidden) }
}
