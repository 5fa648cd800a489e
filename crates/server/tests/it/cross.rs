//! One record, three dialects: what is written in one is read in the other two, and nothing one of them cannot say is lost.

mod echoes;
mod rights;

use favo_core::tenancy::Country;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

impl Desk {
    fn account(&self, id: i64) -> Value {
        self.egito("GET", &format!("Account/get?id={id}"), &[], "").with(200).json()
    }

    fn contact(&self, id: i64) -> Value {
        self.egito("GET", &format!("Contact/get?id={id}"), &[], "").with(200).json()
    }

    fn entity(&self, entity: &str, id: i64) -> Value {
        self.egito("GET", &format!("{entity}/get?id={id}"), &[], "").with(200).json()
    }

    /// The TOTVS record with this id.
    fn totvs_one(&self, resource: &str, uuid: &str) -> Value {
        self.totvs("GET", &format!("/api/v4/{resource}/{uuid}"), &[], "").with(200).json()
    }

    /// The only TOTVS record that a filter finds.
    #[track_caller]
    fn totvs_found(&self, resource: &str, filter: &str) -> Value {
        let list = self
            .totvs("GET", &format!("/api/v4/{resource}"), &[("integration-filter", filter)], "")
            .with(200);
        let list = list.json();
        assert_eq!(list["count"], 1, "{filter}: {list}");
        list["items"][0].clone()
    }

    fn totvs_insert(&self, resource: &str, body: &Value) -> Answer {
        self.totvs(
            "POST",
            &format!("/api/v4/{resource}"),
            &[("integration-action", "create")],
            &body.to_string(),
        )
        .with(201)
    }

    fn totvs_merge(&self, resource: &str, uuid: &str, body: &Value) -> Answer {
        self.totvs("POST", &format!("/api/v4/{resource}/{uuid}"), &[], &body.to_string())
    }

    fn nectar_one(&self, path: &str) -> Value {
        self.nectar("GET", path, "").with(200).json()
    }

    fn nectar_put(&self, path: &str, body: &Value) -> Value {
        self.nectar("PUT", path, &body.to_string()).with(200).json()
    }

    /// The number under which NectarCRM and Egito know a contact of this name.
    #[track_caller]
    fn number_of(&self, name: &str) -> i64 {
        let quoted: Vec<String> = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let list = self.nectar_one(&format!("contatos?nome={}", quoted.concat()));
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
        list[0]["id"].as_i64().expect("a number")
    }
}

const CUSTOMERS: &str = "customer/customers-integration";
const CONTACTS: &str = "customer/contacts";
const LEADS: &str = "customer/leads";
const OPPORTUNITIES: &str = "opportunity/opportunities";

#[test]
fn an_account_is_a_customer_and_a_company() {
    let desk = Desk::new(Country::Poland);
    let account = r#"{"name":"Tartak Jodła","nip":"123-456-32-18","industry":"MANUFACTURING","relationshipType":"CUSTOMER",
        "phone":"+48 18 444 00 11","city":"Nowy Targ","postalCode":"34-400"}"#;
    let id = desk.egito_json("Account/create", account).with(200).id();

    let customer = desk.totvs_found(CUSTOMERS, "{name->eq->Tartak Jodła}");
    assert_eq!(customer["customerPersonType"]["acronym"], "PJ");
    assert_eq!(customer["lifecycle"], "CUSTOMER");
    let documents = customer["customerIdentificationDocuments"].as_array().unwrap();
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0]["identificationDocumentAcronym"], "NIP");
    assert_eq!(documents[0]["documentNumber"], "1234563218");
    assert_eq!(customer["phones"][0]["number"], "+48 18 444 00 11");
    assert_eq!(customer["defaultAddress"]["cityName"], "Nowy Targ");
    assert_eq!(customer["segment"]["description"], "Produkcja");

    let contato = desk.nectar_one(&format!("contatos/{id}"));
    assert_eq!(contato["isEmpresa"], true);
    assert_eq!(contato["constante"], 0);
    assert_eq!(contato["nome"], "Tartak Jodła");
    assert_eq!(contato["telefones"], json!(["+48 18 444 00 11"]));
}

#[test]
fn a_contact_of_an_account_is_a_contact_of_that_customer_and_a_person_nested_in_the_company() {
    let desk = Desk::new(Country::Poland);
    let company = desk.egito_json("Account/create", r#"{"name":"Tartak Jodła"}"#).with(200).id();
    let body = format!(
        r#"{{"firstName":"Marek","lastName":"Sowa","account":{{"id":{company}}},"position":"Kierownik zakupów",
            "email":"m.sowa@tartak-jodla.example"}}"#
    );
    let person = desk.egito_json("Contact/create", &body).with(200).id();

    let contact = desk.totvs_found(CONTACTS, "{name->eq->Marek Sowa}");
    assert_eq!(contact["customer"]["name"], "Tartak Jodła");
    assert_eq!(contact["jobTitle"], "Kierownik zakupów");
    assert_eq!(contact["emails"][0]["email"], "m.sowa@tartak-jodla.example");
    let customer = desk.totvs_found(CUSTOMERS, "{name->eq->Tartak Jodła}");
    assert_eq!(customer["contacts"], json!([{"id": contact["id"], "name": "Marek Sowa"}]));
    let customers = desk.totvs("GET", &format!("/api/v4/{CUSTOMERS}"), &[], "").with(200).json();
    assert_eq!(customers["count"], 1, "the person is no customer");

    let contato = desk.nectar_one(&format!("contatos/{company}"));
    assert_eq!(contato["contatos"][0]["id"], person);
    assert_eq!(contato["contatos"][0]["nome"], "Marek Sowa");
}

#[test]
fn a_customer_is_an_account_with_every_tax_id_and_a_customer_of_constante_0() {
    let desk = Desk::new(Country::Brazil);
    let body = json!({
        "externalId": "C-118", "name": "Padaria Aurora Ltda", "tradingName": "Padaria Aurora", "birthday": "03/11/1988",
        "customerPersonType": {"acronym": "PJ"},
        "customerIdentificationDocuments": [{"documentNumber": "12.ABC.345/01DE-35", "identificationDocumentAcronym": "CNPJ"}],
        "emails": [{"email": "compras@aurora.example"}], "phones": [{"number": "(47) 3300-0011"}],
    });
    let uuid = desk.totvs_insert(CUSTOMERS, &body).uuid();
    let id = desk.number_of("Padaria Aurora Ltda");

    let account = desk.account(id);
    assert_eq!(account["name"], "Padaria Aurora Ltda");
    assert_eq!(account["relationshipType"]["value"], "CUSTOMER");
    assert_eq!(account["taxIds"], json!([{"type": "CNPJ", "value": "12ABC34501DE35"}]));
    assert_eq!(account["phone"], "(47) 3300-0011");
    let contato = desk.nectar_one(&format!("contatos/{id}"));
    assert_eq!((&contato["isEmpresa"], &contato["constante"]), (&json!(true), &json!(0)));

    // Another dialect changes it; what that one cannot say stays, and so does the id.
    desk.nectar_put(&format!("contatos/{id}"), &json!({"nome": "Padaria Aurora e Filhos"}));
    let customer = desk.totvs_one(CUSTOMERS, &uuid);
    assert_eq!(customer["name"], "Padaria Aurora e Filhos");
    assert_eq!(customer["externalId"], "C-118");
    assert_eq!(customer["tradingName"], "Padaria Aurora");
    assert_eq!(customer["version"], 2);
}

#[test]
fn a_person_without_a_company_is_a_customer_of_type_pf_and_a_contact() {
    let desk = Desk::new(Country::Brazil);
    let body = json!({"name": "Rita de Cássia Prado", "customerPersonType": {"acronym": "PF"},
        "customerIdentificationDocuments": [{"documentNumber": "529.982.247-25"}]});
    desk.totvs_insert(CUSTOMERS, &body);
    let id = desk.number_of("Rita de Cássia Prado");
    let contact = desk.contact(id);
    assert_eq!((&contact["firstName"], &contact["lastName"]), (&json!("Rita de Cássia"), &json!("Prado")));
    assert_eq!(contact["account"], Value::Null);
    let contato = desk.nectar_one(&format!("contatos/{id}"));
    assert_eq!(contato["isEmpresa"], false);
    assert_eq!(contato["cpf"], "52998224725");

    desk.nectar("POST", "contatos", r#"{"nome":"Otávio Lins","constante":1}"#).with(200);
    let customer = desk.totvs_found(CUSTOMERS, "{name->eq->Otávio Lins}");
    assert_eq!(customer["customerPersonType"]["acronym"], "PF");
    assert_eq!(customer["lifecycle"], "PROSPECT");
}

#[test]
fn a_lead_is_a_lead_everywhere_and_keeps_its_ids_when_it_is_converted() {
    let desk = Desk::new(Country::Poland);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "firstName=Halina&lastName=Wrona&gender=K&company=Ogrody+Wrona&email=halina%40ogrody-wrona.example\
                &phone=%2B48+600+700+800&description=Prosz%C4%99+o+cennik&utm_campaign=wiosna";
    let id = desk.egito("POST", "Lead/create", &form, body).with(200).id();

    let lead = desk.totvs_found(LEADS, "{name->eq->Halina Wrona}");
    let uuid = lead["id"].as_str().unwrap().to_owned();
    assert_eq!(lead["status"], "OPEN");
    assert_eq!(lead["companyName"], "Ogrody Wrona");
    assert_eq!(lead["email"], "halina@ogrody-wrona.example");
    assert_eq!(lead["observation"], "Proszę o cennik");
    let contato = desk.nectar_one(&format!("contatos/{id}"));
    assert_eq!(contato["constante"], 3);
    let qualifications = desk.nectar_one(&format!("qualificacoes/contatoId/{id}"));
    assert_eq!(qualifications.as_array().map(Vec::len), Some(1));

    desk.totvs_merge(LEADS, &uuid, &json!({"status": "QUALIFIED"})).with(200);
    let lead = desk.entity("Lead", id);
    assert_eq!(lead["status"]["value"], "CONVERTED");
    assert_eq!(lead["account"]["name"], "Ogrody Wrona");
    assert_eq!(lead["utm_campaign"], "wiosna", "what only one dialect can say is kept");
    let contact = desk.contact(id);
    assert_eq!(contact["relationshipType"]["value"], "PROSPECT");
    assert_eq!(desk.totvs_one(CONTACTS, &uuid)["customer"]["name"], "Ogrody Wrona");
    assert_eq!(desk.nectar_one(&format!("contatos/{id}"))["constante"], 1);
}

#[test]
fn a_lead_made_in_nectarcrm_is_a_lead_of_the_others() {
    let desk = Desk::new(Country::Brazil);
    let id = desk.nectar("POST", "contatos", r#"{"nome":"Davi Torres","constante":3}"#).with(200).id();
    let body = json!({"cliente": {"id": id}, "nome": "Campanha de maio"});
    desk.nectar("POST", "qualificacoes", &body.to_string()).with(200);
    let lead = desk.entity("Lead", id);
    assert_eq!(lead["lastName"], "Torres");
    assert_eq!(lead["status"]["value"], "NEW");
    assert_eq!(desk.totvs_found(LEADS, "{status->eq->OPEN}")["name"], "Davi Torres");
    desk.egito("GET", &format!("Contact/get?id={id}"), &[], "").with(404);
}

#[test]
fn an_opportunity_moves_and_closes_in_whatever_dialect() {
    let desk = Desk::new(Country::Poland);
    let account = desk.egito_json("Account/create", r#"{"name":"Tartak Jodła"}"#).with(200).id();
    let body = format!(
        r#"{{"name":"Linia do cięcia 2026","accountId":{account},"stage":"OFFER","expectedCloseDate":"30.09.2026",
            "items":[{{"name":"Piła taśmowa","quantity":2,"unitPrice":"18 500,00"}},{{"name":"Montaż","unitPrice":3200,"discount":10}}]}}"#
    );
    let id = desk.egito_json("Opportunity/create", &body).with(200).id();

    let opportunity = desk.totvs_found(OPPORTUNITIES, "{description->eq->Linia do cięcia 2026}");
    let uuid = opportunity["id"].as_str().unwrap().to_owned();
    assert_eq!(opportunity["status"], "PROGRESS");
    assert_eq!(opportunity["stage"]["description"], "Oferta");
    assert_eq!(opportunity["amount"].as_f64(), Some(39_880.0));
    assert_eq!(opportunity["expectedCloseDate"], "30/09/2026");
    assert_eq!(opportunity["items"][0]["total"].as_f64(), Some(37_000.0));
    let shown = desk.nectar_one(&format!("oportunidades/{id}"));
    assert_eq!((&shown["etapa"], &shown["status"]), (&json!(3), &json!(1)));
    assert_eq!(shown["valorTotal"].as_f64(), Some(39_880.0));
    assert_eq!(shown["produtos"].as_array().map(Vec::len), Some(2));

    let version = opportunity["version"].as_i64().unwrap();
    desk.totvs_merge(OPPORTUNITIES, &uuid, &json!({"status": "WON", "version": version})).with(200);
    assert_eq!(desk.entity("Opportunity", id)["stage"]["value"], "WON");
    assert_eq!(desk.nectar_one(&format!("oportunidades/{id}"))["status"], 2);

    desk.nectar_put(&format!("oportunidades/{id}"), &json!({"status": 5}));
    assert_eq!(desk.entity("Opportunity", id)["stage"]["value"], "POSTPONED");
    assert_eq!(desk.totvs_one(OPPORTUNITIES, &uuid)["status"], "PROGRESS");
    // Writing back what was read leaves a status alone that has no word here.
    desk.totvs_merge(OPPORTUNITIES, &uuid, &json!({"status": "PROGRESS"})).with(200);
    assert_eq!(desk.nectar_one(&format!("oportunidades/{id}"))["status"], 5);
}

#[test]
fn a_product_its_group_and_its_price_are_the_same_everywhere() {
    let desk = Desk::new(Country::Brazil);
    let group = desk.totvs_insert("product/product-groups", &json!({"description": "Embalagens"})).uuid();
    let body = json!({"code": "EMB-1", "description": "Caixa de papelão", "productGroup": {"id": group}, "salesPrice": 4.5});
    let product = desk.totvs_insert("product/products", &body).uuid();
    let list = desk.totvs_insert("pricelist/price-lists", &json!({"description": "Tabela Sul"})).uuid();
    let entry = json!({"priceList": {"id": list}, "product": {"id": product}, "salesPrice": 3.9});
    desk.totvs_insert("pricelist/price-list-items", &entry);

    let found = desk.egito("GET", "Product/list?code=emb-1", &[], "").with(200).json();
    assert_eq!(found[0]["name"], "Caixa de papelão");
    assert_eq!(found[0]["category"]["name"], "Embalagens");
    let id = found[0]["id"].as_i64().unwrap();
    assert_eq!(desk.nectar_one(&format!("produtos/{id}"))["valorBase"].as_f64(), Some(4.5));
    let tables = desk.nectar_one("tabelaPreco");
    let table =
        tables.as_array().unwrap().iter().find(|table| table["nome"] == "Tabela Sul").expect("the table");
    let table = desk.nectar_one(&format!("tabelaPreco/{}", table["id"]));
    assert_eq!(table["produtos"].as_array().map(Vec::len), Some(1), "{table}");

    desk.egito_json("Product/update", &format!(r#"{{"id":{id},"netPrice":"5,25"}}"#)).with(200);
    assert_eq!(desk.totvs_one("product/products", &product)["salesPrice"].as_f64(), Some(5.25));
}

#[test]
fn a_task_is_an_activity_and_a_tarefa_and_keeps_its_priority() {
    let desk = Desk::new(Country::Poland);
    let account = desk.egito_json("Account/create", r#"{"name":"Tartak Jodła"}"#).with(200).id();
    let body = format!(
        r#"{{"subject":"Zadzwonić","account":{account},"priority":"LOW","type":"CALL","dueDate":"2026-06-10T12:00"}}"#
    );
    let id = desk.egito_json("Task/create", &body).with(200).id();

    let activity = desk.totvs_found("activity/activities", "{description->eq->Zadzwonić}");
    assert_eq!(activity["priority"], "LOW");
    assert_eq!(activity["customer"]["name"], "Tartak Jodła");
    assert_eq!(activity["activityType"]["description"], "Telefon");
    let tarefa = desk.nectar_one(&format!("tarefas/{id}"));
    assert_eq!(tarefa["prioridade"], 0, "a low priority has no word here");
    assert_eq!(tarefa["dataLimite"], "2026-06-10T10:00:00.000Z");

    desk.nectar_put(
        &format!("tarefas/{id}"),
        &json!({"prioridade": 0, "titulo": "Zadzwonić jutro", "status": 1}),
    );
    let task = desk.entity("Task", id);
    assert_eq!(task["priority"]["value"], "LOW");
    assert_eq!(task["status"]["value"], "DONE");
    assert_eq!(task["subject"], "Zadzwonić jutro");

    // A task without anybody can be shown by the one that demands somebody.
    let loose = desk.egito_json("Task/create", r#"{"subject":"Porządki"}"#).with(200).id();
    assert_eq!(desk.nectar_one(&format!("tarefas/{loose}"))["titulo"], "Porządki");
}

#[test]
fn an_order_is_known_to_the_two_that_have_orders() {
    let desk = Desk::new(Country::Poland);
    let account = desk.egito_json("Account/create", r#"{"name":"Tartak Jodła"}"#).with(200).id();
    let product =
        desk.egito_json("Product/create", r#"{"name":"Deska","code":"D-1","netPrice":40}"#).with(200).id();
    let body = format!(r#"{{"account":{account},"items":[{{"product":{product},"quantity":3}}]}}"#);
    let id = desk.egito_json("Order/create", &body).with(200).id();
    let order = desk.totvs_found("order/orders", "{customer.name->eq->Tartak Jodła}");
    let uuid = order["id"].as_str().unwrap().to_owned();
    assert_eq!(order["status"], "OPEN");
    assert_eq!(order["total"].as_f64(), Some(120.0));
    assert_eq!(order["items"][0]["measureUnit"]["code"], "PCS");

    desk.totvs_merge("order/orders", &uuid, &json!({"status": "FINISHED"})).with(200);
    let shown = desk.entity("Order", id);
    assert_eq!(shown["status"]["value"], "COMPLETED");
    assert_eq!(shown["netTotal"].as_f64(), Some(120.0));
    desk.egito_json("Order/update", &format!(r#"{{"id":{id},"paymentDays":30}}"#)).with(409);
    desk.egito_json("Order/delete", &format!(r#"{{"id":{id}}}"#)).with(409);
}

#[test]
fn a_proposal_of_nectarcrm_is_an_offer() {
    let desk = Desk::new(Country::Brazil);
    let client =
        desk.nectar("POST", "contatos", r#"{"nome":"Padaria Aurora","isEmpresa":true}"#).with(200).id();
    let body = json!({"nome": "Forno novo", "cliente": {"id": client}});
    let deal = desk.nectar("POST", "oportunidades", &body.to_string()).with(200).id();
    let proposal =
        desk.nectar("POST", "propostas", &json!({"oportunidade": {"id": deal}}).to_string()).with(200).id();
    let offer = desk.entity("Offer", proposal);
    assert_eq!(offer["status"]["value"], "DRAFT");
    assert_eq!(offer["opportunity"]["name"], "Forno novo");
    assert_eq!(offer["account"]["name"], "Padaria Aurora");
}

#[test]
fn what_one_dialect_cannot_say_survives_the_others() {
    let desk = Desk::new(Country::Brazil);
    let body = json!({
        "name": "Padaria Aurora", "externalId": "C-7", "favouriteColour": {"name": "green"},
        "phones": [
            {"number": "(47) 3300-0011", "externalId": "P-1"},
            {"number": "(47) 99900-0022", "phoneTypeId": "1bcd5048-b6f8-5413-b179-c209c7e99274", "externalId": "P-2"},
        ],
        "emails": [{"email": "a@aurora.example", "emailTypeId": "44b704f5-aeee-5983-96ce-dd48d50517e7"}],
    });
    let uuid = desk.totvs_insert(CUSTOMERS, &body).uuid();
    let id = desk.number_of("Padaria Aurora");
    let before = desk.totvs_one(CUSTOMERS, &uuid);

    // The others read the whole record and send it back with one change.
    let contato = desk.nectar_one(&format!("contatos/{id}"));
    let mut echo = contato.clone();
    echo["observacao"] = json!("Cliente antigo");
    desk.nectar_put(&format!("contatos/{id}"), &echo);
    let mut account = desk.account(id);
    account["description"] = json!("Bardzo dobry klient");
    desk.egito_json("Account/update", &account.to_string()).with(200);

    let after = desk.totvs_one(CUSTOMERS, &uuid);
    for key in
        ["externalId", "phones", "emails", "favouriteColour", "customerPersonType", "lifecycle", "code"]
    {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(after["observation"], "Bardzo dobry klient");
    assert_eq!(desk.account(id)["mobile"], "(47) 99900-0022");

    desk.egito_json("Account/update", &format!(r#"{{"id":{id},"phone":"(47) 3300-9999"}}"#)).with(200);
    let phones = desk.totvs_one(CUSTOMERS, &uuid)["phones"].clone();
    assert_eq!(phones[0]["number"], "(47) 3300-9999");
    assert_eq!(phones[1], before["phones"][1]);
}

#[test]
fn a_name_in_parts_stays_in_parts_until_another_dialect_writes_it_whole() {
    let desk = Desk::new(Country::Poland);
    let id =
        desk.egito_json("Contact/create", r#"{"firstName":"Jan","lastName":"van der Berg"}"#).with(200).id();
    let parts = |contact: &Value| (contact["firstName"].clone(), contact["lastName"].clone());
    assert_eq!(parts(&desk.contact(id)), (json!("Jan"), json!("van der Berg")));
    desk.nectar_put(&format!("contatos/{id}"), &json!({"cargo": "Dyrektor"}));
    assert_eq!(parts(&desk.contact(id)), (json!("Jan"), json!("van der Berg")));
    desk.nectar_put(&format!("contatos/{id}"), &json!({"nome": "Jan Piotr Berg"}));
    assert_eq!(parts(&desk.contact(id)), (json!("Jan Piotr"), json!("Berg")));
}

#[test]
fn the_life_cycle_reads_the_same_both_ways() {
    let desk = Desk::new(Country::Poland);
    for (constante, egito, totvs) in [
        (0, "CUSTOMER", "CUSTOMER"),
        (1, "PROSPECT", "PROSPECT"),
        (2, "SUSPECT", "SUSPECT"),
        (5, "FORMER_CUSTOMER", "DISCARDED"),
    ] {
        let name = format!("Firma {constante}");
        let body = json!({"nome": name, "isEmpresa": true, "constante": constante});
        let id = desk.nectar("POST", "contatos", &body.to_string()).with(200).id();
        assert_eq!(desk.account(id)["relationshipType"]["value"], egito);
        let customer = desk.totvs_found(CUSTOMERS, &format!("{{name->eq->{name}}}"));
        assert_eq!(customer["lifecycle"], totvs);

        let made = desk.egito_json(
            "Account/create",
            &format!(r#"{{"name":"Druga {constante}","relationshipType":"{egito}"}}"#),
        );
        assert_eq!(desk.nectar_one(&format!("contatos/{}", made.with(200).id()))["constante"], constante);
        desk.totvs_insert(CUSTOMERS, &json!({"name": format!("Trzecia {constante}"), "lifecycle": totvs}));
        assert_eq!(
            desk.account(desk.number_of(&format!("Trzecia {constante}")))["relationshipType"]["value"],
            egito
        );
    }
    // Moved elsewhere, the relation that no longer fits gives way; a partner may be at any place of its life cycle.
    for (first, then) in [("PROSPECT", "CUSTOMER"), ("PARTNER", "PARTNER")] {
        let body = format!(r#"{{"name":"Firma {first}","relationshipType":"{first}"}}"#);
        let id = desk.egito_json("Account/create", &body).with(200).id();
        assert_eq!(desk.account(id)["relationshipType"]["value"], first);
        desk.nectar_put(&format!("contatos/{id}"), &json!({"constante": 0}));
        assert_eq!(desk.account(id)["relationshipType"]["value"], then);
    }
}

#[test]
fn a_custom_field_is_one_field_in_three_dialects() {
    let desk = Desk::new(Country::Brazil);
    let body = json!({"nome": "Número de lojas", "tipo": 0, "relacionado": "Contato"});
    let field = desk.nectar("POST", "customFields", &body.to_string()).with(200).json();
    let alias = field["alias"].as_str().expect("an alias").to_owned();
    let custom = json!({"name": "Padaria Aurora", "customFields": {&alias: 7}});
    let uuid = desk.totvs_insert(CUSTOMERS, &custom).uuid();
    let id = desk.number_of("Padaria Aurora");
    assert_eq!(desk.account(id)["customFields"][&alias], 7);

    desk.egito_json("Account/update", &json!({"id": id, &alias: 8}).to_string()).with(200);
    assert_eq!(desk.totvs_one(CUSTOMERS, &uuid)["customFields"][&alias], 8);
    let shown = desk.nectar_one(&format!("contatos/{id}"));
    assert!(shown["camposPersonalizados"].to_string().contains('8'), "{shown}");
}

#[test]
fn every_dialect_moves_the_version_that_one_of_them_guards_with() {
    let desk = Desk::new(Country::Brazil);
    let uuid = desk.totvs_insert(CUSTOMERS, &json!({"name": "Padaria Aurora"})).uuid();
    let id = desk.number_of("Padaria Aurora");
    desk.egito_json("Account/update", &format!(r#"{{"id":{id},"city":"Joinville"}}"#)).with(200);
    desk.nectar_put(&format!("contatos/{id}"), &json!({"site": "https://aurora.example"}));
    let refused = desk.totvs_merge(CUSTOMERS, &uuid, &json!({"site": "x.example", "version": 1})).with(409);
    assert_eq!(refused.json()["code"], "VersionConflict");
    assert_eq!(refused.json()["details"][0]["value"], 3);
    desk.totvs_merge(CUSTOMERS, &uuid, &json!({"site": "x.example", "version": 3})).with(200);
}

#[test]
fn a_record_deleted_in_one_dialect_is_gone_in_all() {
    let desk = Desk::new(Country::Brazil);
    let uuid = desk.totvs_insert(CUSTOMERS, &json!({"name": "Padaria Aurora", "externalId": "C-1"})).uuid();
    let id = desk.number_of("Padaria Aurora");
    desk.egito_json("Account/delete", &format!(r#"{{"id":{id}}}"#)).with(200);
    desk.totvs("GET", &format!("/api/v4/{CUSTOMERS}/{uuid}"), &[], "").with(404);
    desk.nectar("GET", &format!("contatos/{id}"), "").with(404);
    // Its key is free again.
    desk.totvs_insert(CUSTOMERS, &json!({"name": "Outra", "externalId": "C-1"}));
}
