//! A request and an answer as they travel, free of any server framework.

use http::{HeaderMap, Method, StatusCode};

/// One request, body read whole.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as sent, still percent-encoded, from the root.
    pub path: String,
    /// The query string as sent, without `?`.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as sent.
    pub body: bytes::Bytes,
    /// Scheme and host the request came in on, such as `http://127.0.0.1:7077`.
    pub base_url: String,
}

/// The most bytes of a body, by what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// Text such as JSON, as sent and unpacked.
    pub json: usize,
    /// Uploads: multipart bodies.
    pub upload: usize,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { json: 2 * 1024 * 1024, upload: 25 * 1024 * 1024 }
    }
}

/// One answer.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// `Content-Type`; empty for none.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer without further headers.
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: body.into() }
    }
}

/// Who calls, as far as a dialect has to know it beside the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The short name of the tenant.
    pub tenant: String,
    /// The session may read.
    pub may_read: bool,
    /// The session may write.
    pub may_write: bool,
}

/// A write that must leave nothing behind: the transaction is undone, and this is what the client gets.
#[derive(Debug)]
pub struct Failed {
    /// The answer in the dialect's form.
    pub answer: Response,
    /// Why, for the transaction and the log.
    pub error: favo_core::Error,
}

/// What came of a write.
pub type Written = std::result::Result<Response, Failed>;
