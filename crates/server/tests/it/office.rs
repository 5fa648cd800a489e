//! The administrator at work on records themselves, past every dialect; for tests of core's rules.

use std::sync::Arc;

use favo_core::catalogue::{contact, opportunity};
use favo_core::identity::Actor;
use favo_core::patch::{Input, Patch, Reference};
use favo_core::rules::removal;
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Error, Reason, Record, Resource, Result};

use crate::desk::Desk;

/// As a dialect with rules of its own about duplicates writes.
pub(crate) const SKIP: Skip = Skip { required: false, validations: false, duplicates: true };

pub(crate) fn to(id: i64) -> Input {
    Input::One(Reference::id(id))
}

/// Runs something as the administrator, whom nothing is refused.
pub(crate) fn system<T: Send + 'static>(
    desk: &Desk,
    job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
) -> Result<T> {
    desk.system(move |ctx, tx| {
        let actor = Arc::new(Actor::system(1));
        job(&Ctx { actor, ..ctx.clone() }, tx)
    })
}

/// Runs something as one user.
pub(crate) fn acting<T: Send + 'static>(
    desk: &Desk,
    user: i64,
    job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
) -> Result<T> {
    desk.system(move |ctx, tx| {
        let actor = Actor::of(&ctx.snapshot, user).ok_or(Error::NotFound)?;
        job(&Ctx { actor: Arc::new(actor), ..ctx.clone() }, tx)
    })
}

pub(crate) fn create(desk: &Desk, resource: Resource, patch: Patch) -> i64 {
    try_create(desk, resource, patch).expect("a record")
}

pub(crate) fn try_create(desk: &Desk, resource: Resource, patch: Patch) -> Result<i64> {
    system(desk, move |ctx, tx| write::create(ctx, tx, resource, patch.clone(), SKIP))
}

pub(crate) fn update(desk: &Desk, resource: Resource, id: i64, patch: Patch) -> Result<()> {
    system(desk, move |ctx, tx| write::update(ctx, tx, resource, id, patch.clone(), SKIP))
}

pub(crate) fn load(desk: &Desk, resource: Resource, id: i64) -> Option<Record> {
    system(desk, move |_, tx| tx.load(resource, id)).expect("read")
}

#[track_caller]
pub(crate) fn there(desk: &Desk, resource: Resource, id: i64) -> Record {
    load(desk, resource, id).expect("it is there")
}

pub(crate) fn remove(desk: &Desk, resource: Resource, id: i64) -> Result<()> {
    system(desk, move |ctx, tx| removal::delete(ctx, tx, resource, id))
}

/// Why something was refused, if it was.
pub(crate) fn reasons<T>(outcome: Result<T>) -> Vec<Reason> {
    match outcome {
        Ok(_) => Vec::new(),
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.reason).collect(),
        Err(other) => panic!("{other}"),
    }
}

pub(crate) fn person(name: &str) -> Patch {
    Patch::new().text(contact::NAME, name).with(contact::ORGANISATION, Input::Bool(false))
}

pub(crate) fn company(desk: &Desk, name: &str) -> i64 {
    let patch = Patch::new().text(contact::NAME, name).with(contact::ORGANISATION, Input::Bool(true));
    create(desk, Resource::Contact, patch)
}

pub(crate) fn deal(desk: &Desk, customer: i64) -> i64 {
    let patch = Patch::new().text(opportunity::NAME, "Ladowarki").with(opportunity::CUSTOMER, to(customer));
    create(desk, Resource::Opportunity, patch)
}
