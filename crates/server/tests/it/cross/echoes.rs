//! A record that is read in one dialect and sent back as it was read changes nothing, whoever wrote it.

use favo_core::tenancy::Country;
use serde_json::{Value, json};

use super::{CONTACTS, CUSTOMERS, LEADS, OPPORTUNITIES};
use crate::desk::Desk;

const ORDERS: &str = "order/orders";
const ACTIVITIES: &str = "activity/activities";
const PRODUCTS: &str = "product/products";

impl Desk {
    /// Sends back what Egito shows of a record.
    fn egito_echo(&self, entity: &str, id: i64) {
        let shown = self.entity(entity, id);
        self.egito_json(&format!("{entity}/update"), &shown.to_string()).with(200);
        assert_eq!(self.entity(entity, id), shown, "{entity}");
    }

    /// Sends back what NectarCRM shows of a record.
    fn nectar_echo(&self, path: &str) {
        let shown = self.nectar_one(path);
        self.nectar_put(path, &shown);
        assert_eq!(self.nectar_one(path), shown, "{path}");
    }

    /// Sends back what TOTVS shows of a record: merged, and in place of what is there.
    fn totvs_echo(&self, resource: &str, uuid: &str) {
        let shown = self.totvs_one(resource, uuid);
        self.totvs_merge(resource, uuid, &shown).with(200);
        assert_eq!(self.totvs_one(resource, uuid), shown, "{resource}");
        let upsert = [("integration-action", "upsert")];
        self.totvs("POST", &format!("/api/v4/{resource}/{uuid}"), &upsert, &shown.to_string()).with(200);
        assert_eq!(self.totvs_one(resource, uuid), shown, "{resource}");
    }

    fn only_uuid(&self, resource: &str) -> String {
        let list = self.totvs("GET", &format!("/api/v4/{resource}"), &[], "").with(200).json();
        assert_eq!(list["count"], 1, "{list}");
        list["items"][0]["id"].as_str().expect("an id").to_owned()
    }
}

#[test]
fn what_totvs_wrote_survives_the_echoes_of_the_others() {
    for country in [Country::Poland, Country::Brazil] {
        let desk = Desk::new(country);
        let customer = json!({
            "externalId": "C-1", "name": "Padaria Aurora", "tradingName": "Aurora", "customerPersonType": {"acronym": "PJ"},
            "customerIdentificationDocuments": [
                {"documentNumber": "12.ABC.345/01DE-35", "identificationDocumentAcronym": "CNPJ", "externalId": "D-1"},
                {"documentNumber": "1234563218", "identificationDocumentAcronym": "NIP"},
            ],
            "emails": [{"email": "a@aurora.example", "externalId": "E-1"}, {"email": "b@aurora.example"}],
            "phones": [{"number": "(47) 3300-0011", "externalId": "P-1"}, {"number": "(47) 3300-0022"}],
            "addresses": [
                {"address": "Rua A", "number": "1", "cityName": "Joinville", "main": true},
                {"address": "Rua B", "number": "2", "cityName": "Blumenau", "complement": "fundos"},
            ],
            "tags": ["vip", "sul"], "observation": "antigo", "favourite": {"colour": "green"},
        });
        let customer = desk.totvs_insert(CUSTOMERS, &customer).uuid();
        let product = json!({"code": "P-1", "description": "Forno", "salesPrice": 100});
        let product = desk.totvs_insert(PRODUCTS, &product).uuid();
        let lines = json!([
            {"externalId": "L-1", "product": {"id": product}, "quantity": 2, "unitPrice": 90.5, "discountPercent": 10},
            {"externalId": "L-2", "product": {"id": product}, "quantity": 1.5},
        ]);
        let deal = json!({"description": "Reforma", "externalId": "O-1", "customer": {"id": customer}, "items": lines,
            "expectedCloseDate": "30/09/2026", "tags": ["vip"], "observation": "depressa", "extra": 7});
        let deal = desk.totvs_insert(OPPORTUNITIES, &deal).uuid();
        let order = json!({"externalId": "V-1", "customer": {"id": customer}, "opportunity": {"id": deal}, "items": lines,
            "deliveryDate": "30/12/2026", "observation": "portaria", "extra": [1, 2]});
        let order = desk.totvs_insert(ORDERS, &order).uuid();
        let call = json!({"description": "Ligar", "externalId": "T-1", "customer": {"id": customer}, "priority": "LOW",
            "dueOn": "10/06/2026 14:30:15", "observation": "cedo", "extra": true});
        let call = desk.totvs_insert(ACTIVITIES, &call).uuid();
        let lead = json!({"name": "Davi Torres", "externalId": "X-1", "companyName": "Torres Ltda", "email": "d@torres.example",
            "phone": "47 3300 0033", "observation": "site", "extra": null, "other": "x"});
        let lead = desk.totvs_insert(LEADS, &lead).uuid();
        let clerk = json!({"name": "Rita Prado", "externalId": "R-1", "customer": {"id": customer}, "jobTitle": "Compras",
            "emails": [{"email": "r@aurora.example", "externalId": "E-9"}]});
        let clerk = desk.totvs_insert(CONTACTS, &clerk).uuid();

        let all = [
            (CUSTOMERS, &customer, "Account", Some("contatos"), 1),
            (PRODUCTS, &product, "Product", Some("produtos"), 1),
            (OPPORTUNITIES, &deal, "Opportunity", Some("oportunidades"), 1),
            (ORDERS, &order, "Order", None, 1),
            (ACTIVITIES, &call, "Task", Some("tarefas"), 1),
            (LEADS, &lead, "Lead", Some("contatos"), 2),
            (CONTACTS, &clerk, "Contact", Some("contatos"), 3),
        ];
        for (resource, uuid, entity, path, id) in all {
            let before = desk.totvs_one(resource, uuid);
            desk.egito_echo(entity, id);
            assert_eq!(desk.totvs_one(resource, uuid), before, "{resource} after Egito");
            if let Some(path) = path {
                desk.nectar_echo(&format!("{path}/{id}"));
                assert_eq!(desk.totvs_one(resource, uuid), before, "{resource} after NectarCRM");
            }
            desk.totvs_echo(resource, uuid);
        }
    }
}

#[test]
fn what_egito_wrote_survives_the_echoes_of_the_others() {
    for country in [Country::Poland, Country::Brazil] {
        let desk = Desk::new(country);
        let make = |entity: &str, body: Value| {
            desk.egito_json(&format!("{entity}/create"), &body.to_string()).with(200).id()
        };
        let account = make(
            "Account",
            json!({"name": "Tartak Jodła", "nip": "1234563218", "phone": "18 444 00 11",
            "mobile": "600 700 800", "email": "a@jodla.example", "website": "jodla.example", "street": "Leśna 1",
            "city": "Nowy Targ", "postalCode": "34-400", "description": "stały", "colour": "zielony", "tags": ["vip"]}),
        );
        let person = make(
            "Contact",
            json!({"firstName": "Jan", "lastName": "van der Berg", "account": account,
            "position": "Kierownik", "gender": "M", "email": "j@jodla.example", "shoe": 43}),
        );
        let lead = make(
            "Lead",
            json!({"firstName": "Halina", "lastName": "Wrona", "gender": "K", "company": "Ogrody",
            "email": "h@ogrody.example", "phone": "600 700 801", "description": "cennik", "utm": "wiosna"}),
        );
        let product = make("Product", json!({"name": "Deska", "code": "D-1", "netPrice": "40,50"}));
        let lines = json!([{"product": product, "quantity": 3, "discount": 5}, {"name": "Montaż", "quantity": 1, "unitPrice": 99}]);
        let deal = make(
            "Opportunity",
            json!({"name": "Linia", "account": account, "contact": person, "items": lines,
            "expectedCloseDate": "30.09.2026", "probability": 35, "description": "pilne", "machine": "tartak"}),
        );
        let order = make(
            "Order",
            json!({"account": account, "contact": person, "opportunity": deal, "items": lines,
            "paymentDays": 14, "description": "rampa", "gate": 2}),
        );
        let task = make(
            "Task",
            json!({"subject": "Telefon", "account": account, "opportunity": deal, "priority": "LOW",
            "type": "CALL", "dueDate": "2026-06-10T12:00", "description": "rano", "tone": "C"}),
        );
        let all = [
            ("Account", account, CUSTOMERS, Some("contatos")),
            ("Contact", person, CONTACTS, Some("contatos")),
            ("Lead", lead, LEADS, Some("contatos")),
            ("Product", product, PRODUCTS, Some("produtos")),
            ("Opportunity", deal, OPPORTUNITIES, Some("oportunidades")),
            ("Order", order, ORDERS, None),
            ("Task", task, ACTIVITIES, Some("tarefas")),
        ];
        for (entity, id, resource, path) in all {
            let before = desk.entity(entity, id);
            desk.totvs_echo(resource, &desk.only_uuid(resource));
            assert_eq!(desk.entity(entity, id), before, "{entity} after TOTVS");
            if let Some(path) = path {
                desk.nectar_echo(&format!("{path}/{id}"));
                assert_eq!(desk.entity(entity, id), before, "{entity} after NectarCRM");
            }
            desk.egito_echo(entity, id);
        }
    }
}

#[test]
fn what_nectarcrm_wrote_survives_the_echoes_of_the_others() {
    for country in [Country::Brazil, Country::Poland] {
        let desk = Desk::new(country);
        let make = |path: &str, body: Value| desk.nectar("POST", path, &body.to_string()).with(200).id();
        let long = "Padaria ".repeat(28);
        let company = make(
            "contatos",
            json!({"nome": long.trim(), "razaoSocial": "Aurora Ltda", "isEmpresa": true, "constante": 2,
            "cnpj": "não tem", "inscricaoEstadual": "123 / 45", "emails": ["sem arroba", "a@aurora.example"],
            "telefones": ["ramal 12", "(47) 3300-0011", "+55 47 3300-0012"], "observacao": "linha 1\nlinha 2", "site": "aurora",
            "origem": "Feira", "segmento": "Pães", "listas": ["vip", "sul"], "dataFundacao": "1988-11-03",
            "enderecos": [{"logradouro": "Rua A", "municipio": "Joinville", "estado": "SC", "pais": "Brasil", "tipo": 1},
                {"logradouro": "Rua B", "municipio": "Blumenau", "principal": true, "cep": "89000"}]}),
        );
        let person = make(
            "contatos",
            json!({"nome": "Ana Maria de Souza e Silva", "cpf": "111", "rg": "X-1", "constante": 1,
            "empresaAtual": {"id": company}, "cargo": "Compras", "dataNascimento": "1990-02-28", "sigiloso": true}),
        );
        let lead =
            make("contatos", json!({"nome": "Davi", "constante": 3, "telefones": ["1"], "emails": ["d"]}));
        make("qualificacoes", json!({"cliente": {"id": lead}, "nome": "Campanha", "status": 4}));
        let product = make(
            "produtos",
            json!({"nome": "Forno", "codigo": "", "valorBase": 10.123_456, "recorrencia": 1}),
        );
        let deal = make(
            "oportunidades",
            json!({"nome": "Reforma", "cliente": {"id": company}, "contato": {"id": person},
            "status": 5, "probabilidade": 37, "valorAvulso": 12.5, "valorMensal": 3.333_333, "listas": ["vip"],
            "dataLimite": "2026-09-30T21:15:30.000Z", "observacao": "x", "produtos": [
                {"produto": {"id": product}, "quantidade": 1.123_456, "valorUnitario": 9.876_543, "desconto": 0.333_333, "recorrencia": 1},
                {"produto": {"id": product}, "nome": "Montagem", "quantidade": 3, "valorUnitario": 7, "desconto": 12.345, "isDescontoPorcentual": true,
                    "acrescimo": 1, "recorrencia": 2}]}),
        );
        let call = make(
            "tarefas",
            json!({"titulo": "Ligar", "cliente": {"id": person}, "oportunidade": {"id": deal}, "tipo": 1,
            "prioridade": 2, "status": 3, "dataLimite": "2026-06-10T12:34:56.789Z", "dataInicio": "2026-06-10T12:00:00.000Z"}),
        );
        let all = [
            (format!("contatos/{company}"), "Account", company, CUSTOMERS),
            (format!("contatos/{person}"), "Contact", person, CONTACTS),
            (format!("contatos/{lead}"), "Lead", lead, LEADS),
            (format!("produtos/{product}"), "Product", product, PRODUCTS),
            (format!("oportunidades/{deal}"), "Opportunity", deal, OPPORTUNITIES),
            (format!("tarefas/{call}"), "Task", call, ACTIVITIES),
        ];
        for (path, entity, id, resource) in all {
            let before = desk.nectar_one(&path);
            desk.egito_echo(entity, id);
            assert_eq!(desk.nectar_one(&path), before, "{path} after Egito");
            desk.totvs_echo(resource, &desk.only_uuid(resource));
            assert_eq!(desk.nectar_one(&path), before, "{path} after TOTVS");
            desk.nectar_echo(&path);
        }
    }
}
