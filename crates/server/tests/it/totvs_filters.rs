//! Filters of the TOTVS dialect over a real store: what each operator finds on each type, and what every mistake is called.

use favo_core::catalogue::{
    address, contact, custom_field, line_item, meta, opportunity, order, price_table, product,
    product_category, product_subcategory, qualification, task,
};
use favo_core::patch::{CustomInput, Input, ItemPatch, Patch, Reference};
use favo_core::reach::{self, Reach};
use favo_core::record::{Key, kind};
use favo_core::rules::lead;
use favo_core::tenancy::Country;
use favo_core::{Instant, Resource};

use crate::desk::{Answer, Desk, START};
use crate::office::{SKIP, create, person, system, there, to, update};

/// 2026-06-09, the day of the desk, since 1970.
const TODAY: i64 = 20_613;
pub(crate) const CUSTOMERS: &str = "/api/v4/customer/customers-integration";
/// One filter of so many is asked.
const EACH: u64 = 80;
const OPPORTUNITIES: &str = "/api/v4/opportunity/opportunities";

/// Records to look for, by their ids in the core.
pub(crate) struct Shop {
    pub(crate) desk: Desk,
    pub(crate) bakery: i64,
    pub(crate) bruna: i64,
    pub(crate) lead: i64,
    pub(crate) bread: i64,
    pub(crate) deal: i64,
}

fn texts(texts: &[&str]) -> Input {
    Input::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn tags(names: &[&str]) -> Input {
    Input::Many(names.iter().map(|name| Reference::name(*name)).collect())
}

fn reach(text: &str, kind: i64, key: Option<&str>) -> Reach {
    Reach { text: text.to_owned(), kind, external_key: key.map(str::to_owned) }
}

fn row(entries: &[(u16, Input)]) -> ItemPatch {
    ItemPatch { id: None, entries: entries.to_vec() }
}

fn text(text: &str) -> Input {
    Input::Text(text.to_owned())
}

fn decimal(number: &str) -> Input {
    Input::Decimal(number.parse().expect("a decimal"))
}

/// A Brazilian shop with customers, a lead, deals and an order.
pub(crate) fn shop() -> Shop {
    let desk = Desk::new(Country::Brazil);
    custom(&desk, "Porte", 5);
    custom(&desk, "Área (m²)", 12);
    custom(&desk, "Data da visita", 2);
    custom(&desk, "Frota", 4);
    let bakery = bakery(&desk);
    let foreign = Patch::new()
        .text(contact::NAME, r#"Silva {matriz} & "Filhos""#)
        .with(contact::ORGANISATION, Input::Bool(true))
        .with(contact::FOREIGN, Input::Bool(true))
        .with(contact::ACTIVE, Input::Bool(false))
        .with(contact::LIFE_CYCLE, Input::Int(1));
    create(&desk, Resource::Contact, foreign);
    let joao = person("João Ávila")
        .text(contact::PERSONAL_TAX_ID, "529.982.247-25")
        .with(contact::BORN_ON, Input::Int(7_363))
        .with(contact::EMAILS, texts(&["joao@avila.example"]))
        .text(contact::NOTES, "desconto de 50% na primeira_compra");
    create(&desk, Resource::Contact, joao);
    let bruna = create(&desk, Resource::Contact, person("Bruna Lopes").with(contact::EMPLOYER, to(bakery)));
    let wanted = person("Carla Prado").text(contact::COMPANY_NAME, "Floricultura Prado");
    let notes = Patch::new().text(qualification::NOTES, "Pediu tabela");
    let lead = system(&desk, move |ctx, tx| lead::create(ctx, tx, wanted.clone(), notes.clone(), SKIP));
    let lead = lead.expect("a lead");
    let category = create(
        &desk,
        Resource::ProductCategory,
        named(product_category::NAME, "Massas", product_category::CODE, "M"),
    );
    let group = named(product_subcategory::NAME, "Pães", product_subcategory::CODE, "P");
    let group =
        create(&desk, Resource::ProductSubcategory, group.with(product_subcategory::CATEGORY, to(category)));
    let bread = named(product::NAME, "Pão francês", product::CODE, "PAO")
        .with(product::BASE_PRICE, decimal("0.75"))
        .with(product::CATEGORY, to(category))
        .with(product::SUBCATEGORY, to(group));
    let bread = create(&desk, Resource::Product, bread);
    let mut shop = Shop { desk, bakery, bruna, lead, bread, deal: 0 };
    shop.deals();
    shop
}

fn named(name: Key<kind::Text>, title: &str, code: Key<kind::Text>, word: &str) -> Patch {
    Patch::new().text(name, title).text(code, word)
}

fn custom(desk: &Desk, label: &str, kind: i64) {
    let patch = Patch::new().text(custom_field::LABEL, label).with(custom_field::TYPE, Input::Int(kind));
    create(desk, Resource::CustomField, patch);
}

fn bakery(desk: &Desk) -> i64 {
    let value =
        |label: &str, text: &str| CustomInput { label: label.to_owned(), text: Some(text.to_owned()) };
    let custom = vec![
        value("Porte", "Médio"),
        value("Área (m²)", "120.5"),
        value("Data da visita", "15/05/2026"),
        value("Frota", "true"),
    ];
    let mut patch = Patch::new()
        .text(contact::NAME, "Padaria Aurora Ltda")
        .text(contact::CODE, "000118")
        .text(contact::TRADE_NAME, "Padaria Aurora")
        .text(meta::EXTERNAL_KEY, "C-118")
        .with(contact::ORGANISATION, Input::Bool(true))
        .text(contact::COMPANY_TAX_ID, "12.ABC.345/01DE-35")
        .text(contact::IDENTITY_DOCUMENT, "MG-1234")
        .with(contact::FOUNDED_ON, Input::Int(6_881))
        .with(contact::SEGMENT, Input::One(Reference::name("Alimentação")))
        .with(contact::TAGS, tags(&["VIP", "Região Sul"]))
        .with(contact::CUSTOM, Input::Custom(custom))
        .with(
            contact::ADDRESSES,
            Input::Items(vec![
                row(&[
                    (address::STREET.position(), text("Rua das Hortênsias")),
                    (address::CITY.position(), text("Joinville")),
                    (address::PURPOSE.position(), Input::Int(3)),
                    (address::MAIN.position(), Input::Bool(true)),
                ]),
                row(&[
                    (address::CITY.position(), text("Curitiba")),
                    (address::PURPOSE.position(), Input::Int(2)),
                ]),
            ]),
        );
    reach::set_emails(
        &mut patch,
        &[reach("compras@aurora.example", 0, None), reach("Caixa@aurora.example", 2, Some("E-2"))],
    );
    reach::set_phones(
        &mut patch,
        &[reach("(47) 3300-0011", 0, None), reach("+55 47 99999-0001", 1, Some("T-2"))],
    );
    create(desk, Resource::Contact, patch)
}

impl Shop {
    fn deals(&mut self) {
        let line = |name: &str, quantity: &str, price: &str, product: Option<i64>| {
            let mut entries = vec![
                (line_item::NAME.position(), text(name)),
                (line_item::QUANTITY.position(), decimal(quantity)),
                (line_item::UNIT_PRICE.position(), decimal(price)),
                (line_item::EXTERNAL_KEY.position(), text(&format!("L-{name}"))),
            ];
            entries.extend(product.map(|id| (line_item::PRODUCT.position(), to(id))));
            row(&entries)
        };
        let deal = |name: &str, customer: i64, status: i64| {
            Patch::new()
                .text(opportunity::NAME, name)
                .with(opportunity::CUSTOMER, to(customer))
                .with(opportunity::STATUS, Input::Int(status))
        };
        let lines = vec![line("Pão", "100", "0.75", Some(self.bread)), line("Entrega", "1", "25.5", None)];
        let open = deal("Café da manhã", self.bakery, 1)
            .with(opportunity::CONTACT, to(self.bruna))
            .with(opportunity::LINES, Input::Items(lines.clone()))
            .with(opportunity::DUE_AT, Input::Instant(Instant(START + 10 * Instant::DAY)));
        self.deal = create(&self.desk, Resource::Opportunity, open);
        create(&self.desk, Resource::Opportunity, deal("Festa", self.bakery, 2));
        create(&self.desk, Resource::Opportunity, deal("Casamento", self.bakery, 3));
        create(&self.desk, Resource::Opportunity, deal("Primeira compra", self.lead, 1));
        let order = Patch::new()
            .text(order::CODE, "000001")
            .with(order::CUSTOMER, to(self.bakery))
            .with(order::OPPORTUNITY, to(self.deal))
            .with(order::ORDERED_ON, Input::Int(TODAY))
            .with(order::LINES, Input::Items(lines));
        create(&self.desk, Resource::Order, order);
        let task = |title: &str, client: i64| {
            Patch::new()
                .text(task::TITLE, title)
                .with(task::CUSTOMER, to(client))
                .with(task::DUE_AT, Input::Instant(Instant(START)))
        };
        create(&self.desk, Resource::Task, task("Ligar para Bruna", self.bruna));
        create(&self.desk, Resource::Task, task("Ligar para Carla", self.lead));
        for (name, end) in [("Tabela antiga", Some(START - 5 * Instant::DAY)), ("Tabela aberta", None)] {
            let end = end.map_or(Input::Clear, |end| Input::Instant(Instant(end)));
            create(
                &self.desk,
                Resource::PriceTable,
                Patch::new().text(price_table::NAME, name).with(price_table::EXPIRES_AT, end),
            );
        }
    }

    /// The UUID of a record.
    pub(crate) fn uuid(&self, resource: Resource, id: i64) -> String {
        there(&self.desk, resource, id).get(meta::UUID).expect("a UUID").to_owned()
    }

    fn asked(&self, path: &str, filter: &str) -> Answer {
        self.desk.totvs("GET", path, &[("Integration-Filter", filter)], "")
    }

    /// The names of the records a filter finds, in alphabetical order.
    #[track_caller]
    fn found(&self, path: &str, filter: &str) -> Vec<String> {
        let answer = self.asked(path, filter);
        assert_eq!(answer.status, 200, "{filter}: {}", answer.body);
        let json = answer.json();
        let items = json["items"].as_array().expect("items");
        assert_eq!(json["count"], items.len(), "{filter}");
        let name = |item: &serde_json::Value| {
            let name = item["name"].as_str().or_else(|| item["description"].as_str());
            name.unwrap_or_else(|| item["code"].as_str().unwrap_or_default()).to_owned()
        };
        let mut names: Vec<String> = items.iter().map(name).collect();
        names.sort();
        names
    }

    #[track_caller]
    fn finds(&self, path: &str, filters: &[(&str, &[&str])]) {
        for (filter, names) in filters {
            assert_eq!(self.found(path, filter), *names, "{filter}");
        }
    }
}

const BAKERY: &str = "Padaria Aurora Ltda";
const SILVA: &str = r#"Silva {matriz} & "Filhos""#;
const JOAO: &str = "João Ávila";

#[test]
fn texts_are_compared_exactly_folded_by_pattern_and_by_code_point() {
    let shop = shop();
    shop.finds(
        CUSTOMERS,
        &[
            ("", &[JOAO, BAKERY, SILVA]),
            ("{name->eq->Padaria Aurora Ltda}", &[BAKERY]),
            ("{name->eq->padaria aurora ltda}", &[]),
            ("{name->ieq->PADARIA aurora ltda}", &[BAKERY]),
            ("{name->ieq->joao avila}", &[JOAO]),
            ("{name->neq->João Ávila}", &[BAKERY, SILVA]),
            ("{name->in->[João Ávila,Padaria Aurora Ltda,x]}", &[JOAO, BAKERY]),
            ("{name->nin->João Ávila,Padaria Aurora Ltda}", &[SILVA]),
            ("{name→ilike→padaria}", &[BAKERY]),
            ("{name->like->aurora}", &[]),
            ("{name->like->Aurora}", &[BAKERY]),
            ("{name->like->Padaria%}", &[BAKERY]),
            ("{name->like->%Ltda}", &[BAKERY]),
            ("{name->like->Padaria%Aurora}", &[]),
            ("{name->ilike->p%a%l%}", &[BAKERY]),
            (r#"{name->eq->"Silva {matriz} & \"Filhos\""}"#, &[SILVA]),
            ("{name->gt->João}", &[JOAO, BAKERY, SILVA]),
            ("{name->gt->João Ávila}", &[BAKERY, SILVA]),
            ("{name->ge->João Ávila}", &[JOAO, BAKERY, SILVA]),
            ("{name->lt->Padaria Aurora Ltda}", &[JOAO]),
            ("{name->le->Padaria Aurora Ltda}", &[JOAO, BAKERY]),
            ("{name->btw->[J,P]}", &[JOAO]),
            ("{name->btw->[P,J]}", &[]),
            (r"{observation->like->50\% na}", &[JOAO]),
            (r"{observation->like->primeira_compra%}", &[]),
            (r"{observation->ilike->%PRIMEIRA_compra}", &[JOAO]),
            (r"{observation->like->primeiraXcompra}", &[]),
            ("{tradingName->isNull}", &[JOAO, SILVA]),
            ("{tradingName->isNnull}", &[BAKERY]),
            ("{tradingName->neq->x}", &[BAKERY]),
            ("{tradingName->isNull->false}", &[BAKERY]),
            ("{externalId->eq->C-118}", &[BAKERY]),
            ("{externalId->eq->c-118}", &[]),
            ("{externalId->ilike->c-}", &[BAKERY]),
            ("{externalId->isNull}", &[JOAO, SILVA]),
            ("{code->eq->000118}", &[BAKERY]),
        ],
    );
}

#[test]
fn enumerations_booleans_dates_and_ids() {
    let shop = shop();
    let uuid = shop.uuid(Resource::Contact, shop.bakery);
    let capital = uuid.to_uppercase();
    shop.finds(
        CUSTOMERS,
        &[
            ("{lifecycle->eq->prospect}", &[SILVA]),
            ("{lifecycle->ieq->PROSPECT}", &[SILVA]),
            ("{lifecycle->in->[CUSTOMER,SUSPECT]}", &[JOAO, BAKERY]),
            ("{lifecycle->neq->CUSTOMER}", &[SILVA]),
            ("{active->eq->false}", &[SILVA]),
            ("{active->neq->FALSE}", &[JOAO, BAKERY]),
            ("{birthday->eq->03/11/1988}", &[BAKERY]),
            ("{birthday->eq->1988-11-03}", &[BAKERY]),
            ("{birthday->lt->1/1/1990}", &[BAKERY]),
            ("{birthday->btw->[03/11/1988,28/02/1990]}", &[JOAO, BAKERY]),
            ("{birthday->isNull}", &[SILVA]),
            ("{createdAt->eq->09/06/2026}", &[JOAO, BAKERY, SILVA]),
            ("{createdAt->eq->2026-06-09T05:15:02-03:00}", &[JOAO, BAKERY, SILVA]),
            ("{createdAt->gt->09/06/2026}", &[]),
            ("{createdAt->lt->09/06/2026}", &[]),
            ("{createdAt->btw->[08/06/2026,09/06/2026]}", &[JOAO, BAKERY, SILVA]),
            ("{updatedAt->gt->2026-06-09T08:15:02Z}", &[]),
            ("{updatedAt->ge->2026-06-09T08:15:02Z}", &[JOAO, BAKERY, SILVA]),
            ("{version->gt->1}", &[]),
            (&format!("{{id->eq->{capital}}}"), &[BAKERY]),
            (&format!("{{id->in->[{uuid},00000000-0000-0000-0000-000000000000]}}"), &[BAKERY]),
            (&format!("{{id->neq->{uuid}}}"), &[JOAO, SILVA]),
            ("{customerPersonType.acronym->eq->PF}", &[JOAO]),
            ("{customerPersonTypeAcronym->in->PJ,EX}", &[BAKERY, SILVA]),
            ("{customerPersonType.id->eq->da6f0625-f68a-5d8c-8db1-f73f99c2f3f7}", &[SILVA]),
        ],
    );
}

#[test]
fn lists_hold_when_one_element_does_and_negations_when_none_does() {
    let shop = shop();
    let bruna = shop.uuid(Resource::Contact, shop.bruna);
    shop.finds(
        CUSTOMERS,
        &[
            ("{emails.email->eq->compras@aurora.example}", &[BAKERY]),
            ("{emails.email->eq->COMPRAS@aurora.example}", &[]),
            ("{emails.email->ieq->COMPRAS@aurora.example}", &[BAKERY]),
            ("{emails.email->ilike->@AVILA}", &[JOAO]),
            ("{emails.email->neq->compras@aurora.example}", &[JOAO, SILVA]),
            ("{emails.email->isNull}", &[SILVA]),
            ("{emails->isNnull}", &[JOAO, BAKERY]),
            ("{emails.externalId->eq->E-2}", &[BAKERY]),
            ("{emails.emailTypeId->eq->44b704f5-aeee-5983-96ce-dd48d50517e7}", &[BAKERY]),
            ("{phones.number->eq->4733000011}", &[BAKERY]),
            ("{phones.number->eq->47 999990001}", &[BAKERY]),
            ("{phones.number->ilike->3300-00}", &[BAKERY]),
            ("{phones.number->nin->[4733000011,1]}", &[JOAO, SILVA]),
            ("{phones.externalId->eq->T-2}", &[BAKERY]),
            ("{phones.phoneTypeId->eq->1bcd5048-b6f8-5413-b179-c209c7e99274}", &[BAKERY]),
            ("{customerIdentificationDocuments.documentNumber->eq->12abc34501de35}", &[BAKERY]),
            ("{customerIdentificationDocuments.documentNumber->eq->52998224725}", &[JOAO]),
            ("{customerIdentificationDocuments.documentNumber->like->345/01}", &[BAKERY]),
            ("{customerIdentificationDocuments.documentNumber->isNull}", &[SILVA]),
            ("{customerIdentificationDocuments.identificationDocumentAcronym->eq->RG}", &[BAKERY]),
            ("{addresses.cityName->eq->Curitiba}", &[BAKERY]),
            ("{addresses.cityName->ilike->JOIN}", &[BAKERY]),
            ("{addresses.addressType.acronym->eq->DELIVERY}", &[BAKERY]),
            ("{addresses.addressType.acronym->eq->RESIDENTIAL}", &[]),
            ("{addresses->isNull}", &[JOAO, SILVA]),
            ("{defaultAddress.cityName->eq->Joinville}", &[BAKERY]),
            ("{tags->eq->VIP}", &[BAKERY]),
            ("{tags->eq->vip}", &[]),
            ("{tags->ilike->regiao}", &[BAKERY]),
            ("{tags->neq->VIP}", &[JOAO, SILVA]),
            ("{tags->isNull}", &[JOAO, SILVA]),
            ("{contacts.name->ilike->bruna}", &[BAKERY]),
            (&format!("{{contacts.id->eq->{bruna}}}"), &[BAKERY]),
            ("{contacts->isNull}", &[JOAO, SILVA]),
        ],
    );
}

#[test]
fn references_and_custom_fields() {
    let shop = shop();
    let segment = system(&shop.desk, |ctx, _| {
        Ok(ctx
            .snapshot
            .named(Resource::Segment, "Alimentação")
            .and_then(|segment| segment.get(meta::UUID).map(str::to_owned)))
    });
    let segment = segment.expect("read").expect("a segment");
    let owner = shop.uuid(Resource::User, 1);
    shop.finds(
        CUSTOMERS,
        &[
            (&format!("{{segment.id->eq->{segment}}}"), &[BAKERY]),
            (&format!("{{segmentId->eq->{segment}}}"), &[BAKERY]),
            ("{segment.description->ieq->alimentacao}", &[BAKERY]),
            ("{segment->isNull}", &[JOAO, SILVA]),
            (&format!("{{professionalId->neq->{owner}}}"), &[]),
            ("{professionalName->ilike->nobody}", &[]),
            ("{customFields.porte->eq->Médio}", &[BAKERY]),
            ("{customFields.porte->ilike->DIO}", &[BAKERY]),
            ("{customFields.porte->like->méd}", &[]),
            ("{customFields.porte->isNull}", &[JOAO, SILVA]),
            ("{customFields.porte->neq->Grande}", &[BAKERY]),
            ("{customFields.area_m->eq->120.50}", &[BAKERY]),
            ("{customFields.area_m->gt->120.5}", &[]),
            ("{customFields.area_m->btw->[100,121]}", &[BAKERY]),
            ("{customFields.data_da_visita->eq->2026-05-15}", &[BAKERY]),
            ("{customFields.data_da_visita->le->15/05/2026}", &[BAKERY]),
            ("{customFields.data_da_visita->lt->15/05/2026}", &[]),
            ("{customFields.frota->eq->true}", &[BAKERY]),
        ],
    );
    let bakery = shop.uuid(Resource::Contact, shop.bakery);
    let lead = shop.uuid(Resource::Contact, shop.lead);
    let bread = shop.uuid(Resource::Product, shop.bread);
    shop.finds(
        OPPORTUNITIES,
        &[
            (&format!("{{customer.id->eq->{bakery}}}"), &["Café da manhã", "Casamento", "Festa"]),
            (&format!("{{customerId->eq->{bakery}}}{{status->eq->WON}}"), &["Festa"]),
            (&format!("{{customer.id->eq->{lead}}}"), &[]),
            (&format!("{{lead.id->eq->{lead}}}"), &["Primeira compra"]),
            ("{customer.externalId->eq->C-118}{status->in->[PROGRESS]}", &["Café da manhã"]),
            ("{customer.code->eq->000118}{status->eq->LOST}", &["Casamento"]),
            ("{customer.name->ilike->aurora}{status->eq->LOST}", &["Casamento"]),
            ("{customer->isNull}", &["Primeira compra"]),
            ("{lead->isNnull}", &["Primeira compra"]),
            ("{contact.name->eq->Bruna Lopes}", &["Café da manhã"]),
            ("{status->eq->WON}||{status->eq->LOST}{amount->ge->50000}", &["Festa"]),
            ("({status->eq->WON}||{status->eq->LOST}){closedOn->eq->09/06/2026}", &["Casamento", "Festa"]),
            ("{amount->eq->100.5}", &["Café da manhã"]),
            ("{amount->btw->[100.49,100.51]}", &["Café da manhã"]),
            ("{expectedCloseDate->eq->19/06/2026}", &["Café da manhã"]),
            ("{expectedCloseDate->gt->19/06/2026}", &[]),
            ("{closedOn->isNull}", &["Café da manhã", "Primeira compra"]),
            ("{currency->eq->BRL}{status->eq->WON}", &["Festa"]),
            ("{currency->neq->BRL}", &[]),
            ("{items.description->eq->Entrega}", &["Café da manhã"]),
            ("{items.quantity->ge->100}", &["Café da manhã"]),
            ("{items.unitPrice->eq->25.50}", &["Café da manhã"]),
            ("{items.externalId->eq->L-Pão}", &["Café da manhã"]),
            (&format!("{{items.product.id->eq->{bread}}}"), &["Café da manhã"]),
            ("{items.product.code->eq->PAO}", &["Café da manhã"]),
            ("{items.product.description->ilike->frances}", &["Café da manhã"]),
            ("{items.description->neq->Entrega}", &["Casamento", "Festa", "Primeira compra"]),
            ("{stage.description->neq->x}{pipeline.description->isNnull}{status->eq->WON}", &["Festa"]),
        ],
    );
    shop.finds(
        "/api/v1/order/orders",
        &[
            ("{opportunity.code->ge->1}", &["000001"]),
            (&format!("{{customerId->eq->{bakery}}}{{items.product.id->eq->{bread}}}"), &["000001"]),
            ("{orderDate->eq->09/06/2026}{total->eq->100.50}", &["000001"]),
            ("{status->eq->OPEN}", &["000001"]),
            ("{currency->eq->BRL}", &["000001"]),
        ],
    );
}

#[test]
fn numbers_that_are_kept_as_text_are_compared_as_numbers() {
    let shop = shop();
    let codes = shop.found(OPPORTUNITIES, "{code->ge->1}");
    assert_eq!(codes.len(), 4);
    update(&shop.desk, Resource::Opportunity, shop.deal, Patch::new().text(opportunity::CODE, "118"))
        .expect("changed");
    shop.finds(
        OPPORTUNITIES,
        &[
            ("{code->eq->118}", &["Café da manhã"]),
            ("{code->gt->9}", &["Café da manhã"]),
            ("{code->btw->[100,118]}", &["Café da manhã"]),
            ("{code->neq->118}", &["Casamento", "Festa", "Primeira compra"]),
            ("{code->lt->118}{code->isNnull}", &["Casamento", "Festa", "Primeira compra"]),
        ],
    );
    let answer = shop.asked(OPPORTUNITIES, "{code->eq->118}").json();
    assert_eq!(answer["items"][0]["code"], 118);
}

#[test]
fn leads_contacts_products_activities_and_price_lists() {
    let shop = shop();
    shop.finds(
        "/api/v4/customer/leads",
        &[
            ("", &["Carla Prado"]),
            ("{status->eq->OPEN}", &["Carla Prado"]),
            ("{status->neq->OPEN}", &[]),
            ("{observation->ilike->tabela}", &["Carla Prado"]),
            ("{companyName->eq->Floricultura Prado}", &["Carla Prado"]),
            ("{discardReason->isNull}", &["Carla Prado"]),
            ("{email->isNull}{phone->isNull}{mobilePhone->isNull}{cityName->isNull}", &["Carla Prado"]),
        ],
    );
    shop.finds(
        "/api/v4/customer/contacts",
        &[
            ("{customer.externalId->eq->C-118}", &["Bruna Lopes"]),
            ("{customer.name->neq->Padaria Aurora Ltda}", &[]),
            ("{cpf->isNull}", &["Bruna Lopes"]),
        ],
    );
    shop.finds(
        "/api/v4/product/products",
        &[
            ("{productGroup.code->eq->P}", &["Pão francês"]),
            ("{productGroup.description->ilike->massas}", &[]),
            ("{salesPrice->lt->1}", &["Pão francês"]),
            ("{measureUnit.code->eq->KG}", &[]),
        ],
    );
    shop.finds(
        "/api/v4/activity/activities",
        &[
            ("{customer.externalId->eq->C-118}", &["Ligar para Bruna"]),
            ("{contact.name->eq->Bruna Lopes}", &["Ligar para Bruna"]),
            ("{lead.name->eq->Carla Prado}", &["Ligar para Carla"]),
            ("{customer->isNull}", &["Ligar para Carla"]),
            ("{dueOn->eq->09/06/2026}{priority->eq->NORMAL}", &["Ligar para Bruna", "Ligar para Carla"]),
        ],
    );
    shop.finds(
        "/api/v4/pricelist/price-lists",
        &[
            ("{endOn->isNull}||{endOn->ge->09/06/2026}", &["Tabela aberta"]),
            ("{endOn->lt->09/06/2026}", &["Tabela antiga"]),
        ],
    );
}

#[test]
fn rows_that_are_in_memory_are_filtered_alike() {
    let shop = shop();
    shop.finds(
        "/api/v4/customer/phone-types",
        &[
            ("{acronym->eq->FAX}", &["Fax"]),
            ("{description->ilike->CELU}", &["Celular"]),
            ("{id->eq->1BCD5048-b6f8-5413-b179-c209c7e99274}", &["Celular"]),
            ("{acronym->nin->COMMERCIAL,MOBILE,RESIDENTIAL,WHATSAPP,OTHER}", &["Fax"]),
        ],
    );
    shop.finds(
        "/api/v4/product/product-groups",
        &[
            ("{parent.code->eq->M}", &["Pães"]),
            ("{parent->isNull}{code->eq->M}", &["Massas"]),
            ("{active->eq->false}", &[]),
            ("{createdAt->eq->09/06/2026}{code->in->M,P}", &["Massas", "Pães"]),
        ],
    );
    let stages = shop.found("/api/v4/opportunity/stages", "{sequence->eq->1}");
    assert_eq!(stages.len(), 1);
    let stage = shop.asked("/api/v4/opportunity/stages", "{sequence->eq->1}").json();
    let uuid = stage["items"][0]["id"].as_str().expect("an id").to_owned();
    let open = shop.found(OPPORTUNITIES, &format!("{{stage.id->eq->{uuid}}}"));
    assert!(open.contains(&"Café da manhã".to_owned()), "{open:?}");
}

#[test]
fn header_and_parameter_both_hold() {
    let shop = shop();
    let path = format!("{CUSTOMERS}?filter=%7Bname-%3Eilike-%3Ea%7D&fields=name");
    let answer =
        shop.desk.totvs("GET", &path, &[("Integration-Filter", "{active->eq->false}")], "").with(200);
    assert_eq!(answer.json()["count"], 1);
    assert_eq!(answer.json()["items"][0]["name"], SILVA);
}

#[test]
fn every_mistake_has_its_code() {
    let shop = shop();
    for (path, filter, code) in [
        (CUSTOMERS, "{code->eq->118},{status->eq->WON}", "FilterSyntax"),
        (CUSTOMERS, "{code->equals->1}", "FilterUnknownOperator"),
        (CUSTOMERS, "{colour->eq->red}", "FilterUnknownField"),
        (CUSTOMERS, "{Name->eq->red}", "FilterUnknownField"),
        (CUSTOMERS, "{segment.colour->eq->red}", "FilterUnknownField"),
        (CUSTOMERS, "{customFields.unknown->eq->red}", "FilterUnknownField"),
        (CUSTOMERS, "{active->like->t}", "FilterOperatorType"),
        (CUSTOMERS, "{emails->eq->t}", "FilterOperatorType"),
        (OPPORTUNITIES, "{customer.id->gt->0fd6}", "FilterOperatorType"),
        (CUSTOMERS, "{birthday->eq->31/02/1990}", "FilterValueInvalid"),
        (OPPORTUNITIES, "{amount->ge->ten}", "FilterValueInvalid"),
        (OPPORTUNITIES, "{status->eq->OPENED}", "FilterValueInvalid"),
        (OPPORTUNITIES, "{customer.id->eq->118}", "FilterValueInvalid"),
        (CUSTOMERS, "{page->eq->2}||{name->eq->1}", "FilterPagingMisplaced"),
        (CUSTOMERS, "{page->gt->1}", "FilterPagingMisplaced"),
        (CUSTOMERS, "{page->eq->1}{page->eq->2}", "PagingInvalid"),
        (CUSTOMERS, "{pageSize->eq->1001}", "PagingInvalid"),
        (CUSTOMERS, "{order->eq->emails}", "PagingInvalid"),
    ] {
        let answer = shop.asked(path, filter);
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (400, Some(code)),
            "{filter}: {}",
            answer.body
        );
    }
    let answer = shop.asked(CUSTOMERS, "{code->eq->118},{status->eq->WON}").with(400);
    assert_eq!(
        answer.body,
        concat!(
            r#"{"code":"FilterSyntax","message":"Filtro inválido.","#,
            r#""detailedMessage":"Character 16: a group, an operator or the end was expected.","#,
            r#""details":[{"field":"Integration-Filter","code":"FilterSyntax","#,
            r#""message":"Filtro inválido na posição 16.","value":",{status->eq->WON}"}]}"#
        )
    );
    let answer = shop.asked(OPPORTUNITIES, "{code->eq->1}{amount->ge->ten}").json();
    assert_eq!(answer["details"][0]["value"], "ten}");
}

/// Every operator on every field of every resource: the store takes whatever a filter becomes.
#[test]
fn no_filter_that_is_understood_fails_in_the_store() {
    let shop = shop();
    let literals =
        ["x%y", "118", "true", "09/06/2026", "c2578f95-fed7-5b65-b9e9-af91eceef8dd", "OPEN", "DONE"];
    let resources = [
        "customer/customers",
        "customer/contacts",
        "customer/leads",
        "opportunity/opportunities",
        "product/products",
        "product/product-groups",
        "product/measure-units",
        "pricelist/price-lists",
        "pricelist/price-list-items",
        "payment/payment-conditions",
        "order/orders",
        "activity/activities",
        "calendar/calendars",
        "calendar/calendar-types",
        "user/users",
        "customer/customer-person-types",
        "customer/segments",
        "opportunity/pipelines",
        "opportunity/stages",
        "opportunity/loss-reasons",
    ];
    let parts = ["", ".id", ".externalId", ".code", ".name", ".description", ".acronym"];
    let inner = [
        "emails.email",
        "emails.emailTypeId",
        "emails.externalId",
        "phones.number",
        "phones.phoneTypeId",
        "addresses.cityName",
        "addresses.main",
        "addresses.addressType",
        "addresses.addressType.acronym",
        "defaultAddress.state",
        "defaultAddress.addressTypeId",
        "items.product",
        "items.product.code",
        "items.product.externalId",
        "items.measureUnit.code",
        "items.measureUnit.description",
        "items.quantity",
        "items.sequence",
        "items.total",
        "items.externalId",
        "items.discountPercent",
        "participants.userId",
        "participants.contactId",
        "participants.email",
        "contacts.id",
        "contacts.name",
        "customerIdentificationDocuments.documentNumber",
        "customerIdentificationDocuments.identificationDocumentId",
        "customFields.porte",
        "customFields.area_m",
        "customFields.data_da_visita",
        "customFields.frota",
        "id",
        "externalId",
        "version",
        "createdAt",
        "updatedAt",
        "name",
        "description",
        "code",
    ];
    let mut filters: Vec<(String, String)> = Vec::new();
    for resource in resources {
        let path = format!("/api/v4/{resource}?pageSize=1");
        let shown = shop.desk.totvs("GET", &path, &[], "").with(200).json();
        let keys = shown["items"][0].as_object().map(|item| item.keys().cloned().collect::<Vec<_>>());
        let keys = keys.unwrap_or_default();
        let fields = keys.iter().flat_map(|key| parts.map(|part| format!("{key}{part}")));
        for field in fields.chain(inner.map(str::to_owned)) {
            for literal in literals {
                for operator in ["eq", "neq", "ilike", "gt", "in", "nin"] {
                    filters.push((path.clone(), format!("{{{field}->{operator}->{literal}}}")));
                }
                filters.push((path.clone(), format!("{{{field}->btw->{literal},{literal}}}")));
            }
            filters.push((path.clone(), format!("{{{field}->isNnull}}||{{{field}->isNull}}")));
        }
    }
    // A part of them, chosen by a generator that always starts alike: all of them take minutes.
    let (mut understood, mut refused, mut state) = (0, 0, 1_u64);
    for (path, filter) in &filters {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (state >> 33) % EACH != 0 {
            continue;
        }
        match shop.asked(path, filter).status {
            200 => understood += 1,
            400 => refused += 1,
            other => panic!("{other}: {path} {filter}"),
        }
    }
    assert!(understood > 100 && refused > 100, "{understood} understood, {refused} refused");
}
