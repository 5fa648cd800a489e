//! The descriptions of the dialects, for programs under `/openapi/` and for people under `/docs`. They hold no data of any
//! tenant and are answered to anybody.

use std::sync::OnceLock;

use favo_dialects::openapi::{self, Document};
use favo_dialects::wire::Response;
use favo_dialects::{egito, nectar, totvs};
use http::{Method, StatusCode};

use crate::health;

const HTML: &str = "text/html; charset=utf-8";
/// The page needs nothing from elsewhere, and is not allowed to fetch it either.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

fn documents() -> &'static [Document] {
    static DOCUMENTS: OnceLock<Vec<Document>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| vec![nectar::describe(), egito::describe(), totvs::describe()])
}

/// The answer when the path is one of a description.
pub(crate) fn answer(method: &Method, path: &str, base_url: &str) -> Option<Response> {
    let (media, body) = if matches!(path, "/docs" | "/docs/") {
        static PAGE: OnceLock<Vec<u8>> = OnceLock::new();
        (HTML, PAGE.get_or_init(|| openapi::page(documents())).clone())
    } else {
        let name = path.strip_prefix("/openapi/")?.strip_suffix(".json")?;
        let document = documents().iter().find(|document| document.name == name)?;
        ("application/json", document.json(base_url))
    };
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut response = health::text(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n");
        response.headers.push(("allow", "GET, HEAD".to_owned()));
        return Some(response);
    }
    let mut response =
        Response::new(StatusCode::OK, media, if *method == Method::HEAD { Vec::new() } else { body });
    if media == HTML {
        response.headers.push(("content-security-policy", POLICY.to_owned()));
    }
    Some(response)
}
