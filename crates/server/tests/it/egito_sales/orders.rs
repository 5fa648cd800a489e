//! Orders: lines of their offer, numbers, the end of their changes.

use favo_core::Resource;
use serde_json::json;

use super::{LINES, LINES_SHOWN, parties};
use crate::egito_records::{assert_echo, assert_has, change, desk, fault, get, make, version};

#[test]
fn an_order_copies_the_lines_of_its_offer_and_ends_when_completed() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let offer = make(&desk, "Offer", &format!(r#"{{"name":"O","account":{account},"items":{LINES}}}"#));
    let id =
        make(&desk, "Order", &format!(r#"{{"contact":{person},"offer":{offer},"deliveryDate":"1.7.2026"}}"#));
    let expected = [
        r#"{"id":1,"number":"ZA/2026/00001","account":{"id":1,"name":"Tartak Jodła"},"contact":{"id":2,"name":"Marek Sowa"},"#,
        r#""opportunity":null,"offer":{"id":1,"name":"O"},"status":{"id":1,"name":"Nowe","value":"NEW"},"#,
        r#""orderDate":"2026-06-09","deliveryDate":"2026-07-01","paymentMethod":{"id":1,"name":"Przelew","value":"TRANSFER"},"#,
        r#""paymentDays":14,"currency":{"id":1,"name":"Złoty polski","value":"PLN"},"items":"#,
        LINES_SHOWN,
        r#","netTotal":39880.00,"vatTotal":9172.40,"grossTotal":49052.40,"owner":{"id":1,"name":"Anna Kos"},"description":null,"#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    ]
    .concat();
    assert_eq!(get(&desk, "Order", id).body, expected);
    assert_echo(&desk, "Order", Resource::Order, id);
    for (body, field, code) in [
        (r#"{"paymentDays":366}"#, "paymentDays", "range.invalid"),
        (r#"{"paymentMethod":"SHELLS"}"#, "paymentMethod", "not.inList"),
        (r#"{"account":null,"contact":null}"#, "account", "blank"),
    ] {
        assert_eq!(fault(&change(&desk, "Order", id, body).with(400)), (field.to_owned(), code.to_owned()));
    }
    let body = format!(r#"{{"account":{account},"number":"za/2026/00001"}}"#);
    assert_eq!(
        fault(&desk.egito_json("Order/create", &body).with(409)),
        ("number".to_owned(), "unique".to_owned())
    );
    let deal = get(&desk, "Offer", offer).json()["opportunity"]["id"].as_i64().expect("an opportunity");
    let delete = |entity: &str, id: i64| desk.egito("POST", &format!("{entity}/delete/{id}"), &[], "");
    assert_eq!(fault(&delete("Opportunity", deal).with(409)).1, "state.conflict");

    change(&desk, "Order", id, r#"{"status":"COMPLETED"}"#).with(200);
    assert_eq!(fault(&change(&desk, "Order", id, r#"{"paymentDays":7}"#).with(409)).1, "state.conflict");
    change(&desk, "Order", id, r#"{"description":"odebrane","palette":3}"#).with(200);
    assert!(get(&desk, "Order", id).body.ends_with(r#""customFields":{},"palette":3}"#));
    assert_echo(&desk, "Order", Resource::Order, id);
    assert_eq!(fault(&delete("Order", id).with(409)).1, "state.conflict");
    let wrong = make(&desk, "Order", &format!(r#"{{"contact":{person},"items":[{{"name":"x"}}]}}"#));
    delete("Order", wrong).with(200);
    assert_eq!(version(&desk, Resource::Order, wrong), None);
}

#[test]
fn every_field_of_an_order_comes_back() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let deal = make(&desk, "Opportunity", &format!(r#"{{"name":"D","account":{account}}}"#));
    let seller = desk.user("ola@acme.example", "seller");
    let sent = json!({
        "number": "Z-1", "account": {"id": account, "name": "Tartak Jodła"}, "contact": {"id": person, "name": "Marek Sowa"},
        "opportunity": {"id": deal, "name": "D"}, "offer": null,
        "status": {"id": 3, "name": "W realizacji", "value": "IN_PROGRESS"}, "orderDate": "2026-05-01",
        "deliveryDate": "2026-05-02", "paymentMethod": {"id": 4, "name": "Za pobraniem", "value": "COD"}, "paymentDays": 0,
        "currency": {"id": 3, "name": "Dolar amerykański", "value": "USD"}, "owner": {"id": seller, "name": "ola"},
        "description": "pilne",
    });
    let id = make(&desk, "Order", &sent.to_string());
    assert_has(&desk, "Order", id, &sent);
    assert_echo(&desk, "Order", Resource::Order, id);
    let body = r#"{"opportunity":null,"orderDate":null,"deliveryDate":null,"paymentMethod":null,"paymentDays":null,"currency":null,
        "status":null,"contact":null,"description":null,"number":null}"#;
    change(&desk, "Order", id, body).with(200);
    assert_has(
        &desk,
        "Order",
        id,
        &json!({"opportunity": null, "orderDate": "2026-06-09", "deliveryDate": null, "paymentDays": 14, "contact": null,
            "paymentMethod": {"id": 1, "name": "Przelew", "value": "TRANSFER"}, "number": "Z-1", "description": null,
            "currency": {"id": 1, "name": "Złoty polski", "value": "PLN"},
            "status": {"id": 1, "name": "Nowe", "value": "NEW"}}),
    );
}
