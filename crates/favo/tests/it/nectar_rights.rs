//! Who may read and write what: roles, administrative tables, confidential contacts, inactive users, tenants.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Favo};

/// What only administrators write (spec 4: 4.6 to 4.19), with a body that creates one.
fn administrative() -> Vec<(&'static str, Value)> {
    vec![
        ("/pipeline", json!({"nome": "Novo", "sequencias": [{"nome": "Um"}]})),
        ("/produto", json!({"nome": "Novo", "valorBase": 1})),
        ("/produtoCategoria", json!({"nome": "Novo"})),
        ("/produtoSubCategoria", json!({"nome": "Novo"})),
        ("/tabelaPreco", json!({"nome": "Novo"})),
        ("/lista", json!({"nome": "Novo"})),
        ("/origem", json!({"nome": "Novo"})),
        ("/segmento", json!({"nome": "Novo"})),
        ("/categoria", json!({"nome": "Novo"})),
        ("/compromissos/tipos", json!({"nome": "Novo"})),
        ("/ligacao/tipos", json!({"nome": "Novo"})),
        ("/tarefas/tipos", json!({"nome": "Novo", "natureza": 0})),
        ("/usuario", json!({"login": "novo@demo.example", "nome": "Novo", "email": "novo@demo.example"})),
        ("/equipe", json!({"nome": "Novo"})),
        ("/campoPersonalizado", json!({"nome": "Novo"})),
    ]
}

fn id_of(body: &Value) -> i64 {
    body["id"].as_i64().unwrap_or_else(|| panic!("a numeric id at the root: {body}"))
}

fn create(client: &Client, path: &str, body: &Value) -> i64 {
    id_of(&client.post(path, body).ok())
}

fn ids(client: &Client, path: &str) -> Vec<i64> {
    client
        .get(path)
        .ok()
        .as_array()
        .unwrap_or_else(|| panic!("{path}: a bare array"))
        .iter()
        .map(id_of)
        .collect()
}

#[track_caller]
fn is_denied(answer: &Answer) {
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(answer.json(), json!({"message": "Acesso negado"}));
}

#[track_caller]
fn is_unknown(answer: &Answer) {
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert_eq!(answer.json(), json!({"message": "Registro não encontrado"}));
}

#[track_caller]
fn is_invalid_token(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert_eq!(answer.text(), "Invalid token");
}

/// One record of each section that has an owner, made by this user, as (path, id).
fn records(client: &Client, tag: &str) -> Vec<(&'static str, i64)> {
    let email = format!("{tag}@x.example");
    let contact = json!({"nome": format!("Contato de {tag}"), "emails": [email]});
    let contact = create(client, "/contatos", &contact);
    let customer = json!({"id": contact});
    let name = format!("Venda de {tag}");
    let opportunity =
        create(client, "/oportunidades", &json!({"nome": name, "cliente": customer, "valorAvulso": 100}));
    let task = json!({"titulo": tag, "cliente": customer, "dataLimite": "05/03/2026"});
    let visit = json!({"assunto": tag, "cliente": customer, "dataInicio": "05/03/2026 10:00"});
    vec![
        ("/contatos", contact),
        ("/oportunidades", opportunity),
        ("/qualificacoes", create(client, "/qualificacoes", &json!({"cliente": customer}))),
        ("/tarefas", create(client, "/tarefas", &task)),
        ("/compromissos", create(client, "/compromissos", &visit)),
    ]
}

// ---- seller: own records only ----

// spec 2.1 records the token user may not see are left out
#[test]
fn a_seller_lists_only_own_records() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let (others, own) = (records(&admin, "admin"), records(&vera, "vera"));
    for ((path, other), (_, mine)) in others.iter().zip(&own) {
        assert_eq!(ids(&vera, path), [*mine], "{path}");
        assert_eq!(ids(&admin, path), [*mine, *other], "{path}: an administrator sees both");
    }
}

// spec 2.1, 2.2: pages are cut after the rights were applied
#[test]
fn the_pages_of_a_seller_are_full_and_complete() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let mut own = Vec::new();
    for number in 0..12 {
        create(&admin, "/contatos", &json!({"nome": format!("Alheio {number}")}));
        own.push(create(&vera, "/contatos", &json!({"nome": format!("Próprio {number}")})));
    }
    own.reverse();
    assert_eq!(ids(&vera, "/contatos?displayLength=5"), own[..5]);
    assert_eq!(ids(&vera, "/contatos?displayLength=5&page=2"), own[5..10]);
    assert_eq!(ids(&vera, "/contatos?displayLength=5&page=3"), own[10..]);
    assert_eq!(ids(&vera, "/contatos?displayLength=5&page=4"), Vec::<i64>::new());
    assert_eq!(ids(&vera, "/contatos?nome=alheio"), Vec::<i64>::new());
    assert_eq!(ids(&vera, &format!("/contatos?responsaveisId={}", admin.user_id)), Vec::<i64>::new());
}

// spec 1.6: what one may not see is not there
#[test]
fn the_records_of_others_are_404_for_a_seller() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    for (path, id) in records(&admin, "admin") {
        let item = format!("{path}/{id}");
        let before = admin.get(&item).ok();
        is_unknown(&vera.get(&item));
        is_unknown(&vera.put(&item, &json!({"nome": "X", "titulo": "X", "assunto": "X"})));
        is_unknown(&vera.delete(&item));
        assert_eq!(vera.send("HEAD", &item, &[], b"").status, 404, "{item}");
        assert_eq!(admin.get(&item).ok(), before, "{item}: untouched");
    }
}

// a seller changes and removes own records
#[test]
fn a_seller_writes_own_records() {
    let favo = Favo::start();
    let vera = favo.user("vera@demo.example", "seller");
    for (path, id) in records(&vera, "vera").into_iter().rev() {
        let item = format!("{path}/{id}");
        let read = vera.get(&item).ok();
        assert_eq!(read["responsavel"]["login"], "vera@demo.example", "{path}");
        assert_eq!(read["autor"]["id"], vera.user_id, "{path}");
        vera.put(&item, &json!({"observacao": "x", "descricao": "x", "dataLimite": "10/03/2026"})).ok();
        assert_eq!(vera.delete(&item).ok()["id"], id, "{path}");
        is_unknown(&vera.get(&item));
    }
}

// spec 4.31: lookups follow the rights
#[test]
fn lookups_show_a_seller_only_own_records() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let body = json!({"nome": "Ana", "emails": ["ana@x.example"], "telefones": ["4899990001"],
        "cpf": "52998224725", "cnpj": "11222333000144"});
    let contact = create(&admin, "/contatos", &body);
    create(&admin, "/oportunidades", &json!({"nome": "Venda", "cliente": {"id": contact}}));
    create(&admin, "/qualificacoes", &json!({"cliente": {"id": contact}}));
    let mut paths = vec!["/contatos/cpf/52998224725".to_owned(), "/contatos/cnpj/11222333000144".to_owned()];
    for section in ["/contatos", "/oportunidades", "/qualificacoes"] {
        paths.push(format!("{section}/email/ana@x.example"));
        paths.push(format!("{section}/telefone/4899990001"));
    }
    for section in ["/oportunidades", "/qualificacoes"] {
        paths.push(format!("{section}/contatoId/{contact}"));
    }
    for path in &paths {
        assert_eq!(ids(&admin, path).len(), 1, "{path}");
        assert_eq!(vera.get(path).ok(), json!([]), "{path}");
    }
    let own = json!({"nome": "Bia", "emails": ["bia@x.example"]});
    let own = create(&vera, "/contatos", &own);
    assert_eq!(ids(&vera, "/contatos/email/*"), [own]);
}

// spec 4.32, 4.33: sub-paths of a record follow the rights of the record
#[test]
fn sub_paths_of_the_records_of_others_are_404_for_a_seller() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let made = records(&admin, "admin");
    let (contact, opportunity) = (made[0].1, made[1].1);
    for path in [
        format!("/contatos/{contact}/proximaAtividade"),
        format!("/contatos/statistics/{contact}"),
        format!("/oportunidades/{opportunity}/proximaAtividade"),
        format!("/oportunidades/statistics/{opportunity}"),
        format!("/proposta/opportunity/{opportunity}"),
    ] {
        assert_eq!(admin.get(&path).status, 200, "{path}");
        is_unknown(&vera.get(&path));
    }
}

// spec 4.33: totals count what the token user sees
#[test]
fn statistics_of_a_funnel_count_only_what_the_seller_sees() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    records(&admin, "admin");
    records(&vera, "vera");
    let funnel = id_of(&admin.get("/pipeline?type=0").ok()[0]);
    let total = format!("/oportunidades/statistics/total/{funnel}");
    let stages = format!("/oportunidades/statistics/pipe/{funnel}");
    for (client, quantity, value) in [(&admin, 2, 200.0), (&vera, 1, 100.0)] {
        let totals = client.get(&total).ok();
        assert_eq!(totals["quantidade"].as_i64(), Some(quantity), "{totals}");
        assert_eq!(totals["valorTotal"].as_f64(), Some(value), "{totals}");
        let first = client.get(&stages).ok()[0].clone();
        assert_eq!(first["quantidade"].as_i64(), Some(quantity), "{first}");
        assert_eq!(first["valorAvulso"].as_f64(), Some(value), "{first}");
    }
}

// a record that changes hands changes sides
#[test]
fn handing_a_record_over_moves_it_to_the_other_seller() {
    let favo = Favo::start();
    let (vera, caio) = (favo.user("vera@demo.example", "seller"), favo.user("caio@demo.example", "seller"));
    let id = create(&vera, "/contatos", &json!({"nome": "Ana"}));
    let item = format!("/contatos/{id}");
    is_unknown(&caio.get(&item));
    favo.admin().put(&item, &json!({"responsavel": {"login": "caio@demo.example"}})).ok();
    assert_eq!(ids(&caio, "/contatos"), [id]);
    assert_eq!(ids(&vera, "/contatos"), Vec::<i64>::new());
    is_unknown(&vera.get(&item));
}

// spec 4.30: an upsert never reaches a record the user may not see
#[test]
fn an_upsert_of_a_seller_does_not_change_the_contact_of_another() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let id = create(&admin, "/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"]}));
    let answer = vera.post("/contatos/upsert?mail=ana@x.example", &json!({"nome": "Trocada"}));
    assert!(matches!(answer.status, 200 | 403 | 409), "{}", answer.text());
    assert_ne!(answer.json()["id"], id, "the hidden contact is not shown");
    assert_eq!(admin.get(&format!("/contatos/{id}")).ok()["nome"], "Ana");
}

// ---- reader: reads everything, writes nothing ----

// spec 1.6 403 no permission
#[test]
fn a_reader_reads_everything() {
    let favo = Favo::start();
    let (admin, rui) = (favo.admin(), favo.user("rui@demo.example", "reader"));
    let vera = favo.user("vera@demo.example", "seller");
    records(&vera, "vera");
    for (path, id) in records(&admin, "admin") {
        assert_eq!(ids(&rui, path).len(), 2, "{path}");
        assert_eq!(rui.get(&format!("{path}/{id}")).ok()["id"], id, "{path}");
    }
    assert_eq!(ids(&rui, "/contatos/email/*").len(), 2);
    assert_eq!(rui.get("/pipeline").status, 200);
}

// spec 1.6 403 no permission
#[test]
fn a_reader_writes_nothing() {
    let favo = Favo::start();
    let (admin, rui) = (favo.admin(), favo.user("rui@demo.example", "reader"));
    let made = records(&admin, "admin");
    let contact = made[0].1;
    for (path, id) in &made {
        let item = format!("{path}/{id}");
        let before = admin.get(&item).ok();
        is_denied(&rui.put(&item, &json!({"nome": "X", "titulo": "X", "assunto": "X"})));
        is_denied(&rui.delete(&item));
        assert_eq!(admin.get(&item).ok(), before, "{item}");
    }
    let customer = json!({"id": contact});
    for (path, body) in [
        ("/contatos", json!({"nome": "X"})),
        ("/contatos/upsert?mail=admin@x.example", json!({"nome": "X"})),
        ("/contatos/upsert", json!({"nome": "Y"})),
        ("/oportunidades", json!({"nome": "X", "cliente": customer})),
        ("/qualificacoes", json!({"cliente": customer})),
        ("/tarefas", json!({"titulo": "X", "cliente": customer, "dataLimite": "05/03/2026"})),
        ("/compromissos", json!({"assunto": "X", "cliente": customer, "dataInicio": "05/03/2026"})),
    ] {
        is_denied(&rui.post(path, &body));
    }
    for path in ["/contatos", "/oportunidades", "/qualificacoes", "/tarefas", "/compromissos"] {
        assert_eq!(ids(&admin, path).len(), 1, "{path}");
    }
}

// ---- administrative tables ----

// spec 4: administrative tables accept writes from administrators only (403 otherwise)
#[test]
fn administrative_tables_refuse_writes_from_everyone_else() {
    let favo = Favo::start();
    let admin = favo.admin();
    let others = [
        favo.user("vera@demo.example", "seller"),
        favo.user("gil@demo.example", "manager"),
        favo.user("rui@demo.example", "reader"),
    ];
    for (path, body) in administrative() {
        let id = create(&admin, path, &body);
        let item = format!("{path}/{id}");
        let before = admin.get(&item).ok();
        for client in &others {
            assert_eq!(client.get(path).status, 200, "{path}: everyone reads");
            assert_eq!(client.get(&item).ok()["id"], id, "{item}: everyone reads");
            let mut another = body.clone();
            another["nome"] = json!("Mais um");
            is_denied(&client.post(path, &another));
            is_denied(&client.put(&item, &json!({"nome": "Trocado"})));
            is_denied(&client.delete(&item));
        }
        assert_eq!(admin.get(&item).ok(), before, "{item}");
        assert_eq!(admin.put(&item, &json!({"nome": "Renomeado"})).ok()["nome"], "Renomeado", "{item}");
    }
}

// spec 4.7, 4.10: the special calls of administrative tables are writes too
#[test]
fn special_writes_of_administrative_tables_are_denied_too() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let product = create(&admin, "/produto", &json!({"nome": "Plano", "valorBase": 10}));
    let prices = create(&admin, "/tabelaPreco", &json!({"nome": "2026"}));
    let entry = json!({"produto": {"id": product}, "valorBase": 9});
    is_denied(&vera.post(&format!("/produto/{product}/photo/remove"), &json!({})));
    is_denied(&vera.put(&format!("/tabelaPreco/{prices}/add"), &entry));
    admin.put(&format!("/tabelaPreco/{prices}/add"), &entry).ok();
    is_denied(&vera.put(&format!("/tabelaPreco/{prices}/rem/{product}"), &json!({})));
    assert_eq!(admin.get(&format!("/tabelaPreco/{prices}")).ok()["quantidadeProdutos"], 1);
}

// spec 3.7: registry entries a record names are created whoever writes it
#[test]
fn a_seller_may_name_new_origins_and_tags_on_records() {
    let favo = Favo::start();
    let vera = favo.user("vera@demo.example", "seller");
    is_denied(&vera.post("/origem", &json!({"nome": "Feira nova"})));
    let made =
        vera.post("/contatos", &json!({"nome": "Ana", "origem": "Feira nova", "listas": ["Sul"]})).ok();
    assert_eq!(made["origem"], "Feira nova");
    assert_eq!(made["listas"][0]["nome"], "Sul");
}

// ---- confidential contacts ----

// spec 4.1 C4
#[test]
fn a_confidential_contact_is_seen_by_its_owner_and_administrators_only() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let others = [favo.user("rui@demo.example", "reader"), favo.user("gil@demo.example", "manager")];
    let body = json!({"nome": "Sigilo", "sigiloso": true, "emails": ["s@x.example"],
        "telefones": ["4899990001"], "cpf": "52998224725", "cnpj": "11222333000144"});
    let id = create(&vera, "/contatos", &body);
    let open = create(&admin, "/contatos", &json!({"nome": "Aberto", "emails": ["aberto@x.example"]}));
    let item = format!("/contatos/{id}");
    let second = favo.user("ada@demo.example", "administrator");
    for client in [&vera, &admin, &second] {
        assert_eq!(client.get(&item).ok()["sigiloso"], true, "{}", client.login);
        assert!(ids(client, "/contatos").contains(&id), "{}", client.login);
        assert_eq!(ids(client, "/contatos/email/s@x.example"), [id], "{}", client.login);
    }
    assert_eq!(ids(&others[0], "/contatos"), [open]);
    for client in &others {
        assert!(!ids(client, "/contatos").contains(&id), "{}", client.login);
        assert_eq!(ids(client, "/contatos?nome=sigilo"), Vec::<i64>::new());
        is_unknown(&client.get(&item));
        for lookup in
            ["email/s@x.example", "email/s*", "telefone/4899990001", "cpf/52998224725", "cnpj/11222333000144"]
        {
            assert_eq!(
                client.get(&format!("/contatos/{lookup}")).ok(),
                json!([]),
                "{} {lookup}",
                client.login
            );
        }
        is_unknown(&client.get(&format!("/contatos/statistics/{id}")));
        is_unknown(&client.get(&format!("{item}/proximaAtividade")));
    }
    let gil = &others[1];
    is_unknown(&gil.put(&item, &json!({"sigiloso": false})));
    is_unknown(&gil.delete(&item));
}

// spec 4.1 C4: only while the mark is set
#[test]
fn a_contact_that_is_no_longer_confidential_is_seen_again() {
    let favo = Favo::start();
    let (admin, rui) = (favo.admin(), favo.user("rui@demo.example", "reader"));
    let id = create(&admin, "/contatos", &json!({"nome": "Ana"}));
    let item = format!("/contatos/{id}");
    assert_eq!(rui.get(&item).ok()["sigiloso"], false, "the default");
    admin.put(&item, &json!({"sigiloso": true})).ok();
    is_unknown(&rui.get(&item));
    admin.put(&item, &json!({"responsavel": {"id": rui.user_id}})).ok();
    assert_eq!(rui.get(&item).status, 200, "now its owner");
    admin.put(&item, &json!({"responsavel": {"id": admin.user_id}})).ok();
    is_unknown(&rui.get(&item));
    admin.put(&item, &json!({"sigiloso": false})).ok();
    assert_eq!(rui.get(&item).status, 200);
}

// ---- users ----

// spec 1.3: validity needs an active user
#[test]
fn the_token_of_an_inactive_user_is_401() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let opaque = Client { token: favo.opaque_token(&vera), ..vera.clone() };
    let user = format!("/usuario/{}", vera.user_id);
    assert_eq!(vera.get("/contatos").status, 200);
    assert_eq!(admin.put(&user, &json!({"ativo": false})).ok()["ativo"], false);
    for client in [&vera, &opaque] {
        is_invalid_token(&client.get("/contatos"));
        is_invalid_token(&client.post("/contatos", &json!({"nome": "X"})));
    }
    admin.put(&user, &json!({"ativo": true})).ok();
    assert_eq!(vera.get("/contatos").status, 200);
}

// spec 4.16: `DELETE` deactivates; without filter, inactive users are listed too
#[test]
fn a_deleted_user_is_deactivated_and_locked_out() {
    let favo = Favo::start();
    let (admin, vera) = (favo.admin(), favo.user("vera@demo.example", "seller"));
    let user = format!("/usuario/{}", vera.user_id);
    admin.delete(&user).ok();
    is_invalid_token(&vera.get("/contatos"));
    assert_eq!(admin.get(&user).ok()["ativo"], false);
    assert!(ids(&admin, "/usuarios?page=-1").contains(&vera.user_id));
}

// ---- tenants ----

// spec 1.3: a token carries the rights of its user, in its tenant
#[test]
fn a_tenant_sees_nothing_of_another() {
    let favo = Favo::start();
    let (admin, stranger) = (favo.admin(), favo.other_tenant());
    let made = records(&admin, "admin");
    admin.post("/produto", &json!({"nome": "Plano", "valorBase": 1})).ok();
    admin.post("/lista", &json!({"nome": "Sul"})).ok();
    for path in
        ["/contatos", "/oportunidades?status=1,2,3,4,5", "/qualificacoes", "/tarefas", "/compromissos"]
    {
        assert_eq!(stranger.get(path).ok(), json!([]), "{path}");
    }
    for path in ["/produto", "/lista", "/contatos/email/*", "/contatos/email/admin@x.example"] {
        assert_eq!(stranger.get(path).ok(), json!([]), "{path}");
    }
    for (path, id) in made {
        is_unknown(&stranger.get(&format!("{path}/{id}")));
    }
    let users = stranger.get("/usuarios?page=-1").text();
    assert!(!users.contains("admin@demo.example"), "{users}");
}

// spec 1.3, 2.1: the token alone decides the tenant, wherever it travels
#[test]
fn a_token_reads_its_own_tenant_only() {
    let favo = Favo::start();
    let (admin, stranger) = (favo.admin(), favo.other_tenant());
    create(&admin, "/contatos", &json!({"nome": "Da demo"}));
    create(&stranger, "/contatos", &json!({"nome": "Do outro"}));
    for (client, other, name) in [(&admin, &stranger, "Da demo"), (&stranger, &admin, "Do outro")] {
        let mut tokens = vec![client.token.clone()];
        if name == "Da demo" {
            tokens.extend([favo.token(client, 30), favo.opaque_token(client)]);
        }
        for token in tokens {
            let client = Client { token, ..client.clone() };
            assert_eq!(client.get("/contatos?attribute=nome").ok(), json!([{"nome": name}]));
            let both = format!("/contatos?attribute=nome&api_token={}", other.token);
            assert_eq!(client.get(&both).ok(), json!([{"nome": name}]), "the header wins");
        }
    }
}

// spec 4.1 C5, 3.7, 4.30: names, duplicates and search keys end at the tenant
#[test]
fn names_and_duplicates_end_at_the_tenant() {
    let favo = Favo::start();
    let (admin, stranger) = (favo.admin(), favo.other_tenant());
    let body = json!({"nome": "Ana", "emails": ["ana@x.example"], "telefones": ["4899990001"]});
    let id = create(&admin, "/contatos", &body);
    assert_eq!(stranger.post("/contatos", &body).status, 200, "no duplicate across tenants");
    let upserted = stranger.post("/contatos/upsert?mail=ana@x.example", &json!({"nome": "Trocada"})).ok();
    assert_eq!(upserted["nome"], "Trocada");
    assert_eq!(admin.get(&format!("/contatos/{id}")).ok()["nome"], "Ana");
    let task = json!({"titulo": "X", "cliente": {"nome": "Só na demo"}, "dataLimite": "05/03/2026"});
    create(&admin, "/contatos", &json!({"nome": "Só na demo"}));
    assert_eq!(stranger.post("/tarefas", &task).refused(), ["Cliente não encontrado: Só na demo"]);
    let owned = json!({"nome": "X", "responsavel": {"login": "admin@demo.example"}});
    assert_eq!(
        stranger.post("/contatos", &owned).refused(),
        ["Responsavel não encontrado: admin@demo.example"]
    );
    admin.post("/campoPersonalizado", &json!({"nome": "Porte"})).ok();
    let custom = json!({"nome": "Y", "camposPersonalizados": {"Porte": "Grande"}});
    assert_eq!(stranger.post("/contatos", &custom).ok()["camposPersonalizados"], json!({}));
}

// spec 1.9: switches and rights of one tenant leave the other alone
#[test]
fn the_switches_of_one_tenant_leave_the_other_alone() {
    let favo = Favo::start();
    let (admin, stranger) = (favo.admin(), favo.other_tenant());
    favo.switch("exigir_responsavel", "true");
    let body = json!({"nome": "Venda", "cliente": {"nome": "Ana"}});
    assert_eq!(admin.post("/oportunidades", &body).status, 409);
    assert_eq!(stranger.post("/oportunidades", &body).status, 200);
}

// spec 4.1 C4, C6: linking a person does not give the right to change them
#[test]
fn a_hidden_person_is_not_changed_through_an_organisation() {
    let favo = Favo::start();
    let admin = favo.admin();
    let seller = favo.user("caio@demo.example", "seller");
    let person = admin.post("/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"]})).ok();
    let organisation = seller.post("/contatos", &json!({"nome": "Padaria", "empresa": true})).ok();
    let (person, organisation) = (person["id"].clone(), organisation["id"].clone());
    admin.put(&format!("/contatos/{organisation}"), &json!({"contatos": [{"id": person}]})).ok();
    let body = json!({"contatos": [{"id": person, "cargo": "outro", "emails": ["mal@x.example"]}]});
    seller.put(&format!("/contatos/{organisation}"), &body).ok();
    let shown = admin.get(&format!("/contatos/{person}")).ok();
    assert_eq!((shown["email"].as_str(), shown.get("cargo")), (Some("ana@x.example"), None));
    let whole = seller.get(&format!("/contatos/{organisation}")).ok();
    assert_eq!(seller.put(&format!("/contatos/{organisation}"), &whole).ok(), whole, "an echo is accepted");
}

// spec 4.1 C4: confidential contacts stay so where other records show them
#[test]
fn a_confidential_contact_inside_other_records_is_a_name_to_others() {
    let favo = Favo::start();
    let admin = favo.admin();
    let reader = favo.user("rita@demo.example", "reader");
    let contact = json!({"nome": "Sigilo", "sigiloso": true, "emails": ["so@x.example"], "cnpj": "1"});
    let contact = admin.post("/contatos", &contact).ok()["id"].clone();
    let deal = admin.post("/oportunidades", &json!({"nome": "Venda", "cliente": {"id": contact}})).ok();
    let shown = reader.get(&format!("/oportunidades/{}", deal["id"])).ok();
    assert_eq!(shown["cliente"], json!({"id": contact, "nome": "Sigilo"}));
    assert_eq!(reader.get("/oportunidades/email/so@x.example").ok(), json!([]));
    assert_eq!(admin.get("/oportunidades/email/so@x.example").ok().as_array().unwrap().len(), 1);
    let organisation = json!({"nome": "Empresa", "empresa": true, "contatos": [{"id": contact}]});
    let organisation = admin.post("/contatos", &organisation).ok()["id"].clone();
    let person = reader.get(&format!("/contatos/{organisation}")).ok()["contatos"][0].clone();
    assert_eq!(person, json!({"id": contact, "nome": "Sigilo", "emails": [], "telefones": []}));
}

// spec 4.2: who co-owns an opportunity works on it, and does not decide whose it is
#[test]
fn a_co_owner_does_not_take_over_an_opportunity() {
    let favo = Favo::start();
    let admin = favo.admin();
    let seller = favo.user("caio@demo.example", "seller");
    let body =
        json!({"nome": "Venda", "cliente": {"nome": "Aurora"}, "corresponsaveis": [{"id": seller.user_id}]});
    let path = format!("/oportunidades/{}", admin.post("/oportunidades", &body).ok()["id"]);
    assert_eq!(seller.put(&path, &json!({"observacao": "visto"})).ok()["observacao"], "visto");
    assert_eq!(seller.put(&path, &json!({"responsavel": {"id": seller.user_id}})).status, 403);
    assert_eq!(seller.delete(&path).status, 403);
    let whole = seller.get(&path).ok();
    assert_eq!(seller.put(&path, &whole).ok(), whole, "an echo is accepted");
}
