//! How values enter and leave the NectarCRM wire (spec section 3), custom fields included.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Favo};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const NOBODY: i64 = 999_999;

fn id(object: &Value) -> i64 {
    object["id"].as_i64().unwrap_or_else(|| panic!("no numeric id: {object}"))
}

#[track_caller]
fn contact(client: &Client, nome: &str) -> Value {
    client.post("/contatos", &json!({"nome": nome})).ok()
}

#[track_caller]
fn opportunity(client: &Client) -> Value {
    let body = json!({"nome": "Plano anual", "cliente": {"nome": "Padaria Aurora"}});
    client.post("/oportunidades", &body).ok()
}

#[track_caller]
fn task(client: &Client, contact: &Value, more: &Value) -> Value {
    let mut body = json!({"titulo": "Ligar", "cliente": {"id": id(contact)}, "dataLimite": "2026-03-05"});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    client.post("/tarefas", &body).ok()
}

#[track_caller]
fn appointment(client: &Client, contact: &Value, more: &Value) -> Value {
    let mut body = json!({"assunto": "Visita", "cliente": {"id": id(contact)},
        "dataInicio": "2026-03-05T10:00:00-03:00"});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    client.post("/compromissos", &body).ok()
}

fn put(client: &Client, list: &str, object: &Value, body: &Value) -> Answer {
    client.put(&format!("{list}/{}", id(object)), body)
}

#[track_caller]
fn read(client: &Client, list: &str, object: &Value) -> Value {
    client.get(&format!("{list}/{}", id(object))).ok()
}

/// A contact with something in nearly every writable field.
#[track_caller]
fn rich_contact(admin: &Client) -> Value {
    admin.post("/campoPersonalizado", &json!({"nome": "Porte", "tipo": 1, "relacionado": "Contato"})).ok();
    let body = json!({
        "nome": "Padaria Aurora", "codigo": "AUR-20", "razaoSocial": "Aurora Pães Ltda", "constante": 1,
        "empresa": true,
        "cnpj": "11.222.333/0001-44", "emails": ["contato@aurora.example", "loja@aurora.example"],
        "telefones": ["+5548999990001"], "origem": "Feira", "segmento": "Alimentação", "categoria": "Revenda",
        "listas": [{"nome": "Sul"}, "Norte"], "receitaAnual": 480_000.5, "quantidadeFuncionarios": 12,
        "dataFundacao": "1990-01-10", "observacao": "Fecha às 18h", "site": "aurora.example",
        "contatos": [{"nome": "Lia Campos", "cargo": "Gerente", "emails": ["contato@aurora.example"]}],
        "contaPai": {"nome": "Grupo Aurora"},
        "enderecos": [{"tipo": 2, "principal": true, "cep": "88010000", "logradouro": "Rua das Figueiras",
            "numero": "12", "municipio": "Florianópolis", "estado": "Santa Catarina"}, {"cep": "88010-001"}],
        "camposPersonalizados": {"Porte": "Médio"}
    });
    admin.post("/contatos", &body).ok()
}

fn assert_no_null_and_no_blank(value: &Value, at: &str) {
    match value {
        Value::Null => panic!("null at {at}"),
        Value::String(text) => assert!(!text.is_empty(), "empty string at {at}"),
        Value::Array(items) => items.iter().for_each(|item| assert_no_null_and_no_blank(item, at)),
        Value::Object(map) => {
            for (key, inner) in map {
                assert_no_null_and_no_blank(inner, &format!("{at}.{key}"));
            }
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

// spec 3.1
#[test]
fn dates_leave_in_utc_with_exactly_three_decimals() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = contact(&admin, "Padaria Aurora");
    assert_eq!(first["dataCriacao"], "2026-03-02T12:00:00.000Z");
    favo.advance(Duration::from_millis(512));
    let second = contact(&admin, "Mercado Ipê");
    assert_eq!(second["dataCriacao"], "2026-03-02T12:00:00.512Z");
    assert_eq!(second["dataAtualizacao"], "2026-03-02T12:00:00.512Z");
}

// spec 3.1
#[test]
fn years_from_0001_to_9999_are_held_and_zero_padded() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    for (sent, shown) in [
        ("0028-05-10T12:00:00Z", "0028-05-10T12:00:00.000Z"),
        ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00.000Z"),
        ("9999-12-30T23:59:59.999Z", "9999-12-30T23:59:59.999Z"),
    ] {
        assert_eq!(
            put(&admin, "/oportunidades", &deal, &json!({"dataLimite": sent})).ok()["dataLimite"],
            shown
        );
        assert_eq!(read(&admin, "/oportunidades", &deal)["dataLimite"], shown, "as read back");
    }
}

// spec 3.1: São Paulo was two hours behind UTC in the summer of 1990 and three in the winter of 1985
#[test]
fn date_only_fields_are_midnight_in_sao_paulo_shown_in_utc() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lia = contact(&admin, "Lia Campos");
    for (sent, shown) in [
        ("1985-07-15", "1985-07-15T03:00:00.000Z"),
        ("10/01/1990", "1990-01-10T02:00:00.000Z"),
        ("1985-07-15T03:00:00.000Z", "1985-07-15T03:00:00.000Z"),
        ("1985-07-15T22:30:00-03:00", "1985-07-15T03:00:00.000Z"),
    ] {
        for field in ["dataNascimento", "dataFundacao"] {
            let changed = put(&admin, "/contatos", &lia, &json!({field: sent})).ok();
            assert_eq!(changed[field], shown, "{field} from {sent}");
        }
    }
}

// spec 3.2
#[test]
fn every_documented_date_form_is_read() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    for (sent, shown) in [
        (json!("2026-04-30T17:05:09.123-03:00"), "2026-04-30T20:05:09.123Z"),
        (json!("2026-04-30T17:05:09-0300"), "2026-04-30T20:05:09.000Z"),
        (json!("2026-04-30T17:05-03:00"), "2026-04-30T20:05:00.000Z"),
        (json!("2026-04-30T17:05-0300"), "2026-04-30T20:05:00.000Z"),
        (json!("2026-04-30T20:05:09.123Z"), "2026-04-30T20:05:09.123Z"),
        (json!("2026-04-30T20:05:09Z"), "2026-04-30T20:05:09.000Z"),
        (json!("2026-04-30T20:05Z"), "2026-04-30T20:05:00.000Z"),
        (json!("2026-04-30T17:05:09.5"), "2026-04-30T20:05:09.500Z"),
        (json!("2026-04-30T17:05:09"), "2026-04-30T20:05:09.000Z"),
        (json!("2026-04-30T17:05"), "2026-04-30T20:05:00.000Z"),
        (json!("2026-04-30"), "2026-04-30T03:00:00.000Z"),
        (json!("29/04/2026"), "2026-04-29T03:00:00.000Z"),
        (json!("30/04/2026 17:05"), "2026-04-30T20:05:00.000Z"),
        (json!("30/04/2026 17:05:09"), "2026-04-30T20:05:09.000Z"),
        (json!(1_777_579_509_123_i64), "2026-04-30T20:05:09.123Z"),
        (json!("1777579509000"), "2026-04-30T20:05:09.000Z"),
    ] {
        let changed = put(&admin, "/oportunidades", &deal, &json!({"dataLimite": sent})).ok();
        assert_eq!(changed["dataLimite"], shown, "from {sent}");
    }
}

// spec 3.2, 1.7
#[test]
fn a_date_in_any_other_form_is_refused_and_nothing_changes() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    for sent in ["amanhã", "2026-13-01", "31/02/2026", "30-04-2026", "2026-04-30T25:00:00Z"] {
        let answer = put(&admin, "/oportunidades", &deal, &json!({"dataLimite": sent, "observacao": "nova"}));
        assert_eq!(answer.refused(), ["O valor do campo dataLimite é inválido"], "{sent}");
    }
    assert_eq!(read(&admin, "/oportunidades", &deal), deal);
}

// spec 3.3
#[test]
fn ids_are_positive_integers_assigned_by_the_server_and_never_reused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = admin.post("/contatos", &json!({"id": 424_242, "nome": "Padaria Aurora"})).ok();
    assert!((1..1_i64 << 53).contains(&id(&first)));
    assert_ne!(id(&first), 424_242);
    admin.delete(&format!("/contatos/{}", id(&first))).ok();
    assert_ne!(id(&contact(&admin, "Mercado Ipê")), id(&first));
}

// spec 3.3
#[test]
fn derived_money_is_rounded_half_up_and_unit_prices_keep_six_decimals() {
    let favo = Favo::start();
    let admin = favo.admin();
    let product = admin.post("/produto", &json!({"nome": "Parafuso", "valorBase": 0.123_456})).ok();
    assert_eq!(product["valorBase"].as_f64(), Some(0.123_456));
    let lines = json!([{"refId": id(&product)}, {"refId": id(&product), "valorUnitario": 1.005}]);
    let deal = json!({"nome": "Peças", "cliente": {"nome": "Padaria Aurora"}, "produtos": lines});
    let deal = admin.post("/oportunidades", &deal).ok();
    assert_eq!(deal["produtos"][0]["valorUnitario"].as_f64(), Some(0.123_456));
    assert_eq!(deal["produtos"][0]["valorTotal"].as_f64(), Some(0.12));
    assert_eq!(deal["produtos"][1]["valorUnitario"].as_f64(), Some(1.005));
    assert_eq!(deal["produtos"][1]["valorTotal"].as_f64(), Some(1.01));
}

// spec 3.3 coercions: numeric string → number, also for ids and enums
#[test]
fn numbers_sent_as_text_become_numbers() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let body = json!({
        "nome": "Padaria Aurora", "constante": "3", "quantidadeFuncionarios": "25", "receitaAnual": "1250.5",
        "responsavel": {"id": ana.user_id.to_string()}
    });
    let made = admin.post("/contatos", &body).ok();
    assert_eq!(made["constante"], 3);
    assert_eq!(made["quantidadeFuncionarios"], 25);
    assert_eq!(made["receitaAnual"].as_f64(), Some(1250.5));
    assert_eq!(made["responsavel"]["id"], ana.user_id);
    let changed =
        put(&admin, "/contatos", &made, &json!({"quantidadeFuncionarios": "7", "constante": "0"})).ok();
    assert!(changed["quantidadeFuncionarios"].is_i64() && changed["constante"].is_i64(), "{changed}");
}

// spec 3.3 coercions
#[test]
fn booleans_come_as_words_or_digits_in_text_or_bare() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    for (sent, shown) in [
        (json!("false"), false),
        (json!("true"), true),
        (json!(0), false),
        (json!(1), true),
        (json!("0"), false),
        (json!("1"), true),
        (json!(false), false),
    ] {
        assert_eq!(
            put(&admin, "/contatos", &made, &json!({"ativo": sent})).ok()["ativo"],
            shown,
            "from {sent}"
        );
    }
}

// spec 3.3 coercions
#[test]
fn numbers_and_booleans_become_text_where_text_is_expected() {
    let favo = Favo::start();
    let made =
        favo.admin().post("/contatos", &json!({"nome": 99, "codigo": 42, "cargo": true, "rg": 1.5})).ok();
    assert_eq!(made["nome"], "99");
    assert_eq!(made["codigo"], "42");
    assert_eq!(made["cargo"], "true");
    assert_eq!(made["rg"], "1.5");
}

// spec 3.3 coercions
#[test]
fn brazilian_money_text_is_read() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    for (sent, shown) in [("R$ 1.250,00", 1250.0), ("1250,5", 1250.5), ("R$ 1.250.300,75", 1_250_300.75)] {
        let changed = put(&admin, "/contatos", &made, &json!({"receitaAnual": sent})).ok();
        assert_eq!(changed["receitaAnual"].as_f64(), Some(shown), "from {sent}");
    }
}

// spec 3.3 coercions, 1.7
#[test]
fn values_that_cannot_be_coerced_are_refused_all_together() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body =
        json!({"nome": "Padaria Aurora", "constante": "abc", "ativo": "talvez", "receitaAnual": "muito"});
    let mut problems = admin.post("/contatos", &body).refused();
    problems.sort();
    assert_eq!(
        problems,
        [
            "O valor do campo ativo é inválido",
            "O valor do campo constante é inválido",
            "O valor do campo receitaAnual é inválido",
        ]
    );
    assert_eq!(admin.get("/contatos").ok(), json!([]));
}

// spec 3.3 coercions
#[test]
fn a_scalar_stands_for_an_array_of_one() {
    let favo = Favo::start();
    let body =
        json!({"nome": "Lia", "emails": "lia@aurora.example", "telefones": "4899990001", "listas": "Sul"});
    let made = favo.admin().post("/contatos", &body).ok();
    assert_eq!(made["emails"], json!(["lia@aurora.example"]));
    assert_eq!(made["telefones"], json!(["4899990001"]));
    assert_eq!(made["listas"].as_array().map(Vec::len), Some(1));
    assert_eq!(made["listas"][0]["nome"], "Sul");
}

// spec 3.3 coercions
#[test]
fn a_bare_number_is_a_relation_by_id_and_a_bare_string_one_by_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let caio = favo.user("caio@demo.example", "seller");
    let made = admin.post("/contatos", &json!({"nome": "Padaria Aurora", "responsavel": ana.user_id})).ok();
    assert_eq!(made["responsavel"]["login"], "ana@demo.example");
    let changed = put(&admin, "/contatos", &made, &json!({"responsavel": "caio"})).ok();
    assert_eq!(changed["responsavel"]["id"], caio.user_id);
    let deal = json!({"nome": "Plano", "cliente": id(&made), "origem": "Rádio"});
    let deal = admin.post("/oportunidades", &deal).ok();
    assert_eq!(deal["cliente"]["nome"], "Padaria Aurora");
    assert_eq!(deal["origem"]["nome"], "Rádio");
}

// spec 3.3
#[test]
fn null_blank_and_repeated_entries_leave_emails_and_phones() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({
        "nome": "Lia", "emails": [null, "b@x.example", "", "a@x.example", "  ", "b@x.example"],
        "telefones": [null]
    });
    let made = admin.post("/contatos", &body).ok();
    assert_eq!(made["emails"], json!(["b@x.example", "a@x.example"]));
    assert_eq!(made["telefones"], json!([]));
    let changed = put(&admin, "/contatos", &made, &json!({"emails": [null]})).ok();
    assert_eq!(changed["emails"], json!([]));
}

// spec 3.3
#[test]
fn text_is_stored_as_sent_without_trimming_or_masks() {
    let favo = Favo::start();
    let body = json!({
        "nome": "  Padaria  Aurora ", "cnpj": "11.222.333/0001-44", "cpf": "12345678909",
        "telefones": ["(48) 99999-0001"], "emails": ["Contato@Aurora.example"], "observacao": "<b>a</b>\n\tb"
    });
    let made = favo.admin().post("/contatos", &body).ok();
    for key in ["nome", "cnpj", "cpf", "telefones", "emails", "observacao"] {
        assert_eq!(made[key], body[key], "{key}");
    }
}

// spec 3.3: an unknown code is 409, except `constante` 4
#[test]
fn enumerations_take_known_codes_only_except_constante_four() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    for code in [0, 1, 2, 3, 4, 5] {
        assert_eq!(put(&admin, "/contatos", &made, &json!({"constante": code})).ok()["constante"], code);
    }
    assert_eq!(put(&admin, "/contatos", &made, &json!({"constante": "4"})).ok()["constante"], 4);
    for code in [json!(6), json!(-1), json!("9")] {
        let answer = put(&admin, "/contatos", &made, &json!({"constante": code}));
        assert_eq!(answer.refused(), ["O valor do campo constante é inválido"], "{code}");
    }
    let call =
        json!({"titulo": "Ligar", "cliente": {"id": id(&made)}, "dataLimite": "2026-03-05", "prioridade": 3});
    assert_eq!(admin.post("/tarefas", &call).refused(), ["O valor do campo prioridade é inválido"]);
    let product = json!({"nome": "Plano", "valorBase": 1, "recorrencia": "3"});
    assert_eq!(admin.post("/produto", &product).refused(), ["O valor do campo recorrencia é inválido"]);
}

// spec 3.4
#[test]
fn a_contact_with_only_a_name_shows_its_collections_flags_and_counters_and_no_other_key() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mut made = contact(&admin, "Padaria Aurora");
    let owner = json!({"id": admin.user_id, "login": "admin@demo.example", "nome": "Administrador"});
    let number = id(&made);
    // Whether a fresh record already has an author of its last change is left open by the specification.
    made.as_object_mut().expect("an object").remove("autorAtualizacao");
    assert_eq!(
        made,
        json!({
            "id": number, "nome": "Padaria Aurora", "constante": 0, "ativo": true, "empresa": false,
            "isEmpresa": false,
            "emails": [], "telefones": [], "listas": [], "sigiloso": false, "responsavel": owner,
            "autor": owner,
            "contatos": [], "contatosPai": [], "empresasAtuais": [], "enderecos": [],
            "camposPersonalizados": {},
            "camposPersonalizadosObject": {}, "oportunidades": 0, "tarefas": 0, "compromissos": 0,
            "qtdeQualificacoes": 0, "diasSemInteracao": 0, "integradoRD": false, "blocked": false,
            "dataCriacao": "2026-03-02T12:00:00.000Z", "dataAtualizacao": "2026-03-02T12:00:00.000Z"
        })
    );
}

// spec 3.4
#[test]
fn no_answer_holds_null_or_an_empty_string() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let cliente = json!({"id": id(&made)});
    let start = "2026-03-05T10:00:00-03:00";
    for (list, body) in [
        ("/contatos", json!({"nome": "Lia", "cargo": "", "origem": null, "listas": [], "contaPai": {}})),
        ("/oportunidades", json!({"nome": "Plano", "cliente": cliente, "observacao": "", "origem": null})),
        ("/qualificacoes", json!({"cliente": cliente, "dataLimite": null})),
        ("/tarefas", json!({"titulo": "Ligar", "cliente": cliente, "dataLimite": start, "descricao": ""})),
        (
            "/compromissos",
            json!({"assunto": "Visita", "cliente": cliente, "dataInicio": start, "local": null}),
        ),
        ("/produto", json!({"nome": "Plano", "valorBase": 1, "codigo": "", "categoria": {}})),
        ("/pipeline", json!({"nome": "Sul", "descricao": "", "sequencias": [{"nome": "Um"}]})),
        ("/lista", json!({"nome": "Feirão", "cor": ""})),
    ] {
        let made = admin.post(list, &body).ok();
        assert_no_null_and_no_blank(&made, list);
        assert_no_null_and_no_blank(&read(&admin, list, &made), list);
    }
}

// spec 3.4, 3.10 OpportunityStub
#[test]
fn an_opportunity_inside_a_task_has_an_empty_funnel_origin_and_temperature() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    let made = task(&admin, &deal["cliente"], &json!({"oportunidade": {"id": id(&deal)}}));
    let stub = &made["oportunidade"];
    assert_eq!(stub["id"], deal["id"]);
    assert_eq!(stub["nome"], "Plano anual");
    assert_eq!(stub["codigo"], deal["codigo"]);
    assert_eq!(stub["funilVenda"], json!({}));
    assert_eq!(stub["origem"], json!({}));
    assert_eq!(stub["temperatura"], "");
    assert_eq!(stub["valorTotalDescontos"].as_f64(), Some(0.0));
}

// spec 3.4
#[test]
fn the_funnel_is_always_shown_on_opportunities_and_qualifications() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    let lead = admin.post("/qualificacoes", &json!({"cliente": {"nome": "Mercado Ipê"}})).ok();
    for (list, made, funnel) in [("/oportunidades", deal, "Vendas"), ("/qualificacoes", lead, "Pré-venda")] {
        assert_eq!(read(&admin, list, &made)["funilVenda"]["nome"], funnel);
        for row in admin.get(list).ok().as_array().expect("an array") {
            assert!(row["funilVenda"].is_object(), "{row}");
            assert!(
                row["funilVenda"].get("sequencias").is_none(),
                "a funnel reference never carries its stages"
            );
        }
    }
}

// spec 3.5
#[test]
fn a_put_keeps_every_key_it_does_not_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let before = rich_contact(&admin);
    favo.advance(HOUR);
    let after = put(&admin, "/contatos", &before, &json!({"cargo": "Matriz"})).ok();
    let mut expected = before.clone();
    expected["cargo"] = json!("Matriz");
    expected["dataAtualizacao"] = json!("2026-03-02T13:00:00.000Z");
    expected["autorAtualizacao"] = after["autorAtualizacao"].clone();
    assert_eq!(after, expected);
    assert_eq!(after["autorAtualizacao"]["id"], admin.user_id);
    assert_eq!(read(&admin, "/contatos", &before), expected);
}

// spec 3.5
#[test]
fn null_empty_text_empty_object_and_empty_array_clear_a_field() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = rich_contact(&admin);
    for (key, empty) in [
        ("codigo", json!(null)),
        ("razaoSocial", json!("")),
        ("origem", json!(null)),
        ("segmento", json!("")),
        ("categoria", json!({})),
        ("contaPai", json!({})),
        ("receitaAnual", json!(null)),
        ("quantidadeFuncionarios", json!("")),
        ("dataFundacao", json!(null)),
        ("observacao", json!([])),
    ] {
        assert!(made.get(key).is_some(), "{key} was set");
        let cleared = put(&admin, "/contatos", &made, &json!({key: empty})).ok();
        assert!(cleared.get(key).is_none(), "{key} by {empty}: {cleared}");
        assert_eq!(read(&admin, "/contatos", &made), cleared);
    }
    let emptied =
        json!({"emails": [], "telefones": null, "listas": "", "enderecos": [], "camposPersonalizados": {}});
    let cleared = put(&admin, "/contatos", &made, &emptied).ok();
    for key in ["emails", "telefones", "listas", "enderecos"] {
        assert_eq!(cleared[key], json!([]), "{key}");
    }
    assert_eq!(cleared["camposPersonalizados"], json!({}));
    for key in ["email", "emailPrincipal", "telefone", "telefonePrincipal", "lista"] {
        assert!(cleared.get(key).is_none(), "{key}");
    }
}

// spec 3.5: clearing on all other resources
#[test]
fn fields_of_every_resource_can_be_cleared() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let cliente = json!({"id": id(&made)});
    let start = "2026-03-05T10:00:00-03:00";
    for (list, key, body) in [
        ("/oportunidades", "observacao", json!({"nome": "Plano", "cliente": cliente, "observacao": "x"})),
        (
            "/oportunidades",
            "origem",
            json!({"nome": "Plano", "cliente": cliente, "origem": {"nome": "Feira"}}),
        ),
        ("/qualificacoes", "dataLimite", json!({"cliente": cliente, "dataLimite": start})),
        (
            "/tarefas",
            "descricao",
            json!({"titulo": "t", "cliente": cliente, "dataLimite": start, "descricao": "x"}),
        ),
        (
            "/tarefas",
            "classificacao",
            json!({"titulo": "t", "cliente": cliente, "dataLimite": start, "classificacao": 2}),
        ),
        (
            "/compromissos",
            "local",
            json!({"assunto": "v", "cliente": cliente, "dataInicio": start, "local": "x"}),
        ),
        ("/produto", "descricao", json!({"nome": "Plano", "valorBase": 1, "descricao": "x"})),
        ("/lista", "cor", json!({"nome": "Feirão", "cor": "#2E8B57"})),
    ] {
        for empty in [json!(null), json!("")] {
            let mut body = body.clone();
            if list == "/lista" {
                body["nome"] = json!(format!("Feirão {empty}"));
            }
            let made = admin.post(list, &body).ok();
            assert!(made.get(key).is_some(), "{list} {key}");
            let cleared = put(&admin, list, &made, &json!({key: empty})).ok();
            assert!(cleared.get(key).is_none(), "{list} {key} by {empty}: {cleared}");
        }
    }
}

// spec 3.5
#[test]
fn clearing_a_required_field_is_refused_unless_required_fields_are_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    for empty in [json!(null), json!("")] {
        let answer = put(&admin, "/contatos", &made, &json!({"nome": empty}));
        assert_eq!(answer.refused(), ["O campo nome é obrigatório"]);
    }
    let deal = opportunity(&admin);
    let answer = put(&admin, "/oportunidades", &deal, &json!({"cliente": {}}));
    assert_eq!(answer.refused(), ["O campo cliente é obrigatório"]);
    let path = format!("/contatos/{}?ignorarCamposObrigatorios=true", id(&made));
    assert!(admin.put(&path, &json!({"nome": ""})).ok().get("nome").is_none());
}

// spec 3.5
#[test]
fn clearing_the_owner_restores_the_default_owner() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    for empty in [json!(null), json!({}), json!("")] {
        let made = admin.post("/contatos", &json!({"nome": "Lia", "responsavel": {"id": ana.user_id}})).ok();
        assert_eq!(made["responsavel"]["id"], ana.user_id);
        let cleared = put(&admin, "/contatos", &made, &json!({"responsavel": empty})).ok();
        assert_eq!(cleared["responsavel"]["id"], admin.user_id, "by {empty}");
    }
}

// spec 3.5
#[test]
fn clearing_the_funnel_or_the_stage_is_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    favo.advance(HOUR);
    for body in [
        json!({"funilVenda": null}),
        json!({"funilVenda": {}}),
        json!({"pipeline": ""}),
        json!({"etapa": null}),
        json!({"etapaAtual": {}}),
    ] {
        assert_eq!(put(&admin, "/oportunidades", &deal, &body).ok(), deal, "{body}");
    }
}

// spec 3.5
#[test]
fn false_and_zero_are_values_and_not_clears() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = rich_contact(&admin);
    let zeros = json!({"receitaAnual": 0, "quantidadeFuncionarios": 0, "constante": 0, "ativo": false});
    let changed = put(&admin, "/contatos", &made, &zeros).ok();
    assert_eq!(changed["receitaAnual"].as_f64(), Some(0.0));
    assert_eq!(changed["quantidadeFuncionarios"], 0);
    assert_eq!(changed["constante"], 0);
    assert_eq!(changed["ativo"], false);
    let deal = opportunity(&admin);
    let deal = put(&admin, "/oportunidades", &deal, &json!({"probabilidade": 0})).ok();
    assert_eq!(deal["probabilidade"], 0);
}

// spec 3.5
#[test]
fn arrays_of_text_are_replaced_as_a_whole() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made =
        admin.post("/contatos", &json!({"nome": "Lia", "emails": ["a@x.example", "b@x.example"]})).ok();
    let changed = put(&admin, "/contatos", &made, &json!({"emails": ["c@x.example", "a@x.example"]})).ok();
    assert_eq!(changed["emails"], json!(["c@x.example", "a@x.example"]));
}

// spec 3.5
#[test]
fn rows_of_an_object_array_survive_by_id_and_rows_left_out_are_removed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made =
        admin.post("/contatos", &json!({"nome": "Lia", "enderecos": [{"cep": "1"}, {"cep": "2"}]})).ok();
    let (first, second) = (id(&made["enderecos"][0]), id(&made["enderecos"][1]));
    let rows = json!([{"id": second, "cep": "2b"}, {"cep": "3"}]);
    let changed = put(&admin, "/contatos", &made, &json!({"enderecos": rows})).ok();
    let rows = changed["enderecos"].as_array().expect("addresses");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["id"], second);
    assert_eq!(rows[0]["cep"], "2b");
    assert_eq!(rows[1]["cep"], "3");
    assert!(id(&rows[1]) != first && id(&rows[1]) != second, "a row without id is new");
}

// spec 3.5
#[test]
fn people_left_out_of_contatos_are_unlinked_and_not_deleted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = admin
        .post("/contatos", &json!({"nome": "Aurora", "contatos": [{"nome": "Lia"}, {"nome": "Rui"}]}))
        .ok();
    let people = made["contatos"].as_array().expect("people").clone();
    let keep = people.iter().find(|person| person["nome"] == "Rui").expect("Rui");
    let drop = people.iter().find(|person| person["nome"] == "Lia").expect("Lia");
    let changed = put(&admin, "/contatos", &made, &json!({"contatos": [{"id": id(keep)}]})).ok();
    assert_eq!(changed["contatos"], json!([keep]));
    let lia = read(&admin, "/contatos", drop);
    assert_eq!(lia["nome"], "Lia");
    assert_eq!(lia["empresasAtuais"], json!([]));
}

// spec 3.5, 3.9
#[test]
fn custom_fields_merge_by_key_and_are_cleared_one_by_one_or_all_at_once() {
    let favo = Favo::start();
    let admin = favo.admin();
    for label in ["Porte", "Cor", "Turno"] {
        admin.post("/campoPersonalizado", &json!({"nome": label, "relacionado": "Contato"})).ok();
    }
    let values = json!({"Porte": "Médio", "Cor": "Azul", "Turno": "Noite"});
    let made = admin.post("/contatos", &json!({"nome": "Lia", "camposPersonalizados": values})).ok();
    assert_eq!(made["camposPersonalizados"], values);
    let patch = json!({"camposPersonalizados": {"Cor": "Verde"}});
    let changed = put(&admin, "/contatos", &made, &patch).ok();
    assert_eq!(changed["camposPersonalizados"], json!({"Porte": "Médio", "Cor": "Verde", "Turno": "Noite"}));
    let patch = json!({"camposPersonalizados": {"Cor": null, "Turno": ""}});
    let changed = put(&admin, "/contatos", &made, &patch).ok();
    assert_eq!(changed["camposPersonalizados"], json!({"Porte": "Médio"}));
    assert_eq!(changed["camposPersonalizadosObject"].as_object().map(serde_json::Map::len), Some(1));
    let changed = put(&admin, "/contatos", &made, &json!({"camposPersonalizados": {}})).ok();
    assert_eq!(changed["camposPersonalizados"], json!({}));
    assert_eq!(changed["camposPersonalizadosObject"], json!({}));
}

// spec 3.5, 3.6: existing clients PUT back the whole object
#[test]
fn an_echo_of_a_whole_record_is_accepted_and_changes_nothing() {
    let favo = Favo::start();
    let admin = favo.admin();
    let other = favo.user("ana@demo.example", "administrator");
    let contact = rich_contact(&admin);
    let cliente = json!({"id": id(&contact)});
    let product = json!({"nome": "Plano", "valorBase": 120.5, "recorrencia": 1,
        "categoria": {"nome": "Assinaturas"},
        "descontoMaximo": 15, "isDescontoPorcentual": true});
    let product = admin.post("/produto", &product).ok();
    let line = json!({"refId": id(&product), "quantidade": 3, "desconto": 10, "isDescontoPorcentual": true});
    let deal = json!({"nome": "Aurora", "cliente": cliente, "contato": {"id": id(&contact["contatos"][0])},
        "probabilidade": 75, "origem": {"nome": "Feira"}, "listas": ["Sul"], "produtos": [line],
        "dataLimite": "2026-04-30"});
    let deal = admin.post("/oportunidades", &deal).ok();
    let start = "2026-03-10T10:00:00-0300";
    let call = json!({"titulo": "Ligar", "cliente": cliente, "oportunidade": {"id": id(&deal)},
        "dataLimite": start,
        "checklist": {"nome": "Fechamento"}, "classificacao": 3, "atendida": true});
    let call = admin.post("/tarefas", &call).ok();
    let visit = json!({"assunto": "Demonstração", "cliente": cliente, "dataInicio": start, "feedback": "Boa",
        "tipo": {"nome": "Visita técnica"},
        "participantes": [{"usuario": {"id": admin.user_id}, "participar": true},
        {"email": "visita@ipe.example"}]});
    let visit = admin.post("/compromissos", &visit).ok();
    let lead = admin
        .post("/qualificacoes", &json!({"cliente": cliente, "handRaised": true, "listas": ["Sul"]}))
        .ok();
    for (list, made) in [
        ("/contatos", contact),
        ("/produto", product),
        ("/oportunidades", deal),
        ("/tarefas", call),
        ("/compromissos", visit),
        ("/qualificacoes", lead),
    ] {
        let before = read(&admin, list, &made);
        favo.advance(Duration::from_mins(1));
        assert_eq!(put(&other, list, &made, &before).ok(), before, "{list}");
        assert_eq!(read(&admin, list, &made), before, "{list} read again");
    }
}

// spec 3.5, 3.6
#[test]
fn an_echo_of_an_administrative_record_changes_nothing() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, body) in [
        ("/pipeline", json!({"nome": "Sul", "sequencias": [{"nome": "Um", "prazo": 2}, {"nome": "Dois"}]})),
        ("/produtoCategoria", json!({"nome": "Assinaturas", "subcategorias": [{"nome": "Mensais"}]})),
        ("/produtoSubCategoria", json!({"nome": "Anuais", "categoria": {"nome": "Assinaturas"}})),
        ("/tabelaPreco", json!({"nome": "Sul 2026", "dataExpiracao": "2027-01-01"})),
        ("/lista", json!({"nome": "Feirão", "cor": "#2E8B57", "relacionada": 1})),
        ("/origem", json!({"nome": "Panfleto", "descricao": "Na rua"})),
        ("/segmento", json!({"nome": "Padarias"})),
        ("/categoria", json!({"nome": "Franquia", "isSuspect": false})),
        ("/compromissos/tipos", json!({"nome": "Vistoria"})),
        ("/ligacao/tipos", json!({"nome": "Cobrança", "descricao": "x"})),
        ("/tarefas/tipos", json!({"nome": "Lembrete", "natureza": 2})),
        ("/usuario", json!({"login": "rui@demo.example", "nome": "Rui", "email": "rui@demo.example"})),
        ("/equipe", json!({"nome": "Campo", "descricao": "Visitas"})),
        (
            "/campoPersonalizado",
            json!({"nome": "Porte", "tipo": 5, "opcoes": ["P", "M"], "secao": {"nome": "Perfil"}}),
        ),
    ] {
        let made = admin.post(list, &body).ok();
        let before = read(&admin, list, &made);
        favo.advance(Duration::from_mins(1));
        assert_eq!(put(&admin, list, &made, &before).ok(), before, "{list}");
        assert_eq!(read(&admin, list, &made), before, "{list} read again");
    }
}

// spec 3.6
#[test]
fn an_echo_with_one_key_changed_changes_that_key_only() {
    let favo = Favo::start();
    let admin = favo.admin();
    let before = rich_contact(&admin);
    favo.advance(HOUR);
    let mut echo = before.clone();
    echo["enderecos"][0]["numero"] = json!("14");
    let after = put(&admin, "/contatos", &before, &echo).ok();
    echo["dataAtualizacao"] = json!("2026-03-02T13:00:00.000Z");
    echo["autorAtualizacao"] = after["autorAtualizacao"].clone();
    assert_eq!(after, echo);
}

// spec 3.6, 3.8
#[test]
fn read_only_derived_and_unknown_keys_are_ignored_at_every_level() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let before = rich_contact(&admin);
    favo.advance(HOUR);
    let mut people = before["contatos"].clone();
    people[0]["email"] = json!("outra@x.example");
    people[0]["diasSemInteracao"] = json!(9);
    let mut tags = before["listas"].clone();
    tags[0]["cor"] = json!("#000000");
    tags[0]["inventado"] = json!(1);
    let mut rows = before["enderecos"].clone();
    rows[0]["estadoObject"] = json!({"id": 1, "nome": "Acre", "sigla": "AC"});
    rows[0]["inventado"] = json!({"x": [1]});
    let noise = json!({
        "id": 1, "dataCriacao": "2001-01-01T00:00:00.000Z", "dataAtualizacao": "2001-01-01T00:00:00.000Z",
        "oportunidades": 9, "tarefas": "muitas", "compromissos": null, "diasSemInteracao": 99,
        "integradoRD": true,
        "blocked": true, "foto": "x.png", "origemObject": {"nome": "Outra"},
        "autorAtualizacao": {"id": NOBODY},
        "autor": {"id": ana.user_id}, "camposPersonalizadosObject": {"porte": {"valor": "Grande"}},
        "inventado": {"x": 1}, "contatos": people, "listas": tags, "enderecos": rows, "message": "x"
    });
    assert_eq!(put(&admin, "/contatos", &before, &noise).ok(), before);

    let body =
        json!({"nome": "Rui", "tarefas": 5, "dataCriacao": "2001-01-01T00:00:00Z", "blocked": true, "x": {}});
    let made = admin.post("/contatos", &body).ok();
    assert_eq!(made["tarefas"], 0);
    assert_eq!(made["blocked"], false);
    assert_eq!(made["dataCriacao"], "2026-03-02T13:00:00.000Z");
    assert!(made.get("x").is_none());
}

// spec 3.6: the key whose value differs from the stored one wins
#[test]
fn of_two_organisation_flags_the_one_that_differs_wins() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    for (empresa, alias, shown) in
        [(false, true, true), (false, true, false), (true, false, true), (false, false, false)]
    {
        let changed = put(&admin, "/contatos", &made, &json!({"empresa": empresa, "isEmpresa": alias})).ok();
        assert_eq!(changed["empresa"], shown, "{empresa} and {alias}");
        assert_eq!(changed["isEmpresa"], shown, "{empresa} and {alias}");
    }
}

// spec 3.6: if several differ, the canonical key wins
#[test]
fn of_two_parent_accounts_the_one_that_differs_wins_and_contapai_before_contatopai() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = admin.post("/contatos", &json!({"nome": "Aurora", "contaPai": {"nome": "Grupo A"}})).ok();
    let grupo_a = id(&made["contaPai"]);
    let (grupo_b, grupo_c) = (id(&contact(&admin, "Grupo B")), id(&contact(&admin, "Grupo C")));
    let mut echo = made.clone();
    echo["contatoPai"] = json!({"id": grupo_b});
    let changed = put(&admin, "/contatos", &made, &echo).ok();
    assert_eq!((id(&changed["contaPai"]), id(&changed["contatoPai"])), (grupo_b, grupo_b));
    let both = json!({"contaPai": {"id": grupo_c}, "contatoPai": {"id": grupo_a}});
    let changed = put(&admin, "/contatos", &made, &both).ok();
    assert_eq!((id(&changed["contaPai"]), id(&changed["contatoPai"])), (grupo_c, grupo_c));
}

// spec 3.6: `funilVenda` over `pipeline`
#[test]
fn of_two_funnels_the_one_that_differs_wins_and_funilvenda_before_pipeline() {
    let favo = Favo::start();
    let admin = favo.admin();
    for name in ["Sul", "Norte"] {
        admin
            .post("/pipeline", &json!({"nome": name, "sequencias": [{"nome": "Um"}, {"nome": "Dois"}]}))
            .ok();
    }
    let deal = opportunity(&admin);
    let mut echo = deal.clone();
    echo["funilVenda"] = json!({"nome": "Sul"});
    let deal = put(&admin, "/oportunidades", &deal, &echo).ok();
    assert_eq!((&deal["pipeline"], &deal["funilVenda"]["nome"]), (&json!("Sul"), &json!("Sul")));
    let mut echo = deal.clone();
    echo["pipeline"] = json!("Norte");
    let deal = put(&admin, "/oportunidades", &deal, &echo).ok();
    assert_eq!((&deal["pipeline"], &deal["funilVenda"]["nome"]), (&json!("Norte"), &json!("Norte")));
    let mut echo = deal.clone();
    echo["pipeline"] = json!("Sul");
    echo["funilVenda"] = json!({"nome": "Vendas"});
    let deal = put(&admin, "/oportunidades", &deal, &echo).ok();
    assert_eq!((&deal["pipeline"], &deal["funilVenda"]["nome"]), (&json!("Vendas"), &json!("Vendas")));
}

// spec 3.6: `etapaAtual` over `etapa`
#[test]
fn of_two_stages_the_one_that_differs_wins_and_etapaatual_before_etapa() {
    let favo = Favo::start();
    let admin = favo.admin();
    let funnel = json!({"nome": "Livre", "permitePularEtapa": true, "permiteRetornoEtapa": true,
        "sequencias": [{"nome": "Um"}, {"nome": "Dois"}, {"nome": "Três"}]});
    let funnel = admin.post("/pipeline", &funnel).ok();
    let stage = |at: usize| json!({"id": id(&funnel["sequencias"][at - 1])});
    let deal = json!({"nome": "Plano", "cliente": {"nome": "Aurora"}, "funilVenda": {"id": id(&funnel)}});
    let deal = admin.post("/oportunidades", &deal).ok();
    assert_eq!(deal["etapa"], 1);
    for (etapa, atual, shown) in [(2, stage(1), 2), (2, stage(3), 3), (1, stage(2), 2), (3, stage(2), 3)] {
        let body = json!({"etapa": etapa, "etapaAtual": atual});
        let changed = put(&admin, "/oportunidades", &deal, &body).ok();
        assert_eq!(changed["etapa"], shown, "{body}");
        assert_eq!(changed["etapaAtual"]["sequencia"], shown, "{body}");
    }
}

// spec 3.6
#[test]
fn of_two_spellings_of_a_flag_the_one_that_differs_wins() {
    let favo = Favo::start();
    let admin = favo.admin();
    let product = admin.post("/produto", &json!({"nome": "Plano", "valorBase": 1})).ok();
    for (one, two) in
        [("isDescontoPorcentual", "descontoPorcentual"), ("isComissaoPorcentual", "comissaoPorcentual")]
    {
        assert_eq!((&product[one], &product[two]), (&json!(false), &json!(false)));
        let changed = put(&admin, "/produto", &product, &json!({one: false, two: true})).ok();
        assert_eq!((&changed[one], &changed[two]), (&json!(true), &json!(true)));
        let changed = put(&admin, "/produto", &product, &json!({one: false, two: true})).ok();
        assert_eq!((&changed[one], &changed[two]), (&json!(false), &json!(false)));
    }
}

// spec 3.6, 1.7
#[test]
fn required_fields_can_be_ignored_in_both_spellings_on_every_resource() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let call = json!({"cliente": {"id": id(&made)}});
    let mut missing = admin.post("/tarefas", &call).refused();
    missing.sort();
    assert_eq!(missing, ["O campo dataLimite é obrigatório", "O campo titulo é obrigatório"]);
    assert_eq!(admin.post("/contatos", &json!({"cargo": "x"})).refused(), ["O campo nome é obrigatório"]);
    assert_eq!(admin.post("/contatos?ignorarCamposObrigatorios=false", &json!({})).status, 409);
    for flag in ["ignorarCamposObrigatorios=true", "ignoreRequiredFields=true"] {
        let made = admin.post(&format!("/contatos?{flag}"), &json!({"cargo": "x"})).ok();
        assert!(made.get("nome").is_none());
        assert!(admin.post(&format!("/tarefas?{flag}"), &call).ok().get("titulo").is_none());
    }
}

// spec 3.6
#[test]
fn duplicate_checks_and_tenant_rules_can_be_ignored_in_both_spellings() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Lia", "emails": ["lia@aurora.example"]});
    admin.post("/contatos", &body).ok();
    assert_eq!(admin.post("/contatos", &body).status, 409);
    let late = json!({"nome": "Plano", "cliente": {"nome": "Aurora"}, "etapa": 3});
    assert_eq!(admin.post("/oportunidades", &late).refused(), ["O funil não permite iniciar nesta etapa"]);
    for flag in ["ignorarValidacoes=true", "ignoreValidations=true"] {
        let other = contact(&admin, "Rui");
        assert_eq!(put(&admin, "/contatos", &other, &json!({"emails": ["lia@aurora.example"]})).status, 409);
        admin.post(&format!("/contatos?{flag}"), &body).ok();
        let changed =
            admin.put(&format!("/contatos/{}?{flag}", id(&other)), &json!({"emails": body["emails"]})).ok();
        assert_eq!(changed["email"], "lia@aurora.example");
        let deal = admin.post(&format!("/oportunidades?{flag}"), &late).ok();
        assert_eq!(deal["etapa"], 3);
        let deal = admin.put(&format!("/oportunidades/{}?{flag}", id(&deal)), &json!({"etapa": 1})).ok();
        assert_eq!(deal["etapa"], 1);
    }
}

// spec 3.6: an absent key takes its default
#[test]
fn keys_absent_on_create_take_their_defaults() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let cases = [
        (made.clone(), json!({"constante": 0, "ativo": true})),
        (opportunity(&admin), json!({"status": 1, "probabilidade": 10, "etapa": 1, "vendaBase": false})),
        (
            admin.post("/qualificacoes", &json!({"cliente": {"id": id(&made)}})).ok(),
            json!({"status": 1, "etapa": 1, "nome": "Padaria Aurora", "handRaised": false}),
        ),
        (task(&admin, &made, &json!({})), json!({"status": 0, "prioridade": 0, "tipo": 0})),
        (
            appointment(&admin, &made, &json!({})),
            json!({"status": 0, "diaInteiro": false, "dataFim": "2026-03-05T14:00:00.000Z"}),
        ),
        (
            admin.post("/produto", &json!({"nome": "Plano", "valorBase": 1})).ok(),
            json!({"ativo": true, "recorrencia": 0, "moeda": "BRL", "valorEditavel": true,
                "permiteDesconto": true}),
        ),
    ];
    for (made, defaults) in cases {
        for (key, value) in defaults.as_object().expect("an object") {
            assert_eq!(&made[key], value, "{key}");
        }
    }
}

// spec 3.7
#[test]
fn a_user_is_found_by_id_then_login_then_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let caio = favo.user("caio@demo.example", "seller");
    for (sent, found) in [
        (json!({"id": ana.user_id, "login": "caio@demo.example"}), ana.user_id),
        (json!({"id": NOBODY, "login": "caio@demo.example", "nome": "ana"}), caio.user_id),
        (json!({"id": NOBODY, "nome": "ana"}), ana.user_id),
        (json!({"login": "caio@demo.example"}), caio.user_id),
        (json!({"login": "ninguem@demo.example", "nome": "  ANA "}), ana.user_id),
        (json!({"nome": "Caio"}), caio.user_id),
    ] {
        let made = admin.post("/contatos", &json!({"nome": "Lia", "responsavel": sent})).ok();
        assert_eq!(made["responsavel"]["id"], found, "{sent}");
    }
}

// spec 3.7, 1.7
#[test]
fn a_relation_that_is_not_found_is_refused_with_the_value_sent() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (sent, value) in [
        (json!({"id": NOBODY}), "999999"),
        (json!({"login": "ninguem@demo.example"}), "ninguem@demo.example"),
        (json!({"nome": "Ninguém"}), "Ninguém"),
        (json!("Ninguém"), "Ninguém"),
    ] {
        let answer = admin.post("/contatos", &json!({"nome": "Lia", "responsavel": sent}));
        assert_eq!(answer.refused(), [format!("Responsavel não encontrado: {value}")]);
    }
    assert_eq!(admin.get("/contatos").ok(), json!([]));
}

// spec 3.7: several matches, the lowest id among the active ones
#[test]
fn of_several_users_of_one_name_the_first_active_one_is_taken() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = favo.user("ana@um.example", "seller");
    let second = favo.user("ana@dois.example", "seller");
    let made = admin.post("/contatos", &json!({"nome": "Lia", "responsavel": {"nome": "ana"}})).ok();
    assert_eq!(made["responsavel"]["id"], first.user_id);
    admin.delete(&format!("/usuario/{}", first.user_id)).ok();
    let made = admin.post("/contatos", &json!({"nome": "Rui", "responsavel": {"nome": "ana"}})).ok();
    assert_eq!(made["responsavel"]["id"], second.user_id);
}

// spec 3.7
#[test]
fn a_relation_never_edits_the_record_it_points_to() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let made = contact(&admin, "Padaria Aurora");
    let deal = json!({"nome": "Plano", "cliente": {"id": id(&made), "nome": "Outro nome", "cargo": "x",
        "ativo": false},
        "responsavel": {"id": ana.user_id, "nome": "Outra", "email": "x@x.example"}});
    let deal = admin.post("/oportunidades", &deal).ok();
    assert_eq!(deal["cliente"]["nome"], "Padaria Aurora");
    assert_eq!(deal["responsavel"], json!({"id": ana.user_id, "login": "ana@demo.example", "nome": "ana"}));
    let after = read(&admin, "/contatos", &made);
    assert_eq!(
        (&after["nome"], &after["ativo"], after.get("cargo")),
        (&json!("Padaria Aurora"), &json!(true), None)
    );
}

// spec 3.7: `autor` that is not found is the token user
#[test]
fn the_author_is_taken_when_found_and_is_the_token_user_otherwise() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    for (sent, author) in [
        (json!({"login": "ana@demo.example"}), ana.user_id),
        (json!({"id": NOBODY}), admin.user_id),
        (json!({"nome": "Ninguém"}), admin.user_id),
    ] {
        let made = admin.post("/contatos", &json!({"nome": "Lia", "autor": sent})).ok();
        assert_eq!(made["autor"]["id"], author, "{sent}");
        let changed = put(&admin, "/contatos", &made, &json!({"autor": {"id": ana.user_id}})).ok();
        assert_eq!(changed["autor"]["id"], author, "ignored on update");
    }
}

// spec 3.7: contact origin, segment and category are names, created when missing
#[test]
fn lookups_of_a_contact_are_created_once_and_found_ignoring_case() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (key, list) in [("origem", "/origem"), ("segmento", "/segmento"), ("categoria", "/categoria")] {
        let found = format!("{list}?nome=Zebra&exato=true");
        assert_eq!(admin.get(&found).ok(), json!([]));
        let first = admin.post("/contatos", &json!({"nome": "Lia", key: "Zebra"})).ok();
        assert_eq!(first[key], "Zebra");
        let second = admin.post("/contatos", &json!({"nome": "Rui", key: " zEBRA "})).ok();
        assert_eq!(second[key], "Zebra", "the name of the one that exists");
        let rows = admin.get(&found).ok();
        assert_eq!(rows.as_array().map(Vec::len), Some(1), "{list}");
        let object = format!("{key}Object");
        assert_eq!(first[&object]["id"], rows[0]["id"]);
        assert_eq!(second[&object], first[&object]);
    }
}

// spec 3.7: an opportunity's origin is created only when nothing but a name is given
#[test]
fn the_origin_of_an_opportunity_is_created_from_a_name_alone() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = |origem: Value| json!({"nome": "Plano", "cliente": {"nome": "Aurora"}, "origem": origem});
    let made = admin.post("/oportunidades", &deal(json!({"nome": "Zebra"}))).ok();
    let origin = json!({"id": id(&made["origem"]), "nome": "Zebra", "ativo": true});
    assert_eq!(made["origem"], origin);
    let again = admin.post("/oportunidades", &deal(json!({"id": origin["id"]}))).ok();
    assert_eq!(again["origem"], origin);
    let answer = admin.post("/oportunidades", &deal(json!({"id": NOBODY})));
    assert_eq!(answer.refused(), ["Origem não encontrado: 999999"]);
    assert_eq!(admin.post("/oportunidades", &deal(json!({"id": NOBODY, "nome": "Outra"}))).status, 409);
}

// spec 3.7, 4.11
#[test]
fn tags_come_by_id_name_or_text_and_missing_ones_are_created_for_both_kinds() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sul = admin.post("/lista", &json!({"nome": "Sul", "cor": "#2E8B57"})).ok();
    let body = json!({"nome": "Lia", "listas": [{"id": id(&sul)}, {"nome": "Feirão"}, "Balcão"]});
    let made = admin.post("/contatos", &body).ok();
    let names: Vec<&Value> =
        made["listas"].as_array().expect("tags").iter().map(|tag| &tag["nome"]).collect();
    assert_eq!(names, ["Sul", "Feirão", "Balcão"]);
    assert_eq!(made["listas"][0]["cor"], "#2E8B57");
    assert_eq!(made["lista"], "Sul", "the first of listas");
    for tag in [&made["listas"][1], &made["listas"][2]] {
        assert_eq!(read(&admin, "/lista", tag)["relacionada"], 2);
    }
    let deal = json!({"nome": "Plano", "cliente": {"id": id(&made)}, "listas": ["sul", "Novo"]});
    let deal = admin.post("/oportunidades", &deal).ok();
    assert_eq!(deal["listas"][0]["id"], sul["id"]);
    assert_eq!(deal["listas"][1]["nome"], "Novo");
}

// spec 3.7: contato `lista`
#[test]
fn the_older_lista_adds_a_tag_when_listas_is_absent() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = admin.post("/contatos", &json!({"nome": "Lia", "lista": "Sul"})).ok();
    let changed = put(&admin, "/contatos", &made, &json!({"lista": "Norte"})).ok();
    let names: Vec<&Value> =
        changed["listas"].as_array().expect("tags").iter().map(|tag| &tag["nome"]).collect();
    assert_eq!(names, ["Sul", "Norte"]);
    let changed = put(&admin, "/contatos", &made, &json!({"lista": "Leste", "listas": ["Oeste"]})).ok();
    assert_eq!(changed["listas"].as_array().map(Vec::len), Some(1));
    assert_eq!(changed["lista"], "Oeste");
}

// spec 3.7: tarefa `checklist`, `tipoLigacao`, `tarefaTipo`; compromisso `tipo`
#[test]
fn lookups_of_tasks_and_appointments_are_created_when_missing() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    for key in ["checklist", "tipoLigacao", "tarefaTipo"] {
        let first = task(&admin, &made, &json!({key: {"nome": "Zebra"}}));
        assert_eq!(first[key]["nome"], "Zebra");
        let second = task(&admin, &made, &json!({key: {"nome": "zebra"}}));
        assert_eq!(second[key]["id"], first[key]["id"], "{key}");
    }
    let first = appointment(&admin, &made, &json!({"tipo": {"nome": "Zebra"}}));
    let second = appointment(&admin, &made, &json!({"tipo": {"id": id(&first["tipo"])}}));
    assert_eq!(second["tipo"], json!({"id": id(&first["tipo"]), "nome": "Zebra"}));
}

// spec 3.7
#[test]
fn reasons_are_found_by_name_and_never_created() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    let lost = json!({"status": 3, "justificativas": [{"nome": "Zebra"}]});
    assert_eq!(
        put(&admin, "/oportunidades", &deal, &lost).refused(),
        ["Justificativas não encontrado: Zebra"]
    );
    let gone = json!({"status": 4, "motivoDescarte": {"nome": "Zebra"}});
    assert_eq!(
        put(&admin, "/oportunidades", &deal, &gone).refused(),
        ["MotivoDescarte não encontrado: Zebra"]
    );
    assert_eq!(read(&admin, "/oportunidades", &deal), deal);
    let lost = put(&admin, "/oportunidades", &deal, &json!({"justificativas": [{"nome": "preço"}]})).ok();
    assert_eq!(lost["justificativas"][0]["nome"], "Preço");
    let gone = put(&admin, "/oportunidades", &deal, &json!({"motivoDescarte": {"nome": "Duplicado"}})).ok();
    assert_eq!(gone["motivoDescarte"]["nome"], "Duplicado");
}

// spec 3.7, 4.3 Q2
#[test]
fn a_customer_is_created_from_a_name_on_opportunities_and_qualifications_only() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal =
        admin.post("/oportunidades", &json!({"nome": "Plano", "cliente": {"nome": "Mercado Ipê"}})).ok();
    assert_eq!(read(&admin, "/contatos", &deal["cliente"])["nome"], "Mercado Ipê");
    let lead = admin.post("/qualificacoes", &json!({"cliente": {"nome": " mercado ipê "}})).ok();
    assert_eq!(lead["cliente"]["id"], deal["cliente"]["id"], "found, not created again");
    let lead = admin.post("/qualificacoes", &json!({"cliente": {"nome": "Oficina Jacarandá"}})).ok();
    assert_eq!(read(&admin, "/contatos", &lead["cliente"])["constante"], 3);
    let nobody = json!({"nome": "Zebra"});
    let call = json!({"titulo": "Ligar", "cliente": nobody, "dataLimite": "2026-03-05"});
    assert_eq!(admin.post("/tarefas", &call).refused(), ["Cliente não encontrado: Zebra"]);
    let visit = json!({"assunto": "Visita", "cliente": nobody, "dataInicio": "2026-03-05"});
    assert_eq!(admin.post("/compromissos", &visit).refused(), ["Cliente não encontrado: Zebra"]);
    let deal =
        json!({"nome": "Plano", "cliente": {"id": id(&lead["cliente"])}, "contato": {"nome": "Zebra"}});
    assert_eq!(admin.post("/oportunidades", &deal).refused(), ["Contato não encontrado: Zebra"]);
    assert_eq!(admin.get("/contatos?nome=Zebra").ok(), json!([]));
}

// spec 3.7
#[test]
fn funnels_come_by_name_or_id_and_are_never_created() {
    let favo = Favo::start();
    let admin = favo.admin();
    let south = admin.post("/pipeline", &json!({"nome": "Vendas Sul", "sequencias": [{"nome": "Um"}]})).ok();
    let deal = |key: &str, value: Value| json!({"nome": "Plano", "cliente": {"nome": "Aurora"}, key: value});
    for (key, value) in [
        ("pipeline", json!("vendas sul")),
        ("funilVenda", json!({"id": id(&south)})),
        ("funilVenda", json!({"nome": "Vendas Sul"})),
        ("funilDeVenda", json!({"id": id(&south)})),
    ] {
        let made = admin.post("/oportunidades", &deal(key, value)).ok();
        assert_eq!(
            (&made["funilVenda"]["id"], &made["pipeline"]),
            (&south["id"], &json!("Vendas Sul")),
            "{key}"
        );
        assert!(made.get("funilDeVenda").is_none(), "write-only");
    }
    for (key, value) in [
        ("pipeline", json!("Zebra")),
        ("funilVenda", json!({"id": NOBODY})),
        ("funilDeVenda", json!("Zebra")),
    ] {
        assert_eq!(admin.post("/oportunidades", &deal(key, value)).refused().len(), 1, "{key}");
    }
}

// spec 3.7
#[test]
fn parent_accounts_and_employers_are_created_as_organisations_from_a_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    for key in ["contaPai", "empresaAtual"] {
        let made =
            admin.post("/contatos", &json!({"nome": "Lia", key: {"nome": format!("Zebra {key}")}})).ok();
        let other = read(&admin, "/contatos", &made[key]);
        assert_eq!((&other["nome"], &other["empresa"]), (&json!(format!("Zebra {key}")), &json!(true)));
        let again =
            admin.post("/contatos", &json!({"nome": "Rui", key: {"nome": format!("zebra {key}")}})).ok();
        assert_eq!(again[key]["id"], made[key]["id"]);
        let answer = admin.post("/contatos", &json!({"nome": "Eva", key: {"id": NOBODY}}));
        assert_eq!(answer.status, 409, "{key}");
    }
}

// spec 3.7
#[test]
fn product_categories_are_created_from_a_name_alone() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Plano", "valorBase": 1, "categoria": {"nome": "Zebra"},
        "subCategoria": {"nome": "Listrada"}});
    let made = admin.post("/produto", &body).ok();
    let category = json!({"id": id(&made["categoria"]), "nome": "Zebra", "ativo": true});
    assert_eq!(made["categoria"], category);
    assert_eq!(read(&admin, "/produtoCategoria", &category)["nome"], "Zebra");
    assert_eq!(read(&admin, "/produtoSubCategoria", &made["subCategoria"])["nome"], "Listrada");
    let answer =
        admin.post("/produto", &json!({"nome": "Outro", "valorBase": 1, "categoria": {"id": NOBODY}}));
    assert_eq!(answer.refused(), ["Categoria não encontrado: 999999"]);
}

// spec 3.7: corresponsaveis, equipesCorresponsaveis, lines
#[test]
fn owners_teams_and_products_that_are_not_found_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = |key: &str, value: Value| json!({"nome": "Plano", "cliente": {"nome": "Aurora"}, key: value});
    for (key, value) in [
        ("corresponsaveis", json!([{"id": NOBODY}])),
        ("equipesCorresponsaveis", json!([{"nome": "Zebra"}])),
        ("produtos", json!([{"refId": NOBODY}])),
        ("produtos", json!([{"nome": "Zebra"}])),
    ] {
        assert_eq!(admin.post("/oportunidades", &deal(key, value)).refused().len(), 1, "{key}");
    }
    assert_eq!(admin.get("/oportunidades").ok(), json!([]));
    let product =
        admin.post("/produto", &json!({"nome": "Plano Gestão", "codigo": "PG", "valorBase": 7})).ok();
    for line in [json!({"refId": id(&product)}), json!({"nome": "plano gestão"}), json!({"nome": "PG"})] {
        let made = admin.post("/oportunidades", &deal("produtos", json!([line]))).ok();
        assert_eq!(made["produtos"][0]["refId"], product["id"], "{line}");
    }
}

// spec 3.8 pending counters
#[test]
fn pending_counters_follow_the_state_of_what_is_linked() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let cliente = json!({"id": id(&made)});
    for status in 0..=3 {
        task(&admin, &made, &json!({"status": status}));
    }
    for status in 0..=2 {
        appointment(&admin, &made, &json!({"status": status}));
    }
    let mut open = Value::Null;
    for status in 1..=5 {
        open = admin
            .post("/oportunidades", &json!({"nome": "Plano", "cliente": cliente, "status": status}))
            .ok();
    }
    for status in 1..=6 {
        admin.post("/qualificacoes", &json!({"cliente": cliente, "status": status})).ok();
    }
    let after = read(&admin, "/contatos", &made);
    assert_eq!(after["tarefas"], 2, "status 0 and 3");
    assert_eq!(after["compromissos"], 1, "status 0");
    assert_eq!(after["oportunidades"], 2, "status 1 and 5");
    assert_eq!(after["qtdeQualificacoes"], 6, "all of them");
    put(&admin, "/oportunidades", &open, &json!({"status": 2})).ok();
    assert_eq!(read(&admin, "/contatos", &made)["oportunidades"], 1);
}

// spec 3.8: counters change without touching the record
#[test]
fn what_is_linked_to_a_record_does_not_move_its_update_instant() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    favo.advance(HOUR);
    task(&admin, &made, &json!({}));
    let after = read(&admin, "/contatos", &made);
    assert_eq!(
        (&after["tarefas"], &after["dataAtualizacao"]),
        (&json!(1), &json!("2026-03-02T12:00:00.000Z"))
    );
    let changed = put(&admin, "/contatos", &made, &json!({"cargo": "x"})).ok();
    assert_eq!(changed["dataAtualizacao"], "2026-03-02T13:00:00.000Z");
    assert_eq!(changed["dataCriacao"], "2026-03-02T12:00:00.000Z");
}

// spec 3.8 atividadesAtrasadas
#[test]
fn late_activities_are_pending_tasks_and_open_appointments_past_their_date() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    let client = &deal["cliente"];
    let of = json!({"id": id(&deal)});
    for (status, limit) in
        [(0, "2026-03-01"), (3, "2026-03-01"), (1, "2026-03-01"), (2, "2026-03-01"), (0, "2026-03-04")]
    {
        task(&admin, client, &json!({"oportunidade": of, "status": status, "dataLimite": limit}));
    }
    for (status, end) in
        [(0, "2026-03-02T08:59:00-03:00"), (1, "2026-03-02T08:59:00-03:00"), (0, "2026-03-04")]
    {
        let when = json!({"oportunidade": of, "status": status, "dataInicio": "2026-03-01", "dataFim": end});
        appointment(&admin, client, &when);
    }
    let after = read(&admin, "/oportunidades", &deal);
    assert_eq!(after["atividadesAtrasadas"], 3);
    assert_eq!((&after["tarefas"], &after["compromissos"]), (&json!(3), &json!(2)));
    favo.advance(3 * DAY);
    assert_eq!(read(&admin, "/oportunidades", &deal)["atividadesAtrasadas"], 5);
}

// spec 3.8 diasSemInteracao
#[test]
fn days_without_interaction_count_from_the_newest_real_interaction() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let call = task(&admin, &made, &json!({}));
    let visit = appointment(&admin, &made, &json!({}));
    let days = || read(&admin, "/contatos", &made)["diasSemInteracao"].clone();
    favo.advance(47 * HOUR);
    assert_eq!(days(), 1, "whole days");
    favo.advance(HOUR);
    assert_eq!(days(), 2);
    put(&admin, "/contatos", &made, &json!({"cargo": "x"})).ok();
    assert_eq!(days(), 2, "an edit is no interaction");
    put(&admin, "/tarefas", &call, &json!({"status": 1})).ok();
    assert_eq!(days(), 0, "a finished task");
    favo.advance(2 * DAY);
    assert_eq!(days(), 2);
    put(&admin, "/compromissos", &visit, &json!({"status": 2})).ok();
    assert_eq!(days(), 2, "a cancelled appointment is none");
}

// spec 3.8 diasSemInteracao
#[test]
fn a_held_appointment_is_an_interaction() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Padaria Aurora");
    let visit = appointment(
        &admin,
        &made,
        &json!({"dataInicio": "2026-03-05T09:00:00-03:00", "dataFim": "2026-03-05T09:00:00-03:00"}),
    );
    favo.advance(3 * DAY);
    assert_eq!(read(&admin, "/contatos", &made)["diasSemInteracao"], 3);
    put(&admin, "/compromissos", &visit, &json!({"status": 1})).ok();
    assert_eq!(read(&admin, "/contatos", &made)["diasSemInteracao"], 0);
}

// spec 3.8 diasEstagnacaoNaEtapa
#[test]
fn days_in_a_stage_count_from_its_entry_and_stop_at_the_conclusion() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = opportunity(&admin);
    assert_eq!(deal["stageEntryDate"], "2026-03-02T12:00:00.000Z");
    favo.advance(3 * DAY);
    assert_eq!(read(&admin, "/oportunidades", &deal)["diasEstagnacaoNaEtapa"], 3);
    let moved = put(&admin, "/oportunidades", &deal, &json!({"etapa": 2})).ok();
    assert_eq!(moved["stageEntryDate"], "2026-03-05T12:00:00.000Z");
    assert_eq!(moved["diasEstagnacaoNaEtapa"], 0);
    favo.advance(2 * DAY);
    put(&admin, "/oportunidades", &deal, &json!({"status": 2})).ok();
    favo.advance(4 * DAY);
    assert_eq!(read(&admin, "/oportunidades", &deal)["diasEstagnacaoNaEtapa"], 2);
}

// spec 3.8
#[test]
fn the_main_email_and_phone_are_the_first_of_their_lists() {
    let favo = Favo::start();
    let body = json!({"nome": "Lia", "emails": ["b@x.example", "a@x.example"], "telefones": ["2", "1"]});
    let made = favo.admin().post("/contatos", &body).ok();
    assert_eq!((&made["email"], &made["emailPrincipal"]), (&json!("b@x.example"), &json!("b@x.example")));
    assert_eq!((&made["telefone"], &made["telefonePrincipal"]), (&json!("2"), &json!("2")));
}

// spec 3.9
#[test]
fn custom_values_are_shown_by_label_as_text_and_by_alias_as_objects() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (label, tipo) in
        [("Data da visita", 2), ("Número", 0), ("Preço médio", 3), ("Aprovado", 4), ("Vazio", 1)]
    {
        admin
            .post("/campoPersonalizado", &json!({"nome": label, "tipo": tipo, "relacionado": "Contato"}))
            .ok();
    }
    let body = json!({"nome": "Lia", "camposPersonalizados": {
        "Data da visita": "20/02/2026", "Número": 3, "Preço médio": 1250.5, "Aprovado": true}});
    let made = admin.post("/contatos", &body).ok();
    let shown =
        json!({"Data da visita": "20/02/2026", "Número": "3", "Preço médio": "1250.5", "Aprovado": "true"});
    assert_eq!(made["camposPersonalizados"], shown);
    let objects = made["camposPersonalizadosObject"].as_object().expect("an object");
    assert_eq!(objects.len(), 4);
    for (alias, label) in [
        ("data_da_visita", "Data da visita"),
        ("numero", "Número"),
        ("preco_medio", "Preço médio"),
        ("aprovado", "Aprovado"),
    ] {
        let entry = &objects[alias];
        assert_eq!(entry, &json!({"id": id(entry), "valor": shown[label]}));
    }
}

// spec 3.9
#[test]
fn a_custom_label_is_matched_ignoring_case_and_its_alias_works_too() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/campoPersonalizado", &json!({"nome": "Preço Médio", "relacionado": "Contato"})).ok();
    let made = contact(&admin, "Lia");
    for key in ["Preço Médio", "PREÇO médio", "preco_medio"] {
        let changed =
            put(&admin, "/contatos", &made, &json!({"camposPersonalizados": {key: format!("por {key}")}}))
                .ok();
        assert_eq!(changed["camposPersonalizados"], json!({"Preço Médio": format!("por {key}")}));
    }
    let alias = admin.get("/campoPersonalizado?relacionado=Contato").ok()[0]["alias"].clone();
    assert_eq!(alias, "preco_medio", "spec 4.18 F1");
}

// spec 3.9
#[test]
fn a_custom_date_in_any_form_is_normalised_and_other_text_is_kept() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/campoPersonalizado", &json!({"nome": "Visita", "tipo": 2, "relacionado": "Contato"})).ok();
    admin.post("/campoPersonalizado", &json!({"nome": "Nota", "tipo": 1, "relacionado": "Contato"})).ok();
    let made = contact(&admin, "Lia");
    for (sent, shown) in [
        (json!("2026-02-20"), "20/02/2026"),
        (json!("20/02/2026"), "20/02/2026"),
        (json!("20/02/2026 17:05"), "20/02/2026"),
        (json!("2026-02-20T17:05:09.123-03:00"), "20/02/2026"),
        (json!("2026-02-20T15:00:00.000Z"), "20/02/2026"),
        (json!("a combinar"), "a combinar"),
    ] {
        let changed =
            put(&admin, "/contatos", &made, &json!({"camposPersonalizados": {"Visita": sent}})).ok();
        assert_eq!(changed["camposPersonalizados"]["Visita"], shown, "from {sent}");
    }
    let note = json!({"camposPersonalizados": {"Nota": "  meio  dia "}});
    assert_eq!(put(&admin, "/contatos", &made, &note).ok()["camposPersonalizados"]["Nota"], "  meio  dia ");
}

// spec 3.9
#[test]
fn several_custom_options_are_joined_by_a_semicolon() {
    let favo = Favo::start();
    let admin = favo.admin();
    let field =
        json!({"nome": "Dias", "tipo": 11, "relacionado": "Contato", "opcoes": ["Seg", "Ter", "Qua"]});
    admin.post("/campoPersonalizado", &field).ok();
    let made = admin
        .post("/contatos", &json!({"nome": "Lia", "camposPersonalizados": {"Dias": ["Seg", "Qua"]}}))
        .ok();
    assert_eq!(made["camposPersonalizados"], json!({"Dias": "Seg;Qua"}));
    let changed = put(&admin, "/contatos", &made, &json!({"camposPersonalizados": {"Dias": "Ter;Seg"}})).ok();
    assert_eq!(changed["camposPersonalizados"], json!({"Dias": "Ter;Seg"}));
}

// spec 3.9, 1.9 campos_estritos
#[test]
fn an_unknown_custom_label_is_ignored_and_refused_under_campos_estritos() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/campoPersonalizado", &json!({"nome": "Porte", "relacionado": "Contato"})).ok();
    admin.post("/campoPersonalizado", &json!({"nome": "Prazo", "relacionado": "Oportunidade"})).ok();
    let body = json!({"nome": "Lia", "camposPersonalizados": {"Porte": "M", "Prazo": "x", "Zebra": "y"}});
    assert_eq!(admin.post("/contatos", &body).ok()["camposPersonalizados"], json!({"Porte": "M"}));
    favo.switch("campos_estritos", "true");
    assert!(!admin.post("/contatos", &body).refused().is_empty());
    let known = json!({"nome": "Rui", "camposPersonalizados": {"porte": "M"}});
    assert_eq!(admin.post("/contatos", &known).ok()["camposPersonalizados"], json!({"Porte": "M"}));
}

// spec 3.9, 1.9 opcoes_estritas
#[test]
fn unlisted_options_pass_and_are_refused_under_opcoes_estritas() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (label, tipo) in [("Lista", 5), ("Radio", 7), ("Caixas", 11)] {
        let field = json!({"nome": label, "tipo": tipo, "relacionado": "Contato", "opcoes": ["P", "M"]});
        admin.post("/campoPersonalizado", &field).ok();
    }
    admin.post("/campoPersonalizado", &json!({"nome": "Texto", "tipo": 1, "relacionado": "Contato"})).ok();
    let values = |label: &str, value: &str| json!({"nome": "Lia", "camposPersonalizados": {label: value}});
    for label in ["Lista", "Radio", "Caixas"] {
        let made = admin.post("/contatos", &values(label, "Zebra")).ok();
        assert_eq!(made["camposPersonalizados"][label], "Zebra");
    }
    favo.switch("opcoes_estritas", "true");
    for label in ["Lista", "Radio", "Caixas"] {
        assert!(!admin.post("/contatos", &values(label, "Zebra")).refused().is_empty(), "{label}");
        admin.post("/contatos", &values(label, "M")).ok();
    }
    admin.post("/contatos", &values("Caixas", "P;M")).ok();
    assert_eq!(admin.post("/contatos", &values("Caixas", "P;Zebra")).status, 409);
    admin.post("/contatos", &values("Texto", "Zebra")).ok();
}

// spec 3.9
#[test]
fn a_mandatory_custom_field_is_required_on_create_of_its_entity() {
    let favo = Favo::start();
    let admin = favo.admin();
    let before = contact(&admin, "Antes da regra");
    admin
        .post("/campoPersonalizado", &json!({"nome": "Porte", "relacionado": "Contato", "obrigatorio": true}))
        .ok();
    assert_eq!(admin.post("/contatos", &json!({"nome": "Lia"})).refused().len(), 1);
    for flag in ["ignorarCamposObrigatorios", "ignoreRequiredFields"] {
        admin.post(&format!("/contatos?{flag}=true"), &json!({"nome": "Lia"})).ok();
    }
    admin.post("/contatos", &json!({"nome": "Lia", "camposPersonalizados": {"Porte": "M"}})).ok();
    put(&admin, "/contatos", &before, &json!({"cargo": "x"})).ok();
    admin.post("/oportunidades", &json!({"nome": "Plano", "cliente": {"id": id(&before)}})).ok();
}

// spec 3.9, 4.18: every entity with custom fields
#[test]
fn custom_fields_work_on_every_entity_that_has_them() {
    let favo = Favo::start();
    let admin = favo.admin();
    let cliente = json!({"id": id(&contact(&admin, "Padaria Aurora"))});
    let start = "2026-03-05T10:00:00-03:00";
    for (entity, list, body) in [
        ("Contato", "/contatos", json!({"nome": "Lia"})),
        ("Oportunidade", "/oportunidades", json!({"nome": "Plano", "cliente": cliente})),
        ("Tarefa", "/tarefas", json!({"titulo": "Ligar", "cliente": cliente, "dataLimite": start})),
        (
            "Compromisso",
            "/compromissos",
            json!({"assunto": "Visita", "cliente": cliente, "dataInicio": start}),
        ),
        ("Qualificacao", "/qualificacoes", json!({"cliente": cliente})),
        ("Produto", "/produto", json!({"nome": "Plano", "valorBase": 1})),
    ] {
        let bare = admin.post(list, &body).ok();
        assert_eq!(
            (&bare["camposPersonalizados"], &bare["camposPersonalizadosObject"]),
            (&json!({}), &json!({}))
        );
        let label = format!("Nota de {entity}");
        admin.post("/campoPersonalizado", &json!({"nome": label, "relacionado": entity})).ok();
        let changed = put(&admin, list, &bare, &json!({"camposPersonalizados": {&label: 9}})).ok();
        assert_eq!(changed["camposPersonalizados"], json!({&label: "9"}), "{list}");
        let alias = format!("nota_de_{}", entity.to_lowercase());
        assert_eq!(changed["camposPersonalizadosObject"][&alias]["valor"], "9", "{list}");
        assert_eq!(read(&admin, list, &bare), changed);
    }
}
