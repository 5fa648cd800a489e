//! The host around three dialects: whose path it is, bodies, odd headers, the log, metrics, and a flood of logins.

use std::time::{Duration, Instant};

use crate::house::{CALL, CALL_BY_COOKIE, House, PASSWORD, SECRET, form, login, request};

#[test]
fn each_dialect_has_its_paths_and_the_rest_is_nobodys() {
    let house = House::open();
    for (path, status) in [
        ("/crm/api/1/contatos", 401),
        ("/services/restapi/json/Account/list", 401),
        ("/services/restapi/json", 401),
        ("/oauth/token", 401),
        ("/api/v4/user/users", 401),
        ("/api/integration", 401),
        ("/api", 401),
        ("/login", 405),
        ("/logout", 405),
        ("/services/restapi/jsonx", 404),
        ("/services", 404),
        ("/oauth", 404),
        ("/oauth/token/", 404),
        ("/oauth/authorize", 404),
        ("/apiary", 404),
        ("/logins", 404),
        ("/", 404),
    ] {
        assert_eq!(house.send("GET", path, &[], "").status, status, "{path}");
    }
}

#[test]
fn the_gateway_lies_where_the_server_is_told() {
    let house = House::with(|config| config.totvs.gateway_path = "/crm-gateway".to_owned());
    assert_eq!(house.send("GET", "/crm-gateway", &[], "").status, 401);
    let moved = House::open();
    assert_eq!(moved.send("GET", "/crm-gateway", &[], "").status, 404);
}

#[test]
fn headers_that_are_no_text_are_no_credentials() {
    let house = House::open();
    let raw = |target: &str, name: &[u8], value: &[u8]| {
        let plain = request("GET", target, &[("Host", "127.0.0.1")], b"");
        let end = plain.len() - 2;
        let bytes = [&plain[..end], name, b": ", value, b"\r\n\r\n"].concat();
        house.exchange(&bytes)
    };
    assert_eq!(raw(CALL, b"Authorization", b"Bearer \xff\xfe").status, 401);
    assert_eq!(raw(CALL, b"Authorization", "Bearer zażółć".as_bytes()).status, 401);
    assert_eq!(raw(CALL_BY_COOKIE, b"Cookie", b"JSESSIONID=\xff\xfe").status, 401);
    assert_eq!(raw("/oauth/token", b"Authorization", b"Basic \xff").status, 401);
    let cookie = house.log_in("aurora");
    let other = [b"theme=\xff; ".as_slice(), cookie.as_bytes()].concat();
    // A cookie of somebody else's making does not hide ours.
    let headers = [b"x=1\r\nCookie: ".as_slice(), cookie.as_bytes()].concat();
    assert_eq!(raw(CALL_BY_COOKIE, b"Cookie", &headers).status, 200);
    assert!(matches!(raw(CALL_BY_COOKIE, b"Cookie", &other).status, 200 | 401));
}

#[test]
fn a_strangers_large_body_is_not_read() {
    let house = House::open();
    let large = "x".repeat(3 * 1024 * 1024);
    let json = ("Content-Type", "application/json");
    let create = "/services/restapi/json/Account/create";
    for headers in [&[json][..], &[json, ("Authorization", "Bearer wrong")]] {
        assert_eq!(house.send("POST", create, headers, &large).status, 401);
    }
    assert_eq!(house.send("POST", "/api/integration", &[json], &large).code().1, "SessionMissing");
    let wrong = [json, ("Cookie", "JSESSIONID=x")];
    assert_eq!(house.send("POST", "/api/integration", &wrong, &large).code().1, "SessionExpired");
    // The same when the body does not say how large it is.
    let mut chunked = request("POST", create, &[json, ("Transfer-Encoding", "chunked")], b"");
    let text = String::from_utf8(chunked).expect("text").replace("Content-Length: 0\r\n", "");
    chunked = text.into_bytes();
    chunked.extend_from_slice(format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len()).as_bytes());
    assert_eq!(house.exchange(&chunked).status, 401);
}

#[test]
fn a_body_above_the_limit_is_refused_in_the_form_of_the_dialect() {
    let house = House::with(|config| {
        config.egito.max_body = 200_000;
        config.totvs.max_body = 300_000;
    });
    let json = ("Content-Type", "application/json");
    let token = house.sign_in("acme");
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let create = "/services/restapi/json/Account/create";
    let egito = |size: usize| {
        let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(size));
        house.send("POST", create, &[json, ("Authorization", &bearer)], &body)
    };
    assert_eq!(egito(200_001).with(413).json()["errors"][0]["code"], "body.tooLarge");
    assert_eq!(egito(150_000).status, 400, "too long a name, but not too large a body");
    // What is wrong before the body is told first, and as the tenant wants to be told.
    let at = |target: &str, language: &str| {
        let headers = [json, ("Authorization", bearer.as_str()), ("Accept-Language", language)];
        let answer = house.send("POST", target, &headers, &"x".repeat(200_001));
        let message = answer.json()["errors"][0]["message"].as_str().expect("a message").to_owned();
        format!("{} {message}", answer.status)
    };
    assert_eq!(at("/services/restapi/json/Nothing/create", "en"), "404 Unknown entity.");
    assert_eq!(at(create, "en"), "413 The request body is too large.");
    house.set("acme", "egito.error_status", "200");
    assert_eq!(at(create, "pl"), "200 Treść żądania jest za duża.");
    let cookie = house.log_in("aurora");
    let totvs = |size: usize| {
        let headers = [json, ("Cookie", cookie.as_str())];
        house.send("POST", "/api/v4/customer/customers-integration", &headers, &"x".repeat(size))
    };
    assert_eq!(totvs(300_001).code(), (413, "BodyTooLarge".to_owned()));
    assert_eq!(totvs(250_000).code(), (400, "MalformedJson".to_owned()));
    // Who is out of time is told that first.
    house.later(7200);
    assert_eq!(egito(200_001).error().2, "Access token expired");
    assert_eq!(totvs(300_001).code().1, "SessionExpired");
    // Nobody signs in with as much.
    let large = "x".repeat(100_000);
    let answer = house.send("POST", "/oauth/token", &[], &large);
    assert_eq!(answer.error(), (400, "invalid_request".to_owned(), "Malformed request body".to_owned()));
    assert_eq!(house.send("POST", "/api/login", &[], &large).code(), (413, "BodyTooLarge".to_owned()));
}

#[test]
fn no_secret_reaches_the_log() {
    let house = House::open();
    let token = house.sign_in("acme");
    let (access, refresh) =
        (token["access_token"].as_str().expect("a token"), token["refresh_token"].as_str().expect("a token"));
    house.call(access).with(200);
    house.send("GET", &format!("{CALL}&access_token={access}"), &[], "").with(200);
    house.send("GET", &format!("{CALL}&access%5Ftoken={access}"), &[], "");
    let renewal = form(&[
        ("grant_type", "refresh_token"),
        ("client_id", "client-of-acme"),
        ("client_secret", SECRET),
        ("refresh_token", refresh),
    ]);
    for method in ["GET", "PUT"] {
        house.send(method, &format!("/oauth/token?{renewal}"), &[], "");
    }
    house.send("POST", &format!("/oauth/token%3F{renewal}"), &[], "");
    house.send("POST", &format!("/oauth/token/?{renewal}"), &[], "");
    let cookie = house.log_in("aurora");
    let value = cookie.strip_prefix("JSESSIONID=").expect("a cookie");
    house.call_with(&cookie).with(200);
    house.send("GET", &format!("{CALL_BY_COOKIE};jsessionid={value}"), &[], "");
    house.send("GET", &format!("{CALL_BY_COOKIE}?jsessionid={value}&page=1"), &[], "");
    house.send("POST", "/api/login", &[], &login("anna@aurora.example", "Unusual-1", "aurora")).with(401);
    let log = house.log();
    assert!(log.lines().count() >= 12, "{log}");
    for secret in [access, refresh, value, SECRET, PASSWORD, "s3cret", "Tr3m", "Unusual", "client-of-acme"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    assert!(log.contains(r#""path":"/oauth/token","status":200"#), "{log}");
    assert!(log.contains("?type=gender\""), "{log}");
    // Who signed in can be told from it.
    let line = log.lines().find(|line| line.contains("/oauth/token")).expect("a line");
    assert!(line.contains("\"tenant\":1") && line.contains("\"user\":1"), "{line}");
}

#[test]
fn a_write_that_is_undone_is_answered_in_the_words_of_its_dialect() {
    let house = House::open();
    let cookie = house.log_in("aurora");
    let path = "/api/v4/customer/customers-integration";
    let create = |name: &str| {
        let body = format!(r#"{{"name":"{name}","externalId":"C-118"}}"#);
        house.send("POST", path, &[("Cookie", &cookie), ("Integration-Action", "create")], &body)
    };
    create("Padaria Aurora").with(201);
    assert_eq!(create("Padaria do Norte").code(), (409, "DuplicateKey".to_owned()));
    let listed = house.send("GET", path, &[("Cookie", &cookie)], "").with(200).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[test]
fn metrics_tell_the_dialects_apart() {
    let house = House::open();
    let token = house.sign_in("acme");
    house.call(token["access_token"].as_str().expect("a token")).with(200);
    let cookie = house.log_in("aurora");
    house.call_with(&cookie).with(200);
    let text = house.send("GET", "/metrics", &[], "").with(200).body;
    for line in [
        "favo_http_requests_total{dialect=\"egito\",method=\"POST\",status=\"2xx\"} 1",
        "favo_http_requests_total{dialect=\"egito\",method=\"GET\",status=\"2xx\"} 1",
        "favo_http_requests_total{dialect=\"totvs\",method=\"POST\",status=\"2xx\"} 1",
        "favo_http_requests_total{dialect=\"totvs\",method=\"GET\",status=\"2xx\"} 1",
    ] {
        assert!(text.lines().any(|written| written == line), "{line} is missing in\n{text}");
    }
}

#[test]
fn a_flood_of_logins_does_not_stop_another_tenants_calls() {
    let house = House::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")]);
    let cookie = house.log_in("aurora");
    house.set("aurora", "totvs.rate_per_second", "0");
    let measured = || {
        let mut times: Vec<Duration> = (0..60)
            .map(|_| {
                let began = Instant::now();
                house.call_with(&cookie).with(200);
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    let calm = measured();
    let over = std::sync::atomic::AtomicBool::new(false);
    let flooded = std::thread::scope(|scope| {
        for thread in 0..40 {
            let (house, over) = (&house, &over);
            scope.spawn(move || {
                for number in 0.. {
                    if over.load(std::sync::atomic::Ordering::Relaxed) {
                        break;
                    }
                    // From ever new addresses, as ever new users: nothing but the queue slows them down.
                    let from = format!("10.{thread}.{}.{}", number / 250, number % 250);
                    let body = login(&format!("nobody{thread}x{number}@acme.example"), "x", "acme");
                    let answer =
                        house.send("POST", "/api/login", &[("X-Forwarded-For", &from)], &body).status;
                    assert!(matches!(answer, 401 | 429), "{answer}");
                    if answer == 429 {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        let flooded = measured();
        // While acme is flooded, aurora can still be signed in to.
        let signed_in = house.log_in("aurora");
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        house.call_with(&signed_in).with(200);
        flooded
    });
    // Forty threads of this test take their part of the cores as well.
    let bound = (calm * 25).max(Duration::from_millis(100));
    assert!(flooded < bound, "{calm:?} without, {flooded:?} with a flood");
}
