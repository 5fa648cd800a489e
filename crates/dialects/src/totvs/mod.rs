//! The integration API of TOTVS CRM Gestão de Clientes: a session by cookie, a gateway steered by headers, direct paths.
//!
//! A request passes [`cookie`] and [`route`], then [`read`] or [`write()`] inside a transaction. What is read goes out through
//! `show`, what is sent comes in through `accept`; both follow the tables of `entities`, and so do the filters. Section
//! numbers in this module are those of the dialect's specification.

mod accept;
mod actions;
mod describe;
mod entities;
mod fault;
mod filter;
mod fixed;
mod ids;
mod list;
pub mod login;
mod reading;
mod refusal;
mod route;
mod show;
mod switches;
mod table;
mod values;

use std::time::Duration;

use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error};
use http::StatusCode;

use self::fault::{Code, Failure};
use self::route::What;
use self::switches::Switches;
use crate::wire::{Caller, Failed, Request, Response, Written};

pub use self::describe::describe;
pub use self::switches::{Session, session, setting};

/// What holds for a whole server, before it is known whose request it is (section 21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// The path of the gateway.
    pub gateway_path: String,
    /// The most bytes of a body.
    pub max_body: usize,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { gateway_path: "/api/integration".to_owned(), max_body: 2 * 1024 * 1024 }
    }
}

/// Whether a path belongs to the dialect.
pub fn owns(path: &str, settings: &ServerSettings) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    path == settings.gateway_path
        || login::is_login(path)
        || login::is_logout(path)
        || path == "/api"
        || path.starts_with("/api/")
}

/// The session a request carries: the first cookie of that name (3.3).
pub fn cookie(request: &Request) -> Option<String> {
    let headers = request.headers.get_all(http::header::COOKIE).into_iter();
    headers
        .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim() == login::COOKIE)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .filter(|value| !value.is_empty())
}

/// Why a caller was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no cookie.
    Missing,
    /// The session is unknown, has expired or was ended.
    Expired,
    /// The session has used up its rate.
    TooMany(Duration),
}

/// Spells a refusal.
pub fn refuse(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Missing => fault::plain(Code::SessionMissing, "The cookie JSESSIONID is missing."),
        Refusal::Expired => fault::plain(Code::SessionExpired, "The session is unknown or has expired."),
        Refusal::TooMany(wait) => {
            let mut response = fault::plain(Code::RateLimit, "The session sends more requests than it may.");
            // Whole seconds, rounded up: whoever waits that long is let in.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers.push(("retry-after", seconds.max(1).to_string()));
            response
        }
    }
}

/// What a request asks for, found without looking at any data. Owns what it needs of the request.
#[derive(Debug)]
pub struct Call {
    /// Whether it is answered in a writing transaction.
    pub writes: bool,
    what: What,
}

/// Finds out what a request asks for. Mistakes in path, method, headers and body are answered by [`read`], in the order of 4.7.
pub fn route(request: &Request, settings: &ServerSettings) -> Call {
    let what = route::route(request, settings);
    Call { writes: matches!(what, What::Write(_)), what }
}

/// Answers a [`Call`] that does not write.
pub fn read(call: &Call, caller: &Caller, ctx: &Ctx, tx: &mut dyn Reader) -> favo_core::Result<Response> {
    let switches = Switches::of(&ctx.snapshot);
    let answer = match &call.what {
        What::Refused(failure) => Ok(refused(failure, &switches)),
        What::Options => Ok(options()),
        What::Read { entity, id, filter, query, head } => {
            reading::answer(ctx, tx, caller, (entity, id.as_deref()), filter.as_deref(), query).map(
                |mut answer| {
                    if *head {
                        answer.body.clear();
                    }
                    answer
                },
            )
        }
        What::Write(_) => Err(Error::Internal("not a reading call".to_owned()).into()),
    };
    match answer {
        Ok(answer) => Ok(answer),
        // Trouble of ours is the server's to log; all else is an answer.
        Err(Failure::Core(error @ (Error::Busy(_) | Error::Storage(_) | Error::Internal(_)))) => Err(error),
        Err(failure) => Ok(fault::spell(&failure, &switches)),
    }
}

/// Answers a [`Call`] that writes.
pub fn write(call: &Call, caller: &Caller, ctx: &Ctx, tx: &mut dyn Writer) -> Written {
    let What::Write(write) = &call.what else {
        let error = Error::Internal("not a writing call".to_owned());
        return Err(Failed { answer: wire_error(&error), error });
    };
    actions::answer(ctx, tx, caller, write)
}

/// Requests a session may send per second and at once, 0 for no limit (section 17).
pub fn rate(ctx: &Ctx) -> (u32, u32) {
    let switches = Switches::of(&ctx.snapshot);
    (switches.rate_per_second, switches.rate_burst)
}

/// Spells an error that no call has spelled.
pub fn wire_error(error: &Error) -> Response {
    fault::of_core(error, StatusCode::SERVICE_UNAVAILABLE)
}

/// The answer to a body that is too large.
pub fn too_large() -> Response {
    fault::plain(Code::BodyTooLarge, "The body has more bytes than the server takes.")
}

/// What [`route()`] found wrong, with the methods there are beside a wrong one.
fn refused(failure: &Failure, switches: &Switches) -> Response {
    let mut response = fault::spell(failure, switches);
    if response.status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers.push(("allow", route::ALLOWED.to_owned()));
    }
    response
}

fn options() -> Response {
    let mut response = Response::new(StatusCode::NO_CONTENT, "", "");
    response.headers.push(("allow", route::ALLOWED.to_owned()));
    response
}
