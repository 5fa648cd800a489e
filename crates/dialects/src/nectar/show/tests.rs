//! Rows as they appear on the wire: against the objects of the specification, key by key.

use std::collections::HashMap;
use std::fmt::Write as _;

use favo_core::catalogue::{
    appointment, contact, contact_link, meta, opportunity, price_table, product, proposal, qualification,
    task,
};
use favo_core::query::{Column, Page, Query};
use favo_core::{Instant, Resource};
use serde_json::{Value, json};

use super::*;
use crate::nectar::spelling::sheet;
use crate::nectar::testing::{Cell, Cells, Memory, ctx};

const NOW: i64 = 1_772_452_800_000_000;

trait Put {
    fn int(&mut self, field: impl Into<u16>, number: i64) -> &mut Self;
    fn text(&mut self, field: impl Into<u16>, text: &str) -> &mut Self;
    fn via(&mut self, relation: impl Into<u16>, field: impl Into<u16>, cell: Cell) -> &mut Self;
}

impl Put for Cells {
    fn int(&mut self, field: impl Into<u16>, number: i64) -> &mut Self {
        self.insert(Column::own(field), Cell::Int(number));
        self
    }
    fn text(&mut self, field: impl Into<u16>, text: &str) -> &mut Self {
        self.insert(Column::own(field), Cell::Text(text.to_owned()));
        self
    }
    fn via(&mut self, relation: impl Into<u16>, field: impl Into<u16>, cell: Cell) -> &mut Self {
        self.insert(Column::via(relation, field), cell);
        self
    }
}

fn words(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn shown(memory: &mut Memory, resource: Resource, query: &str) -> Value {
    let ctx = ctx(memory);
    memory.reads = 0;
    let body =
        items(&ctx, memory, &Query::of(resource), &Params::parse(query, "https://crm.example")).unwrap();
    serde_json::from_slice(&body)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&body)))
}

fn row(resource: Resource, fill: impl FnOnce(&mut Cells)) -> Memory {
    let mut memory = Memory::furnished();
    let mut cells = HashMap::new();
    fill(&mut cells);
    memory.rows.insert(resource, vec![cells]);
    memory
}

fn plain_contact(cells: &mut Cells) {
    cells.int(meta::ID, 5120).int(meta::CREATED_AT, NOW).int(meta::UPDATED_AT, NOW);
    cells.text(contact::NAME, "Padaria Aurora").int(contact::LIFE_CYCLE, 0);
}

fn full_contact(cells: &mut Cells) {
    plain_contact(cells);
    cells.int(contact::ORGANISATION, 1).text(contact::EMAILS, r#"["contato@aurora.example","b"]"#);
    cells
        .text(contact::PHONES, r#"["+5548999990001"]"#)
        .int(contact::ORIGIN, 9)
        .text(contact::TAGS, "[3,99]");
    cells.int(contact::ANNUAL_REVENUE, 480_000_500_000).int(contact::OWNER, 41).int(meta::AUTHOR, 41);
    cells.text(
        contact::ADDRESSES,
        r#"[{"id":77,"kind":2,"main":true,"postal_code":"88010000","line":"Rua \"A\"","city":"Florianópolis","state":"Santa Catarina","country":"Brasil","search_by_postal_code":false}]"#,
    );
    cells.text(contact::CUSTOM, r#"{"210":[801,"Médio"],"211":[802,"de um campo apagado"]}"#);
    cells.int(contact::REGION_STATE, 24).int(contact::BORN_ON, 5674);
    cells.int(contact::LAST_INTERACTION_AT, NOW - 4 * Instant::DAY).int(contact::PENDING_TASKS, 2);
    cells.int(contact::EMPLOYER, 8).int(contact::EMPLOYERS, 1).int(contact::EMPLOYER_SINCE, NOW);
    cells.via(contact::EMPLOYER, contact::NAME, words("Grupo"));
}

#[test]
fn a_contact_with_only_a_name_shows_its_collections_flags_and_counters_and_no_other_key() {
    let mut memory = row(Resource::Contact, plain_contact);
    let expected = json!([{
        "id": 5120, "nome": "Padaria Aurora", "constante": 0, "ativo": true, "empresa": false, "isEmpresa": false,
        "emails": [], "telefones": [], "listas": [], "sigiloso": false, "contatos": [], "contatosPai": [],
        "empresasAtuais": [], "enderecos": [], "camposPersonalizados": {}, "camposPersonalizadosObject": {},
        "oportunidades": 0, "tarefas": 0, "compromissos": 0, "qtdeQualificacoes": 0, "diasSemInteracao": 0,
        "integradoRD": false, "blocked": false,
        "dataCriacao": "2026-03-02T12:00:00.000Z", "dataAtualizacao": "2026-03-02T12:00:00.000Z"
    }]);
    assert_eq!(shown(&mut memory, Resource::Contact, ""), expected);
    assert_eq!(memory.reads, 1, "a row that needs nothing causes no further read");
}

#[test]
fn a_full_contact_is_written_from_its_row_and_its_joins_alone() {
    let mut memory = row(Resource::Contact, full_contact);
    let shown = shown(&mut memory, Resource::Contact, "").as_array_mut().unwrap().remove(0);
    let bruna = json!({"id": 41, "login": "bruna@aurora.example", "nome": "Bruna Prado"});
    for (key, value) in [
        ("email", json!("contato@aurora.example")),
        ("telefonePrincipal", json!("+5548999990001")),
        ("origem", json!("Feira")),
        ("origemObject", json!({"id": 9, "nome": "Feira"})),
        ("lista", json!("Sul")),
        ("listas", json!([{"id": 3, "nome": "Sul", "ativo": true}])),
        ("receitaAnual", json!(480_000.5)),
        ("responsavel", bruna.clone()),
        ("autor", bruna),
        ("camposPersonalizados", json!({"Porte": "Médio"})),
        ("camposPersonalizadosObject", json!({"porte_da_loja": {"id": 801, "valor": "Médio"}})),
        (
            "regiaoEstado",
            json!({"id": 24, "nome": "Santa Catarina", "sigla": "SC", "pais": {"id": 1, "nome": "Brasil"}}),
        ),
        ("dataNascimento", json!("1985-07-15T03:00:00.000Z")),
        ("diasSemInteracao", json!(4)),
        ("tarefas", json!(2)),
        (
            "empresasAtuais",
            json!([{"contato": {"id": 5120, "nome": "Padaria Aurora"}, "empresa": {"id": 8, "nome": "Grupo"},
                "dataAtualizacao": "2026-03-02T12:00:00.000Z", "empresaPrincipal": true}]),
        ),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    let address = &shown["enderecos"][0];
    assert_eq!((&address["tipo"], &address["endereco"]), (&json!("COMERCIAL_MATRIZ"), &json!("Rua \"A\"")));
    assert_eq!(address["codigoMunicipioIbge"], 4_205_407);
    assert_eq!(address["municipioObject"]["estado"]["sigla"], "SC");
    assert_eq!(address["searchByCep"], false);
    assert_eq!(shown["empresaAtual"]["nome"], "Grupo");
    assert_eq!(memory.reads, 1);
}

#[test]
fn people_and_several_employers_are_read_once_for_the_whole_page() {
    let mut memory = Memory::furnished();
    let rows = (1..=3).map(|id| {
        let mut cells = HashMap::new();
        plain_contact(&mut cells);
        cells.int(meta::ID, id).int(contact::PEOPLE, 2).int(contact::EMPLOYERS, if id == 2 { 2 } else { 0 });
        cells
    });
    memory.rows.insert(Resource::Contact, rows.collect());
    let links = [(1, 10), (1, 11), (2, 12)].map(|(organisation, person)| {
        let mut cells = HashMap::new();
        cells.int(contact_link::ORGANISATION, organisation).int(contact_link::CONTACT, person);
        cells.via(contact_link::CONTACT, contact::NAME, words(&format!("P{person}")));
        cells.via(contact_link::CONTACT, contact::EMAILS, words(r#"["p@x.example"]"#));
        cells
    });
    memory.rows.insert(Resource::ContactLink, links.into());
    let shown = shown(&mut memory, Resource::Contact, "attribute=id,contatos,empresasAtuais");
    let person = |id: i64| {
        json!({"id": id, "nome": format!("P{id}"), "email": "p@x.example", "emailPrincipal": "p@x.example",
            "emails": ["p@x.example"], "telefones": [], "diasSemInteracao": 0})
    };
    assert_eq!(shown[0], json!({"id": 1, "contatos": [person(10), person(11)], "empresasAtuais": []}));
    assert_eq!(shown[1]["contatos"], json!([person(12)]));
    assert_eq!(shown[2], json!({"id": 3, "contatos": [], "empresasAtuais": []}));
    assert_eq!(memory.reads, 3, "contacts, people, employers");
}

fn deal(cells: &mut Cells) {
    cells.int(meta::ID, 7801).int(meta::CREATED_AT, NOW - 9 * Instant::DAY).text(opportunity::CODE, "1093");
    cells
        .text(opportunity::NAME, "Aurora: plano anual")
        .int(opportunity::CUSTOMER, 5120)
        .int(opportunity::STATUS, 1);
    cells.via(opportunity::CUSTOMER, contact::NAME, words("Padaria Aurora"));
    cells.int(opportunity::PIPELINE, 31).int(opportunity::STAGE, 302).int(opportunity::PROBABILITY, 75);
    cells
        .int(opportunity::STAGE_ENTERED_AT, NOW - 4 * Instant::DAY)
        .int(opportunity::ONE_OFF_VALUE, 900_000_000);
    cells.text(
        opportunity::LINES,
        r#"[{"id":910,"product_id":88,"name":"Plano","quantity":3,"unit_price":120.5,"total":325.35,"discount_is_percentage":true,"position":0},{"id":911,"product_id":89,"name":"Sumiu"}]"#,
    );
}

#[test]
fn an_opportunity_shows_its_funnel_stage_and_lines_with_live_products() {
    let mut memory = row(Resource::Opportunity, deal);
    let mut cells: Cells = HashMap::new();
    cells.int(meta::ID, 88).text(product::NAME, "Plano Gestão").text(product::CURRENCY, "BRL");
    cells.int(product::BASE_PRICE, 120_500_000).int(product::ACTIVE, 1);
    memory.rows.insert(Resource::Product, vec![cells]);
    let shown = shown(&mut memory, Resource::Opportunity, "").as_array_mut().unwrap().remove(0);
    for (key, value) in [
        ("pipeline", json!("Vendas Sul")),
        (
            "funilVenda",
            json!({"id": 31, "nome": "Vendas Sul", "padrao": false, "tipo": 0, "cascataCicloVida": 0}),
        ),
        ("etapa", json!(2)),
        ("etapaNome", json!("Visita")),
        ("diasEstagnacaoNaEtapa", json!(4)),
        ("diasSemInteracao", json!(9)),
        ("temperatura", json!("Muito Quente")),
        ("isProrrogada", json!(false)),
        ("valorAvulso", json!(900)),
        ("atividadesAtrasadas", json!(0)),
        ("justificativasOpcoes", json!([])),
        ("contatoPrincipal", shown["cliente"].clone()),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    let line = &shown["produtos"][0];
    assert_eq!(
        (&line["refId"], &line["valorUnitario"], &line["valorTotal"]),
        (&json!(88), &json!(120.5), &json!(325.35))
    );
    assert_eq!((&line["isDescontoPorcentual"], &line["acrescimoPercentual"]), (&json!(true), &json!(false)));
    assert_eq!((&line["moeda"], &line["produto"]["nome"]), (&json!("BRL"), &json!("Plano Gestão")));
    let gone = &shown["produtos"][1];
    assert!(
        gone["nome"] == "Sumiu" && gone.get("produto").is_none(),
        "a removed product leaves name and price"
    );
    assert_eq!(memory.reads, 2);
}

#[test]
fn a_funnel_is_always_shown_even_when_there_is_none() {
    for resource in [Resource::Opportunity, Resource::Qualification] {
        let mut memory = row(resource, |cells| {
            cells.int(meta::ID, 1);
        });
        assert_eq!(
            shown(&mut memory, resource, "attribute=funilVenda,pipeline,etapa"),
            json!([{"funilVenda": {}}])
        );
    }
}

#[test]
fn a_task_shows_its_opportunity_as_a_stub_with_the_customer() {
    let mut memory = row(Resource::Task, |cells| {
        cells
            .int(meta::ID, 3301)
            .int(task::CUSTOMER, 5120)
            .int(task::OPPORTUNITY, 7801)
            .int(task::DUE_AT, NOW);
        cells.via(task::OPPORTUNITY, opportunity::NAME, words("Aurora"));
        cells.via(task::OPPORTUNITY, meta::CREATED_AT, Cell::Int(NOW - Instant::DAY));
        cells.via(task::OPPORTUNITY, opportunity::CUSTOMER, Cell::Int(5120));
        cells.insert(
            Column::through(task::OPPORTUNITY, opportunity::CUSTOMER, contact::NAME),
            words("Padaria"),
        );
    });
    let shown = shown(&mut memory, Resource::Task, "");
    let stub = &shown[0]["oportunidade"];
    assert_eq!(stub["cliente"]["nome"], "Padaria");
    assert_eq!(
        (&stub["funilVenda"], &stub["temperatura"], &stub["origem"], &stub["diasSemInteracao"]),
        (&json!({}), &json!(""), &json!({}), &json!(1))
    );
    assert!(shown[0].get("atendida").is_none(), "a call that was not noted");
}

#[test]
fn participants_are_users_contacts_or_addresses() {
    let mut memory = row(Resource::Appointment, |cells| {
        let stored = r#"[{"id":61,"user_id":41,"confirmed":true},{"id":62,"contact_id":9,"confirmed":false},{"email":"v@x.example"}]"#;
        cells.int(meta::ID, 470).text(appointment::PARTICIPANTS, stored);
    });
    let mut cells: Cells = HashMap::new();
    cells.int(meta::ID, 9).text(contact::NAME, "Lia").text(contact::EMAILS, r#"["lia@x.example"]"#);
    memory.rows.insert(Resource::Contact, vec![cells]);
    let bruna = json!({"id": 41, "login": "bruna@aurora.example", "nome": "Bruna Prado", "ativo": true});
    assert_eq!(
        shown(&mut memory, Resource::Appointment, "attribute=participantes")[0]["participantes"],
        json!([
            {"id": 61, "nome": "Bruna Prado", "email": "bruna@aurora.example", "participar": true, "usuario": bruna},
            {"id": 62, "nome": "Lia", "email": "lia@x.example", "participar": false, "contato": {"id": 9, "nome": "Lia"}},
            {"email": "v@x.example", "participar": false}
        ])
    );
}

#[test]
fn a_price_table_shows_its_own_prices_and_ends_with_its_date() {
    let mut memory = row(Resource::PriceTable, |cells| {
        cells.int(meta::ID, 15).int(price_table::ACTIVE, 1).int(price_table::EXPIRES_AT, NOW);
        cells.text(price_table::ENTRIES, r#"[{"product_id":88,"price":110.25},{"product_id":90,"price":1}]"#);
    });
    let mut cells: Cells = HashMap::new();
    cells.int(meta::ID, 88).text(product::NAME, "Plano").int(product::BASE_PRICE, 120_500_000);
    memory.rows.insert(Resource::Product, vec![cells]);
    let shown = shown(&mut memory, Resource::PriceTable, "");
    assert_eq!((&shown[0]["ativo"], &shown[0]["quantidadeProdutos"]), (&json!(false), &json!(1)));
    assert_eq!(shown[0]["produtos"][0]["valorBase"], 110.25);
    assert_eq!(shown[0]["produtos"].as_array().unwrap().len(), 1);
}

#[test]
fn a_proposal_has_a_code_a_label_and_a_public_address() {
    let mut memory = row(Resource::Proposal, |cells| {
        cells
            .int(meta::ID, 1201)
            .int(proposal::STATUS, 2)
            .int(proposal::NUMBER, 8)
            .int(proposal::REVISION, 1);
        cells.int(proposal::YEAR, 2026).text(proposal::PUBLIC_KEY, "Zk3vQ0aY");
    });
    let shown = shown(&mut memory, Resource::Proposal, "");
    assert_eq!((&shown[0]["codigo"], &shown[0]["statusLabel"]), (&json!("01008/2026"), &json!("Aprovada")));
    assert_eq!(shown[0]["publicUrl"], "https://crm.example/p/7-Zk3vQ0aY");
}

#[test]
fn a_qualification_counts_what_is_pending_for_its_customer() {
    let mut memory = row(Resource::Qualification, |cells| {
        cells.int(meta::ID, 640).int(qualification::CUSTOMER, 5188).int(qualification::APPOINTMENT, 470);
        cells.via(qualification::CUSTOMER, contact::PENDING_TASKS, Cell::Int(3));
        cells.via(qualification::APPOINTMENT, appointment::SUBJECT, words("Demonstração"));
        cells.text(qualification::CUSTOM, r#"{"210":[1,"Grande"]}"#);
    });
    let keys = "attribute=tarefas,tarefasAbertas,compromissos,compromisso,camposListagem";
    assert_eq!(
        shown(&mut memory, Resource::Qualification, keys),
        json!([{"tarefas": 3, "tarefasAbertas": 3, "compromissos": 0, "compromisso": {"id": 470, "nome": "Demonstração"},
            "camposListagem": [{"label": "Porte", "value": "Grande"}]}])
    );
}

#[test]
fn every_resource_of_the_dialect_has_a_plan_and_writes_an_empty_row_without_nulls() {
    for resource in Resource::ALL.iter().copied().filter(|resource| sheet(*resource).is_some()) {
        let mut memory = row(resource, |cells| {
            cells.int(meta::ID, 1);
        });
        let shown = shown(&mut memory, resource, "");
        let mut text = String::new();
        write!(text, "{shown}").unwrap();
        assert!(!text.contains("null") && !text.contains("\"\""), "{}: {text}", resource.name());
    }
}

#[test]
fn a_smaller_answer_selects_only_what_it_shows() {
    let plan = Plan::only(Resource::Contact, &["id", "nome", "responsavel", "zebra"]);
    assert_eq!(
        plan.columns,
        [Column::own(meta::ID), Column::own(contact::NAME), Column::own(contact::OWNER)]
    );
    let mut memory = row(Resource::Contact, plain_contact);
    assert_eq!(shown(&mut memory, Resource::Contact, "attribute=zebra"), json!([{}]));
    memory.rows.clear();
    assert_eq!(shown(&mut memory, Resource::Contact, "page=9"), json!([]));
}

/// `cargo test --release -p favo-dialects -- --ignored --nocapture timing`
#[test]
#[ignore = "a measurement, not a check"]
fn timing_of_two_hundred_full_contacts() {
    let mut memory = Memory::furnished();
    let rows = (0..200).map(|_| {
        let mut cells = HashMap::new();
        full_contact(&mut cells);
        cells
    });
    memory.rows.insert(Resource::Contact, rows.collect());
    let ctx = ctx(&mut memory);
    let query = Query::of(Resource::Contact).page(Page::first(200));
    let params = Params::default();
    let plan = Plan::whole(Resource::Contact);
    let keys = plan.cells.len() * 200;
    let mut size = 0;
    for _ in 0..5 {
        let started = std::time::Instant::now();
        memory.select(&query, &plan.columns, &mut |_| Ok(())).unwrap();
        let fetched = started.elapsed();
        let started = std::time::Instant::now();
        for _ in 0..20 {
            size = items(&ctx, &mut memory, &query, &params).unwrap().len();
        }
        let written = (started.elapsed() / 20).saturating_sub(fetched);
        println!(
            "{size} bytes, {keys} keys: {written:?} ({} ns a key), rows alone {fetched:?}",
            written.as_nanos() as usize / keys
        );
    }
}
