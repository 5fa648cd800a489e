//! Egito requests before they reach a record: paths, verbs, rights, ids, encodings, refusals.

use favo_core::Resource;
use favo_core::tenancy::Country;

use crate::desk::{Answer, Desk};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

fn desk() -> Desk {
    Desk::new(Country::Poland)
}

/// Status and the codes of all errors.
fn told(answer: &Answer) -> String {
    let json = answer.json();
    let codes = json["errors"].as_array().map(|errors| {
        errors.iter().map(|error| error["code"].as_str().unwrap_or("?").to_owned()).collect::<Vec<_>>()
    });
    assert!(codes.is_none() || json.get("id").is_none(), "{}", answer.body);
    format!("{} {}", answer.status, codes.unwrap_or_default().join(" "))
}

fn account(desk: &Desk, name: &str) -> i64 {
    desk.egito_json("Account/create", &format!(r#"{{"name":"{name}"}}"#)).with(200).id()
}

#[test]
fn paths_and_verbs_are_checked_before_anything_else() {
    let desk = desk();
    for (method, path, expected) in [
        ("POST", "account/create", "404 entity.unknown"),
        ("GET", "Accounts/list", "404 entity.unknown"),
        ("POST", "Account/remove", "404 action.unknown"),
        ("POST", "User/create", "404 action.unknown"),
        ("POST", "User/delete", "404 action.unknown"),
        ("POST", "SelectDictionary/create", "404 action.unknown"),
        ("POST", "Account/create/5", "404 action.unknown"),
        ("GET", "Account/create", "405 method.notAllowed"),
        ("PATCH", "Account/update", "405 method.notAllowed"),
        ("GET", "Account/delete", "405 method.notAllowed"),
        ("PUT", "Account/list", "405 method.notAllowed"),
    ] {
        let answer = desk.egito(method, path, &[], "");
        assert_eq!(told(&answer), expected, "{method} {path}");
        assert_eq!(answer.content_type, "application/json;charset=UTF-8");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("allow").is_some(), expected.starts_with("405"), "{method} {path}");
    }
    let answer = desk.egito("GET", "Account/create", &[], "");
    assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    let expected = r#"{"errors":[{"object":"Account","message":"Niedozwolona metoda HTTP.","code":"method.notAllowed"}]}"#;
    assert_eq!(answer.body, expected);
}

#[test]
fn the_id_is_read_from_path_body_and_query() {
    let desk = desk();
    let id = account(&desk, "Tartak Jodła");
    let other = account(&desk, "Orion");
    let get = |path: &str| desk.egito("GET", path, &[], "");
    assert_eq!(get(&format!("Account/get/{id}")).with(200).json()["name"], "Tartak Jodła");
    assert_eq!(get(&format!("Account/get/{id}/")).with(200).id(), id);
    assert_eq!(get(&format!("Account/get?id={id}")).with(200).id(), id);
    assert_eq!(desk.egito_json("Account/get", &format!(r#"{{"id":"{id}"}}"#)).with(200).id(), id);
    assert_eq!(desk.egito("POST", "Account/get", &[FORM], &format!("id={id}")).with(200).id(), id);
    for (path, expected) in [
        ("Account/get", "400 id.missing"),
        ("Account/get?id=", "400 id.missing"),
        ("Account/get?id=abc", "400 typeMismatch"),
        ("Account/get?id=-1", "400 typeMismatch"),
        ("Account/get?id=99999", "404 not.found"),
        ("Account/get?id=99999999999999999999999", "404 not.found"),
        ("Account/get/5x", "400 typeMismatch"),
        ("Account/get/1=6", "400 typeMismatch"),
        ("Account/get/1&2", "400 typeMismatch"),
        ("Contact/get?id=1", "404 not.found"),
    ] {
        assert_eq!(told(&get(path)), expected, "{path}");
    }
    let conflict =
        desk.egito_json(&format!("Account/update/{id}"), &format!(r#"{{"id":{other},"name":"X"}}"#));
    assert_eq!(told(&conflict), "400 id.conflict");
    let both = format!("Account/update?id={other}");
    assert_eq!(told(&desk.egito_json(&both, &format!(r#"{{"id":{id},"city":"X"}}"#))), "400 id.conflict");
    assert_eq!(told(&desk.egito_json("Account/create", r#"{"id":5,"name":"X"}"#)), "400 id.unexpected");
    desk.egito_json("Account/create", r#"{"id":"","name":"Malwa"}"#).with(200);
    assert_eq!(get("User/get").with(200).json()["id"], 1);
    assert_eq!(told(&desk.egito_json("Account/update", r#"{"name":"X"}"#)), "400 id.missing");
    assert_eq!(desk.count(Resource::Contact), 3);
}

#[test]
fn everything_may_stand_in_the_query_and_the_body_wins() {
    let desk = desk();
    let id = account(&desk, "Tartak Jodła");
    let path =
        format!("Account/update?id={id}&phone=%2B48%2018%20444%2000%2012&city=Zakopane&access_token=0e7b");
    let answer = desk.egito("POST", &path, &[("content-length", "0")], "").with(200);
    assert_eq!(answer.body, format!("{{\"id\":{id}}}"));
    let read = || desk.egito("GET", &format!("Account/get/{id}"), &[], "").with(200).json();
    assert_eq!(
        (read()["phone"].as_str(), read()["city"].as_str()),
        (Some("+48 18 444 00 12"), Some("Zakopane"))
    );
    assert!(read().get("access_token").is_none());
    desk.egito("PUT", &format!("Account/update/{id}?city=Nowhere"), &[FORM], "city=Nowy+Targ").with(200);
    assert_eq!(read()["city"], "Nowy Targ");
    let deleted = desk.egito("POST", &format!("Account/delete?id={id}"), &[], "").with(200);
    assert_eq!(deleted.body, format!("{{\"id\":{id}}}"));
    assert_eq!(told(&desk.egito("DELETE", &format!("Account/delete/{id}"), &[], "")), "404 not.found");
}

#[test]
fn bodies_are_read_by_their_type_and_first_byte() {
    let desk = desk();
    let create = |content_type: &str, body: &str| {
        let typed = [("content-type", content_type)];
        let headers = if content_type.is_empty() { &[][..] } else { &typed[..] };
        desk.egito("POST", "Account/create", headers, body)
    };
    let json = r#"{"name":"Orion"}"#;
    for (content_type, body) in [
        ("application/json", json),
        ("application/json; charset=utf-8", json),
        ("text/json", json),
        ("application/vnd.acme+json", json),
        ("application/json", "\u{feff}{\"name\":\"Orion\"}"),
        ("application/x-www-form-urlencoded", "name=Orion"),
        ("application/x-www-form-urlencoded", " {\"name\":\"Orion\"}"),
        ("x-www-form-urlencoded", "name=Orion"),
        ("text/plain", json),
        ("text/plain", "name=Orion"),
        ("application/octet-stream", "name=Orion\r\n"),
        ("", json),
        ("", "name=Orion"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nOrion\r\n--b--\r\n",
        ),
    ] {
        let id = create(content_type, body).with(200).id();
        let name = desk.egito("GET", &format!("Account/get/{id}"), &[], "").with(200).json()["name"].clone();
        assert_eq!(name, "Orion", "{content_type}: {body}");
    }
    for (content_type, body, expected) in [
        ("application/json", r#"{"name":"X""#, "400 body.unreadable"),
        ("application/json", r#"[{"name":"X"}]"#, "400 body.unreadable"),
        ("application/json", r#""text""#, "400 body.unreadable"),
        ("application/json", "{} {}", "400 body.unreadable"),
        (
            "application/json",
            "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}}",
            "400 body.unreadable",
        ),
        ("application/x-www-form-urlencoded", "name[=X", "400 body.unreadable"),
        ("application/x-www-form-urlencoded", "name=%B1%E6", "400 body.unreadable"),
        ("application/x-www-form-urlencoded", "name=X&owner=1&owner.id=1", "400 reference.conflict"),
        ("application/xml", "<name>X</name>", "415 media.unsupported"),
        ("application/json; charset=iso-8859-2", json, "415 media.unsupported"),
        ("multipart/form-data", "x", "400 body.unreadable"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a.pdf\"\r\n\r\nx\r\n--b--\r\n",
            "400 file.unsupported",
        ),
    ] {
        assert_eq!(told(&create(content_type, body)), expected, "{content_type}: {body}");
    }
    let packed = desk.egito("POST", "Account/create", &[JSON, ("content-encoding", "gzip")], json);
    assert_eq!(told(&packed), "415 media.unsupported");
    let many: Vec<String> = (0..2001).map(|number| format!("x{number}=1")).collect();
    assert_eq!(told(&create("", &many.join("&"))), "400 body.unreadable");
    assert_eq!(desk.count(Resource::Contact), 14);
}

#[test]
fn forms_spell_what_json_says() {
    let desk = desk();
    let company = account(&desk, "Tartak Jodła");
    let form = format!(
        "firstName=Marek&lastName=Nobody&lastName=Sowa&account.id={company}&tags[]=drewno&tags[]=VIP&_done=&_=171"
    );
    let id = desk.egito("POST", "Contact/create", &[FORM], &form).with(200).id();
    let read = desk.egito("GET", &format!("Contact/get/{id}"), &[], "").with(200).json();
    assert_eq!(read["fullName"], "Marek Sowa");
    assert_eq!(read["account"]["id"], company);
    assert_eq!(read["tags"], serde_json::json!(["drewno", "VIP"]));
    assert!(read.get("_done").is_none() && read.get("done").is_none());
    let flat = format!(r#"{{"lastName":"Lis","account[id]":{company},"tags[0]":"drewno"}}"#);
    let id = desk.egito_json("Contact/create", &flat).with(200).id();
    let read = desk.egito("GET", &format!("Contact/get/{id}"), &[], "").with(200).json();
    assert_eq!((&read["account"]["id"], &read["tags"]), (&company.into(), &serde_json::json!(["drewno"])));
}

#[test]
fn an_unticked_box_is_false() {
    let desk = desk();
    let id = desk.egito("POST", "Product/create", &[FORM], "name=Deska&_active=").with(200).id();
    let read = || desk.egito("GET", &format!("Product/get/{id}"), &[], "").with(200).json();
    assert_eq!(read()["active"], false);
    desk.egito("POST", &format!("Product/update/{id}"), &[FORM], "_active=&active=off&active=on").with(200);
    assert_eq!(read()["active"], true);
}

#[test]
fn scopes_and_rights_are_checked_in_their_order() {
    let desk = desk();
    let id = account(&desk, "Tartak Jodła");
    desk.scope(true, false);
    let refused = desk.egito_json(&format!("Account/update/{id}"), "{");
    assert_eq!(told(&refused), "403 insufficient_scope");
    assert_eq!(
        refused.body,
        r#"{"error":"insufficient_scope","error_description":"Insufficient scope for this resource","scope":"write","errors":[{"object":"Account","message":"Insufficient scope for this resource","code":"insufficient_scope"}]}"#
    );
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.starts_with(r#"Bearer realm="oauth", error="insufficient_scope""#), "{challenge}");
    desk.egito("GET", "Account/list", &[], "").with(200);
    desk.scope(false, true);
    assert_eq!(told(&desk.egito("GET", "Account/list", &[], "")), "403 insufficient_scope");
    desk.egito("GET", "SelectDictionary/list?type=gender", &[], "").with(200);
    desk.scope(true, true);

    let clerk = desk.user_with("clerk@acme.example", &[("*.read", "all"), ("*.create", "all")]);
    desk.act_as(clerk);
    let refused = desk.egito("POST", "Order/delete?id=abc", &[], "");
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (
            403,
            r#"{"error":"access_denied","error_description":"Access is denied","errors":[{"object":"Order","message":"Brak uprawnienia DELETE.","code":"access_denied"}]}"#
        )
    );
    // The right comes before the body, and the path before both.
    assert_eq!(told(&desk.egito_json("Account/update", "{")), "403 access_denied");
    assert_eq!(told(&desk.egito_json("Account/erase", "{")), "404 action.unknown");
    assert_eq!(told(&desk.egito_json("Account/create", "{")), "400 body.unreadable");

    let nobody = desk.user_with("nobody@acme.example", &[]);
    desk.act_as(nobody);
    assert_eq!(told(&desk.egito("GET", "SelectDictionary/list?type=gender", &[], "")), "403 access_denied");
    let lead_only = desk.user_with("contacts@acme.example", &[("contact.read", "all")]);
    desk.act_as(lead_only);
    desk.egito("GET", "Account/list", &[], "").with(200);
    assert_eq!(told(&desk.egito("GET", "Lead/list", &[], "")), "403 access_denied");
}

#[test]
fn what_a_user_may_not_see_does_not_exist() {
    let desk = desk();
    let id = account(&desk, "Tartak Jodła");
    let seller = desk.user("seller@acme.example", "seller");
    desk.act_as(seller);
    assert_eq!(told(&desk.egito("GET", &format!("Account/get/{id}"), &[], "")), "404 not.found");
    assert_eq!(told(&desk.egito_json(&format!("Account/update/{id}"), r#"{"city":"X"}"#)), "404 not.found");
    assert_eq!(told(&desk.egito("POST", &format!("Account/delete/{id}"), &[], "")), "404 not.found");
    let list = desk.egito("GET", "Account/list", &[], "").with(200);
    assert_eq!((list.body.as_str(), list.header("x-total-count")), ("[]", Some("0")));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_table() {
    let desk = desk();
    let answer = desk.egito_json("Account/create", r#"{"nip":"123-456-32-19"}"#).with(400);
    assert_eq!(
        answer.body,
        r#"{"errors":[{"object":"Account","field":"name","rejected-value":null,"message":"Pole name jest wymagane.","code":"blank"},{"object":"Account","field":"nip","rejected-value":"123-456-32-19","message":"Pole nip nie zawiera poprawnego numeru NIP.","code":"nip.invalid"}]}"#
    );
    let missing = desk.egito("GET", "Account/get?id=99999", &[], "").with(404);
    assert_eq!(
        missing.body,
        r#"{"errors":[{"object":"Account","message":"Nie znaleziono rekordu o podanym identyfikatorze.","code":"not.found"}]}"#
    );
    let long = "ż".repeat(300);
    let answer = desk.egito_json("Account/create", &format!(r#"{{"name":"{long}"}}"#)).with(400);
    let error = &answer.json()["errors"][0];
    assert_eq!(error["rejected-value"], "ż".repeat(200));
    assert_eq!(error["message"], "Pole name jest za długie (najwyżej 200).");
    assert_eq!(desk.count(Resource::Contact), 0);
}

#[test]
fn messages_come_in_the_language_asked_for() {
    let desk = desk();
    let message = |language: Option<&str>| {
        let header = [("accept-language", language.unwrap_or_default())];
        let headers = if language.is_some() { &header[..] } else { &[][..] };
        desk.egito("GET", "Account/get?id=7", headers, "").with(404).json()["errors"][0]["message"].clone()
    };
    let (polish, english) = ("Nie znaleziono rekordu o podanym identyfikatorze.", "No record with this id.");
    assert_eq!(message(None), polish);
    assert_eq!(message(Some("en-GB, pl;q=0.3")), english);
    assert_eq!(message(Some("de")), polish);
    desk.set("egito.lang", "en");
    assert_eq!(message(None), english);
    assert_eq!(message(Some("pl")), polish);
    desk.act_as(desk.user_with("nobody@acme.example", &[]));
    let refused = desk.egito("GET", "Account/list", &[], "").with(403).json();
    assert_eq!(refused["errors"][0]["message"], "Right READ is missing.");
}

#[test]
fn a_tenant_may_ask_for_status_200() {
    let desk = desk();
    desk.set("egito.error_status", "200");
    for (method, path, code) in [
        ("GET", "Account/get?id=7", "not.found"),
        ("GET", "Nothing/get", "entity.unknown"),
        ("GET", "Account/create", "method.notAllowed"),
        ("POST", "Account/create", "blank"),
    ] {
        let answer = desk.egito(method, path, &[], "").with(200);
        assert_eq!(answer.json()["errors"][0]["code"], code);
    }
    let media = desk.egito("POST", "Account/create", &[("content-type", "image/png")], "x").with(200);
    assert_eq!(media.json()["errors"][0]["code"], "media.unsupported");
    desk.act_as(desk.user_with("nobody@acme.example", &[]));
    assert_eq!(told(&desk.egito("GET", "Account/list", &[], "")), "200 access_denied");
}

#[test]
fn only_trusted_pages_may_read_answers() {
    let desk = desk();
    desk.set("egito.cors_origins", "https://www.acme.example");
    let list = |origin: &str| desk.egito("GET", "Account/list", &[("origin", origin)], "").with(200);
    let trusted = list("https://www.acme.example");
    assert_eq!(trusted.header("access-control-allow-origin"), Some("https://www.acme.example"));
    assert!(list("https://evil.example").header("access-control-allow-origin").is_none());
    assert!(desk.egito("GET", "Account/list", &[], "").header("vary").is_none());
}

#[test]
fn keys_with_dots_make_nothing_deeper_than_a_body_may_be() {
    let desk = desk();
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let body = |depth| format!(r#"{{"name":"Orion","x.a.b.c.d.e.f.g":{}}}"#, nested(depth));
    assert_eq!(told(&desk.egito_json("Account/create", &body(9))), "400 body.unreadable");
    let id = desk.egito_json("Account/create", &body(8)).with(200).id();
    desk.egito_json(&format!("Account/update/{id}"), r#"{"city":"Zakopane"}"#).with(200);
    let plain = format!(r#"{{"name":"Orion","x":{}}}"#, nested(15));
    let id = desk.egito_json("Account/create", &plain).with(200).id();
    desk.egito_json(&format!("Account/update/{id}"), r#"{"city":"Zakopane"}"#).with(200);
}
