//! Tasks, products and users.

use favo_core::Resource;
use favo_core::patch::{Input, Patch};
use favo_core::write::{self, Skip};
use serde_json::json;

use super::{assert_echo, assert_has, change, desk, fault, get, make};

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
fn a_check_box_that_is_off_says_no() {
    let desk = desk();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let id = desk.egito("POST", "Product/create", &form, "name=X&_active=&active=on").with(200).id();
    assert_has(&desk, "Product", id, &json!({"active": true}));
    desk.egito("POST", &format!("Product/update/{id}"), &form, "_active=").with(200);
    assert_has(&desk, "Product", id, &json!({"active": false}));
    desk.egito("POST", &format!("Product/update/{id}"), &form, "active=").with(200);
    assert_has(&desk, "Product", id, &json!({"active": true}));
}
