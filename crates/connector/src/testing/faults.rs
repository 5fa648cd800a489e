//! What the source does wrong, and when: a script of rules, each for some requests.

use std::time::Duration;

use super::model::Model;

/// The two forms of `Retry-After`.
#[derive(Debug, Clone, Copy)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// An HTTP date, that many seconds ahead of the source's clock.
    Date(u64),
}

/// A change of the data between two requests.
pub type Change = Box<dyn FnMut(&mut Model) + Send>;

/// What happens instead of an answer, or to it.
pub enum Fault {
    /// That status with a JSON message.
    Status(u16),
    /// That status with `Retry-After`.
    Later(u16, RetryAfter),
    /// The connection is closed before a byte is sent.
    Close,
    /// `Content-Length` promises the whole body, half of it comes, the connection is closed.
    CutBody,
    /// Chunked; half of the body comes and no last chunk.
    CutChunks,
    /// The length is right, but the compressed stream ends in the middle.
    CutGzip,
    /// The body comes in pieces, over that much real time.
    Slow(Duration),
    /// That status with a page of HTML.
    Html(u16),
    /// 200 with this body.
    Body(&'static str),
    /// The data change, then the answer is as usual.
    Change(Change),
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) | Self::Html(status) | Self::Later(status, _) => {
                write!(formatter, "{status}")
            }
            Self::Close => formatter.write_str("close"),
            Self::CutBody => formatter.write_str("cut body"),
            Self::CutChunks => formatter.write_str("cut chunks"),
            Self::CutGzip => formatter.write_str("cut gzip"),
            Self::Slow(length) => write!(formatter, "slow {length:?}"),
            Self::Body(body) => write!(formatter, "body {body}"),
            Self::Change(_) => formatter.write_str("change"),
        }
    }
}

/// A fault and the requests it is for: without more, the next one.
#[derive(Debug)]
pub struct Rule {
    pub(super) fault: Fault,
    path: Option<String>,
    target: Option<String>,
    skip: usize,
    times: usize,
    seen: usize,
}

impl Rule {
    /// A fault that befalls the next request.
    pub fn new(fault: Fault) -> Self {
        Self { fault, path: None, target: None, skip: 0, times: 1, seen: 0 }
    }

    /// Only requests whose path below the base is this one, or lies below it when it ends with a slash.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Only requests whose path or query holds this text.
    #[must_use]
    pub fn holding(mut self, text: &str) -> Self {
        self.target = Some(text.to_owned());
        self
    }

    /// Not the first ones.
    #[must_use]
    pub fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// That many requests.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    /// Every request from then on.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Whether this request is one of them; counts it.
    pub(super) fn applies(&mut self, path: &str, target: &str) -> bool {
        let by_path = self
            .path
            .as_deref()
            .is_none_or(|wanted| path == wanted || wanted.ends_with('/') && path.starts_with(wanted));
        if !by_path || self.target.as_deref().is_some_and(|text| !target.contains(text)) {
            return false;
        }
        self.seen += 1;
        self.seen > self.skip && self.seen - self.skip <= self.times
    }
}
