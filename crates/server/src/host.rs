//! One request from its head to its answer: whose path it is, its body, its answer, its line in the log.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use favo_core::Error;
use favo_core::ctx::Entropy;
use favo_core::transaction::TenantId;
use favo_dialects::nectar as nectar_wire;
use favo_dialects::wire::{Request, Response};
use favo_store::Store;
use http::StatusCode;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use crate::body::{self, NoBody};
use crate::clock::Clock;
use crate::log::{Line, Log};
use crate::metrics::{Dialect, Metrics};
use crate::rate::RateLimiter;
use crate::tokens::Tokens;
use crate::{Config, Limits, describe, health, nectar};

/// What all requests of one server share.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) tokens: Tokens,
    pub(crate) rates: RateLimiter,
    log: Log,
    base_url: String,
    public_url: bool,
    places: Semaphore,
    large_bodies: Semaphore,
}

/// What was found out about a request on its way, for the log: kept outside so that it survives a panic.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) tenant: Option<TenantId>,
    pub(crate) user: Option<i64>,
    error: Option<String>,
}

impl Seen {
    /// Notes an error worth the operator's attention; the answer passes through.
    pub(crate) fn failed(&mut self, error: &Error, answer: Response) -> Response {
        if answer.status.is_server_error() {
            self.error = Some(error.to_string());
        }
        answer
    }
}

impl Host {
    pub(crate) fn new(config: Config, address: SocketAddr) -> Self {
        let Config { store, listen: _, clock, entropy, log, public_url, limits } = config;
        Self {
            store,
            clock,
            entropy,
            limits,
            metrics: Metrics::default(),
            tokens: Tokens::default(),
            rates: RateLimiter::default(),
            log: Log::to(log),
            public_url: public_url.is_some(),
            base_url: public_url
                .map_or_else(|| format!("http://{address}"), |url| url.trim_end_matches('/').to_owned()),
            places: Semaphore::new(limits.requests),
            large_bodies: Semaphore::new(limits.large_bodies),
        }
    }

    /// What is left to do after the last request.
    pub(crate) async fn finish(self: Arc<Self>) {
        let host = Arc::clone(&self);
        let _ = tokio::task::spawn_blocking(move || {
            host.log.end();
            // Nothing is lost without it: the next start folds the log.
            let _ = host.store.checkpoint();
        })
        .await;
    }

    fn base_url(&self, headers: &http::HeaderMap) -> String {
        match headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| !host.is_empty()) {
            Some(host) if !self.public_url => ["http://", host].concat(),
            _ => self.base_url.clone(),
        }
    }
}

/// Answers one request; whatever happens, there is an answer and a line in the log.
pub(crate) async fn answer(
    host: Arc<Host>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let began = Instant::now();
    let at = host.clock.now();
    let running = host.metrics.begin();
    let (parts, incoming) = request.into_parts();
    let dialect = if nectar::owns(parts.uri.path()) { Dialect::Nectar } else { Dialect::None };
    let mut request = Request {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        base_url: host.base_url(&parts.headers),
        method: parts.method,
        headers: parts.headers,
        body: Bytes::new(),
    };
    let mut seen = Seen::default();
    // Only a request read to its end leaves the connection fit for another one.
    let mut read = true;
    let response = match dialect {
        Dialect::None => match health::answer(&host, &request.method, &request.path).await {
            Some(response) => response,
            None => describe::answer(&request.method, &request.path, &request.base_url)
                .unwrap_or_else(|| health::text(StatusCode::NOT_FOUND, "nothing is served under this path\n")),
        },
        Dialect::Nectar => {
            let limit = nectar_wire::body_limit(&request.headers, host.limits.bodies);
            let time = host.limits.body_time;
            let stranger = if body::is_large(&incoming, &request.headers) {
                nectar::refuse_stranger(&host, &request).await
            } else {
                None
            };
            let body = match stranger {
                Some(response) => Err(response),
                None => body::read(incoming, &request.headers, limit, time, &host.large_bodies)
                    .await
                    .map_err(|no_body| refuse(&no_body)),
            };
            match body {
                Ok(body) => {
                    request.body = body;
                    let place = host.places.acquire().await;
                    let answer = caught(nectar::answer(&host, &request, &mut seen)).await;
                    drop(place);
                    answer.unwrap_or_else(|error| seen.failed(&error, nectar_wire::wire_error(&error)))
                }
                Err(refusal) => {
                    read = false;
                    refusal
                }
            }
        }
    };
    let took = began.elapsed();
    host.metrics.answered(dialect, &request.method, response.status, took);
    host.log.write(&Line {
        at,
        method: &request.method,
        path: &request.path,
        query: &request.query,
        status: response.status,
        took,
        tenant: seen.tenant,
        user: seen.user,
        bytes: response.body.len(),
        error: seen.error.as_deref(),
    });
    drop(running);
    Ok(travelling(response, read))
}

fn refuse(no_body: &NoBody) -> Response {
    match no_body {
        NoBody::TooLarge => nectar_wire::too_large(),
        NoBody::TooSlow => {
            health::text(StatusCode::REQUEST_TIMEOUT, "the request body did not arrive in time\n")
        }
        NoBody::Broken => health::text(StatusCode::BAD_REQUEST, "the request body broke off\n"),
    }
}

/// Runs a future to its end; a panic in it becomes an error.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Error> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        // After a panic the future is never polled again, so nothing sees what it left half done.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(Error::Internal(reason(panic.as_ref())))),
        }
    })
    .await
}

fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("of unknown kind"))
}

/// The answer in the form hyper sends.
fn travelling(response: Response, keep_alive: bool) -> hyper::Response<Full<Bytes>> {
    let Response { status, content_type, headers, body } = response;
    let mut answer = hyper::Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    let sent = answer.headers_mut();
    if !content_type.is_empty() {
        sent.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    for (name, value) in headers {
        // A value that is no header value would be a bug of the dialect; the answer is worth more than the header.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
        {
            sent.append(name, value);
        }
    }
    if !keep_alive {
        sent.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_not_the_end() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let answer: Result<(), Error> = runtime.block_on(caught(async {
            tokio::task::yield_now().await;
            panic!("on purpose {}", 7)
        }));
        assert_eq!(answer.expect_err("an error").to_string(), "internal error: panic: on purpose 7");
        assert_eq!(runtime.block_on(caught(async { 5 })).expect("no error"), 5);
    }
}
