//! One request in the NectarCRM dialect: token, transaction, answer.

use std::sync::Arc;

use favo_core::transaction::{Reader, TenantId};
use favo_dialects::nectar::{self, Call};
use favo_dialects::wire::{Failed, Request, Response};
use http::{Method, StatusCode};

use crate::admission::{Denial, Terms, Visit};
use crate::health;
use crate::host::{Host, Seen};
use crate::rate::Allowance;
use crate::transaction::{self, Spelling};

static TERMS: Terms = Terms {
    cookie: false,
    idle: |_| None,
    rate: |ctx| ctx.snapshot.settings().rate_limit.map(Allowance::per_minute),
};

const SPELLING: Spelling = Spelling { denied, error: nectar::wire_error };

fn denied(denial: Denial) -> Response {
    match denial {
        Denial::TooMany(wait) => nectar::too_many_requests(Denial::whole_seconds(wait)),
        Denial::Unknown | Denial::Expired | Denial::ClientGone => nectar::unauthorised(),
    }
}

/// Whether a path belongs to the dialect.
pub(crate) fn owns(path: &str) -> bool {
    in_api(path) || path == nectar::CHANGES_PATH || nectar::public_path(path).is_some()
}

fn in_api(path: &str) -> bool {
    path.strip_prefix(nectar::BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The answer to a stranger whose body is too large to be read for nothing.
pub(crate) async fn refuse_stranger(host: &Host, request: &Request) -> Option<Response> {
    if !in_api(&request.path) {
        return None;
    }
    let Some(secret) = nectar::credentials(request) else { return Some(nectar::unauthorised()) };
    match host.tokens.find(&host.store, &secret).await {
        Ok(None) => Some(nectar::unauthorised()),
        // Trouble with the database is told after the body, as for every other request.
        Ok(Some(_)) | Err(_) => None,
    }
}

/// Answers a request whose body has been read.
pub(crate) async fn answer(host: &Arc<Host>, request: &Request, seen: &mut Seen) -> Response {
    if let Some((tenant, key)) = nectar::public_path(&request.path) {
        return public_page(host, request, seen, tenant, key).await;
    }
    if let Some(response) = nectar::open(request) {
        return response;
    }
    let Some(secret) = nectar::credentials(request) else { return nectar::unauthorised() };
    let token = match host.tokens.find(&host.store, &secret).await {
        Ok(Some(token)) => token,
        Ok(None) => return nectar::unauthorised(),
        Err(error) => return seen.failed(&error, nectar::wire_error(&error)),
    };
    seen.tenant = Some(token.tenant.id);
    let visit = Arc::new(Visit::new(Arc::clone(host), token, &TERMS));
    if request.path == nectar::CHANGES_PATH {
        // A request that cannot be understood costs a place in the rate limit as well.
        let feed = nectar::feed(request);
        return transaction::read(host, &visit, seen, SPELLING, move |ctx, _, tx| match feed {
            Ok(feed) => nectar::changes(&feed, ctx, tx),
            Err(response) => Ok(response),
        })
        .await;
    }
    match nectar::route(request, host.limits.bodies) {
        call @ Call::Write(_) => {
            transaction::write(host, &visit, seen, SPELLING, move |ctx, _, tx| {
                let answer = nectar::write(&call, ctx, tx);
                answer.map_err(|error| Failed { answer: nectar::wire_error(&error), error })
            })
            .await
        }
        call => {
            transaction::read(host, &visit, seen, SPELLING, move |ctx, _, tx| match call {
                Call::Fixed(response) => Ok(response),
                call => nectar::read(&call, ctx, tx),
            })
            .await
        }
    }
}

/// A page whose address is all it takes to see it.
async fn public_page(
    host: &Host,
    request: &Request,
    seen: &mut Seen,
    tenant: TenantId,
    key: &str,
) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return health::text(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n");
    }
    seen.tenant = Some(tenant);
    let key = key.to_owned();
    let page = host.store.read(tenant, move |tx: &mut dyn Reader| nectar::public_page(tx, &key)).await;
    page.unwrap_or_else(|error| seen.failed(&error, nectar::wire_error(&error)))
}
