//! The token endpoint as it is spelled (section 4): what a token request says, and every answer to it. Who gets a token is
//! decided by the server.

use crate::wire::{Request, Response};

/// The path of the endpoint.
pub const PATH: &str = "/oauth/token";

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
pub fn read(_request: &Request) -> Result<TokenRequest, TokenError> {
    Err(TokenError::Malformed)
}

/// Spells a token.
pub fn granted(_granted: &Granted) -> Response {
    Response::new(http::StatusCode::OK, "", "")
}

/// Spells an error; `method` is the method of the request, for the first row.
pub fn refused(_error: TokenError, _method: &http::Method) -> Response {
    Response::new(http::StatusCode::BAD_REQUEST, "", "")
}
