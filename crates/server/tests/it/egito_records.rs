//! Egito: accounts, contacts, leads, tasks, products and users, written and read again (sections 8, 9, 15, 16, 19, 20).

use favo_core::Resource;
use favo_core::catalogue::custom_field;
use favo_core::patch::{Input, Patch};
use favo_core::tenancy::Country;
use favo_core::write::{self, Skip};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

pub(crate) fn desk() -> Desk {
    Desk::new(Country::Poland)
}

/// A record as it is answered.
#[track_caller]
pub(crate) fn get(desk: &Desk, entity: &str, id: i64) -> Answer {
    desk.egito("GET", &format!("{entity}/get?id={id}"), &[], "").with(200)
}

/// Makes a record; its id.
#[track_caller]
pub(crate) fn make(desk: &Desk, entity: &str, body: &str) -> i64 {
    desk.egito_json(&format!("{entity}/create"), body).with(200).id()
}

/// Changes a record; the fields of `body` beside the id.
#[track_caller]
pub(crate) fn change(desk: &Desk, entity: &str, id: i64, body: &str) -> Answer {
    desk.egito_json(&format!("{entity}/update/{id}"), body)
}

/// Field and code of each error, in their order.
pub(crate) fn faults(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let json = answer.json();
    let all = json["errors"].as_array().unwrap_or_else(|| panic!("no errors in {}", answer.body));
    all.iter().map(|fault| (text(&fault["field"]), text(&fault["code"]))).collect()
}

/// The one error there is.
#[track_caller]
pub(crate) fn fault(answer: &Answer) -> (String, String) {
    let all = faults(answer);
    assert_eq!(all.len(), 1, "{}", answer.body);
    all.into_iter().next().unwrap_or_default()
}

/// Version of a record, which grows with every change.
pub(crate) fn version(desk: &Desk, resource: Resource, id: i64) -> Option<i64> {
    let read = desk.system(move |_, tx| {
        let record = tx.load(resource, id)?;
        Ok(record.and_then(|record| record.get(favo_core::catalogue::meta::VERSION)))
    });
    read.expect("read")
}

/// A record that is read and sent back is the same afterwards, also in its version.
#[track_caller]
pub(crate) fn assert_echo(desk: &Desk, entity: &str, resource: Resource, id: i64) {
    let before = get(desk, entity, id);
    let old = version(desk, resource, id);
    desk.later(60);
    change(desk, entity, id, &before.body).with(200);
    assert_eq!(get(desk, entity, id).body, before.body);
    assert_eq!(version(desk, resource, id), old, "{entity}");
}

/// Every pair of `sent` stands in what is answered.
#[track_caller]
pub(crate) fn assert_has(desk: &Desk, entity: &str, id: i64, expected: &Value) {
    let shown = get(desk, entity, id).json();
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(&shown[key], value, "{entity}.{key}");
    }
}

/// An account with every field there is.
const ACCOUNT: &str = r#"{"name":"Tartak Jodła","fullName":"Tartak Jodła Sp. z o.o.","nip":"123-456-32-18","regon":"361204579",
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
fn a_contact_takes_company_relationship_and_owner_from_its_account() {
    let desk = desk();
    let account = make(&desk, "Account", ACCOUNT);
    let body = format!(
        r#"{{"firstName":"Marek","lastName":"Sowa","account":{{"id":{account}}},"position":"Kierownik zakupów",
        "department":"Zakupy","phone":"1","mobile":"2","email":"m.sowa@tartak-jodla.example","gender":"M","birthDate":"9.6.1980",
        "source":4,"street":"Polna 1","city":"Nowy Targ","postalCode":"34-400","region":"małopolskie","country":"cz",
        "tags":"drewno","description":"x"}}"#
    );
    let id = make(&desk, "Contact", &body);
    let expected = concat!(
        r#"{"id":2,"firstName":"Marek","lastName":"Sowa","fullName":"Marek Sowa","account":{"id":1,"name":"Tartak Jodła"},"#,
        r#""position":"Kierownik zakupów","department":"Zakupy","phone":"1","mobile":"2","#,
        r#""email":"m.sowa@tartak-jodla.example","gender":{"id":2,"name":"Mężczyzna","value":"MALE"},"#,
        r#""birthDate":"1980-06-09","relationshipType":{"id":1,"name":"Klient","value":"CUSTOMER"},"#,
        r#""source":{"id":4,"name":"Polecenie","value":"REFERRAL"},"street":"Polna 1","city":"Nowy Targ","#,
        r#""postalCode":"34-400","region":"małopolskie","country":"CZ","owner":{"id":1,"name":"Anna Kos"},"#,
        r#""tags":["drewno"],"description":"x","dateCreated":"2026-06-09T10:15:02+02:00","#,
        r#""lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    );
    assert_eq!(get(&desk, "Contact", id).body, expected);
    assert_echo(&desk, "Contact", Resource::Contact, id);
    // A person is no account, and a company no contact.
    for path in
        [format!("Account/get?id={id}"), format!("Contact/get?id={account}"), format!("Lead/get?id={id}")]
    {
        assert_eq!(fault(&desk.egito("GET", &path, &[], "").with(404)).1, "not.found");
    }
    assert_eq!(fault(&change(&desk, "Contact", id, r#"{"account":2}"#).with(400)).1, "reference.notFound");
    change(&desk, "Contact", id, r#"{"account":null}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"account": null, "lastName": "Sowa"}));
}

#[test]
fn a_phone_number_changes_with_everything_in_the_query() {
    let desk = desk();
    let id = make(&desk, "Contact", r#"{"lastName":"Sowa","phone":"+48 18 444 00 11","mobile":"600"}"#);
    let path = format!("Contact/update?id={id}&phone=%2B48%2018%20444%2000%2012&access_token=0e7b4c58");
    let changed = desk.egito("POST", &path, &[("content-length", "0")], "").with(200);
    assert_eq!(changed.body, format!("{{\"id\":{id}}}"));
    assert_has(&desk, "Contact", id, &json!({"phone": "+48 18 444 00 12", "mobile": "600"}));
    change(&desk, "Contact", id, r#"{"phone":""}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"phone": null, "mobile": "600"}));
    let unknown = change(&desk, "Contact", 99999, r#"{"phone":"1"}"#).with(404);
    assert_eq!(
        unknown.body,
        r#"{"errors":[{"object":"Contact","message":"Nie znaleziono rekordu o podanym identyfikatorze.","code":"not.found"}]}"#
    );
}

#[test]
fn phones_of_other_dialects_move_up_when_the_first_goes() {
    let desk = desk();
    let made = desk.nectar(
        "POST",
        "contatos",
        r#"{"nome":"Ewa Bez","telefones":["1","2"],"emails":["a@x.pl","b@x.pl"]}"#,
    );
    let id = made.with(200).id();
    assert_has(
        &desk,
        "Contact",
        id,
        &json!({"firstName": "Ewa", "lastName": "Bez", "phone": "1", "email": "a@x.pl"}),
    );
    change(&desk, "Contact", id, r#"{"phone":null,"email":"","mobile":"7"}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"phone": "2", "mobile": "7", "email": "b@x.pl"}));
    assert_echo(&desk, "Contact", Resource::Contact, id);
}

#[test]
fn names_in_parts_are_kept_until_the_whole_changes_elsewhere() {
    let desk = desk();
    let id = make(&desk, "Contact", r#"{"firstName":"Anna Maria","lastName":"van der Berg"}"#);
    assert_has(
        &desk,
        "Contact",
        id,
        &json!({"firstName": "Anna Maria", "lastName": "van der Berg", "fullName": "Anna Maria van der Berg"}),
    );
    change(&desk, "Contact", id, r#"{"firstName":"Ewa"}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"fullName": "Ewa van der Berg", "lastName": "van der Berg"}));
    change(&desk, "Contact", id, r#"{"firstName":null}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"firstName": null, "fullName": "van der Berg"}));
    desk.nectar("PUT", &format!("contatos/{id}"), r#"{"nome":"Jan Maria Rokita"}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"firstName": "Jan Maria", "lastName": "Rokita"}));
    assert_eq!(fault(&change(&desk, "Contact", id, r#"{"lastName":" "}"#).with(400)).1, "blank");
}

#[test]
fn a_street_written_with_its_number_elsewhere_stays_apart_until_it_changes() {
    let desk = desk();
    let body = r#"{"nome":"Ewa Bez","enderecos":[{"endereco":"Długa","numero":"7","cidade":"Radom","principal":true}]}"#;
    let id = desk.nectar("POST", "contatos", body).with(200).id();
    let street = |desk: &Desk| get(desk, "Contact", id).json()["street"].clone();
    assert_eq!(street(&desk), "Długa 7");
    change(&desk, "Contact", id, r#"{"street":"Długa 7","city":"Kielce"}"#).with(200);
    let seen = desk.nectar("GET", &format!("contatos/{id}"), "").json();
    assert_eq!(
        (&seen["enderecos"][0]["numero"], &seen["enderecos"][0]["cidade"]),
        (&json!("7"), &json!("Kielce"))
    );
    change(&desk, "Contact", id, r#"{"street":"Krótka 1"}"#).with(200);
    assert_eq!(street(&desk), "Krótka 1");
    let seen = desk.nectar("GET", &format!("contatos/{id}"), "").json();
    assert_eq!(seen["enderecos"].as_array().map(Vec::len), Some(1));
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
fn keys_that_no_table_knows_are_kept_beside_those_of_others() {
    let desk = desk();
    let id = make(
        &desk,
        "Account",
        r#"{"name":"A","shoeSize":44,"utm":{"a":[1,"ż\"x"]},"id":"","dateCreated":"x"}"#,
    );
    let tail = r#""customFields":{},"shoeSize":44,"utm":{"a":[1,"ż\"x"]}}"#;
    assert!(get(&desk, "Account", id).body.ends_with(tail), "{}", get(&desk, "Account", id).body);
    assert_echo(&desk, "Account", Resource::Contact, id);
    change(&desk, "Account", id, r#"{"shoeSize":null,"new":true}"#).with(200);
    assert!(get(&desk, "Account", id).body.ends_with(r#","utm":{"a":[1,"ż\"x"]},"new":true}"#));
    for (body, code) in [
        (r#"{"errors":1}"#, "field.unknown"),
        (&*format!(r#"{{"{}":1}}"#, "k".repeat(65)), "maxSize.exceeded"),
        (&*format!(r#"{{"k":"{}"}}"#, "v".repeat(4001)), "maxSize.exceeded"),
        (r#"{"k":"a\u0000b"}"#, "typeMismatch"),
    ] {
        assert_eq!(fault(&change(&desk, "Account", id, body).with(400)).1, code, "{body}");
    }
    desk.set("egito.extras", "reject");
    assert_eq!(fault(&change(&desk, "Account", id, r#"{"other":1}"#).with(400)).1, "field.unknown");
    assert_echo(&desk, "Account", Resource::Contact, id);
    desk.set("egito.extras", "ignore");
    change(&desk, "Account", id, r#"{"other":1}"#).with(200);
    assert!(!get(&desk, "Account", id).body.contains("other"));
}

/// Adds a custom field of contacts.
fn add_custom_field(desk: &Desk, label: &str, kind: i64) {
    let label = label.to_owned();
    let made = desk.system(move |ctx, tx| {
        let patch = Patch::new()
            .text(custom_field::LABEL, &*label)
            .with(custom_field::TYPE, Input::Int(kind))
            .with(custom_field::EXTENDS, Input::Int(0));
        write::create(ctx, tx, Resource::CustomField, patch, Skip::default())
    });
    made.expect("a custom field");
}

#[test]
fn custom_fields_are_written_by_alias_at_both_places_in_the_form_of_their_type() {
    let desk = desk();
    for (label, kind) in
        [("Poziom", 0), ("Data wizyty", 2), ("Budżet", 3), ("Zgoda", 4), ("Kanały", 11), ("Uwaga", 1)]
    {
        add_custom_field(&desk, label, kind);
    }
    let id = make(
        &desk,
        "Account",
        r#"{"name":"A","poziom":"3,50","customFields":{"data_wizyty":"9.6.2026","budzet":"1 000","zgoda":"tak","kanaly":["a","b"],"uwaga":"x"}}"#,
    );
    let custom = r#""customFields":{"poziom":3.5,"data_wizyty":"2026-06-09","budzet":1000.00,"zgoda":true,"kanaly":["a","b"],"uwaga":"x"}}"#;
    assert!(get(&desk, "Account", id).body.ends_with(custom), "{}", get(&desk, "Account", id).body);
    assert_echo(&desk, "Account", Resource::Contact, id);
    change(&desk, "Account", id, r#"{"customFields":{"poziom":null},"uwaga":"y"}"#).with(200);
    assert_eq!(get(&desk, "Account", id).json()["customFields"]["uwaga"], "y");
    assert_eq!(get(&desk, "Account", id).json()["customFields"].get("poziom"), None);
    for (body, path, code) in [
        (r#"{"poziom":"x"}"#, "poziom", "typeMismatch"),
        (r#"{"customFields":{"data_wizyty":"31.02.2026"}}"#, "customFields.data_wizyty", "date.invalid"),
        (r#"{"customFields":{"planet":1}}"#, "customFields.planet", "field.unknown"),
        (r#"{"customFields":7}"#, "customFields", "typeMismatch"),
    ] {
        assert_eq!(fault(&change(&desk, "Account", id, body).with(400)), (path.to_owned(), code.to_owned()));
    }
    change(&desk, "Account", id, r#"{"customFields":null}"#).with(200);
    assert_has(&desk, "Account", id, &json!({"customFields": {}}));
}

#[test]
fn bad_values_are_refused_and_change_nothing() {
    let desk = desk();
    let id = make(&desk, "Account", r#"{"name":"A","phone":"1"}"#);
    let before = get(&desk, "Account", id).body;
    let long = "x".repeat(201);
    for (body, path, code) in [
        (&*format!(r#"{{"name":"{long}"}}"#), "name", "maxSize.exceeded"),
        (r#"{"name":"   "}"#, "name", "blank"),
        (r#"{"name":null}"#, "name", "blank"),
        (r#"{"name":{"x":1}}"#, "name", "typeMismatch"),
        (r#"{"name":"a\u0000b"}"#, "name", "typeMismatch"),
        (r#"{"industry":"Kosmos"}"#, "industry", "not.inList"),
        (r#"{"industryId":999}"#, "industry", "not.inList"),
        (r#"{"parent":99999}"#, "parent", "reference.notFound"),
        (r#"{"parent":12,"parentId":13}"#, "parent", "reference.conflict"),
        (r#"{"parent":"abc"}"#, "parent", "typeMismatch"),
        (r#"{"owner":"nobody"}"#, "owner", "reference.notFound"),
        (r#"{"email":"foo"}"#, "email", "email.invalid"),
        (r#"{"phone":"call me"}"#, "phone", "phone.invalid"),
        (r#"{"employees":-1}"#, "employees", "range.invalid"),
        (r#"{"annualRevenue":"1.234,50"}"#, "annualRevenue", "typeMismatch"),
        (r#"{"annualRevenue":-1}"#, "annualRevenue", "range.invalid"),
        (&*format!(r#"{{"tags":["ok","{}"]}}"#, "t".repeat(61)), "tags[1]", "maxSize.exceeded"),
    ] {
        let answer = change(&desk, "Account", id, body).with(400);
        assert_eq!(fault(&answer), (path.to_owned(), code.to_owned()), "{body}");
    }
    let both = change(&desk, "Account", id, r#"{"email":"foo","name":"","phone":"none"}"#).with(400);
    let order: Vec<_> = faults(&both).into_iter().map(|(field, _)| field).collect();
    assert_eq!(order, ["name", "phone", "email"]);
    assert_eq!(get(&desk, "Account", id).body, before);
    let markup = r#"<b>'); drop table contact; --"#;
    change(&desk, "Account", id, &format!(r#"{{"description":"{markup}"}}"#)).with(200);
    assert_has(&desk, "Account", id, &json!({"description": markup}));
}

#[test]
fn references_and_users_are_named_in_many_ways() {
    let desk = desk();
    let parent = make(&desk, "Account", r#"{"name":"P"}"#);
    let piotr = desk.user("piotr@acme.example", "salesperson");
    for parent in
        [format!("{parent}"), format!("\"{parent}\""), format!("{{\"id\":\"{parent}\",\"name\":\"?\"}}")]
    {
        let id = make(&desk, "Account", &format!(r#"{{"name":"C","parent":{parent}}}"#));
        assert_has(&desk, "Account", id, &json!({"parent": {"id": 1, "name": "P"}}));
    }
    let id = make(&desk, "Account", &format!(r#"{{"name":"C","parentId":{parent}}}"#));
    for owner in [
        format!("{piotr}"),
        format!(r#"{{"id":{piotr}}}"#),
        "\"piotr@acme.example\"".to_owned(),
        "\"PIOTR@acme.example@acme\"".to_owned(),
        "\"piotr@acme\"".to_owned(),
        "\"piotr\"".to_owned(),
    ] {
        change(&desk, "Account", id, r#"{"owner":1}"#).with(200);
        change(&desk, "Account", id, &format!(r#"{{"owner":{owner}}}"#)).with(200);
        assert_eq!(get(&desk, "Account", id).json()["owner"]["id"], piotr, "{owner}");
    }
    let circle = change(&desk, "Account", parent, &format!(r#"{{"parent":{id}}}"#)).with(409);
    assert_eq!(fault(&circle).1, "state.conflict");
}

#[test]
fn what_a_user_may_not_see_cannot_be_pointed_to() {
    let desk = desk();
    let hidden = make(&desk, "Account", r#"{"name":"Hidden"}"#);
    let rights = [
        ("contact.read", "own"),
        ("contact.create", "all"),
        ("contact.update", "own"),
        ("contact.delete", "own"),
    ];
    let user = desk.user_with("own@acme.example", &rights);
    desk.act_as(user);
    let refused =
        desk.egito_json("Account/create", &format!(r#"{{"name":"X","parent":{hidden}}}"#)).with(400);
    assert_eq!(fault(&refused), ("parent".to_owned(), "reference.notFound".to_owned()));
    assert_eq!(change(&desk, "Account", hidden, r#"{"name":"Y"}"#).status, 404);
    assert_eq!(desk.egito("POST", &format!("Account/delete/{hidden}"), &[], "").status, 404);
    let own = make(&desk, "Account", r#"{"name":"X"}"#);
    assert_eq!(get(&desk, "Account", own).json()["owner"]["id"], user);
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
fn a_task_stands_with_the_client_of_its_kind() {
    let desk = desk();
    let account = make(&desk, "Account", r#"{"name":"A"}"#);
    let person = make(&desk, "Contact", &format!(r#"{{"lastName":"B","account":{account}}}"#));
    let lead = make(&desk, "Lead", r#"{"lastName":"L","gender":"K"}"#);
    let body = format!(
        r#"{{"subject":"Zadzwonić","type":"CALL","status":"IN_PROGRESS","priority":"LOW","dueDate":"12.06.2026","account":{account},
        "contact":{person},"description":"x"}}"#
    );
    let id = make(&desk, "Task", &body);
    let expected = concat!(
        r#"{"id":1,"subject":"Zadzwonić","type":{"id":2,"name":"Telefon","value":"CALL"},"#,
        r#""status":{"id":2,"name":"W trakcie","value":"IN_PROGRESS"},"priority":{"id":1,"name":"Niski","value":"LOW"},"#,
        r#""dueDate":"2026-06-12T23:59:00+02:00","completedAt":null,"account":{"id":1,"name":"A"},"#,
        r#""contact":{"id":2,"name":"B"},"lead":null,"opportunity":null,"owner":{"id":1,"name":"Anna Kos"},"#,
        r#""description":"x","dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","#,
        r#""customFields":{}}"#,
    );
    assert_eq!(get(&desk, "Task", id).body, expected);
    assert_echo(&desk, "Task", Resource::Task, id);
    change(&desk, "Task", id, r#"{"status":"DONE","priority":"HIGH","dueDate":"2026-06-10T09:30"}"#)
        .with(200);
    assert_has(
        &desk,
        "Task",
        id,
        &json!({"completedAt": "2026-06-09T10:16:02+02:00", "dueDate": "2026-06-10T09:30:00+02:00"}),
    );
    change(&desk, "Task", id, &format!(r#"{{"lead":{lead},"contact":{person}}}"#)).with(200);
    assert_has(
        &desk,
        "Task",
        id,
        &json!({"account": null, "contact": null, "lead": {"id": lead, "name": "L"}}),
    );
    change(&desk, "Task", id, r#"{"lead":null}"#).with(200);
    assert_has(&desk, "Task", id, &json!({"account": null, "contact": null, "lead": null}));
    change(&desk, "Task", id, &format!(r#"{{"account":{account}}}"#)).with(200);
    assert_has(&desk, "Task", id, &json!({"account": {"id": account, "name": "A"}, "contact": null}));

    let deal = make(&desk, "Opportunity", &format!(r#"{{"name":"O","account":{account}}}"#));
    let plain = make(&desk, "Task", &format!(r#"{{"subject":"T","opportunity":{deal}}}"#));
    assert_has(
        &desk,
        "Task",
        plain,
        &json!({"account": {"id": account, "name": "A"}, "opportunity": {"id": deal, "name": "O"},
            "dueDate": "2026-06-09T23:59:00+02:00", "type": {"id": 1, "name": "Zadanie", "value": "TASK"},
            "status": {"id": 1, "name": "Otwarte", "value": "OPEN"},
            "priority": {"id": 2, "name": "Normalny", "value": "NORMAL"}}),
    );
}

#[test]
fn a_product_has_a_code_of_its_own_and_a_subcategory_of_its_category() {
    let desk = desk();
    let made = desk.system(|ctx, tx| {
        use favo_core::catalogue::product_subcategory;
        use favo_core::patch::Reference;
        let patch = Patch::new()
            .text(product_subcategory::NAME, "Piły")
            .with(product_subcategory::CATEGORY, Input::One(Reference::id(1)));
        write::create(ctx, tx, Resource::ProductSubcategory, patch, Skip::default())
    });
    let part = made.expect("a subcategory");
    let body = format!(
        r#"{{"name":"Piła taśmowa","code":"PT-1","subcategory":{part},"unit":"SET","netPrice":"18 500,1234","currency":"EUR",
        "vatRate":"8%","active":"nie","description":"x"}}"#
    );
    let id = make(&desk, "Product", &body);
    let expected = concat!(
        r#"{"id":1,"name":"Piła taśmowa","code":"PT-1","category":{"id":1,"name":"Towary","value":"GOODS"},"#,
        r#""subcategory":{"id":1,"name":"Piły","value":"PILY"},"unit":{"id":2,"name":"kpl.","value":"SET"},"#,
        r#""netPrice":18500.1234,"currency":{"id":2,"name":"Euro","value":"EUR"},"#,
        r#""vatRate":{"id":2,"name":"8%","value":"VAT8"},"active":false,"description":"x","#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    );
    assert_eq!(get(&desk, "Product", id).body, expected);
    assert_echo(&desk, "Product", Resource::Product, id);
    let plain = make(&desk, "Product", r#"{"name":"Montaż"}"#);
    assert_has(
        &desk,
        "Product",
        plain,
        &json!({"code": null, "category": null, "netPrice": 0.0, "active": true,
            "unit": {"id": 1, "name": "szt.", "value": "PCS"}, "vatRate": {"id": 1, "name": "23%", "value": "VAT23"},
            "currency": {"id": 1, "name": "Złoty polski", "value": "PLN"}}),
    );
    assert_eq!(
        fault(&change(&desk, "Product", plain, r#"{"code":"pt-1"}"#).with(409)),
        ("code".to_owned(), "unique".to_owned())
    );
    let other = change(&desk, "Product", id, r#"{"category":"SERVICES"}"#).with(400);
    assert_eq!(fault(&other), ("subcategory".to_owned(), "not.inList".to_owned()));
}

#[test]
fn users_are_shown_without_secrets() {
    let desk = desk();
    let expected = concat!(
        r#"{"id":1,"login":"anna@acme.example","username":"anna@acme.example@acme","firstName":"Anna","#,
        r#""lastName":"Kos","email":"anna@acme.example","phone":null,"active":true,"#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    );
    assert_eq!(get(&desk, "User", 1).body, expected);
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
