//! Opportunities on the NectarCRM wire: spec 4.2 with its rules O1 to O12 and filters,
//! and 4.31 to 4.33 for them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Favo};

const START_OUT: &str = "2026-03-02T12:00:00.000Z";
const STAGE_UNKNOWN: &str = "A etapa 9 não existe no funil Vendas";
const NO_SKIP: &str = "O funil não permite pular etapas";
const NO_RETURN: &str = "O funil não permite retornar etapas";
const NO_LATE_START: &str = "O funil não permite iniciar nesta etapa";
const PRODUCT_MISSING: &str = "É obrigatório adicionar produto na oportunidade nesta etapa";
const PROPOSAL_MISSING: &str = "É obrigatório gerar proposta nesta etapa";
const REMARKS_MISSING: &str = "As considerações são obrigatórias";
const REASON_MISSING: &str = "O motivo é obrigatório";
const BLOCKED: &str = "A conclusão da oportunidade está bloqueada";

fn days(count: u64) -> Duration {
    Duration::from_hours(count * 24)
}

fn id(record: &Value) -> i64 {
    record["id"].as_i64().expect("a numeric id at the root")
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().expect("a bare array").iter().map(id).collect()
}

/// The `nome` of every row, in the order of the answer.
fn names(list: &Value) -> Vec<String> {
    let rows = list.as_array().expect("a bare array");
    rows.iter().map(|row| row["nome"].as_str().expect("a name").to_owned()).collect()
}

/// Percent-encodes everything but letters and digits.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

/// The same document with every number as a float, so that 900 equals 900.0.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, item)| (key.clone(), plain(item))).collect())
        }
        other => other.clone(),
    }
}

fn includes(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(have), Value::Object(want)) => {
            want.iter().all(|(key, value)| have.get(key).is_some_and(|found| includes(found, value)))
        }
        (Value::Array(have), Value::Array(want)) => {
            have.len() == want.len() && have.iter().zip(want).all(|(left, right)| includes(left, right))
        }
        _ => plain(actual) == plain(expected),
    }
}

/// Every key of `expected` is in `actual` with that value; arrays have the same length.
#[track_caller]
fn assert_includes(actual: &Value, expected: &Value) {
    assert!(includes(actual, expected), "\nactual   {actual}\nexpected {expected}");
}

#[track_caller]
fn assert_number(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap_or_else(|| panic!("{value} is no number, expected {expected}"));
    assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
}

fn contact(client: &Client, name: &str) -> i64 {
    id(&client.post("/contatos", &json!({"nome": name})).ok())
}

/// An opportunity of that name with these further keys; its customer "Acme" is created on first use.
#[track_caller]
fn opportunity(client: &Client, name: &str, more: Value) -> Value {
    client.post("/oportunidades", &body(name, more)).ok()
}

fn body(name: &str, more: Value) -> Value {
    merged(json!({"nome": name, "cliente": {"nome": "Acme"}}), more)
}

fn product(client: &Client, name: &str, price: f64, more: Value) -> i64 {
    id(&client.post("/produto", &merged(json!({"nome": name, "valorBase": price}), more)).ok())
}

/// The keys of both objects; the second one wins.
fn merged(base: Value, more: Value) -> Value {
    let (Value::Object(mut whole), Value::Object(more)) = (base, more) else { panic!("two objects") };
    whole.extend(more);
    Value::Object(whole)
}

/// The funnel of that exact name.
fn funnel(client: &Client, name: &str) -> Value {
    let list = client.get("/pipeline?page=-1").ok();
    let found = list.as_array().expect("a bare array").iter().find(|funnel| funnel["nome"] == name);
    found.unwrap_or_else(|| panic!("no funnel {name}: {list}")).clone()
}

fn change(client: &Client, record: &Value, body: &Value) -> Value {
    client.put(&format!("/oportunidades/{}", id(record)), body).ok()
}

fn refused(client: &Client, record: &Value, body: &Value) -> Vec<String> {
    client.put(&format!("/oportunidades/{}", id(record)), body).refused()
}

fn read(client: &Client, record: &Value) -> Value {
    client.get(&format!("/oportunidades/{}", id(record))).ok()
}

/// The names of the rows that `GET /oportunidades?{query}` answers.
#[track_caller]
fn listed(client: &Client, query: &str) -> Vec<String> {
    names(&client.get(&format!("/oportunidades?{query}")).ok())
}

// spec 4.2, the Create and Read examples
#[test]
fn the_documented_create_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let bruna = favo.user("bruna@aurora.example", "administrator");
    let stages = json!([{"nome": "Contato", "prazo": 2}, {"nome": "Visita", "prazo": 5,
        "produtoObrigatorio": true},
        {"nome": "Proposta", "prazo": 10, "gerarProposta": true}]);
    let south = json!({"nome": "Vendas Sul", "tipo": 0, "padrao": true, "sequencias": stages});
    let south = admin.post("/pipeline", &south).ok();
    let field = json!({"nome": "Data da visita", "tipo": 2, "relacionado": "Oportunidade"});
    admin.post("/campoPersonalizado", &field).ok();
    let plan = json!({"codigo": "PG", "recorrencia": 1, "categoria": {"nome": "Assinaturas"}});
    let plan = product(&admin, "Plano Gestão", 120.5, plan);
    let setup = product(&admin, "Implantação", 900.0, json!({}));
    let bakery = bruna.post(
        "/contatos",
        &json!({"nome": "Padaria Aurora", "codigo": "AUR-20", "empresa": true,
        "razaoSocial": "Aurora Pães Ltda", "cnpj": "11.222.333/0001-44", "emails": ["contato@aurora.example"],
        "telefones": ["+5548999990001"], "origem": "Feira", "contatos": [{"nome": "Lia Campos"}]}),
    );
    let bakery = bakery.ok();
    let lia = id(&bakery["contatos"][0]);

    let created = bruna.post("/oportunidades", &json!({
        "nome": "Aurora: plano anual", "cliente": {"id": id(&bakery)}, "contato": {"id": lia},
        "responsavel": {"id": bruna.user_id}, "pipeline": "Vendas Sul", "etapa": 1, "status": 1,
        "probabilidade": 75,
        "origem": {"nome": "Feira"},
        "produtos": [{"refId": plan, "quantidade": 3, "valorUnitario": 120.5, "desconto": 10,
        "isDescontoPorcentual": true},
            {"refId": setup}],
        "camposPersonalizados": {"Data da visita": "20/02/2026"}, "dataLimite": "2026-04-30T00:00:00-03:00"
    }));
    let created = created.ok();
    favo.advance(days(2));
    let moved = change(&bruna, &created, &json!({"etapa": 2}));
    favo.advance(days(4));
    let seen = read(&bruna, &created);

    let user = json!({"id": bruna.user_id, "login": "bruna@aurora.example", "nome": "bruna"});
    assert_includes(
        &seen,
        &json!({
            "id": id(&created), "codigo": created["codigo"], "nome": "Aurora: plano anual", "status": 1,
            "isProrrogada": false,
            "contatoPrincipal": {"id": lia, "nome": "Lia Campos", "empresa": false, "isEmpresa": false,
            "ativo": true},
            "responsavel": user, "autor": user, "autorAtualizacao": user,
            "etapa": 2, "etapaNome": "Visita", "stageEntryDate": "2026-03-04T12:00:00.000Z",
            "diasEstagnacaoNaEtapa": 4,
            "probabilidade": 75, "temperatura": "Muito Quente",
            "valorAvulso": 900, "valorMensal": 325.35, "valorTotal": 1225.35, "valorTotalDescontos": 36.15,
            "quantidadeProdutos": 2,
        }),
    );
    assert_includes(
        &seen["produtos"],
        &json!([
            {"refId": plan, "nome": "Plano Gestão", "codigo": "PG", "quantidade": 3, "recorrencia": 1,
             "quantidadeRecorrencia": 1, "valorUnitario": 120.5, "desconto": 10, "isDescontoPorcentual": true,
             "acrescimo": 0, "acrescimoPercentual": false, "valorTotal": 325.35, "sequencia": 0,
             "moeda": "BRL", "grupoNome": "Assinaturas",
             "produto": {"id": plan, "nome": "Plano Gestão", "ativo": true, "categoria": "Assinaturas"}},
            {"refId": setup, "nome": "Implantação", "quantidade": 1, "recorrencia": 0,
             "quantidadeRecorrencia": 1, "valorUnitario": 900, "desconto": 0, "isDescontoPorcentual": false,
             "acrescimo": 0, "acrescimoPercentual": false, "valorTotal": 900, "sequencia": 1, "moeda": "BRL",
             "produto": {"id": setup, "nome": "Implantação", "ativo": true}}]),
    );
    assert_includes(
        &seen,
        &json!({
            "origem": {"nome": "Feira", "ativo": true}, "listas": [], "justificativas": [],
            "justificativasOpcoes": [],
            "vendaBase": false, "bloquearProposta": false, "bloquearConclusao": false,
            "corresponsaveis": [], "equipesCorresponsaveis": [],
            "camposPersonalizados": {"Data da visita": "20/02/2026"},
            "camposPersonalizadosObject": {"data_da_visita": {"valor": "20/02/2026"}},
            "tarefas": 0, "compromissos": 0, "atividadesAtrasadas": 0, "diasSemInteracao": 6,
            "dataLimite": "2026-04-30T03:00:00.000Z", "dataCriacao": START_OUT,
            "dataAtualizacao": "2026-03-04T12:00:00.000Z"
        }),
    );
    // The nested shapes of 3.10, whole.
    assert_eq!(
        plain(&seen["cliente"]),
        plain(&json!({
            "id": id(&bakery), "codigo": "AUR-20", "nome": "Padaria Aurora",
            "razaoSocial": "Aurora Pães Ltda",
            "cnpj": "11.222.333/0001-44", "telefone": "+5548999990001", "telefonePrincipal": "+5548999990001",
            "email": "contato@aurora.example", "emailPrincipal": "contato@aurora.example", "empresa": true,
            "isEmpresa": true, "ativo": true, "diasSemInteracao": seen["cliente"]["diasSemInteracao"],
            "origem": "Feira"
        }))
    );
    assert_eq!(seen["contato"], json!({"id": lia, "nome": "Lia Campos"}));
    assert_eq!(seen["pipeline"], "Vendas Sul");
    assert_eq!(
        seen["funilVenda"],
        json!({"id": id(&south), "nome": "Vendas Sul", "padrao": true, "tipo": 0,
        "cascataCicloVida": 0})
    );
    assert_eq!(
        seen["etapaAtual"],
        json!({"id": id(&south["sequencias"][1]), "nome": "Visita", "sequencia": 2,
        "prazo": 5, "gerarProposta": false, "produtoObrigatorio": true})
    );
    assert_eq!(ids(&seen["produtos"]), ids(&moved["produtos"]), "line ids survive a move");
}

// spec 4.2, 3.6 and 3.4: defaults of an absent key; keys without a value are absent
#[test]
fn a_create_with_a_name_and_a_customer_takes_every_default() {
    let favo = Favo::start();
    let admin = favo.admin();
    let customer = contact(&admin, "Acme");
    let created = opportunity(&admin, "Curta", json!({}));
    assert_includes(
        &created,
        &json!({"nome": "Curta", "status": 1, "isProrrogada": false, "probabilidade": 10,
        "temperatura": "Frio", "cliente": {"id": customer, "nome": "Acme"},
        "contatoPrincipal": {"id": customer},
        "pipeline": "Vendas", "etapa": 1, "etapaNome": "Prospecção", "stageEntryDate": START_OUT,
        "diasEstagnacaoNaEtapa": 0, "produtos": [], "quantidadeProdutos": 0, "listas": [],
        "justificativas": [],
        "justificativasOpcoes": [], "corresponsaveis": [], "equipesCorresponsaveis": [], "vendaBase": false,
        "bloquearProposta": false, "bloquearConclusao": false, "tarefas": 0, "compromissos": 0,
        "atividadesAtrasadas": 0, "diasSemInteracao": 0, "dataCriacao": START_OUT,
        "dataAtualizacao": START_OUT}),
    );
    assert_eq!(created["camposPersonalizados"], json!({}));
    assert_eq!(created["camposPersonalizadosObject"], json!({}));
    for absent in
        ["contato", "dataLimite", "dataConclusao", "autorConclusao", "motivoDescarte", "observacao", "origem"]
    {
        assert!(created.get(absent).is_none(), "{absent} has no value: {created}");
    }
    for write_only in ["queue", "funilDeVenda", "departamento"] {
        assert!(created.get(write_only).is_none(), "{write_only} is never answered");
    }
}

// spec 1.5, Appendix B 2: create, update and delete answer 200 with the object that read answers
#[test]
fn every_write_answers_the_object_that_read_answers() {
    let favo = Favo::start();
    let admin = favo.admin();
    let created = opportunity(&admin, "Objeto", json!({"observacao": "a"}));
    assert_eq!(created, read(&admin, &created));
    let updated = change(&admin, &created, &json!({"observacao": "b"}));
    assert_eq!(updated, read(&admin, &created));
    assert_eq!(admin.get("/oportunidades").ok(), json!([updated]));
    let removed = admin.delete(&format!("/oportunidades/{}", id(&created))).ok();
    assert_eq!(removed, updated);
    let gone = admin.get(&format!("/oportunidades/{}", id(&created)));
    assert_eq!((gone.status, gone.json()), (404, json!({"message": "Registro não encontrado"})));
    assert_eq!(admin.get("/oportunidades").ok(), json!([]));
}

// spec 4.2 and 1.7: required fields, all problems reported together
#[test]
fn a_create_without_name_and_customer_names_both_fields() {
    let favo = Favo::start();
    let mut messages = favo.admin().post("/oportunidades", &json!({})).refused();
    messages.sort();
    assert_eq!(messages, ["O campo cliente é obrigatório", "O campo nome é obrigatório"]);
}

// spec 3.5: clearing a required field
#[test]
fn clearing_the_name_or_the_customer_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "Fica", json!({}));
    assert_eq!(refused(&admin, &record, &json!({"nome": ""})), ["O campo nome é obrigatório"]);
    assert_eq!(refused(&admin, &record, &json!({"cliente": null})), ["O campo cliente é obrigatório"]);
    assert_eq!(read(&admin, &record), record);
}

// spec O1, 3.7: id, then login, then name
#[test]
fn the_owner_is_found_by_id_login_or_name_and_defaults_to_the_token_user() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    assert_eq!(id(&opportunity(&admin, "a", json!({}))["responsavel"]), admin.user_id);
    let spellings = [
        json!({"id": caio.user_id}),
        json!({"id": caio.user_id.to_string()}),
        json!({"login": "CAIO@demo.example"}),
        json!({"nome": " Caio "}),
        json!({"id": 999_999, "login": "caio@demo.example"}),
        json!(caio.user_id),
        json!("caio"),
    ];
    for spelling in spellings {
        let record = opportunity(&admin, "b", json!({"responsavel": spelling}));
        let expected = json!({"id": caio.user_id, "login": "caio@demo.example", "nome": "caio"});
        assert_eq!(record["responsavel"], expected, "written as {spelling}");
    }
    let refused =
        admin.post("/oportunidades", &body("c", json!({"responsavel": {"login": "x@y.example"}}))).refused();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].contains("não encontrado"), "{refused:?}");
}

// spec O1, 1.9
#[test]
fn exigir_responsavel_refuses_a_create_without_an_owner() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("exigir_responsavel", "true");
    let messages = admin.post("/oportunidades", &body("Sem dono", json!({}))).refused();
    assert_eq!(messages, ["Nenhum responsável foi selecionado"]);
    opportunity(&admin, "Com dono", json!({"responsavel": {"id": admin.user_id}}));
    favo.switch("exigir_responsavel", "false");
    opportunity(&admin, "Sem dono", json!({}));
}

// spec O1 and U2: a queue wins over responsavel, and an unknown one is 409
#[test]
fn an_unknown_queue_refuses_the_create() {
    let favo = Favo::start();
    let admin = favo.admin();
    let owner = json!({"queue": {"id": 4321}, "responsavel": {"id": admin.user_id}});
    admin.post("/oportunidades", &body("Fila", json!({"queue": {"id": 4321}}))).refused();
    admin.post("/oportunidades", &body("Fila", owner)).refused();
    assert_eq!(admin.get("/oportunidades").ok(), json!([]));
}

// spec 3.5
#[test]
fn clearing_the_owner_restores_the_default_owner() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    let record = opportunity(&admin, "Troca", json!({"responsavel": {"id": caio.user_id}}));
    let cleared = change(&admin, &record, &json!({"responsavel": null}));
    assert_eq!(id(&cleared["responsavel"]), admin.user_id);
}

// spec 4.2 `autor`, 3.7: resolvable on create, else the token user; never changed later
#[test]
fn the_author_may_be_named_on_create_only() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    let named = opportunity(&admin, "a", json!({"autor": {"login": "caio@demo.example"}}));
    assert_eq!(id(&named["autor"]), caio.user_id);
    let unknown = opportunity(&admin, "b", json!({"autor": {"login": "x@y.example"}}));
    assert_eq!(id(&unknown["autor"]), admin.user_id);
    let kept = change(&admin, &named, &json!({"autor": {"id": admin.user_id}, "observacao": "x"}));
    assert_eq!(id(&kept["autor"]), caio.user_id);
    assert_eq!(id(&kept["autorAtualizacao"]), admin.user_id);
}

// spec O2
#[test]
fn the_code_is_a_decimal_text_counted_up() {
    let favo = Favo::start();
    let admin = favo.admin();
    let code =
        |record: &Value| -> u64 { record["codigo"].as_str().expect("a text").parse().expect("a decimal") };
    let first = opportunity(&admin, "a", json!({"codigo": "mine"}));
    opportunity(&favo.other_tenant(), "b", json!({}));
    let second = opportunity(&admin, "c", json!({}));
    assert_eq!(code(&second), code(&first) + 1, "each tenant counts for itself");
    assert_eq!(change(&admin, &first, &json!({"codigo": "7777"}))["codigo"], first["codigo"], "read-only");
}

// spec O3
#[test]
fn the_funnel_is_found_by_each_of_its_three_spellings() {
    let favo = Favo::start();
    let admin = favo.admin();
    let other =
        admin.post("/pipeline", &json!({"nome": "Parcerias", "sequencias": [{"nome": "Início"}]})).ok();
    let spellings = [
        json!({"funilVenda": {"id": id(&other)}}),
        json!({"funilVenda": {"nome": "Parcerias"}}),
        json!({"funilDeVenda": {"id": id(&other)}}),
        json!({"funilDeVenda": {"nome": "parcerias"}}),
        json!({"pipeline": "Parcerias"}),
        json!({"pipeline": "PARCERIAS"}),
        json!({"funilVenda": {"id": id(&other)}, "pipeline": "Vendas"}),
    ];
    for spelling in spellings {
        let record = opportunity(&admin, "f", spelling.clone());
        assert_eq!(id(&record["funilVenda"]), id(&other), "written as {spelling}");
        assert_eq!(record["pipeline"], "Parcerias");
    }
}

// spec O3: the active default funnel, else the active one with the lowest id
#[test]
fn without_a_funnel_the_default_and_then_the_oldest_active_one_is_taken() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sales = funnel(&admin, "Vendas");
    let first = admin.post("/pipeline", &json!({"nome": "B", "sequencias": [{"nome": "Um"}]})).ok();
    admin.post("/pipeline", &json!({"nome": "A", "sequencias": [{"nome": "Um"}]})).ok();
    assert_eq!(opportunity(&admin, "a", json!({}))["pipeline"], "Vendas");
    admin.put(&format!("/pipeline/{}", id(&sales)), &json!({"ativo": false})).ok();
    assert_eq!(id(&opportunity(&admin, "b", json!({}))["funilVenda"]), id(&first));
}

// spec O3
#[test]
fn an_unknown_inactive_or_qualification_funnel_is_refused_on_create() {
    let favo = Favo::start();
    let admin = favo.admin();
    let off = json!({"nome": "Antigo", "ativo": false, "sequencias": [{"nome": "Um"}]});
    let off = admin.post("/pipeline", &off).ok();
    let missing = admin.post("/oportunidades", &body("a", json!({"pipeline": "Nenhum"}))).refused();
    assert!(missing[0].contains("não encontrado: Nenhum"), "{missing:?}");
    for funnel in [json!({"nome": "Pré-venda"}), json!({"id": id(&off)}), json!({"id": 987_654})] {
        admin.post("/oportunidades", &body("a", json!({"funilVenda": funnel}))).refused();
    }
    assert_eq!(admin.get("/oportunidades").ok(), json!([]));
}

// spec 3.6: the key whose value differs from the stored one wins
#[test]
fn of_pipeline_and_funil_venda_the_changed_one_wins_on_update() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/pipeline", &json!({"nome": "Parcerias", "sequencias": [{"nome": "Início"}]})).ok();
    let mut echo = opportunity(&admin, "Eco", json!({}));
    echo["pipeline"] = json!("Parcerias");
    let changed = change(&admin, &echo, &echo);
    assert_eq!(
        (&changed["pipeline"], &changed["funilVenda"]["nome"]),
        (&json!("Parcerias"), &json!("Parcerias"))
    );
    assert_eq!((&changed["etapa"], &changed["etapaNome"]), (&json!(1), &json!("Início")));
    let mut both = changed.clone();
    both["pipeline"] = json!("Nenhum");
    both["funilVenda"] = json!({"nome": "Vendas"});
    assert_eq!(change(&admin, &changed, &both)["pipeline"], "Vendas", "when both differ, funilVenda");
}

// spec 3.5: clearing these four is ignored
#[test]
fn clearing_funnel_or_stage_is_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "Fixa", json!({}));
    let cleared = json!({"funilVenda": null, "pipeline": "", "etapa": null, "etapaAtual": {}});
    assert_eq!(change(&admin, &record, &cleared), record);
}

// spec O4, Appendix B 7
#[test]
fn etapa_is_the_sequence_number_and_never_an_id() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Dez", "sequencia": 110}, {"nome": "Vinte", "sequencia": 220}]);
    let numbered = json!({"nome": "Saltos", "iniciarQualquerEtapa": true, "sequencias": stages});
    let numbered = admin.post("/pipeline", &numbered).ok();
    let last = &numbered["sequencias"][1];
    let lowest = opportunity(&admin, "a", json!({"pipeline": "Saltos"}));
    assert_eq!((&lowest["etapa"], &lowest["etapaNome"]), (&json!(110), &json!("Dez")));
    let second = opportunity(&admin, "b", json!({"pipeline": "Saltos", "etapa": "220"}));
    assert_includes(
        &second,
        &json!({"etapa": 220, "etapaNome": "Vinte",
        "etapaAtual": {"id": id(last), "sequencia": 220}}),
    );
    let by_id = opportunity(&admin, "c", json!({"pipeline": "Saltos", "etapaAtual": {"id": id(last)}}));
    assert_eq!(by_id["etapa"], 220);
    let as_id =
        admin.post("/oportunidades", &body("d", json!({"pipeline": "Saltos", "etapa": id(last)}))).refused();
    assert_eq!(as_id, [format!("A etapa {} não existe no funil Saltos", id(last))]);
}

// spec O4
#[test]
fn a_stage_outside_the_funnel_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(admin.post("/oportunidades", &body("a", json!({"etapa": 9}))).refused(), [STAGE_UNKNOWN]);
    let record = opportunity(&admin, "b", json!({}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 9})), [STAGE_UNKNOWN]);
    let foreign = id(&funnel(&admin, "Pré-venda")["sequencias"][0]);
    refused(&admin, &record, &json!({"etapaAtual": {"id": foreign}}));
    assert_eq!(read(&admin, &record), record);
}

// spec O4, 3.8
#[test]
fn a_move_sets_the_stage_entry_date_and_other_changes_do_not() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "Anda", json!({}));
    favo.advance(days(3));
    let noted = change(&admin, &record, &json!({"observacao": "x", "etapa": 1}));
    assert_eq!((&noted["stageEntryDate"], &noted["diasEstagnacaoNaEtapa"]), (&json!(START_OUT), &json!(3)));
    let moved = change(&admin, &record, &json!({"etapa": 2}));
    assert_eq!(moved["stageEntryDate"], "2026-03-05T12:00:00.000Z");
    assert_eq!(moved["diasEstagnacaoNaEtapa"], 0);
}

// spec 3.6: etapaAtual over etapa when both differ, the differing one otherwise
#[test]
fn of_etapa_and_etapa_atual_the_changed_one_wins() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = funnel(&admin, "Vendas")["sequencias"].clone();
    favo.switch("aplicar_regras_funil", "false");
    let mut echo = opportunity(&admin, "Eco", json!({}));
    echo["etapa"] = json!(2);
    let second = change(&admin, &echo, &echo);
    assert_eq!(id(&second["etapaAtual"]), id(&stages[1]));
    let mut echo = second.clone();
    echo["etapaAtual"] = stages[2].clone();
    assert_eq!(change(&admin, &echo, &echo)["etapa"], 3);
    let both = json!({"etapa": 5, "etapaAtual": {"id": id(&stages[3])}});
    assert_eq!(change(&admin, &second, &both)["etapa"], 4);
}

// spec O4 and O5, Appendix B 7, 10: how existing clients change the funnel
#[test]
fn an_echo_with_funnel_and_stage_replaced_lands_on_any_stage_of_the_new_funnel() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Um"}, {"nome": "Dois"}, {"nome": "Três"}]);
    let target = admin.post("/pipeline", &json!({"nome": "Parcerias", "sequencias": stages})).ok();
    let record = opportunity(&admin, "Muda", json!({}));
    favo.advance(days(1));
    let mut echo = record.clone();
    echo["funilVenda"] = json!({"id": id(&target), "nome": "Parcerias"});
    echo["pipeline"] = json!("Parcerias");
    echo["etapaAtual"] = target["sequencias"][2].clone();
    echo["etapa"] = json!(3);
    echo["etapaNome"] = json!("Três");
    let moved = change(&admin, &record, &echo);
    assert_includes(
        &moved,
        &json!({"pipeline": "Parcerias", "funilVenda": {"id": id(&target)}, "etapa": 3,
        "etapaNome": "Três", "etapaAtual": {"id": id(&target["sequencias"][2])},
        "stageEntryDate": "2026-03-03T12:00:00.000Z"}),
    );
    let back = change(&admin, &record, &json!({"funilVenda": {"nome": "Vendas"}}));
    assert_eq!(back["etapa"], 1, "no stage sent: the lowest sequence of the new funnel");
}

// spec O5
#[test]
fn the_funnel_forbids_starting_late_skipping_and_going_back() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(admin.post("/oportunidades", &body("a", json!({"etapa": 2}))).refused(), [NO_LATE_START]);
    let record = opportunity(&admin, "b", json!({}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 3})), [NO_SKIP]);
    change(&admin, &record, &json!({"etapa": 2}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 1})), [NO_RETURN]);
    assert_eq!(read(&admin, &record)["etapa"], 2);
}

// spec O5: each flag lifts exactly its own rule
#[test]
fn each_funnel_flag_lifts_its_own_rule() {
    let favo = Favo::start();
    let admin = favo.admin();
    let path = format!("/pipeline/{}", id(&funnel(&admin, "Vendas")));
    admin.put(&path, &json!({"iniciarQualquerEtapa": true})).ok();
    let record = opportunity(&admin, "a", json!({"etapa": 2}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 5})), [NO_SKIP]);
    admin.put(&path, &json!({"permitePularEtapa": true})).ok();
    assert_eq!(change(&admin, &record, &json!({"etapa": 5}))["etapa"], 5);
    assert_eq!(refused(&admin, &record, &json!({"etapa": 2})), [NO_RETURN]);
    admin.put(&path, &json!({"permiteRetornoEtapa": true})).ok();
    assert_eq!(change(&admin, &record, &json!({"etapa": 2}))["etapa"], 2);
}

// spec 1.9 aplicar_regras_funil, 3.6 ignorarValidacoes
#[test]
fn the_funnel_rules_can_be_switched_off_for_a_tenant_or_a_request() {
    let favo = Favo::start();
    let admin = favo.admin();
    let late = admin.post("/oportunidades?ignorarValidacoes=true", &body("a", json!({"etapa": 4}))).ok();
    assert_eq!(late["etapa"], 4);
    favo.switch("aplicar_regras_funil", "false");
    let record = opportunity(&admin, "b", json!({"etapa": 3}));
    assert_eq!(change(&admin, &record, &json!({"etapa": 5}))["etapa"], 5);
    assert_eq!(change(&admin, &record, &json!({"etapa": 1}))["etapa"], 1);
}

// spec O5
#[test]
fn leaving_a_proposal_stage_needs_a_proposal() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Proposta", "gerarProposta": true}, {"nome": "Fim"}]);
    let strict = json!({"nome": "Rígido", "propostaObrigatoria": true, "sequencias": stages});
    admin.post("/pipeline", &strict).ok();
    admin.post("/pipeline", &json!({"nome": "Livre", "sequencias": stages})).ok();
    let free = opportunity(&admin, "a", json!({"pipeline": "Livre"}));
    assert_eq!(change(&admin, &free, &json!({"etapa": 2}))["etapa"], 2);
    let record = opportunity(&admin, "b", json!({"pipeline": "Rígido"}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 2})), [PROPOSAL_MISSING]);
    admin.post("/proposta", &json!({"oportunidade": {"id": id(&record)}})).ok();
    assert_eq!(change(&admin, &record, &json!({"etapa": 2}))["etapa"], 2);
}

// spec O6
#[test]
fn a_stage_with_produto_obrigatorio_demands_a_line() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Um"}, {"nome": "Dois", "produtoObrigatorio": true}]);
    admin.post("/pipeline", &json!({"nome": "Linhas", "sequencias": stages})).ok();
    let item = product(&admin, "Item", 10.0, json!({}));
    let record = opportunity(&admin, "a", json!({"pipeline": "Linhas"}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 2})), [PRODUCT_MISSING]);
    let moved = change(&admin, &record, &json!({"etapa": 2, "produtos": [{"refId": item}]}));
    assert_eq!((&moved["etapa"], &moved["quantidadeProdutos"]), (&json!(2), &json!(1)));
    assert_eq!(refused(&admin, &record, &json!({"produtos": []})), [PRODUCT_MISSING]);
}

// spec O6, 4.6 produtoObrigatorio: every create and edit
#[test]
fn a_funnel_with_produto_obrigatorio_demands_a_line_on_create_and_edit() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 10.0, json!({}));
    let early = opportunity(&admin, "Antes", json!({}));
    let path = format!("/pipeline/{}", id(&funnel(&admin, "Vendas")));
    admin.put(&path, &json!({"produtoObrigatorio": true})).ok();
    assert_eq!(admin.post("/oportunidades", &body("Sem", json!({}))).refused(), [PRODUCT_MISSING]);
    assert_eq!(refused(&admin, &early, &json!({"observacao": "x"})), [PRODUCT_MISSING]);
    opportunity(&admin, "Com", json!({"produtos": [{"refId": item}]}));
    favo.switch("aplicar_regras_funil", "false");
    opportunity(&admin, "Sem", json!({}));
}

// spec 4.2 lines: what a line takes from its product
#[test]
fn a_line_takes_its_defaults_from_the_product() {
    let favo = Favo::start();
    let admin = favo.admin();
    let category = json!({"codigo": "PA", "descricao": "Anual", "recorrencia": 2, "moeda": "USD",
        "comissao": 5,
        "isComissaoPorcentual": true, "categoria": {"nome": "Assinaturas"},
        "subCategoria": {"nome": "Anuais"}});
    let item = product(&admin, "Plano", 1200.0, category);
    let record = opportunity(&admin, "a", json!({"produtos": [{"refId": item}]}));
    let line = &record["produtos"][0];
    assert_includes(
        line,
        &json!({"refId": item, "nome": "Plano", "codigo": "PA", "descricao": "Anual", "quantidade": 1,
        "recorrencia": 2, "quantidadeRecorrencia": 1, "valorUnitario": 1200, "valorTotal": 1200,
        "desconto": 0,
        "acrescimo": 0, "comissao": 5, "isComissaoPorcentual": true, "sequencia": 0, "moeda": "USD",
        "grupoNome": "Assinaturas", "subGrupoNome": "Anuais",
        "produto": {"id": item, "nome": "Plano", "codigo": "PA", "descricao": "Anual", "ativo": true,
            "categoria": "Assinaturas", "subCategoria": "Anuais", "valorBase": 1200, "recorrencia": 2,
            "moeda": "USD",
            "comissao": 5, "comissaoPorcentual": true}}),
    );
    assert!(line["produto"]["contador"].is_i64());
}

// spec 4.2 lines, 3.7: refId, else nome = name or code, else produto.id; 409 otherwise
#[test]
fn a_line_finds_its_product_by_id_name_code_or_the_older_form() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Plano Gestão", 10.0, json!({"codigo": "PG"}));
    let spellings = [
        json!({"refId": item}),
        json!({"refId": item.to_string()}),
        json!({"nome": "plano gestão"}),
        json!({"nome": "PG"}),
        json!({"produto": {"id": item}}),
    ];
    for spelling in spellings {
        let record = opportunity(&admin, "a", json!({"produtos": [spelling]}));
        assert_eq!(record["produtos"][0]["refId"], item, "written as {spelling}");
    }
    let unknown =
        admin.post("/oportunidades", &body("b", json!({"produtos": [{"nome": "Outro"}]}))).refused();
    assert!(unknown[0].contains("não encontrado"), "{unknown:?}");
    admin.post("/oportunidades", &body("c", json!({"produtos": [{"refId": 765_432}]}))).refused();
}

// spec O7, per line
#[test]
fn line_totals_follow_amounts_and_percentages() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 100.0, json!({"fracionario": true}));
    let cases = [
        (json!({"quantidade": 2}), 200.0, 0.0),
        (json!({"quantidade": 1.5}), 150.0, 0.0),
        (json!({"quantidade": 2, "desconto": 30}), 170.0, 30.0),
        (json!({"quantidade": 2, "desconto": 30, "isDescontoPorcentual": true}), 140.0, 60.0),
        (json!({"quantidade": 2, "desconto": 30, "descontoPorcentual": true}), 140.0, 60.0),
        (json!({"quantidade": 2, "acrescimo": 5}), 205.0, 0.0),
        (json!({"quantidade": 2, "acrescimo": 5, "acrescimoPercentual": true}), 210.0, 0.0),
        (json!({"quantidade": 2, "desconto": 10, "isDescontoPorcentual": true, "acrescimo": 7}), 187.0, 20.0),
        (json!({"quantidade": "2", "valorUnitario": "R$ 1.250,00"}), 2500.0, 0.0),
        (json!({"valorUnitario": 80, "valorTotal": 999}), 80.0, 0.0),
        (json!({"valor": 80}), 80.0, 0.0),
    ];
    for (mut line, total, discount) in cases {
        line["refId"] = json!(item);
        let record = opportunity(&admin, "a", json!({"produtos": [line]}));
        assert_number(&record["produtos"][0]["valorTotal"], total);
        assert_number(&record["valorTotalDescontos"], discount);
        assert_number(&record["valorTotal"], total);
    }
    let deep = json!({"produtos": [{"refId": item, "desconto": 250}]});
    assert_number(&opportunity(&admin, "b", deep)["produtos"][0]["valorTotal"], 0.0);
}

// spec O7: valorTotal sent without valorUnitario
#[test]
fn a_line_total_sent_alone_gives_the_unit_price() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 7.0, json!({}));
    let lines = json!({"produtos": [{"refId": item, "quantidade": 4, "valorTotal": 100}]});
    let record = opportunity(&admin, "a", lines);
    assert_number(&record["produtos"][0]["valorUnitario"], 25.0);
    assert_number(&record["produtos"][0]["valorTotal"], 100.0);
}

// spec 3.3: derived money half-up to 2 decimals, unit prices up to 6
#[test]
fn totals_round_half_up_and_unit_prices_keep_six_decimals() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 1.0, json!({}));
    let lines = json!({"produtos": [{"refId": item, "quantidade": 3, "valorUnitario": 0.335},
        {"refId": item, "valorUnitario": 0.123_456}]});
    let record = opportunity(&admin, "a", lines);
    assert_number(&record["produtos"][0]["valorTotal"], 1.01);
    assert_number(&record["produtos"][1]["valorUnitario"], 0.123_456);
    assert_number(&record["produtos"][1]["valorTotal"], 0.12);
}

// spec O7: sums by recurrence; a yearly price counts one twelfth a month
#[test]
fn the_values_are_the_sums_of_the_lines_by_recurrence() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 120.0, json!({}));
    let lines = json!({"valorTotal": 1, "valorTotalDescontos": 1, "quantidadeProdutos": 9, "produtos": [
        {"refId": item, "recorrencia": 0}, {"refId": item, "recorrencia": 0, "desconto": 20},
        {"refId": item, "recorrencia": 1, "quantidade": 2}, {"refId": item, "recorrencia": 2}]});
    let record = opportunity(&admin, "a", lines);
    assert_includes(
        &record,
        &json!({"valorAvulso": 220, "valorMensal": 250, "valorTotal": 470,
        "valorTotalDescontos": 20, "quantidadeProdutos": 4}),
    );
    let fewer = change(&admin, &record, &json!({"produtos": [{"refId": item, "recorrencia": 1}]}));
    assert_includes(
        &fewer,
        &json!({"valorAvulso": 0, "valorMensal": 120, "valorTotal": 120, "valorTotalDescontos": 0}),
    );
}

// spec O7: a sent value is stored as sent, also together with lines
#[test]
fn a_sent_value_wins_over_the_sum_of_the_lines() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 100.0, json!({}));
    let record = opportunity(
        &admin,
        "a",
        json!({"valorAvulso": 55, "produtos": [{"refId": item},
        {"refId": item, "recorrencia": 1}]}),
    );
    assert_includes(&record, &json!({"valorAvulso": 55, "valorMensal": 100, "valorTotal": 155}));
    let bare =
        opportunity(&admin, "b", json!({"valorAvulso": "R$ 1.250,50", "valorMensal": 10, "valorTotal": 3}));
    assert_includes(&bare, &json!({"valorAvulso": 1250.5, "valorMensal": 10, "valorTotal": 1260.5}));
    let changed = change(&admin, &bare, &json!({"valorMensal": 20.25}));
    assert_includes(&changed, &json!({"valorAvulso": 1250.5, "valorMensal": 20.25, "valorTotal": 1270.75}));
}

// spec O7: the older line form keeps the one-off value
#[test]
fn the_older_line_form_is_accepted_and_counts() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 100.0, json!({}));
    let record = opportunity(&admin, "a", json!({"produtos": [{"produto": {"id": item}, "valor": 2}]}));
    assert_includes(
        &record,
        &json!({"valorAvulso": 2, "valorTotal": 2, "produtos": [{"refId": item, "valorUnitario": 2}]}),
    );
}

// spec 3.5 arrays of objects; 4.2 produtos[].id and sequencia
#[test]
fn lines_keep_their_ids_and_lines_left_out_are_removed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 100.0, json!({}));
    let record =
        opportunity(&admin, "a", json!({"produtos": [{"refId": item}, {"refId": item, "quantidade": 2}]}));
    let kept = id(&record["produtos"][1]);
    let lines = json!({"produtos": [{"id": kept, "refId": item, "quantidade": 5}, {"refId": item}]});
    let changed = change(&admin, &record, &lines);
    assert_eq!(id(&changed["produtos"][0]), kept);
    assert_number(&changed["produtos"][0]["quantidade"], 5.0);
    assert!(!ids(&record["produtos"]).contains(&id(&changed["produtos"][1])), "a line without id is new");
    assert_eq!(changed["quantidadeProdutos"], 2);
    let emptied = change(&admin, &record, &json!({"produtos": []}));
    assert_eq!((&emptied["produtos"], &emptied["quantidadeProdutos"]), (&json!([]), &json!(0)));
}

// spec R3, seen from the opportunity
#[test]
fn a_line_keeps_name_and_price_when_its_product_is_removed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 42.0, json!({}));
    let record = opportunity(&admin, "a", json!({"produtos": [{"refId": item}]}));
    admin.delete(&format!("/produto/{item}")).ok();
    let line = read(&admin, &record)["produtos"][0].clone();
    assert_includes(&line, &json!({"nome": "Item", "valorUnitario": 42, "valorTotal": 42}));
}

// spec O8: 2, 3 and 4 conclude; spec 2.9 (3), Appendix B 6
#[test]
fn a_concluded_opportunity_leaves_the_default_list_and_carries_its_conclusion() {
    let favo = Favo::start();
    let admin = favo.admin();
    let bruna = favo.user("bruna@demo.example", "administrator");
    for status in [2, 3, 4] {
        let record = opportunity(&admin, &format!("s{status}"), json!({}));
        let closed = change(&bruna, &record, &json!({"status": status}));
        assert_includes(
            &closed,
            &json!({"status": status, "isProrrogada": false, "dataConclusao": START_OUT,
            "autorConclusao": {"id": bruna.user_id}}),
        );
    }
    opportunity(&admin, "s1", json!({}));
    assert_eq!(listed(&admin, ""), ["s1"]);
    assert_eq!(listed(&admin, "status=2"), ["s2"]);
    assert_eq!(listed(&admin, "status=3"), ["s3"]);
    assert_eq!(listed(&admin, "status=4"), ["s4"]);
    let created_won = opportunity(&admin, "s2 direto", json!({"status": "2"}));
    assert_eq!(created_won["dataConclusao"], START_OUT);
}

// spec O8: 5 postpones, 1 reopens
#[test]
fn postponing_marks_and_reopening_clears_the_conclusion() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    let later = change(&admin, &record, &json!({"status": 5}));
    assert_eq!((&later["status"], &later["isProrrogada"]), (&json!(5), &json!(true)));
    assert_eq!(listed(&admin, "status=5"), ["a"]);
    let won = change(&admin, &record, &json!({"status": 2}));
    assert_eq!((&won["isProrrogada"], &won["dataConclusao"]), (&json!(false), &json!(START_OUT)));
    let open = change(&admin, &record, &json!({"status": 1}));
    assert_eq!((&open["status"], &open["isProrrogada"]), (&json!(1), &json!(false)));
    assert!(open.get("dataConclusao").is_none() && open.get("autorConclusao").is_none(), "{open}");
}

// spec O8
#[test]
fn a_blocked_conclusion_is_refused_unless_the_request_lifts_the_block() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({"bloquearConclusao": true}));
    for status in [2, 3, 4] {
        assert_eq!(refused(&admin, &record, &json!({"status": status})), [BLOCKED]);
    }
    change(&admin, &record, &json!({"status": 5}));
    let both = json!({"status": 2, "bloquearConclusao": false});
    assert_eq!(change(&admin, &record, &both)["status"], 2);
    let free = opportunity(&admin, "b", json!({}));
    assert_eq!(refused(&admin, &free, &json!({"status": 2, "bloquearConclusao": true})), [BLOCKED]);
}

// spec O8: remarks per outcome
#[test]
fn remarks_are_demanded_for_the_outcomes_the_funnel_names() {
    let favo = Favo::start();
    let admin = favo.admin();
    let path = format!("/pipeline/{}", id(&funnel(&admin, "Vendas")));
    let outcomes = [
        ("consideracoesObrigatorioGanhar", 2),
        ("consideracoesObrigatorioPerder", 3),
        ("consideracoesObrigatorioDescartar", 4),
        ("consideracoesObrigatorioProrrogar", 5),
    ];
    for (flag, status) in outcomes {
        admin.put(&path, &json!({flag: true})).ok();
        let record = opportunity(&admin, "a", json!({}));
        assert_eq!(refused(&admin, &record, &json!({"status": status})), [REMARKS_MISSING], "{flag}");
        let remarked = change(&admin, &record, &json!({"status": status, "consideracoes": "porque sim"}));
        assert_eq!((&remarked["status"], &remarked["consideracoes"]), (&json!(status), &json!("porque sim")));
        admin.put(&path, &json!({flag: false})).ok();
        let other = opportunity(&admin, "b", json!({}));
        change(&admin, &other, &json!({"status": status}));
    }
}

// spec O8: reasons per outcome
#[test]
fn reasons_are_demanded_when_the_funnel_says_so() {
    let favo = Favo::start();
    let admin = favo.admin();
    let path = format!("/pipeline/{}", id(&funnel(&admin, "Vendas")));
    admin.put(&path, &json!({"motivoGanhoPerdaObrigatorio": true, "motivoDescarteObrigatorio": true})).ok();
    for status in [2, 3] {
        let record = opportunity(&admin, "a", json!({}));
        assert_eq!(refused(&admin, &record, &json!({"status": status})), [REASON_MISSING]);
        let reason = json!({"status": status, "justificativas": [{"nome": "preço"}]});
        let closed = change(&admin, &record, &reason);
        assert_eq!(closed["justificativas"].as_array().expect("an array").len(), 1);
        assert_eq!(closed["justificativas"][0]["nome"], "Preço");
        assert!(closed["justificativas"][0]["id"].is_i64());
        assert_eq!(closed["justificativasOpcoes"], json!([]));
    }
    let record = opportunity(&admin, "b", json!({}));
    assert_eq!(refused(&admin, &record, &json!({"status": 4})), [REASON_MISSING]);
    let dropped = change(&admin, &record, &json!({"status": 4, "motivoDescarte": {"nome": "Duplicado"}}));
    assert_eq!(dropped["motivoDescarte"]["nome"], "Duplicado");
    let postponed = opportunity(&admin, "c", json!({}));
    change(&admin, &postponed, &json!({"status": 5}));
}

// spec 3.7: reasons are never created
#[test]
fn an_unknown_reason_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    refused(&admin, &record, &json!({"status": 3, "justificativas": [{"nome": "Inventada"}]}));
    refused(&admin, &record, &json!({"status": 4, "motivoDescarte": {"nome": "Inventado"}}));
    assert_eq!(read(&admin, &record), record);
    let by_name = change(&admin, &record, &json!({"status": 3, "justificativas": [{"nome": "Concorrente"}]}));
    let reason = id(&by_name["justificativas"][0]);
    let again = opportunity(&admin, "b", json!({"status": 3, "justificativas": [{"id": reason}]}));
    assert_eq!(again["justificativas"], by_name["justificativas"]);
}

// spec 4.2 status, 3.3: an unknown code is 409
#[test]
fn an_unknown_phase_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let messages = admin.post("/oportunidades", &body("a", json!({"status": 6}))).refused();
    assert_eq!(messages, ["O valor do campo status é inválido"]);
    let record = opportunity(&admin, "b", json!({}));
    refused(&admin, &record, &json!({"status": 0}));
}

// spec 3.8: stagnation stops at the conclusion
#[test]
fn days_in_stage_stop_counting_once_closed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    favo.advance(days(3));
    change(&admin, &record, &json!({"status": 3}));
    favo.advance(days(10));
    assert_eq!(read(&admin, &record)["diasEstagnacaoNaEtapa"], 3);
}

// spec O9
#[test]
fn temperature_follows_the_probability() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({"temperatura": "Quente"}));
    assert_eq!(record["temperatura"], "Frio", "derived, not taken from the body");
    let bands = [
        (0, "Frio"),
        (24, "Frio"),
        (25, "Morno"),
        (49, "Morno"),
        (50, "Quente"),
        (74, "Quente"),
        (75, "Muito Quente"),
        (100, "Muito Quente"),
    ];
    for (probability, temperature) in bands {
        let warm = change(&admin, &record, &json!({"probabilidade": probability}));
        assert_eq!(
            (&warm["probabilidade"], &warm["temperatura"]),
            (&json!(probability), &json!(temperature))
        );
    }
    let invalid = ["O valor do campo probabilidade é inválido"];
    assert_eq!(refused(&admin, &record, &json!({"probabilidade": 101})), invalid);
    assert_eq!(refused(&admin, &record, &json!({"probabilidade": -1})), invalid);
    assert_eq!(change(&admin, &record, &json!({"probabilidade": "50"}))["probabilidade"], 50);
}

// spec O10, 3.10: the person is the main contact; the whole ContactRef everywhere, without a city
#[test]
fn the_main_contact_is_the_person_when_set_and_the_customer_otherwise() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lia = contact(&admin, "Lia");
    let record = opportunity(&admin, "a", json!({"contato": {"id": lia}}));
    assert_eq!(record["contato"], json!({"id": lia, "nome": "Lia"}));
    let person = json!({"id": lia, "nome": "Lia", "empresa": false, "isEmpresa": false, "ativo": true,
        "diasSemInteracao": 0});
    assert_eq!(record["contatoPrincipal"], person);
    let cleared = change(&admin, &record, &json!({"contato": null}));
    assert!(cleared.get("contato").is_none());
    assert_eq!(cleared["contatoPrincipal"], cleared["cliente"]);
    refused(&admin, &record, &json!({"contato": {"id": 555_555}}));
}

// spec 3.7: cliente is created from nome; a known name is taken
#[test]
fn the_customer_is_created_by_name_once() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = opportunity(&admin, "a", json!({"cliente": {"nome": "Nova Casa"}}));
    let second = opportunity(&admin, "b", json!({"cliente": {"nome": " nova casa "}}));
    assert_eq!(id(&first["cliente"]), id(&second["cliente"]));
    assert_eq!(opportunity(&admin, "c", json!({"cliente": "Nova Casa"}))["cliente"], first["cliente"]);
    assert_eq!(names(&admin.get("/contatos").ok()), ["Nova Casa"]);
    admin.post("/oportunidades", &json!({"nome": "d", "cliente": {"id": 444_444}})).refused();
    let renamed = change(&admin, &first, &json!({"cliente": {"id": id(&first["cliente"]), "nome": "Outra"}}));
    assert_eq!(renamed["cliente"]["nome"], "Nova Casa", "a relation never edits its record");
}

// spec O11: how existing clients look before they create
#[test]
fn names_may_repeat_and_a_full_name_search_finds_them() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = opportunity(&admin, "Plano: anual & cia", json!({}));
    let second = opportunity(&admin, "Plano: anual & cia", json!({}));
    let found = admin.get(&format!("/oportunidades?nome={}&page=-1", encoded("Plano: anual & cia"))).ok();
    assert_eq!(ids(&found), [id(&second), id(&first)]);
}

// spec O11, 1.9 rejeitar_oportunidade_duplicada
#[test]
fn with_the_switch_an_open_opportunity_of_the_same_name_refuses_a_create() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("rejeitar_oportunidade_duplicada", "true");
    let first = opportunity(&admin, "Plano", json!({}));
    let messages = admin.post("/oportunidades", &body("PLANO", json!({}))).refused();
    assert_eq!(messages, ["Já existe um registro com o nome PLANO"]);
    admin.post("/oportunidades?ignorarValidacoes=true", &body("Plano", json!({}))).ok();
    favo.switch("rejeitar_oportunidade_duplicada", "false");
    opportunity(&admin, "Plano", json!({}));
    for row in ids(&admin.get("/oportunidades").ok()) {
        admin.put(&format!("/oportunidades/{row}"), &json!({"status": 3})).ok();
    }
    favo.switch("rejeitar_oportunidade_duplicada", "true");
    let again = opportunity(&admin, "Plano", json!({}));
    assert!(id(&again) > id(&first), "only open ones count");
}

// spec O12, 1.9 validar_precos
#[test]
fn prices_are_only_checked_with_the_switch() {
    let favo = Favo::start();
    let admin = favo.admin();
    let limits = json!({"permiteDesconto": false, "permiteAcrescimo": false, "valorEditavel": false});
    let item = product(&admin, "Item", 100.0, limits);
    let line = json!({"produtos": [{"refId": item, "valorUnitario": 1, "desconto": 1, "acrescimo": 1,
        "recorrencia": 1, "quantidade": 0.5}]});
    opportunity(&admin, "a", line.clone());
    favo.switch("validar_precos", "true");
    admin.post("/oportunidades", &body("b", line)).refused();
    opportunity(&admin, "c", json!({"produtos": [{"refId": item}]}));
}

// spec O12: discount and surcharge
#[test]
fn validar_precos_enforces_discount_and_surcharge_limits() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("validar_precos", "true");
    let none = product(&admin, "Sem", 100.0, json!({"permiteDesconto": false, "permiteAcrescimo": false}));
    let amount = product(&admin, "Valor", 100.0, json!({"descontoMaximo": 10, "acrescimoMaximo": 5}));
    let percent = product(
        &admin,
        "Por cento",
        200.0,
        json!({"descontoMaximo": 10, "isDescontoPorcentual": true,
        "acrescimoMaximo": 5, "acrescimoPercentual": true}),
    );
    let unlimited = product(&admin, "Livre", 100.0, json!({"descontoMaximo": 0, "acrescimoMaximo": 0}));
    let cases = [
        (none, json!({"desconto": 1}), false),
        (none, json!({"acrescimo": 1}), false),
        (amount, json!({"desconto": 10, "acrescimo": 5}), true),
        (amount, json!({"desconto": 10.01}), false),
        (amount, json!({"acrescimo": 5.01}), false),
        (percent, json!({"desconto": 10, "isDescontoPorcentual": true}), true),
        (percent, json!({"desconto": 11, "isDescontoPorcentual": true}), false),
        (percent, json!({"acrescimo": 5, "acrescimoPercentual": true}), true),
        (percent, json!({"acrescimo": 6, "acrescimoPercentual": true}), false),
        (unlimited, json!({"desconto": 90, "acrescimo": 90}), true),
    ];
    for (item, mut line, allowed) in cases {
        line["refId"] = json!(item);
        let answer = admin.post("/oportunidades", &body("a", json!({"produtos": [line]})));
        assert_eq!(answer.status, if allowed { 200 } else { 409 }, "{line}: {}", answer.text());
    }
}

// spec O12: price, recurrence, fraction
#[test]
fn validar_precos_enforces_price_recurrence_and_fraction() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("validar_precos", "true");
    let fixed = product(&admin, "Fixo", 100.0, json!({"valorEditavel": false}));
    let open = product(&admin, "Aberto", 100.0, json!({"fracionario": true}));
    let path = format!("/pipeline/{}", id(&funnel(&admin, "Vendas")));
    admin.put(&path, &json!({"permitirRecorrenciaVariavel": false})).ok();
    let status = |line: Value| admin.post("/oportunidades", &body("a", json!({"produtos": [line]}))).status;
    assert_eq!(status(json!({"refId": fixed, "valorUnitario": 99})), 409);
    assert_eq!(status(json!({"refId": fixed, "valorUnitario": 100})), 200);
    assert_eq!(status(json!({"refId": open, "valorUnitario": 99})), 200);
    assert_eq!(status(json!({"refId": fixed, "quantidade": 1.5})), 409);
    assert_eq!(status(json!({"refId": open, "quantidade": 1.5})), 200);
    assert_eq!(status(json!({"refId": open, "recorrencia": 1})), 409);
    admin.put(&path, &json!({"permitirRecorrenciaVariavel": true})).ok();
    assert_eq!(status(json!({"refId": open, "recorrencia": 1})), 200);
}

// spec 4.2 origem, 3.7: an object, created when only nome is given
#[test]
fn the_origin_is_an_object_created_from_its_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({"origem": {"nome": "Feira do Sul"}}));
    assert_eq!(record["origem"]["nome"], "Feira do Sul");
    assert_eq!(record["origem"]["ativo"], true);
    let stored = admin.get(&format!("/origem/{}", id(&record["origem"]))).ok();
    assert_eq!(stored["nome"], "Feira do Sul");
    let same = opportunity(&admin, "b", json!({"origem": "feira do sul"}));
    assert_eq!(same["origem"], record["origem"]);
    admin.post("/oportunidades", &body("c", json!({"origem": {"id": 333_333}}))).refused();
}

// spec 4.2 listas, 3.7, 4.11 last line
#[test]
fn tags_are_created_on_the_fly_with_kind_two() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({"listas": [{"nome": "Sul"}, "Norte"]}));
    assert_eq!(names(&record["listas"]), ["Sul", "Norte"]);
    let tag = admin.get(&format!("/lista/{}", id(&record["listas"][0]))).ok();
    assert_eq!((&tag["nome"], &tag["relacionada"]), (&json!("Sul"), &json!(2)));
    let again = opportunity(&admin, "b", json!({"listas": [{"id": id(&tag)}]}));
    assert_eq!(names(&again["listas"]), ["Sul"]);
}

// spec 4.2 corresponsaveis, equipesCorresponsaveis, 3.7
#[test]
fn co_owners_and_teams_are_resolved_and_unknown_ones_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    let team = admin.post("/equipe", &json!({"nome": "Campo"})).ok();
    let owners = json!({"corresponsaveis": [{"login": "caio@demo.example"}],
        "equipesCorresponsaveis": [{"nome": "campo"}]});
    let record = opportunity(&admin, "a", owners);
    let expected = json!([{"id": caio.user_id, "login": "caio@demo.example", "nome": "caio"}]);
    assert_eq!(record["corresponsaveis"], expected);
    assert_eq!(record["equipesCorresponsaveis"], json!([{"id": id(&team), "nome": "Campo"}]));
    refused(&admin, &record, &json!({"corresponsaveis": [{"login": "x@y.example"}]}));
    refused(&admin, &record, &json!({"equipesCorresponsaveis": [{"nome": "Mar"}]}));
    let cleared = change(&admin, &record, &json!({"corresponsaveis": [], "equipesCorresponsaveis": null}));
    assert_eq!((&cleared["corresponsaveis"], &cleared["equipesCorresponsaveis"]), (&json!([]), &json!([])));
}

// spec 3.9, 3.5 maps
#[test]
fn custom_fields_merge_by_label_and_show_their_alias() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (label, kind) in [("Região", 1), ("Visita", 2), ("Peso", 12)] {
        let field = json!({"nome": label, "tipo": kind, "relacionado": "Oportunidade"});
        admin.post("/campoPersonalizado", &field).ok();
    }
    let values = json!({"REGIÃO": "Sul", "visita": "2026-02-20", "Peso": 1.5, "Nenhum": "x"});
    let record = opportunity(&admin, "a", json!({"camposPersonalizados": values}));
    let stored = json!({"Região": "Sul", "Visita": "20/02/2026", "Peso": "1.5"});
    assert_eq!(record["camposPersonalizados"], stored);
    assert_eq!(record["camposPersonalizadosObject"]["regiao"]["valor"], "Sul");
    assert!(record["camposPersonalizadosObject"]["regiao"]["id"].is_i64());
    let merged = change(&admin, &record, &json!({"camposPersonalizados": {"Região": null, "Peso": "2"}}));
    assert_eq!(merged["camposPersonalizados"], json!({"Visita": "20/02/2026", "Peso": "2"}));
    let cleared = change(&admin, &record, &json!({"camposPersonalizados": {}}));
    assert_eq!(cleared["camposPersonalizados"], json!({}));
    assert_eq!(cleared["camposPersonalizadosObject"], json!({}));
}

// spec 3.6, 3.5, Appendix B 10
#[test]
fn an_echo_changes_nothing_and_leaves_the_update_instant() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 10.0, json!({}));
    let record = opportunity(
        &admin,
        "Eco",
        json!({"produtos": [{"refId": item, "quantidade": 2}], "valorMensal": 5,
        "listas": ["Sul"], "origem": {"nome": "Feira"}, "dataLimite": "30/04/2026",
        "observacao": " sem corte "}),
    );
    favo.advance(Duration::from_mins(1));
    assert_eq!(change(&admin, &record, &record), record);
    let mut echo = record.clone();
    echo["observacao"] = json!("outra");
    echo["desconhecido"] = json!({"a": 1});
    let changed = change(&admin, &record, &echo);
    assert_eq!(changed["observacao"], "outra");
    assert_eq!(changed["dataAtualizacao"], "2026-03-02T12:01:00.000Z");
    assert_eq!(changed["produtos"], record["produtos"]);
    assert!(changed.get("desconhecido").is_none());
}

// spec 3.2: dates in bodies
#[test]
fn the_limit_date_is_read_in_every_accepted_form() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    let forms = [
        json!("2026-04-30T00:00:00-03:00"),
        json!("2026-04-30T00:00:00.000-0300"),
        json!("2026-04-30T03:00Z"),
        json!("2026-04-30T00:00:00"),
        json!("2026-04-30"),
        json!("30/04/2026"),
        json!("30/04/2026 00:00"),
        json!(1_777_518_000_000_i64),
    ];
    for form in forms {
        let dated = change(&admin, &record, &json!({"dataLimite": form}));
        assert_eq!(dated["dataLimite"], "2026-04-30T03:00:00.000Z", "written as {form}");
    }
    let messages = refused(&admin, &record, &json!({"dataLimite": "amanhã"}));
    assert_eq!(messages, ["O valor do campo dataLimite é inválido"]);
    assert!(change(&admin, &record, &json!({"dataLimite": null})).get("dataLimite").is_none());
}

// spec 4.2 filter status; 2.5 lists; 2.8 lenient
#[test]
fn the_status_filter_takes_lists_and_falls_back_to_open_ones() {
    let favo = Favo::start();
    let admin = favo.admin();
    for status in [1, 2, 3, 4, 5] {
        opportunity(&admin, &format!("s{status}"), json!({"status": status}));
    }
    assert_eq!(listed(&admin, ""), ["s1"]);
    assert_eq!(listed(&admin, "status="), ["s1"]);
    assert_eq!(listed(&admin, "status=abc"), ["s1"]);
    assert_eq!(listed(&admin, "status=1,2,5"), ["s5", "s2", "s1"]);
    assert_eq!(listed(&admin, "status=2&status=3"), ["s3", "s2"]);
    assert_eq!(listed(&admin, "status=2)"), ["s2"]);
}

// spec 2.8: observed on production
#[test]
fn stage_and_funnel_parameters_of_other_names_are_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    opportunity(&admin, "a", json!({}));
    let ignored =
        "etapa=9&etapaAtual=9&idEtapa=9&sequencia=9&funilVenda=9&idFunilVenda=9&funil=x&etapaNome=x&limit=0";
    assert_eq!(listed(&admin, ignored), ["a"]);
}

// spec 2.4
#[test]
fn the_name_filter_is_a_prefix_of_name_or_code() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "PETRÓPOLIS Sul", json!({}));
    opportunity(&admin, "Outra", json!({}));
    assert_eq!(listed(&admin, "nome=petropolis"), ["PETRÓPOLIS Sul"]);
    assert!(listed(&admin, "nome=polis").is_empty());
    assert_eq!(listed(&admin, "nome=%20").len(), 2, "a blank name is no filter");
    assert!(listed(&admin, "nome=petropolis&exato=true").is_empty());
    assert_eq!(listed(&admin, "nome=PETR%C3%B3polis%20sul&exato=true"), ["PETRÓPOLIS Sul"]);
    let code = record["codigo"].as_str().expect("a code");
    assert_eq!(listed(&admin, &format!("nome={code}&exato=true")), ["PETRÓPOLIS Sul"]);
}

// spec 4.2 filters secao, categoriasId, segmentosId, origensContatoId, clienteId
#[test]
fn filters_on_the_customer_reach_its_section_category_segment_and_origin() {
    let favo = Favo::start();
    let admin = favo.admin();
    let rich = admin.post(
        "/contatos",
        &json!({"nome": "Rica", "constante": 1, "categoria": "Revenda",
        "segmento": "Alimentos", "origem": "Palestra"}),
    );
    let rich = rich.ok();
    let poor = contact(&admin, "Pobre");
    opportunity(&admin, "a", json!({"cliente": {"id": id(&rich)}}));
    opportunity(&admin, "b", json!({"cliente": {"id": poor}}));
    for (filter, object) in
        [("categoriasId", "categoria"), ("segmentosId", "segmento"), ("origensContatoId", "origem")]
    {
        let wanted = id(&rich[format!("{object}Object")]);
        assert_eq!(listed(&admin, &format!("{filter}={wanted}")), ["a"], "{filter}");
        assert_eq!(listed(&admin, &format!("{filter}=99999,,x,{wanted}")), ["a"], "{filter}");
        assert!(listed(&admin, &format!("{filter}=99999")).is_empty(), "{filter}");
        assert_eq!(listed(&admin, &format!("{filter}=x")), ["b", "a"], "nothing readable: no filter");
    }
    assert_eq!(listed(&admin, "secao=1"), ["a"]);
    assert_eq!(listed(&admin, "secao=0,1,2"), ["b", "a"]);
    assert_eq!(listed(&admin, &format!("clienteId={poor}")), ["b"]);
}

// spec 4.2 filters pipelineId, pipeline; Appendix B 6
#[test]
fn the_funnel_is_filtered_by_id_or_exact_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let south = admin.post("/pipeline", &json!({"nome": "Vendas Sul", "sequencias": [{"nome": "Um"}]})).ok();
    opportunity(&admin, "a", json!({"pipeline": "Vendas Sul"}));
    opportunity(&admin, "b", json!({}));
    assert_eq!(listed(&admin, &format!("pipelineId={}", id(&south))), ["a"]);
    assert_eq!(listed(&admin, "pipeline=Vendas%20Sul"), ["a"]);
    assert_eq!(listed(&admin, "pipeline=Vendas"), ["b"]);
    assert!(listed(&admin, "pipeline=Vend").is_empty(), "exact, not a prefix");
    assert_eq!(listed(&admin, "pipeline=Vendas+Sul&nome=a"), ["a"], "filters combine");
    assert!(listed(&admin, "pipeline=Vendas+Sul&nome=b").is_empty());
}

// spec 4.2 filter sequenciaAtual
#[test]
fn sequencia_atual_is_a_stage_or_from_1002_on_a_phase() {
    let favo = Favo::start();
    let admin = favo.admin();
    let second = opportunity(&admin, "dois", json!({}));
    change(&admin, &second, &json!({"etapa": 2}));
    opportunity(&admin, "um", json!({}));
    for (status, name) in [(2, "ganha"), (3, "perdida"), (4, "descartada"), (5, "prorrogada")] {
        opportunity(&admin, name, json!({"status": status}));
    }
    assert_eq!(listed(&admin, "sequenciaAtual=1"), ["um"]);
    assert_eq!(listed(&admin, "sequenciaAtual=2"), ["dois"]);
    assert!(listed(&admin, "sequenciaAtual=3").is_empty());
    assert_eq!(listed(&admin, "sequenciaAtual=1002"), ["ganha"]);
    assert_eq!(listed(&admin, "sequenciaAtual=1003"), ["perdida"]);
    assert_eq!(listed(&admin, "sequenciaAtual=1004"), ["descartada"]);
    assert_eq!(listed(&admin, "sequenciaAtual=1005"), ["prorrogada"]);
    assert_eq!(listed(&admin, "sequenciaAtual=1&status=2"), ["ganha"]);
}

// spec 4.2 filters produtosIds, categoriasProdutoIds, subcategoriasProdutoIds
#[test]
fn a_product_filter_matches_any_line() {
    let favo = Favo::start();
    let admin = favo.admin();
    let place = json!({"categoria": {"nome": "Assinaturas"}, "subCategoria": {"nome": "Mensais"}});
    let plan = product(&admin, "Plano", 10.0, place);
    let setup = product(&admin, "Implantação", 20.0, json!({}));
    let stored = admin.get(&format!("/produto/{plan}")).ok();
    opportunity(&admin, "ambos", json!({"produtos": [{"refId": setup}, {"refId": plan}]}));
    opportunity(&admin, "um", json!({"produtos": [{"refId": setup}]}));
    opportunity(&admin, "nenhum", json!({}));
    assert_eq!(listed(&admin, &format!("produtosIds={plan}")), ["ambos"]);
    assert_eq!(listed(&admin, &format!("produtosIds={plan},{setup}")), ["um", "ambos"]);
    assert_eq!(listed(&admin, &format!("categoriasProdutoIds={}", id(&stored["categoria"]))), ["ambos"]);
    assert_eq!(
        listed(&admin, &format!("subcategoriasProdutoIds={}", id(&stored["subCategoria"]))),
        ["ambos"]
    );
}

// spec 4.2 filters listasIds, origensId, usuariosId; 2.5
#[test]
fn tags_origins_and_owners_are_filtered_by_id_lists() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    let more =
        json!({"listas": ["Sul", "Vip"], "origem": {"nome": "Feira"}, "responsavel": {"id": caio.user_id}});
    let marked = opportunity(&admin, "a", more);
    opportunity(&admin, "b", json!({"listas": ["Norte"], "origem": {"nome": "Palestra"}}));
    assert_eq!(listed(&admin, &format!("listasIds={}", id(&marked["listas"][1]))), ["a"]);
    assert_eq!(listed(&admin, &format!("origensId={}", id(&marked["origem"]))), ["a"]);
    assert_eq!(listed(&admin, &format!("usuariosId={}", caio.user_id)), ["a"]);
    let both = format!("usuariosId={}&usuariosId={}", caio.user_id, admin.user_id);
    assert_eq!(listed(&admin, &both), ["b", "a"], "repeating adds to the list");
    let nobody = format!("usuariosId={}&origensId={}", admin.user_id, id(&marked["origem"]));
    assert!(listed(&admin, &nobody).is_empty(), "different filters combine with AND");
}

// spec 2.7
#[test]
fn custom_fields_are_filtered_by_label_or_alias() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/campoPersonalizado", &json!({"nome": "Região", "relacionado": "Oportunidade"})).ok();
    let options =
        json!({"nome": "Cores", "tipo": 11, "relacionado": "Oportunidade", "opcoes": ["Azul", "Verde"]});
    admin.post("/campoPersonalizado", &options).ok();
    opportunity(&admin, "a", json!({"camposPersonalizados": {"Região": "Sul", "Cores": ["Azul", "Verde"]}}));
    opportunity(&admin, "b", json!({"camposPersonalizados": {"Região": "Norte"}}));
    opportunity(&admin, "c", json!({}));
    let filtered =
        |filter: &str, more: &str| listed(&admin, &format!("camposPersonalizados={}{more}", encoded(filter)));
    assert_eq!(filtered(r#"{"Região":"sul"}"#, ""), ["a"]);
    assert_eq!(filtered(r#"{"regiao":"Sul"}"#, "&useAlias=1"), ["a"]);
    assert_eq!(filtered(r#"{"Região":["Sul","Norte"]}"#, ""), ["b", "a"]);
    assert_eq!(filtered(r#"{"Cores":"verde"}"#, ""), ["a"], "one of several options");
    assert!(filtered(r#"{"Outro":"Sul"}"#, "").is_empty(), "an unknown label matches nothing");
    assert_eq!(filtered("{Região", ""), ["c", "b", "a"], "unreadable JSON is ignored");
}

// spec 2.6, 2.2 order
#[test]
fn limit_date_filters_are_inclusive_days_and_order_by_that_date() {
    let favo = Favo::start();
    let admin = favo.admin();
    opportunity(&admin, "dez", json!({"dataLimite": "10/04/2026 23:59:59"}));
    opportunity(&admin, "cinco", json!({"dataLimite": "05/04/2026"}));
    opportunity(&admin, "nunca", json!({}));
    assert_eq!(listed(&admin, "dataInicioLimite=05/04/2026&dataFimLimite=10/04/2026"), ["dez", "cinco"]);
    assert_eq!(listed(&admin, "dataFimLimite=09/04/2026"), ["cinco"]);
    assert_eq!(listed(&admin, "dataInicioLimite=05/04/2026%2000:00:01"), ["dez"]);
    assert_eq!(listed(&admin, "dataInicioLimite=2026-04-06"), ["dez"]);
    assert_eq!(
        listed(&admin, "dataInicioLimite=logo"),
        ["nunca", "cinco", "dez"],
        "unreadable: as if absent"
    );
}

// spec 4.2 filter: a conclusion filter without status covers all phases
#[test]
fn a_conclusion_filter_without_status_covers_all_phases() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lost = opportunity(&admin, "perdida", json!({}));
    let won = opportunity(&admin, "ganha", json!({}));
    opportunity(&admin, "aberta", json!({}));
    change(&admin, &won, &json!({"status": 2}));
    favo.advance(days(1));
    change(&admin, &lost, &json!({"status": 3}));
    assert_eq!(listed(&admin, "dataInicioConclusao=02/03/2026"), ["perdida", "ganha"]);
    assert_eq!(listed(&admin, "dataFimConclusao=02/03/2026"), ["ganha"]);
    assert_eq!(listed(&admin, "dataInicioConclusao=02/03/2026&status=3"), ["perdida"]);
}

// spec 2.6 creation and update pairs, 2.2 order
#[test]
fn creation_and_update_are_filtered_by_sao_paulo_days() {
    let favo = Favo::start();
    let admin = favo.admin();
    let old = opportunity(&admin, "velha", json!({}));
    favo.advance(Duration::from_hours(14)); // 2026-03-03T02:00Z, still March 2nd in São Paulo
    opportunity(&admin, "noite", json!({}));
    favo.advance(days(1));
    change(&admin, &old, &json!({"observacao": "x"}));
    assert_eq!(listed(&admin, "dataInicio=02/03/2026&dataFim=02/03/2026"), ["noite", "velha"]);
    assert!(listed(&admin, "dataInicio=03/03/2026").is_empty());
    assert_eq!(listed(&admin, "dataInicioAtualizacao=03/03/2026"), ["velha"]);
    assert_eq!(
        listed(&admin, "dataInicioAtualizacao=01/03/2026"),
        ["velha", "noite"],
        "by update, newest first"
    );
}

// spec 2.2, 2.3 on this resource
#[test]
fn pages_are_slices_of_the_newest_first_order_and_attribute_projects() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all: Vec<i64> =
        (0..5).map(|number| id(&opportunity(&admin, &format!("n{number}"), json!({})))).collect();
    let page = |query: &str| ids(&admin.get(&format!("/oportunidades?{query}")).ok());
    assert_eq!(page("displayLength=2"), [all[4], all[3]]);
    assert_eq!(page("displayLength=2&page=3"), [all[0]]);
    assert!(page("displayLength=2&page=4").is_empty());
    assert_eq!(page("page=-1&displayLength=2").len(), 5);
    let projected = admin.get("/oportunidades?attribute=id&attribute=nome,nada&displayLength=1").ok();
    assert_eq!(projected, json!([{"id": all[4], "nome": "n4"}]));
}

// spec 2.1: records the token user may not see are left out
#[test]
fn a_seller_lists_his_own_opportunities_only() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    opportunity(&admin, "dela", json!({}));
    opportunity(&admin, "dele", json!({"responsavel": {"id": caio.user_id}}));
    assert_eq!(listed(&caio, ""), ["dele"]);
    assert_eq!(listed(&admin, ""), ["dele", "dela"]);
}

// spec 3.8 pending counters
#[test]
fn the_activity_counters_count_pending_and_overdue_ones() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    let link = json!({"id": id(&record)});
    for status in [0, 1, 2, 3] {
        let task = json!({"titulo": "t", "cliente": {"nome": "Acme"}, "oportunidade": link, "status": status,
            "dataLimite": "2026-03-03T12:00:00Z"});
        admin.post("/tarefas", &task).ok();
    }
    for status in [0, 1, 2] {
        let appointment = json!({"assunto": "c", "cliente": {"nome": "Acme"}, "oportunidade": link,
            "status": status,
            "dataInicio": "2026-03-03T12:00:00Z"});
        admin.post("/compromissos", &appointment).ok();
    }
    let counters = json!({"tarefas": 2, "compromissos": 1, "atividadesAtrasadas": 0});
    assert_includes(&read(&admin, &record), &counters);
    favo.advance(days(3));
    assert_includes(
        &read(&admin, &record),
        &json!({"tarefas": 2, "compromissos": 1, "atividadesAtrasadas": 3}),
    );
    assert_eq!(
        read(&admin, &record)["dataAtualizacao"],
        START_OUT,
        "counters do not touch the update instant"
    );
}

// spec 3.8 diasSemInteracao
#[test]
fn days_without_interaction_start_again_with_a_finished_task() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    let idle = || read(&admin, &record)["diasSemInteracao"].as_i64();
    favo.advance(days(4) + Duration::from_hours(1));
    assert_eq!(idle(), Some(4), "whole days");
    let task = json!({"titulo": "t", "cliente": {"nome": "Acme"}, "oportunidade": {"id": id(&record)},
        "dataLimite": "2026-03-20"});
    let task = admin.post("/tarefas", &task).ok();
    assert_eq!(idle(), Some(4), "an open task is no interaction");
    admin.put(&format!("/tarefas/{}", id(&task)), &json!({"status": 1})).ok();
    assert_eq!(idle(), Some(0));
}

// spec 4.31
#[test]
fn lookups_find_opportunities_of_every_phase_by_customer_or_person() {
    let favo = Favo::start();
    let admin = favo.admin();
    let acme =
        json!({"nome": "Acme", "emails": ["geral@acme.example"], "telefones": ["+55 (48) 99999-0001"]});
    let acme = id(&admin.post("/contatos", &acme).ok());
    let lia = id(&admin
        .post("/contatos", &json!({"nome": "Lia", "emails": ["x@y.example", "lia@acme.example"]}))
        .ok());
    let first = opportunity(&admin, "a", json!({"cliente": {"id": acme}}));
    let second =
        opportunity(&admin, "b", json!({"cliente": {"id": acme}, "contato": {"id": lia}, "status": 3}));
    let third = opportunity(&admin, "c", json!({"cliente": {"nome": "Outra"}}));
    let both = vec![id(&first), id(&second)];
    let found = |path: &str| ids(&admin.get(&format!("/oportunidades/{path}")).ok());
    assert_eq!(found("email/GERAL@acme.example"), both);
    assert_eq!(found("email/lia@acme.example"), [id(&second)], "any e-mail of the person");
    assert_eq!(found("email/*@acme.example"), both);
    assert_eq!(found("telefone/+5548999990001"), both, "a plus sign in a path is a plus sign");
    assert_eq!(found("telefone/48999990001"), both);
    assert_eq!(found("telefone/*90001"), both);
    assert_eq!(found(&format!("contatoId/{acme}")), both);
    assert_eq!(found(&format!("contatoId/{lia}")), [id(&second)]);
    assert_eq!(found(&format!("contatoId/{}", id(&third["cliente"]))), [id(&third)]);
    for nothing in ["email/nobody@acme.example", "telefone/111", "contatoId/98765"] {
        assert_eq!(admin.get(&format!("/oportunidades/{nothing}")).ok(), json!([]), "{nothing}");
    }
    let projected = admin.get(&format!("/oportunidades/contatoId/{lia}?attribute=nome")).ok();
    assert_eq!(projected, json!([{"nome": "b"}]));
    assert_eq!(admin.get(&format!("/oportunidades/contatoId/{lia}")).ok(), json!([read(&admin, &second)]));
}

// spec 4.32
#[test]
fn the_next_activity_is_the_earliest_pending_one_overdue_included() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = opportunity(&admin, "a", json!({}));
    let path = format!("/oportunidades/{}/proximaAtividade", id(&record));
    assert_eq!(admin.get(&path).ok(), json!({}));
    let link = json!({"id": id(&record)});
    let appointment = json!({"assunto": "Visita", "descricao": "Na loja", "cliente": {"nome": "Acme"},
        "oportunidade": link, "dataInicio": "2026-03-04T12:00:00Z"});
    let appointment = admin.post("/compromissos", &appointment).ok();
    let next = admin.get(&path).ok();
    assert_includes(
        &next,
        &json!({"id": id(&appointment), "titulo": "Visita", "descricao": "Na loja",
        "responsavel": {"id": admin.user_id}, "cliente": {"nome": "Acme"},
        "dataLimite": "2026-03-04T12:00:00.000Z",
        "tarefaTipo": {"nome": "Compromisso", "natureza": 4}, "dataCriacao": START_OUT}),
    );
    let task = json!({"titulo": "Atrasada", "cliente": {"nome": "Acme"}, "oportunidade": link,
        "dataLimite": "2026-02-01T12:00:00Z"});
    let task = admin.post("/tarefas", &task).ok();
    let next = admin.get(&path).ok();
    assert_includes(
        &next,
        &json!({"id": id(&task), "titulo": "Atrasada", "tarefaTipo": task["tarefaTipo"],
        "dataLimite": "2026-02-01T12:00:00.000Z"}),
    );
    admin.put(&format!("/tarefas/{}", id(&task)), &json!({"status": 1})).ok();
    assert_eq!(id(&admin.get(&path).ok()), id(&appointment));
    admin.put(&format!("/compromissos/{}", id(&appointment)), &json!({"status": 2})).ok();
    assert_eq!(admin.get(&path).ok(), json!({}));
    assert_eq!(admin.get("/oportunidades/999999/proximaAtividade").status, 404);
}

// spec 4.33 /oportunidades/statistics/{id}
#[test]
fn the_statistics_of_one_opportunity_count_its_parts() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = product(&admin, "Item", 10.0, json!({}));
    let record = opportunity(&admin, "a", json!({"produtos": [{"refId": item}, {"refId": item}]}));
    let link = json!({"id": id(&record)});
    let task = json!({"titulo": "t", "cliente": {"nome": "Acme"}, "oportunidade": link, "status": 1,
        "dataLimite": "2026-03-20"});
    admin.post("/tarefas", &task).ok();
    let appointment = json!({"assunto": "c", "cliente": {"nome": "Acme"}, "oportunidade": link,
        "dataInicio": "2026-03-20"});
    admin.post("/compromissos", &appointment).ok();
    admin.post("/proposta", &json!({"oportunidade": link})).ok();
    favo.advance(days(3));
    let mut statistics = admin.get(&format!("/oportunidades/statistics/{}", id(&record))).ok();
    let tasks = statistics.as_object_mut().expect("an object").remove("tarefas").expect("tarefas");
    assert!(tasks.is_i64());
    assert_eq!(
        plain(&statistics),
        plain(&json!({"tarefasConcluidas": 1, "compromissos": 1, "publicacoes": 0,
        "propostas": 1, "produtos": 2, "diasEmAberto": 3, "diasEstagnacaoNaEtapa": 3}))
    );
}

// spec 4.33 /oportunidades/statistics/pipe/{pipelineId}
#[test]
fn the_statistics_of_a_funnel_have_one_row_per_stage_of_open_ones() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Um"}, {"nome": "Dois"}]);
    let funnel = admin.post("/pipeline", &json!({"nome": "Conta", "sequencias": stages})).ok();
    for value in [100.5, 50.0] {
        opportunity(&admin, "aberta", json!({"pipeline": "Conta", "valorAvulso": value, "valorMensal": 10}));
    }
    opportunity(&admin, "ganha", json!({"pipeline": "Conta", "valorAvulso": 7, "status": 2}));
    opportunity(&admin, "outro funil", json!({"valorAvulso": 9}));
    let rows = admin.get(&format!("/oportunidades/statistics/pipe/{}", id(&funnel))).ok();
    assert_eq!(
        plain(&rows),
        plain(&json!([
        {"etapa": 1, "etapaNome": "Um", "quantidade": 2, "valorAvulso": 150.5, "valorMensal": 20,
         "valorTotal": 170.5},
        {"etapa": 2, "etapaNome": "Dois", "quantidade": 0, "valorAvulso": 0, "valorMensal": 0,
         "valorTotal": 0}]))
    );
}

// spec 4.33 /oportunidades/statistics/total/{pipelineId}
#[test]
fn the_totals_of_a_funnel_count_every_phase() {
    let favo = Favo::start();
    let admin = favo.admin();
    let funnel = admin.post("/pipeline", &json!({"nome": "Conta", "sequencias": [{"nome": "Um"}]})).ok();
    let path = format!("/oportunidades/statistics/total/{}", id(&funnel));
    opportunity(&admin, "s1", json!({"pipeline": "Conta", "valorAvulso": 10, "valorMensal": 5}));
    assert_eq!(
        plain(&admin.get(&path).ok()),
        plain(&json!({"quantidade": 1, "valorAvulso": 10, "valorMensal": 5,
        "valorTotal": 15, "emAndamento": 1, "ganhas": 0, "perdidas": 0, "descartadas": 0, "prorrogadas": 0}))
    );
    for status in [2, 2, 3, 4, 5] {
        opportunity(&admin, "s", json!({"pipeline": "Conta", "status": status}));
    }
    let phases = json!({"emAndamento": 1, "ganhas": 2, "perdidas": 1, "descartadas": 1, "prorrogadas": 1});
    assert_includes(&admin.get(&path).ok(), &phases);
}

// spec 4.32 and 4.33 on contacts
#[test]
fn a_contact_has_a_next_activity_and_statistics_as_well() {
    let favo = Favo::start();
    let admin = favo.admin();
    let acme = contact(&admin, "Acme");
    let path = format!("/contatos/{acme}/proximaAtividade");
    assert_eq!(admin.get(&path).ok(), json!({}));
    let late = json!({"titulo": "Depois", "cliente": {"id": acme}, "dataLimite": "2026-03-20", "status": 3});
    admin.post("/tarefas", &late).ok();
    let soon = json!({"titulo": "Antes", "cliente": {"id": acme}, "dataLimite": "2026-03-10"});
    let soon = admin.post("/tarefas", &soon).ok();
    assert_includes(
        &admin.get(&path).ok(),
        &json!({"id": id(&soon), "titulo": "Antes", "cliente": {"id": acme}}),
    );
    for (status, value) in [(2, 10), (3, 20), (3, 30)] {
        opportunity(&admin, "a", json!({"status": status, "valorAvulso": value}));
    }
    let statistics = admin.get(&format!("/contatos/statistics/{acme}")).ok();
    assert_includes(
        &statistics,
        &json!({"oportunidadesGanhas": 1, "oportunidadesPerdidas": 2, "qualificacoes": 0}),
    );
    let mut keys: Vec<&String> = statistics.as_object().expect("an object").keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "compromissos",
            "oportunidades",
            "oportunidadesGanhas",
            "oportunidadesPerdidas",
            "publicacoes",
            "qualificacoes",
            "tarefas",
            "valorTotal"
        ]
    );
}

// spec O12: a total stands for a price, and a line that is not changed is not held against new limits
#[test]
fn price_limits_hold_for_totals_and_leave_echoes_alone() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("validar_precos", "true");
    let product = json!({"nome": "Fixo", "valorBase": 100, "valorEditavel": false});
    let product = admin.post("/produto", &product).ok()["id"].clone();
    let deal = |lines| json!({"nome": "v", "cliente": {"nome": "c"}, "produtos": lines});
    admin.post("/oportunidades", &deal(json!([{"refId": product, "valorTotal": 50}]))).refused();
    let stored = admin.post("/oportunidades", &deal(json!([{"refId": product}]))).ok();
    admin.put(&format!("/produto/{product}"), &json!({"valorBase": 120})).ok();
    let path = format!("/oportunidades/{}", stored["id"]);
    let whole = admin.get(&path).ok();
    assert_eq!(admin.put(&path, &whole).ok()["produtos"][0]["valorUnitario"].as_f64(), Some(100.0));
}

// spec O3: a funnel of the other kind with the same name does not stand in the way
#[test]
fn a_funnel_is_found_by_name_among_those_of_its_kind() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Um"}]);
    admin.post("/pipeline", &json!({"nome": "Gêmeo", "tipo": 1, "sequencias": stages})).ok();
    let sales = admin.post("/pipeline", &json!({"nome": "Gêmeo", "tipo": 0, "sequencias": stages})).ok();
    let body = json!({"nome": "v", "cliente": {"nome": "c"}, "pipeline": "gêmeo"});
    assert_eq!(admin.post("/oportunidades", &body).ok()["funilVenda"]["id"], sales["id"]);
}

// spec P1, Appendix B 7: closed opportunities keep showing a stage that was removed
#[test]
fn a_removed_stage_is_still_shown_by_what_was_closed_in_it() {
    let favo = Favo::start();
    let admin = favo.admin();
    let funnel =
        json!({"nome": "F", "iniciarQualquerEtapa": true, "sequencias": [{"nome": "Um"}, {"nome": "Dois"}]});
    let funnel = admin.post("/pipeline", &funnel).ok();
    let body = json!({"nome": "v", "cliente": {"nome": "c"}, "pipeline": "F", "etapa": 2, "status": 2});
    let path = format!("/oportunidades/{}", admin.post("/oportunidades", &body).ok()["id"]);
    let rest = json!({"sequencias": [funnel["sequencias"][0]]});
    admin.put(&format!("/pipeline/{}", funnel["id"]), &rest).ok();
    let closed = admin.get(&path).ok();
    assert_eq!((closed["etapa"].as_i64(), closed["etapaNome"].as_str()), (Some(2), Some("Dois")));
    let open = admin.put(&path, &json!({"status": 1})).ok();
    assert_eq!((open["etapa"].as_i64(), open["etapaNome"].as_str()), (Some(1), Some("Um")), "opened again");
}

// spec 4.33, 3.3: amounts are refused where they end, and their sums never break a page
#[test]
fn the_largest_amounts_add_up() {
    let favo = Favo::start();
    let admin = favo.admin();
    let deal = |value: f64| json!({"nome": "v", "cliente": {"nome": "c"}, "valorAvulso": value});
    admin.post("/oportunidades", &deal(9_223_372_036_854.775)).refused();
    let mut funnel = json!(null);
    for _ in 0..12 {
        funnel = admin.post("/oportunidades", &deal(1e12)).ok()["funilVenda"]["id"].clone();
    }
    let total = admin.get(&format!("/oportunidades/statistics/total/{funnel}")).ok();
    assert_eq!(total["quantidade"], 12);
    assert_eq!(admin.get(&format!("/oportunidades/statistics/pipe/{funnel}")).status, 200);
}
