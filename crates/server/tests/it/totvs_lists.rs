//! Lists and records of the TOTVS dialect as they are answered: keys and their order, pages, parameters, what is seen.

use std::cell::Cell;

use favo_core::catalogue::{
    appointment, contact, email_detail, meta, opportunity, participant, phone_detail, price_table, product,
};
use favo_core::change::Change;
use favo_core::patch::{Input, ItemPatch, Patch, Reference};
use favo_core::query::{Column, Filter, Query, Totals};
use favo_core::tenancy::Country;
use favo_core::transaction::{Reader, TenantId, Visit};
use favo_core::{Instant, Record, Resource, Result};
use favo_dialects::totvs;
use favo_dialects::wire::{Caller, Request};

use crate::desk::{Desk, START};
use crate::office::{create, person, system, to, update};
use crate::totvs_filters::{CUSTOMERS, shop};

fn get(desk: &Desk, path: &str) -> serde_json::Value {
    desk.totvs("GET", path, &[], "").with(200).json()
}

/// The names of a list in its order.
fn names(list: &serde_json::Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["name"].as_str().or(item["description"].as_str()).unwrap_or_default())
        .collect()
}

#[test]
fn a_customer_has_every_key_in_its_place() {
    let shop = shop();
    let (bakery, bruna) =
        (shop.uuid(Resource::Contact, shop.bakery), shop.uuid(Resource::Contact, shop.bruna));
    let (owner, segment) = (shop.uuid(Resource::User, 1), get(&shop.desk, "/api/v4/customer/segments"));
    let segment = segment["items"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["description"] == "Alimentação"));
    let segment = segment.expect("a segment")["id"].as_str().expect("an id");
    let keys =
        Patch::new().with(contact::DOCUMENT_KEYS, Input::Map(vec![("CNPJ".to_owned(), "D-9".to_owned())]));
    let extras = vec![
        ("egito.x".to_owned(), "1".to_owned()),
        ("totvs.colour".to_owned(), r#"{"a":[1,"é"]}"#.to_owned()),
    ];
    shop.desk.later(1);
    update(&shop.desk, Resource::Contact, shop.bakery, keys.with(meta::EXTRAS, Input::Map(extras)))
        .expect("changed");
    let answer = shop.desk.totvs("GET", &format!("{CUSTOMERS}/{bakery}"), &[], "").with(200);
    assert_eq!(answer.content_type, "application/json;charset=UTF-8");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let addresses = answer.json()["addresses"].clone();
    let (first, second) = (&addresses[0]["id"], &addresses[1]["id"]);
    let expected = [
        format!(r#"{{"id":"{bakery}","externalId":"C-118","code":"000118","name":"Padaria Aurora Ltda","#),
        r#""tradingName":"Padaria Aurora","customerPersonType":{"id":"13e3cad4-bafe-5ff7-8260-84ef5014959d","#.to_owned(),
        r#""acronym":"PJ","description":"Pessoa jurídica"},"birthday":"03/11/1988","#.to_owned(),
        r#""customerIdentificationDocuments":[{"documentNumber":"12ABC34501DE35","#.to_owned(),
        r#""identificationDocumentId":"2093a5c0-f74b-536f-ba9a-5dd2b03f6d9f","identificationDocumentAcronym":"CNPJ","#.to_owned(),
        r#""externalId":"D-9"},{"documentNumber":"MG-1234","#.to_owned(),
        r#""identificationDocumentId":"76c1e4ad-df79-545d-995a-0ddc7251304c","identificationDocumentAcronym":"RG","#.to_owned(),
        r#""externalId":null}],"emails":[{"email":"compras@aurora.example","#.to_owned(),
        r#""emailTypeId":"244df9df-5fb2-5904-aed4-45ee6844924b","externalId":null},{"email":"Caixa@aurora.example","#.to_owned(),
        r#""emailTypeId":"44b704f5-aeee-5983-96ce-dd48d50517e7","externalId":"E-2"}],"#.to_owned(),
        r#""phones":[{"number":"(47) 3300-0011","phoneTypeId":"ac924043-efe7-5ca7-8850-d8b7f6cb7539","externalId":null},"#.to_owned(),
        r#"{"number":"+55 47 99999-0001","phoneTypeId":"1bcd5048-b6f8-5413-b179-c209c7e99274","externalId":"T-2"}],"#.to_owned(),
        format!(r#""addresses":[{{"id":{first},"code":null,"address":"Rua das Hortênsias","number":null,"complement":null,"#),
        r#""neighborhood":null,"postalCode":null,"cityName":"Joinville","cityId":null,"state":null,"country":null,"#.to_owned(),
        r#""addressType":{"id":"ba54d950-eef1-5468-be3c-c202dccea404","acronym":"DELIVERY","description":"Entrega"},"#.to_owned(),
        format!(r#""main":true}},{{"id":{second},"code":null,"address":null,"number":null,"complement":null,"#),
        r#""neighborhood":null,"postalCode":null,"cityName":"Curitiba","cityId":null,"state":null,"country":null,"#.to_owned(),
        r#""addressType":{"id":"1a1f083f-d0b8-54fc-80ad-dd6bc5f49b1e","acronym":"BILLING","description":"Cobrança"},"#.to_owned(),
        r#""main":false}],"defaultAddress":{"addressTypeId":"ba54d950-eef1-5468-be3c-c202dccea404","postalCode":null,"#.to_owned(),
        r#""neighborhood":null,"address":"Rua das Hortênsias","cityName":"Joinville","number":null,"complement":null,"#.to_owned(),
        r#""cityId":null,"state":null,"country":null},"lifecycle":"CUSTOMER","#.to_owned(),
        format!(r#""segment":{{"id":"{segment}","description":"Alimentação"}},"origin":null,"site":null,"#),
        format!(r#""professionalId":"{owner}","professionalName":"Bia Nogueira","#),
        format!(r#""contacts":[{{"id":"{bruna}","name":"Bruna Lopes"}}],"tags":["VIP","Região Sul"],"active":true,"#),
        r#""observation":null,"customFields":{"porte":"Médio","area_m":120.5,"data_da_visita":"15/05/2026","#.to_owned(),
        r#""frota":true},"version":2,"createdAt":"2026-06-09T05:15:02.000-03:00","#.to_owned(),
        r#""updatedAt":"2026-06-09T05:15:03.000-03:00","colour":{"a":[1,"é"]}}"#.to_owned(),
    ];
    assert_eq!(answer.body, expected.concat());
    let list = shop.desk.totvs("GET", &format!("{CUSTOMERS}?generalSearch=C-118"), &[], "").with(200);
    assert_eq!(list.body, r#"{"items":[],"hasNext":false,"count":0}"#);
    let list = shop.desk.totvs("GET", &format!("{CUSTOMERS}?generalSearch=000118"), &[], "").with(200);
    assert_eq!(list.body, format!(r#"{{"items":[{}],"hasNext":false,"count":1}}"#, expected.concat()));
}

#[test]
fn opportunities_orders_and_activities_show_lines_and_clients() {
    let shop = shop();
    let bakery = shop.uuid(Resource::Contact, shop.bakery);
    let bread = shop.uuid(Resource::Product, shop.bread);
    let deal = shop.uuid(Resource::Opportunity, shop.deal);
    let shown = get(&shop.desk, &format!("/api/v4/opportunity/opportunities/{deal}"));
    assert_eq!(shown["customer"], serde_json::json!({"id": bakery, "name": "Padaria Aurora Ltda"}));
    assert_eq!(shown["lead"], serde_json::Value::Null);
    assert_eq!(shown["contact"]["name"], "Bruna Lopes");
    assert_eq!((&shown["status"], &shown["currency"]), (&"PROGRESS".into(), &"BRL".into()));
    assert!(shown["code"].is_number() && shown["stage"]["description"].is_string());
    assert_eq!((&shown["amount"], &shown["expectedCloseDate"]), (&100.5.into(), &"19/06/2026".into()));
    let line = &shown["items"][0];
    assert_eq!(line["product"], serde_json::json!({"id": bread, "description": "Pão francês"}));
    assert_eq!((&line["sequence"], &line["quantity"], &line["total"]), (&1.into(), &100.into(), &75.into()));
    let order = line.as_object().expect("an object").keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        order,
        [
            "id",
            "externalId",
            "sequence",
            "product",
            "description",
            "measureUnit",
            "quantity",
            "unitPrice",
            "discountPercent",
            "total"
        ]
    );
    let of_lead = get(&shop.desk, "/api/v4/opportunity/opportunities?generalSearch=PRIMEIRA");
    assert_eq!(of_lead["items"][0]["lead"]["name"], "Carla Prado");
    assert_eq!(of_lead["items"][0]["customer"], serde_json::Value::Null);
    let order = get(&shop.desk, "/api/v4/order/orders");
    assert_eq!(
        order["items"][0]["opportunity"],
        serde_json::json!({"id": deal, "description": "Café da manhã"})
    );
    assert_eq!(
        (&order["items"][0]["orderDate"], &order["items"][0]["total"]),
        (&"09/06/2026".into(), &100.5.into())
    );
    let activities = get(&shop.desk, "/api/v4/activity/activities?order=description");
    assert_eq!(names(&activities), ["Ligar para Bruna", "Ligar para Carla"]);
    let [first, second] = [&activities["items"][0], &activities["items"][1]];
    assert_eq!(first["customer"]["name"], "Padaria Aurora Ltda");
    assert_eq!(
        (&first["contact"]["name"], &first["lead"]),
        (&"Bruna Lopes".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&second["customer"], &second["lead"]["name"]),
        (&serde_json::Value::Null, &"Carla Prado".into())
    );
    assert_eq!(first["dueOn"], "2026-06-09T05:15:02.000-03:00");
    update(&shop.desk, Resource::Product, shop.bread, Patch::new().text(product::NAME, "Pão"))
        .expect("renamed");
    let again = get(&shop.desk, &format!("/api/v4/opportunity/opportunities/{deal}?fields=items"));
    assert_eq!(again["items"][0]["product"]["description"], "Pão");
    assert_eq!(again.as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn leads_and_calendar_entries_are_shown_with_what_hangs_on_them() {
    let shop = shop();
    let mut patch = Patch::new().text(contact::WEBSITE, "prado.example");
    favo_core::reach::set_phones(
        &mut patch,
        &[
            favo_core::reach::Reach { text: "47 99999-0002".to_owned(), kind: 1, external_key: None },
            favo_core::reach::Reach { text: "47 3300-0002".to_owned(), kind: 0, external_key: None },
        ],
    );
    assert_eq!((email_detail::KIND.position(), phone_detail::KIND.position()), (1, 1));
    update(&shop.desk, Resource::Contact, shop.lead, patch).expect("changed");
    let lead = get(&shop.desk, "/api/v4/customer/leads")["items"][0].clone();
    assert_eq!((&lead["phone"], &lead["mobilePhone"]), (&"47 3300-0002".into(), &"47 99999-0002".into()));
    assert_eq!((&lead["status"], &lead["observation"]), (&"OPEN".into(), &"Pediu tabela".into()));
    assert_eq!(
        (&lead["companyName"], &lead["email"]),
        (&"Floricultura Prado".into(), &serde_json::Value::Null)
    );
    let participants = vec![
        ItemPatch { id: None, entries: vec![(participant::USER.position(), to(1))] },
        ItemPatch { id: None, entries: vec![(participant::CONTACT.position(), to(shop.bruna))] },
        ItemPatch {
            id: None,
            entries: vec![(participant::EMAIL.position(), Input::Text("a@b.example".to_owned()))],
        },
    ];
    let entry = Patch::new()
        .text(appointment::SUBJECT, "Visita")
        .with(appointment::CUSTOMER, to(shop.bakery))
        .with(appointment::STARTS_AT, Input::Instant(Instant(START)))
        .with(appointment::TYPE, Input::One(Reference::name("Reunião")))
        .with(appointment::PARTICIPANTS, Input::Items(participants));
    create(&shop.desk, Resource::Appointment, entry);
    let shown = get(&shop.desk, "/api/v4/calendar/calendars")["items"][0].clone();
    let (user, bruna) = (shop.uuid(Resource::User, 1), shop.uuid(Resource::Contact, shop.bruna));
    assert_eq!(
        shown["participants"],
        serde_json::json!([{"userId": user}, {"contactId": bruna}, {"email": "a@b.example"}])
    );
    assert_eq!((&shown["calendarType"]["description"], &shown["allDay"]), (&"Reunião".into(), &false.into()));
}

/// Twelve people, two of each name, made one second after the other.
fn crowd() -> Desk {
    let desk = Desk::new(Country::Brazil);
    for number in 0..12 {
        let patch = person(&format!("Pessoa {:02}", number / 2))
            .with(contact::ACTIVE, Input::Bool(number % 3 != 0))
            .text(contact::JOB_TITLE, if number < 6 { "a" } else { "b" });
        create(&desk, Resource::Contact, patch);
        desk.later(1);
    }
    desk
}

#[test]
fn pages_follow_each_other_in_every_order() {
    let desk = crowd();
    let first = get(&desk, &format!("{CUSTOMERS}?pageSize=5"));
    assert_eq!((&first["count"], &first["hasNext"]), (&12.into(), &true.into()));
    assert_eq!(names(&first), ["Pessoa 00", "Pessoa 00", "Pessoa 01", "Pessoa 01", "Pessoa 02"]);
    let last = get(&desk, &format!("{CUSTOMERS}?pageSize=5&page=3"));
    assert_eq!((names(&last).len(), &last["hasNext"]), (2, &false.into()));
    let past = desk.totvs("GET", &format!("{CUSTOMERS}?page=4&pageSize=5"), &[], "").with(200);
    assert_eq!(past.body, r#"{"items":[],"hasNext":false,"count":12}"#);
    for order in [
        "name",
        "-name",
        "active,-name",
        "-active,name,-createdAt",
        "professionalName,-id",
        "externalId,name",
    ] {
        let whole = get(&desk, &format!("{CUSTOMERS}?order={order}&pageSize=100"));
        let whole = whole["items"].as_array().expect("items").clone();
        assert_eq!(whole.len(), 12, "{order}");
        let mut pages = Vec::new();
        for page in 1..=4 {
            let page = get(&desk, &format!("{CUSTOMERS}?order={order}&pageSize=3&page={page}"));
            pages.extend(page["items"].as_array().expect("items").clone());
        }
        assert_eq!(pages, whole, "{order}");
    }
    let by_filter = [("Integration-Filter", "{page->eq->2}{pageSize->eq->5}{order->eq->-name,code}")];
    let page = desk.totvs("GET", CUSTOMERS, &by_filter, "").with(200).json();
    assert_eq!(names(&page), ["Pessoa 03", "Pessoa 02", "Pessoa 02", "Pessoa 01", "Pessoa 01"]);
    desk.totvs("GET", &format!("{CUSTOMERS}?page=2&order=-name,code"), &by_filter, "").with(200);
    let disagree = desk.totvs("GET", &format!("{CUSTOMERS}?page=1"), &by_filter, "").with(400);
    assert_eq!(disagree.json()["code"], "PagingInvalid");
    let types = get(&desk, "/api/v4/customer/phone-types?order=-acronym&pageSize=2&page=2");
    assert_eq!((names(&types), &types["count"]), (vec!["Outro", "Celular"], &6.into()));
}

#[test]
fn parameters_choose_rows_and_keys() {
    let desk = crowd();
    let count = |query: &str| get(&desk, &format!("{CUSTOMERS}?{query}"))["count"].as_i64().expect("a count");
    assert_eq!(count("active=false"), 4);
    assert_eq!(count("active=true&generalSearch=pessoa+01"), 1);
    assert_eq!(count("generalSearch=PESSOA"), 12);
    assert_eq!(count("updatedSince=2026-06-09T08:15:08Z"), 6);
    assert_eq!(count("updatedSince=2026-06-09T05:15:08-03:00"), 6);
    assert_eq!(count("updatedSince=2026-06-09T10:15:08+02:00"), 6, "a plus sign that was not encoded");
    assert_eq!(count("updatedSince=2026-06-10"), 0);
    assert_eq!(count("_=17&_x"), 12);
    let some =
        desk.totvs("GET", &format!("{CUSTOMERS}?fields=name,version&pageSize=1"), &[], "").with(200).json();
    let keys: Vec<_> = some["items"][0].as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["id", "name", "version"]);
    for (query, code) in [
        ("page=0", "PagingInvalid"),
        ("page=x", "PagingInvalid"),
        ("pageSize=1001", "PagingInvalid"),
        ("order=emails", "PagingInvalid"),
        ("order=emails.email", "PagingInvalid"),
        ("order=colour", "PagingInvalid"),
        ("order=name,code,site,active,birthday,createdAt", "PagingInvalid"),
        ("order=name,code,site,active,version,createdAt", "PagingInvalid"),
        ("order=name,,code", "PagingInvalid"),
        ("colour=red", "UnknownParameter"),
        ("updatedSince=yesterday", "InvalidValue"),
        ("active=maybe", "InvalidValue"),
        ("filter={a", "FilterSyntax"),
    ] {
        let answer = desk.totvs("GET", &format!("{CUSTOMERS}?{query}"), &[], "");
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)), "{query}");
    }
    let no_such_field = desk.totvs("GET", "/api/v4/order/orders?active=true", &[], "").with(400);
    assert_eq!(no_such_field.json()["code"], "UnknownParameter");
    desk.set("totvs.page_size", "3");
    desk.set("totvs.page_size_cap", "4");
    assert_eq!(names(&get(&desk, CUSTOMERS)).len(), 3);
    desk.totvs("GET", &format!("{CUSTOMERS}?pageSize=5"), &[], "").with(400);
}

#[test]
fn one_record_is_found_by_its_id_in_any_form() {
    let shop = shop();
    let uuid = shop.uuid(Resource::Contact, shop.bakery);
    for id in [uuid.clone(), uuid.to_uppercase(), uuid.replace('-', "")] {
        assert_eq!(get(&shop.desk, &format!("{CUSTOMERS}/{id}"))["id"], uuid);
    }
    let lead = shop.uuid(Resource::Contact, shop.lead);
    for path in [
        format!("{CUSTOMERS}/123"),
        format!("{CUSTOMERS}/00000000-0000-0000-0000-000000000000"),
        format!("{CUSTOMERS}/{lead}"),
        format!("/api/v4/customer/contacts/{uuid}"),
        "/api/v4/customer/phone-types/1".to_owned(),
    ] {
        let answer = shop.desk.totvs("GET", &path, &[], "").with(404);
        assert_eq!(answer.json()["code"], "RecordNotFound", "{path}");
    }
    let fax = get(&shop.desk, "/api/v4/customer/phone-types/ea6cb4f5-8d71-5ab9-8604-540afe93bbe3");
    assert_eq!(
        fax.to_string(),
        r#"{"id":"ea6cb4f5-8d71-5ab9-8604-540afe93bbe3","externalId":null,"acronym":"FAX","description":"Fax","customFields":{},"version":1,"createdAt":null,"updatedAt":null}"#
    );
    let stages = get(&shop.desk, "/api/v4/opportunity/stages");
    let stage = &stages["items"][0];
    assert_eq!(
        &get(&shop.desk, &format!("/api/v4/opportunity/stages/{}", stage["id"].as_str().expect("an id"))),
        stage
    );
    assert!(stage["pipeline"]["description"].is_string() && stage["sequence"].is_number());
    let groups = get(&shop.desk, "/api/v4/product/product-groups");
    assert_eq!(names(&groups), ["Massas", "Pães"]);
    assert_eq!(groups["items"][1]["parent"]["description"], "Massas");
}

#[test]
fn settings_of_the_tenant_change_the_form() {
    let shop = shop();
    let bakery = shop.uuid(Resource::Contact, shop.bakery);
    shop.desk.set("totvs.date_output", "iso");
    shop.desk.set("totvs.zone", "Europe/Lisbon");
    let shown = get(&shop.desk, &format!("{CUSTOMERS}/{bakery}"));
    assert_eq!(shown["birthday"], "1988-11-03");
    assert_eq!(shown["customFields"]["data_da_visita"], "2026-05-15");
    assert_eq!(shown["createdAt"], "2026-06-09T09:15:02.000+01:00");
    let companies = vec![("totvs.companyPermissions".to_owned(), r#"[{"companyId":"01"}]"#.to_owned())];
    let list = Patch::new().text(price_table::NAME, "Tabela Sul").with(meta::EXTRAS, Input::Map(companies));
    create(&shop.desk, Resource::PriceTable, list);
    let lists = get(&shop.desk, "/api/v4/pricelist/price-lists?order=description");
    assert_eq!(names(&lists), ["Tabela aberta", "Tabela antiga", "Tabela Sul"]);
    assert_eq!(lists["items"][1]["endOn"], "2026-06-04");
    assert_eq!(lists["items"][2]["companyPermissions"], serde_json::json!([{"companyId": "01"}]));
    assert_eq!(lists["items"][0]["companyPermissions"], serde_json::json!([]));
}

#[test]
fn nobody_sees_what_is_hidden_from_them() {
    let shop = shop();
    let seller = shop.desk.user("edu@aurora.example", "seller");
    let mine = person("Minha").with(contact::OWNER, to(seller));
    create(&shop.desk, Resource::Contact, mine);
    let secret = shop.uuid(Resource::Contact, shop.bakery);
    shop.desk.act_as(seller);
    let list = get(&shop.desk, CUSTOMERS);
    assert_eq!((names(&list), &list["count"]), (vec!["Minha"], &1.into()));
    shop.desk.totvs("GET", &format!("{CUSTOMERS}/{secret}"), &[], "").with(404);
}

/// Counts the statements that go through it.
struct Counting<'a> {
    inner: &'a mut dyn Reader,
    statements: &'a Cell<usize>,
}

impl Counting<'_> {
    fn counted(&mut self) -> &mut dyn Reader {
        self.statements.set(self.statements.get() + 1);
        self.inner
    }
}

impl Reader for Counting<'_> {
    fn tenant(&self) -> TenantId {
        self.inner.tenant()
    }
    fn select(&mut self, query: &Query, columns: &[Column], visit: &mut Visit<'_>) -> Result<()> {
        self.counted().select(query, columns, visit)
    }
    fn select_for(
        &mut self,
        resource: Resource,
        key: u16,
        ids: &[i64],
        filter: &Filter,
        columns: &[Column],
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        self.counted().select_for(resource, key, ids, filter, columns, visit)
    }
    fn load_all(&mut self, query: &Query) -> Result<Vec<Record>> {
        self.counted().load_all(query)
    }
    fn totals(
        &mut self,
        resource: Resource,
        filter: &Filter,
        group: Option<u16>,
        sums: &[u16],
    ) -> Result<Vec<Totals>> {
        self.counted().totals(resource, filter, group, sums)
    }
    fn ids_of(&mut self, resource: Resource, uuids: &[String]) -> Result<Vec<Option<i64>>> {
        self.counted().ids_of(resource, uuids)
    }
    fn largest(&mut self, resource: Resource, filter: &Filter, field: u16) -> Result<Option<i64>> {
        self.counted().largest(resource, filter, field)
    }
    fn registry_version(&mut self) -> Result<i64> {
        self.inner.registry_version()
    }
    fn settings(&mut self) -> Result<Vec<(String, String)>> {
        self.counted().settings()
    }
    fn file(&mut self, name: &str) -> Result<Option<(String, Vec<u8>)>> {
        self.counted().file(name)
    }
    fn changes_after(&mut self, sequence: i64, limit: u32) -> Result<Vec<Change>> {
        self.counted().changes_after(sequence, limit)
    }
    fn last_change(&mut self) -> Result<i64> {
        self.counted().last_change()
    }
}

#[test]
fn a_page_takes_a_few_statements_however_many_rows_it_has() {
    let shop = shop();
    for number in 0..30 {
        let name = format!("Filial {number}");
        let company = person(&name).with(contact::ORGANISATION, Input::Bool(true));
        let company = create(&shop.desk, Resource::Contact, company);
        create(&shop.desk, Resource::Contact, person(&name).with(contact::EMPLOYER, to(company)));
        let deal = Patch::new().text(opportunity::NAME, name).with(opportunity::CUSTOMER, to(company));
        create(&shop.desk, Resource::Opportunity, deal);
    }
    for (path, most) in [
        ("/api/v4/customer/customers", 3),
        ("/api/v4/customer/contacts", 2),
        ("/api/v4/customer/leads", 2),
        ("/api/v4/opportunity/opportunities", 3),
        ("/api/v4/order/orders", 3),
        ("/api/v4/product/products", 2),
        ("/api/v4/opportunity/stages", 0),
    ] {
        let asked = system(&shop.desk, move |ctx, tx| {
            let request = Request {
                method: http::Method::GET,
                path: path.to_owned(),
                query: "pageSize=50".to_owned(),
                headers: http::HeaderMap::new(),
                body: bytes::Bytes::new(),
                base_url: String::new(),
            };
            let statements = Cell::new(0);
            let mut reader = Counting { inner: tx, statements: &statements };
            let call = totvs::route(&request, &totvs::ServerSettings::default());
            let caller = Caller { tenant: "aurora".to_owned(), may_read: true, may_write: true };
            let response = totvs::read(&call, &caller, ctx, &mut reader)?;
            assert_eq!(response.status, 200);
            Ok(statements.get())
        });
        assert!(asked.as_ref().is_ok_and(|count| *count <= most), "{path}: {asked:?}");
    }
}
