//! NectarCRM transport (spec section 1): paths, methods, tokens, bodies, status codes, errors, switches.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Favo, raw};

const BASE: &str = "/crm/api/1";
/// 2026-03-02T12:00:00Z, the instant the harness starts at, in seconds.
const START_SECONDS: i64 = 1_772_452_800;
const HOUR: Duration = Duration::from_hours(1);

/// A request below the base path with exactly these headers: no token is added.
fn bare(favo: &Favo, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    raw(favo.address, method, &format!("{BASE}{path}"), headers, b"")
}

fn with_token(client: &Client, token: &str) -> Client {
    Client { token: token.to_owned(), ..client.clone() }
}

/// The value of a JSON part of a token: base64 with the URL alphabet, no padding.
fn token_part(part: &str) -> Value {
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for symbol in part.bytes() {
        let six = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            other => panic!("{other} is not in the URL alphabet of base64"),
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held).to_le_bytes()[0]);
        }
    }
    serde_json::from_slice(&bytes).expect("a JSON part")
}

#[track_caller]
fn is_invalid_token(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert_eq!(answer.text(), "Invalid token");
    assert!(answer.header("content-type").expect("a content type").starts_with("text/plain"));
}

#[track_caller]
fn is_message(answer: &Answer, status: u16, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.json(), json!({ "message": text }));
    assert!(answer.header("content-type").expect("a content type").starts_with("text/json"));
}

#[track_caller]
fn is_html_not_found(answer: &Answer) {
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert!(answer.header("content-type").expect("a content type").starts_with("text/html"));
    assert!(answer.text().contains('<'), "a page: {}", answer.text());
}

fn id_of(body: &Value) -> i64 {
    body["id"].as_i64().unwrap_or_else(|| panic!("a numeric id at the root: {body}"))
}

fn new_contact(client: &Client, name: &str) -> i64 {
    id_of(&client.post("/contatos", &json!({ "nome": name })).ok())
}

fn new_opportunity(client: &Client, name: &str) -> i64 {
    id_of(
        &client.post("/oportunidades", &json!({"nome": name, "cliente": {"nome": "Cliente de teste"}})).ok(),
    )
}

// ---- 1.1 base, methods, slashes ----

// spec 1.1 standard pattern, 1.5; Appendix B 2
#[test]
fn create_read_update_and_delete_answer_200_with_the_full_object() {
    let favo = Favo::start();
    let admin = favo.admin();
    let created = admin
        .post("/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"], "razaoSocial": "Ana ME"}))
        .ok();
    assert_eq!(created["nome"], "Ana");
    assert_eq!(created["email"], "ana@x.example");
    assert_eq!(created["razaoSocial"], "Ana ME");
    let path = format!("/contatos/{}", id_of(&created));
    assert_eq!(admin.get(&path).ok(), created);
    let updated = admin.put(&path, &json!({"cargo": "Sócia"})).ok();
    assert_eq!(updated["cargo"], "Sócia");
    assert_eq!(admin.get(&path).ok(), updated);
    assert_eq!(admin.delete(&path).ok(), updated, "a delete answers the last state");
    is_message(&admin.get(&path), 404, "Registro não encontrado");
}

// spec 1.1 `HEAD` answers as `GET` without a body
#[test]
fn head_answers_as_get_without_a_body() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = new_contact(&admin, "Ana");
    for path in ["/contatos".to_owned(), format!("/contatos/{id}")] {
        let answer = admin.send("HEAD", &path, &[], b"");
        assert_eq!(answer.status, 200);
        assert!(answer.body.is_empty());
        assert!(answer.header("content-type").expect("a content type").starts_with("application/json"));
    }
    let missing = admin.send("HEAD", "/contatos/987654321", &[], b"");
    assert_eq!(missing.status, 404);
    assert!(missing.body.is_empty());
    assert_eq!(bare(&favo, "HEAD", "/contatos", &[]).status, 401);
}

// spec 1.1 `OPTIONS` on an item
#[test]
fn options_on_an_item_lists_the_methods() {
    let favo = Favo::start();
    let admin = favo.admin();
    let answer = admin.send("OPTIONS", &format!("/contatos/{}", new_contact(&admin, "Ana")), &[], b"");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("allow"), Some("HEAD,DELETE,GET,OPTIONS,PUT"));
}

// spec 1.1 any other method on a known path, 1.6 405
#[test]
fn other_methods_on_a_known_path_are_405_with_allow() {
    let favo = Favo::start();
    let admin = favo.admin();
    let item = format!("/contatos/{}", new_contact(&admin, "Ana"));
    for (method, path, offered) in [
        ("PATCH", item.as_str(), vec!["GET", "PUT", "DELETE"]),
        ("POST", item.as_str(), vec!["GET", "PUT", "DELETE"]),
        ("PURGE", item.as_str(), vec!["GET", "PUT", "DELETE"]),
        ("PATCH", "/contatos", vec!["GET", "POST"]),
        ("POST", "/customField/fields/1", vec!["GET"]),
        ("DELETE", "/app/columns/full", vec!["GET"]),
    ] {
        let answer = admin.send(method, path, &[], b"");
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
        assert_eq!(answer.json().as_object().expect("an object").len(), 1);
        assert!(answer.json()["message"].is_string());
        let allow = answer.header("allow").expect("an Allow header").to_owned();
        let allowed: Vec<&str> = allow.split(',').map(str::trim).collect();
        assert!(offered.iter().all(|wanted| allowed.contains(wanted)), "{method} {path}: {allow}");
        assert!(!allowed.contains(&method), "{method} {path}: {allow}");
    }
}

// spec 4.20: `DELETE` 405
#[test]
fn proposals_are_not_deleted() {
    let favo = Favo::start();
    assert_eq!(favo.admin().delete("/proposta/1").status, 405);
}

// spec 1.1 `DELETE /x` and `PUT /x` without an id answer 404
#[test]
fn put_and_delete_without_an_id_are_404() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = new_contact(&admin, "Ana");
    for path in ["/contatos", "/contatos/", "/oportunidades", "/tarefas", "/produto", "/origem"] {
        assert_eq!(admin.put(path, &json!({"id": id, "nome": "Outra"})).status, 404, "PUT {path}");
        assert_eq!(admin.delete(path).status, 404, "DELETE {path}");
    }
    assert_eq!(admin.get(&format!("/contatos/{id}")).ok()["nome"], "Ana");
}

// spec 1.1 trailing slash, no redirect; Appendix B 4
#[test]
fn every_path_works_with_and_without_a_trailing_slash() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = admin.post("/contatos/", &json!({"nome": "Ana", "emails": ["ana@x.example"]})).ok();
    let item = format!("/contatos/{}", id_of(&contact));
    let opportunity = new_opportunity(&admin, "Plano");
    let paths = [
        item.clone(),
        format!("{item}/proximaAtividade"),
        format!("/contatos/statistics/{}", id_of(&contact)),
        "/contatos/email/ana@x.example".to_owned(),
        "/contatos/telefone/+5548999990001".to_owned(),
        format!("/oportunidades/contatoId/{}", id_of(&contact)),
        format!("/proposta/opportunity/{opportunity}"),
        "/customField/fields/1".to_owned(),
        "/app/columns/full".to_owned(),
    ];
    for path in &paths {
        assert_eq!(admin.get(&format!("{path}/")).ok(), admin.get(path).ok(), "{path}");
    }
    for path in LISTS {
        assert_eq!(admin.get(&format!("{path}/")).ok(), admin.get(path).ok(), "{path}");
        assert_eq!(admin.get(&format!("{path}/?page=1")).ok(), admin.get(path).ok(), "{path}");
    }
    assert_eq!(admin.put(&format!("{item}/"), &json!({"nome": "Bia"})).ok()["nome"], "Bia");
    let found = admin.post("/contacts/upsert/?mail=ana@x.example", &json!({"nome": "Clara"})).ok();
    assert_eq!(found["id"], contact["id"]);
    assert_eq!(admin.delete(&format!("{item}/")).ok()["nome"], "Clara");
}

/// Every list of section 4 that is served and needs no parameter.
const LISTS: [&str; 19] = [
    "/contatos",
    "/oportunidades",
    "/qualificacoes",
    "/tarefas",
    "/compromissos",
    "/pipeline",
    "/produto",
    "/produtoCategoria",
    "/produtoSubCategoria",
    "/tabelaPreco",
    "/lista",
    "/origem",
    "/segmento",
    "/categoria",
    "/compromissos/tipos",
    "/ligacao/tipos",
    "/usuario",
    "/equipe",
    "/campoPersonalizado",
];

// spec 1.1 an `{id}` that is not a decimal number is an unknown record
#[test]
fn an_id_that_is_no_number_is_an_unknown_record() {
    let favo = Favo::start();
    let admin = favo.admin();
    for id in ["abc", "1.5", "1e3", "0x10", "-1", "0", "%20", "1;", "nulo"] {
        let path = format!("/contatos/{id}");
        is_message(&admin.get(&path), 404, "Registro não encontrado");
        is_message(&admin.put(&path, &json!({"nome": "X"})), 404, "Registro não encontrado");
        is_message(&admin.delete(&path), 404, "Registro não encontrado");
    }
}

// spec 1.1 static sub-paths win over `{id}`
#[test]
fn static_sub_paths_win_over_ids() {
    let favo = Favo::start();
    let admin = favo.admin();
    let upserted = admin.post("/contatos/upsert", &json!({"nome": "Ana"})).ok();
    assert_eq!(upserted["nome"], "Ana");
    assert!(admin.get("/compromissos/tipos").ok().is_array());
    assert!(admin.get("/customField/fields/2").ok().is_array());
}

// spec 1.1 percent-decoding; `+` in a path is a plus sign; Appendix B 5
#[test]
fn path_segments_are_percent_decoded_and_keep_the_plus_sign() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Ana", "emails": ["ana+x@x.example"], "telefones": ["+5548999990001"]});
    let id = id_of(&admin.post("/contatos", &body).ok());
    for path in [
        "/contatos/email/ana+x@x.example",
        "/contatos/email/ana%2Bx%40x.example",
        "/contatos/telefone/+5548999990001",
        "/contatos/telefone/%2B5548999990001",
        "/contatos/telefone/+55%2048%2099999-0001",
    ] {
        let found = admin.get(path).ok();
        assert_eq!(found.as_array().expect("an array").len(), 1, "{path}");
        assert_eq!(found[0]["id"], id, "{path}");
    }
    assert_eq!(admin.get("/contatos/email/ana%20x@x.example").ok(), json!([]), "a plus is not a blank");
}

// spec 1.1 everything after `/cnpj/` belongs to the value
#[test]
fn a_cnpj_in_a_path_may_hold_a_slash() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = id_of(&admin.post("/contatos", &json!({"nome": "Ana", "cnpj": "11.222.333/0001-44"})).ok());
    for value in ["11.222.333/0001-44", "11.222.333%2F0001-44", "11222333000144", "11.222.333/0001-44/"] {
        let found = admin.get(&format!("/contatos/cnpj/{value}")).ok();
        assert_eq!(found[0]["id"], id, "{value}: {found}");
    }
}

// ---- 1.2 aliases ----

// spec 1.2; Appendix B 4
#[test]
fn aliases_are_the_same_resource_for_every_method() {
    let favo = Favo::start();
    let admin = favo.admin();
    let rows = [
        ("/contatos", vec!["/contacts"], json!({"nome": "A"})),
        ("/qualificacoes", vec!["/qualificacao"], json!({"cliente": {"nome": "B"}})),
        ("/pipeline", vec!["/pipelines"], json!({"nome": "C", "sequencias": [{"nome": "Um"}]})),
        ("/produto", vec!["/produtos"], json!({"nome": "D", "valorBase": 1})),
        (
            "/usuario",
            vec!["/usuarios"],
            json!({"login": "e@demo.example", "nome": "E", "email": "e@demo.example"}),
        ),
        (
            "/campoPersonalizado",
            vec!["/camposPersonalizados", "/customField", "/customFields"],
            json!({"nome": "F"}),
        ),
    ];
    for (canonical, aliases, body) in rows {
        let created = admin.post(aliases[0], &body).ok();
        let id = id_of(&created);
        for alias in &aliases {
            assert_eq!(
                admin.get(&format!("{alias}/{id}")).ok(),
                admin.get(&format!("{canonical}/{id}")).ok()
            );
            assert_eq!(admin.get(alias).ok(), admin.get(canonical).ok(), "{alias}");
        }
        admin.put(&format!("{}/{id}", aliases[0]), &json!({"nome": "Renomeado"})).ok();
        assert_eq!(admin.get(&format!("{canonical}/{id}")).ok()["nome"], "Renomeado", "{canonical}");
        admin.delete(&format!("{}/{id}", aliases[0])).ok();
    }
}

// spec 1.2 `/proposta` and sub-paths of aliases
#[test]
fn aliases_hold_for_sub_paths_too() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = id_of(&admin.post("/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"]})).ok());
    let opportunity = new_opportunity(&admin, "Plano");
    let fields = admin.get("/customField/fields/1").ok();
    for alias in ["/campoPersonalizado", "/camposPersonalizados", "/customFields"] {
        assert_eq!(admin.get(&format!("{alias}/fields/1")).ok(), fields, "{alias}");
    }
    for alias in ["/proposta", "/propostas"] {
        assert_eq!(admin.get(&format!("{alias}/opportunity/{opportunity}")).ok(), json!([]), "{alias}");
        assert!(admin.get(alias).ok().is_array(), "{alias}");
    }
    assert_eq!(admin.get("/contacts/email/ana@x.example").ok()[0]["id"], contact);
    assert!(admin.get(&format!("/contacts/statistics/{contact}")).ok().is_object());
    assert_eq!(admin.get(&format!("/qualificacao/contatoId/{contact}")).ok(), json!([]));
}

// spec 1.2 not aliases; 1.6 404 unknown route
#[test]
fn unknown_routes_are_an_html_404() {
    let favo = Favo::start();
    let admin = favo.admin();
    for path in ["/empresas", "/funis", "/negociacoes", "/nada/disso", "/contatos/1/nada"] {
        is_html_not_found(&admin.get(path));
    }
    is_html_not_found(&admin.post("/empresas", &json!({"nome": "X"})));
}

// spec 1.6 404 unknown route, 1.3: what this release does not serve (4.21 to 4.27) is no route of it
#[test]
fn what_is_not_served_yet_is_an_unknown_route() {
    let favo = Favo::start();
    let admin = favo.admin();
    for path in [
        "/publicacao",
        "/publicacao/1",
        "/publicacao/1/comentario",
        "/publicacao/incluirComAnexos",
        "/formulario",
        "/formulario/1",
        "/queues",
        "/queues/1",
        "/queues/next-preview/1",
        "/webhook",
        "/webhook/1",
        "/table",
        "/tables",
        "/tabela",
        "/tabelas",
        "/table/1",
        "/table/1/rows",
        "/table/findRelatedTable",
        "/table-template",
        "/tables-template",
        "/modelo-tabela",
        "/modelo-tabelas",
        "/table-template/1",
        "/big-data/contact?initialDate=2026-01-01&endDate=2026-12-31",
    ] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            is_html_not_found(&admin.send(method, path, &[], b"{}"));
            is_invalid_token(&bare(&favo, method, path, &[]));
        }
    }
    // Spec 1.3: web forms need no token, so there is none to refuse.
    for path in ["/webform/view-embedded/nada", "/webform/nada"] {
        is_html_not_found(&admin.get(path));
        is_html_not_found(&bare(&favo, "GET", path, &[]));
    }
}

// spec 1.1: `updateLead` is not served yet, so it is an `{id}` that is no number, which takes no `POST`
#[test]
fn leads_are_not_received_yet() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lead = json!({"leads": [{"email": "z@x.example", "name": "Z"}]});
    assert_eq!(admin.post("/contatos/updateLead", &lead).status, 405);
    is_message(&admin.get("/contatos/updateLead"), 404, "Registro não encontrado");
    is_invalid_token(&bare(&favo, "POST", "/contatos/updateLead", &[]));
    assert_eq!(admin.get("/contatos").ok(), json!([]));
}

// ---- 1.3 authentication ----

// spec 1.3 header or query parameter; Appendix B 3
#[test]
fn the_token_travels_in_the_header_or_in_the_query() {
    let favo = Favo::start();
    let admin = favo.admin();
    let token = admin.token.as_str();
    for name in ["Access-Token", "access-token", "ACCESS-TOKEN"] {
        assert_eq!(bare(&favo, "GET", "/contatos", &[(name, token)]).status, 200, "{name}");
    }
    let query = format!("/contatos?api_token={token}");
    assert_eq!(bare(&favo, "GET", &query, &[]).status, 200);
    assert_eq!(bare(&favo, "GET", &query, &[("Access-Token", token)]).status, 200, "both at once");
    let among = format!("/contatos?page=1&api_token={token}&displayLength=3");
    assert_eq!(bare(&favo, "GET", &among, &[]).status, 200);
}

// spec 1.3 both MUST be accepted on every path and method
#[test]
fn the_query_token_works_for_every_method() {
    let favo = Favo::start();
    let token = favo.admin().token;
    let send = |method: &str, path: &str, body: &[u8]| {
        raw(favo.address, method, &format!("{BASE}{path}?api_token={token}"), &[], body)
    };
    let id = id_of(&send("POST", "/contatos", br#"{"nome": "Ana"}"#).ok());
    let item = format!("/contatos/{id}");
    assert_eq!(send("PUT", &item, br#"{"nome": "Bia"}"#).ok()["nome"], "Bia");
    assert_eq!(send("GET", &item, b"").ok()["nome"], "Bia");
    assert_eq!(send("HEAD", &item, b"").status, 200);
    assert_eq!(send("OPTIONS", &item, b"").status, 200);
    assert_eq!(send("DELETE", &item, b"").ok()["nome"], "Bia");
}

// spec 1.3 when they differ the header wins; a blank one counts as absent
#[test]
fn the_header_wins_over_the_query_and_blanks_count_as_absent() {
    let favo = Favo::start();
    let admin = favo.admin();
    let seller = favo.user("vera@demo.example", "seller");
    new_contact(&admin, "Do administrador");
    let own = new_contact(&seller, "Da vendedora");
    let both = bare(
        &favo,
        "GET",
        &format!("/contatos?api_token={}", admin.token),
        &[("Access-Token", &seller.token)],
    );
    let seen: Vec<i64> = both.ok().as_array().expect("an array").iter().map(id_of).collect();
    assert_eq!(seen, [own], "the header's user reads");
    let wrong =
        bare(&favo, "GET", &format!("/contatos?api_token={}", admin.token), &[("Access-Token", "errado")]);
    is_invalid_token(&wrong);
    assert_eq!(
        bare(&favo, "GET", "/contatos?api_token=errado", &[("Access-Token", &admin.token)]).status,
        200
    );
    for blank in ["", " "] {
        let query = format!("/contatos?api_token={}", admin.token);
        assert_eq!(bare(&favo, "GET", &query, &[("Access-Token", blank)]).status, 200);
    }
    for blank in ["", "%20", "+"] {
        let query = format!("/contatos?api_token={blank}");
        assert_eq!(bare(&favo, "GET", &query, &[("Access-Token", &admin.token)]).status, 200);
        is_invalid_token(&bare(&favo, "GET", &query, &[]));
    }
}

// spec 1.3 `Authorization` is ignored
#[test]
fn the_authorization_header_is_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let bearer = format!("Bearer {}", admin.token);
    is_invalid_token(&bare(&favo, "GET", "/contatos", &[("Authorization", &bearer)]));
    let both = [("Authorization", "Basic errado"), ("Access-Token", admin.token.as_str())];
    assert_eq!(bare(&favo, "GET", "/contatos", &both).status, 200);
}

// spec 1.3 401 with exactly `Invalid token`; Appendix B 3
#[test]
fn a_missing_or_unknown_token_is_401_invalid_token() {
    let favo = Favo::start();
    is_invalid_token(&bare(&favo, "GET", "/contatos", &[]));
    for token in [
        "0123456789abcdef0123456789abcdef",
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiIxIn0.c2ln",
        "x",
        "' OR 1=1 --",
        "eyJ.",
        "..",
    ] {
        is_invalid_token(&bare(&favo, "GET", "/contatos", &[("Access-Token", token)]));
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        is_invalid_token(&bare(&favo, method, "/contatos/1", &[]));
    }
}

// spec 1.3 authentication is checked before routing
#[test]
fn authentication_comes_before_routing() {
    let favo = Favo::start();
    for path in ["/empresas", "/contatos/abc", "/nada", "/big-data/nada"] {
        is_invalid_token(&bare(&favo, "GET", path, &[]));
    }
    let broken = raw(favo.address, "POST", &format!("{BASE}/contatos"), &[], b"{");
    is_invalid_token(&broken);
}

// spec 1.3, 4.28: the index needs no token
#[test]
fn the_index_document_needs_no_token() {
    let favo = Favo::start();
    for path in ["", "/"] {
        let index = bare(&favo, "GET", path, &[]).ok();
        assert_eq!(index["sobre"]["versao"], "1.0");
        let edit = &index["endpoints"]["contatos"]["edicao"];
        assert_eq!(edit["method"], "PUT");
        assert_eq!(edit["response"], 200);
        assert_eq!(edit["endpoint"], format!("http://{}{BASE}/contatos/:id", favo.address));
    }
}

// spec 1.3, 4.27: web forms need no token
#[test]
fn an_unknown_web_form_is_404_without_a_token() {
    let favo = Favo::start();
    assert_eq!(bare(&favo, "GET", "/webform/view-embedded/nada", &[]).status, 404);
}

// spec 1.3 JWT form
#[test]
fn issued_tokens_have_the_jwt_shape_existing_clients_look_for() {
    let favo = Favo::start();
    let user = favo.user("bruna@demo.example", "seller");
    let token = favo.token(&user, 30);
    assert!(token.starts_with("eyJ"), "{token}");
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    assert_eq!(token_part(parts[0]), json!({"typ": "JWT", "alg": "HS256"}));
    let claims = token_part(parts[1]);
    assert_eq!(claims["iat"].as_i64(), Some(START_SECONDS));
    assert_eq!(claims["exp"].as_i64(), Some(START_SECONDS + 30 * 86_400));
    assert_eq!(claims["userLogin"], "bruna@demo.example");
    assert_eq!(claims["userId"], user.user_id.to_string(), "a string");
    let tenant = claims["usuarioMasterId"].as_str().expect("the tenant, as a string");
    let read = favo.admin().get(&format!("/usuario/{}", user.user_id)).ok();
    assert_eq!(read["usuarioMasterId"].as_i64().expect("a number here").to_string(), tenant);
    assert_eq!(with_token(&user, &token).get("/contatos").status, 200);
}

// spec 1.3 opaque form
#[test]
fn a_registered_opaque_token_is_accepted() {
    let favo = Favo::start();
    let user = favo.user("bruna@demo.example", "seller");
    let token = favo.opaque_token(&user);
    assert_eq!(token.len(), 32, "{token}");
    assert!(token.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{token}");
    let contact = with_token(&user, &token).post("/contatos", &json!({"nome": "Ana"})).ok();
    assert_eq!(contact["responsavel"]["id"], user.user_id, "the token carries its user");
    assert_eq!(bare(&favo, "GET", &format!("/contatos?api_token={token}"), &[]).status, 200);
}

// spec 1.3 validity: not past `exp`
#[test]
fn a_token_stops_working_when_it_expires() {
    let favo = Favo::start();
    let user = favo.user("bruna@demo.example", "seller");
    let client = with_token(&user, &favo.token(&user, 1));
    favo.advance(23 * HOUR);
    assert_eq!(client.get("/contatos").status, 200);
    favo.advance(2 * HOUR);
    is_invalid_token(&client.get("/contatos"));
    is_invalid_token(&bare(&favo, "GET", &format!("/contatos?api_token={}", client.token), &[]));
}

// spec 1.3 validity: not revoked
#[test]
fn a_revoked_token_is_refused_and_the_others_live_on() {
    let favo = Favo::start();
    let user = favo.user("bruna@demo.example", "seller");
    for token in [favo.token(&user, 30), favo.opaque_token(&user)] {
        let client = with_token(&user, &token);
        assert_eq!(client.get("/contatos").status, 200);
        favo.revoke(&token);
        is_invalid_token(&client.get("/contatos"));
        assert_eq!(user.get("/contatos").status, 200);
    }
}

// spec 1.3 validity: registered; a forged JWT is an unknown token
#[test]
fn a_forged_jwt_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let user = favo.user("bruna@demo.example", "seller");
    let own = favo.token(&user, 30);
    let other = favo.token(&admin, 30);
    let (own, other): (Vec<&str>, Vec<&str>) = (own.split('.').collect(), other.split('.').collect());
    // {"typ":"JWT","alg":"none"}
    let unsigned = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0";
    for forged in [
        format!("{}.{}.{}", own[0], other[1], own[2]),
        format!("{}.{}.", own[0], other[1]),
        format!("{}.{}", own[0], other[1]),
        format!("{unsigned}.{}.", other[1]),
        format!("{unsigned}.{}.{}", other[1], other[2]),
    ] {
        is_invalid_token(&with_token(&admin, &forged).get("/contatos"));
    }
}

// spec 1.3 tokens in the query MUST be removed from logs
#[test]
fn tokens_never_reach_the_log() {
    let favo = Favo::start();
    let user = favo.user("bruna@demo.example", "seller");
    let (jwt, opaque) = (favo.token(&user, 30), favo.opaque_token(&user));
    let unknown = "fedcba9876543210fedcba9876543210";
    for token in [jwt.as_str(), opaque.as_str(), unknown] {
        for query in [
            format!("api_token={token}"),
            format!("page=1&api_token={token}&nome=%zz"),
            format!("api%5Ftoken={token}"),
            format!("api_token={token}&api_token={token}"),
        ] {
            for (method, path) in [("GET", "/contatos"), ("GET", "/empresas"), ("PATCH", "/contatos/1")] {
                raw(favo.address, method, &format!("{BASE}{path}?{query}"), &[], b"");
            }
            raw(favo.address, "POST", &format!("{BASE}/contatos/updateLead?{query}"), &[], b"{");
        }
        bare(&favo, "GET", "/contatos/987654321", &[("Access-Token", token)]);
    }
    let log = favo.log();
    for token in [jwt.as_str(), opaque.as_str(), unknown] {
        assert!(!log.contains(token), "the log shows a token");
    }
    let signature = jwt.rsplit('.').next().expect("a signature");
    assert!(!log.contains(signature), "the log shows a part of a token");
}

// ---- 1.4 request bodies ----

// spec 1.4 any `charset` parameter; Appendix B 9
#[test]
fn bodies_are_decoded_by_their_charset() {
    let favo = Favo::start();
    let admin = favo.admin();
    let latin: &[u8] = b"{\"nome\": \"Padaria S\xe3o Jo\xe3o\"}";
    let windows: &[u8] = b"{\"nome\": \"\x93Caf\xe9\x94 \x80 5\"}";
    let utf8 = "{\"nome\": \"Padaria São João\"}".as_bytes();
    for (content_type, body, name) in [
        ("application/json; charset=ISO-8859-1", latin, "Padaria São João"),
        ("application/json;charset=\"iso-8859-1\"", latin, "Padaria São João"),
        ("text/plain; charset=ISO-8859-1", latin, "Padaria São João"),
        ("application/json; charset=windows-1252", windows, "“Café” € 5"),
        ("application/json; charset=Windows-1252", windows, "“Café” € 5"),
        ("application/json; charset=UTF-8", utf8, "Padaria São João"),
        ("application/json; charset=utf8", utf8, "Padaria São João"),
        ("application/json; charset=inventado", utf8, "Padaria São João"),
        ("application/json; charset=", utf8, "Padaria São João"),
        ("application/json", utf8, "Padaria São João"),
    ] {
        let created = admin.send("POST", "/contatos", &[("Content-Type", content_type)], body).ok();
        assert_eq!(created["nome"], name, "{content_type}");
    }
}

// spec 1.4 a missing or different content type; 415 and 406 are never used
#[test]
fn the_content_type_and_accept_headers_do_not_matter() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = "{\"nome\": \"São João\"}".as_bytes();
    for headers in [
        vec![],
        vec![("Content-Type", "")],
        vec![("Content-Type", "text/plain")],
        vec![("Content-Type", "application/x-www-form-urlencoded")],
        vec![("Content-Type", "application/xml")],
        vec![("Content-Type", "isto não é um tipo")],
        vec![("Accept", "application/xml")],
        vec![("Accept", "image/png;q=0"), ("Accept-Charset", "utf-16"), ("Accept-Language", "xx")],
    ] {
        let answer = admin.send("POST", "/contatos", &headers, body);
        assert_eq!(answer.ok()["nome"], "São João", "{headers:?}");
        assert!(answer.header("content-type").expect("a content type").starts_with("application/json"));
    }
}

// spec 1.4 byte-order mark, `Expect: 100-continue`
#[test]
fn a_byte_order_mark_and_expect_continue_are_accepted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let marked = admin.send("POST", "/contatos", &[], "\u{feff}{\"nome\": \"Ana\"}".as_bytes());
    assert_eq!(marked.ok()["nome"], "Ana");
    let expecting = admin.send("POST", "/contatos", &[("Expect", "100-continue")], br#"{"nome": "Bia"}"#);
    assert_eq!(expecting.ok()["nome"], "Bia");
}

// spec 1.4 `Content-Encoding: UTF-8` is ignored, never 415; Appendix B 9
#[test]
fn an_unknown_content_encoding_is_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    for label in ["UTF-8", "utf-8", "identity", "ISO-8859-1", "x-nada"] {
        let answer =
            admin.send("POST", "/contatos", &[("Content-Encoding", label)], "{\"nome\": \"São\"}".as_bytes());
        assert_eq!(answer.ok()["nome"], "São", "{label}");
    }
}

// spec 1.4 gzip, deflate and br are labels that mean something
#[test]
fn compressed_bodies_are_unpacked() {
    let favo = Favo::start();
    let admin = favo.admin();
    let plain = br#"{"nome":"Comprimida"}"#;
    let gzip = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0xcb, 0xcf, 0x4d, 0x55,
        0xb2, 0x52, 0x72, 0xce, 0xcf, 0x2d, 0x28, 0xca, 0xcc, 0xcd, 0x4c, 0x49, 0x54, 0xaa, 0x05, 0x00, 0xb7,
        0xee, 0xbe, 0x55, 0x15, 0x00, 0x00, 0x00,
    ];
    let deflate = [
        0x78, 0x9c, 0xab, 0x56, 0xca, 0xcb, 0xcf, 0x4d, 0x55, 0xb2, 0x52, 0x72, 0xce, 0xcf, 0x2d, 0x28, 0xca,
        0xcc, 0xcd, 0x4c, 0x49, 0x54, 0xaa, 0x05, 0x00, 0x4f, 0xd6, 0x07, 0x6f,
    ];
    // One stored brotli block: window bits, length - 1, the "uncompressed" flag, the text, the empty end.
    let last = u8::try_from(plain.len() - 1).expect("a short text");
    let mut brotli = vec![0x0b | (last << 7), last >> 1, 0x80];
    brotli.extend_from_slice(plain);
    brotli.push(0x03);
    for (label, body) in [("gzip", &gzip[..]), ("deflate", &deflate[..]), ("br", &brotli[..])] {
        let answer = admin.send("POST", "/contatos", &[("Content-Encoding", label)], body);
        assert_eq!(answer.ok()["nome"], "Comprimida", "{label}");
    }
}

// spec 1.4 an empty body counts as `{}`
#[test]
fn an_empty_body_counts_as_an_empty_object() {
    let favo = Favo::start();
    let admin = favo.admin();
    let json_type = [("Content-Type", "application/json")];
    assert_eq!(admin.send("POST", "/contatos", &json_type, b"").refused(), ["O campo nome é obrigatório"]);
    let id = new_contact(&admin, "Ana");
    let before = admin.get(&format!("/contatos/{id}")).ok();
    favo.advance(HOUR);
    assert_eq!(admin.send("PUT", &format!("/contatos/{id}"), &json_type, b"").ok()["nome"], before["nome"]);
    assert_eq!(admin.get(&format!("/contatos/{id}")).ok()["dataAtualizacao"], before["dataAtualizacao"]);
}

// spec 1.4 a body that is not JSON, or whose root is not an object
#[test]
fn a_body_that_is_no_object_is_400() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = new_contact(&admin, "Ana");
    for body in
        ["[]", "[1]", "[{},{}]", "[[{}]]", "\"texto\"", "1", "null", "true", "nome=Ana", "{\"nome\": }"]
    {
        is_message(&admin.send("POST", "/contatos", &[], body.as_bytes()), 400, "JSON inválido");
        is_message(
            &admin.send("PUT", &format!("/contatos/{id}"), &[], body.as_bytes()),
            400,
            "JSON inválido",
        );
    }
    assert_eq!(admin.get("/contatos").ok().as_array().expect("an array").len(), 1, "nothing was created");
}

// spec 1.4 a root array with exactly one object is read as that object
#[test]
fn a_root_array_of_one_object_is_that_object() {
    let favo = Favo::start();
    let admin = favo.admin();
    let created = admin.post("/contatos", &json!([{"nome": "Ana"}])).ok();
    assert_eq!(created["nome"], "Ana");
    let updated = admin.put(&format!("/contatos/{}", id_of(&created)), &json!([{"cargo": "Sócia"}])).ok();
    assert_eq!(updated["cargo"], "Sócia");
}

// spec 1.4 limits: JSON 2 MiB
#[test]
fn a_body_above_2_mib_is_413_and_one_below_is_read() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = |size: usize| format!("{{\"nome\": \"Ana\", \"desconhecida\": \"{}\"}}", "x".repeat(size));
    let below = admin.send("POST", "/contatos", &[], body(2 * 1024 * 1024 - 1024).as_bytes());
    assert_eq!(below.ok()["nome"], "Ana");
    let above = admin.send("POST", "/contatos", &[], body(2 * 1024 * 1024).as_bytes());
    assert_eq!(above.status, 413, "{}", above.text());
    assert_eq!(above.json().as_object().expect("an object").len(), 1);
    assert!(above.json()["message"].is_string());
}

// ---- 1.5 to 1.7 answers ----

// spec 1.5 success is application/json; 1.7 a successful body has no key `message`; Appendix B 1
#[test]
fn every_list_is_a_json_array_and_no_object_has_a_key_message() {
    let favo = Favo::start();
    let admin = favo.admin();
    new_contact(&admin, "Ana");
    new_opportunity(&admin, "Plano");
    for path in LISTS.iter().chain(&["/usuarios", "/proposta", "/tarefas/tipos"]) {
        let answer = admin.get(path);
        let content_type = answer.header("content-type").expect("a content type").to_owned();
        assert!(content_type.starts_with("application/json"), "{path}: {content_type}");
        for row in answer.ok().as_array().unwrap_or_else(|| panic!("{path}: a bare array")) {
            assert!(row.get("message").is_none(), "{path}: {row}");
        }
    }
}

// spec 1.6 and 1.7: 404, 409 and their bodies
#[test]
fn error_bodies_have_exactly_their_one_key() {
    let favo = Favo::start();
    let admin = favo.admin();
    is_message(&admin.get("/oportunidades/987654321"), 404, "Registro não encontrado");
    is_message(&admin.get("/proposta/opportunity/987654321"), 404, "Registro não encontrado");
    let conflict = admin.post("/oportunidades", &json!({"cliente": {"nome": "Ana"}}));
    assert_eq!(conflict.refused(), ["O campo nome é obrigatório"]);
    assert!(conflict.header("content-type").expect("a content type").starts_with("text/json"));
    let reader = favo.user("rui@demo.example", "reader");
    is_message(&reader.post("/contatos", &json!({"nome": "Ana"})), 403, "Acesso negado");
}

// spec 1.7 texts: duplicates, relations, stages
#[test]
fn the_texts_of_refusals_are_literal() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin
        .post("/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"], "telefones": ["4899990001"]}))
        .ok();
    let duplicate = admin.post("/contatos", &json!({"nome": "Bia", "emails": ["ana@x.example"]}));
    assert_eq!(duplicate.refused(), ["Já existe um contato com o e-mail ana@x.example"]);
    let duplicate = admin.post("/contatos", &json!({"nome": "Bia", "telefones": ["4899990001"]}));
    assert_eq!(duplicate.refused(), ["Já existe um contato com o telefone 4899990001"]);
    admin.post("/origem", &json!({"nome": "Rádio"})).ok();
    assert_eq!(
        admin.post("/origem", &json!({"nome": "Rádio"})).refused(),
        ["Já existe um registro com o nome Rádio"]
    );
    let create = |extra: Value| {
        let mut body = json!({"nome": "Plano", "cliente": {"nome": "Ana"}});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        admin.post("/oportunidades", &body).refused()
    };
    assert_eq!(create(json!({"etapa": 99})), ["A etapa 99 não existe no funil Vendas"]);
    assert_eq!(create(json!({"etapa": 2})), ["O funil não permite iniciar nesta etapa"]);
    assert_eq!(
        create(json!({"responsavel": {"id": 987_654_321}})),
        ["Responsavel não encontrado: 987654321"]
    );
    assert_eq!(create(json!({"pipeline": "Nenhum"})), ["Pipeline não encontrado: Nenhum"]);
}

// ---- 1.8 rate limit ----

// spec 1.8, 1.9 `limite_requisicoes`: requests per minute and token
#[test]
fn the_rate_limit_counts_per_token_and_answers_429_with_retry_after() {
    let favo = Favo::start();
    let admin = favo.admin();
    let other = with_token(&admin, &favo.token(&admin, 30));
    favo.switch("limite_requisicoes", "5");
    for request in 1..=5 {
        assert_eq!(admin.get("/contatos").status, 200, "request {request}");
    }
    let limited = admin.get("/contatos");
    is_message(&limited, 429, "Limite de requisições excedido");
    let wait: u64 = limited.header("retry-after").expect("Retry-After").parse().expect("whole seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(other.get("/contatos").status, 200, "another token of the same user has its own count");
    favo.advance(Duration::from_secs(wait));
    assert_eq!(admin.get("/contatos").status, 200, "after the wait that was asked for");
}

// spec 1.8 no limit by default
#[test]
fn there_is_no_rate_limit_by_default() {
    let favo = Favo::start();
    let admin = favo.admin();
    for _ in 0..200 {
        assert_eq!(admin.get("/origem").status, 200);
    }
}

// ---- 1.9 tenant switches ----

// spec 1.9 `exigir_responsavel`, 4.2 O1
#[test]
fn the_owner_may_be_demanded() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Plano", "cliente": {"nome": "Ana"}});
    assert_eq!(admin.post("/oportunidades", &body).ok()["responsavel"]["id"], admin.user_id);
    favo.switch("exigir_responsavel", "true");
    assert_eq!(admin.post("/oportunidades", &body).refused(), ["Nenhum responsável foi selecionado"]);
    let owned = json!({"nome": "Plano", "cliente": {"nome": "Ana"}, "responsavel": {"id": admin.user_id}});
    assert_eq!(admin.post("/oportunidades", &owned).status, 200);
    favo.switch("exigir_responsavel", "false");
    assert_eq!(admin.post("/oportunidades", &body).status, 200);
}

// spec 1.9 `rejeitar_contato_duplicado`, default on
#[test]
fn duplicate_contacts_may_be_allowed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Ana", "emails": ["ana@x.example"]});
    admin.post("/contatos", &body).ok();
    assert_eq!(admin.post("/contatos", &body).status, 409);
    favo.switch("rejeitar_contato_duplicado", "false");
    assert_eq!(admin.post("/contatos", &body).status, 200);
}

// spec 1.9 `rejeitar_oportunidade_duplicada`, default off; 4.2 O11
#[test]
fn a_second_open_opportunity_of_one_name_may_be_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = new_opportunity(&admin, "Plano anual");
    let second = new_opportunity(&admin, "Plano anual");
    favo.switch("rejeitar_oportunidade_duplicada", "true");
    let same = json!({"nome": "PLANO ANUAL", "cliente": {"nome": "Ana"}});
    assert_eq!(admin.post("/oportunidades", &same).refused().len(), 1);
    for id in [first, second] {
        admin.put(&format!("/oportunidades/{id}"), &json!({"status": 2})).ok();
    }
    assert_eq!(admin.post("/oportunidades", &same).status, 200, "only open ones count");
}

// spec 1.9 `aplicar_regras_funil`, default on; 4.2 O5
#[test]
fn the_rules_of_the_funnel_may_be_lifted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let late = json!({"nome": "Plano", "cliente": {"nome": "Ana"}, "etapa": 3});
    let path = format!("/oportunidades/{}", new_opportunity(&admin, "Plano"));
    assert_eq!(admin.post("/oportunidades", &late).refused(), ["O funil não permite iniciar nesta etapa"]);
    assert_eq!(admin.put(&path, &json!({"etapa": 3})).refused(), ["O funil não permite pular etapas"]);
    admin.put(&path, &json!({"etapa": 2})).ok();
    assert_eq!(admin.put(&path, &json!({"etapa": 1})).refused(), ["O funil não permite retornar etapas"]);
    favo.switch("aplicar_regras_funil", "false");
    assert_eq!(admin.post("/oportunidades", &late).ok()["etapa"], 3);
    assert_eq!(admin.put(&path, &json!({"etapa": 5})).ok()["etapa"], 5);
    assert_eq!(admin.put(&path, &json!({"etapa": 1})).ok()["etapa"], 1);
}

// spec 1.9 `validar_precos`, default off; 4.2 O12
#[test]
fn the_price_limits_of_a_product_may_be_enforced() {
    let favo = Favo::start();
    let admin = favo.admin();
    let product = json!({"nome": "Plano", "valorBase": 100, "permiteDesconto": false});
    let product = id_of(&admin.post("/produto", &product).ok());
    let lines = json!([{"refId": product, "desconto": 10}]);
    let line = json!({"nome": "Venda", "cliente": {"nome": "Ana"}, "produtos": lines});
    assert_eq!(admin.post("/oportunidades", &line).status, 200);
    favo.switch("validar_precos", "true");
    assert_eq!(admin.post("/oportunidades", &line).refused().len(), 1);
    let plain = json!({"nome": "Venda", "cliente": {"nome": "Ana"}, "produtos": [{"refId": product}]});
    assert_eq!(admin.post("/oportunidades", &plain).status, 200);
}

// spec 1.9 `opcoes_estritas` and `campos_estritos`, default off
#[test]
fn custom_fields_may_be_strict_about_options_and_labels() {
    let favo = Favo::start();
    let admin = favo.admin();
    let field = json!({"nome": "Porte", "tipo": 5, "opcoes": ["Pequeno", "Grande"]});
    admin.post("/campoPersonalizado", &field).ok();
    let create =
        |fields: Value| admin.post("/contatos", &json!({"nome": "Ana", "camposPersonalizados": fields}));
    let loose = create(json!({"Porte": "Enorme", "Inventado": "x"})).ok();
    assert_eq!(loose["camposPersonalizados"], json!({"Porte": "Enorme"}));
    favo.switch("opcoes_estritas", "true");
    assert_eq!(create(json!({"Porte": "Enorme"})).refused().len(), 1);
    assert_eq!(create(json!({"Porte": "Grande", "Inventado": "x"})).status, 200);
    favo.switch("campos_estritos", "true");
    assert_eq!(create(json!({"Porte": "Grande", "Inventado": "x"})).refused().len(), 1);
    assert_eq!(create(json!({"Porte": "Grande"})).status, 200);
}

// spec 1.9 `tamanho_pagina_padrao`
#[test]
fn the_default_page_size_may_be_changed() {
    let favo = Favo::start();
    let admin = favo.admin();
    for number in 0..18 {
        new_contact(&admin, &format!("Contato {number}"));
    }
    let rows = |query: &str| admin.get(&format!("/contatos{query}")).ok().as_array().expect("an array").len();
    assert_eq!(rows(""), 15);
    favo.switch("tamanho_pagina_padrao", "17");
    assert_eq!(rows(""), 17);
    assert_eq!(rows("?page=2"), 1);
    assert_eq!(rows("?displayLength=0"), 17, "below 1 = default");
    assert_eq!(rows("?displayLength=3"), 3);
}
