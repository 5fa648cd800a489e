//! Accounts: every field, defaults, relationship, tax numbers, what keeps them from being deleted.

use favo_core::Resource;
use favo_core::tenancy::Country;
use serde_json::json;

use super::{assert_echo, assert_has, change, desk, fault, get, make};
use crate::desk::Desk;

/// An account with every field there is.
pub(super) const ACCOUNT: &str = r#"{"name":"Tartak Jodła","fullName":"Tartak Jodła Sp. z o.o.","nip":"123-456-32-18","regon":"361204579",
    "industry":"MANUFACTURING","relationshipType":{"value":"CUSTOMER"},"accountType":"Spółka","source":"EVENT",
    "phone":"+48 18 444 00 11","mobile":"600 100 200","email":"biuro@Tartak-Jodla.Example","www":"https://tartak.example",
    "street":"Leśna 4","city":"Nowy Targ","postalCode":"34-400","region":"małopolskie","country":"Polska","employees":"38",
    "annualRevenue":"1 234 567,895","tags":["drewno","VIP"],"description":"Od 1998."}"#;

#[test]
fn an_account_answers_every_field_of_its_table_in_order() {
    let desk = desk();
    let id = make(&desk, "Account", ACCOUNT);
    let expected = concat!(
        r#"{"id":1,"name":"Tartak Jodła","fullName":"Tartak Jodła Sp. z o.o.","nip":"1234563218","regon":"361204579","#,
        r#""taxIds":[{"type":"NIP","value":"1234563218"},{"type":"REGON","value":"361204579"}],"#,
        r#""industry":{"id":2,"name":"Produkcja","value":"MANUFACTURING"},"#,
        r#""relationshipType":{"id":1,"name":"Klient","value":"CUSTOMER"},"#,
        r#""accountType":{"id":1,"name":"Spółka","value":"COMPANY"},"#,
        r#""source":{"id":5,"name":"Targi i wydarzenia","value":"EVENT"},"#,
        r#""phone":"+48 18 444 00 11","mobile":"600 100 200","email":"biuro@tartak-jodla.example","#,
        r#""www":"https://tartak.example","street":"Leśna 4","city":"Nowy Targ","postalCode":"34-400","#,
        r#""region":"małopolskie","country":"PL","employees":38,"annualRevenue":1234567.90,"parent":null,"#,
        r#""owner":{"id":1,"name":"Anna Kos"},"tags":["drewno","VIP"],"description":"Od 1998.","#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    );
    let answer = get(&desk, "Account", id);
    assert_eq!(answer.body, expected);
    assert_eq!(answer.content_type, "application/json;charset=UTF-8");
    assert_echo(&desk, "Account", Resource::Contact, id);
    let seen = desk.nectar("GET", &format!("contatos/{id}"), "").with(200).json();
    assert_eq!((&seen["isEmpresa"], &seen["constante"]), (&json!(true), &json!(0)));
}

#[test]
fn an_account_with_a_name_alone_gets_the_defaults() {
    let desk = desk();
    let id = make(&desk, "Account", r#"{"name":"  Malwa  "}"#);
    assert_has(
        &desk,
        "Account",
        id,
        &json!({"name": "Malwa", "fullName": null, "nip": null, "taxIds": [], "country": "PL", "street": null,
            "relationshipType": {"id": 2, "name": "Potencjalny klient", "value": "PROSPECT"}, "tags": [],
            "owner": {"id": 1, "name": "Anna Kos"}, "customFields": {}}),
    );
    assert_echo(&desk, "Account", Resource::Contact, id);
}

#[test]
fn a_wrong_account_is_told_everything_at_once() {
    let desk = desk();
    let bad = desk.egito_json("Account/create", r#"{"nip":"123-456-32-19"}"#).with(400);
    assert_eq!(
        bad.body,
        concat!(
            r#"{"errors":[{"object":"Account","field":"name","rejected-value":null,"#,
            r#""message":"Pole name jest wymagane.","code":"blank"},"#,
            r#"{"object":"Account","field":"nip","rejected-value":"123-456-32-19","#,
            r#""message":"Pole nip nie zawiera poprawnego numeru NIP.","code":"nip.invalid"}]}"#,
        )
    );
    assert_eq!(desk.count(Resource::Contact), 0);
}

#[test]
fn the_relationship_steers_the_life_cycle_and_the_life_cycle_wins() {
    let desk = desk();
    let id = make(&desk, "Account", r#"{"name":"A","relationshipType":"PARTNER"}"#);
    let section = |desk: &Desk| desk.nectar("GET", &format!("contatos/{id}"), "").json()["constante"].clone();
    assert_eq!(section(&desk), 2);
    for (value, life_cycle) in
        [("CUSTOMER", 0), ("SUPPLIER", 0), ("FORMER_CUSTOMER", 5), ("PROSPECT", 1), ("SUSPECT", 2)]
    {
        change(&desk, "Account", id, &format!(r#"{{"relationshipType":"{value}"}}"#)).with(200);
        assert_eq!(section(&desk), life_cycle, "{value}");
        assert_eq!(get(&desk, "Account", id).json()["relationshipType"]["value"], value);
    }
    desk.nectar("PUT", &format!("contatos/{id}"), r#"{"constante":0}"#).with(200);
    assert_eq!(get(&desk, "Account", id).json()["relationshipType"]["value"], "CUSTOMER");
    change(&desk, "Account", id, r#"{"relationshipType":""}"#).with(200);
    assert_eq!(get(&desk, "Account", id).json()["relationshipType"]["value"], "PROSPECT");
}

#[test]
fn polish_numbers_are_checked_and_those_of_other_countries_are_not() {
    let desk = desk();
    for (body, nip) in [
        (r#"{"name":"A","nip":"PL 1234563218"}"#, Some("1234563218")),
        (r#"{"name":"A","nip":"7102453884"}"#, Some("7102453884")),
        (r#"{"name":"A","nip":"DE123456789"}"#, Some("DE123456789")),
        (r#"{"name":"A","nip":"12345","country":"CZ"}"#, Some("12345")),
        (r#"{"name":"A","nip":"7000000080"}"#, None),
        (r#"{"name":"A","nip":"0000000000"}"#, None),
        (r#"{"name":"A","nip":"12345","country":"Polska"}"#, None),
    ] {
        let answer = desk.egito_json("Account/create", body);
        match nip {
            Some(nip) => assert_eq!(get(&desk, "Account", answer.with(200).id()).json()["nip"], nip),
            None => assert_eq!(fault(&answer.with(400)), ("nip".to_owned(), "nip.invalid".to_owned())),
        }
    }
    for (regon, works) in
        [("550000050", true), ("12345678512347", true), ("123-456-785", true), ("123456784", false)]
    {
        let answer = desk.egito_json("Account/create", &format!(r#"{{"name":"A","regon":"{regon}"}}"#));
        assert_eq!(answer.status, if works { 200 } else { 400 }, "{regon}");
    }
    let abroad = make(&desk, "Account", r#"{"name":"A","country":"DE"}"#);
    change(&desk, "Account", abroad, r#"{"nip":"12345"}"#).with(200);
    assert_eq!(change(&desk, "Account", abroad, r#"{"nip":"1234","country":"PL"}"#).status, 400);
    desk.set("egito.nip_check", "off");
    make(&desk, "Account", r#"{"name":"A","nip":"1234563219"}"#);
}

#[test]
fn duplicates_are_refused_only_where_the_tenant_asks_for_it() {
    let desk = desk();
    make(&desk, "Account", r#"{"name":"A","nip":"1234563218"}"#);
    make(&desk, "Account", r#"{"name":"B","nip":"1234563218"}"#);
    make(&desk, "Contact", r#"{"lastName":"C","email":"c@x.pl"}"#);
    make(&desk, "Contact", r#"{"lastName":"D","email":"c@x.pl"}"#);
    desk.set("egito.duplicate_check", "on");
    let account = desk.egito_json("Account/create", r#"{"name":"C","nip":"123-456-32-18"}"#).with(409);
    assert_eq!(fault(&account), ("nip".to_owned(), "unique".to_owned()));
    let lead = desk.egito_json("Lead/create", r#"{"lastName":"E","gender":"K","email":"C@X.pl"}"#).with(409);
    assert_eq!(fault(&lead), ("email".to_owned(), "unique".to_owned()));
    make(&desk, "Account", r#"{"name":"D","email":"c@x.pl"}"#);
}

#[test]
fn accounts_with_opportunities_stay_and_others_go_alone() {
    let desk = desk();
    let account = make(&desk, "Account", r#"{"name":"A"}"#);
    let person = make(&desk, "Contact", &format!(r#"{{"lastName":"B","account":{account}}}"#));
    let task = make(&desk, "Task", &format!(r#"{{"subject":"T","account":{account}}}"#));
    let deal = make(&desk, "Opportunity", &format!(r#"{{"name":"O","account":{account}}}"#));
    let delete =
        |entity: &str, id: i64| desk.egito("POST", &format!("{entity}/delete"), &[], &format!("id={id}"));
    assert_eq!(fault(&delete("Account", account).with(409)).1, "state.conflict");
    assert_eq!(delete("Opportunity", deal).with(200).body, format!("{{\"id\":{deal}}}"));
    assert_eq!(delete("Contact", account).status, 404);
    delete("Account", account).with(200);
    assert_eq!(fault(&delete("Account", account).with(404)).1, "not.found");
    assert_has(&desk, "Contact", person, &json!({"account": null}));
    assert_has(&desk, "Task", task, &json!({"account": null}));
}

#[test]
fn a_brazilian_tenant_answers_what_it_has() {
    let desk = Desk::new(Country::Brazil);
    let id = make(
        &desk,
        "Account",
        r#"{"name":"Padaria Aurora","relationshipType":"PARTNER","country":"BR","nip":"1"}"#,
    );
    assert_has(
        &desk,
        "Account",
        id,
        &json!({"country": "BR", "nip": "1", "relationshipType": {"id": 1_000_003, "name": "Do rozpoznania", "value": "SUSPECT"}}),
    );
    let person = make(&desk, "Lead", r#"{"lastName":"Nogueira","gender":"F"}"#);
    assert_echo(&desk, "Lead", Resource::Contact, person);
}

#[test]
fn a_list_holds_whole_records_of_its_kind() {
    let desk = desk();
    let first = make(&desk, "Account", ACCOUNT);
    let person = make(&desk, "Contact", &format!(r#"{{"lastName":"Sowa","account":{first}}}"#));
    let second = make(&desk, "Account", r#"{"name":"Malwa","extra":1}"#);
    make(&desk, "Lead", r#"{"lastName":"Wrona","gender":"K"}"#);
    let list = desk.egito("GET", "Account/list", &[], "").with(200);
    let both = [first, second].map(|id| get(&desk, "Account", id).body).join(",");
    assert_eq!(list.body, format!("[{both}]"));
    assert_eq!(list.header("X-Total-Count"), Some("2"));
    let people = desk.egito("GET", "Contact/list", &[], "").with(200);
    assert_eq!(people.body, format!("[{}]", get(&desk, "Contact", person).body));
    assert_eq!(desk.egito("GET", "Account/list?offset=5", &[], "").with(200).body, "[]");
}
