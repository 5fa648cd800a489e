//! Qualifications on the NectarCRM wire: spec 4.3 with its rules Q1 to Q5 and filters, and 4.31 for them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Favo};

const START_OUT: &str = "2026-03-02T12:00:00.000Z";

fn id(record: &Value) -> i64 {
    record["id"].as_i64().expect("a numeric id at the root")
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().expect("a bare array").iter().map(id).collect()
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

fn includes(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(have), Value::Object(want)) => {
            want.iter().all(|(key, value)| have.get(key).is_some_and(|found| includes(found, value)))
        }
        (Value::Array(have), Value::Array(want)) => {
            have.len() == want.len() && have.iter().zip(want).all(|(left, right)| includes(left, right))
        }
        _ => actual == expected,
    }
}

/// Every key of `expected` is in `actual` with that value; arrays have the same length.
#[track_caller]
fn assert_includes(actual: &Value, expected: &Value) {
    assert!(includes(actual, expected), "\nactual   {actual}\nexpected {expected}");
}

/// A qualification with these keys beside a customer "Ipê".
#[track_caller]
fn qualification(client: &Client, more: Value) -> Value {
    client.post("/qualificacoes", &body(more)).ok()
}

/// The keys of a create; `cliente` is "Ipê" unless given.
fn body(more: Value) -> Value {
    let Value::Object(mut whole) = more else { panic!("an object: {more}") };
    whole.entry("cliente").or_insert_with(|| json!({"nome": "Ipê"}));
    Value::Object(whole)
}

fn change(client: &Client, record: &Value, body: &Value) -> Value {
    client.put(&format!("/qualificacoes/{}", id(record)), body).ok()
}

fn refused(client: &Client, record: &Value, body: &Value) -> Vec<String> {
    client.put(&format!("/qualificacoes/{}", id(record)), body).refused()
}

fn read(client: &Client, record: &Value) -> Value {
    client.get(&format!("/qualificacoes/{}", id(record))).ok()
}

/// The names of the rows that `GET /qualificacoes?{query}` answers.
#[track_caller]
fn listed(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/qualificacoes?{query}")).ok();
    let rows = list.as_array().expect("a bare array");
    rows.iter().map(|row| row["nome"].as_str().expect("a name").to_owned()).collect()
}

/// The funnel of that exact name.
fn funnel(client: &Client, name: &str) -> Value {
    let list = client.get("/pipeline?page=-1").ok();
    let found = list.as_array().expect("a bare array").iter().find(|funnel| funnel["nome"] == name);
    found.unwrap_or_else(|| panic!("no funnel {name}: {list}")).clone()
}

// spec 4.3, the Create and Read examples
#[test]
fn the_documented_create_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@aurora.example", "administrator");
    let ipe = admin.post(
        "/contatos",
        &json!({"nome": "Mercado Ipê", "empresa": true, "origem": "Site",
        "emails": ["ola@ipe.example"]}),
    );
    let ipe = ipe.ok();
    admin.post("/campoPersonalizado", &json!({"nome": "Porte", "relacionado": "Qualificacao"})).ok();
    let appointment =
        json!({"assunto": "Demonstração", "cliente": {"id": id(&ipe)}, "dataInicio": "2026-03-10"});
    let appointment = admin.post("/compromissos", &appointment).ok();
    let created = caio.post(
        "/qualificacoes",
        &json!({"cliente": {"nome": "Mercado Ipê"},
        "pipeline": "Pré-venda",
        "etapa": 1, "dataLimite": "2026-03-20T00:00:00-03:00", "handRaised": true,
        "listas": [{"nome": "Sul"}],
        "camposPersonalizados": {"Porte": "Grande"}}),
    );
    let created = created.ok();
    let sent = json!({"status": 2, "etapa": 2, "compromisso": {"id": id(&appointment)}});
    let seen = change(&caio, &created, &sent);
    assert_eq!(seen, read(&admin, &created));

    let user = json!({"id": caio.user_id, "login": "caio@aurora.example", "nome": "caio"});
    let stage = &funnel(&admin, "Pré-venda")["sequencias"][1];
    assert_includes(
        &seen,
        &json!({
            "id": id(&created), "nome": "Mercado Ipê", "status": 2, "responsavel": user, "autor": user,
            "pipeline": "Pré-venda", "etapa": 2, "etapaNome": "Agendamento",
            "etapaAtual": {"id": id(stage), "nome": "Agendamento", "sequencia": 2, "gerarProposta": false,
                "produtoObrigatorio": false},
            "handRaised": true, "camposPersonalizados": {"Porte": "Grande"},
            "camposPersonalizadosObject": {"porte": {"valor": "Grande"}},
            "tarefas": 0, "tarefasAbertas": 0,
            "dataLimite": "2026-03-20T03:00:00.000Z", "dataCriacao": START_OUT, "dataAtualizacao": START_OUT
        }),
    );
    assert_eq!(
        seen["cliente"],
        json!({"id": id(&ipe), "nome": "Mercado Ipê", "email": "ola@ipe.example",
        "emailPrincipal": "ola@ipe.example", "empresa": true, "isEmpresa": true, "ativo": true,
        "diasSemInteracao": 0, "origem": "Site"})
    );
    assert_eq!(
        seen["funilVenda"],
        json!({"id": id(&funnel(&admin, "Pré-venda")), "nome": "Pré-venda", "padrao": true,
        "tipo": 1, "cascataCicloVida": 0})
    );
    assert_eq!(seen["compromisso"], json!({"id": id(&appointment), "nome": "Demonstração"}));
    assert_eq!(seen["listas"], json!([{"id": id(&seen["listas"][0]), "nome": "Sul"}]));
    assert!(seen["codigo"].as_str().expect("a text").parse::<u64>().is_ok(), "{}", seen["codigo"]);
    for absent in ["queue", "funilDeVenda", "dataConclusao", "autorConclusao"] {
        assert!(seen.get(absent).is_none(), "{absent}: {seen}");
    }
}

// spec Q2: only the customer is required; spec 4.3 `nome`: defaults to the name of the customer
#[test]
fn only_the_customer_is_required_and_gives_the_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(
        admin.post("/qualificacoes", &json!({"nome": "x"})).refused(),
        ["O campo cliente é obrigatório"]
    );
    let record = qualification(&admin, json!({}));
    assert_includes(
        &record,
        &json!({"nome": "Ipê", "status": 1, "pipeline": "Pré-venda", "etapa": 1,
        "etapaNome": "Contato", "handRaised": false, "listas": [], "camposListagem": [], "tarefas": 0,
        "tarefasAbertas": 0, "compromissos": 0, "dataCriacao": START_OUT, "dataAtualizacao": START_OUT}),
    );
    assert_eq!(record["camposPersonalizados"], json!({}));
    assert_eq!(record["camposPersonalizadosObject"], json!({}));
    assert_eq!(qualification(&admin, json!({"nome": "Própria"}))["nome"], "Própria");
    assert_eq!(refused(&admin, &record, &json!({"cliente": {}})), ["O campo cliente é obrigatório"]);
}

// spec Q2, 3.7: a contact created here is a lead; a known one is taken as it is
#[test]
fn a_customer_created_by_name_is_a_lead() {
    let favo = Favo::start();
    let admin = favo.admin();
    let known = admin.post("/contatos", &json!({"nome": "Antiga", "constante": 1})).ok();
    let fresh = qualification(&admin, json!({"cliente": {"nome": "Nova"}}));
    let contact = admin.get(&format!("/contatos/{}", id(&fresh["cliente"]))).ok();
    assert_eq!((&contact["nome"], &contact["constante"]), (&json!("Nova"), &json!(3)));
    let old = qualification(&admin, json!({"cliente": {"nome": "ANTIGA"}}));
    assert_eq!(id(&old["cliente"]), id(&known));
    assert_eq!(admin.get(&format!("/contatos/{}", id(&known))).ok()["constante"], 1);
    admin.post("/qualificacoes", &json!({"cliente": {"id": 909_090}})).refused();
}

// spec 1.5, Appendix B 2; spec 1.2: qualificacao is the same resource
#[test]
fn both_paths_answer_the_same_object_and_delete_answers_its_last_state() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = qualification(&admin, json!({"nome": "a"}));
    assert_eq!(admin.get(&format!("/qualificacao/{}", id(&record))).ok(), record);
    assert_eq!(admin.get("/qualificacao/").ok(), json!([record]));
    let second = admin.post("/qualificacao/", &json!({"cliente": {"nome": "Ipê"}, "nome": "b"})).ok();
    let changed = admin.put(&format!("/qualificacao/{}", id(&second)), &json!({"nome": "c"})).ok();
    assert_eq!(changed, read(&admin, &second));
    assert_eq!(admin.delete(&format!("/qualificacao/{}", id(&second))).ok(), changed);
    let gone = admin.get(&format!("/qualificacoes/{}", id(&second)));
    assert_eq!((gone.status, gone.json()), (404, json!({"message": "Registro não encontrado"})));
    assert_eq!(listed(&admin, ""), ["a"]);
}

// spec Q1: the codes of the table, 3 and 4 are open to reading as qualified and discarded
#[test]
fn the_six_phases_are_accepted_and_no_other() {
    let favo = Favo::start();
    let admin = favo.admin();
    for status in 1..=6 {
        let record = qualification(&admin, json!({"status": status}));
        assert_eq!(record["status"], status);
    }
    for status in [0, 7] {
        let messages = admin.post("/qualificacoes", &body(json!({"status": status}))).refused();
        assert_eq!(messages, ["O valor do campo status é inválido"]);
    }
    let record = qualification(&admin, json!({"status": "2"}));
    assert_eq!(record["status"], 2);
}

// spec Q3
#[test]
fn concluding_sets_the_conclusion_and_going_back_clears_it() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "administrator");
    for (closed, open) in [(3, 1), (4, 2), (5, 1), (6, 2)] {
        let record = qualification(&admin, json!({}));
        let done = change(&caio, &record, &json!({"status": closed}));
        assert_includes(
            &done,
            &json!({"status": closed, "dataConclusao": START_OUT,
            "autorConclusao": {"id": caio.user_id}}),
        );
        let back = change(&admin, &record, &json!({"status": open}));
        assert!(back.get("dataConclusao").is_none() && back.get("autorConclusao").is_none(), "{back}");
    }
    let booked = qualification(&admin, json!({"status": 2}));
    assert!(booked.get("dataConclusao").is_none(), "2 (agendada) is open");
}

// spec Q4, 4.3 `compromisso`
#[test]
fn an_appointment_is_linked_but_never_created() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = qualification(&admin, json!({"status": 2}));
    assert!(record.get("compromisso").is_none());
    assert_eq!(admin.get("/compromissos").ok(), json!([]));
    let visit =
        json!({"assunto": "Visita", "cliente": {"nome": "Ipê"}, "dataInicio": "2026-03-10T13:00:00Z"});
    let visit = admin.post("/compromissos", &visit).ok();
    let linked = change(&admin, &record, &json!({"compromisso": {"id": id(&visit)}}));
    assert_eq!(linked["compromisso"], json!({"id": id(&visit), "nome": "Visita"}));
    assert!(change(&admin, &record, &json!({"compromisso": null})).get("compromisso").is_none());
    refused(&admin, &record, &json!({"compromisso": {"id": 808_080}}));
}

// spec Q5, Appendix B 12: by default one entry per filled custom field
#[test]
fn the_screen_columns_are_the_filled_custom_fields() {
    let favo = Favo::start();
    let admin = favo.admin();
    for label in ["Porte", "Região"] {
        admin.post("/campoPersonalizado", &json!({"nome": label, "relacionado": "Qualificacao"})).ok();
    }
    let record =
        qualification(&admin, json!({"camposPersonalizados": {"Porte": "Grande"}, "camposListagem": [null]}));
    assert_eq!(record["camposListagem"], json!([{"label": "Porte", "value": "Grande"}]));
    let both = change(&admin, &record, &json!({"camposPersonalizados": {"Região": "Sul"}}));
    assert_eq!(both["camposListagem"].as_array().expect("an array").len(), 2);
}

// spec Q2 with O1
#[test]
fn the_owner_follows_the_rule_of_opportunities() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    assert_eq!(id(&qualification(&admin, json!({}))["responsavel"]), admin.user_id);
    let given = qualification(&admin, json!({"responsavel": {"login": "caio@demo.example"}}));
    assert_eq!(
        given["responsavel"],
        json!({"id": caio.user_id, "login": "caio@demo.example", "nome": "caio"})
    );
    let queued = json!({"queue": {"id": 4321}, "responsavel": {"id": caio.user_id}});
    admin.post("/qualificacoes", &body(queued)).refused();
    favo.switch("exigir_responsavel", "true");
    let messages = admin.post("/qualificacoes", &body(json!({}))).refused();
    assert_eq!(messages, ["Nenhum responsável foi selecionado"]);
}

// spec Q2 with O3: funnels of kind 1 only
#[test]
fn the_funnel_must_be_an_active_one_of_qualification() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Um"}]);
    let calls = admin.post("/pipeline", &json!({"nome": "Ligações", "tipo": 1, "sequencias": stages})).ok();
    admin.post("/pipeline", &json!({"nome": "Antigo", "tipo": 1, "ativo": false, "sequencias": stages})).ok();
    let spellings = [
        json!({"pipeline": "ligações"}),
        json!({"funilVenda": {"id": id(&calls)}}),
        json!({"funilDeVenda": {"nome": "Ligações"}}),
        json!({"pipeline": "Pré-venda", "funilVenda": {"nome": "Ligações"}}),
    ];
    for spelling in spellings {
        let record = qualification(&admin, spelling.clone());
        assert_eq!(
            record["funilVenda"],
            json!({"id": id(&calls), "nome": "Ligações", "padrao": false, "tipo": 1,
            "cascataCicloVida": 0}),
            "written as {spelling}"
        );
    }
    for name in ["Vendas", "Antigo", "Nenhum"] {
        admin.post("/qualificacoes", &body(json!({"pipeline": name}))).refused();
    }
}

// spec Q2 with O4 and O5
#[test]
fn the_stage_rules_of_opportunities_apply() {
    let favo = Favo::start();
    let admin = favo.admin();
    let late = admin.post("/qualificacoes", &body(json!({"etapa": 2}))).refused();
    assert_eq!(late, ["O funil não permite iniciar nesta etapa"]);
    let missing = admin.post("/qualificacoes", &body(json!({"etapa": 9}))).refused();
    assert_eq!(missing, ["A etapa 9 não existe no funil Pré-venda"]);
    let record = qualification(&admin, json!({}));
    assert_eq!(refused(&admin, &record, &json!({"etapa": 3})), ["O funil não permite pular etapas"]);
    assert_eq!(change(&admin, &record, &json!({"etapa": 2}))["etapaNome"], "Agendamento");
    assert_eq!(refused(&admin, &record, &json!({"etapa": 1})), ["O funil não permite retornar etapas"]);
    favo.switch("aplicar_regras_funil", "false");
    let first = id(&funnel(&admin, "Pré-venda")["sequencias"][0]);
    assert_eq!(change(&admin, &record, &json!({"etapaAtual": {"id": first}}))["etapa"], 1);
    let ignored =
        change(&admin, &record, &json!({"etapa": null, "etapaAtual": {}, "funilVenda": {}, "pipeline": ""}));
    assert_eq!((&ignored["etapa"], &ignored["pipeline"]), (&json!(1), &json!("Pré-venda")));
}

// spec Q2: O6 to O12 do not apply
#[test]
fn the_product_and_reason_rules_of_opportunities_do_not_apply() {
    let favo = Favo::start();
    let admin = favo.admin();
    let strict = json!({"nome": "Rígido", "tipo": 1, "produtoObrigatorio": true,
        "motivoGanhoPerdaObrigatorio": true,
        "motivoDescarteObrigatorio": true, "consideracoesObrigatorioDescartar": true,
        "consideracoesObrigatorioPerder": true, "sequencias": [{"nome": "Um"}]});
    admin.post("/pipeline", &strict).ok();
    for status in [3, 4] {
        let record = qualification(&admin, json!({"pipeline": "Rígido"}));
        assert_eq!(change(&admin, &record, &json!({"status": status}))["status"], status);
    }
}

// spec 4.3 filter status: absent means all
#[test]
fn without_status_every_phase_is_listed() {
    let favo = Favo::start();
    let admin = favo.admin();
    for status in [1, 2, 4, 6] {
        qualification(&admin, json!({"nome": format!("s{status}"), "status": status}));
    }
    assert_eq!(listed(&admin, ""), ["s6", "s4", "s2", "s1"]);
    assert_eq!(listed(&admin, "status=4"), ["s4"]);
    assert_eq!(listed(&admin, "status=1,6"), ["s6", "s1"]);
}

// spec 4.3 filters nome, exato, secao, clienteId, usuariosId, pipelineId, pipeline
#[test]
fn name_customer_owner_and_funnel_are_filtered() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    let calls =
        admin.post("/pipeline", &json!({"nome": "Ligações", "tipo": 1, "sequencias": [{"nome": "Um"}]})).ok();
    let lead = qualification(&admin, json!({"nome": "Água Rasa", "cliente": {"nome": "Lead"}}));
    let customer = admin.post("/contatos", &json!({"nome": "Cliente", "constante": 0})).ok();
    let second = json!({"nome": "Rasa", "cliente": {"id": id(&customer)}, "responsavel": {"id": caio.user_id},
        "pipeline": "Ligações"});
    qualification(&admin, second);
    assert_eq!(listed(&admin, "nome=agua"), ["Água Rasa"]);
    assert_eq!(listed(&admin, "nome=RASA"), ["Rasa"], "a prefix");
    assert!(listed(&admin, "nome=ras&exato=true").is_empty());
    assert_eq!(
        listed(&admin, &format!("nome={}&exato=1", lead["codigo"].as_str().expect("a code"))),
        ["Água Rasa"]
    );
    assert_eq!(listed(&admin, "secao=3"), ["Água Rasa"]);
    assert_eq!(listed(&admin, "secao=0,1"), ["Rasa"]);
    assert_eq!(listed(&admin, &format!("clienteId={}", id(&customer))), ["Rasa"]);
    assert_eq!(listed(&admin, &format!("usuariosId={}", caio.user_id)), ["Rasa"]);
    assert_eq!(listed(&admin, &format!("pipelineId={}", id(&calls))), ["Rasa"]);
    assert_eq!(listed(&admin, &format!("pipeline={}", encoded("Pré-venda"))), ["Água Rasa"]);
}

// spec 4.3 date filters
#[test]
fn creation_update_limit_and_conclusion_are_filtered_by_date() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = qualification(&admin, json!({"nome": "a", "dataLimite": "10/04/2026"}));
    favo.advance(Duration::from_hours(24));
    qualification(&admin, json!({"nome": "b", "dataLimite": "20/04/2026"}));
    favo.advance(Duration::from_hours(24));
    change(&admin, &first, &json!({"status": 3}));
    assert_eq!(listed(&admin, "dataInicio=03/03/2026"), ["b"]);
    assert_eq!(listed(&admin, "dataFim=02/03/2026"), ["a"]);
    assert_eq!(listed(&admin, "dataInicioAtualizacao=04/03/2026"), ["a"]);
    assert_eq!(listed(&admin, "dataFimLimite=10/04/2026"), ["a"]);
    assert_eq!(listed(&admin, "dataInicioConclusao=04/03/2026&dataFimConclusao=04/03/2026"), ["a"]);
    assert!(listed(&admin, "dataInicioConclusao=05/03/2026").is_empty());
}

// spec 2.7 on this resource
#[test]
fn custom_fields_are_filtered_by_label_or_alias() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/campoPersonalizado", &json!({"nome": "Região", "relacionado": "Qualificacao"})).ok();
    qualification(&admin, json!({"nome": "a", "camposPersonalizados": {"Região": "Sul"}}));
    qualification(&admin, json!({"nome": "b"}));
    let by_label = encoded(r#"{"Região":"SUL"}"#);
    assert_eq!(listed(&admin, &format!("camposPersonalizados={by_label}")), ["a"]);
    let by_alias = encoded(r#"{"regiao":"Sul"}"#);
    assert_eq!(listed(&admin, &format!("camposPersonalizados={by_alias}&useAlias=true")), ["a"]);
}

// spec 4.31, called by existing clients
#[test]
fn lookups_find_qualifications_of_every_phase() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ipe = json!({"nome": "Mercado", "emails": ["ola@ipe.example"], "telefones": ["48999990001"]});
    let ipe = id(&admin.post("/contatos", &ipe).ok());
    let first = qualification(&admin, json!({"cliente": {"id": ipe}}));
    let second = qualification(&admin, json!({"cliente": {"id": ipe}, "status": 4}));
    qualification(&admin, json!({}));
    let paths = [
        "email/OLA@ipe.example".to_owned(),
        "telefone/+5548999990001".to_owned(),
        format!("contatoId/{ipe}"),
    ];
    for path in &paths {
        let found = admin.get(&format!("/qualificacoes/{path}")).ok();
        assert_eq!(ids(&found), [id(&first), id(&second)], "{path}, ids ascending");
        assert_eq!(found[1], second, "full objects");
    }
    assert_eq!(admin.get("/qualificacoes/email/x@y.example").ok(), json!([]));
    let projected = admin.get(&format!("/qualificacao/contatoId/{ipe}?attribute=id")).ok();
    assert_eq!(projected, json!([{"id": id(&first)}, {"id": id(&second)}]));
}

// spec 3.5, 3.6, Appendix B 10
#[test]
fn an_echo_changes_nothing_and_a_single_key_changes_one() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record =
        qualification(&admin, json!({"handRaised": true, "listas": ["Sul"], "dataLimite": "2026-03-20"}));
    favo.advance(Duration::from_mins(1));
    assert_eq!(change(&admin, &record, &record), record);
    let changed = change(&admin, &record, &json!({"handRaised": false}));
    assert_eq!((&changed["handRaised"], &changed["listas"]), (&json!(false), &record["listas"]));
    assert_eq!(changed["dataAtualizacao"], "2026-03-02T12:01:00.000Z");
    assert!(change(&admin, &record, &json!({"dataLimite": ""})).get("dataLimite").is_none());
}

// spec 3.8, 4.1 qtdeQualificacoes
#[test]
fn a_contact_counts_its_qualifications() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = qualification(&admin, json!({}));
    qualification(&admin, json!({"status": 4}));
    let path = format!("/contatos/{}", id(&record["cliente"]));
    assert_eq!(admin.get(&path).ok()["qtdeQualificacoes"], 2);
    admin.delete(&format!("/qualificacoes/{}", id(&record))).ok();
    assert_eq!(admin.get(&path).ok()["qtdeQualificacoes"], 1);
}

// spec 4.3 `autor` and `codigo`
#[test]
fn the_author_is_kept_and_the_code_counts_up() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "administrator");
    let first = qualification(&admin, json!({"autor": {"id": caio.user_id}}));
    let second = qualification(&admin, json!({"autor": {"login": "x@y.example"}}));
    assert_eq!((id(&first["autor"]), id(&second["autor"])), (caio.user_id, admin.user_id));
    let code =
        |record: &Value| -> u64 { record["codigo"].as_str().expect("a text").parse().expect("a decimal") };
    assert_eq!(code(&second), code(&first) + 1);
    let changed = change(&caio, &second, &json!({"nome": "x", "autor": {"id": caio.user_id}}));
    assert_eq!((id(&changed["autor"]), id(&changed["autorAtualizacao"])), (admin.user_id, caio.user_id));
}
