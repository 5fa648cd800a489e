//! TOTVS writing: every field of every resource there and back, and what a resource does of its own (sections 11 to 14).

use favo_core::Resource;
use favo_core::tenancy::Country;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

const CUSTOMERS: &str = "/api/v4/customer/customers-integration";
const CONTACTS: &str = "/api/v4/customer/contacts";
const LEADS: &str = "/api/v4/customer/leads";
const DEALS: &str = "/api/v4/opportunity/opportunities";
const PRODUCTS: &str = "/api/v4/product/products";
const GROUPS: &str = "/api/v4/product/product-groups";
const UNITS: &str = "/api/v4/product/measure-units";
const LISTS: &str = "/api/v4/pricelist/price-lists";
const PRICES: &str = "/api/v4/pricelist/price-list-items";
const PAYMENTS: &str = "/api/v4/payment/payment-conditions";
const ORDERS: &str = "/api/v4/order/orders";
const ACTIVITIES: &str = "/api/v4/activity/activities";
const CALENDARS: &str = "/api/v4/calendar/calendars";
const CALENDAR_TYPES: &str = "/api/v4/calendar/calendar-types";

fn desk() -> Desk {
    Desk::new(Country::Brazil)
}

fn act(desk: &Desk, action: &str, path: &str, body: &Value) -> Answer {
    desk.totvs("POST", path, &[("Integration-Action", action)], &body.to_string())
}

#[track_caller]
fn create(desk: &Desk, path: &str, body: &Value) -> String {
    act(desk, "create", path, body).with(201).uuid()
}

#[track_caller]
fn update(desk: &Desk, path: &str, id: &str, body: &Value) {
    act(desk, "update", &format!("{path}/{id}"), body).with(200);
}

#[track_caller]
fn get(desk: &Desk, path: &str, id: &str) -> Value {
    desk.totvs("GET", &format!("{path}/{id}"), &[], "").with(200).json()
}

/// The id of an entry of a supporting list.
#[track_caller]
fn entry(desk: &Desk, list: &str, description: &str) -> String {
    let items = desk.totvs("GET", &format!("/api/v1/{list}?pageSize=1000"), &[], "").with(200).json();
    let items = items["items"].as_array().unwrap().clone();
    let found = items.iter().find(|item| item["description"] == description);
    found.unwrap_or_else(|| panic!("no {description} in {items:?}"))["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.body);
}

#[track_caller]
fn rejected(answer: &Answer, field: &str, code: &str) {
    refused(answer, 422, "ValidationFailed");
    let details = answer.json()["details"].clone();
    assert_eq!(details.as_array().map(Vec::len), Some(1), "{}", answer.body);
    assert_eq!((&details[0]["field"], &details[0]["code"]), (&field.into(), &code.into()), "{}", answer.body);
}

/// What was sent is what is read, object keys of the answer beside those sent not counted.
#[track_caller]
fn holds(read: &Value, sent: &Value, path: &str) {
    match (read, sent) {
        (Value::Object(read), Value::Object(sent)) => {
            for (key, value) in sent {
                holds(&read[key], value, &format!("{path}.{key}"));
            }
        }
        (Value::Array(read), Value::Array(sent)) => {
            assert_eq!(read.len(), sent.len(), "{path}: {read:?}");
            for (at, (read, sent)) in read.iter().zip(sent).enumerate() {
                holds(read, sent, &format!("{path}[{at}]"));
            }
        }
        _ => assert_eq!(read, sent, "{path}"),
    }
}

/// Makes a record, reads all of it back, and sends it back in every way that must change nothing.
#[track_caller]
fn there_and_back(desk: &Desk, path: &str, sent: &Value) -> String {
    let id = create(desk, path, sent);
    let read = get(desk, path, &id);
    holds(&read, sent, path);
    stays(desk, path, &id);
    id
}

/// Sends a record back as it was read: merged and replaced it stays as it is, version included.
#[track_caller]
fn stays(desk: &Desk, path: &str, id: &str) {
    let read = get(desk, path, id);
    desk.later(60);
    for action in ["update", "upsert"] {
        act(desk, action, path, &read).with(200);
        assert_eq!(get(desk, path, id), read, "{action} of {path}");
    }
    desk.totvs("POST", path, &[], &read.to_string()).with(200);
    assert_eq!(get(desk, path, id), read, "POST to {path}");
}

/// Clears all that a body names and its resource does not require.
#[track_caller]
fn cleared(desk: &Desk, path: &str, id: &str, keys: &[&str]) {
    let nulls: serde_json::Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    update(desk, path, id, &Value::Object(nulls));
    let read = get(desk, path, id);
    for key in keys {
        let value = &read[*key];
        assert!(value.is_null() || *value == json!([]), "{path} {key}: {value}");
    }
}

fn customer(desk: &Desk) -> String {
    create(desk, CUSTOMERS, &json!({"name": "Padaria Aurora"}))
}

#[test]
fn every_field_of_a_customer_is_kept() {
    let desk = desk();
    let (segment, origin) =
        (entry(&desk, "customer/segments", "Comércio"), entry(&desk, "customer/origins", "Evento"));
    let body = json!({
        "externalId": "C-1", "code": "K-77", "name": "Aurora Ltda", "tradingName": "Aurora",
        "customerPersonType": {"acronym": "PJ"}, "birthday": "03/11/1988",
        "customerIdentificationDocuments": [
            {"documentNumber": "11222333000181", "identificationDocumentAcronym": "CNPJ", "externalId": "d1"},
            {"documentNumber": "123.456", "identificationDocumentAcronym": "IE", "externalId": null},
            {"documentNumber": "1234563218", "identificationDocumentAcronym": "NIP"}],
        "emails": [
            {"email": "compras@aurora.example", "externalId": "e1"},
            {"email": "fin@aurora.example", "emailTypeId": "44b704f5-aeee-5983-96ce-dd48d50517e7"}],
        "phones": [
            {"number": "(47) 3300-0011", "externalId": "p1"},
            {"number": "+55 47 99999-0001", "phoneTypeId": "1bcd5048-b6f8-5413-b179-c209c7e99274"}],
        "addresses": [
            {"code": "A1", "address": "Rua das Hortênsias", "number": "77", "complement": "fundos",
             "neighborhood": "Centro", "postalCode": "89201-000", "cityName": "Joinville", "cityId": "4209102",
             "state": "SC", "country": "BR", "addressType": {"acronym": "DELIVERY"}, "main": true},
            {"address": "Calle 7", "state": "Salta", "country": "AR", "main": false,
             "addressType": {"acronym": "BILLING"}}],
        "lifecycle": "PROSPECT", "segment": {"id": segment}, "origin": {"id": origin},
        "site": "https://aurora.example", "tags": ["Norte", "VIP"], "active": false, "observation": "Paga bem.",
        "porte": {"n": [1, 2.50]}, "faixa": 3
    });
    let id = there_and_back(&desk, CUSTOMERS, &body);
    let keys = [
        "tradingName",
        "birthday",
        "customerIdentificationDocuments",
        "emails",
        "phones",
        "addresses",
        "segment",
        "origin",
        "site",
        "tags",
        "observation",
        "externalId",
        "porte",
    ];
    cleared(&desk, CUSTOMERS, &id, &keys);
    let read = get(&desk, CUSTOMERS, &id);
    assert_eq!((&read["faixa"], read.get("porte")), (&json!(3), None));
    stays(&desk, CUSTOMERS, &id);
}

#[test]
fn an_upsert_that_finds_a_customer_puts_everything_else_back_to_its_default() {
    let desk = desk();
    let body = json!({
        "externalId": "C-1", "code": "K-77", "name": "Aurora", "site": "x", "tags": ["a"], "active": false,
        "lifecycle": "PROSPECT", "emails": [{"email": "a@b.example"}], "defaultAddress": {"cityName": "Itu"},
        "porte": 1
    });
    let id = create(&desk, CUSTOMERS, &body);
    act(&desk, "upsert", CUSTOMERS, &json!({"externalId": "C-1", "name": "Aurora 2"})).with(200);
    let read = get(&desk, CUSTOMERS, &id);
    let expected = json!({
        "externalId": "C-1", "code": "K-77", "name": "Aurora 2", "site": null, "tags": [], "active": true,
        "lifecycle": "CUSTOMER", "emails": [], "addresses": [], "defaultAddress": null, "version": 2
    });
    holds(&read, &expected, "customer");
    assert!(read.get("porte").is_none());
    // Nothing differs any more: nothing is written.
    act(&desk, "upsert", CUSTOMERS, &json!({"externalId": "C-1", "name": "Aurora 2"})).with(200);
    assert_eq!(get(&desk, CUSTOMERS, &id)["version"], 2);
    rejected(&act(&desk, "upsert", CUSTOMERS, &json!({"externalId": "C-1"})), "name", "NotNull");
    act(&desk, "update", &format!("{CUSTOMERS}/{id}"), &json!({"externalId": null})).with(200);
    assert_eq!(get(&desk, CUSTOMERS, &id)["externalId"], Value::Null);
}

#[test]
fn the_type_of_a_customer_follows_from_what_is_known() {
    let desk = desk();
    let cpf = json!([{"documentNumber": "529.982.247-25"}]);
    let cnpj = json!([{"documentNumber": "11.222.333/0001-81"}]);
    for (body, expected) in [
        (json!({"name": "a"}), "PJ"),
        (json!({"name": "a", "birthday": "03/11/1988"}), "PF"),
        (json!({"name": "a", "birthday": "03/11/1988", "customerIdentificationDocuments": cnpj}), "PJ"),
        (json!({"name": "a", "customerIdentificationDocuments": cpf}), "PF"),
        (json!({"name": "a", "customerPersonTypeAcronym": "f"}), "PF"),
        (json!({"name": "a", "customerPersonType": {"acronym": "E"}}), "EX"),
        (json!({"name": "a", "customerPersonTypeId": "13e3cad4-bafe-5ff7-8260-84ef5014959d"}), "PJ"),
    ] {
        let id = create(&desk, CUSTOMERS, &body);
        let read = get(&desk, CUSTOMERS, &id);
        assert_eq!(read["customerPersonType"]["acronym"], expected, "{body}");
        if let Some(birthday) = body.get("birthday") {
            assert_eq!(&read["birthday"], birthday);
        }
        stays(&desk, CUSTOMERS, &id);
    }
    // The birthday stays when a company turns out to be a person; not while people work for it.
    let id = create(
        &desk,
        CUSTOMERS,
        &json!({"name": "a", "birthday": "03/11/1988", "customerPersonType": {"acronym": "PJ"}}),
    );
    update(&desk, CUSTOMERS, &id, &json!({"customerPersonType": {"acronym": "PF"}}));
    assert_eq!(get(&desk, CUSTOMERS, &id)["birthday"], "03/11/1988");
    update(&desk, CUSTOMERS, &id, &json!({"customerPersonType": {"acronym": "PJ"}}));
    create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": id}));
    let answer =
        act(&desk, "update", &format!("{CUSTOMERS}/{id}"), &json!({"customerPersonType": {"acronym": "PF"}}));
    refused(&answer, 409, "InvalidState");
    let unknown = json!({"name": "a", "customerPersonType": {"acronym": "XX"}});
    rejected(&act(&desk, "create", CUSTOMERS, &unknown), "customerPersonType.acronym", "ReferenceNotFound");
}

#[test]
fn documents_are_guessed_checked_and_kept_once() {
    let desk = desk();
    let with = |documents: Value| {
        act(&desk, "create", CUSTOMERS, &json!({"name": "a", "customerIdentificationDocuments": documents}))
    };
    for (number, kind) in [
        ("12abc34501de35", "CNPJ"),
        ("7K2M9XQ4000144", "CNPJ"),
        ("11144477735", "CPF"),
        ("123.456.789-09", "CPF"),
    ] {
        let id = with(json!([{"documentNumber": number}])).with(201).uuid();
        let document = get(&desk, CUSTOMERS, &id)["customerIdentificationDocuments"][0].clone();
        assert_eq!(document["identificationDocumentAcronym"], kind);
        let plain: String = number.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
        assert_eq!(document["documentNumber"], plain.as_str());
    }
    let list = "customerIdentificationDocuments";
    let twice = json!([{"documentNumber": "11144477735"}, {"documentNumber": "123.456.789-09"}]);
    rejected(&with(twice), &format!("{list}[1]"), "ReferenceConflict");
    rejected(&with(json!([{"externalId": "x"}])), &format!("{list}[0].documentNumber"), "NotNull");
    let disagree = json!([{"documentNumber": "1", "identificationDocumentAcronym": "RG",
        "identificationDocumentId": "2093a5c0-f74b-536f-ba9a-5dd2b03f6d9f"}]);
    rejected(&with(disagree), &format!("{list}[0].identificationDocumentAcronym"), "ReferenceConflict");
    desk.set("totvs.document_check", "off");
    with(json!([{"documentNumber": "11.222.333/0001-82"}])).with(201);
}

#[test]
fn the_main_address_is_the_first_one_or_the_one_that_is_named() {
    let desk = desk();
    let id =
        create(&desk, CUSTOMERS, &json!({"name": "a", "defaultAddress": {"cityName": "Itu", "state": "SP"}}));
    let first = get(&desk, CUSTOMERS, &id)["addresses"][0]["id"].clone();
    // It replaces the main one, which keeps its id.
    update(&desk, CUSTOMERS, &id, &json!({"defaultAddress": {"cityName": "Salto"}}));
    let read = get(&desk, CUSTOMERS, &id);
    assert_eq!(read["addresses"].as_array().unwrap().len(), 1);
    holds(&read["addresses"][0], &json!({"id": first, "cityName": "Salto", "state": null}), "address");
    // Both: an element at the same place becomes the main one.
    let (one, two) = (
        json!({"postalCode": "1", "address": "A", "number": "1", "id": first}),
        json!({"postalCode": "2", "address": "B", "number": "2"}),
    );
    update(&desk, CUSTOMERS, &id, &json!({"addresses": [one, two], "defaultAddress": two}));
    let read = get(&desk, CUSTOMERS, &id);
    assert_eq!((&read["addresses"][0]["id"], &read["addresses"][1]["main"]), (&first, &json!(true)));
    assert_eq!(read["defaultAddress"]["address"], "B");
    stays(&desk, CUSTOMERS, &id);
    // At another place it stands in front.
    update(&desk, CUSTOMERS, &id, &json!({"addresses": [one], "defaultAddress": {"address": "C"}}));
    let read = get(&desk, CUSTOMERS, &id);
    holds(
        &read["addresses"],
        &json!([{"address": "C", "main": true}, {"address": "A", "main": false}]),
        "addresses",
    );
    // The list alone: its first element.
    update(&desk, CUSTOMERS, &id, &json!({"addresses": [two, one]}));
    assert_eq!(get(&desk, CUSTOMERS, &id)["defaultAddress"]["address"], "B");
    update(&desk, CUSTOMERS, &id, &json!({"defaultAddress": null}));
    holds(&get(&desk, CUSTOMERS, &id)["addresses"], &json!([{"address": "A", "main": true}]), "addresses");
    let wrong = json!({"name": "a", "addresses": [{"state": "Santa Catarina"}]});
    rejected(&act(&desk, "create", CUSTOMERS, &wrong), "addresses[0].state", "NotInList");
    let wrong = json!({"name": "a", "defaultAddress": {"country": "BRA"}});
    rejected(&act(&desk, "create", CUSTOMERS, &wrong), "defaultAddress.country", "NotInList");
}

#[test]
fn every_field_of_a_contact_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let body = json!({
        "externalId": "P-1", "name": "Rui Lima", "customer": {"id": company}, "jobTitle": "Comprador",
        "department": "Compras", "birthday": "04/05/1990", "cpf": "52998224725",
        "emails": [{"email": "rui@aurora.example"}], "phones": [{"number": "47 1"}], "active": false,
        "observation": "Manhã."
    });
    let id = there_and_back(&desk, CONTACTS, &body);
    let keys = ["jobTitle", "department", "birthday", "cpf", "emails", "phones", "observation"];
    cleared(&desk, CONTACTS, &id, &keys);
    let people = get(&desk, CUSTOMERS, &company)["contacts"].clone();
    assert_eq!(people, json!([{"id": id, "name": "Rui Lima"}]));
    let customer = json!({"customer": null});
    rejected(&act(&desk, "update", &format!("{CONTACTS}/{id}"), &customer), "customer", "NotNull");
    rejected(&act(&desk, "create", CONTACTS, &json!({"name": "x"})), "customer", "NotNull");
    // A person is no company; the cpf is checked.
    let person = create(&desk, CUSTOMERS, &json!({"name": "b", "customerPersonType": {"acronym": "PF"}}));
    let answer = act(&desk, "create", CONTACTS, &json!({"name": "x", "customer": {"id": person}}));
    rejected(&answer, "customer.id", "ReferenceNotFound");
    let answer = act(&desk, "update", &format!("{CONTACTS}/{id}"), &json!({"cpf": "52998224726"}));
    rejected(&answer, "cpf", "InvalidDocument");
    // A contact is no customer, and deletes without ado.
    refused(&desk.totvs("GET", &format!("{CUSTOMERS}/{id}"), &[], ""), 404, "RecordNotFound");
    desk.totvs("DELETE", &format!("{CONTACTS}/{id}"), &[], "").with(200);
}

#[test]
fn a_person_written_as_a_customer_stays_one_beside_a_company() {
    let desk = desk();
    customer(&desk);
    let person = create(&desk, CUSTOMERS, &json!({"name": "Rui", "customerPersonType": {"acronym": "PF"}}));
    let employed = r#"{"empresaAtual":{"id":1}}"#;
    desk.nectar("PUT", "contatos/2", employed).with(200);
    assert_eq!(get(&desk, CONTACTS, &person)["customer"]["name"], "Padaria Aurora");
    assert_eq!(get(&desk, CUSTOMERS, &person)["customerPersonType"]["acronym"], "PF");
    // One that was never written here is a contact of the company alone; being read and sent back does not mark it.
    desk.nectar("POST", "contatos", r#"{"nome":"Ana"}"#).with(200);
    let list =
        desk.totvs("GET", CUSTOMERS, &[("Integration-Filter", "{name->eq->Ana}")], "").with(200).json();
    let ana = list["items"][0]["id"].as_str().unwrap().to_owned();
    stays(&desk, CUSTOMERS, &ana);
    desk.nectar("PUT", "contatos/3", employed).with(200);
    refused(&desk.totvs("GET", &format!("{CUSTOMERS}/{ana}"), &[], ""), 404, "RecordNotFound");
}

#[test]
fn what_a_user_cannot_see_is_not_there() {
    let desk = desk();
    let company = customer(&desk);
    let seller = desk.user("leo@aurora.example", "seller");
    desk.act_as(seller);
    let path = format!("{CUSTOMERS}/{company}");
    refused(&act(&desk, "update", &path, &json!({"site": "x"})), 404, "RecordNotFound");
    refused(&act(&desk, "update", CUSTOMERS, &json!({"id": company})), 422, "RecordNotFound");
    refused(&desk.totvs("DELETE", &path, &[], ""), 404, "RecordNotFound");
    let deal = json!({"description": "a", "customer": {"id": company}});
    rejected(&act(&desk, "create", DEALS, &deal), "customer.id", "ReferenceNotFound");
    let found = desk.totvs(
        "POST",
        CUSTOMERS,
        &[("Integration-Action", "update"), ("Integration-Filter", "{name->like->Aurora}")],
        r#"{"site":"x"}"#,
    );
    refused(&found, 422, "RecordNotFound");
    // Their own they see, and the client's seller is that of a new opportunity.
    let own = customer(&desk);
    let deal = create(&desk, DEALS, &json!({"description": "a", "customer": {"id": own}}));
    assert_eq!(get(&desk, DEALS, &deal)["professionalName"], "leo");
    desk.act_as(1);
    let deal = create(&desk, DEALS, &json!({"description": "b", "customerId": own}));
    assert_eq!(get(&desk, DEALS, &deal)["professionalName"], "leo");
    let products = act(&desk, "create", PRODUCTS, &json!({"description": "x"})).with(201).uuid();
    desk.act_as(seller);
    refused(
        &act(&desk, "update", &format!("{PRODUCTS}/{products}"), &json!({"code": "y"})),
        503,
        "AccessDenied",
    );
}

#[test]
fn texts_are_kept_by_every_character() {
    let desk = desk();
    let text = "<b>'; DROP TABLE contact; -- \" \\ \u{1F600} %_";
    let id = create(&desk, CUSTOMERS, &json!({"name": text, "observation": "a\n b", text: [text]}));
    let read = get(&desk, CUSTOMERS, &id);
    assert_eq!(
        (&read["name"], &read["observation"], &read[text][0]),
        (&json!(text), &json!("a\n b"), &json!(text))
    );
    refused(&act(&desk, "create", CUSTOMERS, &json!({"name": "a\0b"})), 400, "InvalidValue");
}

#[test]
fn every_field_of_a_lead_is_kept() {
    let desk = desk();
    let (segment, origin, reason) = (
        entry(&desk, "customer/segments", "Comércio"),
        entry(&desk, "customer/origins", "Evento"),
        entry(&desk, "opportunity/loss-reasons", "Preço"),
    );
    let body = json!({
        "externalId": "L-1", "name": "Rui Lima", "companyName": "Lima SA", "jobTitle": "Dono",
        "email": "rui@lima.example", "phone": "47 3300", "mobilePhone": "47 9999", "website": "lima.example",
        "facebook": "fb/lima", "linkedin": "in/lima", "cityName": "Itu", "state": "São Paulo",
        "status": "NOT_SOLD", "discardReason": {"id": reason}, "segment": {"id": segment},
        "origin": {"id": origin}, "tags": ["Feira"], "observation": "Ligar."
    });
    let id = there_and_back(&desk, LEADS, &body);
    let keys = [
        "companyName",
        "jobTitle",
        "email",
        "phone",
        "mobilePhone",
        "website",
        "facebook",
        "linkedin",
        "cityName",
        "state",
        "discardReason",
        "segment",
        "origin",
        "tags",
        "observation",
    ];
    cleared(&desk, LEADS, &id, &keys);
    update(&desk, LEADS, &id, &json!({"status": null}));
    assert_eq!(get(&desk, LEADS, &id)["status"], "OPEN");
    rejected(&act(&desk, "create", LEADS, &json!({"name": "x", "email": "foo"})), "email", "InvalidEmail");
}

#[test]
fn a_lead_becomes_a_contact_of_the_company_it_names() {
    let desk = desk();
    let id = create(&desk, LEADS, &json!({"name": "Rui Lima", "companyName": "Lima SA"}));
    refused(&desk.totvs("GET", &format!("{CUSTOMERS}/{id}"), &[], ""), 404, "RecordNotFound");
    update(&desk, LEADS, &id, &json!({"status": "QUALIFIED"}));
    let contact = get(&desk, CONTACTS, &id);
    assert_eq!(contact["customer"]["name"], "Lima SA");
    let lead = get(&desk, LEADS, &id);
    assert_eq!((&lead["status"], &lead["customer"]["name"]), (&json!("QUALIFIED"), &json!("Lima SA")));
    stays(&desk, LEADS, &id);
    refused(&desk.totvs("DELETE", &format!("{LEADS}/{id}"), &[], ""), 409, "InvalidState");
    let alone = create(&desk, LEADS, &json!({"name": "Ana"}));
    update(&desk, LEADS, &alone, &json!({"status": "SOLD"}));
    assert_eq!(get(&desk, CUSTOMERS, &alone)["lifecycle"], "CUSTOMER");
    let gone = create(&desk, LEADS, &json!({"name": "Eva"}));
    desk.totvs("DELETE", &format!("{LEADS}/{gone}"), &[], "").with(200);
    assert_eq!(desk.count(Resource::Qualification), 2);
}

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
    assert_eq!(answer.json()["details"].as_array().unwrap().len(), 2, "{}", answer.body);
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
    let items = items["items"].as_array().unwrap().clone();
    items.iter().find(|item| item["code"] == code).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn every_field_of_an_activity_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let contact = create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": company}));
    let deal = create(&desk, DEALS, &json!({"description": "a", "customerId": company}));
    let kind = entry(&desk, "activity/activity-types", "E-mail");
    let body = json!({
        "externalId": "A-1", "description": "Ligar", "activityType": {"id": kind}, "status": "PROGRESS",
        "priority": "HIGH", "dueOn": "2026-06-10T14:30:15.250-03:00", "contact": {"id": contact},
        "customer": {"id": company}, "opportunity": {"id": deal}, "observation": "Cedo."
    });
    let id = there_and_back(&desk, ACTIVITIES, &body);
    cleared(&desk, ACTIVITIES, &id, &["opportunity", "observation"]);
    update(&desk, ACTIVITIES, &id, &json!({"contact": null, "customer": null}));
    holds(
        &get(&desk, ACTIVITIES, &id),
        &json!({"contact": null, "customer": null, "lead": null}),
        "activity",
    );
    update(&desk, ACTIVITIES, &id, &json!({"status": "DONE"}));
    assert!(get(&desk, ACTIVITIES, &id)["doneAt"].is_string());
    let bare = create(&desk, ACTIVITIES, &json!({"description": "x", "opportunityId": deal}));
    let expected = json!({"status": "OPEN", "priority": "NORMAL", "dueOn": "2026-06-09T23:59:59.999-03:00",
        "customer": {"id": company}});
    holds(&get(&desk, ACTIVITIES, &bare), &expected, "activity");
    let lead = create(&desk, LEADS, &json!({"name": "Ana"}));
    let two = json!({"description": "x", "customerId": company, "leadId": lead});
    rejected(&act(&desk, "create", ACTIVITIES, &two), "leadId", "ReferenceConflict");
    desk.totvs("DELETE", &format!("{ACTIVITIES}/{bare}"), &[], "").with(200);
}

#[test]
fn every_field_of_a_calendar_entry_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let contact = create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": company}));
    let user = get(&desk, CUSTOMERS, &company)["professionalId"].clone();
    let kind = there_and_back(
        &desk,
        CALENDAR_TYPES,
        &json!({"externalId": "K", "description": "Demonstração", "color": "#2E7D32", "active": true, "standard": true}),
    );
    let body = json!({
        "externalId": "V-1", "description": "Visita", "calendarType": {"id": kind},
        "startAt": "2026-06-10T14:30:00.000-03:00", "endAt": "2026-06-10T16:00:00.000-03:00", "allDay": false,
        "location": "Joinville", "status": "DONE", "customer": {"id": company},
        "participants": [{"userId": user}, {"contactId": contact}, {"email": "x@y.example"}],
        "observation": "Levar amostras."
    });
    let id = there_and_back(&desk, CALENDARS, &body);
    cleared(&desk, CALENDARS, &id, &["location", "participants", "observation", "customer"]);
    let bare = create(&desk, CALENDARS, &json!({"description": "x", "startAt": "10/06/2026 09:00"}));
    let expected = json!({"startAt": "2026-06-10T09:00:00.000-03:00", "endAt": "2026-06-10T10:00:00.000-03:00",
        "calendarType": {"id": kind}});
    holds(&get(&desk, CALENDARS, &bare), &expected, "calendar");
    let all_day =
        create(&desk, CALENDARS, &json!({"description": "x", "startAt": "10/06/2026", "allDay": true}));
    assert_eq!(get(&desk, CALENDARS, &all_day)["endAt"], "2026-06-10T23:59:00.000-03:00");
    let wrong = json!({"endAt": "2026-06-10T08:00:00-03:00"});
    rejected(&act(&desk, "update", &format!("{CALENDARS}/{bare}"), &wrong), "endAt", "Range");
    rejected(&act(&desk, "create", CALENDARS, &json!({"description": "x"})), "startAt", "NotNull");
    let both = json!({"description": "x", "startAt": "10/06/2026", "participants": [{"email": "a@b.cd", "userId": user}]});
    rejected(&act(&desk, "create", CALENDARS, &both), "participants[0]", "ReferenceConflict");
    // Another type that is to be the standard one takes that from the first.
    create(&desk, CALENDAR_TYPES, &json!({"description": "Almoço", "standard": true}));
    assert_eq!(get(&desk, CALENDAR_TYPES, &kind)["standard"], false);
}

#[test]
fn of_a_user_only_two_fields_are_written() {
    let desk = desk();
    let users = "/api/v4/user/users";
    let list = desk.totvs("GET", users, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({"code": "V-7", "externalId": "S-7", "name": "Other", "active": false});
    update(&desk, users, &id, &body);
    let expected = json!({"code": "V-7", "externalId": "S-7", "name": "Bia Nogueira", "active": true});
    holds(&get(&desk, users, &id), &expected, "user");
    let read = get(&desk, users, &id);
    act(&desk, "update", users, &read).with(200);
    assert_eq!(get(&desk, users, &id), read);
}

#[test]
fn custom_fields_are_merged_by_alias_and_checked() {
    let desk = desk();
    desk.system(|ctx, tx| {
        use favo_core::catalogue::custom_field;
        use favo_core::patch::{Input, Patch};
        for (label, kind, required) in [
            ("Porte", 1, false),
            ("Meta", 0, false),
            ("Visita", 2, false),
            ("Ativo", 4, false),
            ("Região", 11, true),
        ] {
            let patch = Patch::new()
                .text(custom_field::LABEL, label)
                .with(custom_field::TYPE, Input::Int(kind))
                .with(custom_field::REQUIRED, Input::Bool(required));
            favo_core::write::create(
                ctx,
                tx,
                Resource::CustomField,
                patch,
                favo_core::write::Skip::default(),
            )?;
        }
        Ok(())
    })
    .unwrap();
    let custom =
        json!({"porte": "grande", "meta": 12.5, "visita": "03/11/2026", "ativo": true, "regiao": ["N", "S"]});
    let id = create(&desk, CUSTOMERS, &json!({"name": "a", "customFields": custom}));
    holds(&get(&desk, CUSTOMERS, &id)["customFields"], &custom, "customFields");
    stays(&desk, CUSTOMERS, &id);
    update(&desk, CUSTOMERS, &id, &json!({"customFields": {"porte": null, "meta": 7}}));
    let read = get(&desk, CUSTOMERS, &id)["customFields"].clone();
    assert_eq!((read["porte"].is_null(), &read["meta"], &read["ativo"]), (true, &json!(7), &json!(true)));
    rejected(&act(&desk, "create", CUSTOMERS, &json!({"name": "a"})), "customFields.regiao", "NotNull");
    let answer =
        act(&desk, "update", &format!("{CUSTOMERS}/{id}"), &json!({"customFields": {"regiao": null}}));
    rejected(&answer, "customFields.regiao", "NotNull");
    let wrong = json!({"name": "a", "customFields": {"meta": "x", "visita": "31/02/2026", "ativo": "maybe"}});
    let answer = act(&desk, "create", CUSTOMERS, &wrong);
    refused(&answer, 400, "InvalidValue");
    assert_eq!(answer.json()["details"].as_array().unwrap().len(), 3);
    desk.set("totvs.unknown_custom_field", "keep");
    update(&desk, CUSTOMERS, &id, &json!({"customFields": {"cor": "azul"}}));
    assert_eq!(get(&desk, CUSTOMERS, &id)["cor"], "azul");
    act(&desk, "upsert", CUSTOMERS, &json!({"id": id, "name": "b", "customFields": {"regiao": "N"}}))
        .with(200);
    let read = get(&desk, CUSTOMERS, &id)["customFields"].clone();
    assert_eq!((&read["meta"], &read["ativo"]), (&Value::Null, &Value::Null), "{read}");
}

#[test]
fn extras_have_limits_and_belong_to_this_dialect() {
    let desk = desk();
    let many: serde_json::Map<_, _> = (0..101).map(|at| (format!("x{at}"), json!(at))).collect();
    let mut body = json!({"name": "a"});
    body.as_object_mut().unwrap().extend(many);
    rejected(&act(&desk, "create", CUSTOMERS, &body), "", "TooManyExtras");
    let body = json!({"name": "a", "x": "y".repeat(32 * 1024)});
    rejected(&act(&desk, "create", CUSTOMERS, &body), "", "TooManyExtras");
    let key = "k".repeat(65);
    rejected(&act(&desk, "create", CUSTOMERS, &json!({"name": "a", key.as_str(): 1})), &key, "TooManyExtras");
    let id = create(
        &desk,
        CUSTOMERS,
        &json!({"name": "a", "createdAt": "x", "contacts": 7, "professionalName": 1, "x": null}),
    );
    assert!(get(&desk, CUSTOMERS, &id).get("x").is_none());
    desk.set("totvs.extras", "ignore");
    update(&desk, CUSTOMERS, &id, &json!({"y": 1}));
    assert_eq!(get(&desk, CUSTOMERS, &id)["version"], 1);
}

#[test]
fn what_must_not_repeat_is_refused_where_the_tenant_says_so() {
    let desk = desk();
    let body = json!({"name": "Aurora", "emails": [{"email": "a@b.example"}], "phones": [{"number": "47 3300"}],
        "customerIdentificationDocuments": [{"documentNumber": "11222333000181"}]});
    let id = create(&desk, CUSTOMERS, &body);
    create(&desk, CUSTOMERS, &body);
    desk.set("totvs.duplicate_fields.customer", "document,email,phone,name");
    let mut other = body.clone();
    other["name"] = json!("AURORA");
    other["emails"] = json!([{"email": "x@y.example"}, {"email": "A@b.example"}]);
    other["phones"] = json!([{"number": "(47) 33-00"}]);
    other["customerIdentificationDocuments"][0]["documentNumber"] = json!("11.222.333/0001-81");
    let answer = act(&desk, "create", CUSTOMERS, &other);
    refused(&answer, 409, "DuplicateRecord");
    let details = answer.json()["details"].clone();
    let mut found: Vec<_> = details
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["field"].as_str().unwrap(), one["value"].as_str().unwrap()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("customerIdentificationDocuments[0].documentNumber", "11.222.333/0001-81"),
            ("emails[1].email", "A@b.example"),
            ("name", "AURORA"),
            ("phones[0].number", "(47) 33-00")
        ]
    );
    // Fields that stay are not compared.
    update(&desk, CUSTOMERS, &id, &json!({"site": "x"}));
    let lead = json!({"name": "Aurora"});
    create(&desk, LEADS, &lead);
    desk.set("totvs.duplicate_fields.lead", "name");
    desk.set("totvs.duplicate_across", "on");
    refused(&act(&desk, "create", LEADS, &lead), 409, "DuplicateRecord");
}

#[test]
fn a_refusal_by_the_core_leaves_nothing_behind() {
    let desk = desk();
    let (contacts, tags) = (desk.count(Resource::Contact), desk.count(Resource::Tag));
    create(&desk, CUSTOMERS, &json!({"name": "a", "externalId": "C-1"}));
    let body = json!({"name": "b", "externalId": "C-1", "tags": ["Nova"]});
    refused(&act(&desk, "create", CUSTOMERS, &body), 409, "DuplicateKey");
    assert_eq!((desk.count(Resource::Contact), desk.count(Resource::Tag)), (contacts + 1, tags));
}

#[test]
fn records_of_the_other_dialects_can_be_read_and_sent_back() {
    let desk = desk();
    let made = r#"{"nome":"Padaria","isEmpresa":true,"cnpj":"11.222.333/0001-82","emails":["foo"],"telefones":["x 1"],
        "enderecos":[{"logradouro":"Rua A","estado":"Santa Catarina","tipo":0},{"endereco":"B","principal":true}],
        "listas":[{"nome":"Sul"}],"constante":5}"#;
    desk.nectar("POST", "contatos", made).with(200);
    let list = desk.totvs("GET", CUSTOMERS, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    stays(&desk, CUSTOMERS, &id);
    desk.nectar("POST", "produtos", r#"{"nome":"Forno","valorBase":10.123456}"#).with(200);
    let deal = r#"{"nome":"Fornos","cliente":{"id":1},"valorMensal":10,"valorAvulso":5.123456,"produtos":[
        {"produto":{"id":1},"quantidade":3,"desconto":7,"descontoPorcentagem":false,"recorrencia":1}]}"#;
    desk.nectar("POST", "oportunidades", deal).with(200);
    let list = desk.totvs("GET", DEALS, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    stays(&desk, DEALS, &id);
    desk.nectar("POST", "tarefas", r#"{"titulo":"Ligar","cliente":{"id":1},"prioridade":2,"dataLimite":"2026-06-09T10:00:00.123-03:00"}"#)
        .with(200);
    let list = desk.totvs("GET", ACTIVITIES, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    stays(&desk, ACTIVITIES, &id);
}
