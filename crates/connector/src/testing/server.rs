//! The wire: a small HTTP server on the loopback interface, a thread for each connection, that answers by the contract unless the script says otherwise.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::api::{self, Answer, BASE, Habits, Request};
use super::clock::Clock;
use super::faults::{Fault, RetryAfter, Rule};
use super::model::{Model, Size};
use crate::World as _;

/// One request as it was received.
#[derive(Debug, Clone)]
pub struct Logged {
    /// When, by the source's clock, micros since 1970.
    pub at: i64,
    /// Path below the base.
    pub path: String,
    /// Path and query as sent.
    pub target: String,
    /// The answer's status; 0 when the connection was closed instead.
    pub status: u16,
    /// Rows on the page.
    pub rows: usize,
    /// Requests that were being answered then, this one included.
    pub in_flight: usize,
}

struct State {
    model: Model,
    habits: Habits,
    rules: Vec<Rule>,
    log: Vec<Logged>,
}

struct Shared {
    state: Mutex<State>,
    clock: Arc<Clock>,
    stopping: AtomicBool,
    in_flight: AtomicUsize,
}

/// A source of records that speaks NectarCRM's contract and breaks it on demand; it stops when dropped.
pub struct FakeNectar {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl std::fmt::Debug for FakeNectar {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FakeNectar").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for FakeNectar {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

impl FakeNectar {
    /// Starts with records of that size on a clock that runs fast; the seed decides everything.
    pub fn start(seed: u64, size: &Size) -> Self {
        Self::with_clock(seed, size, Clock::fast("2026-11-20T15:00:00Z"))
    }

    /// The same on another clock.
    ///
    /// # Panics
    ///
    /// When the loopback interface has no free port.
    pub fn with_clock(seed: u64, size: &Size, clock: Arc<Clock>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let state = State {
            model: Model::new(seed, size, &clock),
            habits: Habits::default(),
            rules: Vec::new(),
            log: Vec::new(),
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            clock,
            stopping: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if serving.stopping.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(connection) = connection else { continue };
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || drop(serve(&serving, &connection)));
            }
        });
        Self { shared, address }
    }

    /// The API's base URL.
    pub fn url(&self) -> String {
        format!("http://{}{BASE}", self.address)
    }

    /// The token that is accepted.
    pub fn token(&self) -> String {
        self.state().habits.token.clone()
    }

    /// The clock both sides share.
    pub fn clock(&self) -> Arc<Clock> {
        Arc::clone(&self.shared.clock)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.shared)
    }

    /// Looks at the records, or changes them.
    pub fn model<T>(&self, act: impl FnOnce(&mut Model) -> T) -> T {
        act(&mut self.state().model)
    }

    /// Changes how the source deviates from the contract from now on.
    pub fn habits(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut self.state().habits);
    }

    /// Adds a rule to the script; when several apply, the first one added counts, and changes of the data all happen.
    pub fn script(&self, rule: Rule) {
        self.state().rules.push(rule);
    }

    /// Forgets the script.
    pub fn behave(&self) {
        self.state().rules.clear();
    }

    /// The requests since the start, or since the log was cleared.
    pub fn log(&self) -> Vec<Logged> {
        self.state().log.clone()
    }

    /// Empties the log.
    pub fn clear_log(&self) {
        self.state().log.clear();
    }
}

fn locked(shared: &Shared) -> MutexGuard<'_, State> {
    // A test that failed while it held the lock must not fail the others.
    shared.state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What happens on the wire to an answer.
enum Wire {
    Whole,
    Close,
    CutBody,
    CutChunks,
    CutGzip,
    Slow(Duration),
}

fn serve(shared: &Shared, connection: &TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(connection.try_clone()?);
    while let Some(request) = read(&mut reader)? {
        if shared.stopping.load(Ordering::Relaxed) {
            break;
        }
        let in_flight = shared.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        let sent = respond(shared, &request, in_flight, connection);
        shared.in_flight.fetch_sub(1, Ordering::Relaxed);
        if !sent? {
            break;
        }
    }
    connection.shutdown(std::net::Shutdown::Both)
}

/// Reads the head of a request; none when the client has gone.
fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) =
        (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let (path, query) = target.split_once('?').unwrap_or((target.as_str(), ""));
    let path = path.strip_prefix(BASE).unwrap_or(path).trim_end_matches('/');
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    });
    let mut request = Request {
        method,
        path: decoded(path),
        target: target.clone(),
        query: query.collect(),
        token: None,
        gzip: false,
    };
    request.token = request.query.iter().find(|(key, _)| key == "api_token").map(|(_, value)| value.clone());
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "access-token" => request.token = Some(value.trim().to_owned()),
            "accept-encoding" => request.gzip = value.contains("gzip"),
            "content-length" => length = value.trim().parse().unwrap_or(0),
            _ => {}
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    Ok(Some(request))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let value =
                    std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
                bytes.push(value.unwrap_or(b'?'));
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Decides what to answer; the lock is held no longer than that.
fn decide(shared: &Shared, request: &Request, in_flight: usize) -> (Answer, Wire, bool, Duration) {
    let mut state = locked(shared);
    let state = &mut *state;
    let number = state.log.len();
    let now = shared.clock.now();
    let mut chosen = None;
    for rule in &mut state.rules {
        if rule.applies(&request.path, &request.target) {
            match &mut rule.fault {
                Fault::Change(change) => change(&mut state.model),
                fault if chosen.is_none() => chosen = Some(outcome(fault, now)),
                _ => {}
            }
        }
    }
    let mut habits = state.habits.clone();
    if habits.expires_after.is_some_and(|count| number >= count) {
        habits.token = "expired".to_owned();
    }
    let (answer, wire) = match chosen {
        Some((Some(answer), wire)) => (answer, wire),
        Some((None, wire)) => (api::answer(request, &mut state.model, &habits, number as u64), wire),
        None => (api::answer(request, &mut state.model, &habits, number as u64), Wire::Whole),
    };
    state.log.push(Logged {
        at: now,
        path: request.path.clone(),
        target: request.target.clone(),
        status: if matches!(wire, Wire::Close) { 0 } else { answer.status },
        rows: answer.rows,
        in_flight,
    });
    (answer, wire, habits.chunked && number % 2 == 1, habits.latency)
}

fn outcome(fault: &Fault, now: i64) -> (Option<Answer>, Wire) {
    match fault {
        Fault::Status(status) => (Some(Answer::message(*status)), Wire::Whole),
        Fault::Later(status, after) => {
            let text = match after {
                RetryAfter::Seconds(seconds) => seconds.to_string(),
                RetryAfter::Date(seconds) => http_date(now + *seconds as i64 * 1_000_000),
            };
            (Some(Answer { retry_after: Some(text), ..Answer::message(*status) }), Wire::Whole)
        }
        Fault::Close => (None, Wire::Close),
        Fault::CutBody => (None, Wire::CutBody),
        Fault::CutChunks => (None, Wire::CutChunks),
        Fault::CutGzip => (None, Wire::CutGzip),
        Fault::Slow(length) => (None, Wire::Slow(*length)),
        Fault::Html(status) => (Some(Answer::html(*status)), Wire::Whole),
        Fault::Body(body) => (Some(Answer::json(200, (*body).to_owned())), Wire::Whole),
        Fault::Change(_) => (None, Wire::Whole),
    }
}

fn http_date(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .map_or_else(|_| String::new(), |moment| moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// Sends the answer; false when the connection is to be closed.
fn respond(
    shared: &Shared,
    request: &Request,
    in_flight: usize,
    mut connection: &TcpStream,
) -> std::io::Result<bool> {
    let (answer, wire, chunked, latency) = decide(shared, request, in_flight);
    if !latency.is_zero() {
        std::thread::sleep(latency);
    }
    if matches!(wire, Wire::Close) {
        return Ok(false);
    }
    let mut body = answer.body.into_bytes();
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    head += &format!("Date: {}\r\nContent-Type: {}\r\n", http_date(shared.clock.now()), answer.kind);
    if let Some(after) = &answer.retry_after {
        head += &format!("Retry-After: {after}\r\n");
    }
    if request.gzip && locked(shared).habits.gzip || matches!(wire, Wire::CutGzip) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&body)?;
        body = encoder.finish()?;
        head += "Content-Encoding: gzip\r\n";
    }
    if matches!(wire, Wire::CutGzip) {
        body.truncate(body.len() / 2);
    }
    if chunked && !matches!(wire, Wire::CutBody) || matches!(wire, Wire::CutChunks) {
        head += "Transfer-Encoding: chunked\r\n\r\n";
        connection.write_all(head.as_bytes())?;
        if matches!(wire, Wire::CutChunks) {
            send_chunk(connection, &body[..body.len() / 2])?;
            return Ok(false);
        }
        for part in body.chunks(body.len().div_ceil(3).max(1)) {
            pause(&wire);
            send_chunk(connection, part)?;
        }
        connection.write_all(b"0\r\n\r\n")?;
        return Ok(true);
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    connection.write_all(head.as_bytes())?;
    if matches!(wire, Wire::CutBody) {
        connection.write_all(&body[..body.len() / 2])?;
        return Ok(false);
    }
    for part in body.chunks(body.len().div_ceil(3).max(1)) {
        pause(&wire);
        connection.write_all(part)?;
    }
    Ok(true)
}

fn pause(wire: &Wire) {
    if let Wire::Slow(length) = wire {
        std::thread::sleep(*length / 3);
    }
}

fn send_chunk(mut connection: &TcpStream, part: &[u8]) -> std::io::Result<()> {
    let mut chunk = format!("{:x}\r\n", part.len()).into_bytes();
    chunk.extend_from_slice(part);
    chunk.extend_from_slice(b"\r\n");
    connection.write_all(&chunk)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
