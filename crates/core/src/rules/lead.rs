//! Leads: a contact in the lead section of its life cycle together with its current qualification, written as one.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::patch::Patch;
use crate::transaction::Writer;
use crate::write::Skip;

/// Creates a lead: a person (unless the patch says otherwise) and a qualification in the first stage of the default
/// qualification pipeline; the id of the contact.
pub fn create(
    _ctx: &Ctx,
    _tx: &mut dyn Writer,
    _contact: Patch,
    _qualification: Patch,
    _skip: Skip,
) -> Result<i64> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// Changes a lead. The status of the qualification moves the contact through its life cycle: qualified makes a prospect, and
/// links the company named by `company_name`, made when there is none; sold makes a customer; discarded and not sold make a
/// discarded contact; open and scheduled make a lead again, refused with [`WrongState`](crate::Reason::WrongState) while an
/// opportunity hangs on the contact. A change of the qualification alone counts as a change of the contact.
pub fn update(
    _ctx: &Ctx,
    _tx: &mut dyn Writer,
    _id: i64,
    _contact: Patch,
    _qualification: Patch,
    _skip: Skip,
) -> Result<()> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// Deletes contact and qualifications; refused with [`WrongState`](crate::Reason::WrongState) once converted.
pub fn delete(_ctx: &Ctx, _tx: &mut dyn Writer, _id: i64) -> Result<()> {
    Err(Error::Internal("not built yet".to_owned()))
}
