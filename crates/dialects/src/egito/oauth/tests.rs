//! Every row of 4.9, and what a request may look like.

use http::{HeaderMap, HeaderValue, Method};

use super::*;

fn asked(query: &str, basic: Option<&'static str>, body: &str) -> Result<TokenRequest, TokenError> {
    let mut headers = HeaderMap::new();
    if let Some(value) = basic {
        headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
    }
    read(&Request {
        method: Method::POST,
        path: PATH.to_owned(),
        query: query.to_owned(),
        headers,
        body: bytes::Bytes::copy_from_slice(body.as_bytes()),
        base_url: String::new(),
    })
}

fn client(request: &TokenRequest) -> (&str, &str) {
    request.client.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str())).unwrap()
}

#[test]
fn the_published_call_is_read_from_the_query() {
    let query =
        "grant_type=password&client_id=+www-form&client_secret=k3-Zq81&username=www%40acme&password=p%2Fq7";
    let request = asked(query, None, "").unwrap();
    assert_eq!(client(&request), ("www-form", "k3-Zq81"));
    let parts = [&request.grant, &request.username, &request.password, &request.refresh_token];
    assert_eq!(parts, ["password", "www@acme", "p/q7", ""]);
    assert_eq!((request.basic, request.client_differs, request.scope), (false, false, None));
}

#[test]
fn the_body_wins_over_the_query_in_either_form() {
    let form = asked("client_id=a&grant_type=x&username=q", None, "grant_type=password&scope=read").unwrap();
    assert_eq!((form.grant.as_str(), form.username.as_str()), ("password", "q"));
    assert_eq!(form.scope.as_deref(), Some("read"));
    let json = asked(
        "client_id=a&grant_type=x",
        None,
        " {\"grant_type\":\"refresh_token\",\"refresh_token\":\"r\"}\n",
    );
    let json = json.unwrap();
    assert_eq!((json.grant.as_str(), json.refresh_token.as_str()), ("refresh_token", "r"));
    assert_eq!(client(&json), ("a", ""));
    for body in ["{\"grant_type\":1}", "{\"a\":", "a=%ff"] {
        assert_eq!(asked("client_id=a", None, body), Err(TokenError::Malformed), "{body}");
    }
}

#[test]
fn basic_decides_who_the_client_is() {
    // www-form:k3:x
    let basic = Some("Basic d3d3LWZvcm06azM6eA==");
    let request = asked("client_secret=other", basic, "").unwrap();
    assert_eq!(client(&request), ("www-form", "k3:x"));
    assert!(request.basic && !request.client_differs);
    assert!(asked("client_id=someone", basic, "").unwrap().client_differs);
    assert!(!asked("client_id=www-form", basic, "").unwrap().client_differs);
    assert_eq!(asked("grant_type=password", None, ""), Err(TokenError::NoClient));
    assert_eq!(asked("client_id=%20", Some("Bearer x"), ""), Err(TokenError::NoClient));
    assert_eq!(client(&asked("", Some("basic !!"), "").unwrap()), ("", ""));
}

#[test]
fn a_token_is_spelled_key_by_key() {
    let mut token = Granted {
        access_token: "5b0c2a1e-7d44-4f0e-9a63-1c2f7be09d15".to_owned(),
        refresh_token: "e4d9f6b2-30a7-4c8b-b1de-92a6c5070f3a".to_owned(),
        expires_in: 3412,
        may_read: true,
        may_write: true,
    };
    let response = granted(&token);
    let expected = r#"{"access_token":"5b0c2a1e-7d44-4f0e-9a63-1c2f7be09d15","token_type":"bearer","refresh_token":"e4d9f6b2-30a7-4c8b-b1de-92a6c5070f3a","expires_in":3412,"scope":"write read"}"#;
    assert_eq!(String::from_utf8(response.body).unwrap(), expected);
    assert_eq!((response.status, response.content_type), (StatusCode::OK, "application/json;charset=UTF-8"));
    let headers = vec![("cache-control", "no-store".to_owned()), ("pragma", "no-cache".to_owned())];
    assert_eq!(response.headers, headers);
    token.may_write = false;
    assert!(String::from_utf8(granted(&token).body).unwrap().ends_with(r#""scope":"read"}"#));
    (token.may_write, token.may_read) = (true, false);
    assert!(String::from_utf8(granted(&token).body).unwrap().ends_with(r#""scope":"write"}"#));
}

#[test]
fn every_row_of_the_table_has_its_bytes() {
    use TokenError as E;
    let plain = |error: &str, text: &str| format!(r#"{{"error":"{error}","error_description":"{text}"}}"#);
    let scoped = |text: &str| {
        format!(r#"{{"error":"invalid_scope","error_description":"{text}","scope":"write read"}}"#)
    };
    for (error, status, body) in [
        (E::MethodNotAllowed, 405, plain("method_not_allowed", "Request method 'PUT' not supported")),
        (E::TooMany { retry_after: 7 }, 429, plain("too_many_requests", "Too many requests")),
        (E::Malformed, 400, plain("invalid_request", "Malformed request body")),
        (E::NoClient, 401, plain("unauthorized", "Full authentication is required to access this resource")),
        (E::BadClient { basic: false }, 401, plain("invalid_client", "Bad client credentials")),
        (
            E::ClientDiffers,
            401,
            plain("invalid_client", "Given client ID does not match authenticated client"),
        ),
        (E::UnknownScope, 400, scoped("Invalid scope")),
        (E::NoGrant, 400, plain("invalid_request", "Missing grant type")),
        (E::UnsupportedGrant, 400, plain("unsupported_grant_type", "Unsupported grant type")),
        (E::BadCredentials, 400, plain("invalid_grant", "Bad credentials")),
        (E::NoRefreshToken, 400, plain("invalid_request", "refresh_token parameter not provided")),
        (E::UnknownRefreshToken, 400, plain("invalid_grant", "Invalid refresh token")),
        (E::ForeignRefreshToken, 400, plain("invalid_grant", "Wrong client for this refresh token")),
        (E::ExpiredRefreshToken, 401, plain("invalid_token", "Invalid refresh token (expired)")),
        (E::WiderScope, 400, scoped("Unable to narrow the scope of the client authentication")),
        (E::Server, 500, plain("server_error", "Internal Server Error")),
    ] {
        let response = refused(error, &Method::PUT);
        assert_eq!(response.status.as_u16(), status, "{error:?}");
        assert_eq!(String::from_utf8(response.body).unwrap(), body);
        assert_eq!(response.content_type, "application/json;charset=UTF-8");
        assert!(response.headers.contains(&("cache-control", "no-store".to_owned())));
        assert!(response.headers.contains(&("pragma", "no-cache".to_owned())));
        let challenged = response.headers.iter().any(|(name, _)| *name == "www-authenticate");
        assert_eq!(challenged, status == 401, "{error:?}");
    }
}

#[test]
fn a_wrong_secret_is_challenged_as_it_was_sent() {
    for (basic, scheme) in [(false, "Form"), (true, "Basic")] {
        let response = refused(TokenError::BadClient { basic }, &Method::POST);
        let expected = format!(
            "{scheme} realm=\"oauth\", error=\"invalid_client\", error_description=\"Bad client credentials\""
        );
        assert!(response.headers.contains(&("www-authenticate", expected)));
    }
    let busy = refused(TokenError::TooMany { retry_after: 31 }, &Method::POST);
    assert!(busy.headers.contains(&("retry-after", "31".to_owned())));
}
