//! Egito: opportunities, offers and their groups, orders, and the lines they share (sections 15.4 to 15.7, 15.11, 19.2).

use favo_core::Resource;
use serde_json::json;

use crate::desk::Desk;
use crate::egito_records::{assert_echo, assert_has, change, desk, fault, faults, get, make, version};

/// An account with id 1 and a person with id 2 who works there.
fn parties(desk: &Desk) -> (i64, i64) {
    let account = make(desk, "Account", r#"{"name":"Tartak Jodła","source":"PHONE"}"#);
    let person =
        make(desk, "Contact", &format!(r#"{{"firstName":"Marek","lastName":"Sowa","account":{account}}}"#));
    (account, person)
}

const LINES: &str = r#"[{"name":"Piła taśmowa","quantity":2,"unitPrice":"18 500,00"},{"name":"Montaż","unitPrice":3200,"discount":10}]"#;

/// The two lines as they are answered.
const LINES_SHOWN: &str = concat!(
    r#"[{"id":1,"product":null,"name":"Piła taśmowa","quantity":2,"unit":{"id":1,"name":"szt.","value":"PCS"},"#,
    r#""unitPrice":18500.00,"discount":0,"vatRate":{"id":1,"name":"23%","value":"VAT23"},"netValue":37000.00,"grossValue":45510.00},"#,
    r#"{"id":2,"product":null,"name":"Montaż","quantity":1,"unit":{"id":1,"name":"szt.","value":"PCS"},"#,
    r#""unitPrice":3200.00,"discount":10,"vatRate":{"id":1,"name":"23%","value":"VAT23"},"netValue":2880.00,"grossValue":3542.40}]"#,
);

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
    let piotr = desk.user("piotr@acme.example", "salesperson");
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
fn lines_keep_their_identity_and_take_what_is_open_from_the_product() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let saw = make(&desk, "Product", r#"{"name":"Piła","netPrice":"100","vatRate":"VAT8","unit":"SET"}"#);
    let body = format!(
        r#"{{"name":"X","account":{account},"items":[{{"product":{saw},"quantity":"1,5"}},{{"name":"Montaż","unitPrice":10}}]}}"#
    );
    let id = make(&desk, "Opportunity", &body);
    let items = |desk: &Desk| get(desk, "Opportunity", id).json()["items"].clone();
    let first = &items(&desk)[0];
    assert_eq!(first["product"], json!({"id": saw, "name": "Piła"}));
    assert_eq!(
        (&first["name"], &first["unitPrice"], &first["quantity"]),
        (&json!("Piła"), &json!(100.0), &json!(1.5))
    );
    assert_eq!((&first["unit"]["value"], &first["vatRate"]["value"]), (&json!("SET"), &json!("VAT8")));
    assert_eq!((&first["netValue"], &first["grossValue"]), (&json!(150.0), &json!(162.0)));
    assert_eq!(get(&desk, "Opportunity", id).json()["value"], 160.0);
    assert_echo(&desk, "Opportunity", Resource::Opportunity, id);
    // The second line stays and changes, the first goes, a new one comes.
    change(
        &desk,
        "Opportunity",
        id,
        r#"{"items":[{"id":2,"quantity":3},{"name":"Dojazd","unitPrice":5,"vatRate":"zw."}]}"#,
    )
    .with(200);
    let now = items(&desk);
    assert_eq!(
        (&now[0]["id"], &now[0]["name"], &now[0]["netValue"]),
        (&json!(2), &json!("Montaż"), &json!(30.0))
    );
    assert_eq!((&now[1]["id"], &now[1]["grossValue"]), (&json!(3), &json!(5.0)));
    assert_eq!(get(&desk, "Opportunity", id).json()["value"], 35.0);
    let bad = change(
        &desk,
        "Opportunity",
        id,
        r#"{"items":[{"quantity":0},{"name":"a","discount":101,"unitPrice":-1},{"product":99},{"name":"b","unit":"mila"},5]}"#,
    );
    let expected = [
        ("items[0].quantity", "range.invalid"),
        ("items[0].product", "blank"),
        ("items[1].unitPrice", "range.invalid"),
        ("items[1].discount", "range.invalid"),
        ("items[2].product", "reference.notFound"),
        ("items[3].unit", "not.inList"),
        ("items[4]", "typeMismatch"),
    ];
    let expected: Vec<_> = expected.map(|(field, code)| (field.to_owned(), code.to_owned())).into();
    assert_eq!(faults(&bad.with(400)), expected);
}

#[test]
fn forms_write_lines_as_well() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!(
        "name=X&account.id={account}&items[0].name=A&items[0].quantity=2&items[0].unitPrice=1,5&items[1][name]=B&tags=a&tags=b"
    );
    let id = desk.egito("POST", "Opportunity/create", &form, &body).with(200).id();
    let json = get(&desk, "Opportunity", id).json();
    assert_eq!((&json["value"], &json["tags"]), (&json!(3.0), &json!(["a", "b"])));
    desk.egito("POST", &format!("Opportunity/update/{id}"), &form, "tags=&items=").with(200);
    let json = get(&desk, "Opportunity", id).json();
    assert_eq!((&json["items"], &json["tags"], &json["value"]), (&json!([]), &json!([]), &json!(0.0)));
}

#[test]
fn an_offer_has_a_number_dates_and_totals() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let group = make(
        &desk,
        "OfferGroup",
        &format!(r#"{{"name":"Tartak 2026","account":{account},"description":"x"}}"#),
    );
    let body = format!(
        r#"{{"name":"Oferta na piłę","offerGroup":{group},"account":{account},"contact":{person},"items":{LINES}}}"#
    );
    let id = make(&desk, "Offer", &body);
    let expected = [
        r#"{"id":1,"number":"OF/2026/00001","version":1,"name":"Oferta na piłę","offerGroup":{"id":1,"name":"Tartak 2026"},"#,
        r#""opportunity":{"id":1,"name":"Oferta na piłę"},"account":{"id":1,"name":"Tartak Jodła"},"#,
        r#""contact":{"id":2,"name":"Marek Sowa"},"status":{"id":1,"name":"Robocza","value":"DRAFT"},"#,
        r#""issueDate":"2026-06-09","validUntil":"2026-07-09","currency":{"id":1,"name":"Złoty polski","value":"PLN"},"items":"#,
        LINES_SHOWN,
        r#","netTotal":39880.00,"vatTotal":9172.40,"grossTotal":49052.40,"owner":{"id":1,"name":"Anna Kos"},"description":null,"#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    ]
    .concat();
    assert_eq!(get(&desk, "Offer", id).body, expected);
    assert_echo(&desk, "Offer", Resource::Proposal, id);
    let expected = concat!(
        r#"{"id":1,"name":"Tartak 2026","account":{"id":1,"name":"Tartak Jodła"},"opportunity":null,"#,
        r#""offers":[{"id":1,"name":"Oferta na piłę"}],"owner":{"id":1,"name":"Anna Kos"},"description":"x","#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    );
    assert_eq!(get(&desk, "OfferGroup", group).body, expected);
    assert_echo(&desk, "OfferGroup", Resource::ProposalGroup, group);

    let other = make(&desk, "Account", r#"{"name":"Inny"}"#);
    let foreign = desk
        .egito_json("Offer/create", &format!(r#"{{"name":"Y","account":{other},"offerGroup":{group}}}"#))
        .with(400);
    assert_eq!(fault(&foreign), ("offerGroup".to_owned(), "reference.notFound".to_owned()));
    assert_eq!(
        fault(&desk.egito_json("Offer/create", r#"{"name":"Y"}"#).with(400)),
        ("account".to_owned(), "blank".to_owned())
    );
    let early = change(&desk, "Offer", id, r#"{"validUntil":"2026-06-01"}"#).with(400);
    assert_eq!(fault(&early).0, "validUntil");
    let second = make(&desk, "Offer", r#"{"name":"Druga","opportunity":1,"number":"MOJA-1"}"#);
    assert_has(
        &desk,
        "Offer",
        second,
        &json!({"account": {"id": 1, "name": "Tartak Jodła"}, "version": 1, "number": "MOJA-1"}),
    );
    assert_has(&desk, "Offer", id, &json!({"status": {"id": 1, "name": "Robocza", "value": "DRAFT"}}));
    assert_eq!(
        fault(&change(&desk, "Offer", second, r#"{"number":"of/2026/00001"}"#).with(409)),
        ("number".to_owned(), "unique".to_owned())
    );
    desk.egito("POST", &format!("OfferGroup/delete/{group}"), &[], "").with(200);
    assert_has(&desk, "Offer", id, &json!({"offerGroup": null}));
}

#[test]
fn changed_lines_of_a_decided_offer_make_a_new_version() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let id = make(&desk, "Offer", &format!(r#"{{"name":"O","account":{account},"items":{LINES}}}"#));
    change(&desk, "Offer", id, r#"{"status":"APPROVED"}"#).with(200);
    assert_eq!(change(&desk, "Offer", id, r#"{"description":"x"}"#).with(200).id(), id);
    assert_echo(&desk, "Offer", Resource::Proposal, id);
    let delete = |id: i64| desk.egito("POST", &format!("Offer/delete/{id}"), &[], "");
    assert_eq!(fault(&delete(id).with(409)).1, "state.conflict");
    let newer = change(&desk, "Offer", id, r#"{"items":[{"id":1,"quantity":3}]}"#).with(200).id();
    assert_ne!(newer, id);
    assert_has(
        &desk,
        "Offer",
        id,
        &json!({"status": {"id": 5, "name": "Nieaktualna", "value": "OBSOLETE"}, "version": 1, "netTotal": 39880.0}),
    );
    assert_has(
        &desk,
        "Offer",
        newer,
        &json!({"version": 2, "number": "OF/2026/00001", "netTotal": 55500.0, "description": "x"}),
    );
    delete(id).with(200);
    assert_eq!(delete(id).status, 404);
}

#[test]
fn an_order_copies_the_lines_of_its_offer_and_ends_when_completed() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let offer = make(&desk, "Offer", &format!(r#"{{"name":"O","account":{account},"items":{LINES}}}"#));
    let id =
        make(&desk, "Order", &format!(r#"{{"contact":{person},"offer":{offer},"deliveryDate":"1.7.2026"}}"#));
    let expected = [
        r#"{"id":1,"number":"ZA/2026/00001","account":{"id":1,"name":"Tartak Jodła"},"contact":{"id":2,"name":"Marek Sowa"},"#,
        r#""opportunity":{"id":1,"name":"O"},"offer":{"id":1,"name":"O"},"status":{"id":1,"name":"Nowe","value":"NEW"},"#,
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
    let deal = get(&desk, "Order", id).json()["opportunity"]["id"].as_i64().expect("an opportunity");
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
fn a_product_on_a_line_stays() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let product = make(&desk, "Product", r#"{"name":"Piła"}"#);
    let deal = make(
        &desk,
        "Opportunity",
        &format!(r#"{{"name":"X","account":{account},"items":[{{"productId":{product}}}]}}"#),
    );
    let delete = || desk.egito("POST", &format!("Product/delete/{product}"), &[], "");
    assert_eq!(fault(&delete().with(409)).1, "state.conflict");
    change(&desk, "Opportunity", deal, r#"{"items":[]}"#).with(200);
    delete().with(200);
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
