//! The integration API of TOTVS CRM Gestão de Clientes: a session by cookie, a gateway steered by headers, direct paths.
//!
//! A request passes [`cookie`] and [`route`], then [`read`] or [`write()`] inside a transaction. What is read goes out through
//! `show`, what is sent comes in through `accept`; both follow the tables of `entities`, and so do the filters. Section
//! numbers in this module are those of the dialect's specification.

mod entities;
mod fault;
mod filter;
mod fixed;
mod ids;
mod list;
pub mod login;
mod show;
mod switches;
mod table;

use std::time::Duration;

use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error};
use http::StatusCode;

use crate::wire::{Caller, Request, Response, Written};

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
    path == settings.gateway_path
        || path == "/login"
        || path == "/logout"
        || path == "/api"
        || path.starts_with("/api/")
}

/// The session a request carries: the first cookie of that name (3.3).
pub fn cookie(_request: &Request) -> Option<String> {
    None
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
pub fn refuse(_refusal: Refusal) -> Response {
    Response::new(StatusCode::UNAUTHORIZED, "", "")
}

/// What a request asks for, found without looking at any data. Owns what it needs of the request.
#[derive(Debug)]
pub struct Call {
    /// Whether it is answered in a writing transaction.
    pub writes: bool,
}

/// Finds out what a request asks for. Mistakes in path, method, headers and body are answered by [`read`], in the order of 4.7.
pub fn route(_request: &Request, _settings: &ServerSettings) -> Call {
    Call { writes: false }
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

/// Requests a session may send per second and at once, 0 for no limit (section 17).
pub fn rate(_ctx: &Ctx) -> (u32, u32) {
    (10, 50)
}

/// Spells an error that no call has spelled.
pub fn wire_error(_error: &Error) -> Response {
    Response::new(StatusCode::INTERNAL_SERVER_ERROR, "", "")
}

/// The answer to a body that is too large.
pub fn too_large() -> Response {
    Response::new(StatusCode::PAYLOAD_TOO_LARGE, "", "")
}
