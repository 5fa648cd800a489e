//! The Egito REST API: `OAuth2` tokens under `/oauth/token`, records under `/services/restapi/json/{Entity}/{action}`.
//!
//! A request passes [`credentials`] and [`route()`], then [`read`] or [`write()`] inside a transaction. What is read goes out
//! through `show`, what is sent comes in through `accept`; both follow the tables of `entities`. Section numbers in this
//! module are those of the dialect's specification.

mod accept;
mod answer;
mod body;
mod describe;
mod dictionary;
mod entities;
mod fault;
mod form;
mod list;
pub mod oauth;
mod route;
mod show;
mod switches;
mod table;
mod values;
mod write;

use std::time::Duration;

use favo_core::snapshot::Snapshot;
use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error};
use http::StatusCode;

use self::fault::{Code, Subject, Voice};
use self::route::Asked;
use self::switches::{Language, Switches};
use crate::wire::{Caller, Request, Response, Written};

pub use self::describe::describe;
pub use self::switches::setting;

/// The path all entities lie under.
pub const BASE: &str = "/services/restapi/json";

/// What holds for a whole server, before it is known whose request it is (section 21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Host endings whose first label is the tenant.
    pub host_suffixes: Vec<String>,
    /// The tenant of hosts that name none.
    pub default_tenant: Option<String>,
    /// GET on the token path.
    pub token_get: bool,
    /// The most bytes of a body.
    pub max_body: usize,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            host_suffixes: vec![".egito.pl".to_owned()],
            default_tenant: None,
            token_get: true,
            max_body: 1024 * 1024,
        }
    }
}

/// Whether a path belongs to the dialect.
pub fn owns(path: &str) -> bool {
    path == oauth::PATH
        || path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The tenant a host name stands for (3.3): its first label, when the host ends in one of the suffixes and has exactly one
/// label before it. In lower case; the port does not count.
pub fn tenant_of_host(host: &str, settings: &ServerSettings) -> Option<String> {
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    let host = host.to_ascii_lowercase();
    settings.host_suffixes.iter().find_map(|suffix| {
        let label = host.strip_suffix(suffix.as_str())?;
        (!label.is_empty() && !label.contains('.')).then(|| label.to_owned())
    })
}

/// The token a request carries (5.1): header, else query, else body.
pub fn credentials(request: &Request) -> Option<String> {
    let header = request.headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| {
        let (scheme, rest) = value.trim().split_once(' ')?;
        let token = rest.split(',').next().unwrap_or_default().trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
    });
    let in_query = || {
        let pairs = form::pairs(request.query.as_bytes())?;
        pairs.into_iter().rev().find(|(key, _)| key == body::TOKEN).map(|(_, token)| token)
    };
    bearer
        .or_else(|| in_query().filter(|token| !token.is_empty()))
        .or_else(|| body::token(request).filter(|token| !token.is_empty()))
}

/// Why a caller was not let in (5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The request carries no token.
    NoToken,
    /// The token is unknown, revoked, of another tenant, or its user may no longer act.
    Unknown,
    /// The token has expired.
    Expired,
    /// The client the token was made for is gone.
    ClientGone,
    /// The token has used up its rate.
    TooMany(Duration),
}

/// Spells a refusal.
pub fn refuse(refusal: Refusal) -> Response {
    match refusal {
        Refusal::NoToken => {
            fault::unauthorised("unauthorized", "Full authentication is required to access this resource")
        }
        Refusal::Unknown => fault::unauthorised("invalid_token", "Invalid access token"),
        Refusal::Expired => fault::unauthorised("invalid_token", "Access token expired"),
        Refusal::ClientGone => fault::unauthorised("invalid_token", "Client not valid"),
        Refusal::TooMany(wait) => {
            let mut response = fault::whole(Voice::PLAIN, fault::OAUTH, Code::RateExceeded);
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
    asked: Asked,
    /// The language the client asks for.
    language: Option<Language>,
    /// The page a browser sends the request from.
    origin: Option<String>,
}

/// Finds out what a request asks for. Mistakes in path, method and body are answered by [`read`], in the order of 5.2.
pub fn route(request: &Request) -> Call {
    call(request, route::read(request))
}

/// The same of a request whose body is too large to be read: where nothing else is wrong before it, that is the answer.
pub fn too_large(request: &Request) -> Call {
    call(request, route::too_large(request))
}

fn call(request: &Request, asked: Asked) -> Call {
    let writes =
        matches!(&asked, Asked::Something { action, fields, .. } if action.writes() && fields.is_ok());
    let origin = request.headers.get(http::header::ORIGIN).and_then(|origin| origin.to_str().ok());
    Call { writes, asked, language: route::language(&request.headers), origin: origin.map(str::to_owned) }
}

/// The answer to `OPTIONS` on a known path, which needs no token (7.2).
pub fn options(request: &Request) -> Option<Response> {
    if request.method != http::Method::OPTIONS {
        return None;
    }
    let allowed =
        if request.path == oauth::PATH { "POST, GET, OPTIONS" } else { route::options(&request.path)? };
    let mut response = Response::new(StatusCode::NO_CONTENT, "", "");
    response.headers.push(("allow", allowed.to_owned()));
    Some(response)
}

/// What to add to the answer of [`options`] when a browser asks for a page of this origin, by the settings of the tenant that
/// the host names; nothing for origins that the tenant does not trust. Other answers carry their headers themselves.
pub fn preflight(snapshot: &Snapshot, origin: &str) -> Vec<(&'static str, String)> {
    answer::preflight(snapshot, origin)
}

/// Answers a [`Call`] that does not write.
pub fn read(call: &Call, caller: &Caller, ctx: &Ctx, tx: &mut dyn Reader) -> favo_core::Result<Response> {
    answer::read(call, caller, ctx, tx)
}

/// Answers a [`Call`] that writes.
pub fn write(call: &Call, caller: &Caller, ctx: &Ctx, tx: &mut dyn Writer) -> Written {
    answer::write(call, caller, ctx, tx)
}

/// Requests a token may send per second and at once, 0 for no limit (section 21).
pub fn rate(ctx: &Ctx) -> (u32, u32) {
    let switches = Switches::of(&ctx.snapshot);
    (switches.rate_per_second, switches.rate_burst)
}

/// Spells an error that no call has spelled.
pub fn wire_error(error: &Error) -> Response {
    let subject = Subject { object: fault::REQUEST, entity: None, action: favo_core::identity::Action::Read };
    fault::core(Voice::PLAIN, subject, error)
}

#[cfg(test)]
mod tests;
