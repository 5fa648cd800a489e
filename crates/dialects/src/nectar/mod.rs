//! The NectarCRM API, version 1, under `/crm/api/1`.
//!
//! A request passes [`open`], [`credentials`], [`route`], then [`read`] or [`write()`] inside a transaction. What is read
//! goes out through `show`, what is sent comes in through `accept`; both follow the tables of `spelling`.

mod accept;
mod body;
mod changes;
mod columns;
mod credentials;
mod describe;
mod errors;
mod index;
mod jwt;
mod list;
mod lookups;
mod next_activity;
mod photo;
mod price_table;
mod proposals;
mod public_page;
mod query_dates;
mod query_string;
mod route;
mod screen_fields;
mod show;
mod spelling;
mod statistics;
mod switches;
#[cfg(test)]
mod testing;
mod upsert;
mod values_in;
mod write;

use std::time::Duration;

use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error, Resource, Result};
use http::{Method, StatusCode};

use self::body::Object;
use self::lookups::Lookup;
use self::photo::Upload;
use self::route::Statistics;
use crate::wire::{BodyLimits, Request, Response};

pub use self::changes::{Feed, PATH as CHANGES_PATH, changes, feed};
pub use self::describe::describe;
pub use self::public_page::{public_page, public_path};

/// The path everything of this dialect lies under.
pub const BASE: &str = "/crm/api/1";

/// What a request asks for, found without looking at any data.
#[derive(Debug)]
pub enum Call {
    /// Answered without data, but only to a caller with a valid token: unknown routes, wrong methods, bad bodies.
    Fixed(Response),
    /// Answered in a reading transaction.
    Read(route::Read),
    /// Answered in a writing transaction.
    Write(route::Write),
}

/// What is read.
#[derive(Debug)]
enum Reading {
    Index,
    List(Resource),
    Item(Resource, i64),
    Lookup(Resource, Lookup, String),
    NextActivity(Resource, i64),
    Statistics(Statistics, i64),
    ScreenFields(i64),
    Columns,
    Proposals(i64),
}

/// What is written.
#[derive(Debug)]
enum Writing {
    Create(Resource, Object),
    Update(Resource, i64, Object),
    Delete(Resource, i64),
    Upsert(Object),
    SetPhoto(i64, Upload),
    RemovePhoto(i64),
    AddPrice(i64, Object),
    RemovePrice(i64, i64),
}

/// The answer to a request that needs no token: the index document, and web forms, of which there are none yet.
pub fn open(request: &Request) -> Option<Response> {
    let path = request.path.strip_prefix(BASE)?;
    if path.starts_with("/webform/") {
        return Some(errors::no_route());
    }
    let reads = request.method == Method::GET || request.method == Method::HEAD;
    (reads && matches!(path, "" | "/")).then(|| {
        let index = index::document(&request.base_url);
        if request.method == Method::HEAD { without_body(index) } else { index }
    })
}

/// The token a request carries; the header wins over the query, blanks count as absent.
pub fn credentials(request: &Request) -> Option<String> {
    credentials::token(request)
}

/// Finds out what a request asks for. `limits` hold for its body unpacked; as sent it is within [`body_limit`].
pub fn route(request: &Request, limits: BodyLimits) -> Call {
    match route::route(request, limits) {
        Call::Fixed(response) if request.method == Method::HEAD => Call::Fixed(without_body(response)),
        call => call,
    }
}

/// Answers a [`Call::Read`].
pub fn read(call: &Call, ctx: &Ctx, tx: &mut dyn Reader) -> Result<Response> {
    let Call::Read(route::Read { what, params, head }) = call else {
        return Err(Error::Internal("not a reading call".to_owned()));
    };
    let response = match what {
        Reading::Index => Ok(index::document(&params.base_url)),
        Reading::List(resource) => show::list(ctx, tx, *resource, params),
        Reading::Item(resource, id) => show::item(ctx, tx, *resource, *id, &params.base_url),
        Reading::Lookup(resource, key, value) => lookups::lookup(ctx, tx, *resource, *key, value, params),
        Reading::NextActivity(resource, id) => next_activity::next_activity(ctx, tx, *resource, *id),
        Reading::Statistics(Statistics::OfContact, id) => statistics::of_contact(ctx, tx, *id),
        Reading::Statistics(Statistics::OfOpportunity, id) => statistics::of_opportunity(ctx, tx, *id),
        Reading::Statistics(Statistics::ByStage, id) => statistics::of_stages(ctx, tx, *id),
        Reading::Statistics(Statistics::OfPipeline, id) => statistics::of_funnel(ctx, tx, *id),
        Reading::ScreenFields(object) => screen_fields::screen_fields(ctx, *object, params),
        Reading::Columns => Ok(columns::full()),
        Reading::Proposals(opportunity) => proposals::of_opportunity(ctx, tx, *opportunity, params),
    }?;
    Ok(if *head { without_body(response) } else { response })
}

/// Answers a [`Call::Write`].
pub fn write(call: &Call, ctx: &Ctx, tx: &mut dyn Writer) -> Result<Response> {
    let Call::Write(route::Write { what, skip, params }) = call else {
        return Err(Error::Internal("not a writing call".to_owned()));
    };
    match what {
        Writing::Create(resource, body) => write::create(ctx, tx, *resource, body, *skip, params),
        Writing::Update(resource, id, body) => write::update(ctx, tx, (*resource, *id), body, *skip, params),
        Writing::Delete(resource, id) => write::delete(ctx, tx, *resource, *id, params),
        Writing::Upsert(body) => upsert::upsert(ctx, tx, body, *skip, params),
        Writing::SetPhoto(id, upload) => photo::set(ctx, tx, *id, upload, params),
        Writing::RemovePhoto(id) => photo::remove(ctx, tx, *id, params),
        Writing::AddPrice(id, body) => price_table::add(ctx, tx, *id, body, params),
        Writing::RemovePrice(id, product) => price_table::remove(ctx, tx, *id, *product, params),
    }
}

/// Spells an error.
pub fn wire_error(error: &Error) -> Response {
    errors::wire_error(error)
}

/// The answer to a missing, unknown, expired or revoked token: existing clients compare the whole body.
pub fn unauthorised() -> Response {
    Response::new(StatusCode::UNAUTHORIZED, "text/plain", "Invalid token")
}

/// The answer to a token that has used up its rate.
pub fn too_many_requests(retry_after: Duration) -> Response {
    let mut response = errors::message(StatusCode::TOO_MANY_REQUESTS, "Limite de requisições excedido");
    response.headers.push(("retry-after", retry_after.as_secs().max(1).to_string()));
    response
}

/// The most bytes a request with these headers may carry.
pub fn body_limit(headers: &http::HeaderMap, limits: BodyLimits) -> usize {
    if body::is_multipart(headers) { limits.upload } else { limits.json }
}

/// The answer to a larger body.
pub fn too_large() -> Response {
    errors::too_large()
}

/// A token in the JWT form existing clients look for, signed with the tenant's key.
///
/// `issued` and `expires` are seconds since 1970.
pub fn issue_jwt(key: &[u8], issued: i64, expires: i64, login: &str, user: i64, tenant: i64) -> String {
    jwt::issue(key, issued, expires, login, user, tenant)
}

/// The settings of `favo tenant set`, by the names of this dialect: wire switch to core setting and value.
///
/// `None` when the switch is unknown.
pub fn switch(name: &str, value: &str) -> Option<(&'static str, String)> {
    switches::setting(name, value)
}

/// The names [`switch`] knows.
pub fn switch_names() -> impl Iterator<Item = &'static str> {
    switches::names()
}

fn without_body(mut response: Response) -> Response {
    response.body.clear();
    response
}
