//! References in filters: which record a client means (9.3). It must exist and be visible, as in a write.

use favo_core::Ctx;
use favo_core::catalogue::{meta, user};
use favo_core::query::{Column, Filter, Page, Query};
use favo_core::text::fold;
use favo_core::transaction::Reader;
use favo_core::{Resource, Result};

use crate::egito::fault::Code;
use crate::egito::{entities, values};
use crate::json::Json;
use crate::wire::Caller;

/// The number of the record of this entity that is meant.
pub(super) fn find(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    entity: &str,
    sent: &Json,
) -> Result<std::result::Result<i64, Code>> {
    let inside = match sent {
        Json::Object(object) => object.get("id").unwrap_or(&Json::Null),
        sent => sent,
    };
    let Some(entity) = entities::named(entity) else { return Ok(Err(Code::ReferenceNotFound)) };
    if entity.resource == Resource::User
        && let Json::Text(name) = inside
        && !name.trim().bytes().all(|byte| byte.is_ascii_digit())
    {
        return Ok(user_named(ctx, caller, name.trim()).ok_or(Code::ReferenceNotFound));
    }
    let id = match values::id(inside) {
        Ok(Some(id)) => id,
        Ok(None) => return Ok(Err(Code::ReferenceNotFound)),
        Err(code) => return Ok(Err(code)),
    };
    let query = Query::of(entity.resource)
        .filter(Filter::is(meta::ID, id))
        .filter(entity.records(ctx))
        .page(Page::first(1));
    let mut found = false;
    tx.select(&query, &[Column::own(meta::ID)], &mut |_| {
        found = true;
        Ok(())
    })?;
    Ok(if found { Ok(id) } else { Err(Code::ReferenceNotFound) })
}

/// A user by login, `login@app` or e-mail address.
fn user_named(ctx: &Ctx, caller: &Caller, name: &str) -> Option<i64> {
    let users = &ctx.snapshot;
    if let Some(user) = users.login(name) {
        return Some(user.id());
    }
    let app = caller.tenant.as_str();
    let bare =
        name.rsplit_once('@').filter(|(_, named)| named.eq_ignore_ascii_case(app)).map(|(login, _)| login);
    if let Some(user) = bare.and_then(|login| users.login(login)) {
        return Some(user.id());
    }
    // A login may be an address; people know it by the part before the sign.
    let wanted = fold(bare.unwrap_or(name));
    let known_by = |user: &favo_core::Record| {
        let begins =
            user.get(user::LOGIN).and_then(|login| login.split_once('@')).map(|(part, _)| fold(part));
        let email = user.get(user::EMAIL).map(fold);
        begins.as_ref() == Some(&wanted) || email.as_deref() == Some(&fold(name))
    };
    users.all(Resource::User).find(|user| known_by(user)).map(|user| user.id())
}
