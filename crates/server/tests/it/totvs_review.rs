//! TOTVS: odd values in every field, the order of checks, and what used to slip through.

use favo_core::catalogue::custom_field;
use favo_core::patch::{Input, Patch};
use favo_core::{Resource, tenancy::Country};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};
use crate::office::create;

const CUSTOMERS: &str = "/api/v4/customer/customers-integration";
const LEADS: &str = "/api/v4/customer/leads";
const OPPORTUNITIES: &str = "/api/v4/opportunity/opportunities";
const ORDERS: &str = "/api/v4/order/orders";
const PRODUCTS: &str = "/api/v4/product/products";
/// A prime, so that no field meets the same value as the one before.
const EACH: u64 = 23;

fn act(desk: &Desk, action: &str, path: &str, body: &Value) -> Answer {
    desk.totvs("POST", path, &[("Integration-Action", action)], &body.to_string())
}

fn made(desk: &Desk, path: &str, body: &Value) -> String {
    act(desk, "create", path, body).with(201).uuid()
}

fn get(desk: &Desk, path: &str, id: &str) -> Value {
    desk.totvs("GET", &format!("{path}/{id}"), &[], "").with(200).json()
}

fn found(desk: &Desk, path: &str, filter: &str) -> Vec<String> {
    let answer = desk.totvs("GET", path, &[("Integration-Filter", filter)], "").with(200).json();
    let items = answer["items"].as_array().expect("a list").clone();
    items.iter().map(|item| item["externalId"].as_str().unwrap_or_default().to_owned()).collect()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.body);
}

/// One record of each resource that is written, by its path.
fn one_of_each(desk: &Desk) -> Vec<(&'static str, String)> {
    let customer = made(desk, CUSTOMERS, &json!({"name": "Padaria Aurora", "externalId": "C-1"}));
    let product = made(desk, PRODUCTS, &json!({"description": "Forno", "salesPrice": 10}));
    let list = made(desk, "/api/v4/pricelist/price-lists", &json!({"description": "Sul"}));
    let group = made(desk, "/api/v4/product/product-groups", &json!({"description": "Fornos"}));
    let of = |id: &str| json!({"id": id});
    let mut all = vec![
        ("/api/v4/customer/contacts", json!({"name": "Bruna", "customer": of(&customer)})),
        (LEADS, json!({"name": "Caio"})),
        (
            OPPORTUNITIES,
            json!({"description": "Forno", "customer": of(&customer),
            "items": [{"product": of(&product), "quantity": 1}]}),
        ),
        (ORDERS, json!({"customer": of(&customer), "items": [{"product": of(&product), "quantity": 1}]})),
        ("/api/v4/product/product-groups", json!({"description": "A gás", "parent": of(&group)})),
        ("/api/v4/product/measure-units", json!({"code": "BX", "description": "Caixote"})),
        (
            "/api/v4/pricelist/price-list-items",
            json!({"priceList": of(&list), "product": of(&product), "salesPrice": 9}),
        ),
        ("/api/v4/payment/payment-conditions", json!({"description": "17 dias"})),
        ("/api/v4/activity/activities", json!({"description": "Ligar"})),
        ("/api/v4/calendar/calendars", json!({"description": "Visita", "startAt": "09/06/2026 10:00"})),
        ("/api/v4/calendar/calendar-types", json!({"description": "Feira"})),
    ]
    .into_iter()
    .map(|(path, body)| (path, made(desk, path, &body)))
    .collect::<Vec<_>>();
    all.extend([
        (CUSTOMERS, customer),
        (PRODUCTS, product),
        ("/api/v4/pricelist/price-lists", list),
        ("/api/v4/product/product-groups", group),
    ]);
    all
}

#[test]
fn no_odd_value_in_any_field_is_a_fault_of_the_server() {
    let desk = Desk::new(Country::Brazil);
    let unknown = "00000000-0000-4000-8000-000000000000";
    let long = "é".repeat(40_000);
    let mut odd: Vec<Value> = vec![
        json!(null),
        json!(""),
        json!(" "),
        json!("x"),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!(1e300),
        json!(9_223_372_036_854.0),
        json!(true),
        json!([]),
        json!({}),
        json!([null]),
        json!([[]]),
        json!([{}]),
        json!(["", "a;b", "a"]),
        json!([{"id": unknown}, {"id": unknown}]),
        json!({"id": null}),
        json!({"id": unknown}),
        json!({"id": "x", "code": 1, "externalId": {}}),
        json!({"code": "x%*"}),
        json!({"externalId": "C-1"}),
        json!(unknown),
        json!("31/12/9999"),
        json!("31/12/9999 23:59"),
        json!("01/01/1914"),
        json!("9999-12-31T23:59:59-12:00"),
        json!("\u{0}"),
        json!(long),
        json!([{"quantity": 9_000_000_000_000.0, "unitPrice": 9_000_000_000_000.0, "description": "x",
            "discountPercent": 100, "sequence": i64::MAX}]),
        json!([{"quantity": "0.00001", "description": "x"}]),
        json!([{"email": "a@b.cd"}, {"email": "A@b.cd"}, {"email": "a@b.cd"}]),
        json!([{"number": "(47) 1"}, {"number": "471"}]),
        json!([{"documentNumber": "529.982.247-25"}, {"documentNumber": "52998224725"}]),
    ];
    odd.extend(["OPEN", "WON", "DONE", "QUALIFIED", "FINISHED", "PF", "BRL"].map(|word| json!(word)));
    // One pair of field and value of so many is tried.
    let mut tried = 0_u64;
    for (path, id) in one_of_each(&desk) {
        let keys: Vec<String> =
            get(&desk, path, &id).as_object().expect("an object").keys().cloned().collect();
        for key in keys.iter().map(String::as_str).chain(["customFields", "other"]) {
            for value in &odd {
                tried += 1;
                if !tried.is_multiple_of(EACH) {
                    continue;
                }
                let before = get(&desk, path, &id);
                for (action, body) in [
                    ("update", json!({"id": id, key: value})),
                    ("upsert", json!({"id": id, "name": "A", "description": "B", key: value})),
                ] {
                    if key == "id" {
                        continue;
                    }
                    let shown = value.to_string().chars().take(80).collect::<String>();
                    let answer = act(&desk, action, path, &body);
                    assert!(answer.status < 500, "{path} {key} {shown}: {} {}", answer.status, answer.body);
                    let after = desk.totvs("GET", &format!("{path}/{id}"), &[], "");
                    assert_eq!(after.status, 200, "{path} {action} {key} {shown}: {}", after.body);
                    let after: Value = serde_json::from_str(&after.body)
                        .unwrap_or_else(|error| panic!("{path} {key} {shown}: {error}: {}", after.body));
                    if answer.status == 200 {
                        // What is shown can be sent back and changes nothing.
                        let again = act(&desk, "update", path, &after);
                        assert_eq!(again.status, 200, "{path} {key} {shown}: {} {after}", again.body);
                        assert_eq!(get(&desk, path, &id), after, "{path} {key} {shown}: sent back");
                    } else if action == "update" {
                        assert_eq!(after, before, "{path} {key} {shown}: changed by a refusal");
                    }
                }
            }
        }
    }
}

#[test]
fn lines_are_counted_from_one_whoever_wrote_them() {
    let desk = Desk::new(Country::Brazil);
    let customer = made(&desk, CUSTOMERS, &json!({"name": "Padaria"}));
    let line = |name: &str| json!({"description": name, "quantity": 1, "unitPrice": 5});
    let deal = |items: Value| json!({"description": "Forno", "customer": {"id": customer}, "items": items});
    let id = made(&desk, OPPORTUNITIES, &deal(json!([line("a"), line("b"), line("c")])));
    let sequences = |id: &str| {
        let items = get(&desk, OPPORTUNITIES, id)["items"].as_array().expect("a list").clone();
        items.iter().map(|item| item["sequence"].as_i64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(sequences(&id), [1, 2, 3]);
    let shown = get(&desk, OPPORTUNITIES, &id);
    act(&desk, "update", OPPORTUNITIES, &shown).with(200);
    assert_eq!(get(&desk, OPPORTUNITIES, &id), shown);
    let mut far = line("a");
    far["sequence"] = json!(10);
    let second = made(&desk, OPPORTUNITIES, &{
        let mut deal = deal(json!([far]));
        deal["externalId"] = json!("far");
        deal
    });
    assert_eq!(sequences(&second), [10]);
    assert_eq!(found(&desk, OPPORTUNITIES, "{items.sequence->eq->10}"), ["far"]);
    assert_eq!(found(&desk, OPPORTUNITIES, "{items.sequence->gt->9}"), ["far"]);
    assert_eq!(found(&desk, OPPORTUNITIES, "{items.sequence->in->[3]}"), [""]);
    let mut none = line("a");
    none["sequence"] = json!(0);
    let refusal = act(&desk, "create", OPPORTUNITIES, &deal(json!([none])));
    refused(&refusal, 422, "ValidationFailed");
    assert_eq!(refusal.json()["details"][0]["field"], "items[0].sequence");
}

#[test]
fn custom_numbers_days_and_texts_are_compared_as_what_they_are() {
    let desk = Desk::new(Country::Brazil);
    for (label, kind) in [("Area", 0), ("Visita", 2), ("Porte", 1), ("Canais", 11)] {
        let patch = Patch::new().text(custom_field::LABEL, label).with(custom_field::TYPE, Input::Int(kind));
        create(&desk, Resource::CustomField, patch);
    }
    for (key, custom) in [
        ("a", json!({"area": 9.5, "visita": "03/11/2025", "porte": "Grande", "canais": ["Loja", "Site"]})),
        ("b", json!({"area": -12, "visita": "2026-01-02", "porte": "grande", "canais": ["Site"]})),
        ("c", json!({"area": 100, "visita": "15/12/2025", "porte": "a*b"})),
        ("d", json!({})),
    ] {
        made(&desk, CUSTOMERS, &json!({"name": key, "externalId": key, "customFields": custom}));
    }
    for (filter, keys) in [
        ("{customFields.area->gt->9.5}", &["c"] as &[&str]),
        ("{customFields.area->ge->9.5}", &["a", "c"]),
        ("{customFields.area->lt->9.5}", &["b"]),
        ("{customFields.area->btw->[-12,10]}", &["a", "b"]),
        ("{customFields.area->btw->[10,-12]}", &[]),
        ("{customFields.visita->gt->03/11/2025}", &["b", "c"]),
        ("{customFields.visita->le->15/12/2025}", &["a", "c"]),
        ("{customFields.visita->btw->[04/11/2025,01/01/2026]}", &["c"]),
        ("{customFields.porte->eq->Grande}", &["a"]),
        ("{customFields.porte->ieq->GRANDE}", &["a", "b"]),
        ("{customFields.porte->neq->Grande}", &["b", "c"]),
        ("{customFields.porte->ilike->A*B}", &["c"]),
        ("{customFields.porte->ilike->g*e}", &[]),
        ("{customFields.porte->ge->a}", &["b", "c"]),
        ("{customFields.canais->eq->Site}", &["a", "b"]),
        ("{customFields.canais->eq->site}", &[]),
        ("{customFields.canais->in->[Loja,Rua]}", &["a"]),
    ] {
        assert_eq!(found(&desk, CUSTOMERS, &format!("{filter}{{order->eq->externalId}}")), keys, "{filter}");
    }
}

#[test]
fn what_is_taken_is_told_after_everything_else() {
    let desk = Desk::new(Country::Brazil);
    let patch = Patch::new().text(custom_field::LABEL, "Porte").with(custom_field::TYPE, Input::Int(1));
    create(&desk, Resource::CustomField, patch);
    made(&desk, CUSTOMERS, &json!({"name": "A", "code": "7", "externalId": "C-7"}));
    let customer = made(&desk, CUSTOMERS, &json!({"name": "B"}));
    let stages = desk.totvs("GET", "/api/v4/opportunity/stages", &[], "").with(200).json();
    assert!(stages["items"].is_array());
    let deal = |code: i64| json!({"code": code, "description": "x", "customer": {"id": customer}, "expectedCloseDate": "10/06/2026"});
    made(&desk, OPPORTUNITIES, &deal(5));
    refused(&act(&desk, "create", OPPORTUNITIES, &deal(5)), 409, "DuplicateKey");
    // The core refuses the amount of such a line.
    let mut both = deal(5);
    both["items"] =
        json!([{"description": "x", "quantity": 9_000_000_000_000_i64, "unitPrice": 9_000_000_000_000_i64}]);
    refused(&act(&desk, "create", OPPORTUNITIES, &both), 422, "ValidationFailed");
    assert_eq!(found(&desk, OPPORTUNITIES, "").len(), 1);
    // A code that is taken undoes the insert.
    refused(&act(&desk, "create", CUSTOMERS, &json!({"name": "C", "code": "7"})), 409, "DuplicateKey");
    refused(&act(&desk, "update", CUSTOMERS, &json!({"id": customer, "code": "7"})), 409, "DuplicateKey");
    assert_eq!(found(&desk, CUSTOMERS, "").len(), 2);
    assert_ne!(get(&desk, CUSTOMERS, &customer)["code"], "7");
}

#[test]
fn a_filter_that_cannot_be_understood_is_told_before_the_values() {
    let desk = Desk::new(Country::Brazil);
    let bad = json!({"name": "A", "birthday": "31/02/1990"}).to_string();
    for (filter, code) in [
        ("{colour->eq->red}", "FilterUnknownField"),
        ("{active->like->t}", "FilterOperatorType"),
        ("{birthday->eq->31/02/1990}", "FilterValueInvalid"),
        ("{name->eq->A}{page->eq->1}", "FilterPagingMisplaced"),
    ] {
        let headers = [("Integration-Action", "upsert"), ("Integration-Filter", filter)];
        refused(&desk.totvs("POST", CUSTOMERS, &headers, &bad), 400, code);
    }
    let headers = [("Integration-Action", "upsert"), ("Integration-Filter", "{name->eq->A}")];
    refused(&desk.totvs("POST", CUSTOMERS, &headers, &bad), 400, "InvalidValue");
}

#[test]
fn an_upsert_takes_no_list_from_its_filter() {
    let desk = Desk::new(Country::Brazil);
    let headers =
        [("Integration-Action", "upsert"), ("Integration-Filter", "{tags->eq->VIP}{externalId->eq->C-9}")];
    let id = desk.totvs("POST", CUSTOMERS, &headers, r#"{"name":"A"}"#).with(201).uuid();
    assert_eq!(get(&desk, CUSTOMERS, &id)["tags"], json!([]));
}

#[test]
fn an_address_that_is_named_twice_is_one_address() {
    let desk = Desk::new(Country::Brazil);
    let id = made(&desk, CUSTOMERS, &json!({"name": "A", "addresses": [{"cityName": "Joinville"}]}));
    let mut address = get(&desk, CUSTOMERS, &id)["addresses"][0].clone();
    let first = address.clone();
    address["cityName"] = json!("Curitiba");
    act(&desk, "update", CUSTOMERS, &json!({"id": id, "addresses": [first, address]})).with(200);
    let shown = get(&desk, CUSTOMERS, &id);
    let cities: Vec<_> =
        shown["addresses"].as_array().expect("a list").iter().map(|a| a["cityName"].clone()).collect();
    assert_eq!(cities, ["Joinville", "Curitiba"]);
    assert_ne!(shown["addresses"][0]["id"], shown["addresses"][1]["id"]);
}

#[test]
fn an_unknown_custom_field_never_stands_for_a_field_of_the_table() {
    let desk = Desk::new(Country::Brazil);
    desk.set("totvs.unknown_custom_field", "keep");
    let kept = made(&desk, CUSTOMERS, &json!({"name": "A", "customFields": {"cor": "azul"}}));
    assert_eq!(get(&desk, CUSTOMERS, &kept)["cor"], "azul");
    let taken = act(&desk, "create", CUSTOMERS, &json!({"name": "A", "customFields": {"name": "B"}}));
    refused(&taken, 422, "ValidationFailed");
    assert_eq!(taken.json()["details"][0]["code"], "UnknownCustomField");
}

#[test]
fn people_a_user_cannot_see_are_not_found_through_their_company() {
    let desk = Desk::new(Country::Brazil);
    let boss =
        get(&desk, CUSTOMERS, &made(&desk, CUSTOMERS, &json!({"name": "x"})))["professionalId"].clone();
    let seller = desk.user("leo@aurora.example", "seller");
    desk.act_as(seller);
    let company = made(&desk, CUSTOMERS, &json!({"name": "Padaria", "externalId": "C-1"}));
    let people = "/api/v4/customer/contacts";
    made(&desk, people, &json!({"name": "Bruna", "customer": {"id": company}}));
    desk.act_as(1);
    let hidden = json!({"name": "Carla", "customer": {"id": company}, "professionalId": boss});
    let hidden = made(&desk, people, &hidden);
    let (by_id, by_name) = (format!("{{contacts.id->eq->{hidden}}}"), "{contacts.name->eq->Carla}");
    assert_eq!(found(&desk, CUSTOMERS, by_name), ["C-1"]);
    assert_eq!(found(&desk, CUSTOMERS, &by_id), ["C-1"]);
    desk.act_as(seller);
    assert_eq!(get(&desk, CUSTOMERS, &company)["contacts"].as_array().map(Vec::len), Some(1));
    assert_eq!(found(&desk, CUSTOMERS, "{contacts.name->eq->Bruna}"), ["C-1"]);
    assert_eq!(found(&desk, CUSTOMERS, by_name), [""; 0]);
    assert_eq!(found(&desk, CUSTOMERS, &by_id), [""; 0]);
}

#[test]
fn products_of_lines_are_found_by_every_spelling() {
    let desk = Desk::new(Country::Brazil);
    let customer = made(&desk, CUSTOMERS, &json!({"name": "Padaria"}));
    let product = made(
        &desk,
        PRODUCTS,
        &json!({"description": "Forno", "code": "FRN-1", "externalId": "P-1", "salesPrice": 10}),
    );
    let order = |items: Value| json!({"customer": {"id": customer}, "items": items});
    let spelled = [
        json!({"id": product}),
        json!({"code": "FRN-1"}),
        json!({"externalId": "P-1"}),
        json!({"id": product.to_uppercase(), "code": "FRN-1"}),
        json!(product),
    ];
    let lines: Vec<Value> = spelled.iter().map(|sent| json!({"product": sent, "quantity": 1})).collect();
    let id = made(&desk, ORDERS, &order(json!(lines)));
    let shown = get(&desk, ORDERS, &id);
    let items = shown["items"].as_array().expect("a list");
    assert_eq!(items.len(), 5);
    assert!(items.iter().all(|item| item["product"]["id"] == json!(product)), "{shown}");
    let unknown = [json!({"code": "FRN-2"}), json!({"externalId": "p-1"}), json!({"id": customer})];
    for (sent, path) in unknown.iter().zip(["code", "externalId", "id"]) {
        let answer = act(&desk, "create", ORDERS, &order(json!([{"product": sent, "quantity": 1}])));
        refused(&answer, 422, "ValidationFailed");
        let detail = &answer.json()["details"][0];
        assert_eq!(detail["field"], format!("items[0].product.{path}"));
        assert_eq!(detail["code"], "ReferenceNotFound");
    }
}

#[test]
fn a_list_of_many_options_is_asked_in_parts() {
    let desk = Desk::new(Country::Brazil);
    let patch = Patch::new().text(custom_field::LABEL, "Canais").with(custom_field::TYPE, Input::Int(11));
    create(&desk, Resource::CustomField, patch);
    made(
        &desk,
        CUSTOMERS,
        &json!({"name": "a", "externalId": "a", "customFields": {"canais": ["x", "499"]}}),
    );
    let many = (0..500).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(found(&desk, CUSTOMERS, &format!("{{customFields.canais->in->[{many}]}}")), ["a"]);
    assert_eq!(found(&desk, CUSTOMERS, &format!("{{name->in->[{many}]}}")), [""; 0]);
    assert_eq!(found(&desk, CUSTOMERS, &format!("{{emails.email->in->[{many}]}}")), [""; 0]);
    let documents = "customerIdentificationDocuments.documentNumber";
    assert_eq!(found(&desk, CUSTOMERS, &format!("{{{documents}->in->[{many}]}}")), [""; 0]);
}

#[test]
fn numbers_and_days_of_custom_fields_are_no_lists() {
    let desk = Desk::new(Country::Brazil);
    for (label, kind) in [("Area", 0), ("Visita", 2), ("Frota", 4), ("Canais", 11)] {
        let patch = Patch::new().text(custom_field::LABEL, label).with(custom_field::TYPE, Input::Int(kind));
        create(&desk, Resource::CustomField, patch);
    }
    for custom in [json!({"area": [1, 2]}), json!({"visita": ["09/06/2026"]}), json!({"frota": [true]})] {
        let answer = act(&desk, "create", CUSTOMERS, &json!({"name": "A", "customFields": custom}));
        refused(&answer, 400, "InvalidValue");
    }
    let kept = made(&desk, CUSTOMERS, &json!({"name": "A", "customFields": {"canais": ["a", "b"]}}));
    assert_eq!(get(&desk, CUSTOMERS, &kept)["customFields"]["canais"], json!(["a", "b"]));
}

#[test]
fn odd_sessions_and_paths_are_told_apart() {
    let desk = Desk::new(Country::Brazil);
    let path = format!("{CUSTOMERS}/{}", made(&desk, CUSTOMERS, &json!({"name": "A", "externalId": "C-1"})));
    refused(&desk.totvs("DELETE", CUSTOMERS, &[], ""), 400, "FilterRequired");
    refused(&desk.totvs("DELETE", &path, &[("Integration-Filter", "{name->eq->A}")], ""), 400, "KeyConflict");
    refused(&desk.totvs("PATCH", &path, &[], "{}"), 405, "MethodNotAllowed");
    refused(&act(&desk, "update", &path, &json!({"version": 7})), 409, "VersionConflict");
    refused(&act(&desk, "update", &path, &json!({"version": 7, "name": null})), 409, "VersionConflict");
    refused(
        &act(&desk, "create", CUSTOMERS, &json!({"id": null, "name": "B", "externalId": "C-1"})),
        409,
        "DuplicateKey",
    );
    let odd = ["%00", "%ff", "%7B", "{name->eq->\u{1}}"];
    for text in odd {
        for parameter in ["filter", "generalSearch", "order", "page", "fields", "updatedSince", "active"] {
            let answer = desk.totvs("GET", &format!("{CUSTOMERS}?{parameter}={text}"), &[], "");
            assert!(answer.status < 500, "{parameter}={text}: {}", answer.body);
        }
    }
    desk.totvs("DELETE", &path, &[], "").with(200);
    refused(&desk.totvs("DELETE", &path, &[], ""), 404, "RecordNotFound");
}
