//! Login and logout as they are spelled (section 3). Who is let in is decided by the server.

use http::StatusCode;

use super::fault::{self, Code, JSON};
use crate::json::Json;
use crate::json_out;
use crate::wire::{Request, Response};

/// The name of the cookie that holds a session.
pub(super) const COOKIE: &str = "JSESSIONID";

/// What a login says.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The login of the user.
    pub username: String,
    /// The password.
    pub password: String,
    /// The short name of the tenant.
    pub tenant: String,
}

impl std::fmt::Debug for Login {
    /// Without the password: what is debugged may end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("username", &self.username)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
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

/// Whether a path is that of the login.
pub fn is_login(path: &str) -> bool {
    matches!(path.strip_suffix('/').unwrap_or(path), "/api/login" | "/login")
}

/// Whether a path is that of the logout.
pub fn is_logout(path: &str) -> bool {
    matches!(path.strip_suffix('/').unwrap_or(path), "/api/logout" | "/logout")
}

/// Reads a login. The password is kept by every character, blanks included.
pub fn read(request: &Request) -> Result<Login, LoginError> {
    let Some(Json::Object(body)) = super::route::json(&request.body) else {
        return Err(LoginError::Malformed);
    };
    let text = |key: &str| match body.get(key) {
        Some(Json::Text(text)) if !text.is_empty() => Ok(text.clone()),
        _ => Err(LoginError::FieldMissing),
    };
    let login = Login {
        username: text("username")?.trim().to_owned(),
        password: text("password")?,
        tenant: text("tenant")?.trim().to_owned(),
    };
    if login.username.is_empty() || login.tenant.is_empty() {
        return Err(LoginError::FieldMissing);
    }
    Ok(login)
}

/// Spells a login that worked: the cookie, the user's UUID, login and name, the tenant.
pub fn logged_in(cookie: &str, user: (&str, &str, &str), tenant: &str, over_tls: bool) -> Response {
    let (id, username, name) = user;
    let mut body = Vec::with_capacity(160);
    for (before, text) in [
        (r#"{"user":{"id":"#, id),
        (r#","username":"#, username),
        (r#","name":"#, name),
        (r#"},"tenant":"#, tenant),
    ] {
        body.extend_from_slice(before.as_bytes());
        json_out::text(&mut body, text);
    }
    body.push(b'}');
    let mut response = Response::new(StatusCode::OK, JSON, body);
    let secure = if over_tls { "; Secure" } else { "" };
    response
        .headers
        .push(("set-cookie", format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax{secure}")));
    fault::unstored(response)
}

/// Spells a login that did not work.
pub fn refused(error: LoginError) -> Response {
    let (code, message) = match error {
        LoginError::Malformed => (Code::MalformedJson, "The body must be one JSON object in UTF-8."),
        LoginError::FieldMissing => {
            (Code::LoginFieldMissing, "username, password and tenant must be texts that are not empty.")
        }
        LoginError::Credentials => (Code::InvalidCredentials, "The user is unknown or the password wrong."),
        LoginError::Tenant => (Code::InvalidTenant, "The tenant is unknown."),
        LoginError::Inactive => (Code::UserInactive, "The user is blocked or inactive."),
        LoginError::TooMany { retry_after } => {
            let message = "Too many failed logins for this user or address.";
            let mut response = fault::plain(Code::TooManyLogins, message);
            response.headers.push(("retry-after", retry_after.max(1).to_string()));
            return response;
        }
    };
    fault::plain(code, message)
}

/// Spells a logout.
pub fn logged_out() -> Response {
    let mut response = Response::new(StatusCode::OK, JSON, "{}");
    response.headers.push(("set-cookie", format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly")));
    fault::unstored(response)
}

/// The answer to another method than POST on these paths.
pub fn method_not_allowed() -> Response {
    let mut response = fault::plain(Code::MethodNotAllowed, "Only POST is answered here.");
    response.headers.push(("allow", "POST".to_owned()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(body: &[u8]) -> Result<Login, LoginError> {
        read(&Request {
            method: http::Method::POST,
            path: "/api/login".to_owned(),
            query: "redirectUrl=x".to_owned(),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::copy_from_slice(body),
            base_url: String::new(),
        })
    }

    #[test]
    fn a_login_needs_three_texts_in_one_object() {
        let read = login(br#"{"username":" bia@aurora.example","password":" x ","tenant":"aurora","a":1}"#);
        let read = read.unwrap();
        assert_eq!((read.username.as_str(), read.password.as_str()), ("bia@aurora.example", " x "));
        assert_eq!(format!("{read:?}"), r#"Login { username: "bia@aurora.example", tenant: "aurora", .. }"#);
        for body in [r#"{"username":"a","password":"b","tenant":" "}"#, r#"{"username":1}"#, "{}", ""] {
            assert_eq!(login(body.as_bytes()), Err(LoginError::FieldMissing), "{body}");
        }
        for body in ["[]", "{", "x=1"] {
            assert_eq!(login(body.as_bytes()), Err(LoginError::Malformed), "{body}");
        }
    }

    #[test]
    fn a_session_is_handed_out_and_taken_back_as_a_cookie() {
        let user = ("6b0d549b-6f03-475a-9600-a35a099950d8", "bia@aurora.example", "Bia Nogueira");
        let response = logged_in("4E1B7C90A2D85F36B0C9D7E81F2A6453", user, "aurora", false);
        assert_eq!(
            String::from_utf8(response.body).unwrap(),
            r#"{"user":{"id":"6b0d549b-6f03-475a-9600-a35a099950d8","username":"bia@aurora.example","name":"Bia Nogueira"},"tenant":"aurora"}"#
        );
        let cookie = "JSESSIONID=4E1B7C90A2D85F36B0C9D7E81F2A6453; Path=/; HttpOnly; SameSite=Lax";
        assert_eq!(response.headers[0], ("set-cookie", cookie.to_owned()));
        assert_eq!(response.headers[1], ("cache-control", "no-store".to_owned()));
        assert!(logged_in("4E", user, "aurora", true).headers[0].1.ends_with("; Secure"));
        assert_eq!(logged_out().headers[0].1, "JSESSIONID=; Path=/; Max-Age=0; HttpOnly");
    }

    #[test]
    fn failures_have_a_code_of_their_own() {
        let spelled = |error| {
            let response = refused(error);
            (response.status.as_u16(), String::from_utf8(response.body).unwrap())
        };
        let (status, body) = spelled(LoginError::Credentials);
        assert_eq!(status, 401);
        assert!(body.starts_with(
            r#"{"code":"InvalidCredentials","message":"Usuário ou senha inválidos.","detailedMessage":"#
        ));
        assert_eq!(spelled(LoginError::FieldMissing).0, 400);
        let many = refused(LoginError::TooMany { retry_after: 0 });
        assert_eq!(many.status.as_u16(), 429);
        assert!(many.headers.contains(&("retry-after", "1".to_owned())));
    }
}
