//! Create, update, upsert, delete, and a POST that does not say which (section 5), in the order of 4.7.
//!
//! One call is one transaction: what goes wrong after something was written undoes all of it (12.7).

mod duplicates;
mod find;
mod keys;
mod put;

use favo_core::catalogue::meta;
use favo_core::identity::{Action as Doing, Scope};
use favo_core::query::{Column, Query};
use favo_core::rules::{lead, removal};
use favo_core::transaction::Writer;
use favo_core::{Ctx, Error, Resource};
use http::StatusCode;

use self::find::{Found, Keys};
use super::accept::{self, Body, Mode};
use super::fault::{self, Code, Failure, JSON};
use super::filter;
use super::refusal::{self, Right};
use super::route::{self, Action, Write};
use super::switches::Switches;
use super::table::{Actions, Entity, Source};
use crate::json::Object;
use crate::json_out;
use crate::wire::{Caller, Failed, Response, Written};

/// Answers a writing call.
pub(super) fn answer(ctx: &Ctx, tx: &mut dyn Writer, caller: &Caller, write: &Write) -> Written {
    let switches = Switches::of(&ctx.snapshot);
    let mut work = Work { ctx, tx, caller, switches: &switches, write, entity: write.entity, wrote: false };
    match work.run() {
        Ok(done) => Ok(written(&done, &switches)),
        Err(failure) => {
            let answer = fault::spell(&failure, &switches);
            match failure {
                Failure::Core(error) => Err(Failed { answer, error }),
                Failure::Wire { .. } if work.wrote => {
                    Err(Failed { answer, error: Error::Refused(Vec::new()) })
                }
                Failure::Wire { .. } => Ok(answer),
            }
        }
    }
}

/// What was done to which record.
struct Done {
    uuid: String,
    inserted: bool,
}

/// `{"id":".."}` (8.3).
fn written(done: &Done, switches: &Switches) -> Response {
    let mut body = br#"{"id":"#.to_vec();
    json_out::text(&mut body, &done.uuid);
    body.push(b'}');
    let created = done.inserted && !switches.create_is_200;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    fault::unstored(Response::new(status, JSON, body))
}

/// One writing call at work.
struct Work<'a> {
    ctx: &'a Ctx,
    tx: &'a mut dyn Writer,
    caller: &'a Caller,
    switches: &'a Switches,
    write: &'a Write,
    entity: &'static Entity,
    /// Something may have been written: a mistake from here on has to undo it.
    wrote: bool,
}

impl Work<'_> {
    fn run(&mut self) -> Result<Done, Failure> {
        self.permission()?;
        let object = self.write.body.as_ref().ok_or_else(|| {
            Failure::plain(Code::MalformedJson, "The body must be one JSON object in UTF-8.")
        })?;
        let keys = self.key_filters()?;
        match self.write.action {
            Action::Create => {
                let body = accept::read(self.ctx, self.switches, self.entity, object)?;
                self.insert(&body)
            }
            Action::Delete => self.delete(object, &keys),
            Action::Update | Action::Upsert | Action::Unsaid => self.change(object, &keys),
        }
    }

    /// Step 7: what the action may come to must be allowed before anything else about the call is looked at.
    fn permission(&self) -> Result<(), Failure> {
        let lacks = |right: Right| (!self.may(right)).then(|| refusal::denied(self.entity, right));
        let refused = match self.write.action {
            Action::Update => lacks(Right::Update),
            Action::Upsert => lacks(Right::Create).or_else(|| lacks(Right::Update)),
            Action::Delete => lacks(Right::Delete),
            Action::Unsaid if self.may(Right::Update) => None,
            Action::Create | Action::Unsaid => lacks(Right::Create),
        };
        refused.map_or(Ok(()), Err)
    }

    /// Whether the user has a right on the resource at all; of leads, on both of its records.
    fn may(&self, right: Right) -> bool {
        self.caller.may_write && allowed(self.ctx, self.entity, right)
    }

    /// Step 9: the filter that names the record, from the header, the query or both; and what else the query says.
    fn key_filters(&mut self) -> Result<Keys, Failure> {
        let header = self.write.filter.as_deref().map(|text| (text, "Integration-Filter"));
        let parameter = find::parameter(&self.write.query)?;
        let parameter = parameter.as_deref().map(|text| (text, "filter"));
        if self.write.action == Action::Create && (header.is_some() || parameter.is_some()) {
            let message = "create makes a record and takes no filter.";
            return Err(Failure::plain(Code::FilterNotAllowed, message));
        }
        if self.write.id.is_some() && (header.is_some() || parameter.is_some()) {
            return Err(different("The path names a record, and so does a filter."));
        }
        let filters = header.into_iter().chain(parameter).map(|(text, source)| filter::parse(text, source));
        Keys::understood(filters.collect::<Result<_, _>>()?, self.entity, self.ctx, self.tx)
    }

    /// Update, upsert, and a POST that does not say: find the record, then change it or make one.
    fn change(&mut self, object: &Object, keys: &Keys) -> Result<Done, Failure> {
        let body = accept::read(self.ctx, self.switches, self.entity, object)?;
        let action = self.write.action;
        match self.found(&body, keys)? {
            Found::One(resource, id) => {
                if action == Action::Unsaid && !self.may(Right::Update) {
                    return Err(refusal::denied(self.entity, Right::Update));
                }
                let mode = if action == Action::Upsert { Mode::Replace } else { Mode::Merge };
                self.update(resource, id, &body, mode)
            }
            Found::Many => Err(many()),
            Found::NoSuchId => Err(missing(false)),
            Found::NoMatch if action == Action::Upsert => self.insert_by(object, keys),
            // A key in the body of a POST that does not say is a key to be; a filter is meant to match.
            Found::NoMatch if action == Action::Unsaid && keys.is_empty() => self.insert_unsaid(&body),
            Found::NoMatch => Err(missing(true)),
            Found::NoKey if action == Action::Upsert => self.insert(&body),
            Found::NoKey if action == Action::Unsaid => self.insert_unsaid(&body),
            Found::NoKey => {
                let message = "A filter, id or externalId must name the record.";
                Err(Failure::plain(Code::FilterRequired, message))
            }
        }
    }

    /// A POST that does not say, and turns out to make a record.
    fn insert_unsaid(&mut self, body: &Body) -> Result<Done, Failure> {
        if self.entity.actions == Actions::UpdateOnly {
            return Err(route::not_offered(self.entity, Action::Create));
        }
        if !self.may(Right::Create) {
            return Err(refusal::denied(self.entity, Right::Create));
        }
        self.insert(body)
    }

    /// An upsert that found nothing: what the filter says about the record, it is to have (5.5).
    fn insert_by(&mut self, object: &Object, keys: &Keys) -> Result<Done, Failure> {
        let mut object = object.clone();
        for (field, literal) in keys.insert_values(self.entity) {
            if field == "id" {
                return Err(missing(false));
            }
            if object.get(&field).is_none() {
                object.set(field, crate::json::Json::Text(literal));
            }
        }
        let body = accept::read(self.ctx, self.switches, self.entity, &object)?;
        self.insert(&body)
    }

    fn delete(&mut self, object: &Object, keys: &Keys) -> Result<Done, Failure> {
        // Of the body only what names the record matters, and only when nothing else does.
        let mut named = Object::default();
        if self.write.id.is_none() && keys.is_empty() {
            for name in ["id", "externalId"] {
                if let Some(value) = object.get(name) {
                    named.set(name, value.clone());
                }
            }
        }
        let body = accept::read(self.ctx, self.switches, self.entity, &named)?;
        let (resource, id) = match self.found(&body, keys)? {
            Found::One(resource, id) => (resource, id),
            Found::Many => return Err(many()),
            Found::NoSuchId | Found::NoMatch => return Err(missing(false)),
            Found::NoKey => {
                let message = "An id, a filter or externalId must name the record.";
                return Err(Failure::plain(Code::FilterRequired, message));
            }
        };
        let uuid = self.uuid(resource, id)?;
        self.wrote = true;
        let deleted = if self.is_lead() {
            lead::delete(self.ctx, self.tx, id)
        } else {
            removal::delete(self.ctx, self.tx, resource, id)
        };
        deleted.map_err(|error| refusal::named(error, self.entity, &body.object, Right::Delete))?;
        Ok(Done { uuid, inserted: false })
    }

    fn is_lead(&self) -> bool {
        self.entity.name == "leads"
    }

    fn uuid(&mut self, resource: Resource, id: i64) -> Result<String, Failure> {
        let mut uuid = None;
        self.tx.select(&Query::by_id(resource, id), &[Column::own(meta::UUID)], &mut |row| {
            uuid = row.text(0).map(str::to_owned);
            Ok(())
        })?;
        uuid.ok_or(Failure::Core(Error::NotFound))
    }
}

/// Whether the user has a right on a resource of the dialect at all.
pub(super) fn allowed(ctx: &Ctx, entity: &Entity, right: Right) -> bool {
    let doing = match right {
        Right::Read => Doing::Read,
        Right::Create => Doing::Create,
        Right::Update => Doing::Update,
        Right::Delete => Doing::Delete,
    };
    let beside = match entity.source {
        Source::ProductGroups => Some(Resource::ProductSubcategory),
        Source::Core { .. } if entity.name == "leads" => Some(Resource::Qualification),
        Source::Core { .. } | Source::Stages | Source::Fixed(_) => None,
    };
    entity.resource().into_iter().chain(beside).all(|resource| ctx.actor.scope(resource, doing) > Scope::None)
}

/// No record by this key: 404, or 422 where the call was fine but for that.
pub(super) fn missing(unprocessable: bool) -> Failure {
    Failure::plain(
        Code::RecordNotFound { unprocessable },
        "There is no such record, or the user cannot see it.",
    )
}

fn many() -> Failure {
    Failure::plain(Code::FilterMatchesMany, "The filter matches more than one record; nothing was changed.")
}

fn different(message: &str) -> Failure {
    Failure::plain(Code::KeyConflict, message)
}
