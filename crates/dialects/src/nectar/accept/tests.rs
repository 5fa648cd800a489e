//! Bodies and the patches they become, beside stored records of a small made-up tenant.

use favo_core::catalogue::{
    appointment, contact, custom_field, line_item, meta, opportunity, participant, pipeline, product,
    product_category, product_subcategory, stage, task, user,
};
use favo_core::error::{Error, Place, Reason};
use favo_core::patch::{CustomInput, Input, Patch, Reference};
use favo_core::value::{CustomValue, Instant, Value};
use favo_core::{Ctx, Item, Record, Resource};
use proptest::prelude::*;

use super::super::body;
use super::super::spelling::sheet;
use super::super::testing::{self, Memory};
use super::accept;

fn record(resource: Resource, id: i64) -> Record {
    let mut record = Record::new(resource);
    record.set(meta::ID, Some(id));
    record
}

/// Two users, two funnels of two stages each, a date field, a category with one sub-category, two organisations.
fn tenant() -> Memory {
    let mut records = Vec::new();
    for (id, login) in [(41, "bruna@aurora.example"), (42, "caio@aurora.example")] {
        let mut someone = record(Resource::User, id);
        someone.set(user::LOGIN, Some(login.to_owned()));
        records.push(someone);
    }
    for (id, name) in [(31, "Vendas"), (32, "Sul")] {
        let mut funnel = record(Resource::Pipeline, id);
        funnel.set(pipeline::NAME, Some(name.to_owned()));
        let stages = (1..=2).map(|number| {
            let mut one = Item::new(&stage::FIELDS);
            one.set(stage::ID, Some(id * 10 + number));
            one.set(stage::SEQUENCE, Some(number));
            one
        });
        funnel.set(pipeline::STAGES, stages.collect());
        records.push(funnel);
    }
    let mut visit = record(Resource::CustomField, 210);
    visit.set(custom_field::LABEL, Some("Visita".to_owned()));
    visit.set(custom_field::TYPE, Some(2));
    records.push(visit);
    let mut category = record(Resource::ProductCategory, 4);
    category.set(product_category::NAME, Some("Assinaturas".to_owned()));
    records.push(category);
    let mut child = record(Resource::ProductSubcategory, 11);
    child.set(product_subcategory::NAME, Some("Mensais".to_owned()));
    child.set(product_subcategory::CATEGORY, Some(4));
    records.push(child);
    for (id, name) in [(50, "Grupo A"), (51, "Grupo B")] {
        let mut organisation = record(Resource::Contact, id);
        organisation.set(contact::NAME, Some(name.to_owned()));
        records.push(organisation);
    }
    Memory { records, ..Memory::default() }
}

fn read(resource: Resource, json: &str, stored: Option<&Record>) -> Patch {
    let mut tenant = tenant();
    let ctx = testing::ctx(&mut tenant);
    read_in(&ctx, &mut tenant, resource, json, stored)
}

fn read_in(ctx: &Ctx, tenant: &mut Memory, resource: Resource, json: &str, stored: Option<&Record>) -> Patch {
    let body = body::parse(json).unwrap();
    accept(ctx, tenant, sheet(resource).unwrap(), &body, stored).unwrap().patch
}

fn places(patch: &Patch) -> Vec<(Place, Reason)> {
    patch.problems.iter().map(|problem| (problem.place.clone(), problem.reason.clone())).collect()
}

#[test]
fn plain_keys_set_their_fields_and_unknown_ones_say_nothing() {
    let patch = read(
        Resource::Contact,
        r#"{"nome": 99, "constante": "3", "ativo": "0", "receitaAnual": "R$ 1.250,00", "dataNascimento": "15/07/1985",
            "responsavel": {"login": "caio@aurora.example"}, "emails": [null, "a@x", "", "a@x"], "foto": "x", "nada": {}}"#,
        None,
    );
    assert_eq!(patch.get(contact::NAME), Some(&Input::Text("99".to_owned())));
    assert_eq!(patch.get(contact::LIFE_CYCLE), Some(&Input::Int(3)));
    assert_eq!(patch.get(contact::ACTIVE), Some(&Input::Bool(false)));
    assert_eq!(patch.get(contact::ANNUAL_REVENUE), Some(&Input::Decimal("1250".parse().unwrap())));
    assert_eq!(patch.get(contact::BORN_ON), Some(&Input::Int(5674)));
    assert_eq!(patch.get(contact::EMAILS), Some(&Input::Texts(vec!["a@x".to_owned()])));
    let caio = Reference { login: Some("caio@aurora.example".to_owned()), ..Reference::default() };
    assert_eq!(patch.get(contact::OWNER), Some(&Input::One(caio)));
    assert_eq!((patch.entries().len(), patch.problems.len()), (7, 0));
}

#[test]
fn everything_empty_clears() {
    for empty in ["null", "\"\"", "{}", "[]"] {
        let patch =
            read(Resource::Contact, &format!("{{\"observacao\": {empty}, \"origem\": {empty}}}"), None);
        assert_eq!(patch.get(contact::NOTES), Some(&Input::Clear), "{empty}");
        assert_eq!(patch.get(contact::ORIGIN), Some(&Input::Clear), "{empty}");
    }
}

#[test]
fn values_that_cannot_be_read_are_problems_of_their_fields() {
    let patch = read(
        Resource::Contact,
        r#"{"ativo": "talvez", "nome": ["a", "b"], "responsavel": [1, 2], "emails": [["a"]], "camposPersonalizados": 3,
            "observacao": "a\u0000b", "enderecos": [{"tipo": 9}], "contatos": [{"nome": {"a": 1}}]}"#,
        None,
    );
    let field = |position: u16| (Place::Field(Resource::Contact, position), Reason::Invalid);
    let found = places(&patch);
    for expected in [
        field(contact::ACTIVE.position()),
        field(contact::NAME.position()),
        field(contact::OWNER.position()),
        field(contact::EMAILS.position()),
        field(contact::CUSTOM.position()),
        field(contact::NOTES.position()),
        (Place::Wire("contatos.nome".into()), Reason::Invalid),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert_eq!(found.len(), 8);
}

#[test]
fn of_two_keys_the_one_that_differs_from_the_stored_value_wins() {
    let mut stored = record(Resource::Contact, 1);
    stored.set(contact::PARENT, Some(50));
    let organisation =
        |json: &str| read(Resource::Contact, json, Some(&stored)).get(contact::ORGANISATION).cloned();
    assert_eq!(organisation(r#"{"empresa": false, "isEmpresa": true}"#), Some(Input::Bool(true)));
    assert_eq!(organisation(r#"{"empresa": false, "isEmpresa": false}"#), None, "an echo");
    assert_eq!(organisation(r#"{"isJuridico": 1}"#), Some(Input::Bool(true)));
    let parent = |json: &str| read(Resource::Contact, json, Some(&stored)).get(contact::PARENT).cloned();
    let by_id = |id| Some(Input::One(Reference::id(id)));
    assert_eq!(parent(r#"{"contaPai": {"id": 50}, "contatoPai": {"id": 51}}"#), by_id(51));
    assert_eq!(
        parent(r#"{"contaPai": {"id": 51}, "contatoPai": {"id": 52}}"#),
        by_id(51),
        "the canonical key"
    );
    assert_eq!(
        parent(r#"{"contaPai": "grupo a", "contatoPai": {"id": 51}}"#),
        by_id(51),
        "a name that is stored"
    );
    assert_eq!(
        read(Resource::Contact, r#"{"empresa": null, "isEmpresa": true}"#, None).get(contact::ORGANISATION),
        Some(&Input::Bool(true))
    );
}

#[test]
fn a_main_email_moves_to_the_front_unless_the_list_is_sent() {
    let mut stored = record(Resource::Contact, 1);
    stored.set(contact::EMAILS, vec!["a@x".to_owned(), "B@x".to_owned()]);
    let emails = |json: &str| match read(Resource::Contact, json, Some(&stored)).get(contact::EMAILS) {
        Some(Input::Texts(texts)) => texts.join(" "),
        other => format!("{other:?}"),
    };
    assert_eq!(emails(r#"{"email": "c@x"}"#), "c@x a@x B@x");
    assert_eq!(emails(r#"{"emailPrincipal": "b@x"}"#), "B@x a@x");
    assert_eq!(emails(r#"{"email": "a@x", "emailPrincipal": "c@x"}"#), "c@x a@x B@x", "the one that differs");
    assert_eq!(emails(r#"{"email": "a@x", "emailPrincipal": "A@X"}"#), "None");
    assert_eq!(emails(r#"{"emails": ["d@x"], "email": "c@x"}"#), "d@x");
}

#[test]
fn one_tag_is_added_unless_the_tags_are_sent() {
    let mut stored = record(Resource::Contact, 1);
    stored.set(contact::TAGS, vec![3]);
    let tags = |json: &str| read(Resource::Contact, json, Some(&stored)).get(contact::TAGS).cloned();
    assert_eq!(
        tags(r#"{"lista": "Norte"}"#),
        Some(Input::Many(vec![Reference::id(3), Reference::name("Norte")]))
    );
    assert_eq!(
        tags(r#"{"lista": "Norte", "listas": ["Oeste", null, {"id": 9, "cor": "x"}]}"#),
        Some(Input::Many(vec![Reference::name("Oeste"), Reference::id(9)]))
    );
}

#[test]
fn only_the_funnel_and_stage_that_differ_speak() {
    let mut stored = record(Resource::Opportunity, 1);
    stored.set(opportunity::PIPELINE, Some(31));
    stored.set(opportunity::STAGE, Some(311));
    let patch = |json: &str| read(Resource::Opportunity, json, Some(&stored));
    let sul = Some(Input::One(Reference::name("Sul")));
    let echo = r#""etapa": 1, "etapaAtual": {"id": 311, "sequencia": 1}"#;
    for body in [
        format!(r#"{{"pipeline": "vendas", "funilVenda": {{"nome": "Sul"}}, {echo}}}"#),
        format!(r#"{{"pipeline": "Sul", "funilVenda": {{"id": 31, "nome": "Vendas"}}, {echo}}}"#),
        format!(r#"{{"funilDeVenda": "Sul", {echo}}}"#),
    ] {
        let patch = patch(&body);
        assert_eq!(patch.get(opportunity::PIPELINE).cloned(), sul, "{body}");
        assert!(!patch.names(opportunity::STAGE) && patch.stage_number.is_none(), "{body}");
    }
    assert_eq!(patch(r#"{"etapa": 2, "etapaAtual": {"id": 311}}"#).stage_number, Some(2));
    assert_eq!(
        patch(r#"{"etapa": 1, "etapaAtual": {"id": 312}}"#).get(opportunity::STAGE),
        Some(&Input::Int(312))
    );
    assert_eq!(
        patch(r#"{"etapa": "1", "funilVenda": {"id": 32}}"#).stage_number,
        Some(1),
        "said alone it is meant"
    );
    let cleared = patch(r#"{"etapa": null, "etapaAtual": {}, "funilVenda": {}, "pipeline": ""}"#);
    assert_eq!(cleared, Patch::new());
    assert_eq!(patch(r#"{"etapa": "abc"}"#).problems.len(), 1);
}

#[test]
fn lines_find_their_product_in_any_spelling() {
    let line = |json: &str| {
        let patch = read(Resource::Opportunity, &format!("{{\"produtos\": [{json}]}}"), None);
        match patch.get(opportunity::LINES) {
            Some(Input::Items(rows)) => rows[0].clone(),
            other => panic!("{other:?}"),
        }
    };
    let by_id = Input::One(Reference::id(88));
    for json in [
        r#"{"refId": 88, "nome": "X"}"#,
        r#"{"refId": "88"}"#,
        r#"{"produto": {"id": 88}, "nome": "X"}"#,
        r#"{"refId": 88, "produto": {"id": 9}}"#,
    ] {
        assert_eq!(line(json).get(line_item::PRODUCT), Some(&by_id), "{json}");
    }
    assert_eq!(line(r#"{"nome": "PG"}"#).get(line_item::PRODUCT), Some(&Input::One(Reference::name("PG"))));
    let priced = line(r#"{"refId": 88, "valor": 2, "valorTotal": 999}"#);
    assert_eq!(priced.get(line_item::UNIT_PRICE), Some(&Input::Decimal("2".parse().unwrap())));
    assert_eq!(priced.get(line_item::TOTAL), None);
    let total = line(r#"{"refId": 88, "valorTotal": 999}"#);
    assert_eq!(total.get(line_item::TOTAL), Some(&Input::Decimal("999".parse().unwrap())));
}

#[test]
fn participants_are_users_contacts_or_addresses() {
    let json = r#"{"participantes": [{"id": 61, "nome": "Caio", "email": "c@x", "usuario": {"id": 42}}, {"email": "v@x"},
        {"login": "c@x", "nome": "Caio", "participar": true}, {"contato": {"id": 5}}]}"#;
    let patch = read(Resource::Appointment, json, None);
    let Some(Input::Items(rows)) = patch.get(appointment::PARTICIPANTS) else { panic!("rows") };
    assert_eq!((rows[0].id, rows[0].get(participant::EMAIL)), (Some(61), None));
    assert_eq!(rows[0].get(participant::USER), Some(&Input::One(Reference::id(42))));
    assert_eq!(rows[1].get(participant::EMAIL), Some(&Input::Text("v@x".to_owned())));
    let caio = Reference { id: None, login: Some("c@x".to_owned()), name: Some("Caio".to_owned()) };
    assert_eq!(rows[2].get(participant::USER), Some(&Input::One(caio)));
    assert_eq!(rows[3].get(participant::CONTACT), Some(&Input::One(Reference::id(5))));
}

#[test]
fn custom_values_are_text_and_dates_normalised() {
    let json = r#"{"camposPersonalizados": {"visita": "2026-02-20", "Outro": 7, "Fim": null}}"#;
    let patch = read(Resource::Contact, json, None);
    let input = |label: &str, text: Option<&str>| CustomInput {
        label: label.to_owned(),
        text: text.map(str::to_owned),
    };
    assert_eq!(
        patch.get(contact::CUSTOM),
        Some(&Input::Custom(vec![
            input("Fim", None),
            input("Outro", Some("7")),
            input("visita", Some("20/02/2026"))
        ]))
    );
    assert_eq!(
        read(Resource::Contact, r#"{"camposPersonalizados": {}}"#, None).get(contact::CUSTOM),
        Some(&Input::Clear)
    );
}

#[test]
fn people_carry_the_keys_that_may_be_written_there() {
    let json = r#"{"contatos": [{"id": 7, "cargo": "Gerente", "email": "x@x", "diasSemInteracao": 3}, null, {"nome": "Lia"}]}"#;
    let people = read(Resource::Contact, json, None).people.unwrap();
    assert_eq!((people.len(), people[0].id, people[0].patch.entries().len()), (2, Some(7), 1));
    assert_eq!(people[1].patch.get(contact::NAME), Some(&Input::Text("Lia".to_owned())));
    assert_eq!(read(Resource::Contact, r#"{"contatos": null}"#, None).people, Some(Vec::new()));
}

#[test]
fn places_are_found_by_letters_name_or_id() {
    let state = |json: &str| read(Resource::Contact, &format!("{{\"regiaoEstado\": {json}}}"), None);
    let found = state(r#"{"sigla": "SC"}"#).get(contact::REGION_STATE).cloned();
    assert!(matches!(found, Some(Input::Int(_))));
    assert_eq!(state("\"santa catarina\"").get(contact::REGION_STATE).cloned(), found);
    assert_eq!(state("{}").get(contact::REGION_STATE), Some(&Input::Clear));
    let unknown = state(r#"{"nome": "Zebrolândia"}"#);
    let place = Place::Field(Resource::Contact, contact::REGION_STATE.position());
    assert_eq!(places(&unknown), [(place, Reason::NotFound("Zebrolândia".to_owned()))]);
}

#[test]
fn of_two_spellings_of_sub_categories_the_changed_one_wins() {
    let stored = record(Resource::ProductCategory, 4);
    let names = |json: &str| {
        let rows = read(Resource::ProductCategory, json, Some(&stored)).sub_categories.unwrap();
        rows.iter().map(|row| row.get(product_subcategory::NAME).cloned()).collect::<Vec<_>>()
    };
    let text = |name: &str| Some(Input::Text(name.to_owned()));
    let echo = r#"[{"id": 11, "nome": "Mensais", "ativo": true}]"#;
    assert_eq!(
        names(&format!(r#"{{"subcategorias": {echo}, "subCategorias": [{{"nome": "Anuais"}}]}}"#)),
        [text("Anuais")]
    );
    assert_eq!(names(&format!(r#"{{"subcategorias": {echo}, "subCategorias": {echo}}}"#)), [text("Mensais")]);
}

#[test]
fn an_echo_of_a_task_leaves_its_type_and_nature_alone() {
    let mut stored = record(Resource::Task, 1);
    stored.set(task::NATURE, Some(1));
    stored.set(task::TYPE, Some(2));
    stored.set(task::ENDED_AT, Some(Instant(1_772_452_800_123_456)));
    let patch = |json: &str| read(Resource::Task, json, Some(&stored));
    let echo = patch(r#"{"tipo": 1, "tarefaTipo": {"id": 2}, "dataFim": "2026-03-02T12:00:00.123Z"}"#);
    assert_eq!(echo, Patch::new(), "stored instants may be finer than those shown");
    let changed = patch(r#"{"tipo": 3, "tarefaTipo": {"id": 2}}"#);
    assert_eq!((changed.get(task::NATURE), changed.get(task::TYPE)), (Some(&Input::Int(3)), None));
}

#[test]
fn problems_are_named_by_the_key_that_was_sent() {
    let mut tenant = tenant();
    let ctx = testing::ctx(&mut tenant);
    let body = body::parse(r#"{"subcategoria": {"id": 5}}"#).unwrap();
    let accepted = accept(&ctx, &mut tenant, sheet(Resource::Product).unwrap(), &body, None).unwrap();
    let place = Place::Field(Resource::Product, product::SUBCATEGORY.position());
    let error = accepted.name(Resource::Product, Error::refused(place, Reason::NotFound("5".to_owned())));
    let Error::Refused(problems) = error else { panic!("{error}") };
    assert_eq!(problems[0].place, Place::Wire("subcategoria".into()));
}

/// Any JSON of modest size, with the keys that mean something among its keys.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(|number| number.to_string()),
        "[ -~à-ü]{0,12}".prop_map(|text| serde_json::Value::from(text).to_string()),
        Just("\"30/04/2026\"".to_owned()),
        Just("\"\\u0000\"".to_owned()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let keys =
            prop_oneof!["id|nome|login|sigla|refId|produto|usuario|email|tipo|valorTotal", "[a-z]{1,4}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec((keys, inner), 0..4).prop_map(|pairs| {
                let pairs: Vec<String> =
                    pairs.into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_value_of_any_key_makes_the_reader_panic(value in any_json(), custom in any::<bool>()) {
        let mut tenant = tenant();
        let ctx = testing::ctx(&mut tenant);
        for resource in Resource::ALL.iter().copied() {
            let Some(sheet) = sheet(resource) else { continue };
            let mut stored = record(resource, 4);
            if custom && let Some(position) = resource.definition().custom {
                stored.put(position, Value::Custom(vec![CustomValue { field: 210, id: 1, text: "x".to_owned() }]));
            }
            let keys: Vec<String> = sheet.lines.iter().map(|line| format!("\"{}\":{value}", line.key)).collect();
            let body = format!("{{{}}}", keys.join(","));
            let _ = read_in(&ctx, &mut tenant, resource, &body, None);
            let _ = read_in(&ctx, &mut tenant, resource, &body, Some(&stored));
        }
    }
}
