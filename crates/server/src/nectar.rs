//! One request in the NectarCRM dialect: token, transaction, answer.

use std::sync::Arc;
use std::time::Duration;

use favo_core::transaction::{Reader, TenantId, Writer};
use favo_core::{Ctx, Result};
use favo_dialects::nectar::{self, Call};
use favo_dialects::wire::{Request, Response};
use http::{Method, StatusCode};

use crate::admission::{Admission, Visit};
use crate::health;
use crate::host::{Host, Seen};

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
    let visit = Arc::new(Visit::new(Arc::clone(host), token));
    let answer = if request.path == nectar::CHANGES_PATH {
        changes(host, &visit, request).await
    } else {
        match nectar::route(request, host.limits.bodies) {
            call @ Call::Write(_) => write(host, &visit, call).await,
            call => read(host, &visit, call).await,
        }
    };
    seen.user = visit.user();
    answer.unwrap_or_else(|error| seen.failed(&error, nectar::wire_error(&error)))
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

async fn read(host: &Host, visit: &Arc<Visit>, call: Call) -> Result<Response> {
    admitted(host, visit, move |ctx, tx| match call {
        Call::Fixed(response) => Ok(response),
        call => nectar::read(&call, ctx, tx),
    })
    .await
}

/// The change feed, for a caller with a valid token; a request that cannot be understood costs a place in the rate limit as well.
async fn changes(host: &Host, visit: &Arc<Visit>, request: &Request) -> Result<Response> {
    let feed = nectar::feed(request);
    admitted(host, visit, move |ctx, tx| match feed {
        Ok(feed) => nectar::changes(&feed, ctx, tx),
        Err(response) => Ok(response),
    })
    .await
}

/// Reads in a transaction that lets the caller in first.
async fn admitted(
    host: &Host,
    visit: &Arc<Visit>,
    work: impl FnOnce(&Ctx, &mut dyn Reader) -> Result<Response> + Send + 'static,
) -> Result<Response> {
    let inside = Arc::clone(visit);
    let answer = host
        .store
        .read(visit.tenant(), move |tx: &mut dyn Reader| match inside.admit(tx)? {
            Admission::Admitted(ctx) => work(&ctx, tx),
            refused => Ok(refusal(&refused)),
        })
        .await;
    visit.keep();
    answer
}

async fn write(host: &Host, visit: &Arc<Visit>, call: Call) -> Result<Response> {
    let inside = Arc::clone(visit);
    let answer = host
        .store
        .write(visit.tenant(), move |tx: &mut dyn Writer| match inside.admit(tx)? {
            Admission::Admitted(ctx) => nectar::write(&call, &ctx, tx),
            refused => Ok(refusal(&refused)),
        })
        .await;
    if answer.is_ok() {
        host.metrics.written();
        visit.keep();
    } else {
        visit.read_again().await;
    }
    answer
}

/// The answer to someone who was not let in.
fn refusal(admission: &Admission) -> Response {
    match admission {
        Admission::TooMany(wait) => {
            // Whole seconds, rounded up: whoever waits that long is let in.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            nectar::too_many_requests(Duration::from_secs(seconds))
        }
        Admission::Unauthorised | Admission::Admitted(_) => nectar::unauthorised(),
    }
}
