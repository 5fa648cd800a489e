//! The HTTP client of the sources: GET requests with a token, at one pace for all threads, sent again when it makes sense and no oftener.
//!
//! A request ends in one of three ways: an answer that says something (any status that a repetition would not change), an
//! [`Error::Source`](crate::Error::Source) when it was given up (the caller skips what it asked for), or an error that ends the reading. When the source as a
//! whole is beyond hope (it does not answer, it fails too often, it wants to be left alone for long) the client closes itself: every later request
//! fails at once with the same sentence, so that nobody hammers.

mod flow;
mod retry;

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ureq::http::{HeaderValue, Uri, header};
use ureq::{Agent, Error as Fault};

use crate::progress::Progress;
use crate::settings::Settings;
use crate::{Error, Result, World};
use flow::Flow;
use retry::{Tries, Verdict};

/// Answers larger than this are not read to their end.
const BODY_LIMIT: u64 = 64 << 20;
/// A wait that the source asks for and that is longer than this ends the run, microseconds.
const LONGEST_WAIT: i64 = 3_600_000_000;
/// Requests sent again in one run, at most.
const MOST_RETRIES: u64 = 1_000;
/// From so many requests on, no more than half of all may be repetitions.
const GRACE: u64 = 200;
/// The domain of the original service, which has a limit it does not publish; it is asked once a second unless the settings say otherwise.
const HOSTED: &str = "nectarcrm.com.br";

/// An answer with its body read to the end.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Status code.
    pub(crate) status: u16,
    /// The body after decompression, without a byte order mark; bytes that are not UTF-8 are replaced by U+FFFD.
    pub(crate) body: Vec<u8>,
    /// When it had arrived, micros since 1970.
    pub(crate) received_at: i64,
    /// The header `Date`, micros since 1970.
    pub(crate) date: Option<i64>,
}

/// The client of one source; all threads share it.
pub(crate) struct Client {
    agent: Agent,
    token: HeaderValue,
    secret: String,
    origin: String,
    base: String,
    host: String,
    flow: Flow,
    world: Arc<dyn World>,
    progress: Arc<Progress>,
    requests: AtomicU64,
    retries: AtomicU64,
    answered: AtomicBool,
    skew: AtomicI64,
    closed: Mutex<Option<String>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Client").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// How one sending went.
enum Attempt {
    /// There is a whole answer; the text of `Retry-After`, if it had one.
    Answer(Fetched, Option<String>),
    /// No whole answer; whether a connection had been made, and what happened.
    Broken(bool, String),
    /// Repeating will not help.
    Hopeless(Error),
}

impl Client {
    /// A client for the URL and the token of the settings; nothing is sent. Fails on what cannot be a URL or a token.
    pub(crate) fn new(settings: &Settings, world: Arc<dyn World>, progress: Arc<Progress>) -> Result<Self> {
        let wrong = |why: &str| {
            Error::Configuration(format!(
                "--url {why}; give the base of the API, such as https://host/crm/api/1"
            ))
        };
        let uri: Uri = settings.url.parse().map_err(|_| wrong("is no URL"))?;
        let scheme = uri.scheme_str().ok_or_else(|| wrong("has no scheme"))?;
        if scheme != "http" && scheme != "https" {
            return Err(wrong("is neither http nor https"));
        }
        let authority = uri.authority().ok_or_else(|| wrong("names no host"))?;
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(wrong("must hold neither a password nor a query (the token goes into --token)"));
        }
        let host = authority.host().to_ascii_lowercase();
        let mut token = HeaderValue::from_str(settings.token.reveal().trim()).map_err(|_| {
            Error::Configuration("--token holds characters that no token has; copy it again".to_owned())
        })?;
        token.set_sensitive(true);
        let jobs = settings.jobs.max(1);
        let pace = match settings.requests_per_second {
            Some(pace) if pace.is_finite() && pace > 0.0 => Some(pace),
            Some(_) => {
                return Err(Error::Configuration("requests_per_second must be greater than 0".to_owned()));
            }
            None => hosted(&host).then_some(1.0),
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("favo/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .accept_encoding("gzip")
            .max_idle_connections(jobs)
            .max_idle_connections_per_host(jobs)
            .max_idle_age(Duration::from_secs(30))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_per_read(Some(Duration::from_mins(1)))
            .timeout_recv_response(Some(Duration::from_mins(2)))
            .timeout_global(Some(Duration::from_mins(10)))
            .build();
        Ok(Self {
            agent: Agent::new_with_config(config),
            token,
            secret: settings.token.reveal().trim().to_owned(),
            origin: format!("{scheme}://{authority}"),
            base: uri.path().trim_end_matches('/').to_owned(),
            host,
            flow: Flow::new(Arc::clone(&world), Arc::clone(&progress), jobs, pace),
            world,
            progress,
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            answered: AtomicBool::new(false),
            skew: AtomicI64::new(0),
            closed: Mutex::new(None),
        })
    }

    /// Path of the API's base on its host, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Micros since 1970 by the source's clock, as far as its last header `Date` tells; by the local one until then.
    pub(crate) fn source_now(&self) -> i64 {
        self.world.now().saturating_add(self.skew.load(Ordering::Relaxed))
    }

    /// Why no more requests are sent, once that is so.
    pub(crate) fn closed(&self) -> Option<String> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nobody wants answers any more: requests that wait for their turn or for a repetition are given up with `Error::Stopped`.
    pub(crate) fn end(&self) {
        self.flow.end();
    }

    fn close(&self, why: String) -> Error {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        Error::Source(closed.get_or_insert(why).clone())
    }

    /// Gets `path_and_query` (from the root of the host), into `buffer`, whose contents are dropped. Statuses that a repetition would not change come back as
    /// answers, except 401, which is [`Error::Refused`](crate::Error::Refused).
    pub(crate) fn get(&self, path_and_query: &str, mut buffer: Vec<u8>) -> Result<Fetched> {
        let url = format!("{}{path_and_query}", self.origin);
        let mut tries = Tries::default();
        loop {
            if let Some(why) = self.closed() {
                return Err(Error::Source(why));
            }
            let mut pass = self.flow.enter()?;
            self.requests.fetch_add(1, Ordering::Relaxed);
            Progress::add(&self.progress.requests, 1);
            let attempt = self.send(&url, std::mem::take(&mut buffer));
            pass.finish();
            let (verdict, why) = match attempt {
                Attempt::Answer(fetched, asked_to_wait) => {
                    self.answered.store(true, Ordering::Relaxed);
                    if let Some(date) = fetched.date {
                        self.skew.store(date - fetched.received_at, Ordering::Relaxed);
                    }
                    match fetched.status {
                        401 => return Err(self.refused(&fetched.body)),
                        408 | 425 | 429 | 500..=599 => {
                            let wait = asked_to_wait.and_then(|text| {
                                retry::asked_wait(&text, fetched.date.unwrap_or(fetched.received_at))
                            });
                            if matches!(fetched.status, 429 | 503) {
                                pass.too_much();
                            }
                            if let Some(wait) = wait {
                                self.leave_alone(wait)?;
                            }
                            (tries.status(fetched.status, wait), format!("status {}", fetched.status))
                        }
                        300..=399 => {
                            return Err(Error::Source(format!(
                                "{} answers with a redirect, which is not followed because the token would travel with it; give the new address as --url",
                                self.host
                            )));
                        }
                        _ => {
                            pass.good();
                            return Ok(fetched);
                        }
                    }
                }
                Attempt::Broken(true, why) => (tries.broken(), why),
                Attempt::Broken(false, why) => {
                    // A host that never answered is more likely mistyped than busy.
                    (tries.unreachable(self.answered.load(Ordering::Relaxed)), why)
                }
                Attempt::Hopeless(error) => return Err(error),
            };
            match verdict {
                Verdict::Again(length) => {
                    self.spend()?;
                    self.flow.rest(retry::jittered(length, self.world.random()))?;
                }
                Verdict::AgainAfterHold => self.spend()?,
                Verdict::GiveUp => {
                    let path = path_and_query.split('?').next().unwrap_or_default();
                    return Err(Error::Source(format!(
                        "{path} was given up after repeated failures ({why})"
                    )));
                }
                Verdict::Close => {
                    return Err(self.close(format!(
                        "{} does not answer ({why}); check the address and the network and run again",
                        self.host
                    )));
                }
            }
        }
    }

    fn refused(&self, body: &[u8]) -> Error {
        let whole = String::from_utf8_lossy(body);
        let text: String =
            whole.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(100).collect();
        let text = text.trim();
        // The whole body is looked at: the cut could leave the beginning of a token.
        let said = if text.is_empty() || whole.contains(&self.secret) {
            String::new()
        } else {
            format!(" ({} says: {text})", self.host)
        };
        Error::Refused(format!(
            "the token is not accepted{said}; it may be wrong or expired: make a new one and run again"
        ))
    }

    /// All threads wait as long as the source asked; beyond the longest wait nothing more is asked in this run.
    fn leave_alone(&self, wait: i64) -> Result<()> {
        if wait > LONGEST_WAIT {
            return Err(self.close(format!(
                "{} asks to be left alone for {} minutes, which is longer than a run waits; run again later",
                self.host,
                wait / 60_000_000
            )));
        }
        self.flow.hold(self.world.now().saturating_add(wait));
        Ok(())
    }

    fn spend(&self) -> Result<()> {
        let retries = self.retries.fetch_add(1, Ordering::Relaxed) + 1;
        Progress::add(&self.progress.retries, 1);
        let requests = self.requests.load(Ordering::Relaxed);
        if retries > MOST_RETRIES || (requests > GRACE && retries * 2 > requests) {
            return Err(self.close(format!(
                "{} fails too often ({retries} of {requests} requests had to be sent again); run again later to continue",
                self.host
            )));
        }
        Ok(())
    }

    fn send(&self, url: &str, mut body: Vec<u8>) -> Attempt {
        let response = match self.agent.get(url).header("access-token", self.token.clone()).call() {
            Ok(response) => response,
            Err(fault) => return self.broken(fault),
        };
        let status = response.status().as_u16();
        let text = |name: header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (date, asked_to_wait) = (text(header::DATE), text(header::RETRY_AFTER));
        body.clear();
        if let Some(length) = response.body().content_length() {
            body.reserve(usize::try_from(length.min(BODY_LIMIT)).unwrap_or_default() + 1);
        }
        let mut reader = response.into_body().into_reader().take(BODY_LIMIT + 1);
        if let Err(fault) = reader.read_to_end(&mut body) {
            return self.broken(Fault::from(fault));
        }
        if body.len() as u64 > BODY_LIMIT {
            return Attempt::Hopeless(Error::Source(format!(
                "{} sent an answer larger than {} MiB",
                self.host,
                BODY_LIMIT >> 20
            )));
        }
        let received_at = self.world.now();
        Progress::add(&self.progress.bytes, body.len() as u64);
        if body.starts_with(b"\xef\xbb\xbf") {
            body.drain(..3);
        }
        if status == 200 && cut_short(&body) {
            // A body that ends with its connection says nothing about its length: the missing bracket does, and that there is nothing at all.
            return Attempt::Broken(true, "the answer ended early".to_owned());
        }
        if std::str::from_utf8(&body).is_err() {
            body = String::from_utf8_lossy(&body).into_owned().into_bytes();
        }
        let date = date.and_then(|text| retry::http_date(&text));
        Attempt::Answer(Fetched { status, body, received_at, date }, asked_to_wait)
    }

    fn broken(&self, fault: Fault) -> Attempt {
        match fault {
            Fault::HostNotFound => Attempt::Broken(false, "no such host".to_owned()),
            Fault::ConnectionFailed => Attempt::Broken(false, "no connection".to_owned()),
            Fault::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                Attempt::Broken(false, "no connection within 10 seconds".to_owned())
            }
            Fault::Timeout(_) => Attempt::Broken(true, "no answer in time".to_owned()),
            Fault::Io(fault) if unconnected(fault.kind()) => Attempt::Broken(false, fault.kind().to_string()),
            Fault::Rustls(fault) => Attempt::Hopeless(self.close(format!(
                "the encrypted connection to {} fails ({fault}); check its certificate and the address",
                self.host
            ))),
            Fault::Tls(fault) => Attempt::Hopeless(
                self.close(format!("the encrypted connection to {} fails ({fault})", self.host)),
            ),
            Fault::Http(_) | Fault::BadUri(_) => {
                Attempt::Hopeless(Error::Configuration("--url cannot be made into a request".to_owned()))
            }
            Fault::Io(fault) => Attempt::Broken(true, fault.kind().to_string()),
            Fault::Decompress(..) => Attempt::Broken(true, "the compressed answer is damaged".to_owned()),
            other => Attempt::Broken(true, other.to_string()),
        }
    }
}

/// Errors that come before there is a connection.
fn unconnected(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        kind,
        Kind::ConnectionRefused | Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable
    )
}

fn hosted(host: &str) -> bool {
    host.strip_suffix(HOSTED).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A body without anything in it, or one that begins as JSON and does not end so.
fn cut_short(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    match (body.first(), body.last()) {
        (None, _) => true,
        (Some(b'['), last) => last != Some(&b']') || body.len() < 2,
        (Some(b'{'), last) => last != Some(&b'}') || body.len() < 2,
        _ => false,
    }
}

#[cfg(test)]
pub(crate) mod tests;
