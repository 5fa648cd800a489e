//! Calls carried out: the checks in their order (5.2), then records, lists and dictionaries, and what a browser may see of it.

use favo_core::identity::{Action as Right, Scope};
use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error, Place, Problem, Reason, Resource, Result};
use http::StatusCode;

use super::body::Fields;
use super::fault::{self, Code, Failure, Fault, Subject, Voice};
use super::route::{self, Action, Asked, Target};
use super::switches::Switches;
use super::table::{Entity, Form};
use super::{Call, entities, list, show};
use crate::egito::write::{self as records};
use crate::json::Json;
use crate::json_out;
use crate::wire::{Caller, Failed, Response, Written};

/// How this call wants to be told.
fn voice(call: &Call, switches: &Switches) -> Voice {
    let language = call.language.unwrap_or(switches.language);
    Voice { language, always_200: switches.always_200 }
}

/// A call that has passed the checks of 5.2 up to the body.
struct Passed<'a> {
    target: Target,
    action: Action,
    path_id: Option<&'a Json>,
    fields: &'a Fields,
}

impl Passed<'_> {
    fn subject(&self) -> Subject<'static> {
        subject(self.target, self.action)
    }
}

fn subject(target: Target, action: Action) -> Subject<'static> {
    Subject { object: target.name(), entity: target.entity(), action: action.right() }
}

/// Checks path, method, scope, right and body.
fn check<'a>(
    call: &'a Call,
    caller: &Caller,
    ctx: &Ctx,
    voice: Voice,
) -> std::result::Result<Passed<'a>, Response> {
    let (target, action, path_id, fields) = match &call.asked {
        Asked::Nothing { object, code, allow } => {
            let mut response = fault::whole(voice, object, *code);
            response.headers.extend(allow.map(|allow| ("allow", allow.to_owned())));
            return Err(response);
        }
        Asked::Something { target, action, path_id, fields } => (*target, *action, path_id.as_ref(), fields),
    };
    let refused = |fault: Fault| fault::answer(voice, subject(target, action), &fault.into());
    let needed = match (target, action.writes()) {
        (Target::Dictionaries, _) if caller.may_read || caller.may_write => None,
        (_, true) => (!caller.may_write).then_some("write"),
        (_, false) => (!caller.may_read).then_some("read"),
    };
    if let Some(scope) = needed {
        return Err(refused(Fault::whole(Code::InsufficientScope(scope))));
    }
    if !may(ctx, target, action.right()) {
        return Err(refused(Fault::whole(Code::AccessDenied(action.right()))));
    }
    match fields {
        Ok(fields) => Ok(Passed { target, action, path_id, fields }),
        Err(fault) => Err(refused(fault.clone())),
    }
}

/// Whether the actor has the right on the entity at all (6.3).
fn may(ctx: &Ctx, target: Target, right: Right) -> bool {
    let has = |resource: Resource, right: Right| ctx.actor.scope(resource, right) > Scope::None;
    match target {
        Target::Records(entity) => {
            let both = entity.name != "Lead" || has(Resource::Qualification, right);
            both && has(entity.resource, right)
        }
        Target::Dictionaries => entities::ENTITIES
            .iter()
            .any(|entity| Right::ALL.into_iter().any(|right| has(entity.resource, right))),
    }
}

/// The number of the record, where one has to be named.
fn required_id(passed: &Passed<'_>) -> std::result::Result<i64, Failure> {
    let id = route::id(passed.path_id, passed.fields)?;
    id.ok_or_else(|| Fault::whole(Code::IdMissing).into())
}

/// Answers a call that does not write.
pub(super) fn read(call: &Call, caller: &Caller, ctx: &Ctx, tx: &mut dyn Reader) -> Result<Response> {
    let switches = Switches::of(&ctx.snapshot);
    let voice = voice(call, &switches);
    let mut response = match check(call, caller, ctx, voice) {
        Err(response) => response,
        Ok(passed) => match reading(&passed, caller, ctx, tx, &switches) {
            Ok(response) => response,
            Err(Failure::Core(error)) if is_ours(&error) => return Err(fault::with_reference(ctx, error)),
            Err(failure) => fault::answer(voice, passed.subject(), &failure),
        },
    };
    response.headers.extend(shared_with(&switches, call.origin.as_deref()));
    Ok(response)
}

fn is_ours(error: &Error) -> bool {
    matches!(error, Error::Busy(_) | Error::Storage(_) | Error::Internal(_))
}

fn reading(
    passed: &Passed<'_>,
    caller: &Caller,
    ctx: &Ctx,
    tx: &mut dyn Reader,
    switches: &Switches,
) -> std::result::Result<Response, Failure> {
    match (passed.target, passed.action) {
        (Target::Dictionaries, _) => list::dictionary(ctx, switches, &passed.fields.object),
        (Target::Records(entity), Action::List) => {
            list::records(ctx, tx, caller, switches, entity, &passed.fields.object)
        }
        (Target::Records(entity), _) => {
            let id = match route::id(passed.path_id, passed.fields)? {
                // Who asks for no user in particular asks for themselves (15.10).
                None if entity.resource == Resource::User => ctx.actor.user,
                None => return Err(Fault::whole(Code::IdMissing).into()),
                Some(id) => id,
            };
            let record = show::get(ctx, tx, caller, entity, id)?;
            record.map(json).ok_or_else(|| Error::NotFound.into())
        }
    }
}

/// Answers a call that writes.
pub(super) fn write(call: &Call, caller: &Caller, ctx: &Ctx, tx: &mut dyn Writer) -> Written {
    let switches = Switches::of(&ctx.snapshot);
    let voice = voice(call, &switches);
    let shared = shared_with(&switches, call.origin.as_deref());
    let with_shared = |mut response: Response| {
        response.headers.extend(shared.iter().cloned());
        response
    };
    let passed = match check(call, caller, ctx, voice) {
        Ok(passed) => passed,
        Err(response) => return Ok(with_shared(response)),
    };
    match writing(&passed, caller, ctx, tx) {
        Ok(id) => {
            let mut out = b"{\"id\":".to_vec();
            json_out::int(&mut out, id);
            out.push(b'}');
            Ok(with_shared(json(out)))
        }
        Err(failure) => {
            let failure = match failure {
                Failure::Core(error) => Failure::Core(fault::with_reference(ctx, error)),
                told @ Failure::Faults(_) => told,
            };
            let answer = with_shared(fault::answer(voice, passed.subject(), &failure));
            let error = match failure {
                Failure::Core(error) => error,
                Failure::Faults(_) => {
                    Error::Refused(vec![Problem { place: Place::Whole, reason: Reason::Invalid }])
                }
            };
            Err(Failed { answer, error })
        }
    }
}

fn writing(
    passed: &Passed<'_>,
    caller: &Caller,
    ctx: &Ctx,
    tx: &mut dyn Writer,
) -> std::result::Result<i64, Failure> {
    let Target::Records(entity) = passed.target else {
        return Err(Fault::whole(Code::ActionUnknown).into());
    };
    let mut object = passed.fields.object.clone();
    let id = object.remove("id");
    for name in passed.fields.unchecked.iter().filter(|name| is_flag(ctx, entity, name)) {
        object.set(name.clone(), Json::Bool(false));
    }
    let was_form = passed.fields.was_form;
    match passed.action {
        Action::Create => {
            let is_blank = match &id {
                None | Some(Json::Null) => true,
                Some(Json::Text(text)) => text.trim().is_empty(),
                Some(_) => false,
            };
            if !is_blank {
                return Err(Fault::whole(Code::IdUnexpected).into());
            }
            records::create(ctx, tx, caller, entity, &object, was_form)
        }
        Action::Delete => {
            let id = required_id(passed)?;
            records::delete(ctx, tx, caller, entity, id).map(|()| id)
        }
        Action::Update | Action::Get | Action::List => {
            let id = required_id(passed)?;
            records::update(ctx, tx, caller, entity, id, &object, was_form)
        }
    }
}

/// Whether a check box stands for this field: a truth value of the entity, or a custom one.
fn is_flag(ctx: &Ctx, entity: &Entity, name: &str) -> bool {
    use favo_core::catalogue::custom_field;
    /// Types of custom fields that hold truth values.
    const FLAGS: [i64; 2] = [4, 11];
    if let Some(field) = entity.field(name) {
        return matches!(field.form, Form::Boolean);
    }
    let custom = ctx.snapshot.custom_field(entity.resource, name, true);
    custom.and_then(|field| field.get(custom_field::TYPE)).is_some_and(|kind| FLAGS.contains(&kind))
}

/// A successful answer.
pub(super) fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(StatusCode::OK, fault::JSON, body);
    response.headers.push(("cache-control", "no-store".to_owned()));
    response
}

/// The headers that let a page of an origin the tenant trusts read an answer.
fn shared_with(switches: &Switches, origin: Option<&str>) -> Vec<(&'static str, String)> {
    let trusted = |origin: &&str| switches.cors_origins.iter().any(|known| known == origin);
    let Some(origin) = origin.filter(trusted) else { return Vec::new() };
    vec![
        ("access-control-allow-origin", origin.to_owned()),
        ("access-control-expose-headers", "X-Total-Count, WWW-Authenticate, Retry-After".to_owned()),
        ("vary", "Origin".to_owned()),
    ]
}

/// The headers that let a browser send a request from this origin, for the answer to its question beforehand; none when the
/// tenant does not trust the origin.
pub(super) fn preflight(snapshot: &Snapshot, origin: &str) -> Vec<(&'static str, String)> {
    let mut headers = shared_with(&Switches::of(snapshot), Some(origin));
    if !headers.is_empty() {
        headers.push(("access-control-allow-methods", "GET, HEAD, POST, PUT, DELETE".to_owned()));
        let names = "Authorization, Content-Type, Accept-Language";
        headers.push(("access-control-allow-headers", names.to_owned()));
        headers.push(("access-control-max-age", "600".to_owned()));
    }
    headers
}
