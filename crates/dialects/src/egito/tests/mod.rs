//! What is told before anything is known of a tenant: tokens, refusals, hosts, verbs.

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::*;

fn request(method: Method, target: &str, headers: &[(&'static str, &'static str)], body: &str) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: map,
        body: bytes::Bytes::copy_from_slice(body.as_bytes()),
        base_url: String::new(),
    }
}

#[test]
fn a_token_is_found_in_header_query_and_body() {
    const LIST: &str = "/services/restapi/json/Account/list";
    let token = |target: &str, headers: &[(&'static str, &'static str)], body: &str| {
        credentials(&request(Method::POST, target, headers, body))
    };
    let query = [LIST, "?access_token=q"].concat();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let json = ("content-type", "application/json");
    for (expected, target, headers, body) in [
        (Some("h"), LIST, vec![("authorization", "Bearer h")], ""),
        (Some("h"), LIST, vec![("authorization", "bEARER  h, Basic x")], ""),
        (Some("h"), query.as_str(), vec![("authorization", "Bearer h")], ""),
        (Some("q"), query.as_str(), vec![form], "access_token=b"),
        (Some("q"), query.as_str(), vec![("authorization", "Basic eDp5")], ""),
        (Some("b"), LIST, vec![form], "name=X&access_token=b"),
        (Some("b"), LIST, vec![json], r#"{"access_token":"b"}"#),
        (Some("b"), LIST, vec![], r#"{"access_token":"b"}"#),
        (
            Some("b"),
            LIST,
            vec![("content-type", "multipart/form-data; boundary=x")],
            "--x\r\nContent-Disposition: form-data; name=\"access_token\"\r\n\r\nb\r\n--x--",
        ),
        (None, LIST, vec![json], r#"{"access_token":"b""#),
        (None, LIST, vec![json], r#"{"a":{"access_token":"b"}}"#),
        (None, LIST, vec![("authorization", "Basic eDp5")], ""),
        (None, LIST, vec![("authorization", "Bearer ")], "access_token="),
        (None, LIST, vec![], ""),
    ] {
        assert_eq!(token(target, &headers, body).as_deref(), expected, "{target} {headers:?} {body}");
    }
}

#[test]
fn refusals_have_the_bytes_and_headers_of_the_specification() {
    for (refusal, error, text) in [
        (Refusal::NoToken, "unauthorized", "Full authentication is required to access this resource"),
        (Refusal::Unknown, "invalid_token", "Invalid access token"),
        (Refusal::Expired, "invalid_token", "Access token expired"),
        (Refusal::ClientGone, "invalid_token", "Client not valid"),
    ] {
        let response = refuse(refusal);
        let body = format!(
            r#"{{"error":"{error}","error_description":"{text}","errors":[{{"object":"OAuth2","message":"{text}","code":"{error}"}}]}}"#
        );
        assert_eq!(String::from_utf8(response.body).unwrap(), body);
        assert_eq!((response.status, response.content_type), (StatusCode::UNAUTHORIZED, fault::JSON));
        let challenge = format!(r#"Bearer realm="oauth", error="{error}", error_description="{text}""#);
        assert!(response.headers.contains(&("www-authenticate", challenge)));
        assert!(response.headers.contains(&("cache-control", "no-store".to_owned())));
    }
    let busy = refuse(Refusal::TooMany(Duration::from_millis(1500)));
    assert_eq!(busy.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(busy.headers.contains(&("retry-after", "2".to_owned())));
    let body = String::from_utf8(busy.body).unwrap();
    assert!(body.contains(r#""message":"Zbyt wiele żądań.","code":"rate.exceeded""#), "{body}");
}

#[test]
fn a_host_names_a_tenant_by_its_first_label() {
    let mut settings = ServerSettings::default();
    settings.host_suffixes.push(".crm.example".to_owned());
    for (host, tenant) in [
        ("acme.egito.pl", Some("acme")),
        ("ACME.Egito.PL:8443", Some("acme")),
        ("acme.crm.example", Some("acme")),
        ("a.acme.egito.pl", None),
        (".egito.pl", None),
        ("egito.pl", None),
        ("127.0.0.1:7077", None),
        ("[::1]:7077", None),
        ("", None),
    ] {
        assert_eq!(tenant_of_host(host, &settings).as_deref(), tenant, "{host}");
    }
}

#[test]
fn options_are_told_for_known_paths_only() {
    let allow = |path: &str| {
        let response = options(&request(Method::OPTIONS, path, &[], ""))?;
        assert_eq!((response.status, response.body.len()), (StatusCode::NO_CONTENT, 0));
        response.headers.into_iter().find(|(name, _)| *name == "allow").map(|(_, allow)| allow)
    };
    let get = Some("GET, HEAD, POST, OPTIONS".to_owned());
    assert_eq!(allow("/services/restapi/json/Account/get/5"), get);
    assert_eq!(allow("/services/restapi/json/Order/create"), Some("POST, OPTIONS".to_owned()));
    assert_eq!(allow("/oauth/token"), Some("POST, GET, OPTIONS".to_owned()));
    assert_eq!(allow("/services/restapi/json/Account/erase"), None);
    assert!(options(&request(Method::GET, "/services/restapi/json/Account/list", &[], "")).is_none());
}

#[test]
fn only_calls_that_can_be_carried_out_write() {
    let writes = |method: Method, path: &str, body: &str| {
        route(&request(method, &[BASE, path].concat(), &[], body)).writes
    };
    assert!(writes(Method::POST, "/Account/create", "name=X"));
    assert!(writes(Method::PUT, "/Account/update/5", "name=X"));
    assert!(writes(Method::DELETE, "/Account/delete/5", ""));
    assert!(!writes(Method::POST, "/Account/list", "name=X"));
    assert!(!writes(Method::POST, "/Account/create", "{"));
    assert!(!writes(Method::GET, "/Account/create", ""));
    assert!(!writes(Method::POST, "/User/create", ""));
    assert!(owns("/services/restapi/json/x") && owns("/oauth/token") && !owns("/services/restapi/jsonx"));
}

#[test]
fn faults_of_the_server_name_a_reference_and_nothing_else() {
    let told = |error: Error| {
        let response = wire_error(&error);
        (response.status.as_u16(), String::from_utf8(response.body).unwrap())
    };
    let (status, body) = told(Error::Storage("reference 0a1b2c3d: disk gone: /var/lib".to_owned()));
    let expected =
        r#"{"errors":[{"object":"Request","message":"Błąd serwera (0a1b2c3d).","code":"server.error"}]}"#;
    assert_eq!((status, body.as_str()), (500, expected));
    let (status, body) = told(Error::Internal("secret".to_owned()));
    assert!(status == 500 && !body.contains("secret"), "{body}");
    assert_eq!(told(Error::NotFound).0, 404);
    assert_eq!(told(Error::Forbidden).0, 403);
    assert_eq!(told(Error::Conflict).0, 409);
    assert_eq!(told(Error::Refused(Vec::new())).0, 409);
}
