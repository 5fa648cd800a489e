//! Reading the body of a request: whole, bounded in size and time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use favo_dialects::wire::Response;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Bodies up to this size are not worth counting.
const SMALL: usize = 64 * 1024;
/// How much of a body that is too large is read to the end before the refusal is sent: a client that is still writing
/// when the connection closes would never see the answer.
const DRAIN: u64 = 64 * 1024 * 1024;

/// Why there is no body.
#[derive(Debug)]
pub(crate) enum NoBody {
    /// It would be a stranger's: this is the answer.
    Refused(Response),
    /// It has more bytes than allowed.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
    /// The client went away or broke the protocol.
    Broken,
}

/// Whether a body may be large: it says so, or does not say.
pub(crate) fn is_large(body: &Incoming, headers: &HeaderMap) -> bool {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    !body.is_end_stream() && announced.is_none_or(|length| length > SMALL as u64)
}

/// Reads a body of at most `limit` bytes within `time`; large ones wait for a place in `large`.
pub(crate) async fn read(
    body: Incoming,
    headers: &HeaderMap,
    limit: usize,
    time: Duration,
    large: &Semaphore,
) -> Result<Bytes, NoBody> {
    // Most requests have none: no timer for them.
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let over = announced.is_some_and(|length| length > limit as u64);
    // Asking for the body would make hyper answer `100 Continue`.
    if over && (headers.contains_key(EXPECT) || announced.is_some_and(|length| length > DRAIN)) {
        return Err(NoBody::TooLarge);
    }
    // Waiting for a place is not the client's delay.
    let large_one = !over && limit > SMALL && announced.is_some_and(|length| length > SMALL as u64);
    let place = if large_one { large.acquire().await.ok() } else { None };
    match tokio::time::timeout(time, collect(body, if over { 0 } else { limit }, place, large)).await {
        Ok(result) => result,
        Err(_) => Err(NoBody::TooSlow),
    }
}

/// The place is held while the body arrives: that is when a slow client makes the server hold on to memory.
async fn collect<'s>(
    mut body: Incoming,
    limit: usize,
    mut place: Option<SemaphorePermit<'s>>,
    large: &'s Semaphore,
) -> Result<Bytes, NoBody> {
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    let (mut length, mut too_large) = (0_usize, false);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        length += data.len();
        if too_large || length > limit {
            (too_large, first, rest) = (true, Bytes::new(), BytesMut::new());
            if length as u64 > DRAIN {
                break;
            }
        } else if first.is_empty() {
            first = data;
        } else {
            if place.is_none() && length > SMALL {
                place = large.acquire().await.ok();
            }
            if rest.is_empty() {
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&data);
        }
    }
    drop(place);
    match (too_large, rest.is_empty()) {
        (true, _) => Err(NoBody::TooLarge),
        (false, true) => Ok(first),
        (false, false) => Ok(rest.freeze()),
    }
}
