//! The paths for those who run the server: alive, ready, metrics. No token, no dialect.

use std::time::Duration;

use favo_dialects::wire::Response;
use http::{Method, StatusCode};

use crate::host::Host;

/// How long the database may take to answer before the server counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers one of these paths; `None` when it is none of them.
pub(crate) async fn answer(host: &Host, method: &Method, path: &str) -> Option<Response> {
    if !matches!(path, "/health/live" | "/health/ready" | "/metrics") {
        return None;
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Some(text(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n"));
    }
    Some(match path {
        "/health/live" => text(StatusCode::OK, "ok\n"),
        "/health/ready" => match tokio::time::timeout(PATIENCE, host.store.health()).await {
            Ok(Ok(())) => text(StatusCode::OK, "ok\n"),
            Ok(Err(error)) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
            Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
        },
        _ => Response::new(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", host.metrics.render()),
    })
}

/// A plain text answer.
pub(crate) fn text(status: StatusCode, body: impl Into<Vec<u8>>) -> Response {
    Response::new(status, "text/plain; charset=utf-8", body)
}
