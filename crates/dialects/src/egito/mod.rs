//! The Egito REST API: OAuth2 tokens under `/oauth/token`, records under `/services/restapi/json/{Entity}/{action}`.
//!
//! A request passes [`credentials`] and [`route`], then [`read`] or [`write()`] inside a transaction. What is read goes out
//! through `show`, what is sent comes in through `accept`; both follow the tables of `entities`. Section numbers in this
//! module are those of the dialect's specification.

mod accept;
mod body;
mod dictionary;
mod entities;
mod fault;
mod form;
pub mod oauth;
mod show;
mod switches;
mod table;
mod values;
mod write;

use std::time::Duration;

use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error};
use http::StatusCode;

use crate::wire::{Caller, Request, Response, Written};

pub use self::switches::{TokenSettings, setting};

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
pub fn credentials(_request: &Request) -> Option<String> {
    None
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
pub fn refuse(_refusal: Refusal) -> Response {
    Response::new(StatusCode::UNAUTHORIZED, "", "")
}

/// What a request asks for, found without looking at any data. Owns what it needs of the request.
#[derive(Debug)]
pub struct Call {
    /// Whether it is answered in a writing transaction.
    pub writes: bool,
}

/// Finds out what a request asks for. Mistakes in path, method and body are answered by [`read`], in the order of 5.2.
pub fn route(_request: &Request) -> Call {
    Call { writes: false }
}

/// The answer to `OPTIONS` on a known path, which needs no token (7.2).
pub fn options(_request: &Request) -> Option<Response> {
    None
}

/// Answers a [`Call`] that does not write.
pub fn read(_call: &Call, _caller: &Caller, _ctx: &Ctx, _tx: &mut dyn Reader) -> favo_core::Result<Response> {
    Err(Error::Internal("not built yet".to_owned()))
}

/// Answers a [`Call`] that writes.
pub fn write(_call: &Call, _caller: &Caller, _ctx: &Ctx, _tx: &mut dyn Writer) -> Written {
    let error = Error::Internal("not built yet".to_owned());
    Err(crate::wire::Failed { answer: wire_error(&error), error })
}

/// Requests a token may send per second and at once, 0 for no limit (section 21).
pub fn rate(_ctx: &Ctx) -> (u32, u32) {
    (0, 50)
}

/// Spells an error that no call has spelled.
pub fn wire_error(_error: &Error) -> Response {
    Response::new(StatusCode::INTERNAL_SERVER_ERROR, "", "")
}

/// The answer to a body that is too large.
pub fn too_large() -> Response {
    Response::new(StatusCode::PAYLOAD_TOO_LARGE, "", "")
}
