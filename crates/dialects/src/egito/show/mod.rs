//! Records as they are answered.

use favo_core::query::Query;
use favo_core::transaction::Reader;
use favo_core::{Ctx, Error, Result};

use super::table::Entity;
use crate::wire::Caller;

/// The records of a query as a JSON array.
pub(super) fn list(
    _ctx: &Ctx,
    _tx: &mut dyn Reader,
    _caller: &Caller,
    _entity: &'static Entity,
    _query: &Query,
) -> Result<Vec<u8>> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// One record as a JSON object; `None` when there is none of that id and kind that the actor may see.
pub(super) fn get(
    _ctx: &Ctx,
    _tx: &mut dyn Reader,
    _caller: &Caller,
    _entity: &'static Entity,
    _id: i64,
) -> Result<Option<Vec<u8>>> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// The condition that makes a record of the resource one of this entity: companies are Accounts, and so on.
pub(super) fn kind(_entity: &Entity) -> favo_core::query::Filter {
    favo_core::query::Filter::All
}
