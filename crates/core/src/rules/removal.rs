//! Deleting with a look at what depends on the record: refused while others need it, together with what belongs to it.

use crate::catalogue::Resource;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::transaction::Writer;

/// Deletes a record that nothing depends on; what belongs to it goes with it, what merely points to it loses the link.
///
/// Refused with [`InUseBy`](crate::Reason::InUseBy) while others depend on it, and with
/// [`WrongState`](crate::Reason::WrongState) when its state forbids it.
pub fn delete(_ctx: &Ctx, _tx: &mut dyn Writer, _resource: Resource, _id: i64) -> Result<()> {
    Err(Error::Internal("not built yet".to_owned()))
}
