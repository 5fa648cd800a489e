//! Contacts: names in parts, phones by kind, the main address, what they take from their account.

use favo_core::Resource;
use serde_json::json;

use super::accounts::ACCOUNT;
use super::{assert_echo, assert_has, change, desk, fault, get, make};
use crate::desk::Desk;

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
    let body = r#"{"nome":"Ewa Bez","enderecos":[{"endereco":"Długa","numero":"7","municipio":"Radom","principal":true}]}"#;
    let id = desk.nectar("POST", "contatos", body).with(200).id();
    let street = |desk: &Desk| get(desk, "Contact", id).json()["street"].clone();
    assert_eq!(street(&desk), "Długa 7");
    change(&desk, "Contact", id, r#"{"street":"Długa 7","city":"Kielce"}"#).with(200);
    let seen = desk.nectar("GET", &format!("contatos/{id}"), "").json();
    assert_eq!(
        (&seen["enderecos"][0]["numero"], &seen["enderecos"][0]["municipio"]),
        (&json!("7"), &json!("Kielce"))
    );
    change(&desk, "Contact", id, r#"{"street":"Krótka 1"}"#).with(200);
    assert_eq!(street(&desk), "Krótka 1");
    let seen = desk.nectar("GET", &format!("contatos/{id}"), "").json();
    assert_eq!(seen["enderecos"].as_array().map(Vec::len), Some(1));
}

#[test]
fn one_number_for_both_phones_is_the_main_one() {
    let desk = desk();
    let id = make(&desk, "Contact", r#"{"lastName":"Sowa","phone":"600","mobile":"600"}"#);
    assert_has(&desk, "Contact", id, &json!({"phone": "600", "mobile": null}));
    change(&desk, "Contact", id, r#"{"mobile":"700"}"#).with(200);
    assert_has(&desk, "Contact", id, &json!({"phone": "600", "mobile": "700"}));
}
