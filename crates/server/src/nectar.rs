//! One request in the NectarCRM dialect: token, transaction, answer.

use std::sync::Arc;
use std::time::Duration;

use favo_core::Result;
use favo_core::transaction::{Reader, Writer};
use favo_dialects::nectar::{self, Call};
use favo_dialects::wire::{Request, Response};

use crate::admission::{Admission, Visit};
use crate::host::{Host, Seen};

/// Whether a path belongs to the dialect.
pub(crate) fn owns(path: &str) -> bool {
    path.strip_prefix(nectar::BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request whose body has been read.
pub(crate) async fn answer(host: &Arc<Host>, request: &Request, seen: &mut Seen) -> Response {
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
    let answer = match nectar::route(request) {
        call @ Call::Write(_) => write(host, &visit, call).await,
        call => read(host, &visit, call).await,
    };
    seen.user = visit.user();
    answer.unwrap_or_else(|error| seen.failed(&error, nectar::wire_error(&error)))
}

async fn read(host: &Host, visit: &Arc<Visit>, call: Call) -> Result<Response> {
    let inside = Arc::clone(visit);
    let answer = host
        .store
        .read(visit.tenant(), move |tx: &mut dyn Reader| {
            let ctx = match inside.admit(tx)? {
                Admission::Admitted(ctx) => ctx,
                refused => return Ok(refusal(&refused)),
            };
            match call {
                Call::Fixed(response) => Ok(response),
                call => nectar::read(&call, &ctx, tx),
            }
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
