//! One request in the Egito dialect: access token, transaction, answer.

use std::sync::Arc;

use favo_core::{Error, Result};
use favo_dialects::egito;
use favo_dialects::wire::{Request, Response};
use http::header::ORIGIN;

use crate::admission::{Denial, Terms, Visit};
use crate::host::{Host, Seen};
use crate::oauth;
use crate::proxies::Origin;
use crate::rate::Allowance;
use crate::tokens::Token;
use crate::transaction::{self, Spelling};

static TERMS: Terms =
    Terms { cookie: false, idle: |_| None, rate: |ctx| Allowance::per_second(egito::rate(ctx)) };

const SPELLING: Spelling = Spelling { denied, error: egito::wire_error };

fn denied(denial: Denial) -> Response {
    egito::refuse(match denial {
        Denial::Unknown => egito::Refusal::Unknown,
        Denial::Expired => egito::Refusal::Expired,
        Denial::ClientGone => egito::Refusal::ClientGone,
        Denial::TooMany(wait) => egito::Refusal::TooMany(Denial::whole_seconds(wait)),
    })
}

/// Spells an error that nothing else has spelled.
pub(crate) fn wire_error(request: &Request, error: &Error) -> Response {
    if is_token_path(request) { oauth::server_error(&request.method) } else { egito::wire_error(error) }
}

/// The most bytes of a body.
pub(crate) fn body_limit(host: &Host, request: &Request) -> usize {
    if is_token_path(request) { oauth::BODY } else { host.egito.max_body }
}

fn is_token_path(request: &Request) -> bool {
    request.path == egito::oauth::PATH
}

/// The answer to a stranger whose body is too large to be read for nothing.
pub(crate) async fn refuse_stranger(host: &Host, request: &Request, origin: &Origin) -> Option<Response> {
    if is_token_path(request) || egito::options(request).is_some() {
        return None;
    }
    // The token may be in the body.
    egito::credentials(request)?;
    match token(host, request, origin).await {
        Ok(Err(refusal)) => Some(egito::refuse(refusal)),
        // Trouble with the database is told after the body, as for every other request.
        Ok(Ok(_)) | Err(_) => None,
    }
}

/// The token of a request, in agreement with its host (3.5).
async fn token(
    host: &Host,
    request: &Request,
    origin: &Origin,
) -> Result<std::result::Result<Arc<Token>, egito::Refusal>> {
    let Some(secret) = egito::credentials(request) else { return Ok(Err(egito::Refusal::NoToken)) };
    let Some(token) = host.tokens.find_session(&host.store, &secret).await? else {
        return Ok(Err(egito::Refusal::Unknown));
    };
    let named = egito::tenant_of_host(&origin.host, &host.egito);
    let agrees = named.is_none_or(|slug| slug == token.tenant.slug());
    Ok(if agrees { Ok(token) } else { Err(egito::Refusal::Unknown) })
}

/// Answers a request whose body has been read.
pub(crate) async fn answer(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> Response {
    if is_token_path(request) {
        return oauth::answer(host, request, origin, seen).await;
    }
    if let Some(response) = egito::options(request) {
        return allowed(host, request, origin, response).await;
    }
    let visit = match admitted(host, request, origin, seen).await {
        Ok(visit) => visit,
        Err(refusal) => return refusal,
    };
    let call = egito::route(request);
    let home = Arc::clone(visit.home());
    if call.writes {
        transaction::write(host, &visit, seen, SPELLING, move |ctx, may, tx| {
            egito::write(&call, &may.caller(home.slug()), ctx, tx)
        })
        .await
    } else {
        transaction::read(host, &visit, seen, SPELLING, move |ctx, may, tx| {
            egito::read(&call, &may.caller(home.slug()), ctx, tx)
        })
        .await
    }
}

/// The answer to `OPTIONS`, with what a browser has to be told about the page it asks for. A preflight carries no token: the
/// host alone says whose settings count.
async fn allowed(host: &Host, request: &Request, origin: &Origin, mut response: Response) -> Response {
    let page = request.headers.get(ORIGIN).and_then(|page| page.to_str().ok());
    let slug = egito::tenant_of_host(&origin.host, &host.egito).or_else(|| host.egito.default_tenant.clone());
    if let (Some(page), Some(slug)) = (page, slug)
        && let Ok(Some(tenant)) = host.tokens.tenant_named(&host.store, &slug).await
        && let Ok(registries) = tenant.current(&host.store).await
    {
        response.headers.extend(egito::preflight(registries.snapshot(), page));
    }
    response
}

/// Answers a request whose body is too large: a caller who is none is told that instead.
pub(crate) async fn too_large(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> Response {
    if is_token_path(request) {
        return oauth::unreadable(&request.method);
    }
    match admitted(host, request, origin, seen).await {
        Ok(visit) => {
            let call = egito::too_large(request);
            let home = Arc::clone(visit.home());
            transaction::read(host, &visit, seen, SPELLING, move |ctx, may, tx| {
                egito::read(&call, &may.caller(home.slug()), ctx, tx)
            })
            .await
        }
        Err(refusal) => refusal,
    }
}

async fn admitted(
    host: &Arc<Host>,
    request: &Request,
    origin: &Origin,
    seen: &mut Seen,
) -> std::result::Result<Arc<Visit>, Response> {
    match token(host, request, origin).await {
        Ok(Ok(token)) => {
            seen.tenant = Some(token.tenant.id);
            Ok(Arc::new(Visit::new(Arc::clone(host), token, &TERMS)))
        }
        Ok(Err(refusal)) => Err(egito::refuse(refusal)),
        Err(error) => Err(seen.failed(&error, egito::wire_error(&error))),
    }
}
