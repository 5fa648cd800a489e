//! Opportunities, products, price lists and orders (14.5 to 14.12).

use serde_json::{Value, json};

use super::{
    CONTACTS, CUSTOMERS, DEALS, GROUPS, LEADS, LISTS, ORDERS, PAYMENTS, PRICES, PRODUCTS, UNITS, act,
    cleared, create, customer, desk, entry, get, holds, refused, rejected, stays, there_and_back, update,
};
use crate::desk::Desk;

#[test]
fn every_field_of_an_opportunity_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let contact = create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": company}));
    let product = create(&desk, PRODUCTS, &json!({"description": "Forno", "salesPrice": 900}));
    let pipeline = entry(&desk, "opportunity/pipelines", "Vendas");
    let stage = entry(&desk, "opportunity/stages", "Prospecção");
    let (reason, origin) =
        (entry(&desk, "opportunity/loss-reasons", "Preço"), entry(&desk, "customer/origins", "Evento"));
    let body = json!({
        "externalId": "O-1", "code": 700, "description": "Fornos", "status": "PROGRESS",
        "customer": {"id": company}, "contact": {"id": contact}, "pipeline": {"id": pipeline},
        "stage": {"id": stage}, "amount": 1500.5, "currency": "USD", "probability": 35,
        "expectedCloseDate": "30/06/2026", "lossReason": {"id": reason}, "origin": {"id": origin},
        "items": [
            {"externalId": "i1", "product": {"id": product}, "quantity": 2.5, "unitPrice": 100.1234,
             "discountPercent": 10, "total": 225.28},
            {"description": "Frete", "quantity": 1, "unitPrice": 50}],
        "tags": ["Feira"], "observation": "Prazo curto."
    });
    let id = there_and_back(&desk, DEALS, &body);
    cleared(
        &desk,
        DEALS,
        &id,
        &["contact", "expectedCloseDate", "lossReason", "tags", "observation", "items"],
    );
    // Without a word about it, an amount is the sum of the items, and an origin that of the client.
    let body = json!({"description": "a", "customerId": company,
        "items": [{"productId": product, "quantity": 2}, {"product": {"code": "000001"}, "quantity": 1}]});
    let id = create(&desk, DEALS, &body);
    let read = get(&desk, DEALS, &id);
    holds(&read, &json!({"code": 1, "amount": 2700, "currency": "BRL", "status": "PROGRESS"}), "opportunity");
    holds(
        &read["items"],
        &json!([
        {"sequence": 1, "description": "Forno", "measureUnit": {"code": "UN"}, "unitPrice": 900, "total": 1800},
        {"sequence": 2, "total": 900}]),
        "items",
    );
    stays(&desk, DEALS, &id);
    // An element that is known keeps what it does not say; the list is the whole list.
    let item = read["items"][1]["id"].clone();
    update(&desk, DEALS, &id, &json!({"items": [{"id": item, "quantity": 3}]}));
    let read = get(&desk, DEALS, &id);
    holds(
        &read,
        &json!({"amount": 2700, "items": [{"id": item, "quantity": 3, "total": 2700}]}),
        "opportunity",
    );
    let answer = act(&desk, "update", &format!("{DEALS}/{id}"), &json!({"items": [{"quantity": 0}]}));
    assert_eq!(answer.json()["details"].as_array().expect("a list").len(), 2, "{}", answer.body);
}

#[test]
fn statuses_of_an_opportunity_that_share_a_word_are_left_alone() {
    let desk = desk();
    let company = customer(&desk);
    let id = create(&desk, DEALS, &json!({"description": "a", "customerId": company}));
    for (status, word) in [(4, "LOST"), (5, "PROGRESS")] {
        desk.nectar("PUT", "oportunidades/1", &format!(r#"{{"status":{status}}}"#)).with(200);
        assert_eq!(get(&desk, DEALS, &id)["status"], word);
        stays(&desk, DEALS, &id);
        let shown = desk.nectar("GET", "oportunidades/1", "").with(200).json()["status"].clone();
        assert_eq!(shown, status);
    }
    update(&desk, DEALS, &id, &json!({"status": "LOST"}));
    assert_eq!(desk.nectar("GET", "oportunidades/1", "").json()["status"], 3);
    let lead = create(&desk, LEADS, &json!({"name": "Rui"}));
    let id = create(&desk, DEALS, &json!({"description": "b", "lead": {"id": lead}}));
    let read = get(&desk, DEALS, &id);
    assert_eq!((&read["lead"]["id"], &read["customer"]), (&json!(lead), &Value::Null));
    stays(&desk, DEALS, &id);
    refused(&desk.totvs("DELETE", &format!("{CUSTOMERS}/{company}"), &[], ""), 409, "HasDependents");
}

#[test]
fn products_groups_and_units_are_kept() {
    let desk = desk();
    let group =
        there_and_back(&desk, GROUPS, &json!({"externalId": "G", "code": "G1", "description": "Fornos"}));
    let part = there_and_back(
        &desk,
        GROUPS,
        &json!({"description": "Elétricos", "parent": {"id": group}, "active": false}),
    );
    let unit =
        there_and_back(&desk, UNITS, &json!({"code": "CJ", "description": "Conjunto", "externalId": "U"}));
    let body = json!({
        "externalId": "F-1", "code": "F1", "description": "Forno", "productGroup": {"id": part},
        "measureUnit": {"id": unit}, "salesPrice": 899.9999, "currency": "USD", "active": false,
        "observation": "220 V"
    });
    let id = there_and_back(&desk, PRODUCTS, &body);
    update(
        &desk,
        PRODUCTS,
        &id,
        &json!({"productGroup": {"externalId": "G"}, "measureUnit": {"code": "kg"}}),
    );
    let read = get(&desk, PRODUCTS, &id);
    holds(&read, &json!({"productGroup": {"id": group}, "measureUnit": {"code": "KG"}}), "product");
    cleared(&desk, PRODUCTS, &id, &["productGroup", "observation"]);
    let bare = create(&desk, PRODUCTS, &json!({"description": "x"}));
    let expected = json!({"code": "000001", "salesPrice": 0, "currency": "BRL", "active": true,
        "measureUnit": {"code": "UN"}, "productGroup": null});
    holds(&get(&desk, PRODUCTS, &bare), &expected, "product");
    // Levels are kept apart, keys are not.
    refused(
        &act(&desk, "update", &format!("{GROUPS}/{part}"), &json!({"parent": null})),
        409,
        "InvalidState",
    );
    refused(
        &act(&desk, "update", &format!("{GROUPS}/{group}"), &json!({"parent": {"id": group}})),
        409,
        "InvalidState",
    );
    let answer = act(&desk, "create", GROUPS, &json!({"description": "x", "parent": {"id": part}}));
    rejected(&answer, "parent.id", "ReferenceNotFound");
    let answer = act(
        &desk,
        "create",
        GROUPS,
        &json!({"description": "x", "parent": {"id": group}, "externalId": "G"}),
    );
    refused(&answer, 409, "DuplicateKey");
    let answer =
        act(&desk, "create", GROUPS, &json!({"description": "x", "parent": {"id": group}, "code": "g1"}));
    refused(&answer, 409, "DuplicateKey");
    let found = desk
        .totvs(
            "POST",
            GROUPS,
            &[("Integration-Action", "update"), ("Integration-Filter", "{code->eq->G1}")],
            r#"{"description":"Fornos 2"}"#,
        )
        .with(200);
    assert_eq!(found.uuid(), group);
    rejected(&act(&desk, "create", UNITS, &json!({"description": "x"})), "code", "NotNull");
}

#[test]
fn price_lists_and_payment_conditions_are_kept() {
    let desk = desk();
    let product = create(&desk, PRODUCTS, &json!({"description": "Forno"}));
    let body = json!({
        "externalId": "T", "code": "07", "description": "Sul", "startOn": "01/06/2026", "endOn": "30/06/2026",
        "active": false, "companyPermissions": [{"companyId": "1"}, {"companyId": "2"}]
    });
    let list = there_and_back(&desk, LISTS, &body);
    cleared(&desk, LISTS, &list, &["endOn", "companyPermissions"]);
    let wrong = json!({"startOn": "02/06/2026", "endOn": "01/06/2026"});
    rejected(&act(&desk, "update", &format!("{LISTS}/{list}"), &wrong), "endOn", "Range");
    let bare = create(&desk, LISTS, &json!({"description": "x"}));
    assert_eq!(get(&desk, LISTS, &bare)["startOn"], "09/06/2026");
    let body = json!({"externalId": "I", "priceList": {"id": list}, "product": {"id": product},
        "salesPrice": 12.3456, "active": false});
    let item = there_and_back(&desk, PRICES, &body);
    refused(
        &act(&desk, "create", PRICES, &json!({"priceListId": list, "productId": product, "salesPrice": 1})),
        409,
        "DuplicateKey",
    );
    refused(
        &act(&desk, "update", &format!("{PRICES}/{item}"), &json!({"priceListId": bare})),
        409,
        "InvalidState",
    );
    rejected(
        &act(&desk, "create", PRICES, &json!({"priceListId": list, "productId": product})),
        "salesPrice",
        "NotNull",
    );
    desk.totvs("DELETE", &format!("{PRICES}/{item}"), &[], "").with(200);
    there_and_back(
        &desk,
        PAYMENTS,
        &json!({"externalId": "C", "code": "30/60", "description": "30/60", "active": false}),
    );
}

#[test]
fn every_field_of_an_order_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let contact = create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": company}));
    let deal = create(&desk, DEALS, &json!({"description": "a", "customerId": company}));
    let product = create(&desk, PRODUCTS, &json!({"description": "Forno", "salesPrice": 900}));
    let list = create(&desk, LISTS, &json!({"description": "Sul", "startOn": "01/06/2026"}));
    create(&desk, PRICES, &json!({"priceListId": list, "productId": product, "salesPrice": 800}));
    let payment = create(&desk, PAYMENTS, &json!({"description": "30/60"}));
    let unit = entry_by_code(&desk, "KG");
    let body = json!({
        "externalId": "P-1", "code": "PED-9", "customer": {"id": company}, "contact": {"id": contact},
        "opportunity": {"id": deal}, "priceList": {"id": list}, "paymentCondition": {"id": payment},
        "orderDate": "08/06/2026", "deliveryDate": "10/06/2026", "status": "CONFIRMED", "currency": "EUR",
        "items": [{"externalId": "1", "sequence": 10, "product": {"id": product}, "description": "Forno azul",
            "measureUnit": {"id": unit}, "quantity": 3, "unitPrice": 10.5, "discountPercent": 12.5, "total": 27.56}],
        "total": 27.56, "observation": "Entregar cedo."
    });
    let id = there_and_back(&desk, ORDERS, &body);
    cleared(&desk, ORDERS, &id, &["contact", "opportunity", "deliveryDate", "items", "observation"]);
    let body =
        json!({"customerId": company, "priceListId": list, "items": [{"productId": product, "quantity": 2}]});
    let id = create(&desk, ORDERS, &body);
    let expected = json!({"code": "000001", "orderDate": "09/06/2026", "status": "OPEN", "currency": "BRL",
        "total": 1600, "items": [{"unitPrice": 800, "discountPercent": 0, "sequence": 1, "description": "Forno"}]});
    holds(&get(&desk, ORDERS, &id), &expected, "order");
    let wrong = json!({"deliveryDate": "08/06/2026"});
    rejected(&act(&desk, "update", &format!("{ORDERS}/{id}"), &wrong), "deliveryDate", "Range");
    let early = json!({"customerId": company, "priceListId": list, "orderDate": "31/05/2026"});
    rejected(&act(&desk, "create", ORDERS, &early), "priceListId", "ReferenceNotFound");
    let nameless = json!({"customerId": company, "items": [{"description": "x", "quantity": 1}]});
    rejected(&act(&desk, "create", ORDERS, &nameless), "items[0].product", "NotNull");
    refused(&desk.totvs("DELETE", &format!("{LISTS}/{list}"), &[], ""), 409, "HasDependents");
    // Finished: only notes and what is the client's own may change.
    update(&desk, ORDERS, &id, &json!({"status": "FINISHED"}));
    stays(&desk, ORDERS, &id);
    update(&desk, ORDERS, &id, &json!({"observation": "ok", "externalId": "X", "extra": 1}));
    refused(
        &act(&desk, "update", &format!("{ORDERS}/{id}"), &json!({"status": "OPEN"})),
        409,
        "InvalidState",
    );
    refused(&desk.totvs("DELETE", &format!("{ORDERS}/{id}"), &[], ""), 409, "InvalidState");
    refused(&desk.totvs("DELETE", &format!("{CUSTOMERS}/{company}"), &[], ""), 409, "HasDependents");
}

fn entry_by_code(desk: &Desk, code: &str) -> String {
    let items = desk.totvs("GET", &format!("{UNITS}?pageSize=100"), &[], "").with(200).json();
    let items = items["items"].as_array().expect("a list").clone();
    items.iter().find(|item| item["code"] == code).expect("a unit with this code")["id"]
        .as_str()
        .expect("a text")
        .to_owned()
}
