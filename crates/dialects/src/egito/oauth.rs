//! The token endpoint as it is spelled (section 4): what a token request says, and every answer to it. Who gets a token is
//! decided by the server.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::StatusCode;
use http::header::AUTHORIZATION;

use super::form;
use crate::json::Json;
use crate::json_out;
use crate::wire::{Request, Response};

/// The path of the endpoint.
pub const PATH: &str = "/oauth/token";

/// The content type of every answer.
const JSON: &str = "application/json;charset=UTF-8";
/// Both scopes, as they are written.
const BOTH: &str = "write read";

/// What a token request says; each part as sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenRequest {
    /// `client_id` and `client_secret`; from Basic when that is there.
    pub client: Option<(String, String)>,
    /// The client came by Basic, and a parameter names another one.
    pub client_differs: bool,
    /// The client came by Basic.
    pub basic: bool,
    /// `grant_type`.
    pub grant: String,
    /// `username`.
    pub username: String,
    /// `password`.
    pub password: String,
    /// `refresh_token`.
    pub refresh_token: String,
    /// `scope`, when sent.
    pub scope: Option<String>,
}

/// A token as it is answered (4.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// Whole seconds left.
    pub expires_in: i64,
    /// The session may read.
    pub may_read: bool,
    /// The session may write.
    pub may_write: bool,
}

/// The rows of the error table (4.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a row of the table")]
pub enum TokenError {
    MethodNotAllowed,
    TooMany { retry_after: u64 },
    Malformed,
    NoClient,
    BadClient { basic: bool },
    ClientDiffers,
    UnknownScope,
    NoGrant,
    UnsupportedGrant,
    BadCredentials,
    NoRefreshToken,
    UnknownRefreshToken,
    ForeignRefreshToken,
    ExpiredRefreshToken,
    WiderScope,
    Server,
}

/// Reads a token request; the rows it can decide by itself are decided.
pub fn read(request: &Request) -> Result<TokenRequest, TokenError> {
    let mut sent = form::pairs(request.query.as_bytes()).ok_or(TokenError::Malformed)?;
    sent.extend(body(&request.body).ok_or(TokenError::Malformed)?);
    // The body stands behind the query, and the last value of a name counts.
    let value = |name: &str| {
        let found = sent.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    let named = value("client_id").map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    let by_header = basic(request);
    let client_differs = match (&by_header, &named) {
        (Some((id, _)), Some(named)) => id.trim() != named,
        _ => false,
    };
    let basic = by_header.is_some();
    let client = by_header.or_else(|| Some((named?, value("client_secret").unwrap_or_default())));
    if client.is_none() {
        return Err(TokenError::NoClient);
    }
    Ok(TokenRequest {
        client,
        client_differs,
        basic,
        grant: value("grant_type").unwrap_or_default(),
        username: value("username").unwrap_or_default(),
        password: value("password").unwrap_or_default(),
        refresh_token: value("refresh_token").unwrap_or_default(),
        scope: value("scope").filter(|scope| !scope.trim().is_empty()),
    })
}

/// The parameters in a body: a form, or a JSON object of texts.
fn body(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    if !bytes.starts_with(b"{") {
        return form::pairs(bytes);
    }
    let Json::Object(object) = Json::parse(std::str::from_utf8(bytes).ok()?, 2)? else { return None };
    let mut pairs = Vec::with_capacity(object.len());
    for (key, value) in object {
        match value {
            Json::Text(text) => pairs.push((key, text)),
            Json::Null => {}
            _ => return None,
        }
    }
    Some(pairs)
}

/// Client and secret from the header, when it is Basic; what cannot be decoded names no client.
fn basic(request: &Request) -> Option<(String, String)> {
    let value = request.headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    let pair = engine.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.unwrap_or_default();
    let (id, secret) = pair.split_once(':').unwrap_or((&pair, ""));
    Some((id.trim().to_owned(), secret.to_owned()))
}

/// Spells a token.
pub fn granted(granted: &Granted) -> Response {
    let mut out = b"{\"access_token\":".to_vec();
    json_out::text(&mut out, &granted.access_token);
    out.extend_from_slice(b",\"token_type\":\"bearer\",\"refresh_token\":");
    json_out::text(&mut out, &granted.refresh_token);
    out.extend_from_slice(b",\"expires_in\":");
    json_out::int(&mut out, granted.expires_in);
    out.extend_from_slice(b",\"scope\":");
    let scope = match (granted.may_read, granted.may_write) {
        (true, true) => BOTH,
        (true, false) => "read",
        (false, _) => "write",
    };
    json_out::text(&mut out, scope);
    out.push(b'}');
    answer(StatusCode::OK, out)
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(status, JSON, body);
    response.headers.push(("cache-control", "no-store".to_owned()));
    response.headers.push(("pragma", "no-cache".to_owned()));
    response
}

/// Spells an error; `method` is the method of the request, for the first row.
pub fn refused(error: TokenError, method: &http::Method) -> Response {
    use TokenError as E;
    let unsupported = format!("Request method '{method}' not supported");
    let (status, word, description) = match error {
        E::MethodNotAllowed => (405, "method_not_allowed", unsupported.as_str()),
        E::TooMany { .. } => (429, "too_many_requests", "Too many requests"),
        E::Malformed => (400, "invalid_request", "Malformed request body"),
        E::NoClient => (401, "unauthorized", "Full authentication is required to access this resource"),
        E::BadClient { .. } => (401, "invalid_client", "Bad client credentials"),
        E::ClientDiffers => (401, "invalid_client", "Given client ID does not match authenticated client"),
        E::UnknownScope => (400, "invalid_scope", "Invalid scope"),
        E::NoGrant => (400, "invalid_request", "Missing grant type"),
        E::UnsupportedGrant => (400, "unsupported_grant_type", "Unsupported grant type"),
        E::BadCredentials => (400, "invalid_grant", "Bad credentials"),
        E::NoRefreshToken => (400, "invalid_request", "refresh_token parameter not provided"),
        E::UnknownRefreshToken => (400, "invalid_grant", "Invalid refresh token"),
        E::ForeignRefreshToken => (400, "invalid_grant", "Wrong client for this refresh token"),
        E::ExpiredRefreshToken => (401, "invalid_token", "Invalid refresh token (expired)"),
        E::WiderScope => (400, "invalid_scope", "Unable to narrow the scope of the client authentication"),
        E::Server => (500, "server_error", "Internal Server Error"),
    };
    let mut out = b"{\"error\":".to_vec();
    json_out::text(&mut out, word);
    out.extend_from_slice(b",\"error_description\":");
    json_out::text(&mut out, description);
    if matches!(error, E::UnknownScope | E::WiderScope) {
        out.extend_from_slice(b",\"scope\":");
        json_out::text(&mut out, BOTH);
    }
    out.push(b'}');
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer(status, out);
    if status == StatusCode::UNAUTHORIZED {
        let scheme = match error {
            E::BadClient { basic: true } | E::ClientDiffers => "Basic",
            E::ExpiredRefreshToken => "Bearer",
            _ => "Form",
        };
        let value =
            format!("{scheme} realm=\"oauth\", error=\"{word}\", error_description=\"{description}\"");
        response.headers.push(("www-authenticate", value));
    }
    match error {
        E::MethodNotAllowed => response.headers.push(("allow", "POST, GET".to_owned())),
        E::TooMany { retry_after } => response.headers.push(("retry-after", retry_after.to_string())),
        _ => {}
    }
    response
}

#[cfg(test)]
mod tests;
