//! One request from its head to its answer: whose path it is, its body, its answer, its line in the log.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use favo_core::Error;
use favo_core::ctx::Entropy;
use favo_core::transaction::TenantId;
use favo_dialects::wire::{Request, Response};
use favo_dialects::{egito as egito_wire, nectar as nectar_wire, totvs as totvs_wire};
use favo_store::Store;
use http::StatusCode;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use crate::attempts::Attempts;
use crate::body::{self, NoBody};
use crate::clock::Clock;
use crate::log::{Line, Log};
use crate::metrics::{Dialect, Metrics};
use crate::passwords::Passwords;
use crate::proxies::{Network, Origin};
use crate::rate::RateLimiter;
use crate::secrets::Key;
use crate::tokens::Tokens;
use crate::{Config, Limits, describe, egito, health, nectar, totvs};

/// Where a dialect puts the reference its answer names; it goes no further than the log.
const REFERENCE: &str = "x-reference";

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
    pub(crate) attempts: Attempts,
    pub(crate) passwords: Passwords,
    pub(crate) key: Key,
    pub(crate) egito: egito_wire::ServerSettings,
    pub(crate) totvs: totvs_wire::ServerSettings,
    /// A login does not tell an unknown tenant from a wrong password.
    pub(crate) same_tenant_error: bool,
    trusted_proxies: Vec<Network>,
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
    /// Notes an error worth the operator's attention, with the reference its answer names; the answer passes through.
    pub(crate) fn failed(&mut self, error: &Error, mut answer: Response) -> Response {
        let named = answer.headers.iter().position(|(name, _)| *name == REFERENCE);
        let reference = named.map(|at| answer.headers.remove(at).1);
        if answer.status.is_server_error() {
            self.error = Some(match reference {
                Some(reference) => format!("reference {reference}: {error}"),
                None => error.to_string(),
            });
        }
        answer
    }
}

impl Host {
    pub(crate) fn new(config: Config, address: SocketAddr) -> Self {
        let Config { store, listen: _, clock, entropy, log, public_url, limits, .. } = config;
        Self {
            attempts: Attempts::default(),
            passwords: Passwords::start(Passwords::threads()),
            key: Key::new(config.secret_key, &*entropy),
            egito: config.egito,
            totvs: config.totvs,
            same_tenant_error: config.same_tenant_error,
            trusted_proxies: config.trusted_proxies,
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

    fn dialect(&self, path: &str) -> Dialect {
        if nectar::owns(path) {
            Dialect::Nectar
        } else if egito_wire::owns(path) {
            Dialect::Egito
        } else if totvs_wire::owns(path, &self.totvs) {
            Dialect::Totvs
        } else {
            Dialect::None
        }
    }
}

/// Answers one request; whatever happens, there is an answer and a line in the log.
pub(crate) async fn answer(
    host: Arc<Host>,
    peer: IpAddr,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let began = Instant::now();
    let at = host.clock.now();
    let running = host.metrics.begin();
    let (parts, incoming) = request.into_parts();
    let dialect = host.dialect(parts.uri.path());
    // A request for a whole address names its host there, others in a header.
    let named = parts.uri.authority().map(http::uri::Authority::as_str);
    let named = named.or_else(|| parts.headers.get(HOST)?.to_str().ok()).unwrap_or_default();
    let origin = match dialect {
        Dialect::Egito | Dialect::Totvs => Origin::of(peer, named, &parts.headers, &host.trusted_proxies),
        Dialect::None | Dialect::Nectar => Origin::unknown(peer),
    };
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
    let response = if dialect == Dialect::None {
        match health::answer(&host, &request.method, &request.path).await {
            Some(response) => response,
            None => {
                describe::answer(&request.method, &request.path, &request.base_url).unwrap_or_else(|| {
                    health::text(StatusCode::NOT_FOUND, "nothing is served under this path\n")
                })
            }
        }
    } else {
        match body_of(&host, dialect, &origin, &request, incoming).await {
            Ok(body) => {
                request.body = body;
                served(&host, dialect, &origin, &request, &mut seen).await
            }
            Err(NoBody::TooLarge) => {
                read = false;
                too_large(&host, dialect, &origin, &request, &mut seen).await
            }
            Err(NoBody::Refused(refusal)) => {
                read = false;
                refusal
            }
            Err(NoBody::TooSlow) => {
                read = false;
                health::text(StatusCode::REQUEST_TIMEOUT, "the request body did not arrive in time\n")
            }
            Err(NoBody::Broken) => {
                read = false;
                health::text(StatusCode::BAD_REQUEST, "the request body broke off\n")
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

/// The body of a request, unless it is large and a stranger's.
async fn body_of(
    host: &Host,
    dialect: Dialect,
    origin: &Origin,
    request: &Request,
    incoming: Incoming,
) -> Result<Bytes, NoBody> {
    let limit = match dialect {
        Dialect::Egito => egito::body_limit(host, request),
        Dialect::Totvs => totvs::body_limit(host, request),
        Dialect::Nectar | Dialect::None => nectar_wire::body_limit(&request.headers, host.limits.bodies),
    };
    if body::is_large(&incoming, &request.headers) {
        let refusal = match dialect {
            Dialect::Egito => egito::refuse_stranger(host, request, origin).await,
            Dialect::Totvs => totvs::refuse_stranger(host, request).await,
            Dialect::Nectar | Dialect::None => nectar::refuse_stranger(host, request).await,
        };
        if let Some(refusal) = refusal {
            return Err(NoBody::Refused(refusal));
        }
    }
    body::read(incoming, &request.headers, limit, host.limits.body_time, &host.large_bodies).await
}

/// The answer of a dialect to a request whose body has been read.
async fn served(
    host: &Arc<Host>,
    dialect: Dialect,
    origin: &Origin,
    request: &Request,
    seen: &mut Seen,
) -> Response {
    // Whoever waits for a password to be checked takes no place from others: that queue has a limit of its own.
    let place = if is_entrance(request) { None } else { host.places.acquire().await.ok() };
    let answer = match dialect {
        Dialect::Egito => caught(egito::answer(host, request, origin, seen)).await,
        Dialect::Totvs => caught(totvs::answer(host, request, origin, seen)).await,
        Dialect::Nectar | Dialect::None => caught(nectar::answer(host, request, seen)).await,
    };
    drop(place);
    answer.unwrap_or_else(|error| {
        let spelled = match dialect {
            Dialect::Egito => egito::wire_error(request, &error),
            Dialect::Totvs => totvs_wire::wire_error(&error),
            Dialect::Nectar | Dialect::None => nectar_wire::wire_error(&error),
        };
        seen.failed(&error, spelled)
    })
}

fn is_entrance(request: &Request) -> bool {
    request.path == egito_wire::oauth::PATH || totvs_wire::login::is_login(&request.path)
}

async fn too_large(
    host: &Arc<Host>,
    dialect: Dialect,
    origin: &Origin,
    request: &Request,
    seen: &mut Seen,
) -> Response {
    match dialect {
        Dialect::Egito => egito::too_large(host, request, origin, seen).await,
        Dialect::Totvs => totvs::too_large(host, request, seen).await,
        Dialect::Nectar | Dialect::None => nectar_wire::too_large(),
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
