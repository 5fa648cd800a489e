//! Records as they are made, changed and deleted.

use favo_core::transaction::Writer;
use favo_core::{Ctx, Error};

use super::fault::Failure;
use super::table::Entity;
use crate::json::Object;
use crate::wire::Caller;

/// Makes a record; its id.
pub(super) fn create(
    _ctx: &Ctx,
    _tx: &mut dyn Writer,
    _caller: &Caller,
    _entity: &'static Entity,
    _fields: &Object,
    _was_form: bool,
) -> Result<i64, Failure> {
    Err(Error::Internal("not built yet".to_owned()).into())
}

/// Changes a record; its id.
pub(super) fn update(
    _ctx: &Ctx,
    _tx: &mut dyn Writer,
    _caller: &Caller,
    _entity: &'static Entity,
    _id: i64,
    _fields: &Object,
    _was_form: bool,
) -> Result<i64, Failure> {
    Err(Error::Internal("not built yet".to_owned()).into())
}

/// Deletes a record.
pub(super) fn delete(
    _ctx: &Ctx,
    _tx: &mut dyn Writer,
    _caller: &Caller,
    _entity: &'static Entity,
    _id: i64,
) -> Result<(), Failure> {
    Err(Error::Internal("not built yet".to_owned()).into())
}
