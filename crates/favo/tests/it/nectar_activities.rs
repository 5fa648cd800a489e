//! Tasks and appointments on the NectarCRM wire: spec 4.4 (rules T1 to T5) and 4.5 (rules M1 to M4).

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Favo};

const START_OUT: &str = "2026-03-02T12:00:00.000Z";

fn id(record: &Value) -> i64 {
    record["id"].as_i64().expect("a numeric id at the root")
}

fn includes(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(have), Value::Object(want)) => {
            want.iter().all(|(key, value)| have.get(key).is_some_and(|found| includes(found, value)))
        }
        (Value::Array(have), Value::Array(want)) => {
            have.len() == want.len() && have.iter().zip(want).all(|(left, right)| includes(left, right))
        }
        (Value::Number(have), Value::Number(want)) => have.as_f64() == want.as_f64(),
        _ => actual == expected,
    }
}

/// Every key of `expected` is in `actual` with that value; arrays have the same length.
#[track_caller]
fn assert_includes(actual: &Value, expected: &Value) {
    assert!(includes(actual, expected), "\nactual   {actual}\nexpected {expected}");
}

/// Creates the customer "Acme" that tasks and appointments refer to by name.
fn acme(client: &Client) -> i64 {
    id(&client.post("/contatos", &json!({"nome": "Acme"})).ok())
}

/// The keys of both objects; the second one wins.
fn merged(base: Value, more: Value) -> Value {
    let (Value::Object(mut whole), Value::Object(more)) = (base, more) else { panic!("two objects") };
    whole.extend(more);
    Value::Object(whole)
}

fn task_body(more: Value) -> Value {
    merged(
        json!({"titulo": "Ligar", "cliente": {"nome": "Acme"}, "dataLimite": "2026-03-05T20:00:00Z"}),
        more,
    )
}

fn meeting_body(more: Value) -> Value {
    merged(
        json!({"assunto": "Visita", "cliente": {"nome": "Acme"}, "dataInicio": "2026-03-10T13:00:00Z"}),
        more,
    )
}

#[track_caller]
fn task(client: &Client, more: Value) -> Value {
    client.post("/tarefas", &task_body(more)).ok()
}

#[track_caller]
fn meeting(client: &Client, more: Value) -> Value {
    client.post("/compromissos", &meeting_body(more)).ok()
}

fn opportunity(client: &Client, name: &str) -> i64 {
    id(&client.post("/oportunidades", &json!({"nome": name, "cliente": {"nome": "Acme"}})).ok())
}

fn put(client: &Client, resource: &str, record: &Value, body: &Value) -> Value {
    client.put(&format!("/{resource}/{}", id(record)), body).ok()
}

fn refused(client: &Client, resource: &str, record: &Value, body: &Value) -> Vec<String> {
    client.put(&format!("/{resource}/{}", id(record)), body).refused()
}

/// That key of every row that `GET {path}` answers, as text.
#[track_caller]
fn listed(client: &Client, path: &str, key: &str) -> Vec<String> {
    let list = client.get(path).ok();
    let rows = list.as_array().expect("a bare array");
    rows.iter().map(|row| row[key].as_str().expect("a text").to_owned()).collect()
}

/// The active task types of that nature, ids ascending.
fn types_of(client: &Client, nature: i64) -> Vec<Value> {
    let list = client.get("/tarefas/tipos?page=-1").ok();
    let rows = list.as_array().expect("a bare array").iter();
    let mut found: Vec<Value> =
        rows.filter(|row| row["natureza"] == nature && row["ativo"] == true).cloned().collect();
    found.sort_by_key(id);
    found
}

// spec 4.4, the Create and Read examples
#[test]
fn the_documented_task_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let bruna = favo.user("bruna@aurora.example", "administrator");
    let bakery = json!({"nome": "Padaria Aurora", "empresa": true});
    let bakery = id(&admin.post("/contatos", &bakery).ok());
    let deal = json!({"nome": "Aurora: plano anual", "cliente": {"id": bakery}, "temperatura": "x",
        "valorMensal": 5});
    let deal = admin.post("/oportunidades", &deal).ok();
    let created = bruna.post(
        "/tarefas",
        &json!({"titulo": "Enviar contrato", "cliente": {"id": bakery},
        "oportunidade": {"id": id(&deal)}, "dataLimite": "2026-03-05T17:00:00-03:00", "prioridade": "1",
        "descricao": "Minuta revisada", "checklist": {"nome": "Fechamento"}}),
    );
    let created = created.ok();
    let user = json!({"id": bruna.user_id, "login": "bruna@aurora.example", "nome": "bruna"});
    let kind = types_of(&admin, 0).remove(0);
    assert_includes(
        &created,
        &json!({
            "titulo": "Enviar contrato", "descricao": "Minuta revisada", "status": 0, "prioridade": 1,
            "tipo": 0,
            "tarefaTipo": {"id": id(&kind), "nome": kind["nome"], "ativo": true, "natureza": 0},
            "cliente": {"id": bakery, "nome": "Padaria Aurora", "empresa": true, "isEmpresa": true,
            "ativo": true},
            "oportunidade": {"id": id(&deal), "nome": "Aurora: plano anual", "codigo": deal["codigo"],
                "valorTotalDescontos": 0, "temperatura": "", "diasSemInteracao": 0,
                "diasEstagnacaoNaEtapa": 0,
                "quantidadeProdutos": 0},
            "responsavel": user, "autor": user, "checklist": {"nome": "Fechamento"},
            "dataLimite": "2026-03-05T20:00:00.000Z", "dataCriacao": START_OUT, "dataAtualizacao": START_OUT
        }),
    );
    assert_eq!(created["oportunidade"]["funilVenda"], json!({}));
    assert_eq!(created["oportunidade"]["origem"], json!({}));
    assert_eq!(created["camposPersonalizados"], json!({}));
    assert_eq!(created["camposPersonalizadosObject"], json!({}));
    assert_eq!(admin.get(&format!("/tarefas/{}", id(&created))).ok(), created);
    assert_eq!(admin.get("/tarefas").ok(), json!([created]));
    for absent in ["modeloTarefa", "modeloFormulario", "dataInicio", "dataFim", "classificacao", "telefone"] {
        assert!(created.get(absent).is_none(), "{absent} has no value: {created}");
    }
}

// spec 4.4 and 1.7: required fields, all reported together
#[test]
fn a_task_needs_title_customer_and_due_date() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let mut messages = admin.post("/tarefas", &json!({})).refused();
    messages.sort();
    let expected =
        ["O campo cliente é obrigatório", "O campo dataLimite é obrigatório", "O campo titulo é obrigatório"];
    assert_eq!(messages, expected);
    let record = task(&admin, json!({}));
    for key in ["titulo", "cliente", "dataLimite"] {
        let cleared = json!({key: null});
        assert_eq!(refused(&admin, "tarefas", &record, &cleared), [format!("O campo {key} é obrigatório")]);
    }
}

// spec 3.7: cliente of a task is never created
#[test]
fn an_unknown_customer_refuses_a_task_and_an_appointment() {
    let favo = Favo::start();
    let admin = favo.admin();
    for customer in [json!({"nome": "Ninguém"}), json!({"id": 717_171})] {
        admin.post("/tarefas", &task_body(json!({"cliente": customer}))).refused();
        admin.post("/compromissos", &meeting_body(json!({"cliente": customer}))).refused();
    }
    assert_eq!(admin.get("/contatos").ok(), json!([]));
}

// spec T1, Appendix B 10: existing clients finish a task with just that
#[test]
fn a_single_key_put_finishes_a_task_and_every_state_is_listed() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let record = task(&admin, json!({"titulo": "s1", "descricao": "fica"}));
    for status in [2, 3] {
        task(&admin, json!({"titulo": format!("s{status}"), "status": status}));
    }
    favo.advance(Duration::from_mins(1));
    let done = put(&admin, "tarefas", &record, &json!({"status": 1}));
    let expected = json!({"status": 1, "dataAtualizacao": "2026-03-02T12:01:00.000Z",
        "autorAtualizacao": done["autorAtualizacao"]});
    assert_eq!(done, merged(record, expected), "nothing else changes");
    assert_eq!(listed(&admin, "/tarefas", "titulo"), ["s3", "s2", "s1"]);
}

// spec 4.4 enums, 3.3
#[test]
fn unknown_codes_of_a_task_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    for (key, code) in [("status", 4), ("prioridade", 3), ("tipo", 5)] {
        let messages = admin.post("/tarefas", &task_body(json!({key: code}))).refused();
        assert_eq!(messages, [format!("O valor do campo {key} é inválido")]);
    }
    let record = task(&admin, json!({"status": "3", "prioridade": "2", "tipo": "1"}));
    assert_includes(&record, &json!({"status": 3, "prioridade": 2, "tipo": 1}));
}

// spec T2: tarefaTipo sets tipo
#[test]
fn a_sent_task_type_sets_the_kind() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let cold = admin.post("/tarefas/tipos", &json!({"nome": "Ligação fria", "natureza": 1})).ok();
    let spellings = [json!({"id": id(&cold)}), json!({"nome": "ligação fria"}), json!("Ligação fria")];
    for spelling in spellings {
        let record = task(&admin, json!({"tarefaTipo": spelling}));
        let kind = json!({"id": id(&cold), "nome": "Ligação fria", "ativo": true, "natureza": 1});
        assert_eq!(record["tarefaTipo"], kind, "written as {spelling}");
        assert_eq!(record["tipo"], 1);
    }
    let both = task(&admin, json!({"tarefaTipo": {"id": id(&cold)}, "tipo": 3}));
    assert_eq!((&both["tipo"], id(&both["tarefaTipo"])), (&json!(1), id(&cold)));
    let changed = put(&admin, "tarefas", &task(&admin, json!({})), &json!({"tarefaTipo": {"id": id(&cold)}}));
    assert_eq!(changed["tipo"], 1);
}

// spec T2: tipo alone picks the first active type of that nature
#[test]
fn a_sent_kind_alone_picks_the_first_type_of_that_nature() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    admin.post("/tarefas/tipos", &json!({"nome": "Mais uma", "natureza": 1})).ok();
    for nature in 0..=4 {
        let first = types_of(&admin, nature).remove(0);
        let record = task(&admin, json!({"tipo": nature}));
        assert_eq!((&record["tipo"], id(&record["tarefaTipo"])), (&json!(nature), id(&first)));
    }
    let record = put(&admin, "tarefas", &task(&admin, json!({})), &json!({"tipo": 3}));
    assert_eq!(record["tarefaTipo"]["natureza"], 3);
}

// spec T2: created under its label when the tenant has none
#[test]
fn a_kind_without_any_type_creates_one_under_its_label() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let old = types_of(&admin, 3);
    for (number, kind) in old.iter().enumerate() {
        let off = json!({"nome": format!("Antigo {number}"), "ativo": false});
        admin.put(&format!("/tarefas/tipos/{}", id(kind)), &off).ok();
    }
    let record = task(&admin, json!({"tipo": 3}));
    let kind = &record["tarefaTipo"];
    assert_eq!(kind["nome"].as_str().expect("a label").to_lowercase(), "e-mail");
    assert_eq!((&kind["natureza"], &kind["ativo"]), (&json!(3), &json!(true)));
    assert!(old.iter().all(|row| id(row) != id(kind)));
    assert_eq!(id(&task(&admin, json!({"tipo": 3}))["tarefaTipo"]), id(kind), "created once");
}

// spec T3: read-only on the wire
#[test]
fn a_sent_task_template_is_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let record = task(&admin, json!({"modeloTarefa": {"id": 1, "titulo": "x", "blockFieldsEdit": true}}));
    assert!(record.get("modeloTarefa").is_none());
    assert_eq!(put(&admin, "tarefas", &record, &json!({"titulo": "Outro"}))["titulo"], "Outro");
}

// spec T4
#[test]
fn a_call_rating_is_one_to_five() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    for rating in [0, 6] {
        let messages = admin.post("/tarefas", &task_body(json!({"classificacao": rating}))).refused();
        assert_eq!(messages, ["O valor do campo classificacao é inválido"]);
    }
    for rating in [1, 5] {
        assert_eq!(task(&admin, json!({"classificacao": rating}))["classificacao"], rating);
    }
}

// spec T4, 3.7: call fields are kept whatever the kind is; the call type is created by name
#[test]
fn call_fields_are_kept_on_a_common_task() {
    let favo = Favo::start();
    let admin = favo.admin();
    let customer = acme(&admin);
    let call = json!({"tipo": 0, "dataInicio": "2026-03-02T10:00:00-0300",
        "dataFim": "2026-03-02T10:05:00-0300",
        "atendida": true, "contatoQuemAtendeu": {"id": customer}, "quemAtendeu": "Lia", "telefone": "48 9999",
        "classificacao": 4, "justificativa": "nenhuma", "tipoLigacao": {"nome": "Retorno"},
        "resultadoLigacao": "Fechou"});
    let record = task(&admin, call);
    assert_includes(
        &record,
        &json!({"tipo": 0, "dataInicio": "2026-03-02T13:00:00.000Z",
        "dataFim": "2026-03-02T13:05:00.000Z", "atendida": true, "quemAtendeu": "Lia", "telefone": "48 9999",
        "classificacao": 4, "justificativa": "nenhuma", "resultadoLigacao": "Fechou"}),
    );
    assert_eq!(record["contatoQuemAtendeu"], json!({"id": customer, "nome": "Acme"}));
    let kind = &record["tipoLigacao"];
    assert_eq!(admin.get(&format!("/ligacao/tipos/{}", id(kind))).ok()["nome"], "Retorno");
}

// spec T5
#[test]
fn a_funnel_may_forbid_loose_tasks() {
    let favo = Favo::start();
    let admin = favo.admin();
    let strict = json!({"nome": "Rígido", "permiteTarefasAvulsas": false, "sequencias": [{"nome": "Um"}]});
    admin.post("/pipeline", &strict).ok();
    let deal = json!({"nome": "a", "cliente": {"nome": "Acme"}, "pipeline": "Rígido"});
    let deal = id(&admin.post("/oportunidades", &deal).ok());
    admin.post("/tarefas", &task_body(json!({"oportunidade": {"id": deal}}))).refused();
    task(&admin, json!({}));
    favo.switch("aplicar_regras_funil", "false");
    task(&admin, json!({"oportunidade": {"id": deal}}));
}

// spec 3.7 checklist
#[test]
fn a_checklist_is_created_once_by_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let first = task(&admin, json!({"checklist": {"nome": "Fechamento"}}));
    let second = task(&admin, json!({"checklist": "fechamento"}));
    assert_eq!(first["checklist"], second["checklist"]);
    assert!(put(&admin, "tarefas", &first, &json!({"checklist": null})).get("checklist").is_none());
}

// spec 4.4 oportunidade, 3.7
#[test]
fn an_unknown_opportunity_refuses_a_task() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    admin.post("/tarefas", &task_body(json!({"oportunidade": {"id": 616_161}}))).refused();
    let deal = opportunity(&admin, "a");
    let record = task(&admin, json!({"oportunidade": {"id": deal.to_string()}}));
    assert_eq!(id(&record["oportunidade"]), deal);
    assert!(put(&admin, "tarefas", &record, &json!({"oportunidade": null})).get("oportunidade").is_none());
}

// spec 4.4 filters
#[test]
fn tasks_are_filtered_by_state_customer_opportunity_and_owner() {
    let favo = Favo::start();
    let admin = favo.admin();
    let customer = acme(&admin);
    let other = id(&admin.post("/contatos", &json!({"nome": "Outra"})).ok());
    let caio = favo.user("caio@demo.example", "seller");
    let deal = opportunity(&admin, "a");
    task(&admin, json!({"titulo": "a", "status": 3, "oportunidade": {"id": deal}}));
    task(&admin, json!({"titulo": "b", "cliente": {"id": other}, "responsavel": {"id": caio.user_id}}));
    let found = |query: &str| listed(&admin, &format!("/tarefas?{query}"), "titulo");
    assert_eq!(found("status=3"), ["a"]);
    assert_eq!(found("status=0,3"), ["b", "a"]);
    assert_eq!(found(&format!("clienteId={customer}")), ["a"]);
    assert_eq!(found(&format!("clienteId={customer},{other}")), ["b", "a"]);
    assert_eq!(found(&format!("oportunidadeId={deal}")), ["a"]);
    assert_eq!(found(&format!("usuariosId={}", caio.user_id)), ["b"]);
    assert_eq!(found("displayLength=1&page=2"), ["a"]);
}

// spec 4.4 date filters: dataInicio means dataCriacao, not the start of the call
#[test]
fn tasks_are_filtered_by_creation_update_and_due_date() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let first = task(&admin, json!({"titulo": "a", "dataLimite": "10/04/2026", "dataInicio": "2026-12-01"}));
    favo.advance(Duration::from_hours(24));
    task(&admin, json!({"titulo": "b", "dataLimite": "05/04/2026"}));
    let found = |query: &str| listed(&admin, &format!("/tarefas?{query}"), "titulo");
    assert_eq!(found("dataInicio=02/03/2026&dataFim=02/03/2026"), ["a"]);
    assert_eq!(found("dataInicio=03/03/2026"), ["b"]);
    assert_eq!(found("dataInicioLimite=05/04/2026&dataFimLimite=10/04/2026"), ["a", "b"]);
    assert_eq!(found("dataFimLimite=05/04/2026"), ["b"]);
    favo.advance(Duration::from_hours(24));
    put(&admin, "tarefas", &first, &json!({"status": 1}));
    assert_eq!(found("dataInicioAtualizacao=04/03/2026"), ["a"]);
}

// spec 3.5, 3.6, 1.5 on both resources
#[test]
fn an_echo_changes_nothing_and_delete_answers_the_last_state() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let deal = opportunity(&admin, "a");
    let link = json!({"oportunidade": {"id": deal}, "descricao": "x"});
    let records = [
        ("tarefas", task(&admin, merged(link.clone(), json!({"checklist": {"nome": "Fim"}})))),
        ("compromissos", meeting(&admin, merged(link, json!({"participantes": [{"email": "a@b.example"}]})))),
    ];
    favo.advance(Duration::from_mins(1));
    for (resource, record) in records {
        assert_eq!(put(&admin, resource, &record, &record), record);
        let path = format!("/{resource}/{}", id(&record));
        assert_eq!(admin.delete(&path).ok(), record);
        let gone = admin.get(&path);
        assert_eq!((gone.status, gone.json()), (404, json!({"message": "Registro não encontrado"})));
        assert_eq!(admin.get(&format!("/{resource}")).ok(), json!([]));
    }
}

// spec 3.9, 4.18 on both resources
#[test]
fn custom_fields_belong_to_their_entity() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    admin.post("/campoPersonalizado", &json!({"nome": "Canal", "relacionado": "Tarefa"})).ok();
    admin.post("/campoPersonalizado", &json!({"nome": "Sala", "relacionado": "Compromisso"})).ok();
    let values = json!({"camposPersonalizados": {"Canal": "Rádio", "Sala": 2}});
    let record = task(&admin, values.clone());
    assert_eq!(record["camposPersonalizados"], json!({"Canal": "Rádio"}));
    assert_eq!(record["camposPersonalizadosObject"]["canal"]["valor"], "Rádio");
    let record = meeting(&admin, values);
    assert_eq!(record["camposPersonalizados"], json!({"Sala": "2"}));
    assert_eq!(record["camposPersonalizadosObject"]["sala"]["valor"], "2");
}

// spec 4.4, 4.5 autor
#[test]
fn author_and_owner_of_an_activity_default_to_the_token_user() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "administrator");
    acme(&admin);
    let people = json!({"autor": {"id": caio.user_id}, "responsavel": {"login": "caio@demo.example"}});
    for (plain, named) in [
        (task(&admin, json!({})), task(&admin, people.clone())),
        (meeting(&admin, json!({})), meeting(&admin, people.clone())),
    ] {
        assert_eq!((id(&plain["autor"]), id(&plain["responsavel"])), (admin.user_id, admin.user_id));
        assert_eq!((id(&named["autor"]), id(&named["responsavel"])), (caio.user_id, caio.user_id));
    }
    let record = put(&caio, "tarefas", &task(&admin, json!({})), &json!({"titulo": "x"}));
    assert_eq!((id(&record["autor"]), id(&record["autorAtualizacao"])), (admin.user_id, caio.user_id));
    admin.post("/tarefas", &task_body(json!({"responsavel": {"id": 515_151}}))).refused();
}

// spec 4.5, the Create and Read examples
#[test]
fn the_documented_appointment_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@aurora.example", "administrator");
    let ipe = id(&admin.post("/contatos", &json!({"nome": "Mercado Ipê", "empresa": true})).ok());
    let created = caio.post(
        "/compromissos",
        &json!({"assunto": "Demonstração",
        "descricao": "Apresentar o plano",
        "cliente": {"id": ipe}, "dataInicio": "2026-03-10T10:00:00-0300",
        "dataFim": "2026-03-10T11:00:00-0300",
        "tipo": {"nome": "Visita técnica"}, "local": "Loja 2", "endereco": "Av. Central, 50",
        "participantes": [{"usuario": {"login": "caio@aurora.example"}, "participar": true},
            {"email": "visita@ipe.example"}]}),
    );
    let created = created.ok();
    let user = json!({"id": caio.user_id, "login": "caio@aurora.example", "nome": "caio"});
    assert_includes(
        &created,
        &json!({
            "assunto": "Demonstração", "descricao": "Apresentar o plano", "status": 0,
            "tipo": {"nome": "Visita técnica"},
            "cliente": {"id": ipe, "nome": "Mercado Ipê", "empresa": true, "isEmpresa": true, "ativo": true,
                "diasSemInteracao": 0},
            "responsavel": user, "autor": user, "dataInicio": "2026-03-10T13:00:00.000Z",
            "dataFim": "2026-03-10T14:00:00.000Z", "diaInteiro": false, "local": "Loja 2",
            "endereco": "Av. Central, 50",
            "participantes": [
                {"nome": "caio", "email": "caio@aurora.example", "participar": true,
                 "usuario": {"id": caio.user_id, "login": "caio@aurora.example", "nome": "caio",
                 "ativo": true}},
                {"email": "visita@ipe.example", "participar": false}],
            "dataCriacao": START_OUT, "dataAtualizacao": START_OUT
        }),
    );
    let guest = &created["participantes"][1];
    assert_eq!(*guest, json!({"id": id(guest), "email": "visita@ipe.example", "participar": false}));
    assert_ne!(id(guest), id(&created["participantes"][0]));
    assert_eq!(created["camposPersonalizados"], json!({}));
    assert_eq!(created["camposPersonalizadosObject"], json!({}));
    assert_eq!(admin.get(&format!("/compromissos/{}", id(&created))).ok(), created);
    assert_eq!(admin.get("/compromissos").ok(), json!([created]));
    for absent in
        ["oportunidade", "feedback", "autorFeedback", "dataFeedback", "latitude", "notificarParticipantes"]
    {
        assert!(created.get(absent).is_none(), "{absent}: {created}");
    }
}

// spec 4.5 required fields and defaults
#[test]
fn an_appointment_needs_subject_customer_and_start_and_lasts_an_hour() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let mut messages = admin.post("/compromissos", &json!({})).refused();
    messages.sort();
    let expected = [
        "O campo assunto é obrigatório",
        "O campo cliente é obrigatório",
        "O campo dataInicio é obrigatório",
    ];
    assert_eq!(messages, expected);
    let record = meeting(&admin, json!({}));
    assert_includes(
        &record,
        &json!({"status": 0, "diaInteiro": false, "participantes": [],
        "dataInicio": "2026-03-10T13:00:00.000Z", "dataFim": "2026-03-10T14:00:00.000Z"}),
    );
}

// spec M1
#[test]
fn an_appointment_has_three_states() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let messages = admin.post("/compromissos", &meeting_body(json!({"status": 3}))).refused();
    assert_eq!(messages, ["O valor do campo status é inválido"]);
    let record = meeting(&admin, json!({}));
    for status in [1, 2, 0] {
        assert_eq!(put(&admin, "compromissos", &record, &json!({"status": status}))["status"], status);
    }
}

// spec M2
#[test]
fn an_appointment_never_ends_before_it_starts() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    admin.post("/compromissos", &meeting_body(json!({"dataFim": "2026-03-10T12:59:59Z"}))).refused();
    let record = meeting(&admin, json!({"dataFim": "2026-03-10T13:00:00Z"}));
    refused(&admin, "compromissos", &record, &json!({"dataFim": "2026-03-01"}));
    let kept = admin.get(&format!("/compromissos/{}", id(&record))).ok();
    assert_eq!(kept["dataFim"], "2026-03-10T13:00:00.000Z");
}

// spec M2: diaInteiro keeps both instants as sent
#[test]
fn a_whole_day_keeps_its_instants() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let day = json!({"diaInteiro": "true", "dataInicio": "2026-03-10T10:15:00-0300",
        "dataFim": "2026-03-10T11:45:00-0300"});
    assert_includes(
        &meeting(&admin, day),
        &json!({"diaInteiro": true, "dataInicio": "2026-03-10T13:15:00.000Z",
        "dataFim": "2026-03-10T14:45:00.000Z"}),
    );
}

// spec M3: contact, user, e-mail, and the older flat form
#[test]
fn participants_are_contacts_users_or_mail_addresses() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    acme(&admin);
    let lia = json!({"nome": "Lia", "emails": ["lia@acme.example"]});
    let lia = id(&admin.post("/contatos", &lia).ok());
    let record = meeting(
        &admin,
        json!({"participantes": [{"contato": {"id": lia}},
        {"usuario": {"id": caio.user_id}, "participar": "true"}, {"email": "x@y.example"},
        {"login": "caio@demo.example", "nome": "caio", "participar": true}]}),
    );
    let caio = json!({"id": caio.user_id, "login": "caio@demo.example", "nome": "caio", "ativo": true});
    assert_includes(
        &record["participantes"],
        &json!([
        {"nome": "Lia", "email": "lia@acme.example", "participar": false},
        {"nome": "caio", "participar": true, "usuario": caio},
        {"email": "x@y.example", "participar": false},
        {"nome": "caio", "participar": true, "usuario": caio}]),
    );
    assert_eq!(record["participantes"][0]["contato"], json!({"id": lia, "nome": "Lia"}));
    assert!(record["participantes"][0].get("usuario").is_none());
    assert!(record["participantes"][1].get("contato").is_none());
}

// spec M3 with 3.5: rows are matched by their own id
#[test]
fn participants_keep_their_ids_and_are_replaced_as_a_whole() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let guests = json!({"participantes": [{"email": "a@x.example"}, {"email": "b@x.example"}]});
    let record = meeting(&admin, guests);
    let second = id(&record["participantes"][1]);
    let kept = json!({"participantes": [{"id": second, "email": "b@x.example", "participar": true}]});
    let changed = put(&admin, "compromissos", &record, &kept);
    assert_eq!(changed["participantes"], json!([{"id": second, "email": "b@x.example", "participar": true}]));
    assert_eq!(
        put(&admin, "compromissos", &record, &json!({"participantes": []}))["participantes"],
        json!([])
    );
}

// spec M4
#[test]
fn writing_the_outcome_records_who_and_when() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "administrator");
    acme(&admin);
    let record = meeting(&admin, json!({}));
    favo.advance(Duration::from_mins(1));
    let told = put(&caio, "compromissos", &record, &json!({"feedback": "Gostaram", "status": 1}));
    assert_includes(
        &told,
        &json!({"feedback": "Gostaram", "status": 1, "dataFeedback": "2026-03-02T12:01:00.000Z",
        "autorFeedback": {"id": caio.user_id}}),
    );
    let moved = put(&admin, "compromissos", &record, &json!({"local": "Loja 3"}));
    assert_eq!(id(&moved["autorFeedback"]), caio.user_id);
}

// spec 4.5 tipo, 3.7: created when missing
#[test]
fn an_appointment_type_is_created_once_by_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let first = meeting(&admin, json!({"tipo": {"nome": "Vistoria"}}));
    let second = meeting(&admin, json!({"tipo": "vistoria"}));
    assert_eq!(first["tipo"], second["tipo"]);
    let kind = admin.get(&format!("/compromissos/tipos/{}", id(&first["tipo"]))).ok();
    assert_eq!((&kind["nome"], &kind["ativo"]), (&json!("Vistoria"), &json!(true)));
}

// spec 4.5 remaining fields
#[test]
fn place_guests_and_invitation_flag_are_taken() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    let record = meeting(
        &admin,
        json!({"latitude": -27.5954, "longitude": "-48.5480", "notificarParticipantes": true,
        "emailsConvidados": "a@x.example,b@x.example"}),
    );
    assert_includes(
        &record,
        &json!({"latitude": -27.5954, "longitude": -48.548,
        "emailsConvidados": "a@x.example,b@x.example"}),
    );
    assert!(record.get("notificarParticipantes").is_none(), "accepted and never returned");
}

// spec 4.5 filters: as in 4.4; dataInicio/dataFim mean dataCriacao
#[test]
fn appointments_are_filtered_as_tasks_are() {
    let favo = Favo::start();
    let admin = favo.admin();
    let customer = acme(&admin);
    let other = id(&admin.post("/contatos", &json!({"nome": "Outra"})).ok());
    let caio = favo.user("caio@demo.example", "seller");
    let deal = opportunity(&admin, "a");
    let first = meeting(&admin, json!({"assunto": "a", "oportunidade": {"id": deal}, "status": 1}));
    favo.advance(Duration::from_hours(24));
    meeting(&admin, json!({"assunto": "b", "cliente": {"id": other}, "responsavel": {"id": caio.user_id}}));
    let found = |query: &str| listed(&admin, &format!("/compromissos?{query}"), "assunto");
    assert_eq!(found(""), ["b", "a"]);
    assert_eq!(found("status=1"), ["a"]);
    assert_eq!(found(&format!("clienteId={customer}")), ["a"]);
    assert_eq!(found(&format!("oportunidadeId={deal}")), ["a"]);
    assert_eq!(found(&format!("usuariosId={}", caio.user_id)), ["b"]);
    assert_eq!(found("dataInicio=02/03/2026&dataFim=02/03/2026"), ["a"]);
    assert!(found("dataInicio=10/03/2026").is_empty(), "the creation, not the start of the appointment");
    favo.advance(Duration::from_hours(24));
    put(&admin, "compromissos", &first, &json!({"local": "x"}));
    assert_eq!(found("dataInicioAtualizacao=04/03/2026"), ["a"]);
}

// spec 2.3 on both resources
#[test]
fn attribute_projects_activities() {
    let favo = Favo::start();
    let admin = favo.admin();
    acme(&admin);
    task(&admin, json!({}));
    meeting(&admin, json!({}));
    assert_eq!(
        admin.get("/tarefas?attribute=titulo&attribute=status").ok(),
        json!([{"titulo": "Ligar", "status": 0}])
    );
    assert_eq!(admin.get("/compromissos?attribute=assunto,nada").ok(), json!([{"assunto": "Visita"}]));
}
