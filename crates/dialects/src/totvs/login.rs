//! Login and logout as they are spelled (section 3). Who is let in is decided by the server.

use crate::wire::{Request, Response};

/// What a login says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The login of the user.
    pub username: String,
    /// The password.
    pub password: String,
    /// The short name of the tenant.
    pub tenant: String,
}

/// Why nobody was logged in (3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginError {
    /// The body is no JSON object.
    Malformed,
    /// A key is missing, empty or no text.
    FieldMissing,
    /// Unknown user or wrong password.
    Credentials,
    /// Unknown tenant.
    Tenant,
    /// The password is right, but the user may not act.
    Inactive,
    /// Too many failures.
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
}

/// Whether a path is that of the login, or of the logout.
pub fn is_login(path: &str) -> bool {
    matches!(path.strip_suffix('/').unwrap_or(path), "/api/login" | "/login")
}

/// Whether a path is that of the logout.
pub fn is_logout(path: &str) -> bool {
    matches!(path.strip_suffix('/').unwrap_or(path), "/api/logout" | "/logout")
}

/// Reads a login.
pub fn read(_request: &Request) -> Result<Login, LoginError> {
    Err(LoginError::Malformed)
}

/// Spells a login that worked: the cookie, the user's UUID, login and name, the tenant.
pub fn logged_in(_cookie: &str, _user: (&str, &str, &str), _tenant: &str, _over_tls: bool) -> Response {
    Response::new(http::StatusCode::OK, "", "")
}

/// Spells a login that did not work.
pub fn refused(_error: LoginError) -> Response {
    Response::new(http::StatusCode::UNAUTHORIZED, "", "")
}

/// Spells a logout.
pub fn logged_out() -> Response {
    Response::new(http::StatusCode::OK, "", "")
}

/// The answer to another method than POST on these paths.
pub fn method_not_allowed() -> Response {
    Response::new(http::StatusCode::METHOD_NOT_ALLOWED, "", "")
}
