//! The access log: one JSON line per request, and never a secret in it.
//!
//! Lines are written by hand into a buffer that a thread of its own hands on every 50 ms: a request costs no system call.
//! A full buffer makes requests wait rather than lines go missing.

use std::io::Write as _;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use favo_core::Instant;
use favo_core::transaction::TenantId;
use http::{Method, StatusCode};
use parking_lot::{Condvar, Mutex};

use crate::clock::write_rfc3339;

/// How long a line may wait to be handed on.
const PAUSE: Duration = Duration::from_millis(50);
/// A buffer with this much in it is handed on at once …
const PLENTY: usize = 256 * 1024;
/// … and one with this much takes no more until it was.
const FULL: usize = 1024 * 1024;

/// Where the log goes.
#[derive(Debug, Clone)]
pub enum LogTarget {
    /// The standard error stream, through a buffer.
    Stderr,
    /// This buffer, at once: for tests.
    Memory(Arc<Mutex<Vec<u8>>>),
}

/// What one line says.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) at: Instant,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) took: Duration,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) user: Option<i64>,
    /// Of the answer's body.
    pub(crate) bytes: usize,
    /// What went wrong here, if anything did.
    pub(crate) error: Option<&'a str>,
}

/// The log of one server.
#[derive(Debug)]
pub(crate) struct Log {
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Memory(Arc<Mutex<Vec<u8>>>),
    Buffered { buffer: Arc<Buffer>, thread: Mutex<Option<JoinHandle<()>>> },
}

#[derive(Debug, Default)]
struct Buffer {
    waiting: Mutex<Waiting>,
    /// Something is there to be handed on.
    filled: Condvar,
    /// There is room again.
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    ended: bool,
}

impl Log {
    pub(crate) fn to(target: LogTarget) -> Self {
        let sink = match target {
            LogTarget::Memory(lines) => Sink::Memory(lines),
            LogTarget::Stderr => {
                let buffer = Arc::new(Buffer::default());
                let shared = Arc::clone(&buffer);
                let thread = std::thread::Builder::new().name("favo-log".to_owned());
                let thread =
                    thread.spawn(move || shared.hand_on()).expect("the system starts one more thread");
                Sink::Buffered { buffer, thread: Mutex::new(Some(thread)) }
            }
        };
        Self { sink }
    }

    /// Appends a line.
    pub(crate) fn write(&self, line: &Line<'_>) {
        match &self.sink {
            Sink::Memory(lines) => line.write(&mut lines.lock()),
            Sink::Buffered { buffer, .. } => {
                let mut waiting = buffer.waiting.lock();
                while waiting.lines.len() >= FULL && !waiting.ended {
                    buffer.emptied.wait(&mut waiting);
                }
                let before = waiting.lines.len();
                line.write(&mut waiting.lines);
                let after = waiting.lines.len();
                if before == 0 || (before < PLENTY && after >= PLENTY) {
                    buffer.filled.notify_one();
                }
            }
        }
    }

    /// Hands on what is left and ends the thread.
    pub(crate) fn end(&self) {
        let Sink::Buffered { buffer, thread } = &self.sink else { return };
        buffer.waiting.lock().ended = true;
        buffer.filled.notify_one();
        if let Some(thread) = thread.lock().take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.end();
    }
}

impl Buffer {
    fn hand_on(&self) {
        let mut lines = Vec::new();
        loop {
            let mut waiting = self.waiting.lock();
            while waiting.lines.is_empty() && !waiting.ended {
                self.filled.wait(&mut waiting);
            }
            if waiting.lines.len() < PLENTY && !waiting.ended {
                self.filled.wait_for(&mut waiting, PAUSE);
            }
            let ended = waiting.ended;
            std::mem::swap(&mut lines, &mut waiting.lines);
            drop(waiting);
            self.emptied.notify_all();
            // A closed stderr is no reason to stop serving.
            let _ = std::io::stderr().lock().write_all(&lines);
            lines.clear();
            lines.shrink_to(FULL);
            if ended {
                return;
            }
        }
    }
}

impl Line<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"time\":\"");
        write_rfc3339(out, self.at);
        out.extend_from_slice(b"\",\"method\":\"");
        push_escaped(out, self.method.as_str());
        out.extend_from_slice(b"\",\"path\":\"");
        push_escaped(out, without_session(without_key(without_query_in_disguise(self.path))));
        // A request for a token carries little but secrets.
        if !self.path.starts_with("/oauth/") {
            push_query(out, self.query);
        }
        let micros = self.took.as_micros();
        let (status, millis, rest) = (self.status.as_u16(), micros / 1000, micros % 1000);
        let _ = write!(out, "\",\"status\":{status},\"ms\":{millis}.{rest:03},\"bytes\":{}", self.bytes);
        if let Some(tenant) = self.tenant {
            let _ = write!(out, ",\"tenant\":{}", tenant.0);
        }
        if let Some(user) = self.user {
            let _ = write!(out, ",\"user\":{user}");
        }
        if let Some(error) = self.error {
            out.extend_from_slice(b",\"error\":\"");
            push_escaped(out, error);
            out.push(b'"');
        }
        out.extend_from_slice(b"}\n");
    }
}

/// The path up to a `?` that someone percent-encoded by mistake: a token may follow it.
fn without_query_in_disguise(path: &str) -> &str {
    let encoded = |bytes: &[u8]| bytes == b"%3f" || bytes == b"%3F";
    path.as_bytes().windows(3).position(encoded).map_or(path, |at| &path[..at])
}

/// The path of a public page up to its key: who knows the key sees the page.
fn without_key(path: &str) -> &str {
    let key = path.strip_prefix("/p/").and_then(|rest| rest.find('-'));
    key.map_or(path, |at| &path[.."/p/".len() + at])
}

/// The path up to a session that someone put there: it belongs in a cookie.
fn without_session(path: &str) -> &str {
    let start = path.bytes().position(|byte| byte == b';');
    start.filter(|at| is_secret(&path[*at..])).map_or(path, |at| &path[..at])
}

/// The parameters that carry no secret, with `?` in front.
fn push_query(out: &mut Vec<u8>, query: &str) {
    let mut mark = b'?';
    for parameter in query.split(['&', ';']).filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        if is_secret(name) || parameter.contains("eyJ") {
            continue;
        }
        out.push(mark);
        push_escaped(out, parameter);
        mark = b'&';
    }
}

/// Whether a parameter with this name, percent-encoded or not, may carry a secret.
fn is_secret(name: &str) -> bool {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        let decoded = if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
            let rest = bytes.clone();
            match (digit(bytes.next()), digit(bytes.next())) {
                (Some(high), Some(low)) => (high * 16 + low) as u8,
                _ => {
                    bytes = rest;
                    byte
                }
            }
        } else {
            byte
        };
        plain.push(decoded.to_ascii_lowercase());
    }
    let has = |word: &[u8]| plain.windows(word.len()).any(|window| window == word);
    has(b"token") || has(b"secret") || has(b"password") || has(b"senha") || has(b"sessionid")
}

/// Text inside a JSON string.
fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => {
                let _ = write!(out, "\\u{byte:04x}");
            }
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, query: &str) -> String {
        let line = Line {
            at: Instant(1_772_452_800_000_000),
            method: &Method::GET,
            path,
            query,
            status: StatusCode::OK,
            took: Duration::from_micros(1_042),
            tenant: Some(TenantId(7)),
            user: Some(41),
            bytes: 12,
            error: None,
        };
        let mut out = Vec::new();
        line.write(&mut out);
        String::from_utf8(out).expect("a line is text")
    }

    #[test]
    fn a_line_says_what_happened() {
        assert_eq!(
            shown("/crm/api/1/contatos", "page=2"),
            "{\"time\":\"2026-03-02T12:00:00.000000Z\",\"method\":\"GET\",\"path\":\"/crm/api/1/contatos?page=2\",\
             \"status\":200,\"ms\":1.042,\"bytes\":12,\"tenant\":7,\"user\":41}\n"
        );
        assert!(shown("/a\"b\\c\u{1}", "").contains(r#""path":"/a\"b\\c\u0001""#));
    }

    #[test]
    fn secrets_are_cut_however_they_are_spelled() {
        for query in [
            "api_token=abc",
            "page=1&api_token=abc&nome=x",
            "api%5Ftoken=abc",
            "API_TOKEN=abc;access-token=abc",
            "%61pi_token=abc&client_secret=abc&password=abc&senha=abc",
            "x=eyJabc",
        ] {
            let line = shown("/crm", query);
            assert!(!line.contains("abc"), "{line}");
        }
        assert!(!shown("/crm/contatos%3Fapi_token=abc", "").contains("abc"));
        for query in ["JSESSIONID=abc", "grant_type=password&username=abc", "page=1&Access%5Ftoken=abc"] {
            assert!(!shown("/oauth/token", query).contains('?'), "{query}");
        }
        assert!(!shown("/api/v4/user/users", "jsessionid=abc&page=1").contains("abc"));
        assert!(shown("/api/v4/user/users;jsessionid=abc", "").contains("users\""));
        assert!(shown("/p/7-abc", "").contains("\"/p/7\""));
        assert!(shown("/crm", "page=1&api_token=abc&nome=x%2").contains("/crm?page=1&nome=x%2\""));
    }
}
