//! The practical ceiling for Favo's benchmarks: axum with bare rusqlite (or a bare PostgreSQL client) on a database that
//! Favo filled, answering with the same bytes for one static token. No tenants, rights, change log, rate limits, access
//! log or metrics, and nothing of the protocol but the requests that the benchmark sends.
//!
//! Usage: `favo-bench-reference URL TOKEN USER`, where USER is the id of the user whose token it is.

mod contact;
mod json;
mod new_contact;
mod pages;
mod postgres;
mod registries;
mod sqlite;

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as InPath, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::get;
use axum::serve::ListenerExt;
use bytes::Bytes;

use crate::new_contact::NewContact;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The first tenant of the database: the only one the benchmark makes.
pub const TENANT: i64 = 1;

/// A page of a list.
#[derive(Clone, Copy)]
pub struct Window {
    /// From 1.
    pub page: i64,
    /// Rows a page.
    pub size: i64,
}

#[expect(clippy::large_enum_variant, reason = "there is one in the whole program")]
enum Database {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

struct Server {
    database: Database,
    token: Vec<u8>,
    user: i64,
}

type Answer = Response<Body>;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn failure(status: StatusCode) -> Answer {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

fn answer<E: std::fmt::Display>(body: Result<Option<Vec<u8>>, E>) -> Answer {
    match body {
        Ok(Some(body)) => {
            let mut answer = Response::new(Body::from(Bytes::from(body)));
            let kind = HeaderValue::from_static("application/json; charset=utf-8");
            answer.headers_mut().insert(CONTENT_TYPE, kind);
            answer
        }
        Ok(None) => failure(StatusCode::NOT_FOUND),
        Err(error) => {
            eprintln!("{error}");
            failure(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

impl Server {
    fn knows(&self, headers: &HeaderMap) -> bool {
        headers.get("access-token").is_some_and(|token| token.as_bytes() == self.token)
    }
}

async fn item(State(server): State<Arc<Server>>, headers: HeaderMap, InPath(id): InPath<i64>) -> Answer {
    if !server.knows(&headers) {
        return failure(StatusCode::UNAUTHORIZED);
    }
    match &server.database {
        Database::Sqlite(database) => answer(database.get(id, now())),
        Database::Postgres(_) => failure(StatusCode::NOT_IMPLEMENTED),
    }
}

async fn list(State(server): State<Arc<Server>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    if !server.knows(&headers) {
        return failure(StatusCode::UNAUTHORIZED);
    }
    let query = query.unwrap_or_default();
    let (mut window, mut prefix) = (Window { page: 1, size: 15 }, None);
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match key {
            "page" => window.page = value.parse().unwrap_or(1).max(1),
            "displayLength" => window.size = value.parse().unwrap_or(15).clamp(1, 200),
            "nome" => prefix = Some(favo_core::text::fold(&decoded(value))),
            _ => {}
        }
    }
    match (&server.database, prefix) {
        (Database::Sqlite(database), Some(prefix)) => {
            answer(database.search(&prefix, window.size, now()).map(Some))
        }
        (Database::Sqlite(database), None) => answer(database.list(window, now()).map(Some)),
        (Database::Postgres(database), None) => answer(database.list(window, now()).await.map(Some)),
        (Database::Postgres(_), Some(_)) => failure(StatusCode::NOT_IMPLEMENTED),
    }
}

async fn create(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Answer {
    if !server.knows(&headers) {
        return failure(StatusCode::UNAUTHORIZED);
    }
    match (&server.database, NewContact::parse(&body, server.user)) {
        (Database::Sqlite(database), Some(mut new)) => answer(database.create(&mut new, now()).map(Some)),
        (Database::Sqlite(_), None) => failure(StatusCode::BAD_REQUEST),
        (Database::Postgres(_), _) => failure(StatusCode::NOT_IMPLEMENTED),
    }
}

/// Undoes percent-encoding.
fn decoded(value: &str) -> String {
    let bytes = value.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let hex = value.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

async fn serve(url: &str, token: &str, user: i64) -> Result<(), Box<dyn std::error::Error>> {
    let database = match url.strip_prefix("sqlite:") {
        Some(path) => Database::Sqlite(sqlite::Database::open(Path::new(path))?),
        None => Database::Postgres(postgres::Database::connect(url).await?),
    };
    let server = Arc::new(Server { database, token: token.as_bytes().to_vec(), user });
    let routes = Router::new()
        .route("/crm/api/1/contatos", get(list).post(create))
        .route("/crm/api/1/contatos/{id}", get(item))
        .with_state(server);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("reference listens on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, token, user] = arguments.as_slice() else {
        return Err("usage: favo-bench-reference URL TOKEN USER".into());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(url, token, user.parse()?))
}
