//! What a seller who sees only their own may not see: unknown in every dialect, and nothing learns of it or points to it.

use favo_core::tenancy::Country;
use serde_json::{Value, json};

use super::{CONTACTS, CUSTOMERS, LEADS, OPPORTUNITIES};
use crate::desk::Desk;

/// What there is of the administrator's: Egito numbers by entity, and TOTVS ids by resource.
struct Hidden {
    numbers: Vec<(&'static str, i64)>,
    uuids: Vec<(&'static str, String)>,
}

impl Hidden {
    fn of(desk: &Desk) -> Self {
        let make = |path: &str, body: Value| desk.egito_json(path, &body.to_string()).with(200).id();
        let account = make("Account/create", json!({"name": "Tartak Jodła"}));
        let person = make("Contact/create", json!({"lastName": "Sowa", "account": account}));
        let lead = json!({"firstName": "Halina", "lastName": "Wrona", "gender": "K", "company": "Ogrody"});
        let lead = make("Lead/create", lead);
        let deal = make("Opportunity/create", json!({"name": "Linia", "account": account}));
        let offer = make("Offer/create", json!({"name": "Oferta", "opportunity": deal}));
        let group = make("OfferGroup/create", json!({"name": "Grupa", "account": account}));
        let lines = json!([{"name": "Deska", "quantity": 1, "unitPrice": 2}]);
        let order = make("Order/create", json!({"account": account, "items": lines}));
        let task =
            make("Task/create", json!({"subject": "Telefon", "account": account, "dueDate": "2026-06-10"}));
        let uuid = |resource: &'static str| {
            let list = desk.totvs("GET", &format!("/api/v4/{resource}"), &[], "").with(200).json();
            (resource, list["items"][0]["id"].as_str().expect("a record").to_owned())
        };
        Self {
            numbers: vec![
                ("Account", account),
                ("Contact", person),
                ("Lead", lead),
                ("Opportunity", deal),
                ("Offer", offer),
                ("OfferGroup", group),
                ("Order", order),
                ("Task", task),
            ],
            uuids: [CUSTOMERS, CONTACTS, LEADS, OPPORTUNITIES, "order/orders", "activity/activities"]
                .map(uuid)
                .to_vec(),
        }
    }

    fn number(&self, entity: &str) -> i64 {
        self.numbers.iter().find(|(known, _)| *known == entity).expect("an entity").1
    }
}

#[test]
fn what_a_seller_may_not_see_is_in_no_dialect() {
    let desk = Desk::new(Country::Poland);
    let seller = desk.user("ewa@acme.example", "seller");
    let hidden = Hidden::of(&desk);
    desk.act_as(seller);
    for (entity, id) in &hidden.numbers {
        desk.egito("GET", &format!("{entity}/get?id={id}"), &[], "").with(404);
        let list = desk.egito("GET", &format!("{entity}/list"), &[], "").with(200);
        assert_eq!((list.body.as_str(), list.header("X-Total-Count")), ("[]", Some("0")), "{entity}");
        desk.egito_json(&format!("{entity}/update"), &json!({"id": id, "description": "x"}).to_string())
            .with(404);
        desk.egito_json(&format!("{entity}/delete"), &json!({"id": id}).to_string()).with(404);
    }
    for (resource, uuid) in &hidden.uuids {
        desk.totvs("GET", &format!("/api/v4/{resource}/{uuid}"), &[], "").with(404);
        let list = desk.totvs("GET", &format!("/api/v4/{resource}"), &[], "").with(200).json();
        assert_eq!(list["count"], 0, "{resource}");
        desk.totvs_merge(resource, uuid, &json!({"observation": "x"})).with(404);
        let delete = [("integration-action", "delete")];
        desk.totvs("POST", &format!("/api/v4/{resource}/{uuid}"), &delete, "{}").with(404);
    }
    for (path, entity) in
        [("contatos", "Account"), ("contatos", "Lead"), ("oportunidades", "Opportunity"), ("tarefas", "Task")]
    {
        desk.nectar("GET", &format!("{path}/{}", hidden.number(entity)), "").with(404);
    }
}

#[test]
fn nothing_points_to_what_a_seller_may_not_see() {
    let desk = Desk::new(Country::Poland);
    let seller = desk.user("ewa@acme.example", "seller");
    let hidden = Hidden::of(&desk);
    desk.act_as(seller);
    let own = desk.egito_json("Account/create", r#"{"name":"Swoja"}"#).with(200).id();
    for (entity, field, to) in [
        ("Contact", "account", "Account"),
        ("Account", "parent", "Account"),
        ("Opportunity", "contact", "Contact"),
        ("Opportunity", "lead", "Lead"),
        ("Offer", "opportunity", "Opportunity"),
        ("Offer", "offerGroup", "OfferGroup"),
        ("OfferGroup", "opportunity", "Opportunity"),
        ("Order", "offer", "Offer"),
        ("Order", "opportunity", "Opportunity"),
        ("Task", "account", "Account"),
        ("Task", "opportunity", "Opportunity"),
    ] {
        let mut body =
            json!({"name": "A", "subject": "A", "lastName": "A", "gender": "K", "dueDate": "2026-06-10"});
        if field != "account" {
            body["account"] = json!(own);
        }
        body[field] = json!(hidden.number(to));
        let refused = desk.egito_json(&format!("{entity}/create"), &body.to_string()).with(400).json();
        let found = refused["errors"].as_array().unwrap().iter().find(|error| error["field"] == field);
        assert_eq!(found.map(|error| &error["code"]), Some(&json!("reference.notFound")), "{refused}");
    }
    let customer = &hidden.uuids[0].1;
    for (resource, name) in
        [(OPPORTUNITIES, "description"), ("activity/activities", "description"), (CONTACTS, "name")]
    {
        let body = json!({name: "A", "customer": {"id": customer}}).to_string();
        let create = [("integration-action", "create")];
        let refused = desk.totvs("POST", &format!("/api/v4/{resource}"), &create, &body).with(422).json();
        assert_eq!(refused["details"][0]["code"], "ReferenceNotFound", "{resource}: {refused}");
    }
}

#[test]
fn a_conversion_in_either_dialect_links_no_company_that_is_not_seen() {
    let desk = Desk::new(Country::Poland);
    let seller = desk.user("ewa@acme.example", "seller");
    let hidden = desk.egito_json("Account/create", r#"{"name":"Ogrody"}"#).with(200).id();
    desk.act_as(seller);
    let lead = r#"{"firstName":"Halina","lastName":"Wrona","gender":"K","company":"ogrody"}"#;
    let id = desk.egito_json("Lead/create", lead).with(200).id();
    desk.egito_json("Lead/update", &format!(r#"{{"id":{id},"status":"CONVERTED"}}"#)).with(200);
    let own = desk.entity("Lead", id)["account"]["id"].clone();
    assert_ne!(own, hidden);
    let body = json!({"name": "Jan Kos", "companyName": "OGRODY"});
    let uuid = desk.totvs_insert(LEADS, &body).uuid();
    desk.totvs_merge(LEADS, &uuid, &json!({"status": "QUALIFIED"})).with(200);
    assert_eq!(desk.entity("Lead", desk.number_of("Jan Kos"))["account"]["id"], own);
}

#[test]
fn names_of_people_who_are_not_seen_cannot_be_asked_for() {
    let desk = Desk::new(Country::Poland);
    let seller = desk.user("ewa@acme.example", "seller");
    let body = json!({"nome": "Tartak Jodła", "isEmpresa": true, "responsavel": {"id": seller}});
    let company = desk.nectar("POST", "contatos", &body.to_string()).with(200).id();
    desk.egito_json("Contact/create", &format!(r#"{{"lastName":"Sowa","account":{company},"owner":1}}"#))
        .with(200);
    let named = [("integration-filter", "{contacts.name->eq->Sowa}")];
    let count =
        || desk.totvs("GET", &format!("/api/v4/{CUSTOMERS}"), &named, "").with(200).json()["count"].clone();
    assert_eq!(count(), 1);
    desk.act_as(seller);
    let customer = desk.totvs_found(CUSTOMERS, "{name->eq->Tartak Jodła}");
    assert_eq!(customer["contacts"], json!([]));
    assert_eq!(count(), 0);
}
