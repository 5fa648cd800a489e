//! One request in the TOTVS dialect: cookie, transaction, answer.

use std::sync::Arc;

use favo_core::Result;
use favo_dialects::totvs;
use favo_dialects::wire::{Request, Response};

use crate::admission::{Denial, Terms, Visit};
use crate::host::{Host, Seen};
use crate::login;
use crate::proxies::Origin;
use crate::rate::Allowance;
use crate::tokens::Token;
use crate::transaction::{self, Spelling};

const MINUTE: i64 = 60_000_000;

static TERMS: Terms = Terms {
    cookie: true,
    idle: |snapshot| Some(totvs::session(snapshot).minutes.saturating_mul(MINUTE)),
    rate: |ctx| Allowance::per_second(totvs::rate(ctx)),
};

const SPELLING: Spelling = Spelling { denied, error: totvs::wire_error };

fn denied(denial: Denial) -> Response {
    totvs::refuse(match denial {
        Denial::Unknown | Denial::Expired | Denial::ClientGone => totvs::Refusal::Expired,
        Denial::TooMany(wait) => totvs::Refusal::TooMany(Denial::whole_seconds(wait)),
    })
}

fn is_entrance(request: &Request) -> bool {
    totvs::login::is_login(&request.path) || totvs::login::is_logout(&request.path)
}

/// The most bytes of a body.
pub(crate) fn body_limit(host: &Host, request: &Request) -> usize {
    if is_entrance(request) { login::BODY } else { host.totvs.max_body }
}

/// The answer to a stranger whose body is too large to be read for nothing.
pub(crate) async fn refuse_stranger(host: &Host, request: &Request) -> Option<Response> {
    if is_entrance(request) {
        return None;
    }
    match cookie(host, request).await {
        Ok(Err(refusal)) => Some(totvs::refuse(refusal)),
        // Trouble with the database is told after the body, as for every other request.
        Ok(Ok(_)) | Err(_) => None,
    }
}

/// The session of a request. The host name is not looked at (3.3).
async fn cookie(host: &Host, request: &Request) -> Result<std::result::Result<Arc<Token>, totvs::Refusal>> {
    let Some(secret) = totvs::cookie(request) else { return Ok(Err(totvs::Refusal::Missing)) };
    let found = host.tokens.find_session(&host.store, &secret).await?;
    Ok(found.ok_or(totvs::Refusal::Expired))
}

/// Answers a request whose body has been read.
pub(crate) async fn answer(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> Response {
    if totvs::login::is_login(&request.path) {
        return login::login(host, request, origin, seen).await;
    }
    if totvs::login::is_logout(&request.path) {
        return login::logout(host, request, seen).await;
    }
    let visit = match admitted(host, request, seen).await {
        Ok(visit) => visit,
        Err(refusal) => return refusal,
    };
    let call = totvs::route(request, &host.totvs);
    let home = Arc::clone(visit.home());
    if call.writes {
        transaction::write(host, &visit, seen, SPELLING, move |ctx, may, tx| {
            totvs::write(&call, &may.caller(home.slug()), ctx, tx)
        })
        .await
    } else {
        transaction::read(host, &visit, seen, SPELLING, move |ctx, may, tx| {
            totvs::read(&call, &may.caller(home.slug()), ctx, tx)
        })
        .await
    }
}

/// Answers a request whose body is too large: a caller who is none is told that instead.
pub(crate) async fn too_large(host: &Arc<Host>, request: &Request, seen: &mut Seen) -> Response {
    if is_entrance(request) {
        return totvs::too_large();
    }
    match admitted(host, request, seen).await {
        Ok(visit) => transaction::read(host, &visit, seen, SPELLING, |_, _, _| Ok(totvs::too_large())).await,
        Err(refusal) => refusal,
    }
}

async fn admitted(
    host: &Arc<Host>,
    request: &Request,
    seen: &mut Seen,
) -> std::result::Result<Arc<Visit>, Response> {
    match cookie(host, request).await {
        Ok(Ok(token)) => {
            seen.tenant = Some(token.tenant.id);
            Ok(Arc::new(Visit::new(Arc::clone(host), token, &TERMS)))
        }
        Ok(Err(refusal)) => Err(totvs::refuse(refusal)),
        Err(error) => Err(seen.failed(&error, totvs::wire_error(&error))),
    }
}
