//! References to other records (9.3): the record has to be of the right entity, and visible to the actor.

use std::sync::Arc;

use favo_core::catalogue::user;
use favo_core::identity::{Action, Scope};
use favo_core::query::Query;
use favo_core::snapshot::Snapshot;
use favo_core::text::fold;
use favo_core::{Record, Resource, Result};

use super::Acceptance;
use crate::egito::entities;
use crate::egito::fault::Code;
use crate::egito::table::{Entity, Field};
use crate::egito::values;
use crate::json::Json;
use crate::wire::Caller;

/// The id a reference names; nothing when it names no record at all.
pub(super) fn id(sent: &Json) -> std::result::Result<Option<i64>, Code> {
    match sent {
        Json::Object(object) => match object.get("id") {
            Some(id) => values::id(id),
            None => Err(Code::TypeMismatch),
        },
        bare => values::id(bare),
    }
}

impl Acceptance<'_> {
    /// Whether the actor may see records of an entity at all.
    pub(super) fn may_read(&self, entity: &Entity) -> bool {
        let reads = |resource| self.ctx.actor.scope(resource, Action::Read) > Scope::None;
        reads(entity.resource) && (entity.name != "Lead" || reads(Resource::Qualification))
    }

    /// The record of an entity that is meant, `Some(None)` when the field is cleared; `None` when the value is at fault,
    /// which is noted. What the field holds already is taken as it is.
    #[expect(clippy::option_option, reason = "cleared and at fault are two things")]
    pub(super) fn record(
        &mut self,
        field: &'static Field,
        entity: &str,
        sent: &Json,
        known: Option<i64>,
    ) -> Result<Option<Option<i64>>> {
        let read = id(sent);
        let Some(id) = self.read(field, sent, read) else { return Ok(None) };
        let Some(id) = id.filter(|id| Some(*id) != known) else { return Ok(Some(id)) };
        let found = match entities::named(entity) {
            Some(entity) if self.may_read(entity) => {
                let query = Query::by_id(entity.resource, id).filter(entity.records(self.ctx));
                !self.tx.load_all(&query)?.is_empty()
            }
            _ => false,
        };
        if !found {
            self.fault(field.name, Code::ReferenceNotFound, sent);
            return Ok(None);
        }
        Ok(Some(Some(id)))
    }

    /// A user: by id, login, `login@app` or e-mail address.
    pub(super) fn user(&self, sent: &Json) -> std::result::Result<Option<i64>, Code> {
        let bare = match sent {
            Json::Object(object) => {
                let named = ["id", "login", "username", "email"].into_iter().find_map(|key| object.get(key));
                named.ok_or(Code::TypeMismatch)?
            }
            bare => bare,
        };
        if super::is_blank(bare) {
            return Ok(None);
        }
        let snapshot = &self.ctx.snapshot;
        let found = match bare {
            Json::Text(text) if !text.trim().bytes().all(|byte| byte.is_ascii_digit()) => {
                user_named(snapshot, self.caller, text.trim())
            }
            number => values::id(number)?.and_then(|id| snapshot.live(Resource::User, id)),
        };
        let found = found.filter(|_| entities::named("User").is_some_and(|users| self.may_read(users)));
        found.map(|user| Some(user.id())).ok_or(Code::ReferenceNotFound)
    }
}

/// A user by login, `login@app` or e-mail address; else the only one whose login begins with this word before its `@`.
pub(in crate::egito) fn user_named<'a>(
    snapshot: &'a Snapshot,
    caller: &Caller,
    text: &str,
) -> Option<&'a Arc<Record>> {
    let of_app = |app: &str| app.eq_ignore_ascii_case(&caller.tenant);
    let bare = text.rsplit_once('@').filter(|(_, app)| of_app(app)).map_or(text, |(login, _)| login);
    let (email, word) = (fold(text), fold(bare));
    let is = |text: Option<&str>, wanted: &str| text.is_some_and(|text| fold(text) == wanted);
    let users = || snapshot.all(Resource::User);
    let mut begin = users()
        .filter(|user| is(user.get(user::LOGIN).and_then(|login| Some(login.split_once('@')?.0)), &word));
    snapshot
        .login(text)
        .or_else(|| snapshot.login(bare))
        .or_else(|| users().find(|user| is(user.get(user::EMAIL), &email)))
        .or_else(|| begin.next().filter(|_| begin.next().is_none()))
}
