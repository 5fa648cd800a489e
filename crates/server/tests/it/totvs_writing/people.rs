//! Customers, contacts and leads (14.2 to 14.4).

use favo_core::Resource;
use serde_json::{Value, json};

use super::{
    CONTACTS, CUSTOMERS, LEADS, act, cleared, create, customer, desk, entry, get, holds, refused, rejected,
    stays, there_and_back, update,
};

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
    assert_eq!(read["addresses"].as_array().expect("a list").len(), 1);
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
    let ana = list["items"][0]["id"].as_str().expect("a text").to_owned();
    stays(&desk, CUSTOMERS, &ana);
    desk.nectar("PUT", "contatos/3", employed).with(200);
    refused(&desk.totvs("GET", &format!("{CUSTOMERS}/{ana}"), &[], ""), 404, "RecordNotFound");
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
