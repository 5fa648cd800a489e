//! A dialect's work inside a transaction that lets the caller in first.

use std::sync::Arc;

use favo_core::transaction::{Reader, Writer};
use favo_core::{Ctx, Error, Result};
use favo_dialects::wire::{Failed, Response, Written};
use parking_lot::Mutex;

use crate::admission::{Admission, Denial, May, Visit};
use crate::host::{Host, Seen};

/// How a dialect spells what goes wrong around its work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelling {
    /// The answer to someone who was not let in.
    pub(crate) denied: fn(Denial) -> Response,
    /// The answer to an error nobody has spelled.
    pub(crate) error: fn(&Error) -> Response,
}

/// Reads for someone who is let in; an error is noted for the log and spelled.
pub(crate) async fn read(
    host: &Host,
    visit: &Arc<Visit>,
    seen: &mut Seen,
    spelling: Spelling,
    work: impl FnOnce(&Ctx, May, &mut dyn Reader) -> Result<Response> + Send + 'static,
) -> Response {
    let inside = Arc::clone(visit);
    let answer = host
        .store
        .read(visit.tenant(), move |tx: &mut dyn Reader| match inside.admit(tx)? {
            Admission::Admitted(ctx, may) => work(&ctx, may, tx),
            Admission::Denied(denial) => Ok((spelling.denied)(denial)),
        })
        .await;
    visit.keep();
    visit.note_use();
    seen.user = visit.user();
    answer.unwrap_or_else(|error| seen.failed(&error, (spelling.error)(&error)))
}

/// Writes for someone who is let in; work that failed leaves nothing behind but its answer.
pub(crate) async fn write(
    host: &Host,
    visit: &Arc<Visit>,
    seen: &mut Seen,
    spelling: Spelling,
    work: impl Fn(&Ctx, May, &mut dyn Writer) -> Written + Send + 'static,
) -> Response {
    let inside = Arc::clone(visit);
    let spelled = Arc::new(Mutex::new(None));
    let failed = Arc::clone(&spelled);
    let answer = host
        .store
        .write(visit.tenant(), move |tx: &mut dyn Writer| {
            // What an earlier run of the same work said does not count.
            *failed.lock() = None;
            match inside.admit(tx)? {
                Admission::Admitted(ctx, may) => work(&ctx, may, tx).map_err(|Failed { answer, error }| {
                    *failed.lock() = Some(answer);
                    error
                }),
                Admission::Denied(denial) => Ok((spelling.denied)(denial)),
            }
        })
        .await;
    seen.user = visit.user();
    visit.note_use();
    match answer {
        Ok(answer) => {
            host.metrics.written();
            visit.keep();
            answer
        }
        Err(error) => {
            visit.read_again().await;
            let answer = spelled.lock().take();
            seen.failed(&error, answer.unwrap_or_else(|| (spelling.error)(&error)))
        }
    }
}
