//! Sessions of the TOTVS dialect over HTTP: login, use, expiry, logout, and everything that is refused on the way.

use std::time::Duration;

use crate::house::{Answer, CALL_BY_COOKIE, House, PASSWORD, login};

fn log_in(house: &House, headers: &[(&str, &str)], body: &str) -> Answer {
    house.send("POST", "/api/login", headers, body)
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn a_login_sets_a_cookie_and_says_who_came() {
    let house = House::open();
    let body = login("anna@aurora.example", PASSWORD, "aurora");
    let answer = log_in(&house, &[("Content-Type", "application/json")], &body).with(200);
    let cookie = answer.cookie();
    let value = cookie.strip_prefix("JSESSIONID=").expect("the name");
    assert_eq!(
        answer.header("set-cookie"),
        Some(format!("JSESSIONID={value}; Path=/; HttpOnly; SameSite=Lax").as_str())
    );
    assert!(value.len() == 32 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')));
    assert_eq!(answer.header("content-type"), Some("application/json;charset=UTF-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let id = answer.json()["user"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        answer.body,
        format!(
            r#"{{"user":{{"id":"{id}","username":"anna@aurora.example","name":"Anna Kos"}},"tenant":"aurora"}}"#
        )
    );
    house.call_with(&cookie).with(200);
}

#[test]
fn names_of_users_and_tenants_ignore_case_and_types_are_not_looked_at() {
    let house = House::open();
    for (path, kind) in
        [("/login", "text/plain"), ("/api/login/", "application/xml"), ("/login?redirectUrl=/x", "")]
    {
        let body = login("ANNA@Aurora.example", PASSWORD, "AURORA");
        let answer = house.send("POST", path, &[("Content-Type", kind)], &body).with(200);
        assert_eq!(answer.header("location"), None);
    }
}

#[test]
fn each_row_of_the_table_of_failed_logins_is_answered() {
    let house = House::open();
    let blocked = house.user("aurora", "caio@aurora.example", "seller");
    house.active("aurora", blocked, false);
    let ask = |body: &str| log_in(&house, &[], body).code();
    for body in ["{", "[]", "\"x\"", "username=anna"] {
        assert_eq!(ask(body), code(400, "MalformedJson"), "{body}");
    }
    for body in [
        "",
        "{}",
        r#"{"username":"a","password":"","tenant":"aurora"}"#,
        r#"{"username":1,"password":"x","tenant":"x"}"#,
    ] {
        assert_eq!(ask(body), code(400, "LoginFieldMissing"), "{body}");
    }
    assert_eq!(ask(&login("anna@aurora.example", "tr3m-7!", "aurora")), code(401, "InvalidCredentials"));
    assert_eq!(ask(&login("nobody@aurora.example", PASSWORD, "aurora")), code(401, "InvalidCredentials"));
    assert_eq!(ask(&login("anna@aurora.example", PASSWORD, "acme")), code(401, "InvalidCredentials"));
    assert_eq!(ask(&login("anna@aurora.example", PASSWORD, "nobody")), code(401, "InvalidTenant"));
    assert_eq!(ask(&login("caio@aurora.example", PASSWORD, "aurora")), code(401, "UserInactive"));
    assert_eq!(ask(&login("caio@aurora.example", "wrong", "aurora")), code(401, "InvalidCredentials"));
    house.send("GET", "/api/login", &[], "").with(405);
}

#[test]
fn a_server_may_hide_which_tenants_there_are() {
    let house = House::with(|config| config.same_tenant_error = true);
    let wrong = log_in(&house, &[], &login("anna@aurora.example", "wrong", "aurora"));
    let nobody = log_in(&house, &[], &login("anna@aurora.example", PASSWORD, "nobody"));
    assert_eq!(wrong.code(), code(401, "InvalidCredentials"));
    assert_eq!((wrong.status, wrong.body), (nobody.status, nobody.body));
}

#[test]
fn ten_failures_and_the_next_login_waits() {
    let house = House::open();
    for _ in 0..10 {
        log_in(&house, &[], &login("anna@aurora.example", "wrong", "aurora")).with(401);
    }
    let refused = log_in(&house, &[], &login("anna@aurora.example", PASSWORD, "aurora"));
    assert_eq!(refused.code(), code(429, "TooManyLogins"));
    assert_eq!(refused.header("retry-after"), Some("300"));
    house.later(300);
    house.log_in("aurora");
}

#[test]
fn a_cookie_sent_along_is_never_adopted_and_not_ended() {
    let house = House::open();
    let first = house.log_in("aurora");
    let body = login("anna@aurora.example", PASSWORD, "aurora");
    let second = log_in(&house, &[("Cookie", &first)], &body).with(200).cookie();
    assert_ne!(first, second);
    let planted = "JSESSIONID=0123456789ABCDEF0123456789ABCDEF";
    let third = log_in(&house, &[("Cookie", planted)], &body).with(200).cookie();
    assert_ne!(third, planted);
    assert_eq!(house.call_with(planted).code(), code(401, "SessionExpired"));
    for cookie in [first, second, third] {
        house.call_with(&cookie).with(200);
    }
}

#[test]
fn without_a_session_everything_is_a_401() {
    let house = House::open();
    for path in
        [CALL_BY_COOKIE, "/api/integration", "/api", "/api/nothing/at/all", "/api/v100/customer/leads"]
    {
        assert_eq!(house.send("GET", path, &[], "").code(), code(401, "SessionMissing"), "{path}");
    }
    let answer = house.call_with("JSESSIONID=4E1B7C90A2D85F36B0C9D7E81F2A6453").with(401);
    assert_eq!(
        answer.body,
        r#"{"code":"SessionExpired","message":"Sem autorização. Faça login novamente.","detailedMessage":"The session is unknown or has expired.","details":[]}"#
    );
    let cookie = house.log_in("aurora");
    // Of two the first counts, others are ignored, and the address is no place for one.
    house.call_with(&format!("theme=dark; {cookie}; JSESSIONID=x")).with(200);
    house.call_with(&format!("JSESSIONID=x; {cookie}")).with(401);
    let target = format!("{CALL_BY_COOKIE};{}", cookie.to_lowercase());
    house.send("GET", &target, &[], "").with(401);
    house.send("GET", &format!("{CALL_BY_COOKIE}?{cookie}"), &[], "").with(401);
}

#[test]
fn a_session_ends_half_an_hour_after_its_last_call() {
    let mut house = House::open();
    let cookie = house.log_in("aurora");
    for _ in 0..5 {
        house.later(29 * 60 + 59);
        house.call_with(&cookie).with(200);
    }
    // Calls in quick succession are one note a minute; the last one counts all the same.
    house.later(59);
    house.call_with(&cookie).with(200);
    house.later(30 * 60 - 1);
    house.call_with(&cookie).with(200);
    // What was written down survives a restart, to the minute.
    house.later(10 * 60);
    house.call_with(&cookie).with(200);
    std::thread::sleep(Duration::from_millis(300));
    house.start(|_| {});
    house.later(29 * 60 - 1);
    house.call_with(&cookie).with(200);
    house.later(30 * 60);
    assert_eq!(house.call_with(&cookie).code(), code(401, "SessionExpired"));
}

#[test]
fn a_session_ends_twelve_hours_after_login_at_the_latest() {
    let house = House::open();
    let cookie = house.log_in("aurora");
    for _ in 0..(12 * 3 - 1) {
        house.later(20 * 60);
        house.call_with(&cookie).with(200);
    }
    house.later(20 * 60);
    assert_eq!(house.call_with(&cookie).code(), code(401, "SessionExpired"));
}

#[test]
fn lives_of_sessions_are_settings() {
    let house = House::open();
    house.set("aurora", "totvs.session_minutes", "5");
    house.set("aurora", "totvs.session_max_hours", "1");
    let cookie = house.log_in("aurora");
    house.later(299);
    house.call_with(&cookie).with(200);
    house.later(300);
    house.call_with(&cookie).with(401);
    let cookie = house.log_in("aurora");
    for _ in 0..14 {
        house.later(250);
        house.call_with(&cookie).with(200);
    }
    house.later(250);
    house.call_with(&cookie).with(401);
}

#[test]
fn a_logout_ends_the_session_and_clears_the_cookie() {
    let house = House::open();
    let (cookie, other) = (house.log_in("aurora"), house.log_in("aurora"));
    house.call_with(&cookie).with(200);
    for path in ["/api/logout", "/logout", "/api/logout/"] {
        let answer = house.send("POST", path, &[("Cookie", &cookie)], "").with(200);
        assert_eq!(answer.body, "{}");
        assert_eq!(answer.header("set-cookie"), Some("JSESSIONID=; Path=/; Max-Age=0; HttpOnly"));
    }
    assert_eq!(house.call_with(&cookie).code(), code(401, "SessionExpired"));
    house.call_with(&other).with(200);
    assert_eq!(house.send("POST", "/logout", &[], "").with(200).body, "{}");
    house.send("GET", "/logout", &[("Cookie", &other)], "").with(405);
    house.call_with(&other).with(200);
}

#[test]
fn who_is_blocked_or_has_a_new_password_is_out() {
    let house = House::open();
    let user = house.user("aurora", "bia@aurora.example", "seller");
    let body = login("bia@aurora.example", PASSWORD, "aurora");
    let cookie = log_in(&house, &[], &body).with(200).cookie();
    house.call_with(&cookie).with(200);
    house.later(1);
    house.active("aurora", user, false);
    house.call_with(&cookie).with(401);
    house.active("aurora", user, true);
    house.call_with(&cookie).with(200);
    house.password("aurora", user, "another one");
    house.call_with(&cookie).with(401);
    let body = login("bia@aurora.example", "another one", "aurora");
    house.later(1);
    house.call_with(&log_in(&house, &[], &body).with(200).cookie()).with(200);
}

#[test]
fn tokens_and_cookies_do_not_change_places() {
    let house = House::open();
    let cookie = house.log_in("acme");
    let token = house.sign_in("acme");
    let token = token["access_token"].as_str().expect("a token");
    let value = cookie.strip_prefix("JSESSIONID=").expect("a cookie");
    house.call(value).with(401);
    house.call_with(&format!("JSESSIONID={token}")).with(401);
    // A logout with a token instead of a cookie ends nothing.
    house.send("POST", "/logout", &[("Cookie", &format!("JSESSIONID={token}"))], "").with(200);
    house.call(token).with(200);
    // Each dialect has its own credentials.
    let both = [("Cookie", cookie.as_str()), ("Authorization", "Bearer wrong")];
    house.send("GET", CALL_BY_COOKIE, &both, "").with(200);
}

#[test]
fn a_session_is_of_one_tenant_whatever_the_host() {
    let house = House::open();
    let (polish, brazilian) = (house.log_in("acme"), house.log_in("aurora"));
    let seen = |cookie: &str| {
        let headers = [("Cookie", cookie), ("Host", "acme.egito.pl")];
        house.send("GET", CALL_BY_COOKIE, &headers, "").with(200).body
    };
    assert!(seen(&polish).contains("anna@acme.example"));
    assert!(seen(&brazilian).contains("anna@aurora.example"));
    assert!(!seen(&brazilian).contains("acme.example"));
}

#[test]
fn the_cookie_is_secure_behind_a_proxy_with_tls() {
    let house = House::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")]);
    let body = login("anna@aurora.example", PASSWORD, "aurora");
    let set = |scheme: &str| {
        let answer = log_in(&house, &[("X-Forwarded-Proto", scheme)], &body).with(200);
        answer.header("set-cookie").expect("a cookie").to_owned()
    };
    assert!(set("https").contains("; Secure"));
    assert!(!set("http").contains("Secure"));
    let direct = House::open();
    let answer = log_in(&direct, &[("X-Forwarded-Proto", "https")], &body).with(200);
    assert!(!answer.header("set-cookie").expect("a cookie").contains("Secure"), "only a proxy is believed");
}

#[test]
fn a_session_has_a_burst_and_then_its_rate() {
    let house = House::open();
    let (cookie, other) = (house.log_in("aurora"), house.log_in("aurora"));
    for _ in 0..50 {
        house.call_with(&cookie).with(200);
    }
    let refused = house.call_with(&cookie);
    assert_eq!(refused.code(), code(429, "RateLimit"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    house.call_with(&other).with(200);
    house.clock.advance(Duration::from_millis(100));
    house.call_with(&cookie).with(200);
    house.set("aurora", "totvs.rate_per_second", "0");
    for _ in 0..60 {
        house.call_with(&cookie).with(200);
    }
}
