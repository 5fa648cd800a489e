//! What holds for every resource: rights, custom fields, extras, duplicates, other dialects (12, 14.16, 18).

use favo_core::Resource;
use serde_json::{Value, json};

use super::{
    ACTIVITIES, CUSTOMERS, DEALS, LEADS, PRODUCTS, act, create, customer, desk, get, holds, refused,
    rejected, stays, update,
};

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
fn of_a_user_only_two_fields_are_written() {
    let desk = desk();
    let users = "/api/v4/user/users";
    let list = desk.totvs("GET", users, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().expect("a text").to_owned();
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
    assert_eq!(answer.json()["details"].as_array().expect("a list").len(), 3);
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
    body.as_object_mut().expect("an object").extend(many);
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
        .map(|one| (one["field"].as_str().expect("a text"), one["value"].as_str().expect("a text")))
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
    let id = list["items"][0]["id"].as_str().expect("a text").to_owned();
    stays(&desk, CUSTOMERS, &id);
    desk.nectar("POST", "produtos", r#"{"nome":"Forno","valorBase":10.123456}"#).with(200);
    let deal = r#"{"nome":"Fornos","cliente":{"id":1},"valorMensal":10,"valorAvulso":5.123456,"produtos":[
        {"produto":{"id":1},"quantidade":3,"desconto":7,"descontoPorcentagem":false,"recorrencia":1}]}"#;
    desk.nectar("POST", "oportunidades", deal).with(200);
    let list = desk.totvs("GET", DEALS, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().expect("a text").to_owned();
    stays(&desk, DEALS, &id);
    desk.nectar("POST", "tarefas", r#"{"titulo":"Ligar","cliente":{"id":1},"prioridade":2,"dataLimite":"2026-06-09T10:00:00.123-03:00"}"#)
        .with(200);
    let list = desk.totvs("GET", ACTIVITIES, &[], "").with(200).json();
    let id = list["items"][0]["id"].as_str().expect("a text").to_owned();
    stays(&desk, ACTIVITIES, &id);
}
