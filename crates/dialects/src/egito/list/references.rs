//! References in filters: which record a client means (9.3). It must exist and be visible, as in a write.

use favo_core::Ctx;
use favo_core::catalogue::meta;
use favo_core::query::{Column, Filter, Query};
use favo_core::transaction::Reader;
use favo_core::{Resource, Result};

use crate::egito::accept::references::user_named;
use crate::egito::fault::Code;
use crate::egito::table::Entity;
use crate::egito::{entities, values};
use crate::json::Json;
use crate::wire::Caller;

/// The numbers of the records of this entity that are meant, found in one read.
pub(super) fn find(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    entity: &str,
    sent: &[Json],
) -> Result<std::result::Result<Vec<i64>, Code>> {
    let Some(entity) = entities::named(entity) else { return Ok(Err(Code::ReferenceNotFound)) };
    let mut ids = Vec::with_capacity(sent.len());
    for sent in sent {
        match id(ctx, caller, entity, sent) {
            Ok(id) => ids.push(id),
            Err(code) => return Ok(Err(code)),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let query = Query::of(entity.resource)
        .filter(Filter::OneOf(meta::ID.position(), ids.clone()))
        .filter(entity.records(ctx));
    let mut found = 0;
    tx.select(&query, &[Column::own(meta::ID)], &mut |_| {
        found += 1;
        Ok(())
    })?;
    Ok(if found == ids.len() { Ok(ids) } else { Err(Code::ReferenceNotFound) })
}

/// The number a client names, of a user also by name.
fn id(ctx: &Ctx, caller: &Caller, entity: &Entity, sent: &Json) -> std::result::Result<i64, Code> {
    let inside = match sent {
        Json::Object(object) => object.get("id").unwrap_or(&Json::Null),
        sent => sent,
    };
    if entity.resource == Resource::User
        && let Json::Text(name) = inside
        && !name.trim().bytes().all(|byte| byte.is_ascii_digit())
    {
        let user = user_named(&ctx.snapshot, caller, name.trim());
        return user.map(|user| user.id()).ok_or(Code::ReferenceNotFound);
    }
    values::id(inside)?.ok_or(Code::ReferenceNotFound)
}
