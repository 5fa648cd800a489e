//! Opportunities: whom they are for, how they close, what they take from their client.

use favo_core::Resource;
use serde_json::json;

use super::{LINES, LINES_SHOWN, parties};
use crate::desk::Desk;
use crate::egito_records::{assert_echo, assert_has, change, desk, fault, get, make};

#[test]
fn the_opportunity_of_the_worked_example_answers_byte_for_byte() {
    let desk = desk();
    let account = make(
        &desk,
        "Account",
        r#"{"name":"Tartak Jodła","nip":"123-456-32-18","industry":"MANUFACTURING",
        "relationshipType":{"value":"CUSTOMER"},"phone":"+48 18 444 00 11","city":"Nowy Targ","postalCode":"34-400"}"#,
    );
    let person = make(
        &desk,
        "Contact",
        &format!(
            r#"{{"firstName":"Marek","lastName":"Sowa","account":{{"id":{account}}},
        "position":"Kierownik zakupów","email":"m.sowa@tartak-jodla.example"}}"#
        ),
    );
    let body = format!(
        r#"{{"name":"Linia do cięcia 2026","accountId":{account},"contact":{person},"stage":"OFFER",
        "expectedCloseDate":"30.09.2026","items":{LINES}}}"#
    );
    let id = make(&desk, "Opportunity", &body);
    let expected = [
        r#"{"id":1,"name":"Linia do cięcia 2026","account":{"id":1,"name":"Tartak Jodła"},"contact":{"id":2,"name":"Marek Sowa"},"#,
        r#""lead":null,"pipeline":{"id":1,"name":"Sprzedaż","value":"SALES"},"stage":{"id":3,"name":"Oferta","value":"OFFER"},"#,
        r#""opportunityType":null,"source":null,"value":39880.00,"currency":{"id":1,"name":"Złoty polski","value":"PLN"},"#,
        r#""probability":50,"expectedCloseDate":"2026-09-30","closeDate":null,"lossReason":null,"items":"#,
        LINES_SHOWN,
        r#","owner":{"id":1,"name":"Anna Kos"},"tags":[],"description":null,"#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    ]
    .concat();
    assert_eq!(get(&desk, "Opportunity", id).body, expected);
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    let seen = desk.nectar("GET", &format!("oportunidades/{id}"), "").with(200).json();
    assert_eq!((&seen["etapa"], &seen["status"]), (&json!(3), &json!(1)));
}

#[test]
fn an_opportunity_keeps_every_field_and_takes_the_rest_from_its_client() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let piotr = desk.user("piotr@acme.example", "seller");
    let body = format!(
        r#"{{"name":"X","account":{account},"contact":{person},"pipeline":"SALES","stage":{{"id":2}},"opportunityType":"Usługa",
        "source":"EMAIL","value":"1 000,50","currency":"EUR","probability":"33","expectedCloseDate":"2026-07-01","owner":{piotr},
        "tags":["a"],"description":"y"}}"#
    );
    let id = make(&desk, "Opportunity", &body);
    assert_has(
        &desk,
        "Opportunity",
        id,
        &json!({"opportunityType": {"id": 4, "name": "Usługa", "value": "SERVICE"}, "value": 1000.5, "probability": 33,
            "source": {"id": 3, "name": "E-mail", "value": "EMAIL"}, "expectedCloseDate": "2026-07-01", "items": [],
            "currency": {"id": 2, "name": "Euro", "value": "EUR"}, "tags": ["a"], "description": "y",
            "owner": {"id": piotr, "name": "piotr"}, "stage": {"id": 2, "name": "Analiza potrzeb", "value": "ANALYSIS"}}),
    );
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    change(
        &desk,
        "Opportunity",
        id,
        r#"{"probability":null,"value":"","currency":null,"description":null,"tags":[]}"#,
    )
    .with(200);
    assert_has(
        &desk,
        "Opportunity",
        id,
        &json!({"probability": 25, "value": 0.0, "description": null, "tags": [],
            "currency": {"id": 1, "name": "Złoty polski", "value": "PLN"}}),
    );
    change(&desk, "Account", account, &format!(r#"{{"owner":{piotr}}}"#)).with(200);
    let plain = make(&desk, "Opportunity", &format!(r#"{{"name":"Y","account":{account}}}"#));
    assert_has(
        &desk,
        "Opportunity",
        plain,
        &json!({"source": {"id": 2, "name": "Telefon", "value": "PHONE"}, "owner": {"id": piotr, "name": "piotr"},
            "stage": {"id": 1, "name": "Nowa", "value": "NEW"}, "probability": 10, "value": 0.0}),
    );
}

#[test]
fn an_opportunity_is_for_an_account_a_lead_or_a_person() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let alone = make(&desk, "Contact", r#"{"lastName":"Sama"}"#);
    let lead = make(&desk, "Lead", r#"{"lastName":"Wrona","gender":"K"}"#);
    let nobody = desk.egito_json("Opportunity/create", r#"{"name":"X"}"#).with(400);
    assert_eq!(fault(&nobody), ("account".to_owned(), "blank".to_owned()));
    let shown = |id: i64| {
        let json = get(&desk, "Opportunity", id).json();
        ["account", "contact", "lead"].map(|key| json[key]["id"].as_i64())
    };
    let id = make(&desk, "Opportunity", &format!(r#"{{"name":"X","contact":{person}}}"#));
    assert_eq!(shown(id), [Some(account), Some(person), None]);
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    change(&desk, "Opportunity", id, &format!(r#"{{"contact":{alone}}}"#)).with(200);
    assert_eq!(shown(id), [Some(account), Some(alone), None]);
    change(&desk, "Opportunity", id, r#"{"account":null}"#).with(200);
    assert_eq!(shown(id), [None, Some(alone), None]);
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    let none = change(&desk, "Opportunity", id, r#"{"contact":null}"#).with(400);
    assert_eq!(fault(&none).1, "blank");
    change(&desk, "Opportunity", id, &format!(r#"{{"lead":{lead}}}"#)).with(200);
    assert_eq!(shown(id), [None, Some(alone), Some(lead)]);
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    change(&desk, "Opportunity", id, &format!(r#"{{"account":{account},"contact":null}}"#)).with(200);
    assert_eq!(shown(id), [Some(account), None, None]);
    let wrong =
        desk.egito_json("Opportunity/create", &format!(r#"{{"name":"X","account":{person}}}"#)).with(400);
    assert_eq!(fault(&wrong), ("account".to_owned(), "reference.notFound".to_owned()));
}

#[test]
fn closing_entries_set_the_status_and_a_stage_opens_again() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let id =
        make(&desk, "Opportunity", &format!(r#"{{"name":"X","account":{account},"stage":"NEGOTIATION"}}"#));
    let look = |desk: &Desk| {
        let json = get(desk, "Opportunity", id).json();
        (
            json["stage"]["value"].clone(),
            json["probability"].clone(),
            json["closeDate"].clone(),
            json["lossReason"]["value"].clone(),
        )
    };
    change(&desk, "Opportunity", id, r#"{"stage":"LOST","lossReason":"PRICE"}"#).with(200);
    assert_eq!(look(&desk), (json!("LOST"), json!(0), json!("2026-06-09"), json!("PRICE")));
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    change(&desk, "Opportunity", id, r#"{"stage":"DISCARDED","lossReason":1000001}"#).with(200);
    assert_eq!(look(&desk).3, json!("NO_NEED"));
    change(&desk, "Opportunity", id, r#"{"stage":1000001}"#).with(200);
    assert_eq!(look(&desk), (json!("WON"), json!(100), json!("2026-06-09"), json!(null)));
    change(&desk, "Opportunity", id, r#"{"stage":"NEGOTIATION"}"#).with(200);
    assert_eq!(look(&desk), (json!("NEGOTIATION"), json!(75), json!(null), json!(null)));
    change(&desk, "Opportunity", id, r#"{"stage":"POSTPONED"}"#).with(200);
    assert_eq!(look(&desk).0, json!("POSTPONED"));
    change(&desk, "Opportunity", id, r#"{"stage":"ANALYSIS","lossReason":"PRICE"}"#).with(200);
    assert_eq!(look(&desk), (json!("ANALYSIS"), json!(25), json!(null), json!(null)));
    assert_eq!(fault(&change(&desk, "Opportunity", id, r#"{"stage":"MOON"}"#).with(400)).1, "not.inList");
    for (body, field, code) in [
        (r#"{"probability":140}"#, "probability", "range.invalid"),
        (r#"{"value":-1}"#, "value", "range.invalid"),
        (r#"{"value":"1.234,50"}"#, "value", "typeMismatch"),
        (r#"{"expectedCloseDate":"31.02.2026"}"#, "expectedCloseDate", "date.invalid"),
        (r#"{"account":12,"accountId":13}"#, "account", "reference.conflict"),
    ] {
        assert_eq!(
            fault(&change(&desk, "Opportunity", id, body).with(400)),
            (field.to_owned(), code.to_owned())
        );
    }
}

#[test]
fn what_nectar_sold_is_shown_whole() {
    let desk = desk();
    let customer = desk.nectar("POST", "contatos", r#"{"nome":"Padaria","isEmpresa":true}"#).with(200).id();
    let deal = desk
        .nectar(
            "POST",
            "oportunidades",
            &format!(r#"{{"nome":"Forno","cliente":{{"id":{customer}}},"valorAvulso":100}}"#),
        )
        .with(200)
        .id();
    assert_has(&desk, "Opportunity", deal, &json!({"value": 100.0, "items": [], "contact": null}));
    assert_echo(&desk, "Opportunity", Resource::Opportunity, deal);
}

#[test]
fn a_seller_sells_to_whom_they_see() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let seller = desk.user("ola@acme.example", "seller");
    change(&desk, "Contact", person, &format!(r#"{{"owner":{seller}}}"#)).with(200);
    desk.act_as(seller);
    let id = make(&desk, "Opportunity", &format!(r#"{{"name":"X","contact":{person}}}"#));
    assert_has(
        &desk,
        "Opportunity",
        id,
        &json!({"account": null, "contact": {"id": person, "name": "Marek Sowa"}}),
    );
    let refused =
        desk.egito_json("Opportunity/create", &format!(r#"{{"name":"X","account":{account}}}"#)).with(400);
    assert_eq!(fault(&refused), ("account".to_owned(), "reference.notFound".to_owned()));
}

#[test]
fn the_last_day_there_is_is_a_day() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let body = format!(r#"{{"name":"X","account":{account},"expectedCloseDate":"9999-12-31"}}"#);
    let id = make(&desk, "Opportunity", &body);
    assert_eq!(get(&desk, "Opportunity", id).json()["expectedCloseDate"], "9999-12-31");
    let list = desk.egito("GET", "Opportunity/list?expectedCloseDate=9999-12-31", &[], "").with(200).json();
    assert_eq!(list[0]["id"], id);
    let task = make(&desk, "Task", r#"{"subject":"Kiedyś","dueDate":"9999-12-31"}"#);
    assert_eq!(get(&desk, "Task", task).json()["dueDate"], "9999-12-31T23:59:00+01:00");
}
