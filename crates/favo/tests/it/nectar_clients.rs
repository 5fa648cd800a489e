//! What programs in use today do with the NectarCRM wire (spec Appendix B): one test per habit.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Favo, bytes_exchange, raw};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn id(object: &Value) -> i64 {
    object["id"].as_i64().unwrap_or_else(|| panic!("no numeric id: {object}"))
}

#[track_caller]
fn contact(client: &Client, nome: &str) -> Value {
    client.post("/contatos", &json!({"nome": nome})).ok()
}

#[track_caller]
fn opportunity(client: &Client, nome: &str, more: &Value) -> Value {
    let mut body = json!({"nome": nome, "cliente": {"nome": "Padaria Aurora"}});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    client.post("/oportunidades", &body).ok()
}

#[track_caller]
fn names(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).ok();
    let rows = list.as_array().expect("a bare array");
    rows.iter().map(|row| row["nome"].as_str().expect("a name").to_owned()).collect()
}

#[track_caller]
fn rows(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).ok().as_array().expect("a bare array").clone()
}

/// `contato 1` to `contato N`, oldest first.
fn many_contacts(client: &Client, number: usize) {
    for at in 1..=number {
        contact(client, &format!("contato {at}"));
    }
}

/// One object to create per resource that existing clients write, with its list path.
fn samples(admin: &Client) -> Vec<(&'static str, Value)> {
    let cliente = json!({"id": id(&contact(admin, "Mercado Ipê"))});
    vec![
        ("/contatos", json!({"nome": "Padaria Aurora"})),
        ("/oportunidades", json!({"nome": "Plano", "cliente": cliente})),
        ("/qualificacoes", json!({"cliente": cliente})),
        ("/tarefas", json!({"titulo": "Ligar", "cliente": cliente, "dataLimite": "2026-03-05"})),
        ("/compromissos", json!({"assunto": "Visita", "cliente": cliente, "dataInicio": "2026-03-05"})),
        ("/produto", json!({"nome": "Plano", "valorBase": 120.5})),
        ("/lista", json!({"nome": "Feirão"})),
        ("/origem", json!({"nome": "Panfleto"})),
    ]
}

#[track_caller]
fn assert_invalid_token(answer: &Answer) {
    assert_eq!(answer.status, 401);
    assert_eq!(answer.text(), "Invalid token");
    let kind = answer.header("content-type").expect("a content type");
    assert!(kind.starts_with("text/plain"), "{kind}");
}

// spec B 1, 2.1
#[test]
fn lists_are_bare_arrays_of_the_same_objects_as_single_reads() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, body) in samples(&admin) {
        let made = admin.post(list, &body).ok();
        let shown = admin.get(&format!("{list}/{}", id(&made))).ok();
        let listed = rows(&admin, &format!("{list}?page=-1"));
        let listed = listed.iter().find(|row| row["id"] == made["id"]).expect("the new record is listed");
        assert_eq!(listed, &shown, "{list}");
    }
    for list in ["/usuario", "/pipeline", "/segmento", "/categoria", "/campoPersonalizado"] {
        rows(&admin, list);
    }
}

// spec B 1, 2.2
#[test]
fn a_page_past_the_end_is_an_empty_array_with_200() {
    let favo = Favo::start();
    let admin = favo.admin();
    contact(&admin, "Lia");
    for path in
        ["/contatos?page=2", "/contatos?page=999", "/oportunidades", "/tarefas?page=2&displayLength=200"]
    {
        assert_eq!(admin.get(path).ok(), json!([]), "{path}");
    }
}

// spec B 1, 2.2: clients read until an empty, short or repeated page
#[test]
fn pages_start_at_one_and_slice_one_stable_order() {
    let favo = Favo::start();
    let admin = favo.admin();
    many_contacts(&admin, 33);
    assert_eq!(names(&admin, "/contatos").len(), 15, "the default length");
    assert_eq!(names(&admin, "/contatos"), names(&admin, "/contatos?page=1"));
    let mut all = Vec::new();
    for page in 1..=4 {
        all.extend(names(&admin, &format!("/contatos?page={page}&displayLength=10")));
    }
    let expected: Vec<String> = (1..=33).rev().map(|at| format!("contato {at}")).collect();
    assert_eq!(all, expected);
    assert_eq!(names(&admin, "/contatos?page=4&displayLength=10").len(), 3);
}

// spec B 1, 2.2
#[test]
fn display_lengths_of_100_and_200_are_honoured_and_page_minus_one_brings_200() {
    let favo = Favo::start();
    let admin = favo.admin();
    many_contacts(&admin, 203);
    for (query, length) in [
        ("displayLength=100", 100),
        ("displayLength=100&page=3", 3),
        ("displayLength=200", 200),
        ("displayLength=200&page=2", 3),
        ("displayLength=500", 200),
        ("page=-1", 200),
        ("page=-1&displayLength=5", 200),
        ("page=0&displayLength=5", 5),
    ] {
        assert_eq!(names(&admin, &format!("/contatos?{query}")).len(), length, "{query}");
    }
}

// spec B 1, 4.16
#[test]
fn all_users_come_from_usuarios_page_minus_one() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let users = rows(&admin, "/usuarios?page=-1");
    assert!(
        users.iter().any(|user| user["id"] == ana.user_id && user["login"] == "ana@demo.example"),
        "{users:?}"
    );
    assert_eq!(users, rows(&admin, "/usuario?page=-1"));
}

// spec B 2, 1.5
#[test]
fn create_update_and_delete_answer_exactly_200_with_the_object() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, body) in samples(&admin) {
        let made = admin.post(list, &body).ok();
        let one = format!("{list}/{}", id(&made));
        assert_eq!(admin.get(&one).ok(), made, "create {list}");
        let changed = admin.put(&one, &json!({"camposPersonalizados": {}})).ok();
        assert_eq!(changed["id"], made["id"], "update {list}");
        assert_eq!(admin.delete(&one).ok()["id"], made["id"], "delete {list}");
        assert_eq!(admin.get(&one).status, 404, "{list}");
    }
}

// spec B 2, 1.5
#[test]
fn the_answer_of_a_create_holds_id_name_email_and_legal_name() {
    let favo = Favo::start();
    let body = json!({"nome": "Padaria Aurora", "razaoSocial": "Aurora Pães Ltda",
        "emails": ["contato@aurora.example"]});
    let answer = favo.admin().post("/contatos", &body);
    let kind = answer.header("content-type").expect("a content type");
    assert!(kind.starts_with("application/json"), "{kind}");
    let made = answer.ok();
    assert!(id(&made) > 0);
    assert_eq!(made["nome"], "Padaria Aurora");
    assert_eq!(made["email"], "contato@aurora.example");
    assert_eq!(made["razaoSocial"], "Aurora Pães Ltda");
}

// spec B 3, 1.3
#[test]
fn the_token_comes_in_a_header_of_any_case_or_in_the_query_or_in_both() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Lia");
    let path = format!("/crm/api/1/contatos/{}", id(&made));
    let query = format!("{path}?api_token={}", admin.token);
    for name in ["Access-Token", "access-token", "ACCESS-TOKEN"] {
        assert_eq!(raw(favo.address, "GET", &path, &[(name, &admin.token)], b"").ok(), made);
    }
    assert_eq!(raw(favo.address, "GET", &query, &[], b"").ok(), made);
    assert_eq!(raw(favo.address, "GET", &query, &[("Access-Token", &admin.token)], b"").ok(), made);
    assert_eq!(
        raw(favo.address, "GET", &query, &[("Access-Token", "  ")], b"").ok(),
        made,
        "blank counts as absent"
    );
    let changed = raw(favo.address, "PUT", &query, &[JSON], br#"{"cargo": "Gerente"}"#).ok();
    assert_eq!(changed["cargo"], "Gerente");
    let wrong = raw(favo.address, "GET", &query, &[("Access-Token", "errado")], b"");
    assert_invalid_token(&wrong);
    let target = format!("{path}?api_token=errado");
    assert_eq!(
        raw(favo.address, "GET", &target, &[("Access-Token", &admin.token)], b"").ok(),
        changed,
        "the header wins"
    );
}

// spec B 3, 1.3: clients compare the whole body
#[test]
fn a_bad_token_is_answered_with_the_bare_text_invalid_token() {
    let favo = Favo::start();
    let admin = favo.admin();
    for headers in
        [vec![], vec![("Access-Token", "0123456789abcdef0123456789abcdef")], vec![("Access-Token", "")]]
    {
        for path in ["/crm/api/1/contatos", "/crm/api/1/contatos/1", "/crm/api/1/nada"] {
            assert_invalid_token(&raw(favo.address, "GET", path, &headers, b""));
        }
        assert_invalid_token(&raw(favo.address, "POST", "/crm/api/1/contatos", &headers, b"{"));
    }
    let bearer = format!("Bearer {}", admin.token);
    assert_invalid_token(&raw(
        favo.address,
        "GET",
        "/crm/api/1/contatos",
        &[("Authorization", &bearer)],
        b"",
    ));
}

// spec B 3, 1.3: clients look for the prefix eyJ
#[test]
fn both_token_forms_work_and_the_issued_one_begins_with_eyj() {
    let favo = Favo::start();
    let admin = favo.admin();
    let issued = favo.token(&admin, 30);
    assert!(issued.starts_with("eyJ"), "{issued}");
    let opaque = favo.opaque_token(&admin);
    assert!(
        opaque.len() == 32 && opaque.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
        "{opaque}"
    );
    for token in [&issued, &opaque] {
        let answer = raw(favo.address, "GET", "/crm/api/1/contatos", &[("Access-Token", token)], b"");
        assert_eq!(answer.ok(), json!([]));
        favo.revoke(token);
        assert_invalid_token(&raw(
            favo.address,
            "GET",
            "/crm/api/1/contatos",
            &[("Access-Token", token)],
            b"",
        ));
    }
}

// spec B 4, 1.1: clients do not re-send a body after a redirect
#[test]
fn a_trailing_slash_changes_nothing_and_never_redirects() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, body) in samples(&admin) {
        let made = admin.post(&format!("{list}/"), &body).ok();
        let one = format!("{list}/{}/", id(&made));
        assert_eq!(admin.get(&one).ok(), made, "{list}");
        assert_eq!(admin.get(&format!("{list}/")).ok(), admin.get(list).ok(), "{list}");
        assert_eq!(admin.put(&one, &json!({"camposPersonalizados": {}})).ok()["id"], made["id"], "{list}");
        assert_eq!(admin.delete(&one).ok()["id"], made["id"], "{list}");
    }
    assert_eq!(admin.get("/contatos/email/x@x.example/").ok(), json!([]));
    assert_eq!(admin.get("/contatos/?page=2").ok(), json!([]));
}

// spec B 4, 1.2
#[test]
fn singular_and_plural_paths_are_the_same_resource() {
    let favo = Favo::start();
    let admin = favo.admin();
    let cliente = json!({"id": id(&contact(&admin, "Mercado Ipê"))});
    let deal = opportunity(&admin, "Plano", &json!({}));
    for (paths, body) in [
        (["/contatos", "/contacts"].as_slice(), json!({"nome": "Lia"})),
        (&["/qualificacoes", "/qualificacao"], json!({"cliente": cliente})),
        (&["/pipeline", "/pipelines"], json!({"nome": "Sul", "sequencias": [{"nome": "Um"}]})),
        (&["/produto", "/produtos"], json!({"nome": "Plano", "valorBase": 1})),
        (
            &["/usuario", "/usuarios"],
            json!({"login": "rui@demo.example", "nome": "Rui", "email": "rui@demo.example"}),
        ),
        (
            &["/campoPersonalizado", "/camposPersonalizados", "/customField", "/customFields"],
            json!({"nome": "Porte"}),
        ),
        (&["/proposta", "/propostas"], json!({"oportunidade": {"id": id(&deal)}})),
    ] {
        let made = admin.post(paths[paths.len() - 1], &body).ok();
        let one = admin.get(&format!("{}/{}", paths[0], id(&made))).ok();
        let all = admin.get(paths[0]).ok();
        for path in paths {
            assert_eq!(admin.get(&format!("{path}/{}", id(&made))).ok(), one, "{path}");
            assert_eq!(admin.get(path).ok(), all, "{path}");
        }
    }
}

// spec B 5, 1.6, 1.7: clients test `message` first, then `mensagens`
#[test]
fn a_broken_rule_is_409_with_mensagens_and_no_message() {
    let favo = Favo::start();
    let admin = favo.admin();
    let answer = admin.post("/contatos", &json!({}));
    assert_eq!(answer.status, 409);
    assert_eq!(answer.json(), json!({"mensagens": ["O campo nome é obrigatório"]}));
    assert!(answer.json().get("message").is_none());
    let made = admin.post("/contatos", &json!({"nome": "Lia", "message": "oi"})).ok();
    assert!(made.get("message").is_none(), "a successful body never holds the key");
}

// spec B 5, 1.6
#[test]
fn an_unknown_record_is_404_with_a_json_message() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, _) in samples(&admin) {
        for key in ["999999", "abc"] {
            let answer = admin.get(&format!("{list}/{key}"));
            assert_eq!(answer.status, 404, "{list}/{key}");
            assert_eq!(answer.json(), json!({"message": "Registro não encontrado"}), "{list}/{key}");
        }
        assert_eq!(admin.put(&format!("{list}/999999"), &json!({})).status, 404, "{list}");
        assert_eq!(admin.delete(&format!("{list}/999999")).status, 404, "{list}");
    }
}

// spec B 5, 4.31
#[test]
fn a_lookup_without_hit_is_an_empty_array_and_not_404() {
    let favo = Favo::start();
    let admin = favo.admin();
    for list in ["/contatos", "/oportunidades", "/qualificacoes"] {
        for path in ["email/ninguem@x.example", "telefone/+5548999990009"] {
            assert_eq!(admin.get(&format!("{list}/{path}")).ok(), json!([]), "{list}/{path}");
        }
    }
    assert_eq!(admin.get("/contatos/cnpj/11.222.333/0001-44").ok(), json!([]));
    assert_eq!(admin.get("/contatos/cpf/12345678909").ok(), json!([]));
    assert_eq!(admin.get("/oportunidades/contatoId/999999").ok(), json!([]));
}

// spec B 5, 1.1
#[test]
fn a_plus_in_a_phone_path_is_a_plus() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Lia", "telefones": ["+5548999990001"]});
    let lia = admin.post("/contatos", &body).ok();
    let deal = opportunity(&admin, "Plano", &json!({"cliente": {"id": id(&lia)}}));
    let lead = admin.post("/qualificacoes", &json!({"cliente": {"id": id(&lia)}})).ok();
    for (list, found) in [("/contatos", &lia), ("/oportunidades", &deal), ("/qualificacoes", &lead)] {
        let hits = rows(&admin, &format!("{list}/telefone/+5548999990001"));
        assert_eq!(hits.len(), 1, "{list}");
        assert_eq!(hits[0]["id"], found["id"], "{list}");
    }
}

// spec B 6, 4.2
#[test]
fn opportunities_are_the_open_ones_unless_a_status_is_asked_for() {
    let favo = Favo::start();
    let admin = favo.admin();
    for status in 1..=5 {
        opportunity(&admin, &format!("fase {status}"), &json!({"status": status}));
    }
    assert_eq!(names(&admin, "/oportunidades"), ["fase 1"]);
    assert_eq!(names(&admin, "/oportunidades?status="), ["fase 1"]);
    for status in 1..=5 {
        assert_eq!(names(&admin, &format!("/oportunidades?status={status}")), [format!("fase {status}")]);
    }
    assert_eq!(names(&admin, "/oportunidades?status=2,3"), ["fase 3", "fase 2"]);
}

// spec B 6, 4.2
#[test]
fn opportunities_are_filtered_by_the_name_of_their_funnel() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/pipeline", &json!({"nome": "Vendas Sul", "sequencias": [{"nome": "Um"}]})).ok();
    opportunity(&admin, "no sul", &json!({"pipeline": "Vendas Sul"}));
    opportunity(&admin, "no padrão", &json!({}));
    assert_eq!(names(&admin, "/oportunidades?pipeline=Vendas%20Sul"), ["no sul"]);
    assert_eq!(names(&admin, "/oportunidades?pipeline=Vendas"), ["no padrão"], "exact, no prefix");
}

// spec B 6, 2.4
#[test]
fn nome_matches_the_beginning_of_a_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    contact(&admin, "PETRÓPOLIS");
    opportunity(&admin, "PETRÓPOLIS: plano", &json!({}));
    assert_eq!(names(&admin, "/contatos?nome=petr"), ["PETRÓPOLIS"]);
    assert_eq!(names(&admin, "/contatos?nome=polis"), [""; 0]);
    assert_eq!(names(&admin, "/oportunidades?nome=Petr%C3%B3polis:%20plano&page=-1"), ["PETRÓPOLIS: plano"]);
}

// spec B 6, 4.2 O11: clients search the full name first and read a 409 as "exists already"
#[test]
fn a_repeated_opportunity_name_is_refused_only_when_the_tenant_says_so() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = opportunity(&admin, "Aurora: plano", &json!({}));
    opportunity(&admin, "Aurora: plano", &json!({"status": 2}));
    favo.switch("rejeitar_oportunidade_duplicada", "true");
    let again = json!({"nome": "AURORA: plano", "cliente": {"nome": "Outra"}});
    let refused = admin.post("/oportunidades", &again).refused();
    assert_eq!(refused, ["Já existe um registro com o nome AURORA: plano"]);
    admin.put(&format!("/oportunidades/{}", id(&first)), &json!({"status": 3})).ok();
    admin.post("/oportunidades", &again).ok();
}

// spec B 6, 2.5
#[test]
fn contacts_of_every_section_are_asked_for_with_one_list_of_constants() {
    let favo = Favo::start();
    let admin = favo.admin();
    for constante in 0..=5 {
        admin.post("/contatos", &json!({"nome": format!("seção {constante}"), "constante": constante})).ok();
    }
    assert_eq!(names(&admin, "/contatos?constante=0,1,2,3,4,5").len(), 6);
    assert_eq!(names(&admin, "/contatos?constante=4,5"), ["seção 5", "seção 4"]);
}

// spec B 7, 3.4: clients dereference funilVenda, etapaAtual and etapa
#[test]
fn every_opportunity_has_its_funnel_stage_id_and_numeric_stage() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = opportunity(&admin, "Plano", &json!({}));
    for deal in [made, rows(&admin, "/oportunidades")[0].clone()] {
        assert!(deal["funilVenda"]["id"].is_i64(), "{deal}");
        assert_eq!(deal["funilVenda"]["nome"], "Vendas");
        assert!(deal["etapaAtual"]["id"].is_i64(), "{deal}");
        assert_eq!((&deal["etapa"], &deal["etapaAtual"]["sequencia"]), (&json!(1), &json!(1)));
        assert_eq!(deal["etapaNome"], "Prospecção");
    }
}

// spec B 7, 4.6
#[test]
fn funnels_list_their_stages_with_sequence_numbers() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = rows(&admin, "/pipelines");
    let sales = all.iter().find(|funnel| funnel["nome"] == "Vendas").expect("the default funnel");
    let stages: Vec<(i64, &str)> = sales["sequencias"]
        .as_array()
        .expect("stages")
        .iter()
        .map(|stage| {
            (stage["sequencia"].as_i64().expect("a number"), stage["nome"].as_str().expect("a name"))
        })
        .collect();
    assert_eq!(
        stages,
        [(1, "Prospecção"), (2, "Qualificação"), (3, "Proposta"), (4, "Negociação"), (5, "Fechamento")]
    );
    assert_eq!(names(&admin, "/pipeline?type=0"), ["Vendas"]);
    assert_eq!(names(&admin, "/pipeline?type=1"), ["Pré-venda"]);
    assert_eq!(all.len(), 2, "without type both kinds");
}

// spec B 7, 4.2 O4: clients change the funnel by echoing the object with five keys replaced
#[test]
fn an_opportunity_moves_to_another_funnel_by_an_echo_with_five_keys_replaced() {
    let favo = Favo::start();
    let admin = favo.admin();
    let stages = json!([{"nome": "Um"}, {"nome": "Dois"}, {"nome": "Três"}]);
    let south = admin.post("/pipeline", &json!({"nome": "Vendas Sul", "sequencias": stages})).ok();
    let deal = opportunity(&admin, "Plano", &json!({"observacao": "x"}));
    let stage = south["sequencias"][2].clone();
    let mut echo = deal.clone();
    echo["funilVenda"] = json!({"id": id(&south), "nome": "Vendas Sul"});
    echo["pipeline"] = json!("Vendas Sul");
    echo["etapaAtual"] = stage.clone();
    echo["etapa"] = json!(3);
    echo["etapaNome"] = json!("Três");
    favo.advance(Duration::from_mins(1));
    let moved = admin.put(&format!("/oportunidades/{}", id(&deal)), &echo).ok();
    assert_eq!(moved["funilVenda"]["id"], south["id"]);
    assert_eq!(moved["pipeline"], "Vendas Sul");
    assert_eq!((&moved["etapaAtual"]["id"], &moved["etapa"]), (&stage["id"], &json!(3)));
    assert_eq!(moved["etapaNome"], "Três");
    assert_eq!(moved["observacao"], "x");
    assert_eq!(moved["stageEntryDate"], "2026-03-02T12:01:00.000Z");
}

// spec B 7, 1.2: an organisation is a contact whose people are in contatos[]
#[test]
fn organisations_are_contacts_with_isempresa_and_people() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Aurora", "contatos": [{"nome": "Lia", "cargo": "Gerente"}]});
    let made = admin.post("/contatos", &body).ok();
    for shown in rows(&admin, "/contatos") {
        let organisation = shown["id"] == made["id"];
        assert_eq!((&shown["isEmpresa"], &shown["empresa"]), (&json!(organisation), &json!(organisation)));
        let people = shown["contatos"].as_array().expect("people");
        assert_eq!(people.len(), usize::from(organisation));
    }
    assert_eq!(made["contatos"][0]["nome"], "Lia");
    assert_eq!(admin.get("/empresas").status, 404);
}

// spec B 7, 4.1, 4.2
#[test]
fn the_origin_is_text_on_contacts_and_an_object_on_opportunities() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = admin.post("/contatos", &json!({"nome": "Lia", "origem": "Panfleto"})).ok();
    assert_eq!(made["origem"], "Panfleto");
    let deal =
        opportunity(&admin, "Plano", &json!({"cliente": {"id": id(&made)}, "origem": {"nome": "Panfleto"}}));
    assert_eq!(deal["origem"], json!({"id": made["origemObject"]["id"], "nome": "Panfleto", "ativo": true}));
    assert_eq!(deal["cliente"]["origem"], "Panfleto", "text inside a customer");
}

// spec B 8, 3.1: clients parse with a pattern that fails without the fraction
#[test]
fn every_date_has_milliseconds_and_z() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, body) in samples(&admin) {
        let made = admin.post(list, &body).ok();
        for (key, value) in
            made.as_object().expect("an object").iter().filter(|(key, _)| key.starts_with("data"))
        {
            let text = value.as_str().expect("a date");
            assert!(text.len() == 24 && text.ends_with('Z') && &text[19..20] == ".", "{list} {key} {text}");
        }
        if list != "/produto" && list != "/origem" {
            assert_eq!(made["dataCriacao"], "2026-03-02T12:00:00.000Z", "{list}");
        }
    }
}

// spec B 8, 3.4: clients have non-nullable models
#[test]
fn no_answer_holds_an_explicit_null() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, body) in samples(&admin) {
        let made = admin.post(list, &body);
        made.ok();
        let list_text = admin.get(list).text();
        for text in [made.text(), list_text] {
            assert!(!text.replace(' ', "").contains(":null"), "{list}: {text}");
        }
    }
}

// spec B 8, 3.3: clients have typed models
#[test]
fn ids_and_integers_are_numbers_without_a_decimal_point() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = opportunity(&admin, "Plano", &json!({"valorAvulso": 900}));
    for path in [
        "/id",
        "/status",
        "/etapa",
        "/probabilidade",
        "/cliente/id",
        "/responsavel/id",
        "/funilVenda/id",
        "/tarefas",
    ] {
        assert!(made.pointer(path).is_some_and(Value::is_i64), "{path} in {made}");
    }
    for path in ["/valorTotal", "/valorTotalDescontos"] {
        assert!(made.pointer(path).is_some_and(Value::is_number), "{path} in {made}");
    }
}

// spec B 9, 3.3
#[test]
fn numbers_sent_as_text_are_read() {
    let favo = Favo::start();
    let admin = favo.admin();
    let owner = json!({"id": admin.user_id.to_string()});
    let made = admin.post("/contatos", &json!({"nome": "Lia", "constante": "3", "responsavel": owner})).ok();
    assert_eq!((&made["constante"], &made["responsavel"]["id"]), (&json!(3), &json!(admin.user_id)));
    let deal = json!({"nome": "Plano", "cliente": {"id": id(&made).to_string()}, "etapa": "1",
        "valorAvulso": "900.5"});
    let deal = admin.post("/oportunidades", &deal).ok();
    assert_eq!((&deal["cliente"]["id"], &deal["etapa"]), (&made["id"], &json!(1)));
    assert_eq!(deal["valorAvulso"].as_f64(), Some(900.5));
}

// spec B 9, 3.3
#[test]
fn null_inside_lists_is_dropped() {
    let favo = Favo::start();
    let body = json!({"nome": "Lia", "emails": [null], "telefones": [null, "48999990001"]});
    let made = favo.admin().post("/contatos", &body).ok();
    assert_eq!((&made["emails"], &made["telefones"]), (&json!([]), &json!(["48999990001"])));
}

// spec B 9, 1.4
#[test]
fn content_encoding_utf8_is_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Padaria Aurora: pão"}).to_string();
    for label in ["UTF-8", "utf-8", "identity"] {
        let made =
            admin.send("POST", "/contatos", &[JSON, ("Content-Encoding", label)], body.as_bytes()).ok();
        assert_eq!(made["nome"], "Padaria Aurora: pão", "{label}");
    }
}

// spec B 9, 1.4
#[test]
fn content_types_with_charset_without_meaning_or_absent_are_accepted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "pão"}).to_string();
    for kind in ["application/json; charset=utf-8", "application/json;charset=UTF-8", "text/plain", "x/y"] {
        let made = admin.send(
            "POST",
            "/contatos",
            &[("Content-Type", kind), ("Accept", "text/xml")],
            body.as_bytes(),
        );
        assert_eq!(made.ok()["nome"], "pão", "{kind}");
    }
    assert_eq!(admin.send("POST", "/contatos", &[], body.as_bytes()).ok()["nome"], "pão");
    let latin: Vec<u8> = body.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
    for charset in ["ISO-8859-1", "windows-1252"] {
        let kind = format!("application/json; charset={charset}");
        let made = admin.send("POST", "/contatos", &[("Content-Type", &kind)], &latin).ok();
        assert_eq!(made["nome"], "pão", "{charset}");
    }
}

// spec B 9, 1.4
#[test]
fn a_client_that_expects_100_continue_is_answered() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Lia"}).to_string();
    let request = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccess-Token: {}\r\n\
         Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n{body}",
        favo.address,
        admin.token,
        body.len()
    );
    assert_eq!(bytes_exchange(favo.address, request.as_bytes()).ok()["nome"], "Lia");
}

// spec B 9, 2.8
#[test]
fn a_stray_parenthesis_behind_a_parameter_is_cut_off() {
    let favo = Favo::start();
    let admin = favo.admin();
    many_contacts(&admin, 20);
    assert_eq!(names(&admin, "/contatos?displayLength=18)").len(), 18);
    assert_eq!(names(&admin, "/contatos?displayLength=18)&page=2)").len(), 2);
    assert_eq!(names(&admin, "/contatos?dataInicio=01/03/2026&dataFim=01/03/2026)"), [""; 0]);
    assert_eq!(names(&admin, "/contatos?dataInicio=02/03/2026)&dataFim=02/03/2026)").len(), 15);
    assert_eq!(names(&admin, "/contatos?dataInicio=02%2F03%2F2026%29").len(), 15);
}

// spec B 9, 2.8
#[test]
fn unknown_parameters_are_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    opportunity(&admin, "Plano", &json!({}));
    for parameter in
        ["etapa", "etapaAtual", "idEtapa", "sequencia", "funilVenda", "idFunilVenda", "funil", "etapaNome"]
    {
        assert_eq!(names(&admin, &format!("/oportunidades?{parameter}=77")), ["Plano"], "{parameter}");
    }
    for parameter in ["isEmpresa=true", "tipo=9", "email=x@x.example", "limit=0", "displayStart=9", "zebra"] {
        assert_eq!(names(&admin, &format!("/contatos?{parameter}")), ["Padaria Aurora"], "{parameter}");
    }
}

// spec B 9, 3.6: clients that suppress defaults never send 0, false or null
#[test]
fn suppressed_defaults_take_their_default_value() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Lia");
    assert_eq!(
        (&made["constante"], &made["ativo"], &made["empresa"]),
        (&json!(0), &json!(true), &json!(false))
    );
    let deal = opportunity(&admin, "Plano", &json!({}));
    assert_eq!((&deal["status"], &deal["etapa"], &deal["vendaBase"]), (&json!(1), &json!(1), &json!(false)));
    let call = json!({"titulo": "Ligar", "cliente": {"id": id(&made)}, "dataLimite": "2026-03-05"});
    let call = admin.post("/tarefas", &call).ok();
    assert_eq!((&call["status"], &call["prioridade"], &call["tipo"]), (&json!(0), &json!(0), &json!(0)));
}

// spec B 9, 4.1 C8
#[test]
fn two_main_addresses_are_accepted() {
    let favo = Favo::start();
    let body = json!({"nome": "Lia", "enderecos": [{"cep": "1", "principal": true}, {"cep": "2",
        "principal": true}]});
    let made = favo.admin().post("/contatos", &body).ok();
    let shown = made["enderecos"].as_array().expect("addresses");
    assert_eq!(shown.len(), 2);
    let main: Vec<&Value> =
        shown.iter().filter(|row| row["principal"] == true).map(|row| &row["cep"]).collect();
    assert_eq!(main, ["1"]);
}

// spec B 9, 4.1 C5, C6
#[test]
fn one_email_may_stand_on_an_organisation_and_on_several_of_its_people() {
    let favo = Favo::start();
    let admin = favo.admin();
    let emails = json!(["contato@aurora.example"]);
    let people = json!([{"nome": "Lia", "emails": emails}, {"nome": "Rui", "emails": emails}]);
    let made = admin.post("/contatos", &json!({"nome": "Aurora", "emails": emails, "contatos": people})).ok();
    assert_eq!(made["contatos"].as_array().map(Vec::len), Some(2));
    assert_eq!(rows(&admin, "/contatos/email/contato@aurora.example").len(), 3);
    let echo = admin.put(&format!("/contatos/{}", id(&made)), &made).ok();
    assert_eq!(echo, made);
}

// spec B 10, 3.5, 3.6
#[test]
fn a_fetched_object_can_be_put_back_with_one_key_changed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = opportunity(&admin, "Plano", &json!({"valorAvulso": 900, "origem": {"nome": "Feira"}}));
    let one = format!("/oportunidades/{}", id(&made));
    let mut echo = admin.get(&one).ok();
    favo.advance(Duration::from_mins(1));
    assert_eq!(admin.put(&one, &echo).ok(), made);
    echo["valorAvulso"] = json!(1200);
    let changed = admin.put(&one, &echo).ok();
    assert_eq!(
        (changed["valorAvulso"].as_f64(), changed["valorTotal"].as_f64()),
        (Some(1200.0), Some(1200.0))
    );
    for key in [
        "nome",
        "cliente",
        "responsavel",
        "funilVenda",
        "etapaAtual",
        "origem",
        "dataCriacao",
        "stageEntryDate",
    ] {
        assert_eq!(changed[key], made[key], "{key}");
    }
    assert_eq!(changed["dataAtualizacao"], "2026-03-02T12:01:00.000Z");
}

// spec B 10, 4.4 T1: clients send just {"status": 1}
#[test]
fn a_put_with_a_single_key_changes_that_key() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Lia");
    let call = json!({"titulo": "Ligar", "cliente": {"id": id(&made)}, "dataLimite": "2026-03-05"});
    let call = admin.post("/tarefas", &call).ok();
    let done = admin.put(&format!("/tarefas/{}", id(&call)), &json!({"status": 1})).ok();
    assert_eq!(
        (&done["status"], &done["titulo"], &done["dataLimite"]),
        (&json!(1), &call["titulo"], &call["dataLimite"])
    );
    let deal = opportunity(&admin, "Plano", &json!({}));
    let won = admin.put(&format!("/oportunidades/{}", id(&deal)), &json!({"status": 2})).ok();
    assert_eq!((&won["status"], &won["nome"]), (&json!(2), &deal["nome"]));
    let lead = admin.put(&format!("/contatos/{}", id(&made)), &json!({"constante": 3})).ok();
    assert_eq!((&lead["constante"], &lead["nome"]), (&json!(3), &json!("Lia")));
}

// spec B 10, 2.3
#[test]
fn attribute_projects_the_named_top_level_keys() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = contact(&admin, "Lia");
    let expected = json!([{"id": id(&made), "nome": "Lia"}]);
    for query in
        ["attribute=id&attribute=nome", "attribute=id,nome", "attribute=nome&attribute=id&attribute=zebra"]
    {
        assert_eq!(admin.get(&format!("/contatos?{query}")).ok(), expected, "{query}");
    }
    assert_eq!(
        admin.get("/contatos?attribute=nome").ok(),
        json!([{"nome": "Lia"}]),
        "id is not added by itself"
    );
    assert_eq!(admin.get("/contatos?attribute=zebra").ok(), json!([{}]));
}

// spec B 12, 4.3 Q5
#[test]
fn camposlistagem_of_a_qualification_has_an_entry_per_filled_custom_field() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/campoPersonalizado", &json!({"nome": "Porte", "relacionado": "Qualificacao"})).ok();
    let body = json!({"cliente": {"nome": "Ipê"}, "camposPersonalizados": {"Porte": "Grande"}});
    let lead = admin.post("/qualificacoes", &body).ok();
    let entries = lead["camposListagem"].as_array().expect("an array");
    let filled: Vec<&Value> = entries.iter().filter(|entry| !entry.is_null()).collect();
    assert_eq!(filled, [&json!({"label": "Porte", "value": "Grande"})]);
}
