//! Leads: made from web forms, moved by their status, converted.

use favo_core::Resource;
use serde_json::json;

use super::{assert_echo, assert_has, change, desk, fault, get, make};
use crate::desk::Desk;

#[test]
fn a_web_form_creates_a_lead() {
    let desk = desk();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "firstName=Halina&lastName=Wrona&gender=K&company=Ogrody+Wrona&email=halina%40ogrody-wrona.example\
        &phone=%2B48+600+700+800&description=Prosz%C4%99+o+cennik&utm_campaign=wiosna";
    let made = desk.egito("POST", "Lead/create", &form, body).with(200);
    assert_eq!(made.body, r#"{"id":1}"#);
    let expected = concat!(
        r#"{"id":1,"firstName":"Halina","lastName":"Wrona","gender":{"id":1,"name":"Kobieta","value":"FEMALE"},"#,
        r#""company":"Ogrody Wrona","position":null,"phone":"+48 600 700 800","mobile":null,"#,
        r#""email":"halina@ogrody-wrona.example","www":null,"street":null,"city":null,"postalCode":null,"#,
        r#""region":null,"country":"PL","industry":null,"#,
        r#""source":{"id":1,"name":"Formularz WWW","value":"WEB_FORM"},"#,
        r#""status":{"id":1,"name":"Nowy","value":"NEW"},"discardReason":null,"account":null,"#,
        r#""owner":{"id":1,"name":"Anna Kos"},"tags":[],"description":"Proszę o cennik","#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{},"#,
        r#""utm_campaign":"wiosna"}"#,
    );
    assert_eq!(get(&desk, "Lead", 1).body, expected);
    assert_eq!(desk.count(Resource::Qualification), 1);
    let seen = desk.nectar("GET", "contatos/1", "").with(200).json();
    assert_eq!((&seen["constante"], &seen["nome"]), (&json!(3), &json!("Halina Wrona")));
    assert_echo(&desk, "Lead", Resource::Contact, 1);

    let bad = desk.egito("POST", "Lead/create", &form, "firstName=Halina&gender=x").with(400);
    assert_eq!(
        bad.body,
        concat!(
            r#"{"errors":[{"object":"Lead","field":"lastName","rejected-value":null,"#,
            r#""message":"Pole lastName jest wymagane.","code":"blank"},"#,
            r#"{"object":"Lead","field":"gender","rejected-value":"x","#,
            r#""message":"Wartości pola gender nie ma w słowniku.","code":"not.inList"}]}"#,
        )
    );
    assert_eq!(desk.count(Resource::Contact), 1);
}

#[test]
fn a_lead_that_came_as_json_has_another_source_and_the_required_fields_are_a_setting() {
    let desk = desk();
    assert_eq!(fault(&desk.egito_json("Lead/create", r#"{"lastName":"Wrona"}"#).with(400)).0, "gender");
    desk.set("egito.lead_required", "lastName,email");
    let missing = desk.egito_json("Lead/create", r#"{"lastName":"Wrona"}"#).with(400);
    assert_eq!(fault(&missing), ("email".to_owned(), "blank".to_owned()));
    let id = make(&desk, "Lead", r#"{"lastName":"Wrona","email":"h@wrona.example"}"#);
    assert_eq!(get(&desk, "Lead", id).json()["source"]["value"], "OTHER");
}

#[test]
fn a_lead_is_converted_and_goes_on_answering() {
    let desk = desk();
    let id = make(
        &desk,
        "Lead",
        r#"{"firstName":"Halina","lastName":"Wrona","gender":"K","company":"Ogrody Wrona"}"#,
    );
    change(&desk, "Lead", id, r#"{"status":"SCHEDULED"}"#).with(200);
    assert_eq!(desk.egito("GET", &format!("Contact/get?id={id}"), &[], "").status, 404);
    let answer = change(&desk, "Lead", id, r#"{"status":"CONVERTED"}"#).with(200);
    assert_eq!(answer.id(), id);
    let lead = get(&desk, "Lead", id).json();
    assert_eq!(
        (&lead["status"]["value"], &lead["account"]["name"]),
        (&json!("CONVERTED"), &json!("Ogrody Wrona"))
    );
    let contact = get(&desk, "Contact", id).json();
    assert_eq!(contact["relationshipType"]["value"], "PROSPECT");
    assert_eq!(contact["account"], lead["account"]);
    let account = lead["account"]["id"].as_i64().expect("an account");
    assert_has(&desk, "Account", account, &json!({"name": "Ogrody Wrona"}));
    assert_eq!(
        fault(&desk.egito("POST", &format!("Lead/delete/{id}"), &[], "").with(409)).1,
        "state.conflict"
    );
    // Another lead of the same company is linked to the account there is.
    let second = make(
        &desk,
        "Lead",
        r#"{"lastName":"Sroka","gender":"-","company":"ogrody wrona","status":"CONVERTED"}"#,
    );
    assert_eq!(get(&desk, "Lead", second).json()["account"]["id"], account);
}

#[test]
fn the_status_of_a_lead_moves_its_contact() {
    let desk = desk();
    let id = make(&desk, "Lead", r#"{"lastName":"Wrona","gender":"K","description":"pyta"}"#);
    let section = |desk: &Desk| desk.nectar("GET", &format!("contatos/{id}"), "").json()["constante"].clone();
    for (status, life_cycle) in [("DISCARDED", 5), ("NEW", 3), ("NOT_SOLD", 5), ("SCHEDULED", 3), ("SOLD", 0)]
    {
        let body = format!(r#"{{"status":"{status}","discardReason":"PRICE"}}"#);
        change(&desk, "Lead", id, &body).with(200);
        assert_eq!(section(&desk), life_cycle, "{status}");
        assert_has(&desk, "Lead", id, &json!({"description": "pyta"}));
    }
    make(&desk, "Opportunity", &format!(r#"{{"name":"X","contact":{id}}}"#));
    let back = change(&desk, "Lead", id, r#"{"status":"NEW"}"#).with(409);
    assert_eq!(fault(&back).1, "state.conflict");
    assert_eq!(section(&desk), 0);
    let gone = make(&desk, "Lead", r#"{"lastName":"Sroka","gender":"K"}"#);
    desk.egito("POST", &format!("Lead/delete/{gone}"), &[], "").with(200);
    assert_eq!(desk.count(Resource::Qualification), 1);
}

#[test]
fn a_company_that_is_a_lead_shows_its_name_twice() {
    let desk = desk();
    let made = desk.nectar("POST", "contatos", r#"{"nome":"Padaria Aurora","isEmpresa":true,"constante":3}"#);
    let id = made.with(200).id();
    assert_has(
        &desk,
        "Lead",
        id,
        &json!({"firstName": null, "lastName": "Padaria Aurora", "company": "Padaria Aurora", "status": null}),
    );
    assert_echo(&desk, "Lead", Resource::Contact, id);
    change(&desk, "Lead", id, r#"{"company":"Piekarnia"}"#).with(200);
    assert_has(&desk, "Lead", id, &json!({"lastName": "Piekarnia", "company": "Piekarnia"}));
    assert_eq!(desk.egito("GET", &format!("Account/get?id={id}"), &[], "").status, 404);
}

#[test]
fn every_field_of_a_lead_comes_back_and_is_cleared() {
    let desk = desk();
    let seller = desk.user("ola@acme.example", "seller");
    let sent = json!({
        "firstName": "Halina", "lastName": "Wrona", "gender": {"id": 3, "name": "Nieokreślona", "value": "UNKNOWN"},
        "company": "Ogrody", "position": "właścicielka", "phone": "1", "mobile": "2", "email": "h@wrona.example",
        "www": "https://w.example", "street": "Polna 1", "city": "Radom", "postalCode": "26-600", "region": "mazowieckie",
        "country": "DE", "industry": {"id": 12, "name": "Rolnictwo", "value": "AGRICULTURE"},
        "source": {"id": 9, "name": "Kontakt handlowca", "value": "COLD_CALL"},
        "status": {"id": 6, "name": "Niesprzedany", "value": "NOT_SOLD"},
        "discardReason": {"id": 3, "name": "Brak budżetu", "value": "NO_BUDGET"},
        "owner": {"id": seller, "name": "ola"}, "tags": ["a", "b"], "description": "pyta", "extra": {"x": [1.50]},
    });
    let id = make(&desk, "Lead", &sent.to_string());
    assert_has(&desk, "Lead", id, &sent);
    assert_echo(&desk, "Lead", Resource::Contact, id);
    let body = r#"{"firstName":"","company":"","position":"","phone":"","mobile":"","email":"","www":"","street":"","city":"",
        "postalCode":"","region":"","country":"","industry":"","source":"","status":"","discardReason":"","owner":"","tags":"",
        "description":"","extra":""}"#;
    change(&desk, "Lead", id, body).with(200);
    let shown = get(&desk, "Lead", id).json();
    for key in [
        "firstName",
        "company",
        "phone",
        "mobile",
        "email",
        "www",
        "street",
        "city",
        "region",
        "industry",
        "description",
    ] {
        assert_eq!(shown[key], json!(null), "{key}");
    }
    assert_eq!((&shown["country"], &shown["source"]["value"]), (&json!("PL"), &json!("OTHER")));
    assert_eq!((&shown["status"]["value"], &shown["discardReason"]), (&json!("NEW"), &json!(null)));
    assert_eq!((&shown["owner"]["id"], &shown["tags"], shown.get("extra")), (&json!(1), &json!([]), None));
}

#[test]
fn a_lead_is_seen_with_its_qualification() {
    let desk = desk();
    let lead = make(&desk, "Lead", r#"{"lastName":"Wrona","gender":"K","description":"tajne"}"#);
    let rights = [("contact.read", "all"), ("qualification.read", "own"), ("contact.update", "all")];
    let clerk = desk.user_with("clerk@acme.example", &rights);
    desk.act_as(clerk);
    let read = |path: &str| desk.egito("GET", path, &[], "");
    read(&format!("Lead/get/{lead}")).with(404);
    let list = read("Lead/list").with(200);
    assert_eq!((list.body.as_str(), list.header("x-total-count")), ("[]", Some("0")));
    desk.act_as(1);
    change(&desk, "Lead", lead, &format!(r#"{{"owner":{clerk}}}"#)).with(200);
    desk.act_as(clerk);
    assert_eq!(read(&format!("Lead/get/{lead}")).with(200).json()["description"], "tajne");
    assert_eq!(read("Lead/list").header("x-total-count"), Some("1"));
}
